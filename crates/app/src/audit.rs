//! 3101, 3102: what the centre would object to is asked where the region wants it, and shown beside the
//! fee list. It is advice: nothing waits for it, and that it fails stops nothing (nhsa-interface §2.16).

use std::collections::VecDeque;

use cunyi_domain::batch::BatchState;
use cunyi_domain::ids::{ClinicId, UserId, VisitId};
use cunyi_domain::ledger::{Batch, Charge, Coverage, Diagnosis, Patient, Payer, Visit};
use cunyi_domain::money::{Fen, Quantity};
use cunyi_gateway::message::audit::{
    Audit, AuditDiagnosis, AuditEncounter, AuditOrder, AuditPatient, Findings,
};
use cunyi_gateway::message::{Data, T3101, T3102};
use cunyi_gateway::region::AuditConfig;
use cunyi_gateway::{Gateway, Outcome};
use cunyi_store::{Tx, query};

use crate::App;
use crate::attending::Practitioner;
use crate::error::Result;
use crate::register::DEPARTMENT;
use crate::views::{Actor, Objection};

/// Visits whose answers are remembered. Loss: the centre's advice is not shown any more.
const REMEMBERED: usize = 200;
/// Most objections that are shown of a visit.
const MOST: usize = 20;

/// What the centre objected to, by visit, oldest first.
#[derive(Default)]
pub(crate) struct Memory(VecDeque<(ClinicId, VisitId, Vec<Objection>)>);

impl Memory {
    fn keep(&mut self, clinic: &ClinicId, visit: &VisitId, found: Vec<Objection>) {
        self.0.retain(|(c, v, _)| c != clinic || v != visit);
        if self.0.len() >= REMEMBERED {
            self.0.pop_front();
        }
        self.0.push_back((clinic.clone(), visit.clone(), found));
    }

    fn of(&self, clinic: &ClinicId, visit: &VisitId) -> Vec<Objection> {
        let mut all = self.0.iter();
        let found = all.find(|(c, v, _)| c == clinic && v == visit);
        found.map(|(.., found)| found.clone()).unwrap_or_default()
    }
}

/// When it is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum When {
    /// 3101: before the fee list is sent.
    Before,
    /// 3102: once the shares are known.
    During,
}

impl App {
    /// Asks, if the region wants it, and remembers the answer. Whatever fails, the visit goes on.
    pub(crate) fn audit(&self, actor: &Actor, by: &UserId, visit: &VisitId, when: When) {
        if let Err(error) = self.ask_audit(actor, by, visit, when) {
            tracing::info!(%error, "audit");
        }
    }

    /// What the centre objected to when it was asked last.
    pub(crate) fn objections(&self, clinic: &ClinicId, visit: &VisitId) -> Vec<Objection> {
        self.audits().of(clinic, visit)
    }

    fn ask_audit(&self, actor: &Actor, by: &UserId, visit: &VisitId, when: When) -> Result<()> {
        let setup = self.setup(&actor.clinic)?;
        let Some(config) = &setup.gateway.region.audit else {
            return Ok(());
        };
        let wanted = match when {
            When::Before => config.before,
            When::During => config.during,
        };
        if !wanted {
            return Ok(());
        }
        let db = self.parts.store.db();
        let gateway = &setup.gateway;
        let task = self.random_hex()[..16].to_owned();
        let now = self.now().date_time();
        let asked = db.read("audit", |tx| -> Result<_> {
            let about = About::read(tx, &actor.clinic, visit)?;
            Ok(about.map(|about| {
                (
                    about.coverage.place.clone(),
                    about.asked(gateway, config, (task, now)),
                )
            }))
        })?;
        let Some((place, input)) = asked else {
            return Ok(());
        };
        let caller = self.caller_as(actor, by)?;
        let outcome = match when {
            When::Before => caller.ask::<T3101>(&place, &input),
            When::During => caller.ask::<T3102>(&place, &input),
        };
        if let Outcome::Success(found) = outcome {
            let found = objections(found.output);
            self.audits().keep(&actor.clinic, visit, found);
        }
        Ok(())
    }
}

fn objections(found: Findings) -> Vec<Objection> {
    let rows = found.result.into_iter().take(MOST);
    let objection = |row: cunyi_gateway::message::audit::Finding| Objection {
        rule: row.rule_name,
        text: row.vola_cont,
        amount: row.vola_amt.0,
    };
    rows.map(objection).collect()
}

/// A visit with what is asked about it.
struct About {
    visit: Visit,
    patient: Patient,
    coverage: Coverage,
    doctor: Practitioner,
    platform_visit: String,
    diagnoses: Vec<Diagnosis>,
    batches: Vec<Batch>,
    charges: Vec<Charge>,
}

impl About {
    /// None where nothing of it is insured.
    fn read(tx: &mut Tx<'_>, clinic: &ClinicId, visit: &VisitId) -> Result<Option<Self>> {
        let (Some(visit), mut batches) = (
            query::visit(tx, clinic, visit)?,
            query::batches(tx, clinic, visit)?,
        ) else {
            return Ok(None);
        };
        batches.retain(|b| b.payer == Payer::Insured && b.state.is_unsettled());
        let patient = query::patient(tx, clinic, &visit.patient)?;
        let coverage = match &visit.coverage {
            Some(coverage) => query::coverage(tx, clinic, coverage)?,
            None => None,
        };
        let (Some(patient), Some(coverage), false) = (patient, coverage, batches.is_empty()) else {
            return Ok(None);
        };
        let mut charges = query::charges(tx, clinic, &visit.id)?;
        charges.retain(|c| batches.iter().any(|b| b.id == c.batch));
        let registrations = query::registrations(tx, clinic, &visit.id)?;
        let platform_visit = registrations.into_iter().find_map(|r| r.platform_visit);
        Ok(Some(Self {
            doctor: Practitioner::read(tx, clinic, &visit.doctor)?,
            platform_visit: platform_visit.unwrap_or_default(),
            diagnoses: query::diagnoses(tx, clinic, &visit.id)?,
            visit,
            patient,
            coverage,
            batches,
            charges,
        }))
    }

    fn asked(
        &self,
        gateway: &Gateway,
        config: &AuditConfig,
        (task_id, now): (String, String),
    ) -> Data<Audit> {
        let patient = AuditPatient {
            patn_id: self.coverage.person_number.clone(),
            patn_name: self.patient.name.clone(),
            gend: self.patient.sex.to_string(),
            brdy: self
                .patient
                .birth_date
                .map_or_else(String::new, |day| day.to_string()),
            poolarea: self.coverage.place.clone(),
            curr_mdtrt_id: self.platform_visit.clone(),
            fsi_encounter_dtos: vec![self.encounter(gateway, now)],
            ..AuditPatient::default()
        };
        Data::from(Audit {
            patient_dtos: vec![patient],
            trig_scen: config.trig_scen.clone(),
            task_id,
            ..Audit::default()
        })
    }

    fn encounter(&self, gateway: &Gateway, now: String) -> AuditEncounter {
        let sum = |of: fn(&Batch) -> Fen| -> Fen { self.batches.iter().map(of).sum() };
        let asked = self
            .batches
            .iter()
            .all(|b| b.state == BatchState::Presettled);
        let known = |of: fn(&Batch) -> Fen| cunyi_gateway::Amount(asked.then(|| sum(of)));
        let benefit = self.batches.first().map_or("", |b| b.benefit.as_str());
        let benefit = gateway.region.benefits.get(benefit);
        let main = self.diagnoses.first();
        let (code, name) = main.map_or_else(Default::default, |d| (d.code.clone(), d.name.clone()));
        let (department, department_name) = DEPARTMENT;
        AuditEncounter {
            mdtrt_id: self.platform_visit.clone(),
            medins_id: gateway.institution.code.clone(),
            medins_name: gateway.institution.name.clone(),
            medins_admdvs: gateway.region.admdvs.clone(),
            adm_date: self.visit.registered_at.date_time(),
            dscg_date: now,
            dscg_main_dise_codg: code,
            dscg_main_dise_name: first(&name, 50),
            fsi_diagnose_dtos: self.diagnoses.iter().map(|d| self.diagnosis(d)).collect(),
            dr_codg: self.doctor.code.clone(),
            adm_dept_codg: department.to_owned(),
            adm_dept_name: department_name.to_owned(),
            dscg_dept_codg: department.to_owned(),
            dscg_dept_name: department_name.to_owned(),
            med_type: benefit.map(|b| b.med_type.clone()).unwrap_or_default(),
            fsi_order_dtos: self.charges.iter().map(|c| self.order(c)).collect(),
            medfee_sumamt: sum(|b| b.total).into(),
            acct_payamt: known(|b| b.account),
            hifp_payamt: known(|b| b.fund),
            insutype: self.coverage.scheme.clone(),
            ..AuditEncounter::default()
        }
    }

    fn diagnosis(&self, row: &Diagnosis) -> AuditDiagnosis {
        AuditDiagnosis {
            dise_id: format!("{}-{}", self.visit.number, row.position),
            maindise_flag: if row.position == 1 { "1" } else { "0" }.to_owned(),
            dias_srt_no: row.position.to_string(),
            dise_codg: row.code.clone(),
            dise_name: row.name.clone(),
            dise_date: self.visit.registered_at.date_time(),
            ..AuditDiagnosis::default()
        }
    }

    fn order(&self, line: &Charge) -> AuditOrder {
        AuditOrder {
            rx_id: line.id.to_string(),
            rxno: first(&self.visit.number, 20),
            long_drord_flag: "0".to_owned(),
            hilist_code: line.code.clone(),
            hilist_name: first(&line.name, 50),
            hilist_lv: line.class.to_string(),
            hosplist_code: line.code.clone(),
            hosplist_name: first(&line.name, 50),
            cnt: line.quantity.into(),
            // Two digits is what the field holds; the sum is exact.
            pric: cunyi_gateway::Amount(line.price.amount(Quantity::whole(1))),
            sumamt: line.amount.into(),
            spec: first(&line.spec, 100),
            spec_unt: first(&line.unit, 20),
            drord_begn_date: self.visit.registered_at.date_time(),
            drord_dept_codg: DEPARTMENT.0.to_owned(),
            drord_dept_name: DEPARTMENT.1.to_owned(),
            drord_dr_codg: self.doctor.code.clone(),
            drord_dr_name: first(&self.doctor.name, 30),
            curr_drord_flag: "1".to_owned(),
            ..AuditOrder::default()
        }
    }
}

/// The first characters of a text, as many as a field holds.
fn first(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}
