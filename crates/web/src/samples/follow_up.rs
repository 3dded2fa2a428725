//! A follow-up form, fresh and recorded.

use std::collections::BTreeMap;

use cunyi_app::views::{
    Age, DueView, EndForm, EndView, EndedView, FollowUpRow, FollowUpView, UnfollowedView,
};
use cunyi_domain::ids::{EntryId, PatientId, VisitId};
use cunyi_domain::ledger::{EndWhy, FollowUpClass};
use cunyi_domain::time::parse_date;
use cunyi_followup::{Form, Judged, Said, form_on};

use super::{HOSTILE, now, patient};

pub fn form(id: &str) -> &'static Form {
    form_on(id, now().date()).unwrap()
}

/// Every field answered, words hostile.
pub fn said(form: &Form, systolic: &str) -> Said {
    let mut said = Said::new();
    for field in &form.fields {
        let text = match field.choices().last() {
            Some(choice) => choice.meaning.as_str(),
            None => match field.key.as_str() {
                "date" | "hba1c_date" => "2026-11-24",
                "next_date" | "height" => "",
                "systolic" => systolic,
                "weight" => "未测",
                "signs" | "tests" | "drug1" => HOSTILE,
                _ => "20",
            },
        };
        said.insert(field.key.clone(), text.to_owned());
        if field.wants_words() {
            said.insert(field.words(), HOSTILE.to_owned());
        }
    }
    said
}

/// What those answers come to.
pub fn judged(form: &Form) -> Judged {
    let birth = parse_date("1958-03-02").unwrap();
    form.judge(&said(form, "190"), birth, None, now().date())
        .unwrap()
}

fn row(form: &Form, corrected: bool) -> FollowUpRow {
    FollowUpRow {
        id: EntryId::from("F1"),
        visit: VisitId::from("V1"),
        day: now().date(),
        class: FollowUpClass::Unsatisfactory,
        next_day: parse_date("2026-12-08").unwrap(),
        said: said(form, "150"),
        reason: HOSTILE.to_owned(),
        corrected,
        by: HOSTILE.to_owned(),
        at: now(),
    }
}

/// A form of a patient who had one before.
pub fn follow_up(id: &str, recorded: bool) -> FollowUpView {
    let form = form(id);
    FollowUpView {
        visit: VisitId::from("V1"),
        number: "00202611240001".to_owned(),
        patient: PatientId::from("P1"),
        fields: patient().fields,
        age: Age::Years(68),
        clinic: HOSTILE.to_owned(),
        form,
        said: said(form, "150"),
        from_last: vec!["smoking".to_owned(), "salt".to_owned()],
        offers: BTreeMap::from([("glucose".to_owned(), HOSTILE.to_owned())]),
        before: Some(row(form, false)),
        recorded: if recorded {
            vec![row(form, true), row(form, false)]
        } else {
            vec![]
        },
        open: true,
    }
}

/// She died.
pub fn end() -> EndView {
    EndView {
        why: EndWhy::Died,
        day: now().date(),
        words: HOSTILE.to_owned(),
        at: now(),
        by: HOSTILE.to_owned(),
    }
}

/// As it was typed and refused.
pub fn end_form() -> EndForm {
    EndForm {
        why: "moved".to_owned(),
        day: HOSTILE.to_owned(),
        words: HOSTILE.to_owned(),
    }
}

/// Who is not called any more.
pub fn ended() -> Vec<EndedView> {
    vec![EndedView {
        patient: PatientId::from("P1"),
        name: HOSTILE.to_owned(),
        age: Age::Years(68),
        end: end(),
    }]
}

/// Nobody has followed her up.
pub fn never_followed() -> Vec<UnfollowedView> {
    vec![UnfollowedView {
        patient: PatientId::from("P1"),
        name: HOSTILE.to_owned(),
        phone: HOSTILE.to_owned(),
        age: Age::Years(68),
        form: form("diabetes"),
        seen: now().date(),
    }]
}

/// One overdue, one today, one to come.
pub fn due() -> Vec<DueView> {
    let due = |overdue| DueView {
        patient: PatientId::from("P1"),
        name: HOSTILE.to_owned(),
        phone: HOSTILE.to_owned(),
        age: Age::Years(68),
        form: form("hypertension"),
        last: (now().date(), VisitId::from("V1"), FollowUpClass::Adverse),
        next_day: now().date(),
        overdue,
    };
    vec![due(6), due(0), due(-3)]
}
