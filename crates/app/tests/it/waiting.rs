//! The patient who cannot wait for the answer of the centre, and the money that is returned or collected
//! once it is known.

use cunyi_app::views::VisitView;
use cunyi_centre::faults::Fault;
use cunyi_centre::population::Person;
use cunyi_domain::batch::BatchState as S;
use cunyi_domain::ids::VisitId;
use cunyi_domain::ledger::{Method, Payer, PaymentKind as K, Standing, VisitState};
use cunyi_domain::money::Fen;
use cunyi_domain::reconcile::Drawer;
use cunyi_domain::refusal::Code;

use crate::world::{Setting, World, worlds, worlds_of};

/// After it, what was sent commits no more: the demonstration region's bound.
const BOUND: i64 = 600;

/// A visit whose 2207 was lost: after the centre did it, or on the way there.
fn lost(w: &World, person: &Person, done: bool) -> VisitId {
    let visit = w.presettled(person, &w.cold());
    if done {
        w.centre.panel.set_fault(Fault::LoseReply, "2207", 1);
    } else {
        w.wire.hold("2207");
    }
    assert_eq!(w.code(w.settle(&visit)), Code::CentreUnknown);
    visit
}

fn resolve(w: &World, visit: &VisitId) {
    w.app.resolve(&w.doctor, visit).unwrap();
}

/// It is found that the lost 2207 never came.
fn found_absent(w: &World, visit: &VisitId) {
    resolve(w, visit);
    w.clock.advance(BOUND);
    resolve(w, visit);
    assert_eq!(w.states(visit), [S::Uploaded]);
}

fn give(w: &World, visit: &VisitId, deposit: Fen) -> Result<(), Code> {
    let given = w
        .app
        .hand_over_against(&w.doctor, visit, deposit, Method::Cash);
    given.map_err(|error| w.code(Err::<(), _>(error)))
}

fn kinds(view: &VisitView) -> Vec<(K, Fen)> {
    view.payments.iter().map(|p| (p.kind, p.amount)).collect()
}

/// How many open ends the queue shows.
fn open_ends(w: &World) -> usize {
    let queue = w.app.queue(&w.doctor).unwrap();
    let open = queue
        .iter()
        .filter(|e| e.given_unsettled || e.money != Standing::Even);
    open.count()
}

fn drawers(w: &World) -> [Fen; 2] {
    let day = w.app.now().date();
    let view = w.app.reconciliation(&w.doctor, day).unwrap();
    let of = |method| {
        let found = view
            .reconciled
            .drawers
            .iter()
            .find(|d: &&Drawer| d.method == method);
        found.unwrap().expected
    };
    [of(Method::Cash), of(Method::Qr)]
}

#[test]
fn drugs_are_given_against_a_deposit_and_the_difference_is_returned() {
    for w in worlds("deposit") {
        let visit = lost(&w, w.resident(false), true);
        let (least, most) = w.view(&visit).deposit.unwrap();
        assert!(Fen::ZERO < least && least < most);
        let out = Err(Code::DepositOutOfRange);
        assert_eq!(give(&w, &visit, least - Fen(1)), out);
        assert_eq!(give(&w, &visit, most + Fen(1)), out);
        assert_eq!(give(&w, &visit, Fen(-1)), out);
        assert_eq!(w.view(&visit).payments, [], "nothing was taken so far");
        // She pays everything herself until then.
        give(&w, &visit, most).unwrap();
        assert_eq!(give(&w, &visit, most), Err(Code::WrongState));
        let view = w.view(&visit);
        assert_eq!((view.state, view.handed_over), (VisitState::Done, true));
        assert_eq!(view.money, Standing::Held(most));
        assert_eq!(open_ends(&w), 1);
        let early = w.app.even_out(&w.doctor, &visit, most, Method::Cash);
        assert_eq!(w.code(early), Code::WrongState, "nobody knows what is owed");
        // Nobody takes back or drops what was given.
        assert_eq!(w.code(w.app.take_back(&w.doctor, &visit)), Code::WrongState);

        resolve(&w, &visit);
        let view = w.view(&visit);
        let cash = view.batches[0].cash;
        let over = most - cash;
        assert_eq!(view.batches[0].state, S::Settled);
        assert_eq!(view.money, Standing::ToReturn(over));
        let wrong = w
            .app
            .even_out(&w.doctor, &visit, over + Fen(1), Method::Cash);
        assert_eq!(w.code(wrong), Code::SumChanged);
        w.app
            .even_out(&w.doctor, &visit, over, Method::Cash)
            .unwrap();
        let again = w.app.even_out(&w.doctor, &visit, over, Method::Cash);
        assert_eq!(w.code(again), Code::WrongState);
        let view = w.view(&visit);
        assert_eq!(kinds(&view), [(K::Deposit, most), (K::Returned, over)]);
        assert_eq!(open_ends(&w), 0);
        assert_eq!(drawers(&w), [cash, Fen::ZERO]);
        w.prove();
    }
}

#[test]
fn what_was_given_is_settled_anew_when_the_lost_call_never_came() {
    for w in worlds("anew") {
        let person = w.resident(false);
        let visit = lost(&w, person, false);
        let (least, _) = w.view(&visit).deposit.unwrap();
        give(&w, &visit, least).unwrap();
        found_absent(&w, &visit);
        assert_eq!(open_ends(&w), 1);
        w.app.presettle(&w.doctor, &visit).unwrap();
        w.settle(&visit).unwrap();
        let view = w.view(&visit);
        assert_eq!((view.state, view.money), (VisitState::Done, Standing::Even));
        // What she left pays it.
        assert_eq!(kinds(&view), [(K::Deposit, least)]);
        assert_eq!(w.centre_settlements(person, &visit).len(), 1);
        assert_eq!(open_ends(&w), 0);
        // Paid back later, the goods stay hers and the money is hers too.
        let batch = view.batches[0].id.clone();
        w.app.reverse(&w.doctor, &batch, "收费有误").unwrap();
        let view = w.view(&visit);
        assert_eq!(view.money, Standing::Even);
        assert_eq!(kinds(&view), [(K::Deposit, least), (K::PaidBack, least)]);
        assert_eq!(drawers(&w), [Fen::ZERO; 2]);
        w.prove();
    }
}

#[test]
fn what_was_given_and_is_not_settled_the_patient_may_pay_herself() {
    for w in worlds("own_pay") {
        let person = w.resident(false);
        let visit = lost(&w, person, false);
        let batch = w.view(&visit).batches[0].id.clone();
        let in_flight = w.app.own_pay(&w.doctor, &batch);
        assert_eq!(w.code(in_flight), Code::WrongState, "it may be settled");
        let (least, most) = w.view(&visit).deposit.unwrap();
        give(&w, &visit, least).unwrap();
        found_absent(&w, &visit);
        w.app.own_pay(&w.doctor, &batch).unwrap();
        assert_eq!(w.code(w.app.own_pay(&w.doctor, &batch)), Code::WrongState);
        let view = w.view(&visit);
        let own = &view.batches[0];
        assert_eq!(
            (own.payer, own.state, own.fund, own.cash),
            (Payer::SelfPay, S::Draft, Fen::ZERO, own.total)
        );
        assert_eq!((own.benefit.as_str(), own.working.is_none()), ("", true));
        assert!(view.charges.iter().all(|line| line.own_pay == line.amount
            && line.in_scope == Fen::ZERO
            && line.fund == Fen::ZERO));
        let shown = [(batch.clone(), most)];
        w.app.settle(&w.doctor, &visit, &shown, Method::Qr).unwrap();
        let view = w.view(&visit);
        assert_eq!(kinds(&view), [(K::Deposit, least), (K::Paid, most - least)]);
        assert_eq!(view.money, Standing::Even);
        assert_eq!(view.batches[0].state, S::Settled);
        assert_eq!(drawers(&w), [least, most - least]);
        // The centre holds nothing of it: its details were taken back with 2205, its visit with 2202.
        assert_eq!(w.centre_paid(person), Fen::ZERO);
        let said = w.app.messages(&w.doctor, &visit).unwrap();
        let latest: Vec<&str> = said
            .iter()
            .rev()
            .take(2)
            .map(|m| m.infno.as_str())
            .collect();
        assert!(latest.contains(&"2205"), "{latest:?}");
        w.prove();
    }
}

#[test]
fn what_is_found_settled_later_is_collected_before_anything_is_given() {
    for w in worlds("collect") {
        let visit = lost(&w, w.resident(false), true);
        resolve(&w, &visit);
        let view = w.view(&visit);
        let cash = view.batches[0].cash;
        assert_eq!(view.money, Standing::ToCollect(cash));
        assert_eq!(view.deposit, None);
        assert_eq!(w.code(w.app.hand_over(&w.doctor, &visit)), Code::ToCollect);
        w.app.even_out(&w.doctor, &visit, cash, Method::Qr).unwrap();
        w.app.hand_over(&w.doctor, &visit).unwrap();
        assert_eq!(kinds(&w.view(&visit)), [(K::Collected, cash)]);
        assert_eq!(drawers(&w), [Fen::ZERO, cash]);

        // A reversal that is found out later leaves what is hers to be returned.
        let batch = w.view(&visit).batches[0].id.clone();
        w.centre.panel.set_fault(Fault::LoseReply, "2208", 1);
        let code = w.code(w.app.reverse(&w.doctor, &batch, "退药"));
        assert_eq!(code, Code::CentreUnknown);
        assert_eq!(
            w.view(&visit).money,
            Standing::Even,
            "nothing was given back"
        );
        resolve(&w, &visit);
        assert_eq!(w.view(&visit).money, Standing::ToReturn(cash));
        w.app.even_out(&w.doctor, &visit, cash, Method::Qr).unwrap();
        assert_eq!(w.view(&visit).money, Standing::Even);
        assert_eq!(drawers(&w), [Fen::ZERO; 2]);
        w.prove();
    }
}

/// Found by the simulator: what one batch was paid by came back another way than it could.
#[test]
fn money_goes_back_the_way_it_came() {
    for w in worlds("way_back") {
        let visit = w.presettled(w.resident(true), &w.cold_and_pressure());
        w.wire.hold("2207");
        let shown = w.shown(&visit);
        let unknown = w.app.settle(&w.doctor, &visit, &shown, Method::Cash);
        assert_eq!(w.code(unknown), Code::CentreUnknown);
        w.wire.deliver();
        resolve(&w, &visit);
        let first = w.view(&visit).batches[0].clone();
        w.app
            .even_out(&w.doctor, &visit, first.cash, Method::Qr)
            .unwrap();
        if let Err(error) = w.settle(&visit) {
            assert_eq!(w.code(Err::<(), _>(error)), Code::ShareChanged);
            w.settle(&visit).unwrap();
        }
        // The first by code, the second in cash: so they go back.
        w.app
            .reverse(&w.doctor, &w.view(&visit).batches[1].id, "退药")
            .unwrap();
        assert_eq!(drawers(&w), [Fen::ZERO, first.cash]);
        w.app.reverse(&w.doctor, &first.id, "退药").unwrap();
        assert_eq!(drawers(&w), [Fen::ZERO; 2]);
        w.prove();
    }
}

/// 2601 would take back what she already carries home.
#[test]
fn what_was_given_for_is_not_taken_back() {
    let usual = Setting::default();
    let region = usual.region.replace("queries = true", "queries = false");
    for w in worlds_of("given", &Setting { region, ..usual }) {
        let visit = lost(&w, w.resident(false), true);
        let (least, _) = w.view(&visit).deposit.unwrap();
        give(&w, &visit, least).unwrap();
        resolve(&w, &visit);
        assert_eq!(w.states(&visit), [S::Unknown]);
        let said = w.app.messages(&w.doctor, &visit).unwrap();
        assert!(said.iter().all(|m| m.infno != "2601"));
        w.prove();
    }
}

#[test]
fn two_batches_take_one_deposit() {
    for w in worlds("two") {
        let visit = w.presettled(w.resident(true), &w.cold_and_pressure());
        let shares: Fen = w.shown(&visit).iter().map(|(_, cash)| *cash).sum();
        w.centre.panel.set_fault(Fault::LoseReply, "2207", 1);
        assert_eq!(w.code(w.settle(&visit)), Code::CentreUnknown);
        let (least, _) = w.view(&visit).deposit.unwrap();
        assert_eq!(least, shares);
        give(&w, &visit, least).unwrap();
        resolve(&w, &visit);
        let view = w.view(&visit);
        assert_eq!(w.states(&visit)[0], S::Settled);
        assert_eq!(view.money, Standing::Held(least - view.batches[0].cash));
        // The first used up some of a cap: the second may cost her more now.
        if let Err(error) = w.settle(&visit) {
            assert_eq!(w.code(Err::<(), _>(error)), Code::ShareChanged);
            w.settle(&visit).unwrap();
        }
        let view = w.view(&visit);
        assert!(view.batches.iter().all(|b| b.state == S::Settled));
        let cash: Fen = view.batches.iter().map(|b| b.cash).sum();
        assert_eq!(drawers(&w)[0], cash.max(least));
        w.prove();
    }
}
