//! The recorded transactions through the store: sealed, hashed, chained.

use std::time::Duration;

use cunyi_domain::fact::{Body, Personal};
use cunyi_domain::ids::PatientId;
use cunyi_domain::journal::{digest, hash};
use cunyi_domain::row::{Field, Value};
use cunyi_domain::time::Rng;
use cunyi_store::local::{Message, MessageState, set_counter};
use cunyi_store::{Store, Who, Writer, local::Counter, seal};

use crate::record::{Call, Recorded};
use crate::{Result, instances, timed};

/// The operating system's randomness, as the program has it.
struct SystemRng;

impl Rng for SystemRng {
    #[expect(
        clippy::disallowed_methods,
        reason = "a bench pays what the program pays"
    )]
    fn fill(&self, buffer: &mut [u8]) {
        getrandom::fill(buffer).expect("the operating system gives randomness");
    }
}

/// A transaction as a use case has it in hand before it writes.
pub struct Prepared {
    who: Who,
    answered: Vec<Call>,
    facts: Vec<(Body, Option<PatientId>, Option<Personal>)>,
    sent: Vec<Call>,
    counters: Vec<Counter>,
}

/// So many visits, ready to be written.
pub fn prepare(visit: &Recorded, visits: usize) -> Result<Vec<Prepared>> {
    let mut all = Vec::new();
    for transactions in instances(visit, visits) {
        for transaction in transactions? {
            let mut facts = Vec::new();
            for fact in transaction.facts {
                facts.push((fact.body()?, fact.entry.patient, fact.personal));
            }
            all.push(Prepared {
                who: transaction.who,
                answered: transaction.answered,
                facts,
                sent: transaction.sent,
                counters: transaction.counters,
            });
        }
    }
    Ok(all)
}

/// Writes them.
pub fn run(store: &Store, prepared: Vec<Prepared>) -> Result<()> {
    for transaction in prepared {
        let who = transaction.who.clone();
        store.write(&who, &SystemRng, "bench", |w| write(w, transaction))?;
    }
    Ok(())
}

fn write(w: &mut Writer<'_, '_>, transaction: Prepared) -> Result<()> {
    for call in transaction.answered {
        let row = call.row;
        let reply = w.seal(&row.patient, &format!("reply {}", row.id), &call.reply)?;
        w.tx.execute(
            ANSWERED,
            vec![
                row.state.into_value(),
                w.who.now.into_value(),
                Value::Bytes(reply),
                row.clinic.into_value(),
                row.id.into_value(),
            ],
        )?;
    }
    for (body, patient, personal) in transaction.facts {
        w.record(body, patient.as_ref(), personal)?;
    }
    for call in transaction.sent {
        let request = w.seal(
            &call.row.patient,
            &format!("request {}", call.row.id),
            &call.request,
        )?;
        w.tx.insert(Message {
            request,
            digest: digest(&call.request),
            ..pending(call.row)
        })?;
    }
    for counter in transaction.counters {
        set_counter(w.tx, counter)?;
    }
    Ok(())
}

/// What the use cases run when an answer came.
pub const ANSWERED: &str =
    "UPDATE message SET state = ?, answered_at = ?, reply = ? WHERE clinic = ? AND id = ?";

/// A message as its intent is committed.
pub fn pending(row: Message) -> Message {
    Message {
        state: MessageState::Pending,
        answered_at: None,
        reply: None,
        ..row
    }
}

/// What sealing and hashing of a visit take: every personal part, request and reply sealed, every
/// patient's key opened where a transaction opens it, every fact hashed, every request digested.
pub fn sealing(store: &Store, visit: &Recorded) -> Result<Duration> {
    const TIMES: u32 = 1000;
    let first = &visit.transactions[0];
    let patient = first
        .facts
        .iter()
        .find_map(|fact| fact.entry.patient.clone());
    let patient = patient.ok_or("a visit is about a patient")?;
    let key = store.db().read("key", |tx| {
        seal::find(tx, store.key(), &first.who.clinic, &patient)
    })?;
    let key = key.ok_or("the demo erases nobody")?;
    let like_a_key = store.key().seal("bench", &[7; 32], &SystemRng)?;
    let took = timed(|| {
        for _ in 0..TIMES {
            for transaction in &visit.transactions {
                let mut sealed = transaction.answered.len() + transaction.sent.len();
                for call in &transaction.answered {
                    key.seal("reply", &call.reply, &SystemRng)?;
                }
                for call in &transaction.sent {
                    key.seal("request", &call.request, &SystemRng)?;
                    digest(&call.request);
                }
                for fact in &transaction.facts {
                    if let Some(personal) = &fact.personal {
                        let plain = serde_json::to_vec(personal)?;
                        key.seal(&seal::place(&fact.entry), &plain, &SystemRng)?;
                        sealed += 1;
                    }
                    hash(&fact.entry);
                }
                // At the first seal, and again when the journal is appended to.
                let facts = usize::from(!transaction.facts.is_empty());
                for _ in 0..usize::from(sealed > 0) * (1 + facts) {
                    store.key().open("bench", &like_a_key)?;
                }
            }
        }
        Ok(())
    })?;
    Ok(took / TIMES)
}
