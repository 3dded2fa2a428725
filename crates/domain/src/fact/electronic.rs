//! Bodies of what happens to electronic receipts.

use serde::{Deserialize, Serialize};

use crate::ids::{EntryId, PatientId, SettlementId, VisitId};
use crate::ledger::ElectronicState;
use crate::money::Fen;

/// An electronic receipt was asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ElectronicAsked {
    /// Its id.
    pub id: EntryId,
    /// For which settlement.
    pub settlement: SettlementId,
    /// Of which visit.
    pub visit: VisitId,
    /// Whose.
    pub patient: PatientId,
    /// 金额
    pub amount: Fen,
}

/// The maker answered. Personal part: `Electronic`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ElectronicAnswered {
    /// Which.
    pub id: EntryId,
    /// Whose.
    pub patient: PatientId,
    /// How far it was.
    pub from: ElectronicState,
    /// How far it is.
    pub to: ElectronicState,
    /// 票据代码 of what was issued.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub code: String,
    /// 票据号码; of what was undone, the red one's.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub number: String,
    /// 校验码, which is sealed when it is stored, as the next two.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub check_code: String,
    /// Where the patient finds it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub url: String,
    /// What the maker said when it refused.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub said: String,
}

/// That an electronic receipt be undone was asked for. Personal part: `Reason`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ElectronicUndone {
    /// Which.
    pub id: EntryId,
    /// The id of this order: each time it is asked for anew is another.
    pub order: EntryId,
    /// Whose.
    pub patient: PatientId,
    /// Why in words, which are sealed when they are stored; empty where what it is for was paid back.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub words: String,
}
