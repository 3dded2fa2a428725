//! A visit as the workstation shows it.

use std::collections::HashMap;

use cunyi_catalogue::Catalogue;
use cunyi_domain::batch::BatchState;
use cunyi_domain::id_number::mask;
use cunyi_domain::ids::{ClinicId, PatientId, VisitId};
use cunyi_domain::ledger::{
    Batch, Charge, Coverage, FollowUp, GlucoseKind, Patient, Payer, Registration,
    RegistrationState, Settlement, SettlementKind, Visit, VisitState,
};
use cunyi_domain::money::{Fen, format_decimal};
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_domain::time::{Moment, age_on, civil::Date};
use cunyi_store::local::{Message, MessageState};
use cunyi_store::query::PastLine;
use cunyi_store::{Tx, query, reference};

use crate::App;
use crate::course;
use crate::draft::{boiled, repeat, stored};
use crate::error::Result;
use crate::follow_up::{MOST_BEFORE, forms_of, unfiled_illnesses};
use crate::goods::goods_views;
use crate::insure::insurable;
use crate::paper_entry::papers_view;
use crate::patient::form_of;
use crate::payment::{payment_views, standing};
use crate::permission::{Action, may};
use crate::receipt::receipts_view;
use crate::referral::referred_to;
use crate::register::COUNTER;
use crate::skin_test;
use crate::views::{
    Actor, Age, BatchView, ChargeView, DraftBody, Filing, PastVisit, PatientStrip, VisitView, Why,
};
use crate::year_use::YearUse;

impl App {
    /// A visit with everything the doctor needs beside it. Someone who does not treat here leaves
    /// an access entry.
    pub fn visit(&self, actor: &Actor, visit: &VisitId) -> Result<VisitView> {
        actor.must(Action::ReadRecord)?;
        let view = self
            .parts
            .store
            .db()
            .read("visit", |tx| self.visit_view(tx, actor, visit))?;
        self.note_access(actor, &view.patient.patient)?;
        Ok(view)
    }

    pub(crate) fn visit_view(
        &self,
        tx: &mut Tx<'_>,
        actor: &Actor,
        id: &VisitId,
    ) -> Result<VisitView> {
        let clinic = &actor.clinic;
        let row = query::visit(tx, clinic, id)?.ok_or(Refusal::new(Code::NotFound))?;
        let patient = query::patient(tx, clinic, &row.patient)?;
        let patient = patient.ok_or(Refusal::new(Code::NotFound))?;
        let rows = Rows::read(tx, &row)?;
        let batches = &rows.batches;
        let held = !query::reservations(tx, clinic, id)?.is_empty();
        let (draft, draft_version) = stored(query::draft(tx, clinic, id)?);
        let names = |code: &String| self.catalogue().diagnosis(code).map(|d| d.name.clone());
        let charged = row.state == VisitState::Done && !batches.is_empty();
        let frozen = charged || batches.iter().any(|b| b.state.is_live());
        let draft = match (draft_version, row.signed) {
            (0, true) => signed(self.catalogue(), tx, &row)?,
            (0, false) if row.finished_at.is_none() => begun(tx, &row)?,
            // It may have been typed as days before.
            _ if frozen => DraftBody {
                onset: onset(&row),
                ..draft
            },
            _ => draft,
        };
        let dropped = batches
            .iter()
            .filter(|b| b.state == BatchState::Void && !b.reason.is_empty());
        let doctor = reference::user(tx, clinic, &row.doctor)?;
        let (registration, about_it) = at_counter(&rows.registrations, &rows.messages);
        let registration_said = self.words(tx, actor, about_it)?;
        let forms = forms_of((&row, &rows.follow_ups), &draft, rows.coverage.as_ref());
        let batch_views = self.batch_views(tx, actor, &row, &rows)?;
        let charge = |line| charge_view(line, batches);
        Ok(VisitView {
            visit: row.id.clone(),
            number: row.number.clone(),
            state: row.state,
            payer: row.payer,
            registration,
            registration_said,
            certificate: row.certificate,
            registered_at: row.registered_at,
            doctor: doctor.map(|d| d.name).unwrap_or_default(),
            patient: self.strip(tx, actor, (&row, &rows), &patient)?,
            proxy: (!row.proxy_name.is_empty())
                .then(|| (row.proxy_name.clone(), row.proxy_relation.clone())),
            typed: row.typed,
            frozen,
            handed_over: row.state == VisitState::Done && !held,
            diagnosis_names: draft.diagnoses.iter().filter_map(names).collect(),
            fields: self.setup_in(tx, clinic)?.data.record.clone(),
            draft,
            draft_version,
            begins: self.begins(tx, (&row, draft_version), rows.coverage.as_ref())?,
            skin_tests: skin_test::views(query::skin_tests(tx, clinic, id)?, actor, self.now()),
            courses: course::views(tx, (clinic, &row.patient), Some(&row))?,
            papers: papers_view(tx, clinic, id)?,
            receipts: receipts_view(tx, clinic, id, &rows.settlements)?,
            electronics: self.electronics_view(tx, clinic, id, &rows.settlements)?,
            referred_to: referred_to(tx, clinic, id)?,
            charges: rows.charges.iter().map(charge).collect(),
            batches: batch_views,
            dropped: dropped.map(|b| (b.position, b.reason.clone())).collect(),
            goods: goods_views(tx, &row, batches)?,
            past: past(tx, actor, &row.patient, Some(id), 10)?,
            money: standing(&row, batches),
            account: self.account_choice(tx, &row, batches, rows.coverage.as_ref())?,
            payments: payment_views(tx, clinic, id)?,
            deposit: self.room_for_deposit(tx, &row, batches, &rows.messages)?,
            objections: self.objections(clinic, id),
            insurable: self.may_insure(tx, clinic, row.registered_at)? && insurable(&row, batches),
            forms,
        })
    }

    /// True if the region still settles with the insurance what was paid for a visit of then.
    fn may_insure(&self, tx: &mut Tx<'_>, clinic: &ClinicId, registered: Moment) -> Result<bool> {
        let later = self.setup_in(tx, clinic)?.gateway.region.insured_later;
        Ok(later.is_some_and(|later| later.permits(registered, self.now())))
    }

    /// A patient's visits, and of which what she paid can be settled with her insurance after all.
    pub(crate) fn history(
        &self,
        tx: &mut Tx<'_>,
        actor: &Actor,
        patient: &PatientId,
        limit: i64,
    ) -> Result<Vec<PastVisit>> {
        let mut all = past(tx, actor, patient, None, limit)?;
        for one in &mut all {
            // Newest first: what is before is too old as well.
            if !self.may_insure(tx, &actor.clinic, one.at)? {
                break;
            }
            let row = query::visit(tx, &actor.clinic, &one.visit)?;
            let row = row.ok_or(Refusal::new(Code::NotFound))?;
            let batches = query::batches(tx, &actor.clinic, &one.visit)?;
            one.insurable = insurable(&row, &batches);
        }
        Ok(all)
    }

    /// Each batch that is not void, with what was said of it and how its shares came about.
    fn batch_views(
        &self,
        tx: &mut Tx<'_>,
        actor: &Actor,
        visit: &Visit,
        rows: &Rows,
    ) -> Result<Vec<BatchView>> {
        let mut views = Vec::new();
        for batch in rows.batches.iter().filter(|b| b.state != BatchState::Void) {
            let mut messages = rows.messages.iter().rev();
            let last = messages.find(|m| m.batch.as_ref() == Some(&batch.id));
            let failed = last.filter(|m| m.state != MessageState::Success);
            let (working, answer) = match &rows.coverage {
                Some(coverage) => {
                    let all = (&rows.charges[..], &rows.messages[..]);
                    self.explained(tx, actor, (visit, coverage), batch, all)?
                }
                None => (None, None),
            };
            let whole = rows
                .batches
                .iter()
                .find(|b| Some(&b.id) == batch.rest_of.as_ref());
            views.push(BatchView {
                said: self.words(tx, actor, failed)?,
                not_sent: last.is_some_and(|m| m.state == MessageState::NotSent),
                working,
                answer,
                lost: self.lost_view(tx, batch)?,
                rest_of: whole.map(|whole| whole.position),
                ..batch_view(batch, &rows.registrations, &rows.settlements)
            });
        }
        Ok(views)
    }

    fn words(&self, tx: &mut Tx<'_>, actor: &Actor, message: Option<&Message>) -> Result<String> {
        message.map_or(Ok(String::new()), |m| self.said(tx, actor, m))
    }

    fn strip(
        &self,
        tx: &mut Tx<'_>,
        actor: &Actor,
        (visit, rows): (&Visit, &Rows),
        patient: &Patient,
    ) -> Result<PatientStrip> {
        let coverage = rows.coverage.as_ref();
        let allergies = query::allergies(tx, &actor.clinic, &patient.id)?;
        let remaining = match coverage {
            Some(coverage) => {
                let (setup, birth) = (self.setup_in(tx, &actor.clinic)?, patient.birth_date);
                let year = YearUse::read(tx, &setup, coverage, birth, visit.registered_at)?;
                Some(year.remaining())
            }
            None => None,
        };
        let filings = match coverage {
            Some(coverage) => coverage.filings.as_deref().map(read_filings),
            None => Some(Vec::new()),
        };
        let filed = filings.as_deref().unwrap_or_default();
        Ok(PatientStrip {
            unfiled: unfiled_illnesses(tx, (visit, &rows.follow_ups), filed)?,
            patient: patient.id.clone(),
            name: patient.name.clone(),
            sex: patient.sex,
            age: age(patient.birth_date, self.now().date()),
            masked_number: mask(&patient.id_number),
            phone: form_of(patient, may(actor.role, Action::ReadNumbers)).phone,
            allergies: allergies.into_iter().map(|a| (a.id, a.label)).collect(),
            filings,
            in_force_at: coverage.map(|c| c.obtained_at),
            scheme: coverage.map(|c| c.scheme.clone()).unwrap_or_default(),
            remaining,
        })
    }
}

/// What is written of a visit.
struct Rows {
    batches: Vec<Batch>,
    settlements: Vec<Settlement>,
    messages: Vec<Message>,
    registrations: Vec<Registration>,
    charges: Vec<Charge>,
    coverage: Option<Coverage>,
    /// The patient's, newest first.
    follow_ups: Vec<FollowUp>,
}

impl Rows {
    fn read(tx: &mut Tx<'_>, visit: &Visit) -> Result<Self> {
        let (clinic, id) = (&visit.clinic, &visit.id);
        Ok(Self {
            batches: query::batches(tx, clinic, id)?,
            settlements: query::settlements(tx, clinic, id)?,
            messages: query::messages(tx, clinic, id)?,
            registrations: query::registrations(tx, clinic, id)?,
            charges: query::charges(tx, clinic, id)?,
            coverage: coverage_of(tx, visit)?,
            follow_ups: query::follow_ups(tx, clinic, &visit.patient, MOST_BEFORE)?,
        })
    }
}

/// How far the platform knows a visit's first registration, and the message that tells why it is
/// no further.
fn at_counter<'a>(
    registrations: &[Registration],
    messages: &'a [Message],
) -> (Option<RegistrationState>, Option<&'a Message>) {
    use RegistrationState::{Cancelled, Registered};
    let found = registrations.iter().find(|r| r.position == COUNTER);
    let state = found.map(|r| r.state);
    if matches!(state, None | Some(Registered | Cancelled)) {
        return (state, None);
    }
    let asked = |m: &&Message| m.infno == "2201" && m.batch.is_none();
    (state, messages.iter().rev().find(asked))
}

/// Under which a visit is settled; none for self-pay, also where she is insured.
pub(crate) fn coverage_of(tx: &mut Tx<'_>, visit: &Visit) -> Result<Option<Coverage>> {
    match (&visit.coverage, visit.payer) {
        (Some(id), Payer::Insured) => Ok(query::coverage(tx, &visit.clinic, id)?),
        _ => Ok(None),
    }
}

/// An age as it is written: days below two months, months below three years.
pub(crate) fn age(birth: Option<Date>, today: Date) -> Age {
    let Some(birth) = birth else {
        return Age::Unknown;
    };
    let years = age_on(birth, today);
    let months = (i64::from(today.year()) - i64::from(birth.year())) * 12
        + i64::from(today.month() - birth.month())
        - i64::from(today.day() < birth.day());
    if years >= 3 {
        Age::Years(years)
    } else if months >= 2 {
        Age::Months(months)
    } else {
        Age::Days((Moment::start_of(today).seconds_since(Moment::start_of(birth)) / 86400).max(0))
    }
}

/// Filings as a coverage keeps them.
pub(crate) fn read_filings(filings: &str) -> Vec<Filing> {
    let read = |part: &str| {
        let (code, name) = part.split_once('=')?;
        Some(Filing {
            code: code.to_owned(),
            name: name.to_owned(),
        })
    };
    filings.split(';').filter_map(read).collect()
}

pub(crate) fn charge_view(charge: &Charge, batches: &[Batch]) -> ChargeView {
    let batch = batches.iter().find(|b| b.id == charge.batch);
    ChargeView {
        id: charge.id.clone(),
        kind: charge.kind,
        code: charge.code.clone(),
        name: charge.name.clone(),
        spec: charge.spec.clone(),
        unit: charge.unit.clone(),
        class: charge.class,
        price: charge.price,
        quantity: charge.quantity,
        amount: charge.amount,
        dose: charge.dose.clone(),
        route: charge.route.clone(),
        frequency: charge.frequency.clone(),
        days: charge.days,
        footnote: charge.footnote,
        drip_group: charge.drip_group,
        drip_rate: charge.drip_rate,
        course: charge.course.clone(),
        own_pay: charge.own_pay,
        over_limit: charge.over_limit,
        pay_first: charge.pay_first,
        in_scope: charge.in_scope,
        fund: charge.fund,
        batch: batch.map_or(1, |b| b.position),
        follows: false,
        trace_codes: charge
            .trace_codes
            .split(',')
            .filter(|c| !c.is_empty())
            .map(str::to_owned)
            .collect(),
    }
}

pub(crate) fn batch_view(
    batch: &Batch,
    registrations: &[Registration],
    settlements: &[Settlement],
) -> BatchView {
    let under = batch.registered(registrations);
    // A batch that was paid back still tells by which settlement it was paid.
    let paid = |s: &&Settlement| s.batch == batch.id && s.kind == SettlementKind::Settlement;
    let settled = settlements.iter().rev().find(paid);
    let back = settlements
        .iter()
        .find(|s| s.batch == batch.id && s.kind == SettlementKind::Reversal);
    BatchView {
        id: batch.id.clone(),
        position: batch.position,
        number: batch.number.clone(),
        registration: under.map(|r| r.state),
        visit_number: under.map(|r| r.number.clone()).unwrap_or_default(),
        platform_visit: under
            .and_then(|r| r.platform_visit.clone())
            .unwrap_or_default(),
        payer: batch.payer,
        benefit: batch.benefit.clone(),
        disease_name: batch.disease_name.clone(),
        state: batch.state,
        total: batch.total,
        estimated_fund: batch.estimated_fund,
        estimate_why: Why::from_text(&batch.estimate),
        working: None,
        answer: None,
        fund: batch.fund,
        account: batch.account,
        mutual_aid: settled.map_or(Fen::ZERO, |s| s.mutual_aid),
        cash: batch.cash,
        platform_settlement: settled
            .map(|s| s.platform_settlement.clone())
            .unwrap_or_default(),
        settled_at: settled.map(|s| s.settled_at),
        said: String::new(),
        not_sent: false,
        lost: None,
        reversed_because: back.map(|s| s.reason.clone()).unwrap_or_default(),
        rest_of: None,
    }
}

/// Of which nothing is typed yet: what she had before is still so.
fn begun(tx: &mut Tx<'_>, visit: &Visit) -> Result<DraftBody> {
    let last = query::last_signed(tx, visit)?;
    Ok(DraftBody {
        past_history: last.map(|last| last.past_history).unwrap_or_default(),
        ..DraftBody::default()
    })
}

/// The day on which it broke out, as it is typed.
fn onset(visit: &Visit) -> String {
    visit.onset.map(|day| day.to_string()).unwrap_or_default()
}

/// What was signed, in the shape of a draft: who signs it again charges what she charged, and nothing besides.
fn signed(catalogue: &Catalogue, tx: &mut Tx<'_>, visit: &Visit) -> Result<DraftBody> {
    let tenths = |v: Option<i64>| v.map(|v| format_decimal(v, 1, 0)).unwrap_or_default();
    let whole = |v: Option<i64>| v.map(|v| v.to_string()).unwrap_or_default();
    let diagnoses = query::diagnoses(tx, &visit.clinic, &visit.id)?;
    let mut charges = query::charges(tx, &visit.clinic, &visit.id)?;
    charges.retain(|line| line.rest_of.is_none());
    let brought = catalogue.services().iter().filter(|s| s.follows.is_some());
    let left_away = brought.filter(|s| charges.iter().all(|line| line.code != s.code));
    Ok(DraftBody {
        complaint: visit.complaint.clone(),
        history: visit.history.clone(),
        past_history: visit.past_history.clone(),
        examination: visit.examination.clone(),
        auxiliary: visit.auxiliary.clone(),
        advice: visit.advice.clone(),
        temperature: tenths(visit.temperature),
        pulse: whole(visit.pulse),
        respiration: whole(visit.respiration),
        systolic: whole(visit.systolic),
        diastolic: whole(visit.diastolic),
        glucose: tenths(visit.glucose),
        glucose_kind: visit
            .glucose_kind
            .map_or("", GlucoseKind::as_str)
            .to_owned(),
        weight: tenths(visit.weight),
        height: tenths(visit.height),
        onset: onset(visit),
        diagnoses: diagnoses.into_iter().map(|d| d.code).collect(),
        lines: charges.iter().map(repeat).collect(),
        decoction: boiled(&charges),
        without: left_away.map(|service| service.code.clone()).collect(),
        reasons: Vec::new(),
        long_term: visit.long_term,
        own_pay_consent: true,
    })
}

/// A patient's visits in one line each, newest first.
pub(crate) fn past(
    tx: &mut Tx<'_>,
    actor: &Actor,
    patient: &PatientId,
    without: Option<&VisitId>,
    limit: i64,
) -> Result<Vec<PastVisit>> {
    let visits = query::past_visits(tx, &actor.clinic, patient, limit + 1)?;
    let Some(oldest) = visits.last().map(|visit| visit.registered_at) else {
        return Ok(Vec::new());
    };
    // Two questions for all of them: one a visit made a page of two hundred slow.
    let diagnoses = by_visit(
        query::past_diagnoses(tx, &actor.clinic, patient, oldest)?,
        |line| &line.visit,
    );
    let charges = by_visit(
        query::past_charges(tx, &actor.clinic, patient, oldest)?,
        |line| &line.visit,
    );
    let others = visits
        .into_iter()
        .filter(|visit| Some(&visit.id) != without);
    let mut past: Vec<PastVisit> = others
        .map(|visit| {
            let lines = charges.get(&visit.id).map_or(&[][..], Vec::as_slice);
            let found = diagnoses.get(&visit.id).map_or(&[][..], Vec::as_slice);
            PastVisit {
                at: visit.registered_at,
                diagnoses: joined(found),
                items: joined(lines),
                total: lines.iter().map(|line| line.amount).sum(),
                pressure: visit.systolic.zip(visit.diastolic),
                glucose: visit.glucose,
                visit: visit.id,
                insurable: false,
            }
        })
        .collect();
    past.truncate(usize::try_from(limit).unwrap_or(0));
    Ok(past)
}

/// Rows by the visit that they are of, each visit's in order.
pub(crate) fn by_visit<T>(rows: Vec<T>, visit: fn(&T) -> &VisitId) -> HashMap<VisitId, Vec<T>> {
    let mut all: HashMap<VisitId, Vec<T>> = HashMap::new();
    for row in rows {
        all.entry(visit(&row).clone()).or_default().push(row);
    }
    all
}

/// Names joined by 、
pub(crate) fn joined(lines: &[PastLine]) -> String {
    let names: Vec<&str> = lines.iter().map(|line| line.name.as_str()).collect();
    names.join("、")
}
