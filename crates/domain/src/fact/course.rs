//! Bodies of what happens to an infusion course. Its executions are charges.

use serde::{Deserialize, Serialize};

use crate::ids::{EntryId, PatientId, VisitId};

/// An infusion is ordered for several days. No personal part.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CourseOrdered {
    /// Its id.
    pub id: EntryId,
    /// Whose.
    pub patient: PatientId,
    /// In which visit.
    pub visit: VisitId,
    /// For how many days.
    pub days: i64,
}

/// A course ends before its last day. Personal part: `Reason`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CourseStopped {
    /// Which.
    pub id: EntryId,
    /// Why, which is sealed when it is stored.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}
