//! For how many days: each bound from both sides.

use super::drug;
use crate::{CheckCode, Level, Supplied, check_supply, route};

const ILL: &[&str] = &["J06.900", "I10.x00x002"];
const WELL: &[&str] = &["J06.900"];

/// What is found of one drug for so many days.
fn found(
    name: &str,
    by: &str,
    days: i64,
    long: bool,
    diagnoses: &[&str],
) -> Vec<(Level, CheckCode, String)> {
    let line = Supplied {
        place: 3,
        drug: drug(name),
        route: route(by).unwrap(),
        days,
    };
    let all = check_supply(long, diagnoses, &[line]);
    let limit = |args: &[(&str, String)]| {
        args.iter()
            .find(|(n, _)| *n == "limit")
            .map(|(_, v)| v.clone())
    };
    let short = |f: crate::Finding| (f.level, f.code, limit(&f.args).unwrap_or_default());
    all.into_iter().map(short).collect()
}

#[test]
fn each_bound_holds_from_both_sides() {
    use CheckCode::{LongReserved, LongUndiagnosed, SupplyMost, SupplyReason};
    use Level::{Refuse, Warn};
    let nothing = None;
    let table = [
        // Nobody is chronically ill: a week.
        (7, false, WELL, nothing),
        (8, false, WELL, Some((Warn, SupplyReason, "7"))),
        (84, false, WELL, Some((Warn, SupplyReason, "7"))),
        (85, false, WELL, Some((Refuse, SupplyMost, "84"))),
        // Someone is: four weeks.
        (8, false, ILL, nothing),
        (28, false, ILL, nothing),
        (29, false, ILL, Some((Warn, SupplyReason, "28"))),
        (84, false, ILL, Some((Warn, SupplyReason, "28"))),
        (85, false, ILL, Some((Refuse, SupplyMost, "84"))),
        // And the doctor says that she is stable: twelve.
        (29, true, ILL, nothing),
        (84, true, ILL, nothing),
        (85, true, ILL, Some((Refuse, SupplyMost, "84"))),
        // Of what nobody has it cannot be said.
        (7, true, WELL, Some((Refuse, LongUndiagnosed, ""))),
        (84, true, WELL, Some((Refuse, LongUndiagnosed, ""))),
    ];
    for (days, long, diagnoses, wanted) in table {
        let wanted: Vec<_> = wanted
            .into_iter()
            .map(|(l, c, n): (_, _, &str)| (l, c, n.to_owned()))
            .collect();
        assert_eq!(
            found("苯磺酸氨氯地平片", "po", days, long, diagnoses),
            wanted,
            "{days} {long} {diagnoses:?}"
        );
    }
    for (name, by) in [
        ("阿莫西林胶囊", "po"),
        ("阿昔洛韦片", "po"),
        ("地西泮片", "po"),
        ("0.9%氯化钠注射液", "ivgtt"),
    ] {
        assert_eq!(found(name, by, 7, true, ILL), [], "{name}");
        assert_eq!(
            found(name, by, 8, true, ILL),
            [(Refuse, LongReserved, "7".to_owned())],
            "{name}"
        );
        // Its limit is a week, whoever is ill.
        assert_eq!(
            found(name, by, 8, false, ILL),
            [(Warn, SupplyReason, "7".to_owned())],
            "{name}"
        );
    }
}

#[test]
fn lines_beyond_the_same_limit_want_one_reason() {
    let line = |place, name, days| Supplied {
        place,
        drug: drug(name),
        route: route("po").unwrap(),
        days,
    };
    let lines = [
        line(0, "苯磺酸氨氯地平片", 56),
        line(2, "阿司匹林肠溶片", 30),
        line(4, "阿莫西林胶囊", 10),
        line(5, "阿托伐他汀钙片", 28),
    ];
    let all = check_supply(false, ILL, &lines);
    let said: Vec<_> = all
        .iter()
        .map(|f| (f.code, f.lines.clone(), f.args.last().unwrap().1.as_str()))
        .collect();
    let wanted = [
        (CheckCode::SupplyReason, vec![4], "阿莫西林胶囊"),
        (
            CheckCode::SupplyReason,
            vec![0, 2],
            "苯磺酸氨氯地平片、阿司匹林肠溶片",
        ),
    ];
    assert_eq!(said, wanted);
}
