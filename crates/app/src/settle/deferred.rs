//! 延后结算: what was given against a deposit while the platform was away is settled when it is back,
//! by the program, with the real times of the visit. What the patient owes then is returned or collected.

use cunyi_domain::ids::ClinicId;
use cunyi_domain::ledger::{Batch, Payer, Settlement, SettlementKind, Visit};
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
/// the platform said no to one of the batches (`last`: the last that was said of each, if anything): then a
/// person decides. `reversed_at`: when the settlement was reversed whose rest it is; that is settled
/// whenever it can be, also where an answer was lost: nothing of it is in flight.
fn due(
    visit: &Visit,
    last: &[&Message],
    outage: &Outage,
    reversed_at: Option<Moment>,
) -> Option<Moment> {
    use MessageState::{NotSent, Success, Unknown};
    let goes_on = last.iter().all(|m| match m.state {
        NotSent | Success => true,
        Unknown => reversed_at.is_some(),
        _ => false,
    });
    let asked_at = last.iter().map(|m| m.requested_at).max();
    if let Some(began) = reversed_at {
        return goes_on.then(|| again(began, asked_at.unwrap_or(began)));
    }
    let given_at = visit.finished_at.unwrap_or(visit.registered_at);
    let due = again(given_at, asked_at?);
    let waited = due.seconds_since(visit.registered_at);
    let may = outage.permits(visit.certificate.as_str(), waited);
    (goes_on && may).then_some(due)
}

/// The last that was said of each batch, or else of the visit's registration, which is for all of them.
/// What was said of others proves nothing: a batch that was taken back is cleared with success.
fn last_said<'a>(open: &[&Batch], messages: &'a [Message]) -> Vec<&'a Message> {
    let of = |batch: &&Batch| {
        let own = |m: &&Message| m.batch.as_ref() == Some(&batch.id);
        let registration = |m: &&Message| m.infno == "2201" && m.batch.is_none();
        let own = messages.iter().rfind(own);
        own.or_else(|| messages.iter().rfind(registration))
    };
    open.iter().filter_map(of).collect()
}

/// When the settlement was reversed of which something not settled is the rest.
fn reversed_at(batches: &[&Batch], settlements: &[Settlement]) -> Option<Moment> {
    let of = batches.iter().find_map(|b| b.rest_of.as_ref())?;
    let back = |row: &&Settlement| row.batch == *of && row.kind == SettlementKind::Reversal;
    Some(settlements.iter().find(back)?.booked_at)
}

impl App {
    /// When the program tries to settle a visit next whose goods were given.
    pub(crate) fn next_try(
        &self,
        tx: &mut Tx<'_>,
        visit: &Visit,
        batches: &[Batch],
    ) -> Result<Option<Moment>> {
        let insured = |b: &&Batch| b.payer == Payer::Insured && b.state.is_unsettled();
        let open: Vec<&Batch> = batches.iter().filter(insured).collect();
        let messages = query::messages(tx, &visit.clinic, &visit.id)?;
        let flying = batches.iter().any(|b| b.state.in_flight());
        let asked = messages.iter().any(|m| m.state == MessageState::Pending);
        if flying || asked || open.is_empty() {
            return Ok(None);
        }
        let setup = self.setup_in(tx, &visit.clinic)?;
        let outage = &setup.gateway.region.outage;
        let reversed_at = if open.iter().any(|b| b.rest_of.is_some()) {
            reversed_at(&open, &query::settlements(tx, &visit.clinic, &visit.id)?)
        } else {
            None
        };
        // What was said before it is of what is reversed.
        let since =
            messages.partition_point(|m| reversed_at.is_some_and(|began| m.requested_at < began));
        let last = last_said(&open, &messages[since..]);
        Ok(due(visit, &last, outage, reversed_at))
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
