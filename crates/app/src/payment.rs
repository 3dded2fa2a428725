//! Money over the counter: taken with a settlement, given back with a reversal, left as a deposit while
//! nobody knows what is owed, and the rest returned or collected once it is known.

use cunyi_domain::batch::BatchState;
use cunyi_domain::fact::PaymentMade;
use cunyi_domain::ids::{ClinicId, EntryId, VisitId};
use cunyi_domain::ledger::{Batch, Method, Payment, PaymentKind, Standing, Visit, VisitState};
use cunyi_domain::money::Fen;
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_store::local::Message;
use cunyi_store::{Tx, Writer, query};

use crate::App;
use crate::error::{Result, refuse};
use crate::hand_over::give;
use crate::permission::Action;
use crate::settle::deferred::may_be_later;
use crate::step::alone;
use crate::views::{Actor, PaymentView};

impl App {
    /// 凭押金发药: what is prescribed is given though what became of a settlement is not known, or the
    /// platform is away and the region lets it be settled later; against a deposit of at least the
    /// patient's shares and at most everything. The visit is done; it is settled when that is found out
    /// or the platform is back, and the difference returned or collected.
    pub fn hand_over_against(
        &self,
        actor: &Actor,
        visit: &VisitId,
        deposit: Fen,
        method: Method,
    ) -> Result<()> {
        actor.must(Action::Settle)?;
        self.write(actor, "hand_over_against", |w| {
            alone(w, visit)?;
            let row = query::visit(w.tx, &actor.clinic, visit)?;
            let row = row.ok_or(Refusal::new(Code::NotFound))?;
            let batches = query::batches(w.tx, &actor.clinic, visit)?;
            let messages = query::messages(w.tx, &actor.clinic, visit)?;
            let room = self.room_for_deposit(w.tx, &row, &batches, &messages)?;
            let (least, most) = room.ok_or(Refusal::new(Code::WrongState))?;
            if deposit < least || deposit > most {
                let refusal = Refusal::at(Code::DepositOutOfRange, "deposit");
                return Err(refusal.with("least", least).with("most", most).into());
            }
            if deposit > Fen::ZERO {
                let made = payment(w, &row, PaymentKind::Deposit, (deposit, method));
                w.record(PaymentMade { payment: made }, Some(&row.patient), None)?;
            }
            give(w, self, &row)
        })
    }

    /// The least and the most that may be left as a deposit. None unless an answer is lost, or the platform
    /// is away and the region lets it be settled later; and once something was given.
    pub(crate) fn room_for_deposit(
        &self,
        tx: &mut Tx<'_>,
        visit: &Visit,
        batches: &[Batch],
        messages: &[Message],
    ) -> Result<Option<(Fen, Fen)>> {
        let open = batches.iter().any(|b| b.state.is_unsettled());
        if visit.state != VisitState::Seeing || !open {
            return Ok(None);
        }
        let lost = |b: &Batch| b.state.is_unsettled() && b.state.is_lost();
        let waits = batches.iter().any(lost) || {
            let outage = &self.setup_in(tx, &visit.clinic)?.gateway.region.outage;
            may_be_later(visit, messages, outage, self.now())
        };
        Ok(waits.then(|| shares(visit, batches)))
    }

    /// Returns what is the patient's, or collects what she owes: the sum that the user saw, which must
    /// still be the one.
    pub fn even_out(
        &self,
        actor: &Actor,
        visit: &VisitId,
        seen: Fen,
        method: Method,
    ) -> Result<()> {
        actor.must(Action::Settle)?;
        self.write(actor, "even_out", |w| {
            let row = query::visit(w.tx, &actor.clinic, visit)?;
            let row = row.ok_or(Refusal::new(Code::NotFound))?;
            let batches = query::batches(w.tx, &actor.clinic, visit)?;
            let (kind, amount) = match standing(&row, &batches) {
                Standing::ToReturn(amount) => (PaymentKind::Returned, amount),
                Standing::ToCollect(amount) => (PaymentKind::Collected, amount),
                Standing::Even | Standing::Held(_) => return refuse(Code::WrongState),
            };
            if amount != seen {
                let refusal = Refusal::new(Code::SumChanged);
                return Err(refusal.with("old", seen).with("new", amount).into());
            }
            let made = payment(w, &row, kind, (amount, method));
            Ok(w.record(PaymentMade { payment: made }, Some(&row.patient), None)?)
        })
    }
}

/// Where a visit's money stands.
pub(crate) fn standing(visit: &Visit, batches: &[Batch]) -> Standing {
    let open = batches.iter().any(|b| b.state.is_unsettled());
    Standing::of(visit.balance, open)
}

/// The least and the most that may be left for what is not settled: the patient's shares as far as they
/// are known or estimated, and all of it; with what she owes of the rest, less what she left before.
fn shares(visit: &Visit, batches: &[Batch]) -> (Fen, Fen) {
    let open = || batches.iter().filter(|b| b.state.is_unsettled());
    let share = |b: &Batch| match b.state {
        // The centre has not computed it: it is our estimate.
        BatchState::Draft | BatchState::Uploaded => b.total - b.estimated_fund,
        _ => b.cash,
    };
    let more = |sum: Fen| (sum - visit.balance).max(Fen::ZERO);
    let (least, most) = (open().map(share).sum(), open().map(|b| b.total).sum());
    (more(least), more(most))
}

/// What changed hands for a visit.
pub(crate) fn payment_views(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    visit: &VisitId,
) -> Result<Vec<PaymentView>> {
    let rows = query::payments(tx, clinic, visit)?;
    let view = |row: Payment| PaymentView {
        id: row.id,
        kind: row.kind,
        method: row.method,
        amount: row.amount,
        at: row.moved_at,
    };
    Ok(rows.into_iter().map(view).collect())
}

/// What is taken of a patient when a batch is settled: its cash, less what she left before.
pub(crate) fn taken(
    w: &Writer<'_, '_>,
    visit: &Visit,
    cash: Fen,
    method: Method,
) -> Option<Payment> {
    let amount = (cash - visit.balance).clamp(Fen::ZERO, cash);
    (amount > Fen::ZERO).then(|| payment(w, visit, PaymentKind::Paid, (amount, method)))
}

/// What is given back when a batch is reversed: its cash, less what she had not paid; the way so much came
/// in, as she paid last if that is one, else in cash.
pub(crate) fn given_back(
    w: &mut Writer<'_, '_>,
    visit: &Visit,
    cash: Fen,
) -> Result<Option<Payment>> {
    let amount = (cash + visit.balance).clamp(Fen::ZERO, cash);
    if amount == Fen::ZERO {
        return Ok(None);
    }
    let made = query::payments(w.tx, &visit.clinic, &visit.id)?;
    let came = |method| {
        let so = made.iter().filter(|row| row.method == method);
        so.map(Payment::signed).sum::<Fen>()
    };
    let last = made.iter().rfind(|row| row.kind.comes_in());
    let mut ways = last
        .map(|row| row.method)
        .into_iter()
        .chain(Method::ALL.iter().copied());
    let method = ways
        .find(|method| came(*method) >= amount)
        .unwrap_or(Method::Cash);
    let kind = PaymentKind::PaidBack;
    Ok(Some(payment(w, visit, kind, (amount, method))))
}

fn payment(
    w: &Writer<'_, '_>,
    visit: &Visit,
    kind: PaymentKind,
    (amount, method): (Fen, Method),
) -> Payment {
    Payment {
        clinic: visit.clinic.clone(),
        id: EntryId::new(w.who.now, w.rng),
        visit: visit.id.clone(),
        kind,
        method,
        amount,
        moved_at: w.who.now,
        actor: w.who.actor.clone(),
    }
}
