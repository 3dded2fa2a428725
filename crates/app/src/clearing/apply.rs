//! 3203 清算申请 of a period that is over, whose days agree, and that nobody has applied for.

use cunyi_domain::clearing::{Asked, ClearingState, Period};
use cunyi_domain::fact::ClearingRequested;
use cunyi_domain::ids::EntryId;
use cunyi_domain::journal::digest;
use cunyi_domain::ledger::{Clearing, ClearingPart};
use cunyi_domain::money::Quantity;
use cunyi_domain::reconcile::Group;
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_domain::time::civil::Date;
use cunyi_gateway::message::clearing::ClearingApplication;
use cunyi_gateway::message::{Data, T3203};
use cunyi_store::Writer;

use super::send::Sent;
use super::{Desk, LONGEST};
use crate::App;
use crate::error::{Result, refuse};
use crate::patient::bounded;
use crate::step::Caller;
use crate::views::{Actor, ApplyForm};

impl App {
    /// Applies for a period's clearing of one type.
    pub fn apply_for_clearing(&self, actor: &Actor, form: &ApplyForm) -> Result<()> {
        self.send_clearing::<T3203>(
            actor,
            |w, caller, desk| self.begin(w, caller, desk, form),
            |output| Some(output.result.clr_appy_evt_id.clone()),
        )
    }

    fn begin(
        &self,
        w: &mut Writer<'_, '_>,
        caller: &Caller<'_>,
        desk: &Desk<'_>,
        form: &ApplyForm,
    ) -> Result<Sent<T3203>> {
        let reason = bounded(&form.reason, "reason", LONGEST)?;
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
        let message = caller.next_intent(w)?.msgid(&gateway.institution.code);
        let clr_way = desk.region().clearing.clr_way.clone();
        let input = Data::from(application(&form.clearing_type, clr_way, period, &asked));
        let bytes = gateway.encode::<T3203>(&caller.header(&message, ""), &input);
        let clearing = Clearing {
            clinic: w.who.clinic.clone(),
            id: EntryId::new(w.who.now, w.rng),
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
            withdrawal: String::new(),
            withdrawal_reason: String::new(),
            withdrawn_at: None,
            withdrawn_by: None,
        };
        let parts = settled
            .iter()
            .map(|(group, asked)| part(&clearing, group, asked));
        let requested = ClearingRequested {
            parts: parts.collect(),
            clearing: clearing.clone(),
            digest: digest(&bytes),
        };
        w.record(requested, None, None)?;
        Ok(Sent {
            row: clearing,
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
