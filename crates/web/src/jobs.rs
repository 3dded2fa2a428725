//! Work that may take as long as the insurance centre: started once, waited for three seconds,
//! followed by a page that refreshes itself. Its loss costs nothing: what was done is in the ledger.

use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cunyi_app::views::{DraftBody, Identified, IdentifyForm, RegisterForm};
use cunyi_app::{Actor, AppError};
use cunyi_domain::ids::{ClinicId, UserId, VisitId};
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_domain::time::Moment;
use cunyi_domain::time::civil::Date;

use crate::form::Form;

/// How long a page waits before it says "in progress".
const PATIENCE: Duration = Duration::from_secs(3);
/// How long what came of a job, and who was identified at a desk, is kept for its page.
const KEPT: Duration = Duration::from_mins(30);
/// Most jobs at a time in the whole program; more is a refusal in words.
const MOST: usize = 64;

/// What was typed into a visit's page and not taken.
#[derive(Clone, Debug, Default)]
pub enum Kept {
    /// Nothing was typed.
    #[default]
    Nothing,
    /// A draft, with the version it was typed on.
    Draft(Box<DraftBody>, i64),
    /// One field beside a charge or batch: its id, the text.
    Field(String, String),
}

impl Kept {
    /// The field's id and text; empty where there is none.
    pub(crate) fn field(self) -> (String, String) {
        match self {
            Self::Field(of, text) => (of, text),
            Self::Nothing | Self::Draft(..) => Default::default(),
        }
    }
}

/// What came of it.
#[derive(Debug)]
pub enum Outcome {
    /// Go to this page.
    Goto(String),
    /// Someone was identified.
    Identified(Box<Identified>),
    /// Someone was not; what was typed is kept.
    NotIdentified(Box<IdentifyForm>, AppError),
    /// Someone was not registered; what was chosen and typed is kept.
    NotRegistered(Box<RegisterForm>, AppError),
    /// It was refused or failed; what was typed for it is kept.
    Failed(AppError, Kept),
}

/// What is being done with, one at a time.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    /// A clinic's visit.
    Visit(ClinicId, VisitId),
    /// A clinic's day, reconciled.
    Day(ClinicId, Date),
    /// A clinic's clearing period, applied for.
    Clearing(ClinicId, Date),
    /// Identification and registration at a user's desk.
    Desk(UserId),
}

impl Key {
    /// Of a visit of the user's clinic.
    pub fn visit(actor: &Actor, visit: &VisitId) -> Self {
        Self::Visit(actor.clinic.clone(), visit.clone())
    }
}

/// Who asks for what, when.
#[derive(Clone, Debug)]
pub struct Place {
    /// What it is about.
    pub key: Key,
    /// Who asks.
    pub by: UserId,
    /// When.
    pub now: Moment,
}

/// A wish: address and fields of a form, but for the page's token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct What(u64);

impl What {
    /// Of a posted form.
    pub fn new(path: &str, form: &Form) -> Self {
        let mut hasher = DefaultHasher::new();
        path.hash(&mut hasher);
        form.fields().for_each(|field| field.hash(&mut hasher));
        Self(hasher.finish())
    }
}

/// How a job stands.
#[derive(Debug)]
pub enum Standing {
    /// There is none.
    Nothing,
    /// It goes on.
    Running,
    /// It ended; this is said once, to who started it.
    Ended(Outcome),
}

#[derive(Debug)]
struct Job {
    what: What,
    by: UserId,
    since: Moment,
    outcome: Option<Outcome>,
}

/// The jobs, and the last identification at each desk.
#[derive(Debug, Default)]
pub struct Jobs {
    jobs: Mutex<HashMap<Key, Job>>,
    desks: Mutex<HashMap<UserId, (Identified, Moment)>>,
}

/// Ends a job even if its work panics.
struct Ending(Arc<Jobs>, Key);

impl Drop for Ending {
    fn drop(&mut self) {
        let error = AppError::Failed("a job ended without an outcome".to_owned());
        self.0.end(&self.1, Outcome::Failed(error, Kept::Nothing));
    }
}

fn fresh(since: Moment, now: Moment) -> bool {
    since.plus(KEPT) > now
}

impl Jobs {
    fn jobs(&self) -> MutexGuard<'_, HashMap<Key, Job>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn desks(&self) -> MutexGuard<'_, HashMap<UserId, (Identified, Moment)>> {
        self.desks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts the work unless a job with the same thing still runs, and waits a while. A second
    /// click finds the first one's job and does nothing; another wish is refused.
    pub async fn run<W>(
        self: &Arc<Self>,
        place: &Place,
        what: What,
        work: W,
    ) -> Result<Standing, Refusal>
    where
        W: FnOnce() -> Outcome + Send + 'static,
    {
        if !self.begin(place, what)? {
            return Ok(Standing::Running);
        }
        let ending = Ending(Arc::clone(self), place.key.clone());
        let work = tokio::task::spawn_blocking(move || {
            let outcome = work();
            ending.0.end(&ending.1, outcome);
        });
        // The outcome is kept by the job, not by this future: the browser may be gone by then.
        let _ = tokio::time::timeout(PATIENCE, work).await;
        Ok(self.look(place))
    }

    /// False if the same goes on already.
    fn begin(&self, place: &Place, what: What) -> Result<bool, Refusal> {
        let mut jobs = self.jobs();
        match jobs.get(&place.key) {
            Some(job) if job.outcome.is_some() => {}
            Some(job) if job.what == what => return Ok(false),
            Some(_) => return Err(Refusal::new(Code::StillRunning)),
            None => {}
        }
        if jobs.len() >= MOST {
            let ended = jobs.iter().filter(|(_, job)| job.outcome.is_some());
            let oldest = ended.min_by_key(|(_, job)| job.since);
            let Some(oldest) = oldest.map(|(key, _)| key.clone()) else {
                return Err(Refusal::new(Code::Busy));
            };
            jobs.remove(&oldest);
        }
        let job = Job {
            what,
            by: place.by.clone(),
            since: place.now,
            outcome: None,
        };
        jobs.insert(place.key.clone(), job);
        Ok(true)
    }

    /// Keeps what came of a running job.
    fn end(&self, key: &Key, outcome: Outcome) {
        if let Some(job) = self.jobs().get_mut(key) {
            job.outcome.get_or_insert(outcome);
        }
    }

    /// How the job stands; an outcome is handed out once, to who started it.
    pub fn look(&self, place: &Place) -> Standing {
        let mut jobs = self.jobs();
        jobs.retain(|_, job| job.outcome.is_none() || fresh(job.since, place.now));
        match jobs.get(&place.key) {
            Some(job) if job.outcome.is_none() => Standing::Running,
            Some(job) if job.by == place.by => {
                let job = jobs.remove(&place.key);
                let outcome = job.and_then(|job| job.outcome);
                outcome.map_or(Standing::Nothing, Standing::Ended)
            }
            _ => Standing::Nothing,
        }
    }

    /// Keeps who was identified at a desk, so that a refused registration shows it again.
    pub fn remember(&self, place: &Place, identified: Identified) {
        let mut desks = self.desks();
        desks.retain(|_, (_, since)| fresh(*since, place.now));
        if desks.len() >= MOST && !desks.contains_key(&place.by) {
            let oldest = desks.iter().min_by_key(|(_, (_, since))| *since);
            if let Some(oldest) = oldest.map(|(user, _)| user.clone()) {
                desks.remove(&oldest);
            }
        }
        desks.insert(place.by.clone(), (identified, place.now));
    }

    /// Who was identified at a desk last, under this handle.
    pub fn remembered(&self, place: &Place, handle: &str) -> Option<Identified> {
        let desks = self.desks();
        let found = desks.get(&place.by)?;
        let good = found.0.handle == handle && fresh(found.1, place.now);
        good.then(|| found.0.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(user: &str, minutes: u64) -> Place {
        Place {
            key: Key::Visit(ClinicId::from("C"), VisitId::from("V")),
            by: UserId::from(user),
            now: Moment(0).plus(Duration::from_mins(minutes)),
        }
    }

    fn what(name: &str) -> What {
        What::new(name, &Form::default())
    }

    fn run(jobs: &Arc<Jobs>, what: What, work: fn() -> Outcome) -> Result<Standing, Refusal> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_time()
            .build();
        let place = at("doctor", 0);
        runtime.unwrap().block_on(jobs.run(&place, what, work))
    }

    fn done() -> Outcome {
        Outcome::Goto("/".to_owned())
    }

    fn went(standing: &Standing) -> bool {
        matches!(standing, Standing::Ended(Outcome::Goto(_)))
    }

    #[test]
    fn an_outcome_is_handed_out_once() {
        let jobs = Arc::new(Jobs::default());
        assert!(went(&run(&jobs, what("settle"), done).unwrap()));
        assert!(matches!(jobs.look(&at("doctor", 0)), Standing::Nothing));
    }

    #[test]
    fn a_second_click_does_nothing_and_another_wish_is_told() {
        let jobs = Arc::new(Jobs::default());
        jobs.begin(&at("doctor", 0), what("settle")).unwrap();
        let standing = run(&jobs, what("settle"), done).unwrap();
        assert!(matches!(standing, Standing::Running), "{standing:?}");
        let refusal = run(&jobs, what("take-back"), done).unwrap_err();
        assert_eq!(refusal.code, Code::StillRunning);
        assert!(matches!(jobs.look(&at("doctor", 0)), Standing::Running));
    }

    #[test]
    fn a_wish_is_told_by_its_form_not_by_its_pages_token() {
        let form = |body: &str| Form::parse(body.as_bytes()).unwrap();
        let first = What::new("/identify", &form("csrf=a&number=1"));
        assert_eq!(first, What::new("/identify", &form("csrf=b&number=1")));
        assert_ne!(first, What::new("/identify", &form("csrf=a&number=2")));
        assert_ne!(first, What::new("/register", &form("csrf=a&number=1")));
    }

    #[test]
    fn only_who_started_it_is_told_what_came_of_it() {
        let jobs = Arc::new(Jobs::default());
        let place = at("doctor", 0);
        jobs.begin(&place, what("settle")).unwrap();
        assert!(matches!(jobs.look(&at("nurse", 0)), Standing::Running));
        jobs.end(&place.key, done());
        assert!(matches!(jobs.look(&at("nurse", 0)), Standing::Nothing));
        let elsewhere = Place {
            key: Key::Visit(ClinicId::from("D"), VisitId::from("V")),
            ..at("doctor", 0)
        };
        assert!(matches!(jobs.look(&elsewhere), Standing::Nothing));
        assert!(went(&jobs.look(&place)));
    }

    #[test]
    fn what_nobody_asks_for_is_forgotten_and_what_runs_is_not() {
        let jobs = Arc::new(Jobs::default());
        let place = at("doctor", 0);
        jobs.begin(&place, what("settle")).unwrap();
        assert!(matches!(jobs.look(&at("doctor", 60)), Standing::Running));
        jobs.end(&place.key, done());
        assert!(matches!(jobs.look(&at("doctor", 31)), Standing::Nothing));
    }

    #[test]
    fn a_panic_ends_the_job() {
        let jobs = Arc::new(Jobs::default());
        let standing = run(&jobs, what("settle"), || std::panic::panic_any("a bug")).unwrap();
        let failed = matches!(standing, Standing::Ended(Outcome::Failed(..)));
        assert!(failed, "{standing:?}");
    }

    #[test]
    fn too_many_jobs_are_refused_and_ended_ones_make_room() {
        let jobs = Arc::new(Jobs::default());
        let nth = |i: usize| Place {
            key: Key::Desk(UserId(i.to_string())),
            ..at("doctor", 0)
        };
        for i in 0..MOST {
            jobs.begin(&nth(i), what("identify")).unwrap();
        }
        let full = jobs.begin(&nth(MOST), what("identify")).unwrap_err();
        assert_eq!(full.code, Code::Busy);
        jobs.end(&nth(7).key, done());
        jobs.begin(&nth(MOST), what("identify")).unwrap();
        assert!(matches!(jobs.look(&nth(7)), Standing::Nothing));
    }

    #[test]
    fn a_desk_is_forgotten_in_time_and_the_oldest_makes_room() {
        let jobs = Jobs::default();
        let nth = |i: usize, minutes| at(&i.to_string(), minutes);
        for i in 0..=MOST {
            jobs.remember(&nth(i, u64::from(i > 0)), identified());
        }
        assert!(jobs.remembered(&nth(0, 9), "h").is_none(), "the oldest");
        assert!(jobs.remembered(&nth(MOST, 9), "h").is_some());
        assert!(jobs.remembered(&nth(MOST, 9), "other").is_none());
        assert!(
            jobs.remembered(&nth(MOST, 60), "h").is_none(),
            "too long ago"
        );
    }

    fn identified() -> Identified {
        Identified {
            handle: "h".to_owned(),
            ..crate::samples::identified()
        }
    }
}
