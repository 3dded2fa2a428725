//! 1101 人员基本信息获取 (nhsa-interface §2.1).

use crate::number::{Amount, Count};

message! {
    /// 1101 input `data`.
    pub struct PersonQuery {
        /// 就诊凭证类型 AN(3), required
        mdtrt_cert_type: String,
        /// 就诊凭证编号 AN(50), required
        mdtrt_cert_no: String,
        /// 卡识别码 AN(32)
        card_sn: String,
        /// 开始时间 DT
        begntime: String,
        /// 人员证件类型 AN(6)
        psn_cert_type: String,
        /// 证件号码 AN(50)
        certno: String,
        /// 人员姓名 AN(50)
        psn_name: String,
    }

    /// 1101 output `baseinfo`: who it is.
    pub struct BaseInfo {
        /// 人员编号 AN(30), required
        psn_no: String,
        /// 人员证件类型 AN(6)
        psn_cert_type: String,
        /// 证件号码 AN(50), required
        certno: String,
        /// 人员姓名 AN(50), required
        psn_name: String,
        /// 性别 AN(6), required
        gend: String,
        /// 民族 AN(3)
        naty: String,
        /// 出生日期 D
        brdy: String,
        /// 年龄 N(4,1), required
        age: Count,
        /// 扩展内容 AN(4000): null or a JSON text of regional values
        exp_content | "expContent": String,
    }

    /// 1101 output `insuinfo[]`: one insurance of the person.
    pub struct InsuInfo {
        /// 余额 N(16,2), required
        balc: Amount,
        /// 险种类型 AN(6), required
        insutype: String,
        /// 人员类别 AN(6), required
        psn_type: String,
        /// 人员参保状态 AN(6)
        psn_insu_stas: String,
        /// 个人参保日期 D
        psn_insu_date: String,
        /// 暂停参保日期 D
        paus_insu_date: String,
        /// 公务员标志 AN(3), required
        cvlserv_flag: String,
        /// 参保地医保区划 AN(6), required
        insuplc_admdvs | "insu_admdvs": String,
        /// 单位名称 AN(200)
        emp_name: String,
        /// 人员参保关系ID, in the early edition
        psn_insu_rlts_id: String,
    }

    /// 1101 output `idetinfo[]`: a special identity (残疾, 救助 …).
    pub struct IdetInfo {
        /// 人员身份类别 AN(3), required
        psn_idet_type: String,
        /// 人员类别等级 AN(3), required
        psn_type_lv: String,
        /// 备注 AN(500)
        memo: String,
        /// 开始时间 DT
        begntime: String,
        /// 结束时间 DT
        endtime: String,
    }

    /// 1101 output. `idetinfo` may stand beside `output` in the envelope.
    pub struct Person {
        /// 基本信息, object
        baseinfo: BaseInfo,
        /// 参保信息, list
        insuinfo: Vec<InsuInfo>,
        /// 身份信息, list
        idetinfo: Vec<IdetInfo>,
    }
}
