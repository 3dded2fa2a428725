//! No page and no act reads the rows of all days: every statement that the routes send to SQLite is explained,
//! and none may read a table that grows from one end to the other. The plan does not depend on how many rows
//! there are (nothing is analysed), so an empty database tells what a large one does.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use cunyi_domain::row::{Kind, Value};
use cunyi_store::StoreError;
use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};

use crate::cases::CASES;
use crate::house::{House, house};
use crate::world::ROLES;

cunyi_domain::row! {
    /// A step of a plan.
    pub struct Step {
        /// What SQLite does there.
        pub detail: String,
    }
}

cunyi_domain::row! {
    /// An index of some rows only.
    pub struct Partial {
        /// Its name.
        pub name: String,
    }
}

/// What grows with each visit.
const GROWING: &[&str] = &[
    "visit",
    "patient",
    "charge",
    "batch",
    "settlement",
    "payment",
    "diagnosis",
    "registration",
    "coverage",
    "evidence",
    "message",
    "fact",
    "stock_move",
    "follow_up",
    "follow_up_end",
    "paper_entry",
    "skin_test",
    "course",
    "referral",
    "receipt",
    "electronic_receipt",
    "access",
];

/// Statements that may: how they end, and why.
const ALLOWED: &[(&str, &str)] = &[
    (
        "WHERE clinic = ? ORDER BY registered_at LIMIT 1",
        "the first visit: the first entry of its index",
    ),
    (
        "ORDER BY LOWER(initials), id LIMIT ?",
        "patients by the readings of their names: one clinic's part of an index that has all of it",
    ),
];

/// What was prepared for this test's house.
static PREPARED: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

thread_local! {
    /// True while this test opens its house: other tests of the program open theirs beside it.
    static OURS: Cell<bool> = const { Cell::new(false) };
}

fn ours() -> Option<Box<dyn Instrumentation>> {
    let note = |event: InstrumentationEvent<'_>| note(&event);
    OURS.get()
        .then(|| Box::new(note) as Box<dyn Instrumentation>)
}

fn note(event: &InstrumentationEvent<'_>) {
    if let InstrumentationEvent::CacheQuery { sql, .. } = event {
        let mut all = PREPARED.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert((*sql).to_owned());
    }
}

/// The table that a name stands for in a statement: `FROM visit v`, `JOIN visit v` or `FROM visit`.
fn table<'a>(sql: &'a str, name: &'a str) -> &'a str {
    let words: Vec<&str> = sql.split_whitespace().collect();
    let mut from = words
        .windows(3)
        .filter(|three| ["FROM", "JOIN"].contains(&three[0]));
    let of = from.find(|three| three[2].trim_end_matches(')') == name);
    of.map_or(name, |three| three[1])
}

/// What a step reads whole: a table that grows, or all that a clinic has of it.
fn whole<'a>(sql: &'a str, step: &'a str, partial: &BTreeSet<String>) -> Option<&'a str> {
    let words: Vec<&str> = step.split(' ').collect();
    let all = match words.first() {
        Some(&"SCAN") => true,
        Some(&"SEARCH") => step.ends_with("(clinic=?)"),
        _ => false,
    };
    let few = words.iter().any(|word| partial.contains(*word));
    let table = table(sql, words.get(1)?);
    (all && !few && GROWING.contains(&table)).then_some(table)
}

/// Indexes of some rows only: who reads one whole reads few.
fn partial(house: &House) -> BTreeSet<String> {
    let some = "SELECT name FROM sqlite_master WHERE type = 'index' AND sql LIKE '% WHERE %'";
    let db = house.w.app.store().db();
    let read = db.read("plans", |tx| -> Result<Vec<Partial>, StoreError> {
        Ok(tx.query(some, vec![])?)
    });
    read.expect("indexes")
        .into_iter()
        .map(|row| row.name)
        .collect()
}

/// What a statement reads whole; nothing for one that cannot be explained (`PRAGMA`, `BEGIN`).
fn faults(house: &House, partial: &BTreeSet<String>, sql: &str) -> Option<Vec<String>> {
    let db = house.w.app.store().db();
    let values = vec![Value::Null(Kind::Text); sql.matches('?').count()];
    let read = db.read("plans", |tx| -> Result<Vec<Step>, StoreError> {
        Ok(tx.query(&format!("EXPLAIN QUERY PLAN {sql}"), values)?)
    });
    let steps = read.ok()?;
    let plan: Vec<&str> = steps.iter().map(|step| &*step.detail).collect();
    let found = plan.iter().filter_map(|step| {
        let table = whole(sql, step, partial)?;
        Some(format!("{table}: {step}\n{sql}\n{}\n", plan.join("\n")))
    });
    Some(found.collect())
}

#[tokio::test]
async fn no_statement_of_a_route_reads_all_days() {
    set_default_instrumentation(ours).expect("set");
    OURS.set(true);
    let house = house();
    OURS.set(false);
    for case in CASES {
        for login in ROLES {
            let by = house.sign_in(login);
            let ask = (case.ask)(&house, &by.actor);
            house.ask(&by, &ask).await;
        }
    }
    let prepared = PREPARED
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone();
    // The clinic's: those of the centre know of none.
    let read = |sql: &str| {
        sql.contains("clinic") && !sql.starts_with("INSERT") && !sql.starts_with("CREATE")
    };
    let allowed = |sql: &str| ALLOWED.iter().any(|(end, _)| sql.ends_with(end));
    let partial = partial(&house);
    let steps: Vec<Vec<String>> = prepared
        .iter()
        .filter(|sql| read(sql) && !allowed(sql))
        .filter_map(|sql| faults(&house, &partial, sql))
        .collect();
    assert!(steps.len() > 100, "{} statements", steps.len());
    let found = steps.concat();
    assert!(found.is_empty(), "{}", found.join("\n"));
}
