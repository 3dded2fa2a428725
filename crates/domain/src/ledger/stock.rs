//! Drugs in the cupboard: lots, what moved them, what is promised of them.

use jiff::civil::Date;

use crate::ids::{ChargeId, ClinicId, LotId, MoveId, UserId, VisitId};
use crate::money::{Quantity, UnitPrice};
use crate::time::Moment;

text_enum! {
    /// What moved stock.
    pub enum MoveKind {
        /// 入库
        Received = "received",
        /// 发药
        HandedOver = "handed_over",
        /// 盘盈
        CountedMore = "counted_more",
        /// 盘亏
        CountedLess = "counted_less",
        /// 退回原批号: it had not left the counter.
        Returned = "returned",
        /// 退回隔离: it came back and is never sold.
        Quarantined = "quarantined",
    }
}

text_enum! {
    /// What became of goods that were recorded as handed over and whose batch was reversed.
    pub enum Goods {
        /// 留在患者处
        Kept = "kept",
        /// 因质量退回，隔离，不再销售
        Quarantined = "quarantined",
        /// 其实没有发出，退回原批号
        NotHandedOver = "not_handed_over",
    }
}

impl Goods {
    /// As what it moves stock; nothing where it stays with the patient.
    pub const fn moves(self) -> Option<MoveKind> {
        match self {
            Self::Kept => None,
            Self::Quarantined => Some(MoveKind::Quarantined),
            Self::NotHandedOver => Some(MoveKind::Returned),
        }
    }
}

table! {
    /// 库存批次
    pub struct Lot in "stock_lot" (Ledger, ["clinic", "id"]) {
        /// Clinic.
        pub clinic: ClinicId,
        /// Id.
        pub id: LotId,
        /// 医保目录编码 of the drug.
        pub code: String,
        /// 生产批号
        pub lot_number: String,
        /// 有效期止
        pub expires_on: Date,
        /// What it cost.
        pub cost: UnitPrice,
        /// In the cupboard, in smallest units.
        pub on_hand: Quantity,
        /// Promised to a frozen fee list, part of on hand.
        pub reserved: Quantity,
        /// Came back for its quality, beside what is on hand: never sold.
        pub quarantined: Quantity,
    }
}

table! {
    /// 库存流水: every change of `on_hand` and of `quarantined`.
    pub struct StockMove in "stock_move" (Ledger, ["clinic", "id"]) {
        /// Clinic.
        pub clinic: ClinicId,
        /// Id.
        pub id: MoveId,
        /// Lot.
        pub lot: LotId,
        /// What moved it.
        pub kind: MoveKind,
        /// How much, always positive.
        pub quantity: Quantity,
        /// The charge line it was for.
        pub charge: Option<ChargeId>,
        /// When.
        pub moved_at: Moment,
    }
}

table! {
    /// 预留: what a charge line holds of a lot until it is handed over or taken back.
    pub struct Reservation in "reservation" (Ledger, ["clinic", "charge", "lot"]) {
        /// Clinic.
        pub clinic: ClinicId,
        /// For.
        pub charge: ChargeId,
        /// Of.
        pub lot: LotId,
        /// How much, in smallest units.
        pub quantity: Quantity,
    }
}

table! {
    /// 退费后药品的去向, decided once for each line.
    pub struct GoodsDecision in "goods_decision" (Ledger, ["clinic", "charge"]) {
        /// Clinic.
        pub clinic: ClinicId,
        /// The line.
        pub charge: ChargeId,
        /// Its visit.
        pub visit: VisitId,
        /// What became of them.
        pub decision: Goods,
        /// How much, in the line's unit.
        pub quantity: Quantity,
        /// Why.
        pub reason: String,
        /// When it was decided.
        pub decided_at: Moment,
        /// Who decided.
        pub actor: UserId,
    }
}
