//! Settlement of a visit, batch by batch: diagnoses (2203), details (2204), pre-settlement (2206),
//! settlement (2207). Each call is a step; each state a fact; nothing is shown as settled that is
//! not.

mod about;
mod amounts;
pub(crate) mod deferred;
mod steps;

use cunyi_domain::amounts::Amounts;
use cunyi_domain::batch::{BatchEvent, BatchState};
use cunyi_domain::fact::SettlementMade;
use cunyi_domain::ids::{BatchId, SettlementId, UserId, VisitId};
use cunyi_domain::ledger::RegistrationState::{Registered, Unknown};
use cunyi_domain::ledger::{
    Batch, Method, Payer, Payment, Registration, RegistrationState, Settlement, SettlementKind,
    Visit, VisitState,
};
use cunyi_domain::money::Fen;
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_store::{Writer, query};

use crate::App;
use crate::audit::When;
use crate::error::{Result, refuse, refuse_at};
use crate::payment::taken;
use crate::permission::Action;
use crate::register::forget_certificate;
use crate::step::{Next, none_pending};
use crate::views::Actor;

pub(crate) use about::About;
pub(crate) use amounts::{amounts_of_reply, reversal_agrees};
pub(crate) use steps::{CancelDetails2205, Goal, Task, next, settled};

impl App {
    /// 试算: sends what the centre needs of every insured batch and asks for its shares, in order.
    pub fn presettle(&self, actor: &Actor, visit: &VisitId) -> Result<()> {
        actor.must(Action::Settle)?;
        // Where it cannot be pre-settled nobody is asked.
        self.settling(actor, visit)?;
        self.audit(actor, &actor.user, visit, When::Before);
        self.presettle_by(actor, &actor.user, visit)?;
        self.audit(actor, &actor.user, visit, When::During);
        Ok(())
    }

    /// As `presettle`, signed in at the platform as somebody who may be another.
    pub(crate) fn presettle_by(&self, actor: &Actor, by: &UserId, visit: &VisitId) -> Result<()> {
        let settling = self.settling(actor, visit)?;
        let mut tasks = Vec::new();
        for batch in settling.live().filter(|b| b.payer == Payer::Insured) {
            use BatchState::{Draft, Refused, Uploaded};
            if matches!(batch.state, Draft | Uploaded | Refused) {
                let register = settling.register(batch).filter(|one| !tasks.contains(one));
                tasks.extend(register);
                tasks.push(settling.compute(batch));
            }
        }
        self.work_off(actor, by, &tasks)
    }

    /// 确认结算: settles in order and stops at the first that does not settle; what is settled
    /// before stands. `expected` is the cash the user saw for each batch: another share is shown
    /// and confirmed first. `method`: how the patient pays it.
    pub fn settle(
        &self,
        actor: &Actor,
        visit: &VisitId,
        expected: &[(BatchId, Fen)],
        method: Method,
    ) -> Result<()> {
        actor.must(Action::Settle)?;
        self.settle_by(actor, &actor.user, visit, (expected, Some(method)))
    }

    /// As `settle`, signed in at the platform as somebody who may be another. Without a method the
    /// patient is not there: self-pay batches wait for her, and what she owes is collected later.
    pub(crate) fn settle_by(
        &self,
        actor: &Actor,
        by: &UserId,
        visit: &VisitId,
        (expected, method): (&[(BatchId, Fen)], Option<Method>),
    ) -> Result<()> {
        let settling = self.settling(actor, visit)?;
        if settling.live().all(|b| b.state == BatchState::Settled) {
            return refuse(Code::WrongState);
        }
        // What the centre has not computed is not confirmed: nothing is paid half.
        let ready = [BatchState::Settled, BatchState::Presettled];
        let mut insured = settling.live().filter(|b| b.payer == Payer::Insured);
        if !insured.all(|b| ready.contains(&b.state)) {
            return refuse(Code::WrongState);
        }
        let mut tasks = Vec::new();
        let mut settled_before = false;
        for batch in settling.live() {
            if batch.state == BatchState::Settled {
                settled_before = true;
                continue;
            }
            let seen = expected
                .iter()
                .find(|(id, _)| *id == batch.id)
                .map(|(_, cash)| *cash);
            let seen = seen.ok_or_else(|| share_changed(batch, None))?;
            if batch.payer == Payer::SelfPay {
                if let Some(method) = method {
                    self.settle_cash(actor, batch, seen, method)?;
                }
                continue;
            }
            // A settlement before has used up some of the caps: ask again under this batch's
            // med_type, and compare with what the user saw.
            if settled_before {
                tasks.push(settling.compute(batch));
            }
            tasks.push(Task::Settle(batch.id.clone(), Some(seen), method));
            settled_before = true;
        }
        self.work_off(actor, by, &tasks)
    }

    /// Does one task after the other, and stops at the first that does not succeed.
    pub(crate) fn work_off(&self, actor: &Actor, by: &UserId, tasks: &[Task]) -> Result<()> {
        let tasks = self.not_found(actor, by, tasks)?;
        match next(&tasks) {
            Next::Then(first) => self.drive(&self.caller_as(actor, by)?, first),
            Next::Done | Next::Stop(_) => Ok(()),
        }
    }

    /// The tasks without registrations that were lost and are found at the platform.
    fn not_found(&self, actor: &Actor, by: &UserId, tasks: &[Task]) -> Result<Vec<Task>> {
        let mut left = Vec::new();
        for task in tasks {
            if let Task::Register(visit, position) = task
                && self.registration_state(actor, visit, *position)? == Some(Unknown)
            {
                self.find_registrations(actor, by, visit)?;
                if self.registration_state(actor, visit, *position)? == Some(Registered) {
                    continue;
                }
            }
            left.push(task.clone());
        }
        Ok(left)
    }

    fn registration_state(
        &self,
        actor: &Actor,
        visit: &VisitId,
        position: i64,
    ) -> Result<Option<RegistrationState>> {
        let db = self.parts.store.db();
        let rows = db.read("registration", |tx| {
            query::registrations(tx, &actor.clinic, visit)
        })?;
        let mut rows = rows.into_iter();
        Ok(rows
            .find(|row| row.position == position)
            .map(|row| row.state))
    }

    fn settle_cash(&self, actor: &Actor, batch: &Batch, seen: Fen, method: Method) -> Result<()> {
        self.write(actor, "settle_cash", |w| {
            let row = query::batch(w.tx, &actor.clinic, &batch.id)?;
            let row = row.ok_or(Refusal::new(Code::NotFound))?;
            if row.total != seen {
                return Err(share_changed(&row, Some(seen)).into());
            }
            let visit = query::visit(w.tx, &actor.clinic, &row.visit)?;
            let visit = visit.ok_or(Refusal::new(Code::NotFound))?;
            let payment = taken(w, &visit, row.total, method);
            settled_in_cash(w, &row, &visit, payment)
        })
    }

    /// A frozen visit's batches, if nothing of it is in flight.
    fn settling(&self, actor: &Actor, visit: &VisitId) -> Result<Settling> {
        self.parts.store.db().read("settling", |tx| {
            let row =
                query::visit(tx, &actor.clinic, visit)?.ok_or(Refusal::new(Code::NotFound))?;
            let settling = Settling {
                batches: query::batches(tx, &actor.clinic, visit)?,
                registrations: query::registrations(tx, &actor.clinic, visit)?,
            };
            let flying = settling.live().any(|b| b.state.in_flight());
            let none = settling.live().next().is_none();
            // Goods may have been given against a deposit.
            let may = matches!(row.state, VisitState::Seeing | VisitState::Done);
            if !may || none || flying {
                return refuse(Code::WrongState);
            }
            none_pending(&query::messages(tx, &actor.clinic, visit)?)?;
            Ok(settling)
        })
    }
}

/// What a voucher or card says, as it was scanned or read.
pub(crate) fn read_token(token: &str, field: &'static str) -> Result<String> {
    let token = token.trim();
    if token.is_empty() || token.len() > 600 || token.chars().any(char::is_control) {
        return refuse_at(Code::BadText, field);
    }
    Ok(token.to_owned())
}

/// Records that a self-pay batch is settled, and what changed hands with it.
pub(crate) fn settled_in_cash(
    w: &mut Writer<'_, '_>,
    batch: &Batch,
    visit: &Visit,
    payment: Option<Payment>,
) -> Result<()> {
    let amounts = Amounts::self_pay(batch.total);
    let settlement = settlement_row(w, batch, &amounts, SettlementKind::Settlement);
    let made = SettlementMade {
        from: batch.state,
        event: BatchEvent::Settle,
        settlement: Box::new(settlement),
        line_funds: Vec::new(),
        payment,
    };
    Ok(w.record(made, Some(&visit.patient), None)?)
}

/// The batches of a visit that is being settled.
struct Settling {
    batches: Vec<Batch>,
    registrations: Vec<Registration>,
}

impl Settling {
    /// Those that are neither taken back nor paid back.
    fn live(&self) -> impl Iterator<Item = &Batch> {
        self.batches.iter().filter(|b| b.state.is_live())
    }

    /// What must be registered before a batch is sent; nothing where that is done.
    fn register(&self, batch: &Batch) -> Option<Task> {
        let row = batch.registered(&self.registrations)?;
        let missing = row.state != RegistrationState::Registered;
        missing.then(|| Task::Register(row.visit.clone(), row.position))
    }

    /// Asks for a batch's shares. Where another batch shares its registration, diagnoses go again
    /// under this one's `med_type`.
    fn compute(&self, batch: &Batch) -> Task {
        let with = |b: &Batch| b.registration == batch.registration && b.id != batch.id;
        let goal = match batch.state {
            BatchState::Draft => Goal::Upload,
            _ if self.batches.iter().any(with) => Goal::Describe,
            _ => Goal::Presettle,
        };
        Task::Compute(batch.id.clone(), goal)
    }
}

/// Another share than the user saw: which batch, what was shown, what it is now.
fn share_changed(batch: &Batch, seen: Option<Fen>) -> Refusal {
    let old = seen.map_or_else(|| "–".to_owned(), |fen| fen.to_string());
    Refusal::new(Code::ShareChanged)
        .with("n", batch.position)
        .with("old", old)
        .with("new", batch.cash)
}

/// True if something is charged and all of it settled.
pub(crate) fn all_settled<'a>(batches: impl Iterator<Item = &'a Batch>) -> bool {
    let mut live = batches.filter(|b| b.state.is_live()).peekable();
    live.peek().is_some() && live.all(|b| b.state == BatchState::Settled)
}

/// The certificate goes once nothing of the visit is left to settle.
pub(crate) fn forget_if_settled(w: &mut Writer<'_, '_>, visit: &Visit) -> Result<()> {
    let batches = query::batches(w.tx, &visit.clinic, &visit.id)?;
    let insured = |b: &&Batch| b.payer == Payer::Insured;
    if all_settled(batches.iter().filter(insured)) {
        forget_certificate(w, &visit.id)?;
    }
    Ok(())
}

/// A new settlement or reversal row of a batch.
pub(crate) fn settlement_row(
    w: &Writer<'_, '_>,
    batch: &Batch,
    amounts: &Amounts,
    kind: SettlementKind,
) -> Settlement {
    Settlement {
        clinic: batch.clinic.clone(),
        id: SettlementId::new(w.who.now, w.rng),
        batch: batch.id.clone(),
        visit: batch.visit.clone(),
        kind,
        reverses: None,
        platform_settlement: String::new(),
        message: String::new(),
        scheme: None,
        benefit: batch.benefit.clone(),
        clearing_type: String::new(),
        clearing_office: String::new(),
        settled_at: w.who.now,
        booked_at: w.who.now,
        actor: w.who.actor.clone(),
        reason: String::new(),
        total: amounts.total,
        own_pay: amounts.own_pay,
        over_limit: amounts.over_limit,
        pay_first: amounts.pay_first,
        in_scope: amounts.in_scope,
        deductible: amounts.deductible,
        pool: amounts.pool,
        civil_servant: amounts.civil_servant,
        enterprise: amounts.enterprise,
        serious_illness: amounts.serious_illness,
        large_amount: amounts.large_amount,
        medical_aid: amounts.medical_aid,
        other: amounts.other,
        fund: amounts.fund,
        account: amounts.account,
        mutual_aid: amounts.mutual_aid,
        cash: amounts.cash,
        hospital: amounts.hospital,
        ratio: amounts.ratio,
    }
}
