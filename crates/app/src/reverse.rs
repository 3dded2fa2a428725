//! Reversal of a settled batch with a reason (2208). Goods handed over stay with the patient; what was
//! only reserved is free again. What is to stay of it is charged anew ([`crate::refund`]).

use std::slice;

use cunyi_domain::amounts::Amounts;
use cunyi_domain::batch::{BatchEvent, BatchState};
use cunyi_domain::fact::{SettlementMade, SettlementRequested};
use cunyi_domain::ids::BatchId;
use cunyi_domain::ledger::{
    Batch, Payer, Payment, RefundRest, Reservation, Settlement, SettlementKind, Visit,
};
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_domain::row::Field;
use cunyi_domain::time::{Moment, parse_date_time};
use cunyi_gateway::Outcome;
use cunyi_gateway::message::{Data, T2208, settle};
use cunyi_store::{Tx, Writer, query};

use crate::App;
use crate::electronic::undo_with;
use crate::error::{Result, refuse, refuse_at};
use crate::freeze::release;
use crate::payment::given_back;
use crate::permission::Action;
use crate::refund::{charge_anew, charge_rest, may_be_charged_anew};
use crate::resolve::earlier_is_lost;
use crate::settle::{About, next, reversal_agrees, settled_in_cash, settlement_row};
use crate::setup::Setup;
use crate::step::{Answer, Caller, Next, Pending, Step, told};
use crate::views::Actor;

/// Longest reason, in characters.
const MOST_REASON: usize = 200;

impl App {
    /// Pays a batch back.
    pub fn reverse(&self, actor: &Actor, batch: &BatchId, reason: &str) -> Result<()> {
        actor.must(Action::Settle)?;
        let wanted = Wanted {
            batch: batch.clone(),
            reason: read_reason(reason)?,
            rest: Vec::new(),
            certificate: String::new(),
        };
        self.pay_back(actor, wanted)
    }

    /// Pays a batch back and charges anew what is to stay of it.
    pub(crate) fn pay_back(&self, actor: &Actor, wanted: Wanted) -> Result<()> {
        let id = &wanted.batch;
        let db = self.parts.store.db();
        let found = db.read("reverse", |tx| query::batch(tx, &actor.clinic, id))?;
        let found = found.ok_or(Refusal::new(Code::NotFound))?;
        if found.state != BatchState::Settled {
            return refuse(Code::WrongState);
        }
        if found.payer == Payer::SelfPay {
            return self.write(actor, "reverse_cash", |w| reverse_cash(w, self, wanted));
        }
        let caller = self.caller(actor)?;
        db.read("reverse", |tx| {
            in_time(tx, &caller.setup, &found, self.now())
        })?;
        self.drive(&caller, Box::new(Reverse2208 { wanted }))?;
        // What is charged anew has another batch number; these details are nobody's any more.
        self.withdraw(actor, &found.visit, slice::from_ref(&found))
    }
}

/// Refused where the region's platform takes back no more what was settled then.
pub(crate) fn in_time(tx: &mut Tx<'_>, setup: &Setup, batch: &Batch, now: Moment) -> Result<()> {
    let settled = standing(tx, batch)?.settled_at;
    let reversal = setup.gateway.region.reversal;
    if reversal.permits(settled, now) || batch.payer == Payer::SelfPay {
        return Ok(());
    }
    let refusal = Refusal::new(Code::ReversalTooLate).with("settled", settled.date());
    Err(refusal.with("within", reversal.within.as_str()).into())
}

/// A reversal that somebody wants.
pub(crate) struct Wanted {
    /// Of which batch.
    pub batch: BatchId,
    /// Why.
    pub reason: String,
    /// What of its lines is charged anew; nothing: it is reversed whole.
    pub rest: Vec<RefundRest>,
    /// The voucher or card for what is charged anew, shown again; empty where none is needed.
    pub certificate: String,
}

/// Nobody is asked: what stays is charged in the same transaction.
fn reverse_cash(w: &mut Writer<'_, '_>, app: &App, wanted: Wanted) -> Result<()> {
    let batch = query::batch(w.tx, &w.who.clinic.clone(), &wanted.batch)?;
    let batch = batch.ok_or(Refusal::new(Code::NotFound))?;
    let visit = query::visit(w.tx, &batch.clinic, &batch.visit)?;
    let visit = visit.ok_or(Refusal::new(Code::NotFound))?;
    let told = PaidBack {
        by: By::cash(w.who.now),
        reason: wanted.reason,
        rest: wanted.rest,
        here: true,
    };
    match paid_back(w, app, (&batch, &visit), &told)? {
        Some(rest) => settled_in_cash(w, &rest, &visit, None),
        None => Ok(()),
    }
}

/// A reason as it was typed: not empty, not too long, of one line.
pub(crate) fn read_reason(reason: &str) -> Result<String> {
    let reason = reason.trim();
    if reason.is_empty() {
        return refuse_at(Code::ReasonMissing, "reason");
    }
    if reason.chars().count() > MOST_REASON || reason.chars().any(char::is_control) {
        return refuse_at(Code::BadText, "reason");
    }
    Ok(reason.to_owned())
}

/// The settlement of a batch that stands.
pub(crate) fn in_force(w: &mut Writer<'_, '_>, batch: &Batch) -> Result<Settlement> {
    standing(w.tx, batch)
}

fn standing(tx: &mut Tx<'_>, batch: &Batch) -> Result<Settlement> {
    let id = batch
        .settlement
        .clone()
        .ok_or(Refusal::new(Code::WrongState))?;
    let values = vec![batch.clinic.clone().into_value(), id.into_value()];
    let found: Option<Settlement> = tx.find("WHERE clinic = ? AND id = ?", values)?;
    found.ok_or_else(|| Refusal::new(Code::NotFound).into())
}

/// 2208 结算撤销.
struct Reverse2208 {
    wanted: Wanted,
}

impl Step for Reverse2208 {
    fn begin(&self, w: &mut Writer<'_, '_>, caller: &Caller<'_>) -> Result<Pending> {
        let about = About::read(w, &caller.actor.clinic, &self.wanted.batch)?;
        if !self.wanted.rest.is_empty() {
            may_be_charged_anew(w, caller.app, &about, &self.wanted.certificate)?;
        }
        let settlement = in_force(w, &about.batch)?;
        let input: Data<settle::Reverse> = settle::Reverse {
            setl_id: settlement.platform_settlement,
            mdtrt_id: about.platform_visit.clone(),
            psn_no: about.coverage.person_number.clone(),
        }
        .into();
        let pending = caller.issue::<T2208>(w, &about.subject(), input)?;
        let requested = SettlementRequested {
            rest: self.wanted.rest.clone(),
            reason: self.wanted.reason.clone(),
            ..about.requested(BatchEvent::RequestReversal, &pending)
        };
        w.record(requested, Some(&about.visit.patient), None)?;
        Ok(pending)
    }

    fn finish(
        &self,
        w: &mut Writer<'_, '_>,
        caller: &Caller<'_>,
        pending: &Pending,
        answer: &Answer,
    ) -> Result<Next> {
        let outcome = caller.judge::<T2208>(w, pending, answer)?;
        let about = About::read(w, &caller.actor.clinic, &self.wanted.batch)?;
        let settlement = in_force(w, &about.batch)?;
        let region = &caller.setup.gateway.region;
        let original = Amounts::from(&settlement);
        let event = match &outcome {
            Outcome::Success(found) if reversal_agrees(&found.output, &original, region) => {
                let by = By::told(&found.output, pending.id.as_str(), w.who.now);
                let told = PaidBack::as_wanted(w, &about.batch, by, true)?;
                let rest = paid_back(w, caller.app, (&about.batch, &about.visit), &told)?;
                return Ok(rest.map_or(Next::Done, |rest| next(&charge_anew(&rest))));
            }
            Outcome::Success(_) | Outcome::Unknown(_) => BatchEvent::LoseReversal,
            // A lost one before it may have been done: the second of two is refused.
            Outcome::Refused(_)
                if earlier_is_lost(w, &about.batch, pending.infno, pending.id.as_str())? =>
            {
                BatchEvent::LoseReversal
            }
            Outcome::Refused(_) => BatchEvent::RefuseReversal,
            Outcome::NotSent { .. } => BatchEvent::NotSent,
        };
        about.record(w, about.moved(event, pending))?;
        Ok(Next::Stop(told(&outcome)))
    }
}

/// By which entry at the platform.
#[derive(Clone, Copy)]
pub(crate) struct By<'a> {
    /// Its own `setl_id`; empty where nobody told it, and for self-pay.
    pub platform_settlement: &'a str,
    /// Our 2208's msgid; empty where it was not ours.
    pub message: &'a str,
    /// When, by the platform's clock where it told.
    pub settled_at: Moment,
}

impl<'a> By<'a> {
    /// Of what the patient paid herself: the platform has no part in it.
    fn cash(now: Moment) -> Self {
        Self {
            platform_settlement: "",
            message: "",
            settled_at: now,
        }
    }

    /// As the answer to our 2208 tells; `else_at` where it tells no time.
    pub fn told(answer: &'a settle::Settlement, message: &'a str, else_at: Moment) -> Self {
        let info = &answer.setlinfo;
        Self {
            platform_settlement: &info.setl_id,
            message,
            settled_at: parse_date_time(&info.setl_time).unwrap_or(else_at),
        }
    }
}

/// A reversal that is done.
pub(crate) struct PaidBack<'a> {
    by: By<'a>,
    reason: String,
    rest: Vec<RefundRest>,
    /// The patient is here and gets her money; else it is left to be returned.
    here: bool,
}

impl<'a> PaidBack<'a> {
    /// The centre paid it back, unasked; the patient is not here.
    pub fn found(by: By<'a>, reason: &str) -> Self {
        Self {
            by,
            reason: reason.to_owned(),
            rest: Vec::new(),
            here: false,
        }
    }

    /// As it stands in the intent of the batch's 2208; without one nothing was wanted.
    pub fn as_wanted(
        w: &mut Writer<'_, '_>,
        batch: &Batch,
        by: By<'a>,
        here: bool,
    ) -> Result<Self> {
        let ours = matches!(
            batch.state,
            BatchState::ReversalRequested | BatchState::ReversalUnknown
        );
        let (reason, rest) = if ours {
            let rest = query::refund_rest(w.tx, &batch.clinic, &batch.id)?;
            (batch.reason.clone(), rest)
        } else {
            Default::default()
        };
        Ok(Self {
            by,
            reason,
            rest,
            here,
        })
    }
}

/// Records a reversal: a row of its own with the original's amounts, its `setl_id`, msgid and
/// reason. What the batch's lines still hold of stock is free again. What is to stay becomes a new
/// batch in the same transaction, which is the answer; what was paid too much is left to be returned
/// once that is settled.
pub(crate) fn paid_back(
    w: &mut Writer<'_, '_>,
    app: &App,
    (batch, visit): (&Batch, &Visit),
    told: &PaidBack<'_>,
) -> Result<Option<Batch>> {
    let payment = if told.here && told.rest.is_empty() {
        let cash = in_force(w, batch)?.cash;
        given_back(w, visit, cash)?
    } else {
        None
    };
    let held = book_back(w, (batch, visit), told, payment)?;
    if told.rest.is_empty() {
        return Ok(None);
    }
    charge_rest(w, app, (visit, batch), &told.rest, &held).map(Some)
}

/// The reversal alone; answers what of stock is free again.
fn book_back(
    w: &mut Writer<'_, '_>,
    (batch, visit): (&Batch, &Visit),
    told: &PaidBack<'_>,
    payment: Option<Payment>,
) -> Result<Vec<Reservation>> {
    let original = in_force(w, batch)?;
    let amounts = Amounts::from(&original);
    let mut row = settlement_row(w, batch, &amounts, SettlementKind::Reversal);
    row.reverses = Some(original.id.clone());
    row.scheme.clone_from(&original.scheme);
    row.clearing_type.clone_from(&original.clearing_type);
    row.clearing_office.clone_from(&original.clearing_office);
    let by = &told.by;
    by.platform_settlement
        .clone_into(&mut row.platform_settlement);
    by.message.clone_into(&mut row.message);
    row.settled_at = by.settled_at.max(original.settled_at);
    told.reason.clone_into(&mut row.reason);
    let reversed = SettlementMade {
        from: batch.state,
        event: BatchEvent::Reverse,
        settlement: Box::new(row),
        line_funds: Vec::new(),
        payment,
    };
    w.record(reversed, Some(&visit.patient), None)?;
    undo_with(w, &visit.clinic, &original.id)?;
    let held = query::reservations(w.tx, &visit.clinic, &visit.id)?;
    release(w, visit, slice::from_ref(batch))?;
    Ok(held)
}

/// Takes back what the patient paid for a batch, to charge all of it anew; what she paid is held until
/// that is settled.
pub(crate) fn book_cash_back(
    w: &mut Writer<'_, '_>,
    (batch, visit): (&Batch, &Visit),
    reason: &str,
) -> Result<Vec<Reservation>> {
    let told = PaidBack {
        by: By::cash(w.who.now),
        reason: reason.to_owned(),
        rest: Vec::new(),
        here: true,
    };
    book_back(w, (batch, visit), &told, None)
}
