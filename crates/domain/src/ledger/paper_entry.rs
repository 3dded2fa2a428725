//! 处方登记: when a prescription was printed, printed again or voided, by whom and why.

use crate::ids::{ChargeId, ClinicId, EntryId, PatientId, UserId, VisitId};
use crate::time::Moment;

text_enum! {
    /// What happened to a prescription's paper.
    pub enum PaperEvent {
        /// 打印, the second time and later 补打.
        Printed = "printed",
        /// 作废
        Voided = "voided",
    }
}

text_enum! {
    /// Why a prescription was printed again or voided.
    pub enum PaperWhy {
        /// 打印不清或卡纸
        Unreadable = "unreadable",
        /// 原件遗失
        Lost = "lost",
        /// 患者另要一份
        Copy = "copy",
        /// 开错
        Mistake = "mistake",
        /// 改方
        Changed = "changed",
        /// 患者不取药
        Declined = "declined",
        /// 缺药
        Short = "short",
        /// 就诊取消
        Cancelled = "cancelled",
        /// 其他: in words.
        Other = "other",
    }
}

impl PaperWhy {
    /// The reasons that somebody may choose for an event; a visit that is cancelled says its own.
    pub const fn choices(event: PaperEvent) -> &'static [Self] {
        match event {
            PaperEvent::Printed => &[Self::Unreadable, Self::Lost, Self::Copy, Self::Other],
            PaperEvent::Voided => &[
                Self::Mistake,
                Self::Changed,
                Self::Declined,
                Self::Short,
                Self::Other,
            ],
        }
    }
}

table! {
    /// 处方登记. What is on a paper is the lines that it was printed with: other lines are another prescription.
    pub struct PaperEntry in "paper_entry" (Ledger, ["clinic", "id"]) {
        /// Clinic.
        pub clinic: ClinicId,
        /// Id.
        pub id: EntryId,
        /// Whose.
        pub patient: PatientId,
        /// Of which visit.
        pub visit: VisitId,
        /// What happened.
        pub event: PaperEvent,
        /// How often it has been printed by then, this time too.
        pub number: i64,
        /// Its lines' ids, joined by `,`.
        pub lines: String,
        /// Why; none for the first print.
        pub why: Option<PaperWhy>,
        /// Why in words; empty where `why` says it.
        pub words: String,
        /// Who.
        pub actor: UserId,
        /// When.
        pub entered_at: Moment,
    }
}

impl PaperEntry {
    /// True if a line stands on it.
    pub fn holds(&self, line: &ChargeId) -> bool {
        self.lines.split(',').any(|id| id == line.as_str())
    }

    /// True if these lines stand on it, and no other.
    pub fn is_of(&self, lines: &[ChargeId]) -> bool {
        self.lines.split(',').eq(lines.iter().map(ChargeId::as_str))
    }
}
