//! 转诊单

use cunyi_domain::time::Moment;

use super::Paper;

/// What a doctor writes on a referral.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReferralForm {
    /// It is urgent.
    pub urgent: bool,
    /// 转往机构及科别
    pub destination: String,
    /// 转诊原因
    pub reason: String,
    /// 已作处理
    pub treated: String,
}

/// A referral that was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReferralView {
    /// When.
    pub at: Moment,
    /// Whose hand.
    pub by: String,
    /// What was written.
    pub said: ReferralForm,
}

/// The referrals of a visit.
#[derive(Clone, Debug, PartialEq)]
pub struct Referrals {
    /// Who is sent, and with what.
    pub paper: Paper,
    /// Newest first: it stands.
    pub recorded: Vec<ReferralView>,
    /// True while one can be written.
    pub open: bool,
}
