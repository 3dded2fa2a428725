//! 2601 冲正: takes a lost 2207 back, where the platform answers no question about it.

use cunyi_domain::batch::BatchEvent;
use cunyi_domain::ids::BatchId;
use cunyi_domain::refusal::Code;
use cunyi_domain::resolve::{Finding, Next as Rule};
use cunyi_gateway::Outcome;
use cunyi_gateway::message::{Data, T2207, T2601, settle};
use cunyi_store::Writer;
use cunyi_store::local::MessageState;

use super::{Case, earlier_is_lost, mark, record_evidence};
use crate::App;
use crate::error::{AppError, Result, refuse};
use crate::settle::About;
use crate::step::{Answer, Caller, Next, Pending, Step, alone, told};

impl App {
    /// Asks for it; what the platform says is in the batch's evidence.
    pub(super) fn undo(&self, caller: &Caller<'_>, batch: &BatchId) -> Result<()> {
        let step = Undo2601 {
            batch: batch.clone(),
        };
        match self.drive(caller, Box::new(step)) {
            Err(AppError::Refused(_)) => Ok(()),
            other => other,
        }
    }
}

struct Undo2601 {
    batch: BatchId,
}

impl Step for Undo2601 {
    fn begin(&self, w: &mut Writer<'_, '_>, caller: &Caller<'_>) -> Result<Pending> {
        let about = About::read(w, &caller.actor.clinic, &self.batch)?;
        alone(w, &about.visit.id)?;
        let bounds = caller.setup.bounds();
        let case = Case::read(w.tx, &caller.actor.clinic, &self.batch)?;
        let may = case.is_some_and(|case| case.lost().next(&bounds, w.who.now) == Rule::Undo);
        if !may {
            return refuse(Code::WrongState);
        }
        let input: Data<settle::UndoMessage> = settle::UndoMessage {
            psn_no: about.coverage.person_number.clone(),
            omsgid: about.batch.intent.clone().unwrap_or_default(),
            oinfno: caller.setup.gateway.infno::<T2207>().to_owned(),
        }
        .into();
        let pending = caller.issue::<T2601>(w, &about.subject(), input)?;
        about.request(w, BatchEvent::RequestUndo, &pending)?;
        Ok(pending)
    }

    fn finish(
        &self,
        w: &mut Writer<'_, '_>,
        caller: &Caller<'_>,
        pending: &Pending,
        answer: &Answer,
    ) -> Result<Next> {
        let outcome = caller.judge::<T2601>(w, pending, answer)?;
        let about = About::read(w, &caller.actor.clinic, &self.batch)?;
        let earlier = earlier_is_lost(w, &about.batch, pending.infno, pending.id.as_str())?;
        let event = match &outcome {
            Outcome::Success(_) => BatchEvent::Undo,
            Outcome::Refused(refusal)
                if caller
                    .setup
                    .gateway
                    .region
                    .lost_calls
                    .says_undone(&refusal.text) =>
            {
                BatchEvent::Undo
            }
            // Of two, the second may be refused because the first was done.
            Outcome::Refused(_) | Outcome::NotSent { .. } if earlier => BatchEvent::LoseUndo,
            Outcome::Refused(_) => BatchEvent::RefuseUndo,
            Outcome::NotSent { .. } => BatchEvent::NotSent,
            Outcome::Unknown(_) => BatchEvent::LoseUndo,
        };
        about.record(w, about.moved(event, pending))?;
        if event == BatchEvent::Undo {
            let message = about.batch.intent.clone().unwrap_or_default();
            mark(w, &about.visit.clinic, &message, MessageState::Refused)?;
            return Ok(Next::Done);
        }
        let finding = match &outcome {
            Outcome::Refused(_) => Finding::UndoRefused,
            _ => Finding::Silent,
        };
        let shown = (pending.infno, finding, "");
        record_evidence(w, &about.batch, &about.visit.patient, shown)?;
        Ok(Next::Stop(told(&outcome)))
    }
}
