//! A lost 2201: 5201 tells whether it was done, by the number that we gave it.

use cunyi_domain::ids::{UserId, VisitId};
use cunyi_domain::ledger::{Registration, RegistrationState};
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_domain::time::Moment;
use cunyi_gateway::Outcome;
use cunyi_gateway::message::query::{VisitQuery, VisitRow};
use cunyi_gateway::message::{Data, T5201};
use cunyi_store::local::MessageState;
use cunyi_store::query;

use crate::App;
use crate::error::Result;
use crate::register::record_registration;
use crate::views::Actor;

use super::mark;

/// How far from the visit's begin the platform's may lie, in microseconds.
const AROUND: i64 = 60_000_000;

impl App {
    /// Looks for the visit's lost registrations and adopts what is found. What is not found may be
    /// asked for again under a new number: a registration holds no money. `by`: who is signed in there.
    pub(crate) fn find_registrations(
        &self,
        actor: &Actor,
        by: &UserId,
        visit: &VisitId,
    ) -> Result<()> {
        let clinic = &actor.clinic;
        let (row, lost, coverage) = self.parts.store.db().read("lost_2201", |tx| -> Result<_> {
            let row = query::visit(tx, clinic, visit)?.ok_or(Refusal::new(Code::NotFound))?;
            let mut lost = query::registrations(tx, clinic, visit)?;
            lost.retain(|one| one.state == RegistrationState::Unknown);
            let coverage = match &row.coverage {
                Some(id) => query::coverage(tx, clinic, id)?,
                None => None,
            };
            Ok((row, lost, coverage))
        })?;
        let (Some(coverage), false) = (coverage, lost.is_empty()) else {
            return Ok(());
        };
        let caller = self.caller_as(actor, by)?;
        let mut rows = Vec::new();
        let region = &caller.setup.gateway.region;
        let kinds: std::collections::BTreeSet<_> = region
            .benefits
            .values()
            .map(|b| b.med_type.clone())
            .collect();
        for med_type in kinds {
            let query: Data<VisitQuery> = VisitQuery {
                psn_no: coverage.person_number.clone(),
                begntime: Moment(row.registered_at.0 - AROUND).date_time(),
                endtime: Moment(row.registered_at.0 + AROUND).date_time(),
                med_type,
                mdtrt_id: String::new(),
            }
            .into();
            match caller.ask::<T5201>(&coverage.place, &query) {
                Outcome::Success(found) => rows.extend(found.output.mdtrtinfo),
                // One that does not answer leaves it as lost as it was.
                _ => return Ok(()),
            }
        }
        for was in lost {
            let Some(found) = ours(&rows, &was, &row.registered_at.date_time()) else {
                continue;
            };
            self.write(actor, "adopt_2201", |w| {
                let now = query::registrations(w.tx, clinic, visit)?;
                if !now.contains(&was) {
                    return Ok(());
                }
                let is = Registration {
                    state: RegistrationState::Registered,
                    platform_visit: Some(found.to_owned()),
                    ..was.clone()
                };
                let sent = query::messages(w.tx, clinic, visit)?;
                let mut lost = sent
                    .into_iter()
                    .filter(|m| m.infno.starts_with("2201") && m.state == MessageState::Unknown);
                let message = lost.next_back().ok_or(Refusal::new(Code::NotFound))?.id;
                mark(w, clinic, message.as_str(), MessageState::Success)?;
                record_registration(w, &was, &row.patient, &message, is)
            })?;
        }
        Ok(())
    }
}

/// The `mdtrt_id` of a registration: by our number, or, where the platform tells no numbers, the only
/// one that began when ours did.
fn ours<'a>(rows: &'a [VisitRow], was: &Registration, began: &str) -> Option<&'a str> {
    let by_number = rows.iter().find(|row| row.ipt_otp_no == was.number);
    if let Some(row) = by_number {
        return Some(&row.mdtrt_id);
    }
    let mut nameless: Vec<&str> = rows
        .iter()
        .filter(|row| row.ipt_otp_no.is_empty() && row.begntime == began)
        .map(|row| row.mdtrt_id.as_str())
        .collect();
    nameless.sort_unstable();
    nameless.dedup();
    match nameless.as_slice() {
        [only] => Some(only),
        _ => None,
    }
}
