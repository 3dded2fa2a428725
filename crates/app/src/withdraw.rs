//! Taking back at the platform what nobody needs any more: details of a fee list that was taken
//! back (2205), the registration of a visit that was cancelled (2202).
//!
//! Best effort: neither holds money, and the clinic's own state does not wait for the answer, which
//! is kept with its message.

use cunyi_domain::ids::{BatchId, VisitId};
use cunyi_domain::ledger::{Batch, Payer, Registration};
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_gateway::message::{Data, T2202, T2205, charge, visit};
use cunyi_store::local::{Message, MessageState};
use cunyi_store::{Writer, query};

use crate::App;
use crate::error::{AppError, Result};
use crate::step::{Answer, Caller, Next, Pending, Step, Subject};
use crate::views::Actor;

impl App {
    /// Clears a batch's details at the platform, if it has any there.
    pub(crate) fn withdraw_details(&self, actor: &Actor, batch: &Batch) -> Result<()> {
        if batch.payer != Payer::Insured || !self.may_be_there(actor, batch)? {
            return Ok(());
        }
        let step = Clear2205 {
            batch: batch.id.clone(),
        };
        tolerate(
            self.caller(actor)
                .and_then(|caller| self.drive(&caller, Box::new(step))),
        )
    }

    /// True if a 2204 of the batch was answered well, or its answer was lost.
    fn may_be_there(&self, actor: &Actor, batch: &Batch) -> Result<bool> {
        let db = self.parts.store.db();
        let messages = db.read("withdraw", |tx| {
            query::messages(tx, &actor.clinic, &batch.visit)
        })?;
        let sent = |m: &Message| m.infno == "2204" && m.batch.as_ref() == Some(&batch.id);
        let stands = |m: &Message| matches!(m.state, MessageState::Success | MessageState::Unknown);
        Ok(messages.iter().any(|m| sent(m) && stands(m)))
    }

    /// Cancels a visit's registration at the platform, if it has one.
    pub(crate) fn withdraw_registration(&self, actor: &Actor, visit: &VisitId) -> Result<()> {
        let row = self
            .parts
            .store
            .db()
            .read("withdraw", |tx| query::visit(tx, &actor.clinic, visit))?;
        if row.is_none_or(|row| row.registration != Registration::Registered) {
            return Ok(());
        }
        let step = Cancel2202 {
            visit: visit.clone(),
        };
        tolerate(
            self.caller(actor)
                .and_then(|caller| self.drive(&caller, Box::new(step))),
        )
    }
}

/// What the platform says against it changes nothing here.
fn tolerate(result: Result<()>) -> Result<()> {
    match result {
        Err(AppError::Refused(_)) => Ok(()),
        other => other,
    }
}

struct Clear2205 {
    batch: BatchId,
}

impl Step for Clear2205 {
    fn begin(&self, w: &mut Writer<'_, '_>, caller: &Caller<'_>) -> Result<Pending> {
        let clinic = &caller.actor.clinic;
        let batch = query::batch(w.tx, clinic, &self.batch)?.ok_or(Refusal::new(Code::NotFound))?;
        let visit =
            query::visit(w.tx, clinic, &batch.visit)?.ok_or(Refusal::new(Code::NotFound))?;
        let id = visit
            .coverage
            .as_ref()
            .ok_or(Refusal::new(Code::NoCoverage))?;
        let coverage = query::coverage(w.tx, clinic, id)?.ok_or(Refusal::new(Code::NoCoverage))?;
        let input: Data<charge::FeeCancel> = charge::FeeCancel {
            mdtrt_id: visit.platform_visit.clone().unwrap_or_default(),
            chrg_bchno: batch.number,
            psn_no: coverage.person_number,
        }
        .into();
        let subject = Subject {
            patient: &visit.patient,
            visit: Some(&visit.id),
            batch: Some(&self.batch),
            place: &coverage.place,
        };
        caller.issue::<T2205>(w, &subject, input)
    }

    fn finish(
        &self,
        w: &mut Writer<'_, '_>,
        caller: &Caller<'_>,
        pending: &Pending,
        answer: &Answer,
    ) -> Result<Next> {
        caller.judge::<T2205>(w, pending, answer)?;
        Ok(Next::Done)
    }
}

struct Cancel2202 {
    visit: VisitId,
}

impl Step for Cancel2202 {
    fn begin(&self, w: &mut Writer<'_, '_>, caller: &Caller<'_>) -> Result<Pending> {
        let clinic = &caller.actor.clinic;
        let row = query::visit(w.tx, clinic, &self.visit)?.ok_or(Refusal::new(Code::NotFound))?;
        let id = row
            .coverage
            .as_ref()
            .ok_or(Refusal::new(Code::NoCoverage))?;
        let coverage = query::coverage(w.tx, clinic, id)?.ok_or(Refusal::new(Code::NoCoverage))?;
        let input: Data<visit::RegistrationCancel> = visit::RegistrationCancel {
            psn_no: coverage.person_number,
            mdtrt_id: row.platform_visit.clone().unwrap_or_default(),
            ipt_otp_no: row.number.clone(),
        }
        .into();
        let subject = Subject {
            patient: &row.patient,
            visit: Some(&row.id),
            batch: None,
            place: &coverage.place,
        };
        caller.issue::<T2202>(w, &subject, input)
    }

    fn finish(
        &self,
        w: &mut Writer<'_, '_>,
        caller: &Caller<'_>,
        pending: &Pending,
        answer: &Answer,
    ) -> Result<Next> {
        caller.judge::<T2202>(w, pending, answer)?;
        Ok(Next::Done)
    }
}
