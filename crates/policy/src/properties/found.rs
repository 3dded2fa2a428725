//! What random regions found, each in a small file.

use crate::*;

/// Two funds that may pay of what was paid first.
const TWO_FUNDS: &str = r#"
region = "随机县"
fictional = true
scheme = "390"
source = "随机"
valid = { from = "2026-01-01" }
rounding = { mode = "half_up", unit = "fen", stage = "batch" }
class_b_pay_first = "50%"

[benefit.general]
where = {}
deductible = "none"
ratio = "0%"
cap = "none"

[[fund]]
name = "enterprise"
benefits = ["general"]
base = "in_scope_and_pay_first"
deductible = "none"
ratio = "80%"
cap = "none"

[[fund]]
name = "medical_aid"
benefits = ["general"]
base = "in_scope_and_pay_first"
deductible = "none"
ratio = "100%"
cap = "none"
"#;

#[test]
fn two_funds_do_not_pay_the_same_part_twice() {
    let policy = parse(TWO_FUNDS, "two").unwrap();
    let cases = "date,lines,pool,enterprise,medical_aid,fund,cash\n\
                 2026-05-05,B 20.00; C 3.00,0.00,16.00,4.00,20.00,3.00\n\
                 2026-05-05,B 20.00; B 10.01,0.00,24.01,6.00,30.01,0.00\n";
    for case in read_cases(cases, &policy).unwrap() {
        assert_eq!(case.check(&policy), []);
        let settled = evaluate(&policy, &case.claim).unwrap();
        let mut shares = settled.lines.iter();
        assert!(shares.all(|line| line.fund <= line.in_scope + line.pay_first));
    }
}

#[test]
fn what_was_paid_first_is_paid_of_where_lines_are_rounded_too() {
    let by_line = TWO_FUNDS.replace("stage = \"batch\"", "stage = \"line\"");
    let policy = parse(&by_line, "two").unwrap();
    let cases = "date,lines,pool,enterprise,medical_aid,fund,cash\n\
                 2026-05-05,B 20.00; B 10.00,0.00,24.00,6.00,30.00,0.00\n";
    for case in read_cases(cases, &policy).unwrap() {
        assert_eq!(case.check(&policy), []);
    }
}

/// A benefit of so many tiers, each with its ratio, for so many years.
fn of_tiers(tiers: usize, years: usize, visits: usize) -> String {
    let row = |tier| format!("{{ when = {{ tier = \"{tier}\" }}, is = \"50%\" }}");
    let rows: Vec<String> = (0..tiers).map(row).collect();
    let cut = |visit| format!("{{ when = {{ visit = \"{visit}\" }}, add = \"1%\" }}");
    let cuts: Vec<String> = (1..=visits).map(cut).collect();
    let figures: Vec<String> = (0..years)
        .map(|y| format!("{} = \"1.00\"", 2000 + y))
        .collect();
    let head = TWO_FUNDS.split("[benefit").next().unwrap();
    format!(
        "{head}index = {{ wage = {{ {} }} }}\n[benefit.general]\nwhere = {{}}\ndeductible = \"none\"\n\
         ratio = [{}]\nadjust = [{}]\ncap = \"none\"\n",
        figures.join(", "),
        rows.join(", "),
        cuts.join(", "),
    )
}

#[test]
fn a_file_that_would_be_compiled_for_minutes_is_refused() {
    assert!(check(&of_tiers(100, 2, 20), "fine").is_ok());
    let refused = |text: &str| check(text, "big").unwrap_err()[0].message.clone();
    assert_eq!(
        refused(&of_tiers(1_000, 1, 9)),
        "11000 combinations of what benefit.general tells apart, with 1011 rows to try for each (of every \
         year under [index]), are too many: write fewer rows"
    );
    assert!(refused(&of_tiers(100, 400, 50)).contains("too many"));
    assert!(refused(&of_tiers(1_000, 1, 60)).contains("combinations, 20000 at most"));
    assert!(refused(&of_tiers(9_000, 1, 0)).contains("bytes are too many"));
}

/// A benefit of 100 times as many combinations, of which one is anybody's, with so many rows.
fn of_bands(visits: usize, rows: usize) -> String {
    let list = |to: usize| (1..to).map(|n| format!("\"{n}\"")).collect::<Vec<_>>();
    let (ages, visits) = (list(99).join(", "), list(visits - 1).join(", "));
    // `where`, what is paid first, the ratio and the two that cut ages and visits are rows too.
    let others = ", { when = {}, add = \"0%\" }".repeat(rows - 5);
    let head = TWO_FUNDS.split("[benefit").next().unwrap();
    format!(
        "{head}[benefit.general]\nwhere = {{ age = \"1\", visit = \"1\" }}\ndeductible = \"none\"\n\
         ratio = \"50%\"\ncap = \"none\"\nadjust = [{{ when = {{ age = [{ages}] }}, add = \"1%\" }}, \
         {{ when = {{ visit = [{visits}] }}, add = \"1%\" }}{others}]\n"
    )
}

#[test]
fn the_most_that_is_compiled_is_compiled_and_one_more_is_one_error() {
    for (visits, rows, wanted) in [
        (200, 200, ""),
        (
            200,
            201,
            "big:10:1: 20000 combinations of what benefit.general tells apart, with 201 rows",
        ),
        (
            201,
            5,
            "big:10:1: the conditions of benefit.general make 20100 combinations, 20000 at most",
        ),
    ] {
        let errors = check(&of_bands(visits, rows), "big")
            .err()
            .unwrap_or_default();
        let said: Vec<String> = errors.iter().map(ToString::to_string).collect();
        assert_eq!(said.len(), usize::from(!wanted.is_empty()), "{said:?}");
        assert!(said.iter().all(|one| one.starts_with(wanted)), "{said:?}");
    }
}
