//! A text of SQL with its parameters as a diesel query: prepared once, kept by its text.

use cunyi_domain::row::{Kind, Row, Value};
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, QueryableByName};
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::{DatabaseErrorKind, Error};
use diesel::row::NamedRow;
use diesel::serialize::ToSql;
use diesel::sql_types::{BigInt, Binary, HasSqlType, Nullable, Text, Untyped};
use diesel::{QueryResult, RunQueryDsl};

use crate::DbError;
use crate::connection::Connection;

pub(crate) struct Statement<'a> {
    text: &'a str,
    binds: Vec<Bind>,
}

enum Bind {
    Int(Option<i64>),
    Text(Option<String>),
    Bytes(Option<Vec<u8>>),
}

impl<'a> Statement<'a> {
    pub(crate) fn new(text: &'a str, values: Vec<Value>) -> Result<Self, DbError> {
        let bind = |value| match value {
            Value::Text(text) if text.contains('\0') => Err(DbError::NulByte),
            Value::Text(text) => Ok(Bind::Text(Some(text))),
            Value::Int(int) => Ok(Bind::Int(Some(int))),
            Value::Bytes(bytes) => Ok(Bind::Bytes(Some(bytes))),
            Value::Null(Kind::Int) => Ok(Bind::Int(None)),
            Value::Null(Kind::Text) => Ok(Bind::Text(None)),
            Value::Null(Kind::Bytes) => Ok(Bind::Bytes(None)),
        };
        let binds = values
            .into_iter()
            .map(bind)
            .collect::<Result<Vec<_>, _>>()?;
        let marks = text.matches('?').count();
        assert_eq!(marks, binds.len(), "parameters of: {text}");
        Ok(Self { text, binds })
    }

    pub(crate) fn execute(self, connection: &mut Connection) -> Result<usize, DbError> {
        match connection {
            Connection::Sqlite(c) => RunQueryDsl::execute(self, c),
            Connection::Postgres(c) => RunQueryDsl::execute(self, c),
        }
        .map_err(engine_error)
    }

    pub(crate) fn load<R: Row>(self, connection: &mut Connection) -> Result<Vec<R>, DbError> {
        let rows: Vec<Loaded<R>> = match connection {
            Connection::Sqlite(c) => RunQueryDsl::load(self, c),
            Connection::Postgres(c) => RunQueryDsl::load(self, c),
        }
        .map_err(engine_error)?;
        Ok(rows.into_iter().map(|row| row.0).collect())
    }
}

impl Query for Statement<'_> {
    type SqlType = Untyped;
}

impl<C> RunQueryDsl<C> for Statement<'_> {}

impl QueryId for Statement<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<DB> QueryFragment<DB> for Statement<'_>
where
    DB: Backend + HasSqlType<BigInt> + HasSqlType<Text> + HasSqlType<Binary>,
    Option<i64>: ToSql<Nullable<BigInt>, DB>,
    Option<String>: ToSql<Nullable<Text>, DB>,
    Option<Vec<u8>>: ToSql<Nullable<Binary>, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        let mut parts = self.text.split('?');
        out.push_sql(parts.next().unwrap_or_default());
        for (bind, part) in self.binds.iter().zip(parts) {
            match bind {
                Bind::Int(value) => out.push_bind_param::<Nullable<BigInt>, _>(value)?,
                Bind::Text(value) => out.push_bind_param::<Nullable<Text>, _>(value)?,
                Bind::Bytes(value) => out.push_bind_param::<Nullable<Binary>, _>(value)?,
            }
            out.push_sql(part);
        }
        Ok(())
    }
}

/// A row read by the names of its columns.
struct Loaded<R>(R);

impl<R, DB> QueryableByName<DB> for Loaded<R>
where
    R: Row,
    DB: Backend,
    Option<i64>: FromSql<Nullable<BigInt>, DB>,
    Option<String>: FromSql<Nullable<Text>, DB>,
    Option<Vec<u8>>: FromSql<Nullable<Binary>, DB>,
{
    fn build<'a>(row: &impl NamedRow<'a, DB>) -> deserialize::Result<Self> {
        let mut values = Vec::with_capacity(R::COLUMNS.len());
        for column in R::COLUMNS {
            let null = Value::Null(column.kind);
            values.push(match column.kind {
                Kind::Int => NamedRow::get::<Nullable<BigInt>, Option<i64>>(row, column.name)?
                    .map_or(null, Value::Int),
                Kind::Text => NamedRow::get::<Nullable<Text>, Option<String>>(row, column.name)?
                    .map_or(null, Value::Text),
                Kind::Bytes => {
                    NamedRow::get::<Nullable<Binary>, Option<Vec<u8>>>(row, column.name)?
                        .map_or(null, Value::Bytes)
                }
            });
        }
        R::from_values(values)
            .map(Loaded)
            .map_err(|column| format!("column {column} holds a value of another type").into())
    }
}

/// `SQLITE_FULL` in its own words.
const NO_ROOM: &str = "database or disk is full";

/// An engine's error in our words; values never appear in it.
pub(crate) fn engine_error(error: Error) -> DbError {
    match error {
        Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => DbError::Duplicate,
        Error::DatabaseError(
            DatabaseErrorKind::CheckViolation
            | DatabaseErrorKind::ForeignKeyViolation
            | DatabaseErrorKind::NotNullViolation,
            info,
        ) => DbError::Constraint(info.message().to_owned()),
        Error::DatabaseError(_, info) if info.message() == NO_ROOM => DbError::Full,
        other => DbError::Engine(other.to_string()),
    }
}
