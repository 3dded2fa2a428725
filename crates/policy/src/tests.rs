//! Cases a clerk can follow with a pencil, and what is said about a bad file.

use cunyi_domain::money::{Fen, Quantity, UnitPrice};
use cunyi_domain::time::parse_date;

use crate::*;

mod counters;
mod diseases;
mod edges;
mod examples;
mod funds;
mod items;
mod payer;
mod segments;

pub const RESIDENT: &str = include_str!("../regions/demo_resident.toml");
pub const EMPLOYEE: &str = include_str!("../regions/demo_employee.toml");

fn fen(yuan: &str) -> Fen {
    yuan.parse().unwrap()
}

/// A line of one unit: `甲 20.00`, `乙 20.00<18.00` (ceiling), `丙 5.00`, `费 10.00` (the fee).
fn line(position: usize, text: &str) -> ClaimLine {
    let (kind, rest) = text.split_once(' ').unwrap();
    let (price, ceiling) = rest
        .split_once('<')
        .map_or((rest, None), |(p, c)| (p, Some(c)));
    ClaimLine {
        id: format!("L{position}"),
        class: match kind {
            "乙" => LineClass::B,
            "丙" => LineClass::C,
            _ => LineClass::A,
        },
        amount: fen(price),
        is_consultation_fee: kind == "费",
        price: price.parse().unwrap(),
        quantity: Quantity::whole(1),
        ceiling: ceiling.map(|c| c.parse().unwrap()),
        item: Item::default(),
    }
}

fn claim(scheme: Scheme, benefit: Benefit, disease: &str, lines: &str, used: [&str; 3]) -> Claim {
    Claim {
        scheme,
        facts: Facts {
            disease: (!disease.is_empty()).then(|| disease.to_owned()),
            ..village()
        },
        benefit,
        date: parse_date("2026-11-02").unwrap(),
        lines: lines
            .split(", ")
            .enumerate()
            .map(|(i, text)| line(i, text))
            .collect(),
        history: used_up(benefit, used.map(fen)),
        unknown: Unknown::default(),
        balance: Fen::ZERO,
        family_balance: Fen::ZERO,
    }
}

pub fn village() -> Facts {
    Facts {
        level: Some(Level::Village),
        ..Facts::default()
    }
}

/// A history of the year that comes to these sums: fund of all benefits, fund of this one,
/// deductible of this one.
pub fn used_up(benefit: Benefit, [all, own, deductible]: [Fen; 3]) -> Vec<Use> {
    let other = match benefit {
        Benefit::General => Benefit::Chronic,
        Benefit::Chronic | Benefit::Special | Benefit::Emergency => Benefit::General,
    };
    let sums = [(benefit, own, deductible), (other, all - own, Fen::ZERO)];
    let one = |(benefit, counted, deductible)| Use {
        date: parse_date("2026-01-31").unwrap(),
        benefit,
        facts: village(),
        whose: Whose::Own,
        fees: 0,
        funds: vec![FundUse {
            fund: FundName::Pool,
            deductible,
            in_scope: Fen::ZERO,
            counted,
        }],
    };
    sums.into_iter().map(one).collect()
}

/// Columns: lines; used (all, benefit, deductible) → own pay, over limit, pay first, in scope,
/// deductible, fund, personal; the lines' funds.
type Case = (
    &'static str,
    [&'static str; 3],
    [&'static str; 7],
    &'static str,
);

fn check(policy: &str, scheme: Scheme, benefit: Benefit, disease: &str, cases: &[Case]) {
    let policy = parse(policy, "demo.toml").unwrap();
    for (lines, used, wanted, shares) in cases {
        let s = evaluate(&policy, &claim(scheme, benefit, disease, lines, *used)).unwrap();
        let got = [
            s.own_pay,
            s.over_limit,
            s.pay_first,
            s.in_scope,
            s.deductible,
            s.fund,
            s.personal,
        ];
        assert_eq!(
            got.map(|f| f.to_string()),
            wanted.map(ToOwned::to_owned),
            "{lines}"
        );
        let funds: Vec<String> = s.lines.iter().map(|l| l.fund.to_string()).collect();
        assert_eq!(funds.join(" "), *shares, "{lines}");
        assert_eq!(s.certainty, Certainty::Exact);
    }
}

const NEW: [&str; 3] = ["0", "0", "0"];

#[test]
fn residents_general_outpatient() {
    #[rustfmt::skip]
    let cases: &[Case] = &[
        ("甲 20.00", NEW, ["0.00", "0.00", "0.00", "20.00", "0.00", "14.00", "6.00"], "14.00"),
        // 乙: 10 % first, then 70 % of 90 %.
        ("乙 20.00", NEW, ["0.00", "0.00", "2.00", "18.00", "0.00", "12.60", "7.40"], "12.60"),
        ("丙 20.00", NEW, ["20.00", "0.00", "0.00", "0.00", "0.00", "0.00", "20.00"], "0.00"),
        // Over the ceiling comes off before pay-first: 20 - 2 = 18; 1.80; 16.20 × 70 % = 11.34.
        ("乙 20.00<18.00", NEW, ["0.00", "2.00", "1.80", "16.20", "0.00", "11.34", "8.66"], "11.34"),
        // The fee alone: 9 of 10, whatever is used.
        ("费 10.00", ["400.00", "400.00", "0"], ["0.00", "0.00", "0.00", "10.00", "0.00", "9.00", "1.00"], "9.00"),
        // A fee charged too high: the excess is over the ceiling.
        ("费 12.00", NEW, ["0.00", "2.00", "0.00", "10.00", "0.00", "9.00", "3.00"], "9.00"),
        // A fee below the patient's part.
        ("费 0.50", NEW, ["0.00", "0.00", "0.00", "0.50", "0.00", "0.00", "0.50"], "0.00"),
        ("甲 20.00, 费 10.00, 丙 5.00", NEW, ["5.00", "0.00", "0.00", "30.00", "0.00", "23.00", "12.00"], "14.00 9.00 0.00"),
        // 5.00 of the year's 400.00 are left.
        ("甲 20.00, 费 10.00", ["395.00", "395.00", "0"], ["0.00", "0.00", "0.00", "30.00", "0.00", "14.00", "16.00"], "5.00 9.00"),
        // 三行 0.05: 0.105 is rounded once a batch, half up (policy.json D17).
        ("甲 0.05, 甲 0.05, 甲 0.05", NEW, ["0.00", "0.00", "0.00", "0.15", "0.00", "0.11", "0.04"], "0.04 0.04 0.03"),
        ("甲 0.05", NEW, ["0.00", "0.00", "0.00", "0.05", "0.00", "0.04", "0.01"], "0.04"),
    ];
    check(RESIDENT, Scheme::Resident, Benefit::General, "", cases);
}

#[test]
fn residents_chronic_drugs_have_a_cap_of_their_own() {
    #[rustfmt::skip]
    let cases: &[Case] = &[
        ("甲 50.00", ["400.00", "0", "0"], ["0.00", "0.00", "0.00", "50.00", "0.00", "30.00", "20.00"], "30.00"),
        ("甲 50.00", ["990.00", "590.00", "0"], ["0.00", "0.00", "0.00", "50.00", "0.00", "10.00", "40.00"], "10.00"),
    ];
    check(
        RESIDENT,
        Scheme::Resident,
        Benefit::Chronic,
        "M03900",
        cases,
    );
}

#[test]
fn employees_have_an_annual_deductible_and_the_fee_in_the_cap() {
    #[rustfmt::skip]
    let cases: &[Case] = &[
        ("甲 80.00", NEW, ["0.00", "0.00", "0.00", "80.00", "80.00", "0.00", "80.00"], "0.00"),
        ("甲 80.00", ["0", "0", "80.00"], ["0.00", "0.00", "0.00", "80.00", "20.00", "42.00", "38.00"], "42.00"),
        ("甲 80.00, 费 10.00", ["0", "0", "100.00"], ["0.00", "0.00", "0.00", "90.00", "0.00", "65.00", "25.00"], "56.00 9.00"),
        // 12.00 are left: the fee's 9.00 first, then 3.00 of 56.00.
        ("甲 80.00, 费 10.00", ["1488.00", "1488.00", "100.00"], ["0.00", "0.00", "0.00", "90.00", "0.00", "12.00", "78.00"], "3.00 9.00"),
        ("甲 80.00, 费 10.00", ["1500.00", "1500.00", "100.00"], ["0.00", "0.00", "0.00", "90.00", "0.00", "0.00", "90.00"], "0.00 0.00"),
    ];
    check(EMPLOYEE, Scheme::Employee, Benefit::General, "", cases);
}

#[test]
fn what_is_missing_is_said_and_never_a_zero() {
    let policy = parse(RESIDENT, "demo.toml").unwrap();
    let good = claim(Scheme::Resident, Benefit::General, "", "甲 20.00", NEW);
    let change = |f: fn(&mut Claim)| {
        let mut claim = good.clone();
        f(&mut claim);
        evaluate(&policy, &claim).unwrap_err()
    };
    let cases = [
        (
            change(|c| c.scheme = Scheme::Employee),
            CannotDecide::OtherScheme,
        ),
        (
            change(|c| c.date = parse_date("2019-12-31").unwrap()),
            CannotDecide::NotInForce,
        ),
        (
            change(|c| c.facts.level = Some(Level::Three)),
            CannotDecide::NotEntitled(Benefit::General),
        ),
        (
            change(|c| c.facts.level = None),
            CannotDecide::FactMissing(Facet::Level),
        ),
        (
            change(|c| c.benefit = Benefit::Chronic),
            CannotDecide::DiseaseMissing,
        ),
        (
            change(|c| c.facts.disease = Some("M1".into())),
            CannotDecide::DiseaseNotCovered("M1".into()),
        ),
        (
            change(|c| c.lines.push(c.lines[0].clone())),
            CannotDecide::SameLineTwice("L0".into()),
        ),
        (
            change(|c| c.lines[0].amount = Fen(1)),
            CannotDecide::BadAmount("L0".into()),
        ),
        (
            change(|c| c.lines[0].quantity = Quantity(-1)),
            CannotDecide::BadAmount("L0".into()),
        ),
        (
            change(|c| c.lines[0].price = UnitPrice(i64::MAX)),
            CannotDecide::BadAmount("L0".into()),
        ),
        (
            change(|c| c.history[0].funds[0].counted = Fen(-1)),
            CannotDecide::BadAccumulator,
        ),
    ];
    for (got, wanted) in cases {
        assert_eq!(got, wanted);
        assert!(!got.to_string().is_empty());
    }
}

#[test]
fn the_fee_is_charged_once_and_where_it_belongs() {
    let policy = parse(RESIDENT, "demo.toml").unwrap();
    let decide = |benefit, disease, lines| {
        evaluate(
            &policy,
            &claim(Scheme::Resident, benefit, disease, lines, NEW),
        )
        .map(|s| s.fund)
    };
    let twice = decide(Benefit::General, "", "费 10.00, 费 10.00");
    assert_eq!(twice, Err(CannotDecide::ConsultationFeeTwice));
    let elsewhere = decide(Benefit::Chronic, "M03900", "费 10.00");
    assert_eq!(elsewhere, Err(CannotDecide::ConsultationFeeElsewhere));
    let without = parse(&small("70%", NONE, NONE, true), "a.toml").unwrap();
    let fee = claim(Scheme::Resident, Benefit::General, "", "费 10.00", NEW);
    assert_eq!(
        evaluate(&without, &fee),
        Err(CannotDecide::NoConsultationFee)
    );
}

#[test]
fn employees_have_no_chronic_benefit() {
    let employee = parse(EMPLOYEE, "demo.toml").unwrap();
    let chronic = claim(
        Scheme::Employee,
        Benefit::Chronic,
        "M03900",
        "甲 20.00",
        NEW,
    );
    assert_eq!(
        evaluate(&employee, &chronic),
        Err(CannotDecide::NoBenefit(Benefit::Chronic))
    );
}

#[test]
fn the_working_is_shown() {
    let policy = parse(EMPLOYEE, "demo.toml").unwrap();
    let used = ["1490.00", "1490.00", "80.00"];
    let claim = claim(
        Scheme::Employee,
        Benefit::General,
        "",
        "乙 80.00<60.00, 丙 5.00",
        used,
    );
    let settled = evaluate(&policy, &claim).unwrap();
    let shown: Vec<String> = settled
        .steps
        .iter()
        .map(|s| {
            let line = s.line.map_or("-".to_owned(), |place| format!("L{place}"));
            let per = s.per.map_or(String::new(), |per| format!(" a {per}"));
            let rate = s.rate.map_or(String::new(), |r| format!(" × {r}"));
            let left = s
                .left
                .map_or(String::new(), |(a, b)| format!(" [{a} → {b}]"));
            let at = &settled.rules[usize::from(s.at)];
            let (path, rule) = (&at.path, s.rule);
            format!(
                "{path}: {rule}{per} {line} {}{rate}{left} = {}",
                s.base, s.result
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            "class_b_pay_first: ceiling L0 80.00 = 20.00",
            "class_b_pay_first: pay-first L0 60.00 × 0.05 = 3.00",
            "class_b_pay_first: own-pay L1 5.00 = 5.00",
            "benefit.general.deductible: deductible a year - 57.00 [20.00 → 0.00] = 20.00",
            "benefit.general.ratio: ratio - 37.00 × 0.7 = 25.90",
            "benefit.general.cap: cap a year - 25.90 [10.00 → 0.00] = 10.00",
        ]
    );
    let lines: Vec<usize> = settled
        .steps
        .iter()
        .map(|s| settled.rules[usize::from(s.at)].line)
        .collect();
    assert_eq!(lines, [9, 9, 9, 20, 26, 29]);
}

const NONE: &str = "\"none\"";

/// A region's file in few words, for cases from elsewhere.
fn small(ratio: &str, deductible: &str, cap: &str, fictional: bool) -> String {
    format!(
        "region = \"甲县\"\nfictional = {fictional}\nscheme = \"390\"\nsource = \"a test\"\n\
         rounding = {{ mode = \"half_up\", unit = \"fen\", stage = \"batch\" }}\n\
         class_b_pay_first = \"0%\"\nvalid = {{ from = \"2020-01-01\" }}\n\
         [benefit.general]\nwhere = {{ level = \"village\" }}\n\
         ratio = \"{ratio}\"\ndeductible = {deductible}\ncap = {cap}\n"
    )
}

#[test]
fn a_real_name_that_nobody_confirmed_gives_estimates_only() {
    let text = small("70%", NONE, NONE, false);
    let claim = claim(Scheme::Resident, Benefit::General, "", "甲 20.00", NEW);
    let policy = parse(&text, "a.toml").unwrap();
    assert_eq!(policy.confirmation(), Confirmation::Unconfirmed);
    let certainty = evaluate(&policy, &claim).unwrap().certainty;
    assert_eq!(certainty, Certainty::Estimate(Why::Unconfirmed));
    let nobody = format!("confirmed = {{ by = \" \", on = \"2026-03-01\" }}\n{text}");
    let refused = parse(&nobody, "a.toml").unwrap_err();
    assert!(refused.message.contains("who confirmed it"), "{refused}");
    let text = format!("confirmed = {{ by = \"医保局\", on = \"2026-03-01\" }}\n{text}");
    let policy = parse(&text, "a.toml").unwrap();
    assert!(matches!(
        policy.confirmation(),
        Confirmation::Confirmed { .. }
    ));
    assert_eq!(
        evaluate(&policy, &claim).unwrap().certainty,
        Certainty::Exact
    );
}

#[test]
fn a_bad_file_says_where_and_what_to_write() {
    #[rustfmt::skip]
    let cases = [
        ("is = \"70%\"", "is = 0.7", "a.toml:21:40: invalid type: floating point `0.7`, expected a percentage"),
        ("is = \"70%\"", "is = \"170%\"", "a.toml:21:40: `170%` is not a percentage from 0 to 100 in quotes, such as \"70%\""),
        ("ratio = \"60%\"", "ratio = 0.6", "a.toml:34:9: invalid type: floating point `0.6`, expected a percentage from 0 to 100 in quotes, such as \"70%\", or rows { when = { … }, is = … }"),
        ("ratio = \"60%\"", "# 报销比例\nratoi = \"60%\"", "a.toml:35:1: unknown field `ratoi`, expected one of `where`, `diseases`, `deductible`, `ratio`"),
        ("total = \"10.00\"", "total = \"10.005\"", "a.toml:12:9: `10.005` is not yuan in quotes, such as \"10.00\""),
        ("patient = \"1.00\"", "patient = \"11.00\"", "a.toml:13:11: `patient` is more than `total`: write the patient's part of the fee"),
        ("from = \"2020-01-01\"", "from = 2020-01-01", "a.toml:7:18: invalid type: "),
        ("from = \"2020-01-01\"", "from = \"2020-01-01\", to = \"2019-01-01\"", "a.toml:7:9: `to` is before `from`"),
        ("in_cap = false", "in_cap = false\nonce_per = \"99 days\"", "a.toml:15:12: `99 days` is not \"day\", \"month\", \"quarter\", \"year\", or a course of 2 to 31 days"),
        ("per = \"year\"", "per = \"3 days\"", "a.toml:24:16: `3 days` is not a time: \"visit\", \"day\", \"month\""),
        ("deductible = \"none\"\n", "", "a.toml:17:1: missing field `deductible`"),
        ("deductible = \"none\"", "deductible = \"whatever\"", "a.toml:19:14: invalid value: string \"whatever\", expected \"none\", or a list such as"),
        ("level = \"township\"", "level = \"hamlet\"", "a.toml:22:12: `hamlet` is no level: write one of village, township, community, level1, level2, level3"),
        ("level = \"township\"", "lewel = \"township\"", "a.toml:22:14: unknown variant `lewel`, expected one of `level`, `status`"),
        ("level = \"township\"", "age = \"60\u{2014}\"", "a.toml:22:12: `60\u{2014}` is no age: write one of ranges such as \"60-\", \"18-59\", \"-17\""),
        ("level = \"township\"", "age = \"-\"", "a.toml:22:12: `-` is no age: write one of ranges"),
        ("level = \"township\"", "age = \"60-18\"", "a.toml:22:12: `60-18` is no age: write one of ranges"),
        ("level = \"township\"", "age = [\"60-60\", \"1001\"]", "a.toml:22:12: `1001` is no age: write one of ranges"),
        ("level = \"township\"", "level = 3", "a.toml:22:22: invalid type: integer `3`, expected a text, a list of texts, or true or false"),
        ("{ level = \"township\" }", "\"township\"", "a.toml:22:12: invalid type: string \"township\", expected conditions such as { level = "),
        ("level = \"township\"", "level = []", "a.toml:22:12: `level` names nothing: leave it out where any value will do"),
        ("unit = \"fen\"", "unit = \"li\"", "a.toml:8:39: unknown variant `li`, expected one of `fen`, `jiao`, `yuan`"),
        ("class_b_pay_first = \"10%\"", "class_b_pay_first =", "a.toml:9:20: "),
        // Gaps, overlaps, contradictions: each combination of what is told apart has one row.
        ("  { when = { level = \"township\" }, is = \"65%\" },\n", "", "a.toml:21:3: no row of `benefit.general.ratio` holds for level township: add one, or narrow `where`"),
        ("level = \"township\" }, is", "level = [\"village\", \"township\"] }, is", "a.toml:22:3: this row of `benefit.general.ratio` and the one of line 21 both hold for level village: narrow one"),
        ("level = \"township\" }, is", "level = \"township\", age = \"60-\" }, is", "a.toml:21:3: no row of `benefit.general.ratio` holds for level township, age -59: add one"),
        ("  { when = { level = \"village\" }", "  { when = { level = \"level3\" }, is = \"1%\" },\n  { when = { level = \"village\" }", "a.toml:21:3: this holds for nobody: its conditions are outside `where`"),
        ("per = \"year\", amount = \"400.00\"", "per = \"year\", amount = \"6% of wage\"", "a.toml:24:33: there is no figure [index.wage] for any year: write it, such as wage = { \"2026\" = \"177000.00\" }"),
        ("per = \"year\", amount = \"400.00\"", "per = \"year\", amount = \"6% of \"", "a.toml:24:33: `6% of ` is not yuan in quotes, such as \"400.00\", a part such as"),
        ("per = \"year\", amount = \"400.00\"", "per = \"year\", amount = \"6% of wage, to 0.00 yuan\"", "a.toml:24:33: `6% of wage, to 0.00 yuan` is not yuan in quotes"),
        ("per = \"year\", amount = \"400.00\"", "per = \"year\", amount = \"400.00\", benefits = [\"general\"]", "a.toml:24:8: `benefits` belongs to [[shared_deductible]] and [[shared_cap]]"),
        ("# 两病", "[[shared_cap]]\nper = \"year\"\namount = \"1.00\"\nbenefits = [\"general\"]\n# 两病", "a.toml:26:1: a shared limit names two or more `benefits` of this file"),
        ("# 两病", "[[shared_cap]]\nper = \"year\"\namount = \"1.00\"\nbenefits = [\"general\", \"general\"]\n# 两病", "a.toml:26:1: a shared limit names two or more `benefits` of this file"),
        ("# 两病", "[index]\nwage = { \"2026\" = \"1.00\", \"-026\" = \"1.00\" }\n# 两病", "a.toml:27:27: `-026` is not a year, such as \"2026\""),
        ("# 两病", "[index]\nwage = { 026 = \"1.00\" }\n# 两病", "a.toml:27:10: `026` is not a year, such as \"2026\""),
    ];
    let mut others = Vec::new();
    for (old, new, wanted) in cases {
        let text = RESIDENT.replacen(old, new, 1);
        assert_ne!(text, RESIDENT, "{old}");
        let error = parse(&text, "a.toml").unwrap_err().to_string();
        if !error.starts_with(wanted) {
            others.push(format!("{error}\nwanted {wanted}\n"));
        }
    }
    assert!(others.is_empty(), "{}", others.join("\n"));
}

#[test]
fn rules_known_later_than_they_hold_ask_to_settle_again() {
    let head = "valid = { from = \"2020-01-01\" }";
    let known = small("70%", NONE, NONE, true).replace(
        head,
        "supersedes = \"甲政发〔2019〕1号\"\nknown = \"2026-03-10\"\n\
         valid = { from = \"2026-01-01\", to = \"2026-12-31\" }",
    );
    let policy = parse(&known, "a.toml").unwrap();
    assert_eq!(policy.supersedes, "甲政发〔2019〕1号");
    let day = |text| parse_date(text).unwrap();
    for (service, settled, wanted) in [
        ("2026-01-01", "2026-01-01", true),
        ("2026-03-09", "2026-03-09", true),
        ("2026-03-09", "2026-03-10", false),
        ("2026-04-01", "2026-04-01", false),
        ("2025-12-31", "2026-01-02", false),
        ("2027-01-01", "2026-01-02", false),
    ] {
        let asks = policy.asks_again(day(service), day(settled));
        assert_eq!(asks, wanted, "{service} settled on {settled}");
    }
    let always = parse(&small("70%", NONE, NONE, true), "a.toml").unwrap();
    assert!(!always.asks_again(day("2026-01-01"), day("2026-01-01")));
}

#[test]
fn what_is_unknown_makes_an_estimate_only_where_it_could_matter() {
    let resident = parse(RESIDENT, "demo.toml").unwrap();
    let employee = parse(EMPLOYEE, "demo.toml").unwrap();
    let others = Certainty::Estimate(Why::OthersUnknown);
    let (fund, deductible) = ((true, false), (false, true));
    let cases = [
        // The resident scheme has a cap and no deductible.
        (&resident, Scheme::Resident, ["0", "0", "0"], fund, others),
        (
            &resident,
            Scheme::Resident,
            ["0", "0", "0"],
            deductible,
            Certainty::Exact,
        ),
        (
            &resident,
            Scheme::Resident,
            ["400.00", "400.00", "0"],
            fund,
            Certainty::Exact,
        ),
        (
            &employee,
            Scheme::Employee,
            ["0", "0", "0"],
            deductible,
            others,
        ),
        (
            &employee,
            Scheme::Employee,
            ["0", "0", "100.00"],
            deductible,
            Certainty::Exact,
        ),
        (
            &employee,
            Scheme::Employee,
            ["0", "0", "100.00"],
            fund,
            others,
        ),
    ];
    for (policy, scheme, used, unknown, wanted) in cases {
        let mut asked = claim(scheme, Benefit::General, "", "甲 20.00", used);
        asked.unknown = Unknown {
            fund: unknown.0,
            deductible: unknown.1,
        };
        assert_eq!(
            evaluate(policy, &asked).unwrap().certainty,
            wanted,
            "{scheme} {used:?}"
        );
    }
}

#[test]
fn every_region_compiles_and_its_cases_come_out() {
    let mut wrong = Vec::new();
    for (name, text, cases) in REGIONS {
        let policy = check_file(text, name);
        let cases = read_cases(cases, &policy).unwrap_or_else(|e| panic!("{name}.csv:{e}"));
        assert!(cases.len() >= 2, "{name} has too few cases");
        for case in cases {
            assert!(
                !case.wanted.is_empty(),
                "{name}: {} asks nothing",
                case.name
            );
            for (column, wanted, got) in case.check(&policy) {
                let (line, title) = (case.line, &case.name);
                wrong.push(format!(
                    "{name}.csv:{line}: {title}: {column} {got}, wanted {wanted}"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn check_file(text: &str, name: &str) -> Policy {
    crate::check(text, name).unwrap_or_else(|all| {
        let all: Vec<String> = all.iter().map(ToString::to_string).collect();
        panic!("{}", all.join("\n"))
    })
}

/// The first block of a language in a document.
fn block<'a>(document: &'a str, language: &str) -> &'a str {
    let open = format!("```{language}\n");
    let (_, rest) = document.split_once(&open).expect("the document has one");
    rest.split_once("```").expect("it ends").0
}

#[test]
fn the_examples_of_the_documents_hold() {
    let chinese = include_str!("../../../docs/policy-authoring.md");
    let english = include_str!("../../../docs/policy-authoring.en.md");
    let policy = check_file(block(chinese, "toml"), "policy-authoring.md");
    for document in [chinese, english] {
        let cases = read_cases(block(document, "csv"), &policy).unwrap();
        assert_eq!(cases.len(), 2);
        for case in &cases {
            assert_eq!(case.check(&policy), []);
        }
        let claim = read_claim(block(document, "json"), &policy).unwrap();
        let settled = evaluate(&policy, &claim).unwrap();
        assert_eq!((settled.total, settled.fund), (fen("66.00"), fen("14.00")));
        for language in [Language::Chinese, Language::English] {
            let sentences = settled.sentences(language);
            assert_eq!(sentences.len(), settled.steps.len());
            assert!(
                sentences.iter().all(|s| s.ends_with(['。', '.'])),
                "{sentences:?}"
            );
        }
        for facet in Facet::ALL {
            assert!(
                document.contains(&format!("`{facet}`")),
                "{facet} is not told of"
            );
        }
        for kind in ItemKind::ALL {
            let told = document.contains(&format!("`{kind}`"));
            assert!(told, "{kind} is not told of");
        }
    }
}
