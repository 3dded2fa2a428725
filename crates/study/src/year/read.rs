//! Reading a year's file as a stream. Nothing in it is believed: lengths are bounded before memory is
//! taken for them, every part has its check sum, and what is wrong is said with the byte it is at.

use std::fmt;
use std::io::{self, Read};

use super::check::{Bounds, check};
use super::{
    Block, Counts, Head, MAGIC, MOST_BLOCK, MOST_DICTIONARY, VERSION, YEARS, columns, kinds,
};

/// Why a file cannot be read, and where in it.
#[derive(Debug)]
pub struct ReadError {
    /// The byte, from 0.
    pub offset: u64,
    /// In words.
    pub what: String,
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { offset, what } = self;
        write!(f, "byte {offset}: {what}")
    }
}

impl std::error::Error for ReadError {}

/// Reads a year's file.
pub struct Reader<R: Read> {
    from: R,
    offset: u64,
    head: Head,
    footer: Option<Counts>,
}

/// A block's bytes, which have their check sum: to be [decoded](RawBlock::decode) on any thread.
#[derive(Debug, Default)]
pub struct RawBlock {
    bytes: Vec<u8>,
    offset: u64,
}

impl<R: Read> Reader<R> {
    /// Reads a file's head.
    ///
    /// # Errors
    /// When it is not one.
    pub fn open(mut from: R) -> Result<Self, ReadError> {
        let mut bytes = Vec::new();
        fill(&mut from, &mut bytes, 16, 0)?;
        let bad = |offset, what: String| Err(ReadError { offset, what });
        if bytes[..8] != MAGIC {
            let what = "this is no year of claims: make one with `cunyi policy import`";
            return bad(0, what.to_owned());
        }
        let version = u16::from_le_bytes([bytes[8], bytes[9]]);
        if version != VERSION {
            let what = format!("version {version} of the format; this program reads {VERSION}");
            return bad(8, what);
        }
        let year = i16::from_le_bytes([bytes[10], bytes[11]]);
        if !YEARS.contains(&year) {
            return bad(10, format!("{year} is no year of claims"));
        }
        let length = u32::from_le_bytes([bytes[12], bytes[13], bytes[14], bytes[15]]);
        if length > MOST_DICTIONARY {
            let what = format!("a dictionary of {length} bytes, {MOST_DICTIONARY} at most");
            return bad(12, what);
        }
        fill(&mut from, &mut bytes, u64::from(length), 16)?;
        let offset = 16 + u64::from(length);
        expect_sum(&mut from, &bytes, offset)?;
        let kinds = kinds::from_json(&bytes[16..]).map_err(|what| ReadError {
            offset: 16,
            what: format!("the dictionary: {what}"),
        })?;
        Ok(Self {
            from,
            offset: offset + 4,
            head: Head { year, kinds },
            footer: None,
        })
    }

    /// What the head says.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// How many bytes have been read.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// What the footer says, once all blocks are read.
    pub fn footer(&self) -> Option<Counts> {
        self.footer
    }

    /// The next block's bytes; false after the last one.
    ///
    /// # Errors
    /// When there is neither a block nor a footer.
    pub fn next_block(&mut self, into: &mut RawBlock) -> Result<bool, ReadError> {
        if self.footer.is_some() {
            return Ok(false);
        }
        let mut word = Vec::new();
        fill(&mut self.from, &mut word, 4, self.offset)?;
        let length = u32::from_le_bytes([word[0], word[1], word[2], word[3]]);
        if length == 0 {
            self.read_footer(word)?;
            return Ok(false);
        }
        if usize::try_from(length).map_or(true, |length| length > MOST_BLOCK) {
            return Err(ReadError {
                offset: self.offset,
                what: format!("a block of {length} bytes, {MOST_BLOCK} at most"),
            });
        }
        word.clear();
        fill(&mut self.from, &mut word, 4, self.offset + 4)?;
        let sum = u32::from_le_bytes([word[0], word[1], word[2], word[3]]);
        into.bytes.clear();
        into.offset = self.offset + 8;
        fill(
            &mut self.from,
            &mut into.bytes,
            u64::from(length),
            into.offset,
        )?;
        if crc32fast::hash(&into.bytes) != sum {
            return Err(ReadError {
                offset: into.offset,
                what: "the block's check sum is wrong: the file is damaged".to_owned(),
            });
        }
        self.offset = into.offset + u64::from(length);
        Ok(true)
    }

    fn read_footer(&mut self, mut bytes: Vec<u8>) -> Result<(), ReadError> {
        fill(&mut self.from, &mut bytes, 40, self.offset + 4)?;
        expect_sum(&mut self.from, &bytes, self.offset + 44)?;
        let mut words = [0; 5];
        for (word, bytes) in words.iter_mut().zip(bytes[4..].as_chunks().0) {
            *word = u64::from_le_bytes(*bytes);
        }
        self.footer = Some(Counts::of_words(words));
        self.offset += 48;
        let mut more = [0];
        let more = self.from.read(&mut more).map_err(|e| io(&e, self.offset))?;
        if more > 0 {
            return Err(ReadError {
                offset: self.offset,
                what: "the file goes on after its footer".to_owned(),
            });
        }
        Ok(())
    }

    /// That the blocks held what the footer counts.
    ///
    /// # Errors
    /// When they did not.
    pub fn agrees(&self, found: Counts) -> Result<(), ReadError> {
        match self.footer {
            Some(footer) if footer == found => Ok(()),
            footer => Err(ReadError {
                offset: self.offset,
                what: format!("the footer counts {footer:?}, the blocks have {found:?}"),
            }),
        }
    }
}

impl RawBlock {
    /// Decodes and checks; `into`'s buffers are used again.
    ///
    /// # Errors
    /// When the bytes are no block of a file with this head.
    pub fn decode(&self, head: &Head, into: &mut Block) -> Result<Counts, ReadError> {
        columns::unpack(&self.bytes, into).map_err(|bad| ReadError {
            offset: self.offset + u64::try_from(bad.at).unwrap_or(0),
            what: bad.what,
        })?;
        let bounds = Bounds {
            kinds: head.kinds.len(),
            year: head.year,
        };
        check(into, bounds).map_err(|what| ReadError {
            offset: self.offset,
            what: format!("in this block: {what}"),
        })
    }
}

fn io(error: &io::Error, offset: u64) -> ReadError {
    ReadError {
        offset,
        what: error.to_string(),
    }
}

/// Reads so many bytes more; memory grows with what is there, not with what was promised.
fn fill(
    from: &mut impl Read,
    into: &mut Vec<u8>,
    count: u64,
    offset: u64,
) -> Result<(), ReadError> {
    let read = from.by_ref().take(count).read_to_end(into);
    let read = read.map_err(|e| io(&e, offset))?;
    if u64::try_from(read).unwrap_or(0) < count {
        return Err(ReadError {
            offset: offset + u64::try_from(read).unwrap_or(0),
            what: "the file ends here, and should not: it was cut off".to_owned(),
        });
    }
    Ok(())
}

fn expect_sum(from: &mut impl Read, bytes: &[u8], offset: u64) -> Result<(), ReadError> {
    let mut sum = Vec::new();
    fill(from, &mut sum, 4, offset)?;
    if sum != crc32fast::hash(bytes).to_le_bytes() {
        return Err(ReadError {
            offset,
            what: "the check sum is wrong: the file is damaged".to_owned(),
        });
    }
    Ok(())
}
