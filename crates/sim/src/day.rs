//! A day as it is lived: the plan's steps one after another, power cuts, and the evening, when nothing
//! goes wrong any more and everything must come to its end.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use cunyi_app::views::{
    BatchView, DraftBody, DraftLine, IdentifyForm, NextLook, PatientForm, RegisterForm, VisitView,
};
use cunyi_app::{Actor, App, AppError};
use cunyi_catalogue::ServiceRole;
use cunyi_centre::population::Person;
use cunyi_domain::batch::BatchState;
use cunyi_domain::fact::HandedOver;
use cunyi_domain::ids::{MoveId, VisitId};
use cunyi_domain::ledger::{Method, MoveKind, Payer, Standing, StockMove, VisitState};
use cunyi_domain::money::Fen;
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_domain::time::Rng;

use cunyi_store::{Who, query};

use crate::audit;
use crate::dice::{SeededRng, SimClock};
use crate::mutant::Mutant;
use crate::plan::{Complaint, Op, Plan};
use crate::wire::{Counts, Wire};
use crate::world::{CENTRE, CLINIC, Cut, DRUGS, Folder, Power, Template, told};

/// What a day came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// Calls and what went wrong with them.
    pub counts: Counts,
    /// Power cuts and restarts of the clinic.
    pub restarts: u64,
    /// Settlements made, those paid back among them.
    pub settlements: u64,
    /// Reversals.
    pub reversals: u64,
    /// Batches that a person decides: only where the platform answers no question.
    pub left: u64,
}

impl Done {
    /// Adds another day's.
    pub fn add(&mut self, other: &Self) {
        self.counts.calls += other.counts.calls;
        self.counts.faults += other.counts.faults;
        self.counts.late += other.counts.late;
        self.restarts += other.restarts;
        self.settlements += other.settlements;
        self.reversals += other.reversals;
        self.left += other.left;
    }
}

/// A day under way.
pub(crate) struct Day<'a> {
    template: &'a Template,
    plan: &'a Plan,
    folder: Folder,
    clock: Arc<SimClock>,
    rng: Arc<dyn Rng>,
    wire: Arc<Wire>,
    power: Arc<Power>,
    /// None while it is not running.
    app: Option<App>,
    complaints: Vec<(usize, VisitId, Complaint)>,
    restarts: u64,
    mutant: Option<Mutant>,
}

/// A person's reason, so that the auditor can tell it from the program's doing.
const REASON: &str = "退药";
/// The demonstration region's bound, and more.
const BEYOND: i64 = 700;
/// A 2205 that was lost and sent again came late and cleared the details that stood by then. The
/// platform refuses the batch; the doctor drops it.
const CLEARED: &str = "没有费用明细";
/// Rounds of the evening; the longest pause between two looks is half an hour.
const ROUNDS: usize = 8;

impl<'a> Day<'a> {
    pub(crate) fn new(
        template: &'a Template,
        plan: &'a Plan,
        mutant: Option<Mutant>,
    ) -> Result<Self, String> {
        let folder = Folder::new()?;
        template.copy(plan, &folder)?;
        let clock = Arc::new(SimClock::at(template.morning));
        let rng: Arc<dyn Rng> = Arc::new(SeededRng::new(plan.seed));
        let centre = template.centre_of(plan, &folder, &clock, &rng)?;
        let wire = Arc::new(Wire::new(centre, Arc::clone(&clock), mutant));
        let power = Arc::new(Power::default());
        let app = template.clinic_of(&folder, &wire, &clock, &rng, &power)?;
        Ok(Self {
            template,
            plan,
            folder,
            clock,
            rng,
            wire,
            power,
            app: Some(app),
            complaints: Vec::new(),
            restarts: 0,
            mutant,
        })
    }

    /// The whole of it, audited.
    pub(crate) fn live(mut self) -> Result<Done, String> {
        for (number, step) in self.plan.steps.iter().enumerate() {
            self.wire.set_faults(&step.faults);
            if self.mutant == Some(Mutant::SkippedIntent) {
                self.keep()?;
            }
            self.power.fail_at(step.cut);
            let done = catch_unwind(AssertUnwindSafe(|| self.apply(step.op)));
            self.power.fail_at(None);
            let at = |what: String| format!("step {number} {:?}: {what}", step.op);
            match done {
                Ok(done) => done.map_err(at)?,
                Err(payload) if payload.is::<Cut>() => {
                    self.wire.set_faults(&[]);
                    self.restart().map_err(at)?;
                    if let Op::Register(visit, complaint, _) = step.op {
                        self.find(visit, complaint).map_err(at)?;
                    }
                }
                Err(_) => return Err(at("it panicked".to_owned())),
            }
        }
        self.wire.set_faults(&[]);
        let left = self.evening().map_err(|what| format!("evening: {what}"))?;
        let centre = self.folder.file(CENTRE);
        let sums = audit::audit(self.app().store(), &self.doctor().clinic, &centre)?;
        Ok(Done {
            counts: self.wire.counts(),
            restarts: self.restarts,
            left,
            ..sums
        })
    }

    fn app(&self) -> &App {
        self.app
            .as_ref()
            .expect("it is running between two restarts")
    }

    fn doctor(&self) -> &'a Actor {
        self.template.doctor(self.plan)
    }

    /// The clinic's program starts anew over what is in its file.
    fn restart(&mut self) -> Result<(), String> {
        self.restarts += 1;
        self.app = None;
        self.wire.pass(5);
        if self.mutant == Some(Mutant::SkippedIntent) {
            self.forget()?;
        }
        let (wire, clock, rng) = (&self.wire, &self.clock, &self.rng);
        let open = self
            .template
            .clinic_of(&self.folder, wire, clock, rng, &self.power);
        self.app = Some(open?);
        self.app().recover().map_err(told)?;
        Ok(())
    }

    fn restart_centre(&self) -> Result<(), String> {
        let (plan, folder) = (self.plan, &self.folder);
        let opened = self
            .template
            .centre_of(plan, folder, &self.clock, &self.rng);
        self.wire.restart(opened?);
        Ok(())
    }

    /// A visit whose registration was cut off, if it stands in the ledger.
    fn find(&mut self, number: usize, complaint: Complaint) -> Result<(), String> {
        let all = audit::visits(self.app().store(), &self.doctor().clinic)?;
        let known = |id: &VisitId| self.complaints.iter().any(|(_, other, _)| other == id);
        if let Some(id) = all.into_iter().find(|id| !known(id)) {
            self.complaints.push((number, id, complaint));
        }
        Ok(())
    }

    fn visit(&self, number: usize) -> Option<(VisitId, Complaint)> {
        let mut all = self.complaints.iter();
        let found = all.find(|(of, ..)| *of == number);
        found.map(|(_, id, complaint)| (id.clone(), *complaint))
    }

    /// Does it; a refusal is an answer like another.
    fn apply(&mut self, op: Op) -> Result<(), String> {
        match self.act(op) {
            Ok(()) | Err(AppError::Refused(_)) => Ok(()),
            Err(AppError::Failed(text)) => Err(text),
        }
    }

    fn act(&mut self, op: Op) -> cunyi_app::Result<()> {
        match op {
            Op::Register(number, complaint, who) => return self.register(number, complaint, who),
            Op::Due => return self.app().resolve_due().map(drop),
            Op::Pass(seconds) => {
                self.wire.pass(seconds);
                return Ok(());
            }
            Op::RestartClinic => return self.restart().map_err(AppError::Failed),
            Op::RestartCentre => return self.restart_centre().map_err(AppError::Failed),
            _ => {}
        }
        let (Op::Retry(number)
        | Op::SelfPay(number)
        | Op::Freeze(number, _)
        | Op::Presettle(number)
        | Op::Settle(number)
        | Op::HandOver(number)
        | Op::Reverse(number, _)
        | Op::TakeBack(number)
        | Op::Drop(number, _)
        | Op::Cancel(number)
        | Op::Resolve(number)) = op
        else {
            return Ok(());
        };
        let Some((visit, complaint)) = self.visit(number) else {
            return Ok(());
        };
        let (app, doctor, visit) = (self.app(), self.doctor(), &visit);
        match op {
            Op::Retry(_) => app.retry_registration(doctor, visit),
            Op::SelfPay(_) => app.switch_to_self_pay(doctor, visit),
            Op::Freeze(_, days) => self.freeze(visit, complaint, days),
            Op::Presettle(_) => app.presettle(doctor, visit),
            Op::Settle(_) if self.mutant == Some(Mutant::ReversedAfterHandOver) => {
                self.settle(visit).or_else(|_| self.give(visit))
            }
            Op::Settle(_) => self.settle(visit),
            Op::HandOver(number) => self.hand_over(visit, number),
            Op::TakeBack(_) => app.take_back(doctor, visit),
            Op::Cancel(_) => app.move_visit(doctor, visit, VisitState::Cancelled),
            Op::Resolve(_) => app.resolve(doctor, visit),
            Op::Reverse(_, place) => match self.view(visit)?.batches.get(place) {
                Some(batch) => app.reverse(doctor, &batch.id, REASON),
                None => Ok(()),
            },
            Op::Drop(_, place) => match self.view(visit)?.batches.get(place) {
                Some(batch) => app.drop_batch(doctor, &batch.id, REASON),
                None => Ok(()),
            },
            _ => Ok(()),
        }
    }

    /// Who cannot wait for what became of a lost call leaves a deposit: her share, or everything.
    fn hand_over(&self, visit: &VisitId, number: usize) -> cunyi_app::Result<()> {
        let (app, doctor) = (self.app(), self.doctor());
        self.even_out(visit, Method::Qr)?;
        match self.view(visit)?.deposit {
            Some((least, most)) => {
                let share = number.is_multiple_of(2) && least > Fen::ZERO;
                let deposit = if share { least } else { most };
                app.hand_over_against(doctor, visit, deposit, Method::Cash)
            }
            None => app.hand_over(doctor, visit),
        }
    }

    /// What is to be returned or collected is.
    fn even_out(&self, visit: &VisitId, method: Method) -> cunyi_app::Result<()> {
        match self.view(visit)?.money {
            Standing::ToReturn(sum) | Standing::ToCollect(sum) => {
                self.app().even_out(self.doctor(), visit, sum, method)
            }
            Standing::Even | Standing::Held(_) => Ok(()),
        }
    }

    fn view(&self, visit: &VisitId) -> cunyi_app::Result<VisitView> {
        self.app().visit(self.doctor(), visit)
    }

    fn register(
        &mut self,
        number: usize,
        complaint: Complaint,
        who: usize,
    ) -> cunyi_app::Result<()> {
        let people = match complaint {
            Complaint::ColdAndPressure => &self.template.pressed,
            Complaint::Cold | Complaint::SelfPay => &self.template.well,
        };
        let person = &people[who % people.len()];
        let visit = if complaint == Complaint::SelfPay {
            self.register_self_pay(person)?
        } else {
            let form = IdentifyForm {
                certificate: "02".to_owned(),
                number: person.id_number.clone(),
                typed: true,
                ..IdentifyForm::default()
            };
            let form = RegisterForm {
                handle: self.app().identify(self.doctor(), &form)?.handle,
                ..RegisterForm::default()
            };
            self.app().register(self.doctor(), &form)?
        };
        self.complaints.push((number, visit, complaint));
        Ok(())
    }

    fn register_self_pay(&self, person: &Person) -> cunyi_app::Result<VisitId> {
        let form = PatientForm {
            name: person.name.clone(),
            id_number: person.id_number.clone(),
            ..PatientForm::default()
        };
        self.app()
            .register_self_pay(self.doctor(), &form, &RegisterForm::default())
    }

    fn freeze(&self, visit: &VisitId, complaint: Complaint, days: i64) -> cunyi_app::Result<()> {
        let version = self.view(visit)?.draft_version;
        let body = self.body(complaint, days);
        self.app().freeze(self.doctor(), visit, version, &body)
    }

    fn settle(&self, visit: &VisitId) -> cunyi_app::Result<()> {
        let batches = self.view(visit)?.batches;
        let shown: Vec<_> = batches.iter().map(|b| (b.id.clone(), b.cash)).collect();
        self.app()
            .settle(self.doctor(), visit, &shown, Method::Cash)
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

/// What mutants do.
impl Day<'_> {
    /// The clinic's file as it is before a step.
    fn keep(&self) -> Result<(), String> {
        let kept = self.folder.file("kept.db");
        if kept.exists() {
            fs::remove_file(&kept).map_err(told)?;
        }
        self.app().store().db().copy_to(&kept).map_err(told)
    }

    /// What was written in the step never reached the disk.
    fn forget(&self) -> Result<(), String> {
        for log in ["clinic.db-wal", "clinic.db-shm"] {
            drop(fs::remove_file(self.folder.file(log)));
        }
        let kept = self.folder.file("kept.db");
        fs::copy(kept, self.folder.file(CLINIC)).map_err(told)?;
        Ok(())
    }

    /// Hands over what is held, whether it is paid or not.
    fn give(&self, visit: &VisitId) -> cunyi_app::Result<()> {
        let unknown = |b: &BatchView| b.state == BatchState::Unknown;
        if !self.view(visit)?.batches.iter().any(unknown) {
            return Ok(());
        }
        let doctor = self.doctor();
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

/// The evening.
impl Day<'_> {
    /// Time passes beyond every bound; then nothing is lost any more, and each visit can be ended.
    /// Answers how many batches a person must decide.
    fn evening(&mut self) -> Result<u64, String> {
        self.wire.pass(BEYOND);
        for _ in 0..ROUNDS {
            self.app().resolve_due().map_err(told)?;
            self.wire.pass(BEYOND);
        }
        let mut left = 0;
        for visit in audit::visits(self.app().store(), &self.doctor().clinic)? {
            let view = self.view(&visit).map_err(told)?;
            let flying = view.batches.iter().filter(|b| b.state.in_flight());
            let decide = |b: &&BatchView| {
                let next = b.lost.as_ref().map(|lost| lost.next);
                !self.plan.queries && next == Some(NextLook::Person)
            };
            let (person, stuck): (Vec<_>, Vec<_>) = flying.partition(decide);
            if let Some(batch) = stuck.first() {
                let looks = batch.lost.as_ref().map(|l| &l.looks);
                return Err(format!("{} stays {}: {looks:?}", batch.number, batch.state));
            }
            if person.is_empty() {
                self.end(&visit)
                    .map_err(|what| format!("visit {}: {what}", view.number))?;
            }
            left += person.len() as u64;
        }
        Ok(left)
    }

    /// What is open is paid and handed over; what has not begun is cancelled. Nothing of it may be
    /// refused.
    fn end(&self, visit: &VisitId) -> Result<(), String> {
        match self.pay(visit) {
            Err(what) if what.contains(CLEARED) => {
                let view = self.view(visit).map_err(told)?;
                for batch in view.batches {
                    let open = batch.state.is_live() && batch.state != BatchState::Settled;
                    if open && batch.payer == Payer::Insured {
                        let dropped = if view.state == VisitState::Done {
                            self.app().own_pay(self.doctor(), &batch.id)
                        } else {
                            self.app().drop_batch(self.doctor(), &batch.id, REASON)
                        };
                        dropped.map_err(|error| format!("dropping: {error}"))?;
                    }
                }
                self.pay(visit)
            }
            other => other,
        }
    }

    fn pay(&self, visit: &VisitId) -> Result<(), String> {
        let (app, doctor) = (self.app(), self.doctor());
        let even_out = |visit| {
            let evened = self.even_out(visit, Method::Cash);
            evened.map_err(|error| format!("evening out: {error}"))
        };
        even_out(visit)?;
        let view = self.view(visit).map_err(told)?;
        let done = view.state == VisitState::Done;
        if done && !view.batches.iter().any(|b| b.state.is_unsettled()) {
            return Ok(());
        }
        let live: Vec<_> = view.batches.iter().filter(|b| b.state.is_live()).collect();
        if view.state == VisitState::Cancelled || live.is_empty() {
            let cancelled = app.move_visit(doctor, visit, VisitState::Cancelled);
            return cancelled.map_err(|error| format!("cancelling: {error}"));
        }
        let told = |what: &str, error: &AppError| {
            let now = self.view(visit).map(|view| {
                let batches = view.batches.into_iter();
                batches.map(|b| (b.state, b.said)).collect::<Vec<_>>()
            });
            format!("{what}: {error:?}; {now:?}")
        };
        let unpaid = |payer: Payer| {
            let mut all = live.iter().filter(|b| b.state != BatchState::Settled);
            all.any(|b| b.payer == payer)
        };
        if unpaid(Payer::Insured) {
            app.presettle(doctor, visit)
                .map_err(|error| told("试算", &error))?;
        }
        for _ in 0..3 {
            match self.settle(visit) {
                Ok(()) => break,
                // Confirmed once more, with what is shown now.
                Err(AppError::Refused(Refusal {
                    code: Code::ShareChanged,
                    ..
                })) => {}
                Err(AppError::Refused(_)) if !unpaid(Payer::Insured) && !unpaid(Payer::SelfPay) => {
                    break;
                }
                Err(error) => return Err(told("结算", &error)),
            }
        }
        even_out(visit)?;
        if done {
            return Ok(());
        }
        app.hand_over(doctor, visit)
            .map_err(|error| told("发药", &error))
    }
}
