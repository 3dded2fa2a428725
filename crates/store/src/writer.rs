//! The one way to write: facts, their row changes, and the journal's head at the end.

use std::collections::HashMap;

use cunyi_domain::fact::{About, Body, Personal, apply};
use cunyi_domain::ids::{ClinicId, PatientId, UserId};
use cunyi_domain::journal::{ALGORITHM, Entry, Head, hash};
use cunyi_domain::row::{Field, Value};
use cunyi_domain::time::{Moment, Rng};

use crate::seal::{self, OpenKey};
use crate::{Store, StoreError, Tx};

/// Who writes, where and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Who {
    /// Clinic.
    pub clinic: ClinicId,
    /// User.
    pub actor: UserId,
    /// Now.
    pub now: Moment,
}

/// A write transaction that records facts.
pub struct Writer<'a, 't> {
    /// The transaction, for reads and local tables.
    pub tx: &'a mut Tx<'t>,
    /// Who writes.
    pub who: &'a Who,
    /// Randomness.
    pub rng: &'a dyn Rng,
    store: &'a Store,
    facts: Vec<Entry>,
    keys: HashMap<PatientId, OpenKey>,
}

impl Store {
    /// Runs `work` in one transaction; the facts it records are chained just before COMMIT.
    pub fn write<T, E: From<StoreError> + From<cunyi_db::DbError>>(
        &self,
        who: &Who,
        rng: &dyn Rng,
        name: &'static str,
        work: impl FnOnce(&mut Writer<'_, '_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.db().transact(name, |tx| {
            let (facts, keys) = (Vec::new(), HashMap::new());
            let mut writer = Writer {
                tx,
                who,
                rng,
                store: self,
                facts,
                keys,
            };
            let value = work(&mut writer)?;
            writer.append()?;
            Ok(value)
        })
    }
}

impl Writer<'_, '_> {
    /// Applies a fact and keeps it for the journal. A personal part needs the patient it is about.
    pub fn record(
        &mut self,
        body: impl Into<Body>,
        patient: Option<&PatientId>,
        personal: Option<Personal>,
    ) -> Result<(), StoreError> {
        let mut body = body.into();
        let words = body.take_words();
        let personal = personal.or(words);
        let mut entry = Entry {
            clinic: self.who.clinic.clone(),
            epoch: 0,
            seq: 0,
            kind: body.kind().to_owned(),
            version: body.version(),
            occurred_at: self.who.now,
            recorded_at: self.who.now,
            actor: self.who.actor.clone(),
            patient: patient.cloned(),
            body: body.encode(),
            sealed: None,
            alg: ALGORITHM.to_owned(),
            prev_hash: Vec::new(),
            hash: Vec::new(),
        };
        if let Some(personal) = &personal {
            entry.sealed = Some(self.seal_personal(&entry, &body, personal)?);
        }
        self.facts.push(entry);
        let about = About {
            clinic: self.who.clinic.clone(),
            occurred_at: self.who.now,
            actor: self.who.actor.clone(),
        };
        for change in apply(&about, body, personal) {
            self.tx.change(change)?;
        }
        Ok(())
    }

    fn seal_personal(
        &mut self,
        entry: &Entry,
        body: &Body,
        personal: &Personal,
    ) -> Result<Vec<u8>, StoreError> {
        let patient = entry.patient.as_ref().ok_or(StoreError::Sealed)?;
        if matches!(body, Body::PatientRegistered(_)) {
            let clinic = &self.who.clinic;
            let key = seal::create(self.tx, &self.store.key, clinic, patient, self.rng)?;
            self.keys.insert(patient.clone(), key);
        }
        let plain = serde_json::to_vec(personal).map_err(|_| StoreError::Sealed)?;
        self.seal(patient, &seal::place(entry), &plain)
    }

    /// Seals bytes under a patient's key.
    pub fn seal(
        &mut self,
        patient: &PatientId,
        what: &str,
        plain: &[u8],
    ) -> Result<Vec<u8>, StoreError> {
        if !self.keys.contains_key(patient) {
            let key = seal::find(self.tx, &self.store.key, &self.who.clinic, patient)?;
            self.keys
                .insert(patient.clone(), key.ok_or(StoreError::Erased)?);
        }
        self.keys[patient].seal(what, plain, self.rng)
    }

    /// The last statements before COMMIT: locks the head, hashes, inserts, stores the new head.
    fn append(self) -> Result<(), StoreError> {
        if self.facts.is_empty() {
            return Ok(());
        }
        let clinic = &self.who.clinic;
        let count = i64::try_from(self.facts.len()).unwrap_or(i64::MAX);
        let heads: Vec<Head> = self.tx.query(
            "UPDATE journal_head SET seq = seq + ? WHERE clinic = ? RETURNING clinic, epoch, seq, hash, alg",
            vec![Value::Int(count), clinic.clone().into_value()],
        )?;
        let head = heads.into_iter().next().ok_or(StoreError::NoClinic)?;
        // Erasure holds the head from its first statement on: whoever sealed under a key that is
        // gone by now was too late and leaves nothing.
        for patient in self.keys.keys() {
            seal::find(self.tx, &self.store.key, clinic, patient)?.ok_or(StoreError::Erased)?;
        }
        let (mut seq, mut prev_hash) = (head.seq - count, head.hash);
        for mut fact in self.facts {
            seq += 1;
            fact.epoch = head.epoch;
            fact.seq = seq;
            fact.prev_hash.clone_from(&prev_hash);
            fact.hash = hash(&fact).to_vec();
            prev_hash.clone_from(&fact.hash);
            self.tx.insert(fact)?;
        }
        self.tx.execute(
            "UPDATE journal_head SET hash = ?, alg = ? WHERE clinic = ?",
            vec![
                Value::Bytes(prev_hash),
                ALGORITHM.to_owned().into_value(),
                clinic.clone().into_value(),
            ],
        )?;
        Ok(())
    }
}
