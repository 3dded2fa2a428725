//! 2204 费用明细上传, 2205 明细撤销, 5204 费用明细查询 (nhsa-interface §2.10, §2.11, §2.24).

use crate::number::{Amount, Count, Price, Ratio};

message! {
    /// 2204 input `feedetail[]`.
    pub struct FeeDetail {
        /// 费用明细流水号 AN(30), required
        feedetl_sn: String,
        /// 就诊ID AN(30), required
        mdtrt_id: String,
        /// 人员编号 AN(30), required
        psn_no: String,
        /// 收费批次号 AN(30), required
        chrg_bchno: String,
        /// 病种编码 AN(30)
        dise_codg: String,
        /// 处方号 AN(30)
        rxno: String,
        /// 外购处方标志 AN(3), required
        rx_circ_flag: String,
        /// 费用发生时间 DT, required
        fee_ocur_time: String,
        /// 医疗目录编码 AN(50), required
        med_list_codg: String,
        /// 医药机构目录编码 AN(150), required
        medins_list_codg: String,
        /// 明细项目费用总额 N(16,2), required
        det_item_fee_sumamt: Amount,
        /// 数量 N(16,4), required
        cnt: Count,
        /// 单价 N(16,6), required
        pric: Price,
        /// 单次剂量描述 AN(200)
        sin_dos_dscr: String,
        /// 使用频次描述 AN(200)
        used_frqu_dscr: String,
        /// 周期天数 N(4,2)
        prd_days: Count,
        /// 用药途径描述 AN(200)
        medc_way_dscr: String,
        /// 开单科室编码 AN(30), required
        bilg_dept_codg: String,
        /// 开单科室名称 AN(100), required
        bilg_dept_name: String,
        /// 开单医生编码 AN(30), required
        bilg_dr_codg: String,
        /// 开单医师姓名 AN(50), required
        bilg_dr_name: String,
        /// 受单科室编码 AN(30)
        acord_dept_codg: String,
        /// 受单科室名称 AN(100)
        acord_dept_name: String,
        /// 受单医生编码 AN(30)
        orders_dr_code: String,
        /// 受单医生姓名 AN(50)
        orders_dr_name: String,
        /// 医院审批标志 AN(3), required
        hosp_appr_flag: String,
        /// 中药使用方式 AN(6)
        tcmdrug_used_way: String,
        /// 外检标志 AN(3)
        etip_flag: String,
        /// 外检医院编码 AN(30)
        etip_hosp_code: String,
        /// 出院带药标志 AN(3)
        dscg_tkdrug_flag: String,
        /// 生育费用标志 AN(6)
        matn_fee_flag: String,
        /// 扩展内容 AN(4000): JSON text, e.g. `er_flag`
        #[serde(rename = "expContent", skip_serializing_if = "String::is_empty")]
        exp_content | "expContent": String,
    }

    /// 2204 input: `feedetail[]` directly under `input`.
    pub struct FeeUpload {
        /// 费用明细, list
        feedetail: Vec<FeeDetail>,
    }

    /// 2204 output `result[]`: how the platform classes one line.
    pub struct FeeResult {
        /// 费用明细流水号 AN(30), required
        feedetl_sn: String,
        /// 明细项目费用总额 N(16,2), required
        det_item_fee_sumamt: Amount,
        /// 数量 N(16,4), required
        cnt: Count,
        /// 单价 N(16,6), required
        pric: Price,
        /// 定价上限金额 N(16,6), required
        pric_uplmt_amt: Price,
        /// 自付比例 N(5,4)
        selfpay_prop: Ratio,
        /// 全自费金额 N(16,2)
        fulamt_ownpay_amt: Amount,
        /// 超限价金额 N(16,2)
        overlmt_amt: Amount,
        /// 先行自付金额 N(16,2)
        preselfpay_amt: Amount,
        /// 符合政策范围金额 N(16,2)
        inscp_scp_amt: Amount,
        /// 收费项目等级 AN(3), required
        chrgitm_lv: String,
        /// 医疗收费项目类别 AN(6), required
        med_chrgitm_type: String,
        /// 基本药物标志 AN(3)
        bas_medn_flag: String,
        /// 医保谈判药品标志 AN(3)
        hi_nego_drug_flag: String,
        /// 儿童用药标志 AN(3)
        chld_medc_flag: String,
        /// 目录特项标志 AN(3)
        list_sp_item_flag: String,
        /// 限制使用标志 AN(3), required
        lmt_used_flag: String,
        /// 直报标志 AN(3)
        drt_reim_flag: String,
        /// 备注 AN(500)
        memo: String,
        /// 扩展内容 AN(4000): null or a JSON text of regional values
        exp_content | "expContent": String,
    }

    /// 2204 output.
    pub struct FeeResults {
        /// 费用明细结果, list
        result | "data" | "feedetail": Vec<FeeResult>,
    }

    /// 2205 input `data`; `chrg_bchno` "0000" deletes all unsettled details.
    pub struct FeeCancel {
        /// 就诊ID AN(30), required
        mdtrt_id: String,
        /// 收费批次号 AN(30), required
        chrg_bchno: String,
        /// 人员编号 AN(30), required
        psn_no: String,
    }

    /// 5204 input `data`; without `setl_id` it finds what a lost 2207 settled (§5.1).
    pub struct FeeQuery {
        /// 人员编号 AN(30), required
        psn_no: String,
        /// 结算ID AN(30)
        #[serde(skip_serializing_if = "String::is_empty")]
        setl_id: String,
        /// 就诊ID AN(30), required
        mdtrt_id: String,
    }

    /// 5204 output row.
    pub struct FeeRow {
        /// 就诊ID AN(30), required
        mdtrt_id: String,
        /// 结算ID AN(30), required
        setl_id: String,
        /// 费用明细流水号 AN(30), required
        feedetl_sn: String,
        /// 处方/医嘱号 AN(30)
        rx_drord_no: String,
        /// 医疗类别 AN(6), required
        med_type: String,
        /// 费用发生时间 DT, required
        fee_ocur_time: String,
        /// 数量 N(16,4), required
        cnt: Count,
        /// 单价 N(16,6), required
        pric: Price,
        /// 单次剂量描述 AN(200)
        sin_dos_dscr: String,
        /// 使用频次描述 AN(200)
        used_frqu_dscr: String,
        /// 周期天数 N(4,2)
        prd_days: Count,
        /// 用药途径描述 AN(200)
        medc_way_dscr: String,
        /// 明细项目费用总额 N(16,2), required
        det_item_fee_sumamt: Amount,
        /// 定价上限金额 N(16,6), required
        pric_uplmt_amt: Price,
        /// 自付比例 N(5,4)
        selfpay_prop: Ratio,
        /// 全自费金额 N(16,2)
        fulamt_ownpay_amt: Amount,
        /// 超限价金额 N(16,2)
        overlmt_amt: Amount,
        /// 先行自付金额 N(16,2)
        preselfpay_amt: Amount,
        /// 符合政策范围金额 N(16,2)
        inscp_scp_amt: Amount,
        /// 收费项目等级 AN(3), required
        chrgitm_lv: String,
        /// 医保目录编码 AN(50), required
        hilist_code: String,
        /// 医保目录名称 AN(200), required
        hilist_name: String,
        /// 目录类别 AN(6), required
        list_type: String,
        /// 医疗目录编码 AN(50), required
        med_list_codg: String,
        /// 医药机构目录编码 AN(150), required
        medins_list_codg: String,
        /// 医药机构目录名称 AN(100), required
        medins_list_name: String,
        /// 医疗收费项目类别 AN(6), required
        med_chrgitm_type: String,
        /// 商品名 AN(200)
        prodname: String,
        /// 规格 AN(200)
        spec: String,
        /// 剂型名称 AN(200), required
        dosform_name: String,
        /// 开单科室编码 AN(30)
        bilg_dept_codg: String,
        /// 开单科室名称 AN(100)
        bilg_dept_name: String,
        /// 开单医生编码 AN(30)
        bilg_dr_codg: String,
        /// 开单医师姓名 AN(50)
        bilg_dr_name: String,
        /// 受单科室编码 AN(30)
        acord_dept_codg: String,
        /// 受单科室名称 AN(100)
        acord_dept_name: String,
        /// 受单医生编码 AN(30)
        orders_dr_code: String,
        /// 受单医生姓名 AN(50)
        orders_dr_name: String,
        /// 限制使用标志 AN(3)
        lmt_used_flag: String,
        /// 医院制剂标志 AN(3)
        hosp_prep_flag: String,
        /// 医院审批标志 AN(3)
        hosp_appr_flag: String,
        /// 中药使用方式 AN(6)
        tcmdrug_used_way: String,
        /// 生产地类别 AN(6)
        prodplac_type: String,
        /// 基本药物标志 AN(3)
        bas_medn_flag: String,
        /// 医保谈判药品标志 AN(3)
        hi_nego_drug_flag: String,
        /// 儿童用药标志 AN(3)
        chld_medc_flag: String,
        /// 外检标志 AN(3)
        etip_flag: String,
        /// 外检医院编码 AN(30)
        etip_hosp_code: String,
        /// 出院带药标志 AN(3), required
        dscg_tkdrug_flag: String,
        /// 目录特项标志 AN(3), required
        list_sp_item_flag: String,
        /// 生育费用标志 AN(6)
        matn_fee_flag: String,
        /// 直报标志 AN(3)
        drt_reim_flag: String,
        /// 备注 AN(500)
        memo: String,
        /// 经办人ID AN(20)
        opter_id: String,
        /// 经办人姓名 AN(50)
        opter_name: String,
        /// 经办时间 DT
        opt_time | "opt_timeP": String,
    }

    /// 5204 output. §2.24 names no node: it is read under any of these, or bare.
    pub struct FeeList {
        /// 费用明细, list
        data | "feedetail" | "result": Vec<FeeRow>,
    }
}
