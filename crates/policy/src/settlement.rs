//! What is answered: the shares of a batch, and how they came about.

use std::sync::Arc;

use cunyi_domain::ledger::LineClass;
use cunyi_domain::money::{Fen, Rate};
use cunyi_domain::text_enum;

use crate::claim::{FundName, Use};
use crate::explain::Step;
use crate::plan::RuleAt;

/// The shares of a batch. `own_pay + over_limit + pay_first + in_scope = total`,
/// `fund + personal = total` and the lines' shares sum to the batch's, by construction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settlement {
    /// Each line, in the claim's order.
    pub lines: Vec<LineShare>,
    /// 医疗费总额
    pub total: Fen,
    /// 全自费
    pub own_pay: Fen,
    /// 超限价
    pub over_limit: Fen,
    /// 先行自付
    pub pay_first: Fen,
    /// 政策范围内
    pub in_scope: Fen,
    /// 起付线, a part of what is in scope.
    pub deductible: Fen,
    /// 基金支付总额
    pub fund: Fen,
    /// Each fund's part of it, in the order they pay; the pool first.
    pub funds: Vec<(FundName, Fen)>,
    /// What the patient pays, by account or cash.
    pub personal: Fen,
    /// The part of it that the personal account pays.
    pub account: Fen,
    /// 家庭共济: the part of it that the family's account pays (`acct_mulaid_pay`).
    pub family_account: Fen,
    /// 统筹支付比例 of what is above the deductible.
    pub ratio: Rate,
    /// What it adds to what limits count; a reversal takes it away.
    pub adds: Use,
    /// Whether the answer may be called one.
    pub certainty: Certainty,
    /// How it came about, in order.
    pub steps: Vec<Step>,
    /// The file's rules, which steps name by their place.
    pub rules: Arc<[RuleAt]>,
}

/// The shares of one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineShare {
    /// 费用明细流水号
    pub id: String,
    /// 全自费
    pub own_pay: Fen,
    /// 超限价
    pub over_limit: Fen,
    /// 先行自付
    pub pay_first: Fen,
    /// 政策范围内
    pub in_scope: Fen,
    /// 分摊: its part of the batch's fund, never more than what is in scope.
    pub fund: Fen,
    /// The class it counts as, and what is paid first of it: the catalogue's, or what a rule says.
    pub class: LineClass,
    /// 先行自付比例; all of what is own pay.
    pub pay_first_rate: Rate,
}

/// Whether the answer may be called one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certainty {
    /// The rules and inputs are those in force.
    Exact,
    /// Not to be relied on.
    Estimate(Why),
}

text_enum! {
    /// Why an answer is an estimate.
    pub enum Why {
        /// Nobody has confirmed the region's numbers.
        Unconfirmed = "unconfirmed",
        /// What other institutions used of a cap or an annual deductible is not known.
        OthersUnknown = "others-unknown",
        /// The file calls a value it rests on unsure.
        Unsure = "unsure",
    }
}
