//! Rows spread over buckets by their household: in memory while they are few, in files when many.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::PathBuf;

use super::row::{Place, Row};

/// How many buckets: of a province's 96 million rows each has some tens of megabytes.
const BUCKETS: usize = 256;
/// No kind, no amount.
const NONE: u32 = u32::MAX;

/// The buckets.
pub(super) struct Buckets {
    folder: PathBuf,
    memory: usize,
    held: usize,
    spilled: bool,
    rows_of: Vec<Vec<u8>>,
}

impl Buckets {
    pub fn new(folder: PathBuf, memory: usize) -> Self {
        Self {
            folder,
            memory,
            held: 0,
            spilled: false,
            rows_of: vec![Vec::new(); BUCKETS],
        }
    }

    pub fn len(&self) -> usize {
        self.rows_of.len()
    }

    pub fn push(&mut self, row: &Row) -> io::Result<()> {
        let bucket = &mut self.rows_of[place(&row.household)];
        let before = bucket.len();
        encode(row, bucket);
        self.held += bucket.len() - before;
        if self.held > self.memory {
            self.spill()?;
        }
        Ok(())
    }

    fn file(&self, bucket: usize) -> PathBuf {
        self.folder.join(bucket.to_string())
    }

    fn spill(&mut self) -> io::Result<()> {
        if !self.spilled {
            make_private(&self.folder)?;
            self.spilled = true;
        }
        for bucket in 0..self.rows_of.len() {
            let mut bytes = std::mem::take(&mut self.rows_of[bucket]);
            let mut file = OpenOptions::new();
            let mut file = file.create(true).append(true).open(self.file(bucket))?;
            file.write_all(&bytes)?;
            bytes.clear();
            self.rows_of[bucket] = bytes;
        }
        self.held = 0;
        Ok(())
    }

    /// A bucket's rows, in the order they came.
    pub fn rows(&self, bucket: usize) -> io::Result<Vec<Row>> {
        let mut bytes = Vec::new();
        if self.spilled {
            File::open(self.file(bucket))?.read_to_end(&mut bytes)?;
        }
        bytes.extend(&self.rows_of[bucket]);
        let mut left = &bytes[..];
        let mut rows = Vec::new();
        while !left.is_empty() {
            let row = decode(&mut left);
            rows.push(row.ok_or_else(|| io::Error::other("a bucket's file was changed"))?);
        }
        Ok(rows)
    }
}

impl Drop for Buckets {
    fn drop(&mut self) {
        if self.spilled {
            // What cannot be taken away now, nobody can be told of here.
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

/// Whose claims they are stands in the buckets: only their owner may read them.
fn make_private(folder: &std::path::Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|error| {
        let name = folder.display();
        let message = match error.kind() {
            io::ErrorKind::AlreadyExists => {
                format!("{name} is there already: an import was cut off; delete it")
            }
            _ => format!("{name}: {error}"),
        };
        io::Error::new(error.kind(), message)
    })
}

/// FNV-1a: the same household, the same bucket, in every run.
fn place(household: &str) -> usize {
    let hash = household
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
    usize::from(hash.to_le_bytes()[7] ^ hash.to_le_bytes()[0])
}

fn encode(row: &Row, into: &mut Vec<u8>) {
    into.extend(row.place.file.to_le_bytes());
    into.extend(row.place.line.to_le_bytes());
    into.extend(row.day.to_le_bytes());
    into.extend(row.kind.map_or(NONE, u32::from).to_le_bytes());
    for amount in row.amounts {
        into.extend(amount.unwrap_or(NONE).to_le_bytes());
    }
    for text in [&row.household, &row.person, &row.claim, &row.reverses] {
        into.extend(u16::try_from(text.len()).unwrap_or(0).to_le_bytes());
        into.extend(text.as_bytes());
    }
}

fn take<const N: usize>(from: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, rest) = from.split_first_chunk()?;
    *from = rest;
    Some(*taken)
}

fn decode(from: &mut &[u8]) -> Option<Row> {
    let some = |bytes| Some(u32::from_le_bytes(bytes)).filter(|number| *number != NONE);
    let mut row = Row {
        place: Place {
            file: u16::from_le_bytes(take(from)?),
            line: u64::from_le_bytes(take(from)?),
        },
        day: u16::from_le_bytes(take(from)?),
        kind: some(take(from)?).and_then(|kind| u16::try_from(kind).ok()),
        ..Row::default()
    };
    for amount in &mut row.amounts {
        *amount = some(take(from)?);
    }
    for text in [
        &mut row.household,
        &mut row.person,
        &mut row.claim,
        &mut row.reverses,
    ] {
        let length = usize::from(u16::from_le_bytes(take(from)?));
        let (bytes, rest) = from.split_at_checked(length)?;
        *text = std::str::from_utf8(bytes).ok()?.to_owned();
        *from = rest;
    }
    Some(row)
}
