//! 收据: pre-printed numbers. Each is used once, or voided, and stands in the register; none is left out.

use crate::ids::{ClinicId, EntryId, PatientId, SettlementId, UserId, VisitId};
use crate::money::Fen;
use crate::time::Moment;

text_enum! {
    /// What became of a number.
    pub enum ReceiptState {
        /// 已开
        Issued = "issued",
        /// 作废: nobody has it.
        Void = "void",
        /// 已收回: what it was for was paid back.
        Returned = "returned",
    }
}

text_enum! {
    /// Why a receipt was voided or came back.
    pub enum ReceiptWhy {
        /// 票纸损坏
        Spoiled = "spoiled",
        /// 打错
        Mistake = "mistake",
        /// 退费收回原件
        TakenBack = "taken-back",
        /// 原件遗失
        Lost = "lost",
        /// 其他: in words.
        Other = "other",
    }
}

impl ReceiptWhy {
    /// The reasons that somebody may choose where what it is for stands, where that was paid back, and of a number
    /// that was not used.
    pub const VOID: &'static [Self] = &[Self::Spoiled, Self::Mistake, Self::Other];
    /// Where what it was for was paid back.
    pub const RETURN: &'static [Self] = &[Self::TakenBack, Self::Lost, Self::Other];
    /// Of numbers that were not used.
    pub const UNUSED: &'static [Self] = &[Self::Spoiled, Self::Lost, Self::Other];
}

table! {
    /// 收据批次: pre-printed numbers from one to another. Never updated; its numbers are taken in their order.
    pub struct ReceiptBook in "receipt_book" (Ledger, ["clinic", "id"]) {
        /// Clinic.
        pub clinic: ClinicId,
        /// Id.
        pub id: EntryId,
        /// 票据代码, printed on each; may be empty.
        pub code: String,
        /// How many digits its numbers are printed with.
        pub digits: i64,
        /// First number.
        pub first: i64,
        /// Last number.
        pub last: i64,
        /// When it was entered.
        pub entered_at: Moment,
        /// By whom.
        pub actor: UserId,
    }
}

impl ReceiptBook {
    /// A number as it is printed.
    pub fn printed(&self, number: i64) -> String {
        let digits = usize::try_from(self.digits).unwrap_or_default();
        format!("{number:0digits$}")
    }

    /// How many numbers it has.
    pub const fn size(&self) -> i64 {
        self.last.saturating_sub(self.first).saturating_add(1)
    }

    /// The number after the last that was taken; none where all are.
    pub fn after(&self, taken: Option<i64>) -> Option<i64> {
        let next = taken.map_or(self.first, |last| last.saturating_add(1));
        (next <= self.last).then_some(next)
    }
}

table! {
    /// 收据登记: a number that was taken. A settlement has at most one that stands.
    pub struct Receipt in "receipt" (Ledger, ["clinic", "id"]) {
        /// Clinic.
        pub clinic: ClinicId,
        /// Id.
        pub id: EntryId,
        /// Of which book.
        pub book: EntryId,
        /// Its number.
        pub number: i64,
        /// What became of it.
        pub state: ReceiptState,
        /// For which settlement; none where the number was voided unused, as the next two.
        pub settlement: Option<SettlementId>,
        /// Of which visit.
        pub visit: Option<VisitId>,
        /// Whose.
        pub patient: Option<PatientId>,
        /// 金额: what was settled, whoever pays it.
        pub amount: Fen,
        /// When the number was taken.
        pub taken_at: Moment,
        /// By whom.
        pub actor: UserId,
        /// When it was voided or came back; none while it stands, as the next two.
        pub closed_at: Option<Moment>,
        /// By whom.
        pub closed_by: Option<UserId>,
        /// Why.
        pub why: Option<ReceiptWhy>,
        /// Why in words; empty where `why` says it.
        pub words: String,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_go_on_to_the_last_and_keep_their_digits() {
        let book = ReceiptBook {
            clinic: ClinicId::from("C"),
            id: EntryId::from("B"),
            code: String::new(),
            digits: 6,
            first: 98,
            last: 101,
            entered_at: Moment(0),
            actor: UserId::from("U"),
        };
        let mut taken = None;
        let mut all = Vec::new();
        while let Some(next) = book.after(taken) {
            all.push(book.printed(next));
            taken = Some(next);
        }
        assert_eq!(all, ["000098", "000099", "000100", "000101"]);
        assert_eq!(book.size(), 4);
    }
}
