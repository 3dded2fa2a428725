//! The state machine of undoing at the centre (2208) what stands only there: pure, one table.

text_enum! {
    /// Where it stands.
    pub enum UndoneState {
        /// 2208 is on its way: the intent is committed.
        Requested = "requested",
        /// What 2208 did is not known.
        Unknown = "unknown",
        /// The centre has paid it back.
        Done = "done",
        /// It stands there still: refused, not sent, or shown not to have been done.
        Refused = "refused",
    }
}

text_enum! {
    /// What happens to it.
    pub enum UndoneEvent {
        /// 2208 succeeded.
        Accept = "accept",
        /// The centre refused it.
        Refuse = "refuse",
        /// It certainly did not leave.
        NotSent = "not_sent",
        /// The answer was lost or cannot be trusted.
        Lose = "lose",
        /// The centre says that it is paid back (5203).
        Found = "found",
        /// The centre says that it stands, after the region's bound (5203).
        Absent = "absent",
    }
}

use crate::transitions;
use UndoneEvent as E;
use UndoneState as S;

/// Every transition there is; what is not here is refused.
pub const TRANSITIONS: &[(UndoneState, UndoneEvent, UndoneState)] = &[
    (S::Requested, E::Accept, S::Done),
    (S::Requested, E::Refuse, S::Refused),
    (S::Requested, E::NotSent, S::Refused),
    (S::Requested, E::Lose, S::Unknown),
    (S::Unknown, E::Found, S::Done),
    (S::Unknown, E::Absent, S::Refused),
];

impl UndoneState {
    /// The state after an event, if the event can happen here.
    pub fn after(self, event: UndoneEvent) -> Option<Self> {
        transitions::after(TRANSITIONS, self, &event)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transitions::tests::is_documented;

    #[test]
    fn the_documented_table_is_this_one() {
        is_documented("undone", TRANSITIONS);
    }

    #[test]
    fn what_is_lost_only_the_centre_decides() {
        for event in UndoneEvent::ALL {
            let asked = matches!(event, E::Found | E::Absent);
            assert_eq!(S::Unknown.after(*event).is_some(), asked, "{event}");
            assert_eq!(S::Done.after(*event), None);
            assert_eq!(S::Refused.after(*event), None);
        }
    }
}
