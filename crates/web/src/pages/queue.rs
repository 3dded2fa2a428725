//! The queue: the rail on the left of the workstation, and the screen of the waiting room.

#![expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "templates pass arguments by reference"
)]

use askama::Template;
use axum::http::StatusCode;
use cunyi_app::App;
use cunyi_app::views::QueueEntry;
use cunyi_domain::ids::VisitId;
use cunyi_domain::ledger::{Standing as Money, VisitState};
use cunyi_domain::time::Moment;

use crate::chrome::Chrome;
use crate::fault::{Answer, Fault, html};
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

/// The queue for everyone in the waiting room to read: numbers, and names that tell only her who knows
/// her own.
#[derive(Template)]
#[template(path = "display.html")]
pub(crate) struct DisplayPage<'a> {
    pub(crate) c: &'a Chrome,
    pub(crate) q: &'a Queue,
}

impl DisplayPage<'_> {
    /// With the doctor, and called next in this order; each under its title.
    pub(crate) fn parts(&self) -> [(&'static str, &[QueueEntry]); 2] {
        let group = |state| {
            let group = self.q.groups.iter().find(|g| g.state == Some(state));
            group.map_or(&[][..], |g| &g.entries)
        };
        [
            ("display-seeing", group(VisitState::Seeing)),
            ("display-waiting", group(VisitState::Waiting)),
        ]
    }
}

/// `GET /display`
pub(crate) async fn display(by: Signed) -> Answer {
    let q = Queue::rail(&by).await?;
    let c = &*by.chrome;
    Ok(html(StatusCode::OK, &DisplayPage { c, q: &q }))
}

/// How many digits of a visit's number are called out: the day stands before them.
const CALLED: usize = 3;

/// The end of a visit's number, as it is called out.
pub(crate) fn short_number(number: &str) -> &str {
    let from = number.char_indices().rev().nth(CALLED - 1);
    from.map_or(number, |(at, _)| &number[at..])
}

/// A name without its middle: 周*雨, 刘*.
pub(crate) fn discreet(name: &str) -> String {
    let mut all = name.chars();
    let (first, last) = (all.next(), all.next_back());
    let last = last.filter(|_| all.next().is_some());
    first.into_iter().chain(['*']).chain(last).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_waiting_room_reads_no_whole_name() {
        for (name, shown) in [
            ("周小雨", "周*雨"),
            ("刘军", "刘*"),
            ("欧阳建英", "欧*英"),
            ("阿", "阿*"),
            ("", "*"),
        ] {
            assert_eq!(discreet(name), shown, "{name}");
        }
        assert_eq!(short_number("0020261127014"), "014");
        assert_eq!(short_number("14"), "14");
    }
}
