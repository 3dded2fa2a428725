//! Freezing the fee list: the record is signed, lines and batches become facts, stock is reserved
//! by earliest expiry. Taking it back, or dropping one batch of it, voids batches and frees their
//! stock. Where nothing of it is live any more, the record is open again.

use std::collections::{BTreeMap, HashSet};
use std::slice;

use cunyi_domain::batch::{BatchEvent, BatchState};
use cunyi_domain::fact::{
    BatchMoved, ChargesFrozen, LineSplit, Personal, RecordSigned, ReservationsReleased, Shares,
    VisitMoved,
};
use cunyi_domain::ids::{BatchId, ChargeId, ClinicId, VisitId};
use cunyi_domain::ledger::{
    Batch, Charge, Diagnosis, ItemKind, Lot, PaperWhy, Payer, Reservation, Visit, VisitState,
};
use cunyi_domain::money::{Fen, Quantity};
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_domain::time::Moment;
use cunyi_store::{Tx, Writer, query};

use crate::App;
use crate::course;
use crate::error::{AppError, Result, refuse};
use crate::fee_list::FeeList;
use crate::paper_entry::OnPaper;
use crate::permission::Action;
use crate::propose::learn;
use crate::register::assign;
use crate::reverse::read_reason;
use crate::settle::forget_if_settled;
use crate::step::alone;
use crate::views::{Actor, BatchView, ChargeView, DraftBody, FindingView, Why, Working};

impl App {
    /// Signs the record and freezes the fee list. Refused while a problem stands, a check forbids,
    /// a warning has no reason, own-pay lines have no consent, or a drug is short.
    pub fn freeze(
        &self,
        actor: &Actor,
        visit: &VisitId,
        version: i64,
        body: &DraftBody,
    ) -> Result<()> {
        actor.must(Action::Treat)?;
        self.save_draft(actor, visit, version, body)?;
        self.write(actor, "freeze", |w| {
            let row = query::visit(w.tx, &actor.clinic, visit)?;
            let row = row.ok_or(Refusal::new(Code::NotFound))?;
            if matches!(row.state, VisitState::Done | VisitState::Cancelled) {
                return refuse(Code::WrongState);
            }
            let old = query::batches(w.tx, &actor.clinic, visit)?;
            if old.iter().any(|b| b.state.is_live()) {
                return refuse(Code::WrongState);
            }
            let list = self.fee_list(w.tx, actor, visit, body)?;
            accept(&list, body)?;
            if row.state != VisitState::Seeing {
                let (from, to) = (row.state, VisitState::Seeing);
                w.record(
                    VisitMoved {
                        visit: visit.clone(),
                        from,
                        to,
                    },
                    Some(&row.patient),
                    None,
                )?;
            }
            sign(w, &row, &list, body)?;
            learn(w, actor, &row, body)?;
            freeze(w, self, &row, list, old.len())
        })
    }

    /// Takes a fee list back before anything is paid: the draft opens again, stock is free. Of which a prescription
    /// was printed is voided instead, with a reason.
    pub fn take_back(&self, actor: &Actor, visit: &VisitId) -> Result<()> {
        actor.must(Action::Treat)?;
        let taken = self.write(actor, "take_back", |w| {
            let row = query::visit(w.tx, &actor.clinic, visit)?;
            let row = row.ok_or(Refusal::new(Code::NotFound))?;
            let printed = OnPaper::of(w.tx, &actor.clinic, visit)?.printed;
            if printed > 0 {
                return refuse(Code::PaperStands);
            }
            let open = void_open(w, &row)?;
            if open.is_empty() {
                return refuse(Code::WrongState);
            }
            Ok(open)
        })?;
        self.withdraw(actor, visit, &taken)
    }

    /// 转自费: an insured batch that is not paid becomes a self-pay one; the next settlement of the visit
    /// takes the patient's money for it, and the centre is told that nothing comes.
    pub fn own_pay(&self, actor: &Actor, batch: &BatchId) -> Result<()> {
        actor.must(Action::Settle)?;
        let was = self.write(actor, "own_pay", |w| {
            let (row, visit) = alone_with(w, &actor.clinic, batch)?;
            let possible = row.state.after(BatchEvent::OwnPay).is_some();
            if row.payer == Payer::SelfPay || !possible {
                return refuse(Code::WrongState);
            }
            make_own_pay(w, &visit, &row)?;
            forget_if_settled(w, &visit)?;
            Ok(row)
        })?;
        self.withdraw(actor, &was.visit, slice::from_ref(&was))
    }

    /// Drops one batch that is not paid, with a reason: its lines are not charged, its stock is free,
    /// and the visit goes on as if it had only the rest. Refused while another is in flight.
    pub fn drop_batch(&self, actor: &Actor, batch: &BatchId, reason: &str) -> Result<()> {
        actor.must(Action::Treat)?;
        let reason = read_reason(reason)?;
        let dropped = self.write(actor, "drop_batch", |w| {
            let (row, visit) = alone_with(w, &actor.clinic, batch)?;
            // What was given is charged, to whomever.
            if visit.state == VisitState::Done {
                return refuse(Code::WrongState);
            }
            let before = OnPaper::of(w.tx, &actor.clinic, &visit.id)?;
            void(w, &visit, slice::from_ref(&row), &reason)?;
            before.voided(w, &visit, PaperWhy::Other, reason)?;
            forget_if_settled(w, &visit)?;
            Ok(row)
        })?;
        self.withdraw(actor, &dropped.visit, slice::from_ref(&dropped))
    }
}

/// An insured batch becomes a self-pay one.
pub(crate) fn make_own_pay(w: &mut Writer<'_, '_>, visit: &Visit, batch: &Batch) -> Result<()> {
    let mut charges = query::charges(w.tx, &visit.clinic, &visit.id)?;
    charges.retain(|c| c.batch == batch.id);
    let split = |c: Charge| LineSplit {
        charge: c.id,
        class: c.class,
        own_pay: c.amount,
        over_limit: Fen::ZERO,
        pay_first: Fen::ZERO,
        in_scope: Fen::ZERO,
    };
    let shares = Shares {
        fund: Fen::ZERO,
        account: Fen::ZERO,
        cash: batch.total,
    };
    let moved = BatchMoved {
        splits: charges.into_iter().map(split).collect(),
        shares: Some(shares),
        ..BatchMoved::of(batch, BatchEvent::OwnPay)
    };
    Ok(w.record(moved, Some(&visit.patient), None)?)
}

/// A batch with its visit, of which nothing is in flight.
fn alone_with(w: &mut Writer<'_, '_>, clinic: &ClinicId, id: &BatchId) -> Result<(Batch, Visit)> {
    let row = query::batch(w.tx, clinic, id)?;
    let row = row.ok_or(Refusal::new(Code::NotFound))?;
    let visit = query::visit(w.tx, clinic, &row.visit)?;
    let visit = visit.ok_or(Refusal::new(Code::NotFound))?;
    alone(w, &visit.id)?;
    let all = query::batches(w.tx, clinic, &visit.id)?;
    if all.iter().any(|b| b.state.in_flight()) {
        return refuse(Code::WrongState);
    }
    Ok((row, visit))
}

/// Voids the live batches of a visit; answers them as they were. Refused while one is paid or in
/// flight, or a call of the visit is on its way.
pub(crate) fn void_open(w: &mut Writer<'_, '_>, visit: &Visit) -> Result<Vec<Batch>> {
    alone(w, &visit.id)?;
    // What was given is charged.
    if visit.state == VisitState::Done {
        return refuse(Code::WrongState);
    }
    let mut open = query::batches(w.tx, &visit.clinic, &visit.id)?;
    open.retain(|b| b.state.is_live());
    void(w, visit, &open, "")?;
    Ok(open)
}

/// Voids batches and frees what their lines hold.
fn void(w: &mut Writer<'_, '_>, visit: &Visit, batches: &[Batch], reason: &str) -> Result<()> {
    let takes = |b: &Batch| b.state.after(BatchEvent::TakeBack).is_some();
    if !batches.iter().all(takes) {
        return refuse(Code::WrongState);
    }
    release(w, visit, batches)?;
    for batch in batches {
        let moved = BatchMoved {
            reason: reason.to_owned(),
            ..BatchMoved::of(batch, BatchEvent::TakeBack)
        };
        w.record(moved, Some(&visit.patient), None)?;
    }
    Ok(())
}

/// Frees what the lines of a visit's batches hold.
pub(crate) fn release(w: &mut Writer<'_, '_>, visit: &Visit, batches: &[Batch]) -> Result<()> {
    let charges = query::charges(w.tx, &visit.clinic, &visit.id)?;
    let theirs = |c: &&Charge| batches.iter().any(|b| b.id == c.batch);
    let theirs: HashSet<&ChargeId> = charges.iter().filter(theirs).map(|c| &c.id).collect();
    let mut held = query::reservations(w.tx, &visit.clinic, &visit.id)?;
    held.retain(|r| theirs.contains(&r.charge));
    if held.is_empty() {
        return Ok(());
    }
    let released = ReservationsReleased {
        visit: visit.id.clone(),
        reservations: held,
    };
    Ok(w.record(released, Some(&visit.patient), None)?)
}

/// With the finding's own words.
fn told(mut refusal: Refusal, finding: &FindingView) -> Refusal {
    refusal = refusal.with("check", &finding.code);
    refusal.args.extend(finding.args.iter().cloned());
    refusal
}

/// Everything that must hold before a fee list is frozen.
fn accept(list: &FeeList, body: &DraftBody) -> Result<()> {
    if let Some(problem) = list.problems.first() {
        return Err(problem.clone().into());
    }
    if list.lines.is_empty() {
        return refuse(Code::NothingToCharge);
    }
    if let Some(finding) = list.findings.iter().find(|f| f.refused) {
        return Err(told(Refusal::new(Code::CheckRefused), finding).into());
    }
    if let Some(finding) = list.findings.iter().find(|f| f.reason.is_empty()) {
        return Err(told(Refusal::at(Code::CheckWants, "reasons"), finding).into());
    }
    if let Some(amount) = agreed(list).filter(|_| !body.own_pay_consent) {
        let refusal = Refusal::at(Code::OwnPayConsent, "own_pay_consent");
        return Err(refusal.with("amount", amount).into());
    }
    Ok(())
}

/// The own-pay sum that wants the insured patient's consent.
fn agreed(list: &FeeList) -> Option<Fen> {
    let insured = list.batches.iter().any(|b| b.payer == Payer::Insured);
    let own_pay: Fen = list.lines.iter().map(|l| l.own_pay).sum();
    (insured && own_pay > Fen::ZERO).then_some(own_pay)
}

fn sign(w: &mut Writer<'_, '_>, visit: &Visit, list: &FeeList, body: &DraftBody) -> Result<()> {
    let diagnosis = |(place, one): (usize, &cunyi_catalogue::Diagnosis)| Diagnosis {
        clinic: visit.clinic.clone(),
        visit: visit.id.clone(),
        position: position(place),
        kind: one.kind,
        code: one.code.clone(),
        name: one.name.clone(),
    };
    let signed = RecordSigned {
        visit: visit.id.clone(),
        temperature: list.vitals.temperature,
        pulse: list.vitals.pulse,
        respiration: list.vitals.respiration,
        systolic: list.vitals.systolic,
        diastolic: list.vitals.diastolic,
        glucose: list.vitals.glucose,
        glucose_kind: list.vitals.glucose_kind,
        weight: list.vitals.weight,
        height: list.vitals.height,
        onset: list.onset,
        long_term: body.long_term,
        diagnoses: list.diagnoses.iter().enumerate().map(diagnosis).collect(),
    };
    let words = Personal::Record {
        complaint: body.complaint.trim().to_owned(),
        history: body.history.trim().to_owned(),
        past_history: body.past_history.trim().to_owned(),
        examination: body.examination.trim().to_owned(),
        auxiliary: body.auxiliary.trim().to_owned(),
        advice: body.advice.trim().to_owned(),
        supply_reason: list.supply_reason(),
    };
    Ok(w.record(signed, Some(&visit.patient), Some(words))?)
}

fn position(place: usize) -> i64 {
    i64::try_from(place).unwrap_or(i64::MAX - 1) + 1
}

fn freeze(
    w: &mut Writer<'_, '_>,
    app: &App,
    visit: &Visit,
    mut list: FeeList,
    before: usize,
) -> Result<()> {
    course::begin(w, app.catalogue(), visit, &mut list)?;
    let own_pay_consent = agreed(&list);
    let mut batches: Vec<Batch> = list
        .batches
        .iter()
        .zip(&list.disease_codes)
        .enumerate()
        .map(|(place, (view, code))| batch_row(w, visit, view, code, position(before + place)))
        .collect();
    let registrations = assign(w, app, visit, &mut batches)?;
    let mut charges = Vec::new();
    let mut reservations = Vec::new();
    for (place, line) in list.lines.into_iter().enumerate() {
        let batch = usize::try_from(line.batch - 1)
            .ok()
            .and_then(|i| batches.get(i));
        let batch = batch.ok_or_else(|| AppError::Failed("a line without a batch".to_owned()))?;
        let id = ChargeId(format!("{}{:03}", batch.number, place + 1));
        if line.kind == ItemKind::Drug {
            let (wanted, taken) = (list.units[place], &mut reservations);
            let lots = free_lots(w.tx, &visit.clinic, &line.code, w.who.now)?;
            let short = reserve(&lots, &id, &line, wanted, taken);
            short.map_err(|r| r.with("line", list.places[place] + 1))?;
        }
        charges.push(charge_row(
            batch,
            id,
            position(place),
            list.consultation[place],
            line,
        ));
    }
    // A finding that stands at several lines is overridden once.
    let overrides = list.findings.into_iter().map(|f| (f.key, f.reason));
    let overrides: BTreeMap<String, String> = overrides.collect();
    let visit_id = visit.id.clone();
    let frozen = ChargesFrozen {
        visit: visit_id,
        registrations,
        batches,
        charges,
        reservations,
        overrides: overrides.into_iter().collect(),
        own_pay_consent,
    };
    Ok(w.record(frozen, Some(&visit.patient), None)?)
}

fn batch_row(
    w: &Writer<'_, '_>,
    visit: &Visit,
    view: &BatchView,
    disease_code: &str,
    position: i64,
) -> Batch {
    let of_working =
        |part: fn(&Working) -> String| view.working.as_ref().map_or_else(String::new, part);
    Batch {
        clinic: visit.clinic.clone(),
        id: BatchId::new(w.who.now, w.rng),
        visit: visit.id.clone(),
        position,
        number: format!("{}{position:02}", visit.number),
        payer: view.payer,
        registration: None,
        benefit: view.benefit.clone(),
        disease_code: disease_code.to_owned(),
        disease_name: view.disease_name.clone(),
        state: BatchState::Draft,
        total: view.total,
        estimated_fund: view.estimated_fund,
        policy: of_working(|w| w.basis.version.clone()),
        estimate: view.estimate_why.map_or("", Why::as_str).to_owned(),
        working: of_working(|w| w.data.clone()),
        adds: of_working(|w| w.adds.clone()),
        fund: Fen::ZERO,
        account: Fen::ZERO,
        cash: view.total,
        intent: None,
        settlement: None,
        reason: String::new(),
        rest_of: None,
    }
}

fn charge_row(
    batch: &Batch,
    id: ChargeId,
    position: i64,
    consultation_fee: bool,
    line: ChargeView,
) -> Charge {
    Charge {
        clinic: batch.clinic.clone(),
        id,
        visit: batch.visit.clone(),
        batch: batch.id.clone(),
        position,
        kind: line.kind,
        code: line.code,
        name: line.name,
        spec: line.spec,
        unit: line.unit,
        class: line.class,
        consultation_fee,
        price: line.price,
        quantity: line.quantity,
        amount: line.amount,
        dose: line.dose,
        route: line.route,
        frequency: line.frequency,
        days: line.days,
        footnote: line.footnote,
        drip_group: line.drip_group,
        drip_rate: line.drip_rate,
        course: line.course,
        own_pay: line.own_pay,
        over_limit: line.over_limit,
        pay_first: line.pay_first,
        in_scope: line.in_scope,
        fund: line.fund,
        trace_codes: String::new(),
        rest_of: None,
    }
}

/// Refusals of the lines for which there is too little in stock.
pub(crate) fn shortages(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    list: &FeeList,
    now: Moment,
) -> Result<Vec<Refusal>> {
    let (mut taken, mut short) = (Vec::new(), Vec::new());
    for (place, line) in list.lines.iter().enumerate() {
        if line.kind != ItemKind::Drug {
            continue;
        }
        let lots = free_lots(tx, clinic, &line.code, now)?;
        let found = reserve(&lots, &line.id, line, list.units[place], &mut taken);
        let found = found.err().map(|r| r.with("line", list.places[place] + 1));
        short.extend(found);
    }
    Ok(short)
}

/// Lots of a drug that have something free and have not expired, the earliest expiry first.
pub(crate) fn free_lots(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    code: &str,
    now: Moment,
) -> Result<Vec<Lot>> {
    let mut lots = query::free_lots(tx, clinic, code)?;
    lots.retain(|lot| lot.expires_on >= now.date());
    Ok(lots)
}

/// Takes `wanted` smallest units from the lots in their order, leaving alone what `taken` holds.
fn reserve(
    lots: &[Lot],
    charge: &ChargeId,
    line: &ChargeView,
    wanted: Quantity,
    taken: &mut Vec<Reservation>,
) -> std::result::Result<(), Refusal> {
    let mut left = wanted;
    let mut free_total = Quantity::ZERO;
    for lot in lots {
        let held = taken.iter().filter(|r| r.lot == lot.id);
        let held: Quantity = held.map(|r| r.quantity).sum();
        let free = lot.on_hand - lot.reserved - held;
        free_total += free;
        let part = free.min(left);
        if part > Quantity::ZERO {
            taken.push(Reservation {
                clinic: lot.clinic.clone(),
                charge: charge.clone(),
                lot: lot.id.clone(),
                quantity: part,
            });
            left -= part;
        }
    }
    if left > Quantity::ZERO {
        let refusal = Refusal::at(Code::NoStock, "quantity").with("item", &line.name);
        return Err(refusal.with("free", free_total).with("wanted", wanted));
    }
    Ok(())
}
