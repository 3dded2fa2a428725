//! What electronic receipts do to the ledger.

use crate::fact::{ElectronicAnswered, ElectronicAsked, ElectronicUndone, Personal};
use crate::ledger::{ElectronicReceipt, ElectronicState};
use crate::row::Change;

use super::{About, reason, set};

pub(super) fn asked(about: &About, body: ElectronicAsked) -> Vec<Change> {
    vec![Change::insert(ElectronicReceipt {
        clinic: about.clinic.clone(),
        id: body.id,
        settlement: body.settlement,
        visit: body.visit,
        patient: body.patient,
        amount: body.amount,
        state: ElectronicState::Asked,
        asked_at: about.occurred_at,
        actor: about.actor.clone(),
        code: String::new(),
        number: String::new(),
        check_code: String::new(),
        url: String::new(),
        issued_at: None,
        undo: String::new(),
        reason: String::new(),
        red_number: String::new(),
        undone_at: None,
        said: String::new(),
    })]
}

/// Once: an answer that comes twice finds it answered.
pub(super) fn answered(
    about: &About,
    body: ElectronicAnswered,
    personal: Option<Personal>,
) -> Vec<Change> {
    let (check_code, url, said) = match personal {
        Some(Personal::Electronic {
            check_code,
            url,
            said,
        }) => (check_code, url, said),
        _ => <(String, String, String)>::default(),
    };
    let mut to = vec![set("state", body.to), set("said", said)];
    match (body.from, body.to) {
        (ElectronicState::Asked, ElectronicState::Issued) => to.extend([
            set("code", body.code),
            set("number", body.number),
            set("check_code", check_code),
            set("url", url),
            set("issued_at", Some(about.occurred_at)),
        ]),
        (_, ElectronicState::Undone) => to.extend([
            set("red_number", body.number),
            set("undone_at", Some(about.occurred_at)),
        ]),
        _ => {}
    }
    vec![about.guarded::<ElectronicReceipt>(body.id, set("state", body.from), to)]
}

pub(super) fn undone(
    about: &About,
    body: ElectronicUndone,
    personal: Option<Personal>,
) -> Vec<Change> {
    let to = vec![
        set("state", ElectronicState::Undoing),
        set("undo", body.order),
        set("reason", reason(personal)),
        set("said", String::new()),
    ];
    let from = set("state", ElectronicState::Issued);
    vec![about.guarded::<ElectronicReceipt>(body.id, from, to)]
}
