//! A demo visit as it was written: read back from the journal and the messages, transaction by
//! transaction.

use std::collections::{BTreeMap, BTreeSet};

use cunyi_domain::fact::{About, Body, Personal, apply};
use cunyi_domain::ids::{ClinicId, MessageId, VisitId};
use cunyi_domain::journal::Entry;
use cunyi_domain::ledger::{Batch, Payer, StockMove, Visit, VisitState};
use cunyi_domain::row::{Change, Field, Value};
use cunyi_domain::time::Moment;
use cunyi_store::local::{Counter, Message, MessageState};
use cunyi_store::{Store, StoreError, Tx, Who, query, reference, seal};

use crate::Result;

/// A fact with its personal part opened.
#[derive(Clone)]
pub struct Fact {
    /// As it stands in the journal.
    pub entry: Entry,
    /// Its personal part.
    pub personal: Option<Personal>,
}

impl Fact {
    /// Its body.
    pub fn body(&self) -> Result<Body> {
        let entry = &self.entry;
        let body = Body::decode(&entry.kind, entry.version, &entry.body);
        Ok(body.map_err(StoreError::Fact)?)
    }

    /// The ledger's row changes.
    pub fn changes(&self) -> Result<Vec<Change>> {
        let about = About {
            clinic: self.entry.clinic.clone(),
            occurred_at: self.entry.occurred_at,
            actor: self.entry.actor.clone(),
        };
        Ok(apply(&about, self.body()?, self.personal.clone()))
    }
}

/// A message with what it sealed.
#[derive(Clone)]
pub struct Call {
    /// As it stands after its answer.
    pub row: Message,
    /// The request's bytes.
    pub request: Vec<u8>,
    /// The reply's bytes.
    pub reply: Vec<u8>,
}

/// What one commit wrote: it has one moment, which is how it is found again.
#[derive(Clone)]
pub struct Transaction {
    /// Who wrote, and when.
    pub who: Who,
    /// Messages whose answer it kept.
    pub answered: Vec<Call>,
    /// Facts.
    pub facts: Vec<Fact>,
    /// Intents it committed.
    pub sent: Vec<Call>,
    /// Counters it set.
    pub counters: Vec<Counter>,
}

/// A whole visit.
pub struct Recorded {
    /// Its transactions in order, drafts apart.
    pub transactions: Vec<Transaction>,
    /// Settlement batches.
    pub batches: usize,
    ids: BTreeSet<String>,
}

/// Commits that a visit of so many batches may take, drafts apart.
pub const fn most_commits(batches: usize) -> usize {
    10 + 6 * (batches - 1)
}

/// The latest insured visit with so many batches, all settled and handed over, of a patient who
/// had been there before.
pub fn find(store: &Store, batches: usize) -> Result<Recorded> {
    store.db().read("find", |tx| {
        let clinics = reference::clinics(tx)?;
        let clinic = clinics
            .first()
            .ok_or("the demo has a clinic")?
            .clinic
            .clone();
        let rest = "WHERE clinic = ? AND state = ? AND payer = ? AND signed = 1
             AND ? = (SELECT COUNT(*) FROM batch b WHERE b.visit = visit.id)
             AND EXISTS (SELECT 1 FROM visit v WHERE v.patient = visit.patient
                         AND v.registered_at < visit.registered_at)
             ORDER BY registered_at DESC LIMIT 1";
        let values = vec![
            clinic.clone().into_value(),
            VisitState::Done.into_value(),
            Payer::Insured.into_value(),
            Value::Int(i64::try_from(batches)?),
        ];
        let visit: Option<Visit> = tx.find(rest, values)?;
        let visit = visit.ok_or("the demo has no such visit")?;
        Recorded::read(store, tx, &clinic, &visit)
    })
}

impl Recorded {
    fn read(store: &Store, tx: &mut Tx<'_>, clinic: &ClinicId, visit: &Visit) -> Result<Self> {
        let calls = calls(store, tx, clinic, visit)?;
        let batches = query::batches(tx, clinic, &visit.id)?;
        let ids = ids(tx, visit, &batches, &calls)?;
        let mut all: BTreeMap<Moment, Transaction> = BTreeMap::new();
        for entry in facts(tx, clinic, visit, &ids)? {
            let personal = store.open_personal(tx, &entry)?;
            let at = entry.recorded_at;
            let first = Transaction::at(&entry, at);
            let found = all.entry(at).or_insert(first);
            if entry.kind == "visit_registered" {
                found.count(clinic, "visit");
            }
            found.facts.push(Fact { entry, personal });
        }
        let entry = all.values().next().ok_or("a visit has facts")?.facts[0]
            .entry
            .clone();
        for call in calls {
            let at = call.row.requested_at;
            let found = all.entry(at).or_insert_with(|| Transaction::at(&entry, at));
            found.count(clinic, "msgid");
            found.sent.push(call.clone());
            let at = call
                .row
                .answered_at
                .ok_or("the demo's messages are answered")?;
            let found = all.entry(at).or_insert_with(|| Transaction::at(&entry, at));
            found.answered.push(call);
        }
        Ok(Self {
            transactions: all.into_values().collect(),
            batches: batches.len(),
            ids,
        })
    }

    /// Its transactions under ids of their own: the first seven characters of each id are the
    /// number, so that rows still come in order.
    pub fn instance(&self, number: usize) -> Result<Vec<Transaction>> {
        let fresh = |old: &str| format!("{number:07}{}", old.get(7..).unwrap_or_default());
        let rename = |text: &str| {
            let swap = |text: String, id: &String| text.replace(id.as_str(), &fresh(id));
            self.ids.iter().fold(text.to_owned(), swap)
        };
        let mut transactions = self.transactions.clone();
        for transaction in &mut transactions {
            for fact in &mut transaction.facts {
                let body = std::str::from_utf8(&fact.entry.body)?;
                fact.entry.body = rename(body).into_bytes();
            }
            for call in transaction.sent.iter_mut().chain(&mut transaction.answered) {
                call.row.id = MessageId(rename(call.row.id.as_str()));
                call.row.visit = call.row.visit.take().map(|id| VisitId(rename(id.as_str())));
                call.row.batch = call
                    .row
                    .batch
                    .take()
                    .map(|id| rename(id.as_str()).as_str().into());
            }
        }
        Ok(transactions)
    }

    /// Facts, rows and commits in words.
    pub fn describe(&self) -> String {
        let mut rows: BTreeMap<&str, usize> = BTreeMap::new();
        let mut add = |table, count| *rows.entry(table).or_default() += count;
        for transaction in &self.transactions {
            add(
                "message",
                transaction.sent.len() + transaction.answered.len(),
            );
            add("counter", transaction.counters.len());
            add("journal", transaction.facts.len());
            add(
                "journal_head",
                2 * usize::from(!transaction.facts.is_empty()),
            );
            for change in transaction
                .facts
                .iter()
                .filter_map(|f| f.changes().ok())
                .flatten()
            {
                add(table(&change), 1);
            }
        }
        format!(
            "a visit of {} batch(es): {} commits (limit {}), {} rows written {rows:?}",
            self.batches,
            self.transactions.len(),
            most_commits(self.batches),
            rows.values().sum::<usize>(),
        )
    }
}

/// The table that a change is of.
fn table(change: &Change) -> &'static str {
    match change {
        Change::Insert { table, .. }
        | Change::Update { table, .. }
        | Change::UpdateAll { table, .. }
        | Change::Remove { table, .. }
        | Change::Delete { table, .. } => table,
    }
}

impl Transaction {
    fn at(entry: &Entry, now: Moment) -> Self {
        let who = Who {
            clinic: entry.clinic.clone(),
            actor: entry.actor.clone(),
            now,
        };
        let (answered, facts, sent, counters) = Default::default();
        Self {
            who,
            answered,
            facts,
            sent,
            counters,
        }
    }

    fn count(&mut self, clinic: &ClinicId, name: &str) {
        self.counters.push(Counter {
            clinic: clinic.clone(),
            name: name.to_owned(),
            value: 1,
            second: self.who.now.0,
        });
    }
}

/// The visit's messages, opened.
fn calls(store: &Store, tx: &mut Tx<'_>, clinic: &ClinicId, visit: &Visit) -> Result<Vec<Call>> {
    let key = seal::find(tx, store.key(), clinic, &visit.patient)?;
    let key = key.ok_or("the demo erases nobody")?;
    let open = |row: Message| -> Result<Call> {
        let reply = row.reply.as_deref().unwrap_or_default();
        Ok(Call {
            request: key.open(&format!("request {}", row.id), &row.request)?,
            reply: key.open(&format!("reply {}", row.id), reply)?,
            row,
        })
    };
    let rows = query::messages(tx, clinic, &visit.id)?;
    let good = rows
        .into_iter()
        .filter(|row| row.state == MessageState::Success);
    good.map(open).collect()
}

/// Ids that are the visit's own. The numbers of batches and lines begin with the visit's.
fn ids(
    tx: &mut Tx<'_>,
    visit: &Visit,
    batches: &[Batch],
    calls: &[Call],
) -> Result<BTreeSet<String>> {
    let clinic = &visit.clinic;
    let mut ids = BTreeSet::from([visit.id.0.clone(), visit.number.clone()]);
    ids.extend(visit.coverage.iter().map(|id| id.0.clone()));
    ids.extend(batches.iter().map(|batch| batch.id.0.clone()));
    ids.extend(calls.iter().map(|call| call.row.id.0.clone()));
    let settlements = query::settlements(tx, clinic, &visit.id)?;
    ids.extend(settlements.into_iter().map(|settlement| settlement.id.0));
    for charge in query::charges(tx, clinic, &visit.id)? {
        let values = vec![clinic.clone().into_value(), charge.id.into_value()];
        let moves: Vec<StockMove> = tx.select("WHERE clinic = ? AND charge = ?", values)?;
        ids.extend(moves.into_iter().map(|row| row.id.0));
    }
    Ok(ids)
}

/// The visit's facts, and those that were committed together with them, in order.
fn facts(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    visit: &Visit,
    ids: &BTreeSet<String>,
) -> Result<Vec<Entry>> {
    let rest = "WHERE clinic = ? AND recorded_at >= ? AND recorded_at <= ? ORDER BY seq";
    let finished = visit.finished_at.ok_or("the visit is finished")?;
    let values = vec![
        clinic.clone().into_value(),
        visit.registered_at.into_value(),
        finished.into_value(),
    ];
    let mut entries: Vec<Entry> = tx.select(rest, values)?;
    let mentions = |entry: &Entry| {
        let text = String::from_utf8_lossy(&entry.body).into_owned();
        ids.iter().any(|id| text.contains(id.as_str()))
    };
    let moments: BTreeSet<Moment> = entries
        .iter()
        .filter(|entry| mentions(entry))
        .map(|entry| entry.recorded_at)
        .collect();
    entries.retain(|entry| moments.contains(&entry.recorded_at));
    Ok(entries)
}
