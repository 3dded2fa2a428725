//! What the fund was asked for, and what the office said of it; what people settled with the centre.

use super::{About, impossible, set};
use crate::clearing::{ClearingEvent, ClearingState};
use crate::fact::{Body, ClearingMoved, ClearingWithdrawn, UndoingMoved};
use crate::ledger::{Clearing, Undone};
use crate::row::Change;

/// The row changes of a fact of the clearing book.
pub(super) fn apply(about: &About, body: Body) -> Vec<Change> {
    match body {
        Body::ClearingRequested(b) => {
            let parts = b.parts.into_iter().map(Change::insert);
            std::iter::once(Change::insert(b.clearing))
                .chain(parts)
                .collect()
        }
        Body::ClearingWithdrawn(b) => vec![withdrawn(about, b)],
        Body::ClearingMoved(b) => vec![moved(about, b)],
        Body::ClearingEntered(b) => vec![Change::insert(b.entry)],
        Body::DifferenceWrittenOff(b) => vec![Change::insert(b.entry)],
        Body::UndoingRequested(b) => vec![Change::insert(b.undone)],
        Body::UndoingMoved(b) => vec![undoing(about, b)],
        _ => vec![],
    }
}

/// A transition that does not exist is stale.
fn moved(about: &About, body: ClearingMoved) -> Change {
    let from = set("state", body.from);
    let Some(state) = body.from.after(body.event) else {
        return impossible::<Clearing>(from);
    };
    let to = vec![
        set("state", state),
        set("event", body.number),
        set("said", body.said),
    ];
    about.guarded::<Clearing>(body.clearing, from, to)
}

fn undoing(about: &About, body: UndoingMoved) -> Change {
    let from = set("state", body.from);
    let Some(state) = body.from.after(body.event) else {
        return impossible::<Undone>(from);
    };
    let to = vec![
        set("state", state),
        set("reversal", body.reversal),
        set("reversed_at", body.reversed_at),
    ];
    about.guarded::<Undone>(body.undone, from, to)
}

fn withdrawn(about: &About, body: ClearingWithdrawn) -> Change {
    let from = ClearingState::Applied;
    let Some(state) = from.after(ClearingEvent::Withdraw) else {
        return impossible::<Clearing>(set("state", from));
    };
    let to = vec![
        set("state", state),
        set("withdrawal", body.message),
        set("withdrawal_reason", body.reason),
        set("withdrawn_at", Some(about.occurred_at)),
        set("withdrawn_by", Some(about.actor.clone())),
    ];
    about.guarded::<Clearing>(body.clearing, set("state", from), to)
}
