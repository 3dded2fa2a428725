//! Table rows as typed structs: one definition gives columns, values in and values out.
//!
//! `store` and `centre` write and read every table through these traits, so a table's columns are
//! spelled once in Rust and once in its migration, and a test holds the two equal.

/// A database value. Money, times and flags are integers; dates, ids and enums are text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// SQL NULL of a column of this kind (PostgreSQL types its parameters, nulls too).
    Null(Kind),
    /// BIGINT.
    Int(i64),
    /// TEXT, never with U+0000.
    Text(String),
    /// BLOB or BYTEA.
    Bytes(Vec<u8>),
}

/// The kind of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// BIGINT.
    Int,
    /// TEXT.
    Text,
    /// BLOB or BYTEA.
    Bytes,
}

/// A column of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Name in SQL.
    pub name: &'static str,
    /// What it stores.
    pub kind: Kind,
    /// True if it may be NULL.
    pub nullable: bool,
}

/// A Rust type that fits a column.
pub trait Field: Sized {
    /// What the column stores.
    const KIND: Kind;
    /// True for `Option`.
    const NULLABLE: bool = false;
    /// To the database.
    fn into_value(self) -> Value;
    /// From the database; nothing when the value is of another kind or out of its list.
    fn from_value(value: Value) -> Option<Self>;
}

impl Field for i64 {
    const KIND: Kind = Kind::Int;
    fn into_value(self) -> Value {
        Value::Int(self)
    }
    fn from_value(value: Value) -> Option<Self> {
        if let Value::Int(v) = value {
            Some(v)
        } else {
            None
        }
    }
}

impl Field for bool {
    const KIND: Kind = Kind::Int;
    fn into_value(self) -> Value {
        Value::Int(i64::from(self))
    }
    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::Int(0) => Some(false),
            Value::Int(1) => Some(true),
            _ => None,
        }
    }
}

impl Field for String {
    const KIND: Kind = Kind::Text;
    fn into_value(self) -> Value {
        Value::Text(self)
    }
    fn from_value(value: Value) -> Option<Self> {
        if let Value::Text(v) = value {
            Some(v)
        } else {
            None
        }
    }
}

impl Field for Vec<u8> {
    const KIND: Kind = Kind::Bytes;
    fn into_value(self) -> Value {
        Value::Bytes(self)
    }
    fn from_value(value: Value) -> Option<Self> {
        if let Value::Bytes(v) = value {
            Some(v)
        } else {
            None
        }
    }
}

impl<T: Field> Field for Option<T> {
    const KIND: Kind = T::KIND;
    const NULLABLE: bool = true;
    fn into_value(self) -> Value {
        self.map_or(Value::Null(T::KIND), T::into_value)
    }
    fn from_value(value: Value) -> Option<Self> {
        if matches!(value, Value::Null(_)) {
            Some(None)
        } else {
            T::from_value(value).map(Some)
        }
    }
}

/// A struct whose fields are columns.
pub trait Row: Sized + 'static {
    /// Its columns, in order.
    const COLUMNS: &'static [Column];
    /// Values in the order of `COLUMNS`.
    fn into_values(self) -> Vec<Value>;
    /// From values in the order of `COLUMNS`; the name of the first column that does not fit.
    fn from_values(values: Vec<Value>) -> Result<Self, &'static str>;
}

/// What becomes of a table's rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableKind {
    /// Written only by applying facts; rebuilt by replay.
    Ledger,
    /// Versioned snapshots, replaced whole.
    Reference,
    /// Never synced, never rebuilt; its doc comment says what its loss costs.
    Local,
}

/// A row that is a whole table's row.
pub trait TableRow: Row {
    /// Name in SQL.
    const TABLE: &'static str;
    /// Primary key, `clinic` first.
    const KEY: &'static [&'static str];
    /// What becomes of it.
    const TABLE_KIND: TableKind;
}

/// Defines a struct that is a row of a query.
#[macro_export]
macro_rules! row {
    ($(#[$doc:meta])* pub struct $name:ident { $($(#[$fdoc:meta])* pub $field:ident : $type:ty,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, ::serde::Serialize, ::serde::Deserialize)]
        pub struct $name { $($(#[$fdoc])* pub $field: $type,)* }

        impl $crate::row::Row for $name {
            const COLUMNS: &'static [$crate::row::Column] = &[$(
                $crate::row::Column {
                    name: stringify!($field),
                    kind: <$type as $crate::row::Field>::KIND,
                    nullable: <$type as $crate::row::Field>::NULLABLE,
                },
            )*];
            fn into_values(self) -> Vec<$crate::row::Value> {
                vec![$($crate::row::Field::into_value(self.$field),)*]
            }
            fn from_values(values: Vec<$crate::row::Value>) -> Result<Self, &'static str> {
                let mut values = values.into_iter();
                Ok(Self {$(
                    $field: values
                        .next()
                        .and_then($crate::row::Field::from_value)
                        .ok_or(stringify!($field))?,
                )*})
            }
        }
    };
}

/// Defines a struct that is a table's row: `table! { /// doc  pub struct X in "x" (Ledger, ["clinic", "id"]) { … } }`.
#[macro_export]
macro_rules! table {
    ($(#[$doc:meta])* pub struct $name:ident in $table:literal ($kind:ident, [$($key:literal),+]) { $($body:tt)* }) => {
        $crate::row! { $(#[$doc])* pub struct $name { $($body)* } }
        impl $crate::row::TableRow for $name {
            const TABLE: &'static str = $table;
            const KEY: &'static [&'static str] = &[$($key),+];
            const TABLE_KIND: $crate::row::TableKind = $crate::row::TableKind::$kind;
        }
    };
}

/// One change of one row, as typed data that any engine can write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A new row.
    Insert {
        /// Table.
        table: &'static str,
        /// Columns, in order of the values.
        columns: &'static [Column],
        /// Values.
        values: Vec<Value>,
    },
    /// Changes of exactly one row.
    Update {
        /// Table.
        table: &'static str,
        /// Columns to set.
        set: Vec<(&'static str, Value)>,
        /// Columns to add to (integers): stock and accumulators.
        add: Vec<(&'static str, i64)>,
        /// The key, and the guard: the old state that must still hold.
        only: Vec<(&'static str, Value)>,
    },
    /// Changes of all rows that match, however many: erasure.
    UpdateAll {
        /// Table.
        table: &'static str,
        /// Columns to set.
        set: Vec<(&'static str, Value)>,
        /// The condition.
        only: Vec<(&'static str, Value)>,
    },
    /// Removes exactly one row.
    Remove {
        /// Table.
        table: &'static str,
        /// The key.
        only: Vec<(&'static str, Value)>,
    },
    /// Removes all rows that match, however many.
    Delete {
        /// Table.
        table: &'static str,
        /// The condition.
        only: Vec<(&'static str, Value)>,
    },
}

impl Change {
    /// A new row.
    pub fn insert<R: TableRow>(row: R) -> Self {
        Self::Insert {
            table: R::TABLE,
            columns: R::COLUMNS,
            values: row.into_values(),
        }
    }
}
