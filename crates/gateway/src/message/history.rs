//! 5202 诊断信息查询, 5205 慢特病用药记录, 5302 定点信息 (nhsa-interface §2.24).

use crate::number::{Count, Price};

message! {
    /// 5202 input `data`.
    pub struct DiagnosisQuery {
        /// 就诊ID AN(30), required
        mdtrt_id: String,
        /// 人员编号 AN(30), required
        psn_no: String,
    }

    /// 5202 output `diseinfo[]`.
    pub struct DiagnosisRow {
        /// 诊断信息ID AN(30), required
        diag_info_id: String,
        /// 就诊ID AN(30), required
        mdtrt_id: String,
        /// 人员编号 AN(30), required
        psn_no: String,
        /// 出入院诊断类别 AN(3), required
        inout_diag_type: String,
        /// 诊断类别 AN(3), required
        diag_type: String,
        /// 主诊断标志 AN(3), required
        maindiag_flag: String,
        /// 诊断排序号 N(2), required
        diag_srt_no: Count,
        /// 诊断代码 AN(20), required
        diag_code: String,
        /// 诊断名称 AN(100), required
        diag_name: String,
        /// 入院病情 AN(500)
        adm_cond: String,
        /// 诊断科室 AN(50), required
        diag_dept: String,
        /// 诊断医生编码 AN(30), required
        dise_dor_no: String,
        /// 诊断医生姓名 AN(50), required
        dise_dor_name: String,
        /// 诊断时间 DT, required
        diag_time: String,
        /// 经办人ID AN(20)
        opter_id: String,
        /// 经办人姓名 AN(50)
        opter_name: String,
        /// 经办时间 DT
        opt_time: String,
    }

    /// 5202 output.
    pub struct Diagnoses {
        /// 诊断信息, list
        diseinfo | "data": Vec<DiagnosisRow>,
    }

    /// 5205 input `data`.
    pub struct ChronicMedicationQuery {
        /// 人员编号 AN(30), required
        psn_no: String,
        /// 开始时间 DT, required
        begntime: String,
        /// 结束时间 DT
        endtime: String,
    }

    /// 5205 output: a line that was dispensed for a chronic disease, here or elsewhere.
    pub struct ChronicMedication {
        /// 费用明细流水号 AN(30), required
        feedetl_sn: String,
        /// 处方/医嘱号 AN(30)
        rx_drord_no: String,
        /// 定点医药机构编号 AN(12)
        fixmedins_code: String,
        /// 定点医药机构名称 AN(200), required
        fixmedins_name: String,
        /// 人员编号 AN(30), required
        psn_no: String,
        /// 医疗类别 AN(6), required
        med_type: String,
        /// 费用发生时间 DT, required
        fee_ocur_time: String,
        /// 数量 N(16,4), required
        cnt: Count,
        /// 单价 N(16,6), required
        pric: Price,
        /// 收费项目等级 AN(3)
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
        /// 规格 AN(200), required
        spec: String,
        /// 剂型名称 AN(200)
        dosform_name: String,
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
        /// 出院带药标志 AN(3)
        dscg_tkdrug_flag: String,
        /// 目录特项标志 AN(3), required
        list_sp_item_flag: String,
        /// 生育费用标志 AN(6)
        matn_fee_flag: String,
    }

    /// 5205 output. §2.24 names no node, so those of its neighbours are read.
    pub struct ChronicMedications {
        /// 用药记录, list
        feedetail | "data" | "result": Vec<ChronicMedication>,
    }

    /// 5302 input `data`.
    pub struct DesignationQuery {
        /// 人员编号 AN(30), required
        psn_no: String,
        /// 业务申请类型 AN(3), required; the region's dictionary
        biz_appy_type: String,
    }

    /// 5302 output: an institution the person has chosen 定点.
    pub struct Designation {
        /// 人员编号 AN(30), required
        psn_no: String,
        /// 险种类型 AN(6)
        insutype: String,
        /// 定点排序号 AN(3), required
        fix_srt_no: String,
        /// 定点医药机构编号 AN(12), required
        fixmedins_code: String,
        /// 定点医药机构名称 AN(200), required
        fixmedins_name: String,
        /// 开始日期 D, required
        begndate: String,
        /// 结束日期 D
        enddate: String,
        /// 备注 AN(500)
        memo: String,
    }

    /// 5302 output. §2.24 names no node; public senders read this one.
    pub struct Designations {
        /// 定点信息, list
        psnfixmedin | "data" | "result" | "feedetail": Vec<Designation>,
    }
}
