//! 慢病随访: what was recorded on a follow-up form.

use jiff::civil::Date;

use crate::ids::{ClinicId, EntryId, PatientId, UserId, VisitId};
use crate::time::Moment;

text_enum! {
    /// 此次随访分类. The later is the more serious.
    pub enum FollowUpClass {
        /// 控制满意
        Satisfactory = "satisfactory",
        /// 控制不满意
        Unsatisfactory = "unsatisfactory",
        /// 不良反应
        Adverse = "adverse",
        /// 并发症
        Complication = "complication",
    }
}

table! {
    /// 随访记录. A correction is a row of its own that names the one it replaces; both stay.
    pub struct FollowUp in "follow_up" (Ledger, ["clinic", "id"]) {
        /// Clinic.
        pub clinic: ClinicId,
        /// Id.
        pub id: EntryId,
        /// Who.
        pub patient: PatientId,
        /// In which visit.
        pub visit: VisitId,
        /// Which form.
        pub form: String,
        /// Its edition.
        pub edition: String,
        /// 随访日期
        pub day: Date,
        /// The class.
        pub class: FollowUpClass,
        /// A measurement was not below its limit.
        pub uncontrolled: bool,
        /// There was an adverse reaction.
        pub adverse: bool,
        /// 下次随访日期
        pub next_day: Date,
        /// The answers by their fields, JSON; empty after erasure.
        pub answers: String,
        /// Which one it corrects.
        pub corrects: Option<EntryId>,
        /// Why; empty where it corrects none, and after erasure.
        pub reason: String,
        /// True once another corrects it.
        pub corrected: bool,
        /// Who signed it.
        pub actor: UserId,
        /// When it was recorded.
        pub recorded_at: Moment,
    }
}

text_enum! {
    /// 终止管理原因: why a patient is not called any more.
    pub enum EndWhy {
        /// 死亡
        Died = "died",
        /// 迁出
        Moved = "moved",
        /// 失访
        Lost = "lost",
        /// 拒绝
        Declined = "declined",
    }
}

table! {
    /// 终止管理: a patient is not called any more, until she is again. At most one holds.
    pub struct FollowUpEnd in "follow_up_end" (Ledger, ["clinic", "id"]) {
        /// Clinic.
        pub clinic: ClinicId,
        /// Id.
        pub id: EntryId,
        /// Who.
        pub patient: PatientId,
        /// Why.
        pub why: EndWhy,
        /// Since when: of who died, 死亡日期.
        pub day: Date,
        /// In words, of who died the cause; may be empty, and is after erasure.
        pub words: String,
        /// When it was written.
        pub ended_at: Moment,
        /// By whom.
        pub actor: UserId,
        /// True once she was taken up again.
        pub resumed: bool,
        /// When; none while it holds, as the next.
        pub resumed_at: Option<Moment>,
        /// By whom.
        pub resumed_by: Option<UserId>,
    }
}
