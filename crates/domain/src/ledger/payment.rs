//! Money over the counter: what a visit's patient paid, left as a deposit, got back.
//!
//! A settlement says what the patient owes; a payment says what changed hands. Mostly both happen at
//! once. Where the outcome of a settlement was found out later, or a deposit was taken, they differ for
//! a while, and the visit's balance tells by how much.

use crate::ids::{ClinicId, EntryId, UserId, VisitId};
use crate::money::Fen;
use crate::time::Moment;

text_enum! {
    /// Why money changed hands.
    pub enum PaymentKind {
        /// 收款: the patient's cash share, with its settlement.
        Paid = "paid",
        /// 退款: what was paid, with its reversal.
        PaidBack = "paid_back",
        /// 押金: left until it is known what is owed.
        Deposit = "deposit",
        /// 退差额: more was left than is owed.
        Returned = "returned",
        /// 补收: less was left than is owed.
        Collected = "collected",
    }
}

impl PaymentKind {
    /// True if the clinic got it.
    pub const fn comes_in(self) -> bool {
        matches!(self, Self::Paid | Self::Deposit | Self::Collected)
    }
}

text_enum! {
    /// How money changed hands.
    pub enum Method {
        /// 现金
        Cash = "cash",
        /// 扫码
        Qr = "qr",
    }
}

table! {
    /// 收退款. Never updated.
    pub struct Payment in "payment" (Ledger, ["clinic", "id"]) {
        /// Clinic.
        pub clinic: ClinicId,
        /// Id.
        pub id: EntryId,
        /// Visit.
        pub visit: VisitId,
        /// Why.
        pub kind: PaymentKind,
        /// How.
        pub method: Method,
        /// How much, always positive.
        pub amount: Fen,
        /// When.
        pub moved_at: Moment,
        /// Who.
        pub actor: UserId,
    }
}

impl Payment {
    /// What it adds to the drawer.
    pub fn signed(&self) -> Fen {
        if self.kind.comes_in() {
            self.amount
        } else {
            -self.amount
        }
    }
}

/// Where the money of a visit stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// What is owed was paid.
    Even,
    /// A deposit lies here, and something is still to be settled.
    Held(Fen),
    /// 待退: so much is the patient's.
    ToReturn(Fen),
    /// 待收: so much is owed.
    ToCollect(Fen),
}

impl Standing {
    /// Of a visit's balance, and whether something of it is still to be settled.
    pub const fn of(balance: Fen, open: bool) -> Self {
        match balance.0 {
            0 => Self::Even,
            ..0 => Self::ToCollect(Fen(balance.0.saturating_neg())),
            _ if open => Self::Held(balance),
            _ => Self::ToReturn(balance),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_than_is_owed_is_a_deposit_until_all_is_settled() {
        let table = [
            (0, false, Standing::Even),
            (0, true, Standing::Even),
            (5, true, Standing::Held(Fen(5))),
            (5, false, Standing::ToReturn(Fen(5))),
            (-5, true, Standing::ToCollect(Fen(5))),
            (-5, false, Standing::ToCollect(Fen(5))),
        ];
        for (balance, open, standing) in table {
            assert_eq!(
                Standing::of(Fen(balance), open),
                standing,
                "{balance} {open}"
            );
        }
    }
}
