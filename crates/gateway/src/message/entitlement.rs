//! 2001 待遇检查, 5206 累计信息, 5301 慢特病备案 (nhsa-interface §2.6, §2.24).

use crate::number::Amount;

message! {
    /// 2001 input `data`.
    pub struct EntitlementQuery {
        /// 人员编号 AN(30), required
        psn_no: String,
        /// 险种类型 AN(6), required
        insutype: String,
        /// 定点医药机构编号 AN(12), required
        fixmedins_code: String,
        /// 医疗类别 AN(6), required
        med_type: String,
        /// 开始时间 DT, required
        begntime: String,
        /// 结束时间 DT
        endtime: String,
        /// 病种编码 AN(30)
        dise_codg: String,
        /// 病种名称 AN(500)
        dise_name: String,
        /// 手术操作代码 AN(30)
        oprn_oprt_code: String,
        /// 手术操作名称 AN(500)
        oprn_oprt_name: String,
        /// 生育类别 AN(6)
        matn_type: String,
        /// 计划生育手术类别 AN(6)
        birctrl_type: String,
    }

    /// 2001 output `trtinfo[]`: one fund of the entitlement.
    pub struct TrtInfo {
        /// 人员编号 AN(30), required
        psn_no: String,
        /// 待遇检查类型 AN(6), required
        trt_chk_type: String,
        /// 基金支付类型 AN(6), required
        fund_pay_type: String,
        /// 基金款项待遇享受标志 AN(3), required
        trt_enjymnt_flag: String,
        /// 开始日期 D, required
        begndate: String,
        /// 结束日期 D
        enddate: String,
        /// 待遇检查结果 AN(500)
        trt_chk_rslt: String,
    }

    /// 2001 output. The node's name is from memory (§2.6), so others are read too.
    pub struct Entitlements {
        /// 待遇检查结果, list
        trtinfo | "data" | "result": Vec<TrtInfo>,
    }

    /// 5206 input `data`.
    pub struct AccumulatorQuery {
        /// 人员编号 AN(30), required
        psn_no: String,
        /// 累计年月 AN(6)
        cum_ym: String,
    }

    /// 5206 output row.
    pub struct Accumulator {
        /// 险种类型 AN(6), required
        insutype: String,
        /// 年度 AN(4), required
        year: String,
        /// 累计年月 AN(6), required
        cum_ym: String,
        /// 累计类别代码 AN(10), required
        cum_type_code: String,
        /// 累计值 N(16,2), required
        cum: Amount,
    }

    /// 5206 output. §2.24 names no node: it is read under any of these, or bare.
    pub struct Accumulators {
        /// 累计信息, list
        cuminfo | "data" | "result": Vec<Accumulator>,
    }

    /// 5301 input `data`.
    pub struct ChronicQuery {
        /// 人员编号 AN(30), required
        psn_no: String,
    }

    /// 5301 output `feedetail[]` (sic): one filed disease.
    pub struct ChronicFiling {
        /// 门慢门特病种目录代码 AN(30), required
        opsp_dise_code: String,
        /// 门慢门特病种名称 AN(300), required
        opsp_dise_name: String,
        /// 开始日期 D, required
        begndate: String,
        /// 结束日期 D
        enddate: String,
        /// 扩展内容 AN(4000), in real replies
        exp_content | "expContent": String,
    }

    /// 5301 output.
    pub struct ChronicFilings {
        /// 慢特病备案, list
        feedetail | "data" | "result": Vec<ChronicFiling>,
    }
}
