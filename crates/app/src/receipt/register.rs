//! 收据登记: each number of a period, the days, the books.

use std::collections::{BTreeMap, HashMap};

use cunyi_domain::ids::{ClinicId, EntryId, UserId};
use cunyi_domain::ledger::{ReceiptBook, ReceiptState};
use cunyi_domain::money::Fen;
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_domain::time::{Moment, civil::Date};
use cunyi_store::Tx;
use cunyi_store::query::{self, Registered, Taken};
use cunyi_store::reports::Span;

use super::{label, next_of};
use crate::App;
use crate::access::names;
use crate::electronic;
use crate::error::{Result, refuse_at};
use crate::permission::Action;
use crate::views::{Actor, BookView, ReceiptClosing, ReceiptDay, ReceiptRegister, ReceiptRow};

/// Most numbers of a period, and most books that are shown.
const MOST_ROWS: i64 = 2000;
const MOST_BOOKS: i64 = 100;

impl App {
    /// The register of a period, both days included.
    ///
    /// # Errors
    /// Refused where the period ends before it begins or has too many numbers.
    pub fn receipt_register(&self, actor: &Actor, from: Date, to: Date) -> Result<ReceiptRegister> {
        actor.must(Action::SeeReports)?;
        if to < from {
            return refuse_at(Code::BadText, "to");
        }
        let db = self.parts.store.db();
        let register = db.read("receipt_register", |tx| read(tx, actor, (from, to)))?;
        self.note_list(actor, "receipts")?;
        Ok(register)
    }
}

fn read(tx: &mut Tx<'_>, actor: &Actor, (from, to): (Date, Date)) -> Result<ReceiptRegister> {
    let clinic = &actor.clinic;
    let names = names(tx, clinic)?;
    let books = query::receipt_books(tx, clinic, MOST_BOOKS)?;
    let taken = query::receipts_taken(tx, clinic, MOST_BOOKS)?;
    let mut views = Vec::new();
    for book in &books {
        let next = next_of(tx, book)?.map(|number| book.printed(number));
        views.push(book_view(book, &taken, next, &names));
    }
    let numbers = numbers(tx, clinic, (from, to))?;
    let electronic = electronic::registered(tx, clinic, span(from, to), MOST_ROWS + 1)?;
    few(electronic.len())?;
    Ok(ReceiptRegister {
        from,
        to,
        books: views,
        days: days(&happened(&numbers), (from, to)),
        rows: numbers
            .into_iter()
            .map(|(one, book)| row(one, &book, &names))
            .collect(),
        electronic,
    })
}

fn span(from: Date, to: Date) -> Span {
    Span {
        from: Moment::start_of(from),
        to: Moment::end_of(to),
    }
}

fn few(rows: usize) -> Result<()> {
    if i64::try_from(rows).is_ok_and(|count| count <= MOST_ROWS) {
        return Ok(());
    }
    let refusal = Refusal::new(Code::PeriodTooLong).with("most", MOST_ROWS);
    Err(refusal.into())
}

/// A number with its book.
type Number = (Registered, ReceiptBook);

/// The numbers that something happened to.
pub(crate) fn numbers(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    (from, to): (Date, Date),
) -> Result<Vec<Number>> {
    let found = query::registered(tx, clinic, span(from, to), MOST_ROWS + 1)?;
    few(found.len())?;
    let mut books: HashMap<EntryId, ReceiptBook> = HashMap::new();
    let mut numbers = Vec::new();
    for one in found {
        if !books.contains_key(&one.book) {
            let book = query::receipt_book(tx, clinic, &one.book)?;
            books.extend(book.map(|book| (one.book.clone(), book)));
        }
        if let Some(book) = books.get(&one.book) {
            numbers.push((one, book.clone()));
        }
    }
    Ok(numbers)
}

fn row(one: Registered, book: &ReceiptBook, names: &HashMap<UserId, String>) -> ReceiptRow {
    let name = |id: &UserId| names.get(id).cloned().unwrap_or_default();
    let closed = one.closed_at.zip(one.closed_by).zip(one.why);
    ReceiptRow {
        id: one.id,
        number: label(book, one.number),
        state: one.state,
        visit: one.visit,
        name: one.name.unwrap_or_default(),
        batch_number: one.batch_number.unwrap_or_default(),
        reversed: one.reversed,
        amount: one.amount,
        at: one.taken_at,
        by: name(&one.actor),
        closed: closed.map(|((at, by), why)| ReceiptClosing {
            at,
            by: name(&by),
            why,
            words: one.words,
        }),
    }
}

/// What happened to a number.
pub(crate) struct Happened {
    at: Moment,
    /// Who did it.
    pub(crate) by: UserId,
    /// None: it was taken.
    closed: Option<ReceiptState>,
    number: String,
    amount: Fen,
}

/// All that happened to numbers, in the order they were taken.
pub(crate) fn happened(numbers: &[Number]) -> Vec<Happened> {
    let mut all = Vec::new();
    for (one, book) in numbers {
        let event = |at, by: &UserId, closed| Happened {
            at,
            by: by.clone(),
            closed,
            number: label(book, one.number),
            amount: one.amount,
        };
        all.push(event(one.taken_at, &one.actor, None));
        let closed = one.closed_at.zip(one.closed_by.as_ref());
        all.extend(closed.map(|(at, by)| event(at, by, Some(one.state))));
    }
    all
}

/// What happened on each day: a number that is voided later is voided on the later day.
pub(crate) fn days<'a>(
    happened: impl IntoIterator<Item = &'a Happened>,
    (from, to): (Date, Date),
) -> Vec<ReceiptDay> {
    let mut days: BTreeMap<Date, ReceiptDay> = BTreeMap::new();
    for one in happened {
        let on = one.at.date();
        if !(from..=to).contains(&on) {
            continue;
        }
        let day = days.entry(on).or_default();
        day.day = on;
        let (count, amount) = match one.closed {
            None => {
                if day.taken == 0 {
                    day.first.clone_from(&one.number);
                }
                day.last.clone_from(&one.number);
                (&mut day.taken, &mut day.amount)
            }
            Some(ReceiptState::Returned) => (&mut day.returned, &mut day.returned_amount),
            Some(ReceiptState::Issued | ReceiptState::Void) => {
                (&mut day.void, &mut day.void_amount)
            }
        };
        *count += 1;
        *amount += one.amount;
    }
    days.into_values().collect()
}

fn book_view(
    book: &ReceiptBook,
    taken: &[Taken],
    next: Option<String>,
    names: &HashMap<UserId, String>,
) -> BookView {
    let of = |state| {
        let mut its = taken.iter().filter(|one| one.book == book.id);
        let found = its.find(|one| one.state == state);
        found.map_or((0, Fen::ZERO), |one| (one.count, one.amount))
    };
    let (issued, amount) = of(ReceiptState::Issued);
    BookView {
        id: book.id.clone(),
        code: book.code.clone(),
        first: book.printed(book.first),
        last: book.printed(book.last),
        size: book.size(),
        issued,
        void: of(ReceiptState::Void).0,
        returned: of(ReceiptState::Returned).0,
        amount,
        next,
        at: book.entered_at,
        by: names.get(&book.actor).cloned().unwrap_or_default(),
    }
}
