//! What prints and voids of prescriptions do to the ledger.

use crate::fact::{PaperEntered, Personal};
use crate::ids::ChargeId;
use crate::ledger::PaperEntry;
use crate::row::Change;

use super::About;

pub(super) fn entered(
    about: &About,
    body: PaperEntered,
    personal: Option<Personal>,
) -> Vec<Change> {
    let lines: Vec<&str> = body.lines.iter().map(ChargeId::as_str).collect();
    vec![Change::insert(PaperEntry {
        clinic: about.clinic.clone(),
        id: body.id,
        patient: body.patient,
        visit: body.visit,
        event: body.event,
        number: body.number,
        lines: lines.join(","),
        why: body.why,
        words: super::reason(personal),
        actor: about.actor.clone(),
        entered_at: about.occurred_at,
    })]
}
