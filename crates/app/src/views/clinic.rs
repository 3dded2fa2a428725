//! What a clinic says of itself.

use serde::{Deserialize, Serialize};

use super::RecordFields;

/// What its administrator may change.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClinicData {
    /// Its name on pages and papers.
    pub name: String,
    /// Its telephone; may be empty.
    pub phone: String,
    /// Its address; may be empty.
    pub address: String,
    /// 病历字段
    #[serde(default)]
    pub record: RecordFields,
    /// 收款码, in the order they are shown.
    pub pay_codes: Vec<PayCode>,
}

/// A code that a patient's telephone reads to pay.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayCode {
    /// Whose: 微信, 支付宝.
    pub name: String,
    /// What the code says.
    pub content: String,
}

/// A clinic's page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClinicView {
    /// 定点医药机构编号
    pub institution_code: String,
    /// 定点医药机构名称
    pub institution_name: String,
    /// The code is a township's (乡镇卫生院).
    pub township: bool,
    /// What may be changed.
    pub data: ClinicData,
}
