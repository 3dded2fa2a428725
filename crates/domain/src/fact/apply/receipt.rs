//! What receipts do to the ledger.

use crate::fact::{Personal, ReceiptBookEntered, ReceiptClosed, ReceiptIssued, ReceiptSpoiled};
use crate::ledger::{Receipt, ReceiptBook, ReceiptState};
use crate::money::Fen;
use crate::row::Change;

use super::{About, reason, set};

pub(super) fn book_entered(about: &About, body: ReceiptBookEntered) -> Vec<Change> {
    vec![Change::insert(ReceiptBook {
        clinic: about.clinic.clone(),
        id: body.id,
        code: body.code,
        digits: body.digits,
        first: body.first,
        last: body.last,
        entered_at: about.occurred_at,
        actor: about.actor.clone(),
    })]
}

pub(super) fn issued(about: &About, body: ReceiptIssued) -> Vec<Change> {
    vec![Change::insert(Receipt {
        clinic: about.clinic.clone(),
        id: body.id,
        book: body.book,
        number: body.number,
        state: ReceiptState::Issued,
        settlement: Some(body.settlement),
        visit: Some(body.visit),
        patient: Some(body.patient),
        amount: body.amount,
        taken_at: about.occurred_at,
        actor: about.actor.clone(),
        closed_at: None,
        closed_by: None,
        why: None,
        words: String::new(),
    })]
}

/// Once: who comes second finds it closed.
pub(super) fn closed(
    about: &About,
    body: ReceiptClosed,
    personal: Option<Personal>,
) -> Vec<Change> {
    let to = vec![
        set("state", body.to),
        set("closed_at", Some(about.occurred_at)),
        set("closed_by", Some(about.actor.clone())),
        set("why", Some(body.why)),
        set("words", reason(personal)),
    ];
    vec![about.guarded::<Receipt>(body.id, set("state", ReceiptState::Issued), to)]
}

pub(super) fn spoiled(about: &About, body: ReceiptSpoiled) -> Vec<Change> {
    vec![Change::insert(Receipt {
        clinic: about.clinic.clone(),
        id: body.id,
        book: body.book,
        number: body.number,
        state: ReceiptState::Void,
        settlement: None,
        visit: None,
        patient: None,
        amount: Fen::ZERO,
        taken_at: about.occurred_at,
        actor: about.actor.clone(),
        closed_at: Some(about.occurred_at),
        closed_by: Some(about.actor.clone()),
        why: Some(body.why),
        words: body.words,
    })]
}
