//! Proofs: the journal's chain is whole, and replaying it gives the ledger that stands there.

use cunyi_db::{Db, Durability, Target};
use cunyi_domain::fact::{About, Body, Personal, apply};
use cunyi_domain::ids::ClinicId;
use cunyi_domain::journal::{Entry, GENESIS, Head, follows};
use cunyi_domain::ledger;
use cunyi_domain::row::{Field, TableRow, Value};

use crate::reference::{Clinic, User};
use crate::{MIGRATIONS, Store, StoreError, Tx, seal};

/// What a check of a clinic's journal found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Facts read.
    pub facts: i64,
    /// What is wrong, first things first; empty is good.
    pub problems: Vec<String>,
}

/// Facts read at a time.
const PAGE: i64 = 1000;

fn page(tx: &mut Tx<'_>, head: &Head, after: i64) -> Result<Vec<Entry>, StoreError> {
    let key = vec![
        head.clinic.clone().into_value(),
        Value::Int(head.epoch),
        Value::Int(after),
    ];
    let sql = format!("WHERE clinic = ? AND epoch = ? AND seq > ? ORDER BY seq LIMIT {PAGE}");
    Ok(tx.select(&sql, key)?)
}

fn head(tx: &mut Tx<'_>, clinic: &ClinicId) -> Result<Head, StoreError> {
    let found = tx.find("WHERE clinic = ?", vec![clinic.clone().into_value()])?;
    found.ok_or(StoreError::NoClinic)
}

impl Store {
    /// Walks a clinic's chain from the first fact to the head.
    pub fn verify(&self, clinic: &ClinicId) -> Result<Report, StoreError> {
        self.db().read("verify", |tx| {
            let head = head(tx, clinic)?;
            let (mut seq, mut hash) = (0, GENESIS.to_vec());
            let mut problems = Vec::new();
            loop {
                let entries = page(tx, &head, seq)?;
                if entries.is_empty() {
                    break;
                }
                for entry in entries {
                    if let Err(what) = follows(&entry, seq, &hash) {
                        problems.push(format!("fact {}: {what}", entry.seq));
                    }
                    (seq, hash) = (entry.seq, entry.hash);
                }
            }
            if (head.seq, &head.hash) != (seq, &hash) {
                problems.push(format!(
                    "the head says {} facts, the journal ends at {seq}",
                    head.seq
                ));
            }
            Ok(Report {
                facts: seq,
                problems,
            })
        })
    }

    /// Rebuilds the ledger in memory from the journal and compares it row by row in key order.
    pub fn replay_check(&self, clinic: &ClinicId) -> Result<Report, StoreError> {
        let copy = Db::open(Target::Memory, Durability::Scratch, MIGRATIONS)?;
        self.db().read("replay", |from| {
            copy.transact("replay", |to| {
                for row in from.select::<Clinic>("", vec![])? {
                    to.insert(row)?;
                }
                for row in from.select::<User>("", vec![])? {
                    to.insert(row)?;
                }
                let facts = self.replay(from, to, clinic)?;
                Ok(Report {
                    facts,
                    problems: compare_all(from, to, clinic)?,
                })
            })
        })
    }

    /// Applies every fact of a clinic's journal to another database; answers how many.
    pub fn replay(
        &self,
        from: &mut Tx<'_>,
        to: &mut Tx<'_>,
        clinic: &ClinicId,
    ) -> Result<i64, StoreError> {
        let head = head(from, clinic)?;
        let mut seq = 0;
        loop {
            let entries = page(from, &head, seq)?;
            let Some(last) = entries.last() else {
                return Ok(seq);
            };
            seq = last.seq;
            for entry in entries {
                let personal = self.open_personal(from, &entry)?;
                let body = Body::decode(&entry.kind, entry.version, &entry.body);
                let about = About {
                    clinic: entry.clinic,
                    occurred_at: entry.occurred_at,
                    actor: entry.actor,
                };
                for change in apply(&about, body.map_err(StoreError::Fact)?, personal) {
                    to.change(change)?;
                }
            }
        }
    }

    /// Opens a fact's sealed part; nothing when there is none, or the patient was erased.
    pub fn open_personal(
        &self,
        tx: &mut Tx<'_>,
        entry: &Entry,
    ) -> Result<Option<Personal>, StoreError> {
        let (Some(patient), Some(sealed)) = (&entry.patient, &entry.sealed) else {
            return Ok(None);
        };
        let Some(key) = seal::find(tx, &self.key, &entry.clinic, patient)? else {
            return Ok(None);
        };
        let plain = key.open(&seal::place(entry), sealed)?;
        serde_json::from_slice(&plain)
            .map(Some)
            .map_err(|_| StoreError::Sealed)
    }
}

type Compare = fn(&mut Tx<'_>, &mut Tx<'_>, &ClinicId) -> Result<Option<String>, StoreError>;

/// Every ledger table.
const LEDGER: [Compare; 12] = [
    compare::<ledger::Patient>,
    compare::<ledger::Allergy>,
    compare::<ledger::Coverage>,
    compare::<ledger::Visit>,
    compare::<ledger::Diagnosis>,
    compare::<ledger::Charge>,
    compare::<ledger::Batch>,
    compare::<ledger::Settlement>,
    compare::<ledger::Lot>,
    compare::<ledger::StockMove>,
    compare::<ledger::Reservation>,
    compare::<ledger::Access>,
];

fn compare_all(
    a: &mut Tx<'_>,
    b: &mut Tx<'_>,
    clinic: &ClinicId,
) -> Result<Vec<String>, StoreError> {
    let mut problems = Vec::new();
    for table in LEDGER {
        problems.extend(table(a, b, clinic)?);
    }
    Ok(problems)
}

fn compare<R: TableRow + PartialEq>(
    a: &mut Tx<'_>,
    b: &mut Tx<'_>,
    clinic: &ClinicId,
) -> Result<Option<String>, StoreError> {
    let rest = format!("WHERE clinic = ? ORDER BY {}", R::KEY.join(", "));
    let stands: Vec<R> = a.select(&rest, vec![clinic.clone().into_value()])?;
    let rebuilt: Vec<R> = b.select(&rest, vec![clinic.clone().into_value()])?;
    if stands.len() != rebuilt.len() {
        let (here, there) = (stands.len(), rebuilt.len());
        return Ok(Some(format!(
            "{}: {here} rows stand, replay gives {there}",
            R::TABLE
        )));
    }
    let differs = stands.iter().zip(&rebuilt).position(|(x, y)| x != y);
    Ok(differs.map(|place| format!("{}: row {} differs from the replay", R::TABLE, place + 1)))
}
