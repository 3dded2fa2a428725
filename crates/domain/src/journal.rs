//! The journal's hash chain: what is hashed, and how.

use sm3::{Digest, Sm3};

use crate::ids::{ClinicId, PatientId, UserId};
use crate::time::Moment;

/// Names the hash and, after the `+`, the seal of the personal part.
pub const ALGORITHM: &str = "sm3+aes256gcm";

/// The hash before a clinic's first fact.
pub const GENESIS: [u8; 32] = [0; 32];

table! {
    /// A fact as it is stored: the bytes that were hashed are the bytes that are here.
    pub struct Entry in "journal" (Local, ["clinic", "epoch", "seq"]) {
        /// Clinic.
        pub clinic: ClinicId,
        /// Counts restorations and changes of the machine.
        pub epoch: i64,
        /// From 1 without gaps.
        pub seq: i64,
        /// What happened.
        pub kind: String,
        /// Version of the body.
        pub version: i64,
        /// When it happened, microseconds UTC.
        pub occurred_at: Moment,
        /// When it was written down, microseconds UTC.
        pub recorded_at: Moment,
        /// Who.
        pub actor: UserId,
        /// Whose, if it is about a patient.
        pub patient: Option<PatientId>,
        /// JSON without personal data.
        pub body: Vec<u8>,
        /// The personal part, sealed under the patient's key.
        pub sealed: Option<Vec<u8>>,
        /// How it is hashed and sealed.
        pub alg: String,
        /// The hash before.
        pub prev_hash: Vec<u8>,
        /// This one's hash.
        pub hash: Vec<u8>,
    }
}

table! {
    /// The head of a clinic's journal, locked by every writer of facts.
    pub struct Head in "journal_head" (Local, ["clinic"]) {
        /// Clinic.
        pub clinic: ClinicId,
        /// Epoch.
        pub epoch: i64,
        /// Last number given.
        pub seq: i64,
        /// Its hash.
        pub hash: Vec<u8>,
        /// How that fact is hashed and sealed.
        pub alg: String,
    }
}

/// SM3 over the entry's fields, each with its length before it, and the hash before. What may be
/// missing is preceded by whether it is there: none and empty are not the same.
pub fn hash(entry: &Entry) -> [u8; 32] {
    let mut sm3 = Sm3::new();
    let mut field = |bytes: &[u8]| {
        sm3.update((bytes.len() as u64).to_be_bytes());
        sm3.update(bytes);
    };
    field(entry.clinic.as_str().as_bytes());
    for number in [
        entry.epoch,
        entry.seq,
        entry.version,
        entry.occurred_at.0,
        entry.recorded_at.0,
    ] {
        field(&number.to_be_bytes());
    }
    field(entry.kind.as_bytes());
    field(entry.actor.as_str().as_bytes());
    let patient = entry.patient.as_ref().map(|id| id.as_str().as_bytes());
    field(&[u8::from(patient.is_some())]);
    field(patient.unwrap_or_default());
    field(&entry.body);
    field(&[u8::from(entry.sealed.is_some())]);
    field(entry.sealed.as_deref().unwrap_or_default());
    field(entry.alg.as_bytes());
    field(&entry.prev_hash);
    sm3.finalize().into()
}

/// SM3 of bytes as `sm3:` and 64 hex digits: what is kept of a request, a file or a token. A stored
/// hash names its algorithm.
pub fn digest(bytes: &[u8]) -> String {
    format!("sm3:{}", hex(&Sm3::digest(bytes)))
}

/// The beginning of a digest that names a version: `sm3:` and twelve hex digits.
pub fn version(digest: &str) -> &str {
    digest.get(..16).unwrap_or(digest)
}

/// Lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from(b"0123456789abcdef"[usize::from(nibble)]);
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}

/// Checks an entry against the one before it.
pub fn follows(entry: &Entry, prev_seq: i64, prev_hash: &[u8]) -> Result<(), &'static str> {
    if entry.seq != prev_seq + 1 {
        Err("gap")
    } else if entry.prev_hash != prev_hash {
        Err("chain")
    } else if entry.hash != hash(entry) {
        Err("hash")
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> Entry {
        let mut entry = Entry {
            clinic: "c1".into(),
            epoch: 1,
            seq: 1,
            kind: "visit_moved".to_owned(),
            version: 1,
            occurred_at: Moment(5),
            recorded_at: Moment(6),
            actor: "u1".into(),
            patient: Some("p1".into()),
            body: b"{}".to_vec(),
            sealed: Some(vec![1, 2, 3]),
            alg: ALGORITHM.to_owned(),
            prev_hash: GENESIS.to_vec(),
            hash: vec![],
        };
        entry.hash = hash(&entry).to_vec();
        entry
    }

    #[test]
    fn a_change_of_any_field_is_found() {
        let good = entry();
        assert_eq!(follows(&good, 0, &GENESIS), Ok(()));
        let changes: [fn(&mut Entry); 15] = [
            |e| e.clinic = "c2".into(),
            |e| e.epoch = 2,
            |e| e.seq = 2,
            |e| e.kind.push('x'),
            |e| e.version = 2,
            |e| e.occurred_at.0 += 1,
            |e| e.recorded_at.0 += 1,
            |e| e.actor = "u2".into(),
            |e| e.patient = None,
            |e| e.patient = Some("".into()),
            |e| e.body.push(b' '),
            |e| e.sealed = None,
            |e| e.sealed = Some(vec![]),
            |e| e.alg.clear(),
            |e| e.prev_hash[0] = 1,
        ];
        for (i, change) in changes.iter().enumerate() {
            let mut bad = good.clone();
            change(&mut bad);
            assert!(follows(&bad, 0, &GENESIS).is_err(), "change {i}");
        }
    }

    #[test]
    fn none_and_empty_are_told_apart() {
        let (mut none, mut empty) = (entry(), entry());
        (none.patient, none.sealed) = (None, None);
        (empty.patient, empty.sealed) = (Some("".into()), None);
        assert_ne!(hash(&none), hash(&empty));
        (empty.patient, empty.sealed) = (None, Some(vec![]));
        assert_ne!(hash(&none), hash(&empty));
    }

    #[test]
    fn moving_a_byte_between_fields_is_found() {
        let (mut a, mut b) = (entry(), entry());
        a.kind = "ab".to_owned();
        a.actor = "c".into();
        b.kind = "a".to_owned();
        b.actor = "bc".into();
        assert_ne!(hash(&a), hash(&b));
    }
}
