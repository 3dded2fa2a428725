//! 申诉: an appeal against a deduction, once and in time, and what the office makes of it.

use cunyi_domain::clearing::{Appeal, appeal_of};
use cunyi_domain::fact::ClearingEntered;
use cunyi_domain::ids::EntryId;
use cunyi_domain::ledger::{ClearingEntry, ClearingKind};
use cunyi_domain::money::Fen;
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_domain::time::civil::Date;
use cunyi_store::{Tx, Writer, clearing as rows};

use super::{Desk, given};
use crate::App;
use crate::error::{Result, refuse, refuse_at};
use crate::permission::Action;
use crate::views::{Actor, AppealForm, AppealView};

impl App {
    /// Enters an appeal, or its outcome.
    pub fn appeal_clearing(&self, actor: &Actor, form: &AppealForm) -> Result<()> {
        actor.must(Action::Clear)?;
        self.write_book(actor, "appeal_clearing", |w, desk| {
            let entry = read(w, desk, form)?;
            Ok(w.record(ClearingEntered { entry }, None, None)?)
        })
    }
}

fn read(w: &mut Writer<'_, '_>, desk: &Desk<'_>, form: &AppealForm) -> Result<ClearingEntry> {
    let deduction = rows::held_entry(w.tx, desk.under.keeper(), &form.deduction)?;
    let deduction = deduction.ok_or(Refusal::new(Code::NotFound))?;
    let all = desk.book(w.tx, deduction.period())?.entries;
    let Some(appeal) = appeal_of(&deduction, &all) else {
        return refuse(Code::WrongState);
    };
    let amount = amount(&appeal, form)?;
    let since = appeal.appealed.unwrap_or(&deduction).on_day;
    if !(since..=w.who.now.date()).contains(&form.on) {
        return refuse_at(Code::BadText, "clearing_on");
    }
    Ok(ClearingEntry {
        id: EntryId::new(w.who.now, w.rng),
        kind: form.kind,
        amount,
        on_day: form.on,
        appeal_by: None,
        reason: given(&form.reason, "reason")?,
        about: Some(deduction.id.clone()),
        entered_at: w.who.now,
        actor: w.who.actor.clone(),
        ..deduction.clone()
    })
}

/// How much it is about, if it may be entered: the whole deduction, but for what is given back.
fn amount(appeal: &Appeal<'_>, form: &AppealForm) -> Result<Fen> {
    let whole = appeal.deduction.amount;
    match (form.kind, appeal.appealed, appeal.outcome) {
        (ClearingKind::Appealed, None, _) => in_time(appeal, form.on).map(|()| whole),
        (ClearingKind::Restored | ClearingKind::Confirmed, None, _) => refuse(Code::WrongState),
        (ClearingKind::Restored, _, None) if form.amount <= Fen::ZERO || form.amount > whole => {
            refuse_at(Code::BadNumber, "amount")
        }
        (ClearingKind::Restored, _, None) => Ok(form.amount),
        (ClearingKind::Confirmed, _, None) => Ok(whole),
        (kind, ..) if kind.is_about() => refuse(Code::AppealedAlready),
        _ => refuse_at(Code::BadText, "clearing_kind"),
    }
}

fn in_time(appeal: &Appeal<'_>, on: Date) -> Result<()> {
    match appeal.deduction.appeal_by {
        Some(by) if on > by => Err(Refusal::at(Code::AppealLate, "clearing_on")
            .with("by", by)
            .into()),
        _ => Ok(()),
    }
}

/// Refuses to take out what a later entry is about.
pub(super) fn last_word(wrong: &ClearingEntry, all: &[ClearingEntry]) -> Result<()> {
    let deduction = all
        .iter()
        .find(|entry| Some(&entry.id) == wrong.about.as_ref());
    let appeal = appeal_of(deduction.unwrap_or(wrong), all);
    let followed = appeal.is_some_and(|appeal| match wrong.kind {
        ClearingKind::Deducted => appeal.appealed.is_some(),
        ClearingKind::Appealed => appeal.outcome.is_some(),
        _ => false,
    });
    if followed {
        return refuse(Code::AppealedAlready);
    }
    Ok(())
}

impl Desk<'_> {
    /// What was said of a deduction, as it is shown.
    pub(super) fn appeal(&self, tx: &mut Tx<'_>, appeal: &Appeal<'_>) -> Result<AppealView> {
        let by = match appeal.appealed {
            Some(entry) => Some((entry.clone(), self.under.name_of(tx, &entry.actor)?)),
            None => None,
        };
        let outcome = appeal.outcome.map(|entry| (entry.kind, entry.amount));
        Ok(AppealView {
            by,
            outcome,
            late: appeal.late(self.today),
            open: appeal.open(self.today),
        })
    }
}
