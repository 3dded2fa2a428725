//! Whose visit it is, on the papers and at the platform.

use cunyi_app::views::{PatientForm, RegisterForm};
use cunyi_app::{Actor, NewUser};
use cunyi_domain::ids::VisitId;
use cunyi_domain::ledger::{Method, VisitState};
use cunyi_domain::refusal::{Code, Refusal};

use crate::world::{PASSWORD, World, actor, worlds};

/// A second doctor, signed in.
pub(crate) fn second_doctor(w: &World) -> Actor {
    let administrator = actor(&w.app, "administrator");
    let second = NewUser {
        login: "second".to_owned(),
        name: "李二".to_owned(),
        role: "doctor".to_owned(),
        national_code: "D990001000002".to_owned(),
        password: PASSWORD.to_owned(),
    };
    w.app.add_user(&administrator, &second).unwrap();
    actor(&w.app, "second")
}

/// Who is named in the last message of a number.
fn named(w: &World, infno: &str, path: &str) -> String {
    let calls = w.wire.of(infno);
    let sent = &calls.last().expect("it was sent").sent;
    sent.pointer(path)
        .and_then(|v| v.as_str())
        .unwrap_or_default()
        .to_owned()
}

#[test]
fn the_counter_chooses_the_doctor_and_who_signs_is_named() {
    for w in worlds("attending") {
        let second = second_doctor(&w);
        let pharmacist = actor(&w.app, "pharmacist");
        let known = w.identify_as(&pharmacist, w.resident(false));
        assert_eq!(known.doctors, w.app.doctors(&pharmacist).unwrap());
        assert!(w.app.doctors(&second).unwrap().is_empty(), "her own");
        let register = |doctor: &str| {
            let form = RegisterForm {
                handle: known.handle.clone(),
                doctor: doctor.to_owned(),
                ..RegisterForm::default()
            };
            w.app.register(&pharmacist, &form)
        };
        let missing = Refusal::at(Code::Missing, "doctor");
        for nobody in ["", "nobody", &pharmacist.user.0] {
            assert_eq!(w.refused(register(nobody)), missing, "{nobody}");
        }
        let visit: VisitId = register(&second.user.0).unwrap();
        assert_eq!(named(&w, "2201", "/input/data/atddr_no"), "D990001000002");
        assert_eq!(named(&w, "2201", "/input/data/dr_name"), "李二");

        // The other doctor sees her and signs; the chosen one settles.
        w.app
            .move_visit(&w.doctor, &visit, VisitState::Seeing)
            .unwrap();
        w.app.freeze(&w.doctor, &visit, 0, &w.cold()).unwrap();
        w.app.presettle(&second, &visit).unwrap();
        assert_eq!(w.view(&visit).doctor, "测试doctor");
        w.app
            .settle(&second, &visit, &w.shown(&visit), Method::Cash)
            .unwrap();
        let paper = w.app.paper(&second, &visit).unwrap();
        assert_eq!(
            (&*paper.visit.doctor, &*paper.cashier),
            ("测试doctor", "李二")
        );
        for (infno, path) in [
            ("2203", "/input/diseinfo/0/dise_dor_no"),
            ("2204", "/input/feedetail/0/bilg_dr_codg"),
        ] {
            assert_eq!(named(&w, infno, path), "D990001000001", "{infno}");
            assert_eq!(named(&w, infno, "/opter"), "D990001000002", "who operates");
        }
        w.prove();
    }
}

#[test]
fn where_there_is_one_doctor_nothing_is_asked() {
    for w in worlds("one_doctor") {
        let pharmacist = actor(&w.app, "pharmacist");
        let newborn = PatientForm {
            name: "赵新生".to_owned(),
            sex: "1".to_owned(),
            birth_date: "2026-11-01".to_owned(),
            guardian_name: "赵父".to_owned(),
            guardian_id_number: w.people[0].id_number.clone(),
            ..PatientForm::default()
        };
        let with = RegisterForm::default();
        let visit = w
            .app
            .register_self_pay(&pharmacist, &newborn, &with)
            .unwrap();
        assert_eq!(w.view(&visit).doctor, "测试doctor");
    }
}
