//! 用法附加费: what the route of a drug brings by itself.

use cunyi_app::views::{DraftBody, DraftLine};
use cunyi_domain::ids::VisitId;

use crate::world::{Setting, World, worlds, worlds_of};

const VITAMIN: &str = "维生素C注射液";
const SALINE: &str = "0.9%氯化钠注射液";
const SYRINGE: &str = "一次性注射器5ml";
const SET: &str = "一次性输液器";

fn given(w: &World, name: &str, route: &str, days: &str) -> DraftLine {
    DraftLine {
        route: route.to_owned(),
        frequency: "qd".to_owned(),
        days: days.to_owned(),
        ..w.line(name)
    }
}

fn with(w: &World, lines: Vec<DraftLine>) -> DraftBody {
    DraftBody { lines, ..w.cold() }
}

fn code(w: &World, name: &str) -> String {
    let mut services = w.app.catalogue().services().iter();
    let found = services.find(|service| service.name == name);
    found.expect(name).code.clone()
}

/// What stands in the fee list: `name × many`, with a plus where nobody typed it.
fn stands(w: &World, visit: &VisitId, body: &DraftBody) -> Vec<String> {
    let preview = w.app.preview(&w.doctor, visit, body).unwrap();
    assert_eq!(preview.problems, []);
    let told = |line: &cunyi_app::views::ChargeView| {
        let plus = if line.follows { "+" } else { "" };
        format!("{plus}{} {}", line.name, line.quantity)
    };
    preview.lines.iter().map(told).collect()
}

#[test]
fn a_syringe_follows_an_injection_until_it_is_declined_or_typed() {
    for w in worlds("follows_route") {
        w.granted();
        w.restock();
        let visit = w.register(w.resident(false));
        let mut body = with(&w, vec![given(&w, VITAMIN, "im", "3")]);
        let found = stands(&w, &visit, &body);
        assert!(found.contains(&format!("+{SYRINGE} 3")), "{found:?}");
        body.lines[0].route = "po".to_owned();
        assert!(!stands(&w, &visit, &body).concat().contains(SYRINGE));
        body.lines[0].route = "im".to_owned();

        body.without.push(code(&w, SYRINGE));
        let preview = w.app.preview(&w.doctor, &visit, &body).unwrap();
        assert!(preview.lines.iter().all(|line| line.name != SYRINGE));
        let declined = preview.declined.iter().map(|one| &*one.name);
        assert_eq!(declined.collect::<Vec<_>>(), [SYRINGE]);
        assert_eq!(
            preview.total,
            preview.lines.iter().map(|line| line.amount).sum()
        );

        // Typed: it is hers, and declining is of no matter.
        body.lines.push(DraftLine {
            code: code(&w, SYRINGE),
            quantity: "5".to_owned(),
            ..DraftLine::default()
        });
        let found = stands(&w, &visit, &body);
        let syringes = found.iter().filter(|line| line.contains(SYRINGE));
        assert_eq!(syringes.collect::<Vec<_>>(), [&format!("{SYRINGE} 5")]);
    }
}

/// A visit of these lines, settled and handed over; then what "as last time" brings, and what stands there.
fn again(w: &World, body: &DraftBody) -> (DraftBody, Vec<String>) {
    let visit = w.settled(w.resident(false), body);
    w.app.hand_over(&w.doctor, &visit).unwrap();
    w.clock.advance(7 * 86_400);
    let next = w.register(w.resident(false));
    let body = w.app.as_last_time(&w.doctor, &next).unwrap();
    let found = stands(w, &next, &body);
    (body, found)
}

#[test]
fn last_time_brings_the_drug_and_the_drug_brings_the_syringe() {
    for w in worlds("follows_repeated") {
        w.granted();
        w.restock();
        let once = || with(&w, vec![given(&w, VITAMIN, "im", "2")]);
        let (syringe, followed) = (code(&w, SYRINGE), format!("+{SYRINGE} 2"));
        let typed = |body: &DraftBody| body.lines.iter().any(|line| line.code == syringe);

        let (body, found) = again(&w, &once());
        assert!(!typed(&body) && body.without.is_empty());
        assert!(found.contains(&followed), "{found:?}");

        let without = DraftBody {
            without: vec![syringe.clone()],
            ..once()
        };
        let (body, found) = again(&w, &without);
        assert_eq!(body.without, [&*syringe], "declined then, declined now");
        assert!(!found.concat().contains(SYRINGE), "{found:?}");

        let mut more = once();
        more.lines.push(DraftLine {
            code: syringe.clone(),
            quantity: "4".to_owned(),
            ..DraftLine::default()
        });
        let (body, found) = again(&w, &more);
        assert!(typed(&body) && found.contains(&format!("{SYRINGE} 4")));
        w.prove();
    }
}

/// What is declined on the first day of a course is declined on the next.
#[test]
fn what_is_declined_stays_declined_through_a_course() {
    for w in worlds("follows_declined") {
        w.granted();
        w.restock();
        let body = DraftBody {
            without: vec![code(&w, SET)],
            ..with(&w, vec![given(&w, SALINE, "ivgtt", "3")])
        };
        let first = w.settled(w.resident(false), &body);
        w.app.hand_over(&w.doctor, &first).unwrap();
        let course = w.view(&first).courses[0].id.clone();
        w.clock.advance(86_400);
        let second = w.register(w.resident(false));
        let typed = DraftBody::default();
        let typed = w.app.continue_course(&w.doctor, &second, &course, typed);
        let typed = typed.unwrap();
        assert_eq!(typed.without, [code(&w, SET)]);
        assert!(!stands(&w, &second, &typed).concat().contains(SET));
        w.prove();
    }
}

/// Each day of a course has its set, as it has its bottle.
#[test]
fn every_day_of_a_course_brings_its_own_set() {
    for w in worlds("follows_course") {
        w.granted();
        w.restock();
        let first = w.settled(
            w.resident(false),
            &with(&w, vec![given(&w, SALINE, "ivgtt", "3")]),
        );
        w.app.hand_over(&w.doctor, &first).unwrap();
        let course = w.view(&first).courses[0].id.clone();
        let set = |visit: &VisitId| {
            let charges = w.view(visit).charges;
            let sets = charges.into_iter().filter(|line| line.name == SET);
            let told = sets.map(|line| (line.quantity.to_string(), line.course));
            told.collect::<Vec<_>>()
        };
        let one = [("1".to_owned(), None)];
        assert_eq!(set(&first), one);

        w.clock.advance(86_400);
        let second = w.register(w.resident(false));
        let typed = DraftBody {
            complaint: "继续输液".to_owned(),
            ..DraftBody::default()
        };
        let typed = w.app.continue_course(&w.doctor, &second, &course, typed);
        w.app
            .freeze(&w.doctor, &second, 0, &typed.unwrap())
            .unwrap();
        assert_eq!(set(&second), one);
        w.prove();
    }
}

/// What the general consultation fee contains is not charged beside it.
#[test]
fn the_injection_itself_follows_only_where_the_region_lets_it_be_charged() {
    for (rule, wanted) in [("allowed", true), ("warn", false), ("refuse", false)] {
        let setting = Setting {
            region: Setting::default().region.replace(
                "injection_beside_consultation = \"warn\"",
                &format!("injection_beside_consultation = \"{rule}\""),
            ),
            ..Setting::default()
        };
        for w in worlds_of(&format!("follows_{rule}"), &setting) {
            w.granted();
            w.restock();
            let visit = w.register(w.resident(false));
            let body = with(&w, vec![given(&w, VITAMIN, "im", "2")]);
            let found = stands(&w, &visit, &body);
            let fee = found.contains(&"+肌肉注射 2".to_owned());
            assert_eq!(fee, wanted, "{rule}: {found:?}");
            assert!(
                found.contains(&format!("+{SYRINGE} 2")),
                "{rule}: {found:?}"
            );
            // Typed under another code, it is charged once.
            let mut body = body;
            body.lines.push(DraftLine {
                code: code(&w, "皮下输液"),
                ..DraftLine::default()
            });
            let found = w.app.preview(&w.doctor, &visit, &body).unwrap().lines;
            assert!(found.iter().all(|line| line.name != "肌肉注射"));
        }
    }
}
