//! 日结单

use cunyi_domain::ledger::{Method, PaymentKind};
use cunyi_domain::money::Fen;
use cunyi_domain::reconcile::Drawer;
use cunyi_domain::time::civil::Date;

use super::{Counted, ReceiptDay};

/// A day by cashiers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DaySheet {
    /// Which day.
    pub day: Date,
    /// The clinic's name.
    pub clinic: String,
    /// Who settled, took, gave back or printed receipts.
    pub cashiers: Vec<CashierSheet>,
    /// All of them; without a name.
    pub whole: CashierSheet,
    /// As the reconciliation has them.
    pub drawers: Vec<Drawer>,
    /// What was counted last.
    pub counted: Option<Counted>,
}

/// What one did; settlements less reversals.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CashierSheet {
    /// Who; empty for what the program found settled and booked by itself.
    pub name: String,
    /// How many settlements.
    pub settled: i64,
    /// How many reversals.
    pub reversed: i64,
    /// 总额
    pub total: Fen,
    /// Of it without an insurance.
    pub own: Fen,
    /// 基金
    pub fund: Fen,
    /// 个人账户
    pub account: Fen,
    /// Of it 家庭共济.
    pub mutual_aid: Fen,
    /// 个人现金, as it was settled.
    pub cash: Fen,
    /// 医院负担
    pub hospital: Fen,
    /// What changed hands, by how and why.
    pub moved: Vec<MovedView>,
    /// Receipts.
    pub receipts: ReceiptDay,
}

impl CashierSheet {
    /// What came in by a method, or with `out` what was given back.
    pub fn sum(&self, method: Method, out: bool) -> Fen {
        let its = |one: &&MovedView| one.method == method && one.kind.comes_in() != out;
        self.moved.iter().filter(its).map(|one| one.amount).sum()
    }
}

/// What changed hands by one method, for one reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MovedView {
    /// Why.
    pub kind: PaymentKind,
    /// How.
    pub method: Method,
    /// How often.
    pub count: i64,
    /// How much; below zero where it was given back.
    pub amount: Fen,
}
