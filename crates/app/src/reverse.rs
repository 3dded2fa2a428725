//! Reversal of a settled batch, whole, with a reason (2208). Goods handed over stay with the
//! patient; what was only reserved is free again.

use std::slice;

use cunyi_domain::amounts::Amounts;
use cunyi_domain::batch::{BatchEvent, BatchState};
use cunyi_domain::fact::SettlementMade;
use cunyi_domain::ids::BatchId;
use cunyi_domain::ledger::{Batch, Payer, Settlement, SettlementKind, Visit};
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_domain::row::Field;
use cunyi_gateway::Outcome;
use cunyi_gateway::message::{Data, T2208, settle};
use cunyi_store::{Writer, query};

use crate::App;
use crate::error::{Result, refuse, refuse_at};
use crate::freeze::release;
use crate::payment::given_back;
use crate::permission::Action;
use crate::resolve::earlier_is_lost;
use crate::settle::{About, reversal_agrees, settlement_row};
use crate::step::{Answer, Caller, Next, Pending, Step, told};
use crate::views::Actor;

/// Longest reason, in characters.
const MOST_REASON: usize = 200;

impl App {
    /// Pays a batch back.
    pub fn reverse(&self, actor: &Actor, batch: &BatchId, reason: &str) -> Result<()> {
        actor.must(Action::Settle)?;
        let (batch_id, reason) = (batch.clone(), read_reason(reason)?);
        let found = self
            .parts
            .store
            .db()
            .read("reverse", |tx| query::batch(tx, &actor.clinic, batch))?;
        let found = found.ok_or(Refusal::new(Code::NotFound))?;
        if found.state != BatchState::Settled {
            return refuse(Code::WrongState);
        }
        if found.payer == Payer::SelfPay {
            return self.write(actor, "reverse_cash", |w| {
                let batch = query::batch(w.tx, &actor.clinic, &batch_id)?;
                let batch = batch.ok_or(Refusal::new(Code::NotFound))?;
                let visit = query::visit(w.tx, &actor.clinic, &batch.visit)?;
                let visit = visit.ok_or(Refusal::new(Code::NotFound))?;
                let settlement = in_force(w, &batch)?;
                paid_back(w, &batch, &visit, &settlement, ("", "", &reason), true)
            });
        }
        let caller = self.caller(actor)?;
        let step = Reverse2208 {
            batch: batch_id,
            reason,
        };
        self.drive(&caller, Box::new(step))?;
        // What is charged anew has another batch number; these details are nobody's any more.
        self.withdraw(actor, &found.visit, slice::from_ref(&found))
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
    let id = batch
        .settlement
        .clone()
        .ok_or(Refusal::new(Code::WrongState))?;
    let values = vec![batch.clinic.clone().into_value(), id.into_value()];
    let found: Option<Settlement> = w.tx.find("WHERE clinic = ? AND id = ?", values)?;
    found.ok_or_else(|| Refusal::new(Code::NotFound).into())
}

/// 2208 结算撤销.
struct Reverse2208 {
    batch: BatchId,
    reason: String,
}

impl Step for Reverse2208 {
    fn begin(&self, w: &mut Writer<'_, '_>, caller: &Caller<'_>) -> Result<Pending> {
        let about = About::read(w, &caller.actor.clinic, &self.batch)?;
        let settlement = in_force(w, &about.batch)?;
        let input: Data<settle::Reverse> = settle::Reverse {
            setl_id: settlement.platform_settlement,
            mdtrt_id: about.platform_visit.clone(),
            psn_no: about.coverage.person_number.clone(),
        }
        .into();
        let pending = caller.issue::<T2208>(w, &about.subject(), input)?;
        about.request(w, BatchEvent::RequestReversal, &pending)?;
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
        let about = About::read(w, &caller.actor.clinic, &self.batch)?;
        let settlement = in_force(w, &about.batch)?;
        let region = &caller.setup.gateway.region;
        let original = Amounts::from(&settlement);
        let event = match &outcome {
            Outcome::Success(found) if reversal_agrees(&found.output, &original, region) => {
                let id = &found.output.setlinfo.setl_id;
                let told = (id.as_str(), pending.id.as_str(), self.reason.as_str());
                paid_back(w, &about.batch, &about.visit, &settlement, told, true)?;
                return Ok(Next::Done);
            }
            Outcome::Success(_) | Outcome::Unknown(_) => BatchEvent::LoseReversal,
            // A lost one before it may have been done: the second of two is refused.
            Outcome::Refused(_)
                if earlier_is_lost(w, &about.batch, pending.infno, pending.id.as_str())? =>
            {
                BatchEvent::LoseReversal
            }
            Outcome::Refused(_) => BatchEvent::RefuseReversal,
            Outcome::NotSent => BatchEvent::NotSent,
        };
        about.record(w, about.moved(event, pending))?;
        Ok(Next::Stop(told(&outcome)))
    }
}

/// Records a reversal: a row of its own with the original's amounts, its `setl_id`, msgid and
/// reason. What the batch's lines still hold of stock is free again. `here`: the patient is, and gets
/// her money; else it is left to be returned.
pub(crate) fn paid_back(
    w: &mut Writer<'_, '_>,
    batch: &Batch,
    visit: &Visit,
    original: &Settlement,
    (platform_settlement, message, reason): (&str, &str, &str),
    here: bool,
) -> Result<()> {
    let amounts = Amounts::from(original);
    let mut row = settlement_row(w, batch, &amounts, SettlementKind::Reversal);
    row.reverses = Some(original.id.clone());
    row.clearing_type.clone_from(&original.clearing_type);
    row.clearing_office.clone_from(&original.clearing_office);
    platform_settlement.clone_into(&mut row.platform_settlement);
    message.clone_into(&mut row.message);
    reason.clone_into(&mut row.reason);
    let payment = if here {
        given_back(w, visit, amounts.cash)?
    } else {
        None
    };
    let reversed = SettlementMade {
        from: batch.state,
        event: BatchEvent::Reverse,
        settlement: Box::new(row),
        line_funds: Vec::new(),
        payment,
    };
    w.record(reversed, Some(&visit.patient), None)?;
    release(w, visit, slice::from_ref(batch))
}
