//! Settlements that stood only at the centre and were paid back there: the clinic has no money in them.

use jiff::civil::Date;

use crate::ids::{BatchId, ClinicId, EntryId, UserId, VisitId};
use crate::money::Fen;
use crate::time::Moment;
use crate::undone::UndoneState;

table! {
    /// 在中心撤销: one 2208 of a settlement that is not in force here. With its reversal it counts in the
    /// centre's sums, twice and for nothing.
    pub struct Undone in "undone" (Ledger, ["clinic", "id"]) {
        /// Clinic.
        pub clinic: ClinicId,
        /// Id.
        pub id: EntryId,
        /// Whose 2207 it was.
        pub batch: BatchId,
        /// Its visit.
        pub visit: VisitId,
        /// 结算ID
        pub platform_settlement: String,
        /// msgid of that 2207.
        pub settled_by: String,
        /// When, by the centre's clock.
        pub settled_at: Moment,
        /// 险种
        pub scheme: String,
        /// 清算类别
        pub clearing_type: String,
        /// 清算经办机构
        pub clearing_office: String,
        /// 医疗费总额
        pub total: Fen,
        /// 基金
        pub fund: Fen,
        /// 个人账户
        pub account: Fen,
        /// 个人现金
        pub cash: Fen,
        /// Where it stands.
        pub state: UndoneState,
        /// msgid of the 2208.
        pub message: String,
        /// 结算ID of the reversal; empty where nobody told it.
        pub reversal: String,
        /// When it was paid back, by the centre's clock where it told.
        pub reversed_at: Option<Moment>,
        /// On which day's page it was found.
        pub day: Date,
        /// When it was asked for.
        pub asked_at: Moment,
        /// By whom.
        pub actor: UserId,
    }
}
