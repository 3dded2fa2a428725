//! Who somebody is and how she is insured, as the platform answered.

use cunyi_domain::id_number::Sex;
use cunyi_domain::ids::PatientId;
use cunyi_domain::ledger::Certificate;
use cunyi_domain::money::Fen;
use cunyi_domain::refusal::Refusal;
use cunyi_domain::time::Moment;

use super::{Age, DoctorView};

/// One coverage of 1101's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoverageView {
    /// `insutype`: 390 城乡居民, 310 职工.
    pub scheme: String,
    /// True if in force (`psn_insu_stas` 1).
    pub in_force: bool,
    /// True if this clinic's region settles it; others are insured elsewhere or of another scheme.
    pub local: bool,
    /// 参保地
    pub place: String,
    /// 人员类别
    pub person_type: String,
    /// 个人账户余额
    pub balance: Fen,
    /// What is left of the general benefit, where a visit can be settled under it.
    pub remaining: Option<Remaining>,
    /// Why the general benefit is not hers now, in the centre's words; empty if it is.
    pub denied: String,
}

impl CoverageView {
    /// True if a visit can be settled under it here.
    pub const fn usable(&self) -> bool {
        self.in_force && self.local
    }
}

/// 慢病备案
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filing {
    /// 病种编码
    pub code: String,
    /// 病种名称
    pub name: String,
}

/// The remaining cap, with where the figure comes from and its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remaining {
    /// The platform says what is used; the cap is the policy's.
    Platform {
        /// Left this year.
        left: Fen,
        /// As of.
        at: Moment,
    },
    /// 本机构已用 · 其他机构未知
    OwnUse {
        /// Used at this clinic this year.
        used: Fen,
    },
}

/// The answer to an identification.
#[derive(Clone, Debug, PartialEq)]
pub struct Identified {
    /// Handle for the registration that follows; kept in memory for half an hour.
    pub handle: String,
    /// 姓名
    pub name: String,
    /// 性别
    pub sex: Sex,
    /// Age.
    pub age: Age,
    /// Masked 身份证号.
    pub masked_number: String,
    /// What was shown.
    pub certificate: Certificate,
    /// 手工录入
    pub typed: bool,
    /// All coverages; several in force must be chosen from.
    pub coverages: Vec<CoverageView>,
    /// The one that is proposed: the only one in force here.
    pub proposed: Option<usize>,
    /// 慢病备案; none: 备案未知.
    pub filings: Option<Vec<Filing>>,
    /// The patient, if she has been here.
    pub patient: Option<PatientId>,
    /// The name she has here, where the platform says another.
    pub name_here: Option<String>,
    /// Whom the counter chooses a doctor from; empty for a doctor.
    pub doctors: Vec<DoctorView>,
    /// What to know before going on: no coverage, suspended, insured elsewhere, clock skew.
    pub warnings: Vec<Refusal>,
}
