//! A clinic to test with: an engine, a clock that moves a second at a time, seeded randomness.

use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use cunyi_db::{Durability, Target};
use cunyi_domain::fact::{Body, Personal};
use cunyi_domain::ids::{ClinicId, PatientId};
use cunyi_domain::row::TableRow;
use cunyi_domain::time::{Moment, Rng};
use cunyi_store::reference::{self, Clinic, Level, Role, User};
use cunyi_store::{InstallationKey, Store, StoreError, Who, Writer};

/// Of what happens at a clinic.
pub type Done = Result<(), StoreError>;

/// Seeded randomness (splitmix64), for threads too.
pub struct Dice(AtomicU64);

impl Dice {
    pub const fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }
}

impl Rng for Dice {
    fn fill(&self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(8) {
            let step = 0x9E37_79B9_7F4A_7C15_u64;
            let mut z = self.0.fetch_add(step, Ordering::Relaxed).wrapping_add(step);
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            chunk.copy_from_slice(&(z ^ (z >> 31)).to_le_bytes()[..chunk.len()]);
        }
    }
}

/// The installation's key of every test.
pub const KEY: InstallationKey = InstallationKey::new([7; 32]);

/// 2026-11-24 08:00 in China.
const MORNING: i64 = 1_795_478_400_000_000;

/// A store with an installed clinic, `c1`, and its doctor, `u1`.
pub struct World {
    pub store: Store,
    pub dice: Dice,
    now: AtomicI64,
    folder: Option<PathBuf>,
}

impl Drop for World {
    fn drop(&mut self) {
        if let Some(folder) = &self.folder {
            // What cannot be removed lies in the system's own folder for such files.
            let _ = std::fs::remove_dir_all(folder);
        }
    }
}

pub fn clinic() -> ClinicId {
    "c1".into()
}

impl World {
    pub fn memory() -> Self {
        Self::new(Target::Memory, None)
    }

    /// In a file of a folder of its own.
    pub fn file(name: &str) -> Self {
        let folder = format!("cunyi-store-{name}-{}", std::process::id());
        let folder = std::env::temp_dir().join(folder);
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        Self::new(Target::File(folder.join("cunyi.db")), Some(folder))
    }

    /// On PostgreSQL, in a schema of its own, if a server is there.
    pub fn postgres(name: &str) -> Option<Self> {
        let Ok(url) = std::env::var("CUNYI_TEST_PG") else {
            println!("SKIPPED on PostgreSQL: CUNYI_TEST_PG is not set");
            return None;
        };
        let schema = format!("store_{name}_{}", std::process::id());
        Some(Self::new(Target::Postgres { url, schema }, None))
    }

    /// Memory, and PostgreSQL if it is there.
    pub fn engines(name: &str) -> Vec<Self> {
        let memory = Some(Self::memory());
        memory.into_iter().chain(Self::postgres(name)).collect()
    }

    /// A file, and PostgreSQL if it is there: where several programs may write at once.
    pub fn shared(name: &str) -> Vec<Self> {
        let file = Some(Self::file(name));
        file.into_iter().chain(Self::postgres(name)).collect()
    }

    fn new(target: Target, folder: Option<PathBuf>) -> Self {
        let store = Store::open(target, Durability::Scratch, KEY).unwrap();
        let world = Self {
            store,
            dice: Dice::new(1),
            now: AtomicI64::new(MORNING),
            folder,
        };
        world.install("c1", 3);
        world
    }

    /// Installs a clinic with one doctor, `u1`.
    pub fn install(&self, id: &str, slot: i64) {
        let row = Clinic {
            clinic: id.into(),
            name: "柳林村卫生室".to_owned(),
            institution_code: "H41052200001".to_owned(),
            institution_name: "安阳县柳林镇卫生院".to_owned(),
            level: Level::Village,
            slot,
            fictional: true,
            opened_at: Moment(MORNING),
        };
        let doctor = User {
            clinic: id.into(),
            id: "u1".into(),
            login: format!("doctor-{id}"),
            name: "赵医生".to_owned(),
            role: Role::Doctor,
            national_code: "D410522000001".to_owned(),
            licence_until: None,
            active: true,
        };
        let installed = self.store.db().transact("install", |tx| {
            reference::install(tx, row)?;
            tx.insert(doctor)?;
            Ok::<(), StoreError>(())
        });
        installed.unwrap();
    }

    /// The same database opened once more, as another program would.
    pub fn again(&self, key: InstallationKey) -> Store {
        Store::open(self.store.db().target().clone(), Durability::Scratch, key).unwrap()
    }

    /// A copy of a world of `file`, beside it.
    pub fn copy(&self, name: &str) -> PathBuf {
        let copy = self.folder.as_ref().unwrap().join(name);
        self.store.db().copy_to(&copy).unwrap();
        copy
    }

    pub fn is_sqlite(&self) -> bool {
        !matches!(self.store.db().target(), Target::Postgres { .. })
    }

    /// Now, and a second passes.
    pub fn now(&self) -> Moment {
        Moment(self.now.fetch_add(1_000_000, Ordering::Relaxed))
    }

    pub fn who(&self) -> Who {
        Who {
            clinic: clinic(),
            actor: "u1".into(),
            now: self.now(),
        }
    }

    /// Writes in one transaction.
    pub fn write<T>(
        &self,
        work: impl FnOnce(&mut Writer<'_, '_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.store.write(&self.who(), &self.dice, "test", work)
    }

    /// Records one fact in a transaction of its own.
    pub fn record(
        &self,
        body: impl Into<Body>,
        patient: &PatientId,
        personal: Option<Personal>,
    ) -> Result<(), StoreError> {
        self.write(|w| w.record(body, Some(patient), personal))
    }

    /// All rows of a table in key order, as SQLite orders texts.
    pub fn all<R: TableRow>(&self) -> Vec<R> {
        let rest = format!("ORDER BY {}", R::KEY.join(", "));
        let rows = self.store.db().read("all", |tx| tx.select(&rest, vec![]));
        rows.unwrap()
    }

    pub fn count<R: TableRow>(&self) -> i64 {
        i64::try_from(self.all::<R>().len()).unwrap()
    }

    /// The journal's chain is whole and gives the ledger that stands there.
    pub fn sound(&self) {
        let chain = self.store.verify(&clinic()).unwrap();
        assert_eq!(chain.problems, Vec::<String>::new());
        let replayed = self.store.replay_check(&clinic()).unwrap();
        assert_eq!(replayed.problems, Vec::<String>::new());
        assert_eq!(replayed.facts, chain.facts);
    }
}
