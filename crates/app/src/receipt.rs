//! 收据: pre-printed numbers, entered as books, taken in their order when a receipt is printed. Each is issued, voided
//! or brought back, with who, when and why; none is left out and none is used twice.

pub(crate) mod register;

use std::collections::HashMap;

use cunyi_domain::batch::BatchState;
use cunyi_domain::fact::{ReceiptBookEntered, ReceiptClosed, ReceiptIssued, ReceiptSpoiled};
use cunyi_domain::ids::{BatchId, ClinicId, EntryId, SettlementId, UserId, VisitId};
use cunyi_domain::ledger::{
    Batch, Receipt, ReceiptBook, ReceiptState, ReceiptWhy, Settlement, SettlementKind,
};
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_store::{Tx, Writer, query};

use crate::App;
use crate::access::names;
use crate::error::{Result, refuse, refuse_at};
use crate::patient::bounded;
use crate::permission::Action;
use crate::reverse::read_reason;
use crate::views::{
    Actor, BookForm, ReceiptClosing, ReceiptPaper, ReceiptView, ReceiptsView, WhyForm,
};

/// Most signs of a 票据代码, and most digits of a number.
const MOST_CODE: usize = 20;
const MOST_DIGITS: usize = 12;
/// Most numbers of a book, and most that are voided unused at once.
const MOST_NUMBERS: i64 = 10_000;
const MOST_SPOILED: i64 = 200;

impl App {
    /// A book of pre-printed numbers, as it came.
    pub fn enter_receipt_book(&self, actor: &Actor, form: &BookForm) -> Result<()> {
        actor.must(Action::CountTill)?;
        let code = bounded(&form.code, "receipt_code", MOST_CODE)?;
        if !code.chars().all(|c| c.is_ascii_alphanumeric()) {
            return refuse_at(Code::BadText, "receipt_code");
        }
        let (first, digits) = number(&form.first, "first_number")?;
        let (last, width) = number(&form.last, "last_number")?;
        if digits != width || last < first || last - first >= MOST_NUMBERS {
            return refuse_at(Code::BadNumber, "last_number");
        }
        self.write(actor, "enter_receipt_book", |w| {
            let clinic = w.who.clinic.clone();
            if let Some(book) = query::overlapping_book(w.tx, &clinic, &code, (first, last))? {
                let refusal = Refusal::at(Code::ReceiptOverlap, "first_number");
                let refusal = refusal.with("first", book.printed(book.first));
                return Err(refusal.with("last", book.printed(book.last)).into());
            }
            let body = ReceiptBookEntered {
                id: EntryId::new(w.who.now, w.rng),
                code,
                digits,
                first,
                last,
            };
            Ok(w.record(body, None, None)?)
        })
    }

    /// Prints a receipt of a settled batch with the next number, which must be the one that was shown: it is
    /// printed on the paper already.
    pub fn issue_receipt(
        &self,
        actor: &Actor,
        batch: &BatchId,
        seen: &str,
    ) -> Result<ReceiptPaper> {
        actor.must(Action::Settle)?;
        self.write(actor, "issue_receipt", |w| {
            let row = query::batch(w.tx, &actor.clinic, batch)?;
            let row = row.ok_or(Refusal::new(Code::NotFound))?;
            let settled = settlement_in_force(w, &row)?;
            if query::standing_receipt(w.tx, &actor.clinic, &settled.id)?.is_some() {
                return refuse(Code::ReceiptStands);
            }
            let (book, number) =
                next(w.tx, &actor.clinic)?.ok_or(Refusal::new(Code::ReceiptNone))?;
            let label = label(&book, number);
            if label != seen {
                return Err(Refusal::new(Code::ReceiptMoved)
                    .with("number", label)
                    .into());
            }
            let visit = query::visit(w.tx, &actor.clinic, &row.visit)?;
            let visit = visit.ok_or(Refusal::new(Code::NotFound))?;
            let id = EntryId::new(w.who.now, w.rng);
            let body = ReceiptIssued {
                id: id.clone(),
                book: book.id,
                number,
                settlement: settled.id,
                visit: visit.id,
                patient: visit.patient.clone(),
                amount: settled.total,
            };
            w.record(body, Some(&visit.patient), None)?;
            self.receipt_view(w.tx, actor, &id)
        })
    }

    /// A look at a receipt that was printed, which says that it is one.
    pub fn receipt_paper(&self, actor: &Actor, id: &EntryId) -> Result<ReceiptPaper> {
        actor.must(Action::ReadRecord)?;
        let db = self.parts.store.db();
        let paper = db.read("receipt", |tx| self.receipt_view(tx, actor, id))?;
        self.note_access(actor, &paper.statement.paper.visit.patient.patient)?;
        Ok(ReceiptPaper {
            copy: true,
            ..paper
        })
    }

    /// 作废, or 收回 where what it is for was paid back.
    pub fn close_receipt(&self, actor: &Actor, id: &EntryId, why: &WhyForm) -> Result<()> {
        actor.must(Action::Settle)?;
        self.write(actor, "close_receipt", |w| {
            let row = query::receipt(w.tx, &actor.clinic, id)?;
            let row = row.ok_or(Refusal::new(Code::NotFound))?;
            let (Some(visit), Some(patient)) = (&row.visit, &row.patient) else {
                return refuse(Code::WrongState);
            };
            if row.state != ReceiptState::Issued {
                return refuse(Code::Changed);
            }
            let settlements = query::settlements(w.tx, &actor.clinic, visit)?;
            let back = row
                .settlement
                .as_ref()
                .is_some_and(|of| reversed(&settlements, of));
            let (to, choices) = if back {
                (ReceiptState::Returned, ReceiptWhy::RETURN)
            } else {
                (ReceiptState::Void, ReceiptWhy::VOID)
            };
            let (why, words) = read_why(why, choices)?;
            let body = ReceiptClosed {
                id: row.id.clone(),
                patient: patient.clone(),
                to,
                why,
                words,
            };
            Ok(w.record(body, Some(patient), None)?)
        })
    }

    /// 空白作废: numbers of a book that are not used, from its next to this one; only the next where none is said.
    pub fn spoil_receipts(
        &self,
        actor: &Actor,
        book: &EntryId,
        to: &str,
        why: &WhyForm,
    ) -> Result<()> {
        actor.must(Action::Settle)?;
        self.write(actor, "spoil_receipts", |w| {
            let book = query::receipt_book(w.tx, &actor.clinic, book)?;
            let book = book.ok_or(Refusal::new(Code::NotFound))?;
            let (why, words) = read_why(why, ReceiptWhy::UNUSED)?;
            let first = next_of(w.tx, &book)?.ok_or(Refusal::new(Code::ReceiptNone))?;
            let last = match to.trim() {
                "" => first,
                to => number(to, "to_number")?.0,
            };
            if !(first..=book.last.min(first + MOST_SPOILED - 1)).contains(&last) {
                let refusal = Refusal::at(Code::ReceiptOutside, "to_number");
                let refusal = refusal.with("first", book.printed(first));
                return Err(refusal.with("last", book.printed(book.last)).into());
            }
            for number in first..=last {
                let body = ReceiptSpoiled {
                    id: EntryId::new(w.who.now, w.rng),
                    book: book.id.clone(),
                    number,
                    why,
                    words: words.clone(),
                };
                w.record(body, None, None)?;
            }
            Ok(())
        })
    }

    fn receipt_view(&self, tx: &mut Tx<'_>, actor: &Actor, id: &EntryId) -> Result<ReceiptPaper> {
        let row = query::receipt(tx, &actor.clinic, id)?;
        let visit = row.and_then(|row| row.visit);
        let visit = visit.ok_or(Refusal::new(Code::NotFound))?;
        let settlements = query::settlements(tx, &actor.clinic, &visit)?;
        let all = receipts_view(tx, &actor.clinic, &visit, &settlements)?.all;
        let mut all = all.into_iter();
        let receipt = all.find(|one| one.id == *id);
        let receipt = receipt.ok_or(Refusal::new(Code::NotFound))?;
        Ok(ReceiptPaper {
            statement: self.statement_view(tx, actor, &receipt.batch)?,
            receipt,
            copy: false,
        })
    }
}

/// The settlement that a receipt is for: the batch is settled and not about to be paid back.
pub(crate) fn settlement_in_force(w: &mut Writer<'_, '_>, batch: &Batch) -> Result<Settlement> {
    if batch.state != BatchState::Settled {
        return refuse(Code::WrongState);
    }
    crate::reverse::in_force(w, batch)
}

/// The book that is used now, and its next number.
fn next(tx: &mut Tx<'_>, clinic: &ClinicId) -> Result<Option<(ReceiptBook, i64)>> {
    let Some(book) = query::open_book(tx, clinic)? else {
        return Ok(None);
    };
    let number = next_of(tx, &book)?;
    Ok(number.map(|number| (book, number)))
}

fn next_of(tx: &mut Tx<'_>, book: &ReceiptBook) -> Result<Option<i64>> {
    let last = query::last_receipt(tx, &book.clinic, &book.id)?;
    Ok(book.after(last.map(|row| row.number)))
}

/// A number with its code, as both are printed.
fn label(book: &ReceiptBook, number: i64) -> String {
    let printed = book.printed(number);
    if book.code.is_empty() {
        printed
    } else {
        format!("{} {printed}", book.code)
    }
}

/// A number as it is printed, and its digits.
fn number(text: &str, field: &'static str) -> Result<(i64, i64)> {
    let text = text.trim();
    let digits =
        (1..=MOST_DIGITS).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    match text.parse() {
        Ok(number) if digits => Ok((number, i64::try_from(text.len()).unwrap_or_default())),
        _ => refuse_at(Code::BadNumber, field),
    }
}

/// As it was typed. What is no reason of the list says itself in words.
fn read_why(form: &WhyForm, choices: &[ReceiptWhy]) -> Result<(ReceiptWhy, String)> {
    let why = ReceiptWhy::from_text(&form.why).filter(|why| choices.contains(why));
    let why = why.ok_or(Refusal::at(Code::ReasonMissing, "why"))?;
    let silent = form.reason.trim().is_empty() && why != ReceiptWhy::Other;
    let words = if silent {
        String::new()
    } else {
        read_reason(&form.reason)?
    };
    Ok((why, words))
}

/// True if a settlement was paid back.
pub(crate) fn reversed(settlements: &[Settlement], of: &SettlementId) -> bool {
    let undoes = |row: &Settlement| row.reverses.as_ref() == Some(of);
    settlements.iter().any(undoes)
}

/// As a visit's page shows them.
pub(crate) fn receipts_view(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    visit: &VisitId,
    settlements: &[Settlement],
) -> Result<ReceiptsView> {
    let kept = !query::receipt_books(tx, clinic, 1)?.is_empty();
    if !kept || settlements.is_empty() {
        return Ok(ReceiptsView {
            kept,
            ..ReceiptsView::default()
        });
    }
    let rows = query::receipts_of(tx, clinic, visit)?;
    let names = names(tx, clinic)?;
    let mut all = Vec::new();
    for row in rows {
        let made = |s: &&Settlement| {
            s.kind == SettlementKind::Settlement && Some(&s.id) == row.settlement.as_ref()
        };
        let book = query::receipt_book(tx, clinic, &row.book)?;
        let (Some(settled), Some(book)) = (settlements.iter().find(made), book) else {
            continue;
        };
        all.push(ReceiptView {
            number: book.printed(row.number),
            code: book.code,
            batch: settled.batch.clone(),
            reversed: reversed(settlements, &settled.id),
            by: names.get(&row.actor).cloned().unwrap_or_default(),
            closed: closing(&row, &names),
            id: row.id,
            state: row.state,
            amount: row.amount,
            at: row.taken_at,
        });
    }
    let next = next(tx, clinic)?.map(|(book, number)| label(&book, number));
    Ok(ReceiptsView { all, next, kept })
}

fn closing(row: &Receipt, names: &HashMap<UserId, String>) -> Option<ReceiptClosing> {
    let by = row.closed_by.as_ref()?;
    Some(ReceiptClosing {
        at: row.closed_at?,
        by: names.get(by).cloned().unwrap_or_default(),
        why: row.why?,
        words: row.words.clone(),
    })
}
