//! Connection, transactions, migrations and engine differences. It knows no table.
//!
//! One SQL text serves both engines: `?` marks a parameter, diesel writes each engine's own mark.
//! Statements are prepared once a connection and kept by their text.

mod connection;
mod lane;
mod migrate;
mod planner;
mod statement;
mod transaction;

use std::path::{Path, PathBuf};

pub use migrate::Migration;
pub use transaction::Tx;

use lane::Lane;

/// Which engine, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// SQLite in memory: one connection, gone with the process.
    Memory,
    /// SQLite in a file.
    File(PathBuf),
    /// PostgreSQL by URL; `schema` separates tests that share a server.
    Postgres {
        /// `postgres://user@host:port/database`.
        url: String,
        /// The schema that is created if missing and used.
        schema: String,
    },
}

/// What a power cut may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// Nothing that was committed.
    Full,
    /// Anything: only for a database that is thrown away if the process dies (seeding beside and
    /// renaming, simulator, benches).
    Scratch,
}

/// Why the database did not do it.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// The engine's own words. They may quote SQL, never values.
    #[error("database: {0}")]
    Engine(String),
    /// A uniqueness or primary key already holds such a row.
    #[error("database: a row with this key exists")]
    Duplicate,
    /// A CHECK or a foreign key forbids it.
    #[error("database: a constraint forbids this change ({0})")]
    Constraint(String),
    /// A guarded update met another state than it expected.
    #[error("database: the row of {0} has changed in between")]
    Stale(&'static str),
    /// A stored value does not fit its column's type.
    #[error("database: column {column} of {table} holds a value of another type")]
    Corrupt {
        /// Table or query.
        table: &'static str,
        /// Column.
        column: &'static str,
    },
    /// A text with U+0000, which PostgreSQL cannot store.
    #[error("database: a text contains U+0000")]
    NulByte,
    /// Too many wait for this lane.
    #[error("database: too many requests wait")]
    Busy,
    /// The disk has no room: nothing of the transaction was kept.
    #[error("database: the disk is full")]
    Full,
}

/// Where in a write transaction a process may be cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Point {
    /// Before a statement that changes something.
    Statement,
    /// All statements are done, and nothing is kept yet.
    BeforeCommit,
    /// It is kept, and nobody has been told.
    AfterCommit,
}

/// What the simulator does there: a power cut unwinds from here.
#[cfg(feature = "faults")]
pub type AtPoint = Box<dyn Fn(&'static str, Point) + Send + Sync>;

/// A database: a lane for the one writer and a lane for readers.
pub struct Db {
    target: Target,
    writer: Lane,
    readers: Option<Lane>,
    #[cfg(feature = "faults")]
    at_point: std::sync::OnceLock<AtPoint>,
}

/// Writers that may wait; more are told the database is busy.
const WRITERS_WAITING: usize = 256;
/// Most connections for readers of a file or a server; each is opened when it is first needed.
const READERS: usize = 4;
/// Readers that may wait.
const READERS_WAITING: usize = 1024;

impl Db {
    /// Opens, creates if missing, sets the pragmas, and brings the schema up to date.
    pub fn open(
        target: Target,
        durability: Durability,
        migrations: &[Migration],
    ) -> Result<Self, DbError> {
        let mut first = connection::open(&target, durability)?;
        migrate::run(&mut first, migrations)?;
        let open = || {
            let target = target.clone();
            Box::new(move || connection::open(&target, durability))
        };
        let readers = (target != Target::Memory)
            .then(|| Lane::new(Vec::new(), READERS, open(), READERS_WAITING));
        Ok(Self {
            writer: Lane::new(vec![first], 0, open(), WRITERS_WAITING),
            target,
            readers,
            #[cfg(feature = "faults")]
            at_point: std::sync::OnceLock::new(),
        })
    }

    /// From here on this is called at each point of a write transaction, with its name. The first that
    /// is set stays.
    #[cfg(feature = "faults")]
    pub fn at_point(&self, call: AtPoint) {
        drop(self.at_point.set(call));
    }

    /// `SQLite` only: from here on its disk has room for so many pages more, or for as many as there are.
    #[cfg(feature = "faults")]
    pub fn leave_room(&self, pages: Option<i64>) -> Result<(), DbError> {
        self.writer
            .with(|connection| connection::leave_room(connection, pages))
    }

    /// Tells `SQLite`'s planner that a column holds the same in nearly every row: an equality with it finds nothing.
    /// Before the first read.
    pub fn same_in_most_rows(&self, column: &str) -> Result<(), DbError> {
        self.writer
            .with(|connection| planner::same_in_most_rows(connection, column))
    }

    /// Where it is.
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// Runs `work` in a write transaction: all of it is committed, or nothing.
    pub fn transact<T, E: From<DbError>>(
        &self,
        name: &'static str,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let reached = |point| self.reached(name, point);
        self.writer
            .with(|connection| transaction::run(connection, name, true, &reached, work))
    }

    #[cfg(feature = "faults")]
    fn reached(&self, name: &'static str, point: Point) {
        if let Some(call) = self.at_point.get() {
            call(name, point);
        }
    }

    #[cfg(not(feature = "faults"))]
    #[expect(clippy::unused_self, reason = "only the simulator stops here")]
    const fn reached(&self, _: &'static str, _: Point) {}

    /// Runs `work` on one consistent picture of the database; it changes nothing.
    pub fn read<T, E: From<DbError>>(
        &self,
        name: &'static str,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let lane = self.readers.as_ref().unwrap_or(&self.writer);
        lane.with(|connection| transaction::run(connection, name, false, &|_| {}, work))
    }

    /// SQLite only: writes the log back into the file and empties it, so that erased pages are
    /// gone from disk. [`DbError::Busy`] when a reader holds an older picture for too long: the
    /// log still has those pages.
    pub fn checkpoint(&self) -> Result<(), DbError> {
        self.writer.with(connection::checkpoint)
    }

    /// SQLite only: writes a compact copy to a new file while others go on working.
    pub fn copy_to(&self, path: &Path) -> Result<(), DbError> {
        let lane = self.readers.as_ref().unwrap_or(&self.writer);
        lane.with(|connection| connection::copy_to(connection, &path.to_string_lossy()))
    }
}

#[cfg(test)]
mod tests;
