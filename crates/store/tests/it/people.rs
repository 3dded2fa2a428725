//! What happens to patients and visits, one method each.

use cunyi_domain::fact::{
    AccessRecorded, AccountChosen, AllergyNoted, AllergyWithdrawn, CourseOrdered, CourseStopped,
    CoverageIdentified, FollowUpEnded, FollowUpRecorded, FollowUpResumed, PaperEntered,
    PatientCorrected, PatientFields, PatientReferred, PatientRegistered, PayerSwitched, Personal,
    RecordSigned, RegistrationMoved, SkinTestMoved, SkinTestOrdered, VisitInsured, VisitMoved,
    VisitRegistered,
};
use cunyi_domain::id_number::Sex;
use cunyi_domain::ids::{CoverageId, EntryId, PatientId, VisitId};
use cunyi_domain::ledger::{
    AccessKind, AllergyKind, Certificate, Charge, Diagnosis, DiagnosisKind, EndWhy, FollowUpClass,
    GlucoseKind, PaperEvent, PaperWhy, Payer, Registration, RegistrationState, SkinTestEvent,
    SkinTestState, Visit, VisitState,
};
use cunyi_domain::money::Fen;
use cunyi_domain::time::{Moment, parse_date};
use cunyi_store::reference::{Role, User};
use cunyi_store::{StoreError, Tx, Who, Writer, query};

use crate::world::{Done, World, clinic};

/// A patient's particulars, all made from one number.
pub fn fields(number: usize) -> PatientFields {
    PatientFields {
        name: format!("柳大{number}"),
        initials: format!("ld{number}"),
        birth_date: parse_date("1960-05-06"),
        id_number: format!("41052219600506{number:04}"),
        phone: format!("1390000{number:04}"),
        address: format!("柳林村{number}号"),
        guardian_name: format!("柳二{number}"),
        guardian_id_number: format!("41052219400101{number:04}"),
    }
}

fn words(number: usize) -> Personal {
    Personal::Record {
        complaint: format!("咳嗽{number}天"),
        history: format!("受凉后{number}"),
        past_history: format!("高血压{number}年"),
        examination: format!("咽红{number}"),
        auxiliary: format!("血常规{number}"),
        advice: format!("多饮水{number}"),
        supply_reason: format!("慢性病{number}"),
    }
}

impl World {
    pub fn register(&self, fields: PatientFields) -> Result<PatientId, StoreError> {
        let patient = PatientId::new(self.now(), &self.dice);
        let body = PatientRegistered {
            patient: patient.clone(),
            sex: Sex::Female,
        };
        self.record(body, &patient, Some(Personal::Patient(fields)))?;
        Ok(patient)
    }

    pub fn correct(&self, patient: &PatientId, old: PatientFields, new: PatientFields) -> Done {
        let body = PatientCorrected {
            patient: patient.clone(),
            sex: Sex::Male,
        };
        self.record(body, patient, Some(Personal::Correction { old, new }))
    }

    pub fn note_allergy(
        &self,
        patient: &PatientId,
        kind: AllergyKind,
    ) -> Result<EntryId, StoreError> {
        let id = EntryId::new(self.now(), &self.dice);
        let body = AllergyNoted {
            id: id.clone(),
            patient: patient.clone(),
            kind,
            code: "penicillins".to_owned(),
            label: "青霉素类".to_owned(),
        };
        self.record(body, patient, None)?;
        Ok(id)
    }

    pub fn withdraw_allergy(&self, patient: &PatientId, id: EntryId) -> Done {
        self.record(AllergyWithdrawn { id }, patient, None)
    }

    pub fn identify(&self, patient: &PatientId, person: &str) -> Result<CoverageId, StoreError> {
        let coverage = CoverageId::new(self.now(), &self.dice);
        let body = CoverageIdentified {
            coverage: coverage.clone(),
            patient: patient.clone(),
            scheme: "390".to_owned(),
            person_type: "1501".to_owned(),
            identities: String::new(),
            place: "410522".to_owned(),
            filings: Some("M03900=高血压".to_owned()),
            account_balance: Fen(12_300),
            general_used: Some(Fen(4500)),
            chronic_used: Some(Fen(1200)),
            general_left: Some(Fen(35500)),
        };
        self.record(
            body,
            patient,
            Some(Personal::PersonNumber(person.to_owned())),
        )?;
        Ok(coverage)
    }

    pub fn look(&self, patient: &PatientId) -> Done {
        let body = AccessRecorded {
            id: EntryId::new(self.now(), &self.dice),
            what: AccessKind::Record,
            detail: String::new(),
            patient: Some(patient.clone()),
            role: "auditor".to_owned(),
        };
        self.record(body, patient, None)
    }

    pub fn arrive(
        &self,
        patient: &PatientId,
        coverage: Option<CoverageId>,
        proxy: Option<Personal>,
    ) -> Result<VisitId, StoreError> {
        let visit = VisitId::new(self.now(), &self.dice);
        let payer = coverage.as_ref().map_or(Payer::SelfPay, |_| Payer::Insured);
        let body = VisitRegistered {
            visit: visit.clone(),
            number: format!("0320261124{:04}", self.count::<Visit>() + 1),
            patient: patient.clone(),
            payer,
            coverage,
            certificate: Certificate::IdCard,
            typed: proxy.is_some(),
            doctor: "u1".into(),
        };
        self.record(body, patient, proxy)?;
        Ok(visit)
    }

    pub fn visit(&self, id: &VisitId) -> Visit {
        let visit = self
            .store
            .db()
            .read("visit", |tx| query::visit(tx, &clinic(), id));
        visit.unwrap().unwrap()
    }

    pub fn queue(&self, visit: &Visit, from: VisitState, to: VisitState) -> Done {
        let id = visit.id.clone();
        self.record(
            VisitMoved {
                visit: id,
                from,
                to,
            },
            &visit.patient,
            None,
        )
    }

    /// The counter's registration.
    pub fn registration(&self, visit: &VisitId) -> Option<Registration> {
        let found = self.store.db().read("registrations", |tx| {
            query::registrations(tx, &clinic(), visit)
        });
        found.unwrap().into_iter().find(|row| row.position == 1)
    }

    pub fn platform(&self, visit: &Visit, from: RegistrationState, to: RegistrationState) -> Done {
        let body = RegistrationMoved {
            visit: visit.id.clone(),
            position: 1,
            from,
            to,
            message: "H410522000012026112408000000010001".to_owned(),
            platform_visit: (to == RegistrationState::Registered).then(|| "MDTRT0001".to_owned()),
            number: visit.number.clone(),
        };
        self.record(body, &visit.patient, None)
    }

    pub fn switch_payer(&self, visit: &Visit) -> Done {
        let body = PayerSwitched {
            visit: visit.id.clone(),
        };
        self.record(body, &visit.patient, None)
    }

    /// With the insurance after all.
    pub fn insure(&self, visit: &Visit, coverage: &CoverageId) -> Done {
        let body = VisitInsured {
            visit: visit.id.clone(),
            from: Payer::SelfPay,
            coverage: coverage.clone(),
            certificate: Certificate::IdCard,
            typed: true,
            registrations: vec![Registration {
                clinic: clinic(),
                visit: visit.id.clone(),
                position: 2,
                number: format!("{}B", visit.number),
                state: RegistrationState::Open,
                platform_visit: None,
            }],
        };
        self.record(body, &visit.patient, None)
    }

    /// A follow-up form, or what corrects one.
    pub fn follow_up(
        &self,
        visit: &Visit,
        corrects: Option<EntryId>,
        words: &str,
    ) -> Result<EntryId, StoreError> {
        let id = EntryId::new(self.now(), &self.dice);
        let reason = if corrects.is_some() { words } else { "" };
        let personal = Personal::FollowUp {
            answers: format!("{{\"signs\":\"{words}\"}}"),
            reason: reason.to_owned(),
        };
        let body = FollowUpRecorded {
            id: id.clone(),
            patient: visit.patient.clone(),
            visit: visit.id.clone(),
            form: "hypertension".to_owned(),
            edition: "第三版 2017".to_owned(),
            day: parse_date("2026-11-24").unwrap(),
            class: FollowUpClass::Unsatisfactory,
            uncontrolled: true,
            adverse: false,
            next_day: parse_date("2026-12-08").unwrap(),
            corrects,
        };
        self.record(body, &visit.patient, Some(personal))?;
        Ok(id)
    }

    /// She was lost and found, and is lost again.
    pub fn end_follow_up(&self, patient: &PatientId, words: &str) -> Done {
        let ended = |id: &EntryId| FollowUpEnded {
            id: id.clone(),
            patient: patient.clone(),
            why: EndWhy::Lost,
            day: parse_date("2026-11-24").unwrap(),
            words: words.to_owned(),
        };
        let first = EntryId::new(self.now(), &self.dice);
        self.record(ended(&first), patient, None)?;
        let found = FollowUpResumed {
            id: first,
            patient: patient.clone(),
        };
        self.record(found, patient, None)?;
        let second = EntryId::new(self.now(), &self.dice);
        self.record(ended(&second), patient, None)
    }

    /// She keeps what is in her personal account.
    pub fn keep_account(&self, visit: &Visit) -> Done {
        let chosen = AccountChosen {
            visit: visit.id.clone(),
            keeps: true,
        };
        self.record(chosen, &visit.patient, None)
    }

    /// She is sent on.
    pub fn refer(&self, visit: &Visit, destination: &str) -> Done {
        let body = PatientReferred {
            id: EntryId::new(self.now(), &self.dice),
            patient: visit.patient.clone(),
            visit: visit.id.clone(),
            urgent: true,
        };
        let words = Personal::Referral {
            destination: destination.to_owned(),
            reason: format!("{destination}：胸闷原因待查"),
            treated: format!("{destination}：已含服硝酸甘油"),
        };
        self.record(body, &visit.patient, Some(words))
    }

    /// A skin test that was read by two.
    pub fn skin_test(&self, visit: &Visit) -> Done {
        let id = EntryId::new(self.now(), &self.dice);
        let ordered = SkinTestOrdered {
            id: id.clone(),
            patient: visit.patient.clone(),
            visit: visit.id.clone(),
            code: "XJ01CE-138".to_owned(),
            name: "注射用青霉素钠".to_owned(),
            readable_at: Moment(self.now().0 + 1_200_000_000),
        };
        self.record(ordered, &visit.patient, None)?;
        let read = SkinTestMoved {
            id: id.clone(),
            from: SkinTestState::Waiting,
            event: SkinTestEvent::ReadNegative,
            to: SkinTestState::Read,
        };
        self.record(read, &visit.patient, None)?;
        let nurse = User {
            clinic: clinic(),
            id: "u2".into(),
            login: "nurse".to_owned(),
            name: "钱护士".to_owned(),
            role: Role::Doctor,
            national_code: "D410522000002".to_owned(),
            licence_until: cunyi_domain::time::parse_date("2031-03-31"),
            active: true,
        };
        self.store.db().transact("nurse", |tx| tx.insert(nurse))?;
        let confirmed = SkinTestMoved {
            id,
            from: SkinTestState::Read,
            event: SkinTestEvent::Confirmed,
            to: SkinTestState::Negative,
        };
        let who = Who {
            actor: "u2".into(),
            ..self.who()
        };
        let patient = Some(&visit.patient);
        let work = |w: &mut Writer<'_, '_>| w.record(confirmed, patient, None);
        self.store.write(&who, &self.dice, "confirmed", work)
    }

    /// An infusion of three days.
    pub fn order_course(&self, visit: &Visit) -> Done {
        let ordered = CourseOrdered {
            id: EntryId::new(self.now(), &self.dice),
            patient: visit.patient.clone(),
            visit: visit.id.clone(),
            days: 3,
        };
        self.record(ordered, &visit.patient, None)
    }

    /// It is stopped.
    pub fn stop_course(&self, visit: &Visit) -> Done {
        let read = |tx: &mut Tx<'_>| query::courses(tx, &clinic(), &visit.patient, 1);
        let course = self.store.db().read("course", read)?.remove(0);
        let stopped = CourseStopped {
            id: course.id,
            reason: "老柳起了皮疹".to_owned(),
        };
        self.record(stopped, &visit.patient, None)
    }

    /// A prescription that was printed twice and voided.
    pub fn papers(&self, visit: &Visit, lines: &[Charge]) -> Done {
        let all = [
            (PaperEvent::Printed, 1, None, ""),
            (PaperEvent::Printed, 2, Some(PaperWhy::Copy), ""),
            (PaperEvent::Voided, 2, Some(PaperWhy::Other), "老柳拿错了"),
        ];
        for (event, number, why, words) in all {
            let entered = PaperEntered {
                id: EntryId::new(self.now(), &self.dice),
                patient: visit.patient.clone(),
                visit: visit.id.clone(),
                event,
                number,
                lines: lines.iter().map(|line| line.id.clone()).collect(),
                why,
                words: words.to_owned(),
            };
            self.record(entered, &visit.patient, None)?;
        }
        Ok(())
    }

    pub fn sign(&self, visit: &Visit, number: usize) -> Done {
        self.sign_with(visit, words(number))
    }

    pub fn sign_with(&self, visit: &Visit, words: Personal) -> Done {
        let diagnosis = |position, kind, code: &str, name: &str| Diagnosis {
            clinic: clinic(),
            visit: visit.id.clone(),
            position,
            kind,
            code: code.to_owned(),
            name: name.to_owned(),
        };
        let body = RecordSigned {
            visit: visit.id.clone(),
            temperature: Some(375),
            pulse: Some(80),
            respiration: Some(18),
            systolic: Some(130),
            diastolic: Some(85),
            glucose: Some(56),
            glucose_kind: Some(GlucoseKind::Fasting),
            weight: Some(605),
            height: Some(1655),
            onset: parse_date("2026-11-20"),
            long_term: true,
            diagnoses: vec![
                diagnosis(1, DiagnosisKind::Western, "J06.900", "急性上呼吸道感染"),
                diagnosis(2, DiagnosisKind::Syndrome, "ZBFH20", "风寒束表证"),
            ],
        };
        self.record(body, &visit.patient, Some(words))
    }
}
