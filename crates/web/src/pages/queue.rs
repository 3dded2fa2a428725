//! The queue: the rail on the left of the workstation.

#![expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "templates pass arguments by reference"
)]

use cunyi_app::App;
use cunyi_app::views::QueueEntry;
use cunyi_domain::ids::VisitId;
use cunyi_domain::ledger::{Standing as Money, VisitState};
use cunyi_domain::time::Moment;

use crate::fault::Fault;
use crate::session::Signed;

/// A part of the queue.
pub(crate) struct Group {
    /// Where its visits stand; none: done, and something of it is open.
    pub(crate) state: Option<VisitState>,
    pub(crate) entries: Vec<QueueEntry>,
}

/// Over, and yet something is to be done: given and not settled, money to return or collect, goods of
/// which it was not said what became of them.
fn has_open_ends(entry: &QueueEntry) -> bool {
    let over = matches!(entry.state, VisitState::Done | VisitState::Cancelled);
    over && (entry.given_unsettled || entry.money != Money::Even || entry.goods_undecided > 0)
}

/// The rail on the left.
pub(crate) struct Queue {
    pub(crate) groups: Vec<Group>,
    pub(crate) current: VisitId,
}

impl Group {
    /// How many minutes what was given waits to be settled, the oldest, and when it is tried next. None
    /// where the program tries nothing.
    pub(crate) fn deferred(&self, now: &Moment) -> Option<(i64, Moment)> {
        let waiting = self.entries.iter().filter(|e| e.given_unsettled);
        let next = waiting.clone().filter_map(|e| e.next_try).min()?;
        let oldest = waiting.map(|e| e.registered_at).min()?;
        Some((now.seconds_since(oldest) / 60, next.max(*now)))
    }
}

impl Queue {
    /// Beside a page that is no visit's.
    pub(crate) async fn rail(by: &Signed) -> Result<Self, Fault> {
        Ok(Self::new(by.call(App::queue).await?, VisitId::default()))
    }

    /// Open ends, if there are any; then waiting, seeing, parked and done.
    pub(crate) fn new(entries: Vec<QueueEntry>, current: VisitId) -> Self {
        use VisitState::{Done, Parked, Seeing, Waiting};
        let states = [Waiting, Seeing, Parked, Done].map(Some);
        let mut groups = [None].into_iter().chain(states).map(|state| Group {
            state,
            entries: vec![],
        });
        let mut groups: Vec<Group> = groups.by_ref().collect();
        for entry in entries {
            let state = (!has_open_ends(&entry)).then_some(entry.state);
            if let Some(group) = groups.iter_mut().find(|g| g.state == state) {
                group.entries.push(entry);
            }
        }
        groups.retain(|g| g.state.is_some() || !g.entries.is_empty());
        Self { groups, current }
    }

    /// True while nobody's visit has ended today.
    pub(crate) fn fresh(&self) -> bool {
        let done = |g: &Group| g.state == Some(VisitState::Done) && !g.entries.is_empty();
        !self.groups.iter().any(done)
    }
}
