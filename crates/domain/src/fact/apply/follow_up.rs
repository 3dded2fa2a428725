//! What follow-up forms do to the ledger.

use crate::fact::{FollowUpEnded, FollowUpRecorded, FollowUpResumed, Personal};
use crate::ledger::{FollowUp, FollowUpEnd};
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

pub(super) fn ended(about: &About, body: FollowUpEnded, personal: Option<Personal>) -> Vec<Change> {
    vec![Change::insert(FollowUpEnd {
        clinic: about.clinic.clone(),
        id: body.id,
        patient: body.patient,
        why: body.why,
        day: body.day,
        words: super::reason(personal),
        ended_at: about.occurred_at,
        actor: about.actor.clone(),
        resumed: false,
        resumed_at: None,
        resumed_by: None,
    })]
}

/// Once: who comes second finds her taken up again.
pub(super) fn resumed(about: &About, body: FollowUpResumed) -> Vec<Change> {
    let to = vec![
        set("resumed", true),
        set("resumed_at", Some(about.occurred_at)),
        set("resumed_by", Some(about.actor.clone())),
    ];
    vec![about.guarded::<FollowUpEnd>(body.id, set("resumed", false), to)]
}
