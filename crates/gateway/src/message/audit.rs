//! 3101 事前, 3102 事中 明细审核 (nhsa-interface §2.16): what the platform would object to. It answers,
//! and changes nothing. Which fields are required the copies do not say.

use crate::number::{Amount, Count};

message! {
    /// Input `fsi_order_dtos[]`: a line of a prescription or a charge.
    pub struct AuditOrder {
        /// 处方标识 AN(50)
        rx_id: String,
        /// 处方号 AN(20)
        rxno: String,
        /// 组编号 AN(20)
        grpno: String,
        /// 是否为长期医嘱 AN(3): 1, 0
        long_drord_flag: String,
        /// 目录类别 AN(3)
        hilist_type: String,
        /// 收费类别 AN(3)
        chrg_type: String,
        /// 医嘱行为 AN(3)
        drord_bhvr: String,
        /// 医保目录代码 AN(20)
        hilist_code: String,
        /// 医保目录名称 AN(50)
        hilist_name: String,
        /// 医保目录剂型 AN(50)
        hilist_dosform: String,
        /// 医保目录等级 AN(3)
        hilist_lv: String,
        /// 医保目录价格 N(16,2)
        hilist_pric: Amount,
        /// 一级医院目录价格 N(16,2)
        lv1_hosp_item_pric: Amount,
        /// 二级医院目录价格 N(16,2)
        lv2_hosp_item_pric: Amount,
        /// 三级医院目录价格 N(16,2)
        lv3_hosp_item_pric: Amount,
        /// 医保目录备注 AN(200)
        hilist_memo: String,
        /// 医院目录代码 AN(20)
        hosplist_code: String,
        /// 医院目录名称 AN(50)
        hosplist_name: String,
        /// 医院目录剂型 AN(20)
        hosplist_dosform: String,
        /// 数量 N(6,2)
        cnt: Count,
        /// 单价 N(16,2)
        pric: Amount,
        /// 总费用 N(16,2)
        sumamt: Amount,
        /// 自费金额 N(16,2)
        ownpay_amt: Amount,
        /// 自付金额 N(16,2)
        selfpay_amt: Amount,
        /// 规格 AN(100)
        spec: String,
        /// 数量单位 AN(20)
        spec_unt: String,
        /// 医嘱开始日期 DT
        drord_begn_date: String,
        /// 医嘱停止日期 DT
        drord_stop_date: String,
        /// 下达医嘱的科室标识 AN(30)
        drord_dept_codg: String,
        /// 下达医嘱科室名称 AN(50)
        drord_dept_name: String,
        /// 开处方医生标识 AN(30)
        drord_dr_codg: String,
        /// 开处方医生姓名 AN(30)
        drord_dr_name: String,
        /// 开处方医生职称 AN(3)
        drord_dr_profttl: String,
        /// 是否当前处方 AN(3): 1, 0
        curr_drord_flag: String,
    }

    /// Input `fsi_diagnose_dtos[]`: a diagnosis.
    pub struct AuditDiagnosis {
        /// 诊断标识 AN(50)
        dise_id: String,
        /// 出入诊断类别 AN(3)
        inout_dise_type: String,
        /// 主诊断标志 AN(3)
        maindise_flag: String,
        /// 诊断排序号 AN(2), sic
        dias_srt_no: String,
        /// 诊断编码 AN(30)
        dise_codg: String,
        /// 诊断名称 AN(200)
        dise_name: String,
        /// 诊断日期 DT
        dise_date: String,
    }

    /// Input `fsi_encounter_dtos[]`: a visit.
    pub struct AuditEncounter {
        /// 就诊标识 AN(50)
        mdtrt_id: String,
        /// 医疗服务机构标识 AN(50)
        medins_id: String,
        /// 医疗机构名称 AN(200)
        medins_name: String,
        /// 医疗机构行政区划编码 AN(6)
        medins_admdvs: String,
        /// 医疗服务机构类型 AN(3)
        medins_type: String,
        /// 医疗机构等级 AN(3)
        medins_lv: String,
        /// 病区标识 AN(20)
        wardarea_codg: String,
        /// 病房号 AN(20)
        wardno: String,
        /// 病床号 AN(20)
        bedno: String,
        /// 入院日期 DT
        adm_date: String,
        /// 出院日期 DT
        dscg_date: String,
        /// 主诊断编码 AN(20)
        dscg_main_dise_codg: String,
        /// 主诊断名称 AN(50)
        dscg_main_dise_name: String,
        /// 诊断信息, list
        fsi_diagnose_dtos: Vec<AuditDiagnosis>,
        /// 医师标识 AN(20)
        dr_codg: String,
        /// 入院科室标识 AN(20)
        adm_dept_codg: String,
        /// 入院科室名称 AN(50)
        adm_dept_name: String,
        /// 出院科室标识 AN(20)
        dscg_dept_codg: String,
        /// 出院科室名称 AN(50)
        dscg_dept_name: String,
        /// 就诊类型 AN(3)
        med_mdtrt_type: String,
        /// 医疗类别 AN(3)
        med_type: String,
        /// 处方信息, list
        fsi_order_dtos: Vec<AuditOrder>,
        /// 生育状态 AN(3)
        matn_stas: String,
        /// 总费用 N(16,2)
        medfee_sumamt: Amount,
        /// 自费金额 N(16,2)
        ownpay_amt: Amount,
        /// 自付金额 N(16,2)
        selfpay_amt: Amount,
        /// 个人账户支付金额 N(16,2)
        acct_payamt: Amount,
        /// 救助金支付金额 N(16,2)
        ma_amt: Amount,
        /// 统筹金支付金额 N(16,2)
        hifp_payamt: Amount,
        /// 结算总次数 N(4)
        setl_totlnum: Count,
        /// 险种 AN(3)
        insutype: String,
        /// 报销标志 AN(3)
        reim_flag: String,
        /// 异地结算标志 AN(3)
        out_setl_flag: String,
        /// 手术操作信息, list: a village clinic operates on nobody, so it is empty
        fsi_operation_dtos: Vec<String>,
    }

    /// Input `patient_dtos[]`: a person with her visits.
    pub struct AuditPatient {
        /// 参保人标识 AN(50)
        patn_id: String,
        /// 姓名 AN(50)
        patn_name: String,
        /// 性别 AN(3)
        gend: String,
        /// 出生日期 D
        brdy: String,
        /// 统筹区编码 AN(10)
        poolarea: String,
        /// 当前就诊标识 AN(50)
        curr_mdtrt_id: String,
        /// 就诊信息, list
        fsi_encounter_dtos: Vec<AuditEncounter>,
        /// 历史数据, object: its fields are in no copy
        #[serde(skip_serializing_if = "String::is_empty")]
        fsi_his_data_dto: String,
    }

    /// 3101 and 3102 input `data`.
    pub struct Audit {
        /// 系统编码
        syscode: String,
        /// 参保人信息, list
        patient_dtos: Vec<AuditPatient>,
        /// 规则标识集合: this or the scene
        rule_ids: String,
        /// 触发场景, rather than rules; the region's
        trig_scen: String,
        /// 任务ID: another one each time
        task_id: String,
    }

    /// Output `judge_result_detail_dtos[]`: a line that a finding is about.
    pub struct FindingDetail {
        /// 违规明细标识 AN(50)
        jrd_id: String,
        /// 参保人标识 AN(50)
        patn_id: String,
        /// 就诊标识 AN(50)
        mdtrt_id: String,
        /// 处方标识 AN(50)
        rx_id: String,
        /// 违规项目类型 AN(3): 1 违规项, 2 涉及项
        vola_item_type: String,
        /// 违规金额 N(16,2)
        vola_amt: Amount,
    }

    /// Output `result[]`: what the platform would object to.
    pub struct Finding {
        /// 违规标识 AN(50)
        jr_id: String,
        /// 规则ID AN(50)
        rule_id: String,
        /// 规则名称 AN(200)
        rule_name: String,
        /// 违规内容 AN(500)
        vola_cont: String,
        /// 参保人标识 AN(50)
        patn_id: String,
        /// 就诊标识 AN(50)
        mdtrt_id: String,
        /// 违规明细, list
        judge_result_detail_dtos: Vec<FindingDetail>,
        /// 违规金额 N(16,2)
        vola_amt: Amount,
        /// 违规金额计算状态 AN(3)
        vola_amt_stas: String,
        /// 严重程度 AN(3)
        sev_deg: String,
        /// 违规依据 AN(500)
        vola_evid: String,
        /// 违规行为分类 AN(3)
        vola_bhvr_type: String,
        /// 任务ID AN(50)
        task_id: String,
    }

    /// 3101 and 3102 output.
    pub struct Findings {
        /// 审核结果, list
        result | "data": Vec<Finding>,
    }
}
