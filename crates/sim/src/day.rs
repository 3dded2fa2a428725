//! A day as it is lived: the plan's steps one after another, what somebody else does meanwhile, and
//! power cuts.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use cunyi_app::views::{
    BatchView, DraftBody, DraftLine, GiveBack, IdentifyForm, PatientForm, RefundForm, RegisterForm,
    VisitView,
};
use cunyi_app::{Actor, App, AppError};
use cunyi_catalogue::ServiceRole;
use cunyi_centre::population::Person;
use cunyi_domain::batch::BatchState;
use cunyi_domain::fact::HandedOver;
use cunyi_domain::ids::{BatchId, MoveId, VisitId};
use cunyi_domain::ledger::{Method, MoveKind, Standing, StockMove, VisitState};
use cunyi_domain::money::{Fen, Quantity};
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_domain::time::{Clock, Moment, Rng};

use cunyi_store::{Who, query};

use crate::audit;
use crate::dice::{SeededRng, SetClock, SimClock};
use crate::mutant::Mutant;
use crate::plan::{Complaint, Op, Plan, Step};
use crate::wire::{Counts, Wire, lock};
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
    /// What somebody else did while a call was on its way.
    pub crossed: u64,
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
        self.crossed += other.crossed;
        self.left += other.left;
    }
}

/// A day under way.
pub(crate) struct Day<'a> {
    pub(crate) template: &'a Template,
    pub(crate) plan: &'a Plan,
    folder: Folder,
    clock: Arc<SimClock>,
    rng: Arc<dyn Rng>,
    pub(crate) wire: Arc<Wire>,
    power: Arc<Power>,
    /// None while it is not running.
    app: Option<App>,
    complaints: Mutex<Vec<(usize, VisitId, Complaint)>>,
    /// The clinic's, which may be wrong.
    clinic_clock: Arc<SetClock>,
    restarts: u64,
    crossed: AtomicU64,
    mutant: Option<Mutant>,
}

/// A person's reason, so that the auditor can tell it from the program's doing.
pub(crate) const REASON: &str = "退药";

impl<'a> Day<'a> {
    pub(crate) fn new(
        template: &'a Template,
        plan: &'a Plan,
        mutant: Option<Mutant>,
    ) -> Result<Self, String> {
        let folder = Folder::new()?;
        template.copy(plan, &folder)?;
        let begins = Moment(template.morning.0 + plan.begins * 1_000_000);
        let clock = Arc::new(SimClock::at(begins));
        let clinic_clock = Arc::new(SetClock::of(&clock));
        let rng: Arc<dyn Rng> = Arc::new(SeededRng::new(plan.seed));
        let centre = template.centre_of(plan, &folder, &clock, &rng)?;
        let wire = Arc::new(Wire::new(centre, Arc::clone(&clock), mutant));
        let power = Arc::new(Power::default());
        let own = Arc::clone(&clinic_clock) as Arc<dyn Clock>;
        let app = template.clinic_of(&folder, &wire, &own, &rng, &power)?;
        Ok(Self {
            template,
            plan,
            folder,
            clock,
            rng,
            wire,
            power,
            app: Some(app),
            complaints: Mutex::default(),
            clinic_clock,
            restarts: 0,
            crossed: AtomicU64::new(0),
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
            let done = self.step(step);
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
            crossed: self.crossed.into_inner(),
            left,
            ..sums
        })
    }

    pub(crate) fn app(&self) -> &App {
        self.app
            .as_ref()
            .expect("it is running between two restarts")
    }

    pub(crate) fn doctor(&self) -> &'a Actor {
        &self.template.doctors(self.plan)[0]
    }

    /// What is done, and what somebody else does meanwhile. The error is what it unwound with.
    fn step(&mut self, step: &Step) -> thread::Result<Result<(), String>> {
        match step.op {
            Op::RestartClinic => return catch_unwind(AssertUnwindSafe(|| self.restart())),
            Op::RestartCentre => return Ok(self.restart_centre()),
            _ => {}
        }
        let day = &*self;
        let caught = |by: &Actor, op: Op| catch_unwind(AssertUnwindSafe(|| day.apply(by, op)));
        let [doctor, other] = day.template.doctors(day.plan);
        let Some((call, meanwhile)) = step.meanwhile else {
            return caught(doctor, step.op);
        };
        let crossing = &day.wire.crossing;
        crossing.arm(call);
        let (first, second) = thread::scope(|scope| {
            let others = scope.spawn(|| {
                if !crossing.comes() {
                    return Ok(Ok(()));
                }
                day.crossed.fetch_add(1, Ordering::SeqCst);
                let done = caught(other, meanwhile);
                crossing.end();
                done
            });
            let first = caught(doctor, step.op);
            crossing.end();
            (first, others.join())
        });
        first?.map_or_else(|what| Ok(Err(what)), |()| second?)
    }

    /// The clinic's program starts anew over what is in its file.
    fn restart(&mut self) -> Result<(), String> {
        self.restarts += 1;
        self.app = None;
        self.wire.hang_up();
        self.wire.pass(5);
        if self.mutant == Some(Mutant::SkippedIntent) {
            self.forget()?;
        }
        let clock = Arc::clone(&self.clinic_clock) as Arc<dyn Clock>;
        let (wire, clock, rng) = (&self.wire, &clock, &self.rng);
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
    fn find(&self, number: usize, complaint: Complaint) -> Result<(), String> {
        let all = audit::visits(self.app().store(), &self.doctor().clinic)?;
        let mut complaints = lock(&self.complaints);
        let known = |id: &VisitId| complaints.iter().any(|(_, other, _)| other == id);
        if let Some(id) = all.into_iter().find(|id| !known(id)) {
            complaints.push((number, id, complaint));
        }
        Ok(())
    }

    fn visit(&self, number: usize) -> Option<(VisitId, Complaint)> {
        let all = lock(&self.complaints);
        let found = all.iter().find(|(of, ..)| *of == number);
        found.map(|(_, id, complaint)| (id.clone(), *complaint))
    }

    /// Does it; a refusal is an answer like another.
    fn apply(&self, by: &Actor, op: Op) -> Result<(), String> {
        match self.act(by, op) {
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
            _ => {}
        }
        let (Op::Retry(number)
        | Op::SelfPay(number)
        | Op::Freeze(number, _)
        | Op::Presettle(number)
        | Op::Settle(number)
        | Op::HandOver(number)
        | Op::Reverse(number, _)
        | Op::GiveBack(number, _)
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
        let (app, doctor, visit) = (self.app(), by, &visit);
        match op {
            Op::Retry(_) => app.retry_registration(doctor, visit),
            Op::SelfPay(_) => app.switch_to_self_pay(doctor, visit),
            Op::Freeze(_, days) => self.freeze(by, visit, complaint, days),
            Op::Presettle(_) => app.presettle(doctor, visit),
            Op::Settle(_) if self.mutant == Some(Mutant::ReversedAfterHandOver) => {
                self.settle(by, visit).or_else(|_| self.give(visit))
            }
            Op::Settle(_) => self.settle(by, visit),
            Op::HandOver(number) => self.hand_over(visit, number),
            Op::TakeBack(_) => app.take_back(doctor, visit),
            Op::Cancel(_) => app.move_visit(doctor, visit, VisitState::Cancelled),
            Op::Resolve(_) => app.resolve(doctor, visit),
            Op::Reverse(_, place) => match self.view(visit)?.batches.get(place) {
                Some(batch) => app.reverse(doctor, &batch.id, REASON),
                None => Ok(()),
            },
            Op::GiveBack(_, place) => match self.view(visit)?.batches.get(place) {
                Some(batch) => self.give_back(doctor, &batch.id),
                None => Ok(()),
            },
            Op::Drop(_, place) => match self.view(visit)?.batches.get(place) {
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
    pub(crate) fn even_out(&self, visit: &VisitId, method: Method) -> cunyi_app::Result<()> {
        match self.view(visit)?.money {
            Standing::ToReturn(sum) | Standing::ToCollect(sum) => {
                self.app().even_out(self.doctor(), visit, sum, method)
            }
            Standing::Even | Standing::Held(_) => Ok(()),
        }
    }

    pub(crate) fn view(&self, visit: &VisitId) -> cunyi_app::Result<VisitView> {
        self.app().visit(self.doctor(), visit)
    }

    fn register(
        &self,
        by: &Actor,
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
            self.register_self_pay(by, person)?
        } else {
            let form = IdentifyForm {
                certificate: "02".to_owned(),
                number: person.id_number.clone(),
                typed: true,
                ..IdentifyForm::default()
            };
            let form = RegisterForm {
                handle: self.app().identify(by, &form)?.handle,
                ..RegisterForm::default()
            };
            self.app().register(by, &form)?
        };
        lock(&self.complaints).push((number, visit, complaint));
        Ok(())
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
        let version = self.view(visit)?.draft_version;
        let body = self.body(complaint, days);
        self.app().freeze(by, visit, version, &body)
    }

    pub(crate) fn settle(&self, by: &Actor, visit: &VisitId) -> cunyi_app::Result<()> {
        let batches = self.view(visit)?.batches;
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
