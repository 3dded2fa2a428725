//! The platform is away: what the region permits is given against a deposit and settled when it is back.

use cunyi_app::views::IdentifyForm;
use cunyi_centre::faults::Fault;
use cunyi_domain::batch::BatchState as S;
use cunyi_domain::ids::VisitId;
use cunyi_domain::ledger::{Method, PaymentKind as K, RegistrationState, Standing, VisitState};
use cunyi_domain::money::Fen;
use cunyi_domain::refusal::{Code, Refusal};

use crate::own_visits::own_worlds;
use crate::world::{Setting, World, worlds, worlds_of};

/// A visit that is charged while nobody answers.
fn cut_off(w: &World) -> VisitId {
    let visit = w.frozen(w.resident(false), &w.cold());
    w.centre.panel.set_down(true);
    let code = w.code(w.app.presettle(&w.doctor, &visit));
    assert_eq!(code, Code::CentreDown);
    visit
}

fn give(w: &World, visit: &VisitId) -> Fen {
    let (least, _) = w.view(visit).deposit.unwrap();
    let given = w
        .app
        .hand_over_against(&w.doctor, visit, least, Method::Cash);
    given.unwrap();
    least
}

/// In how many seconds the queue says that it is tried next; the clock goes on a little meanwhile.
fn next_try(w: &World, visit: &VisitId) -> Option<i64> {
    let queue = w.app.queue(&w.doctor).unwrap();
    let entry = queue.into_iter().find(|e| e.visit == *visit).unwrap();
    assert!(entry.given_unsettled);
    entry
        .next_try
        .map(|at| (at.seconds_since(w.app.now()) + 4) / 5 * 5)
}

#[test]
fn what_was_given_is_settled_when_the_platform_is_back() {
    for w in worlds("outage") {
        let visit = cut_off(&w);
        let view = w.view(&visit);
        let (total, estimate) = (view.batches[0].total, view.batches[0].estimated_fund);
        assert_eq!(view.deposit, Some((total - estimate, total)));
        let begun = view.registered_at;
        let deposit = give(&w, &visit);
        assert_eq!(w.view(&visit).state, VisitState::Done);
        assert_eq!(next_try(&w, &visit), Some(30));
        assert_eq!(w.app.settle_deferred().unwrap(), 0, "it is not due");
        // Away still: the pauses grow.
        w.clock.advance(30);
        assert_eq!(w.app.settle_deferred().unwrap(), 1);
        w.clock.advance(300);
        assert_eq!(w.app.settle_deferred().unwrap(), 1);
        assert_eq!(next_try(&w, &visit), Some(165));
        w.centre.panel.set_down(false);
        w.clock.advance(165);
        w.wire.clear();
        assert_eq!(w.app.settle_deferred().unwrap(), 1);
        assert_eq!(w.states(&visit), [S::Settled]);
        assert_eq!(w.app.settle_deferred().unwrap(), 0);
        // At the platform it has the time of the visit, not of the network.
        let told = w.wire.of("2203A").remove(0);
        let time = told.sent["input"]["mdtrtinfo"]["begntime"]
            .as_str()
            .unwrap()
            .to_owned();
        assert_eq!(time, begun.date_time());
        // Our estimate was the answer.
        let view = w.view(&visit);
        assert_eq!(view.money, Standing::Even);
        let kinds: Vec<_> = view.payments.iter().map(|p| (p.kind, p.amount)).collect();
        assert_eq!(kinds, [(K::Deposit, deposit)]);
        w.prove();
    }
}

#[test]
fn what_the_answer_differs_by_is_returned() {
    for w in worlds("outage_differs") {
        let visit = cut_off(&w);
        let (_, most) = w.view(&visit).deposit.unwrap();
        w.app
            .hand_over_against(&w.doctor, &visit, most, Method::Qr)
            .unwrap();
        w.centre.panel.set_down(false);
        w.clock.advance(30);
        assert_eq!(w.app.settle_deferred().unwrap(), 1);
        let view = w.view(&visit);
        let over = most - view.batches[0].cash;
        assert_eq!(view.money, Standing::ToReturn(over));
        w.app.even_out(&w.doctor, &visit, over, Method::Qr).unwrap();
        w.prove();
    }
}

#[test]
fn what_the_platform_refuses_is_left_to_a_person() {
    for w in worlds("outage_refused") {
        let visit = cut_off(&w);
        give(&w, &visit);
        w.centre.panel.set_down(false);
        w.centre.panel.set_fault(Fault::Refuse, "2206", 1);
        w.clock.advance(30);
        assert_eq!(w.app.settle_deferred().unwrap(), 1);
        assert_eq!(w.states(&visit), [S::Uploaded]);
        assert_eq!(next_try(&w, &visit), None);
        w.clock.advance(86_400);
        assert_eq!(w.app.settle_deferred().unwrap(), 0);
        // She settles it herself, or the patient pays.
        w.app.presettle(&w.doctor, &visit).unwrap();
        w.settle(&visit).unwrap();
        assert_eq!(w.states(&visit), [S::Settled]);
        w.prove();
    }
}

/// The details of another batch were cleared with success, which says nothing of the refused one.
#[test]
fn what_is_said_of_another_batch_makes_nobody_try_a_refused_one_again() {
    for w in worlds("outage_another") {
        let visit = w.frozen(w.resident(true), &w.cold_and_pressure());
        w.centre.panel.set_down(true);
        w.code(w.app.presettle(&w.doctor, &visit));
        give(&w, &visit);
        w.centre.panel.set_down(false);
        // The first is computed, the second refused; then the first is paid by herself, and cleared there.
        let centre = w.centre.clone();
        w.wire.twist("2206", move |came| {
            centre.panel.set_fault(Fault::Refuse, "2206", 1);
            came
        });
        w.clock.advance(30);
        assert_eq!(w.app.settle_deferred().unwrap(), 1);
        assert_eq!(w.states(&visit), [S::Presettled, S::Uploaded]);
        assert_eq!(next_try(&w, &visit), None);
        let first = w.view(&visit).batches[0].id.clone();
        w.wire.clear();
        w.app.own_pay(&w.doctor, &first).unwrap();
        assert_eq!(w.wire.said(), ["2205"]);
        assert_eq!(next_try(&w, &visit), None);
        w.clock.advance(3_600);
        assert_eq!(w.app.settle_deferred().unwrap(), 0);
        w.prove();
    }
}

#[test]
fn only_what_the_region_permits_is_settled_later() {
    let usual = Setting::default();
    let change = |from: &str, to: &str| {
        let region = usual.region.replace(from, to);
        assert_ne!(region, usual.region);
        Setting {
            region,
            ..usual.clone()
        }
    };
    for (schema, setting) in [
        (
            "outage_card",
            change("certificates = [\"02\"]", "certificates = [\"01\"]"),
        ),
        (
            "outage_never",
            change("defer_within_seconds = 86400", "defer_within_seconds = 0"),
        ),
    ] {
        for w in worlds_of(schema, &setting) {
            let visit = cut_off(&w);
            assert_eq!(w.view(&visit).deposit, None);
            let given = w
                .app
                .hand_over_against(&w.doctor, &visit, Fen(1), Method::Cash);
            assert_eq!(w.code(given), Code::WrongState);
            w.prove();
        }
    }
    // And no longer than it permits.
    for w in worlds_of("outage_late", &change("= 86400", "= 3600")) {
        let visit = cut_off(&w);
        give(&w, &visit);
        w.clock.advance(3_570);
        assert_eq!(next_try(&w, &visit), Some(-3_535));
        w.app.settle_deferred().unwrap();
        assert_eq!(next_try(&w, &visit), None);
        w.centre.panel.set_down(false);
        w.clock.advance(60);
        assert_eq!(w.app.settle_deferred().unwrap(), 0);
        w.prove();
    }
}

/// Found by the simulator: a second batch's own registration was still to be made, and the visit was done.
#[test]
fn what_was_given_is_registered_later_too() {
    for w in own_worlds("outage_own") {
        let visit = w.frozen(w.resident(true), &w.cold_and_pressure());
        w.centre.panel.set_down(true);
        let code = w.code(w.app.presettle(&w.doctor, &visit));
        assert_eq!(code, Code::CentreDown);
        give(&w, &visit);
        w.centre.panel.set_down(false);
        w.clock.advance(30);
        assert_eq!(w.app.settle_deferred().unwrap(), 1);
        if w.states(&visit) != [S::Settled; 2] {
            // The first used up some of a cap: the second is tried once more.
            w.clock.advance(60);
            assert_eq!(w.app.settle_deferred().unwrap(), 1);
        }
        assert_eq!(w.states(&visit), [S::Settled; 2]);
        w.prove();
    }
}

/// Away since before she came, and nobody has signed in there today.
#[test]
fn who_is_known_here_is_identified_by_what_was_last_told() {
    for w in worlds("outage_known") {
        let person = w.resident(false);
        let last = w.settled(person, &w.cold());
        w.app.hand_over(&w.doctor, &last).unwrap();
        let day = w.app.now().date();
        w.clock.advance(86_400);
        w.centre.panel.set_down(true);
        let found = w.identify(person);
        let told = Refusal::new(Code::LastKnown).with("day", day);
        assert!(found.warnings.contains(&told), "{:?}", found.warnings);
        assert!(found.coverages[0].usable());
        let visit = w.frozen(person, &w.cold());
        let view = w.view(&visit);
        assert_eq!(view.registration, Some(RegistrationState::Open));
        let code = w.code(w.app.presettle(&w.doctor, &visit));
        assert_eq!(code, Code::CentreDown);
        give(&w, &visit);
        w.centre.panel.set_down(false);
        w.clock.advance(30);
        assert_eq!(w.app.settle_deferred().unwrap(), 1);
        assert_eq!(w.states(&visit), [S::Settled]);
        w.prove();
    }
}

#[test]
fn who_is_not_known_here_or_shows_no_id_card_is_not_identified_without_the_platform() {
    for w in worlds("outage_stranger") {
        let person = w.resident(false);
        let last = w.settled(person, &w.cold());
        w.app.hand_over(&w.doctor, &last).unwrap();
        w.centre.panel.set_down(true);
        let by = |certificate: &str, number: &str| {
            let form = IdentifyForm {
                certificate: certificate.to_owned(),
                number: number.to_owned(),
                card_code: "C1".to_owned(),
                ..IdentifyForm::default()
            };
            w.app.identify(&w.doctor, &form)
        };
        let stranger = w.residents().nth(1).unwrap();
        assert_eq!(w.code(by("02", &stranger.id_number)), Code::CentreDown);
        assert_eq!(w.code(by("03", "A1234567")), Code::CentreDown);
        assert!(by("02", &person.id_number).is_ok());
        // What was told more than a year ago tells nothing.
        w.clock.advance(367 * 86_400);
        assert_eq!(w.code(by("02", &person.id_number)), Code::CentreDown);
    }
}
