//! 调阅记录, the access log: who from outside opened a record or read a list, who signed in, who was
//! turned away. An entry that cannot be written fails what it is about. No personal data stands in it
//! but the patient's id.

use std::collections::HashMap;
use std::time::Duration;

use cunyi_domain::fact::AccessRecorded;
use cunyi_domain::ids::{ClinicId, EntryId, PatientId, UserId};
use cunyi_domain::ledger::AccessKind;
use cunyi_domain::time::Moment;
use cunyi_store::{Tx, Writer, query, reference};

use crate::App;
use crate::error::Result;
use crate::permission::Action;
use crate::views::{AccessView, Actor};

/// Entries on the page.
const MOST: i64 = 300;
/// The same refusal is recorded once in this time: a page that asks again is not a flood of facts.
const AGAIN: Duration = Duration::from_mins(1);
/// Refusals that are remembered for that; more and all are forgotten.
const REMEMBERED: usize = 1000;

/// When whom was refused what last.
pub(crate) type Refusals = HashMap<(ClinicId, UserId, Action), Moment>;

/// The names of a clinic's users, asked for once for a whole list of entries.
pub(crate) fn names(tx: &mut Tx<'_>, clinic: &ClinicId) -> Result<HashMap<UserId, String>> {
    let users = reference::users(tx, clinic)?.into_iter();
    Ok(users.map(|user| (user.id, user.name)).collect())
}

/// Writes an entry; the actor is the writer's.
pub(crate) fn record(
    w: &mut Writer<'_, '_>,
    role: reference::Role,
    what: AccessKind,
    detail: &str,
    patient: Option<&PatientId>,
) -> Result<()> {
    let entry = AccessRecorded {
        id: EntryId::new(w.who.now, w.rng),
        what,
        detail: detail.to_owned(),
        patient: patient.cloned(),
        role: role.as_str().to_owned(),
    };
    Ok(w.record(entry, patient, None)?)
}

impl App {
    /// The newest entries of the log. Reading it is an entry too.
    pub fn access_log(&self, actor: &Actor) -> Result<Vec<AccessView>> {
        actor.must(Action::ReadAccesses)?;
        let view = self
            .parts
            .store
            .db()
            .read("access_log", |tx| -> Result<_> {
                let names = names(tx, &actor.clinic)?;
                let log = query::access_log(tx, &actor.clinic, MOST)?;
                let name = |user: &UserId| names.get(user).cloned().unwrap_or_default();
                let view = log.into_iter().map(|entry| AccessView {
                    at: entry.opened_at,
                    name: name(&entry.actor),
                    role: entry.role,
                    what: entry.what,
                    detail: match entry.what {
                        AccessKind::PasswordReset => name(&UserId(entry.detail)),
                        _ => entry.detail,
                    },
                    patient: entry.patient,
                });
                Ok(view.collect())
            })?;
        self.note_list(actor, "accesses")?;
        Ok(view)
    }

    /// Notes that a role did not permit what was asked for.
    pub fn note_refused(&self, action: Action, actor: &Actor) -> Result<()> {
        let now = self.now();
        let key = (actor.clinic.clone(), actor.user.clone(), action);
        {
            let mut refusals = self.refusals();
            if refusals.get(&key).is_some_and(|at| at.plus(AGAIN) > now) {
                return Ok(());
            }
            if refusals.len() >= REMEMBERED {
                refusals.clear();
            }
            refusals.insert(key, now);
        }
        self.note(actor, AccessKind::Refused, action.as_str(), None)
    }

    /// Notes that someone who does not treat here opened a record.
    pub(crate) fn note_access(&self, actor: &Actor, patient: &PatientId) -> Result<()> {
        if actor.treats() {
            return Ok(());
        }
        self.note(actor, AccessKind::Record, "", Some(patient))
    }

    /// Notes that someone who does not treat here read a list.
    pub(crate) fn note_list(&self, actor: &Actor, list: &str) -> Result<()> {
        if actor.treats() {
            return Ok(());
        }
        self.note(actor, AccessKind::List, list, None)
    }

    fn note(
        &self,
        actor: &Actor,
        what: AccessKind,
        detail: &str,
        patient: Option<&PatientId>,
    ) -> Result<()> {
        let who = self.who(actor);
        let store = &self.parts.store;
        store.write(&who, self.rng(), "note_access", |w| {
            record(w, actor.role, what, detail, patient)
        })
    }
}
