//! What infusion courses do to the ledger.

use crate::fact::{CourseOrdered, CourseStopped, Personal};
use crate::ledger::Course;
use crate::row::Change;

use super::{About, reason, set};

pub(super) fn ordered(about: &About, body: CourseOrdered) -> Vec<Change> {
    vec![Change::insert(Course {
        clinic: about.clinic.clone(),
        id: body.id,
        patient: body.patient,
        visit: body.visit,
        days: body.days,
        ordered_at: about.occurred_at,
        actor: about.actor.clone(),
        stopped: false,
        stopped_at: None,
        stopped_by: None,
        reason: String::new(),
    })]
}

/// Once: who comes second finds it stopped.
pub(super) fn stopped(
    about: &About,
    body: CourseStopped,
    personal: Option<Personal>,
) -> Vec<Change> {
    let to = vec![
        set("stopped", true),
        set("stopped_at", Some(about.occurred_at)),
        set("stopped_by", Some(about.actor.clone())),
        set("reason", reason(personal)),
    ];
    vec![about.guarded::<Course>(body.id, set("stopped", false), to)]
}
