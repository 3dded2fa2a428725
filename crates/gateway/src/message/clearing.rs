//! 3203 清算申请, 3204 清算申请撤销 (nhsa-interface §2.19).
//!
//! A 3203 is never sent twice (§5.1): a lost one stays unknown until a person has asked the office.

use crate::number::{Amount, Count};

message! {
    /// 3203 input `data`: what the institution asks of the fund for a period, all insurances of one
    /// clearing type together.
    pub struct ClearingApplication {
        /// 清算类别 AN(30), required: from the 2207 replies
        clr_type: String,
        /// 清算方式 AN(30): likewise
        clr_way: String,
        /// 清算年月 AN(6), required: `202611`
        setlym: String,
        /// 清算人次 N(6), required: counted as 3201 counts, a reversal is a row of its own (HSA)
        psntime: Count,
        /// 医疗费总额 N(16,2), required
        medfee_sumamt: Amount,
        /// 医保认可费用总额 N(16,2), required; HSA sends the total
        med_sumfee | "hi_agre_sumfee": Amount,
        /// 基金申报总额 N(16,2), required
        fund_appy_sum: Amount,
        /// 现金支付金额 N(16,2), required
        cash_payamt: Amount,
        /// 个人账户支出 N(16,2), required
        acct_pay: Amount,
        /// 开始日期 D, required
        begndate: String,
        /// 结束日期 D, required
        enddate: String,
        /// 清算经办机构 AN(6), in OYB's edition
        #[serde(skip_serializing_if = "String::is_empty")]
        clr_optins: String,
    }

    /// 3203 output `result`.
    pub struct ClearingEvent {
        /// 机构清算申请事件ID AN(30), required
        clr_appy_evt_id: String,
    }

    /// 3203 output.
    pub struct ClearingApplied {
        /// 申请结果, object
        result | "data": ClearingEvent,
    }

    /// 3204 input `data`; its table is in no copy, HSA and OYB send this.
    pub struct ClearingCancel {
        /// 机构清算申请事件ID AN(30), required
        clr_appy_evt_id: String,
        /// 清算经办机构 AN(6), in OYB's edition
        #[serde(skip_serializing_if = "String::is_empty")]
        clr_optins: String,
    }
}
