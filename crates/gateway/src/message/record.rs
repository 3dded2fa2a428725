//! 4301 门急诊诊疗记录 (nhsa-interface §2.23): the record of an outpatient visit. It may be sent again,
//! and may fail alone (§5.8).

use crate::number::{Amount, Count};

message! {
    /// 4301 input `rgstinfo`: the registration.
    pub struct RegistrationInfo {
        /// 就医流水号 AN(30), required: the institution's own
        mdtrt_sn: String,
        /// 就诊ID AN(30), required of the insured
        mdtrt_id: String,
        /// 人员编号 AN(30), required of the insured
        psn_no: String,
        /// 挂号类别代码 AN(6)
        rgst_type_code: String,
        /// 挂号方式代码 AN(6)
        rgst_way_code: String,
        /// 挂号费/医事服务费 N(16,2)
        rgst_serv_fee: Amount,
        /// 预约途径代码 AN(30)
        ordr_way_code: String,
        /// 退号标志 AN(3): 0, 1
        retnr_flag: String,
        /// 初诊标志 AN(3): 0, 1
        fstdiag_flag: String,
        /// 就诊标志 AN(3): 0, 1
        mdtrt_flag: String,
        /// 挂号/退号时间 DT
        rgst_retnr_time: String,
        /// 医疗费用支付方式代码 AN(3)
        medfee_paymtd_code: String,
        /// 有效标志 AN(3), required
        vali_flag: String,
    }

    /// 4301 input `caseinfo[]`: what the doctor wrote.
    pub struct CaseInfo {
        /// 就诊日期 D
        mdtrt_date: String,
        /// 主诉 AN(2000)
        chfcomp: String,
        /// 发病日期时间 DT
        attk_date_time: String,
        /// 就诊原因 AN(200)
        mdtrt_rea: String,
        /// 病史 AN(2000)
        illhis: String,
        /// 过敏史 AN(2000)
        algs: String,
        /// 过敏源代码 AN(30)
        aise_code: String,
        /// 查体 AN(2000)
        phex: String,
        /// 残疾情况代码 AN(30)
        disa_info_code: String,
        /// 症状名称 AN(1000)
        symp_name: String,
        /// 症状代码 AN(50): five at most
        symp_code: String,
        /// 处置意见 AN(1000)
        dspo_opnn: String,
        /// 科室代码 AN(30)
        dept_code: String,
        /// 科室名称 AN(50)
        dept_name: String,
        /// 有效标志 AN(3), required
        vali_flag: String,
    }

    /// 4301 input `diseinfo[]`: a diagnosis.
    pub struct RecordDiagnosis {
        /// 中医诊断标志 AN(30)
        tcm_diag_flag: String,
        /// 主诊断标志 AN(30)
        maindiag_flag: String,
        /// 诊断代码 AN(20)
        diag_code: String,
        /// 诊断名称 AN(100)
        diag_name: String,
        /// 中医病名代码 AN(20)
        tcm_dise_code: String,
        /// 中医病名名称 AN(300)
        tcm_dise_name: String,
        /// 中医证候代码 AN(20)
        tcmsymp_code: String,
        /// 中医证候 AN(300)
        tcmsymp: String,
        /// 有效标志 AN(3), required
        vali_flag: String,
    }

    /// 4301 input `rxinfo[]`: a line of a prescription.
    pub struct RxInfo {
        /// 处方号 AN(30)
        rxno: String,
        /// 处方开方时间 DT
        rx_prsc_time: String,
        /// 处方类别代码 AN(30)
        rx_type_code: String,
        /// 处方项目分类代码 AN(30)
        rx_item_type_code: String,
        /// 处方项目分类名称 AN(100)
        rx_item_type_name: String,
        /// 处方明细代码 AN(30): the institution's own
        rx_detl_id: String,
        /// 处方明细名称 AN(100): the institution's own
        rx_detl_name: String,
        /// 中药类别名称 AN(20)
        tcmdrug_type_name: String,
        /// 中药类别代码 AN(30)
        tcmdrug_type_code: String,
        /// 草药脚注 AN(200)
        tcmherb_foote: String,
        /// 药物类型代码 AN(100)
        medn_type_code: String,
        /// 药物类型 AN(100)
        medn_type_name: String,
        /// 药品剂型 AN(30)
        drug_dosform: String,
        /// 药品剂型名称 AN(200)
        drug_dosform_name: String,
        /// 药品规格 AN(255)
        drug_spec: String,
        /// 药物使用-频率 AN(30)
        drug_used_frqu: String,
        /// 药物使用-总剂量 N(16,4)
        drug_used_idose: Count,
        /// 药物使用-次剂量 N(30)
        drug_used_sdose: Count,
        /// 药物使用-剂量单位 AN(30)
        drug_used_dosunt: String,
        /// 药物使用-途径代码 AN(30)
        drug_used_way_code: String,
        /// 药物使用-途径 AN(100)
        drug_medc_way: String,
        /// 皮试判别 AN(30)
        skintst_dicm: String,
        /// 用药开始时间 DT
        medc_begntime: String,
        /// 用药停止日期时间 DT
        medc_endtime: String,
        /// 用药天数 N(5,0)
        medc_days: Count,
        /// 主要用药标志 AN(30)
        main_medc_flag: String,
        /// 加急标志 AN(30)
        urgt_flag: String,
        /// 统一采购药品 AN(30)
        unif_purc_drug: String,
        /// 药品采购代码 AN(30)
        drug_purc_code: String,
        /// 药品管理平台代码 AN(50)
        drug_mgt_plaf_code: String,
        /// 基本药物标志 AN(3)
        bas_medn_flag: String,
        /// 有效标志 AN(3), required
        vali_flag: String,
    }

    /// 4301 input; the nodes' names are those of BZ's test client.
    pub struct VisitRecord {
        /// 挂号信息, object
        rgstinfo: RegistrationInfo,
        /// 病历信息, list
        caseinfo: Vec<CaseInfo>,
        /// 诊断信息, list
        diseinfo: Vec<RecordDiagnosis>,
        /// 处方信息, list
        rxinfo: Vec<RxInfo>,
    }
}
