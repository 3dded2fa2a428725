//! A second clinic in the same database: nothing of the first is found from there, by any id.

use std::collections::BTreeSet;

use cunyi_app::views::TemplateForm;
use cunyi_app::{Actor, App};
use cunyi_domain::ids::{ClinicId, UserId};
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_domain::time::Moment;
use cunyi_store::Who;
use cunyi_store::reference::{self, Clinic, Level, ReferenceFile, Role, User};

use crate::usecases::{About, Ids, USE_CASES};
use crate::world::{World, worlds};

/// Installs a further clinic with a doctor of its own under the same institution code.
pub fn clinic(app: &App, slot: i64) -> Actor {
    clinic_under(app, slot, "H99000100001")
}

/// The same under this institution code.
pub fn clinic_under(app: &App, slot: i64, code: &str) -> Actor {
    let id = ClinicId(format!("clinic-{slot}"));
    let doctor = UserId(format!("doctor-{slot}"));
    let who = Who {
        clinic: id.clone(),
        actor: doctor.clone(),
        now: app.now(),
    };
    let file = |what: &str, name: &str, content: &str| ReferenceFile {
        clinic: id.clone(),
        what: what.to_owned(),
        name: name.to_owned(),
        version: "1".to_owned(),
        content: content.to_owned(),
        confirmed_by: String::new(),
        confirmed_on: String::new(),
        active_from: Moment(0),
    };
    let files = [
        file("region", "region", cunyi_gateway::region::DEMO),
        file("policy", "resident", cunyi_policy::DEMO_RESIDENT),
    ];
    let row = Clinic {
        clinic: id.clone(),
        name: "演示县梅溪村卫生室".to_owned(),
        institution_code: code.to_owned(),
        institution_name: "演示县竹山村卫生室".to_owned(),
        level: Level::Village,
        slot,
        fictional: true,
        opened_at: app.now(),
    };
    let user = User {
        clinic: id.clone(),
        id: doctor.clone(),
        login: format!("doctor-{slot}"),
        name: "测试doctor".to_owned(),
        role: Role::Doctor,
        national_code: String::new(),
        licence_until: None,
        active: true,
    };
    let db = app.store().db();
    let done: Result<(), cunyi_store::StoreError> = db.transact("install", |tx| {
        reference::install(tx, row)?;
        tx.insert(user)?;
        files.into_iter().try_for_each(|f| Ok(tx.insert(f)?))
    });
    done.unwrap();
    assert_eq!(who.clinic, id);
    Actor {
        clinic: id,
        user: doctor,
        role: Role::Doctor,
    }
}

/// A settled visit of the first clinic with everything that has an id.
fn first(w: &World) -> Ids {
    let person = w.resident(true);
    let visit = w.settled(person, &w.cold_and_pressure());
    let view = w.view(&visit);
    let patient = view.patient.patient;
    w.app
        .note_allergy(&w.doctor, &patient, "group", "penicillins")
        .unwrap();
    let name = TemplateForm {
        name: "感冒".to_owned(),
        shared: false,
    };
    w.app.save_template(&w.doctor, &name, &w.cold()).unwrap();
    crate::follow_up::recorded(w, &visit);
    let book = crate::receipts::book("", "1", "9");
    w.app.enter_receipt_book(&w.doctor, &book).unwrap();
    let batch = view.batches[0].id.clone();
    let receipt = w.app.issue_receipt(&w.doctor, &batch, "1").unwrap();
    let day = w.app.now().date();
    let register = w.app.receipt_register(&w.doctor, day, day).unwrap();
    Ids {
        receipt: receipt.receipt.id,
        electronic: w.electronic(&visit),
        book: register.books[0].id.clone(),
        template: w.app.templates(&w.doctor).unwrap().remove(0).id,
        handle: w.identify(person).handle,
        entry: w.view(&visit).patient.allergies[0].0.clone(),
        payment: view.payments[0].id.clone(),
        application: crate::clearing::lost(w, "2026-11-01"),
        claim: crate::clearing::paid(w, "2026-11-01"),
        visit,
        patient,
        batch: view.batches[0].id.clone(),
        charge: view.charges[0].id.clone(),
    }
}

#[test]
fn every_id_of_another_clinic_is_not_found() {
    for w in worlds("foreign") {
        let ids = first(&w);
        let others = [("H99000100001", 4), ("H99000100002", 5)];
        for (code, slot) in others {
            let stranger = clinic_under(&w.app, slot, code);
            nothing_is_found(&w, &ids, &stranger, slot == 4);
        }
        w.prove();
    }
}

/// Neither by a clinic of another code, nor by one that shares it.
fn nothing_is_found(w: &World, ids: &Ids, stranger: &Actor, shares: bool) {
    let before = w.wire.calls().len();
    for case in USE_CASES {
        let name = case.name;
        let answer = (case.call)(&w.app, stranger, ids);
        match case.about {
            About::Record => {
                let refusal = w.refused(answer);
                let expected = match name {
                    "register" => Refusal::at(Code::NotFound, "handle"),
                    // The code's book is the township's where it is shared.
                    "appeal_clearing" | "correct_clearing" | "clearing_told"
                    | "withdraw_clearing"
                        if shares =>
                    {
                        Refusal::new(Code::TownshipClears)
                    }
                    _ => Refusal::new(Code::NotFound),
                };
                assert_eq!(refusal, expected, "{name}");
            }
            About::List if name == "today" => assert!(answer.unwrap().contains("visits: []")),
            About::List if name == "report" => {
                let shown = answer.unwrap();
                assert!(
                    shown.contains("visits: 0") && shown.contains("items: []"),
                    "{shown}"
                );
            }
            About::List if name == "infusion_register" => {
                let shown = answer.unwrap();
                assert!(shown.contains("rows: []") && shown.contains("tests: []"));
            }
            About::List if name == "day_sheet" => {
                assert!(answer.unwrap().contains("cashiers: []"));
            }
            About::List if name == "receipt_register" => {
                let shown = answer.unwrap();
                // Her own book, which was entered before.
                assert!(shown.contains("rows: []") && !shown.contains("first: \"1\""));
            }
            About::List if name == "outpatient_log" => {
                assert!(answer.unwrap().contains("rows: []"));
            }
            About::List if name == "reconciliation" => {
                let shown = answer.unwrap();
                assert!(shown.contains("count: 0"), "{shown}");
                assert!(
                    shown.contains("groups: []") && !shown.contains("Some("),
                    "{shown}"
                );
            }
            About::List if name.starts_with("clearing") => {
                let shown = answer.unwrap();
                let mut sums = shown.split("Fen(").skip(1);
                assert!(sums.all(|sum| sum.starts_with("0)")), "{shown}");
                let empty = |list: &str| shown.contains(&format!("{list}: []"));
                assert!(empty("appeals") || empty("applications") && empty("entries"));
            }
            About::List => assert_eq!(answer.unwrap(), "[]", "{name}"),
            About::New => {}
        }
    }
    let said: BTreeSet<String> = w.wire.said().split_off(before).into_iter().collect();
    assert!(
        // Sums of its own, and its own lines (3202 and its files), under the code they share.
        said.is_subset(
            &["9001", "3201", "9101", "3202", "9102"]
                .map(str::to_owned)
                .into()
        ),
        "{said:?}"
    );
}
#[test]
fn the_same_villager_is_another_patient_at_another_clinic() {
    for w in worlds("both_clinics") {
        let person = w.resident(false);
        let here = w.register(person);
        let stranger = clinic(&w.app, 4);
        let form = cunyi_app::views::IdentifyForm {
            certificate: "02".to_owned(),
            number: person.id_number.clone(),
            ..Default::default()
        };
        let found = w.app.identify(&stranger, &form).unwrap();
        assert_eq!(
            found.patient, None,
            "another clinic's record is not hers to see"
        );
        let form = cunyi_app::views::RegisterForm {
            handle: found.handle,
            ..Default::default()
        };
        let there = w.app.register(&stranger, &form).unwrap();
        let view = w.app.visit(&stranger, &there).unwrap();
        assert_ne!(view.patient.patient, w.view(&here).patient.patient);
        assert_eq!(view.past, vec![]);
        let refusal = w.refused(w.app.visit(&w.doctor, &there));
        assert_eq!(refusal, Refusal::new(Code::NotFound));
        // No stock is lent across the hall.
        let frozen = w.app.freeze(&stranger, &there, 0, &w.cold());
        assert_eq!(w.code(frozen), Code::NoStock);
        w.prove();
    }
}

#[test]
fn numbers_of_nobody_are_not_found_either() {
    for w in worlds("nobody") {
        w.register(w.resident(false));
        for id in ["", "no-such-id", "' OR 1=1 --", "%", "０１"] {
            let ids = Ids {
                handle: id.to_owned(),
                visit: id.into(),
                patient: id.into(),
                batch: id.into(),
                charge: id.into(),
                entry: id.into(),
                payment: id.into(),
                template: id.into(),
                receipt: id.into(),
                book: id.into(),
                electronic: id.into(),
                application: id.into(),
                claim: id.into(),
            };
            for case in USE_CASES.iter().filter(|c| c.about == About::Record) {
                let code = w.code((case.call)(&w.app, &w.doctor, &ids));
                assert_eq!(code, Code::NotFound, "{} {id:?}", case.name);
            }
        }
        w.prove();
    }
}
