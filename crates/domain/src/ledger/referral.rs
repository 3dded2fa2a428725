//! 转诊: that a patient was sent on, where and why.

use crate::ids::{ClinicId, EntryId, PatientId, UserId, VisitId};
use crate::time::Moment;

table! {
    /// 转诊单. Never updated: the last of a visit stands, those before it were written anew.
    pub struct Referral in "referral" (Ledger, ["clinic", "id"]) {
        /// Clinic.
        pub clinic: ClinicId,
        /// Id.
        pub id: EntryId,
        /// Who.
        pub patient: PatientId,
        /// In which visit.
        pub visit: VisitId,
        /// 紧急
        pub urgent: bool,
        /// 转往机构及科别; empty after erasure, as the words after it.
        pub destination: String,
        /// 转诊原因
        pub reason: String,
        /// 已作处理
        pub treated: String,
        /// When.
        pub referred_at: Moment,
        /// Who.
        pub actor: UserId,
    }
}
