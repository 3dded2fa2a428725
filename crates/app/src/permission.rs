//! Who may do what: one matrix. A golden test holds it, and a generated test walks every route
//! with every role.

use cunyi_domain::refusal::{Code, Refusal};
use cunyi_domain::text_enum;
use cunyi_store::reference::Role;

use crate::error::Result;
use crate::views::Actor;

text_enum! {
    /// What can be permitted.
    pub enum Action {
        /// See the queue and today's list.
        SeeQueue = "see-queue",
        /// Identify and register a patient.
        Register = "register",
        /// Open a visit's record.
        ReadRecord = "read-record",
        /// Write a record and prescribe.
        Treat = "treat",
        /// Read a skin test.
        ReadSkinTest = "read-skin-test",
        /// Pre-settle, settle, reverse.
        Settle = "settle",
        /// Ask the centre about a day.
        Reconcile = "reconcile",
        /// Count the cash of a day.
        CountTill = "count-till",
        /// See what the fund owes.
        SeeClearing = "see-clearing",
        /// See a period in figures.
        SeeReports = "see-reports",
        /// Apply for clearing, and enter what the office says of it.
        Clear = "clear",
        /// Scan trace codes and hand over.
        HandOver = "hand-over",
        /// Search patients and open their page.
        ReadPatient = "read-patient",
        /// Correct a patient's particulars.
        CorrectPatient = "correct-patient",
        /// See identity numbers unmasked, as papers need them.
        ReadNumbers = "read-numbers",
        /// See the stock.
        ReadStock = "read-stock",
        /// See what was said with the centre.
        ReadMessages = "read-messages",
        /// See who looked, signed in or was turned away.
        ReadAccesses = "read-accesses",
        /// Erase a patient, install files, manage users.
        Administer = "administer",
    }
}

use Action as A;
use Role as R;

/// Each action with the roles that may do it.
pub const MATRIX: &[(Action, &[Role])] = &[
    (
        A::SeeQueue,
        &[R::Doctor, R::Pharmacist, R::Township, R::Auditor],
    ),
    (A::Register, &[R::Doctor, R::Pharmacist]),
    (
        A::ReadRecord,
        &[R::Doctor, R::Pharmacist, R::Township, R::Auditor],
    ),
    (A::Treat, &[R::Doctor]),
    (A::ReadSkinTest, &[R::Doctor, R::Pharmacist]),
    (A::Settle, &[R::Doctor]),
    (A::Reconcile, &[R::Doctor, R::Township]),
    (A::CountTill, &[R::Doctor]),
    (A::SeeClearing, &[R::Doctor, R::Township, R::Auditor]),
    (A::SeeReports, &[R::Doctor, R::Township, R::Auditor]),
    (A::Clear, &[R::Doctor, R::Township]),
    (A::HandOver, &[R::Doctor, R::Pharmacist]),
    (
        A::ReadPatient,
        &[R::Doctor, R::Pharmacist, R::Township, R::Auditor],
    ),
    (A::CorrectPatient, &[R::Doctor]),
    (A::ReadNumbers, &[R::Doctor]),
    (
        A::ReadStock,
        &[
            R::Doctor,
            R::Pharmacist,
            R::Township,
            R::Auditor,
            R::Administrator,
        ],
    ),
    (A::ReadMessages, &[R::Doctor, R::Auditor]),
    (A::ReadAccesses, &[R::Doctor, R::Auditor, R::Administrator]),
    (A::Administer, &[R::Administrator]),
];

/// True if a role may do it.
pub fn may(role: Role, action: Action) -> bool {
    MATRIX
        .iter()
        .any(|(a, roles)| *a == action && roles.contains(&role))
}

impl Actor {
    /// Refuses what the role may not do.
    pub(crate) fn must(&self, action: Action) -> Result<()> {
        if may(self.role, action) {
            return Ok(());
        }
        Err(Refusal::new(Code::Forbidden).into())
    }

    /// True for those who treat here; everyone else's opening of a record is an access entry.
    pub(crate) fn treats(&self) -> bool {
        matches!(self.role, R::Doctor | R::Pharmacist)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_stands_in_the_matrix_once() {
        for action in Action::ALL {
            assert_eq!(
                MATRIX.iter().filter(|(a, _)| a == action).count(),
                1,
                "{action}"
            );
        }
    }
}
