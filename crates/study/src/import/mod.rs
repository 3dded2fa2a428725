//! A year of claims from a table (CSV) or objects (JSON), one row a claim or reversal, in any order.
//!
//! Rows are spread over buckets by their household, in memory while they are few and in files when
//! they are many; then each bucket is put in order, household by household. So memory is bounded by a
//! bucket, whatever the year. What is wrong is said with file, line and column; nothing is guessed.

mod again;
mod bucket;
mod household;
mod row;
mod source;
#[cfg(test)]
mod tests;

use std::fmt;
use std::io::{self, Read, Write};
use std::path::PathBuf;

pub use again::{Changed, Found};
use bucket::Buckets;
use household::Household;
use row::{Reading, Row};

use crate::year::{Counts, WriteError, Writer};

/// Errors after which no more are looked for.
pub const MOST_ERRORS: usize = 20;

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A table with a header.
    Csv,
    /// Objects, a line each or in an array.
    Json,
}

/// What is wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Wrong {
    /// The file's place among those imported.
    pub file: u16,
    /// Its line, from 1.
    pub line: u64,
    /// The column's name.
    pub column: String,
    /// What is wrong and what to write instead.
    pub message: String,
}

/// Why nothing was imported.
#[derive(Debug)]
pub enum ImportError {
    /// Rows that are not as they must be, the first twenty.
    Wrong(Vec<Wrong>),
    /// A disk says no.
    Io(io::Error),
}

impl From<io::Error> for ImportError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            line,
            column,
            message,
            ..
        } = self;
        write!(f, "{line}: {column}: {message}")
    }
}

/// An import on its way.
pub struct Import {
    reading: Reading,
    buckets: Buckets,
    wrong: Vec<Wrong>,
    files: u16,
    rows: u64,
}

impl Import {
    /// Begins. Buckets that do not fit in so many bytes of memory become files in a folder of that
    /// name, which is made for them, readable by its owner alone, and taken away at the end.
    pub fn new(folder: PathBuf, memory: usize) -> Self {
        Self {
            reading: Reading::default(),
            buckets: Buckets::new(folder, memory),
            wrong: Vec::new(),
            files: 0,
            rows: 0,
        }
    }

    /// How many rows were read.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// The year of the claims, once a row is read.
    pub fn year(&self) -> Option<i16> {
        self.reading.year
    }

    /// How many kinds of claims there are.
    pub fn kinds(&self) -> usize {
        self.reading.kinds.len()
    }

    /// Reads a file. `progress` is told how many bytes are read. Rows that are wrong are kept for
    /// [`Import::write`] to tell; reading ends early when there are twenty.
    ///
    /// # Errors
    /// When a disk says no.
    pub fn read(
        &mut self,
        from: impl Read,
        format: Format,
        progress: &mut dyn FnMut(u64),
    ) -> io::Result<()> {
        let file = self.files;
        self.files += 1;
        let mut source = source::Source::open(from, format, file);
        while self.wrong.len() < MOST_ERRORS {
            let read = source.next_row(&mut |cells, line| {
                let place = row::Place { file, line };
                self.reading.row(cells, place)
            });
            match read {
                Ok(None) => break,
                Ok(Some(row)) => {
                    self.rows += 1;
                    self.buckets.push(&row)?;
                }
                Err(source::Failed::Row(wrong)) => {
                    self.rows += 1;
                    self.wrong.extend(wrong);
                }
                Err(source::Failed::File(wrong)) => {
                    self.wrong.push(wrong);
                    break;
                }
                Err(source::Failed::Io(error)) => return Err(error),
            }
            progress(source.offset());
        }
        Ok(())
    }

    /// Writes what was read, if all of it is good; `to` is asked for only then.
    ///
    /// # Errors
    /// What is wrong with the rows, or a disk that says no.
    pub fn write<W: Write>(
        mut self,
        to: impl FnOnce() -> io::Result<W>,
    ) -> Result<Counts, ImportError> {
        self.refuse()?;
        let year = self.some_year()?;
        // Once over the buckets for what is wrong, so that nothing is written of a bad year.
        self.each_household(|_| Ok(()))?;
        self.refuse()?;
        let writer = Writer::new(to()?, year, &self.reading.kinds);
        let mut writer = writer.map_err(failed)?;
        self.each_household(|of| writer.household(&of.events).map_err(failed))?;
        writer.finish().map_err(failed)
    }

    fn some_year(&self) -> Result<i16, ImportError> {
        self.reading.year.ok_or_else(|| {
            let message = "no rows: there is nothing to import".to_owned();
            ImportError::Wrong(vec![Wrong {
                file: 0,
                line: 1,
                column: "-".to_owned(),
                message,
            }])
        })
    }

    fn refuse(&mut self) -> Result<(), ImportError> {
        if self.wrong.is_empty() {
            return Ok(());
        }
        let mut wrong = std::mem::take(&mut self.wrong);
        wrong.sort();
        wrong.truncate(MOST_ERRORS);
        Err(ImportError::Wrong(wrong))
    }

    fn each_household(
        &mut self,
        mut then: impl FnMut(&Household<'_>) -> Result<(), ImportError>,
    ) -> Result<(), ImportError> {
        for bucket in 0..self.buckets.len() {
            let mut rows: Vec<Row> = self.buckets.rows(bucket)?;
            rows.sort_by(|a, b| (&a.household, a.place).cmp(&(&b.household, b.place)));
            for household in rows.chunk_by(|a, b| a.household == b.household) {
                match household::read(household) {
                    Ok(household) => then(&household)?,
                    Err(wrong) => self.wrong.extend(wrong),
                }
            }
        }
        Ok(())
    }
}

/// What the writer refuses of rows that were looked at is the whole year's fault.
fn failed(error: WriteError) -> ImportError {
    match error {
        WriteError::Io(error) => ImportError::Io(error),
        WriteError::Unsound(message) => ImportError::Wrong(vec![Wrong {
            file: 0,
            line: 1,
            column: "-".to_owned(),
            message,
        }]),
    }
}
