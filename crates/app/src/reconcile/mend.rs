//! Each difference has one remedy. What can be done is done, and the centre is asked again; what only a
//! person can settle, with the office, with the bank or with a count that stays what it is, she writes off
//! with how it was settled. That holds for these very figures: any other difference is open again.

use cunyi_domain::batch::BatchState;
use cunyi_domain::fact::DifferenceWrittenOff;
use cunyi_domain::ids::{BatchId, ClinicId, EntryId};
use cunyi_domain::ledger::{SettlementKind, WrittenOff};
use cunyi_domain::reconcile::{
    Action as Remedy, Difference, Evidence, Line, Money, Theirs, Verdict,
};
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_domain::resolve::Finding;
use cunyi_domain::time::civil::Date;
use cunyi_store::books::{self as rows, Booked};
use cunyi_store::query;

use super::books::{Books, ours_of};
use super::name::within;
use super::{ask, newest};
use crate::App;
use crate::error::{AppError, Result, refuse};
use crate::permission::{Action, may};
use crate::resolve::{Case, Told, program_at};
use crate::reverse::{By, PaidBack, paid_back, read_reason};
use crate::step::Caller;
use crate::under_code::UnderCode;
use crate::views::Actor;

/// What stands as the reason of a reversal that the centre made.
const REASON: &str = "对账：医保中心已退";

/// Most settlements of ours that are asked about to find the one that the centre paid back.
const MOST_ASKED: usize = 20;

impl App {
    /// Mends a difference of a day, which is told by what it was called when it was seen. `reason`: how it
    /// was settled, where a person has to.
    pub fn mend(&self, actor: &Actor, day: Date, key: &str, reason: &str) -> Result<()> {
        actor.must(Action::Reconcile)?;
        let stands = self.reconciliation(actor, day)?;
        let mut all = stands.differences.into_iter();
        let view = all.find(|view| view.key == key);
        let view = view.ok_or(Refusal::new(Code::Changed))?;
        match (view.difference.action(), &view.visit) {
            (Remedy::AskAgain, _) => {}
            (Remedy::Adopt | Remedy::Resolve, Some(visit)) => {
                let listed = self.believe(actor, day, &view.difference)?;
                if !listed {
                    self.resolve(actor, visit)?;
                }
            }
            (Remedy::RefundHere, _)
                if may(actor.role, Action::Settle)
                    && self.refund_here(actor, day, &view.difference)? => {}
            (Remedy::UndoThere, _) if self.undo_there(actor, day, &view.difference)? => {}
            _ => return self.write_off(actor, day, &view.difference, reason),
        }
        self.reconcile(actor, day)
    }

    fn write_off(
        &self,
        actor: &Actor,
        day: Date,
        difference: &Difference,
        reason: &str,
    ) -> Result<()> {
        if !difference.action().may_be_written_off() {
            return refuse(Code::WrongState);
        }
        if matches!(difference, Difference::Cash(_)) {
            actor.must(Action::CountTill)?;
        }
        let reason = read_reason(reason)?;
        let text = serde_json::to_string(difference);
        let text = text.map_err(|error| AppError::Failed(error.to_string()))?;
        self.write(actor, "write_off", |w| {
            let entry = WrittenOff {
                clinic: actor.clinic.clone(),
                id: EntryId::new(w.who.now, w.rng),
                day,
                difference: text,
                reason,
                written_at: w.who.now,
                actor: actor.user.clone(),
            };
            Ok(w.record(DifferenceWrittenOff { entry }, None, None)?)
        })
    }

    /// Where the region answers no question about a lost call, what the centre's list of the day says of it
    /// is believed at once.
    pub(super) fn believe_lists(
        &self,
        caller: &Caller<'_>,
        books: &Books,
        evidence: &Evidence,
    ) -> Result<bool> {
        let region = &caller.setup.gateway.region;
        if region.lost_calls.queries {
            return Ok(false);
        }
        let ours = books.ours(region);
        let found = cunyi_domain::reconcile::reconcile(books.day, &ours, Some(evidence), &[]);
        let whose = books.whose(&found.differences);
        let mut believed = false;
        for (difference, clinic) in found.differences.iter().zip(whose) {
            if let Some(clinic) = clinic {
                believed |= self.believe_list(&clinic, books.day, evidence, difference)?;
            }
        }
        Ok(believed)
    }

    /// The same for one, by what the centre said when it was asked last.
    fn believe(&self, actor: &Actor, day: Date, difference: &Difference) -> Result<bool> {
        actor.must(Action::Settle)?;
        let Some(evidence) = self.newest_evidence(actor, day)? else {
            return Ok(false);
        };
        if self.setup(&actor.clinic)?.gateway.region.lost_calls.queries {
            return Ok(false);
        }
        self.believe_list(&actor.clinic, day, &evidence, difference)
    }

    /// Adopts what was lost here and stands in the list, with this batch's message and sums; false where it
    /// is another difference.
    fn believe_list(
        &self,
        clinic: &ClinicId,
        day: Date,
        evidence: &Evidence,
        difference: &Difference,
    ) -> Result<bool> {
        let Some((batch, line)) = committed(evidence, difference) else {
            return Ok(false);
        };
        let db = self.parts.store.db();
        let case = db.read("case", |tx| Case::read(tx, clinic, batch))?;
        let Some(case) = case else { return Ok(false) };
        let bounds = self.setup(clinic)?.bounds();
        let reversal = line.kind == SettlementKind::Reversal;
        let is_its = if reversal {
            case.batch.intent.as_deref() == Some(line.message.as_str())
        } else {
            case.messages.contains(&line.message)
        };
        if !is_its || !case.lost().is_certain(&bounds, self.now()) {
            return Ok(false);
        }
        let program = program_at(clinic);
        let caller = self.caller_as(&program, &case.visit.doctor)?;
        let told = Told {
            infno: "3202",
            finding: if reversal {
                Finding::PaidBack
            } else {
                Finding::InForce
            },
            id: &line.settlement,
            message: Some(&line.message),
            settled_at: Some(within(case.lost().called_at, day)),
        };
        self.done(&caller, &case, told)?;
        Ok(true)
    }

    /// The centre paid something back that stands here: the settlement under the same 就诊ID with those sums that it says
    /// is paid back, on whatever day it was made. It is booked here too, and the patient's part is left to be returned.
    /// False where none is found; a person settles it then.
    fn refund_here(&self, actor: &Actor, day: Date, difference: &Difference) -> Result<bool> {
        let Difference::Line {
            settlement,
            message,
            theirs: Some(money),
            ..
        } = difference
        else {
            return Ok(false);
        };
        let caller = self.caller(actor)?;
        let books = self.books(actor, day)?;
        let region = &caller.setup.gateway.region;
        let opposite = |of: Money| Money {
            total: -of.total,
            fund: -of.fund,
            account: -of.account,
        };
        let fits = |row: &Booked| {
            let ours = ours_of(region, row);
            ours.group.is_some()
                && ours.kind == SettlementKind::Settlement
                && opposite(ours.money) == *money
                && self.stands(actor, &row.batch).unwrap_or(false)
        };
        let may_be = self.may_be_meant(actor, &books, (settlement, message))?;
        let mut may_be = may_be.into_iter().filter(fits).take(MOST_ASKED);
        let Some(row) = may_be.find(|row| ask::paid_back_there(&caller, &books, row)) else {
            return Ok(false);
        };
        self.write(actor, "refund_here", |w| {
            let batch = query::batch(w.tx, &actor.clinic, &row.batch)?;
            let batch = batch.ok_or(Refusal::new(Code::NotFound))?;
            if batch.state != BatchState::Settled {
                return refuse(Code::Changed);
            }
            let visit = query::visit(w.tx, &actor.clinic, &batch.visit)?;
            let visit = visit.ok_or(Refusal::new(Code::NotFound))?;
            let by = By {
                platform_settlement: settlement,
                message,
                settled_at: within(row.settled_at, day),
            };
            paid_back(w, self, (&batch, &visit), &PaidBack::found(by, REASON)).map(drop)
        })?;
        Ok(true)
    }

    /// Our settlements that a reversal of the centre's may be of: those of its 就诊ID, or, where the region's file
    /// does not tell it, those of the days about it, if no other is like it.
    fn may_be_meant(
        &self,
        actor: &Actor,
        books: &Books,
        (settlement, message): (&str, &str),
    ) -> Result<Vec<Booked>> {
        let evidence = self.newest_evidence(actor, books.day)?;
        let details = evidence.iter().flat_map(|of| &of.details);
        let lines = || details.clone().flat_map(|of| of.lines.iter().flatten());
        let its = |line: &&Theirs| line.settlement == settlement && line.message == message;
        let Some(line) = lines().find(its) else {
            return Ok(Vec::new());
        };
        if !line.visit.is_empty() {
            return self.parts.store.db().read("booked_under", |tx| {
                Ok(rows::booked_under(tx, &actor.clinic, &line.visit)?)
            });
        }
        // One of several with the same sums would be taken for another.
        let alike = |other: &&Theirs| {
            (other.kind, other.verdict, other.money) == (line.kind, line.verdict, line.money)
        };
        if lines().filter(alike).count() > 1 {
            return Ok(Vec::new());
        }
        Ok(books.booked_by(&actor.clinic).cloned().collect())
    }

    fn newest_evidence(&self, actor: &Actor, day: Date) -> Result<Option<Evidence>> {
        let db = self.parts.store.db();
        let kept = db.read("evidence", |tx| {
            let under = UnderCode::of(tx, actor)?;
            newest(tx, &under, day)
        })?;
        let read = kept
            .map(|kept| serde_json::from_str(&kept.evidence))
            .transpose();
        read.map_err(|error| AppError::Failed(error.to_string()))
    }

    fn stands(&self, actor: &Actor, batch: &BatchId) -> Result<bool> {
        let db = self.parts.store.db();
        let row = db.read("stands", |tx| query::batch(tx, &actor.clinic, batch))?;
        Ok(row.is_some_and(|row| row.state == BatchState::Settled))
    }
}

/// What is lost here and stands in the list with the same sums: of which batch, and the line.
fn committed<'a>(
    evidence: &'a Evidence,
    difference: &'a Difference,
) -> Option<(&'a BatchId, &'a Theirs)> {
    let Difference::Line {
        line: Line::Committed,
        batch: Some(batch),
        kind,
        message,
        ours: Some(ours),
        theirs: Some(theirs),
        ..
    } = difference
    else {
        return None;
    };
    let is = |line: &&Theirs| {
        line.message == *message
            && line.kind == *kind
            && line.money == *theirs
            && line.verdict != Verdict::OnlyHere
            && !line.settlement.is_empty()
    };
    let mut lines = evidence
        .details
        .iter()
        .flat_map(|d| d.lines.iter().flatten());
    let line = lines.find(is).filter(|_| ours == theirs)?;
    Some((batch, line))
}
