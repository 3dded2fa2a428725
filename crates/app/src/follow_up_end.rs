//! 终止管理: who died, moved away, was lost or declines is not called for follow-ups any more, until she is again.

use std::collections::HashMap;

use cunyi_domain::fact::{FollowUpEnded, FollowUpRecorded, FollowUpResumed};
use cunyi_domain::ids::{EntryId, PatientId, UserId};
use cunyi_domain::ledger::{EndWhy, FollowUpEnd, Patient};
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_domain::time::parse_date;
use cunyi_store::{Tx, Writer, query};

use crate::App;
use crate::access::names;
use crate::error::{Result, refuse, refuse_at};
use crate::follow_up::MOST_CALLED;
use crate::patient::{bounded, form_of};
use crate::permission::{Action, may};
use crate::views::{Actor, EndForm, EndView, EndedView};
use crate::visit::age;

/// Longest words, in characters.
const MOST_WORDS: usize = 200;

impl App {
    /// Calls a patient no more. Of who died the day and the cause are wanted.
    pub fn end_follow_ups(&self, actor: &Actor, id: &PatientId, form: &EndForm) -> Result<()> {
        actor.must(Action::Treat)?;
        let today = self.now().date();
        self.write(actor, "end_follow_ups", |w| {
            let patient = patient(w.tx, actor, id)?;
            let why = EndWhy::from_text(&form.why);
            let why = why.ok_or(Refusal::at(Code::ReasonMissing, "why"))?;
            let day = parse_date(form.day.trim()).ok_or(Refusal::at(Code::BadText, "end_day"))?;
            if day > today || patient.birth_date.is_some_and(|birth| day < birth) {
                return refuse_at(Code::BadText, "end_day");
            }
            let words = bounded(&form.words, "end_words", MOST_WORDS)?;
            if why == EndWhy::Died && words.is_empty() {
                return refuse_at(Code::Missing, "end_words");
            }
            if query::follow_up_end(w.tx, &actor.clinic, id)?.is_some() {
                return refuse(Code::Changed);
            }
            let body = FollowUpEnded {
                id: EntryId::new(w.who.now, w.rng),
                patient: id.clone(),
                why,
                day,
                words,
            };
            Ok(w.record(body, Some(id), None)?)
        })
    }

    /// Calls her again.
    pub fn resume_follow_ups(&self, actor: &Actor, id: &PatientId) -> Result<()> {
        actor.must(Action::Treat)?;
        self.write(actor, "resume_follow_ups", |w| {
            patient(w.tx, actor, id)?;
            let end = query::follow_up_end(w.tx, &actor.clinic, id)?;
            resume(w, end.ok_or(Refusal::new(Code::Changed))?)
        })
    }

    /// Who is not called any more, the last one first.
    pub fn ended_follow_ups(&self, actor: &Actor) -> Result<Vec<EndedView>> {
        actor.must(Action::ReadPatient)?;
        self.note_list(actor, "ended-follow-ups")?;
        let today = self.now().date();
        self.parts.store.db().read("ended_follow_ups", |tx| {
            let names = names(tx, &actor.clinic)?;
            let ends = query::follow_up_ends(tx, &actor.clinic, MOST_CALLED.into())?;
            let view = |row: FollowUpEnd| -> Result<EndedView> {
                let patient = patient(tx, actor, &row.patient)?;
                let fields = form_of(&patient, may(actor.role, Action::ReadNumbers));
                Ok(EndedView {
                    name: fields.name,
                    age: age(patient.birth_date, today),
                    patient: patient.id,
                    end: view_of(row, &names),
                })
            };
            ends.into_iter().map(view).collect()
        })
    }
}

fn patient(tx: &mut Tx<'_>, actor: &Actor, id: &PatientId) -> Result<Patient> {
    let found = query::patient(tx, &actor.clinic, id)?.filter(|row| !row.erased);
    Ok(found.ok_or(Refusal::new(Code::NotFound))?)
}

/// Who is followed up again is called again; not where an older follow-up is corrected, or comes late.
pub(crate) fn resume_with(
    w: &mut Writer<'_, '_>,
    actor: &Actor,
    recorded: &FollowUpRecorded,
) -> Result<()> {
    let end = query::follow_up_end(w.tx, &actor.clinic, &recorded.patient)?;
    match end.filter(|end| recorded.corrects.is_none() && recorded.day >= end.day) {
        Some(end) => resume(w, end),
        None => Ok(()),
    }
}

fn resume(w: &mut Writer<'_, '_>, end: FollowUpEnd) -> Result<()> {
    let body = FollowUpResumed {
        id: end.id,
        patient: end.patient.clone(),
    };
    Ok(w.record(body, Some(&end.patient), None)?)
}

/// As her page shows it.
pub(crate) fn end_view(tx: &mut Tx<'_>, actor: &Actor, id: &PatientId) -> Result<Option<EndView>> {
    let Some(row) = query::follow_up_end(tx, &actor.clinic, id)? else {
        return Ok(None);
    };
    Ok(Some(view_of(row, &names(tx, &actor.clinic)?)))
}

fn view_of(row: FollowUpEnd, names: &HashMap<UserId, String>) -> EndView {
    EndView {
        by: names.get(&row.actor).cloned().unwrap_or_default(),
        why: row.why,
        day: row.day,
        words: row.words,
        at: row.ended_at,
    }
}
