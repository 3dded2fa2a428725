//! Bodies of what happens to a skin test.

use serde::{Deserialize, Serialize};

use crate::ids::{EntryId, PatientId, VisitId};
use crate::ledger::{SkinTestEvent, SkinTestState};
use crate::time::Moment;

/// A drug is tested on the patient's skin. No personal part.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SkinTestOrdered {
    /// Its id.
    pub id: EntryId,
    /// Whose.
    pub patient: PatientId,
    /// In which visit.
    pub visit: VisitId,
    /// The drug's code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Not to be read before.
    pub readable_at: Moment,
}

/// It was read, or given up. No personal part.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SkinTestMoved {
    /// Which.
    pub id: EntryId,
    /// From where.
    pub from: SkinTestState,
    /// By what.
    pub event: SkinTestEvent,
    /// To where.
    pub to: SkinTestState,
}
