//! An infusion that is ordered for several days is charged the day it is done.

use cunyi_app::views::{CourseView, DraftBody, DraftLine, VisitView};
use cunyi_domain::ids::{EntryId, VisitId};
use cunyi_domain::money::Quantity;
use cunyi_domain::refusal::Code;

use crate::world::{World, worlds};

const SALINE: &str = "0.9%氯化钠注射液";
const DAY: i64 = 86_400;

fn drip(w: &World, days: &str) -> DraftLine {
    DraftLine {
        route: "ivgtt".to_owned(),
        frequency: "qd".to_owned(),
        days: days.to_owned(),
        group: "1".to_owned(),
        ..w.line(SALINE)
    }
}

fn with(w: &World, lines: Vec<DraftLine>) -> DraftBody {
    DraftBody { lines, ..w.cold() }
}

fn started(schema: &str) -> impl Iterator<Item = (World, VisitId)> {
    worlds(schema).into_iter().map(|w| {
        w.granted();
        w.restock();
        let body = with(&w, vec![drip(&w, "3"), w.line("感冒灵颗粒")]);
        let visit = w.frozen(w.resident(false), &body);
        (w, visit)
    })
}

fn one(w: &World, visit: &VisitId) -> CourseView {
    let mut all = w.view(visit).courses;
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

/// Settles and hands over what is frozen.
fn finish(w: &World, visit: &VisitId) {
    w.app.presettle(&w.doctor, visit).unwrap();
    w.settle(visit).unwrap();
    w.app.hand_over(&w.doctor, visit).unwrap();
}

fn go_on(w: &World, visit: &VisitId, course: &EntryId) -> cunyi_app::Result<DraftBody> {
    let typed = DraftBody {
        complaint: "继续输液".to_owned(),
        ..DraftBody::default()
    };
    w.app.continue_course(&w.doctor, visit, course, typed)
}

/// Another day, in a visit of its own.
fn another(w: &World, course: &EntryId) -> VisitId {
    w.clock.advance(DAY);
    let visit = w.register(w.resident(false));
    let body = go_on(w, &visit, course).unwrap();
    w.app.freeze(&w.doctor, &visit, 0, &body).unwrap();
    visit
}

fn of_course(view: &VisitView) -> Vec<(&str, Quantity, i64)> {
    let lines = view.charges.iter().filter(|c| c.course.is_some());
    lines.map(|c| (&*c.name, c.quantity, c.days)).collect()
}

#[test]
fn each_day_of_a_course_is_charged_by_itself_until_all_are_done() {
    for (w, first) in started("course_days") {
        let view = w.view(&first);
        let bottle = view.charges[0].quantity;
        assert_eq!(of_course(&view), [(SALINE, bottle, 3)]);
        let alone = w.app.preview(
            &w.doctor,
            &w.register(
                w.person(|p| p.name != w.resident(false).name && crate::world::is_resident(p)),
            ),
            &with(&w, vec![drip(&w, "1")]),
        );
        assert_eq!(alone.unwrap().lines[0].quantity, bottle, "a day's");
        let course = one(&w, &first);
        assert_eq!((course.days, course.done, course.may), (3, 1, false));
        finish(&w, &first);

        // Not twice a day: neither by the button, nor by what was typed.
        let same = w.register(w.resident(false));
        assert_eq!(w.code(go_on(&w, &same, &course.id)), Code::CourseToday);
        let mut body = with(&w, vec![drip(&w, "3")]);
        body.lines[0].course = course.id.to_string();
        let preview = w.app.preview(&w.doctor, &same, &body).unwrap();
        assert_eq!(preview.problems[0].code, Code::CourseToday);
        let queue = w.app.queue(&w.doctor).unwrap();
        let entry = queue.iter().find(|e| e.visit == same).unwrap();
        assert_eq!(entry.course, Some((1, 3)));

        // The next days: diagnoses and the drip come, with its giving set; the granules do not.
        let second = another(&w, &course.id);
        assert_eq!(of_course(&w.view(&second)), [(SALINE, bottle, 3)]);
        assert_eq!(w.view(&second).charges.len(), 2);
        assert_eq!(w.view(&second).diagnosis_names, view.diagnosis_names);
        finish(&w, &second);
        w.clock.advance(DAY);
        let third = w.register(w.resident(false));
        let last = w.app.as_last_time(&w.doctor, &third).unwrap();
        assert_eq!(
            last.lines[0].course,
            course.id.as_str(),
            "as last time goes on, too"
        );
        w.app
            .freeze(
                &w.doctor,
                &third,
                0,
                &DraftBody {
                    complaint: "继续输液".to_owned(),
                    ..last
                },
            )
            .unwrap();
        assert_eq!(one(&w, &third).done, 3);
        finish(&w, &third);

        w.clock.advance(DAY);
        let after = w.register(w.resident(false));
        assert_eq!(w.view(&after).courses, []);
        assert_eq!(w.code(go_on(&w, &after, &course.id)), Code::CourseOver);
        let again = w.app.as_last_time(&w.doctor, &after).unwrap();
        assert_eq!(again.lines[0].course, "", "a new order");
        w.prove();
    }
}

#[test]
fn what_is_taken_back_frees_its_day_and_a_course_may_be_stopped() {
    for (w, first) in started("course_freed") {
        // Taken back before anything was done: there is no course.
        w.app.take_back(&w.doctor, &first).unwrap();
        assert_eq!(w.view(&first).courses, []);
        let open = w.view(&first);
        w.app
            .freeze(&w.doctor, &first, open.draft_version, &open.draft)
            .unwrap();
        let course = one(&w, &first);
        finish(&w, &first);
        let second = another(&w, &course.id);
        assert_eq!(one(&w, &second).done, 2);
        w.app.take_back(&w.doctor, &second).unwrap();
        let freed = one(&w, &second);
        assert_eq!((freed.done, freed.may), (1, true));
        let open = w.view(&second);
        w.app
            .freeze(&w.doctor, &second, open.draft_version, &open.draft)
            .unwrap();
        // Paid and paid back before anything was given: freed as well.
        w.app.presettle(&w.doctor, &second).unwrap();
        w.settle(&second).unwrap();
        let batch = w.view(&second).batches[0].id.clone();
        w.app.reverse(&w.doctor, &batch, "今天不输").unwrap();
        assert_eq!(one(&w, &second).done, 1);

        let stop = |reason| w.app.stop_course(&w.doctor, &second, &course.id, reason);
        assert_eq!(w.code(stop(" ")), Code::ReasonMissing);
        let other = w.register(w.resident(true));
        let strange = w.app.stop_course(&w.doctor, &other, &course.id, "不是她的");
        assert_eq!(w.code(strange), Code::NotFound);
        stop("皮疹").unwrap();
        assert_eq!(w.code(stop("皮疹")), Code::CourseOver);
        assert_eq!(w.view(&second).courses, []);
        assert_eq!(w.code(go_on(&w, &second, &course.id)), Code::NotFound);
        w.prove();
    }
}

/// Who stands on the list: days done and ordered, days missed.
fn due(w: &World) -> Vec<(usize, i64, i64)> {
    let due = w.app.courses_due(&w.doctor).unwrap();
    due.iter().map(|c| (c.done, c.days, c.missed)).collect()
}

#[test]
fn who_is_to_come_today_or_has_missed_a_day_is_listed() {
    for (w, first) in started("course_due") {
        assert_eq!(due(&w), [], "today's is done");
        let course = one(&w, &first).id;
        finish(&w, &first);
        w.clock.advance(DAY);
        assert_eq!(due(&w), [(1, 3, 0)]);
        w.clock.advance(2 * DAY);
        assert_eq!(due(&w), [(1, 3, 2)]);
        let listed = w.app.courses_due(&w.doctor).unwrap().remove(0);
        assert_eq!(listed.names, [SALINE]);
        assert_eq!(listed.patient, w.view(&first).patient.patient);

        // The longest missed first; the mark in the queue is of the same count.
        let other = w.residents().nth(3).unwrap();
        let late = w.frozen(other, &with(&w, vec![drip(&w, "2")]));
        finish(&w, &late);
        w.clock.advance(DAY);
        assert_eq!(due(&w), [(1, 3, 3), (1, 2, 0)]);
        let marks = |w: &World| -> Vec<Option<(usize, i64)>> {
            let queue = w.app.queue(&w.doctor).unwrap();
            queue.into_iter().map(|entry| entry.course).collect()
        };
        let again = w.register(w.resident(false));
        assert_eq!(marks(&w), [Some((1, 3))]);
        let body = go_on(&w, &again, &course).unwrap();
        w.app.freeze(&w.doctor, &again, 0, &body).unwrap();
        assert_eq!(due(&w), [(1, 2, 0)], "hers is done today");
        assert_eq!(marks(&w), [Some((2, 3))]);
        w.app.take_back(&w.doctor, &again).unwrap();
        assert_eq!(due(&w), [(1, 3, 3), (1, 2, 0)], "or is not");

        let stopped = w.app.stop_course(&w.doctor, &again, &course, "已好转");
        stopped.unwrap();
        assert_eq!(due(&w), [(1, 2, 0)]);
        assert_eq!(marks(&w), [None]);
        w.clock.advance(31 * DAY);
        assert_eq!(due(&w), [], "nobody asks for it any more");
        w.prove();
    }
}
