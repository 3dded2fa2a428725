//! 病历字段: what a clinic wants in its records, and what of them stays with the patient.

use cunyi_app::views::{ClinicData, DraftBody, FieldUse, RecordField, RecordFields};
use cunyi_domain::ids::VisitId;
use cunyi_domain::ledger::GlucoseKind;
use cunyi_domain::refusal::{Code, Refusal};

use crate::world::{World, actor, worlds};

fn told(w: &World, fields: &[(RecordField, FieldUse)]) {
    let data = ClinicData {
        name: "竹山村卫生室".to_owned(),
        record: RecordFields(fields.iter().copied().collect()),
        ..ClinicData::default()
    };
    let administrator = actor(&w.app, "administrator");
    w.app.set_clinic(&administrator, &data).unwrap();
}

fn problems(w: &World, visit: &VisitId, body: &DraftBody) -> Vec<Refusal> {
    w.app.preview(&w.doctor, visit, body).unwrap().problems
}

#[test]
fn what_the_clinic_wants_is_signed_for_and_no_more() {
    for w in worlds("record_wanted") {
        let visit = w.register(w.resident(false));
        let mut body = w.cold();
        assert_eq!(problems(&w, &visit, &body), []);
        let wanted = [
            (RecordField::Pressure, FieldUse::Required),
            (RecordField::Height, FieldUse::Required),
            (RecordField::Advice, FieldUse::Hidden),
        ];
        told(&w, &wanted);
        body.systolic = "130".to_owned();
        body.advice = " ".to_owned();
        let missing = |name| Refusal::at(Code::Missing, name);
        let found = problems(&w, &visit, &body);
        assert_eq!(found, [missing("diastolic"), missing("height")]);
        let refused = w.refused(w.app.freeze(&w.doctor, &visit, 0, &body));
        assert_eq!(refused, missing("diastolic"));
        body.diastolic = "85".to_owned();
        body.height = "165.5".to_owned();
        assert_eq!(problems(&w, &visit, &body), []);

        // A field that is not used stays on the page where something stands in it.
        let fields = w.view(&visit).fields;
        assert!(!fields.shows(RecordField::Advice, &DraftBody::default()));
        body.advice = "多饮水".to_owned();
        assert!(fields.shows(RecordField::Advice, &body));
        assert!(!fields.shows(RecordField::Respiration, &body), "as usual");
        assert!(fields.shows(RecordField::Height, &body));
        w.prove();
    }
}

#[test]
fn what_cannot_be_measured_is_refused() {
    for w in worlds("record_measured") {
        let visit = w.register(w.resident(false));
        for (height, breaths, kind, wanted) in [
            ("165", "18", "fasting", vec![]),
            ("24.9", "", "", vec![Refusal::at(Code::BadNumber, "height")]),
            (
                "",
                "121",
                "",
                vec![Refusal::at(Code::BadNumber, "respiration")],
            ),
            (
                "",
                "",
                "noon",
                vec![Refusal::at(Code::BadText, "glucose_kind")],
            ),
        ] {
            let body = DraftBody {
                height: height.to_owned(),
                respiration: breaths.to_owned(),
                glucose: "6.1".to_owned(),
                glucose_kind: kind.to_owned(),
                ..w.cold()
            };
            assert_eq!(
                problems(&w, &visit, &body),
                wanted,
                "{height} {breaths} {kind}"
            );
        }
    }
}

#[test]
fn what_she_had_before_stands_in_her_next_record() {
    for w in worlds("record_kept") {
        let signed = DraftBody {
            past_history: "青霉素过敏史；胃溃疡".to_owned(),
            auxiliary: "血常规未见异常".to_owned(),
            respiration: "18".to_owned(),
            height: "158.5".to_owned(),
            glucose: "6.1".to_owned(),
            glucose_kind: GlucoseKind::AfterMeal.as_str().to_owned(),
            ..w.cold()
        };
        let visit = w.settled(w.resident(false), &signed);
        let read = w.view(&visit).draft;
        let of = |body: &DraftBody| {
            let texts = [&body.past_history, &body.auxiliary, &body.respiration];
            let measured = [&body.height, &body.glucose, &body.glucose_kind];
            [texts, measured].map(|all| all.map(String::clone))
        };
        assert_eq!(of(&read), of(&signed));
        w.app.hand_over(&w.doctor, &visit).unwrap();

        let next = w.register(w.resident(false));
        let begun = w.view(&next).draft;
        let wanted = DraftBody {
            past_history: signed.past_history.clone(),
            ..DraftBody::default()
        };
        assert_eq!(begun, wanted, "and nothing that must be asked");
        // Emptied by hand it stays empty.
        w.app
            .save_draft(&w.doctor, &next, 0, &DraftBody::default())
            .unwrap();
        assert_eq!(w.view(&next).draft.past_history, "");
        w.prove();
    }
}
