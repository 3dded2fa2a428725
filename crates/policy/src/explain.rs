//! The working: a step a rule, in the order of the pipeline (`reference/policy.md` §3.3).

use cunyi_domain::money::{Fen, Rate};
use cunyi_domain::text_enum;

use crate::language::form::{FundName, Per};

text_enum! {
    /// A kind of rule.
    pub enum Rule {
        /// 丙类全自费
        OwnPay = "own-pay",
        /// 超限价
        Ceiling = "ceiling",
        /// 乙类先行自付
        PayFirst = "pay-first",
        /// 单独规定: a rule of the file names the item.
        Item = "item",
        /// 不计起付线: by that rule.
        NoDeductible = "no-deductible",
        /// 一般诊疗费: the fund's part.
        ConsultationFee = "consultation-fee",
        /// 起付线
        Deductible = "deductible",
        /// 费用限额: on what the ratio is taken of.
        CapInScope = "cap-in-scope",
        /// 报销比例
        Ratio = "ratio",
        /// 单独的报销比例 of the items a rule names.
        OwnRatio = "own-ratio",
        /// The ratio of items that no cap limits.
        OutsideCaps = "outside-caps",
        /// 支付限额: on what the fund pays.
        Cap = "cap",
        /// 个人账户
        Account = "account",
        /// 家庭共济账户
        FamilyAccount = "family-account",
    }
}

/// One step of the working, of the shape of the platform's `setl_proc_info` (policy.md §3.2, 17).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Which kind of rule.
    pub rule: Rule,
    /// Of which fund.
    pub fund: FundName,
    /// Which rule of the file: a place in [`crate::Settlement::rules`].
    pub at: u16,
    /// The time its limit is for; none for a limit of one claim, and for a rule without one.
    pub per: Option<Per>,
    /// The line it is about, by its place in the claim; none for the batch.
    pub line: Option<usize>,
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
    /// A step about a line.
    pub(crate) fn of_line(rule: Rule, at: u16, line: usize, base: i64, result: i64) -> Self {
        Self {
            rule,
            fund: FundName::Pool,
            at,
            per: None,
            line: Some(line),
            base: Fen(base),
            rate: None,
            left: None,
            result: Fen(result),
        }
    }
}

/// What each fund pays by its steps: the consultation fee's part and what its ratios give, less
/// what its caps take off. Funds that say nothing are left out.
pub fn paid(steps: &[Step]) -> Vec<(FundName, Fen)> {
    let each = |fund: &FundName| {
        let of = |rules: &[Rule]| {
            let of = |step: &&Step| step.fund == *fund && rules.contains(&step.rule);
            steps.iter().filter(of).collect::<Vec<_>>()
        };
        let given = of(&[
            Rule::Ratio,
            Rule::OwnRatio,
            Rule::OutsideCaps,
            Rule::ConsultationFee,
        ]);
        let sum: Fen = given.iter().map(|step| step.result).sum();
        let cut = of(&[Rule::Cap]).last().map(|cap| cap.base - cap.result);
        let paid = sum - cut.unwrap_or_default();
        (!given.is_empty()).then_some((*fund, paid))
    };
    FundName::ALL.iter().filter_map(each).collect()
}
