//! What was typed: answered, or what is wrong with each field.

use proptest::prelude::*;

use super::{calm, day, form};
use crate::{Answer, Form, Said, Wrong, forms};

const TODAY: &str = "2026-11-24";

/// What is wrong with the one field that was said otherwise.
fn wrong(form: &Form, key: &str, text: &str) -> Option<Wrong> {
    let mut said = calm(form);
    said.insert(key.to_owned(), text.to_owned());
    match form.judge(&said, day("1960-01-01"), None, day(TODAY)) {
        Ok(_) => None,
        Err(problems) => {
            let one = problems.into_iter().find(|p| p.field == key);
            Some(one.unwrap_or_else(|| panic!("{key}={text}")).wrong)
        }
    }
}

#[test]
fn calm_answers_are_answers() {
    for form in forms() {
        let judged = form
            .judge(&calm(form), day("1960-01-01"), None, day(TODAY))
            .unwrap();
        assert_eq!(judged.day, day(TODAY));
        assert_eq!(judged.next, day("2027-02-22"));
    }
}

#[test]
fn what_is_wrong_is_told_field_by_field() {
    let form = form("hypertension");
    let range = |min: &str, max: &str| Wrong::OutOfRange {
        min: min.to_owned(),
        max: max.to_owned(),
    };
    let by = day("2027-02-22");
    for (key, text, expected) in [
        ("systolic", "", Some(Wrong::Missing)),
        ("systolic", "39", Some(range("40", "300"))),
        ("systolic", "40", Some(Wrong::NotAbove)),
        ("systolic", "301", Some(range("40", "300"))),
        ("systolic", "99999999999999999999", Some(range("40", "300"))),
        ("systolic", "120.5", Some(Wrong::NoNumber { places: 0 })),
        ("systolic", "一百", Some(Wrong::NoNumber { places: 0 })),
        ("systolic", "１２０", None),
        ("systolic", "70", Some(Wrong::NotAbove)),
        ("systolic", "未测", Some(Wrong::Unmeasured)),
        ("weight", "未测", None),
        ("weight", "-", None),
        ("weight", "61。5", None),
        ("weight", "61.55", Some(Wrong::NoNumber { places: 1 })),
        ("smoking", "0", None),
        ("smoking", "-", Some(Wrong::Unmeasured)),
        ("smoking", "-1", Some(range("0", "100"))),
        ("date", "2026-11-25", Some(Wrong::InFuture)),
        ("date", "24.11.2026", Some(Wrong::NoDate)),
        ("next_date", "2026-11-24", Some(Wrong::NotAfter)),
        ("next_date", "2026-11-25", None),
        ("next_date", "2027-02-22", None),
        ("next_date", "2027-02-23", Some(Wrong::TooLate { by })),
        ("way", "1", Some(Wrong::NoChoice)),
        ("way", "home phone", Some(Wrong::NoChoice)),
        ("symptoms", "none headache", Some(Wrong::NoneAndMore)),
        ("symptoms", "headache  numb", None),
        ("symptoms", "other", Some(Wrong::NoWords)),
        ("adverse", "yes", Some(Wrong::NoWords)),
        ("signs", "a\u{0}b", Some(Wrong::BadText { most: 200 })),
        ("signs", "-", None),
    ] {
        assert_eq!(wrong(form, key, text), expected, "{key}={text}");
    }
    let long = "长".repeat(201);
    assert_eq!(
        wrong(form, "signs", &long),
        Some(Wrong::BadText { most: 200 })
    );
}

#[test]
fn every_field_that_is_empty_is_told_at_once_in_the_forms_order() {
    let form = form("diabetes");
    let problems = form.read(&Said::new()).unwrap_err();
    let told: Vec<&str> = problems.iter().map(|p| p.field.as_str()).collect();
    let required = form.fields.iter().filter(|f| f.required);
    assert_eq!(told, required.map(|f| f.key.as_str()).collect::<Vec<_>>());
    assert!(problems.iter().all(|p| p.wrong == Wrong::Missing));
}

#[test]
fn words_beside_a_choice_are_kept_where_it_wants_them() {
    let form = form("hypertension");
    let mut said = calm(form);
    said.insert("adverse.words".to_owned(), "咳嗽".to_owned());
    let none = form.read(&said).unwrap();
    let chosen = |meaning: &str, words: &str| {
        Some(Answer::Chosen(vec![meaning.to_owned()], words.to_owned()))
    };
    assert_eq!(none.get("adverse").cloned(), chosen("none", ""));
    said.insert("adverse".to_owned(), "yes".to_owned());
    let some = form.read(&said).unwrap();
    assert_eq!(some.get("adverse").cloned(), chosen("yes", "咳嗽"));
}

#[test]
fn the_body_mass_index_is_worked_out_or_typed() {
    let form = form("hypertension");
    let bmi = |weight: &str, height: &str, typed: &str| {
        let mut said = calm(form);
        for (key, text) in [("weight", weight), ("height", height), ("bmi", typed)] {
            said.insert(key.to_owned(), text.to_owned());
        }
        form.read(&said)
            .map(|answers| answers.said(form)["bmi"].clone())
    };
    assert_eq!(bmi("61.5", "165", "").unwrap(), "22.6");
    // 60 / 1.6² = 23.4375
    assert_eq!(bmi("60", "160", "").unwrap(), "23.4");
    assert_eq!(
        bmi("60", "160", "24").unwrap(),
        "24",
        "what was typed stands"
    );
    assert_eq!(bmi("未测", "", "").unwrap(), "未测");
    assert_eq!(bmi("60", "", "").unwrap_err()[0].wrong, Wrong::Missing);
}

/// A class is worked out, whatever is sent.
#[test]
fn nobody_types_a_class() {
    let form = form("hypertension");
    let mut said = calm(form);
    said.insert("class".to_owned(), "satisfactory".to_owned());
    said.insert("systolic".to_owned(), "160".to_owned());
    let judged = form
        .judge(&said, day("1960-01-01"), None, day(TODAY))
        .unwrap();
    assert_eq!(judged.answers.said(form)["class"], "unsatisfactory");
    assert_eq!(judged.answers.said(form)["next_date"], "2026-12-08");
}

#[test]
fn without_its_measurement_there_is_no_class_unless_something_worse_is_known() {
    let form = form("diabetes");
    let mut lax = form.clone();
    for field in &mut lax.fields {
        field.unmeasured = true;
    }
    let mut said = calm(form);
    said.insert("glucose".to_owned(), "未测".to_owned());
    let judge = |said: &Said| lax.judge(said, day("1960-01-01"), None, day(TODAY));
    let problems = judge(&said).unwrap_err();
    assert_eq!(
        (&*problems[0].field, &problems[0].wrong),
        ("glucose", &Wrong::Unmeasured)
    );
    said.insert("complication".to_owned(), "new".to_owned());
    said.insert("complication.words".to_owned(), "足溃疡".to_owned());
    assert_eq!(
        judge(&said).unwrap().verdict.class,
        crate::Class::Complication
    );
}

proptest! {
    #[test]
    fn hostile_answers_never_panic_and_what_is_stored_reads_back(
        which in 0_usize..60,
        text in "\\PC{0,40}|[0-9.-]{0,30}|none|yes|other|未测",
        words in "\\PC{0,20}",
    ) {
        for form in forms() {
            let mut said = calm(form);
            let field = &form.fields[which % form.fields.len()];
            said.insert(field.key.clone(), text.clone());
            said.insert(field.words(), words.clone());
            if let Ok(judged) = form.judge(&said, day("1950-01-01"), None, day(TODAY)) {
                let stored = judged.answers.said(form);
                let again = form.judge(&stored, day("1950-01-01"), None, day(TODAY));
                prop_assert_eq!(again.unwrap(), judged);
            }
        }
    }
}
