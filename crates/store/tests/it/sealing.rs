//! Sealing: a sealed part opens with its key, in its place, unchanged, and not otherwise.

use std::collections::HashSet;

use cunyi_domain::ids::PatientId;
use cunyi_domain::journal::Entry;
use cunyi_domain::time::Moment;
use cunyi_store::local::{Message, Voucher};
use cunyi_store::seal::PatientKey;
use cunyi_store::{InstallationKey, Store, StoreError};
use proptest::prelude::*;

use crate::people::fields;
use crate::tables::table;
use crate::world::{Dice, KEY, World, clinic};

fn opens(store: &Store, entry: &Entry) -> bool {
    match store.db().read("open", |tx| store.open_personal(tx, entry)) {
        Ok(personal) => personal.is_some(),
        Err(StoreError::Sealed) => false,
        Err(other) => panic!("{other}"),
    }
}

/// Facts with a sealed part whose key is still there.
fn sealed(world: &World) -> Vec<Entry> {
    let keys: Vec<PatientId> = world
        .all::<PatientKey>()
        .into_iter()
        .map(|key| key.patient)
        .collect();
    let mut entries = world.all::<Entry>();
    entries.retain(|entry| {
        entry.sealed.is_some() && entry.patient.as_ref().is_some_and(|p| keys.contains(p))
    });
    entries
}

#[test]
fn another_installations_key_opens_nothing() {
    for world in World::shared("key") {
        world.fill().unwrap();
        let (same, other) = (world.again(KEY), world.again(InstallationKey::new([8; 32])));
        let entries = sealed(&world);
        assert!(entries.len() > 8);
        assert!(entries.iter().all(|entry| opens(&same, entry)));
        assert!(!entries.iter().any(|entry| opens(&other, entry)));
        assert!(matches!(
            other.replay_check(&clinic()),
            Err(StoreError::Sealed)
        ));
        // The chain covers what is sealed as it is: it verifies without any key.
        assert_eq!(
            other.verify(&clinic()).unwrap().problems,
            Vec::<String>::new()
        );
    }
}

#[test]
fn a_changed_or_shortened_seal_does_not_open() {
    let world = World::memory();
    world.fill().unwrap();
    for entry in sealed(&world) {
        let bytes = entry.sealed.clone().unwrap();
        for place in 0..bytes.len() {
            let mut changed = entry.clone();
            changed.sealed.as_mut().unwrap()[place] ^= 1;
            assert!(
                !opens(&world.store, &changed),
                "{} byte {place}",
                entry.kind
            );
            changed.sealed = Some(bytes[..place].to_vec());
            assert!(
                !opens(&world.store, &changed),
                "{} first {place} bytes",
                entry.kind
            );
        }
    }
}

#[test]
fn a_sealed_part_opens_beside_its_own_body_only() {
    let world = World::memory();
    world.fill().unwrap();
    // Two of one kind, one patient and one body: only the moment tells them apart.
    let patient = world.register(fields(7)).unwrap();
    world.correct(&patient, fields(7), fields(8)).unwrap();
    world.correct(&patient, fields(8), fields(9)).unwrap();
    let entries = sealed(&world);
    for (place, entry) in entries.iter().enumerate() {
        for (from, other) in entries.iter().enumerate() {
            let mut swapped = entry.clone();
            swapped.sealed.clone_from(&other.sealed);
            assert_eq!(
                opens(&world.store, &swapped),
                place == from,
                "{} {}",
                entry.kind,
                other.kind
            );
        }
        let tries: [fn(&mut Entry); 7] = [
            |e| e.clinic = "c2".into(),
            |e| e.kind.push('x'),
            |e| e.version += 1,
            |e| e.occurred_at = Moment(e.occurred_at.0 + 1),
            |e| e.actor = "u2".into(),
            |e| e.patient = Some("nobody".into()),
            |e| e.body.push(b' '),
        ];
        for (number, change) in tries.iter().enumerate() {
            let mut changed = entry.clone();
            change(&mut changed);
            assert!(
                !opens(&world.store, &changed),
                "{} change {number}",
                entry.kind
            );
        }
    }
}

#[test]
fn a_key_put_beside_another_patient_does_not_open() {
    let world = World::memory();
    let (one, two) = (
        world.register(fields(1)).unwrap(),
        world.register(fields(2)).unwrap(),
    );
    let keys = table("patient_key");
    let rows = keys.rows(&world);
    let column = keys
        .columns
        .iter()
        .position(|column| column.name == "sealed_key")
        .unwrap();
    keys.set(&world, &rows[0], column, rows[1][column].clone())
        .unwrap();
    keys.set(&world, &rows[1], column, rows[0][column].clone())
        .unwrap();
    assert!(
        sealed(&world)
            .iter()
            .all(|entry| !opens(&world.store, entry))
    );
    for patient in [one, two] {
        let found = world.store.db().read("key", |tx| {
            cunyi_store::seal::find(tx, world.store.key(), &clinic(), &patient).map(|_| ())
        });
        assert!(matches!(found, Err(StoreError::Sealed)));
    }
}

#[test]
fn no_nonce_is_used_twice() {
    let world = World::memory();
    world.fill().unwrap();
    for number in 0..50 {
        let patient = world.register(fields(number)).unwrap();
        world
            .correct(&patient, fields(number), fields(number))
            .unwrap();
    }
    let facts = world
        .all::<Entry>()
        .into_iter()
        .filter_map(|entry| entry.sealed);
    let keys = world
        .all::<PatientKey>()
        .into_iter()
        .map(|key| key.sealed_key);
    let vouchers = world.all::<Voucher>().into_iter().map(|row| row.sealed);
    let messages = world.all::<Message>().into_iter();
    let messages = messages
        .flat_map(|row| [Some(row.request), row.reply])
        .flatten();
    let all: Vec<Vec<u8>> = facts.chain(keys).chain(vouchers).chain(messages).collect();
    assert!(all.len() > 150);
    let nonces: HashSet<&[u8]> = all.iter().map(|sealed| &sealed[..12]).collect();
    assert_eq!(nonces.len(), all.len());
}

proptest! {
    #[test]
    fn what_is_sealed_opens_again_and_noise_does_not(
        what in ".{0,20}",
        plain in proptest::collection::vec(any::<u8>(), 0..300),
        noise in proptest::collection::vec(any::<u8>(), 0..300),
        seed: u64,
    ) {
        let sealed = KEY.seal(&what, &plain, &Dice::new(seed)).unwrap();
        prop_assert_eq!(KEY.open(&what, &sealed).unwrap(), plain);
        let elsewhere = [&what, " "].concat();
        prop_assert!(KEY.open(&elsewhere, &sealed).is_err());
        prop_assert!(KEY.open(&what, &noise).is_err());
        prop_assert!(InstallationKey::new([0; 32]).open(&what, &sealed).is_err());
    }
}
