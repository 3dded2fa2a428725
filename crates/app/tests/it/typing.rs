//! What saves typing: favourites, orders learnt, templates.

use cunyi_app::Actor;
use cunyi_app::views::{DraftBody, TemplateForm, TemplateScope, Usual};
use cunyi_centre::population::Person;
use cunyi_domain::refusal::Code;

use crate::foreign::{clinic, clinic_under};
use crate::world::{World, actor, user, worlds};

const PILL: &str = "苯磺酸氨氯地平片";

fn is_child(p: &Person) -> bool {
    let born = p.birth_date.year();
    (2014..=2022).contains(&born) && !p.coverages.is_empty()
}

/// Signs a record with the pill ordered so.
fn ordered(w: &World, person: &Person, (dose, days): (&str, &str)) {
    let mut body = w.cold_and_pressure();
    let line = body.lines.last_mut().unwrap();
    (line.dose, line.days) = (dose.to_owned(), days.to_owned());
    let visit = w.frozen(person, &body);
    w.app.take_back(&w.doctor, &visit).unwrap();
}

fn proposed(w: &World, person: &Person, text: &str) -> (Vec<String>, Option<Usual>) {
    let visit = w.register(person);
    let found = w.app.propose_items(&w.doctor, Some(&visit), text, 12);
    let found = found.unwrap();
    let pill = w.line(PILL).code;
    let usual = found.iter().find(|p| p.code == pill);
    let usual = usual.and_then(|p| p.usual.clone());
    (found.into_iter().map(|p| p.code).collect(), usual)
}

#[test]
fn a_drug_comes_as_she_ordered_it_last_and_what_she_uses_stands_first() {
    for w in worlds("habits") {
        let mut people = w.residents();
        let mut next = || people.next().unwrap();
        let pill = w.line(PILL).code;
        let (found, usual) = proposed(&w, next(), "b");
        assert_eq!(usual, None, "as the catalogue says");
        assert_eq!(found.first(), Some(&pill), "the most usual");
        assert_eq!(proposed(&w, next(), ""), (vec![], None));
        for order in [("5", "7"), ("10", "14")] {
            ordered(&w, next(), order);
        }
        let (_, usual) = proposed(&w, next(), "b");
        let usual = usual.expect("learnt");
        assert_eq!((&*usual.dose, &*usual.days), ("10", "14"), "the last");
        let (found, _) = proposed(&w, next(), "");
        assert_eq!(found.len(), 3, "drugs and services, no diagnoses");
        assert!(found.contains(&pill));
        let hits = w.app.propose_diagnoses(&w.doctor, None, "", 12).unwrap();
        let codes: Vec<&str> = hits.iter().map(|hit| hit.code.as_str()).collect();
        assert_eq!(codes, ["I10.x00x002", "J06.900"]);
        // What she uses more often than the usual comes before it.
        let swallowed = |code: &&String| {
            let drug = w.app.catalogue().drug(code);
            drug.is_some_and(|d| d.route.code == "po" && !d.antibiotic && d.code != pill)
        };
        let (found, _) = proposed(&w, next(), "b");
        let other = found.iter().find(swallowed).expect("another");
        let name = w.app.catalogue().drug(other).unwrap().name.clone();
        for _ in 0..3 {
            let mut body = w.consult_only();
            let mut line = w.line(&name);
            "7".clone_into(&mut line.days);
            body.lines.push(line);
            let visit = w.frozen(next(), &body);
            w.app.take_back(&w.doctor, &visit).unwrap();
        }
        let (found, _) = proposed(&w, next(), "b");
        assert_eq!(found[..2], [other.clone(), pill]);
        w.prove();
    }
}

#[test]
fn nothing_is_learnt_from_a_child_and_no_learnt_dose_proposed_to_one() {
    for w in worlds("children") {
        let children: Vec<&Person> = w.people.iter().filter(|p| is_child(p)).take(3).collect();
        let grown = w.resident(false);
        let body = DraftBody {
            weight: "20".to_owned(),
            ..w.cold()
        };
        let code = body.lines[0].code.clone();
        let usual = |person: &Person| {
            let visit = w.register(person);
            let found = w
                .app
                .propose_items(&w.doctor, Some(&visit), "", 12)
                .unwrap();
            let of = found.into_iter().find(|p| p.code == code);
            of.expect("used").usual
        };
        w.frozen(children[0], &body);
        assert_eq!(usual(grown), None, "a child's order is not an adult's");
        w.frozen(grown, &w.cold());
        assert!(usual(w.residents().nth(1).unwrap()).is_some());
        assert_eq!(
            usual(children[1]),
            None,
            "an adult's order is not a child's"
        );
        let unnamed = w.app.propose_items(&w.doctor, None, "", 12).unwrap();
        assert!(unnamed.iter().all(|p| p.usual.is_none()));
        w.prove();
    }
}

fn named(name: &str, shared: bool) -> TemplateForm {
    TemplateForm {
        name: name.to_owned(),
        shared,
    }
}

fn names(w: &World, by: &Actor, text: &str) -> Vec<String> {
    let found = w.app.find_templates(by, text, 12).unwrap();
    found.into_iter().map(|t| t.name).collect()
}

#[test]
fn a_template_brings_what_was_typed_once_and_nothing_that_must_be_asked() {
    for w in worlds("templates") {
        let typed = DraftBody {
            history: "三天前淋雨".to_owned(),
            systolic: "142".to_owned(),
            ..w.cold_and_pressure()
        };
        w.app
            .save_template(&w.doctor, &named(" 感冒加血压 ", false), &typed)
            .unwrap();
        let one = w.app.templates(&w.doctor).unwrap().remove(0);
        assert_eq!((&*one.name, one.scope), ("感冒加血压", TemplateScope::Own));
        let taken = |body| w.app.with_template(&w.doctor, &one.id, body).unwrap();
        let fresh = taken(DraftBody::default());
        let expected = DraftBody {
            complaint: typed.complaint.clone(),
            diagnoses: typed.diagnoses.clone(),
            lines: typed.lines.clone(),
            ..DraftBody::default()
        };
        assert_eq!(
            fresh, expected,
            "never vitals, temperature, history or consent"
        );
        // What is typed stays, and stands first; what is there is not there twice.
        let pill = w.line(PILL);
        let begun = DraftBody {
            complaint: "头晕".to_owned(),
            pulse: "80".to_owned(),
            lines: vec![pill.clone()],
            ..DraftBody::default()
        };
        let both = taken(begun);
        assert_eq!((&*both.complaint, &*both.pulse), ("头晕", "80"));
        assert_eq!(both.lines.len(), 3);
        assert_eq!(both.lines[0], pill);
        assert_eq!(taken(both.clone()), both, "twice is once");
        w.prove();
    }
}

#[test]
fn templates_are_found_by_their_initials_replaced_by_their_name_and_hers_alone_unless_shared() {
    for w in worlds("template_list") {
        let administrator = actor(&w.app, "administrator");
        let other = user("second", "doctor");
        w.app.add_user(&administrator, &other).unwrap();
        let other = actor(&w.app, "second");
        let save = |by: &Actor, name: &str, shared, body: &DraftBody| {
            w.app.save_template(by, &named(name, shared), body)
        };
        save(&w.doctor, "感冒", false, &w.cold()).unwrap();
        save(&w.doctor, "高血压复诊", true, &w.cold_and_pressure()).unwrap();
        save(&w.doctor, "感冒", false, &w.consult_only()).unwrap();
        assert_eq!(names(&w, &w.doctor, ""), ["感冒", "高血压复诊"]);
        assert_eq!(names(&w, &w.doctor, "gxyfz"), ["高血压复诊"]);
        assert_eq!(names(&w, &w.doctor, "ganmao"), ["感冒"]);
        assert_eq!(names(&w, &other, ""), ["高血压复诊"]);
        let mine = w.app.templates(&w.doctor).unwrap();
        let cold = mine.iter().find(|t| t.name == "感冒").unwrap();
        assert_eq!(cold.items.len(), 1, "replaced");
        let foreign = w.app.with_template(&other, &cold.id, DraftBody::default());
        assert_eq!(w.code(foreign), Code::NotFound);
        assert_eq!(
            w.code(w.app.drop_template(&other, &cold.id)),
            Code::NotFound
        );
        for (name, body, code) in [
            ("", w.cold(), Code::Missing),
            ("a\u{7}", w.cold(), Code::BadText),
            (&*"长".repeat(31), w.cold(), Code::BadText),
            ("空", DraftBody::default(), Code::Missing),
        ] {
            assert_eq!(w.code(save(&w.doctor, name, false, &body)), code, "{name}");
        }
        w.app.drop_template(&w.doctor, &cold.id).unwrap();
        assert_eq!(names(&w, &w.doctor, ""), ["高血压复诊"]);
        w.prove();
    }
}

fn scopes(w: &World, by: &Actor) -> Vec<(String, TemplateScope)> {
    let all = w.app.templates(by).unwrap();
    all.into_iter().map(|t| (t.name, t.scope)).collect()
}

/// What the township's clinic shares, each clinic under its code has; what it does not share, none.
#[test]
fn a_village_clinic_takes_the_townships_templates() {
    for w in worlds("template_township") {
        let township = clinic(&w.app, 4);
        let level = "UPDATE clinic SET level = 'township' WHERE clinic = 'clinic-4'";
        let db = w.app.store().db();
        let set = db.transact("level", |tx| tx.execute(level, vec![]));
        assert_eq!(set.unwrap(), 1);
        let elsewhere = clinic_under(&w.app, 5, "H99000100002");
        let (app, shared) = (&w.app, named("流感", true));
        app.save_template(&township, &shared, &w.cold()).unwrap();
        let own = named("我的", false);
        app.save_template(&township, &own, &w.consult_only())
            .unwrap();
        let flu = || ("流感".to_owned(), TemplateScope::Township);
        assert_eq!(scopes(&w, &w.doctor), [flu()]);
        assert_eq!(scopes(&w, &elsewhere), []);
        let one = app.templates(&w.doctor).unwrap().remove(0);
        assert!(!one.removable);
        let taken = app.with_template(&w.doctor, &one.id, DraftBody::default());
        assert_eq!(taken.unwrap().lines, w.cold().lines);
        assert_eq!(
            w.code(app.drop_template(&w.doctor, &one.id)),
            Code::NotFound
        );

        // To a clinic on another computer it goes as a file.
        let file = app.template_file(&township).unwrap();
        assert!(file.contains("流感") && !file.contains("我的") && !file.contains("\"\""));
        for _ in 0..2 {
            assert_eq!(app.read_template_file(&elsewhere, &file).unwrap(), 1);
            assert_eq!(scopes(&w, &elsewhere), [flu()], "once, however often");
        }
        let read = app.templates(&elsewhere).unwrap().remove(0);
        assert!(read.removable && read.items == one.items && read.diagnoses == one.diagnoses);
        // What the township has withdrawn is withdrawn here with its next file.
        app.save_template(&township, &named("感冒", true), &w.cold())
            .unwrap();
        let one = app.templates(&township).unwrap();
        let one = one.into_iter().find(|t| t.name == "流感").unwrap();
        app.drop_template(&township, &one.id).unwrap();
        let next = app.template_file(&township).unwrap();
        app.read_template_file(&elsewhere, &next).unwrap();
        let cold = ("感冒".to_owned(), TemplateScope::Township);
        assert_eq!(scopes(&w, &elsewhere), [cold]);
        app.read_template_file(&elsewhere, &file).unwrap();
        // What is read is not handed on as her own, and her own of that name stays beside it.
        assert!(!app.template_file(&elsewhere).unwrap().contains("流感"));
        app.save_template(&elsewhere, &shared, &w.consult_only())
            .unwrap();
        assert_eq!(scopes(&w, &elsewhere).len(), 2);
        w.prove();
    }
}

#[test]
fn a_file_that_is_none_changes_nothing() {
    for w in worlds("template_file") {
        let one = |name: &str, body: &str| format!(r#"{{"name": "{name}", "body": {body}}}"#);
        let listed = |all: &[String]| format!(r#"{{"templates": [{}]}}"#, all.join(","));
        let words = r#"{"complaint": "发热"}"#;
        let many: Vec<String> = (0..301).map(|n| one(&format!("第{n}"), words)).collect();
        for (text, wanted) in [
            (String::new(), Code::BadText),
            ("[]".to_owned(), Code::BadText),
            (listed(&[]), Code::Missing),
            (listed(&[one("a", r#"{"price": 1}"#)]), Code::BadText),
            (listed(&[one("a", words), one("b", "{}")]), Code::Missing),
            (listed(&[one("a", words), one(" ", words)]), Code::Missing),
            (listed(&[one("a", words), one("a ", words)]), Code::BadText),
            (listed(&many), Code::TooLarge),
            (" ".repeat(cunyi_app::TEMPLATE_FILE + 1), Code::TooLarge),
        ] {
            let read = w.app.read_template_file(&w.doctor, &text);
            assert_eq!(w.code(read), wanted, "{}", text.get(..60).unwrap_or(&text));
            assert_eq!(scopes(&w, &w.doctor), []);
        }
        // Vitals, history and what a patient is entitled to do not come with a file either.
        let more = r#"{"complaint": "发热", "systolic": "120", "history": "x", "long_term": true}"#;
        let read = w
            .app
            .read_template_file(&w.doctor, &listed(&[one("a", more)]));
        assert_eq!(read.unwrap(), 1);
        let id = w.app.templates(&w.doctor).unwrap().remove(0).id;
        let taken = w.app.with_template(&w.doctor, &id, DraftBody::default());
        let wanted = DraftBody {
            complaint: "发热".to_owned(),
            ..DraftBody::default()
        };
        assert_eq!(taken.unwrap(), wanted);
        w.prove();
    }
}
