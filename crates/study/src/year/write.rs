//! Writing a year's file, household by household.

use std::fmt;
use std::io::{self, Write};

use super::check::{Bounds, check};
use super::{Block, Counts, Kind, MAGIC, MOST_DICTIONARY, MOST_EVENTS, MOST_KINDS, VERSION};
use super::{columns, kinds};

/// A claim or a reversal, as a row: the columns of a [`Block`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Event {
    /// Whose, from 0 in the household.
    pub member: u8,
    /// Day of the year, from 1.
    pub day: u16,
    /// Place in the dictionary.
    pub kind: u16,
    /// 甲类, in fen, as the amounts that follow.
    pub class_a: u32,
    /// 乙类
    pub class_b: u32,
    /// 丙类
    pub class_c: u32,
    /// 超限价
    pub over_limit: u32,
    /// 一般诊疗费
    pub fee: u32,
    /// What the personal account had.
    pub balance: u32,
    /// Of a reversal: how many events before it its claim stands.
    pub back: u16,
}

/// Why a file was not written.
#[derive(Debug)]
pub enum WriteError {
    /// The disk says no.
    Io(io::Error),
    /// What was to be written is no year of claims.
    Unsound(String),
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => error.fmt(f),
            Self::Unsound(what) => f.write_str(what),
        }
    }
}

impl std::error::Error for WriteError {}

impl From<io::Error> for WriteError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Writes a year's file.
pub struct Writer<W: Write> {
    to: W,
    bounds: Bounds,
    block: Block,
    packed: Vec<u8>,
    counts: Counts,
}

impl<W: Write> Writer<W> {
    /// Begins a file.
    ///
    /// # Errors
    /// When it cannot be written, or there are too many kinds.
    pub fn new(mut to: W, year: i16, kinds: &[Kind]) -> Result<Self, WriteError> {
        let text = kinds::to_json(kinds);
        let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
        if kinds.len() > MOST_KINDS || length > MOST_DICTIONARY {
            let found = kinds.len();
            let what = format!("{found} kinds, {MOST_KINDS} at most: tell fewer things apart");
            return Err(WriteError::Unsound(what));
        }
        let mut head = Vec::with_capacity(text.len() + 32);
        head.extend(MAGIC);
        head.extend(VERSION.to_le_bytes());
        head.extend(year.to_le_bytes());
        head.extend(length.to_le_bytes());
        head.extend(text);
        head.extend(crc32fast::hash(&head).to_le_bytes());
        to.write_all(&head)?;
        Ok(Self {
            to,
            bounds: Bounds {
                kinds: kinds.len(),
                year,
            },
            block: Block::default(),
            packed: Vec::new(),
            counts: Counts::default(),
        })
    }

    /// Adds a household: its members' events in order of time.
    ///
    /// # Errors
    /// When they are no household, or the disk says no.
    pub fn household(&mut self, events: &[Event]) -> Result<(), WriteError> {
        if events.is_empty() {
            return Ok(());
        }
        if events.len() > MOST_EVENTS {
            let what = format!("a household with more than {MOST_EVENTS} events");
            return Err(WriteError::Unsound(what));
        }
        if self.block.len() + events.len() > MOST_EVENTS {
            self.flush()?;
        }
        add(&mut self.block, events);
        Ok(())
    }

    fn flush(&mut self) -> Result<(), WriteError> {
        if self.block.is_empty() {
            return Ok(());
        }
        self.counts += check(&self.block, self.bounds).map_err(WriteError::Unsound)?;
        columns::pack(&self.block, &mut self.packed);
        let length = u32::try_from(self.packed.len()).unwrap_or(u32::MAX);
        self.to.write_all(&length.to_le_bytes())?;
        self.to
            .write_all(&crc32fast::hash(&self.packed).to_le_bytes())?;
        self.to.write_all(&self.packed)?;
        clear(&mut self.block);
        Ok(())
    }

    /// Ends the file.
    ///
    /// # Errors
    /// As [`Writer::household`].
    pub fn finish(mut self) -> Result<Counts, WriteError> {
        self.flush()?;
        let mut footer = vec![0; 4];
        for word in self.counts.words() {
            footer.extend(word.to_le_bytes());
        }
        footer.extend(crc32fast::hash(&footer).to_le_bytes());
        self.to.write_all(&footer)?;
        self.to.flush()?;
        Ok(self.counts)
    }
}

fn clear(block: &mut Block) {
    block.households.clear();
    block.member.clear();
    block.day.clear();
    block.kind.clear();
    block.class_a.clear();
    block.class_b.clear();
    block.class_c.clear();
    block.over_limit.clear();
    block.fee.clear();
    block.balance.clear();
    block.back.clear();
}

/// A household alone.
pub(crate) fn block_of(events: &[Event]) -> Block {
    let mut block = Block::default();
    add(&mut block, events);
    block
}

fn add(block: &mut Block, events: &[Event]) {
    let count = u32::try_from(events.len()).unwrap_or(u32::MAX);
    block.households.push(count);
    for event in events {
        block.member.push(event.member);
        block.day.push(event.day);
        block.kind.push(event.kind);
        block.class_a.push(event.class_a);
        block.class_b.push(event.class_b);
        block.class_c.push(event.class_c);
        block.over_limit.push(event.over_limit);
        block.fee.push(event.fee);
        block.balance.push(event.balance);
        block.back.push(event.back);
    }
}
