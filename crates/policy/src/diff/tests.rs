//! Comparisons that can be read off two files.

use super::*;
use crate::{DEMO_RESIDENT, REGIONS, parse};

fn compared(old: &str, new: &str, language: Language) -> Diff {
    let [old, new] = [old, new].map(|text| parse(text, "it.toml").unwrap());
    diff(&old, &new, language).unwrap()
}

fn lines(diff: &Diff) -> Vec<String> {
    let line = |change: &Change| {
        let Change {
            who,
            what,
            old,
            new,
        } = change;
        format!("{who} | {what} | {old} | {new}")
    };
    diff.changes.iter().map(line).collect()
}

#[test]
fn a_policy_is_not_other_than_itself() {
    for (name, text, _) in REGIONS {
        let policy = parse(text, name).unwrap();
        assert_eq!(
            diff(&policy, &policy, Language::Chinese),
            Ok(Diff::default()),
            "{name}"
        );
    }
}

#[test]
fn what_changes_is_told_with_whom_and_what_visits_give() {
    let new = DEMO_RESIDENT
        .replace("is = \"70%\"", "is = \"75%\"")
        .replace("\"400.00\"", "\"500.00\"")
        .replace("from = \"2020-01-01\"", "from = \"2027-01-01\"");
    let diff = compared(DEMO_RESIDENT, &new, Language::Chinese);
    assert_eq!(
        lines(&diff),
        [
            " | 有效期 | 2020-01-01 – | 2027-01-01 –",
            "普通门诊：机构级别 村卫生室 | 统筹基金 比例 | 70% | 75%",
            "普通门诊：机构级别 村卫生室、乡镇卫生院 | 统筹基金 支付限额 | 每年 400.00 元 | 每年 500.00 元",
        ]
        .map(str::to_owned)
    );
    let [village] = &diff.worked[..] else {
        panic!("{:?}", diff.worked)
    };
    assert_eq!(village.who, "普通门诊：机构级别 村卫生室");
    let fen = |was, is| (Some(Fen(was)), Some(Fen(is)));
    let wanted = [
        fen(1_400, 1_500),
        fen(3_500, 3_750),
        fen(7_000, 7_500),
        fen(21_000, 22_500),
    ];
    assert_eq!(village.funds, wanted);
}

#[test]
fn a_benefit_that_begins_and_one_that_ends_are_told() {
    let wider = DEMO_RESIDENT.replace(
        "[\"village\", \"township\"] }\ndiseases",
        "[\"village\", \"township\", \"level2\"] }\ndiseases",
    );
    assert_ne!(wider, DEMO_RESIDENT);
    let (more, less) = (
        compared(DEMO_RESIDENT, &wider, Language::English),
        compared(&wider, DEMO_RESIDENT, Language::English),
    );
    let terms =
        "class B paid first 10%; the pooled fund ratio 60%; the pooled fund cap 600.00 a year";
    let who = "two diseases' drugs: level level2 | whether there is the benefit";
    let [begins] = &lines(&more)[..] else {
        panic!("{more:?}")
    };
    assert!(
        begins.starts_with(&format!("{who} | none | class B paid first 10%")),
        "{begins}, {terms}"
    );
    let [ends] = &lines(&less)[..] else {
        panic!("{less:?}")
    };
    assert!(ends.starts_with(who) && ends.ends_with("| none"), "{ends}");
    assert_eq!(more.worked[0].funds[0], (None, Some(Fen(1_200))));
    assert_eq!(less.worked[0].funds[0], (Some(Fen(1_200)), None));
}

#[test]
fn combinations_that_change_alike_are_one() {
    let ages = |rate: &str| {
        let table = format!(
            "ratio = [\n  {{ when = {{ age = \"-59\" }}, is = \"60%\" }},\n  {{ when = {{ age = \"60-\" }}, is = \"{rate}\" }},\n]"
        );
        let text = DEMO_RESIDENT.replace(
            "ratio = [\n  { when = { level = \"village\" }, is = \"70%\" },\n  { when = { level = \"township\" }, is = \"65%\" },\n]",
            &table,
        );
        assert_ne!(text, DEMO_RESIDENT);
        text
    };
    let one = compared(&ages("60%"), &ages("65%"), Language::Chinese);
    let told = "普通门诊：机构级别 村卫生室、乡镇卫生院；年龄 60-";
    assert_eq!(lines(&one), [format!("{told} | 统筹基金 比例 | 60% | 65%")]);
    let two = compared(
        &ages("60%")
            .replace("\"60-\"", "\"70-\"")
            .replace("\"-59\"", "\"-69\""),
        &ages("65%"),
        Language::Chinese,
    );
    assert_eq!(lines(&two), [format!("{told} | 统筹基金 比例 | 60% | 65%")]);
    let third = compared(
        &ages("65%")
            .replace("\"60-\"", "\"70-\"")
            .replace("\"-59\"", "\"-69\""),
        &ages("65%"),
        Language::Chinese,
    );
    assert_eq!(
        lines(&third),
        [format!(
            "{} | 统筹基金 比例 | 60% | 65%",
            told.replace("60-", "60-69")
        )]
    );
}
