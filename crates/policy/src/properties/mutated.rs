//! Files as people break them: the repository's regions, their case tables and a claim, with
//! characters, lines and words exchanged. Nothing may panic or take long; an error names a place that
//! is there; what still reads keeps the laws.
//!
//! `PROPTEST_CASES=100000 cargo nextest run -p cunyi-policy mutated` runs it for minutes.

use proptest::prelude::*;

use super::generated::{Tape, claim, tapes};
use super::laws::each_law;
use crate::*;

/// Words that a reader of numbers, dates and tables stumbles over.
const AWKWARD: [&str; 28] = [
    "\"99999999999999999999.99\"",
    "\"9223372036854775807\"",
    "\"10000000.00\"",
    "\"0.001\"",
    "\"-0.01\"",
    "\"100.0001%\"",
    "\"100%\"",
    "\"0%\"",
    "\"-100%\"",
    "\"none\"",
    "\"9999-12-31\"",
    "\"-0001-01-01\"",
    "\"2026-02-30\"",
    "\"100% of average_wage, to 10000000 yuan\"",
    "\"65535-\"",
    "\"1000-\"",
    "\"\"",
    "1e400",
    "-9223372036854775808",
    "[]",
    "{}",
    "[[fund]]",
    "true",
    "null",
    "\u{feff}",
    "\u{0}",
    "\"\"\"",
    "年",
];

const CLAIM: &str = r#"{
  "date": "2026-11-02", "level": "village", "status": "active", "aid": "none", "tier": "一档",
  "age": 50, "signed": true, "chosen": true, "referred": false, "remote": "local", "visit": 3,
  "benefit": "general", "disease": null,
  "lines": [
    { "class": "A", "price": "20.00" },
    { "class": "B", "price": "1.50", "quantity": "24", "ceiling": "1.20" },
    { "class": "C", "price": "10.00", "fee": true }
  ],
  "earlier": [{ "date": "2026-03-01", "benefit": "general", "disease": "M03900", "level": "village",
    "family": true, "fees": 1, "of": "pool", "fund": "395.00", "deductible": "1.00", "in_scope": "9.00" }],
  "balance": "10.00", "others_unknown": true
}"#;

/// The text with a few things exchanged.
fn mutated(text: &str, tape: &mut Tape) -> String {
    let mut text = text.to_owned();
    for _ in 0..=tape.below(5) {
        text = match tape.below(3) {
            0 => exchanged(&words(&text), tape, ""),
            1 => exchanged(
                &text.lines().map(str::to_owned).collect::<Vec<_>>(),
                tape,
                "\n",
            ),
            _ => exchanged(
                &text.chars().map(String::from).collect::<Vec<_>>(),
                tape,
                "",
            ),
        };
    }
    text
}

/// Words, quoted texts whole, and what stands between them.
fn words(text: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let (mut quoted, mut inside) = (false, false);
    for c in text.chars() {
        let part = quoted || c.is_alphanumeric() || "_-.%".contains(c);
        if c == '"' {
            quoted = !quoted;
        }
        match all.last_mut() {
            Some(last) if part && inside => last.push(c),
            _ => all.push(c.to_string()),
        }
        inside = part || quoted;
    }
    all
}

/// One piece taken away, doubled, moved, or replaced by another or by an awkward one.
fn exchanged(pieces: &[String], tape: &mut Tape, between: &str) -> String {
    let mut pieces = pieces.to_vec();
    if pieces.is_empty() {
        return AWKWARD[tape.below(AWKWARD.len())].to_owned();
    }
    let (one, other) = (tape.below(pieces.len()), tape.below(pieces.len()));
    match tape.below(6) {
        0 => drop(pieces.remove(one)),
        1 => pieces.insert(other, pieces[one].clone()),
        2 => pieces.swap(one, other),
        3 => pieces[one] = pieces[other].clone(),
        4 => pieces[one] = tape.one(&AWKWARD).to_owned(),
        _ => pieces.insert(one, tape.one(&AWKWARD).to_owned()),
    }
    pieces.join(between)
}

/// Whether a place is in a text, its end included.
fn is_in(text: &str, line: usize, column: usize) -> bool {
    let here = text.split('\n').nth(line.wrapping_sub(1));
    here.is_some_and(|here| (1..=here.chars().count() + 1).contains(&column))
}

proptest! {
    #[test]
    fn a_mutated_region_is_refused_at_a_place_or_keeps_the_laws(
        which in 0..REGIONS.len(), mut tape in tapes(60), mut claims in tapes(200),
    ) {
        let text = mutated(REGIONS[which].1, &mut tape);
        match check(&text, "mutated") {
            Ok(policy) => {
                for _ in 0..3 {
                    each_law(&policy, &claim(&policy, &mut claims))?;
                }
            }
            Err(errors) => {
                prop_assert!(!errors.is_empty());
                for e in errors {
                    prop_assert!(is_in(&text, e.line, e.column) && !e.message.is_empty(), "{e}\n{text}");
                }
            }
        }
    }

    #[test]
    fn a_mutated_table_of_cases_is_refused_at_a_line_or_answers(which in 0..REGIONS.len(), mut tape in tapes(60)) {
        let (name, region, cases) = REGIONS[which];
        let policy = parse(region, name).unwrap();
        let text = mutated(cases, &mut tape);
        match read_cases(&text, &policy) {
            Ok(cases) => cases.iter().for_each(|case| drop(case.check(&policy))),
            Err(e) => {
                let line = usize::try_from(e.line).unwrap();
                prop_assert!(is_in(&text, line, 1) && !e.message.is_empty(), "{e}\n{text}");
            }
        }
    }

    #[test]
    fn a_mutated_claim_is_refused_or_answered(which in 0..REGIONS.len(), mut tape in tapes(60)) {
        let (name, region, _) = REGIONS[which];
        let policy = parse(region, name).unwrap();
        match read_claim(&mutated(CLAIM, &mut tape), &policy) {
            Ok(claim) => each_law(&policy, &claim)?,
            Err(message) => prop_assert!(!message.is_empty()),
        }
    }
}
