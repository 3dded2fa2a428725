//! One row: its cells by column, read.

use std::collections::HashMap;

use cunyi_domain::money::Fen;
use cunyi_domain::time::parse_date;
use cunyi_policy::{Benefit, Facet, Facts, read_fact};

use super::Wrong;
use crate::year::{Kind, MOST_FEN, MOST_KINDS, YEARS};

/// Where a row stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub file: u16,
    pub line: u64,
}

impl Place {
    pub fn wrong(self, column: &str, message: impl Into<String>) -> Wrong {
        Wrong {
            file: self.file,
            line: self.line,
            column: column.to_owned(),
            message: message.into(),
        }
    }
}

/// The amounts, in the order of a [`crate::year::Event`].
pub(super) const AMOUNTS: [&str; 6] = [
    "class_a",
    "class_b",
    "class_c",
    "over_limit",
    "fee",
    "balance",
];
/// Those that are charged.
const CHARGED: usize = 5;
/// Bytes of a text, at most.
const MOST_TEXT: usize = 200;
/// Years, at most.
const OLDEST: i64 = 150;

/// A claim or reversal as it was read. What a reversal leaves out is its claim's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Row {
    pub place: Place,
    pub household: String,
    pub person: String,
    /// The claim's id; empty where it has none.
    pub claim: String,
    /// Whose id it takes back; empty where it takes back none.
    pub reverses: String,
    pub day: u16,
    pub kind: Option<u16>,
    pub amounts: [Option<u32>; 6],
}

/// What is kept from row to row: the year, and the kinds met so far.
#[derive(Debug, Default)]
pub(super) struct Reading {
    pub year: Option<i16>,
    pub kinds: Vec<Kind>,
    /// By the cells they were written as, so that a kind is read once.
    by_cells: HashMap<String, u16>,
    by_kind: HashMap<String, u16>,
}

/// All columns there may be, for an error's words.
pub(super) fn columns() -> Vec<&'static str> {
    let first = [
        "claim",
        "reverses",
        "person",
        "household",
        "date",
        "benefit",
        "disease",
    ];
    let facets = Facet::ALL.iter().map(|facet| facet.as_str());
    first.into_iter().chain(facets).chain(AMOUNTS).collect()
}

impl Reading {
    /// Reads a row of cells that are not empty; or says all that is wrong with it.
    pub fn row<'a>(
        &mut self,
        cells: &mut dyn Iterator<Item = (&'a str, &'a str)>,
        place: Place,
    ) -> Result<Row, Vec<Wrong>> {
        let mut row = Row {
            place,
            ..Row::default()
        };
        let mut wrong = Vec::new();
        let mut kind: Vec<(&str, &str)> = Vec::new();
        for (column, cell) in cells {
            let read = match column {
                "benefit" | "disease" => {
                    kind.push((column, cell));
                    Ok(())
                }
                _ if Facet::from_text(column).is_some() => {
                    kind.push((column, cell));
                    Ok(())
                }
                _ => self.cell(&mut row, column, cell),
            };
            if let Err(message) = read {
                wrong.push(place.wrong(column, format!("`{cell}` {message}")));
            }
        }
        if !kind.is_empty() || row.reverses.is_empty() {
            match self.kind(&kind) {
                Ok(found) => row.kind = Some(found),
                Err((column, message)) => wrong.push(place.wrong(&column, message)),
            }
        }
        missing(&row, &mut wrong);
        if row.household.is_empty() {
            row.household.clone_from(&row.person);
        }
        if wrong.is_empty() {
            Ok(row)
        } else {
            Err(wrong)
        }
    }

    fn cell(&mut self, row: &mut Row, column: &str, cell: &str) -> Result<(), String> {
        let text = |into: &mut String| {
            if cell.len() > MOST_TEXT {
                return Err(format!("is longer than {MOST_TEXT} bytes"));
            }
            cell.clone_into(into);
            Ok(())
        };
        match column {
            "person" => text(&mut row.person),
            "household" => text(&mut row.household),
            "claim" => text(&mut row.claim),
            "reverses" => text(&mut row.reverses),
            "date" => {
                let date = parse_date(cell).ok_or("is no date such as 2026-11-02")?;
                if !YEARS.contains(&date.year()) {
                    let (first, last) = (YEARS.start(), YEARS.end());
                    return Err(format!(
                        "is of no year from {first} to {last}: write the day of the visit"
                    ));
                }
                let year = *self.year.get_or_insert(date.year());
                if date.year() != year {
                    return Err(format!(
                        "is not in {year}, the year of the first row: import each year alone"
                    ));
                }
                row.day = u16::try_from(date.day_of_year()).unwrap_or(0);
                Ok(())
            }
            _ => match AMOUNTS.iter().position(|name| *name == column) {
                Some(at) => {
                    row.amounts[at] = Some(amount(cell)?);
                    Ok(())
                }
                None => Err(format!(
                    "stands in a column nobody knows: write one of {}",
                    columns().join(", ")
                )),
            },
        }
    }

    fn kind(&mut self, cells: &[(&str, &str)]) -> Result<u16, (String, String)> {
        let mut key = String::new();
        for (column, cell) in cells {
            key.extend([column, "\u{1f}", cell, "\u{1e}"]);
        }
        if let Some(known) = self.by_cells.get(&key) {
            return Ok(*known);
        }
        let kind = read_kind(cells)?;
        let same = format!("{kind:?}");
        let found = match self.by_kind.get(&same).copied() {
            Some(known) => known,
            None => self.add(kind, same)?,
        };
        // Spellings are few; a file that has many does without the short cut.
        if self.by_cells.len() < 4 * MOST_KINDS {
            self.by_cells.insert(key, found);
        }
        Ok(found)
    }

    fn add(&mut self, kind: Kind, same: String) -> Result<u16, (String, String)> {
        let place = self.kinds.len();
        if place == MOST_KINDS {
            let message = format!(
                "more than {MOST_KINDS} combinations of what rules tell apart: leave out columns that \
                 no policy asks for"
            );
            return Err(("-".to_owned(), message));
        }
        let place = u16::try_from(place).unwrap_or(u16::MAX);
        self.kinds.push(kind);
        self.by_kind.insert(same, place);
        Ok(place)
    }
}

fn read_kind(cells: &[(&str, &str)]) -> Result<Kind, (String, String)> {
    let mut kind = Kind {
        benefit: Benefit::General,
        facts: Facts::default(),
    };
    for (column, cell) in cells {
        let wrong = |message: &str| ((*column).to_owned(), format!("`{cell}` {message}"));
        if cell.len() > MOST_TEXT {
            return Err(wrong("is too long"));
        }
        match (*column, Facet::from_text(column)) {
            ("benefit", _) => {
                kind.benefit = Benefit::from_text(cell).ok_or_else(|| {
                    let all: Vec<&str> = Benefit::ALL.iter().map(|b| b.as_str()).collect();
                    wrong(&format!("is no benefit: write one of {}", all.join(", ")))
                })?;
            }
            (_, Some(facet)) => read_fact(&mut kind.facts, facet, cell).map_err(wrong)?,
            _ => {}
        }
    }
    if kind
        .facts
        .age
        .is_some_and(|age| !(0..=OLDEST).contains(&age))
    {
        return Err(("age".to_owned(), format!("an age is 0 to {OLDEST}")));
    }
    if kind.facts.visit.is_some_and(|visit| visit < 1) {
        return Err(("visit".to_owned(), "visits are counted from 1".to_owned()));
    }
    Ok(kind)
}

/// In fen, without its sign: a reversal's may be written negative.
fn amount(cell: &str) -> Result<u32, String> {
    let like = "is no amount in yuan such as 12.30";
    let magnitude = cell.strip_prefix('-').unwrap_or(cell);
    let fen: Fen = magnitude.parse().map_err(|_| like)?;
    if fen.0 > i64::from(MOST_FEN) {
        return Err("is more than ten million yuan".to_owned());
    }
    let fen = u32::try_from(fen.0).map_err(|_| like)?;
    if cell.starts_with('-') && fen > 0 {
        return Ok(fen | NEGATIVE);
    }
    Ok(fen)
}

/// Marks an amount that was written with a minus, until it is known whether that may be.
const NEGATIVE: u32 = 1 << 31;

fn missing(row: &Row, wrong: &mut Vec<Wrong>) {
    let said = |wrong: &[Wrong], column: &str| wrong.iter().any(|w| w.column == column);
    if row.person.is_empty() && !said(wrong, "person") {
        wrong.push(row.place.wrong(
            "person",
            "missing: write who it was, by a number of your own",
        ));
    }
    if row.day == 0 && !said(wrong, "date") {
        wrong.push(
            row.place
                .wrong("date", "missing: write the date of service"),
        );
    }
    if row.reverses.is_empty() {
        let charged = &row.amounts[..CHARGED];
        if charged.iter().all(Option::is_none) && !AMOUNTS.iter().any(|name| said(wrong, name)) {
            let message = "missing: write class_a, class_b, class_c, over_limit or fee";
            wrong.push(row.place.wrong("class_a", message));
        }
        for (name, amount) in AMOUNTS.iter().zip(row.amounts) {
            if amount.is_some_and(|fen| fen & NEGATIVE > 0) {
                let message = "is negative: a row that takes a claim back names it in `reverses`";
                wrong.push(row.place.wrong(name, message));
            }
        }
    }
}

/// What a row's amount is without its sign.
pub(super) fn magnitude(amount: Option<u32>) -> Option<u32> {
    amount.map(|fen| fen & !NEGATIVE)
}
