//! What SQLite's planner is told of a column that holds the same in nearly every row.
//!
//! Where it knows nothing it takes an equality with an index's first column for ten rows. For a column like the
//! clinic, which begins every key, that is wrong by the size of the table: it reads the table from one end to the
//! other and takes that for cheap. The figures are told, not gathered by `ANALYZE`, so that a plan is the same on every
//! computer and every day. `PostgreSQL` gathers its own.

use cunyi_domain::row::Field;

use crate::connection::Connection;
use crate::{DbError, Tx, transaction};

/// As many rows as SQLite takes a table for that it knows nothing of.
const ROWS: i64 = 1_000_000;
/// Rows with the same value in the column and in the next of the index, as without figures.
const ALIKE: i64 = 10;

cunyi_domain::row! {
    /// An index whose first column it is.
    pub struct Index {
        /// Its table.
        pub tbl: String,
        /// Its name.
        pub idx: String,
        /// How many columns.
        pub columns: i64,
        /// No two rows have the same.
        pub is_unique: i64,
    }
}

cunyi_domain::row! {
    /// What the planner was told.
    pub struct Told {
        /// Of which table.
        pub tbl: String,
        /// Of which index.
        pub idx: String,
        /// Rows, and rows alike in the first columns.
        pub stat: String,
    }
}

/// Indexes of all rows, and of more columns than the one.
const INDEXES: &str = "SELECT t.name AS tbl, i.name AS idx, i.\"unique\" AS is_unique,
      (SELECT COUNT(*) FROM pragma_index_info(i.name)) AS columns
    FROM sqlite_schema t JOIN pragma_index_list(t.name) i
    WHERE t.type = 'table' AND i.partial = 0
      AND (SELECT COUNT(*) FROM pragma_index_info(i.name)) > 1
      AND (SELECT f.name FROM pragma_index_info(i.name) f WHERE f.seqno = 0) = ?
    ORDER BY 1, 2";

/// Tells it of a column; what it was told already is not told again.
pub(crate) fn same_in_most_rows(connection: &mut Connection, column: &str) -> Result<(), DbError> {
    if !connection.is_sqlite() {
        return Ok(());
    }
    // Makes the table of figures where there is none, and has the connection read it.
    connection.batch("ANALYZE sqlite_schema")?;
    let changed = transaction::run(connection, "planner", true, &|_| {}, |tx| tell(tx, column))?;
    if changed {
        connection.batch("ANALYZE sqlite_schema")?;
    }
    Ok(())
}

fn tell(tx: &mut Tx<'_>, column: &str) -> Result<bool, DbError> {
    let indexes: Vec<Index> = tx.query(INDEXES, vec![column.to_owned().into_value()])?;
    let told: Vec<Told> = tx.query(
        "SELECT tbl, idx, stat FROM sqlite_stat1 ORDER BY 1, 2",
        vec![],
    )?;
    let now: Vec<Told> = indexes.into_iter().map(figures).collect();
    if told == now {
        return Ok(false);
    }
    tx.execute("DELETE FROM sqlite_stat1", vec![])?;
    for row in now {
        let values = vec![
            row.tbl.into_value(),
            row.idx.into_value(),
            row.stat.into_value(),
        ];
        tx.execute(
            "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)",
            values,
        )?;
    }
    Ok(true)
}

/// All rows are alike in the first column, ten in the first two, fewer the more columns there are.
fn figures(index: Index) -> Told {
    let last = index.columns - 1;
    let alike = (1..=last).map(|place| {
        let unique = index.is_unique != 0 && place == last;
        if unique {
            1
        } else {
            (ALIKE + 1 - place).max(2)
        }
    });
    let all = [ROWS, ROWS].into_iter().chain(alike);
    let stat: Vec<String> = all.map(|rows| rows.to_string()).collect();
    Told {
        tbl: index.tbl,
        idx: index.idx,
        stat: stat.join(" "),
    }
}
