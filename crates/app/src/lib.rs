//! Use cases, one file each. Plain synchronous Rust: the caller brings threads, clock, randomness
//! and the way to the centre.

mod access;
mod account;
mod allergy;
mod answers;
mod attending;
mod audit;
mod clearing;
mod clinic;
mod consultation;
mod course;
mod day;
mod day_sheet;
mod draft;
mod electronic;
mod error;
mod evoucher;
mod fee_list;
mod flight;
mod follow_up;
mod follow_up_end;
mod freeze;
mod goods;
mod hand_over;
mod hashing;
mod identify;
mod infusion;
mod install;
mod insure;
pub mod kinds;
mod layouts;
mod messages;
mod outpatient;
mod own_account;
mod own_password;
mod own_text;
mod paper;
mod paper_entry;
mod password;
mod patient;
mod payment;
mod permission;
mod policies;
mod propose;
mod queue;
mod receipt;
mod reconcile;
mod recover;
mod referral;
mod refund;
mod register;
mod report;
mod resolve;
mod reverse;
mod rights;
mod settle;
mod setup;
mod skin_test;
mod step;
mod stock;
mod templates;
mod traced;
mod under_code;
mod upload;
mod users;
mod visit;
mod withdraw;
mod working;
mod year_use;

pub mod views;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use cunyi_catalogue::Catalogue;
use cunyi_domain::ids::ClinicId;
use cunyi_domain::time::{Clock, Moment, Rng};
use cunyi_domain::transport::{Reply, Transport};
use cunyi_gateway::Keys;
use cunyi_store::{Store, Who};

pub use account::{LOCKED_FOR_MINUTES, WRONG_BEFORE_LOCK};
pub use clinic::PAY_CODES;
pub use electronic::ReceiptMaker;
pub use error::{AppError, Result};
pub use follow_up::MOST_CALLED;
pub use install::{NewUser, SetupForm};
pub use layouts::Layout;
pub use own_password::PasswordForm;
pub use password::{MAX_PASSWORD, MIN_PASSWORD};
pub use permission::{Action, MATRIX, may};
pub use setup::Setup;
pub use skin_test::SKIN_TEST_MINUTES;
pub use stock::NewLot;
pub use templates::TEMPLATE_FILE;
pub use users::LicenceForm;
pub use views::Actor;

/// What a use case stands on.
pub struct Parts {
    /// The database.
    pub store: Store,
    /// The lists.
    pub catalogue: Arc<Catalogue>,
    /// The way to the insurance centre.
    pub transport: Arc<dyn Transport>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub rng: Arc<dyn Rng>,
    /// Where the centre is, if not where the region file says: the demo's port.
    pub centre_url: Option<String>,
}

/// Takes a slot under an institution's code; false where another program holds it.
type TakeSlot = Box<dyn Fn(&str, i64) -> bool + Send + Sync>;

/// The clinic's program without its pages.
pub struct App {
    parts: Parts,
    setups: RwLock<HashMap<ClinicId, Arc<Setup>>>,
    identified: Mutex<identify::Memory>,
    audits: Mutex<audit::Memory>,
    queries: Mutex<HashMap<ClinicId, cunyi_gateway::msgid::QueryIds>>,
    answers: Mutex<answers::Answers>,
    late: Mutex<Vec<resolve::Unwritten>>,
    hashing: hashing::Hashing,
    refused: Mutex<access::Refusals>,
    flights: flight::Flights,
    take_slot: TakeSlot,
    keys: Box<dyn Keys>,
    maker: Option<Mutex<Arc<dyn ReceiptMaker>>>,
    started_at: Moment,
}

impl App {
    /// Over its parts.
    pub fn new(parts: Parts) -> Self {
        Self {
            started_at: parts.clock.now(),
            parts,
            setups: RwLock::default(),
            identified: Mutex::default(),
            audits: Mutex::default(),
            queries: Mutex::default(),
            answers: Mutex::default(),
            late: Mutex::default(),
            hashing: hashing::Hashing::default(),
            refused: Mutex::default(),
            flights: flight::Flights::default(),
            take_slot: Box::new(|_, _| true),
            keys: Box::new(BTreeMap::new()),
            maker: None,
        }
    }

    /// Asks this before a clinic is installed under an institution's code and slot.
    #[must_use]
    pub fn with_slots(self, take: impl Fn(&str, i64) -> bool + Send + Sync + 'static) -> Self {
        Self {
            take_slot: Box::new(take),
            ..self
        }
    }

    /// Takes the keys that region files name from here; else there are none.
    #[must_use]
    pub fn with_keys(self, keys: impl Keys + 'static) -> Self {
        Self {
            keys: Box::new(keys),
            ..self
        }
    }

    /// The lists.
    pub fn catalogue(&self) -> &Catalogue {
        &self.parts.catalogue
    }

    /// The database, for `journal verify` and tests.
    pub fn store(&self) -> &Store {
        &self.parts.store
    }

    /// Now.
    pub fn now(&self) -> Moment {
        self.parts.clock.now()
    }

    pub(crate) fn rng(&self) -> &dyn Rng {
        self.parts.rng.as_ref()
    }

    pub(crate) fn who(&self, actor: &Actor) -> Who {
        Who {
            clinic: actor.clinic.clone(),
            actor: actor.user.clone(),
            now: self.now(),
        }
    }

    fn refusals(&self) -> std::sync::MutexGuard<'_, access::Refusals> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn audits(&self) -> std::sync::MutexGuard<'_, audit::Memory> {
        self.audits.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes an answer; true if it came before, so that it is another call's.
    fn came_before(&self, setup: &Setup, reply: &Reply) -> bool {
        let Some(id) = setup.gateway.answer_id(reply) else {
            return false;
        };
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        !answers.is_new(id)
    }

    fn memory(&self) -> std::sync::MutexGuard<'_, identify::Memory> {
        self.identified
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
