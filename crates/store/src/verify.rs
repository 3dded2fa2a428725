//! Proofs: the journal's chain is whole, and replaying it gives the ledger that stands there.

use cunyi_db::{Db, Durability, Target};
use cunyi_domain::fact::{About, Body, Personal, apply};
use cunyi_domain::ids::ClinicId;
use cunyi_domain::journal::{ALGORITHM, Entry, GENESIS, Head, follows};
use cunyi_domain::ledger;
use cunyi_domain::row::{Field, Kind, TableRow, Value};

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

fn walk(tx: &mut Tx<'_>, head: &Head) -> Result<Report, StoreError> {
    let (mut seq, mut hash, mut alg) = (0, GENESIS.to_vec(), ALGORITHM.to_owned());
    let mut problems = Vec::new();
    loop {
        let entries = page(tx, head, seq)?;
        if entries.is_empty() {
            break;
        }
        for entry in entries {
            if let Err(what) = follows(&entry, seq, &hash) {
                problems.push(format!("fact {}: {what}", entry.seq));
            }
            (seq, hash, alg) = (entry.seq, entry.hash, entry.alg);
        }
    }
    if (head.seq, &head.hash, &head.alg) != (seq, &hash, &alg) {
        let said = head.seq;
        problems.push(format!(
            "the head of {said} facts is not the journal's end at {seq}"
        ));
    }
    problems.extend(other_epochs(tx, head, seq)?);
    Ok(Report {
        facts: seq,
        problems,
    })
}

impl Store {
    /// Walks a clinic's chain from the first fact to the head.
    pub fn verify(&self, clinic: &ClinicId) -> Result<Report, StoreError> {
        self.db().read("verify", |tx| {
            let problems = mistyped_journal(tx, clinic)?;
            if problems.is_empty() {
                let head = head(tx, clinic)?;
                walk(tx, &head)
            } else {
                // A number that is none cannot be walked by.
                Ok(Report { facts: 0, problems })
            }
        })
    }

    /// Facts of clinics that are not installed here, or have no head: no clinic's check sees them.
    pub fn strays(&self) -> Result<i64, StoreError> {
        let installed = "SELECT h.clinic FROM journal_head h JOIN clinic c ON c.clinic = h.clinic";
        let sql = format!("SELECT COUNT(*) AS n FROM journal WHERE clinic NOT IN ({installed})");
        self.db().read("strays", |tx| count(tx, &sql, vec![]))
    }

    /// What SQLite finds wrong with its own file; nothing on PostgreSQL. A key changed in a row alone
    /// is read from the index, so the walk would not see it.
    pub fn damage(&self) -> Result<Vec<String>, StoreError> {
        self.db().read("damage", |tx| {
            if !tx.is_sqlite() {
                return Ok(Vec::new());
            }
            let sql = "SELECT integrity_check AS said FROM pragma_integrity_check";
            let said: Vec<Said> = tx.query(sql, vec![])?;
            let said = said.into_iter().map(|row| row.said);
            Ok(said.filter(|said| said != "ok").collect())
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
                let mut problems = mistyped_journal(from, clinic)?;
                if !problems.is_empty() {
                    return Ok(Report { facts: 0, problems });
                }
                let facts = self.replay(from, to, clinic)?;
                problems.extend(mistyped(from, clinic)?);
                problems.extend(compare_all(from, to, clinic)?);
                Ok(Report { facts, problems })
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

cunyi_domain::row! {
    /// A number of rows.
    pub struct Count {
        /// How many.
        pub n: i64,
    }
}

cunyi_domain::row! {
    /// What an engine says of its own file.
    pub struct Said {
        /// In its words.
        pub said: String,
    }
}

fn count(tx: &mut Tx<'_>, sql: &str, values: Vec<Value>) -> Result<i64, StoreError> {
    let rows: Vec<Count> = tx.query(sql, values)?;
    Ok(rows.first().map_or(0, |row| row.n))
}

/// The walk sees the head's epoch alone; until restoring is built there is no other.
fn other_epochs(tx: &mut Tx<'_>, head: &Head, seen: i64) -> Result<Option<String>, StoreError> {
    let sql = "SELECT COUNT(*) AS n FROM journal WHERE clinic = ?";
    let all = count(tx, sql, vec![head.clinic.clone().into_value()])?;
    Ok((all != seen).then(|| format!("the journal holds {all} facts, its chain {seen}")))
}

/// SQLite keeps any value in any column, and reading turns it into what is expected: `'100x'` reads
/// as 100. So the stored types of a clinic's ledger are looked at, too; one line a table.
pub fn mistyped(tx: &mut Tx<'_>, clinic: &ClinicId) -> Result<Vec<String>, StoreError> {
    let mut problems = Vec::new();
    for (_, types) in LEDGER {
        problems.extend(types(tx, clinic)?);
    }
    Ok(problems)
}

fn mistyped_journal(tx: &mut Tx<'_>, clinic: &ClinicId) -> Result<Vec<String>, StoreError> {
    let entries = mistyped_of::<Entry>(tx, clinic)?;
    let head = mistyped_of::<Head>(tx, clinic)?;
    Ok(entries.into_iter().chain(head).collect())
}

fn mistyped_of<R: TableRow>(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
) -> Result<Option<String>, StoreError> {
    if !tx.is_sqlite() {
        return Ok(None);
    }
    let wrong = R::COLUMNS.iter().map(|column| {
        let kind = match column.kind {
            Kind::Int => "integer",
            Kind::Text => "text",
            Kind::Bytes => "blob",
        };
        let null = if column.nullable { ", 'null'" } else { "" };
        format!("typeof({}) NOT IN ('{kind}'{null})", column.name)
    });
    let wrong: Vec<String> = wrong.collect();
    let (table, wrong) = (R::TABLE, wrong.join(" OR "));
    let sql = format!("SELECT COUNT(*) AS n FROM {table} WHERE clinic = ? AND ({wrong})");
    let rows = count(tx, &sql, vec![clinic.clone().into_value()])?;
    Ok((rows > 0).then(|| format!("{table}: {rows} rows hold a value of another type")))
}

type Compare = fn(&mut Tx<'_>, &mut Tx<'_>, &ClinicId) -> Result<Option<String>, StoreError>;
type Types = fn(&mut Tx<'_>, &ClinicId) -> Result<Option<String>, StoreError>;

const fn checks<R: TableRow + PartialEq>() -> (Compare, Types) {
    (compare::<R>, mistyped_of::<R>)
}

/// Every ledger table.
const LEDGER: [(Compare, Types); 31] = [
    checks::<ledger::Patient>(),
    checks::<ledger::Allergy>(),
    checks::<ledger::Coverage>(),
    checks::<ledger::Visit>(),
    checks::<ledger::Registration>(),
    checks::<ledger::Diagnosis>(),
    checks::<ledger::Charge>(),
    checks::<ledger::Batch>(),
    checks::<ledger::RefundRest>(),
    checks::<ledger::Settlement>(),
    checks::<ledger::Payment>(),
    checks::<ledger::Evidence>(),
    checks::<ledger::Clearing>(),
    checks::<ledger::ClearingPart>(),
    checks::<ledger::ClearingEntry>(),
    checks::<ledger::WrittenOff>(),
    checks::<ledger::Undone>(),
    checks::<ledger::Lot>(),
    checks::<ledger::StockMove>(),
    checks::<ledger::Reservation>(),
    checks::<ledger::GoodsDecision>(),
    checks::<ledger::FollowUp>(),
    checks::<ledger::FollowUpEnd>(),
    checks::<ledger::SkinTest>(),
    checks::<ledger::PaperEntry>(),
    checks::<ledger::Course>(),
    checks::<ledger::ReceiptBook>(),
    checks::<ledger::Receipt>(),
    checks::<ledger::ElectronicReceipt>(),
    checks::<ledger::Referral>(),
    checks::<ledger::Access>(),
];

fn compare_all(
    a: &mut Tx<'_>,
    b: &mut Tx<'_>,
    clinic: &ClinicId,
) -> Result<Vec<String>, StoreError> {
    let mut problems = Vec::new();
    for (compare, _) in LEDGER {
        problems.extend(compare(a, b, clinic)?);
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
