//! 对账 of a day: the clinic's ledger against the centre's (3201, and where that differs 9101, 3202 and
//! 9102) and against the money that was counted. Each difference has its one remedy, which a person asks
//! for (`mend.rs`); of itself the program only believes what the centre's list says of a lost call.
//!
//! The centre's sums are an institution code's. Where clinics share one they are asked for once, and each
//! sees its part; the township sees all.

mod ask;
mod books;
mod mend;
mod name;
mod undo;

use std::sync::Arc;

use cunyi_domain::ids::ClinicId;
use cunyi_domain::ledger::{Method, WrittenOff};
use cunyi_domain::money::Fen;
use cunyi_domain::reconcile::{Difference, Drawer, Evidence, Reconciled, reconcile};
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_domain::time::Moment;
use cunyi_domain::time::civil::Date;
use cunyi_store::books::{Moved, Reconciliation, Till};
use cunyi_store::reference::Clinic;
use cunyi_store::{Tx, books as rows, query};

use crate::App;
use crate::error::{AppError, Result, refuse_at};
use crate::permission::Action;
use crate::setup::Setup;
use crate::under_code::UnderCode;
use crate::views::{
    Actor, Counted, DifferenceView, GroupView, PartView, ReconcileView, WrittenOffView,
};
use books::Books;

pub(crate) use books::{group, possible, signed};
pub(crate) use undo::lose_undoing;

/// The most that can be counted of a day: ten million yuan.
const MOST_COUNTED: Fen = Fen(1_000_000_000);

/// A day of an institution code as it stands.
struct Day {
    setup: Arc<Setup>,
    books: Books,
    evidence: Option<Evidence>,
    /// When the centre was asked, and by whom.
    asked: Option<(Moment, String)>,
    /// Of all clinics together, without their drawers.
    whole: Reconciled,
    /// What people settled of it, by clinic.
    written_off: Vec<(Difference, WrittenOff)>,
}

/// One clinic's part of it.
struct Part {
    reconciled: Reconciled,
    counted: Option<Counted>,
}

impl App {
    /// A day as it stands: what the centre said when it was asked last, against what is booked now.
    pub fn reconciliation(&self, actor: &Actor, day: Date) -> Result<ReconcileView> {
        actor.must(Action::SeeQueue)?;
        self.note_list(actor, "reconcile")?;
        self.parts.store.db().read("reconciliation", |tx| {
            let under = UnderCode::of(tx, actor)?;
            let stands = self.day(tx, actor, &under, day)?;
            if under.shared() && under.answers(actor) {
                stands.of_code(tx, &under)
            } else {
                stands.of_clinic(tx, &under, &actor.clinic)
            }
        })
    }

    /// The days of some that are not green, of the code. A day on which nothing happened here and
    /// nobody asked has nothing to agree on.
    pub(crate) fn not_green(
        &self,
        tx: &mut Tx<'_>,
        actor: &Actor,
        under: &UnderCode,
        days: impl Iterator<Item = Date>,
    ) -> Result<Vec<Date>> {
        let mut found = Vec::new();
        for day in days {
            let stands = self.day(tx, actor, under, day)?;
            let owners = stands.books.whose(&stands.whole.differences);
            let all = stands.whole.differences.iter().zip(&owners);
            // What is some clinic's is found with it.
            let mut apart = all
                .filter(|(difference, of)| of.is_none() && stands.is_open(None, difference))
                .any(|(difference, _)| *difference != Difference::NotAsked);
            for clinic in under.clinics() {
                let part = stands.part(tx, under, clinic)?.reconciled;
                let idle = stands.books.idle(&clinic.clinic);
                let counts = |difference: &Difference| !(idle && nothing_happened(difference));
                apart = apart || part.differences.iter().any(counts);
            }
            if apart {
                found.push(day);
            }
        }
        Ok(found)
    }

    fn day(&self, tx: &mut Tx<'_>, actor: &Actor, under: &UnderCode, day: Date) -> Result<Day> {
        let setup = self.setup_in(tx, &actor.clinic)?;
        let books = Books::read(tx, under, day)?;
        let kept = newest(tx, under, day)?;
        let evidence: Option<Evidence> = kept
            .as_ref()
            .map(|row| serde_json::from_str(&row.evidence))
            .transpose()
            .map_err(|error| AppError::Failed(error.to_string()))?;
        let asked = match kept {
            Some(row) => Some((row.asked_at, under.name_of(tx, &row.asked_by)?)),
            None => None,
        };
        let ours = books.ours(&setup.gateway.region);
        let whole = reconcile(day, &ours, evidence.as_ref(), &[]);
        let mut written_off = Vec::new();
        for clinic in under.clinics() {
            for row in rows::written_off(tx, &clinic.clinic, day)? {
                let read = serde_json::from_str(&row.difference);
                let difference = read.map_err(|error| AppError::Failed(error.to_string()))?;
                written_off.push((difference, row));
            }
        }
        Ok(Day {
            setup,
            books,
            evidence,
            asked,
            whole,
            written_off,
        })
    }

    /// Asks the centre about a day and keeps what it said.
    pub fn reconcile(&self, actor: &Actor, day: Date) -> Result<()> {
        actor.must(Action::Reconcile)?;
        self.past(day)?;
        let db = self.parts.store.db();
        let caller = self.caller(actor)?;
        self.undoings(&caller)?;
        let books = self.books(actor, day)?;
        let mut evidence = ask::ask(&caller, &books)?;
        let named = self.name_reversals(&caller, &books, &evidence)?;
        if self.believe_lists(&caller, &books, &evidence)? || named {
            evidence = ask::ask(&caller, &self.books(actor, day)?)?;
        }
        let evidence = serde_json::to_string(&evidence)
            .map_err(|error| AppError::Failed(error.to_string()))?;
        let row = Reconciliation {
            clinic: actor.clinic.clone(),
            day,
            evidence,
            asked_at: self.now(),
            asked_by: actor.user.clone(),
        };
        db.transact("keep_reconciliation", |tx| -> Result<()> {
            Ok(rows::keep_reconciliation(tx, row)?)
        })
    }

    fn books(&self, actor: &Actor, day: Date) -> Result<Books> {
        let db = self.parts.store.db();
        db.read("books", |tx| {
            let under = UnderCode::of(tx, actor)?;
            Books::read(tx, &under, day)
        })
    }

    /// Keeps what was counted at the end of a day: notes and coins, and what came in by QR code.
    pub fn count_till(&self, actor: &Actor, day: Date, cash: Fen, qr: Fen) -> Result<()> {
        actor.must(Action::CountTill)?;
        self.kept(actor, day)?;
        // A day may end with less than it began with: what was paid back came out of it.
        for (counted, field) in [(cash, "cash"), (qr, "qr")] {
            if counted > MOST_COUNTED || -counted > MOST_COUNTED {
                return refuse_at(Code::BadNumber, field);
            }
        }
        let row = Till {
            clinic: actor.clinic.clone(),
            day,
            cash,
            qr,
            counted_at: self.now(),
            counted_by: actor.user.clone(),
        };
        let db = self.parts.store.db();
        db.transact("keep_till", |tx| -> Result<()> {
            Ok(rows::keep_till(tx, row)?)
        })
    }

    /// A day of this clinic: from its opening, or its first visit where that is told of a day before, to
    /// today.
    fn kept(&self, actor: &Actor, day: Date) -> Result<()> {
        let opened = self.setup(&actor.clinic)?.clinic.opened_at;
        let db = self.parts.store.db();
        let visit = db.read("first_visit", |tx| query::first_visit(tx, &actor.clinic))?;
        let today = self.now().date();
        let first = opened.min(visit.unwrap_or(opened)).date().min(today);
        if (first..=today).contains(&day) {
            return Ok(());
        }
        let outside = Refusal::at(Code::DayOutside, "day");
        Err(outside.with("from", first).with("to", today).into())
    }

    /// A day that has begun.
    fn past(&self, day: Date) -> Result<()> {
        if day > self.now().date() {
            return refuse_at(Code::BadText, "day");
        }
        Ok(())
    }
}

/// Of a day without a settlement: nobody asked, or counted a drawer that nothing came into.
fn nothing_happened(difference: &Difference) -> bool {
    match difference {
        Difference::Cash(drawer) => drawer.expected == Fen::ZERO && drawer.counted.is_none(),
        Difference::NotAsked => true,
        Difference::Line { .. } | Difference::Total { .. } => false,
    }
}

/// What the centre said last, whichever clinic under the code asked it.
fn newest(tx: &mut Tx<'_>, under: &UnderCode, day: Date) -> Result<Option<Reconciliation>> {
    let mut newest: Option<Reconciliation> = None;
    for clinic in under.clinics() {
        let kept = rows::reconciliation(tx, &clinic.clinic, day)?;
        newest = newest
            .into_iter()
            .chain(kept)
            .max_by_key(|row| row.asked_at);
    }
    Ok(newest)
}

impl Day {
    /// A clinic's part.
    fn part(&self, tx: &mut Tx<'_>, under: &UnderCode, clinic: &Clinic) -> Result<Part> {
        let day = self.books.day;
        let till = rows::till(tx, &clinic.clinic, day)?;
        let drawers = drawers(tx, &clinic.clinic, day, till.as_ref())?;
        let ours = self
            .books
            .ours_of(&self.setup.gateway.region, &clinic.clinic);
        let whose = self.books.whose(&self.whole.differences);
        let differences = self.whole.differences.iter();
        let own: Vec<&Difference> = differences
            .zip(whose)
            .filter(|(_, of)| match of {
                Some(of) => *of == clinic.clinic,
                None => !under.shared(),
            })
            .map(|(difference, _)| difference)
            .collect();
        let is_own = |difference: &Difference| own.contains(&difference);
        let counted = match till {
            Some(till) => Some(Counted {
                cash: till.cash,
                qr: till.qr,
                at: till.counted_at,
                by: under.name_of(tx, &till.counted_by)?,
            }),
            None => None,
        };
        let mut reconciled = self.whole.part(day, &ours, &drawers, is_own);
        let open = |difference: &Difference| self.is_open(Some(&clinic.clinic), difference);
        reconciled.differences.retain(open);
        Ok(Part {
            reconciled,
            counted,
        })
    }

    /// True unless a person settled it: a drawer's and the sums' for the clinic that says so, a line for all.
    fn is_open(&self, clinic: Option<&ClinicId>, difference: &Difference) -> bool {
        let line = matches!(difference, Difference::Line { .. });
        let its = |row: &WrittenOff| line || clinic.is_none_or(|clinic| row.clinic == *clinic);
        let mut all = self.written_off.iter();
        !all.any(|(of, row)| of == difference && its(row))
    }

    /// What was settled of the day, as its page shows it.
    fn settled_by_hand(&self, tx: &mut Tx<'_>, under: &UnderCode) -> Result<Vec<WrittenOffView>> {
        let mut views = Vec::new();
        for (difference, row) in &self.written_off {
            views.push(WrittenOffView {
                difference: named(tx, &row.clinic, difference)?,
                reason: row.reason.clone(),
                at: row.written_at,
                by: under.name_of(tx, &row.actor)?,
            });
        }
        Ok(views)
    }

    /// What a clinic sees: its own.
    fn of_clinic(self, tx: &mut Tx<'_>, under: &UnderCode, id: &ClinicId) -> Result<ReconcileView> {
        let mut own = under.clinics().iter().filter(|clinic| clinic.clinic == *id);
        let clinic = own.next().ok_or_else(no_clinic)?;
        let part = self.part(tx, under, clinic)?;
        let mut differences = Vec::new();
        for difference in &part.reconciled.differences {
            differences.push(named(tx, id, difference)?);
        }
        let written_off = self.settled_by_hand(tx, under)?;
        let its = |view: &WrittenOffView| view.difference.visit.is_some() || !under.shared();
        let written_off = written_off.into_iter().filter(its).collect();
        // The code's sums are not hers to see.
        let groups = if under.shared() {
            vec![]
        } else {
            self.groups()
        };
        Ok(ReconcileView {
            day: self.books.day,
            reconciled: part.reconciled,
            differences,
            groups,
            asked: self.asked,
            counted: part.counted,
            written_off,
            undone: undo::shown(tx, under, std::iter::once(id), self.books.day)?,
            parts: vec![],
            shared: under.shared(),
        })
    }

    /// What the township sees: the sums of all, and each clinic's part and differences.
    fn of_code(self, tx: &mut Tx<'_>, under: &UnderCode) -> Result<ReconcileView> {
        let (mut parts, mut views, mut drawers) = (Vec::new(), Vec::new(), Vec::<Drawer>::new());
        let whose = self.books.whose(&self.whole.differences);
        let all = self.whole.differences.iter().zip(&whose);
        let of_code = all.filter(|(one, of)| of.is_none() && self.is_open(None, one));
        views.extend(of_code.map(|(difference, _)| DifferenceView::of(difference)));
        for clinic in under.clinics() {
            let part = self.part(tx, under, clinic)?;
            let its = |difference: &&Difference| {
                matches!(difference, Difference::Line { .. } | Difference::Cash(_))
            };
            let differences = part.reconciled.differences.iter().filter(its);
            let before = views.len();
            for difference in differences {
                let mut view = DifferenceView::of(difference);
                view.clinic.clone_from(&clinic.name);
                view.number = number_of(tx, &clinic.clinic, difference)?;
                views.push(view);
            }
            add_drawers(&mut drawers, &part.reconciled.drawers);
            parts.push(PartView {
                name: clinic.name.clone(),
                sums: part.reconciled.clinic,
                centre: part.reconciled.centre,
                drawers: part.reconciled.drawers,
                differences: views.len() - before,
            });
        }
        let differences = views.iter().map(|view| view.difference.clone()).collect();
        let clinics = under.clinics().iter().map(|clinic| &clinic.clinic);
        let undone = undo::shown(tx, under, clinics, self.books.day)?;
        let written_off = self.settled_by_hand(tx, under)?;
        Ok(ReconcileView {
            day: self.books.day,
            groups: self.groups(),
            reconciled: Reconciled {
                drawers,
                differences,
                ..self.whole
            },
            differences: views,
            asked: self.asked,
            counted: None,
            written_off,
            undone,
            parts,
            shared: true,
        })
    }

    fn groups(&self) -> Vec<GroupView> {
        let compared = self.evidence.iter().flat_map(|of| &of.compared);
        let group = |of: &cunyi_domain::reconcile::Compared| GroupView {
            group: of.group.clone(),
            asked: of.asked,
            answer: of.answer,
        };
        compared.map(group).collect()
    }
}

fn no_clinic() -> AppError {
    cunyi_store::StoreError::NoClinic.into()
}

/// Adds drawers up by what is in them; not counted where one is not.
fn add_drawers(sums: &mut Vec<Drawer>, more: &[Drawer]) {
    for drawer in more {
        match sums.iter_mut().find(|sum| sum.method == drawer.method) {
            Some(sum) => {
                sum.expected += drawer.expected;
                sum.counted = sum.counted.zip(drawer.counted).map(|(a, b)| a + b);
            }
            None => sums.push(*drawer),
        }
    }
}

/// What came in on a day less what was given back, and what was counted.
fn drawers(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    day: Date,
    till: Option<&Till>,
) -> Result<[Drawer; 2]> {
    let span = (Moment::start_of(day), Moment::end_of(day));
    Ok(drawers_of(&rows::moved(tx, clinic, span)?, till))
}

/// The same, where the day's payments are known.
pub(crate) fn drawers_of(moved: &[Moved], till: Option<&Till>) -> [Drawer; 2] {
    let drawer = |method, counted| {
        let its = moved.iter().filter(|row| row.method == method);
        Drawer {
            method,
            expected: its.map(Moved::signed).sum(),
            counted,
        }
    };
    [
        drawer(Method::Cash, till.map(|till| till.cash)),
        drawer(Method::Qr, till.map(|till| till.qr)),
    ]
}

/// `chrg_bchno` of the batch that a difference is about.
fn number_of(tx: &mut Tx<'_>, clinic: &ClinicId, difference: &Difference) -> Result<String> {
    Ok(named(tx, clinic, difference)?.number)
}

/// A difference with who it is about.
fn named(tx: &mut Tx<'_>, clinic: &ClinicId, difference: &Difference) -> Result<DifferenceView> {
    let mut view = DifferenceView::of(difference);
    let batch = match difference {
        Difference::Line {
            batch: Some(batch), ..
        } => Some(batch.clone()),
        // What only the centre has may be of a call of ours.
        Difference::Line { message, .. } => {
            query::message(tx, clinic, message)?.and_then(|m| m.batch)
        }
        _ => None,
    };
    let Some(batch) = batch else {
        return Ok(view);
    };
    let Some(batch) = query::batch(tx, clinic, &batch)? else {
        return Ok(view);
    };
    if let Some(visit) = query::visit(tx, clinic, &batch.visit)? {
        let patient = query::patient(tx, clinic, &visit.patient)?;
        view.name = patient.map(|patient| patient.name).unwrap_or_default();
    }
    view.visit = Some(batch.visit);
    view.number = batch.number;
    Ok(view)
}
