//! Rows of cells: of a CSV table, or of JSON objects.

use std::collections::BTreeMap;
use std::io::{self, BufReader, Bytes, Read};

use serde_json::Value;

use super::row::{Place, Row, columns};
use super::{Format, Wrong};

/// Bytes of an object, at most.
const MOST_OBJECT: usize = 64 << 10;

/// Why there is no row.
pub(super) enum Failed {
    /// The row is wrong; the next may be right.
    Row(Vec<Wrong>),
    /// Nothing after this can be read.
    File(Wrong),
    /// The disk says no.
    Io(io::Error),
}

/// Reads a row's cells, given its line.
type Take<'a> = dyn for<'c> FnMut(&mut dyn Iterator<Item = (&'c str, &'c str)>, u64) -> Result<Row, Vec<Wrong>>
    + 'a;

/// A file's rows.
pub(super) enum Source<R: Read> {
    Csv(Box<Table<R>>),
    Json(Objects<R>),
}

pub(super) struct Table<R> {
    reader: csv::Reader<R>,
    header: Option<csv::StringRecord>,
    record: csv::StringRecord,
    file: u16,
}

pub(super) struct Objects<R> {
    bytes: Bytes<BufReader<R>>,
    object: Vec<u8>,
    line: u64,
    offset: u64,
    file: u16,
}

impl<R: Read> Source<R> {
    pub fn open(from: R, format: Format, file: u16) -> Self {
        match format {
            Format::Csv => Self::Csv(Box::new(Table {
                reader: csv::ReaderBuilder::new()
                    .trim(csv::Trim::All)
                    .from_reader(from),
                header: None,
                record: csv::StringRecord::new(),
                file,
            })),
            Format::Json => Self::Json(Objects {
                bytes: BufReader::with_capacity(1 << 16, from).bytes(),
                object: Vec::new(),
                line: 1,
                offset: 0,
                file,
            }),
        }
    }

    /// How many bytes are read.
    pub fn offset(&self) -> u64 {
        match self {
            Self::Csv(table) => table.reader.position().byte(),
            Self::Json(objects) => objects.offset,
        }
    }

    /// The next row; none at the end.
    pub fn next_row(&mut self, take: &mut Take<'_>) -> Result<Option<Row>, Failed> {
        match self {
            Self::Csv(table) => table.next_row(take),
            Self::Json(objects) => objects.next_row(take),
        }
    }
}

impl<R: Read> Table<R> {
    fn next_row(&mut self, take: &mut Take<'_>) -> Result<Option<Row>, Failed> {
        let file = self.file;
        if self.header.is_none() {
            let header = self.reader.headers().map_err(|e| broken(e, file))?;
            check(header, file)?;
            self.header = Some(header.clone());
        }
        let read = self.reader.read_record(&mut self.record);
        if !read.map_err(|e| broken(e, file))? {
            return Ok(None);
        }
        let line = self.record.position().map_or(0, csv::Position::line);
        let header = self.header.iter().flatten();
        let cells = header.zip(&self.record);
        let mut cells = cells.filter(|(_, cell)| !cell.is_empty());
        take(&mut cells, line).map(Some).map_err(Failed::Row)
    }
}

/// A row that the table's form breaks: too few cells, or no UTF-8. Rows after it may be right.
fn broken(error: csv::Error, file: u16) -> Failed {
    let line = error.position().map_or(1, csv::Position::line);
    match error.into_kind() {
        csv::ErrorKind::Io(error) => Failed::Io(error),
        csv::ErrorKind::UnequalLengths {
            expected_len, len, ..
        } => {
            let message = format!("{len} cells, the header has {expected_len}");
            Failed::Row(vec![Place { file, line }.wrong("-", message)])
        }
        csv::ErrorKind::Utf8 { .. } => {
            let message = "is not UTF-8: save the table as UTF-8";
            Failed::Row(vec![Place { file, line }.wrong("-", message)])
        }
        other => Failed::File(Place { file, line }.wrong("-", format!("{other:?}"))),
    }
}

fn check(header: &csv::StringRecord, file: u16) -> Result<(), Failed> {
    let place = Place { file, line: 1 };
    let known = columns();
    for (at, column) in header.iter().enumerate() {
        if !known.contains(&column) {
            let message = format!("no such column: write one of {}", known.join(", "));
            return Err(Failed::File(place.wrong(column, message)));
        }
        if header.iter().take(at).any(|before| before == column) {
            return Err(Failed::File(
                place.wrong(column, "stands in the header twice"),
            ));
        }
    }
    Ok(())
}

impl<R: Read> Objects<R> {
    fn next_row(&mut self, take: &mut Take<'_>) -> Result<Option<Row>, Failed> {
        let Some(line) = self.next_object()? else {
            return Ok(None);
        };
        let place = Place {
            file: self.file,
            line,
        };
        let object: BTreeMap<String, Value> = serde_json::from_slice(&self.object)
            .map_err(|error| Failed::Row(vec![place.wrong("-", error.to_string())]))?;
        let mut cells: Vec<(&str, String)> = Vec::with_capacity(object.len());
        for (key, value) in &object {
            let text = match value {
                Value::Null => continue,
                Value::String(text) => text.trim().to_owned(),
                Value::Bool(flag) => if *flag { "yes" } else { "no" }.to_owned(),
                Value::Number(number) if number.is_i64() => number.to_string(),
                _ => {
                    let message =
                        format!("`{value}` is neither a text in quotes nor a whole number");
                    return Err(Failed::Row(vec![place.wrong(key, message)]));
                }
            };
            if !text.is_empty() {
                cells.push((key, text));
            }
        }
        let mut cells = cells.iter().map(|(key, text)| (*key, text.as_str()));
        take(&mut cells, line).map(Some).map_err(Failed::Row)
    }

    /// Finds the next `{…}`, be it a line or an element of an array, and the line it begins on.
    fn next_object(&mut self) -> Result<Option<u64>, Failed> {
        self.object.clear();
        let mut begun = 0;
        let mut depth = 0_u32;
        let (mut in_text, mut escaped) = (false, false);
        while let Some(byte) = self.bytes.next() {
            let byte = byte.map_err(Failed::Io)?;
            self.offset += 1;
            let line = self.line;
            self.line += u64::from(byte == b'\n');
            let fail = |message: &str| {
                let place = Place {
                    file: self.file,
                    line,
                };
                Err(Failed::File(place.wrong("-", message)))
            };
            if depth == 0 {
                match byte {
                    b'{' => begun = line,
                    b'[' | b']' | b',' => continue,
                    _ if byte.is_ascii_whitespace() => continue,
                    // The mark that some editors put before UTF-8.
                    0xef | 0xbb | 0xbf if self.offset <= 3 => continue,
                    _ => return fail("here should be an object: { \"person\": \"1\", … }"),
                }
            }
            self.object.push(byte);
            if self.object.len() > MOST_OBJECT {
                return fail("an object of more than 64 kB: is a quote or a brace missing?");
            }
            if in_text {
                in_text = escaped || byte != b'"';
                escaped = !escaped && byte == b'\\';
                continue;
            }
            match byte {
                b'"' => in_text = true,
                b'{' => depth += 1,
                b'}' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return Ok(Some(begun));
            }
        }
        if depth > 0 {
            let place = Place {
                file: self.file,
                line: begun,
            };
            return Err(Failed::File(
                place.wrong("-", "an object that does not end"),
            ));
        }
        Ok(None)
    }
}
