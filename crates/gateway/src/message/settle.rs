//! 2206 预结算, 2207 结算, 2208 结算撤销, 2601 冲正 (nhsa-interface §2.12-2.15).

use crate::identities::{Options, Reading, reading};
use crate::json::Node;
use crate::number::{Amount, Count, Ratio};

message! {
    /// 2206 and 2206A input `data`.
    pub struct Presettle {
        /// 人员编号 AN(30), required
        psn_no: String,
        /// 就诊凭证类型 AN(3), required
        mdtrt_cert_type: String,
        /// 就诊凭证编号 AN(50)
        mdtrt_cert_no: String,
        /// 医疗类别 AN(6), required
        med_type: String,
        /// 医疗费总额 N(16,2), required
        medfee_sumamt: Amount,
        /// 个人结算方式 AN(6), required
        psn_setlway: String,
        /// 就诊ID AN(30), required
        mdtrt_id: String,
        /// 收费批次号 AN(30), required
        chrg_bchno: String,
        /// 个人账户使用标志 AN(1), required
        acct_used_flag: String,
        /// 险种类型 AN(6), required
        insutype: String,
    }

    /// 2207 and 2207A input `data`; the four parts are copied from 2206's answer.
    pub struct Settle {
        /// 人员编号 AN(30), required
        psn_no: String,
        /// 就诊凭证类型 AN(3), required
        mdtrt_cert_type: String,
        /// 就诊凭证编号 AN(50)
        mdtrt_cert_no: String,
        /// 医疗类别 AN(6), required
        med_type: String,
        /// 医疗费总额 N(16,2), required
        medfee_sumamt: Amount,
        /// 个人结算方式 AN(6), required
        psn_setlway: String,
        /// 就诊ID AN(30), required
        mdtrt_id: String,
        /// 收费批次号 AN(30), required
        chrg_bchno: String,
        /// 险种类型 AN(6), required
        insutype: String,
        /// 个人账户使用标志 AN(1), required
        acct_used_flag: String,
        /// 发票号 AN(20)
        invono: String,
        /// 全自费金额 N(16,2), required
        fulamt_ownpay_amt: Amount,
        /// 超限价金额 N(16,2), required
        overlmt_selfpay: Amount,
        /// 先行自付金额 N(16,2), required
        preselfpay_amt: Amount,
        /// 符合政策范围金额 N(16,2), required
        inscp_scp_amt: Amount,
    }

    /// 2207 input `drug_trac_info[]`: one trace code (Hubei edition; regions opt in).
    pub struct DrugTrac {
        /// 费用明细流水号 AN(30), required
        feedetl_sn: String,
        /// 药品追溯码 AN(30), required
        drug_trac_codg: String,
        /// 拆零标志 AN(3), required
        trdn_flag: String,
        /// 最小计价单位类型, required
        min_prcunt_type: String,
    }

    /// 2207 and 2207A input.
    pub struct SettleInput {
        /// 结算信息, object
        data: Settle,
        /// 药品追溯码, list
        #[serde(skip_serializing_if = "Vec::is_empty")]
        drug_trac_info: Vec<DrugTrac>,
    }

    /// Output `setlinfo` of 2206 (no `setl_id`), 2207 and 2208 (amounts negative).
    /// §2.14: the table of 2208 writes `pdn_cash_pay`, real replies `psn_cash_pay`.
    pub struct SetlInfo {
        /// 就诊ID AN(30), required
        mdtrt_id: String,
        /// 结算ID AN(30), required
        setl_id: String,
        /// 人员编号 AN(30), required
        psn_no: String,
        /// 人员姓名 AN(50), required
        psn_name: String,
        /// 人员证件类型 AN(6), required
        psn_cert_type: String,
        /// 证件号码 AN(50), required
        certno: String,
        /// 性别 AN(6)
        gend: String,
        /// 民族 AN(3)
        naty: String,
        /// 出生日期 D
        brdy: String,
        /// 年龄 N(4,1)
        age: Count,
        /// 险种类型 AN(6)
        insutype: String,
        /// 人员类别 AN(6), required
        psn_type: String,
        /// 公务员标志 AN(3), required
        cvlserv_flag: String,
        /// 结算时间 DT, required
        setl_time: String,
        /// 就诊凭证类型 AN(3)
        mdtrt_cert_type: String,
        /// 医疗类别 AN(6), required
        med_type: String,
        /// 医疗费总额 N(16,2), required
        medfee_sumamt: Amount,
        /// 全自费金额 N(16,2), required
        fulamt_ownpay_amt: Amount,
        /// 超限价自费费用 N(16,2), required
        overlmt_selfpay: Amount,
        /// 先行自付金额 N(16,2), required
        preselfpay_amt: Amount,
        /// 符合政策范围金额 N(16,2), required
        inscp_scp_amt: Amount,
        /// 实际支付起付线 N(16,2)
        act_pay_dedc: Amount,
        /// 基本医疗保险统筹基金支出 N(16,2), required
        hifp_pay: Amount,
        /// 基本医疗保险统筹基金支付比例 N(5,4), required
        pool_prop_selfpay: Ratio,
        /// 公务员医疗补助资金支出 N(16,2), required
        cvlserv_pay: Amount,
        /// 企业补充医疗保险基金支出 N(16,2), required
        hifes_pay: Amount,
        /// 居民大病保险资金支出 N(16,2), required
        hifmi_pay: Amount,
        /// 职工大额医疗费用补助基金支出 N(16,2), required
        hifob_pay: Amount,
        /// 医疗救助基金支出 N(16,2), required
        maf_pay: Amount,
        /// 其他支出 N(16,2), required
        oth_pay: Amount,
        /// 基金支付总额 N(16,2), required
        fund_pay_sumamt: Amount,
        /// 个人负担总金额 N(16,2), required
        psn_part_amt: Amount,
        /// 个人账户支出 N(16,2), required
        acct_pay: Amount,
        /// 个人现金支出 N(16,2), required
        psn_cash_pay | "pdn_cash_pay": Amount,
        /// 医院负担金额 N(16,2), required
        hosp_part_amt: Amount,
        /// 余额 N(16,2), required
        balc: Amount,
        /// 个人账户共济支付金额 N(16,2), required
        acct_mulaid_pay: Amount,
        /// 医药机构结算ID AN(30), required
        medins_setl_id: String,
        /// 清算经办机构 AN(6)
        clr_optins: String,
        /// 清算方式 AN(6)
        clr_way: String,
        /// 清算类别 AN(6), required
        clr_type: String,
        /// 伤残人员医疗保障基金支出 N(16,2), where the region emits it
        hifdm_pay: Amount,
        /// 医院负担 N(16,2), seen where `hosp_part_amt` is null (§4.2)
        ownpay_hosp_part: Amount,
        /// 扩展内容 AN(4000): null or a JSON text of regional values
        exp_content | "expContent": String,
    }

    /// Output `setldetail[]`: what one fund pays; the account and the hospital have rows too.
    pub struct SetlDetail {
        /// 基金支付类型 AN(6), required
        fund_pay_type: String,
        /// 符合政策范围金额 N(16,2), required
        inscp_scp_amt: Amount,
        /// 本次可支付限额金额 N(16,2), required
        crt_payb_lmt_amt: Amount,
        /// 基金支付金额 N(16,2), required
        fund_payamt: Amount,
        /// 基金支付类型名称 AN(200)
        fund_pay_type_name: String,
        /// 结算过程信息 AN(4000)
        setl_proc_info: String,
    }

    /// Output of 2206, 2207 and 2208.
    pub struct Settlement {
        /// 结算信息, object
        setlinfo: SetlInfo,
        /// 结算基金分项, list
        setldetail: Vec<SetlDetail>,
        /// 扩展内容 AN(4000): null or a JSON text of regional values
        exp_content | "expContent": String,
    }

    /// 2208 input `data`.
    pub struct Reverse {
        /// 结算ID AN(30), required
        setl_id: String,
        /// 就诊ID AN(30), required
        mdtrt_id: String,
        /// 人员编号 AN(30), required
        psn_no: String,
    }

    /// 2601 input `data`.
    pub struct UndoMessage {
        /// 人员编号 AN(30), required
        psn_no: String,
        /// 原发送方报文ID AN(30), required
        omsgid: String,
        /// 原交易编号 AN(4), required
        oinfno: String,
    }
}

impl Settlement {
    /// How its amounts are meant, by the region and by what adds up.
    pub fn reading(&self, options: Options) -> Reading {
        // Messages are strings, fixed-point numbers and lists: they can always be written.
        let node = |value: Result<Node, _>| value.unwrap_or(Node::Null);
        let details = node(Node::of(&self.setldetail));
        reading(&node(Node::of(&self.setlinfo)), details.items(), options)
    }
}
