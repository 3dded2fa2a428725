//! Bodies of what happens to receipts and their numbers.

use serde::{Deserialize, Serialize};

use crate::ids::{EntryId, PatientId, SettlementId, VisitId};
use crate::ledger::{ReceiptState, ReceiptWhy};
use crate::money::Fen;

/// A book of pre-printed receipts was entered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReceiptBookEntered {
    /// Its id.
    pub id: EntryId,
    /// 票据代码
    pub code: String,
    /// Digits of its numbers.
    pub digits: i64,
    /// First number.
    pub first: i64,
    /// Last number.
    pub last: i64,
}

/// A receipt was printed for a settlement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReceiptIssued {
    /// Its id.
    pub id: EntryId,
    /// Of which book.
    pub book: EntryId,
    /// The number that it took.
    pub number: i64,
    /// For which settlement.
    pub settlement: SettlementId,
    /// Of which visit.
    pub visit: VisitId,
    /// Whose.
    pub patient: PatientId,
    /// 金额
    pub amount: Fen,
}

/// A receipt was voided, or came back. Personal part: `Reason`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReceiptClosed {
    /// Which.
    pub id: EntryId,
    /// Whose.
    pub patient: PatientId,
    /// What became of it.
    pub to: ReceiptState,
    /// Why.
    pub why: ReceiptWhy,
    /// Why in words, which are sealed when they are stored.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub words: String,
}

/// A number was voided unused.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReceiptSpoiled {
    /// Its id.
    pub id: EntryId,
    /// Of which book.
    pub book: EntryId,
    /// Which number.
    pub number: i64,
    /// Why.
    pub why: ReceiptWhy,
    /// Why in words: of paper, not of a patient.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub words: String,
}
