//! A part is given back: the batch is reversed, and what stays is charged anew, whatever happens between.

use cunyi_app::views::{GiveBack, IdentifyForm, RefundForm, RegisterForm, VisitView};
use cunyi_centre::population::Person;
use cunyi_domain::batch::BatchState as S;
use cunyi_domain::ids::{BatchId, VisitId};
use cunyi_domain::ledger::{
    ItemKind, Method, Payer, PaymentKind as K, SettlementKind, Standing, VisitState,
};
use cunyi_domain::money::{Fen, Quantity};
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_domain::time::{Clock, Moment};

use crate::own_visits::own_worlds;
use crate::world::{World, is_resident, worlds};

pub const DRUG: &str = "感冒灵颗粒";

/// So much of a visit's drug, in its first batch.
pub fn back(w: &World, visit: &VisitId, quantity: Quantity) -> Vec<GiveBack> {
    let view = w.view(visit);
    let line = view.charges.iter().find(|c| c.name == DRUG).unwrap();
    vec![GiveBack::of(&line.id, quantity)]
}

pub fn give_back(w: &World, visit: &VisitId, back: &[GiveBack]) -> cunyi_app::Result<()> {
    let batch = w.view(visit).batches[0].id.clone();
    let form = form(back, "退一盒");
    w.app.reverse_part(&w.doctor, &batch, &form)
}

pub fn form(back: &[GiveBack], reason: &str) -> RefundForm {
    RefundForm {
        back: back.to_vec(),
        reason: reason.to_owned(),
        certificate: String::new(),
    }
}

/// Settled and handed over, with more than one of the drug.
pub fn given(w: &World, person: &Person) -> VisitId {
    let visit = w.settled(person, &w.cold());
    w.app.hand_over(&w.doctor, &visit).unwrap();
    visit
}

/// The lines of a visit's batch: name, quantity, amount.
fn lines(view: &VisitView, position: i64) -> Vec<(String, Quantity, Fen)> {
    let of = view.charges.iter().filter(|c| c.batch == position);
    of.map(|c| (c.name.clone(), c.quantity, c.amount)).collect()
}

pub const ONE: Quantity = Quantity::whole(1);

/// Reversed, the rest settled, the difference to return; the same at the centre.
pub fn ended(w: &World, person: &Person, visit: &VisitId, before: Fen) {
    let view = w.view(visit);
    assert_eq!(w.states(visit), [S::Reversed, S::Settled]);
    let (old, rest) = (&view.batches[0], &view.batches[1]);
    assert_eq!((old.rest_of, rest.rest_of), (None, Some(1)));
    assert_ne!(old.number, rest.number);
    assert!(rest.cash < old.cash);
    assert_eq!(view.money, Standing::ToReturn(old.cash - rest.cash));
    // The general consultation fee's 9.00 counts towards no cap.
    assert_eq!(w.centre_paid(person) - before, rest.fund - Fen(900));
    let there = w.centre_settlements(person, visit);
    assert!(there.contains(&rest.platform_settlement), "{there:?}");
    let day = w.app.today(&w.doctor, w.app.now().date()).unwrap();
    assert_eq!((day.fund, day.cash), (rest.fund, rest.cash));
    w.prove();
}

/// Why the day's reversal was made.
pub fn reason(w: &World) -> String {
    let day = w.app.today(&w.doctor, w.app.now().date()).unwrap();
    let mut all = day.settlements.into_iter();
    let found = all.find(|s| s.kind == SettlementKind::Reversal);
    found.unwrap().reason
}

#[test]
fn a_part_is_given_back_and_the_rest_settled_in_one() {
    for w in worlds("part") {
        let person = w.resident(false);
        let before = w.centre_paid(person);
        let visit = given(&w, person);
        let gone = w.stock(DRUG);
        let was = lines(&w.view(&visit), 1);
        let batch = w.view(&visit).batches[0].id.clone();
        let some = back(&w, &visit, ONE);
        let shown = w
            .app
            .refund(&w.doctor, &batch, &form(&some, "退一盒"))
            .unwrap();
        let estimate = shown.estimate.unwrap();
        w.wire.clear();
        give_back(&w, &visit, &some).unwrap();
        assert_eq!(
            w.wire.said(),
            ["2208", "2203", "2204", "2206", "2207", "2205"]
        );
        ended(&w, person, &visit, before);
        let view = w.view(&visit);
        let (old, rest) = (&view.batches[0], &view.batches[1]);
        // What was shown before is what came.
        assert_eq!(estimate.total, rest.total);
        assert_eq!(estimate.back, old.total - rest.total);
        assert_eq!(estimate.fund, Some(rest.fund));
        assert_eq!(estimate.returned, Some(old.cash - rest.cash));
        assert_eq!(rest.estimated_fund, rest.fund);
        assert_eq!(
            rest.answer.as_ref().map(|a| a.difference.is_none()),
            Some(true)
        );
        // One less of the drug, the rest as it was; nothing was handed over again.
        let now = lines(&view, 2);
        for (was, now) in was.iter().zip(&now) {
            let less = if was.0 == DRUG { ONE } else { Quantity::ZERO };
            assert_eq!((&was.0, was.1 - less), (&now.0, now.1));
        }
        assert_eq!(w.stock(DRUG), gone);
        assert_eq!(view.state, VisitState::Done);
        // She gets the difference with a slip, and stands in the queue until then.
        let queue = w.app.queue(&w.doctor).unwrap();
        let entry = queue.iter().find(|e| e.visit == visit).unwrap();
        assert_eq!(entry.money, view.money);
        let difference = old.cash - rest.cash;
        w.app
            .even_out(&w.doctor, &visit, difference, Method::Cash)
            .unwrap();
        let view = w.view(&visit);
        assert_eq!(view.money, Standing::Even);
        let last = view.payments.last().unwrap();
        assert_eq!((last.kind, last.amount), (K::Returned, difference));
        // The reason stands with the reversal; the batch was not dropped.
        assert_eq!(reason(&w), "退一盒");
        assert_eq!(view.dropped, []);
        w.prove();
    }
}

#[test]
fn what_was_prescribed_is_told_once() {
    for w in worlds("part_told") {
        let person = w.resident(false);
        let visit = given(&w, person);
        let told = w.app.paper(&w.doctor, &visit).unwrap().given;
        give_back(&w, &visit, &back(&w, &visit, ONE)).unwrap();
        assert_eq!(w.app.paper(&w.doctor, &visit).unwrap().given, told);
        let other = w.register(person);
        let again = w.app.as_last_time(&w.doctor, &other).unwrap();
        // All but the consultation fee, which was charged today.
        let drugs = told.iter().filter(|line| line.kind == ItemKind::Drug);
        assert_eq!(again.lines.len(), drugs.count());
        let past = &w.view(&other).past[0];
        assert_eq!(past.total, told.iter().map(|c| c.amount).sum());
        w.prove();
    }
}

#[test]
fn before_the_drugs_are_handed_over_what_stays_is_still_held() {
    for w in worlds("part_before") {
        let person = w.resident(false);
        let before = w.centre_paid(person);
        let visit = w.settled(person, &w.cold());
        let (on_hand, reserved) = w.stock(DRUG);
        let line = w.view(&visit).charges[0].clone();
        assert_eq!(line.name, DRUG);
        give_back(&w, &visit, &back(&w, &visit, ONE)).unwrap();
        ended(&w, person, &visit, before);
        let left = Quantity(reserved.0 - reserved.0 / (line.quantity.0 / ONE.0));
        assert_eq!(w.stock(DRUG), (on_hand, left));
        let Standing::ToReturn(sum) = w.view(&visit).money else {
            panic!("something is to be returned");
        };
        w.app
            .even_out(&w.doctor, &visit, sum, Method::Cash)
            .unwrap();
        w.app.hand_over(&w.doctor, &visit).unwrap();
        assert_eq!(w.stock(DRUG), (on_hand - left, Quantity::ZERO));
        let given = w.app.paper(&w.doctor, &visit).unwrap().given;
        assert_eq!(given[0].quantity, line.quantity - ONE);
        w.prove();
    }
}

#[test]
fn one_of_two_batches_in_part_and_twice() {
    for w in own_worlds("part_twice") {
        let visit = w.settled(w.resident(true), &w.cold_and_pressure());
        w.app.hand_over(&w.doctor, &visit).unwrap();
        give_back(&w, &visit, &back(&w, &visit, ONE)).unwrap();
        assert_eq!(w.states(&visit), [S::Reversed, S::Settled, S::Settled]);
        // The consultation as well: of the rest.
        let view = w.view(&visit);
        let rest = &view.batches[2];
        let fee = view
            .charges
            .iter()
            .find(|c| c.batch == 3 && c.name != DRUG)
            .unwrap();
        let fee = [GiveBack::of(&fee.id, fee.quantity)];
        w.app
            .reverse_part(&w.doctor, &rest.id, &form(&fee, "没有看诊"))
            .unwrap();
        let states = [S::Reversed, S::Settled, S::Reversed, S::Settled];
        assert_eq!(w.states(&visit), states);
        let view = w.view(&visit);
        assert_eq!(view.batches[3].rest_of, Some(3));
        let paid: Fen = view.payments.iter().map(|p| p.amount).sum();
        let owed = view.batches[1].cash + view.batches[3].cash;
        assert_eq!(view.money, Standing::ToReturn(paid - owed));
        // The rest of the rest given back is a reversal; the patient gets all of it.
        let left = view.charges.iter().filter(|c| c.batch == 4);
        let left: Vec<_> = left.map(|c| GiveBack::of(&c.id, c.quantity)).collect();
        let batch = &view.batches[3].id;
        w.app
            .reverse_part(&w.doctor, batch, &form(&left, "全退"))
            .unwrap();
        assert_eq!(w.states(&visit)[3], S::Reversed);
        assert_eq!(w.view(&visit).batches.len(), 4);
        w.prove();
    }
}

#[test]
fn self_pay_is_reversed_and_charged_in_one_write() {
    for w in worlds("part_self") {
        let found = w.identify(w.resident(false));
        let registered = RegisterForm {
            handle: found.handle,
            self_pay: true,
            ..RegisterForm::default()
        };
        let visit = w.app.register(&w.doctor, &registered).unwrap();
        w.app.freeze(&w.doctor, &visit, 0, &w.cold()).unwrap();
        let total = w.view(&visit).batches[0].total;
        let batch = w.view(&visit).batches[0].id.clone();
        let shown = [(batch.clone(), total)];
        w.app.settle(&w.doctor, &visit, &shown, Method::Qr).unwrap();
        w.app.hand_over(&w.doctor, &visit).unwrap();
        let some = back(&w, &visit, ONE);
        let estimate = w
            .app
            .refund(&w.doctor, &batch, &form(&some, "退一盒"))
            .unwrap()
            .estimate;
        w.wire.clear();
        give_back(&w, &visit, &some).unwrap();
        assert_eq!(w.wire.said(), Vec::<String>::new());
        assert_eq!(w.states(&visit), [S::Reversed, S::Settled]);
        let view = w.view(&visit);
        assert_eq!(view.batches[1].payer, Payer::SelfPay);
        let less = total - view.batches[1].total;
        assert_eq!(view.money, Standing::ToReturn(less));
        assert_eq!(estimate.unwrap().returned, Some(less));
        w.prove();
    }
}

#[test]
fn what_is_given_back_must_be_there() {
    for w in worlds("part_bad") {
        let visit = w.settled(w.resident(false), &w.cold());
        let view = w.view(&visit);
        let (batch, line) = (&view.batches[0].id, &view.charges[0]);
        let of = |quantity: Quantity| vec![GiveBack::of(&line.id, quantity)];
        let refused = |batch: &BatchId, back: &[GiveBack], reason: &str| {
            let done = w.app.reverse_part(&w.doctor, batch, &form(back, reason));
            w.refused(done)
        };
        let most = line.quantity;
        let too_much = Refusal::at(Code::TooMuchGivenBack, "back")
            .with("item", DRUG)
            .with("most", most)
            .with("line", 1);
        for (what, back, refusal) in [
            (
                "nothing",
                vec![],
                Refusal::at(Code::NothingGivenBack, "back"),
            ),
            (
                "none",
                of(Quantity::ZERO),
                Refusal::at(Code::NothingGivenBack, "back"),
            ),
            ("more", of(most + ONE), too_much.clone()),
            ("less", of(Quantity(-ONE.0)), too_much.clone()),
            ("half", of(Quantity(5_000)), too_much),
            (
                "another's",
                vec![GiveBack::of(&"X".into(), ONE)],
                Refusal::new(Code::NotFound),
            ),
        ] {
            assert_eq!(refused(batch, &back, "退药"), refusal, "{what}");
        }
        assert_eq!(refused(batch, &of(ONE), "").code, Code::ReasonMissing);
        assert_eq!(w.states(&visit), [S::Settled]);
        // While something else of the visit is open, or it is put aside.
        let visit = w.presettled(w.resident(true), &w.cold_and_pressure());
        let pressure = w.view(&visit).batches[1].id.clone();
        w.app.drop_batch(&w.doctor, &pressure, "不要").unwrap();
        let batch = w.view(&visit).batches[0].id.clone();
        let some = back(&w, &visit, ONE);
        assert_eq!(refused(&batch, &some, "退药").code, Code::WrongState);
        w.settle(&visit).unwrap();
        let park = |to| w.app.move_visit(&w.doctor, &visit, to).unwrap();
        park(VisitState::Parked);
        assert_eq!(refused(&batch, &some, "退药").code, Code::WrongState);
        park(VisitState::Seeing);
        w.app
            .reverse_part(&w.doctor, &batch, &form(&some, "退药"))
            .unwrap();
        assert_eq!(refused(&batch, &some, "退药").code, Code::WrongState);
        w.prove();
    }
}

#[test]
fn the_codes_that_come_back_are_not_sent_again() {
    for w in worlds("part_codes") {
        let visit = w.presettled(w.resident(false), &w.cold());
        let line = w.view(&visit).charges[0].id.clone();
        let (kept, returned) = ("81234567890123456781", "81234567890123456782");
        w.app
            .scan_trace(&w.doctor, &line, &format!("{kept} {returned}"))
            .unwrap();
        w.settle(&visit).unwrap();
        let some = |codes: &str| {
            [GiveBack {
                trace_codes: codes.to_owned(),
                ..GiveBack::of(&line, ONE)
            }]
        };
        let wrong = w.refused(give_back(&w, &visit, &some("81234567890123456783")));
        assert_eq!(wrong.code, Code::TraceCodeUnknown);
        give_back(&w, &visit, &some(returned)).unwrap();
        let sent = w.wire.of("2207").pop().unwrap().sent.to_string();
        assert!(sent.contains(kept) && !sent.contains(returned), "{sent}");
        w.prove();
    }
}

#[test]
fn a_voucher_is_shown_again_before_anything_is_reversed() {
    for w in worlds("part_voucher") {
        let later = Moment(w.clock.now().0 + 3_600_000_000);
        let good = |p: &&Person| {
            let fits = p
                .voucher
                .as_ref()
                .is_some_and(|v| v.known && v.expires_at > later);
            is_resident(p) && fits
        };
        let person = w.people.iter().find(good).unwrap();
        let code = person.voucher.as_ref().unwrap().code();
        let shown = IdentifyForm {
            certificate: "01".to_owned(),
            number: code.clone(),
            ..IdentifyForm::default()
        };
        let found = w.app.identify(&w.doctor, &shown).unwrap();
        let registered = RegisterForm {
            handle: found.handle,
            ..RegisterForm::default()
        };
        let visit = w.app.register(&w.doctor, &registered).unwrap();
        w.app.freeze(&w.doctor, &visit, 0, &w.cold()).unwrap();
        w.app.presettle(&w.doctor, &visit).unwrap();
        w.settle(&visit).unwrap();
        w.app.hand_over(&w.doctor, &visit).unwrap();
        let some = back(&w, &visit, ONE);
        let batch = w.view(&visit).batches[0].id.clone();
        let shown = w
            .app
            .refund(&w.doctor, &batch, &RefundForm::default())
            .unwrap();
        assert_eq!(shown.certificate, Some(w.view(&visit).certificate));
        assert_eq!(shown.estimate, None);
        w.wire.clear();
        let refusal = w.refused(give_back(&w, &visit, &some));
        assert_eq!(
            (refusal.code, refusal.field),
            (Code::VoucherGone, Some("certificate"))
        );
        assert_eq!(w.wire.said(), Vec::<String>::new());
        let shown = RefundForm {
            certificate: code,
            ..form(&some, "退一盒")
        };
        w.app.reverse_part(&w.doctor, &batch, &shown).unwrap();
        assert_eq!(w.states(&visit), [S::Reversed, S::Settled]);
        // It is forgotten again.
        let shown = w
            .app
            .refund(
                &w.doctor,
                &w.view(&visit).batches[1].id,
                &RefundForm::default(),
            )
            .unwrap();
        assert!(shown.certificate.is_some());
        w.prove();
    }
}
