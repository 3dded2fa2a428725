//! An infusion course on its second day. The first is put before the sessions began: they do not live that long.

use cunyi_domain::ids::VisitId;

use crate::cases::{draft_form, form, of_visit};
use crate::house::{Ask, House};

const DAY: i64 = 24 * 60 * 60;

/// The visit of a villager whose infusion began yesterday, and its course.
fn second_day(h: &House) -> (VisitId, String) {
    let w = &h.w;
    w.granted();
    w.restock();
    let mut body = w.consult_only();
    body.lines.insert(0, w.line("0.9%氯化钠注射液"));
    "ivgtt".clone_into(&mut body.lines[0].route);
    "qd".clone_into(&mut body.lines[0].frequency);
    "3".clone_into(&mut body.lines[0].days);
    let person = h.villager();
    w.clock.advance(-DAY);
    let first = w.settled(&person, &body);
    w.app.hand_over(&w.doctor, &first).expect("given");
    w.clock.advance(DAY);
    let visit = w.register(&person);
    let course = w.view(&visit).courses[0].id.to_string();
    (visit, course)
}

pub fn go_on(h: &House) -> Ask {
    let (visit, course) = second_day(h);
    let mut form = draft_form(&h.w.consult_only(), 0);
    form.push(("course".to_owned(), course));
    Ask {
        form,
        ..of_visit("post", &visit, "/continue-course")
    }
}

pub fn stop(h: &House) -> Ask {
    let (visit, course) = second_day(h);
    Ask {
        form: form(&[("reason", "皮疹")]),
        ..of_visit("post", &visit, &format!("/courses/{course}/stop"))
    }
}
