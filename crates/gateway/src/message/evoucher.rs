//! `ec.query`: a terminal's program turns the code of an e-voucher into a token (nhsa-interface §2.2, 2).

message! {
    /// `data` of the question.
    pub struct ScanData {
        /// 定点机构代码 AN(40), required
        #[serde(rename = "orgId")]
        org_id | "orgId": String,
        /// 用码业务类型 AN(5), required
        #[serde(rename = "businessType")]
        business_type | "businessType": String,
        /// 操作员编号 AN(20), required
        #[serde(rename = "operatorId")]
        operator_id | "operatorId": String,
        /// 操作员姓名 AN(30), required
        #[serde(rename = "operatorName")]
        operator_name | "operatorName": String,
        /// 医保科室编号 AN(20), required
        #[serde(rename = "officeId")]
        office_id | "officeId": String,
        /// 科室名称 AN(30), required
        #[serde(rename = "officeName")]
        office_name | "officeName": String,
        /// 设备类型 AN(30): empty but for a kiosk
        #[serde(rename = "deviceType")]
        device_type | "deviceType": String,
    }

    /// The question.
    pub struct Scan {
        /// 定点机构代码 AN(40), required
        #[serde(rename = "orgId")]
        org_id | "orgId": String,
        /// `ec.query`
        #[serde(rename = "transType")]
        trans_type | "transType": String,
        /// What is asked, object
        data: ScanData,
    }

    /// `data` of the answer, as an object or as a text. What else it tells (name, sex, birth date,
    /// index number …) is not read: 1101 tells it.
    pub struct Scanned {
        /// 电子凭证令牌 AN(40), required
        #[serde(rename = "ecToken")]
        ec_token | "ecToken": String,
        /// 证件号码
        #[serde(rename = "idNo")]
        id_no | "idNo": String,
    }

    /// The answer.
    pub struct ScanAnswer {
        /// What was scanned, object
        data: Scanned,
    }
}
