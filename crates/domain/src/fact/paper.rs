//! Body of what happens to a prescription's paper.

use serde::{Deserialize, Serialize};

use crate::ids::{ChargeId, EntryId, PatientId, VisitId};
use crate::ledger::{PaperEvent, PaperWhy};

/// A prescription was printed, printed again or voided. Personal part: `Reason`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PaperEntered {
    /// Id of the entry.
    pub id: EntryId,
    /// Whose.
    pub patient: PatientId,
    /// Of which visit.
    pub visit: VisitId,
    /// What.
    pub event: PaperEvent,
    /// How often it has been printed by then, this time too.
    pub number: i64,
    /// The lines on it.
    pub lines: Vec<ChargeId>,
    /// Why; none for the first print.
    pub why: Option<PaperWhy>,
    /// Why in words, which are sealed when they are stored.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub words: String,
}
