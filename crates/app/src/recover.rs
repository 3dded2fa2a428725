//! After a restart: what was asked and never answered is unknown, and says so.
//!
//! A message that stands as pending when the program starts was cut off between its two commits.
//! Nobody waits for its answer any more; what it did at the centre is not known.

use cunyi_domain::batch::{BatchEvent, BatchState};
use cunyi_domain::clearing::ClearingEvent;
use cunyi_domain::fact::{BatchMoved, ClearingMoved};
use cunyi_domain::ids::{ClinicId, UserId, VisitId};
use cunyi_domain::ledger::{Batch, Registration, RegistrationState};
use cunyi_domain::row::Field;
use cunyi_store::local::{Message, MessageState};
use cunyi_store::{Who, Writer, clearing, query, reference};

use crate::App;
use crate::error::Result;
use crate::reconcile::lose_undoing;
use crate::register::record_registration;
use crate::resolve::mark;

/// Who acts when nobody does.
pub(crate) const PROGRAM: &str = "program";

impl App {
    /// Marks what was cut off as unknown. Called once, before anything is served; answers how many.
    pub fn recover(&self) -> Result<usize> {
        let clinics = self.parts.store.db().read("recover", reference::clinics)?;
        let mut count = 0;
        for clinic in clinics {
            count += self.recover_clinic(&clinic.clinic)?;
        }
        Ok(count)
    }

    fn recover_clinic(&self, clinic: &ClinicId) -> Result<usize> {
        let who = Who {
            clinic: clinic.clone(),
            actor: UserId(PROGRAM.to_owned()),
            now: self.now(),
        };
        self.parts.store.write(&who, self.rng(), "recover", |w| {
            let pending = MessageState::Pending.into_value();
            let values = vec![clinic.clone().into_value(), pending];
            let cut: Vec<Message> =
                w.tx.select("WHERE clinic = ? AND state = ? ORDER BY id", values)?;
            for message in &cut {
                lose_call(w, message)?;
            }
            let applications = clearing::cut_off(w.tx, clinic)?;
            // Neither a 3203 nor a 3204 is sent again: a person asks the office.
            for asked in &applications {
                let lost = ClearingMoved::of(asked, ClearingEvent::Lose);
                w.record(lost, None, None)?;
            }
            Ok(cut.len() + applications.len())
        })
    }
}

/// Nobody waits for its answer any more.
pub(crate) fn lose_call(w: &mut Writer<'_, '_>, message: &Message) -> Result<()> {
    let clinic = &message.clinic;
    mark(w, clinic, message.id.as_str(), MessageState::Unknown)?;
    match (message.infno.as_str(), &message.visit, &message.batch) {
        ("2201", Some(visit), _) => lose_registrations(w, message, visit),
        // Of no batch: what it was to undo is none of ours.
        ("2208", Some(_), None) => lose_undoing(w, &message.id),
        (_, _, Some(id)) => match query::batch(w.tx, clinic, id)? {
            Some(batch) => lose_batch(w, message, &batch),
            None => Ok(()),
        },
        _ => Ok(()),
    }
}

fn lose_batch(w: &mut Writer<'_, '_>, message: &Message, batch: &Batch) -> Result<()> {
    let event = match batch.state {
        BatchState::Requested => BatchEvent::Lose,
        BatchState::ReversalRequested => BatchEvent::LoseReversal,
        BatchState::UndoRequested => BatchEvent::LoseUndo,
        _ => return Ok(()),
    };
    let moved = BatchMoved {
        message: Some(message.id.0.clone()),
        ..BatchMoved::of(batch, event)
    };
    Ok(w.record(moved, Some(&message.patient), None)?)
}

/// A visit asks for one registration at a time: what was asked for is what the message asked.
fn lose_registrations(w: &mut Writer<'_, '_>, message: &Message, visit: &VisitId) -> Result<()> {
    let mut asked = query::registrations(w.tx, &message.clinic, visit)?;
    asked.retain(|row| row.state == RegistrationState::Requested);
    for was in asked {
        let is = Registration {
            state: RegistrationState::Unknown,
            ..was.clone()
        };
        record_registration(w, &was, &message.patient, &message.id, is)?;
    }
    Ok(())
}
