//! 4301: the record of a done visit goes to the platform where the region asks for it. It may fail alone
//! (nhsa-interface §5.8): nobody waits for it, and no money hangs on it.

use cunyi_domain::ids::{ClinicId, VisitId};
use cunyi_domain::ledger::{
    Charge, Coverage, Diagnosis, DiagnosisKind, Footnote, ItemKind, RegistrationState, Visit,
};
use cunyi_domain::money::Quantity;
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_domain::time::Moment;
use cunyi_gateway::message::{T4301, record};
use cunyi_gateway::{Count, Outcome};
use cunyi_store::uploads::{self, Upload, UploadState};
use cunyi_store::{Tx, Writer, query};

use crate::App;
use crate::error::{AppError, Result, refuse};
use crate::permission::Action;
use crate::register::DEPARTMENT;
use crate::resolve::program_at;
use crate::step::{Answer, Caller, Next, Pending, Step, Subject, told};
use crate::views::{Actor, UploadView};

/// Seconds after the first, second … attempt until the next; after the last of them a person looks.
const BACK_OFF: [i64; 5] = [60, 5 * 60, 15 * 60, 60 * 60, 60 * 60];
/// What did not leave is no attempt; nothing is tried for so many seconds.
const AWAY: i64 = 5 * 60;
/// A visit that is not settled yet is looked at again after so many seconds.
const UNSETTLED: i64 = 60 * 60;
/// Most records of a clinic in one round.
const MOST_DUE: i64 = 20;
/// Most rows of the list.
const MOST_ROWS: i64 = 200;

const fn seconds_after(now: Moment, seconds: i64) -> Moment {
    Moment(now.0.saturating_add(seconds * 1_000_000))
}

/// Puts a done visit's record in the row of what is to be sent.
pub(crate) fn put(w: &mut Writer<'_, '_>, visit: &Visit) -> Result<()> {
    w.tx.insert(Upload {
        clinic: visit.clinic.clone(),
        visit: visit.id.clone(),
        state: UploadState::Waiting,
        attempts: 0,
        next_at: w.who.now,
        message: None,
    })?;
    Ok(())
}

impl App {
    /// True if a visit's record is wanted: the region asks for it, and she is insured.
    pub(crate) fn wants_record(&self, tx: &mut Tx<'_>, visit: &Visit) -> Result<bool> {
        let setup = self.setup_in(tx, &visit.clinic)?;
        let wanted = setup.gateway.region.upload_records;
        Ok(wanted && visit.coverage.is_some())
    }

    /// Sends what is due at every clinic; answers for how many. The program calls it over and over.
    pub fn upload_due(&self) -> Result<usize> {
        self.at_every_clinic(|clinic| {
            let db = self.parts.store.db();
            let now = self.now();
            let due = db.read("uploads", |tx| uploads::due(tx, clinic, now, MOST_DUE))?;
            let program = program_at(clinic);
            for row in &due {
                match self.upload_one(&program, &row.visit) {
                    // The platform is away: so it is for the others.
                    Err(AppError::Refused(refusal)) if refusal.is_away() => {
                        let until = seconds_after(self.now(), AWAY);
                        self.write(&program, "uploads_later", |w| {
                            Ok(uploads::postpone(w.tx, clinic, until)?)
                        })?;
                        break;
                    }
                    // What it says stands in the list.
                    Ok(()) | Err(AppError::Refused(_)) => {}
                    Err(error) => return Err(error),
                }
            }
            Ok(due.len())
        })
    }

    /// What has not arrived: what a person is to look at first.
    pub fn uploads(&self, actor: &Actor) -> Result<Vec<UploadView>> {
        actor.must(Action::Settle)?;
        self.parts.store.db().read("uploads", |tx| {
            let rows = uploads::open(tx, &actor.clinic, MOST_ROWS)?;
            let views = rows.into_iter().map(|row| self.upload_view(tx, actor, row));
            Ok(views
                .collect::<Result<Vec<_>>>()?
                .into_iter()
                .flatten()
                .collect())
        })
    }

    /// How many have not arrived; none where the region asks for none.
    pub(crate) fn open_uploads(&self, tx: &mut Tx<'_>, clinic: &ClinicId) -> Result<Option<usize>> {
        if !self.setup_in(tx, clinic)?.gateway.region.upload_records {
            return Ok(None);
        }
        Ok(Some(uploads::open(tx, clinic, MOST_ROWS)?.len()))
    }

    fn upload_view(
        &self,
        tx: &mut Tx<'_>,
        actor: &Actor,
        row: Upload,
    ) -> Result<Option<UploadView>> {
        let Some(visit) = query::visit(tx, &row.clinic, &row.visit)? else {
            return Ok(None);
        };
        let patient = query::patient(tx, &row.clinic, &visit.patient)?;
        let message = match &row.message {
            Some(id) => uploads::message(tx, &row.clinic, id)?,
            None => None,
        };
        let said = match &message {
            Some(message) => self.said(tx, actor, message)?,
            None => String::new(),
        };
        Ok(Some(UploadView {
            visit: row.visit,
            number: visit.number,
            name: patient.map(|p| p.name).unwrap_or_default(),
            finished_at: visit.finished_at.unwrap_or(visit.registered_at),
            attempts: row.attempts,
            manual: row.state == UploadState::Manual,
            next_at: row.next_at,
            said,
        }))
    }

    /// Sends a visit's record again, now, whatever became of it before; not one that has arrived.
    pub fn upload_again(&self, actor: &Actor, visit: &VisitId) -> Result<()> {
        actor.must(Action::Settle)?;
        let row = self.parts.store.db().read("upload", |tx| -> Result<_> {
            let found = query::visit(tx, &actor.clinic, visit)?;
            found.ok_or(Refusal::new(Code::NotFound))?;
            Ok(uploads::upload(tx, &actor.clinic, visit)?)
        })?;
        if row.is_none_or(|row| row.state == UploadState::Done) {
            return refuse(Code::WrongState);
        }
        self.upload_one(actor, visit)
    }

    /// One attempt, signed in as the doctor whose visit it is.
    fn upload_one(&self, actor: &Actor, visit: &VisitId) -> Result<()> {
        let db = self.parts.store.db();
        let ready = db.read("upload", |tx| Ready::read(tx, &actor.clinic, visit))?;
        let doctor = match ready {
            Ready::Now(about) => about.visit.doctor,
            Ready::Later => {
                return self.write(actor, "upload_later", |w| {
                    let next_at = seconds_after(w.who.now, UNSETTLED);
                    if let Some(row) = uploads::upload(w.tx, &actor.clinic, visit)? {
                        uploads::keep(w.tx, Upload { next_at, ..row })?;
                    }
                    Ok(())
                });
            }
            Ready::Never => {
                return self.write(actor, "upload_never", |w| {
                    Ok(uploads::forget(w.tx, &actor.clinic, visit)?)
                });
            }
        };
        let caller = self.caller_as(actor, &doctor)?;
        let visit = visit.clone();
        self.drive(&caller, Box::new(UploadRecord4301 { visit }))
    }
}

/// A visit with what its record needs.
struct About {
    visit: Visit,
    coverage: Coverage,
    platform_visit: String,
}

/// Whether a record can be sent.
enum Ready {
    Now(Box<About>),
    /// Something of the visit is not settled yet.
    Later,
    /// The platform has no registration of the visit any more.
    Never,
}

impl Ready {
    fn read(tx: &mut Tx<'_>, clinic: &ClinicId, visit: &VisitId) -> Result<Self> {
        let visit = query::visit(tx, clinic, visit)?.ok_or(Refusal::new(Code::NotFound))?;
        let batches = query::batches(tx, clinic, &visit.id)?;
        let settled =
            |b: &cunyi_domain::ledger::Batch| !b.state.is_unsettled() && !b.state.in_flight();
        if !batches.iter().all(settled) {
            return Ok(Self::Later);
        }
        let coverage = match &visit.coverage {
            Some(coverage) => query::coverage(tx, clinic, coverage)?,
            None => None,
        };
        let registrations = query::registrations(tx, clinic, &visit.id)?.into_iter();
        let mut there = registrations.filter(|row| row.state == RegistrationState::Registered);
        let platform_visit = there.find_map(|row| row.platform_visit);
        Ok(match coverage.zip(platform_visit) {
            Some((coverage, platform_visit)) => Self::Now(Box::new(About {
                visit,
                coverage,
                platform_visit,
            })),
            None => Self::Never,
        })
    }
}

/// 4301. Its message names no visit: what is asked about a visit's money looks at that visit's messages.
struct UploadRecord4301 {
    visit: VisitId,
}

impl Step for UploadRecord4301 {
    fn begin(&self, w: &mut Writer<'_, '_>, caller: &Caller<'_>) -> Result<Pending> {
        let clinic = &caller.actor.clinic;
        let row = uploads::upload(w.tx, clinic, &self.visit)?;
        let row = row.filter(|row| row.state != UploadState::Done);
        let row = row.ok_or(Refusal::new(Code::WrongState))?;
        let Ready::Now(about) = Ready::read(w.tx, clinic, &self.visit)? else {
            return refuse(Code::WrongState);
        };
        let subject = Subject {
            patient: &about.visit.patient,
            visit: None,
            batch: None,
            place: &about.coverage.place,
        };
        let input = record_of(w.tx, &about)?;
        let pending = caller.issue::<T4301>(w, &subject, input)?;
        // Whatever comes of it, this was an attempt.
        let wait = usize::try_from(row.attempts)
            .ok()
            .and_then(|n| BACK_OFF.get(n));
        let state = match wait {
            Some(_) => UploadState::Waiting,
            None => UploadState::Manual,
        };
        let next = Upload {
            state,
            attempts: row.attempts + 1,
            next_at: seconds_after(w.who.now, wait.copied().unwrap_or(0)),
            message: Some(pending.id.clone()),
            ..row
        };
        uploads::keep(w.tx, next)?;
        Ok(pending)
    }

    fn finish(
        &self,
        w: &mut Writer<'_, '_>,
        caller: &Caller<'_>,
        pending: &Pending,
        answer: &Answer,
    ) -> Result<Next> {
        let outcome = caller.judge::<T4301>(w, pending, answer)?;
        let row = uploads::upload(w.tx, &caller.actor.clinic, &self.visit)?;
        if let Some(row) = row.filter(|row| row.message.as_ref() == Some(&pending.id)) {
            match &outcome {
                Outcome::Success(_) => {
                    let state = UploadState::Done;
                    uploads::keep(w.tx, Upload { state, ..row })?;
                }
                Outcome::NotSent { .. } => {
                    let attempts = row.attempts - 1;
                    uploads::keep(w.tx, Upload { attempts, ..row })?;
                }
                Outcome::Refused(_) | Outcome::Unknown(_) => {}
            }
        }
        Ok(match outcome {
            Outcome::Success(_) => Next::Done,
            other => Next::Stop(told(&other)),
        })
    }
}

/// The first characters of a text, as many as a field holds.
fn first(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

const VALID: &str = "1";

/// Two texts for which the message has one field.
fn both(one: &str, name: &str, other: &str) -> String {
    match (one.is_empty(), other.is_empty()) {
        (_, true) => one.to_owned(),
        (true, false) => format!("{name}：{other}"),
        (false, false) => format!("{one}\n{name}：{other}"),
    }
}

/// 西医 has the columns of its own; 中医 those of an illness or of a syndrome.
fn diagnosed(row: Diagnosis) -> record::RecordDiagnosis {
    let flag = |is: bool| if is { "1" } else { "0" }.to_owned();
    let mut out = record::RecordDiagnosis {
        tcm_diag_flag: flag(row.kind != DiagnosisKind::Western),
        maindiag_flag: flag(row.position == 1),
        vali_flag: VALID.to_owned(),
        ..record::RecordDiagnosis::default()
    };
    let (code, name) = match row.kind {
        DiagnosisKind::Western => (&mut out.diag_code, &mut out.diag_name),
        DiagnosisKind::Illness => (&mut out.tcm_dise_code, &mut out.tcm_dise_name),
        DiagnosisKind::Syndrome => (&mut out.tcmsymp_code, &mut out.tcmsymp),
    };
    (*code, *name) = (row.code, first(&row.name, 100));
    out
}

/// The whole record of a visit.
fn record_of(tx: &mut Tx<'_>, about: &About) -> Result<record::VisitRecord> {
    let visit = &about.visit;
    let (clinic, id) = (&visit.clinic, &visit.id);
    let allergies = query::allergies(tx, clinic, &visit.patient)?;
    let allergies: Vec<String> = allergies.into_iter().map(|row| row.label).collect();
    let rgstinfo = record::RegistrationInfo {
        mdtrt_sn: visit.number.clone(),
        mdtrt_id: about.platform_visit.clone(),
        psn_no: about.coverage.person_number.clone(),
        retnr_flag: "0".to_owned(),
        mdtrt_flag: "1".to_owned(),
        rgst_retnr_time: visit.registered_at.date_time(),
        vali_flag: VALID.to_owned(),
        ..record::RegistrationInfo::default()
    };
    let onset = visit.onset.map(Moment::start_of);
    let case = record::CaseInfo {
        mdtrt_date: visit.registered_at.date().to_string(),
        chfcomp: first(&visit.complaint, 2000),
        // At what time of the day nobody knows.
        attk_date_time: onset.map(Moment::date_time).unwrap_or_default(),
        illhis: first(&both(&visit.history, "既往史", &visit.past_history), 2000),
        algs: first(&allergies.join("、"), 2000),
        phex: first(
            &both(&visit.examination, "辅助检查", &visit.auxiliary),
            2000,
        ),
        dspo_opnn: first(&visit.advice, 1000),
        dept_code: DEPARTMENT.0.to_owned(),
        dept_name: DEPARTMENT.1.to_owned(),
        vali_flag: VALID.to_owned(),
        ..record::CaseInfo::default()
    };
    let diagnoses = query::diagnoses(tx, clinic, id)?;
    let charges = query::charges(tx, clinic, id)?.into_iter();
    let drugs = charges.filter(|charge| charge.kind == ItemKind::Drug);
    Ok(record::VisitRecord {
        rgstinfo,
        caseinfo: vec![case],
        diseinfo: diagnoses.into_iter().map(diagnosed).collect(),
        rxinfo: drugs.map(|charge| prescribed(visit, &charge)).collect(),
    })
}

/// A line of the prescription, as 2204 numbers it.
fn prescribed(visit: &Visit, line: &Charge) -> record::RxInfo {
    record::RxInfo {
        rxno: visit.number.clone(),
        rx_prsc_time: visit.registered_at.date_time(),
        rx_detl_id: first(&line.code, 30),
        rx_detl_name: first(&line.name, 100),
        tcmherb_foote: line.footnote.map_or("", Footnote::name_zh).to_owned(),
        drug_spec: first(&line.spec, 255),
        drug_used_frqu: first(&line.frequency, 30),
        drug_medc_way: first(&line.route, 100),
        drug_used_dosunt: first(&line.unit, 30),
        drug_used_idose: line.quantity.into(),
        medc_days: if line.days > 0 {
            Quantity::whole(line.days).into()
        } else {
            Count::default()
        },
        vali_flag: VALID.to_owned(),
        ..record::RxInfo::default()
    }
}
