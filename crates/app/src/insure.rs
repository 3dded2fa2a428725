//! 自费转医保: what a patient paid herself, in an outage or because her card was refused, is settled with her
//! insurance after all, with the real times of the visit.
//!
//! One write takes back what she paid and charges the same lines anew as insured batches, which is what a
//! refund does with the rest of a batch: the money is held, stock does not move. From then on it is a visit
//! that is not settled, and cannot end half-way: what the platform settles stands, and the difference is
//! returned; what it refuses, or what cannot be asked, is paid by the patient again in one write, of the
//! money that is held; what is lost is found out first, and what was cut off the program goes on with.

use cunyi_domain::batch::BatchState;
use cunyi_domain::fact::{PayerSwitched, VisitInsured};
use cunyi_domain::ids::{BatchId, VisitId};
use cunyi_domain::ledger::{
    Batch, Charge, Coverage, Payer, Registration, RegistrationState, Reservation, Visit, VisitState,
};
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_domain::time::Moment;
use cunyi_store::local::{Message, MessageState};
use cunyi_store::{Tx, Writer, query};

use crate::App;
use crate::error::{AppError, Result, refuse, refuse_at};
use crate::fee_list::{Under, proposed};
use crate::freeze::make_own_pay;
use crate::identify::{Known, is_usable, read, renamed};
use crate::permission::Action;
use crate::refund::{charge_rest, lines, whole};
use crate::register::{
    COUNTER, assign, forget_certificate, keep_certificate, record_coverage, record_registration,
};
use crate::reverse::book_cash_back;
use crate::settle::{forget_if_settled, settled_in_cash};
use crate::setup::Setup;
use crate::step::alone;
use crate::views::{Actor, InsureForm};

/// What stands as the reason of the reversals.
const REASON: &str = "自费转医保";

/// What was charged anew, and who had paid for the visit before.
struct Anew {
    batches: Vec<BatchId>,
    from: Payer,
}

impl App {
    /// Identifies the patient and settles with her insurance what she paid for a visit.
    pub fn insure(&self, actor: &Actor, visit: &VisitId, form: &InsureForm) -> Result<()> {
        actor.must(Action::Settle)?;
        let setup = self.setup(&actor.clinic)?;
        let db = self.parts.store.db();
        let row = db.read("insure", |tx| {
            let row = query::visit(tx, &actor.clinic, visit)?;
            let row = row.ok_or(Refusal::new(Code::NotFound))?;
            let batches = query::batches(tx, &actor.clinic, visit)?;
            in_time(&setup, row.registered_at, self.now())?;
            if !insurable(&row, &batches) {
                return refuse(Code::WrongState);
            }
            Ok(row)
        })?;
        let (certificate, asked) = read(&form.who, &setup, self.now())?;
        let shown = self.identify_there(actor, &form.who, (certificate, asked))?;
        let known = self.memory().find(&actor.clinic, &shown.handle, self.now());
        let known = known.ok_or(Refusal::new(Code::Busy))?;
        self.memory().forget(&shown.handle);
        let place = place_of(&known, &form.scheme, &setup, self.now())?;
        let anew = self.write(actor, "insure", |w| {
            charge_anew(w, self, &setup, (visit, &known, place))
        })?;
        match self.settle_later(actor, &row) {
            Err(AppError::Refused(refusal)) => {
                self.stay_self_pay(actor, visit, &anew)?;
                Err(refusal.into())
            }
            done => done,
        }
    }

    /// What was not settled is paid by the patient as it was before, of what is held. Nothing while a
    /// call is lost: then that is found out first.
    fn stay_self_pay(&self, actor: &Actor, visit: &VisitId, anew: &Anew) -> Result<()> {
        let open = self.write(actor, "stay_self_pay", |w| {
            alone(w, visit)?;
            let row = query::visit(w.tx, &actor.clinic, visit)?;
            let row = row.ok_or(Refusal::new(Code::NotFound))?;
            let mut open = query::batches(w.tx, &actor.clinic, visit)?;
            if open.iter().any(|b| b.state.in_flight()) {
                return Ok(Vec::new());
            }
            open.retain(|b| anew.batches.contains(&b.id) && b.state.is_unsettled());
            open.retain(|b| b.payer == Payer::Insured);
            for batch in &open {
                make_own_pay(w, &row, batch)?;
                let own = query::batch(w.tx, &actor.clinic, &batch.id)?;
                let own = own.ok_or(Refusal::new(Code::NotFound))?;
                settled_in_cash(w, &own, &row, None)?;
            }
            pays_herself_again(w, &row, anew.from)?;
            Ok(open)
        })?;
        self.withdraw(actor, visit, &open)
    }
}

/// Refused where the region never does it, or not any more.
pub(crate) fn in_time(setup: &Setup, registered: Moment, now: Moment) -> Result<()> {
    let Some(later) = setup.gateway.region.insured_later else {
        return refuse(Code::InsuredNever);
    };
    if later.permits(registered, now) {
        return Ok(());
    }
    let refusal = Refusal::new(Code::InsuredTooLate).with("day", registered.date());
    Err(refusal.with("days", later.within_days).into())
}

/// True if there is something that the patient paid, and nothing else is to be settled.
pub(crate) fn insurable(visit: &Visit, batches: &[Batch]) -> bool {
    let mut live = batches.iter().filter(|b| b.state.is_live());
    let quiet = live.all(|b| b.state == BatchState::Settled);
    let may = matches!(visit.state, VisitState::Seeing | VisitState::Done);
    may && quiet && batches.iter().any(paid_herself)
}

fn paid_herself(batch: &Batch) -> bool {
    batch.state == BatchState::Settled && batch.payer == Payer::SelfPay
}

/// Which of her insurances: the only usable one, or the only one of the scheme that was chosen.
fn place_of(known: &Known, scheme: &str, setup: &Setup, now: Moment) -> Result<usize> {
    let rows = known.person.insuinfo.iter().zip(0..);
    let chosen = rows.filter(|(row, _)| scheme.is_empty() || row.insutype == scheme);
    let mut usable = chosen.filter(|(row, _)| is_usable(setup, row, now));
    match (usable.next(), usable.next()) {
        (Some(_), Some(_)) => refuse_at(Code::ChooseCoverage, "scheme"),
        (Some((_, place)), None) => Ok(place),
        (None, _) => refuse_at(Code::NoCoverage, "scheme"),
    }
}

/// Takes back what was paid and charges it anew, under the insurance that was identified.
fn charge_anew(
    w: &mut Writer<'_, '_>,
    app: &App,
    setup: &Setup,
    (visit, known, place): (&VisitId, &Known, usize),
) -> Result<Anew> {
    let clinic = w.who.clinic.clone();
    alone(w, visit)?;
    let was = query::visit(w.tx, &clinic, visit)?.ok_or(Refusal::new(Code::NotFound))?;
    let mut paid = query::batches(w.tx, &clinic, visit)?;
    if !insurable(&was, &paid) {
        return refuse(Code::WrongState);
    }
    paid.retain(paid_herself);
    same_patient(w.tx, &was, known)?;
    leave_cancelled(w, &was)?;
    let coverage = record_coverage(w, &was.patient, known, place)?;
    let coverage = query::coverage(w.tx, &clinic, &coverage)?;
    let coverage = coverage.ok_or(Refusal::new(Code::NoCoverage))?;
    same_coverage(w.tx, &was, &coverage)?;
    let mut held = Vec::new();
    for batch in &paid {
        held.push(book_cash_back(w, (batch, &was), REASON)?);
    }
    let mut parts = Vec::new();
    for (batch, held) in paid.iter().zip(held) {
        parts.extend(parts_of(w.tx, app, setup, (&was, &coverage), batch, &held)?);
    }
    let mut batches: Vec<Batch> = parts.iter().map(|part| part.batch.clone()).collect();
    let mut registrations = assign(w, app, &was, &mut batches)?;
    registrations.extend(at_counter(w.tx, &was)?);
    let insured = VisitInsured {
        visit: visit.clone(),
        from: was.payer,
        coverage: coverage.id,
        certificate: known.certificate,
        typed: known.typed,
        registrations,
    };
    w.record(insured, Some(&was.patient), None)?;
    forget_certificate(w, visit)?;
    if known.certificate.is_kept() {
        keep_certificate(w, visit, &was.patient, &known.certificate_number)?;
    }
    let is = query::visit(w.tx, &clinic, visit)?.ok_or(Refusal::new(Code::NotFound))?;
    let mut anew = Vec::new();
    for (batch, part) in batches.iter().zip(parts) {
        let rest: Vec<_> = part.lines.iter().map(whole).collect();
        anew.push(charge_rest(w, app, (&is, batch), &rest, &part.held)?.id);
    }
    Ok(Anew {
        batches: anew,
        from: was.payer,
    })
}

/// Lines of a batch that are settled together, and what of stock was held for the batch.
struct Part {
    batch: Batch,
    lines: Vec<Charge>,
    held: Vec<Reservation>,
}

/// A batch's lines by the benefit and disease they are proposed for.
fn parts_of(
    tx: &mut Tx<'_>,
    app: &App,
    setup: &Setup,
    (visit, coverage): (&Visit, &Coverage),
    batch: &Batch,
    held: &[Reservation],
) -> Result<Vec<Part>> {
    let diagnoses = query::diagnoses(tx, &visit.clinic, &visit.id)?;
    let policy = setup.policy(&coverage.scheme, visit.registered_at);
    let mut parts: Vec<(Under, Part)> = Vec::new();
    for line in lines(tx, batch)? {
        let under = proposed(app.catalogue(), (policy, coverage), &diagnoses, &line.code);
        let found = parts.iter_mut().find(|(key, _)| *key == under);
        if let Some((_, part)) = found {
            part.lines.push(line);
            continue;
        }
        let disease = under.disease.as_ref();
        let part = Part {
            batch: Batch {
                payer: Payer::Insured,
                benefit: under.benefit.to_string(),
                disease_code: disease.map_or_else(String::new, |d| d.code.clone()),
                disease_name: disease.map_or_else(String::new, |d| d.name.clone()),
                ..batch.clone()
            },
            lines: vec![line],
            held: held.to_vec(),
        };
        parts.push((under, part));
    }
    Ok(parts.into_iter().map(|(_, part)| part).collect())
}

/// The counter's registration, where the visit was never to be registered.
fn at_counter(tx: &mut Tx<'_>, visit: &Visit) -> Result<Option<Registration>> {
    let rows = query::registrations(tx, &visit.clinic, &visit.id)?;
    let missing = rows.iter().all(|row| row.position != COUNTER);
    Ok(missing.then(|| Registration {
        clinic: visit.clinic.clone(),
        visit: visit.id.clone(),
        position: COUNTER,
        number: visit.number.clone(),
        state: RegistrationState::Open,
        platform_visit: None,
    }))
}

/// Who was identified is the visit's patient, by her number, under the name she has here.
fn same_patient(tx: &mut Tx<'_>, visit: &Visit, known: &Known) -> Result<()> {
    let patient = query::patient(tx, &visit.clinic, &visit.patient)?;
    let patient = patient.ok_or(Refusal::new(Code::NotFound))?;
    let theirs = known.person.baseinfo.certno.trim();
    if theirs.is_empty() || !theirs.eq_ignore_ascii_case(&patient.id_number) {
        return refuse_at(Code::OtherPatient, "number");
    }
    if renamed(&patient, &known.person.baseinfo) {
        return refuse_at(Code::CentreNameDiffers, "number");
    }
    Ok(())
}

/// The answer to a 2202 was lost: what the platform may have cancelled, or may cancel yet, nothing is settled
/// under any more. It is asked for under another number, and if it stands there it holds no money.
fn leave_cancelled(w: &mut Writer<'_, '_>, visit: &Visit) -> Result<()> {
    let (clinic, id) = (&visit.clinic, &visit.id);
    let lost = |m: &Message| m.infno.starts_with("2202") && m.state == MessageState::Unknown;
    let sent = query::messages(w.tx, clinic, id)?;
    let Some(message) = sent.into_iter().rfind(lost) else {
        return Ok(());
    };
    let batches = query::batches(w.tx, clinic, id)?;
    let mut idle = query::registrations(w.tx, clinic, id)?;
    idle.retain(|row| row.state == RegistrationState::Registered);
    idle.retain(|row| {
        let mut live = batches.iter().filter(|b| b.state.is_live());
        !live.any(|b| b.payer == Payer::Insured && b.registration == Some(row.position))
    });
    for was in idle {
        let is = Registration {
            state: RegistrationState::Cancelled,
            ..was.clone()
        };
        record_registration(w, &was, &visit.patient, &message.id, is)?;
    }
    Ok(())
}

/// What is registered at the platform, or may be, stays under the insurance it was registered for.
fn same_coverage(tx: &mut Tx<'_>, visit: &Visit, now: &Coverage) -> Result<()> {
    use RegistrationState::{Cancelled, Open, Refused};
    let rows = query::registrations(tx, &visit.clinic, &visit.id)?;
    let mut there = rows
        .iter()
        .filter(|row| !matches!(row.state, Open | Refused | Cancelled));
    let before = match &visit.coverage {
        Some(id) => query::coverage(tx, &visit.clinic, id)?,
        None => None,
    };
    let key = |c: &Coverage| (c.person_number.clone(), c.scheme.clone(), c.place.clone());
    if there.next().is_some() && before.as_ref().map(key) != Some(key(now)) {
        return refuse_at(Code::OtherCoverage, "scheme");
    }
    Ok(())
}

/// A visit of which nothing is insured after all is what it was.
fn pays_herself_again(w: &mut Writer<'_, '_>, visit: &Visit, from: Payer) -> Result<()> {
    let batches = query::batches(w.tx, &visit.clinic, &visit.id)?;
    let insured = |b: &Batch| b.payer == Payer::Insured && b.state.is_live();
    if batches.iter().any(insured) {
        return forget_if_settled(w, visit);
    }
    forget_certificate(w, &visit.id)?;
    if from == Payer::SelfPay {
        let visit_id = visit.id.clone();
        w.record(
            PayerSwitched { visit: visit_id },
            Some(&visit.patient),
            None,
        )?;
    }
    Ok(())
}
