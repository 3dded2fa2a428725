//! 2201 挂号, 2202 挂号撤销, 2203 就诊信息 (nhsa-interface §2.7-2.9).

use crate::number::Count;

message! {
    /// 2201 input `data`.
    pub struct Registration {
        /// 人员编号 AN(30), required
        psn_no: String,
        /// 险种类型 AN(6), required
        insutype: String,
        /// 开始时间 DT, required
        begntime: String,
        /// 就诊凭证类型 AN(3), required
        mdtrt_cert_type: String,
        /// 就诊凭证编号 AN(50), required
        mdtrt_cert_no: String,
        /// 住院/门诊号 AN(30), required
        ipt_otp_no: String,
        /// 医师编码 AN(30), required
        atddr_no: String,
        /// 医师姓名 AN(50), required
        dr_name: String,
        /// 科室编码 AN(30), required
        dept_code: String,
        /// 科室名称 AN(100), required
        dept_name: String,
        /// 科别 AN(6), required
        caty: String,
    }

    /// 2201 output `data`.
    pub struct Registered {
        /// 就诊ID AN(30), required
        mdtrt_id: String,
        /// 人员编号 AN(30), required
        psn_no: String,
        /// 住院/门诊号 AN(30), required
        ipt_otp_no: String,
        /// 扩展内容 AN(4000): null or a JSON text of regional values
        exp_content | "expContent": String,
    }

    /// 2202 input `data`.
    pub struct RegistrationCancel {
        /// 人员编号 AN(30), required
        psn_no: String,
        /// 就诊ID AN(30), required
        mdtrt_id: String,
        /// 住院/门诊号 AN(30), required
        ipt_otp_no: String,
    }

    /// 2203 and 2203A input `mdtrtinfo`; the last three are 2203A's and left out when empty.
    pub struct MdtrtInfo {
        /// 就诊ID AN(30), required
        mdtrt_id: String,
        /// 人员编号 AN(30), required
        psn_no: String,
        /// 医疗类别 AN(6), required
        med_type: String,
        /// 开始时间 DT, required
        begntime: String,
        /// 主要病情描述 AN(1000)
        main_cond_dscr: String,
        /// 病种编码 AN(30)
        dise_codg: String,
        /// 病种名称 AN(500)
        dise_name: String,
        /// 计划生育手术类别 AN(6)
        birctrl_type: String,
        /// 计划生育手术或生育日期 D
        birctrl_matn_date: String,
        /// 生育类别 AN(6)
        #[serde(skip_serializing_if = "String::is_empty")]
        matn_type: String,
        /// 孕周数 N(2)
        #[serde(skip_serializing_if = "Count::is_none")]
        geso_val: Count,
        /// 扩展内容 AN(4000)
        #[serde(rename = "expContent", skip_serializing_if = "String::is_empty")]
        exp_content | "expContent": String,
    }

    /// 2203 input `diseinfo[]`: a diagnosis.
    pub struct DiseInfo {
        /// 诊断类别 AN(3), required
        diag_type: String,
        /// 诊断排序号 N(2), required
        diag_srt_no: Count,
        /// 诊断代码 AN(20), required
        diag_code: String,
        /// 诊断名称 AN(100), required
        diag_name: String,
        /// 诊断科室 AN(50), required
        diag_dept: String,
        /// 诊断医生编码 AN(30), required
        dise_dor_no: String,
        /// 诊断医生姓名 AN(50), required
        dise_dor_name: String,
        /// 诊断时间 DT, required
        diag_time: String,
        /// 有效标志 AN(3), required
        vali_flag: String,
    }

    /// 2203 and 2203A input.
    pub struct VisitUpload {
        /// 就诊信息, object
        mdtrtinfo: MdtrtInfo,
        /// 诊断信息, list
        diseinfo: Vec<DiseInfo>,
    }
}
