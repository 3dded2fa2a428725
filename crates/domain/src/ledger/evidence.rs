//! What was seen at the platform of calls whose reply was lost.

use crate::ids::{BatchId, ClinicId, EntryId, UserId};
use crate::resolve::Finding;
use crate::time::Moment;

table! {
    /// 证据: one look at the platform for a batch whose outcome is lost. Never updated.
    pub struct Evidence in "evidence" (Ledger, ["clinic", "id"]) {
        /// Clinic.
        pub clinic: ClinicId,
        /// Id.
        pub id: EntryId,
        /// Batch.
        pub batch: BatchId,
        /// msgid of the lost 2207 or 2208.
        pub message: String,
        /// `infno` of the question that answered last: 5204, 5203, 2601.
        pub infno: String,
        /// What it showed.
        pub finding: Finding,
        /// The `setl_id` it showed; empty where none.
        pub platform_settlement: String,
        /// When.
        pub found_at: Moment,
        /// Who asked; the program where nobody did.
        pub actor: UserId,
    }
}
