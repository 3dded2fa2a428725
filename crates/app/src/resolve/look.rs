//! Looking at the platform for a lost 2207 or 2208: 5204 tells which settlement holds the batch's
//! lines, 5203 tells the settlement.

use cunyi_domain::amounts::Amounts;
use cunyi_domain::resolve::Finding;
use cunyi_domain::time::Moment;
use cunyi_gateway::Outcome;
use cunyi_gateway::message::query::{SettlementFound, SettlementQuery};
use cunyi_gateway::message::{Data, T5203, T5204, charge};
use cunyi_store::Writer;
use cunyi_store::local::MessageState;

use super::{Case, REVERSING, mark, record_evidence, still};
use crate::App;
use crate::error::Result;
use crate::reverse::{By, PaidBack, in_force, paid_back};
use crate::settle::{About, amounts_of_reply, settled};
use crate::step::Caller;

/// What a look showed.
pub(super) struct Seen {
    pub finding: Finding,
    infno: &'static str,
    /// The `setl_id`; empty where none.
    id: String,
    /// The settlement, where it is this batch's.
    pub settlement: Option<Box<(SettlementFound, Amounts)>>,
}

impl Seen {
    fn nothing_of(finding: Finding, infno: &'static str) -> Self {
        Self {
            finding,
            infno,
            id: String::new(),
            settlement: None,
        }
    }

    /// No answer, or a refusal.
    fn unanswered<T>(outcome: &Outcome<T>, infno: &'static str) -> Self {
        let refused = matches!(outcome, Outcome::Refused(_));
        let finding = if refused {
            Finding::Refused
        } else {
            Finding::Silent
        };
        Self::nothing_of(finding, infno)
    }
}

impl App {
    /// Looks once, and records what it shows with what follows from it.
    pub(super) fn look(&self, caller: &Caller<'_>, case: &Case) -> Result<()> {
        let asked = self.asked(caller, case)?;
        let seen = match case.batch.state {
            REVERSING => asked.settlement(caller, case, &asked.standing),
            _ => asked.settlements(caller, case),
        };
        self.write(caller.actor, "look", |w| record(w, caller, case, &seen))
    }

    pub(super) fn asked(&self, caller: &Caller<'_>, case: &Case) -> Result<Asked> {
        let clinic = &caller.actor.clinic;
        self.write(caller.actor, "look_begin", |w| {
            let about = About::read(w, clinic, &case.batch.id)?;
            let lines = about.charges(w)?.into_iter().map(|c| c.id.0).collect();
            let standing = match case.batch.state {
                REVERSING => in_force(w, &about.batch)?.platform_settlement,
                _ => String::new(),
            };
            Ok(Asked {
                about,
                lines,
                standing,
            })
        })
    }
}

/// What is asked about.
pub(super) struct Asked {
    about: About,
    /// The batch's lines: `feedetl_sn`.
    lines: Vec<String>,
    /// The `setl_id` that a lost 2208 was to reverse.
    standing: String,
}

impl Asked {
    /// A lost 2207: the settlements that hold the batch's lines.
    fn settlements(&self, caller: &Caller<'_>, case: &Case) -> Seen {
        let about = &self.about;
        let query: Data<charge::FeeQuery> = charge::FeeQuery {
            psn_no: about.coverage.person_number.clone(),
            setl_id: String::new(),
            mdtrt_id: about.platform_visit.clone(),
        }
        .into();
        let list = match caller.ask::<T5204>(&about.coverage.place, &query) {
            Outcome::Success(found) if case.is_old(caller, found.respond_time) => {
                return Seen::nothing_of(Finding::Silent, "5204");
            }
            Outcome::Success(found) => found.output.data,
            other => return Seen::unanswered(&other, "5204"),
        };
        let ours = list
            .iter()
            .filter(|row| self.lines.contains(&row.feedetl_sn));
        let mut ids: Vec<&str> = ours.map(|row| row.setl_id.as_str()).collect();
        ids.sort_unstable();
        ids.dedup();
        // Lines that are not settled bear none.
        let unlisted = ids.is_empty();
        ids.retain(|id| !id.is_empty());
        match ids.as_slice() {
            [] if unlisted => Seen::nothing_of(Finding::Unlisted, "5204"),
            [] => Seen::nothing_of(Finding::Nothing, "5204"),
            [id] => self.settlement(caller, case, id),
            _ => Seen::nothing_of(Finding::Contradicts, "5204"),
        }
    }

    /// One settlement, and whether it is what was asked for.
    pub fn settlement(&self, caller: &Caller<'_>, case: &Case, id: &str) -> Seen {
        let about = &self.about;
        let query: Data<SettlementQuery> = SettlementQuery {
            psn_no: about.coverage.person_number.clone(),
            setl_id: id.to_owned(),
            mdtrt_id: about.platform_visit.clone(),
        }
        .into();
        let found = match caller.ask::<T5203>(&about.coverage.place, &query) {
            Outcome::Success(found) if case.is_old(caller, found.respond_time) => {
                return Seen::nothing_of(Finding::Silent, "5203");
            }
            Outcome::Success(found) => found.output,
            other => return Seen::unanswered(&other, "5203"),
        };
        let paid_back = found.is_paid_back();
        let finding = if paid_back {
            Finding::PaidBack
        } else {
            Finding::InForce
        };
        let region = &caller.setup.gateway.region;
        let amounts = amounts_of_reply(&found.as_settled(), region);
        let settlement = amounts
            .filter(|a| a.total == about.batch.total)
            .filter(|_| case.may_have_made(&found.setlinfo.medins_setl_id))
            .map(|amounts| Box::new((found, amounts)));
        let finding = if settlement.is_some() {
            finding
        } else {
            Finding::Contradicts
        };
        Seen {
            finding,
            infno: "5203",
            id: id.to_owned(),
            settlement,
        }
    }
}

impl Case {
    /// True if the settlement that bears this msgid is the batch's. What a lost 2208 was to reverse
    /// is known by its `setl_id`.
    fn may_have_made(&self, message: &str) -> bool {
        self.batch.state == REVERSING || self.messages.iter().any(|m| m == message)
    }

    /// True if the platform gave this answer before the bound, though it has passed here: it is an
    /// earlier question's, or our clock was moved. It does not show how things stand after the bound.
    fn is_old(&self, caller: &Caller<'_>, answered: Option<Moment>) -> bool {
        let bounds = caller.setup.bounds();
        let bound = self.lost().bound(&bounds);
        // Of some platforms' times only the second is told.
        let before = |at: Moment| bound.0 - at.0 >= 1_000_000;
        caller.app.now() >= bound && answered.is_some_and(before)
    }
}

/// Records a look, and what follows from it, unless something became of the batch meanwhile.
pub(super) fn record(
    w: &mut Writer<'_, '_>,
    caller: &Caller<'_>,
    case: &Case,
    seen: &Seen,
) -> Result<()> {
    if still(w, case)?.is_none() {
        return Ok(());
    }
    let about = About::read(w, &caller.actor.clinic, &case.batch.id)?;
    let told = (seen.infno, seen.finding, seen.id.as_str());
    record_evidence(w, &about.batch, &about.visit.patient, told)?;
    let Some(settlement) = &seen.settlement else {
        return Ok(());
    };
    let (found, amounts) = settlement.as_ref();
    let paid_back = seen.finding == Finding::PaidBack;
    if case.batch.state == REVERSING {
        let message = about.batch.intent.clone().unwrap_or_default();
        return if paid_back {
            reversed(w, caller.app, &about, (&message, case.lost().called_at))
        } else {
            Ok(())
        };
    }
    let bounds = caller.setup.bounds();
    if !case.lost().is_certain(&bounds, w.who.now) {
        return Ok(());
    }
    adopt(w, &about, found, amounts)?;
    if paid_back {
        let about = About::read(w, &caller.actor.clinic, &case.batch.id)?;
        return reversed(w, caller.app, &about, ("", w.who.now));
    }
    Ok(())
}

/// The settlement stands at the platform: so it does here.
fn adopt(
    w: &mut Writer<'_, '_>,
    about: &About,
    found: &SettlementFound,
    amounts: &Amounts,
) -> Result<()> {
    let message = &found.setlinfo.medins_setl_id;
    let info = &found.as_settled().setlinfo;
    settled(w, about, (message, None), info, amounts)?;
    mark(w, &about.visit.clinic, message, MessageState::Success)
}

/// It was paid back at the platform, under a `setl_id` that only the 3202 file tells.
/// `message` is our 2208's, if it was ours; it was done when that was sent, or some minutes later.
fn reversed(
    w: &mut Writer<'_, '_>,
    app: &App,
    about: &About,
    (message, settled_at): (&str, Moment),
) -> Result<()> {
    let by = By {
        platform_settlement: "",
        message,
        settled_at,
    };
    let told = PaidBack::as_wanted(w, &about.batch, by, false)?;
    paid_back(w, app, (&about.batch, &about.visit), &told)?;
    mark(w, &about.visit.clinic, message, MessageState::Success)
}
