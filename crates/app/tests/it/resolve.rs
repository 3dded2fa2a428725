//! Every lost call ends: on both sides settled, on both sides reversed, or on both sides not done.

use cunyi_centre::faults::Fault;
use cunyi_centre::population::Person;
use cunyi_domain::batch::BatchState as S;
use cunyi_domain::ids::VisitId;
use cunyi_domain::ledger::{Method, RegistrationState, VisitState};
use cunyi_domain::money::Fen;
use cunyi_domain::refusal::Code;

use crate::wire::renumbered;
use crate::world::{Setting, World, worlds, worlds_of};

/// After it, what was sent commits no more: the demonstration region's bound.
const BOUND: i64 = 600;

fn lose(w: &World, infno: &str) {
    w.centre.panel.set_fault(Fault::LoseReply, infno, 1);
}

/// A visit whose 2207 was lost: after the centre did it, or on the way there.
fn lost(w: &World, person: &Person, done: bool) -> VisitId {
    let visit = w.presettled(person, &w.cold());
    if done {
        lose(w, "2207");
    } else {
        w.wire.hold("2207");
    }
    assert_eq!(w.code(w.settle(&visit)), Code::CentreUnknown);
    assert_eq!(w.states(&visit), [S::Unknown]);
    visit
}

fn resolve(w: &World, visit: &VisitId) {
    w.app.resolve(&w.doctor, visit).unwrap();
}

/// The clinic's day and the centre's sums say the same.
fn agree(w: &World, person: &Person, before: Fen) {
    let day = w.app.today(&w.doctor, w.app.now().date()).unwrap();
    // The general consultation fee's 9.00 counts towards no cap.
    let fees = if day.fund > Fen::ZERO {
        Fen(900)
    } else {
        Fen::ZERO
    };
    assert_eq!(w.centre_paid(person) - before, day.fund - fees);
    w.prove();
}

pub fn without_queries() -> Setting {
    let usual = Setting::default();
    let region = usual.region.replace("queries = true", "queries = false");
    assert_ne!(region, usual.region);
    Setting { region, ..usual }
}

#[test]
fn a_settlement_whose_reply_was_lost_is_found_and_adopted() {
    for w in worlds("adopt") {
        let person = w.resident(false);
        let before = w.centre_paid(person);
        let visit = lost(&w, person, true);
        resolve(&w, &visit);
        let batch = w.view(&visit).batches.remove(0);
        assert_eq!(batch.state, S::Settled);
        let call = w.wire.of("2207").remove(0);
        let answer = call.came.unwrap_err();
        assert!(format!("{answer:?}").contains("Lost"));
        assert!(!batch.platform_settlement.is_empty());
        assert!(batch.settled_at.is_some());
        agree(&w, person, before);
        assert_eq!(w.wire.of("2207").len(), 1);
        assert_eq!(w.code(w.app.resolve(&w.doctor, &visit)), Code::WrongState);
        let cash = batch.cash;
        w.app
            .even_out(&w.doctor, &visit, cash, Method::Cash)
            .unwrap();
        w.app.hand_over(&w.doctor, &visit).unwrap();
        w.app.reverse(&w.doctor, &batch.id, "退药").unwrap();
        agree(&w, person, before);
    }
}

#[test]
fn the_program_finds_it_itself_after_a_restart() {
    for w in worlds("adopt_due") {
        let person = w.resident(false);
        let before = w.centre_paid(person);
        let visit = lost(&w, person, true);
        assert_eq!(w.app.resolve_due().unwrap(), 1);
        assert_eq!(w.states(&visit), [S::Settled]);
        assert_eq!(w.app.resolve_due().unwrap(), 0);
        agree(&w, person, before);
    }
}

#[test]
fn what_never_arrived_is_not_done_only_when_the_bound_has_passed() {
    for w in worlds("absent") {
        let person = w.resident(false);
        let before = w.centre_paid(person);
        let visit = lost(&w, person, false);
        resolve(&w, &visit);
        resolve(&w, &visit);
        assert_eq!(
            w.states(&visit),
            [S::Unknown],
            "two looks before the bound prove nothing"
        );
        assert_eq!(w.code(w.settle(&visit)), Code::WrongState);
        w.clock.advance(BOUND);
        assert_eq!(w.app.resolve_due().unwrap(), 1);
        assert_eq!(w.states(&visit), [S::Uploaded]);
        w.app.presettle(&w.doctor, &visit).unwrap();
        w.settle(&visit).unwrap();
        agree(&w, person, before);
        // What was on its way all the time arrives at last, and is the second of two.
        for came in w.wire.deliver() {
            assert!(String::from_utf8_lossy(&came.unwrap().body).contains("重复"));
        }
        agree(&w, person, before);
        w.app.hand_over(&w.doctor, &visit).unwrap();
    }
}

/// Found by the simulator: the line gave an earlier question's answer to a later one.
#[test]
fn an_answer_from_before_the_bound_shows_nothing_after_it() {
    for w in worlds("old_answer") {
        let person = w.resident(false);
        let before = w.centre_paid(person);
        let visit = lost(&w, person, false);
        w.clock.advance(BOUND - 60);
        resolve(&w, &visit);
        let old = w.wire.of("5204").remove(0).came.unwrap();
        w.wire.deliver();
        w.clock.advance(60);
        w.wire.twist("5204", move |_| Ok(renumbered(&old, "old")));
        assert_eq!(w.app.resolve_due().unwrap(), 1);
        assert_eq!(w.states(&visit), [S::Unknown], "it was settled since");
        resolve(&w, &visit);
        assert_eq!(w.states(&visit), [S::Settled]);
        agree(&w, person, before);
    }
}

/// Found by the simulator: another transaction's answer holds no list, which is not an empty one.
#[test]
fn an_answer_to_something_else_shows_nothing() {
    shows_nothing(
        "other_answer",
        &serde_json::json!({ "setlinfo": { "setl_id": "" } }),
    );
}

/// As 2202 and 2205 answer: no output at all.
#[test]
fn an_answer_without_output_shows_nothing() {
    shows_nothing("no_output", &serde_json::Value::Null);
    shows_nothing("empty_output", &serde_json::json!({}));
}

fn shows_nothing(schema: &str, output: &serde_json::Value) {
    for w in worlds(schema) {
        let output = output.clone();
        let person = w.resident(false);
        let before = w.centre_paid(person);
        let visit = lost(&w, person, false);
        resolve(&w, &visit);
        w.wire.deliver();
        w.clock.advance(BOUND);
        w.wire.twist("5204", |came| {
            let reply = came.unwrap();
            let mut answer: serde_json::Value = serde_json::from_slice(&reply.body).unwrap();
            answer["output"] = output;
            let body = answer.to_string().into_bytes();
            Ok(cunyi_domain::transport::Reply { body, ..reply })
        });
        assert_eq!(w.app.resolve_due().unwrap(), 1);
        assert_eq!(w.states(&visit), [S::Unknown], "it was settled since");
        resolve(&w, &visit);
        assert_eq!(w.states(&visit), [S::Settled]);
        agree(&w, person, before);
    }
}

/// Found by the simulator: something on the line sends twice, and the second's refusal comes back.
#[test]
fn that_a_message_came_twice_is_no_refusal() {
    for w in worlds("twice") {
        let person = w.resident(false);
        let before = w.centre_paid(person);
        let visit = w.frozen(person, &w.cold());
        w.wire.twice("2204");
        assert!(w.app.presettle(&w.doctor, &visit).is_err());
        w.app.presettle(&w.doctor, &visit).unwrap();
        w.wire.twice("2207");
        assert_eq!(w.code(w.settle(&visit)), Code::CentreUnknown);
        resolve(&w, &visit);
        let batch = w.view(&visit).batches.remove(0);
        assert_eq!(batch.state, S::Settled);
        agree(&w, person, before);
        w.wire.twice("2208");
        assert!(w.app.reverse(&w.doctor, &batch.id, "退药").is_err());
        resolve(&w, &visit);
        assert_eq!(w.states(&visit), [S::Reversed]);
        agree(&w, person, before);
    }
}

/// The bound was wrong: the first commits after all, and the second is refused for it.
#[test]
fn the_refusal_of_the_second_of_two_is_no_refusal() {
    for w in worlds("second") {
        let person = w.resident(false);
        let before = w.centre_paid(person);
        let visit = lost(&w, person, false);
        resolve(&w, &visit);
        w.clock.advance(BOUND);
        assert_eq!(w.app.resolve_due().unwrap(), 1);
        w.app.presettle(&w.doctor, &visit).unwrap();
        w.wire.deliver();
        assert!(w.settle(&visit).is_err());
        assert_eq!(w.states(&visit), [S::Unknown], "not refused");
        resolve(&w, &visit);
        assert_eq!(w.states(&visit), [S::Settled]);
        let first = w.wire.of("2207").remove(0).msgid;
        let settlements = w
            .app
            .today(&w.doctor, w.app.now().date())
            .unwrap()
            .settlements;
        assert_eq!(settlements.len(), 1);
        let messages = w.app.messages(&w.doctor, &visit).unwrap();
        let done: Vec<_> = messages
            .iter()
            .filter(|m| m.infno == "2207" && m.state.as_str() == "success")
            .map(|m| m.id.clone())
            .collect();
        assert_eq!(done, [first], "it is the first that did it");
        agree(&w, person, before);
    }
}

#[test]
fn where_no_question_is_answered_a_2601_takes_it_back() {
    for w in worlds_of("undo", &without_queries()) {
        let person = w.resident(false);
        let before = w.centre_paid(person);
        let visit = lost(&w, person, true);
        resolve(&w, &visit);
        assert_eq!(w.states(&visit), [S::Uploaded]);
        assert_eq!(w.wire.of("5204").len() + w.wire.of("5203").len(), 0);
        agree(&w, person, before);
        w.app.presettle(&w.doctor, &visit).unwrap();
        w.settle(&visit).unwrap();
        let numbers: Vec<_> = w
            .wire
            .of("2207")
            .iter()
            .map(|c| c.sent["input"]["data"]["chrg_bchno"].clone())
            .collect();
        assert_eq!(
            (numbers.len(), &numbers[0]),
            (2, &numbers[1]),
            "the same batch number"
        );
        agree(&w, person, before);
    }
}

#[test]
fn a_2601_whose_reply_was_lost_is_asked_for_again() {
    for w in worlds_of("undo_lost", &without_queries()) {
        let person = w.resident(false);
        let before = w.centre_paid(person);
        let visit = lost(&w, person, true);
        lose(&w, "2601");
        resolve(&w, &visit);
        assert_eq!(w.states(&visit), [S::UndoUnknown]);
        assert_eq!(w.code(w.settle(&visit)), Code::WrongState);
        w.clock.advance(30);
        assert_eq!(w.app.resolve_due().unwrap(), 1);
        assert_eq!(
            w.states(&visit),
            [S::Uploaded],
            "it says that it was taken back before"
        );
        assert_eq!(w.wire.of("2601").len(), 2);
        agree(&w, person, before);
    }
}

#[test]
fn a_refused_2601_proves_nothing() {
    for w in worlds_of("undo_refused", &without_queries()) {
        let person = w.resident(false);
        let visit = lost(&w, person, false);
        resolve(&w, &visit);
        assert_eq!(w.states(&visit), [S::Unknown]);
        w.clock.advance(10 * BOUND);
        assert_eq!(w.app.resolve_due().unwrap(), 0, "a person decides");
        resolve(&w, &visit);
        assert_eq!(
            (w.states(&visit), w.wire.of("2601").len()),
            (vec![S::Unknown], 1)
        );
        w.wire.deliver();
        assert_eq!(
            w.states(&visit),
            [S::Unknown],
            "and it did commit afterwards"
        );
        w.prove();
    }
}

#[test]
fn a_2601_on_its_way_may_still_take_back_what_is_seen() {
    // The question is not served at first, then it is.
    for w in worlds("undo_late") {
        let person = w.resident(false);
        let before = w.centre_paid(person);
        let visit = lost(&w, person, true);
        w.centre.panel.set_fault(Fault::Refuse, "5204", 3);
        for _ in 0..3 {
            resolve(&w, &visit);
        }
        w.wire.hold("2601");
        w.clock.advance(60);
        w.app.resolve_due().unwrap();
        assert_eq!(w.states(&visit), [S::UndoUnknown]);
        resolve(&w, &visit);
        assert_eq!(
            w.states(&visit),
            [S::UndoUnknown],
            "in force now, but for how long?"
        );
        w.wire.deliver();
        w.clock.advance(BOUND);
        resolve(&w, &visit);
        resolve(&w, &visit);
        assert_eq!(w.states(&visit), [S::Uploaded]);
        agree(&w, person, before);
    }
}

#[test]
fn a_reversal_whose_reply_was_lost_is_seen_in_the_refund_flag() {
    for w in worlds("flag_2208") {
        let person = w.resident(false);
        let before = w.centre_paid(person);
        let visit = w.settled(person, &w.cold());
        let batch = w.view(&visit).batches[0].id.clone();
        lose(&w, "2208");
        let code = w.code(w.app.reverse(&w.doctor, &batch, "退药"));
        assert_eq!(
            (code, w.states(&visit)),
            (Code::CentreUnknown, vec![S::ReversalUnknown])
        );
        resolve(&w, &visit);
        assert_eq!(w.states(&visit), [S::Reversed]);
        agree(&w, person, before);
        w.app
            .move_visit(&w.doctor, &visit, VisitState::Cancelled)
            .unwrap();
    }
}

#[test]
fn a_reversal_that_never_arrived_leaves_the_settlement() {
    for w in worlds("absent_2208") {
        let person = w.resident(false);
        let before = w.centre_paid(person);
        let visit = w.settled(person, &w.cold());
        let batch = w.view(&visit).batches[0].id.clone();
        w.wire.hold("2208");
        assert!(w.app.reverse(&w.doctor, &batch, "退药").is_err());
        resolve(&w, &visit);
        assert_eq!(w.states(&visit), [S::ReversalUnknown]);
        w.clock.advance(BOUND);
        w.app.resolve_due().unwrap();
        assert_eq!(w.states(&visit), [S::Settled]);
        agree(&w, person, before);
        // The first arrives at last; the second is refused for it, and that is no refusal.
        w.wire.deliver();
        assert!(w.app.reverse(&w.doctor, &batch, "退药").is_err());
        assert_eq!(w.states(&visit), [S::ReversalUnknown]);
        resolve(&w, &visit);
        assert_eq!(w.states(&visit), [S::Reversed]);
        agree(&w, person, before);
    }
}

#[test]
fn a_registration_whose_reply_was_lost_is_adopted() {
    for w in worlds("lost_2201_adopt") {
        lose(&w, "2201");
        let visit = w.register(w.resident(false));
        assert_eq!(
            w.view(&visit).registration,
            Some(RegistrationState::Unknown)
        );
        w.app.retry_registration(&w.doctor, &visit).unwrap();
        assert_eq!(
            w.view(&visit).registration,
            Some(RegistrationState::Registered)
        );
        assert_eq!(w.wire.of("2201").len(), 1, "not asked for again");
        w.app.freeze(&w.doctor, &visit, 0, &w.cold()).unwrap();
        w.app.presettle(&w.doctor, &visit).unwrap();
        w.settle(&visit).unwrap();
        w.prove();
    }
}

#[test]
fn a_lost_registration_of_a_cancelled_visit_is_taken_back() {
    for w in worlds("lost_2201_cancel") {
        lose(&w, "2201");
        let visit = w.register(w.resident(false));
        w.app
            .move_visit(&w.doctor, &visit, VisitState::Cancelled)
            .unwrap();
        assert_eq!(w.wire.of("2202").len(), 1);
        assert_eq!(
            w.view(&visit).registration,
            Some(RegistrationState::Cancelled)
        );
        w.prove();
    }
}

#[test]
fn a_settlement_paid_back_at_the_platform_is_both_here() {
    for w in worlds("paid_back") {
        let person = w.resident(false);
        let visit = lost(&w, person, true);
        // As if somebody had paid it back there, past the clinic.
        w.wire.twist("5203", |came| {
            let reply = came.unwrap();
            let text = String::from_utf8(reply.body).unwrap();
            let turned = text.replace(r#""refd_setl_flag":"0""#, r#""refd_setl_flag":"1""#);
            assert_ne!(turned, text);
            let body = turned.into_bytes();
            Ok(cunyi_domain::transport::Reply { body, ..reply })
        });
        resolve(&w, &visit);
        assert_eq!(w.states(&visit), [S::Reversed]);
        let day = w.app.today(&w.doctor, w.app.now().date()).unwrap();
        assert_eq!((day.settlements.len(), day.fund), (2, Fen::ZERO));
        w.prove();
    }
}

/// Its reply lost, the question refused over and over, too late for 2601: the program knows no further.
fn undecided(w: &World, person: &Person, done: bool) -> VisitId {
    let visit = lost(w, person, done);
    w.centre.panel.set_fault(Fault::Refuse, "5204", 4);
    for _ in 0..3 {
        resolve(w, &visit);
    }
    w.clock.advance(3 * BOUND + 1);
    // It is asked once more, and not again at once.
    assert_eq!(w.app.resolve_due().unwrap(), 1);
    assert_eq!(w.app.resolve_due().unwrap(), 0);
    visit
}

#[test]
fn a_question_that_was_refused_is_asked_again_within_the_hour() {
    for w in worlds("asked_again") {
        let visit = undecided(&w, w.resident(false), true);
        // The platform serves it by now.
        w.clock.advance(1_800);
        assert_eq!(w.app.resolve_due().unwrap(), 1);
        assert_eq!(w.states(&visit), [S::Settled]);
        w.prove();
    }
}

#[test]
fn a_person_adopts_what_the_centre_shows_and_nothing_else() {
    for w in worlds("adopt_told") {
        let person = w.resident(false);
        let before = w.centre_paid(person);
        let other = w.settled(person, &w.cold());
        let visit = undecided(&w, person, true);
        let batch = w.view(&visit).batches[0].id.clone();
        let adopt = |id: &str| w.app.adopt(&w.doctor, &batch, id);
        let anothers = w.view(&other).batches[0].platform_settlement.clone();
        for wrong in ["99000120261124", &anothers] {
            assert_eq!(w.code(adopt(wrong)), Code::SettlementDiffers);
        }
        for unreadable in ["", "4001 25241", "40\u{202E}01", &"9".repeat(31)] {
            assert_eq!(w.code(adopt(unreadable)), Code::BadText);
        }
        assert_eq!(w.states(&visit), [S::Unknown]);
        let id = w.centre_settlements(person, &visit).pop_first().unwrap();
        adopt(&id).unwrap();
        let view = w.view(&visit).batches.remove(0);
        assert_eq!(
            (view.state, view.platform_settlement),
            (S::Settled, id.clone())
        );
        assert_eq!(w.code(adopt(&id)), Code::WrongState);
        let paid = w.centre_paid(person) - before;
        let day = w.app.today(&w.doctor, w.app.now().date()).unwrap();
        assert_eq!(paid, day.fund - Fen(900) - Fen(900));
        w.prove();
    }
}

#[test]
fn a_person_adopts_on_her_word_where_the_region_answers_no_question() {
    for w in worlds_of("adopt_word", &without_queries()) {
        let person = w.resident(false);
        let before = w.centre_paid(person);
        let visit = lost(&w, person, true);
        w.clock.advance(3 * BOUND + 1);
        let batch = w.view(&visit).batches[0].id.clone();
        let id = w.centre_settlements(person, &visit).pop_first().unwrap();
        w.centre.panel.set_fault(Fault::Refuse, "5203", 1);
        w.app.adopt(&w.doctor, &batch, &id).unwrap();
        let view = w.view(&visit).batches.remove(0);
        assert_eq!((view.state, view.platform_settlement), (S::Settled, id));
        agree(&w, person, before);
        w.app.reverse(&w.doctor, &batch, "退药").unwrap();
        agree(&w, person, before);
    }
}

#[test]
fn a_person_says_that_it_was_not_done_after_the_bound_and_with_a_reason() {
    for w in worlds_of("not_done", &without_queries()) {
        let person = w.resident(false);
        let before = w.centre_paid(person);
        let visit = lost(&w, person, false);
        resolve(&w, &visit);
        let batch = w.view(&visit).batches[0].id.clone();
        let say = |why: &str| w.app.not_done(&w.doctor, &batch, why);
        assert_eq!(w.code(say("问过李科长")), Code::WrongState, "too early");
        w.clock.advance(BOUND);
        assert_eq!(w.code(say(" ")), Code::ReasonMissing);
        say("问过李科长").unwrap();
        assert_eq!(w.states(&visit), [S::Uploaded]);
        w.app.presettle(&w.doctor, &visit).unwrap();
        w.settle(&visit).unwrap();
        agree(&w, person, before);
    }
}
