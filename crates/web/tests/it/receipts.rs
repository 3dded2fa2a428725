//! Receipts as their routes ask for them.

use cunyi_app::views::{BookForm, VisitView};
use cunyi_domain::ids::EntryId;

use crate::cases::{form, get, post, settled};
use crate::house::{Ask, House};

/// A settled visit at a clinic with a receipt book.
fn with_book(h: &House) -> VisitView {
    let visit = settled(h);
    // Each case has a book of its own; what was entered before is used first.
    let code = format!("T{}", h.w.app.now().0);
    let book = BookForm {
        code,
        first: "0001".to_owned(),
        last: "9999".to_owned(),
    };
    // Two cases of one moment share one.
    let _ = h.w.app.enter_receipt_book(&h.w.doctor, &book);
    h.w.view(&visit)
}

/// A visit with a receipt.
pub fn issued(h: &House) -> (VisitView, EntryId) {
    let view = with_book(h);
    let next = view.receipts.next.clone().expect("a number");
    let issued =
        h.w.app
            .issue_receipt(&h.w.doctor, &view.batches[0].id, &next);
    (view, issued.expect("issued").receipt.id)
}

/// The slip of a payment.
pub fn slip(h: &House, size: &str) -> Ask {
    let payment = &h.w.view(&settled(h)).payments[0].id;
    get(format!("/payments/{payment}/print{size}"))
}

pub fn to_issue(h: &House) -> Ask {
    let view = with_book(h);
    let next = view.receipts.next.clone().expect("a number");
    let typed = [("visit", view.visit.as_str()), ("receipt_number", &next)];
    post(&format!("/batches/{}/receipt", view.batches[0].id), &typed)
}

pub fn to_close(h: &House) -> Ask {
    let (view, receipt) = issued(h);
    let typed = [("visit", view.visit.as_str()), ("why", "spoiled")];
    post(&format!("/receipts/{receipt}/close"), &typed)
}

pub fn to_enter(h: &House) -> Ask {
    let code = format!("E{}", h.w.app.now().0);
    let typed = [
        ("receipt_code", code.as_str()),
        ("first_number", "001"),
        ("last_number", "100"),
    ];
    Ask {
        form: form(&typed),
        ..post("/receipts/books", &[])
    }
}

pub fn to_spoil(h: &House) -> Ask {
    with_book(h);
    let day = h.w.app.now().date();
    let register =
        h.w.app
            .receipt_register(&h.w.doctor, day, day)
            .expect("seen");
    let book = &register.books[0].id;
    post(&format!("/receipts/books/{book}/spoil"), &[("why", "lost")])
}

/// A settled visit of which an electronic receipt may be asked for.
pub fn to_ask(h: &House) -> Ask {
    let view = h.w.view(&settled(h));
    let typed = [("visit", view.visit.as_str())];
    post(
        &format!("/batches/{}/electronic", view.batches[0].id),
        &typed,
    )
}

pub fn to_undo(h: &House) -> Ask {
    let visit = settled(h);
    let electronic = h.w.electronic(&visit);
    let typed = [("visit", visit.as_str()), ("reason", "姓名有误")];
    post(&format!("/electronic/{electronic}/undo"), &typed)
}
