//! The strip above the record.

use cunyi_domain::id_number::Sex;
use cunyi_domain::ids::{EntryId, PatientId};
use cunyi_domain::time::Moment;

use super::{Age, Filing, Remaining};

/// The strip above the record.
#[derive(Clone, Debug, PartialEq)]
pub struct PatientStrip {
    /// Patient.
    pub patient: PatientId,
    /// 姓名
    pub name: String,
    /// 性别
    pub sex: Sex,
    /// Age.
    pub age: Age,
    /// Masked 身份证号; empty without one.
    pub masked_number: String,
    /// 电话, masked unless the role may see it; empty where there is none.
    pub phone: String,
    /// Allergies: id and label.
    pub allergies: Vec<(EntryId, String)>,
    /// 慢病备案; none: 备案未知.
    pub filings: Option<Vec<Filing>>,
    /// Chronic illnesses that no filing says: the forms of their follow-ups.
    pub unfiled: Vec<String>,
    /// Scheme; empty for self-pay.
    pub scheme: String,
    /// 参保状态: in force, as the platform said then; none for self-pay.
    pub in_force_at: Option<Moment>,
    /// Remaining cap.
    pub remaining: Option<Remaining>,
}
