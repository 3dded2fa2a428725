//! Migrations: numbered SQL texts, each run once, in order, in one transaction.
//!
//! The same text runs on both engines; a table marked [`CLUSTERED`] is kept in its key's order where
//! the engine can. A text that was changed after it ran is an error: what a
//! clinic's file went through must be what the source says.

use cunyi_domain::row::{Field, Value};

use crate::DbError;
use crate::connection::Connection;
use crate::transaction;

/// One step of a schema.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// Its place, from 1 without gaps.
    pub number: i64,
    /// What for.
    pub name: &'static str,
    /// The SQL, statements ended by `;`.
    pub sql: &'static str,
}

cunyi_domain::row! {
    /// A step that ran.
    pub struct Done {
        /// Its place.
        pub number: i64,
        /// The SQL as it ran.
        pub sql_text: String,
    }
}

const TABLE: &str = "CREATE TABLE IF NOT EXISTS schema_migration (
    number BIGINT PRIMARY KEY, name TEXT NOT NULL, sql_text TEXT NOT NULL)";

/// Stands after a table's last parenthesis: rows that are read by the key's beginning lie together,
/// and there is no second tree for the key. `PostgreSQL` has no such tables.
const CLUSTERED: &str = "/* clustered */";

pub(crate) fn run(connection: &mut Connection, migrations: &[Migration]) -> Result<(), DbError> {
    let clustered = match connection {
        Connection::Sqlite(_) => "WITHOUT ROWID",
        Connection::Postgres(_) => "",
    };
    transaction::run(connection, "migrate", true, &|_| {}, |tx| {
        tx.execute(TABLE, vec![])?;
        let done: Vec<Done> = tx.query(
            "SELECT number, sql_text FROM schema_migration ORDER BY number",
            vec![],
        )?;
        if done.len() > migrations.len() {
            return Err(DbError::Engine(
                "the database is newer than this program".to_owned(),
            ));
        }
        for (place, migration) in migrations.iter().enumerate() {
            if let Some(done) = done.get(place) {
                if done.number != migration.number || done.sql_text != migration.sql {
                    let name = migration.name;
                    return Err(DbError::Engine(format!(
                        "migration {name} changed after it ran"
                    )));
                }
                continue;
            }
            for statement in statements(migration.sql) {
                tx.execute(&statement.replace(CLUSTERED, clustered), vec![])?;
            }
            tx.execute(
                "INSERT INTO schema_migration (number, name, sql_text) VALUES (?, ?, ?)",
                vec![
                    Value::Int(migration.number),
                    migration.name.to_owned().into_value(),
                    migration.sql.to_owned().into_value(),
                ],
            )?;
        }
        Ok(())
    })
}

/// Splits at `;` at a line's end: no literal or trigger of ours contains one there.
fn statements(sql: &str) -> impl Iterator<Item = &str> {
    sql.split(";\n")
        .map(str::trim)
        .filter(|s| !s.is_empty() && *s != ";")
}
