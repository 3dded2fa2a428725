//! 皮试: what a drug that wants a skin test waits for.

use crate::ids::{ClinicId, EntryId, PatientId, UserId, VisitId};
use crate::time::Moment;
use crate::transitions::after;

text_enum! {
    /// Where a skin test stands.
    pub enum SkinTestState {
        /// 待判读
        Waiting = "waiting",
        /// 判读阴性，待复核: one has read it; another still has to look.
        Read = "read",
        /// 阴性
        Negative = "negative",
        /// 阳性
        Positive = "positive",
        /// 未判读: the patient left.
        Abandoned = "abandoned",
    }
}

text_enum! {
    /// What happens to a skin test.
    pub enum SkinTestEvent {
        /// Somebody read it as negative and another is to look, too.
        ReadNegative = "read_negative",
        /// It is negative: the other saw so, too, or there is no other.
        Confirmed = "confirmed",
        /// Somebody saw that it is positive. One pair of eyes is enough.
        ReadPositive = "read_positive",
        /// Who read it as negative sees that it is positive after all.
        TurnedPositive = "turned_positive",
        /// The patient left.
        Abandoned = "abandoned",
    }
}

/// State, event, next state.
const TABLE: &[(SkinTestState, SkinTestEvent, SkinTestState)] = {
    use SkinTestEvent as E;
    use SkinTestState as S;
    &[
        (S::Waiting, E::ReadNegative, S::Read),
        (S::Waiting, E::Confirmed, S::Negative),
        (S::Waiting, E::ReadPositive, S::Positive),
        (S::Waiting, E::Abandoned, S::Abandoned),
        (S::Read, E::Confirmed, S::Negative),
        (S::Read, E::ReadPositive, S::Positive),
        (S::Read, E::TurnedPositive, S::Positive),
        (S::Read, E::Abandoned, S::Abandoned),
    ]
};

impl SkinTestState {
    /// The state after an event, if it can happen.
    pub fn after(self, event: SkinTestEvent) -> Option<Self> {
        after(TABLE, self, &event)
    }

    /// True while its result is awaited.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Waiting | Self::Read)
    }
}

table! {
    /// 皮试. It holds for its visit; another wants another, but for the next day of an infusion course.
    pub struct SkinTest in "skin_test" (Ledger, ["clinic", "id"]) {
        /// Clinic.
        pub clinic: ClinicId,
        /// Id.
        pub id: EntryId,
        /// Whose.
        pub patient: PatientId,
        /// In which visit.
        pub visit: VisitId,
        /// The drug's code.
        pub code: String,
        /// Its name.
        pub name: String,
        /// Where it stands.
        pub state: SkinTestState,
        /// When it was ordered.
        pub ordered_at: Moment,
        /// By whom.
        pub actor: UserId,
        /// Not to be read before.
        pub readable_at: Moment,
        /// Who read it first.
        pub read_by: Option<UserId>,
        /// Who looked, too.
        pub confirmed_by: Option<UserId>,
        /// When it ended, or was read last.
        pub moved_at: Moment,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_ended_is_not_read_again() {
        let ended = SkinTestState::ALL.iter().filter(|state| !state.is_open());
        for state in ended {
            let next = SkinTestEvent::ALL.iter().filter_map(|e| state.after(*e));
            assert_eq!(next.count(), 0, "{state}");
        }
        let all = [
            SkinTestEvent::Confirmed,
            SkinTestEvent::ReadPositive,
            SkinTestEvent::TurnedPositive,
            SkinTestEvent::Abandoned,
        ];
        assert!(all.iter().all(|e| SkinTestState::Read.after(*e).is_some()));
        // One pair of eyes does not look twice.
        assert_eq!(SkinTestState::Read.after(SkinTestEvent::ReadNegative), None);
    }
}
