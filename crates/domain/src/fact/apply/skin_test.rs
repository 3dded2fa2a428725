//! What skin tests do to the ledger.

use crate::fact::{SkinTestMoved, SkinTestOrdered};
use crate::ledger::{SkinTest, SkinTestEvent, SkinTestState};
use crate::row::Change;

use super::{About, set};

pub(super) fn ordered(about: &About, body: SkinTestOrdered) -> Vec<Change> {
    vec![Change::insert(SkinTest {
        clinic: about.clinic.clone(),
        id: body.id,
        patient: body.patient,
        visit: body.visit,
        code: body.code,
        name: body.name,
        state: SkinTestState::Waiting,
        ordered_at: about.occurred_at,
        actor: about.actor.clone(),
        readable_at: body.readable_at,
        read_by: None,
        confirmed_by: None,
        moved_at: about.occurred_at,
    })]
}

/// Who reads first and who looks, too, stand beside the result. Who gives up reads nothing, and who sees otherwise
/// than before is still one.
pub(super) fn moved(about: &About, body: SkinTestMoved) -> Vec<Change> {
    let mut to = vec![set("state", body.to), set("moved_at", about.occurred_at)];
    let reader = match (body.event, body.from) {
        (SkinTestEvent::Abandoned | SkinTestEvent::TurnedPositive, _) => None,
        (_, SkinTestState::Read) => Some("confirmed_by"),
        _ => Some("read_by"),
    };
    to.extend(reader.map(|column| set(column, Some(about.actor.clone()))));
    vec![about.guarded::<SkinTest>(body.id, set("state", body.from), to)]
}
