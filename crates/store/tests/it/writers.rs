//! Two programs write at once, in a file and on PostgreSQL: one order of facts, one winner.

use std::sync::Barrier;

use cunyi_db::DbError;
use cunyi_domain::batch::{BatchEvent, BatchState};
use cunyi_domain::fact::{
    BatchMoved, PatientCorrected, PatientRegistered, Personal, VisitRegistered,
};
use cunyi_domain::id_number::Sex;
use cunyi_domain::ids::{BatchId, PatientId};
use cunyi_domain::journal::Entry;
use cunyi_domain::ledger::{Certificate, Lot, Patient, Payer, Visit};
use cunyi_store::seal::PatientKey;
use cunyi_store::{Store, StoreError};

use crate::people::fields;
use crate::world::{Done, KEY, World};

/// Both at once, each with a store of its own.
fn race(world: &World, work: [&(dyn Fn(&Store) -> Done + Sync); 2]) -> [Done; 2] {
    let stores = [world.again(KEY), world.again(KEY)];
    let start = Barrier::new(2);
    let run = |place: usize| {
        start.wait();
        work[place](&stores[place])
    };
    std::thread::scope(|scope| {
        let other = scope.spawn(|| run(1));
        [run(0), other.join().unwrap()]
    })
}

#[test]
fn facts_of_two_writers_stand_in_one_unbroken_order() {
    const EACH: usize = 40;
    for world in World::shared("order") {
        let register = |store: &Store| {
            for number in 0..EACH {
                let who = world.who();
                let patient = PatientId::new(who.now, &world.dice);
                let body = PatientRegistered {
                    patient: patient.clone(),
                    sex: Sex::Male,
                };
                let personal = Some(Personal::Patient(fields(number)));
                store.write(&who, &world.dice, "race", |w| {
                    w.record(body, Some(&patient), personal)
                })?;
            }
            Ok::<(), StoreError>(())
        };
        for done in race(&world, [&register, &register]) {
            done.unwrap();
        }
        let numbers: Vec<i64> = world
            .all::<Entry>()
            .into_iter()
            .map(|entry| entry.seq)
            .collect();
        assert_eq!(numbers, (1..=80).collect::<Vec<i64>>());
        world.sound();
    }
}

fn take_back(world: &World, batch: &BatchId, patient: &PatientId, store: &Store) -> Done {
    let body = BatchMoved {
        batch: batch.clone(),
        from: BatchState::Draft,
        event: BatchEvent::TakeBack,
        message: None,
        shares: None,
        splits: vec![],
        reason: String::new(),
    };
    store.write(&world.who(), &world.dice, "take back", |w| {
        w.record(body, Some(patient), None)
    })
}

#[test]
fn of_two_moves_of_a_batch_one_wins_and_the_other_is_stale() {
    for world in World::shared("batch") {
        let patient = world.register(fields(1)).unwrap();
        let visit = world.arrive(&patient, None, None).unwrap();
        let visit = world.visit(&visit);
        for _ in 0..10 {
            let batch = world.freeze(&visit, &[]).unwrap();
            let row = world.batch(&batch);
            let pay = |store: &Store| {
                let body = cunyi_domain::fact::SettlementMade {
                    from: BatchState::Draft,
                    event: BatchEvent::Settle,
                    settlement: Box::new(world.settlement(&row, false, "")),
                    line_funds: vec![],
                    payment: None,
                };
                let record =
                    |w: &mut cunyi_store::Writer<'_, '_>| w.record(body, Some(&patient), None);
                store.write(&world.who(), &world.dice, "pay", record)
            };
            let done = race(
                &world,
                [&pay, &|store| take_back(&world, &batch, &patient, store)],
            );
            one_wins(&done, "batch");
        }
        world.sound();
    }
}

fn one_wins(done: &[Done; 2], table: &str) {
    let won = done.iter().filter(|done| done.is_ok()).count();
    let stale =
        |done: &&Done| matches!(done, Err(StoreError::Db(DbError::Stale(of))) if *of == table);
    let lost = done.iter().filter(stale).count();
    assert_eq!((won, lost), (1, 1), "{done:?}");
}

#[test]
fn of_two_hand_overs_one_wins_and_stock_leaves_once() {
    for world in World::shared("hand_over") {
        let patient = world.register(fields(1)).unwrap();
        let visit = world.arrive(&patient, None, None).unwrap();
        let visit = world.visit(&visit);
        let lot = world.receive(100).unwrap();
        // Held by somebody else, so that `reserved` alone would allow the second one.
        world.freeze(&visit, &[(lot.clone(), 50)]).unwrap();
        for _ in 0..5 {
            let batch = world.freeze(&visit, &[(lot.clone(), 3)]).unwrap();
            world
                .happen(&world.batch(&batch), BatchEvent::Settle, "")
                .unwrap();
            let batch = world.batch(&batch);
            let held = world.held_by(&batch.id);
            let hand_over = |store: &Store| {
                let body = world.handed_over(&batch, held.clone());
                let record =
                    |w: &mut cunyi_store::Writer<'_, '_>| w.record(body, Some(&patient), None);
                store.write(&world.who(), &world.dice, "hand over", record)
            };
            one_wins(&race(&world, [&hand_over, &hand_over]), "reservation");
        }
        let lot = &world.all::<Lot>()[0];
        assert_eq!((lot.on_hand.0, lot.reserved.0), (850_000, 500_000));
        world.sound();
    }
}

#[test]
fn a_correction_that_meets_an_erasure_leaves_no_name() {
    for world in World::shared("meets") {
        for number in 0..10 {
            let patient = world.register(fields(number)).unwrap();
            let correct = |store: &Store| {
                let body = PatientCorrected {
                    patient: patient.clone(),
                    sex: Sex::Male,
                };
                let (old, new) = (fields(number), fields(number + 100));
                store.write(&world.who(), &world.dice, "correct", |w| {
                    w.record(
                        body,
                        Some(&patient),
                        Some(Personal::Correction { old, new }),
                    )
                })
            };
            let erase = |store: &Store| store.erase(&world.who(), &world.dice, &patient);
            let [_, erased] = race(&world, [&correct, &erase]);
            // PostgreSQL may have to end one of the two where each waits for the other.
            if erased.is_err() {
                world
                    .store
                    .erase(&world.who(), &world.dice, &patient)
                    .unwrap();
            }
        }
        assert!(
            world
                .all::<Patient>()
                .iter()
                .all(|row| row.erased && row.name.is_empty())
        );
        assert_eq!(world.count::<PatientKey>(), 0);
        world.sound();
    }
}

/// Only a server lets another write begin before the first has ended; there every order is tried
/// on purpose.
#[test]
fn who_seals_while_the_patient_is_erased_is_too_late() {
    let Some(world) = World::postgres("late") else {
        return;
    };
    let patient = world.register(fields(1)).unwrap();
    let other = world.again(KEY);
    let late = world.write(|w| {
        let body = visit_of(&patient);
        let proxy = Personal::Proxy {
            name: "柳小五".to_owned(),
            id_number: String::new(),
            relation: String::new(),
        };
        w.record(body, Some(&patient), Some(proxy))?;
        other.erase(&world.who(), &world.dice, &patient)
    });
    assert!(matches!(late, Err(StoreError::Erased)), "{late:?}");
    assert_eq!(world.count::<Visit>(), 0);
    world.sound();
}

fn visit_of(patient: &PatientId) -> VisitRegistered {
    VisitRegistered {
        visit: "v-late".into(),
        number: "0320261124999".to_owned(),
        patient: patient.clone(),
        payer: Payer::SelfPay,
        coverage: None,
        certificate: Certificate::None,
        typed: true,
        doctor: "u1".into(),
    }
}

/// Erasure that is stopped in its middle, by somebody who holds a settlement it wants to blank,
/// already holds the head: nobody else can end a write before it.
#[test]
fn erasure_holds_the_head_from_its_beginning() {
    let Some(world) = World::postgres("holds") else {
        return;
    };
    let patient = world.register(fields(1)).unwrap();
    let visit = world.visit(&world.arrive(&patient, None, None).unwrap());
    let batch = world.freeze(&visit, &[]).unwrap();
    let batch = world.batch(&batch);
    world.happen(&batch, BatchEvent::Settle, "").unwrap();
    let [second, third] = [world.again(KEY), world.again(KEY)];
    std::thread::scope(|scope| {
        let erased = world.store.db().transact("hold", |tx| {
            tx.execute("UPDATE settlement SET reason = reason", vec![])?;
            let erased = scope.spawn(|| second.erase(&world.who(), &world.dice, &patient));
            while count(&third, WAITING)? == 0 && !erased.is_finished() {
                std::thread::yield_now();
            }
            assert!(
                !erased.is_finished(),
                "erasure did not wait for the settlement"
            );
            let asked = third.db().transact("ask", |tx| tx.execute(HEAD, vec![]));
            assert!(asked.is_err(), "the head is free");
            Ok::<_, DbError>(erased)
        });
        erased.unwrap().join().unwrap().unwrap();
    });
    world.sound();
}

const HEAD: &str = "SELECT seq FROM journal_head FOR UPDATE NOWAIT";

/// Who waits to blank a settlement: no other test does.
const WAITING: &str = "SELECT COUNT(*) AS count FROM pg_stat_activity a
    WHERE a.wait_event_type = 'Lock' AND a.query LIKE 'UPDATE settlement SET reason%'";

cunyi_domain::row! {
    /// A count.
    pub struct Count {
        /// Count.
        pub count: i64,
    }
}

fn count(store: &Store, sql: &str) -> Result<i64, DbError> {
    let rows: Vec<Count> = store.db().read("count", |tx| tx.query(sql, vec![]))?;
    Ok(rows[0].count)
}
