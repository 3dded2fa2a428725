//! The chain: whatever is changed in a journal by hand, `verify` finds it.

use std::collections::BTreeSet;

use cunyi_db::{DbError, Durability, Target};
use cunyi_domain::journal::Entry;
use cunyi_domain::row::{TableKind, Value};
use cunyi_store::verify::mistyped;
use cunyi_store::{Store, StoreError};

use crate::tables::{TABLES, Table, others, table};
use crate::world::{KEY, World, clinic};

fn found(world: &World) -> bool {
    world
        .store
        .verify(&clinic())
        .map_or(true, |report| !report.problems.is_empty())
}

/// Every other value of every column of these rows is found or refused; the rows are put back.
fn tamper(world: &World, table: &Table, rows: &[Vec<Value>]) {
    for row in rows {
        for (place, column) in table.columns.iter().enumerate() {
            for other in others(&row[place], column) {
                let name = format!("{}.{} = {other:?}", table.name, column.name);
                if table.set(world, row, place, other.clone()).is_ok() {
                    assert!(found(world), "{name} is not found");
                    let mut changed = row.clone();
                    changed[place] = other;
                    table
                        .set(world, &changed, place, row[place].clone())
                        .expect(&name);
                }
            }
        }
    }
    assert!(!found(world), "put back");
}

#[test]
fn a_change_of_any_column_of_any_fact_or_of_the_head_is_found() {
    for world in World::engines("tamper") {
        world.fill().unwrap();
        world.sound();
        let journal = table("journal");
        let mut rows = journal.rows(&world);
        if !world.is_sqlite() {
            // The check is the same code; a server answers more slowly.
            rows = rows.into_iter().step_by(9).collect();
        }
        tamper(&world, journal, &rows);
        let head = table("journal_head");
        tamper(&world, head, &head.rows(&world));
    }
}

#[test]
fn a_value_of_another_type_is_found_though_it_reads_the_same() {
    let world = World::memory();
    world.fill().unwrap();
    let mistyped = || {
        let read = world.store.db().read("types", |tx| mistyped(tx, &clinic()));
        !read.unwrap().is_empty()
    };
    let ledger = TABLES.iter().filter(|t| t.kind == TableKind::Ledger);
    for table in ledger.chain([table("journal"), table("journal_head")]) {
        let row = table.rows(&world).remove(0);
        let mut told = false;
        for (place, column) in table.columns.iter().enumerate() {
            let other = match &row[place] {
                Value::Int(int) => Value::Text(format!("{int}x")),
                Value::Text(text) => Value::Bytes(text.clone().into_bytes()),
                Value::Bytes(bytes) => Value::Text(String::from_utf8_lossy(bytes).into_owned()),
                Value::Null(_) => continue,
            };
            let name = format!("{}.{} = {other:?}", table.name, column.name);
            // Keys and checked words are refused by the database itself.
            if table.set(&world, &row, place, other).is_err() {
                continue;
            }
            if table.kind == TableKind::Ledger {
                assert!(mistyped(), "{name} is not found");
                // Once a table, that the replay says so; it takes longer.
                assert!(told || replay_finds(&world), "{name} is not told");
                told = true;
            } else {
                assert!(found(&world), "{name} is not found");
            }
            put_back(&world, table, &row, place);
        }
    }
    assert!(!found(&world) && !mistyped(), "put back");
}

fn replay_finds(world: &World) -> bool {
    let report = world.store.replay_check(&clinic()).unwrap();
    !report.problems.is_empty()
}

/// Sets a column of the only row that differs from `row` in it.
fn put_back(world: &World, table: &Table, row: &[Value], place: usize) {
    let name = table.columns[place].name;
    let keys = table.key.iter().filter(|key| **key != name);
    let (mut only, mut values) = (vec!["1 = 1".to_owned()], vec![row[place].clone()]);
    for key in keys {
        let at = table.columns.iter().position(|c| c.name == *key).unwrap();
        only.push(format!("{key} = ?"));
        values.push(row[at].clone());
    }
    let wrong = match &row[place] {
        Value::Int(_) => "integer",
        Value::Text(_) => "text",
        Value::Bytes(_) | Value::Null(_) => "blob",
    };
    only.push(format!("typeof({name}) <> '{wrong}'"));
    let sql = format!(
        "UPDATE {} SET {name} = ? WHERE {}",
        table.name,
        only.join(" AND ")
    );
    let changed = world.store.db().transact("put back", |tx| {
        Ok::<_, StoreError>(tx.execute(&sql, values)?)
    });
    assert_eq!(changed.unwrap(), 1, "{sql}");
}

#[test]
fn a_fact_of_another_epoch_or_of_no_clinic_is_found() {
    let world = World::memory();
    world.fill().unwrap();
    let journal = table("journal");
    let mut other = journal.rows(&world).remove(0);
    other[1] = Value::Int(2);
    journal.insert(&world, &other).unwrap();
    assert!(found(&world), "another epoch");
    journal.delete(&world, &other).unwrap();
    assert_eq!(world.store.strays().unwrap(), 0);
    let heads = table("journal_head");
    heads.delete(&world, &heads.rows(&world)[0]).unwrap();
    assert_eq!(world.store.strays().unwrap(), world.count::<Entry>());
}

/// Bytes flipped in the file itself, past the engine: what is read differs and is found, or nothing
/// that is read has changed.
#[test]
fn a_byte_flipped_in_the_file_is_found() {
    let world = World::file("flip");
    world.fill().unwrap();
    let rows = |store: &Store| -> Option<Vec<Entry>> {
        let order = "ORDER BY clinic, epoch, seq";
        let read = store.db().read("rows", |tx| tx.select(order, vec![]));
        read.map_err(|_: DbError| ()).ok()
    };
    let whole = rows(&world.store).unwrap();
    let copy = world.copy("whole.db");
    let bytes = std::fs::read(&copy).unwrap();
    let places = places_of(&bytes, &whole);
    assert!(places.len() > 1000, "{}", places.len());
    let (mut noticed, mut flips) = (0, 0);
    for place in places.into_iter().step_by(97) {
        let mut flipped = bytes.clone();
        flipped[place] ^= 1 << (place % 8);
        std::fs::write(&copy, flipped).unwrap();
        let opened = Store::open(Target::File(copy.clone()), Durability::Scratch, KEY);
        flips += 1;
        let Ok(store) = opened else {
            noticed += 1;
            continue;
        };
        let chain = store.verify(&clinic());
        let good = chain.is_ok_and(|report| report.problems.is_empty())
            && store.strays().is_ok_and(|strays| strays == 0);
        if good {
            assert_eq!(rows(&store).as_ref(), Some(&whole), "byte {place}");
        } else {
            noticed += 1;
        }
    }
    assert!(noticed * 10 > flips * 9, "{noticed} of {flips} were facts");
}

/// Where the facts' own bytes stand in the file.
fn places_of(file: &[u8], facts: &[Entry]) -> Vec<usize> {
    let mut places = BTreeSet::new();
    for fact in facts {
        let parts = [&fact.body, &fact.prev_hash, &fact.hash];
        for part in parts.into_iter().chain(&fact.sealed) {
            let found = file.windows(part.len()).position(|bytes| bytes == part);
            places.extend(found.into_iter().flat_map(|at| at..at + part.len()));
        }
    }
    places.into_iter().collect()
}

#[test]
fn a_missing_a_repeated_and_a_swapped_fact_are_found() {
    for world in World::engines("rows") {
        world.fill().unwrap();
        let journal = table("journal");
        let rows = journal.rows(&world);
        for row in &rows {
            journal.delete(&world, row).unwrap();
            assert!(found(&world), "deleted {:?}", row[2]);
            journal.insert(&world, row).unwrap();
        }
        let mut more = rows[rows.len() - 1].clone();
        more[2] = Value::Int(i64::try_from(rows.len()).unwrap() + 1);
        journal.insert(&world, &more).unwrap();
        assert!(found(&world), "repeated");
        journal.delete(&world, &more).unwrap();
        for pair in rows.windows(2) {
            let mut swapped = [pair[0].clone(), pair[1].clone()];
            swapped[0][2] = pair[1][2].clone();
            swapped[1][2] = pair[0][2].clone();
            exchange(&world, journal, pair, &swapped);
            assert!(found(&world), "swapped {:?}", pair[0][2]);
            exchange(&world, journal, &swapped, pair);
        }
        assert!(!found(&world), "put back");
    }
}

fn exchange(world: &World, table: &Table, old: &[Vec<Value>], new: &[Vec<Value>]) {
    for row in old {
        table.delete(world, row).unwrap();
    }
    for row in new {
        table.insert(world, row).unwrap();
    }
}

#[test]
fn an_emptied_journal_and_a_missing_head_are_found() {
    let world = World::memory();
    world.fill().unwrap();
    for row in table("journal").rows(&world) {
        table("journal").delete(&world, &row).unwrap();
    }
    assert!(found(&world), "emptied");
    for row in table("journal_head").rows(&world) {
        table("journal_head").delete(&world, &row).unwrap();
    }
    assert!(found(&world), "without a head");
    assert!(
        !found(&World::memory()),
        "an empty journal of a new clinic is whole"
    );
}
