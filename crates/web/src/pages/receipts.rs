//! 收据: printed and closed from a visit's page; the register of their numbers on the screen and as xlsx.

use askama::Template;
use axum::extract::Path;
use axum::http::{StatusCode, Uri};
use cunyi_app::views::{BookForm, ElectronicRow, ReceiptDay, ReceiptRegister, ReceiptRow, WhyForm};
use cunyi_app::{AppError, Layout};
use cunyi_domain::ids::{BatchId, EntryId, VisitId};
use cunyi_domain::money::Fen;
use cunyi_domain::refusal::Refusal;
use cunyi_domain::time::civil::Date;

use super::follow::at_once;
use super::papers::print as on_paper;
use super::reports::period;
use super::workstation::show_error;
use crate::chrome::Chrome;
use crate::fault::{Answer, Fault, html, status, words};
use crate::form::Form;
use crate::jobs::Kept;
use crate::layout::Model;
use crate::session::{Posted, Signed};
use crate::sheet::{Cell, Table, download};

#[derive(Template)]
#[template(path = "receipts.html")]
pub(crate) struct ReceiptsPage<'a> {
    pub(crate) c: &'a Chrome,
    pub(crate) v: &'a ReceiptRegister,
    pub(crate) f: &'a Typed,
    pub(crate) problem: String,
}

/// What was typed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Typed {
    pub(crate) book: BookForm,
    /// The book of which numbers were to be voided.
    pub(crate) of: String,
    pub(crate) to: String,
    pub(crate) reason: String,
}

/// Columns of the register.
const HEADS: [&str; 9] = [
    "receipt-number",
    "state",
    "when",
    "field-name",
    "batch-number",
    "amount",
    "receipt-by",
    "receipt-closed",
    "receipt-closed-by",
];

/// Its heads.
pub(crate) fn heads(c: &Chrome) -> [String; HEADS.len()] {
    HEADS.map(|key| c.t(key))
}

/// Columns of electronic ones.
const ELECTRONIC: [&str; 8] = [
    "electronic-number",
    "state",
    "when",
    "field-name",
    "batch-number",
    "amount",
    "electronic-red",
    "electronic-said",
];

/// Their heads.
pub(crate) fn electronic_heads(c: &Chrome) -> [String; ELECTRONIC.len()] {
    ELECTRONIC.map(|key| c.t(key))
}

/// The cells of an electronic one after its state.
pub(crate) fn electronic_cells(row: &ElectronicRow) -> [String; ELECTRONIC.len() - 2] {
    [
        row.at.to_minute(),
        row.name.clone(),
        row.batch_number.clone(),
        row.amount.to_string(),
        row.undone_at.map_or_else(String::new, |at| {
            format!("{} {}", row.red_number, at.date())
        }),
        row.said.clone(),
    ]
}

/// The cells of a number after its state.
pub(crate) fn cells(c: &Chrome, row: &ReceiptRow) -> [String; HEADS.len() - 2] {
    let closed = row.closed.as_ref();
    [
        row.at.to_minute(),
        row.name.clone(),
        row.batch_number.clone(),
        row.amount.to_string(),
        row.by.clone(),
        closed.map(|one| c.receipt_why(one)).unwrap_or_default(),
        closed
            .map(|one| format!("{} {} {}", one.at.date(), one.at.hour_minute(), one.by))
            .unwrap_or_default(),
    ]
}

/// Columns of a day after its date.
pub(crate) const DAY_HEADS: [&str; 8] = [
    "receipt-numbers",
    "receipt-taken",
    "amount",
    "receipt-void",
    "receipt-void-amount",
    "receipt-returned",
    "receipt-returned-amount",
    "receipt-net",
];

/// The cells of a day after its date.
pub(crate) fn day(d: &ReceiptDay) -> [String; DAY_HEADS.len()] {
    let numbers = if d.taken == 0 {
        String::new()
    } else {
        format!("{} – {}", d.first, d.last)
    };
    [
        numbers,
        d.taken.to_string(),
        d.amount.to_string(),
        d.void.to_string(),
        d.void_amount.to_string(),
        d.returned.to_string(),
        d.returned_amount.to_string(),
        d.net().to_string(),
    ]
}

async fn register(by: &Signed, (from, to): (Date, Date)) -> Result<ReceiptRegister, Fault> {
    by.call(move |app, actor| app.receipt_register(actor, from, to))
        .await
}

/// The period that is asked for: this month where none is.
fn asked(by: &Signed, uri: &Uri) -> Result<(Date, Date), Fault> {
    period(&by.chrome, uri, by.chrome.now.date().first_of_month())
}

/// `GET /receipts?from=yyyy-MM-dd&to=yyyy-MM-dd`
pub(crate) async fn page(by: Signed, uri: Uri) -> Answer {
    let v = register(&by, asked(&by, &uri)?).await?;
    let page = ReceiptsPage {
        c: &by.chrome,
        v: &v,
        f: &Typed::default(),
        problem: String::new(),
    };
    Ok(html(StatusCode::OK, &page))
}

/// `GET /receipts/xlsx?from=&to=`
pub(crate) async fn xlsx(by: Signed, uri: Uri) -> Answer {
    let v = register(&by, asked(&by, &uri)?).await?;
    let c = by.chrome.chinese();
    let row = |row: &ReceiptRow| {
        let first = [row.number.clone(), c.receipt_state(&row.state)];
        in_sheet(first, &cells(&c, row), row.amount)
    };
    let electronic = |row: &ElectronicRow| {
        let first = [row.number.clone(), c.electronic_state(&row.state)];
        in_sheet(first, &electronic_cells(row), row.amount)
    };
    let table = Table {
        name: c.t("receipts-title"),
        heads: heads(&c).into(),
        rows: v.rows.iter().map(row).collect(),
    };
    let second = Table {
        name: c.t("electronic-title"),
        heads: electronic_heads(&c).into(),
        rows: v.electronic.iter().map(electronic).collect(),
    };
    let name = format!("receipts-{}-{}", v.from, v.to);
    download(&by.chrome, &name, &[table, second])
}

/// A row of the sheet: number and state, then its cells, of which the fourth is the sum.
fn in_sheet(first: [String; 2], cells: &[String], amount: Fen) -> Vec<Cell> {
    let after = (0..).zip(cells).map(|(place, text)| match place {
        3 => Cell::Yuan(amount),
        _ => Cell::Text(text.clone()),
    });
    first.into_iter().map(Cell::Text).chain(after).collect()
}

/// The register again after something was done, or with what was refused.
async fn after(by: &Signed, done: Result<(), AppError>, typed: Typed) -> Answer {
    let error = match done {
        Ok(()) => return Ok(super::to("/receipts")),
        Err(error) => error,
    };
    if status(&error) != StatusCode::UNPROCESSABLE_ENTITY {
        return Err(Fault::new(&by.chrome, error));
    }
    let today = by.chrome.now.date();
    let v = register(by, (today.first_of_month(), today)).await?;
    let page = ReceiptsPage {
        c: &by.chrome,
        v: &v,
        f: &typed,
        problem: words(&by.chrome, &error),
    };
    Ok(html(status(&error), &page))
}

/// `POST /receipts/books`
pub(crate) async fn enter(Posted { by, form, .. }: Posted) -> Answer {
    let typed = Typed {
        book: BookForm {
            code: form.text("receipt_code"),
            first: form.text("first_number"),
            last: form.text("last_number"),
        },
        ..Typed::default()
    };
    let book = typed.book.clone();
    let done = by.ask(move |app, actor| app.enter_receipt_book(actor, &book));
    after(&by, done.await, typed).await
}

fn why(form: &Form) -> WhyForm {
    WhyForm {
        why: form.get("why").to_owned(),
        reason: form.get("reason").to_owned(),
    }
}

/// `POST /receipts/books/{id}/spoil`
pub(crate) async fn spoil(Path(id): Path<String>, Posted { by, form, .. }: Posted) -> Answer {
    let why = why(&form);
    let typed = Typed {
        of: id,
        to: form.text("to_number"),
        reason: why.reason.clone(),
        ..Typed::default()
    };
    let (book, to) = (EntryId(typed.of.clone()), typed.to.clone());
    let done = by.ask(move |app, actor| app.spoil_receipts(actor, &book, &to, &why));
    after(&by, done.await, typed).await
}

/// The receipt's size on this computer's printer.
fn layout(by: &Signed) -> Layout {
    if by.chrome.computer.rolls.has("receipt") {
        Layout::ReceiptRoll
    } else {
        Layout::Receipt
    }
}

/// `POST /batches/{id}/receipt`: answers the paper itself, so that none comes without its number.
pub(crate) async fn issue(Path(id): Path<String>, Posted { by, form, .. }: Posted) -> Answer {
    let visit = VisitId(form.text("visit"));
    let seen = form.text("receipt_number");
    let issued = by.ask(move |app, actor| app.issue_receipt(actor, &BatchId(id), &seen));
    match issued.await {
        Ok(p) => {
            let model = Model::receipt(&by.chrome.chinese(), &p);
            let visit = p.statement.paper.visit.visit;
            on_paper(&by, layout(&by), &visit, model).await
        }
        Err(error @ AppError::Refused(Refusal { .. })) => {
            show_error(&by, visit, error, Kept::Nothing).await
        }
        Err(error) => Err(Fault::new(&by.chrome, error)),
    }
}

/// `POST /receipts/{id}/close`
pub(crate) async fn close(Path(id): Path<String>, Posted { by, form, .. }: Posted) -> Answer {
    let why = why(&form);
    let kept = Kept::Field(id.clone(), why.reason.clone());
    let visit = VisitId(form.text("visit"));
    at_once(by, visit, kept, move |app, actor, _| {
        app.close_receipt(actor, &EntryId(id), &why)
    })
    .await
}

/// `POST /batches/{id}/electronic`
pub(crate) async fn ask_electronic(
    Path(id): Path<String>,
    Posted { by, form, .. }: Posted,
) -> Answer {
    let visit = VisitId(form.text("visit"));
    at_once(by, visit, Kept::Nothing, move |app, actor, _| {
        app.ask_electronic(actor, &BatchId(id))
    })
    .await
}

/// `POST /electronic/{id}/undo`
pub(crate) async fn undo_electronic(
    Path(id): Path<String>,
    Posted { by, form, .. }: Posted,
) -> Answer {
    let reason = form.text("reason");
    let kept = Kept::Field(id.clone(), reason.clone());
    let visit = VisitId(form.text("visit"));
    at_once(by, visit, kept, move |app, actor, _| {
        app.undo_electronic(actor, &EntryId(id), &reason)
    })
    .await
}

/// `GET /receipts/{id}/print`
pub(crate) async fn print(by: Signed, Path(id): Path<String>) -> Answer {
    let p = by
        .call(move |app, actor| app.receipt_paper(actor, &EntryId(id)))
        .await?;
    let model = Model::receipt(&by.chrome.chinese(), &p);
    on_paper(&by, layout(&by), &p.statement.paper.visit.visit, model).await
}
