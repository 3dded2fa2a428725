//! What stands on this room: the classification at each limit, reading, the forms' files.

mod forms;
mod reading;

use cunyi_domain::time::civil::Date;
use cunyi_domain::time::parse_date;

use crate::{Form, Previous, Said, Verdict, Why, form_on};

pub(super) const CASES: &str = include_str!("cases.txt");

pub(super) fn day(text: &str) -> Date {
    parse_date(text).unwrap()
}

pub(super) fn form(id: &str) -> &'static Form {
    form_on(id, day("2026-11-24")).unwrap()
}

/// Every field that must be answered, answered without anything remarkable.
pub(super) fn calm(form: &Form) -> Said {
    let mut said = Said::new();
    for field in form.fields.iter().filter(|f| f.required) {
        let text = match field.choices().first() {
            Some(choice) => choice.meaning.clone(),
            None => match field.key.as_str() {
                "date" => "2026-11-24".to_owned(),
                "systolic" => "120".to_owned(),
                "diastolic" => "70".to_owned(),
                "glucose" => "6".to_owned(),
                _ => "20".to_owned(),
            },
        };
        said.insert(field.key.clone(), text);
    }
    said
}

fn words(list: &[String]) -> String {
    if list.is_empty() {
        "-".to_owned()
    } else {
        list.join(" ")
    }
}

fn why(why: &Why) -> String {
    match why {
        Why::NotBelow { field, .. } => field.clone(),
        Why::Adverse => "adverse".to_owned(),
        Why::NewComplication => "new-complication".to_owned(),
        Why::WorseComplication => "worse-complication".to_owned(),
    }
}

/// A line's left side, judged.
fn judged(line: &str) -> (Verdict, Date) {
    let cells: Vec<&str> = line.split('|').map(str::trim).collect();
    let [
        id,
        age,
        systolic,
        diastolic,
        glucose,
        adverse,
        complication,
        danger,
        before,
    ] = cells[..]
    else {
        panic!("nine cells: {line}")
    };
    let form = form(id);
    let mut said = calm(form);
    let given = [
        ("systolic", systolic),
        ("diastolic", diastolic),
        ("glucose", glucose),
        ("adverse", adverse),
        ("complication", complication),
        ("danger", danger),
    ];
    for (key, text) in given.into_iter().filter(|(_, text)| !text.is_empty()) {
        said.insert(key.to_owned(), text.to_owned());
        said.insert(format!("{key}.words"), "词".to_owned());
    }
    let today = day("2026-11-24");
    let born = i16::try_from(2026 - age.parse::<i64>().unwrap()).unwrap();
    let birth = Date::new(born, 11, 24).unwrap();
    let previous = (before != "-").then(|| Previous {
        uncontrolled: before.contains("uncontrolled"),
        adverse: before.contains("adverse"),
    });
    let judged = form.judge(&said, birth, previous, today);
    let judged = judged.unwrap_or_else(|problems| panic!("{line}: {problems:?}"));
    assert_eq!(judged.next, judged.verdict.next_by, "{line}");
    (judged.verdict, today)
}

#[test]
fn the_classification_at_each_limit() {
    let lines = CASES
        .lines()
        .filter(|l| !l.starts_with('#') && !l.is_empty());
    let mut read = 0;
    for line in lines {
        let (given, expected) = line.split_once("||").unwrap();
        let (verdict, today) = judged(given);
        let days = verdict.next_by.since(today).unwrap().get_days().to_string();
        let reasons: Vec<String> = verdict.why.iter().map(why).collect();
        let referral: Vec<String> = verdict.referral.iter().map(ToString::to_string).collect();
        let found = [
            verdict.class.to_string(),
            days,
            words(&reasons),
            words(&referral),
            words(&verdict.above_target),
        ];
        let expected: Vec<&str> = expected.split('|').map(str::trim).collect();
        assert_eq!(found[..], expected[..], "{line}");
        read += 1;
    }
    assert!(read > 35, "only {read} lines were read");
}

#[test]
fn what_was_measured_against_which_limit_is_told() {
    let line = "hypertension | 65 | 152 | 95 | | | | | -";
    let (verdict, _) = judged(line);
    let not_below = |field: &str, value, below| Why::NotBelow {
        field: field.to_owned(),
        value,
        below,
    };
    let expected = [
        not_below("systolic", 152, 150),
        not_below("diastolic", 95, 90),
    ];
    assert_eq!(verdict.why, expected);
    assert!(verdict.uncontrolled() && !verdict.adverse());
}

#[test]
fn what_treatment_aims_at_holds_from_its_own_day() {
    let form = form("hypertension");
    let aimed = |on| {
        let mut said = calm(form);
        said.insert("date".to_owned(), on);
        said.insert("systolic".to_owned(), "135".to_owned());
        let judged = form
            .judge(&said, day("1970-01-01"), None, day("2026-11-24"))
            .unwrap();
        (judged.verdict.class, judged.verdict.above_target)
    };
    let satisfactory = crate::Class::Satisfactory;
    assert_eq!(aimed("2024-12-31".to_owned()), (satisfactory, vec![]));
    let systolic = vec!["systolic".to_owned()];
    assert_eq!(aimed("2025-01-01".to_owned()), (satisfactory, systolic));
}
