//! Answers that came after nobody waited for them any more: the best evidence of what a lost call did.
//! Kept with their messages, and believed as if they had come in time, as long as nothing else became
//! of the batch.

use std::cell::Cell;
use std::sync::{MutexGuard, PoisonError};

use cunyi_domain::amounts::Amounts;
use cunyi_domain::batch::{BatchEvent, BatchState};
use cunyi_domain::fact::BatchMoved;
use cunyi_domain::ids::{BatchId, ClinicId, MessageId};
use cunyi_domain::ledger::Batch;
use cunyi_domain::resolve::Finding;
use cunyi_domain::row::Field;
use cunyi_domain::transport::Reply;
use cunyi_gateway::Outcome;
use cunyi_gateway::message::settle::Settlement;
use cunyi_gateway::message::{T2207, T2208, T2601, Transaction};
use cunyi_store::local::{Message, MessageState};
use cunyi_store::{Writer, query, seal};

use super::{earlier_is_lost, program_at, record_evidence};
use crate::App;
use crate::error::Result;
use crate::reverse::{By, PaidBack, in_force, paid_back};
use crate::settle::{About, amounts_of_reply, reversal_agrees, settled};
use crate::setup::Setup;
use crate::step::keep_answer;

/// Most answers that wait to be written; of more the clinic asks.
const MOST_UNWRITTEN: usize = 200;

/// What came late and is not written yet: the disk may be full, and it comes only once. Loss: the clinic
/// asks what became of its call.
pub(crate) struct Unwritten {
    id: MessageId,
    reply: Reply,
    /// It was looked whether it came before: it did not.
    heard: Cell<bool>,
}

/// A lost call whose answer came.
struct Late<'a> {
    app: &'a App,
    setup: &'a Setup,
    message: Message,
    request: Vec<u8>,
    batch: BatchId,
    reply: Reply,
}

impl App {
    /// Uses what came late at any clinic; answers how many calls it told of.
    pub(super) fn late_answers(&self) -> Result<usize> {
        let came = self.parts.transport.late().into_iter();
        let mut all = std::mem::take(&mut *self.kept_late());
        all.extend(came.map(|(id, reply)| Unwritten {
            id: MessageId(id),
            reply,
            heard: Cell::new(false),
        }));
        let (mut used, mut failed) = (0, None);
        for one in all {
            match self.at_every_clinic(|clinic| self.late_answer(clinic, &one)) {
                Ok(told) => used += told,
                Err(error) => {
                    failed = Some(error);
                    let mut kept = self.kept_late();
                    if kept.len() < MOST_UNWRITTEN {
                        kept.push(one);
                    }
                }
            }
        }
        failed.map_or(Ok(used), Err)
    }

    fn kept_late(&self) -> MutexGuard<'_, Vec<Unwritten>> {
        self.late.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn late_answer(&self, clinic: &ClinicId, one: &Unwritten) -> Result<usize> {
        let (id, reply) = (&one.id, &one.reply);
        let setup = self.setup(clinic)?;
        let values = vec![clinic.clone().into_value(), id.clone().into_value()];
        let db = self.parts.store.db();
        let found = db.read("late", |tx| -> Result<_> {
            let message: Option<Message> = tx.find("WHERE clinic = ? AND id = ?", values)?;
            let Some(message) = message.filter(|m| m.state == MessageState::Unknown) else {
                return Ok(None);
            };
            let key = seal::find(tx, self.store().key(), clinic, &message.patient)?;
            let what = format!("request {id}");
            let request = key.map(|key| key.open(&what, &message.request));
            Ok(request.transpose()?.map(|request| (message, request)))
        })?;
        let Some((message, request)) = found else {
            return Ok(0);
        };
        let reply = setup.line.late(reply.clone());
        let fresh = |reply: &Reply| one.heard.get() || !self.came_before(&setup, reply);
        let Some(reply) = reply.filter(fresh) else {
            return Ok(0);
        };
        one.heard.set(true);
        tracing::info!(infno = message.infno, "a late answer");
        let Some(batch) = message.batch.clone() else {
            return Ok(0);
        };
        let late = Late {
            app: self,
            setup: &setup,
            message,
            request,
            batch,
            reply,
        };
        self.write(&program_at(clinic), "late_answer", |w| late.record(w))
    }
}

impl Late<'_> {
    /// Keeps the answer, and what follows from it.
    fn record(&self, w: &mut Writer<'_, '_>) -> Result<usize> {
        let id = self.message.id.as_str();
        let batch = query::batch(w.tx, &self.message.clinic, &self.batch)?;
        let Some(batch) = batch.filter(|batch| batch.state.is_lost()) else {
            return Ok(0);
        };
        let told = match self.message.infno.get(..4) {
            Some("2207") if batch.intent.as_deref() == Some(id) => self.settled(w, &batch)?,
            Some("2208") if batch.intent.as_deref() == Some(id) => self.reversed(w, &batch)?,
            Some("2601") => self.undone(w, &batch)?,
            _ => None,
        };
        let state = told.unwrap_or(MessageState::Unknown);
        let about = (&self.message.patient, &self.message.id);
        keep_answer(w, about, state, Some(&self.reply))?;
        Ok(1)
    }

    fn outcome<T: Transaction>(&self) -> Option<Outcome<T::Output>> {
        let gateway = &self.setup.gateway;
        let input = gateway.sent::<T>(&self.request)?;
        let came = Ok(self.reply.clone());
        Some(gateway.decode::<T>(self.message.id.as_str(), &input, &came))
    }

    /// 2207
    fn settled(&self, w: &mut Writer<'_, '_>, batch: &Batch) -> Result<Option<MessageState>> {
        let id = self.message.id.as_str();
        match self.outcome::<T2207>() {
            Some(Outcome::Success(found)) => {
                let about = About::read(w, &batch.clinic, &batch.id)?;
                let amounts = amounts_of_reply(&found.output, &self.setup.gateway.region);
                let amounts = amounts.filter(|amounts| amounts.total == batch.total);
                let ours = amounts.is_some();
                let finding = if ours {
                    Finding::InForce
                } else {
                    Finding::Contradicts
                };
                let info = &found.output.setlinfo;
                let shown = (self.message.infno.as_str(), finding, info.setl_id.as_str());
                record_evidence(w, batch, &about.visit.patient, shown)?;
                match amounts {
                    // A 2601 on its way may still take it back.
                    Some(amounts) if batch.state == BatchState::Unknown => {
                        settled(w, &about, (id, None), info, &amounts)?;
                        Ok(Some(MessageState::Success))
                    }
                    _ => Ok(None),
                }
            }
            Some(Outcome::Refused(_)) if batch.state == BatchState::Unknown => {
                self.refused(w, batch, BatchEvent::Refuse)
            }
            _ => Ok(None),
        }
    }

    /// 2208
    fn reversed(&self, w: &mut Writer<'_, '_>, batch: &Batch) -> Result<Option<MessageState>> {
        match self.outcome::<T2208>() {
            Some(Outcome::Success(found)) => self.paid_back(w, batch, &found.output),
            Some(Outcome::Refused(_)) => self.refused(w, batch, BatchEvent::RefuseReversal),
            _ => Ok(None),
        }
    }

    fn paid_back(
        &self,
        w: &mut Writer<'_, '_>,
        batch: &Batch,
        found: &Settlement,
    ) -> Result<Option<MessageState>> {
        let about = About::read(w, &batch.clinic, &batch.id)?;
        let settlement = in_force(w, batch)?;
        let original = Amounts::from(&settlement);
        if !reversal_agrees(found, &original, &self.setup.gateway.region) {
            return Ok(None);
        }
        let info = &found.setlinfo;
        let shown = (
            self.message.infno.as_str(),
            Finding::PaidBack,
            info.setl_id.as_str(),
        );
        record_evidence(w, batch, &about.visit.patient, shown)?;
        let by = By::told(found, self.message.id.as_str(), self.message.requested_at);
        let told = PaidBack::as_wanted(w, batch, by, false)?;
        paid_back(w, self.app, (batch, &about.visit), &told)?;
        Ok(Some(MessageState::Success))
    }

    /// 2601 of the intent that stands: the 2207 never was.
    fn undone(&self, w: &mut Writer<'_, '_>, batch: &Batch) -> Result<Option<MessageState>> {
        let intent = batch.intent.clone().unwrap_or_default();
        let asked = self.setup.gateway.sent::<T2601>(&self.request);
        let asked = asked.is_some_and(|input| input.data.omsgid == intent);
        if batch.state != BatchState::UndoUnknown || !asked {
            return Ok(None);
        }
        let Some(Outcome::Success(_)) = self.outcome::<T2601>() else {
            return Ok(None);
        };
        self.moved(w, batch, BatchEvent::Undo)?;
        super::mark(w, &batch.clinic, &intent, MessageState::Refused)?;
        Ok(Some(MessageState::Success))
    }

    /// With an earlier one still lost a refusal proves nothing.
    fn refused(
        &self,
        w: &mut Writer<'_, '_>,
        batch: &Batch,
        event: BatchEvent,
    ) -> Result<Option<MessageState>> {
        let (infno, id) = (&self.message.infno, self.message.id.as_str());
        if earlier_is_lost(w, batch, infno, id)? {
            return Ok(None);
        }
        self.moved(w, batch, event)?;
        Ok(Some(MessageState::Refused))
    }

    fn moved(&self, w: &mut Writer<'_, '_>, batch: &Batch, event: BatchEvent) -> Result<()> {
        let moved = BatchMoved {
            message: Some(self.message.id.0.clone()),
            ..BatchMoved::of(batch, event)
        };
        Ok(w.record(moved, Some(&self.message.patient), None)?)
    }
}
