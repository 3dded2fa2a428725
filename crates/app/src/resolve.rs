//! What became of calls whose reply was lost: found out by asking, never guessed.
//!
//! `cunyi_domain::resolve` says what is to be done next; here it is done: questions (5204, 5203), a
//! 2601, or nothing until a later moment. Each look is recorded as evidence with what follows from it,
//! in one transaction. A user may ask at any time; the program asks of itself when it is due.

mod decide;
mod late;
mod look;
mod registration;
mod undo;

pub(crate) use decide::Told;
pub(crate) use late::Unwritten;

use cunyi_domain::batch::{BatchEvent, BatchState};
use cunyi_domain::fact::{BatchMoved, EvidenceFound};
use cunyi_domain::ids::{BatchId, ClinicId, EntryId, PatientId, UserId, VisitId};
use cunyi_domain::ledger::{Batch, Evidence, Visit, VisitState};
use cunyi_domain::lost::{Remedy, lost_call};
use cunyi_domain::money::Fen;
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_domain::resolve::{Bounds, Finding, Look, Lost, Next};
use cunyi_domain::time::Moment;
use cunyi_store::local::{Message, MessageState};
use cunyi_store::reference::Role;
use cunyi_store::{Tx, Writer, query, reference};

use crate::App;
use crate::error::{AppError, Result};
use crate::permission::Action;
use crate::recover::PROGRAM;
use crate::step::Caller;
use crate::views::{Actor, LookView, LostView, NextLook};

/// Most things done for one batch at one time; what is left is due again later.
const MOST_MOVES: usize = 4;

/// Most batches of a clinic that are looked at in one round.
const MOST_LOST: i64 = 100;

/// A batch whose outcome is lost, with what is known of it.
pub(crate) struct Case {
    /// The batch.
    pub batch: Batch,
    /// Its visit.
    pub visit: Visit,
    /// msgids of its 2207s that may have done it, the latest last.
    pub messages: Vec<String>,
    /// What was seen of the call that stands, oldest first, and the same as the rule wants it.
    evidence: Vec<Evidence>,
    looks: Vec<Look>,
    called_at: Moment,
    sent_at: Moment,
}

impl Case {
    /// Reads it; none where nothing of the batch is lost.
    pub(crate) fn read(tx: &mut Tx<'_>, clinic: &ClinicId, id: &BatchId) -> Result<Option<Self>> {
        let Some(batch) = query::batch(tx, clinic, id)?.filter(|b| b.state.is_lost()) else {
            return Ok(None);
        };
        let visit = query::visit(tx, clinic, &batch.visit)?;
        let visit = visit.ok_or(Refusal::new(Code::NotFound))?;
        let sent = query::messages(tx, clinic, &visit.id)?;
        let mut sent: Vec<Message> = sent
            .into_iter()
            .filter(|m| m.batch.as_ref() == Some(id) && moves_money(&m.infno))
            .collect();
        let intent = batch.intent.as_deref().unwrap_or_default();
        let called = sent.iter().find(|m| m.id.as_str() == intent);
        let called_at = called.map_or(Moment(0), |m| m.requested_at);
        let sent_at = sent.last().map_or(called_at, |m| m.requested_at);
        sent.retain(|m| m.infno.starts_with("2207") && m.state == MessageState::Unknown);
        let mut evidence = query::evidence(tx, clinic, id)?;
        evidence.retain(|row| row.message == intent);
        Ok(Some(Self {
            looks: evidence.iter().map(seen).collect(),
            evidence,
            messages: sent.into_iter().map(|m| m.id.0).collect(),
            called_at,
            sent_at,
            visit,
            batch,
        }))
    }

    /// As the rule wants it.
    pub(crate) fn lost(&self) -> Lost<'_> {
        Lost {
            state: self.batch.state,
            called_at: self.called_at,
            sent_at: self.sent_at,
            looks: &self.looks,
            nothing_given: self.visit.balance == Fen::ZERO
                && !matches!(self.visit.state, VisitState::Done | VisitState::Cancelled),
        }
    }
}

fn seen(row: &Evidence) -> Look {
    Look {
        finding: row.finding,
        at: row.found_at,
    }
}

/// 2207, 2207A, 2208, 2601
fn moves_money(infno: &str) -> bool {
    lost_call(infno).is_some_and(|call| call.not_found == Remedy::Rule)
}

/// True when an earlier call of the same kind for this batch is lost: that this one is refused then
/// proves nothing, for the platform refuses the second of two.
pub(crate) fn earlier_is_lost(
    w: &mut Writer<'_, '_>,
    batch: &Batch,
    infno: &str,
    message: &str,
) -> Result<bool> {
    let all = query::messages(w.tx, &batch.clinic, &batch.visit)?;
    Ok(all.iter().any(|m| {
        m.batch.as_ref() == Some(&batch.id)
            && m.infno == infno
            && m.id.as_str() != message
            && m.state == MessageState::Unknown
    }))
}

impl App {
    /// 查询结果: finds out now what became of the visit's lost calls, as far as the platform says.
    pub fn resolve(&self, actor: &Actor, visit: &VisitId) -> Result<()> {
        actor.must(Action::Settle)?;
        let db = self.parts.store.db();
        // Whose visit it is comes first: for a stranger nothing is done.
        db.read("resolve", |tx| -> Result<_> {
            let row = query::visit(tx, &actor.clinic, visit)?;
            Ok(row.ok_or(Refusal::new(Code::NotFound))?)
        })?;
        self.lose_unwritten()?;
        self.late_answers()?;
        let lost = db.read("lost", |tx| -> Result<_> {
            let mut batches = query::batches(tx, &actor.clinic, visit)?;
            batches.retain(|b| b.state.is_lost());
            Ok(batches)
        })?;
        if lost.is_empty() {
            return Err(Refusal::new(Code::WrongState).into());
        }
        let caller = self.caller(actor)?;
        for batch in lost {
            self.resolve_batch(&caller, &batch.id, true)?;
        }
        self.settle_rest(actor, visit)
    }

    /// What a lost 2208 left to be charged anew is settled once that is found out.
    fn settle_rest(&self, actor: &Actor, visit: &VisitId) -> Result<()> {
        let db = self.parts.store.db();
        let (row, batches) = db.read("rest", |tx| -> Result<_> {
            let row = query::visit(tx, &actor.clinic, visit)?;
            Ok((row, query::batches(tx, &actor.clinic, visit)?))
        })?;
        let draft = |b: &Batch| b.rest_of.is_some() && b.state == BatchState::Draft;
        match row {
            Some(row) if batches.iter().any(draft) => self.settle_later(actor, &row),
            _ => Ok(()),
        }
    }

    /// Does what is due for lost calls at every clinic; answers for how many batches. The program
    /// calls it over and over.
    pub fn resolve_due(&self) -> Result<usize> {
        self.lose_unwritten()?;
        let told = self.late_answers()?;
        let looked = self.at_every_clinic(|clinic| self.resolve_clinic(clinic))?;
        Ok(told + looked)
    }

    /// What the program does of itself at one clinic, at each; answers the sum of its answers.
    pub(crate) fn at_every_clinic(
        &self,
        work: impl Fn(&ClinicId) -> Result<usize>,
    ) -> Result<usize> {
        let clinics = self.parts.store.db().read("due", reference::clinics)?;
        clinics.iter().map(|clinic| work(&clinic.clinic)).sum()
    }

    fn resolve_clinic(&self, clinic: &ClinicId) -> Result<usize> {
        let bounds = self.setup(clinic)?.bounds();
        let now = self.now();
        let due = self.parts.store.db().read("due", |tx| -> Result<_> {
            let mut due = Vec::new();
            for batch in query::lost_batches(tx, clinic, MOST_LOST)? {
                let case = Case::read(tx, clinic, &batch.id)?;
                due.extend(case.filter(|case| is_due(case, &bounds, now)));
            }
            Ok(due)
        })?;
        let program = program_at(clinic);
        for case in &due {
            // Signed in at the platform as the doctor whose visit it is.
            let done = self
                .caller_as(&program, &case.visit.doctor)
                .and_then(|caller| self.resolve_batch(&caller, &case.batch.id, false));
            match done {
                // The platform is away: so it is for the others.
                Err(AppError::Refused(_)) => break,
                other => other?,
            }
        }
        Ok(due.len())
    }

    /// What can be done for a batch now. `at_once`: a look that is not due yet is taken all the same.
    fn resolve_batch(&self, caller: &Caller<'_>, id: &BatchId, at_once: bool) -> Result<()> {
        let clinic = &caller.actor.clinic;
        let bounds = caller.setup.bounds();
        let mut early = at_once && bounds.queries;
        for _ in 0..MOST_MOVES {
            let case = self
                .parts
                .store
                .db()
                .read("case", |tx| Case::read(tx, clinic, id))?;
            let Some(case) = case else { return Ok(()) };
            match case.lost().next(&bounds, self.now()) {
                Next::Look => self.look(caller, &case)?,
                Next::Undo => self.undo(caller, id)?,
                Next::Absent => self.absent(caller, &case)?,
                Next::Wait(_) if early => self.look(caller, &case)?,
                Next::Wait(_) | Next::Person => return Ok(()),
            }
            early = false;
        }
        Ok(())
    }

    /// It did not happen: the batch is what it was before the call.
    fn absent(&self, caller: &Caller<'_>, case: &Case) -> Result<()> {
        self.write(caller.actor, "absent", |w| {
            let Some(batch) = still(w, case)? else {
                return Ok(());
            };
            record_absent(w, case, &batch, "")
        })
    }

    /// What is known of a lost batch; none of any other.
    pub(crate) fn lost_view(&self, tx: &mut Tx<'_>, batch: &Batch) -> Result<Option<LostView>> {
        if !batch.state.is_lost() {
            return Ok(None);
        }
        let bounds = self.setup_in(tx, &batch.clinic)?.bounds();
        let Some(case) = Case::read(tx, &batch.clinic, &batch.id)? else {
            return Ok(None);
        };
        let look = |row: &Evidence| LookView {
            at: row.found_at,
            infno: row.infno.clone(),
            finding: row.finding,
            platform_settlement: row.platform_settlement.clone(),
        };
        let now = self.now();
        Ok(Some(LostView {
            called_at: case.called_at,
            bound: case.lost().bound(&bounds),
            looks: case.evidence.iter().map(look).collect(),
            choices: case.lost().choices(&bounds, now),
            next: match case.lost().next(&bounds, now) {
                Next::Person => NextLook::Person,
                Next::Wait(_) | Next::Look | Next::Undo | Next::Absent => {
                    NextLook::At(case.lost().due(&bounds))
                }
            },
        }))
    }
}

/// The program itself, at a clinic.
pub(crate) fn program_at(clinic: &ClinicId) -> Actor {
    Actor {
        clinic: clinic.clone(),
        user: UserId(PROGRAM.to_owned()),
        role: Role::Doctor,
    }
}

fn is_due(case: &Case, bounds: &Bounds, now: Moment) -> bool {
    matches!(
        case.lost().next(bounds, now),
        Next::Look | Next::Undo | Next::Absent
    )
}

/// The batch, if nothing became of it meanwhile.
fn still(w: &mut Writer<'_, '_>, case: &Case) -> Result<Option<Batch>> {
    let row = query::batch(w.tx, &case.batch.clinic, &case.batch.id)?;
    let same = |b: &Batch| b.state == case.batch.state && b.intent == case.batch.intent;
    Ok(row.filter(same))
}

/// Records that a batch's lost call did nothing; why, where a person says so.
fn record_absent(w: &mut Writer<'_, '_>, case: &Case, batch: &Batch, reason: &str) -> Result<()> {
    let moved = BatchMoved {
        message: batch.intent.clone(),
        reason: reason.to_owned(),
        ..BatchMoved::of(batch, BatchEvent::Absent)
    };
    Ok(w.record(moved, Some(&case.visit.patient), None)?)
}

/// Records what was seen of a batch's lost call: the question that answered last, what it showed, and
/// the `setl_id`, empty where none.
fn record_evidence(
    w: &mut Writer<'_, '_>,
    batch: &Batch,
    patient: &PatientId,
    (infno, finding, settlement): (&str, Finding, &str),
) -> Result<()> {
    let found = EvidenceFound {
        id: EntryId::new(w.who.now, w.rng),
        batch: batch.id.clone(),
        message: batch.intent.clone().unwrap_or_default(),
        infno: infno.to_owned(),
        finding,
        platform_settlement: settlement.to_owned(),
    };
    Ok(w.record(found, Some(patient), None)?)
}

/// What a lost call's message is now known to have been.
pub(crate) fn mark(
    w: &mut Writer<'_, '_>,
    clinic: &ClinicId,
    message: &str,
    state: MessageState,
) -> Result<()> {
    use cunyi_domain::row::{Field, Value};
    let values = vec![
        state.into_value(),
        clinic.clone().into_value(),
        Value::Text(message.to_owned()),
    ];
    w.tx.execute(
        "UPDATE message SET state = ? WHERE clinic = ? AND id = ?",
        values,
    )?;
    Ok(())
}

/// Of a batch that is paid back at the platform: its state here before.
const REVERSING: BatchState = BatchState::ReversalUnknown;
