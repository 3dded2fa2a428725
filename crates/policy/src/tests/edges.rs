//! Edges of the evaluator that no region's case comes near.

use cunyi_domain::money::Fen;

use super::{NONE, small};
use crate::*;

/// A file with a fee of 10, of which the patient pays 1.
fn with_fee(ratio: &str, more: &str) -> Policy {
    let text = small(ratio, NONE, NONE, true).replace("first = \"0%\"", "first = \"10%\"");
    let (head, benefit) = text.split_once("[benefit").unwrap();
    let fee = "[consultation_fee]\ntotal = \"10.00\"\npatient = \"1.00\"\nin_cap = false\n";
    parse(&format!("{head}\n{fee}{more}[benefit{benefit}"), "a.toml").unwrap()
}

/// A claim of lines as the case tables write them.
fn of_lines(policy: &Policy, lines: &str) -> Claim {
    let table = format!("case,date,level,lines\none,2026-11-02,village,{lines}\n");
    read_cases(&table, policy).unwrap().swap_remove(0).claim
}

fn funds(policy: &Policy, lines: &str) -> Vec<String> {
    let settled = evaluate(policy, &of_lines(policy, lines)).unwrap();
    settled
        .lines
        .iter()
        .map(|line| line.fund.to_string())
        .collect()
}

#[test]
fn a_line_of_ten_million_yuan_is_the_most() {
    let policy = parse(&small("70%", NONE, NONE, true), "a.toml").unwrap();
    assert_eq!(funds(&policy, "甲 10000000.00"), ["7000000.00"]);
    let more = of_lines(&policy, "甲 10000000.01");
    assert_eq!(
        evaluate(&policy, &more),
        Err(CannotDecide::BadAmount("1".to_owned()))
    );
    let mut none = of_lines(&policy, "甲 0.00");
    none.lines[0].quantity.0 = 0;
    assert_eq!(
        evaluate(&policy, &none),
        Err(CannotDecide::BadAmount("1".to_owned()))
    );
}

/// A file of every table that a benefit has, each with a value of its own.
const TABLES: &str = r#"
region = "演示县"
fictional = true
scheme = "390"
source = "a test"
valid = { from = "2020-01-01" }
rounding = { mode = "half_up", unit = "fen", stage = "batch" }
class_b_pay_first = "11%"
consultation_fee = { total = "10.00", patient = "1.00", in_cap = false }

[benefit.general]
where = { level = "village" }
deductible = [{ per = "visit", amount = "2.00" }]
ratio = "71%"
segment = [{ above = "100.00", per = "visit", ratio = "72%" }]
cap = [{ per = "visit", amount = "300.00" }]

[[fund]]
name = "enterprise"
benefits = ["general"]
base = "in_scope"
deductible = [{ per = "visit", amount = "4.00" }]
ratio = "73%"
segment = [{ above = "100.01", per = "visit", ratio = "74%" }]
cap = [{ per = "visit", amount = "500.00" }]
"#;

#[test]
fn one_value_that_nobody_is_sure_of_makes_an_estimate() {
    let certainty = |text: &str| {
        let policy = parse(text, "a.toml").unwrap();
        let settled = evaluate(&policy, &of_lines(&policy, "甲 20.00"));
        settled.unwrap().certainty
    };
    assert_eq!(certainty(TABLES), Certainty::Exact);
    for value in [
        "11%", "10.00", "1.00", "2.00", "71%", "72%", "300.00", "4.00", "73%", "74%", "500.00",
    ] {
        let (sure, row) = (
            format!("\"{value}\""),
            format!("[{{ is = \"{value}\", unsure = true }}]"),
        );
        assert_eq!(TABLES.matches(&sure).count(), 1, "{value}");
        let wanted = Certainty::Estimate(Why::Unsure);
        assert_eq!(certainty(&TABLES.replace(&sure, &row)), wanted, "{value}");
    }
}

#[test]
fn a_fee_is_the_patients_up_to_all_of_it() {
    for (patient, wanted) in [
        ("9.99", "0.01"),
        ("10.00", "0.00"),
        (
            "10.01",
            "a.toml:9:49: `patient` is more than `total`: write the patient's part of the fee",
        ),
    ] {
        let text = TABLES.replace("patient = \"1.00\"", &format!("patient = \"{patient}\""));
        let said = match parse(&text, "a.toml") {
            Ok(policy) => funds(&policy, "费 10.00").join(" "),
            Err(error) => error.to_string(),
        };
        assert_eq!(said, wanted);
    }
}

#[test]
fn the_fee_asks_nothing_of_other_benefits() {
    let row = "total = [{ when = { level = \"village\" }, is = \"10.00\" }]";
    let special =
        "[benefit.special]\nwhere = {}\ndeductible = \"none\"\nratio = \"50%\"\ncap = \"none\"\n";
    let text = TABLES.replace("total = \"10.00\"", row) + special;
    let policy = parse(&text, "a.toml").unwrap();
    let mut claim = of_lines(&policy, "甲 20.00");
    claim.facts.level = None;
    for (benefit, wanted) in [
        (Benefit::Special, Ok(Fen(1_000))),
        (
            Benefit::General,
            Err(CannotDecide::FactMissing(Facet::Level)),
        ),
    ] {
        claim.benefit = benefit;
        let got = evaluate(&policy, &claim).map(|settled| settled.fund);
        assert_eq!(got, wanted);
    }
}

#[test]
fn points_and_factors_change_a_ratio_in_the_order_of_the_file() {
    for (adjust, wanted) in [
        ("add = \"5%\"", "75.00"),
        ("add = \"-5%\"", "65.00"),
        ("times = \"80%\"", "56.00"),
        ("add = \"5%\" }, { when = {}, times = \"80%\"", "60.00"),
        ("times = \"80%\" }, { when = {}, add = \"5%\"", "61.00"),
        ("add = \"40%\"", "100.00"),
        ("add = \"-71%\"", "0.00"),
    ] {
        let text = small("70%", NONE, NONE, true);
        let text = format!("{text}adjust = [{{ when = {{}}, {adjust} }}]\n");
        let policy = parse(&text, "a.toml").unwrap();
        assert_eq!(funds(&policy, "甲 100.00"), [wanted], "{adjust}");
    }
}

#[test]
fn a_benefit_of_one_disease_covers_that_one() {
    let special = small("70%", NONE, NONE, true).replace("benefit.general", "benefit.special");
    let disease = "diseases = [{ code = \"M00500\", name = \"恶性肿瘤\" }]\n";
    let policy = parse(&format!("{special}{disease}"), "a.toml").unwrap();
    let mut claim = of_lines(&policy, "甲 20.00");
    claim.benefit = Benefit::Special;
    for (code, wanted) in [
        ("M00500", Ok("14.00".to_owned())),
        (
            "M07800",
            Err(CannotDecide::DiseaseNotCovered("M07800".to_owned())),
        ),
    ] {
        claim.facts.disease = Some(code.to_owned());
        let got = evaluate(&policy, &claim).map(|settled| settled.fund.to_string());
        assert_eq!(got, wanted);
    }
}

#[test]
fn a_refusal_names_what_it_is_about() {
    let text = |text: &str| text.to_owned();
    for (why, about) in [
        (CannotDecide::NoBenefit(Benefit::Chronic), "chronic"),
        (CannotDecide::NotEntitled(Benefit::General), "general"),
        (CannotDecide::FactMissing(Facet::Age), "age"),
        (CannotDecide::DiseaseNotCovered(text("M1")), "M1"),
        (CannotDecide::LineCodeMissing(text("3")), "3"),
        (CannotDecide::LineKindMissing(text("4")), "4"),
        (CannotDecide::SameLineTwice(text("5")), "5"),
        (CannotDecide::BadAmount(text("6")), "6"),
        (CannotDecide::BadAccumulator, ""),
    ] {
        assert_eq!(why.about(), about);
    }
}

#[test]
fn each_line_gets_its_own_part_of_the_fund() {
    let all = with_fee("100%", "");
    // All that is in scope is paid, so that nothing of what was paid first is anybody's.
    assert_eq!(
        funds(&all, "甲 20.00; 乙 20.00; 费 10.00"),
        ["20.00", "18.00", "9.00"]
    );
    assert_eq!(funds(&all, "甲 20.00; 乙 20.00"), ["20.00", "18.00"]);
    let essential = "[[line]]\nkinds = [\"essential\"]\nratio = \"90%\"\n";
    let mixed = with_fee("50%", essential);
    let lines = "甲 20.00 kinds=essential; 甲 10.00 kinds=none; 费 10.00";
    assert_eq!(funds(&mixed, lines), ["18.00", "5.00", "9.00"]);
}

/// Where no rule of single items speaks of a line, all lines bear the deductible in proportion; where
/// one does, the first of them bear it.
#[test]
fn who_bears_the_deductible_is_told_line_by_line_only_where_a_rule_asks_for_it() {
    let deductible = "[{ per = \"visit\", amount = \"50.00\" }]";
    let text = small("50%", deductible, NONE, true);
    let rule = "[[line]]\nkinds = [\"essential\"]\nratio = \"50%\"\n\n[benefit";
    let policy = parse(&text.replacen("[benefit", rule, 1), "a.toml").unwrap();
    for (kinds, wanted) in [
        (["none", "none"], ["17.50", "17.50"]),
        (["none", "essential"], ["5.00", "30.00"]),
    ] {
        let lines = kinds
            .map(|kind| format!("甲 60.00 kinds={kind}"))
            .join("; ");
        assert_eq!(funds(&policy, &lines), wanted, "{kinds:?}");
    }
}

#[test]
fn the_working_of_a_line_names_the_rule_that_says_it() {
    let rule = "[[line]]\nkinds = [\"essential\"]\ndeductible = false\n";
    let policy = with_fee("70%", rule);
    let of = |lines: &str| {
        let settled = evaluate(&policy, &of_lines(&policy, lines)).unwrap();
        let steps = settled.steps.iter().filter(|step| step.line.is_some());
        let told = steps.map(|step| {
            let path = settled.rules[usize::from(step.at)].path.as_str();
            format!("{} {path} {}", step.rule, step.result)
        });
        told.collect::<Vec<_>>()
    };
    // The rule says nothing of ceilings and of what is paid first.
    assert_eq!(
        of("乙 20.00<15.00 kinds=essential"),
        [
            "item line 20.00",
            "ceiling class_b_pay_first 5.00",
            "pay-first class_b_pay_first 1.50",
            "no-deductible line 13.50",
        ]
    );
    assert_eq!(
        of("丙 5.00 kinds=essential"),
        ["item line 5.00", "own-pay class_b_pay_first 5.00"]
    );
    // A fee of its whole price has nothing above it.
    assert_eq!(of("费 10.00"), ["consultation-fee consultation_fee 9.00"]);
    assert_eq!(
        of("费 12.00"),
        [
            "ceiling consultation_fee 2.00",
            "consultation-fee consultation_fee 9.00"
        ]
    );
    let claim = of_lines(&policy, "费 10.00");
    let fee = evaluate(&policy, &claim).unwrap().lines.swap_remove(0);
    assert_eq!((fee.class, fee.pay_first_rate.0), (claim.lines[0].class, 0));
}

#[test]
fn a_second_fee_of_a_day_keeps_its_class_and_is_all_the_patients() {
    let policy = with_fee("70%", "once_per = \"day\"\n");
    for (earlier, fund, own_pay) in [
        ("", "9.00", "0.00"),
        ("2026-11-01 general fund=9.00 fees=1", "9.00", "0.00"),
        ("2026-11-02 general fund=9.00 fees=1", "0.00", "10.00"),
    ] {
        let table =
            format!("case,date,level,lines,earlier\none,2026-11-02,village,费 10.00,{earlier}\n");
        let claim = read_cases(&table, &policy).unwrap().swap_remove(0).claim;
        let fee = evaluate(&policy, &claim).unwrap().lines.swap_remove(0);
        assert_eq!(
            (fee.class, fee.pay_first_rate.0),
            (LineClass::A, 0),
            "{earlier}"
        );
        assert_eq!(
            (fee.fund.to_string(), fee.own_pay.to_string()),
            (fund.into(), own_pay.into())
        );
    }
}
