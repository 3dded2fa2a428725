//! Receipts: on a visit's page, on paper, in the register.

use cunyi_app::views::{
    BookView, CashierSheet, Counted, DaySheet, ElectronicRow, ElectronicView, ElectronicsView,
    MovedView, ReceiptClosing, ReceiptDay, ReceiptPaper, ReceiptRegister, ReceiptRow, ReceiptView,
    ReceiptsView,
};
use cunyi_domain::batch::BatchState;
use cunyi_domain::ids::{EntryId, VisitId};
use cunyi_domain::ledger::{ElectronicState, Method, PaymentKind, ReceiptState, ReceiptWhy};
use cunyi_domain::money::Fen;
use cunyi_domain::reconcile::Drawer;

use super::{HOSTILE, batch, now, statement};

fn closing(why: ReceiptWhy) -> ReceiptClosing {
    ReceiptClosing {
        at: now(),
        by: HOSTILE.to_owned(),
        why,
        words: HOSTILE.to_owned(),
    }
}

/// Of each state; what stands is out for what was paid back.
fn all() -> [ReceiptView; 3] {
    let one = |state, why: Option<ReceiptWhy>| ReceiptView {
        id: EntryId::from("R1"),
        batch: batch(1, BatchState::Settled).id,
        code: "99060126".to_owned(),
        number: "00012345".to_owned(),
        state,
        reversed: state != ReceiptState::Void,
        amount: Fen(2420),
        at: now(),
        by: HOSTILE.to_owned(),
        closed: why.map(closing),
    };
    [
        one(ReceiptState::Void, Some(ReceiptWhy::Mistake)),
        one(ReceiptState::Returned, Some(ReceiptWhy::Other)),
        one(ReceiptState::Issued, None),
    ]
}

/// On a visit's page.
pub fn receipts() -> ReceiptsView {
    ReceiptsView {
        all: all().into(),
        next: Some("99060126 00012346".to_owned()),
        kept: true,
    }
}

/// Electronic ones, of each state.
pub fn electronics() -> ElectronicsView {
    let one = |state: ElectronicState| ElectronicView {
        id: EntryId::from("E1"),
        batch: batch(1, BatchState::Settled).id,
        state,
        reversed: state == ElectronicState::Undone,
        amount: Fen(2420),
        at: now(),
        by: HOSTILE.to_owned(),
        code: "99060126".to_owned(),
        number: "0012345678".to_owned(),
        check_code: "a1b2c3".to_owned(),
        url: "https://receipts.invalid/1".to_owned(),
        red_number: "0012345679".to_owned(),
        said: HOSTILE.to_owned(),
    };
    ElectronicsView {
        all: ElectronicState::ALL.iter().copied().map(one).collect(),
        kept: true,
    }
}

/// A look at one of what was paid back.
pub fn receipt() -> ReceiptPaper {
    let [_, _, receipt] = all();
    ReceiptPaper {
        statement: statement(BatchState::Reversed),
        receipt,
        copy: true,
    }
}

/// Two books, the first used up.
pub fn receipt_register() -> ReceiptRegister {
    let book = |next: Option<&str>| BookView {
        id: EntryId::from("B1"),
        code: HOSTILE.to_owned(),
        first: "00012301".to_owned(),
        last: "00012400".to_owned(),
        size: 100,
        issued: 43,
        void: 1,
        returned: 1,
        amount: Fen(104_060),
        next: next.map(str::to_owned),
        at: now(),
        by: HOSTILE.to_owned(),
    };
    let row = |one: ReceiptView| ReceiptRow {
        id: one.id,
        number: format!("{} {}", one.code, one.number),
        state: one.state,
        visit: one.reversed.then(|| VisitId::from("V1")),
        name: HOSTILE.to_owned(),
        batch_number: HOSTILE.to_owned(),
        reversed: one.reversed,
        amount: one.amount,
        at: one.at,
        by: one.by,
        closed: one.closed,
    };
    let electronic = |one: ElectronicView| ElectronicRow {
        state: one.state,
        visit: VisitId::from("V1"),
        number: format!("{} {}", one.code, one.number),
        red_number: one.red_number,
        undone_at: Some(now()),
        name: HOSTILE.to_owned(),
        batch_number: HOSTILE.to_owned(),
        amount: one.amount,
        at: one.at,
        said: one.said,
    };
    let day = |taken| ReceiptDay {
        day: now().date(),
        taken,
        amount: Fen(2420),
        void: 1,
        ..ReceiptDay::default()
    };
    ReceiptRegister {
        from: now().date(),
        to: now().date(),
        books: vec![book(Some("00012346")), book(None)],
        days: vec![day(0), day(3)],
        rows: all().map(row).into(),
        electronic: electronics().all.into_iter().map(electronic).collect(),
    }
}

/// A day of two cashiers, counted.
pub fn day_sheet() -> DaySheet {
    let cashier = |name: &str| CashierSheet {
        name: name.to_owned(),
        settled: 12,
        reversed: 1,
        total: Fen(30_025),
        fund: Fen(18_000),
        cash: Fen(12_025),
        moved: vec![MovedView {
            kind: PaymentKind::Paid,
            method: Method::Cash,
            count: 12,
            amount: Fen(12_025),
        }],
        ..CashierSheet::default()
    };
    let drawer = |method, counted| Drawer {
        method,
        expected: Fen(24_050),
        counted,
    };
    DaySheet {
        day: now().date(),
        clinic: HOSTILE.to_owned(),
        cashiers: vec![cashier(HOSTILE), cashier("刘秀英")],
        whole: cashier(""),
        drawers: vec![
            drawer(Method::Cash, Some(Fen(24_000))),
            drawer(Method::Qr, None),
        ],
        counted: Some(Counted {
            cash: Fen(24_000),
            qr: Fen::ZERO,
            at: now(),
            by: HOSTILE.to_owned(),
        }),
    }
}
