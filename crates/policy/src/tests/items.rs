//! Rules of single items and kinds of items.

use super::{NONE, small};
use crate::*;

#[test]
fn a_bad_line_rule_says_where_and_what_to_write() {
    let rule = |row: &str| format!("[[line]]\n{row}\n");
    #[rustfmt::skip]
    let cases = [
        (rule("class = \"丙\""), "a.toml:10:1: name what it is about: `codes = [\"XA01*\"]`"),
        (rule("codes = [\"XA 01\"]\nratio = \"50%\""), "a.toml:11:10: `XA 01` is not a national code such as"),
        (rule("codes = [\"\"]\nratio = \"50%\""), "a.toml:11:10: `` is not a national code such as"),
        (rule("codes = [\"XA01*\"]"), "a.toml:10:1: it changes nothing: write `class`"),
        (rule("kinds = [\"good\"]\nratio = \"50%\""), "a.toml:11:10: unknown variant `good`, expected one of `western`"),
        (rule("kinds = [\"patent\"]\nclass = \"丁\""), "a.toml:12:9: `丁` is not a class: \"甲\", \"乙\" or \"丙\""),
        (rule("kinds = [\"patent\"]\nclass = \"丙\"\nratio = \"50%\""), "a.toml:10:1: an item of class 丙 is all the patient's"),
        (rule("kinds = [\"patent\"]\nclass = \"甲\"\npay_first = \"5%\""), "a.toml:10:1: of an item of class 甲 nothing is paid first"),
        (rule("kinds = [\"patent\"]\nratio = 0.5"), "a.toml:12:9: invalid type: floating point `0.5`, expected a percentage"),
        (rule("kinds = [\"patent\"]\nceiling = \"-1\""), "a.toml:12:11: `-1` is not the price of a unit in yuan"),
        (rule("kinds = [\"patent\"]\npatient = \"1.00\""), "a.toml:12:1: unknown field `patient`, expected one of `codes`, `kinds`"),
        (rule("kinds = [\"patent\"]\nratio = \"5%\"\nbenefits = [\"chronic\"]"), "a.toml:10:1: `benefits` names one that this file does not have"),
        (rule("kinds = [\"patent\"]\nratio = \"5%\"\nwhen = { level = \"level3\" }"), "a.toml:10:1: this holds for nobody"),
        (rule("kinds = [\"patent\"]\nratio = \"5%\"\n[[line]]\nkinds = [\"essential\", \"patent\"]\ncap = false"), "a.toml:13:1: this row and the one of line 10 both name `patent` for level village: narrow one"),
        (rule("codes = [\"XA*\"]\nratio = \"5%\"\n[[line]]\ncodes = [\"XA*\"]\ncap = false"), "a.toml:13:1: this row and the one of line 10 both name `XA*`"),
    ];
    let file = small("70%", NONE, NONE, true);
    let (head, benefit) = file.split_once("[benefit").unwrap();
    let head = format!("{head}\n\n");
    for (row, wanted) in cases {
        let error = parse(&format!("{head}{row}[benefit{benefit}"), "a.toml").unwrap_err();
        assert!(
            error.to_string().starts_with(wanted),
            "{error}\nwanted {wanted}"
        );
    }
    let segments = "segment = [{ above = \"10.00\", per = \"visit\", ratio = \"80%\" }]";
    let row = rule("kinds = [\"patent\"]\nratio = \"5%\"");
    let error = parse(&format!("{head}{row}[benefit{benefit}{segments}"), "a.toml").unwrap_err();
    assert!(
        error
            .to_string()
            .contains("have no place in a benefit with `segment`"),
        "{error}"
    );
}

#[test]
fn the_working_of_items_is_shown_and_said() {
    let policy = parse(include_str!("../../regions/demo_items.toml"), "items.toml").unwrap();
    let cases = "case,level,lines\nall,village,甲 30.00 code=XJ01 kinds=none; \
                 乙 20.00 code=XA01 kinds=none; 甲 10.00 code=XJ02 kinds=essential; \
                 甲 8.00 code=XJ03 kinds=procured";
    let claim = read_cases(cases, &policy).unwrap().swap_remove(0).claim;
    let settled = evaluate(&policy, &claim).unwrap();
    let steps = settled.steps.iter();
    let shown = steps.map(|s| (settled.rules[usize::from(s.at)].line, s.rule.as_str()));
    #[rustfmt::skip]
    assert_eq!(
        shown.collect::<Vec<_>>(),
        [
            (19, "item"), (19, "ceiling"), (19, "pay-first"), (41, "item"), (50, "item"),
            (50, "no-deductible"), (74, "deductible"), (77, "cap-in-scope"), (75, "ratio"),
            (41, "own-ratio"), (50, "outside-caps"), (78, "cap"),
        ]
    );
    assert_eq!(
        settled.sentences(Language::Chinese)[9..11],
        [
            "有单独比例的项目，统筹基金付 90%：10.00 × 90% = 9.00 元。",
            "不占限额的项目，统筹基金付 100%：8.00 × 100% = 8.00 元。"
        ]
    );
    assert_eq!(
        settled.sentences(Language::English)[5],
        "Line 4: no deductible is borne of it."
    );
    assert_eq!(settled.rules[0].path, "line");
}

/// Two rows in one line of the file are two rows: what the one says of caps is not the other's.
#[test]
fn rows_that_stand_in_one_line_of_the_file_are_two() {
    let file = small("70%", NONE, "[{ per = \"day\", amount = \"10.00\" }]", true);
    let rows = "line = [{ codes = [\"XA01\"], ratio = \"50%\", cap = false }, \
                { codes = [\"XB01\"], ratio = \"50%\" }]\n\n[benefit";
    let policy = parse(&file.replacen("[benefit", rows, 1), "a.toml").unwrap();
    let cases = "case,level,lines\nboth,village,甲 100.00 code=XA01; 甲 100.00 code=XB01";
    let claim = read_cases(cases, &policy).unwrap().swap_remove(0).claim;
    let settled = evaluate(&policy, &claim).unwrap();
    let funds: Vec<i64> = settled.lines.iter().map(|line| line.fund.0).collect();
    assert_eq!(funds, [5_000, 1_000]);
}
