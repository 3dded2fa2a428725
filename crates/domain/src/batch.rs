//! The state machine of a settlement batch: pure, one table.

text_enum! {
    /// Where a batch's settlement stands.
    pub enum BatchState {
        /// Frozen at the clinic; the centre knows nothing of it.
        Draft = "draft",
        /// Details are at the centre (2204).
        Uploaded = "uploaded",
        /// The centre has computed it (2206); nothing is paid.
        Presettled = "presettled",
        /// 2207 is on its way: the intent is committed.
        Requested = "requested",
        /// Paid.
        Settled = "settled",
        /// The centre refused 2207; can be pre-settled again.
        Refused = "refused",
        /// What 2207 did is not known: never shown as settled, never as failed.
        Unknown = "unknown",
        /// 2208 is on its way.
        ReversalRequested = "reversal_requested",
        /// What 2208 did is not known.
        ReversalUnknown = "reversal_unknown",
        /// 2601 for a lost 2207 is on its way.
        UndoRequested = "undo_requested",
        /// What 2601 did is not known, as little as what the 2207 did.
        UndoUnknown = "undo_unknown",
        /// Paid back.
        Reversed = "reversed",
        /// Taken back before anything was paid.
        Void = "void",
    }
}

text_enum! {
    /// What happens to a batch.
    pub enum BatchEvent {
        /// 2204 succeeded.
        Upload = "upload",
        /// 2206 succeeded.
        Presettle = "presettle",
        /// The patient chose otherwise about her account: what was computed holds no more.
        Reconsider = "reconsider",
        /// 2207's intent is committed.
        Request = "request",
        /// 2207 succeeded, or a self-pay patient paid.
        Settle = "settle",
        /// The centre refused 2207.
        Refuse = "refuse",
        /// 2207 or 2208 certainly did not leave: nothing happened, the batch is what it was before.
        NotSent = "not_sent",
        /// The answer was lost or cannot be trusted.
        Lose = "lose",
        /// 转自费: it becomes a self-pay batch.
        OwnPay = "own_pay",
        /// 2208's intent is committed.
        RequestReversal = "request_reversal",
        /// 2208 succeeded, or a self-pay sum was paid back.
        Reverse = "reverse",
        /// 2208 was refused.
        RefuseReversal = "refuse_reversal",
        /// 2208's answer was lost.
        LoseReversal = "lose_reversal",
        /// It is shown that a lost 2207 or 2208 did nothing and will do nothing.
        Absent = "absent",
        /// 2601's intent is committed.
        RequestUndo = "request_undo",
        /// 2601 succeeded, or the platform says that it had before: the 2207 never was.
        Undo = "undo",
        /// 2601 was refused, which proves nothing: the 2207 may still be on its way.
        RefuseUndo = "refuse_undo",
        /// 2601's answer was lost.
        LoseUndo = "lose_undo",
        /// The doctor takes the fee list back, or drops this batch of it.
        TakeBack = "take_back",
    }
}

use crate::transitions;
use BatchEvent as E;
use BatchState as S;

/// Every transition there is; what is not here is refused.
pub const TRANSITIONS: &[(BatchState, BatchEvent, BatchState)] = &[
    (S::Draft, E::Upload, S::Uploaded),
    (S::Draft, E::Settle, S::Settled), // self-pay: nobody is asked
    (S::Draft, E::OwnPay, S::Draft),
    (S::Draft, E::TakeBack, S::Void),
    (S::Uploaded, E::Presettle, S::Presettled),
    (S::Uploaded, E::OwnPay, S::Draft),
    (S::Uploaded, E::TakeBack, S::Void),
    (S::Presettled, E::Presettle, S::Presettled),
    (S::Presettled, E::Reconsider, S::Uploaded),
    (S::Presettled, E::Request, S::Requested),
    (S::Presettled, E::OwnPay, S::Draft),
    (S::Presettled, E::TakeBack, S::Void),
    (S::Requested, E::Settle, S::Settled),
    (S::Requested, E::Refuse, S::Refused),
    (S::Requested, E::NotSent, S::Presettled),
    (S::Requested, E::Lose, S::Unknown),
    (S::Refused, E::Presettle, S::Presettled),
    (S::Refused, E::OwnPay, S::Draft),
    (S::Refused, E::TakeBack, S::Void),
    (S::Unknown, E::Settle, S::Settled),
    (S::Unknown, E::Refuse, S::Refused),
    (S::Settled, E::RequestReversal, S::ReversalRequested),
    (S::Settled, E::Reverse, S::Reversed), // self-pay
    (S::ReversalRequested, E::Reverse, S::Reversed),
    (S::ReversalRequested, E::RefuseReversal, S::Settled),
    (S::ReversalRequested, E::NotSent, S::Settled),
    (S::ReversalRequested, E::LoseReversal, S::ReversalUnknown),
    (S::ReversalUnknown, E::Reverse, S::Reversed),
    (S::ReversalUnknown, E::RefuseReversal, S::Settled),
    (S::ReversalUnknown, E::Absent, S::Settled),
    (S::Unknown, E::Absent, S::Uploaded),
    (S::Unknown, E::RequestUndo, S::UndoRequested),
    (S::UndoRequested, E::Undo, S::Uploaded),
    (S::UndoRequested, E::RefuseUndo, S::Unknown),
    (S::UndoRequested, E::NotSent, S::Unknown),
    (S::UndoRequested, E::LoseUndo, S::UndoUnknown),
    (S::UndoUnknown, E::RequestUndo, S::UndoRequested),
    (S::UndoUnknown, E::Undo, S::Uploaded),
    (S::UndoUnknown, E::Settle, S::Settled),
    (S::UndoUnknown, E::Absent, S::Uploaded),
];

impl BatchState {
    /// The state after an event, if the event can happen here.
    pub fn after(self, event: BatchEvent) -> Option<Self> {
        transitions::after(TRANSITIONS, self, &event)
    }

    /// True while money may move or have moved and nobody knows: nothing else may be done with it.
    pub const fn in_flight(self) -> bool {
        matches!(self, S::Requested | S::ReversalRequested | S::UndoRequested) || self.is_lost()
    }

    /// True while an answer is lost: it is to be found out what happened ([`crate::resolve`]).
    pub const fn is_lost(self) -> bool {
        matches!(self, S::Unknown | S::ReversalUnknown | S::UndoUnknown)
    }

    /// True while it is to be settled, or may have been and nobody knows.
    pub const fn is_unsettled(self) -> bool {
        self.is_live() && !matches!(self, S::Settled | S::ReversalRequested | S::ReversalUnknown)
    }

    /// True while its lines are charged or to be charged: neither taken back nor paid back.
    pub const fn is_live(self) -> bool {
        !matches!(self, S::Void | S::Reversed)
    }

    /// True when nothing more will happen of itself.
    pub const fn is_final(self) -> bool {
        matches!(self, S::Settled | S::Reversed | S::Void)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transitions::tests::is_documented;

    #[test]
    fn an_event_leads_to_one_state() {
        for (i, (from, event, _)) in TRANSITIONS.iter().enumerate() {
            assert_eq!(
                TRANSITIONS[..i]
                    .iter()
                    .find(|(f, e, _)| f == from && e == event),
                None
            );
        }
    }

    #[test]
    fn the_documented_table_is_this_one() {
        is_documented("transitions", TRANSITIONS);
    }

    #[test]
    fn money_in_flight_cannot_be_taken_back_or_asked_for_again() {
        for state in BatchState::ALL.iter().filter(|s| s.in_flight()) {
            for event in [
                E::TakeBack,
                E::Request,
                E::RequestReversal,
                E::Presettle,
                E::Upload,
            ] {
                assert_eq!(state.after(event), None, "{state} {event}");
            }
        }
    }

    #[test]
    fn what_did_not_leave_changed_nothing() {
        for (before, request) in [
            (S::Presettled, E::Request),
            (S::Settled, E::RequestReversal),
        ] {
            let asked = before.after(request);
            assert_eq!(asked.and_then(|s| s.after(E::NotSent)), Some(before));
        }
        // Once an answer was lost, nobody can say any more that nothing was sent.
        for state in BatchState::ALL {
            let waiting = state.in_flight() && !state.is_lost();
            assert_eq!(state.after(E::NotSent).is_some(), waiting, "{state}");
        }
    }

    #[test]
    fn a_2601_settles_nothing_and_its_refusal_proves_nothing() {
        let outcomes = TRANSITIONS.iter().filter(|(f, ..)| *f == S::UndoRequested);
        for (_, event, to) in outcomes {
            assert!(
                matches!(to, S::Uploaded | S::Unknown | S::UndoUnknown),
                "{event}"
            );
        }
        assert_eq!(S::UndoRequested.after(E::RefuseUndo), Some(S::Unknown));
    }

    #[test]
    fn whatever_is_lost_can_end_on_both_sides() {
        let ends = |state: S| {
            let mut seen = vec![state];
            let mut at = 0;
            while at < seen.len() {
                let from = seen[at];
                let next = TRANSITIONS.iter().filter(|(f, ..)| *f == from);
                seen.extend(
                    next.map(|(.., to)| *to)
                        .filter(|to| !seen.contains(to))
                        .collect::<Vec<_>>(),
                );
                at += 1;
            }
            seen
        };
        for state in BatchState::ALL.iter().filter(|s| s.is_lost()) {
            let all = ends(*state);
            for end in [S::Settled, S::Reversed] {
                assert!(all.contains(&end), "{state} {end}");
            }
        }
    }

    #[test]
    fn every_state_can_be_reached_and_only_void_and_reversed_are_dead_ends() {
        for state in BatchState::ALL {
            let reached = *state == S::Draft || TRANSITIONS.iter().any(|(_, _, to)| to == state);
            assert!(reached, "{state}");
            let leaves = TRANSITIONS.iter().any(|(from, _, _)| from == state);
            assert_eq!(leaves, !matches!(state, S::Void | S::Reversed), "{state}");
        }
    }
}
