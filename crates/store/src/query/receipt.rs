//! Receipt books, and what became of their numbers.

use cunyi_domain::ids::{ClinicId, EntryId, SettlementId, UserId, VisitId};
use cunyi_domain::ledger::{Receipt, ReceiptBook, ReceiptState, ReceiptWhy};
use cunyi_domain::money::Fen;
use cunyi_domain::row::{Field, Value};
use cunyi_domain::time::Moment;

use super::key;
use crate::reports::Span;
use crate::{StoreError, Tx};

/// The books of a clinic, the one entered last first; at most `limit`.
pub fn receipt_books(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    limit: i64,
) -> Result<Vec<ReceiptBook>, StoreError> {
    let values = vec![clinic.clone().into_value(), Value::Int(limit)];
    Ok(tx.select(
        "WHERE clinic = ? ORDER BY entered_at DESC, id DESC LIMIT ?",
        values,
    )?)
}

/// A book.
pub fn receipt_book(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    id: &EntryId,
) -> Result<Option<ReceiptBook>, StoreError> {
    Ok(tx.find("WHERE clinic = ? AND id = ?", key(clinic, id.clone()))?)
}

/// The book that is used now: of those with a number left, the one that was entered first.
pub fn open_book(tx: &mut Tx<'_>, clinic: &ClinicId) -> Result<Option<ReceiptBook>, StoreError> {
    let rest = "WHERE clinic = ? AND NOT EXISTS (SELECT 1 FROM receipt c WHERE c.clinic = receipt_book.clinic
                  AND c.book = receipt_book.id AND c.number = receipt_book.last)
                ORDER BY entered_at, id LIMIT 1";
    Ok(tx.find(rest, vec![clinic.clone().into_value()])?)
}

/// A book of this code with a number from one to another.
pub fn overlapping_book(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    code: &str,
    (first, last): (i64, i64),
) -> Result<Option<ReceiptBook>, StoreError> {
    let mut values = key(clinic, code.to_owned());
    values.extend([Value::Int(last), Value::Int(first)]);
    let rest = "WHERE clinic = ? AND code = ? AND first <= ? AND last >= ? ORDER BY first LIMIT 1";
    Ok(tx.find(rest, values)?)
}

/// The last number of a book that was taken. Numbers are taken in their order.
pub fn last_receipt(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    book: &EntryId,
) -> Result<Option<Receipt>, StoreError> {
    let rest = "WHERE clinic = ? AND book = ? ORDER BY number DESC LIMIT 1";
    Ok(tx.find(rest, key(clinic, book.clone()))?)
}

/// A receipt.
pub fn receipt(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    id: &EntryId,
) -> Result<Option<Receipt>, StoreError> {
    Ok(tx.find("WHERE clinic = ? AND id = ?", key(clinic, id.clone()))?)
}

/// The receipts of a visit, oldest first.
pub fn receipts_of(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    visit: &VisitId,
) -> Result<Vec<Receipt>, StoreError> {
    let rest = "WHERE clinic = ? AND visit = ? ORDER BY taken_at, id";
    Ok(tx.select(rest, key(clinic, visit.clone()))?)
}

/// The receipt of a settlement that stands.
pub fn standing_receipt(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    settlement: &SettlementId,
) -> Result<Option<Receipt>, StoreError> {
    let rest = "WHERE clinic = ? AND settlement = ? AND state = 'issued'";
    Ok(tx.find(rest, key(clinic, settlement.clone()))?)
}

cunyi_domain::row! {
    /// A number of the register, with whose it is.
    pub struct Registered {
        /// Id.
        pub id: EntryId,
        /// Of which book.
        pub book: EntryId,
        /// Number.
        pub number: i64,
        /// What became of it.
        pub state: ReceiptState,
        /// For which visit; none where it was voided unused.
        pub visit: Option<VisitId>,
        /// Whose; empty after erasure.
        pub name: Option<String>,
        /// The number of its batch, 收费批次.
        pub batch_number: Option<String>,
        /// True where what it was for was paid back.
        pub reversed: bool,
        /// 金额
        pub amount: Fen,
        /// When it was taken.
        pub taken_at: Moment,
        /// By whom.
        pub actor: UserId,
        /// When it was voided or came back.
        pub closed_at: Option<Moment>,
        /// By whom.
        pub closed_by: Option<UserId>,
        /// Why.
        pub why: Option<ReceiptWhy>,
        /// Why in words.
        pub words: String,
    }
}

/// The ids of a table's rows of which one moment or the other lies in a span, as a statement with its values: each
/// moment by its own index.
pub(super) fn happened(
    table: &str,
    moments: [&str; 2],
    clinic: &ClinicId,
    span: Span,
) -> (String, Vec<Value>) {
    let ids = moments.map(|column| {
        format!("SELECT id FROM {table} WHERE clinic = ? AND {column} >= ? AND {column} < ?")
    });
    let clinic = clinic.clone().into_value();
    let one = [clinic, span.from.into_value(), span.to.into_value()];
    (ids.join(" UNION "), [one.clone(), one].concat())
}

/// The numbers that were taken in a span, or voided or brought back in it; at most `limit`, in the order they were
/// taken.
pub fn registered(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    span: Span,
    limit: i64,
) -> Result<Vec<Registered>, StoreError> {
    let (ids, within) = happened("receipt", ["taken_at", "closed_at"], clinic, span);
    let sql = format!(
        "SELECT c.id, c.book, c.number, c.state, c.visit, p.name, b.number AS batch_number,
           CAST(CASE WHEN b.state = 'reversed' THEN 1 ELSE 0 END AS BIGINT) AS reversed,
           c.amount, c.taken_at, c.actor, c.closed_at, c.closed_by, c.why, c.words
         FROM receipt c
         LEFT JOIN settlement s ON s.clinic = c.clinic AND s.id = c.settlement
         LEFT JOIN batch b ON b.clinic = s.clinic AND b.id = s.batch
         LEFT JOIN patient p ON p.clinic = c.clinic AND p.id = c.patient
         WHERE c.clinic = ? AND c.id IN ({ids})
         ORDER BY c.taken_at, c.book, c.number LIMIT ?"
    );
    let mut values = vec![clinic.clone().into_value()];
    values.extend(within);
    values.push(Value::Int(limit));
    Ok(tx.query(&sql, values)?)
}

cunyi_domain::row! {
    /// How many numbers of a book are in a state, and what they come to.
    pub struct Taken {
        /// Of which book.
        pub book: EntryId,
        /// Which.
        pub state: ReceiptState,
        /// How many.
        pub count: i64,
        /// Their sum.
        pub amount: Fen,
    }
}

/// What became of the numbers of the books that were entered last, as many as [`receipt_books`] gives.
pub fn receipts_taken(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    limit: i64,
) -> Result<Vec<Taken>, StoreError> {
    let sql = "SELECT book, state, COUNT(*) AS count, CAST(SUM(amount) AS BIGINT) AS amount
               FROM receipt WHERE clinic = ? AND book IN
                 (SELECT id FROM receipt_book WHERE clinic = ? ORDER BY entered_at DESC, id DESC LIMIT ?)
               GROUP BY book, state ORDER BY book, state";
    let clinic = || clinic.clone().into_value();
    Ok(tx.query(sql, vec![clinic(), clinic(), Value::Int(limit)])?)
}
