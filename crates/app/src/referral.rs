//! 转诊: sending a patient on, where and why. One that was written wrong is written anew: the last stands, and
//! those before it stay in the record.

use std::collections::HashMap;

use cunyi_domain::fact::{PatientReferred, Personal};
use cunyi_domain::ids::{ClinicId, EntryId, UserId, VisitId};
use cunyi_domain::ledger::{Referral, VisitState};
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_store::{Tx, query};

use crate::App;
use crate::access::names;
use crate::error::{Result, refuse, refuse_at};
use crate::patient::bounded;
use crate::permission::Action;
use crate::views::{Actor, ReferralForm, ReferralView, Referrals};

/// Most characters of where to, and of why and what was done.
const MOST_NAME: usize = 60;
const MOST_WORDS: usize = 300;
/// Most referrals of a visit, and of a patient's page.
const MOST: i64 = 20;

impl App {
    /// The referrals of a visit, and what their paper says of her.
    pub fn referrals(&self, actor: &Actor, visit: &VisitId) -> Result<Referrals> {
        actor.must(Action::ReadRecord)?;
        let view = self.parts.store.db().read("referrals", |tx| -> Result<_> {
            let paper = self.paper_view(tx, actor, visit)?;
            let names = names(tx, &actor.clinic)?;
            let rows = query::referrals(tx, &actor.clinic, visit, MOST)?;
            Ok(Referrals {
                open: may_refer(paper.visit.state),
                recorded: views(rows, &names),
                paper,
            })
        })?;
        self.note_access(actor, &view.paper.visit.patient.patient)?;
        Ok(view)
    }

    /// Records a referral.
    pub fn refer(&self, actor: &Actor, visit: &VisitId, form: &ReferralForm) -> Result<()> {
        actor.must(Action::Treat)?;
        let words = |text, field, most| match bounded(text, field, most)? {
            empty if empty.is_empty() => refuse_at(Code::Missing, field),
            some => Ok(some),
        };
        let said = Personal::Referral {
            destination: words(&form.destination, "destination", MOST_NAME)?,
            reason: words(&form.reason, "referral_reason", MOST_WORDS)?,
            treated: bounded(&form.treated, "treated", MOST_WORDS)?,
        };
        self.write(actor, "refer", |w| {
            let row = query::visit(w.tx, &actor.clinic, visit)?;
            let row = row.ok_or(Refusal::new(Code::NotFound))?;
            let patient = query::patient(w.tx, &actor.clinic, &row.patient)?;
            if !may_refer(row.state) || patient.is_none_or(|patient| patient.erased) {
                return refuse(Code::WrongState);
            }
            let written = query::referrals(w.tx, &actor.clinic, visit, MOST)?;
            if i64::try_from(written.len()).is_ok_and(|count| count >= MOST) {
                return refuse(Code::WrongState);
            }
            let body = PatientReferred {
                id: EntryId::new(w.who.now, w.rng),
                patient: row.patient.clone(),
                visit: visit.clone(),
                urgent: form.urgent,
            };
            Ok(w.record(body, Some(&row.patient), Some(said))?)
        })
    }
}

/// She was seen.
const fn may_refer(state: VisitState) -> bool {
    matches!(
        state,
        VisitState::Seeing | VisitState::Parked | VisitState::Done
    )
}

/// Where a visit's patient was referred to last.
pub(crate) fn referred_to(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    visit: &VisitId,
) -> Result<Option<String>> {
    let last = query::referrals(tx, clinic, visit, 1)?.pop();
    Ok(last.map(|row| row.destination))
}

/// As pages show them.
pub(crate) fn views(rows: Vec<Referral>, names: &HashMap<UserId, String>) -> Vec<ReferralView> {
    let view = |row: Referral| ReferralView {
        at: row.referred_at,
        by: names.get(&row.actor).cloned().unwrap_or_default(),
        said: ReferralForm {
            urgent: row.urgent,
            destination: row.destination,
            reason: row.reason,
            treated: row.treated,
        },
    };
    rows.into_iter().map(view).collect()
}
