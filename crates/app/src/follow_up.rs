//! 慢病随访: a visit becomes a follow-up. The form is filled from what the visit and the last follow-up know,
//! confirmed, classified (`cunyi_followup`) and recorded; who is due is read from what was recorded.

use std::collections::HashMap;

use cunyi_catalogue::{Drug, Frequency};
use cunyi_domain::fact::{FollowUpRecorded, Personal};
use cunyi_domain::ids::{EntryId, UserId, VisitId};
use cunyi_domain::ledger::{Coverage, FollowUp, GlucoseKind, Patient, Visit, VisitState};
use cunyi_domain::money::format_decimal;
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_domain::time::{Moment, civil::Date, parse_date};
use cunyi_followup::{
    DrugPart, Field, Form, Judged, Previous, Said, Source, edition, form_on, forms,
};
use cunyi_store::{Tx, query};

use crate::App;
use crate::access::names;
use crate::error::{AppError, Result, refuse};
use crate::follow_up_end::resume_with;
use crate::patient::{bounded, form_of};
use crate::permission::{Action, may};
use crate::views::{
    Actor, DraftBody, DraftLine, DueView, Filing, FollowUpForm, FollowUpRow, FollowUpSheet,
    FollowUpView, FormOffer, Outcome, SheetRow, UnfollowedView,
};
use crate::visit::{age, read_filings};

/// Most entries of a list of whom to call, of one form.
pub const MOST_CALLED: u16 = 500;
/// Most follow-ups of one file.
const MOST_ROWS: i64 = 5000;
/// Most follow-ups of a patient that are looked through.
pub(crate) const MOST_BEFORE: i64 = 200;
/// Longest words that a form takes, in characters.
const MOST_WORDS: usize = 200;

/// Whom nobody has seen for longer is on no list, in microseconds.
const A_YEAR: i64 = 366 * 86_400_000_000;

/// A chronic illness that was diagnosed so long ago is one still, in microseconds: two years.
const REMEMBERED: i64 = 731 * 86_400_000_000;

/// A visit with whom it is about and the form that is to be filled.
struct Desk {
    visit: Visit,
    patient: Patient,
    form: &'static Form,
    /// What was recorded in this visit, oldest first.
    recorded: Vec<FollowUp>,
    /// The patient's other follow-ups on this form that stand, newest first.
    others: Vec<FollowUp>,
}

impl App {
    /// A visit's page of a form: what was recorded, or what is known before anybody types.
    pub fn follow_up(&self, actor: &Actor, visit: &VisitId, form: &str) -> Result<FollowUpView> {
        actor.must(Action::ReadRecord)?;
        let db = self.parts.store.db();
        let view = db.read("follow_up", |tx| {
            let desk = desk(tx, actor, visit, form)?;
            self.follow_up_view(tx, actor, desk)
        })?;
        self.note_access(actor, &view.patient)?;
        Ok(view)
    }

    /// What a form as it is typed comes to. Writes nothing.
    pub fn judge_follow_up(
        &self,
        actor: &Actor,
        visit: &VisitId,
        form: &str,
        said: &Said,
    ) -> Result<Outcome> {
        actor.must(Action::Treat)?;
        let today = self.now().date();
        self.parts.store.db().read("judge_follow_up", |tx| {
            let desk = desk(tx, actor, visit, form)?;
            desk.judge(said, today)
        })
    }

    /// Records a form. Where one stands for the visit, this one corrects it and wants a reason.
    pub fn record_follow_up(
        &self,
        actor: &Actor,
        visit: &VisitId,
        form: &str,
        wanted: &FollowUpForm,
    ) -> Result<Outcome> {
        actor.must(Action::Treat)?;
        let today = self.now().date();
        self.write(actor, "record_follow_up", |w| {
            let desk = desk(w.tx, actor, visit, form)?;
            if !desk.is_open() {
                return refuse(Code::WrongState);
            }
            let judged = match desk.judge(&wanted.said, today)? {
                Outcome::Judged(judged) => judged,
                problems @ Outcome::Problems(_) => return Ok(problems),
            };
            let stands = desk.stands();
            let reason = bounded(&wanted.reason, "reason", MOST_WORDS)?;
            if stands.is_some() && reason.is_empty() {
                return Err(Refusal::at(Code::ReasonMissing, "reason").into());
            }
            let taken_over = stands.is_none() && !desk.others.is_empty();
            if taken_over && !wanted.confirmed {
                return Err(Refusal::at(Code::LastUnconfirmed, "confirmed").into());
            }
            let corrects = stands.map(|row| row.id.clone());
            let personal = Personal::FollowUp {
                answers: written(&judged.answers.said(desk.form))?,
                reason: if corrects.is_some() {
                    reason
                } else {
                    String::new()
                },
            };
            let body = desk.body(&judged, EntryId::new(w.who.now, w.rng), corrects);
            w.record(body.clone(), Some(&desk.patient.id), Some(personal))?;
            resume_with(w, actor, &body)?;
            Ok(Outcome::Judged(judged))
        })
    }

    /// Whom to call: whose next follow-up is due up to a day, the longest overdue first.
    pub fn follow_ups_due(&self, actor: &Actor, up_to: Date) -> Result<Vec<DueView>> {
        actor.must(Action::ReadPatient)?;
        self.note_list(actor, "follow-ups")?;
        let today = self.now().date();
        self.parts.store.db().read("follow_ups_due", |tx| {
            let due = query::follow_ups_due(tx, &actor.clinic, up_to, MOST_CALLED.into())?;
            let view = |row: FollowUp| -> Result<DueView> {
                let patient = query::patient(tx, &actor.clinic, &row.patient)?;
                let patient = patient.ok_or(Refusal::new(Code::NotFound))?;
                let fields = form_of(&patient, may(actor.role, Action::ReadNumbers));
                Ok(DueView {
                    patient: patient.id,
                    name: fields.name,
                    phone: fields.phone,
                    age: age(patient.birth_date, today),
                    form: form_of_row(&row)?,
                    overdue: days_between(row.next_day, today),
                    next_day: row.next_day,
                    last: (row.day, row.visit, row.class),
                })
            };
            due.into_iter().map(view).collect()
        })
    }

    /// Who was seen within a year with an illness that is followed, or a filing of it, and was never followed up here.
    pub fn never_followed(&self, actor: &Actor) -> Result<Vec<UnfollowedView>> {
        actor.must(Action::ReadPatient)?;
        self.note_list(actor, "never-followed")?;
        let (now, in_full) = (self.now(), may(actor.role, Action::ReadNumbers));
        let since = Moment(now.0 - A_YEAR);
        let clinic = &actor.clinic;
        self.parts.store.db().read("never_followed", |tx| {
            let mut all = Vec::new();
            for form in ids().into_iter().filter_map(|id| form_on(id, now.date())) {
                let of = (&*form.id, &*form.diagnoses, &*form.filings);
                for row in query::never_followed(tx, (clinic, since), of, MOST_CALLED.into())? {
                    let patient = query::patient(tx, clinic, &row.patient)?;
                    let patient = patient.ok_or(Refusal::new(Code::NotFound))?;
                    let fields = form_of(&patient, in_full);
                    all.push(UnfollowedView {
                        patient: patient.id,
                        name: fields.name,
                        phone: fields.phone,
                        age: age(patient.birth_date, now.date()),
                        form,
                        seen: row.seen_at.date(),
                    });
                }
            }
            Ok(all)
        })
    }

    /// The follow-ups of a form from a day to a day, in the form's order for a file.
    pub fn follow_up_sheet(
        &self,
        actor: &Actor,
        form: &str,
        period: (Date, Date),
    ) -> Result<FollowUpSheet> {
        actor.must(Action::ReadPatient)?;
        self.note_list(actor, "follow-ups")?;
        let numbers = may(actor.role, Action::ReadNumbers);
        let form = form_on(form, period.1).ok_or(Refusal::new(Code::NotFound))?;
        let rows = self.parts.store.db().read("follow_up_sheet", |tx| {
            let clinic = &actor.clinic;
            let names = names(tx, clinic)?;
            let found = query::follow_ups_between(tx, clinic, &form.id, period, MOST_ROWS + 1)?;
            if i64::try_from(found.len()).is_ok_and(|count| count > MOST_ROWS) {
                return Err(Refusal::new(Code::PeriodTooLong)
                    .with("most", MOST_ROWS)
                    .into());
            }
            let row = |row: FollowUp| -> Result<SheetRow> {
                let patient = query::patient(tx, clinic, &row.patient)?;
                let patient = patient.ok_or(Refusal::new(Code::NotFound))?;
                let fields = form_of(&patient, numbers);
                Ok(SheetRow {
                    fields,
                    row: row_view(row, &names),
                })
            };
            found.into_iter().map(row).collect::<Result<Vec<_>>>()
        })?;
        Ok(FollowUpSheet { form, period, rows })
    }

    fn follow_up_view(&self, tx: &mut Tx<'_>, actor: &Actor, desk: Desk) -> Result<FollowUpView> {
        let names = names(tx, &actor.clinic)?;
        let setup = self.setup_in(tx, &actor.clinic)?;
        let stands = desk.stands().cloned();
        let (mut said, mut from_last, mut offers) = Default::default();
        if let Some(row) = &stands {
            said = read_said(row);
        } else {
            let draft = self.visit_view(tx, actor, &desk.visit.id)?.draft;
            let known = Known::of(self, &desk, &draft);
            known.fill(&mut said, &mut from_last, &mut offers);
        }
        Ok(FollowUpView {
            fields: form_of(&desk.patient, may(actor.role, Action::ReadNumbers)),
            age: age(desk.patient.birth_date, self.now().date()),
            clinic: setup.clinic.name.clone(),
            form: desk.form,
            said,
            from_last,
            offers,
            open: desk.is_open(),
            before: desk
                .others
                .first()
                .cloned()
                .map(|row| row_view(row, &names)),
            recorded: desk
                .recorded
                .into_iter()
                .map(|row| row_view(row, &names))
                .collect(),
            visit: desk.visit.id,
            number: desk.visit.number,
            patient: desk.patient.id,
        })
    }
}

/// The forms that a visit's patient has: by diagnosis, by filing, or because she had one before.
pub(crate) fn forms_of(
    (visit, had): (&Visit, &[FollowUp]),
    draft: &DraftBody,
    coverage: Option<&Coverage>,
) -> Vec<FormOffer> {
    let day = visit.registered_at.date();
    let filings = coverage
        .and_then(|c| c.filings.as_deref())
        .unwrap_or_default();
    let filings = read_filings(filings);
    let mut offers: Vec<FormOffer> = Vec::new();
    for id in ids() {
        let Some(form) = form_on(id, day) else {
            continue;
        };
        let last = had.iter().find(|row| row.form == id);
        let asked = last.is_some()
            || draft.diagnoses.iter().any(|code| form.asked_by(code))
            || filings
                .iter()
                .any(|filing| form.filings.contains(&filing.code));
        if asked {
            offers.push(FormOffer {
                form,
                recorded: had
                    .iter()
                    .any(|row| row.form == id && row.visit == visit.id),
                due: last.map(|row| row.next_day),
            });
        }
    }
    offers
}

/// The illnesses that a patient is known to have without a filing that says so: diagnosed here, or followed up.
pub(crate) fn unfiled_illnesses(
    tx: &mut Tx<'_>,
    (visit, followed): (&Visit, &[FollowUp]),
    filings: &[Filing],
) -> Result<Vec<String>> {
    let since = Moment(visit.registered_at.0 - REMEMBERED);
    let had = query::diagnosed(tx, (&visit.clinic, &visit.patient), since)?;
    let day = visit.registered_at.date();
    let known = |form: &&Form| {
        let filed = filings.iter().any(|f| form.filings.contains(&f.code));
        let ill = had.iter().any(|one| form.asked_by(&one.code));
        !filed && (ill || followed.iter().any(|row| row.form == form.id))
    };
    let forms = ids().into_iter().filter_map(|id| form_on(id, day));
    Ok(forms.filter(known).map(|form| form.id.clone()).collect())
}

/// The forms there are, whatever their editions.
fn ids() -> Vec<&'static str> {
    let mut ids: Vec<&str> = forms().iter().map(|form| form.id.as_str()).collect();
    ids.dedup();
    ids
}

fn desk(tx: &mut Tx<'_>, actor: &Actor, visit: &VisitId, form: &str) -> Result<Desk> {
    let clinic = &actor.clinic;
    let visit = query::visit(tx, clinic, visit)?.ok_or(Refusal::new(Code::NotFound))?;
    let patient = query::patient(tx, clinic, &visit.patient)?;
    let patient = patient.ok_or(Refusal::new(Code::NotFound))?;
    let mut recorded = query::follow_ups_of_visit(tx, clinic, &visit.id)?;
    recorded.retain(|row| row.form == form);
    // What was filled in an edition is read and corrected in it.
    let found = match recorded.last() {
        Some(row) => edition(form, &row.edition),
        None => form_on(form, visit.registered_at.date()),
    };
    let mut others = query::follow_ups(tx, clinic, &patient.id, MOST_BEFORE)?;
    others.retain(|row| row.form == form && row.visit != visit.id);
    Ok(Desk {
        form: found.ok_or(Refusal::new(Code::NotFound))?,
        visit,
        patient,
        recorded,
        others,
    })
}

impl Desk {
    fn stands(&self) -> Option<&FollowUp> {
        self.recorded.iter().find(|row| !row.corrected)
    }

    fn is_open(&self) -> bool {
        self.visit.state != VisitState::Cancelled && !self.patient.erased
    }

    fn judge(&self, said: &Said, today: Date) -> Result<Outcome> {
        let birth = self.patient.birth_date;
        let birth = birth.ok_or(Refusal::at(Code::Missing, "birth_date"))?;
        let day = said.get("date").and_then(|text| parse_date(text.trim()));
        let day = day.unwrap_or(today);
        let before = self.others.iter().find(|row| row.day <= day);
        let previous = before.map(|row| Previous {
            uncontrolled: row.uncontrolled,
            adverse: row.adverse,
        });
        let judged = self.form.judge(said, birth, previous, today);
        Ok(judged.map_or_else(Outcome::Problems, Outcome::Judged))
    }

    fn body(&self, judged: &Judged, id: EntryId, corrects: Option<EntryId>) -> FollowUpRecorded {
        FollowUpRecorded {
            id,
            patient: self.patient.id.clone(),
            visit: self.visit.id.clone(),
            form: self.form.id.clone(),
            edition: self.form.edition.clone(),
            day: judged.day,
            class: judged.verdict.class,
            uncontrolled: judged.verdict.uncontrolled(),
            adverse: judged.verdict.adverse(),
            next_day: judged.next,
            corrects,
        }
    }
}

/// What is known before anybody types.
struct Known<'a> {
    form: &'a Form,
    day: Date,
    draft: &'a DraftBody,
    last: Option<Said>,
    /// The disease's own drugs, and all others in words.
    drugs: Vec<[String; 3]>,
    other_drugs: String,
}

impl<'a> Known<'a> {
    fn of(app: &App, desk: &'a Desk, draft: &'a DraftBody) -> Self {
        let rows = |field: &Field| match field.prefill {
            Some(Source::Drug(n, _)) => n,
            _ => 0,
        };
        let rows = desk.form.fields.iter().map(rows).max().unwrap_or(0);
        let lines = draft.lines.iter();
        let drug = |line: &'a DraftLine| Some((line, app.catalogue().drug(&line.code)?));
        let drugs: Vec<(&DraftLine, &Drug)> = lines.filter_map(drug).collect();
        let own = |drug: &Drug| {
            drug.two_disease
                .is_some_and(|d| d.as_str() == desk.form.disease)
        };
        let (own, others): (Vec<_>, Vec<_>) = drugs.into_iter().partition(|(_, d)| own(d));
        let rest = own.iter().skip(rows).chain(&others);
        let words: Vec<String> = rest.map(|(line, drug)| in_words(line, drug)).collect();
        Self {
            form: desk.form,
            day: desk.visit.registered_at.date(),
            draft,
            last: desk.others.first().map(read_said),
            drugs: own
                .iter()
                .take(rows)
                .map(|(line, drug)| use_of(line, drug))
                .collect(),
            other_drugs: words.join("；").chars().take(MOST_WORDS).collect(),
        }
    }

    fn fill(
        &self,
        said: &mut Said,
        from_last: &mut Vec<String>,
        offers: &mut std::collections::BTreeMap<String, String>,
    ) {
        for field in &self.form.fields {
            // Who was not measured today is as tall as then.
            let source = match field.prefill {
                Some(Source::Height) if self.draft.height.is_empty() => Some(Source::Last),
                source => source,
            };
            let text = source.map_or_else(String::new, |s| self.text(field, s));
            if !text.is_empty() {
                if source == Some(Source::Last) {
                    from_last.push(field.key.clone());
                }
                said.insert(field.key.clone(), text);
            }
            let offer = field
                .offer
                .map_or_else(String::new, |s| self.text(field, s));
            if !offer.is_empty() {
                offers.insert(field.key.clone(), offer);
            }
        }
    }

    fn fasting_glucose(&self) -> String {
        let fasting = self.draft.glucose_kind == GlucoseKind::Fasting.as_str();
        if fasting {
            self.draft.glucose.clone()
        } else {
            String::new()
        }
    }

    fn text(&self, field: &Field, source: Source) -> String {
        let drug = |n: usize, place: usize| {
            let found = n.checked_sub(1).and_then(|n| self.drugs.get(n));
            found.map_or_else(String::new, |drug| drug[place].clone())
        };
        match source {
            Source::Day => self.day.to_string(),
            Source::Clinic => "clinic".to_owned(),
            Source::Systolic => self.draft.systolic.clone(),
            Source::Diastolic => self.draft.diastolic.clone(),
            Source::Pulse => self.draft.pulse.clone(),
            Source::Weight => self.draft.weight.clone(),
            Source::Glucose => self.draft.glucose.clone(),
            Source::FastingGlucose => self.fasting_glucose(),
            Source::Height => self.draft.height.clone(),
            Source::Last => self.last_time(field),
            Source::Drug(n, DrugPart::Name) => drug(n, 0),
            Source::Drug(n, DrugPart::Times) => drug(n, 1),
            Source::Drug(n, DrugPart::Dose) => drug(n, 2),
            Source::OtherDrugs => self.other_drugs.clone(),
        }
    }

    fn last_time(&self, field: &Field) -> String {
        let last = self.last.as_ref().and_then(|last| last.get(&field.key));
        last.cloned().unwrap_or_default()
    }
}

/// Name, times a day, each time.
fn use_of(line: &DraftLine, drug: &Drug) -> [String; 3] {
    let times = cunyi_catalogue::frequency(&line.frequency).and_then(times_a_day);
    let dose = match line.dose.as_str() {
        "" => String::new(),
        dose => format!("{dose}{}", drug.dose_unit),
    };
    [drug.name.clone(), times.unwrap_or_default(), dose]
}

/// Times a day to a tenth; none where that is no number of a day, as once a week.
fn times_a_day(frequency: &Frequency) -> Option<String> {
    let (tenths, days) = (frequency.times * 10, frequency.period_days);
    let whole = days > 0 && tenths % days == 0 && frequency.code != "prn";
    whole.then(|| format_decimal(tenths / days, 1, 0))
}

fn in_words(line: &DraftLine, drug: &Drug) -> String {
    let often = cunyi_catalogue::frequency(&line.frequency).map_or("", |f| f.name_zh);
    let [name, _, dose] = use_of(line, drug);
    [name.as_str(), often, dose.as_str()]
        .join(" ")
        .trim_end()
        .to_owned()
}

fn form_of_row(row: &FollowUp) -> Result<&'static Form> {
    let unknown = || AppError::Failed(format!("no form {} {}", row.form, row.edition));
    edition(&row.form, &row.edition).ok_or_else(unknown)
}

fn row_view(row: FollowUp, names: &HashMap<UserId, String>) -> FollowUpRow {
    FollowUpRow {
        said: read_said(&row),
        by: names.get(&row.actor).cloned().unwrap_or_default(),
        id: row.id,
        visit: row.visit,
        day: row.day,
        class: row.class,
        next_day: row.next_day,
        reason: row.reason,
        corrected: row.corrected,
        at: row.recorded_at,
    }
}

/// As they are stored; nothing is left of them after erasure.
fn read_said(row: &FollowUp) -> Said {
    serde_json::from_str(&row.answers).unwrap_or_default()
}

fn written(said: &Said) -> Result<String> {
    serde_json::to_string(said).map_err(|error| AppError::Failed(error.to_string()))
}

/// Whole days from one day to another.
pub(crate) fn days_between(from: Date, to: Date) -> i64 {
    Moment::start_of(to).seconds_since(Moment::start_of(from)) / 86_400
}
