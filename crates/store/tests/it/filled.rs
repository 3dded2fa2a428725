//! A clinic where everything has happened and every column of every table is filled.

use cunyi_domain::batch::BatchEvent;
use cunyi_domain::fact::{Personal, PolicyConfirmed, ReferenceActivated};
use cunyi_domain::ids::{CoverageId, LotId, MessageId, PatientId};
use cunyi_domain::journal::{digest, version};
use cunyi_domain::ledger::{
    AllergyKind, Batch, Goods, PaymentKind, RegistrationState, Right, Visit, VisitState,
};
use cunyi_domain::money::Fen;
use cunyi_domain::resolve::Finding;
use cunyi_store::books::{Reconciliation, Till};
use cunyi_store::local::{
    Counter, Credential, Draft, Habit, Message, MessageState, Session, SignIn, Template, Voucher,
};
use cunyi_store::reference::{PrescribingRight, ReferenceFile};
use cunyi_store::uploads::{Upload, UploadState};
use cunyi_store::{StoreError, seal};

use crate::people::fields;
use crate::receipts::Electronic;
use crate::world::{Done, World, clinic};

impl World {
    /// Rows that no fact writes, every column filled.
    pub fn fill_local(&self, visit: &Visit, typed: &str, token: &str) {
        let now = self.now();
        let batches = self.all::<Batch>().into_iter();
        let batch = batches
            .filter(|batch| batch.visit == visit.id)
            .map(|batch| batch.id)
            .next();
        let rows = self.write(|w| {
            let patient = &visit.patient;
            let sealed = w.seal(patient, "certificate", token.as_bytes())?;
            let request = w.seal(patient, "request", token.as_bytes())?;
            let reply = w.seal(patient, "reply", token.as_bytes())?;
            w.tx.insert(Draft {
                clinic: clinic(),
                visit: visit.id.clone(),
                version: 3,
                body: format!("{{\"complaint\":\"{typed}\"}}"),
                saved_at: now,
            })?;
            w.tx.insert(Voucher {
                clinic: clinic(),
                visit: visit.id.clone(),
                sealed,
                alg: seal::ALGORITHM.to_owned(),
                kept_at: now,
            })?;
            let message = MessageId::new(now, w.rng);
            w.tx.insert(Message {
                clinic: clinic(),
                id: message.clone(),
                infno: "2201".to_owned(),
                patient: patient.clone(),
                visit: Some(visit.id.clone()),
                batch,
                state: MessageState::Success,
                requested_at: now,
                answered_at: Some(now),
                digest: digest(b"request"),
                request,
                reply: Some(reply),
                alg: seal::ALGORITHM.to_owned(),
            })?;
            w.tx.insert(Upload {
                clinic: clinic(),
                visit: visit.id.clone(),
                state: UploadState::Waiting,
                attempts: 1,
                next_at: now,
                message: Some(message),
            })?;
            Ok(())
        });
        rows.unwrap();
    }

    fn fill_installation(&self) {
        let now = self.now();
        let rows = self.store.db().transact("fill", |tx| {
            tx.insert(Credential {
                clinic: clinic(),
                account: "u1".into(),
                hash: "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA".to_owned(),
                failures: 1,
                locked_until: now,
            })?;
            tx.insert(Session {
                clinic: clinic(),
                token: digest(b"token"),
                account: "u1".into(),
                csrf: "csrf".to_owned(),
                locale: "zh-CN".to_owned(),
                started_at: now,
                seen_at: now,
            })?;
            tx.insert(Counter {
                clinic: clinic(),
                name: "msgid".to_owned(),
                value: 1,
                second: now.0,
            })?;
            tx.insert(SignIn {
                clinic: clinic(),
                account: "u1".into(),
                day: "2026-11-24".to_owned(),
                sign_number: "S1".to_owned(),
            })?;
            tx.insert(Reconciliation {
                clinic: clinic(),
                day: now.date(),
                evidence: "{}".to_owned(),
                asked_at: now,
                asked_by: "u1".into(),
            })?;
            tx.insert(Till {
                clinic: clinic(),
                day: now.date(),
                cash: Fen(1_250),
                qr: Fen(830),
                counted_at: now,
                counted_by: "u1".into(),
            })?;
            tx.insert(ReferenceFile {
                clinic: clinic(),
                what: "policy".to_owned(),
                name: "henan".to_owned(),
                version: version(&digest(b"policy")).to_owned(),
                content: "name = \"henan\"".to_owned(),
                confirmed_by: "县医保局".to_owned(),
                confirmed_on: "2026-11-01".to_owned(),
                active_from: now,
            })?;
            Ok::<(), StoreError>(())
        });
        rows.unwrap();
    }

    /// What a doctor may, and what saves her typing.
    fn fill_doctor(&self) {
        let now = self.now();
        let rows = self.store.db().transact("doctor", |tx| {
            tx.insert(Habit {
                clinic: clinic(),
                doctor: "u1".into(),
                code: "J06.900".to_owned(),
                times: 3,
                dose: "0.5".to_owned(),
                route: "po".to_owned(),
                frequency: "tid".to_owned(),
                days: "3".to_owned(),
                used_at: now,
            })?;
            tx.insert(Template {
                clinic: clinic(),
                id: "t1".into(),
                owner: Some("u1".into()),
                township: false,
                name: "感冒".to_owned(),
                body: "{}".to_owned(),
                saved_by: "u1".into(),
                saved_at: now,
            })?;
            tx.insert(PrescribingRight {
                clinic: clinic(),
                holder: "u1".to_owned(),
                what: Right::Infusion,
                granted_at: now,
            })?;
            Ok::<(), StoreError>(())
        });
        rows.unwrap();
    }

    /// A clinic where every kind of fact has happened and every column of every table is filled.
    pub fn fill(&self) -> Result<(), StoreError> {
        self.fill_installation();
        self.fill_doctor();
        let body = ReferenceActivated {
            what: "policy".to_owned(),
            name: "henan".to_owned(),
            version: "2026.1".to_owned(),
            digest: digest(b"policy"),
            from: self.now(),
        };
        self.write(|w| w.record(body, None, None))?;
        let body = PolicyConfirmed {
            name: "henan".to_owned(),
            version: "2026.1".to_owned(),
            by: "县医保局待遇科".to_owned(),
            on: "2026-11-01".to_owned(),
        };
        self.write(|w| w.record(body, None, None))?;
        let lots = [self.receive(50)?, self.receive(20)?];

        let liu = self.register(fields(1))?;
        self.correct(&liu, fields(1), fields(2))?;
        let wrong = self.note_allergy(&liu, AllergyKind::Drug)?;
        self.note_allergy(&liu, AllergyKind::Group)?;
        self.withdraw_allergy(&liu, wrong)?;
        let coverage = self.identify(&liu, "41000000000000000001")?;
        self.look(&liu)?;
        self.insured_visit(&liu, &coverage, &lots)?;
        self.self_pay_visit(&liu, &lots)?;
        self.two_registrations(&liu, &coverage)?;
        self.switched_visit(&liu, &coverage)?;

        self.clear()?;

        let gone = self.register(fields(3))?;
        let visit = self.arrive(&gone, None, None)?;
        self.sign(&self.visit(&visit), 3)?;
        self.store.erase(&self.who(), &self.dice, &gone)
    }

    /// Settled, handed over, and reversed after all.
    fn insured_visit(&self, patient: &PatientId, coverage: &CoverageId, lots: &[LotId]) -> Done {
        let proxy = Personal::Proxy {
            name: "柳小五".to_owned(),
            id_number: "410522198801010011".to_owned(),
            relation: "儿子".to_owned(),
        };
        let id = self.arrive(patient, Some(coverage.clone()), Some(proxy))?;
        let visit = self.visit(&id);
        self.queue(&visit, VisitState::Waiting, VisitState::Seeing)?;
        self.platform(
            &visit,
            RegistrationState::Open,
            RegistrationState::Requested,
        )?;
        self.platform(
            &visit,
            RegistrationState::Requested,
            RegistrationState::Registered,
        )?;
        self.sign(&visit, 1)?;
        self.order_course(&visit)?;
        let batch = self.freeze(&visit, &[(lots[0].clone(), 3), (lots[1].clone(), 2)])?;
        self.scan(patient, &self.charges_of(&batch)[1].id)?;
        for event in [
            BatchEvent::Upload,
            BatchEvent::Presettle,
            BatchEvent::Request,
            BatchEvent::Lose,
            BatchEvent::RequestUndo,
            BatchEvent::RefuseUndo,
        ] {
            self.happen(&self.batch(&batch), event, "")?;
        }
        self.look_for(&batch, Finding::InForce)?;
        self.happen(&self.batch(&batch), BatchEvent::Settle, "")?;
        self.hand_over(&self.batch(&batch))?;
        self.happen(
            &self.batch(&batch),
            BatchEvent::RequestReversal,
            "多收了一盒",
        )?;
        self.happen(&self.batch(&batch), BatchEvent::Reverse, "多收了一盒")?;
        let lines = self.charges_of(&batch);
        self.decide_goods(&visit, &lines[1], Goods::NotHandedOver)?;
        self.decide_goods(&visit, &lines[2], Goods::Quarantined)?;
        self.charge_rest(&visit, &self.batch(&batch))?;
        self.name_reversal(&batch)?;
        self.pay(&visit, PaymentKind::Returned, Fen(5))?;
        let first = self.follow_up(&visit, None, "咳嗽时头晕")?;
        self.follow_up(&visit, Some(first), "老柳看错了血压")?;
        self.end_follow_up(&visit.patient, "老柳搬到镇上")?;
        self.skin_test(&visit)?;
        self.papers(&visit, &lines)?;
        self.receipts(&visit, "老柳打反了")?;
        let words = Electronic {
            check_code: "q7w8e9",
            url: "https://receipts.invalid/12345678",
            reason: "老柳的名字打错了",
            said: "老柳的票已报销",
            undone: true,
        };
        self.electronic(&visit, &words)?;
        self.stop_course(&visit)?;
        self.refer(&visit, "县医院心内科")?;
        self.keep_account(&visit)?;
        self.queue(&visit, VisitState::Seeing, VisitState::Done)?;
        self.fill_local(&visit, "又咳嗽了", "token");
        Ok(())
    }

    /// One batch taken back, one paid and waiting to be handed over.
    fn self_pay_visit(&self, patient: &PatientId, lots: &[LotId]) -> Done {
        let visit = self.arrive(patient, None, None)?;
        let visit = self.visit(&visit);
        let first = self.freeze(&visit, &[(lots[0].clone(), 5)])?;
        self.happen(&self.batch(&first), BatchEvent::TakeBack, "她家里还有")?;
        let second = self.freeze(&visit, &[(lots[0].clone(), 4), (lots[1].clone(), 1)])?;
        self.happen(&self.batch(&second), BatchEvent::Settle, "")
    }

    /// Two batches, each under a registration of its own.
    fn two_registrations(&self, patient: &PatientId, coverage: &CoverageId) -> Done {
        let visit = self.arrive(patient, Some(coverage.clone()), None)?;
        let visit = self.visit(&visit);
        self.freeze(&visit, &[])?;
        let second = self.freeze(&visit, &[])?;
        self.happen(&self.batch(&second), BatchEvent::Upload, "")?;
        self.happen(&self.batch(&second), BatchEvent::OwnPay, "")
    }

    fn switched_visit(&self, patient: &PatientId, coverage: &CoverageId) -> Done {
        let visit = self.arrive(patient, Some(coverage.clone()), None)?;
        self.switch_payer(&self.visit(&visit))?;
        self.insure(&self.visit(&visit), coverage)
    }
}
