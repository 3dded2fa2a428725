//! Registration: the patient, her coverage and the visit become facts; the platform gives the visit
//! its id (2201).

use cunyi_domain::batch::BatchState;
use cunyi_domain::fact::{
    CoverageIdentified, PatientFields, Personal, RegistrationMoved, VisitMoved, VisitRegistered,
};
use cunyi_domain::id_number::IdNumber;
use cunyi_domain::ids::{BatchId, ClinicId, CoverageId, MessageId, PatientId, VisitId};
use cunyi_domain::ledger::{
    Batch, Certificate, Payer, Registration, RegistrationState, Visit, VisitState,
};
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_domain::row::Field;
use cunyi_domain::time::Moment;
use cunyi_gateway::Outcome;
use cunyi_gateway::message::person::InsuInfo;
use cunyi_gateway::message::{Data, T2201, visit};
use cunyi_store::local::{self, Voucher};
use cunyi_store::{Tx, Writer, query, seal};

use crate::App;
use crate::attending::{Practitioner, attending};
use crate::error::{AppError, Result, refuse, refuse_at};
use crate::identify::{Known, birth_of, identities, is_usable, renamed, sex_of};
use crate::patient::{read_form, read_number, register, rename};
use crate::permission::Action;
use crate::settle::{Task, next};
use crate::step::{Answer, Caller, Next, Pending, Step, Subject, alone, told};
use crate::views::{Actor, PatientForm, RegisterForm};

/// 全科医疗科 in the national list of departments.
pub(crate) const DEPARTMENT: (&str, &str) = ("A02", "全科医疗科");

/// Position of the registration that is made at the counter.
pub(crate) const COUNTER: i64 = 1;

impl App {
    /// Registers an identified patient. With an insurance the platform is asked; whatever it
    /// answers, the visit stands here, and its page says what came of it.
    pub fn register(&self, actor: &Actor, form: &RegisterForm) -> Result<VisitId> {
        actor.must(Action::Register)?;
        let known = self.memory().find(&actor.clinic, &form.handle, self.now());
        let known = known.ok_or(Refusal::at(Code::NotFound, "handle"))?;
        let setup = self.setup(&actor.clinic)?;
        let usable = |row: &InsuInfo| is_usable(&setup, row, self.now());
        let row = coverage_row(&known, form, usable)?;
        let proxy = proxy(form, self.now())?;
        let caller = if row.is_some() {
            Some(self.caller(actor)?)
        } else {
            None
        };
        let visit = VisitId::new(self.now(), self.rng());
        let step = Register2201::at_counter(visit.clone());
        // A second click finds nothing; what is refused below can be sent again.
        if !self.memory().forget(&form.handle) {
            return refuse_at(Code::NotFound, "handle");
        }
        let begun = self.write(actor, "register", |w| {
            let patient = known_patient(w, actor, &known, form.take_name)?;
            let coverage = match (row, &known.here) {
                (Some(_), Some(here)) => Some(here.id.clone()),
                (Some(place), None) => Some(record_coverage(w, &patient, &known, place)?),
                (None, _) => None,
            };
            let payer = if coverage.is_some() {
                Payer::Insured
            } else {
                Payer::SelfPay
            };
            let registered = VisitRegistered {
                visit: visit.clone(),
                number: next_number(w.tx, self, &actor.clinic)?,
                patient: patient.clone(),
                payer,
                coverage,
                certificate: known.certificate,
                typed: known.typed,
                doctor: attending(w.tx, actor, &form.doctor)?,
            };
            w.record(registered, Some(&patient), proxy)?;
            if form.see {
                let (from, to) = (VisitState::Waiting, VisitState::Seeing);
                let moved = VisitMoved {
                    visit: visit.clone(),
                    from,
                    to,
                };
                w.record(moved, Some(&patient), None)?;
            }
            // An ID card's number stands with the patient; who pays herself needs none.
            if payer == Payer::Insured && known.certificate.is_kept() {
                keep_certificate(w, &visit, &patient, &known.certificate_number)?;
            }
            match &caller {
                Some(caller) => step.begin(w, caller).map(Some),
                None => Ok(None),
            }
        });
        if begun.is_err() {
            self.memory().keep(known);
        }
        let begun = begun?;
        if let (Some(caller), Some(pending)) = (caller, begun) {
            // What the platform said is on the visit's page; the visit itself stands.
            match self.drive_from(&caller, Box::new(step), pending) {
                Ok(()) | Err(AppError::Refused(_)) => {}
                Err(failed) => return Err(failed),
            }
        }
        Ok(visit)
    }

    /// Registers someone who pays herself: new, or known by her number and the same name; a newborn
    /// with a guardian. Of `with` only doctor and proxy count.
    pub fn register_self_pay(
        &self,
        actor: &Actor,
        form: &PatientForm,
        with: &RegisterForm,
    ) -> Result<VisitId> {
        actor.must(Action::Register)?;
        let (fields, sex) = read_form(form, self.now())?;
        let proxy = proxy(with, self.now())?;
        self.write(actor, "register_self_pay", |w| {
            let same = match fields.id_number.as_str() {
                "" => None,
                number => query::patient_by_number(w.tx, &actor.clinic, number)?,
            };
            let patient = match same {
                Some(row) if row.name != fields.name => {
                    return refuse_at(Code::NameDiffers, "name");
                }
                Some(row) => row.id,
                None => register(w, fields, sex)?,
            };
            let visit = VisitId::new(w.who.now, w.rng);
            let registered = VisitRegistered {
                visit: visit.clone(),
                number: next_number(w.tx, self, &actor.clinic)?,
                patient: patient.clone(),
                payer: Payer::SelfPay,
                coverage: None,
                certificate: Certificate::None,
                typed: true,
                doctor: attending(w.tx, actor, &with.doctor)?,
            };
            w.record(registered, Some(&patient), proxy)?;
            Ok(visit)
        })
    }

    /// Asks the platform again for a visit it refused, or whose answer was lost.
    pub fn retry_registration(&self, actor: &Actor, visit: &VisitId) -> Result<()> {
        actor.must(Action::Register)?;
        // Of a visit that is not this clinic's nobody is asked, nor signed in for.
        let row = self.parts.store.db().read("retry_registration", |tx| {
            query::visit(tx, &actor.clinic, visit)
        })?;
        row.ok_or(Refusal::new(Code::NotFound))?;
        let register = Task::Register(visit.clone(), COUNTER);
        self.work_off(actor, &actor.user, &[register])
    }

    /// Goes on without the insurance; a registration that stands at the platform is taken back.
    pub fn switch_to_self_pay(&self, actor: &Actor, visit: &VisitId) -> Result<()> {
        actor.must(Action::Register)?;
        self.write(actor, "switch_to_self_pay", |w| {
            alone(w, visit)?;
            let row =
                query::visit(w.tx, &actor.clinic, visit)?.ok_or(Refusal::new(Code::NotFound))?;
            let batches = query::batches(w.tx, &actor.clinic, visit)?;
            let frozen = batches.iter().any(|b| b.state.is_live());
            let open = !matches!(row.state, VisitState::Done | VisitState::Cancelled);
            if row.payer != Payer::Insured || frozen || !open {
                return refuse(Code::WrongState);
            }
            forget_certificate(w, visit)?;
            let switched = cunyi_domain::fact::PayerSwitched {
                visit: visit.clone(),
            };
            Ok(w.record(switched, Some(&row.patient), None)?)
        })?;
        self.withdraw(actor, visit, &[])
    }
}

fn coverage_row(
    known: &Known,
    form: &RegisterForm,
    usable: impl Fn(&InsuInfo) -> bool,
) -> Result<Option<usize>> {
    if form.self_pay {
        return Ok(None);
    }
    let rows = &known.person.insuinfo;
    let usable = |place: &usize| rows.get(*place).is_some_and(&usable);
    let place = match form.coverage.trim() {
        "" => {
            let mut all = (0..rows.len()).filter(usable);
            match (all.next(), all.next()) {
                (Some(_), Some(_)) => return refuse_at(Code::ChooseCoverage, "coverage"),
                (place, _) => place,
            }
        }
        text => text.parse().ok().filter(usable),
    };
    place
        .map(Some)
        .ok_or_else(|| Refusal::at(Code::NoCoverage, "coverage").into())
}

fn proxy(form: &RegisterForm, now: Moment) -> Result<Option<Personal>> {
    let parts = [
        &form.proxy_name,
        &form.proxy_id_number,
        &form.proxy_relation,
    ];
    let filled = parts.iter().filter(|p| !p.trim().is_empty()).count();
    if filled == 0 {
        return Ok(None);
    }
    if filled < parts.len() {
        return refuse_at(Code::ProxyIncomplete, "proxy_name");
    }
    if parts
        .iter()
        .any(|p| p.chars().count() > 60 || p.chars().any(char::is_control))
    {
        return refuse_at(Code::BadText, "proxy_name");
    }
    let id_number = read_number(&form.proxy_id_number, "proxy_id_number", now)?
        .as_str()
        .to_owned();
    Ok(Some(Personal::Proxy {
        name: form.proxy_name.trim().to_owned(),
        id_number,
        relation: form.proxy_relation.trim().to_owned(),
    }))
}

/// The patient of an identification: known here by her number, or new. Under another name than the
/// platform's only once somebody who may says that it is she, and takes the name over.
fn known_patient(
    w: &mut Writer<'_, '_>,
    actor: &Actor,
    known: &Known,
    take_name: bool,
) -> Result<PatientId> {
    let base = &known.person.baseinfo;
    if !base.certno.is_empty()
        && let Some(row) = query::patient_by_number(w.tx, &actor.clinic, &base.certno)?
    {
        let id = row.id.clone();
        if renamed(&row, base) {
            if !take_name {
                return refuse_at(Code::CentreNameDiffers, "take_name");
            }
            actor.must(Action::CorrectPatient)?;
            rename(w, row, base.psn_name.trim())?;
        }
        return Ok(id);
    }
    let id = IdNumber::parse(&base.certno).ok();
    let fields = PatientFields {
        name: base.psn_name.clone(),
        initials: cunyi_catalogue::name_initials(&base.psn_name),
        birth_date: Some(birth_of(base, id.as_ref(), w.who.now)?),
        id_number: base.certno.clone(),
        ..PatientFields::default()
    };
    let sex = sex_of(base, id.as_ref())?;
    register(w, fields, sex)
}

pub(crate) fn record_coverage(
    w: &mut Writer<'_, '_>,
    patient: &PatientId,
    known: &Known,
    place: usize,
) -> Result<CoverageId> {
    let row = known.person.insuinfo.get(place);
    let row = row.ok_or(Refusal::at(Code::NoCoverage, "coverage"))?;
    let further = known.further.of.get(place).cloned().unwrap_or_default();
    let id = CoverageId::new(w.who.now, w.rng);
    let identified = CoverageIdentified {
        coverage: id.clone(),
        patient: patient.clone(),
        scheme: row.insutype.clone(),
        person_type: row.psn_type.clone(),
        identities: identities(&known.person, w.who.now.date()),
        place: row.insuplc_admdvs.clone(),
        filings: known.further.filings.clone(),
        account_balance: row.balc.or_zero().max(cunyi_domain::money::Fen::ZERO),
        general_used: further.general_used,
        chronic_used: further.chronic_used,
        general_left: further.general_left,
    };
    let number = Personal::PersonNumber(known.person.baseinfo.psn_no.clone());
    w.record(identified, Some(patient), Some(number))?;
    Ok(id)
}

/// Voucher tokens and card numbers of the insured are kept sealed until the last settlement.
pub(crate) fn keep_certificate(
    w: &mut Writer<'_, '_>,
    visit: &VisitId,
    patient: &PatientId,
    number: &str,
) -> Result<()> {
    let place = format!("certificate {visit}");
    let sealed = w.seal(patient, &place, number.as_bytes())?;
    w.tx.insert(Voucher {
        clinic: w.who.clinic.clone(),
        visit: visit.clone(),
        sealed,
        alg: seal::ALGORITHM.to_owned(),
        kept_at: w.who.now,
    })?;
    Ok(())
}

/// Nothing more is settled: the certificate is not needed any more.
pub(crate) fn forget_certificate(w: &mut Writer<'_, '_>, visit: &VisitId) -> Result<()> {
    let values = vec![
        w.who.clinic.clone().into_value(),
        visit.clone().into_value(),
    ];
    let sql = "DELETE FROM voucher WHERE clinic = ? AND visit = ?";
    w.tx.execute(sql, values)?;
    Ok(())
}

/// 就诊号: slot, day, number of the day. Unique under the institution code.
fn next_number(tx: &mut Tx<'_>, app: &App, clinic: &ClinicId) -> Result<String> {
    let setup = app.setup_in(tx, clinic)?;
    let day = app.now().local();
    let key = i64::from(day.year()) * 10_000 + i64::from(day.month()) * 100 + i64::from(day.day());
    let (day, number) = local::next_of_day(tx, clinic, "visit", key)?;
    Ok(format!("{:02}{day}{number:03}", setup.clinic.slot))
}

/// True while a visit's voucher or card is kept.
pub(crate) fn has_certificate(tx: &mut Tx<'_>, visit: &Visit) -> Result<bool> {
    let values = vec![
        visit.clinic.clone().into_value(),
        visit.id.clone().into_value(),
    ];
    let row: Option<Voucher> = tx.find("WHERE clinic = ? AND visit = ?", values)?;
    Ok(row.is_some())
}

/// The certificate as 2201, 2206 and 2207 want it.
pub(crate) fn certificate_number(
    w: &mut Writer<'_, '_>,
    app: &App,
    visit: &Visit,
) -> Result<String> {
    if visit.certificate == Certificate::IdCard {
        let patient = query::patient(w.tx, &visit.clinic, &visit.patient)?;
        return Ok(patient.ok_or(Refusal::new(Code::NotFound))?.id_number);
    }
    let values = vec![
        visit.clinic.clone().into_value(),
        visit.id.clone().into_value(),
    ];
    let row: Option<Voucher> = w.tx.find("WHERE clinic = ? AND visit = ?", values)?;
    let row = row.ok_or(Refusal::new(Code::VoucherGone))?;
    let key = seal::find(w.tx, app.store().key(), &visit.clinic, &visit.patient)?;
    let key = key.ok_or(Refusal::new(Code::NotFound))?;
    let plain = key.open(&format!("certificate {}", visit.id), &row.sealed)?;
    String::from_utf8(plain)
        .map_err(|_| AppError::Failed("a kept certificate is no text".to_owned()))
}

/// Gives each insured batch the registration it is settled under, and answers those that are to be
/// made for it. Where the region lets batches share one, that is the counter's; else the counter's
/// carries one batch, and each further has its own.
pub(crate) fn assign(
    w: &mut Writer<'_, '_>,
    app: &App,
    visit: &Visit,
    batches: &mut [Batch],
) -> Result<Vec<Registration>> {
    let clinic = &visit.clinic;
    let shared = app
        .setup_in(w.tx, clinic)?
        .gateway
        .region
        .batches_share_visit;
    let mut position = COUNTER;
    for row in query::registrations(w.tx, clinic, &visit.id)? {
        position = position.max(row.position);
    }
    let before = query::batches(w.tx, clinic, &visit.id)?;
    let stands = |b: &Batch| b.registration == Some(COUNTER) && b.state.is_live();
    let mut taken = before.iter().any(stands);
    let mut made = Vec::new();
    for batch in batches.iter_mut().filter(|b| b.payer == Payer::Insured) {
        batch.registration = Some(COUNTER);
        if taken && !shared {
            position += 1;
            batch.registration = Some(position);
            made.push(Registration {
                clinic: clinic.clone(),
                visit: visit.id.clone(),
                position,
                number: next_number(w.tx, app, clinic)?,
                state: RegistrationState::Open,
                platform_visit: None,
            });
        }
        taken = true;
    }
    Ok(made)
}

/// One of a visit's registrations.
pub(crate) fn registration(
    w: &mut Writer<'_, '_>,
    clinic: &ClinicId,
    visit: &VisitId,
    position: i64,
) -> Result<Registration> {
    let rows = query::registrations(w.tx, clinic, visit)?;
    let row = rows.into_iter().find(|row| row.position == position);
    row.ok_or_else(|| Refusal::new(Code::NotFound).into())
}

/// Records what became of a registration.
pub(crate) fn record_registration(
    w: &mut Writer<'_, '_>,
    was: &Registration,
    patient: &PatientId,
    message: &MessageId,
    is: Registration,
) -> Result<()> {
    let moved = RegistrationMoved {
        visit: is.visit,
        position: is.position,
        from: was.state,
        to: is.state,
        message: message.0.clone(),
        platform_visit: is.platform_visit,
        number: is.number,
    };
    Ok(w.record(moved, Some(patient), None)?)
}

/// 2201 门诊挂号.
pub(crate) struct Register2201 {
    /// The visit.
    pub visit: VisitId,
    /// Which of its registrations.
    pub position: i64,
    /// What follows.
    pub rest: Vec<Task>,
}

impl Step for Register2201 {
    fn begin(&self, w: &mut Writer<'_, '_>, caller: &Caller<'_>) -> Result<Pending> {
        let clinic = &caller.actor.clinic;
        alone(w, &self.visit)?;
        let row = query::visit(w.tx, clinic, &self.visit)?.ok_or(Refusal::new(Code::NotFound))?;
        let was = registration(w, clinic, &self.visit, self.position)?;
        // What was given against a deposit is settled later, and so registered.
        let over = match row.state {
            VisitState::Cancelled => true,
            VisitState::Done => {
                let batches = query::batches(w.tx, clinic, &self.visit)?;
                !batches.iter().any(|b| b.state.is_unsettled())
            }
            _ => false,
        };
        let number = match was.state {
            _ if over || row.payer != Payer::Insured => return refuse(Code::WrongState),
            RegistrationState::Open | RegistrationState::Refused => was.number.clone(),
            // It may stand at the platform under its number, or stood there: ask under a new one.
            RegistrationState::Unknown | RegistrationState::Cancelled => {
                next_number(w.tx, caller.app, clinic)?
            }
            _ => return refuse(Code::WrongState),
        };
        let batch = self.batch(w, clinic)?;
        let coverage = row
            .coverage
            .as_ref()
            .ok_or(Refusal::new(Code::NoCoverage))?;
        let coverage = query::coverage(w.tx, clinic, coverage)?;
        let coverage = coverage.ok_or(Refusal::new(Code::NoCoverage))?;
        let doctor = Practitioner::read(w.tx, clinic, &row.doctor)?;
        let input: Data<visit::Registration> = visit::Registration {
            psn_no: coverage.person_number.clone(),
            insutype: coverage.scheme.clone(),
            begntime: row.registered_at.date_time(),
            mdtrt_cert_type: row.certificate.as_str().to_owned(),
            mdtrt_cert_no: certificate_number(w, caller.app, &row)?,
            ipt_otp_no: number.clone(),
            atddr_no: doctor.code,
            dr_name: doctor.name,
            dept_code: DEPARTMENT.0.to_owned(),
            dept_name: DEPARTMENT.1.to_owned(),
            caty: DEPARTMENT.0.to_owned(),
        }
        .into();
        let subject = Subject {
            patient: &row.patient,
            visit: Some(&row.id),
            batch: batch.as_ref(),
            place: &coverage.place,
        };
        let pending = caller.issue::<T2201>(w, &subject, input)?;
        let is = Registration {
            state: RegistrationState::Requested,
            number,
            ..was.clone()
        };
        record_registration(w, &was, &row.patient, &pending.id, is)?;
        Ok(pending)
    }

    fn finish(
        &self,
        w: &mut Writer<'_, '_>,
        caller: &Caller<'_>,
        pending: &Pending,
        answer: &Answer,
    ) -> Result<Next> {
        let outcome = caller.judge::<T2201>(w, pending, answer)?;
        let clinic = &caller.actor.clinic;
        let row = query::visit(w.tx, clinic, &self.visit)?.ok_or(Refusal::new(Code::NotFound))?;
        let was = registration(w, clinic, &self.visit, self.position)?;
        let (state, platform_visit) = match &outcome {
            Outcome::Success(found) => (
                RegistrationState::Registered,
                Some(found.output.data.mdtrt_id.clone()),
            ),
            Outcome::Refused(_) => (RegistrationState::Refused, None),
            Outcome::Unknown(_) => (RegistrationState::Unknown, None),
            Outcome::NotSent { .. } => (RegistrationState::Open, None),
        };
        let is = Registration {
            state,
            platform_visit,
            ..was.clone()
        };
        record_registration(w, &was, &row.patient, &pending.id, is)?;
        Ok(match outcome {
            Outcome::Success(_) => next(&self.rest),
            other => Next::Stop(told(&other)),
        })
    }
}

impl Register2201 {
    /// The one that is made when the patient arrives.
    fn at_counter(visit: VisitId) -> Self {
        let (position, rest) = (COUNTER, Vec::new());
        Self {
            visit,
            position,
            rest,
        }
    }

    /// The batch it is made for; none at the counter. Refused once the batch was taken back.
    fn batch(&self, w: &mut Writer<'_, '_>, clinic: &ClinicId) -> Result<Option<BatchId>> {
        if self.position == COUNTER {
            return Ok(None);
        }
        let batches = query::batches(w.tx, clinic, &self.visit)?;
        let mut open = batches.into_iter().filter(|b| b.state == BatchState::Draft);
        let found = open.find(|b| b.registration == Some(self.position));
        let found = found.ok_or(Refusal::new(Code::WrongState))?;
        Ok(Some(found.id))
    }
}
