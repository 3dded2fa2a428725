//! 收据: each number of a book is taken once, in its order; what is voided or comes back says why.

use cunyi_app::Actor;
use cunyi_app::views::{BookForm, ReceiptPaper, ReceiptView, WhyForm};
use cunyi_domain::ids::{BatchId, VisitId};
use cunyi_domain::ledger::{ReceiptState, ReceiptWhy};
use cunyi_domain::money::Fen;
use cunyi_domain::refusal::{Code, Refusal};

use crate::world::{World, actor, worlds};

pub fn book(code: &str, first: &str, last: &str) -> BookForm {
    BookForm {
        code: code.to_owned(),
        first: first.to_owned(),
        last: last.to_owned(),
    }
}

pub fn why(why: &str, reason: &str) -> WhyForm {
    WhyForm {
        why: why.to_owned(),
        reason: reason.to_owned(),
    }
}

fn enter(w: &World, form: &BookForm) -> cunyi_app::Result<()> {
    w.app.enter_receipt_book(&w.doctor, form)
}

/// Prints one for the first batch of a visit, with the number that its page shows.
fn issue(w: &World, visit: &VisitId) -> cunyi_app::Result<ReceiptPaper> {
    let view = w.view(visit);
    let next = view.receipts.next.unwrap_or_default();
    w.app.issue_receipt(&w.doctor, &view.batches[0].id, &next)
}

fn states(w: &World, visit: &VisitId) -> Vec<(String, ReceiptState)> {
    let all = w.view(visit).receipts.all.into_iter();
    all.map(|one| (one.number, one.state)).collect()
}

fn told(all: &[(&str, ReceiptState)]) -> Vec<(String, ReceiptState)> {
    all.iter()
        .map(|(number, state)| ((*number).to_owned(), *state))
        .collect()
}

fn batch(w: &World, visit: &VisitId) -> BatchId {
    w.view(visit).batches[0].id.clone()
}

const ISSUED: ReceiptState = ReceiptState::Issued;
const VOID: ReceiptState = ReceiptState::Void;
const RETURNED: ReceiptState = ReceiptState::Returned;

#[test]
fn numbers_are_taken_in_order_and_from_book_to_book() {
    for w in worlds("receipts") {
        let visit = w.settled(w.resident(false), &w.cold());
        assert!(!w.view(&visit).receipts.kept, "none was entered");
        assert_eq!(w.code(issue(&w, &visit)), Code::ReceiptNone);
        enter(&w, &book("99A", "000009", "000010")).unwrap();
        enter(&w, &book("99A", "000021", "000030")).unwrap();

        let first = issue(&w, &visit).unwrap();
        let view = w.view(&visit);
        assert_eq!(first.receipt.number, "000009");
        assert_eq!((&*first.receipt.code, first.copy), ("99A", false));
        assert_eq!(first.receipt.amount, view.batches[0].total);
        assert_eq!(first.statement.settled.unwrap().total, first.receipt.amount);
        assert_eq!(w.code(issue(&w, &visit)), Code::ReceiptStands);

        // The paper in the printer is another than the page said.
        let other = w.settled(w.resident(true), &w.cold());
        let seen = w
            .app
            .issue_receipt(&w.doctor, &batch(&w, &other), "99A 000009");
        let moved = Refusal::new(Code::ReceiptMoved).with("number", "99A 000010");
        assert_eq!(w.refused(seen), moved);
        issue(&w, &other).unwrap();
        assert_eq!(w.view(&other).receipts.next.as_deref(), Some("99A 000021"));

        // It is spoiled: the number is void, the next is taken.
        let spoiled = &w.view(&visit).receipts.all[0].id;
        let close = |why: &WhyForm| w.app.close_receipt(&w.doctor, spoiled, why);
        for (form, code) in [
            (why("", ""), Code::ReasonMissing),
            (why("taken-back", ""), Code::ReasonMissing),
            (why("other", " "), Code::ReasonMissing),
            (why("spoiled", &"长".repeat(201)), Code::BadText),
        ] {
            assert_eq!(w.code(close(&form)), code, "{form:?}");
        }
        close(&why("spoiled", "")).unwrap();
        assert_eq!(w.code(close(&why("spoiled", ""))), Code::Changed);
        issue(&w, &visit).unwrap();
        assert_eq!(
            states(&w, &visit),
            told(&[("000009", VOID), ("000021", ISSUED)])
        );
        let look = w
            .app
            .receipt_paper(&actor(&w.app, "auditor"), spoiled)
            .unwrap();
        assert!(look.copy && look.receipt.closed.unwrap().why == ReceiptWhy::Spoiled);
        w.prove();
    }
}

#[test]
fn what_is_paid_back_is_brought_back() {
    for w in worlds("receipts_back") {
        enter(&w, &book("", "1", "9")).unwrap();
        let visit = w.settled(w.resident(false), &w.cold());
        let batch = batch(&w, &visit);
        issue(&w, &visit).unwrap();
        w.app.reverse(&w.doctor, &batch, "开错药").unwrap();
        let out: ReceiptView = w.view(&visit).receipts.all.remove(0);
        assert!(out.reversed && out.state == ISSUED, "it is out");
        assert_eq!(out.choices(), ReceiptWhy::RETURN);
        let next = w.app.issue_receipt(&w.doctor, &batch, "2");
        assert_eq!(w.code(next), Code::WrongState, "paid back");
        let close = |form: &WhyForm| w.app.close_receipt(&w.doctor, &out.id, form);
        assert_eq!(w.code(close(&why("spoiled", ""))), Code::ReasonMissing);
        close(&why("lost", "写了遗失声明")).unwrap();
        assert_eq!(states(&w, &visit), told(&[("1", RETURNED)]));
        let closed = w.view(&visit).receipts.all.remove(0).closed.unwrap();
        assert_eq!(
            (closed.why, &*closed.words),
            (ReceiptWhy::Lost, "写了遗失声明")
        );
        w.prove();
    }
}

#[test]
fn what_is_wrong_with_a_book_is_said() {
    for w in worlds("receipt_books") {
        enter(&w, &book("99A", "0100", "0199")).unwrap();
        let bad = |field| Refusal::at(Code::BadNumber, field);
        let overlap = Refusal::at(Code::ReceiptOverlap, "first_number");
        let overlap = overlap.with("first", "0100").with("last", "0199");
        let limit = Refusal::at(Code::BadText, "receipt_code").with("limit", 20);
        for (form, refusal) in [
            (book("99A", "", "0199"), bad("first_number")),
            (book("99A", "01x0", "0199"), bad("first_number")),
            (book("99A", "-100", "0199"), bad("first_number")),
            (book("99A", "０１００", "0199"), bad("first_number")),
            (book("99A", "0000000000001", "0199"), bad("first_number")),
            (book("99A", "0200", "199"), bad("last_number")),
            (book("99A", "0201", "0200"), bad("last_number")),
            (book("99A", "000000", "010000"), bad("last_number")),
            (
                book("99 A", "0200", "0299"),
                Refusal::at(Code::BadText, "receipt_code"),
            ),
            (book(&"9".repeat(21), "0200", "0299"), limit),
            (book("99A", "0001", "0100"), overlap.clone()),
            (book("99A", "0150", "0160"), overlap.clone()),
            (book("99A", "0199", "0300"), overlap),
        ] {
            assert_eq!(w.refused(enter(&w, &form)), refusal, "{form:?}");
        }
        for fine in [book("99A", "0000", "0099"), book("99B", "0100", "0199")] {
            enter(&w, &fine).unwrap();
        }
        let pharmacist = actor(&w.app, "pharmacist");
        let entered = w.app.enter_receipt_book(&pharmacist, &book("", "1", "2"));
        assert_eq!(w.code(entered), Code::Forbidden);
        w.prove();
    }
}

fn register(w: &World, by: &Actor) -> cunyi_app::views::ReceiptRegister {
    let day = w.app.now().date();
    w.app.receipt_register(by, day, day).unwrap()
}

#[test]
fn the_register_has_each_number_once_and_sums_by_the_day() {
    for w in worlds("receipt_register") {
        enter(&w, &book("", "001", "005")).unwrap();
        let id = register(&w, &w.doctor).books[0].id.clone();
        let spoil = |to: &str| w.app.spoil_receipts(&w.doctor, &id, to, &why("lost", ""));
        let visit = w.settled(w.resident(false), &w.cold());
        let total = issue(&w, &visit).unwrap().receipt.amount;
        for outside in ["001", "006", "x"] {
            let code = w.code(spoil(outside));
            assert!(
                [Code::ReceiptOutside, Code::BadNumber].contains(&code),
                "{outside}"
            );
        }
        assert_eq!(states(&w, &visit), told(&[("001", ISSUED)]));
        spoil("003").unwrap();
        w.clock.advance(86_400);
        // The first is voided on the next day, and printed anew.
        let first = w.view(&visit).receipts.all[0].id.clone();
        w.app
            .close_receipt(&w.doctor, &first, &why("mistake", ""))
            .unwrap();
        assert_eq!(issue(&w, &visit).unwrap().receipt.number, "004");
        spoil("").unwrap();
        assert_eq!(w.code(spoil("")), Code::ReceiptNone);

        let auditor = actor(&w.app, "auditor");
        let today = register(&w, &auditor);
        let of = |row: &cunyi_app::views::ReceiptRow| (row.number.clone(), row.state);
        let rows: Vec<_> = today.rows.iter().map(of).collect();
        assert_eq!(rows, told(&[("001", VOID), ("004", ISSUED), ("005", VOID)]));
        let day = &today.days[0];
        assert_eq!((&*day.first, &*day.last, day.taken), ("004", "005", 2));
        assert_eq!((day.amount, day.void, day.void_amount), (total, 2, total));
        assert_eq!(day.net(), Fen::ZERO);
        let of = &today.books[0];
        assert_eq!((of.issued, of.void, of.returned, of.left()), (1, 4, 0, 0));
        assert_eq!((of.size, of.amount, &of.next), (5, total, &None));

        // What the day before said still stands.
        let before = w.app.now().date().yesterday().unwrap();
        let whole = w.app.receipt_register(&auditor, before, w.app.now().date());
        let whole = whole.unwrap();
        assert_eq!(whole.rows.len(), 5);
        let day = &whole.days[0];
        assert_eq!((&*day.first, &*day.last, day.taken), ("001", "003", 3));
        assert_eq!((day.void, day.net()), (2, total));
        let backwards = w.app.receipt_register(&auditor, w.app.now().date(), before);
        assert_eq!(w.refused(backwards), Refusal::at(Code::BadText, "to"));
        w.prove();
    }
}
