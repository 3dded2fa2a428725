//! What happens to a prescription on the visit's page.

use cunyi_app::views::{CourseView, PaperEntryView, PapersView, SkinTestView};
use cunyi_domain::ids::EntryId;
use cunyi_domain::ledger::{PaperEvent, PaperWhy, SkinTestState};

use super::{HOSTILE, now};

/// Printed twice, and of each event one with words.
pub(super) fn printed(frozen: bool) -> PapersView {
    let entry = |(number, event, why)| PaperEntryView {
        event,
        number,
        why,
        words: HOSTILE.to_owned(),
        by: HOSTILE.to_owned(),
        at: now(),
    };
    let all = [
        (1, PaperEvent::Printed, None),
        (2, PaperEvent::Printed, Some(PaperWhy::Other)),
        (2, PaperEvent::Voided, Some(PaperWhy::Mistake)),
    ];
    PapersView {
        entries: all.map(entry).into(),
        printed: usize::from(frozen),
        printable: frozen,
    }
}

/// One that may go on, one that had its day today, one that is done.
pub(super) fn courses() -> Vec<CourseView> {
    let course = |(place, may): (usize, bool)| CourseView {
        id: EntryId(format!("L{place}")),
        names: vec![HOSTILE.to_owned(), "0.9%氯化钠注射液".to_owned()],
        days: 3,
        done: place,
        last: Some(now().date()),
        may,
    };
    [(1, true), (2, false), (3, false)].map(course).into()
}

/// One of each state.
pub(super) fn skin_tests() -> Vec<SkinTestView> {
    let test = |(place, state): (usize, &SkinTestState)| SkinTestView {
        id: EntryId(format!("K{place}")),
        name: HOSTILE.to_owned(),
        state: *state,
        readable_at: now(),
        minutes_left: if place == 0 { 12 } else { 0 },
        own: false,
    };
    SkinTestState::ALL.iter().enumerate().map(test).collect()
}
