//! What is done on a day, operation by operation.

use std::fs;
use std::sync::atomic::Ordering;

use cunyi_app::views::{
    BatchView, DraftBody, DraftLine, GiveBack, IdentifyForm, InsureForm, PatientForm, RefundForm,
    RegisterForm, VisitView,
};
use cunyi_app::{Actor, AppError};
use cunyi_catalogue::ServiceRole;
use cunyi_centre::population::Person;
use cunyi_domain::batch::BatchState;
use cunyi_domain::fact::HandedOver;
use cunyi_domain::ids::{BatchId, MoveId, VisitId};
use cunyi_domain::ledger::{Goods, Method, MoveKind, Standing, StockMove, VisitState};
use cunyi_domain::money::{Fen, Quantity};
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_store::{Who, query};

use crate::day::{Day, REASON};
use crate::mutant::Mutant;
use crate::plan::{Complaint, Op, Step};
use crate::wire::lock;
use crate::world::{CLINIC, DRUGS, told};

impl Day<'_> {
    pub(crate) fn visit(&self, number: usize) -> Option<(VisitId, Complaint)> {
        let all = lock(&self.complaints);
        let found = all.iter().find(|(of, ..)| *of == number);
        found.map(|(_, id, complaint)| (id.clone(), *complaint))
    }

    /// Does it; a refusal is an answer like another, as long as the disk is not said to be full when it is not.
    pub(crate) fn apply(&self, by: &Actor, op: Op) -> Result<(), String> {
        match op {
            Op::Trespass(number) => return self.trespass(number),
            Op::FillDisk(pages) => {
                self.filled.store(true, Ordering::SeqCst);
                let db = self.app().store().db();
                return db.leave_room(Some(pages)).map_err(told);
            }
            Op::FreeDisk => return self.free_disk(),
            Op::Office(number, what) => return self.office(number, what),
            _ => {}
        }
        match self.act(by, op) {
            Err(AppError::Refused(refusal)) if refusal.code == Code::DiskFull => {
                self.full.fetch_add(1, Ordering::SeqCst);
                if !self.filled.load(Ordering::SeqCst) {
                    return Err("the disk is full".to_owned());
                }
                match op {
                    Op::Register(number, complaint, _) => self.find(number, complaint),
                    _ => Ok(()),
                }
            }
            Ok(()) | Err(AppError::Refused(_)) => Ok(()),
            Err(AppError::Failed(text)) => Err(text),
        }
    }

    fn act(&self, by: &Actor, op: Op) -> cunyi_app::Result<()> {
        match op {
            Op::Register(number, complaint, who) => {
                return self.register(by, number, complaint, who);
            }
            Op::Due => {
                self.app().resolve_due()?;
                return self.app().settle_deferred().map(drop);
            }
            Op::Pass(seconds) => {
                self.wire.pass(seconds);
                return Ok(());
            }
            Op::SetClock(seconds) => {
                self.clinic_clock.set(seconds);
                return Ok(());
            }
            Op::Mend => return self.mend_today(),
            _ => {}
        }
        let Some((visit, complaint)) = op.visit().and_then(|number| self.visit(number)) else {
            return Ok(());
        };
        let (app, doctor, visit) = (self.app(), by, &visit);
        match op {
            Op::Retry(_) => app.retry_registration(doctor, visit),
            Op::SelfPay(_) => app.switch_to_self_pay(doctor, visit),
            Op::Freeze(_, days) => self.freeze(by, visit, complaint, days),
            Op::Presettle(_) => app.presettle(doctor, visit),
            Op::Keep(_, keeps) => app.keep_account(doctor, visit, keeps),
            Op::Settle(_) if self.mutant == Some(Mutant::ReversedAfterHandOver) => {
                self.settle(by, visit).or_else(|_| self.give(by, visit))
            }
            Op::Settle(_) => self.settle(by, visit),
            Op::HandOver(number) => self.hand_over(by, visit, number),
            Op::Decide(_, goods) => self.decide(by, visit, goods),
            Op::TakeBack(_) => app.take_back(doctor, visit),
            Op::Cancel(_) => app.move_visit(doctor, visit, VisitState::Cancelled),
            Op::Resolve(_) => app.resolve(doctor, visit),
            Op::Insure(number) => self.insure(by, visit, number),
            Op::Reverse(_, place) => match self.view(by, visit)?.batches.get(place) {
                Some(batch) => app.reverse(doctor, &batch.id, REASON),
                None => Ok(()),
            },
            Op::GiveBack(_, place) => match self.view(by, visit)?.batches.get(place) {
                Some(batch) => self.give_back(doctor, &batch.id),
                None => Ok(()),
            },
            Op::Drop(_, place) => match self.view(by, visit)?.batches.get(place) {
                Some(batch) => app.drop_batch(doctor, &batch.id, REASON),
                None => Ok(()),
            },
            _ => Ok(()),
        }
    }

    /// One unit of the first line that holds several; else the first line.
    fn give_back(&self, by: &Actor, batch: &BatchId) -> cunyi_app::Result<()> {
        let view = self.app().refund(by, batch, &RefundForm::default())?;
        let one = Quantity::whole(1);
        let several = view.lines.iter().find(|line| line.quantity > one);
        let Some(line) = several.or(view.lines.first()) else {
            return Ok(());
        };
        let form = RefundForm {
            back: vec![GiveBack::of(&line.id, one.min(line.quantity))],
            reason: REASON.to_owned(),
            certificate: String::new(),
        };
        self.app().reverse_part(by, batch, &form)
    }

    /// Who cannot wait for what became of a lost call leaves a deposit: her share, or everything.
    fn hand_over(&self, by: &Actor, visit: &VisitId, number: usize) -> cunyi_app::Result<()> {
        let app = self.app();
        self.even_out(by, visit, Method::Qr)?;
        match self.view(by, visit)?.deposit {
            Some((least, most)) => {
                let share = number.is_multiple_of(2) && least > Fen::ZERO;
                let deposit = if share { least } else { most };
                app.hand_over_against(by, visit, deposit, Method::Cash)
            }
            None => app.hand_over(by, visit),
        }
    }

    /// What is to be returned or collected is.
    pub(crate) fn even_out(
        &self,
        by: &Actor,
        visit: &VisitId,
        method: Method,
    ) -> cunyi_app::Result<()> {
        match self.view(by, visit)?.money {
            Standing::ToReturn(sum) | Standing::ToCollect(sum) => {
                self.app().even_out(by, visit, sum, method)
            }
            Standing::Even | Standing::Held(_) => Ok(()),
        }
    }

    pub(crate) fn view(&self, by: &Actor, visit: &VisitId) -> cunyi_app::Result<VisitView> {
        self.app().visit(by, visit)
    }

    /// Of a line that was given back after it was handed over.
    fn decide(&self, by: &Actor, visit: &VisitId, goods: Goods) -> cunyi_app::Result<()> {
        let lines = self.view(by, visit)?.goods;
        match lines.iter().find(|line| line.decided.is_none()) {
            Some(line) => {
                let decision = [(line.charge.clone(), goods)];
                self.app().decide_goods(by, &line.batch, &decision, REASON)
            }
            None => Ok(()),
        }
    }

    fn register(
        &self,
        by: &Actor,
        number: usize,
        complaint: Complaint,
        who: usize,
    ) -> cunyi_app::Result<()> {
        let person = self.person(complaint, who);
        let visit = if complaint == Complaint::SelfPay {
            self.register_self_pay(by, person)?
        } else {
            let form = RegisterForm {
                handle: self.app().identify(by, &by_number(person))?.handle,
                ..RegisterForm::default()
            };
            self.app().register(by, &form)?
        };
        lock(&self.complaints).push((number, visit, complaint));
        Ok(())
    }

    pub(crate) fn person(&self, complaint: Complaint, who: usize) -> &Person {
        let people = match complaint {
            Complaint::ColdAndPressure => &self.template.pressed,
            Complaint::Cold | Complaint::SelfPay => &self.template.well,
        };
        &people[who % people.len()]
    }

    /// What is known to have come to nothing is paid by the patient again at once.
    fn insure(&self, by: &Actor, visit: &VisitId, number: usize) -> cunyi_app::Result<()> {
        let Some((complaint, who)) = self.plan.patient(number) else {
            return Ok(());
        };
        let form = InsureForm {
            who: by_number(self.person(complaint, who)),
            scheme: String::new(),
        };
        let insurable = self.view(by, visit)?.insurable;
        let done = self.app().insure(by, visit, &form);
        // On a full disk it may not be possible to write that it came to nothing, nor once the power is gone,
        // while somebody else did the same: then the program goes on.
        let writes = !self.filled.load(Ordering::SeqCst) && !self.power.is_gone();
        if insurable && writes && matches!(&done, Err(AppError::Refused(_))) {
            let batches = self.view(by, visit)?.batches;
            let flying = batches.iter().any(|b| b.state.in_flight());
            let open = |b: &BatchView| b.rest_of.is_some() && b.state.is_unsettled();
            if !flying && batches.iter().any(open) {
                return Err(AppError::Failed(format!("insured and left open: {done:?}")));
            }
        }
        done
    }

    fn register_self_pay(&self, by: &Actor, person: &Person) -> cunyi_app::Result<VisitId> {
        let form = PatientForm {
            name: person.name.clone(),
            id_number: person.id_number.clone(),
            ..PatientForm::default()
        };
        self.app()
            .register_self_pay(by, &form, &RegisterForm::default())
    }

    fn freeze(
        &self,
        by: &Actor,
        visit: &VisitId,
        complaint: Complaint,
        days: i64,
    ) -> cunyi_app::Result<()> {
        let version = self.view(by, visit)?.draft_version;
        let body = self.body(complaint, days);
        self.app().freeze(by, visit, version, &body)
    }

    pub(crate) fn settle(&self, by: &Actor, visit: &VisitId) -> cunyi_app::Result<()> {
        let batches = self.view(by, visit)?.batches;
        let shown: Vec<_> = batches.iter().map(|b| (b.id.clone(), b.cash)).collect();
        self.app().settle(by, visit, &shown, Method::Cash)
    }

    fn body(&self, complaint: Complaint, days: i64) -> DraftBody {
        let lists = &self.template.catalogue;
        let line = |name: &&str| {
            let drug = lists.drugs().iter().find(|d| d.name == *name)?;
            Some(DraftLine {
                code: drug.code.clone(),
                dose: drug.dose.map(|d| d.to_string()).unwrap_or_default(),
                route: drug.route.code.to_owned(),
                frequency: drug.frequency.code.to_owned(),
                days: days.to_string(),
                ..DraftLine::default()
            })
        };
        let both = complaint == Complaint::ColdAndPressure;
        let mut services = lists.services().iter();
        let fee = services.find(|s| s.role == ServiceRole::General);
        let mut lines: Vec<DraftLine> = DRUGS[..=usize::from(both)]
            .iter()
            .filter_map(line)
            .collect();
        lines.extend(fee.map(|fee| DraftLine {
            code: fee.code.clone(),
            ..DraftLine::default()
        }));
        let mut diagnoses = vec!["J06.900".to_owned()];
        if both {
            diagnoses.push("I10.x00x002".to_owned());
        }
        DraftBody {
            complaint: "咽痛、流涕 2 天".to_owned(),
            temperature: "37.2".to_owned(),
            diagnoses,
            lines,
            own_pay_consent: true,
            ..DraftBody::default()
        }
    }
}

/// Identified by her number, which is typed.
pub(crate) fn by_number(person: &Person) -> IdentifyForm {
    IdentifyForm {
        certificate: "02".to_owned(),
        number: person.id_number.clone(),
        typed: true,
        ..IdentifyForm::default()
    }
}

/// What mutants do.
impl Day<'_> {
    /// What a mutant does before a step.
    pub(crate) fn before_mutant(&self, step: &Step) -> Result<(), String> {
        if self.mutant == Some(Mutant::SkippedIntent) {
            self.keep()?;
        }
        if self.sends_unwritten(step) {
            self.keep()?;
            self.app().store().db().leave_room(None).map_err(told)?;
        }
        Ok(())
    }

    /// True if nothing of a step may be written, and a mutant sends all the same.
    pub(crate) fn sends_unwritten(&self, step: &Step) -> bool {
        let full = self.filled.load(Ordering::SeqCst);
        let disk = matches!(step.op, Op::FillDisk(_) | Op::FreeDisk);
        self.mutant == Some(Mutant::SentBeforeWritten) && full && !disk
    }

    /// The clinic's file as it is before a step.
    fn keep(&self) -> Result<(), String> {
        let kept = self.folder.file("kept.db");
        if kept.exists() {
            fs::remove_file(&kept).map_err(told)?;
        }
        self.app().store().db().copy_to(&kept).map_err(told)
    }

    /// What was written in the step never reached the disk.
    pub(crate) fn forget(&self) -> Result<(), String> {
        let kept = self.folder.file("kept.db");
        if !kept.exists() {
            return Ok(());
        }
        for log in ["clinic.db-wal", "clinic.db-shm"] {
            drop(fs::remove_file(self.folder.file(log)));
        }
        fs::rename(kept, self.folder.file(CLINIC)).map_err(told)
    }

    /// Hands over what is held, whether it is paid or not.
    fn give(&self, by: &Actor, visit: &VisitId) -> cunyi_app::Result<()> {
        let unknown = |b: &BatchView| b.state == BatchState::Unknown;
        if !self.view(by, visit)?.batches.iter().any(unknown) {
            return Ok(());
        }
        let doctor = by;
        let who = Who {
            clinic: doctor.clinic.clone(),
            actor: doctor.user.clone(),
            now: self.app().now(),
        };
        let store = self.app().store();
        store.write(&who, self.rng.as_ref(), "mutant", |w| {
            let row = query::visit(w.tx, &doctor.clinic, visit)?;
            let row = row.ok_or(Refusal::new(Code::NotFound))?;
            let reservations = query::reservations(w.tx, &doctor.clinic, visit)?;
            let moves = reservations.iter().map(|held| StockMove {
                clinic: held.clinic.clone(),
                id: MoveId::new(w.who.now, w.rng),
                lot: held.lot.clone(),
                kind: MoveKind::HandedOver,
                quantity: held.quantity,
                charge: Some(held.charge.clone()),
                moved_at: w.who.now,
            });
            let given = HandedOver {
                visit: visit.clone(),
                moves: moves.collect(),
                reservations,
            };
            Ok(w.record(given, Some(&row.patient), None)?)
        })
    }
}
