//! The file of a year's claims: a head with the year and the dictionary of kinds, blocks of whole
//! households stored column by column, a footer with counts (`docs/policy-study.md`). Nobody is
//! named in it: people are numbers in their household.

mod check;
mod columns;
mod kinds;
mod read;
#[cfg(test)]
pub(crate) mod tests;
mod write;

use std::ops::{AddAssign, RangeInclusive};

pub use cunyi_policy::columns::{Block, Kind};
pub use read::{RawBlock, ReadError, Reader};
pub(crate) use write::block_of;
pub use write::{Event, WriteError, Writer};

/// The first bytes of a file.
pub const MAGIC: [u8; 8] = *b"CUNYIYR\n";
/// The format's version.
pub const VERSION: u16 = 1;
/// The years that a file may be of.
pub const YEARS: RangeInclusive<i16> = 1990..=2200;
/// Events of a block, at most; of a household too.
pub const MOST_EVENTS: usize = 65_536;
/// Kinds of a dictionary, at most.
pub const MOST_KINDS: usize = 65_536;
pub use cunyi_policy::columns::MOST as MOST_FEN;
/// Bytes of a dictionary, at most.
const MOST_DICTIONARY: u32 = 32 << 20;
/// Columns of a block.
const COLUMNS: usize = 11;
/// Before a block's columns: events, households, a width for each column.
const BLOCK_HEAD: usize = 4 + 4 + COLUMNS;
/// The greatest widths of all columns together.
const MOST_WIDTH: usize = 4 + 1 + 2 + 2 + 6 * 4 + 2;
/// Bytes of a block, at most.
const MOST_BLOCK: usize = BLOCK_HEAD + MOST_EVENTS * MOST_WIDTH;

/// What a file's head says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The calendar year of all its claims.
    pub year: i16,
    /// The dictionary that the blocks' kinds are places in.
    pub kinds: Vec<Kind>,
}

/// What there is in a file, or a block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Blocks.
    pub blocks: u64,
    /// Households.
    pub households: u64,
    /// People with an event.
    pub persons: u64,
    /// Claims and reversals.
    pub events: u64,
    /// Reversals.
    pub reversals: u64,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.blocks += other.blocks;
        self.households += other.households;
        self.persons += other.persons;
        self.events += other.events;
        self.reversals += other.reversals;
    }
}

impl Counts {
    /// Claims that are no reversals.
    pub fn claims(&self) -> u64 {
        self.events - self.reversals
    }

    fn words(self) -> [u64; 5] {
        let Self {
            blocks,
            households,
            persons,
            events,
            reversals,
        } = self;
        [blocks, households, persons, events, reversals]
    }

    fn of_words(words: [u64; 5]) -> Self {
        let [blocks, households, persons, events, reversals] = words;
        Self {
            blocks,
            households,
            persons,
            events,
            reversals,
        }
    }
}

/// The days of a year.
pub fn days_of(year: i16) -> u16 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    365 + u16::from(leap)
}
