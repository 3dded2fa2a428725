//! 电子票据: asked for at the counter, made by a program outside, undone by a red one where what it is for is paid back.
//! What is asked for is in the ledger before the maker hears of it, and stays there until it answered.

mod order;

use std::collections::{BTreeSet, HashMap};
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use cunyi_domain::fact::{ElectronicAsked, ElectronicUndone};
use cunyi_domain::ids::{BatchId, ClinicId, EntryId, PatientId, SettlementId, VisitId};
use cunyi_domain::ledger::{ElectronicReceipt, ElectronicState, Settlement};
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_store::query::ElectronicRegistered;
use cunyi_store::reports::Span;
use cunyi_store::{Tx, Writer, query};

use crate::App;
use crate::access::names;
use crate::error::{AppError, Result, refuse};
use crate::permission::Action;
use crate::receipt::{reversed, settlement_in_force};
use crate::resolve::program_at;
use crate::reverse::read_reason;
use crate::views::{Actor, ElectronicRow, ElectronicView, ElectronicsView, MakerAnswer, Order};

use order::{answered, bad, order_name};

/// Most orders that are open at once; the later ones wait.
const MOST_DUE: i64 = 1000;

/// Who makes electronic receipts. An order may be given again: its id tells that it is the same.
pub trait ReceiptMaker: Send + Sync {
    /// The answer to an order, as often as it is asked for until it is closed.
    ///
    /// # Errors
    /// It cannot be read, or is none.
    fn answer(&self, name: &str) -> io::Result<Option<MakerAnswer>>;

    /// True if an order was given and is not closed.
    ///
    /// # Errors
    /// That cannot be seen now.
    fn given(&self, name: &str) -> io::Result<bool>;

    /// Gives an order.
    ///
    /// # Errors
    /// It cannot be given now.
    fn give(&self, name: &str, order: &Order) -> io::Result<()>;

    /// An order is answered: it is put away with its answer.
    ///
    /// # Errors
    /// They cannot be put away now.
    fn close(&self, name: &str) -> io::Result<()>;

    /// Orders but these are done with: they are put away. Answers that nobody waits for are set aside, and named.
    ///
    /// # Errors
    /// Some cannot be put away now.
    fn keep(&self, open: &BTreeSet<String>) -> io::Result<Vec<String>>;
}

impl App {
    /// Has electronic receipts made here; else there are none.
    #[must_use]
    pub fn with_receipt_maker(self, maker: Arc<dyn ReceiptMaker>) -> Self {
        Self {
            maker: Some(Mutex::new(maker)),
            ..self
        }
    }

    /// Asks for an electronic receipt of a settled batch.
    ///
    /// # Errors
    /// Refused where nobody makes them, where the batch is not settled, or where one stands.
    pub fn ask_electronic(&self, actor: &Actor, batch: &BatchId) -> Result<()> {
        actor.must(Action::Settle)?;
        self.must_have_maker()?;
        self.write(actor, "ask_electronic", |w| {
            let row = query::batch(w.tx, &actor.clinic, batch)?;
            let row = row.ok_or(Refusal::new(Code::NotFound))?;
            let settled = settlement_in_force(w, &row)?;
            if query::standing_electronic(w.tx, &actor.clinic, &settled.id)?.is_some() {
                return refuse(Code::ElectronicStands);
            }
            let visit = query::visit(w.tx, &actor.clinic, &row.visit)?;
            let visit = visit.ok_or(Refusal::new(Code::NotFound))?;
            let body = ElectronicAsked {
                id: EntryId::new(w.who.now, w.rng),
                settlement: settled.id,
                visit: visit.id,
                patient: visit.patient.clone(),
                amount: settled.total,
            };
            Ok(w.record(body, Some(&visit.patient), None)?)
        })?;
        self.exchange_now();
        Ok(())
    }

    /// 冲红: asks that one be undone. Where what it is for stands, in words why; what is paid back is undone without
    /// asking, and here again where the maker refused.
    ///
    /// # Errors
    /// Refused where nobody makes them, where it is not issued, or where the reason is missing.
    pub fn undo_electronic(&self, actor: &Actor, id: &EntryId, reason: &str) -> Result<()> {
        actor.must(Action::Settle)?;
        self.must_have_maker()?;
        self.write(actor, "undo_electronic", |w| {
            let row = query::electronic(w.tx, &actor.clinic, id)?;
            let row = row.ok_or(Refusal::new(Code::NotFound))?;
            if row.state != ElectronicState::Issued {
                return refuse(Code::Changed);
            }
            let settlements = query::settlements(w.tx, &actor.clinic, &row.visit)?;
            let words = if reversed(&settlements, &row.settlement) {
                String::new()
            } else {
                read_reason(reason)?
            };
            undo(w, row.id, &row.patient, words)
        })?;
        self.exchange_now();
        Ok(())
    }

    fn must_have_maker(&self) -> Result<()> {
        match self.maker {
            Some(_) => Ok(()),
            None => refuse(Code::NoReceiptMaker),
        }
    }

    /// What is asked for stands in the ledger: what fails now, or is not done now because a round goes on, is done in a
    /// later one.
    fn exchange_now(&self) {
        let Some(Ok(maker)) = self.maker.as_ref().map(Mutex::try_lock) else {
            return;
        };
        if let Err(error) = self.exchange_all(maker.as_ref()) {
            tracing::warn!(%error, "electronic receipts");
        }
    }

    /// Gives the maker what is asked for and writes down what it answered, at every clinic; answers for how many are
    /// looked at. The program calls it over and over.
    ///
    /// # Errors
    /// The first order that could not be given or read; the others went on.
    pub fn exchange_receipts(&self) -> Result<usize> {
        let Some(maker) = &self.maker else {
            return Ok(0);
        };
        let maker = maker.lock().unwrap_or_else(PoisonError::into_inner);
        self.exchange_all(maker.as_ref())
    }

    /// With the maker, which one holds at a time: who looks later puts away what he does not know.
    fn exchange_all(&self, maker: &dyn ReceiptMaker) -> Result<usize> {
        let (mut open, mut failed) = (BTreeSet::new(), None);
        let db = self.parts.store.db();
        let due = db.read("electronic", |tx| query::awaited_electronic(tx, MOST_DUE))?;
        for row in &due {
            let done = self.exchange(maker, row);
            if !matches!(done, Ok(true)) {
                open.insert(order_name(row).to_owned());
            }
            failed = failed.or(done.err());
        }
        if i64::try_from(due.len()).is_ok_and(|count| count < MOST_DUE) {
            let aside = maker.keep(&open).map_err(|error| about("orders", &error))?;
            for name in aside {
                tracing::warn!(
                    name,
                    "an answer about an electronic receipt that nobody waits for"
                );
            }
        }
        failed.map_or(Ok(due.len()), Err)
    }

    /// True where it is answered.
    fn exchange(&self, maker: &dyn ReceiptMaker, row: &ElectronicReceipt) -> Result<bool> {
        let name = order_name(row);
        let failed = |error: io::Error| about(name, &error);
        let mut answer = maker.answer(name).map_err(failed)?;
        if answer.is_none() && !maker.given(name).map_err(failed)? {
            let db = self.parts.store.db();
            let order = db.read("electronic_order", |tx| self.order(tx, row))?;
            maker.give(name, &order).map_err(failed)?;
            // It may have answered at once.
            answer = maker.answer(name).map_err(failed)?;
        }
        let Some(answer) = answer else {
            return Ok(false);
        };
        let body = answered(row, answer).map_err(failed)?;
        self.write(&program_at(&row.clinic), "electronic_answered", |w| {
            let made = (body.from, body.to) == (ElectronicState::Asked, ElectronicState::Issued);
            let number = (&*body.code, &*body.number);
            if made && query::numbered_electronic(w.tx, &row.clinic, number)?.is_some() {
                return Err(failed(bad("number, which another bears")));
            }
            w.record(body.clone(), Some(&row.patient), None)?;
            // It was paid back before it was made.
            if made {
                let settlements = query::settlements(w.tx, &row.clinic, &row.visit)?;
                if reversed(&settlements, &row.settlement) {
                    undo(w, row.id.clone(), &row.patient, String::new())?;
                }
            }
            Ok(())
        })?;
        maker.close(name).map_err(failed)?;
        Ok(true)
    }

    /// As a visit's page shows them.
    pub(crate) fn electronics_view(
        &self,
        tx: &mut Tx<'_>,
        clinic: &ClinicId,
        visit: &VisitId,
        settlements: &[Settlement],
    ) -> Result<ElectronicsView> {
        let kept = self.maker.is_some();
        if settlements.is_empty() {
            return Ok(ElectronicsView {
                kept,
                ..ElectronicsView::default()
            });
        }
        let rows = query::electronic_of(tx, clinic, visit)?;
        let names = if rows.is_empty() {
            HashMap::new()
        } else {
            names(tx, clinic)?
        };
        let view = |row: ElectronicReceipt| {
            let made = settlements.iter().find(|s| s.id == row.settlement)?;
            Some(ElectronicView {
                batch: made.batch.clone(),
                reversed: reversed(settlements, &row.settlement),
                by: names.get(&row.actor).cloned().unwrap_or_default(),
                id: row.id,
                state: row.state,
                amount: row.amount,
                at: row.asked_at,
                code: row.code,
                number: row.number,
                check_code: row.check_code,
                url: row.url,
                red_number: row.red_number,
                said: row.said,
            })
        };
        Ok(ElectronicsView {
            all: rows.into_iter().filter_map(view).collect(),
            kept,
        })
    }
}

/// What was paid back is undone: the one that stands is asked back in the same transaction. One that is not made yet
/// is asked back when it is.
pub(crate) fn undo_with(
    w: &mut Writer<'_, '_>,
    clinic: &ClinicId,
    settlement: &SettlementId,
) -> Result<()> {
    match query::standing_electronic(w.tx, clinic, settlement)? {
        Some(row) if row.state == ElectronicState::Issued => {
            undo(w, row.id, &row.patient, String::new())
        }
        _ => Ok(()),
    }
}

fn undo(w: &mut Writer<'_, '_>, id: EntryId, patient: &PatientId, words: String) -> Result<()> {
    let body = ElectronicUndone {
        id,
        order: EntryId::new(w.who.now, w.rng),
        patient: patient.clone(),
        words,
    };
    Ok(w.record(body, Some(patient), None)?)
}

/// A failure for the log: which order, and what was wrong with its file.
fn about(name: &str, error: &io::Error) -> AppError {
    AppError::Failed(format!("electronic receipts, {name}: {error}"))
}

/// Those of a period, as the register shows them.
pub(crate) fn registered(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    span: Span,
    most: i64,
) -> Result<Vec<ElectronicRow>> {
    let row = |one: ElectronicRegistered| ElectronicRow {
        state: one.state,
        visit: one.visit,
        number: format!("{} {}", one.code, one.number).trim().to_owned(),
        red_number: one.red_number,
        undone_at: one.undone_at,
        name: one.name,
        batch_number: one.batch_number,
        amount: one.amount,
        at: one.asked_at,
        said: one.said,
    };
    let found = query::electronic_registered(tx, clinic, span, most)?;
    Ok(found.into_iter().map(row).collect())
}
