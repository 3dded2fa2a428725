//! What a refund in part leaves.

use crate::ids::{BatchId, ChargeId, ClinicId};
use crate::money::Quantity;

table! {
    /// 退一部分: what of a line is charged anew once the 2208 of its batch is done. It stands from the
    /// intent on, so that the rest is charged whoever finds out that it was done. A line that is given
    /// back whole has none, and so has a batch that is reversed whole.
    pub struct RefundRest in "refund_rest" (Ledger, ["clinic", "charge"]) {
        /// Clinic.
        pub clinic: ClinicId,
        /// The line.
        pub charge: ChargeId,
        /// Its batch.
        pub batch: BatchId,
        /// How much of it stays.
        pub quantity: Quantity,
        /// 追溯码 of what stays, joined by `,`.
        pub trace_codes: String,
    }
}
