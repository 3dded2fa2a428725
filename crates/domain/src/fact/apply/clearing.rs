//! What the fund was asked for, and what the office said of it.

use super::{About, set};
use crate::fact::Body;
use crate::ledger::Clearing;
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
        Body::ClearingMoved(b) => {
            let to = vec![
                set("state", b.to),
                set("event", b.event),
                set("said", b.said),
            ];
            vec![about.guarded::<Clearing>(b.clearing, set("state", b.from), to)]
        }
        Body::ClearingEntered(b) => vec![Change::insert(b.entry)],
        Body::DifferenceWrittenOff(b) => vec![Change::insert(b.entry)],
        _ => vec![],
    }
}
