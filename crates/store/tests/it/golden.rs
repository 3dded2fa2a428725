//! Samples of each kind and version of a fact, as they were once stored, with the row changes they
//! give. Samples are only ever added: `CUNYI_BLESS=1 cargo test -p cunyi-store golden` adds those
//! that are missing.

use std::collections::{BTreeMap, BTreeSet};

use cunyi_domain::fact::{About, Body, FactError, Personal, apply};
use cunyi_domain::journal::{Entry, hex};
use cunyi_domain::row::{Change, Value};
use cunyi_domain::time::Moment;
use proptest::prelude::*;
use serde::{Deserialize, Serialize};

use crate::world::{World, clinic};

#[derive(Serialize, Deserialize)]
struct Sample {
    kind: String,
    version: i64,
    /// The stored bytes: JSON in UTF-8.
    body: String,
    /// The personal part as it is sealed, if there is one.
    personal: Option<String>,
    /// What it does to the ledger.
    changes: Vec<String>,
    /// What it does when the patient has been erased.
    erased: Vec<String>,
}

fn path() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/facts.json")
}

fn samples() -> Vec<Sample> {
    let text = std::fs::read(path()).unwrap_or_else(|_| b"[]".to_vec());
    serde_json::from_slice(&text).unwrap()
}

fn changes(body: Body, personal: Option<Personal>) -> Vec<String> {
    let about = About {
        clinic: clinic(),
        occurred_at: Moment(1),
        actor: "u9".into(),
    };
    apply(&about, body, personal).iter().map(line).collect()
}

fn written(value: &Value) -> String {
    match value {
        Value::Null(_) => "NULL".to_owned(),
        Value::Int(int) => int.to_string(),
        Value::Text(text) => format!("'{text}'"),
        Value::Bytes(bytes) => format!("x'{}'", hex(bytes)),
    }
}

fn pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a Value)>) -> String {
    let pairs = pairs
        .into_iter()
        .map(|(name, value)| format!("{name}={}", written(value)));
    pairs.collect::<Vec<_>>().join(" ")
}

fn named<'a>(set: &'a [(&'static str, Value)]) -> impl Iterator<Item = (&'a str, &'a Value)> {
    set.iter().map(|(name, value)| (*name, value))
}

fn line(change: &Change) -> String {
    match change {
        Change::Insert {
            table,
            columns,
            values,
        } => {
            let names = columns.iter().map(|column| column.name);
            format!("insert {table}: {}", pairs(names.zip(values)))
        }
        Change::Update {
            table,
            set,
            add,
            only,
        } => {
            let added = add.iter().map(|(name, delta)| format!("{name}+={delta} "));
            let added: String = added.collect();
            format!(
                "update {table}: {added}{} only {}",
                pairs(named(set)),
                pairs(named(only))
            )
        }
        Change::UpdateAll { table, set, only } => {
            format!(
                "update all {table}: {} only {}",
                pairs(named(set)),
                pairs(named(only))
            )
        }
        Change::Remove { table, only } => format!("remove {table}: {}", pairs(named(only))),
        Change::Delete { table, only } => format!("delete all {table}: {}", pairs(named(only))),
    }
}

/// What a sample stands for: its kind, its version, and which tables and columns it writes.
type Key = (String, i64, BTreeSet<String>);

fn key(sample: &Sample) -> Key {
    // The lines without their values: every second part is quoted, the rest is digits.
    let names = |line: &String| {
        let parts: String = line.split('\'').step_by(2).collect();
        let kept = parts.chars().filter(|c| !c.is_ascii_digit() && *c != '-');
        kept.collect::<String>().replace("NULL", "")
    };
    let shape = sample.changes.iter().map(names).collect();
    (sample.kind.clone(), sample.version, shape)
}

/// The first fact of each kind and shape in a filled clinic's journal.
fn fresh() -> BTreeMap<Key, Sample> {
    let world = World::memory();
    world.fill().unwrap();
    let mut first = BTreeMap::new();
    for entry in world.all::<Entry>() {
        let sample = sample(&world, entry);
        first.entry(key(&sample)).or_insert(sample);
    }
    first
}

fn sample(world: &World, entry: Entry) -> Sample {
    let open = world
        .store
        .db()
        .read("open", |tx| world.store.open_personal(tx, &entry));
    let personal = open.unwrap();
    let body = Body::decode(&entry.kind, entry.version, &entry.body).unwrap();
    Sample {
        erased: changes(body.clone(), None),
        changes: changes(body, personal.clone()),
        personal: personal.map(|personal| serde_json::to_string(&personal).unwrap()),
        body: String::from_utf8(entry.body).unwrap(),
        kind: entry.kind,
        version: entry.version,
    }
}

fn bless() {
    let mut known = samples();
    let keys: BTreeSet<Key> = known.iter().map(key).collect();
    let fresh = fresh().into_iter();
    let missing = fresh.filter(|(key, _)| !keys.contains(key));
    known.extend(missing.map(|(_, sample)| sample));
    std::fs::write(path(), serde_json::to_string_pretty(&known).unwrap() + "\n").unwrap();
}

#[test]
fn every_kind_and_version_ever_stored_is_read_and_applied_as_then() {
    if std::env::var_os("CUNYI_BLESS").is_some() {
        bless();
    }
    let samples = samples();
    let known: BTreeSet<_> = samples
        .iter()
        .map(|s| (s.kind.as_str(), s.version))
        .collect();
    let kinds: BTreeSet<_> = Body::KINDS.iter().copied().collect();
    assert_eq!(
        known, kinds,
        "a kind without a sample, or one that is no longer read"
    );
    for sample in samples {
        let name = format!("{} {}", sample.kind, sample.version);
        let body = Body::decode(&sample.kind, sample.version, sample.body.as_bytes());
        let body = body.expect(&name);
        let personal = sample
            .personal
            .map(|text| serde_json::from_str(&text).expect(&name));
        assert_eq!(changes(body.clone(), None), sample.erased, "{name}, erased");
        assert_eq!(changes(body, personal), sample.changes, "{name}");
    }
}

#[test]
fn a_filled_clinic_has_every_kind_and_writes_the_bytes_it_reads() {
    let fresh = fresh();
    let sampled: BTreeSet<Key> = samples().iter().map(key).collect();
    for key in fresh.keys() {
        assert!(sampled.contains(key), "no sample of {key:?}");
    }
    let kinds: BTreeSet<_> = fresh
        .keys()
        .map(|(kind, version, _)| (kind.as_str(), *version))
        .collect();
    assert_eq!(kinds, Body::KINDS.iter().copied().collect());
    for sample in fresh.values() {
        let body = Body::decode(&sample.kind, sample.version, sample.body.as_bytes()).unwrap();
        assert_eq!(body.encode(), sample.body.as_bytes());
        assert_eq!(
            (body.kind(), body.version()),
            (sample.kind.as_str(), sample.version)
        );
    }
}

#[test]
fn no_word_that_somebody_typed_stands_in_a_clear_body() {
    for sample in samples() {
        for word in [
            "柳大",
            "柳小五",
            "4105221",
            "1390000",
            "咳嗽",
            "老柳",
            "多收",
            "4100000000",
        ] {
            assert!(!sample.body.contains(word), "{word} in {}", sample.kind);
        }
    }
}

#[test]
fn a_kind_of_tomorrow_is_unknown_and_not_an_accident() {
    let unknown = |kind: &str, version| FactError::Unknown {
        kind: kind.to_owned(),
        version,
    };
    assert_eq!(
        Body::decode("moon_landed", 1, b"{}"),
        Err(unknown("moon_landed", 1))
    );
    assert_eq!(
        Body::decode("visit_moved", 2, b"{}"),
        Err(unknown("visit_moved", 2))
    );
}

proptest! {
    #[test]
    fn hostile_bytes_are_malformed(
        place in 0..Body::KINDS.len(),
        bytes in proptest::collection::vec(any::<u8>(), 0..200),
    ) {
        let (kind, version) = Body::KINDS[place];
        let read = Body::decode(kind, version, &bytes);
        prop_assert!(matches!(read, Err(FactError::Malformed(_))));
    }

    #[test]
    fn a_damaged_fact_never_panics(place in 0..Body::KINDS.len(), at in any::<usize>(), byte: u8) {
        let samples = samples();
        let sample = &samples[place % samples.len()];
        let mut bytes = sample.body.clone().into_bytes();
        let at = at % bytes.len();
        bytes[at] = byte;
        if let Ok(body) = Body::decode(&sample.kind, sample.version, &bytes) {
            changes(body, None);
        }
    }
}
