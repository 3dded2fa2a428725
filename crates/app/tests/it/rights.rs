//! What wants a grant of clinic and doctor is refused without it, wherever the line comes from.

use cunyi_app::views::{DraftBody, TemplateForm};
use cunyi_domain::ledger::{Prescription, Right};
use cunyi_domain::refusal::{Code, Refusal};

use crate::world::{World, actor, worlds};

const SALINE: &str = "0.9%氯化钠注射液";
const ANTIBIOTIC: &str = "注射用头孢唑林钠";

/// Granted to the clinic, to the doctor; a drug; what is said.
type Case<'a> = (&'a [Right], &'a [Right], &'a str, Option<Refusal>);

fn with(w: &World, name: &str) -> DraftBody {
    let mut body = w.consult_only();
    body.lines.insert(0, w.line(name));
    body
}

fn missing(code: Code, right: Right) -> Refusal {
    let refusal = Refusal::at(code, "code");
    refusal.with("right", right.as_str()).with("line", 1)
}

#[test]
fn a_drip_wants_the_clinics_grant_and_the_doctors() {
    use Right::{Infusion, IvAntibiotics};
    for w in worlds("rights") {
        let administrator = actor(&w.app, "administrator");
        w.restock();
        let visit = w.register(w.resident(false));
        let problems = |name: &str| {
            let body = with(&w, name);
            let preview = w.app.preview(&w.doctor, &visit, &body).unwrap();
            preview.problems
        };
        let grant = |doctor: bool, rights: &[Right]| {
            let doctor = doctor.then_some(&w.doctor.user);
            w.app.set_rights(&administrator, doctor, rights).unwrap();
        };
        let (clinic, doctor) = (Code::ClinicRightMissing, Code::DoctorRightMissing);
        let table: [Case<'_>; 9] = [
            (&[], &[], SALINE, Some(missing(clinic, Infusion))),
            (&[], &[Infusion], SALINE, Some(missing(clinic, Infusion))),
            (&[Infusion], &[], SALINE, Some(missing(doctor, Infusion))),
            (&[Infusion], &[Infusion], SALINE, None),
            (
                &[Infusion],
                &[Infusion],
                ANTIBIOTIC,
                Some(missing(clinic, IvAntibiotics)),
            ),
            (
                Right::ALL,
                &[Infusion],
                ANTIBIOTIC,
                Some(missing(doctor, IvAntibiotics)),
            ),
            (Right::ALL, Right::ALL, ANTIBIOTIC, None),
            (
                &[Infusion],
                Right::ALL,
                "地西泮片",
                Some(missing(clinic, Right::Controlled)),
            ),
            (Right::ALL, Right::ALL, "地西泮片", None),
        ];
        for (of_clinic, of_doctor, name, refused) in table {
            grant(false, of_clinic);
            grant(true, of_doctor);
            let found = problems(name);
            assert_eq!(
                found.first(),
                refused.as_ref(),
                "{of_clinic:?} {of_doctor:?} {name}"
            );
        }
        assert_eq!(w.app.clinic_rights(&administrator).unwrap(), Right::ALL);
        // Nobody but a doctor is granted it.
        let pharmacist = actor(&w.app, "pharmacist").user;
        let other = w
            .app
            .set_rights(&administrator, Some(&pharmacist), &[Infusion]);
        assert_eq!(w.code(other), Code::NotFound);
        w.prove();
    }
}

/// A template of the time when it was granted is refused whole, and so is the signature.
#[test]
fn what_is_granted_no_more_is_refused_wherever_it_stands() {
    for w in worlds("rights_gone") {
        w.granted();
        w.restock();
        let visit = w.register(w.resident(false));
        let name = TemplateForm {
            name: "输液".to_owned(),
            shared: false,
        };
        w.app
            .save_template(&w.doctor, &name, &with(&w, SALINE))
            .unwrap();
        let template = w.app.templates(&w.doctor).unwrap().remove(0).id;
        let taken = || {
            w.app
                .with_template(&w.doctor, &template, DraftBody::default())
        };
        assert_eq!(taken().unwrap().lines.len(), 2);
        let administrator = actor(&w.app, "administrator");
        let doctor = Some(&w.doctor.user);
        w.app.set_rights(&administrator, doctor, &[]).unwrap();
        assert_eq!(w.code(taken()), Code::DoctorRightMissing);
        let frozen = w.app.freeze(&w.doctor, &visit, 0, &with(&w, SALINE));
        assert_eq!(
            w.refused(frozen),
            missing(Code::DoctorRightMissing, Right::Infusion)
        );
        w.prove();
    }
}

/// A prescription that one may not write is not offered.
#[test]
fn who_may_not_infuse_has_no_such_prescription() {
    for w in worlds("rights_tabs") {
        let administrator = actor(&w.app, "administrator");
        for (clinic, doctor) in [(false, true), (true, false), (true, true)] {
            for (holder, granted) in [(None, clinic), (Some(&w.doctor.user), doctor)] {
                let rights: &[Right] = if granted { &[Right::Infusion] } else { &[] };
                w.app.set_rights(&administrator, holder, rights).unwrap();
            }
            let written = w.app.prescriptions(&w.doctor).unwrap();
            let infusion = written.contains(&Prescription::Infusion);
            assert_eq!(infusion, clinic && doctor);
            assert_eq!(written.len(), 2 + usize::from(infusion));
        }
    }
}
