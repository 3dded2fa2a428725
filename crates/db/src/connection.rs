//! The two engines behind one type, opened with the pragmas the house relies on.

use cunyi_domain::row::Value;
use diesel::connection::SimpleConnection;
use diesel::{Connection as _, PgConnection, SqliteConnection};

use crate::statement::{Statement, engine_error};
use crate::{DbError, Durability, Target};

pub(crate) enum Connection {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Connection {
    pub(crate) fn batch(&mut self, sql: &str) -> Result<(), DbError> {
        match self {
            Self::Sqlite(c) => c.batch_execute(sql),
            Self::Postgres(c) => c.batch_execute(sql),
        }
        .map_err(engine_error)
    }

    pub(crate) fn is_sqlite(&self) -> bool {
        matches!(self, Self::Sqlite(_))
    }
}

/// `secure_delete` overwrites what is deleted: an erased patient's name must not stay in the file.
fn pragmas(durability: Durability) -> &'static str {
    match durability {
        Durability::Full => {
            "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
             PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON;"
        }
        Durability::Scratch => {
            "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;
             PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON;"
        }
    }
}

pub(crate) fn open(target: &Target, durability: Durability) -> Result<Connection, DbError> {
    let failed = |error: diesel::ConnectionError| DbError::Engine(error.to_string());
    match target {
        Target::Memory | Target::File(_) => {
            let path = match target {
                Target::File(path) => path.to_string_lossy().into_owned(),
                _ => ":memory:".to_owned(),
            };
            let mut connection =
                Connection::Sqlite(SqliteConnection::establish(&path).map_err(failed)?);
            connection.batch(pragmas(durability))?;
            Ok(connection)
        }
        Target::Postgres { url, schema } => {
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
            if !schema.chars().all(plain) {
                return Err(DbError::Engine(
                    "a schema is named by a-z, 0-9 and _".to_owned(),
                ));
            }
            let mut connection =
                Connection::Postgres(PgConnection::establish(url).map_err(failed)?);
            connection.batch(&format!(
                "CREATE SCHEMA IF NOT EXISTS {schema}; SET search_path TO {schema};"
            ))?;
            if durability == Durability::Scratch {
                connection.batch("SET synchronous_commit TO OFF")?;
            }
            Ok(connection)
        }
    }
}

cunyi_domain::row! {
    /// What a checkpoint answers.
    pub struct Checkpoint {
        /// 1 if a reader kept it from finishing.
        pub busy: i64,
    }
}

pub(crate) fn checkpoint(connection: &mut Connection) -> Result<(), DbError> {
    if !connection.is_sqlite() {
        return Ok(());
    }
    let sql = "PRAGMA wal_checkpoint(TRUNCATE)";
    let done: Vec<Checkpoint> = Statement::new(sql, vec![])?.load(connection)?;
    if done.iter().any(|row| row.busy != 0) {
        return Err(DbError::Busy);
    }
    Ok(())
}

pub(crate) fn copy_to(connection: &mut Connection, path: &str) -> Result<(), DbError> {
    if !connection.is_sqlite() {
        let words = "a copy of a PostgreSQL database is made with its own tools";
        return Err(DbError::Engine(words.to_owned()));
    }
    let path = vec![Value::Text(path.to_owned())];
    Statement::new("VACUUM INTO ?", path)?.execute(connection)?;
    Ok(())
}

#[cfg(feature = "faults")]
cunyi_domain::row! {
    /// How large a file is.
    pub struct Pages {
        /// In pages.
        pub page_count: i64,
    }
}

#[cfg(feature = "faults")]
pub(crate) fn leave_room(connection: &mut Connection, pages: Option<i64>) -> Result<(), DbError> {
    /// As many as `SQLite` ever has.
    const ALL: i64 = 4_294_967_294;
    let there: Vec<Pages> = Statement::new("PRAGMA page_count", vec![])?.load(connection)?;
    let there = there.first().map_or(0, |row| row.page_count);
    let most = pages.map_or(ALL, |more| there + more);
    connection.batch(&format!("PRAGMA max_page_count = {most}"))
}
