//! What changed hands over the counter.

use cunyi_domain::ids::EntryId;
use cunyi_domain::ledger::{Method, PaymentKind};
use cunyi_domain::money::Fen;
use cunyi_domain::time::Moment;

use super::Paper;

/// 收退款
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentView {
    /// Id.
    pub id: EntryId,
    /// Why.
    pub kind: PaymentKind,
    /// How.
    pub method: Method,
    /// How much.
    pub amount: Fen,
    /// When.
    pub at: Moment,
}

/// 押金单, 退款单, 收款单: what the patient takes home of a payment.
#[derive(Clone, Debug, PartialEq)]
pub struct PaymentSlip {
    /// What stands on every paper.
    pub paper: Paper,
    /// The payment.
    pub payment: PaymentView,
    /// Who took or gave it.
    pub by: String,
}
