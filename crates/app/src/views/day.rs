//! A day's list.

use cunyi_domain::money::Fen;

use super::{QueueEntry, SettlementView};

/// A day in figures: settlements less reversals.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DayView {
    /// Visits registered.
    pub visits: Vec<QueueEntry>,
    /// Settlements and reversals in order.
    pub settlements: Vec<SettlementView>,
    /// 总额
    pub total: Fen,
    /// 基金
    pub fund: Fen,
    /// 个人账户
    pub account: Fen,
    /// 现金
    pub cash: Fen,
    /// Records that have not arrived, whatever their day; none where the region asks for none.
    pub uploads: Option<usize>,
}
