//! What is given back of a batch, and what that would give the patient.

use cunyi_domain::ids::{ChargeId, VisitId};
use cunyi_domain::ledger::Certificate;
use cunyi_domain::money::{Fen, Quantity};

use super::{BatchView, ChargeView};

/// So much of a line is given back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GiveBack {
    /// Which line.
    pub charge: ChargeId,
    /// How much of it, in its unit.
    pub quantity: Quantity,
    /// 追溯码 of what comes back, where only a part does.
    pub trace_codes: String,
}

impl GiveBack {
    /// So much of a line.
    pub fn of(charge: &ChargeId, quantity: Quantity) -> Self {
        Self {
            charge: charge.clone(),
            quantity,
            trace_codes: String::new(),
        }
    }
}

/// What the page of a refund sends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RefundForm {
    /// What is given back.
    pub back: Vec<GiveBack>,
    /// Why.
    pub reason: String,
    /// The voucher or card, shown again for what is charged anew.
    pub certificate: String,
}

/// A settled batch of which a part is to be given back.
#[derive(Clone, Debug, PartialEq)]
pub struct RefundView {
    /// Its visit.
    pub visit: VisitId,
    /// 就诊号
    pub number: String,
    /// The batch.
    pub batch: BatchView,
    /// Its lines.
    pub lines: Vec<ChargeView>,
    /// The voucher or card that must be shown again for what is charged anew.
    pub certificate: Option<Certificate>,
    /// What it would give; none before anything is chosen.
    pub estimate: Option<RefundEstimate>,
}

/// What a refund in part would come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefundEstimate {
    /// Sum of what is given back.
    pub back: Fen,
    /// Sum of what stays.
    pub total: Fen,
    /// What the fund would pay of it by our engine; none where no policy says.
    pub fund: Option<Fen>,
    /// What the patient would pay of it.
    pub cash: Option<Fen>,
    /// What the patient would get; below zero she would owe it.
    pub returned: Option<Fen>,
}
