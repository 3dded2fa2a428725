//! Replaying a journal gives the ledger that stands there, and nothing else.

use cunyi_domain::journal::Entry;
use cunyi_domain::row::{Kind, TableKind, Value};

use crate::people::fields;
use crate::tables::{TABLES, Table, others};
use crate::world::{World, clinic};

fn found(world: &World) -> bool {
    world
        .store
        .replay_check(&clinic())
        .map_or(true, |report| !report.problems.is_empty())
}

fn ledger() -> impl Iterator<Item = &'static Table> {
    TABLES
        .iter()
        .filter(|table| table.kind == TableKind::Ledger)
}

#[test]
fn a_filled_journal_gives_its_ledger() {
    for world in World::engines("replay") {
        world.fill().unwrap();
        let report = world.store.replay_check(&clinic()).unwrap();
        assert_eq!(
            (report.facts, report.problems),
            (world.count::<Entry>(), vec![])
        );
        // A second clinic in the same database is checked for itself.
        world.install("c2", 4);
        world.sound();
        let empty = world.store.replay_check(&"c2".into()).unwrap();
        assert_eq!((empty.facts, empty.problems), (0, vec![]));
    }
}

#[test]
fn a_ledger_column_changed_by_hand_is_found_or_refused() {
    for world in World::engines("by_hand") {
        world.fill().unwrap();
        for table in ledger() {
            let row = table.rows(&world).pop().unwrap();
            let mut tried = 0;
            for (place, column) in table.columns.iter().enumerate() {
                let done = others(&row[place], column)
                    .into_iter()
                    .find(|other| table.set(&world, &row, place, other.clone()).is_ok());
                let Some(other) = done else { continue };
                assert!(found(&world), "{}.{} is not found", table.name, column.name);
                tried += 1;
                let mut changed = row.clone();
                changed[place] = other;
                table
                    .set(&world, &changed, place, row[place].clone())
                    .unwrap();
            }
            assert!(tried > 0, "the database takes no change of {}", table.name);
        }
        world.sound();
    }
}

#[test]
fn a_ledger_row_deleted_or_added_by_hand_is_found_or_refused() {
    for world in World::engines("rows_by_hand") {
        world.fill().unwrap();
        for table in ledger() {
            let row = table.rows(&world).pop().unwrap();
            if table.delete(&world, &row).is_ok() {
                assert!(found(&world), "deleted of {}", table.name);
                table.insert(&world, &row).unwrap();
            }
            let mut added = row;
            let last = table
                .columns
                .iter()
                .rposition(|column| table.key.contains(&column.name));
            let last = last.unwrap();
            added[last] = match table.columns[last].kind {
                Kind::Int => Value::Int(99),
                _ => Value::Text("added".to_owned()),
            };
            if table.insert(&world, &added).is_ok() {
                assert!(found(&world), "added to {}", table.name);
                table.delete(&world, &added).unwrap();
            }
        }
        world.sound();
    }
}

#[test]
fn what_fails_leaves_no_fact_and_no_change() {
    for world in World::engines("fails") {
        world.fill().unwrap();
        let before: Vec<_> = TABLES.iter().map(|table| table.rows(&world)).collect();
        let failed = world.write(|w| {
            let body = cunyi_domain::fact::PatientRegistered {
                patient: "p-new".into(),
                sex: cunyi_domain::id_number::Sex::Male,
            };
            let personal = cunyi_domain::fact::Personal::Patient(fields(9));
            w.record(body, Some(&"p-new".into()), Some(personal))?;
            Err::<(), _>(cunyi_store::StoreError::NoClinic)
        });
        assert!(failed.is_err());
        let after: Vec<_> = TABLES.iter().map(|table| table.rows(&world)).collect();
        assert_eq!(before, after);
    }
}

#[test]
fn a_personal_part_without_its_patient_is_refused() {
    let world = World::memory();
    let body = cunyi_domain::fact::PatientRegistered {
        patient: "p".into(),
        sex: cunyi_domain::id_number::Sex::Male,
    };
    let personal = cunyi_domain::fact::Personal::Patient(fields(9));
    assert!(
        world
            .write(|w| w.record(body, None, Some(personal)))
            .is_err()
    );
    assert_eq!(world.count::<Entry>(), 0);
}
