//! The clinic's tables: the journal and what is applied from it, and queries by noun.
//!
//! One way in: [`Store::write`] gives a [`Writer`], whose [`Writer::record`] applies a fact's row
//! changes at once and appends the fact to the hash chain as the last statements of the transaction.

pub mod books;
pub mod clearing;
pub mod erase;
pub mod local;
pub mod query;
pub mod reference;
pub mod reports;
pub mod seal;
pub mod typing;
pub mod uploads;
pub mod verify;

mod writer;

use cunyi_db::{Db, DbError, Durability, Migration, Target};
use cunyi_domain::fact::FactError;

pub use cunyi_db::Tx;
pub use seal::InstallationKey;
pub use writer::{Who, Writer};

/// The schema, step by step.
pub const MIGRATIONS: &[Migration] = &[Migration {
    number: 1,
    name: "clinic",
    sql: include_str!("../migrations/0001_clinic.sql"),
}];

/// What can go wrong below the use cases.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
    /// A sealed part does not open: another key, or changed bytes.
    #[error(
        "a sealed part does not open: its bytes were changed, or installation.key is another's"
    )]
    Sealed,
    /// The patient has been erased: there is no key.
    #[error("the patient has been erased")]
    Erased,
    /// Stored bytes are no fact.
    #[error("journal: {0:?}")]
    Fact(FactError),
    /// No clinic of that name is installed.
    #[error("no such clinic in this database")]
    NoClinic,
}

/// A database with the clinic's schema and the key that seals its patients' keys.
pub struct Store {
    db: Db,
    key: InstallationKey,
}

impl Store {
    /// Opens it and brings the schema up to date.
    pub fn open(
        target: Target,
        durability: Durability,
        key: InstallationKey,
    ) -> Result<Self, StoreError> {
        let db = Db::open(target, durability, MIGRATIONS)?;
        // A file holds one clinic, or the few of a township.
        db.same_in_most_rows("clinic")?;
        Ok(Self { db, key })
    }

    /// The database, for reads and for local tables.
    pub fn db(&self) -> &Db {
        &self.db
    }

    /// The installation's key.
    pub fn key(&self) -> &InstallationKey {
        &self.key
    }
}
