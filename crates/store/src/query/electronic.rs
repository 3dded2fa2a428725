//! Electronic receipts.

use cunyi_domain::ids::{ClinicId, EntryId, SettlementId, VisitId};
use cunyi_domain::ledger::{ElectronicReceipt, ElectronicState};
use cunyi_domain::money::Fen;
use cunyi_domain::row::{Field, Value};
use cunyi_domain::time::Moment;

use super::key;
use super::receipt::happened;
use crate::reports::Span;
use crate::{StoreError, Tx};

/// One.
pub fn electronic(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    id: &EntryId,
) -> Result<Option<ElectronicReceipt>, StoreError> {
    Ok(tx.find("WHERE clinic = ? AND id = ?", key(clinic, id.clone()))?)
}

/// Those of a visit, oldest first.
pub fn electronic_of(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    visit: &VisitId,
) -> Result<Vec<ElectronicReceipt>, StoreError> {
    let rest = "WHERE clinic = ? AND visit = ? ORDER BY asked_at, id";
    Ok(tx.select(rest, key(clinic, visit.clone()))?)
}

/// The one of a settlement that stands.
pub fn standing_electronic(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    settlement: &SettlementId,
) -> Result<Option<ElectronicReceipt>, StoreError> {
    let rest = "WHERE clinic = ? AND settlement = ? AND state IN ('asked', 'issued', 'undoing')";
    Ok(tx.find(rest, key(clinic, settlement.clone()))?)
}

/// Those of all clinics of which the maker owes an answer, the one that was asked for first first; at most `limit`.
/// Of erased patients nothing is asked any more.
pub fn awaited_electronic(
    tx: &mut Tx<'_>,
    limit: i64,
) -> Result<Vec<ElectronicReceipt>, StoreError> {
    let rest = "WHERE state IN ('asked', 'undoing') AND EXISTS (SELECT 1 FROM patient p
        WHERE p.clinic = electronic_receipt.clinic AND p.id = electronic_receipt.patient AND p.erased = 0)
        ORDER BY asked_at, id LIMIT ?";
    Ok(tx.select(rest, vec![Value::Int(limit)])?)
}

/// The one that bears a number.
pub fn numbered_electronic(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    (code, number): (&str, &str),
) -> Result<Option<ElectronicReceipt>, StoreError> {
    let mut values = key(clinic, code.to_owned());
    values.push(number.to_owned().into_value());
    let rest = "WHERE clinic = ? AND code = ? AND number = ? AND number <> ''";
    Ok(tx.find(rest, values)?)
}

cunyi_domain::row! {
    /// An electronic receipt of the register, with whose it is.
    pub struct ElectronicRegistered {
        /// How far it is.
        pub state: ElectronicState,
        /// For which visit.
        pub visit: VisitId,
        /// Whose; empty after erasure.
        pub name: String,
        /// The number of its batch, 收费批次.
        pub batch_number: String,
        /// 金额
        pub amount: Fen,
        /// 票据代码
        pub code: String,
        /// 票据号码
        pub number: String,
        /// 红票号码
        pub red_number: String,
        /// When it was undone.
        pub undone_at: Option<Moment>,
        /// When it was asked for.
        pub asked_at: Moment,
        /// What the maker said when it refused last.
        pub said: String,
    }
}

/// Those that were asked for in a span, or undone in it, in the order they were asked for; at most `limit`.
pub fn electronic_registered(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    span: Span,
    limit: i64,
) -> Result<Vec<ElectronicRegistered>, StoreError> {
    let (ids, within) = happened(
        "electronic_receipt",
        ["asked_at", "undone_at"],
        clinic,
        span,
    );
    let sql = format!(
        "SELECT e.state, e.visit, p.name, b.number AS batch_number, e.amount, e.code, e.number, e.red_number,
                 e.undone_at, e.asked_at, e.said
               FROM electronic_receipt e
               JOIN settlement s ON s.clinic = e.clinic AND s.id = e.settlement
               JOIN batch b ON b.clinic = s.clinic AND b.id = s.batch
               JOIN patient p ON p.clinic = e.clinic AND p.id = e.patient
               WHERE e.clinic = ? AND e.id IN ({ids})
               ORDER BY e.asked_at, e.id LIMIT ?"
    );
    let mut values = vec![clinic.clone().into_value()];
    values.extend(within);
    values.push(Value::Int(limit));
    Ok(tx.query(&sql, values)?)
}
