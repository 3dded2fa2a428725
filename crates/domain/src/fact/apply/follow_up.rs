//! What follow-up forms do to the ledger.

use crate::fact::{FollowUpRecorded, Personal};
use crate::ledger::FollowUp;
use crate::row::Change;

use super::{About, set};

/// A form is a row; the one that it corrects stays beside it, once.
pub(super) fn recorded(
    about: &About,
    body: FollowUpRecorded,
    personal: Option<Personal>,
) -> Vec<Change> {
    let (answers, reason) = match personal {
        Some(Personal::FollowUp { answers, reason }) => (answers, reason),
        _ => Default::default(),
    };
    let corrected = body.corrects.clone().map(|old| {
        let to = vec![set("corrected", true)];
        about.guarded::<FollowUp>(old, set("corrected", false), to)
    });
    let row = Change::insert(FollowUp {
        clinic: about.clinic.clone(),
        id: body.id,
        patient: body.patient,
        visit: body.visit,
        form: body.form,
        edition: body.edition,
        day: body.day,
        class: body.class,
        uncontrolled: body.uncontrolled,
        adverse: body.adverse,
        next_day: body.next_day,
        answers,
        corrects: body.corrects,
        reason,
        corrected: false,
        actor: about.actor.clone(),
        recorded_at: about.occurred_at,
    });
    corrected.into_iter().chain([row]).collect()
}
