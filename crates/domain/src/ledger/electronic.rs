//! 电子票据: receipts that a maker outside makes (the finance bureau's platform, by the vendor's program). Each is asked
//! for here, answered there, and undone by a red one (冲红) where what it is for was paid back.

use crate::ids::{ClinicId, EntryId, PatientId, SettlementId, UserId, VisitId};
use crate::money::Fen;
use crate::time::Moment;

text_enum! {
    /// How far an electronic receipt is.
    pub enum ElectronicState {
        /// 待开: it was asked for.
        Asked = "asked",
        /// 已开
        Issued = "issued",
        /// 未开成: the maker refused it.
        Refused = "refused",
        /// 待冲红: that it be undone was asked for.
        Undoing = "undoing",
        /// 已冲红
        Undone = "undone",
    }
}

impl ElectronicState {
    /// True while the maker owes an answer.
    pub const fn awaits(&self) -> bool {
        matches!(self, Self::Asked | Self::Undoing)
    }

    /// True while no other may be asked for: it is out, or may be.
    pub const fn stands(&self) -> bool {
        matches!(self, Self::Asked | Self::Issued | Self::Undoing)
    }
}

table! {
    /// 电子票据. A settlement has at most one that stands.
    pub struct ElectronicReceipt in "electronic_receipt" (Ledger, ["clinic", "id"]) {
        /// Clinic.
        pub clinic: ClinicId,
        /// Id: the maker knows by it what was asked for before (业务流水号).
        pub id: EntryId,
        /// For which settlement.
        pub settlement: SettlementId,
        /// Of which visit.
        pub visit: VisitId,
        /// Whose.
        pub patient: PatientId,
        /// 金额: what was settled, whoever pays it.
        pub amount: Fen,
        /// How far it is.
        pub state: ElectronicState,
        /// When it was asked for.
        pub asked_at: Moment,
        /// By whom.
        pub actor: UserId,
        /// 票据代码; empty until it is issued, as the next two.
        pub code: String,
        /// 票据号码
        pub number: String,
        /// 校验码
        pub check_code: String,
        /// Where the patient finds it; empty where the maker says none.
        pub url: String,
        /// When it was issued.
        pub issued_at: Option<Moment>,
        /// The id of what asked last that it be undone; empty until somebody did.
        pub undo: String,
        /// Why it is to be undone, where what it is for stands.
        pub reason: String,
        /// 红票号码; empty until it is undone.
        pub red_number: String,
        /// When it was undone.
        pub undone_at: Option<Moment>,
        /// What the maker said when it refused last; empty where it did not.
        pub said: String,
    }
}
