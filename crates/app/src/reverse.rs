//! Reversal of a settled batch, whole, with a reason (2208). Goods handed over stay with the
//! patient; what was only reserved is free again.

use cunyi_domain::amounts::Amounts;
use cunyi_domain::batch::{BatchEvent, BatchState};
use cunyi_domain::fact::{BatchMoved, SettlementMade, SettlementRequested};
use cunyi_domain::ids::BatchId;
use cunyi_domain::journal::digest;
use cunyi_domain::ledger::{Batch, Payer, Settlement, SettlementKind, Visit};
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_domain::row::Field;
use cunyi_gateway::Outcome;
use cunyi_gateway::message::{Data, T2208, settle};
use cunyi_store::{Writer, query};

use crate::App;
use crate::error::{AppError, Result, refuse, refuse_at};
use crate::permission::Action;
use crate::settle::{reversal_agrees, settlement_row};
use crate::step::{Answer, Caller, Next, Pending, Step, Subject, told};
use crate::views::Actor;

/// Longest reason, in characters.
const MOST_REASON: usize = 200;

impl App {
    /// Pays a batch back.
    pub fn reverse(&self, actor: &Actor, batch: &BatchId, reason: &str) -> Result<()> {
        actor.must(Action::Settle)?;
        let reason = reason.trim();
        if reason.is_empty() {
            return refuse_at(Code::ReasonMissing, "reason");
        }
        if reason.chars().count() > MOST_REASON || reason.chars().any(char::is_control) {
            return refuse_at(Code::BadText, "reason");
        }
        let (batch_id, reason) = (batch.clone(), reason.to_owned());
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
                let about = About::read(w, actor, &batch_id)?;
                made(w, &about, "", "", &reason)
            });
        }
        let caller = self.caller(actor)?;
        self.drive(
            &caller,
            Box::new(Reverse2208 {
                batch: batch_id,
                reason,
            }),
        )
    }
}

struct About {
    batch: Batch,
    visit: Visit,
    settlement: Settlement,
}

impl About {
    fn read(w: &mut Writer<'_, '_>, actor: &Actor, batch: &BatchId) -> Result<Self> {
        let clinic = &actor.clinic;
        let batch = query::batch(w.tx, clinic, batch)?.ok_or(Refusal::new(Code::NotFound))?;
        let visit = query::visit(w.tx, clinic, &batch.visit)?;
        let id = batch
            .settlement
            .clone()
            .ok_or(Refusal::new(Code::WrongState))?;
        let values = vec![clinic.clone().into_value(), id.into_value()];
        let settlement: Option<Settlement> = w.tx.find("WHERE clinic = ? AND id = ?", values)?;
        match (visit, settlement) {
            (Some(visit), Some(settlement)) => Ok(Self {
                batch,
                visit,
                settlement,
            }),
            _ => refuse(Code::NotFound),
        }
    }
}

/// 2208 结算撤销.
struct Reverse2208 {
    batch: BatchId,
    reason: String,
}

impl Step for Reverse2208 {
    fn begin(&self, w: &mut Writer<'_, '_>, caller: &Caller<'_>) -> Result<Pending> {
        let about = About::read(w, caller.actor, &self.batch)?;
        let coverage = about
            .visit
            .coverage
            .as_ref()
            .ok_or(Refusal::new(Code::NoCoverage))?;
        let coverage = query::coverage(w.tx, &caller.actor.clinic, coverage)?;
        let coverage = coverage.ok_or(Refusal::new(Code::NoCoverage))?;
        let input: Data<settle::Reverse> = settle::Reverse {
            setl_id: about.settlement.platform_settlement.clone(),
            mdtrt_id: about.visit.platform_visit.clone().unwrap_or_default(),
            psn_no: coverage.person_number,
        }
        .into();
        let subject = Subject {
            patient: &about.visit.patient,
            visit: Some(&about.visit.id),
            batch: Some(&about.batch.id),
            place: &coverage.place,
        };
        let pending = caller.issue::<T2208>(w, &subject, input)?;
        let requested = SettlementRequested {
            batch: about.batch.id.clone(),
            from: about.batch.state,
            event: BatchEvent::RequestReversal,
            message: pending.id.0.clone(),
            transaction: pending.infno.to_owned(),
            digest: digest(&pending.bytes),
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
        let about = About::read(w, caller.actor, &self.batch)?;
        let region = &caller.setup.gateway.region;
        let original = Amounts::from(&about.settlement);
        let event = match &outcome {
            Outcome::Success(found) if reversal_agrees(&found.output, &original, region) => {
                let id = found.output.setlinfo.setl_id.clone();
                made(w, &about, &id, pending.id.as_str(), &self.reason)?;
                return Ok(Next::Done);
            }
            Outcome::Success(_) | Outcome::Unknown(_) => BatchEvent::LoseReversal,
            Outcome::Refused(_) => BatchEvent::RefuseReversal,
            Outcome::NotSent => BatchEvent::NotSent,
        };
        let moved = BatchMoved {
            batch: about.batch.id,
            from: about.batch.state,
            event,
            message: Some(pending.id.0.clone()),
            shares: None,
            splits: Vec::new(),
        };
        w.record(moved, Some(&about.visit.patient), None)?;
        Ok(Next::Stop(told(&outcome)))
    }
}

/// Records a reversal: a row of its own with the original's amounts. What the batch's lines still
/// hold of stock is free again.
fn made(
    w: &mut Writer<'_, '_>,
    about: &About,
    platform_settlement: &str,
    message: &str,
    reason: &str,
) -> Result<()> {
    let original = Amounts::from(&about.settlement);
    let mut row = settlement_row(w, &about.batch, &original, SettlementKind::Reversal);
    row.reverses = Some(about.settlement.id.clone());
    platform_settlement.clone_into(&mut row.platform_settlement);
    message.clone_into(&mut row.message);
    reason.clone_into(&mut row.reason);
    let reversed = SettlementMade {
        from: about.batch.state,
        event: BatchEvent::Reverse,
        settlement: Box::new(row),
        line_funds: Vec::new(),
    };
    w.record(reversed, Some(&about.visit.patient), None)?;
    let charges = query::charges(w.tx, &about.visit.clinic, &about.visit.id)?;
    let mut held = query::reservations(w.tx, &about.visit.clinic, &about.visit.id)?;
    let of_batch = |id| {
        charges
            .iter()
            .any(|c| c.id == id && c.batch == about.batch.id)
    };
    held.retain(|r| of_batch(r.charge.clone()));
    if held.is_empty() {
        return Ok(());
    }
    let released = cunyi_domain::fact::ReservationsReleased {
        visit: about.visit.id.clone(),
        reservations: held,
    };
    w.record(released, Some(&about.visit.patient), None)
        .map_err(AppError::from)
}
