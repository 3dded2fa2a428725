//! 延后结算: what was given against a deposit while the platform was away is settled when it is back,
//! by the program, with the real times of the visit. What the patient owes then is returned or collected.

use cunyi_domain::ids::ClinicId;
use cunyi_domain::ledger::{Batch, Payer, Visit};
use cunyi_domain::resolve::again;
use cunyi_domain::time::Moment;
use cunyi_gateway::region::Outage;
use cunyi_store::local::{Message, MessageState};
use cunyi_store::{Tx, query};

use crate::App;
use crate::error::{AppError, Result};
use crate::resolve::program_at;
use crate::views::Actor;

/// Most visits of a clinic that are tried in one round.
const MOST_TRIED: i64 = 100;

/// True if nobody answers for a visit, and the region lets it be settled later.
pub(crate) fn may_be_later(
    visit: &Visit,
    messages: &[Message],
    outage: &Outage,
    now: Moment,
) -> bool {
    let waited = now.seconds_since(visit.registered_at);
    visit.payer == Payer::Insured
        && outage.permits(visit.certificate.as_str(), waited)
        && messages
            .last()
            .is_some_and(|m| m.state == MessageState::NotSent)
}

/// When what was given and is not settled is tried next. Never after the region's time, and not where
/// the platform said no: then a person decides. `reversed_at`: when the 2208 was sent whose rest it is;
/// that is settled whenever it can be, also where an answer was lost: nothing of it is in flight.
fn due(
    visit: &Visit,
    messages: &[Message],
    outage: &Outage,
    reversed_at: Option<Moment>,
) -> Option<Moment> {
    use MessageState::{NotSent, Success, Unknown};
    let last = messages.last()?;
    if let Some(began) = reversed_at {
        let goes_on = matches!(last.state, NotSent | Success | Unknown);
        return goes_on.then(|| again(began, last.requested_at));
    }
    let goes_on = matches!(last.state, NotSent | Success);
    let given_at = visit.finished_at.unwrap_or(visit.registered_at);
    let due = again(given_at, last.requested_at);
    let waited = due.seconds_since(visit.registered_at);
    let may = outage.permits(visit.certificate.as_str(), waited);
    (goes_on && may).then_some(due)
}

/// When the 2208 was sent of which something not settled is the rest.
fn reversed_at(batches: &[Batch], messages: &[Message]) -> Option<Moment> {
    let mut open = batches.iter().filter(|b| b.state.is_unsettled());
    let of = open.find_map(|b| b.rest_of.as_ref())?;
    let whole = batches.iter().find(|b| b.id == *of)?;
    let sent = messages
        .iter()
        .find(|m| Some(m.id.as_str()) == whole.intent.as_deref())?;
    Some(sent.requested_at)
}

impl App {
    /// When the program tries to settle a visit next whose goods were given.
    pub(crate) fn next_try(
        &self,
        tx: &mut Tx<'_>,
        visit: &Visit,
        batches: &[Batch],
    ) -> Result<Option<Moment>> {
        let insured = |b: &Batch| b.payer == Payer::Insured && b.state.is_unsettled();
        let flying = batches.iter().any(|b| b.state.in_flight());
        if flying || !batches.iter().any(insured) {
            return Ok(None);
        }
        let messages = query::messages(tx, &visit.clinic, &visit.id)?;
        let setup = self.setup_in(tx, &visit.clinic)?;
        let outage = &setup.gateway.region.outage;
        let reversed_at = reversed_at(batches, &messages);
        Ok(due(visit, &messages, outage, reversed_at))
    }

    /// Settles what was given and is due, at every clinic; answers for how many visits it tried. The
    /// program calls it over and over.
    pub fn settle_deferred(&self) -> Result<usize> {
        self.at_every_clinic(|clinic| self.settle_deferred_of(clinic))
    }

    fn settle_deferred_of(&self, clinic: &ClinicId) -> Result<usize> {
        let now = self.now();
        let due = self.parts.store.db().read("deferred", |tx| -> Result<_> {
            let mut due = Vec::new();
            for visit in query::given_unsettled(tx, clinic, MOST_TRIED)? {
                let batches = query::batches(tx, clinic, &visit.id)?;
                let next = self.next_try(tx, &visit, &batches)?;
                due.extend(next.filter(|at| *at <= now).map(|_| visit));
            }
            Ok(due)
        })?;
        let program = program_at(clinic);
        for visit in &due {
            match self.settle_later(&program, visit) {
                // Away still: so it is for the others. What else was said stands with the visit.
                Err(AppError::Refused(_)) => break,
                other => other?,
            }
        }
        Ok(due.len())
    }

    /// Settles what is not, whatever the shares: nobody waits at the counter.
    pub(crate) fn settle_later(&self, program: &Actor, visit: &Visit) -> Result<()> {
        self.presettle_by(program, &visit.doctor, &visit.id)?;
        let db = self.parts.store.db();
        let batches = db.read("deferred", |tx| {
            query::batches(tx, &visit.clinic, &visit.id)
        })?;
        let shares: Vec<_> = batches.into_iter().map(|b| (b.id, b.cash)).collect();
        self.settle_by(program, &visit.doctor, &visit.id, (&shares, None))
    }
}
