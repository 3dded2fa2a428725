//! Drugs in the cupboard: lots, what moved them, what is promised of them.

use jiff::civil::Date;

use crate::ids::{ChargeId, ClinicId, LotId, MoveId};
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
        /// 退回原批号
        Returned = "returned",
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
    }
}

table! {
    /// 库存流水: every change of `on_hand`.
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
