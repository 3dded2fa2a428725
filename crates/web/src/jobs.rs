//! Work that may take as long as the insurance centre: started once, waited for three seconds,
//! followed by a page that refreshes itself. Its loss costs nothing: what was done is in the ledger.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cunyi_app::AppError;
use cunyi_app::views::{Identified, IdentifyForm};
use cunyi_domain::ids::{UserId, VisitId};
use cunyi_domain::refusal::{Code, Refusal};

/// How long a page waits before it says "in progress".
const PATIENCE: Duration = Duration::from_secs(3);
/// Most jobs at a time in the whole program; more is a refusal in words.
const MOST: usize = 64;

/// What came of it.
#[derive(Debug)]
pub enum Outcome {
    /// Go to this page.
    Goto(String),
    /// Someone was identified.
    Identified(Box<Identified>),
    /// Someone was not; what was typed is kept.
    NotIdentified(Box<IdentifyForm>, AppError),
    /// It was refused or failed.
    Failed(AppError),
}

/// What is being done, for whom: one at a time for a key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    /// Something with a visit.
    Visit(VisitId),
    /// Identification and registration at a user's desk.
    Desk(UserId),
}

/// How a job stands.
#[derive(Debug)]
pub enum Standing {
    /// There is none.
    Nothing,
    /// It goes on.
    Running,
    /// It ended; this is said once.
    Ended(Outcome),
}

/// The jobs, and the last identification at each desk.
#[derive(Debug, Default)]
pub struct Jobs {
    jobs: Mutex<HashMap<Key, Option<Outcome>>>,
    desks: Mutex<HashMap<UserId, Identified>>,
}

/// Ends a job even if its work panics.
struct Ending(Arc<Jobs>, Key);

impl Drop for Ending {
    fn drop(&mut self) {
        if let Some(job @ None) = self.0.jobs().get_mut(&self.1) {
            let error = AppError::Failed("a job ended without an outcome".to_owned());
            *job = Some(Outcome::Failed(error));
        }
    }
}

impl Jobs {
    fn jobs(&self) -> MutexGuard<'_, HashMap<Key, Option<Outcome>>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts the work unless the key's job still runs, and waits a while. A second click finds
    /// the first one's job and does nothing.
    pub async fn run<W>(self: &Arc<Self>, key: Key, work: W) -> Standing
    where
        W: FnOnce() -> Outcome + Send + 'static,
    {
        if let Err(standing) = self.begin(&key) {
            return standing;
        }
        let ending = Ending(Arc::clone(self), key.clone());
        let work = tokio::task::spawn_blocking(move || {
            let outcome = work();
            ending.0.jobs().insert(ending.1.clone(), Some(outcome));
        });
        // The outcome is kept by the job, not by this future: the browser may be gone by then.
        let _ = tokio::time::timeout(PATIENCE, work).await;
        self.look(&key)
    }

    fn begin(&self, key: &Key) -> Result<(), Standing> {
        let mut jobs = self.jobs();
        if let Some(None) = jobs.get(key) {
            return Err(Standing::Running);
        }
        if jobs.len() >= MOST {
            jobs.retain(|_, outcome| outcome.is_none());
        }
        if jobs.len() >= MOST {
            let error = AppError::Refused(Refusal::new(Code::Busy));
            return Err(Standing::Ended(Outcome::Failed(error)));
        }
        jobs.insert(key.clone(), None);
        Ok(())
    }

    /// How the key's job stands; an outcome is handed out once.
    pub fn look(&self, key: &Key) -> Standing {
        let mut jobs = self.jobs();
        match jobs.remove(key) {
            None => Standing::Nothing,
            Some(Some(outcome)) => Standing::Ended(outcome),
            Some(None) => {
                jobs.insert(key.clone(), None);
                Standing::Running
            }
        }
    }

    /// Keeps who was identified at a desk, so that a refused registration shows it again.
    pub fn remember(&self, user: &UserId, identified: Identified) {
        let mut desks = self.desks.lock().unwrap_or_else(PoisonError::into_inner);
        if desks.len() >= MOST {
            desks.clear();
        }
        desks.insert(user.clone(), identified);
    }

    /// Who was identified at a desk last, under this handle.
    pub fn remembered(&self, user: &UserId, handle: &str) -> Option<Identified> {
        let desks = self.desks.lock().unwrap_or_else(PoisonError::into_inner);
        desks.get(user).filter(|i| i.handle == handle).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> Key {
        Key::Desk(UserId::from("doctor"))
    }

    fn run(jobs: &Arc<Jobs>, work: fn() -> Outcome) -> Standing {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_time()
            .build();
        runtime.unwrap().block_on(jobs.run(key(), work))
    }

    #[test]
    fn an_outcome_is_handed_out_once() {
        let jobs = Arc::new(Jobs::default());
        let standing = run(&jobs, || Outcome::Goto("/".to_owned()));
        assert!(
            matches!(standing, Standing::Ended(Outcome::Goto(_))),
            "{standing:?}"
        );
        assert!(matches!(jobs.look(&key()), Standing::Nothing));
    }

    #[test]
    fn a_second_click_does_nothing() {
        let jobs = Arc::new(Jobs::default());
        jobs.begin(&key()).unwrap();
        let standing = run(&jobs, || Outcome::Goto("/twice".to_owned()));
        assert!(matches!(standing, Standing::Running), "{standing:?}");
        assert!(matches!(jobs.look(&key()), Standing::Running));
    }

    #[test]
    fn a_panic_ends_the_job() {
        let jobs = Arc::new(Jobs::default());
        let standing = run(&jobs, || std::panic::panic_any("a bug"));
        assert!(
            matches!(standing, Standing::Ended(Outcome::Failed(_))),
            "{standing:?}"
        );
    }

    #[test]
    fn too_many_jobs_are_refused() {
        let jobs = Arc::new(Jobs::default());
        for i in 0..MOST {
            jobs.begin(&Key::Visit(VisitId(i.to_string()))).unwrap();
        }
        assert!(matches!(
            jobs.begin(&key()),
            Err(Standing::Ended(Outcome::Failed(_)))
        ));
    }
}
