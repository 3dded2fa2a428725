//! What became of goods after a refund.

use cunyi_domain::ids::{BatchId, ChargeId};
use cunyi_domain::ledger::Goods;
use cunyi_domain::money::Quantity;
use cunyi_domain::time::Moment;

/// A line whose goods were handed over and given back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoodsView {
    /// Which line.
    pub charge: ChargeId,
    /// Its batch.
    pub batch: BatchId,
    /// Name.
    pub name: String,
    /// 规格
    pub spec: String,
    /// 单位
    pub unit: String,
    /// How much was given back.
    pub quantity: Quantity,
    /// What became of it; none until somebody says so.
    pub decided: Option<DecidedView>,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecidedView {
    /// What.
    pub decision: Goods,
    /// Why.
    pub reason: String,
    /// When it was said.
    pub at: Moment,
}

impl GoodsView {
    /// True if it came back: to its lot, or to lie apart.
    pub fn came_back(&self) -> bool {
        let decision = self.decided.as_ref().map(|row| row.decision);
        decision.is_some_and(|decision| decision != Goods::Kept)
    }
}
