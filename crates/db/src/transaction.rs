//! A transaction and what can be done in one: typed rows, row changes and plain SQL.

use cunyi_domain::row::{Change, Column, Row, TableRow, Value};

use crate::connection::Connection;
use crate::statement::Statement;
use crate::{DbError, Point};

/// An open transaction.
pub struct Tx<'a> {
    connection: &'a mut Connection,
    reached: Reached<'a>,
}

/// What is told that a point is reached.
type Reached<'a> = &'a dyn Fn(Point);

pub(crate) fn run<T, E: From<DbError>>(
    connection: &mut Connection,
    name: &'static str,
    write: bool,
    reached: Reached<'_>,
    work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
) -> Result<T, E> {
    tracing::trace!(name, write, "transaction");
    connection.batch(match (connection.is_sqlite(), write) {
        (true, true) => "BEGIN IMMEDIATE",
        (true, false) | (false, true) => "BEGIN",
        (false, false) => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    })?;
    let mut open = Open {
        connection,
        done: false,
    };
    let value = work(&mut Tx {
        connection: &mut *open.connection,
        reached,
    })?;
    reached(Point::BeforeCommit);
    open.connection.batch("COMMIT")?;
    open.done = true;
    reached(Point::AfterCommit);
    Ok(value)
}

/// Rolls back when the work fails or panics.
struct Open<'a> {
    connection: &'a mut Connection,
    done: bool,
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        if !self.done
            && let Err(error) = self.connection.batch("ROLLBACK")
        {
            tracing::error!(%error, "rollback");
        }
    }
}

fn names(columns: &[Column]) -> String {
    columns
        .iter()
        .map(|c| c.name)
        .collect::<Vec<_>>()
        .join(", ")
}

fn equals(columns: &[(&'static str, Value)]) -> String {
    columns
        .iter()
        .map(|(name, _)| format!("{name} = ?"))
        .collect::<Vec<_>>()
        .join(" AND ")
}

impl Tx<'_> {
    /// True on SQLite, which keeps any type of value in any column.
    pub fn is_sqlite(&self) -> bool {
        self.connection.is_sqlite()
    }

    /// Runs SQL with `?` parameters; answers how many rows it touched.
    pub fn execute(&mut self, sql: &str, values: Vec<Value>) -> Result<usize, DbError> {
        (self.reached)(Point::Statement);
        Statement::new(sql, values)?.execute(self.connection)
    }

    /// Reads rows; the names of `R`'s fields are the query's column names.
    pub fn query<R: Row>(&mut self, sql: &str, values: Vec<Value>) -> Result<Vec<R>, DbError> {
        Statement::new(sql, values)?.load(self.connection)
    }

    /// Reads rows of a table: `rest` is what stands after its name (`WHERE … ORDER BY …`).
    pub fn select<R: TableRow>(
        &mut self,
        rest: &str,
        values: Vec<Value>,
    ) -> Result<Vec<R>, DbError> {
        let sql = format!("SELECT {} FROM {} {rest}", names(R::COLUMNS), R::TABLE);
        self.query(&sql, values)
    }

    /// Reads at most one row of a table.
    pub fn find<R: TableRow>(
        &mut self,
        rest: &str,
        values: Vec<Value>,
    ) -> Result<Option<R>, DbError> {
        Ok(self.select(rest, values)?.into_iter().next())
    }

    /// Inserts a row.
    pub fn insert<R: TableRow>(&mut self, row: R) -> Result<(), DbError> {
        self.change(Change::insert(row))
    }

    /// Inserts a row unless its key exists; true if it was new.
    pub fn insert_if_absent<R: TableRow>(&mut self, row: R) -> Result<bool, DbError> {
        let sql = format!(
            "{} ON CONFLICT DO NOTHING",
            insert_sql(R::TABLE, R::COLUMNS)
        );
        Ok(self.execute(&sql, row.into_values())? == 1)
    }

    /// Writes one row change. An update or removal that does not meet exactly one row is stale.
    pub fn change(&mut self, change: Change) -> Result<(), DbError> {
        match change {
            Change::Insert {
                table,
                columns,
                values,
            } => {
                self.execute(&insert_sql(table, columns), values)?;
            }
            Change::Update {
                table,
                set,
                add,
                only,
            } => {
                let assigned = set.iter().map(|(name, _)| format!("{name} = ?"));
                let added = add.iter().map(|(name, _)| format!("{name} = {name} + ?"));
                let parts = assigned.chain(added).collect::<Vec<_>>().join(", ");
                let sql = format!("UPDATE {table} SET {parts} WHERE {}", equals(&only));
                let values = set.into_iter().map(|(_, value)| value);
                let values = values.chain(add.into_iter().map(|(_, delta)| Value::Int(delta)));
                let values = values
                    .chain(only.into_iter().map(|(_, value)| value))
                    .collect();
                if self.execute(&sql, values)? != 1 {
                    return Err(DbError::Stale(table));
                }
            }
            Change::UpdateAll { table, set, only } => {
                let parts = set.iter().map(|(name, _)| format!("{name} = ?"));
                let parts = parts.collect::<Vec<_>>().join(", ");
                let sql = format!("UPDATE {table} SET {parts} WHERE {}", equals(&only));
                let values = set
                    .into_iter()
                    .chain(only)
                    .map(|(_, value)| value)
                    .collect();
                self.execute(&sql, values)?;
            }
            Change::Remove { table, only } => {
                if self.delete(table, only)? != 1 {
                    return Err(DbError::Stale(table));
                }
            }
            Change::Delete { table, only } => {
                self.delete(table, only)?;
            }
        }
        Ok(())
    }

    fn delete(
        &mut self,
        table: &'static str,
        only: Vec<(&'static str, Value)>,
    ) -> Result<usize, DbError> {
        let sql = format!("DELETE FROM {table} WHERE {}", equals(&only));
        self.execute(&sql, only.into_iter().map(|(_, value)| value).collect())
    }
}

fn insert_sql(table: &str, columns: &[Column]) -> String {
    let marks = vec!["?"; columns.len()].join(", ");
    format!("INSERT INTO {table} ({}) VALUES ({marks})", names(columns))
}
