//! What is answered: the shares of a batch, and how they came about.

use cunyi_domain::money::{Fen, Rate};
use cunyi_domain::text_enum;

use crate::claim::Used;

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
    /// 统筹基金
    pub fund: Fen,
    /// What the patient pays, by account or cash.
    pub personal: Fen,
    /// 统筹支付比例 that was applied.
    pub ratio: Rate,
    /// What it adds to the accumulators; a reversal takes the same away.
    pub fed: Used,
    /// Whether the answer may be called one.
    pub certainty: Certainty,
    /// How it came about, in order.
    pub steps: Vec<Step>,
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
    }
}

text_enum! {
    /// A rule of the pipeline (`reference/policy.md` §3.3), by its id.
    pub enum Rule {
        /// 丙类全自费
        OwnPay = "own-pay",
        /// 超限价
        Ceiling = "ceiling",
        /// 乙类先行自付
        PayFirst = "pay-first",
        /// 一般诊疗费: the fund's part.
        ConsultationFee = "consultation-fee",
        /// 起付线, of this settlement
        DeductiblePerVisit = "deductible-per-visit",
        /// 起付线, of the year
        DeductibleAnnual = "deductible-annual",
        /// 报销比例
        Ratio = "ratio",
        /// 单次限额
        CapVisit = "cap-visit",
        /// 待遇年度限额
        CapBenefit = "cap-benefit",
        /// 年度总限额
        CapAnnual = "cap-annual",
    }
}

/// One step of the working, of the shape of the platform's `setl_proc_info` (policy.md §3.2, 17).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Which rule.
    pub rule: Rule,
    /// The line it is about; none for the batch.
    pub line: Option<String>,
    /// What it was applied to.
    pub base: Fen,
    /// The rate, where it has one.
    pub rate: Option<Rate>,
    /// What of its limit was left before and after, where it has one.
    pub left: Option<(Fen, Fen)>,
    /// What came out: own pay, excess, pay-first, deductible or fund.
    pub result: Fen,
}

impl Step {
    /// A step about the batch, without rate or limit.
    pub(crate) fn new(rule: Rule, base: Fen, result: Fen) -> Self {
        Self {
            rule,
            line: None,
            base,
            rate: None,
            left: None,
            result,
        }
    }
}
