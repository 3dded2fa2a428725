//! A clinic's program with one mistake in it, made at the edges of the real one: whoever looks for
//! mistakes must find these.

use std::collections::BTreeMap;

use cunyi_domain::time::Moment;
use cunyi_domain::transport::{Reply, Request, TransportError};
use cunyi_gateway::refusal;
use serde_json::Value;

use crate::wire::Came;

/// A mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Mutant {
    /// What was asked for is not on disk before the bytes leave.
    SkippedIntent,
    /// A 2207 that is not answered in time was refused.
    TimeoutIsRefusal,
    /// A lost 2207 is sent again under another `chrg_bchno`.
    NewBatchNumber,
    /// A refused 2601 has taken the 2207 back.
    RefusedUndoBelieved,
    /// Drugs are handed over while nobody knows, and the settlement is taken back all the same.
    ReversedAfterHandOver,
    /// What cannot be written, for the disk is full, is sent all the same.
    SentBeforeWritten,
    /// What was cut off is not looked for when the program starts.
    NoRecovery,
    /// Who asks for a visit is not asked of which clinic she is.
    AnothersVisit,
}

impl Mutant {
    /// Something that it sent was not written.
    pub(crate) const fn forgets(self) -> bool {
        matches!(self, Self::SkippedIntent | Self::SentBeforeWritten)
    }
}

/// What a mutant keeps of the calls it saw.
#[derive(Default)]
pub(crate) struct Memory {
    /// The latest 2204 of a `chrg_bchno`.
    details: BTreeMap<String, Value>,
    /// Under which `chrg_bchno` a batch goes since its 2207 was lost.
    renamed: BTreeMap<String, String>,
    sent: u64,
}

fn infno(envelope: &Value) -> &str {
    envelope["infno"].as_str().unwrap_or_default()
}

/// `input.data.chrg_bchno`
fn number(envelope: &mut Value) -> Option<&mut Value> {
    let number = envelope.pointer_mut("/input/data/chrg_bchno")?;
    number.is_string().then_some(number)
}

fn with(request: &Request, envelope: &Value) -> Request {
    Request {
        body: envelope.to_string().into_bytes(),
        ..request.clone()
    }
}

impl Memory {
    /// What is sent instead, and before it.
    pub(crate) fn before(&mut self, request: &Request) -> Vec<Request> {
        let Ok(mut envelope) = serde_json::from_slice::<Value>(&request.body) else {
            return vec![request.clone()];
        };
        if infno(&envelope) == "2204"
            && let Some(number) = envelope.pointer("/input/feedetail/0/chrg_bchno")
        {
            let number = number.as_str().unwrap_or_default().to_owned();
            self.details.insert(number, envelope.clone());
            return vec![request.clone()];
        }
        if !matches!(infno(&envelope), "2206" | "2207") {
            return vec![request.clone()];
        }
        let Some(field) = number(&mut envelope) else {
            return vec![request.clone()];
        };
        let old = field.as_str().unwrap_or_default().to_owned();
        let Some(new) = self.renamed.get(&old).cloned() else {
            return vec![request.clone()];
        };
        *field = Value::from(new.clone());
        let details = self.details.remove(&old);
        let details = details.map(|details| with(request, &self.again(details, &new)));
        details
            .into_iter()
            .chain([with(request, &envelope)])
            .collect()
    }

    /// The details once more, as lines of another batch.
    fn again(&mut self, mut details: Value, new: &str) -> Value {
        self.sent += 1;
        let msgid = details["msgid"].as_str().unwrap_or_default();
        let head = msgid
            .get(..msgid.len().saturating_sub(4))
            .unwrap_or_default();
        details["msgid"] = Value::from(format!("{head}{:04}", 9_000 + self.sent % 1_000));
        let lines = details.pointer_mut("/input/feedetail");
        for line in lines.and_then(Value::as_array_mut).into_iter().flatten() {
            let id = line["feedetl_sn"].as_str().unwrap_or_default();
            let id = format!("{}X", id.get(1..).unwrap_or_default());
            line["feedetl_sn"] = Value::from(id);
            line["chrg_bchno"] = Value::from(new);
        }
        details
    }
}

impl Mutant {
    /// What the mutant makes of an answer.
    pub(crate) fn after(
        self,
        memory: &mut Memory,
        request: &Request,
        came: Came,
        now: Moment,
    ) -> Came {
        let Ok(mut envelope) = serde_json::from_slice::<Value>(&request.body) else {
            return came;
        };
        let refused = |words: &str| {
            let body = refusal(words, "", now, now);
            Ok(Reply { status: 200, body })
        };
        let lost = matches!(came, Err(TransportError::Lost(_)));
        match (self, infno(&envelope)) {
            (Self::TimeoutIsRefusal, "2207") if lost => refused("超时"),
            (Self::NewBatchNumber, "2207") if lost => {
                if let Some(number) = number(&mut envelope) {
                    let number = number.as_str().unwrap_or_default().to_owned();
                    let new = format!("{number}9");
                    memory.renamed.insert(number, new);
                }
                refused("超时")
            }
            (Self::RefusedUndoBelieved, "2601") if says_no(&came) => refused("原交易已冲正"),
            _ => came,
        }
    }
}

fn says_no(came: &Came) -> bool {
    let Ok(reply) = came else { return false };
    let body: Option<Value> = serde_json::from_slice(&reply.body).ok();
    let code = body.map(|body| body["infcode"].to_string());
    reply.status == 200 && code.is_some_and(|code| code.trim_matches('"') != "0")
}
