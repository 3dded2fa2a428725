//! 3203 清算申请. Its intent is committed before the bytes leave, and it is sent once: an answer that is
//! lost is asked for by a person, at the office (nhsa-interface §5.1).
//!
//! No message is kept of it: its sums stand in the fact, with the digest of its bytes.

use cunyi_domain::clearing::{Asked, Period};
use cunyi_domain::fact::{ClearingMoved, ClearingRequested};
use cunyi_domain::ids::EntryId;
use cunyi_domain::journal::digest;
use cunyi_domain::ledger::{Clearing, ClearingPart, ClearingState};
use cunyi_domain::money::Quantity;
use cunyi_domain::reconcile::Group;
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_domain::time::civil::Date;
use cunyi_gateway::Outcome;
use cunyi_gateway::message::clearing::{ClearingApplication, ClearingApplied};
use cunyi_gateway::message::{Data, T3203};
use cunyi_store::{Writer, clearing as rows};

use super::{Desk, LONGEST, given};
use crate::App;
use crate::error::{Result, refuse};
use crate::patient::bounded;
use crate::permission::Action;
use crate::step::{Caller, told};
use crate::views::{Actor, ApplyForm};

/// A committed application.
struct Sent {
    id: EntryId,
    message: String,
    bytes: Vec<u8>,
    input: Data<ClearingApplication>,
}

impl App {
    /// Applies for a period's clearing of one type.
    pub fn apply_for_clearing(&self, actor: &Actor, form: &ApplyForm) -> Result<()> {
        actor.must(Action::Clear)?;
        let reason = bounded(&form.reason, "reason", LONGEST)?;
        self.write_book(actor, "may_clear", |_, _| Ok(()))?;
        let caller = self.caller(actor)?;
        let sent = self.write_book(actor, "begin_clearing", |w, desk| {
            self.begin(w, &caller, desk, form, reason)
        })?;
        let gateway = &caller.setup.gateway;
        let answer = caller.post(gateway.infno::<T3203>(), sent.bytes, "");
        let outcome = gateway.decode::<T3203>(&sent.message, &sent.input, &answer);
        let moved = moved(sent.id, &outcome);
        self.write_book(actor, "finish_clearing", |w, _| {
            Ok(w.record(moved, None, None)?)
        })?;
        match outcome {
            Outcome::Success(_) => Ok(()),
            other => Err(told(&other).into()),
        }
    }

    /// Records what a person was told at the office about an application whose answer is lost.
    pub fn clearing_told(
        &self,
        actor: &Actor,
        id: &EntryId,
        applied: bool,
        by: &str,
    ) -> Result<()> {
        actor.must(Action::Clear)?;
        let said = given(by, "told_by")?;
        self.write_book(actor, "clearing_told", |w, desk| {
            let asked = rows::application(w.tx, desk.under.keeper(), id)?;
            let asked = asked.ok_or(Refusal::new(Code::NotFound))?;
            if asked.state != ClearingState::Unknown {
                return refuse(Code::WrongState);
            }
            let moved = ClearingMoved {
                clearing: asked.id,
                from: ClearingState::Unknown,
                to: if applied {
                    ClearingState::Applied
                } else {
                    ClearingState::NotApplied
                },
                event: String::new(),
                said,
            };
            Ok(w.record(moved, None, None)?)
        })
    }

    fn begin(
        &self,
        w: &mut Writer<'_, '_>,
        caller: &Caller<'_>,
        desk: &Desk<'_>,
        form: &ApplyForm,
        reason: String,
    ) -> Result<Sent> {
        let today = w.who.now.date();
        let period = desk.period(form.from, today)?;
        if !period.over(today) {
            return Err(Refusal::new(Code::PeriodOpen).with("to", period.to).into());
        }
        if desk.book(w.tx, period)?.stands(&form.clearing_type) {
            return refuse(Code::AppliedAlready);
        }
        let mut settled = desk.settled(w.tx, period)?;
        settled.retain(|group, _| group.clearing_type == form.clearing_type);
        let asked: Asked = settled.values().copied().sum();
        if asked.count == 0 {
            return refuse(Code::NothingToCharge);
        }
        if asked.claim() != form.claim {
            let changed = Refusal::new(Code::SumChanged);
            let changed = changed.with("old", form.claim).with("new", asked.claim());
            return Err(changed.into());
        }
        self.days_agree(w, desk, period, &reason)?;
        let gateway = &caller.setup.gateway;
        let id = EntryId::new(w.who.now, w.rng);
        let message = caller.next_intent(w)?.msgid(&gateway.institution.code);
        let clr_way = desk.region().clearing.clr_way.clone();
        let input = Data::from(application(&form.clearing_type, clr_way, period, &asked));
        let bytes = gateway.encode::<T3203>(&caller.header(&message, ""), &input);
        let clearing = Clearing {
            clinic: w.who.clinic.clone(),
            id: id.clone(),
            from_day: period.from,
            to_day: period.to,
            clearing_type: form.clearing_type.clone(),
            state: ClearingState::Requested,
            message: message.clone(),
            event: String::new(),
            said: String::new(),
            reason,
            applied_at: w.who.now,
            actor: w.who.actor.clone(),
        };
        let parts = settled
            .iter()
            .map(|(group, asked)| part(&clearing, group, asked));
        let requested = ClearingRequested {
            parts: parts.collect(),
            clearing,
            digest: digest(&bytes),
        };
        w.record(requested, None, None)?;
        Ok(Sent {
            id,
            message,
            bytes,
            input,
        })
    }

    /// Every day of the period is green, or she says why it is applied for all the same.
    fn days_agree(
        &self,
        w: &mut Writer<'_, '_>,
        desk: &Desk<'_>,
        period: Period,
        reason: &str,
    ) -> Result<()> {
        let apart = self.not_green(w.tx, desk.actor, &desk.under, period.days())?;
        if apart.is_empty() || !reason.is_empty() {
            return Ok(());
        }
        let days: Vec<String> = apart.iter().map(Date::to_string).collect();
        let differ = Refusal::at(Code::DaysDiffer, "reason");
        Err(differ.with("days", days.join(" ")).into())
    }
}

/// What an answer makes of an application. What certainly did not leave is as good as refused: it may be
/// applied for again.
fn moved(clearing: EntryId, outcome: &Outcome<ClearingApplied>) -> ClearingMoved {
    let (to, event, said) = match outcome {
        Outcome::Success(success) => {
            let event = success.output.result.clr_appy_evt_id.clone();
            (ClearingState::Applied, event, String::new())
        }
        Outcome::Refused(refusal) => (ClearingState::Refused, String::new(), refusal.text.clone()),
        Outcome::NotSent { .. } => (ClearingState::Refused, String::new(), String::new()),
        Outcome::Unknown(_) => (ClearingState::Unknown, String::new(), String::new()),
    };
    ClearingMoved {
        clearing,
        from: ClearingState::Requested,
        to,
        event,
        said,
    }
}

fn application(
    clearing_type: &str,
    clr_way: String,
    period: Period,
    asked: &Asked,
) -> ClearingApplication {
    ClearingApplication {
        clr_type: clearing_type.to_owned(),
        clr_way,
        setlym: period.from.strftime("%Y%m").to_string(),
        psntime: Quantity::whole(asked.count).into(),
        medfee_sumamt: asked.total.into(),
        med_sumfee: asked.total.into(),
        fund_appy_sum: asked.fund.into(),
        cash_payamt: asked.cash.into(),
        acct_pay: asked.account.into(),
        begndate: period.from.to_string(),
        enddate: period.to.to_string(),
        ..ClearingApplication::default()
    }
}

fn part(clearing: &Clearing, group: &Group, asked: &Asked) -> ClearingPart {
    ClearingPart {
        clinic: clearing.clinic.clone(),
        clearing: clearing.id.clone(),
        scheme: group.scheme.clone(),
        office: group.office.clone(),
        count: asked.count,
        total: asked.total,
        fund: asked.fund,
        account: asked.account,
        cash: asked.cash,
    }
}
