//! The body of a referral.

use serde::{Deserialize, Serialize};

use crate::ids::{EntryId, PatientId, VisitId};

/// A patient was referred. Personal part: `Referral`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PatientReferred {
    /// Its id.
    pub id: EntryId,
    /// Who.
    pub patient: PatientId,
    /// In which visit.
    pub visit: VisitId,
    /// It is urgent.
    pub urgent: bool,
}
