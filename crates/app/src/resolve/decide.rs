//! Where the program cannot find out by itself a person says what she learnt from the centre, and
//! only what the evidence allows.

use cunyi_domain::ids::BatchId;
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_domain::resolve::{Choices, Finding};
use cunyi_domain::time::Moment;
use cunyi_gateway::message::settle::SetlInfo;
use cunyi_store::local::MessageState;
use cunyi_store::query;

use super::look::record;
use super::{Case, REVERSING, mark, record_absent, record_evidence, still};
use crate::App;
use crate::error::{AppError, Result, refuse, refuse_at};
use crate::permission::Action;
use crate::reverse::{By, PaidBack, paid_back, read_reason};
use crate::settle::{About, amounts_of_reply, settled};
use crate::step::Caller;
use crate::views::Actor;

/// What says that a lost call was done, without its figures.
#[derive(Clone, Copy)]
pub(crate) struct Told<'a> {
    /// `infno` of what said it; empty: a person.
    pub infno: &'a str,
    /// What it is evidence of.
    pub finding: Finding,
    /// The `setl_id`.
    pub id: &'a str,
    /// The msgid that did it, where that was told.
    pub message: Option<&'a str>,
    /// When, where that was told.
    pub settled_at: Option<Moment>,
}

impl<'a> Told<'a> {
    fn by_person(id: &'a str) -> Self {
        Self {
            infno: "",
            finding: Finding::ToldDone,
            id,
            message: None,
            settled_at: None,
        }
    }
}

/// Longest `setl_id` (nhsa-interface §2.13: AN(30)).
const MOST_ID: usize = 30;

impl App {
    /// 认账: it was done, under that `setl_id`. Where 5203 answers, its figures count and must be this
    /// batch's; where the region answers no question, those of the pre-settlement do.
    pub fn adopt(&self, actor: &Actor, batch: &BatchId, settlement: &str) -> Result<()> {
        actor.must(Action::Settle)?;
        let id = settlement.trim();
        let good = |b: u8| b.is_ascii_alphanumeric();
        if id.is_empty() || id.len() > MOST_ID || !id.bytes().all(good) {
            return refuse_at(Code::BadText, "settlement");
        }
        let (case, choices) = self.undecided(actor, batch)?;
        if !choices.done {
            return refuse(Code::WrongState);
        }
        let caller = self.caller(actor)?;
        if case.batch.state == REVERSING {
            return self.done(&caller, &case, Told::by_person(id));
        }
        let asked = self.asked(&caller, &case)?;
        let seen = asked.settlement(&caller, &case, id);
        match seen.finding {
            Finding::Silent => refuse(Code::CentreSilent),
            Finding::Refused if !caller.setup.gateway.region.lost_calls.queries => {
                self.done(&caller, &case, Told::by_person(id))
            }
            Finding::InForce | Finding::PaidBack => {
                self.write(actor, "adopt", |w| record(w, &caller, &case, &seen))
            }
            _ => refuse_at(Code::SettlementDiffers, "settlement"),
        }
    }

    /// 按没有办处理: the centre says that it was not done. Allowed once the region's bound has passed.
    pub fn not_done(&self, actor: &Actor, batch: &BatchId, reason: &str) -> Result<()> {
        actor.must(Action::Settle)?;
        let reason = read_reason(reason)?;
        let (case, choices) = self.undecided(actor, batch)?;
        if !choices.not_done {
            return refuse(Code::WrongState);
        }
        self.write(actor, "not_done", |w| {
            let Some(batch) = still(w, &case)? else {
                return refuse(Code::WrongState);
            };
            let told = ("", Finding::ToldNotDone, "");
            record_evidence(w, &batch, &case.visit.patient, told)?;
            record_absent(w, &case, &batch, &reason)
        })
    }

    /// The batch, and what may be said of it.
    fn undecided(&self, actor: &Actor, batch: &BatchId) -> Result<(Case, Choices)> {
        let bounds = self.setup(&actor.clinic)?.bounds();
        let db = self.parts.store.db();
        let case = db.read("undecided", |tx| -> Result<_> {
            let row = query::batch(tx, &actor.clinic, batch)?;
            row.ok_or(Refusal::new(Code::NotFound))?;
            Case::read(tx, &actor.clinic, batch)
        })?;
        let case = case.ok_or(Refusal::new(Code::WrongState))?;
        let choices = case.lost().choices(&bounds, self.now());
        Ok((case, choices))
    }

    /// On that word alone: the figures are those of the pre-settlement.
    pub(crate) fn done(&self, caller: &Caller<'_>, case: &Case, told: Told<'_>) -> Result<()> {
        self.write(caller.actor, "told_done", |w| {
            let Some(batch) = still(w, case)? else {
                return refuse(Code::WrongState);
            };
            let seen = (told.infno, told.finding, told.id);
            record_evidence(w, &batch, &case.visit.patient, seen)?;
            let about = About::read(w, &caller.actor.clinic, &batch.id)?;
            let message = batch.intent.clone().unwrap_or_default();
            if batch.state == REVERSING {
                let by = By {
                    platform_settlement: told.id,
                    message: &message,
                    settled_at: told.settled_at.unwrap_or(case.lost().called_at),
                };
                let told = PaidBack::as_wanted(w, &batch, by, false)?;
                paid_back(w, self, (&batch, &about.visit), &told)?;
            } else {
                let sent = query::messages(w.tx, &batch.clinic, &batch.visit)?;
                let (actor, setup) = (caller.actor, &caller.setup);
                let reply = self.last_reply(w.tx, actor, setup, &batch, &sent)?;
                let amounts = reply.and_then(|r| amounts_of_reply(&r, &setup.gateway.region));
                let amounts = amounts.filter(|a| a.total == batch.total);
                let amounts = amounts
                    .ok_or_else(|| AppError::Failed("a pre-settlement without figures".into()))?;
                let info = SetlInfo {
                    setl_id: told.id.to_owned(),
                    setl_time: told.settled_at.map_or_else(String::new, Moment::date_time),
                    ..SetlInfo::default()
                };
                settled(
                    w,
                    &about,
                    (told.message.unwrap_or(&message), None),
                    &info,
                    &amounts,
                )?;
            }
            let done = told.message.unwrap_or(&message);
            mark(w, &batch.clinic, done, MessageState::Success)
        })
    }
}
