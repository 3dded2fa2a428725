//! The same rows and commits with SQLite alone: every statement prepared once, every value ready.

use std::collections::HashMap;
use std::path::Path;

use cunyi_db::Durability;
use cunyi_domain::journal::Entry;
use cunyi_domain::row::{Change, Column, Field, Row, TableRow, Value};
use cunyi_store::local::{Counter, Message};
use rusqlite::types::Value as Bound;
use rusqlite::{Connection, Statement, params_from_iter};

use crate::ours::{ANSWERED, pending};
use crate::record::{Recorded, Transaction};
use crate::{Result, instances};

/// A statement that is to be run.
struct Line {
    /// Its number among the prepared ones.
    statement: usize,
    values: Vec<Bound>,
    /// True if it must meet exactly one row.
    guarded: bool,
}

/// A connection with everything that is to be written.
pub struct Bare {
    connection: Connection,
    texts: Vec<String>,
    numbers: HashMap<String, usize>,
    transactions: Vec<Vec<Line>>,
}

impl Bare {
    /// With the pragmas that the program has.
    pub fn open(file: &Path, durability: Durability) -> Result<Self> {
        let synchronous = match durability {
            Durability::Full => "FULL",
            Durability::Scratch => "OFF",
        };
        let connection = Connection::open(file)?;
        connection.execute_batch(&format!(
            "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL;
             PRAGMA synchronous = {synchronous}; PRAGMA foreign_keys = ON;
             PRAGMA secure_delete = ON;"
        ))?;
        let (texts, numbers, transactions) = Default::default();
        Ok(Self {
            connection,
            texts,
            numbers,
            transactions,
        })
    }

    /// Makes the lines of so many visits.
    pub fn prepare(&mut self, visit: &Recorded, visits: usize) -> Result<()> {
        let head = "SELECT seq FROM journal_head";
        let mut seq: i64 = self.connection.query_row(head, [], |row| row.get(0))?;
        for transactions in instances(visit, visits) {
            for transaction in transactions? {
                let lines = self.lines(transaction, &mut seq)?;
                self.transactions.push(lines);
            }
        }
        Ok(())
    }

    /// Writes them.
    pub fn run(&self) -> Result<()> {
        let prepare = |text: &String| self.connection.prepare(text);
        let mut statements: Vec<Statement<'_>> = self
            .texts
            .iter()
            .map(prepare)
            .collect::<std::result::Result<_, _>>()?;
        let mut begin = self.connection.prepare("BEGIN IMMEDIATE")?;
        let mut commit = self.connection.prepare("COMMIT")?;
        for transaction in &self.transactions {
            begin.execute([])?;
            for line in transaction {
                let rows = statements[line.statement].execute(params_from_iter(&line.values))?;
                if line.guarded && rows != 1 {
                    return Err(format!("not one row: {}", self.texts[line.statement]).into());
                }
            }
            commit.execute([])?;
        }
        Ok(())
    }

    fn lines(&mut self, transaction: Transaction, seq: &mut i64) -> Result<Vec<Line>> {
        let mut lines = Vec::new();
        for call in transaction.answered {
            let row = call.row;
            let values = vec![
                row.state.into_value(),
                row.answered_at.into_value(),
                row.reply.into_value(),
                row.clinic.into_value(),
                row.id.into_value(),
            ];
            lines.push(self.line(ANSWERED, values));
        }
        for change in transaction.facts.iter().map(crate::record::Fact::changes) {
            for change in change? {
                lines.push(self.change(change)?);
            }
        }
        for call in transaction.sent {
            lines.push(self.insert::<Message>(pending(call.row)));
        }
        for counter in transaction.counters {
            let on_conflict = "ON CONFLICT (clinic, name) \
                DO UPDATE SET value = excluded.value, second = excluded.second";
            let sql = format!(
                "{} {on_conflict}",
                insert_sql(Counter::TABLE, Counter::COLUMNS)
            );
            lines.push(self.line(&sql, counter.into_values()));
        }
        let clinic = transaction.who.clinic.into_value();
        let count = i64::try_from(transaction.facts.len())?;
        if let Some(last) = transaction.facts.last() {
            let (hash, alg) = (last.entry.hash.clone(), last.entry.alg.clone());
            let add = "UPDATE journal_head SET seq = seq + ? WHERE clinic = ?";
            lines.push(self.line(add, vec![Value::Int(count), clinic.clone()]));
            for fact in transaction.facts {
                *seq += 1;
                let entry = Entry {
                    seq: *seq,
                    ..fact.entry
                };
                lines.push(self.insert(entry));
            }
            let set = "UPDATE journal_head SET hash = ?, alg = ? WHERE clinic = ?";
            let values = vec![Value::Bytes(hash), Value::Text(alg), clinic];
            lines.push(self.line(set, values));
        }
        Ok(lines)
    }

    fn insert<R: TableRow>(&mut self, row: R) -> Line {
        self.line(&insert_sql(R::TABLE, R::COLUMNS), row.into_values())
    }

    fn change(&mut self, change: Change) -> Result<Line> {
        match change {
            Change::Insert {
                table,
                columns,
                values,
            } => Ok(self.line(&insert_sql(table, columns), values)),
            Change::Update {
                table,
                set,
                add,
                only,
            } => {
                let set_to = set.iter().map(|(name, _)| format!("{name} = ?"));
                let added = add.iter().map(|(name, _)| format!("{name} = {name} + ?"));
                let parts: Vec<String> = set_to.chain(added).collect();
                let sql = format!(
                    "UPDATE {table} SET {} WHERE {}",
                    parts.join(", "),
                    equals(&only)
                );
                let values = set.into_iter().map(|(_, value)| value);
                let values = values.chain(add.into_iter().map(|(_, delta)| Value::Int(delta)));
                let values = values.chain(only.into_iter().map(|(_, value)| value));
                Ok(self.line(&sql, values.collect()))
            }
            Change::Remove { table, only } => {
                let sql = format!("DELETE FROM {table} WHERE {}", equals(&only));
                Ok(self.line(&sql, only.into_iter().map(|(_, value)| value).collect()))
            }
            Change::Delete { table, only } => {
                let sql = format!("DELETE FROM {table} WHERE {}", equals(&only));
                let values = only.into_iter().map(|(_, value)| value).collect();
                let guarded = false;
                Ok(Line {
                    guarded,
                    ..self.line(&sql, values)
                })
            }
            Change::UpdateAll { table, .. } => {
                Err(format!("a visit updates no unknown number of rows of {table}").into())
            }
        }
    }

    fn line(&mut self, sql: &str, values: Vec<Value>) -> Line {
        let next = self.texts.len();
        let number = *self.numbers.entry(sql.to_owned()).or_insert(next);
        if number == next {
            self.texts.push(sql.to_owned());
        }
        Line {
            statement: number,
            values: values.into_iter().map(bound).collect(),
            guarded: true,
        }
    }
}

fn bound(value: Value) -> Bound {
    match value {
        Value::Null(_) => Bound::Null,
        Value::Int(int) => Bound::Integer(int),
        Value::Text(text) => Bound::Text(text),
        Value::Bytes(bytes) => Bound::Blob(bytes),
    }
}

fn insert_sql(table: &str, columns: &[Column]) -> String {
    let names: Vec<&str> = columns.iter().map(|column| column.name).collect();
    let marks = vec!["?"; names.len()].join(", ");
    format!(
        "INSERT INTO {table} ({}) VALUES ({marks})",
        names.join(", ")
    )
}

fn equals(only: &[(&'static str, Value)]) -> String {
    let each: Vec<String> = only.iter().map(|(name, _)| format!("{name} = ?")).collect();
    each.join(" AND ")
}
