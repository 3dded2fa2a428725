//! The tables of one study agree with each other, in either language.

use std::io::Cursor;

use cunyi_policy::{DEMO_RESIDENT, Language, Policy, parse};

use super::*;
use crate::replay::replay;
use crate::sample::Sample;
use crate::year::Reader;

/// Three policies: the demo's, one with less, one with a benefit in hospitals.
pub(super) fn policies() -> Vec<Policy> {
    let less = DEMO_RESIDENT
        .replace("\"70%\"", "\"65%\"")
        .replace("\"400.00\"", "\"350.00\"");
    let wider = DEMO_RESIDENT
        .replace("{ level = [\"village\", \"township\"] }", "{}")
        .replace("is = \"65%\" },", "is = \"65%\" },\n  { when = { level = [\"community\", \"level1\", \"level2\", \"level3\"] }, is = \"40%\" },");
    let texts = [DEMO_RESIDENT, &less, &wider];
    texts.map(|text| parse(text, "it.toml").unwrap()).to_vec()
}

pub(super) fn study(claims: u64, policies: &[Policy]) -> Study {
    let all: Vec<&Policy> = policies.iter().collect();
    let mut study = Study::new(&all, Some(1_000)).unwrap();
    for seed in [1, 2] {
        let mut bytes = Vec::new();
        let sample = Sample {
            claims,
            seed,
            year: 2026,
        };
        sample.write(&mut bytes).unwrap();
        let mut reader = Reader::open(Cursor::new(bytes)).unwrap();
        let (tally, counts) = replay(&mut reader, &all, 2, &mut |_| ()).unwrap();
        study.add(&tally, counts);
    }
    study
}

fn money(cell: &Cell) -> i64 {
    match cell {
        Cell::Money(fen) | Cell::More(fen) => *fen,
        _ => panic!("{cell:?}"),
    }
}

/// Sums a column of the rows but those at the end that are not parts.
fn column(table: &Table, column: usize, rows: usize) -> i64 {
    table.rows[..rows]
        .iter()
        .map(|row| money(&row[column]))
        .sum()
}

#[test]
fn tables_agree() {
    let policies = policies();
    let all = tables(&study(4_000, &policies), Language::English);
    let table = |id: &str| all.iter().find(|t| t.id == id).unwrap();
    for one in &all {
        for row in &one.rows {
            assert_eq!(row.len(), one.columns.len(), "{}", one.id);
        }
    }
    let overview = table("overview");
    let [total, fund, patient, account, cash, outside, open] =
        std::array::from_fn(|row| &overview.rows[row]);
    for policy in 1..=3 {
        let at = |row: &[Cell]| money(&row[policy]);
        assert_eq!(at(total), at(fund) + at(patient) + at(open));
        assert_eq!(at(patient), at(account) + at(cash));
        assert!(at(outside) <= at(cash) && at(fund) > 0);
    }
    for id in ["by_age", "by_level", "by_benefit"] {
        let by = table(id);
        let parts = by.rows.len() - 1;
        for policy in 0..3 {
            let at = 3 + 3 * policy;
            assert_eq!(column(by, at, parts), money(&fund[1 + policy]), "{id}");
            assert_eq!(
                column(by, at + 1, parts),
                money(&patient[1 + policy]),
                "{id}"
            );
            assert_eq!(money(&by.rows[parts][at]), money(&fund[1 + policy]), "{id}");
        }
        assert_eq!(column(by, 2, parts), money(&total[1]), "{id}");
    }
    let changes = table("changes");
    let parts = changes.rows.len() - 2;
    for other in 0..2 {
        let at = 3 + 3 * other;
        assert_eq!(column(changes, at, parts), money(&patient[4 + other]));
        assert_eq!(money(&changes.rows[parts][at]), money(&patient[4 + other]));
        let greatest = table("households").rows.last().unwrap();
        assert_eq!(money(&greatest[1 + 2 * other]), money(&fund[1 + other]));
    }
    // The wider policy takes from nobody; the narrower gives to nobody.
    let persons = |column: usize, rows: std::ops::Range<usize>| -> u64 {
        let cells = changes.rows[rows].iter().map(|row| match row[column] {
            Cell::Count(n) => n,
            _ => panic!("{row:?}"),
        });
        cells.sum()
    };
    assert!(persons(1, 6..parts) > 0 && persons(4, 0..5) > 0);
    assert_eq!(persons(1, 0..5) + persons(4, 6..parts), 0);
}

#[test]
fn a_table_is_text_and_csv_in_both_languages() {
    let policies = policies();
    let study = study(500, &policies[..2]);
    let chinese = tables(&study, Language::Chinese);
    let english = tables(&study, Language::English);
    assert_eq!(chinese.len(), english.len());
    for (zh, en) in chinese.iter().zip(&english) {
        assert_eq!((zh.id, zh.rows.len()), (en.id, en.rows.len()));
        let has_chinese = |text: &str| text.chars().any(|c| ('一'..='鿿').contains(&c));
        let diseases = en.id == "by_benefit";
        assert!(has_chinese(&to_text(zh)), "{}", zh.id);
        assert!(diseases || !has_chinese(&to_text(en)), "{}", to_text(en));
    }
    let csv = to_csv(&english[0]);
    assert!(csv.starts_with("\u{feff}yuan,A,B,B − A\n"), "{csv}");
    assert!(
        csv.lines().all(|line| line.split(',').count() == 4),
        "{csv}"
    );
}

#[test]
fn figures_are_written_for_people_and_for_programs() {
    let cells = [
        (Cell::Money(123_456_789), "1,234,567.89", "1234567.89"),
        (Cell::Money(-5), "-0.05", "-0.05"),
        (Cell::More(100_000), "+1,000.00", "1000.00"),
        (Cell::More(-1), "−0.01", "-0.01"),
        (Cell::More(0), "0.00", "0.00"),
        (Cell::Count(12_345), "12,345", "12345"),
        (Cell::part(1, 3), "33.33%", "33.33"),
        (Cell::part(2, 3), "66.67%", "66.67"),
        (Cell::part(-2, 3), "-66.67%", "-66.67"),
        (Cell::part(1, 0), "–", ""),
        (Cell::Points(Some(-150)), "−1.50", "-1.50"),
    ];
    for (cell, shown, plain) in cells {
        assert_eq!(
            (cell.shown(), cell.plain()),
            (shown.to_owned(), plain.to_owned())
        );
    }
}

#[test]
fn the_page_holds_all_tables_asks_for_nothing_and_escapes_what_it_is_given() {
    let policies = policies();
    let study = study(500, &policies);
    let files = ["a.toml", "<b>&.toml", "c.toml"].map(str::to_owned);
    let named: Vec<(String, &Policy)> = files.into_iter().zip(&policies).collect();
    let about = About {
        policies: &named,
        claims: &[("it.claims".to_owned(), 2026)],
        command: "cunyi policy simulate '\"'",
    };
    for language in [Language::Chinese, Language::English] {
        let tables = tables(&study, language);
        let page = to_html(&study, &tables, &about, language);
        for table in &tables {
            assert!(
                page.contains(&format!("<h2>{}</h2>", table.title)),
                "{}",
                table.id
            );
        }
        assert_eq!(
            page.matches("<svg").count(),
            4,
            "two, and one for each other policy"
        );
        for asked in [
            "<script", "http:", "https:", "url(", "<link", "<img", "<b>&.",
        ] {
            assert!(!page.contains(asked), "{asked}");
        }
        assert!(page.contains("&lt;b&gt;&amp;.toml") && page.contains("simulate '&quot;'"));
        let open = page.matches("<td").count();
        assert_eq!(open, page.matches("</td>").count());
    }
}

#[test]
fn what_institutions_get_is_shared_out_by_the_payer() {
    let payer =
        |rules: &str| parse(&format!("{DEMO_RESIDENT}\n[payer]\n{rules}"), "it.toml").unwrap();
    let policies = [
        parse(DEMO_RESIDENT, "it.toml").unwrap(),
        payer("withheld = \"5%\""),
        payer("budget = \"100.00\""),
    ];
    let study = study(2_000, &policies);
    let all = tables(&study, Language::Chinese);
    let table = all.iter().find(|table| table.id == "institutions").unwrap();
    let of = |row: usize, policy: usize| money(&table.rows[row][policy + 1]);
    for policy in 0..3 {
        assert_eq!(of(0, policy), study.sums(policy).fund);
        assert_eq!(of(0, policy), of(1, policy) + of(2, policy) + of(3, policy));
    }
    // Nothing is held back without rules; a twentieth, month by month rounded, with them.
    assert_eq!([of(2, 0), of(3, 0)], [0, 0]);
    assert!((of(2, 1) * 20 - of(0, 1)).abs() <= 2 * 12 * 20);
    // 100 yuan in each month of two files.
    assert_eq!(of(1, 2), 2 * 12 * 10_000);
    let by_head = payer("per_head = \"60.00\"");
    assert_eq!(Study::new(&[&by_head], None).unwrap_err(), HeadsMissing);
}
