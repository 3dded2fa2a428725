//! The hard question: the centre did it, and its reply never came.

use cunyi_app::views::VisitView;
use cunyi_centre::faults::Fault;
use cunyi_centre::population::Person;
use cunyi_domain::batch::BatchState as S;
use cunyi_domain::ids::VisitId;
use cunyi_domain::ledger::{Method, RegistrationState, VisitState};
use cunyi_domain::money::{Fen, Quantity};
use cunyi_domain::refusal::Code;

use crate::world::{World, worlds};

const DRUG: &str = "感冒灵颗粒";

fn lose(w: &World, infno: &str) {
    w.centre.panel.set_fault(Fault::LoseReply, infno, 1);
}

/// Nothing can be done with the visit while nobody knows where its money is.
fn nothing_moves(w: &World, visit: &VisitId) {
    let before = (w.view(visit), w.stock(DRUG), w.wire.calls().len());
    let batch = &before.0.batches[0].id;
    let doctor = &w.doctor;
    let body = w.cold();
    let shown = w.shown(visit);
    let tries = [
        ("settle", w.app.settle(doctor, visit, &shown, Method::Cash)),
        ("presettle", w.app.presettle(doctor, visit)),
        ("take back", w.app.take_back(doctor, visit)),
        (
            "cancel",
            w.app.move_visit(doctor, visit, VisitState::Cancelled),
        ),
        ("hand over", w.app.hand_over(doctor, visit)),
        ("reverse", w.app.reverse(doctor, batch, "退药")),
        ("draft", w.app.save_draft(doctor, visit, 1, &body).map(drop)),
        ("freeze", w.app.freeze(doctor, visit, 1, &body)),
        ("self-pay", w.app.switch_to_self_pay(doctor, visit)),
    ];
    for (what, tried) in tries {
        assert_eq!(w.code(tried), Code::WrongState, "{what}");
    }
    let after = (w.view(visit), w.stock(DRUG), w.wire.calls().len());
    assert_eq!(
        after, before,
        "nothing said, nothing moved, nothing handed over"
    );
    let queue = w.app.queue(doctor).unwrap();
    let entry = queue.iter().find(|e| e.visit == *visit).unwrap();
    assert!(entry.unknown, "the queue says so");
}

fn neither_settled_nor_failed(view: &VisitView) {
    let batch = &view.batches[0];
    assert_eq!(
        (
            batch.state,
            batch.said.as_str(),
            batch.platform_settlement.as_str(),
            batch.settled_at
        ),
        (S::Unknown, "", "", None)
    );
    assert!(!view.handed_over);
}

#[test]
fn a_lost_settlement_is_unknown_and_nobody_is_charged_twice() {
    for w in worlds("lost_2207") {
        let person = w.resident(false);
        let visit = w.presettled(person, &w.cold());
        let (before, expected) = (w.centre_paid(person), w.view(&visit).batches[0].fund);
        lose(&w, "2207");
        assert_eq!(w.code(w.settle(&visit)), Code::CentreUnknown);
        neither_settled_nor_failed(&w.view(&visit));
        nothing_moves(&w, &visit);
        // The general consultation fee's 9.00 counts towards no cap.
        assert_eq!(
            w.centre_paid(person) - before,
            expected - Fen(900),
            "exactly one settlement"
        );
        assert_eq!(w.wire.of("2207").len(), 1);
        let day = w.app.today(&w.doctor, w.app.now().date()).unwrap();
        assert_eq!((day.settlements.len(), day.visits[0].fund), (0, Fen::ZERO));
        assert!(day.visits[0].unknown);
        let messages = w.app.messages(&w.doctor, &visit).unwrap();
        let last = messages.last().unwrap();
        assert_eq!(
            (last.infno.as_str(), last.state.as_str()),
            ("2207", "unknown")
        );
        w.prove();
    }
}

#[test]
fn the_second_of_two_batches_is_lost() {
    for w in worlds("lost_second") {
        let visit = w.presettled(w.resident(true), &w.cold_and_pressure());
        let centre = w.centre.clone();
        w.wire.twist("2207", move |came| {
            centre.panel.set_fault(Fault::LoseReply, "2207", 1);
            came
        });
        assert_eq!(w.code(w.settle(&visit)), Code::CentreUnknown);
        assert_eq!(w.states(&visit), [S::Settled, S::Unknown]);
        nothing_moves_of_two(&w, &visit);
        w.prove();
    }
}

fn nothing_moves_of_two(w: &World, visit: &VisitId) {
    assert_eq!(w.code(w.settle(visit)), Code::WrongState);
    assert_eq!(w.code(w.app.take_back(&w.doctor, visit)), Code::WrongState);
    assert_eq!(w.code(w.app.hand_over(&w.doctor, visit)), Code::WrongState);
    assert_eq!(w.wire.of("2207").len(), 2);
}

#[test]
fn a_registration_that_never_arrived_is_asked_for_under_a_new_number() {
    for w in worlds("lost_2201") {
        w.wire.hold("2201");
        let visit = w.register(w.resident(false));
        let view = w.view(&visit);
        assert_eq!(
            (view.registration, view.registration_said.as_str()),
            (Some(RegistrationState::Unknown), "")
        );
        w.app.retry_registration(&w.doctor, &visit).unwrap();
        let after = w.view(&visit);
        assert_eq!(after.registration, Some(RegistrationState::Registered));
        assert_eq!(after.number, view.number, "ours stays");
        let number = |call: &crate::wire::Call| call.sent["input"]["data"]["ipt_otp_no"].clone();
        let sent: Vec<_> = w.wire.of("2201").iter().map(number).collect();
        assert_eq!((sent.len(), &sent[0]), (2, &view.number.clone().into()));
        assert_ne!(sent[0], sent[1]);
        assert_eq!(
            w.code(w.app.retry_registration(&w.doctor, &visit)),
            Code::WrongState
        );
        whole_visit(&w, &visit);
    }
}

/// A visit that was registered in the end goes on as any other.
fn whole_visit(w: &World, visit: &VisitId) {
    w.app.freeze(&w.doctor, visit, 0, &w.cold()).unwrap();
    w.app.presettle(&w.doctor, visit).unwrap();
    w.settle(visit).unwrap();
    w.app.hand_over(&w.doctor, visit).unwrap();
    w.prove();
}

#[test]
fn a_registration_that_is_missing_is_made_up_for_before_the_shares_are_asked_for() {
    for w in worlds("late_2201") {
        for fault in [
            Fault::Refuse,
            Fault::LoseReply,
            Fault::Html,
            Fault::Truncate,
        ] {
            w.centre.panel.set_fault(fault, "2201", 1);
            let visit = w.register(w.resident(false));
            let registration = w.view(&visit).registration;
            let refused = fault == Fault::Refuse;
            assert_eq!(
                registration,
                Some(if refused {
                    RegistrationState::Refused
                } else {
                    RegistrationState::Unknown
                })
            );
            assert_eq!(w.view(&visit).registration_said.is_empty(), !refused);
            whole_visit(&w, &visit);
        }
    }
}

/// Presettles with one reply lost; answers the visit.
fn presettle_losing(w: &World, person: &Person, infno: &str) -> VisitId {
    let visit = w.frozen(person, &w.cold());
    lose(w, infno);
    assert_eq!(
        w.code(w.app.presettle(&w.doctor, &visit)),
        Code::CentreUnknown,
        "{infno}"
    );
    assert_eq!(w.view(&visit).batches[0].said, "", "{infno}");
    w.wire.clear();
    visit
}

#[test]
fn lost_answers_before_the_money_are_asked_for_again() {
    let cases: [(&str, S, &[&str]); 3] = [
        ("2203", S::Draft, &["2203", "2204", "2206"]),
        // Details may be there: they are cleared first.
        ("2204", S::Draft, &["2203", "2205", "2204", "2206"]),
        ("2206", S::Uploaded, &["2206"]),
    ];
    for w in worlds("lost_before") {
        for (infno, state, again) in cases {
            let visit = presettle_losing(&w, w.resident(false), infno);
            assert_eq!(w.states(&visit), [state], "{infno}");
            assert_eq!(w.code(w.settle(&visit)), Code::WrongState, "{infno}");
            w.wire.clear();
            w.app.presettle(&w.doctor, &visit).unwrap();
            assert_eq!(w.wire.said(), again, "{infno}");
            w.settle(&visit).unwrap();
            w.app.hand_over(&w.doctor, &visit).unwrap();
        }
        w.prove();
    }
}

#[test]
fn the_clearing_of_lost_details_is_lost_too() {
    for w in worlds("lost_2205") {
        let visit = presettle_losing(&w, w.resident(false), "2204");
        lose(&w, "2205");
        assert_eq!(
            w.code(w.app.presettle(&w.doctor, &visit)),
            Code::CentreUnknown
        );
        w.app.presettle(&w.doctor, &visit).unwrap();
        w.settle(&visit).unwrap();
        assert_eq!(w.states(&visit), [S::Settled]);
        w.prove();
    }
}

#[test]
fn lost_details_are_taken_back_and_another_fee_list_is_settled() {
    for w in worlds("lost_back") {
        let person = w.resident(false);
        let visit = presettle_losing(&w, person, "2204");
        w.app.take_back(&w.doctor, &visit).unwrap();
        let before = w.centre_paid(person);
        w.app.freeze(&w.doctor, &visit, 1, &w.cold()).unwrap();
        w.app.presettle(&w.doctor, &visit).unwrap();
        w.settle(&visit).unwrap();
        let fund = w.view(&visit).batches[0].fund;
        assert_eq!(w.centre_paid(person) - before, fund - Fen(900));
        w.prove();
    }
}

#[test]
fn a_lost_reversal_is_unknown_and_not_asked_for_twice() {
    for w in worlds("lost_2208") {
        let person = w.resident(false);
        let before = w.centre_paid(person);
        let visit = w.settled(person, &w.cold());
        let batch = w.view(&visit).batches[0].id.clone();
        lose(&w, "2208");
        assert_eq!(
            w.code(w.app.reverse(&w.doctor, &batch, "退药")),
            Code::CentreUnknown
        );
        assert_eq!(w.states(&visit), [S::ReversalUnknown]);
        nothing_moves(&w, &visit);
        assert_eq!(w.wire.of("2208").len(), 1);
        assert_eq!(w.centre_paid(person), before, "the centre has paid back");
        assert!(w.stock(DRUG).1 > Quantity::ZERO, "still promised");
        let day = w.app.today(&w.doctor, w.app.now().date()).unwrap();
        assert_eq!(day.settlements.len(), 1);
        w.prove();
    }
}

#[test]
fn lost_replies_about_who_it_is_cost_nothing() {
    for w in worlds("lost_1101") {
        let person = w.resident(false);
        // Who is not signed in asks nothing.
        let told = [("9001", Code::CentreDown), ("1101", Code::CentreSilent)];
        for (infno, code) in told {
            lose(&w, infno);
            let form = cunyi_app::views::IdentifyForm {
                certificate: "02".to_owned(),
                number: person.id_number.clone(),
                ..Default::default()
            };
            assert_eq!(w.code(w.app.identify(&w.doctor, &form)), code, "{infno}");
        }
        assert_eq!(w.identify(person).name, person.name);
    }
}
