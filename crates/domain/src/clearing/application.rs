//! The state machine of a clearing application (3203) and of taking it back (3204): pure, one table.

text_enum! {
    /// Where an application stands.
    pub enum ClearingState {
        /// 3203 is on its way: the intent is committed.
        Requested = "requested",
        /// The office has it.
        Applied = "applied",
        /// It was refused, or did not leave: nothing is applied for.
        Refused = "refused",
        /// What 3203 did is not known. It is never sent again: a person asks the office.
        Unknown = "unknown",
        /// The office told a person that it has none.
        NotApplied = "not_applied",
        /// 3204 is on its way: the intent is committed.
        Withdrawing = "withdrawing",
        /// What 3204 did is not known. It is never sent again: a person asks the office.
        WithdrawalUnknown = "withdrawal_unknown",
        /// Taken back: the period may be applied for again.
        Withdrawn = "withdrawn",
    }
}

text_enum! {
    /// What happens to an application.
    pub enum ClearingEvent {
        /// 3203 or 3204 succeeded.
        Accept = "accept",
        /// The office refused it.
        Refuse = "refuse",
        /// It certainly did not leave.
        NotSent = "not_sent",
        /// The answer was lost or cannot be trusted.
        Lose = "lose",
        /// 3204's intent is committed.
        Withdraw = "withdraw",
        /// The office told a person that it has the application.
        ToldThere = "told_there",
        /// The office told a person that it has none, or none any more.
        ToldNone = "told_none",
    }
}

use crate::transitions;
use ClearingEvent as E;
use ClearingState as S;

/// Every transition there is; what is not here is refused.
pub const TRANSITIONS: &[(ClearingState, ClearingEvent, ClearingState)] = &[
    (S::Requested, E::Accept, S::Applied),
    (S::Requested, E::Refuse, S::Refused),
    (S::Requested, E::NotSent, S::Refused),
    (S::Requested, E::Lose, S::Unknown),
    (S::Unknown, E::ToldThere, S::Applied),
    (S::Unknown, E::ToldNone, S::NotApplied),
    (S::Applied, E::Withdraw, S::Withdrawing),
    (S::Applied, E::ToldNone, S::Withdrawn), // the office sent it back, or took it back itself
    (S::Withdrawing, E::Accept, S::Withdrawn),
    (S::Withdrawing, E::Refuse, S::Applied),
    (S::Withdrawing, E::NotSent, S::Applied),
    (S::Withdrawing, E::Lose, S::WithdrawalUnknown),
    (S::WithdrawalUnknown, E::ToldThere, S::Applied),
    (S::WithdrawalUnknown, E::ToldNone, S::Withdrawn),
];

impl ClearingState {
    /// The state after an event, if the event can happen here.
    pub fn after(self, event: ClearingEvent) -> Option<Self> {
        transitions::after(TRANSITIONS, self, &event)
    }

    /// True if the office has it, or may have it: it is not applied for again.
    pub const fn may_stand(self) -> bool {
        matches!(self, S::Requested | S::Unknown) || self.stands()
    }

    /// True if the office has it as far as anybody knows: taking it back did not succeed so far.
    pub const fn stands(self) -> bool {
        matches!(self, S::Applied | S::Withdrawing | S::WithdrawalUnknown)
    }

    /// True while an answer is lost: a person asks the office.
    pub const fn is_lost(self) -> bool {
        matches!(self, S::Unknown | S::WithdrawalUnknown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transitions::tests::is_documented;

    #[test]
    fn the_documented_table_is_this_one() {
        is_documented("clearing", TRANSITIONS);
    }

    #[test]
    fn an_event_leads_to_one_state() {
        for (at, (from, event, to)) in TRANSITIONS.iter().enumerate() {
            let mut before = TRANSITIONS[..at].iter();
            assert!(before.all(|(f, e, _)| f != from || e != event));
            assert_eq!(from.after(*event), Some(*to));
        }
    }

    #[test]
    fn what_is_lost_only_a_person_moves() {
        for state in ClearingState::ALL.iter().filter(|state| state.is_lost()) {
            for event in ClearingEvent::ALL {
                let told = matches!(event, E::ToldThere | E::ToldNone);
                assert_eq!(state.after(*event).is_some(), told, "{state} {event}");
            }
        }
    }

    #[test]
    fn nothing_is_sent_twice_and_what_does_not_stand_is_an_end() {
        for state in ClearingState::ALL {
            let sends = state.after(E::Withdraw).is_some();
            assert_eq!(sends, *state == S::Applied, "{state}");
            let leaves = TRANSITIONS.iter().any(|(from, ..)| from == state);
            assert_eq!(leaves, state.may_stand(), "{state}");
        }
    }
}
