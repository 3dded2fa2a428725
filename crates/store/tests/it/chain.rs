//! The chain: whatever is changed in a journal by hand, `verify` finds it.

use cunyi_domain::row::Value;

use crate::tables::{Table, others, table};
use crate::world::{World, clinic};

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
