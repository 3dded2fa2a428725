//! Taking back at the platform what nobody needs any more: details of a batch that was taken back,
//! dropped or paid back (2205), the registrations (2202) that were made for its batches or whose visit
//! was cancelled; one whose answer was lost is looked for first.
//!
//! Best effort: neither holds money, and the clinic's own state does not wait for the answer, which
//! is kept with its message. What was not taken back stays registered.

use cunyi_domain::ids::VisitId;
use cunyi_domain::ledger::{Batch, Payer, Registration, RegistrationState, VisitState};
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_gateway::Outcome;
use cunyi_gateway::message::{Data, T2202, visit};
use cunyi_store::local::{Message, MessageState};
use cunyi_store::{Writer, query};

use crate::App;
use crate::error::{AppError, Result, refuse};
use crate::register::{COUNTER, record_registration, registration};
use crate::settle::CancelDetails2205;
use crate::step::{Answer, Caller, Next, Pending, Step, Subject};
use crate::views::Actor;

impl App {
    /// Clears what batches have at the platform, then cancels the visit's registrations under which
    /// nothing stands any more.
    pub(crate) fn withdraw(&self, actor: &Actor, visit: &VisitId, taken: &[Batch]) -> Result<()> {
        for batch in taken.iter().filter(|b| b.payer == Payer::Insured) {
            if self.may_be_there(actor, batch)? {
                let (batch, then) = (batch.id.clone(), None);
                self.tell(actor, Box::new(CancelDetails2205 { batch, then }))?;
            }
        }
        match self.find_registrations(actor, &actor.user, visit) {
            Err(AppError::Refused(_)) => {}
            other => other?,
        }
        for position in self.idle_registrations(actor, visit)? {
            let visit = visit.clone();
            self.tell(actor, Box::new(Cancel2202 { visit, position }))?;
        }
        Ok(())
    }

    /// What the platform says against it changes nothing here.
    fn tell(&self, actor: &Actor, step: Box<dyn Step>) -> Result<()> {
        let told = self
            .caller(actor)
            .and_then(|caller| self.drive(&caller, step));
        match told {
            Err(AppError::Refused(_)) => Ok(()),
            other => other,
        }
    }

    /// True if a 2204 of the batch was answered well, or its answer was lost, and no 2205 has
    /// cleared it since.
    fn may_be_there(&self, actor: &Actor, batch: &Batch) -> Result<bool> {
        let db = self.parts.store.db();
        let messages = db.read("withdraw", |tx| {
            query::messages(tx, &actor.clinic, &batch.visit)
        })?;
        let told = |m: &&Message| match (m.infno.as_str(), m.state) {
            ("2204", state) => matches!(state, MessageState::Success | MessageState::Unknown),
            ("2205", state) => state == MessageState::Success,
            _ => false,
        };
        let mut of_batch = messages
            .iter()
            .filter(|m| m.batch.as_ref() == Some(&batch.id));
        let last = of_batch.rfind(told);
        Ok(last.is_some_and(|m| m.infno == "2204"))
    }

    /// Registrations that carry no batch; the counter's waits for one while the visit is insured and
    /// not cancelled.
    fn idle_registrations(&self, actor: &Actor, visit: &VisitId) -> Result<Vec<i64>> {
        self.parts.store.db().read("withdraw", |tx| {
            let row = query::visit(tx, &actor.clinic, visit)?;
            let row = row.ok_or(Refusal::new(Code::NotFound))?;
            let batches = query::batches(tx, &actor.clinic, visit)?;
            let idle = |one: &Registration| {
                let mut on_it = batches
                    .iter()
                    .filter(|b| b.registration == Some(one.position))
                    .filter(|b| b.payer == Payer::Insured);
                let open = row.state != VisitState::Cancelled && row.payer == Payer::Insured;
                let waits = one.position == COUNTER && open;
                one.state == RegistrationState::Registered
                    && !waits
                    && on_it.all(|b| !b.state.is_live())
            };
            let mut rows = query::registrations(tx, &actor.clinic, visit)?;
            rows.retain(idle);
            Ok(rows.iter().map(|one| one.position).collect())
        })
    }
}

struct Cancel2202 {
    visit: VisitId,
    position: i64,
}

impl Step for Cancel2202 {
    fn begin(&self, w: &mut Writer<'_, '_>, caller: &Caller<'_>) -> Result<Pending> {
        let clinic = &caller.actor.clinic;
        let row = query::visit(w.tx, clinic, &self.visit)?.ok_or(Refusal::new(Code::NotFound))?;
        let one = registration(w, clinic, &self.visit, self.position)?;
        if one.state != RegistrationState::Registered {
            return refuse(Code::WrongState);
        }
        let id = row
            .coverage
            .as_ref()
            .ok_or(Refusal::new(Code::NoCoverage))?;
        let coverage = query::coverage(w.tx, clinic, id)?.ok_or(Refusal::new(Code::NoCoverage))?;
        let input: Data<visit::RegistrationCancel> = visit::RegistrationCancel {
            psn_no: coverage.person_number,
            mdtrt_id: one.platform_visit.unwrap_or_default(),
            ipt_otp_no: one.number,
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
        if let Outcome::Success(_) = caller.judge::<T2202>(w, pending, answer)? {
            let clinic = &caller.actor.clinic;
            let row = query::visit(w.tx, clinic, &self.visit)?;
            let row = row.ok_or(Refusal::new(Code::NotFound))?;
            let was = registration(w, clinic, &self.visit, self.position)?;
            let is = Registration {
                state: RegistrationState::Cancelled,
                ..was.clone()
            };
            record_registration(w, &was, &row.patient, &pending.id, is)?;
        }
        Ok(Next::Done)
    }
}
