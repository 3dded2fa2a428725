//! A day as it is lived: the plan's steps one after another, what somebody else does meanwhile, and
//! power cuts.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use cunyi_app::{Actor, App, AppError};
use cunyi_domain::ids::{ClinicId, VisitId};
use cunyi_domain::refusal::Code;
use cunyi_domain::time::{Clock, Moment, Rng};

use crate::audit;
use crate::dice::{SeededRng, SetClock, SimClock};
use crate::mutant::Mutant;
use crate::plan::{Complaint, Op, Plan, Step};
use crate::wire::{Counts, Wire, lock};
use crate::world::{CENTRE, Cut, Folder, Power, Staff, Template, told};

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
    /// What could not be written, for the disk was full.
    pub full: u64,
    /// What a doctor of another clinic tried and was refused.
    pub trespasses: u64,
    /// Lines whose goods were decided on.
    pub decided: u64,
    /// Batches that a patient had paid herself and that were settled with her insurance after all.
    pub insured: u64,
    /// What the office paid back or took back of its own accord.
    pub meddled: u64,
    /// Differences that were mended from the page of an evening.
    pub mended: u64,
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
        self.full += other.full;
        self.trespasses += other.trespasses;
        self.decided += other.decided;
        self.insured += other.insured;
        self.meddled += other.meddled;
        self.mended += other.mended;
    }
}

/// A day under way.
pub(crate) struct Day<'a> {
    pub(crate) template: &'a Template,
    pub(crate) plan: &'a Plan,
    pub(crate) folder: Folder,
    pub(crate) clock: Arc<SimClock>,
    pub(crate) rng: Arc<dyn Rng>,
    pub(crate) wire: Arc<Wire>,
    pub(crate) power: Arc<Power>,
    /// None while it is not running.
    app: Option<App>,
    pub(crate) complaints: Mutex<Vec<(usize, VisitId, Complaint)>>,
    /// The clinic's, which may be wrong.
    pub(crate) clinic_clock: Arc<SetClock>,
    /// Its disk is full, or will be soon.
    pub(crate) filled: AtomicBool,
    restarts: u64,
    crossed: AtomicU64,
    pub(crate) full: AtomicU64,
    pub(crate) trespasses: AtomicU64,
    pub(crate) meddled: AtomicU64,
    pub(crate) mended: AtomicU64,
    pub(crate) mutant: Option<Mutant>,
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
            filled: AtomicBool::new(false),
            restarts: 0,
            crossed: AtomicU64::new(0),
            full: AtomicU64::new(0),
            trespasses: AtomicU64::new(0),
            meddled: AtomicU64::new(0),
            mended: AtomicU64::new(0),
            mutant,
        })
    }

    /// The whole of it, audited.
    pub(crate) fn live(mut self) -> Result<Done, String> {
        for (number, step) in self.plan.steps.iter().enumerate() {
            let at = |what: String| format!("step {number} {:?}: {what}", step.op);
            self.wire.set_faults(&step.faults);
            self.before_mutant(step)?;
            let unwritten = self.sends_unwritten(step);
            self.power.fail_at(step.cut);
            let done = self.step(step);
            self.power.fail_at(None);
            let gone = match done {
                Ok(done) => {
                    done.map_err(at)?;
                    unwritten
                }
                Err(payload) if payload.is::<Cut>() => true,
                Err(_) => return Err(at("it panicked".to_owned())),
            };
            if gone {
                self.wire.set_faults(&[]);
                self.restart().map_err(at)?;
                if let Op::Register(visit, complaint, _) = step.op {
                    self.find(visit, complaint).map_err(at)?;
                }
            }
        }
        self.wire.set_faults(&[]);
        self.free_disk()?;
        let left = self.evening().map_err(|what| format!("evening: {what}"))?;
        let centre = self.folder.file(CENTRE);
        let sums = audit::audit(self.app().store(), &self.clinics(), &centre)?;
        Ok(Done {
            counts: self.wire.counts(),
            restarts: self.restarts,
            crossed: self.crossed.into_inner(),
            full: self.full.into_inner(),
            trespasses: self.trespasses.into_inner(),
            meddled: self.meddled.into_inner(),
            mended: self.mended.into_inner(),
            left,
            ..sums
        })
    }

    pub(crate) fn app(&self) -> &App {
        self.app
            .as_ref()
            .expect("it is running between two restarts")
    }

    pub(crate) fn staff(&self) -> &'a Staff {
        self.template.staff(self.plan)
    }

    pub(crate) fn clinics(&self) -> Vec<ClinicId> {
        let doctors = self.staff().doctors.iter();
        doctors.map(|[doctor, _]| doctor.clinic.clone()).collect()
    }

    /// Who does it: a doctor of the visit's clinic.
    pub(crate) fn by(&self, op: Op, second: bool) -> &'a Actor {
        let clinic = op.visit().map_or(0, |visit| self.plan.clinic(visit));
        &self.staff().doctors[clinic][usize::from(second)]
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
        let doctor = day.by(step.op, false);
        let Some((call, meanwhile)) = step.meanwhile else {
            return caught(doctor, step.op);
        };
        let other = day.by(meanwhile, true);
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
        if self.mutant.is_some_and(Mutant::forgets) {
            self.forget()?;
        }
        let clock = Arc::clone(&self.clinic_clock) as Arc<dyn Clock>;
        let (wire, clock, rng) = (&self.wire, &clock, &self.rng);
        let open = self
            .template
            .clinic_of(&self.folder, wire, clock, rng, &self.power);
        self.app = Some(open?);
        if self.filled.load(Ordering::SeqCst) {
            self.app().store().db().leave_room(Some(0)).map_err(told)?;
        }
        if self.mutant == Some(Mutant::NoRecovery) {
            return Ok(());
        }
        match self.app().recover() {
            // It does not start before there is room.
            Err(AppError::Refused(refusal)) if refusal.code == Code::DiskFull => {
                self.free_disk()?;
                self.app().recover().map_err(told)?;
            }
            other => drop(other.map_err(told)?),
        }
        Ok(())
    }

    /// There is room again.
    pub(crate) fn free_disk(&self) -> Result<(), String> {
        self.filled.store(false, Ordering::SeqCst);
        self.app().store().db().leave_room(None).map_err(told)
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
    pub(crate) fn find(&self, number: usize, complaint: Complaint) -> Result<(), String> {
        let doctor = self.by(Op::Retry(number), false);
        let all = audit::visits(self.app().store(), &doctor.clinic)?;
        let mut complaints = lock(&self.complaints);
        let known = |id: &VisitId| complaints.iter().any(|(_, other, _)| other == id);
        if let Some(id) = all.into_iter().find(|id| !known(id)) {
            complaints.push((number, id, complaint));
        }
        Ok(())
    }
}
