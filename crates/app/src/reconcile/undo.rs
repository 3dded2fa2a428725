//! What stands only at the centre, by a 2207 of ours that is not in force here, is paid back there: a 2208
//! of that `setl_id`, its intent first. The clinic moves no money: with its reversal it counts in the
//! centre's sums, and in ours beside them (`Undone`). What the 2208 did, where its reply is lost, 5203 tells.

use cunyi_domain::amounts::Amounts;
use cunyi_domain::fact::{UndoingMoved, UndoingRequested};
use cunyi_domain::ids::{BatchId, ClinicId, EntryId, MessageId};
use cunyi_domain::journal::digest;
use cunyi_domain::ledger::{SettlementKind, Undone};
use cunyi_domain::reconcile::{Difference, Money};
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_domain::time::civil::Date;
use cunyi_domain::time::parse_date_time;
use cunyi_domain::undone::{UndoneEvent, UndoneState};
use cunyi_gateway::message::{Data, T2208, T5203, query as ask, settle};
use cunyi_gateway::{Outcome, Region};
use cunyi_store::{Tx, Writer, books as rows, query};

use super::books::group;
use crate::App;
use crate::error::{AppError, Result, refuse};
use crate::permission::{Action, may};
use crate::settle::{About, amounts_of_reply, reversal_agrees};
use crate::step::{Answer, Caller, Next, Pending, Step, Subject, alone, told};
use crate::under_code::UnderCode;
use crate::views::{Actor, UndoneView};

/// A settlement of ours that is not in force here, as the centre says.
struct Orphan {
    about: About,
    row: Undone,
    amounts: Amounts,
}

impl App {
    /// Undoes it; false where it is not one of ours, or the centre tells nothing of it.
    pub(super) fn undo_there(
        &self,
        actor: &Actor,
        day: Date,
        difference: &Difference,
    ) -> Result<bool> {
        let Difference::Line {
            kind: SettlementKind::Settlement,
            settlement,
            message,
            theirs: Some(money),
            ..
        } = difference
        else {
            return Ok(false);
        };
        let clinic = &actor.clinic;
        let db = self.parts.store.db();
        // Who may not settle writes it off.
        if !may(actor.role, Action::Settle) {
            return Ok(false);
        }
        let batch = db.read("orphan", |tx| orphan_of(tx, actor, (settlement, message)))?;
        let Some(batch) = batch else {
            return Ok(false);
        };
        let caller = self.caller(actor)?;
        let Some(about) = self.registered(actor, &batch)? else {
            return Ok(false);
        };
        let Some(found) = there(&caller, &about, settlement) else {
            return Ok(false);
        };
        let asked = db.read("undoing", |tx| rows::undoing(tx, clinic, settlement))?;
        if let Some(asked) = asked {
            if asked.state != UndoneState::Unknown {
                return refuse(Code::WrongState);
            }
            if !self.found_out(&caller, &asked, found.is_paid_back())? {
                return refuse(Code::CentreUnknown);
            }
            if found.is_paid_back() {
                return Ok(true);
            }
        }
        let Some(orphan) = orphan(&caller, about, (message, day), &found) else {
            return Ok(false);
        };
        if found.is_paid_back() || money_of(&orphan.amounts) != *money {
            return Ok(false);
        }
        self.drive(&caller, Box::new(Undo2208 { orphan }))?;
        Ok(true)
    }

    /// Finds out what lost 2208s of orphans did, as far as the centre says; called before it is asked about
    /// a day.
    pub(super) fn undoings(&self, caller: &Caller<'_>) -> Result<()> {
        let clinic = &caller.actor.clinic;
        let db = self.parts.store.db();
        for asked in db.read("undoings", |tx| rows::lost_undoings(tx, clinic))? {
            let about = self.registered(caller.actor, &asked.batch)?;
            let found = |about: &About| there(caller, about, &asked.platform_settlement);
            if let Some(found) = about.as_ref().and_then(found) {
                self.found_out(caller, &asked, found.is_paid_back())?;
            }
        }
        Ok(())
    }

    /// A batch with what it is settled under; none where the platform has not registered it.
    fn registered(&self, actor: &Actor, batch: &BatchId) -> Result<Option<About>> {
        let read = |w: &mut Writer<'_, '_>| About::read(w, &actor.clinic, batch);
        match self.write(actor, "orphan", read) {
            Ok(about) => Ok(Some(about)),
            Err(AppError::Refused(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Records what a lost 2208 did; false while nobody knows: that it stands proves nothing before the
    /// region's bound has passed.
    fn found_out(&self, caller: &Caller<'_>, asked: &Undone, paid_back: bool) -> Result<bool> {
        let bound = caller.setup.bounds().commits_within;
        let over = self.now().seconds_since(asked.asked_at) > bound;
        let event = match (paid_back, over) {
            (true, _) => UndoneEvent::Found,
            (false, true) => UndoneEvent::Absent,
            (false, false) => return Ok(false),
        };
        let mut moved = UndoingMoved::of(asked, event);
        moved.reversed_at = paid_back.then_some(asked.asked_at);
        self.write(caller.actor, "undoing_found", |w| {
            w.record(moved, None, None)?;
            Ok(true)
        })
    }
}

/// 5203: a settlement as the centre has it now.
fn there(caller: &Caller<'_>, about: &About, settlement: &str) -> Option<ask::SettlementFound> {
    let input = Data::from(ask::SettlementQuery {
        psn_no: about.coverage.person_number.clone(),
        setl_id: settlement.to_owned(),
        mdtrt_id: about.platform_visit.clone(),
    });
    match caller.ask::<T5203>(&about.coverage.place, &input) {
        Outcome::Success(found) => Some(found.output),
        Outcome::Refused(_) | Outcome::Unknown(_) | Outcome::NotSent { .. } => None,
    }
}

/// The batch whose 2207 made it, if that was one of this clinic's and is not in force.
fn orphan_of(
    tx: &mut Tx<'_>,
    actor: &Actor,
    (settlement, message): (&str, &str),
) -> Result<Option<BatchId>> {
    let clinic = &actor.clinic;
    let Some(id) = query::message(tx, clinic, message)?.and_then(|message| message.batch) else {
        return Ok(None);
    };
    let Some(batch) = query::batch(tx, clinic, &id)? else {
        return Ok(None);
    };
    // While it is not known what became of its own call it is found out first.
    let stands = rows::is_booked(tx, clinic, &batch.visit, settlement)?;
    Ok((!stands && !batch.state.in_flight()).then_some(id))
}

fn money_of(amounts: &Amounts) -> Money {
    Money {
        total: amounts.total,
        fund: amounts.fund,
        account: amounts.account,
    }
}

fn orphan(
    caller: &Caller<'_>,
    about: About,
    (message, day): (&str, Date),
    found: &ask::SettlementFound,
) -> Option<Orphan> {
    let info = &found.setlinfo;
    let amounts = amounts_of_reply(&found.as_settled(), &caller.setup.gateway.region)?;
    let settled_at = parse_date_time(&info.setl_time)?;
    let said = (info.clr_type.as_str(), info.clr_optins.as_str());
    let (scheme, benefit) = (&about.coverage.scheme, &about.batch.benefit);
    let group = group(&caller.setup.gateway.region, scheme, benefit, said);
    let row = Undone {
        clinic: about.visit.clinic.clone(),
        id: EntryId::default(),
        batch: about.batch.id.clone(),
        visit: about.visit.id.clone(),
        platform_settlement: info.setl_id.clone(),
        settled_by: message.to_owned(),
        settled_at,
        scheme: group.scheme,
        clearing_type: group.clearing_type,
        clearing_office: group.office,
        total: amounts.total,
        fund: amounts.fund,
        account: amounts.account,
        cash: amounts.cash,
        state: UndoneState::Requested,
        message: String::new(),
        reversal: String::new(),
        reversed_at: None,
        day,
        asked_at: settled_at,
        actor: caller.actor.user.clone(),
    };
    let is_ours = info.medins_setl_id.is_empty() || info.medins_setl_id == message;
    is_ours.then_some(Orphan {
        about,
        row,
        amounts,
    })
}

/// 2208 of an orphan.
struct Undo2208 {
    orphan: Orphan,
}

impl Step for Undo2208 {
    fn begin(&self, w: &mut Writer<'_, '_>, caller: &Caller<'_>) -> Result<Pending> {
        let Orphan { about, row, .. } = &self.orphan;
        alone(w, &about.visit.id)?;
        let found = orphan_of(
            w.tx,
            caller.actor,
            (&row.platform_settlement, &row.settled_by),
        )?;
        if found.as_ref() != Some(&row.batch) {
            return refuse(Code::Changed);
        }
        let input = Data::from(settle::Reverse {
            setl_id: row.platform_settlement.clone(),
            mdtrt_id: about.platform_visit.clone(),
            psn_no: about.coverage.person_number.clone(),
        });
        // No batch: what becomes of this call moves none.
        let subject = Subject {
            batch: None,
            ..about.subject()
        };
        let pending = caller.issue::<T2208>(w, &subject, input)?;
        let undone = Undone {
            id: EntryId::new(w.who.now, w.rng),
            message: pending.id.0.clone(),
            asked_at: w.who.now,
            ..row.clone()
        };
        let requested = UndoingRequested {
            undone,
            digest: digest(&pending.bytes),
        };
        w.record(requested, None, None)?;
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
        let region: &Region = &caller.setup.gateway.region;
        let asked = rows::undone_by(w.tx, &w.who.clinic.clone(), &pending.id)?;
        let asked = asked.ok_or(Refusal::new(Code::NotFound))?;
        let event = match &outcome {
            Outcome::Success(found)
                if reversal_agrees(&found.output, &self.orphan.amounts, region) =>
            {
                UndoneEvent::Accept
            }
            Outcome::Success(_) | Outcome::Unknown(_) => UndoneEvent::Lose,
            Outcome::Refused(_) => UndoneEvent::Refuse,
            Outcome::NotSent { .. } => UndoneEvent::NotSent,
        };
        let mut moved = UndoingMoved::of(&asked, event);
        if let (UndoneEvent::Accept, Outcome::Success(found)) = (event, &outcome) {
            let info = &found.output.setlinfo;
            moved.reversal.clone_from(&info.setl_id);
            moved.reversed_at = parse_date_time(&info.setl_time).or(Some(w.who.now));
        }
        w.record(moved, None, None)?;
        Ok(match event {
            UndoneEvent::Accept => Next::Done,
            _ => Next::Stop(told(&outcome)),
        })
    }
}

/// What clinics had undone from a day's page.
pub(super) fn shown<'a>(
    tx: &mut Tx<'_>,
    under: &UnderCode,
    clinics: impl Iterator<Item = &'a ClinicId>,
    day: Date,
) -> Result<Vec<UndoneView>> {
    let mut views = Vec::new();
    for clinic in clinics {
        for undone in rows::undone_from(tx, clinic, day)? {
            let by = under.name_of(tx, &undone.actor)?;
            views.push(UndoneView { undone, by });
        }
    }
    Ok(views)
}

/// Nobody waits for its answer any more.
pub(crate) fn lose_undoing(w: &mut Writer<'_, '_>, message: &MessageId) -> Result<()> {
    let asked = rows::undone_by(w.tx, &w.who.clinic.clone(), message)?;
    match asked.filter(|asked| asked.state == UndoneState::Requested) {
        Some(asked) => Ok(w.record(UndoingMoved::of(&asked, UndoneEvent::Lose), None, None)?),
        None => Ok(()),
    }
}
