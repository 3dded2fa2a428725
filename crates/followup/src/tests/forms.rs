//! The forms' files: read, whole, and refused where they are not.

use std::collections::BTreeSet;

use super::{calm, day, form};
use crate::{Class, Derived, Form, Kind, Purpose, edition, form_on, forms};

#[test]
fn every_form_is_read_and_found() {
    for form in forms() {
        assert_eq!(edition(&form.id, &form.edition), Some(form));
        assert_eq!(form_on(&form.id, form.valid_from), Some(form));
        assert!(form_on(&form.id, form.valid_from.yesterday().unwrap()).is_none());
        assert!(!form.source.is_empty() && !form.diagnoses.is_empty());
    }
    assert!(form("hypertension").asked_by("I10.x00x002"));
    assert!(!form("hypertension").asked_by("I20.000"));
    assert!(form("diabetes").asked_by("E11.900"));
    assert!(
        !form("diabetes").asked_by("E10.900"),
        "type 1 is another disease"
    );
}

#[test]
fn each_age_has_one_limit_a_measurement() {
    for form in forms() {
        for age in 0..=120 {
            for on in ["2017-02-28", "2026-11-24"] {
                let held = form.thresholds_on(Purpose::Assessment, age, day(on));
                let fields: BTreeSet<&str> = held.iter().map(|t| t.field.as_str()).collect();
                assert_eq!(fields.len(), held.len(), "{} at {age}", form.id);
                let all = form.thresholds.iter();
                let all = all.filter(|t| t.purpose == Purpose::Assessment);
                let all: BTreeSet<&str> = all.map(|t| t.field.as_str()).collect();
                assert_eq!(fields, all, "{} at {age} on {on}", form.id);
            }
        }
    }
}

/// The classification and the pages know some fields by their names.
#[test]
fn the_fields_that_rules_go_by_are_there() {
    for form in forms() {
        let meanings = |key: &str| -> Vec<String> {
            let field = form
                .field(key)
                .unwrap_or_else(|| panic!("{}: {key}", form.id));
            field.choices().iter().map(|c| c.meaning.clone()).collect()
        };
        assert_eq!(meanings("adverse"), ["none", "yes"]);
        assert_eq!(meanings("complication"), ["none", "new", "worse"]);
        assert_eq!(meanings("danger")[0], "none");
        let classes: Vec<String> = Class::ALL.iter().map(ToString::to_string).collect();
        assert_eq!(meanings("class"), classes);
        let derived = |d| form.fields.iter().filter(|f| f.derived == Some(d)).count();
        assert_eq!(
            Derived::ALL.iter().map(|d| derived(*d)).collect::<Vec<_>>(),
            [1, 1, 1]
        );
        for field in &form.fields {
            let several = matches!(field.kind, Kind::Choices(_));
            let none = field.choices().first().is_some_and(|c| c.meaning == "none");
            assert!(!several || none, "{}: none stands first", field.key);
            let spaced = field.choices().iter().any(|c| c.meaning.contains(' '));
            assert!(!spaced, "{}: meanings are joined by spaces", field.key);
        }
    }
}

/// One sitting fills two forms: what has the same name means the same.
#[test]
fn what_two_forms_ask_alike_means_the_same() {
    let (one, other) = (form("hypertension"), form("diabetes"));
    for field in &one.fields {
        let Some(same) = other.field(&field.key) else {
            continue;
        };
        if !["symptoms", "danger"].contains(&field.key.as_str()) {
            assert_eq!(field.kind, same.kind, "{}", field.key);
            assert_eq!(field.unit, same.unit, "{}", field.key);
        }
    }
}

#[test]
fn a_file_that_is_not_whole_is_refused() {
    let file = include_str!("../../forms/hypertension-2017.toml");
    assert!(Form::parse(file).is_ok());
    for (from, to, expected) in [
        ("age_to = 64", "age_to = 64\nage_till = 1", "age_till"),
        (
            "below = \"140\"",
            "below = \"140.5\"",
            "no number of 0 places",
        ),
        ("at_least = \"180\"", "", "of no value"),
        (
            "field = \"systolic\"",
            "field = \"salt\"",
            "salt is no number",
        ),
        ("use = \"target\"", "use = \"goal\"", "use is unknown"),
        ("key = \"way\"", "key = \"date\"", "field date: twice"),
        ("kind = \"date\"", "kind = \"day\"", "kind day is unknown"),
        ("max = \"300\"\n", "", "min and max are missing"),
        (
            "[\"clinic\", \"1\", \"门诊\", ",
            "[\"clinic\", \"1\", ",
            "a choice is",
        ),
        ("[\"home\"", "[\"clinic\"", "a meaning twice"),
        (
            "prefill = \"pulse\"",
            "prefill = \"drug.0.name\"",
            "drug.0.name is unknown",
        ),
        (
            "target_of = \"salt\"",
            "target_of = \"sugar\"",
            "target of no field",
        ),
        ("derived = \"class\"", "", "no field for class"),
        ("soon_days = 14", "soon_days = 0", "soon_days"),
        (
            "valid_from = \"2017-02-28\"",
            "valid_from = \"2017-2-28\"",
            "valid_from",
        ),
    ] {
        assert!(file.contains(from), "{from}");
        let said = Form::parse(&file.replacen(from, to, 1)).unwrap_err();
        assert!(said.contains(expected), "{from} as {to}: {said}");
    }
}

#[test]
fn a_newer_edition_holds_from_its_day() {
    let file = include_str!("../../forms/hypertension-2017.toml");
    let newer = file.replacen(
        "[[threshold]]\nuse = \"assessment\"",
        "[[threshold]]\nuse = \"assessment\"\nfield = \"diastolic\"\nbelow = \"80\"\nfrom = \"2026-01-01\"\n\
         source = \"an example\"\n\n[[threshold]]\nuse = \"assessment\"",
        1,
    );
    let form = Form::parse(&newer).unwrap();
    let mut said = calm(&form);
    said.insert("diastolic".to_owned(), "85".to_owned());
    let mut class = |on: &str| {
        said.insert("date".to_owned(), on.to_owned());
        let judged = form.judge(&said, day("1970-01-01"), None, day("2026-11-24"));
        judged.unwrap().verdict.class
    };
    assert_eq!(class("2025-12-31"), Class::Satisfactory);
    assert_eq!(class("2026-01-01"), Class::Unsatisfactory);
}
