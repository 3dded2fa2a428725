//! A household's rows in order, as events.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::Wrong;
use super::row::{AMOUNTS, Place, Row, magnitude};
use crate::year::{Event, MOST_EVENTS};

/// Members a household can have.
const MOST_MEMBERS: usize = 256;

/// A household's rows as events, each with its row.
pub(super) struct Household<'r> {
    pub events: Vec<Event>,
    pub rows: Vec<&'r Row>,
}

/// The household of rows, which stand in the order of the files; or what is wrong.
pub(super) fn read(rows: &[Row]) -> Result<Household<'_>, Vec<Wrong>> {
    let first = rows.first().map_or(Place::default(), |row| row.place);
    if rows.len() > MOST_EVENTS {
        let message = format!("a household with more than {MOST_EVENTS} rows");
        return Err(vec![first.wrong("household", message)]);
    }
    let persons: BTreeSet<&str> = rows.iter().map(|row| row.person.as_str()).collect();
    if persons.len() > MOST_MEMBERS {
        let message = format!("a household of more than {MOST_MEMBERS} people");
        return Err(vec![first.wrong("household", message)]);
    }
    let members = persons.into_iter().zip(0..=u8::MAX);
    let members: BTreeMap<&str, u8> = members.collect();
    let mut wrong = Vec::new();
    let claims = claims(rows, &mut wrong);
    let takes_back = takes_back(rows, &claims, &mut wrong);
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let order = order(rows, &takes_back);
    let mut places = vec![0; rows.len()];
    for (place, row) in order.iter().enumerate() {
        places[*row] = place;
    }
    let event = |at: &usize| {
        let row = &rows[*at];
        let claim = takes_back[*at];
        let of = &rows[claim.unwrap_or(*at)];
        let back = claim.map_or(0, |claim| places[*at] - places[claim]);
        let [class_a, class_b, class_c, over_limit, fee, balance] =
            of.amounts.map(|amount| magnitude(amount).unwrap_or(0));
        Event {
            member: members[row.person.as_str()],
            day: row.day,
            kind: of.kind.unwrap_or(0),
            class_a,
            class_b,
            class_c,
            over_limit,
            fee,
            balance,
            back: u16::try_from(back).unwrap_or(u16::MAX),
        }
    };
    Ok(Household {
        events: order.iter().map(event).collect(),
        rows: order.iter().map(|at| &rows[*at]).collect(),
    })
}

/// The claims that have an id.
fn claims<'a>(rows: &'a [Row], wrong: &mut Vec<Wrong>) -> HashMap<&'a str, usize> {
    let mut claims = HashMap::new();
    let named = rows.iter().enumerate();
    let named = named.filter(|(_, row)| row.reverses.is_empty() && !row.claim.is_empty());
    for (at, row) in named {
        if let Some(other) = claims.insert(row.claim.as_str(), at) {
            let line = rows[other].place.line;
            let message = format!("`{}` is also the claim of line {line}", row.claim);
            wrong.push(row.place.wrong("claim", message));
        }
    }
    claims
}

/// For each row the row it takes back.
fn takes_back(
    rows: &[Row],
    claims: &HashMap<&str, usize>,
    wrong: &mut Vec<Wrong>,
) -> Vec<Option<usize>> {
    let mut taken: HashMap<usize, u64> = HashMap::new();
    let mut found = vec![None; rows.len()];
    for (at, row) in rows
        .iter()
        .enumerate()
        .filter(|(_, row)| !row.reverses.is_empty())
    {
        let Some(claim) = claims.get(row.reverses.as_str()).copied() else {
            let id = &row.reverses;
            let message = format!("there is no claim `{id}` in the household");
            wrong.push(row.place.wrong("reverses", message));
            continue;
        };
        if let Some((column, message)) = unlike(row, &rows[claim]) {
            wrong.push(row.place.wrong(column, message));
        }
        if let Some(line) = taken.insert(claim, row.place.line) {
            let message = format!("line {line} takes back `{}` already", row.reverses);
            wrong.push(row.place.wrong("reverses", message));
        }
        found[at] = Some(claim);
    }
    found
}

/// Where a reversal is not what it takes back.
fn unlike(row: &Row, claim: &Row) -> Option<(&'static str, String)> {
    let line = claim.place.line;
    let other = |column| {
        (
            column,
            format!("is another than in line {line}, which it takes back"),
        )
    };
    if row.person != claim.person {
        return Some(other("person"));
    }
    if row.day < claim.day {
        return Some((
            "date",
            format!("is before that of line {line}, which it takes back"),
        ));
    }
    if row.kind.is_some() && row.kind != claim.kind {
        let message = format!(
            "benefit, disease or conditions are other than in line {line}, which it takes back: repeat \
             them or leave them out"
        );
        return Some(("reverses", message));
    }
    let differs = |at: &usize| {
        let mine = magnitude(row.amounts[*at]);
        mine.is_some() && mine.unwrap_or(0) != claim.amounts[*at].unwrap_or(0)
    };
    let differs = (0..AMOUNTS.len()).find(differs);
    differs.map(|at| other(AMOUNTS[at]))
}

/// By day; within a day as the files have it, a reversal after its claim.
fn order(rows: &[Row], takes_back: &[Option<usize>]) -> Vec<usize> {
    let key = |at: &usize| {
        let row = &rows[*at];
        let claim = takes_back[*at].map(|claim| &rows[claim]);
        let claim = claim.filter(|claim| claim.day == row.day);
        let place = claim.map_or(row.place, |claim| claim.place.max(row.place));
        (row.day, place, takes_back[*at].is_some())
    };
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_by_key(key);
    order
}
