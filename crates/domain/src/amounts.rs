//! The amounts of a settlement, checked to balance where they are made.

use serde::{Deserialize, Serialize};

use crate::ledger::Settlement;
use crate::money::{Fen, Rate};

/// What a settlement consists of, all fen and never negative.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amounts {
    /// 医疗费总额 `medfee_sumamt`
    pub total: Fen,
    /// 全自费 `fulamt_ownpay_amt`
    pub own_pay: Fen,
    /// 超限价 `overlmt_selfpay`
    pub over_limit: Fen,
    /// 先行自付 `preselfpay_amt`
    pub pay_first: Fen,
    /// 政策范围内 `inscp_scp_amt`
    pub in_scope: Fen,
    /// 实际支付起付线 `act_pay_dedc`
    pub deductible: Fen,
    /// 统筹基金 `hifp_pay`
    pub pool: Fen,
    /// 公务员补助 `cvlserv_pay`
    pub civil_servant: Fen,
    /// 企业补充 `hifes_pay`
    pub enterprise: Fen,
    /// 居民大病 `hifmi_pay`
    pub serious_illness: Fen,
    /// 职工大额 `hifob_pay`
    pub large_amount: Fen,
    /// 医疗救助 `maf_pay`
    pub medical_aid: Fen,
    /// 其他 `oth_pay`
    pub other: Fen,
    /// 基金支付总额 `fund_pay_sumamt`
    pub fund: Fen,
    /// 个人账户 `acct_pay`
    pub account: Fen,
    /// 家庭共济 `acct_mulaid_pay`, a part of the account.
    pub mutual_aid: Fen,
    /// 个人现金 `psn_cash_pay`
    pub cash: Fen,
    /// 医院负担 `hosp_part_amt`
    pub hospital: Fen,
    /// 统筹支付比例 `pool_prop_selfpay`
    pub ratio: Rate,
}

impl From<&Settlement> for Amounts {
    fn from(row: &Settlement) -> Self {
        Self {
            total: row.total,
            own_pay: row.own_pay,
            over_limit: row.over_limit,
            pay_first: row.pay_first,
            in_scope: row.in_scope,
            deductible: row.deductible,
            pool: row.pool,
            civil_servant: row.civil_servant,
            enterprise: row.enterprise,
            serious_illness: row.serious_illness,
            large_amount: row.large_amount,
            medical_aid: row.medical_aid,
            other: row.other,
            fund: row.fund,
            account: row.account,
            mutual_aid: row.mutual_aid,
            cash: row.cash,
            hospital: row.hospital,
            ratio: row.ratio,
        }
    }
}

impl Amounts {
    /// A self-pay sum: all of it cash and own pay.
    pub fn self_pay(total: Fen) -> Self {
        Self {
            total,
            own_pay: total,
            cash: total,
            ..Self::default()
        }
    }

    /// The first identity that does not hold, if any: parts sum to the total, nothing is negative.
    pub fn unbalanced(&self) -> Option<&'static str> {
        let parts = [self.own_pay, self.over_limit, self.pay_first, self.in_scope];
        let funds = [
            self.pool,
            self.civil_servant,
            self.enterprise,
            self.serious_illness,
            self.large_amount,
            self.medical_aid,
            self.other,
        ];
        let payers = [self.fund, self.account, self.cash, self.hospital];
        let all = parts.iter().chain(&funds).chain(&payers);
        if self.total.is_negative() || all.copied().any(Fen::is_negative) {
            Some("negative")
        } else if parts.into_iter().sum::<Fen>() != self.total {
            Some("parts")
        } else if funds.into_iter().sum::<Fen>() != self.fund {
            Some("funds")
        } else if payers.into_iter().sum::<Fen>() != self.total {
            Some("payers")
        } else {
            None
        }
    }
}
