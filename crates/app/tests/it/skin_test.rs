//! A drug that wants a skin test is charged once the test was negative, and not before.

use cunyi_app::views::{DraftBody, DraftLine};
use cunyi_app::{NewLot, SKIN_TEST_MINUTES};
use cunyi_domain::ids::{EntryId, VisitId};
use cunyi_domain::ledger::{SkinTestState, VisitState};
use cunyi_domain::money::{Quantity, UnitPrice};
use cunyi_domain::refusal::Code;

use crate::world::{World, actor, worlds};

pub(crate) const DRUG: &str = "注射用青霉素钠";

fn injected(w: &World) -> DraftBody {
    let mut body = w.consult_only();
    body.lines.insert(0, w.line(DRUG));
    body
}

/// Orders it in a new visit: the visit, the test.
fn ordered(w: &World) -> (VisitId, EntryId) {
    w.restock();
    let visit = w.register(w.resident(false));
    let code = &w.line(DRUG).code;
    w.app.order_skin_test(&w.doctor, &visit, code).unwrap();
    let test = w.view(&visit).skin_tests.pop().unwrap();
    (visit, test.id)
}

fn problem(w: &World, visit: &VisitId) -> Option<Code> {
    let preview = w.app.preview(&w.doctor, visit, &injected(w)).unwrap();
    // The drug, its syringe, the fee.
    assert_eq!(preview.lines.len(), 3, "its price is told all the same");
    preview.problems.first().map(|problem| problem.code)
}

fn state(w: &World, visit: &VisitId) -> SkinTestState {
    w.view(visit).skin_tests.last().unwrap().state
}

#[test]
fn a_negative_test_read_by_two_lets_the_drug_pass() {
    for w in worlds("skin_negative") {
        let (visit, test) = ordered(&w);
        let pharmacist = actor(&w.app, "pharmacist");
        let read = |by, positive| w.app.read_skin_test(by, &visit, &test, positive);
        assert_eq!(w.view(&visit).state, VisitState::Parked);
        assert_eq!(problem(&w, &visit), Some(Code::SkinTestOpen));
        let code = &w.line(DRUG).code;
        let again = w.app.order_skin_test(&w.doctor, &visit, code);
        assert_eq!(w.code(again), Code::SkinTestDone);

        // Too early: how long she still waits is told there and in the queue.
        w.clock.advance((SKIN_TEST_MINUTES - 5) * 60);
        let early = w.refused(read(&w.doctor, false));
        assert_eq!(early.code, Code::SkinTestEarly);
        let minutes = early.args.iter().find(|(name, _)| *name == "minutes");
        assert_eq!(minutes.unwrap().1, "5");
        let queue = w.app.queue(&w.doctor).unwrap();
        let entry = queue.iter().find(|entry| entry.visit == visit).unwrap();
        assert_eq!(entry.skin_test, Some(5));

        w.clock.advance(5 * 60);
        read(&w.doctor, false).unwrap();
        assert_eq!(state(&w, &visit), SkinTestState::Read);
        assert_eq!(problem(&w, &visit), Some(Code::SkinTestOpen));
        assert_eq!(w.code(read(&w.doctor, false)), Code::SkinTestOther);
        let frozen = w.app.freeze(&w.doctor, &visit, 0, &injected(&w));
        assert_eq!(w.code(frozen), Code::SkinTestOpen);
        read(&pharmacist, false).unwrap();
        assert_eq!(state(&w, &visit), SkinTestState::Negative);
        assert_eq!(w.code(read(&pharmacist, true)), Code::WrongState);
        assert_eq!(problem(&w, &visit), None);
        w.app.freeze(&w.doctor, &visit, 1, &injected(&w)).unwrap();

        // Another visit wants another.
        let next = w.register(w.resident(true));
        assert_eq!(problem(&w, &next), Some(Code::SkinTestWanted));
        w.prove();
    }
}

#[test]
fn a_positive_test_is_an_allergy() {
    for w in worlds("skin_positive") {
        let (visit, test) = ordered(&w);
        w.clock.advance(SKIN_TEST_MINUTES * 60);
        let read = |positive| w.app.read_skin_test(&w.doctor, &visit, &test, positive);
        read(false).unwrap();
        // Who looks again may see otherwise.
        read(true).unwrap();
        assert_eq!(state(&w, &visit), SkinTestState::Positive);
        let allergies = w.view(&visit).patient.allergies;
        assert_eq!(allergies.len(), 1);
        assert_eq!(allergies[0].1, "青霉素类");
        let frozen = w.app.freeze(&w.doctor, &visit, 0, &injected(&w));
        assert_eq!(w.code(frozen), Code::CheckRefused, "the allergy forbids it");
        let next = w.register(w.resident(false));
        let again = w.app.order_skin_test(&w.doctor, &next, &w.line(DRUG).code);
        assert_eq!(w.code(again), Code::SkinTestAllergic);
        // Withdrawn, the test still stands.
        let patient = w.view(&visit).patient.patient;
        let withdrawn = w.app.withdraw_allergy(&w.doctor, &patient, &allergies[0].0);
        withdrawn.unwrap();
        assert_eq!(problem(&w, &visit), Some(Code::SkinTestPositive));
        w.prove();
    }
}

#[test]
fn who_leaves_is_not_read() {
    for w in worlds("skin_left") {
        let (visit, test) = ordered(&w);
        let cancelled = w.app.move_visit(&w.doctor, &visit, VisitState::Cancelled);
        cancelled.unwrap();
        assert_eq!(state(&w, &visit), SkinTestState::Abandoned);
        w.clock.advance(SKIN_TEST_MINUTES * 60);
        let read = w.app.read_skin_test(&w.doctor, &visit, &test, false);
        assert_eq!(w.code(read), Code::WrongState);
        // What wants none is not tested.
        let other = w.register(w.resident(true));
        let code = &w.line("感冒灵颗粒").code;
        let ordered = w.app.order_skin_test(&w.doctor, &other, code);
        assert_eq!(w.code(ordered), Code::SkinTestDone);
        w.prove();
    }
}

const DAY: i64 = 86_400;

/// Penicillin in saline, by drip, for four days; its first day is done.
pub(crate) fn course(w: &World) -> EntryId {
    w.granted();
    let (visit, test) = ordered(w);
    w.clock.advance(SKIN_TEST_MINUTES * 60);
    for by in [&w.doctor, &actor(&w.app, "pharmacist")] {
        w.app.read_skin_test(by, &visit, &test, false).unwrap();
    }
    let drip = |name: &str| DraftLine {
        route: "ivgtt".to_owned(),
        frequency: "qd".to_owned(),
        days: "4".to_owned(),
        group: "1".to_owned(),
        ..w.line(name)
    };
    let body = DraftBody {
        lines: vec![drip("0.9%氯化钠注射液"), drip(DRUG)],
        ..w.cold()
    };
    w.app.freeze(&w.doctor, &visit, 0, &body).unwrap();
    given(w, &visit);
    w.view(&visit).courses[0].id.clone()
}

pub(crate) fn given(w: &World, visit: &VisitId) {
    w.app.presettle(&w.doctor, visit).unwrap();
    w.settle(visit).unwrap();
    w.app.hand_over(&w.doctor, visit).unwrap();
}

/// Another day of it, so many days later: what is typed, and what it is refused for.
pub(crate) fn another(
    w: &World,
    course: &EntryId,
    days: i64,
) -> (VisitId, DraftBody, Option<Code>) {
    w.clock.advance(days * DAY);
    let visit = w.register(w.resident(false));
    let none = DraftBody::default();
    let body = w.app.continue_course(&w.doctor, &visit, course, none);
    let body = body.unwrap();
    let refused = refused(w, &visit, &body);
    (visit, body, refused)
}

fn refused(w: &World, visit: &VisitId, body: &DraftBody) -> Option<Code> {
    let preview = w.app.preview(&w.doctor, visit, body).unwrap();
    preview.problems.first().map(|problem| problem.code)
}

#[test]
fn a_test_holds_from_day_to_day_of_a_course_and_for_its_lot() {
    for w in worlds("skin_course") {
        let course = course(&w);
        let (visit, body, lacking) = another(&w, &course, 1);
        assert_eq!(lacking, None);
        // Of the same drug without the course it holds for nothing.
        let mut anew = body.clone();
        anew.lines.iter_mut().for_each(|line| line.course.clear());
        assert_eq!(refused(&w, &visit, &anew), Some(Code::SkinTestWanted));
        w.app.freeze(&w.doctor, &visit, 0, &body).unwrap();
        given(&w, &visit);

        // The day after that it is carried on, and not with another lot.
        let (visit, mut body, lacking) = another(&w, &course, 1);
        assert_eq!(lacking, None);
        let lot = NewLot {
            code: w.line(DRUG).code,
            lot_number: "另一批".to_owned(),
            expires_on: w.app.now().date().tomorrow().unwrap(),
            cost: UnitPrice::from_fen(10),
            quantity: Quantity::whole(100),
        };
        w.app.receive_stock(&w.doctor, &[lot]).unwrap();
        assert_eq!(refused(&w, &visit, &body), Some(Code::SkinTestWanted));
        body.lines.retain(|line| line.code != w.line(DRUG).code);
        assert_eq!(refused(&w, &visit, &body), None);
        w.prove();
    }
}

#[test]
fn a_day_that_was_missed_wants_another_test() {
    for w in worlds("skin_gap") {
        let course = course(&w);
        let (visit, body, lacking) = another(&w, &course, 2);
        assert_eq!(lacking, Some(Code::SkinTestWanted));
        let frozen = w.app.freeze(&w.doctor, &visit, 0, &body);
        assert_eq!(w.code(frozen), Code::SkinTestWanted);
        w.prove();
    }
}

#[test]
fn what_is_left_of_the_lot_must_do_for_the_day() {
    for w in worlds("skin_rest") {
        let course = course(&w);
        let (visit, mut body, lacking) = another(&w, &course, 1);
        assert_eq!(lacking, None);
        // More than the lot has: another lot is begun for the rest.
        let of_drug = |line: &&mut DraftLine| line.code == w.line(DRUG).code;
        let line = body.lines.iter_mut().find(of_drug).unwrap();
        let (on_hand, reserved) = w.stock(DRUG);
        let more = on_hand - reserved + Quantity::whole(1);
        line.quantity = more.to_string();
        let another = NewLot {
            code: w.line(DRUG).code,
            lot_number: "另一批".to_owned(),
            expires_on: w.app.now().date().tomorrow().unwrap(),
            cost: UnitPrice::from_fen(10),
            quantity: Quantity::whole(100),
        };
        let later = NewLot {
            expires_on: cunyi_domain::time::parse_date("2029-01-31").unwrap(),
            ..another
        };
        w.app.receive_stock(&w.doctor, &[later]).unwrap();
        assert_eq!(refused(&w, &visit, &body), Some(Code::SkinTestWanted));
        w.prove();
    }
}

#[test]
fn what_nobody_read_ends_with_the_visit() {
    for w in worlds("skin_ends") {
        let (visit, _) = ordered(&w);
        w.app.freeze(&w.doctor, &visit, 0, &w.cold()).unwrap();
        given(&w, &visit);
        assert_eq!(state(&w, &visit), SkinTestState::Abandoned);
        w.prove();
    }
}
