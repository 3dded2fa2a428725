//! A block's columns as bytes: each little-endian, in the narrowest width its greatest value needs.

use super::{Block, COLUMNS, MOST_EVENTS};

/// Why bytes are no block, and where.
#[derive(Debug)]
pub(super) struct Bad {
    pub at: usize,
    pub what: String,
}

/// Bytes a value takes, and how it is read; a column is one type of these.
trait Cell: Copy + Default + Into<u32> {
    const WIDTH: u8;
    fn of_u8(byte: u8) -> Self;
    fn of_u16(bytes: [u8; 2]) -> Self;
    fn of_u32(bytes: [u8; 4]) -> Self;
}

macro_rules! cell {
    ($type:ty, $width:literal) => {
        impl Cell for $type {
            const WIDTH: u8 = $width;
            fn of_u8(byte: u8) -> Self {
                Self::from(byte)
            }
            fn of_u16(bytes: [u8; 2]) -> Self {
                cell!(@ u16::from_le_bytes(bytes), $type)
            }
            fn of_u32(bytes: [u8; 4]) -> Self {
                cell!(@ u32::from_le_bytes(bytes), $type)
            }
        }
    };
    // A column is never read wider than its type is: what does not fit does not come here.
    (@ $value:expr, $type:ty) => {
        <$type>::try_from($value).unwrap_or(<$type>::MAX)
    };
}
cell!(u8, 1);
cell!(u16, 2);
cell!(u32, 4);

/// The columns in the order of the file.
macro_rules! each_column {
    ($block:ident, $do:expr) => {{
        let mut each = $do;
        each.column("households", &$block.households)?;
        each.column("member", &$block.member)?;
        each.column("day", &$block.day)?;
        each.column("kind", &$block.kind)?;
        each.column("class_a", &$block.class_a)?;
        each.column("class_b", &$block.class_b)?;
        each.column("class_c", &$block.class_c)?;
        each.column("over_limit", &$block.over_limit)?;
        each.column("fee", &$block.fee)?;
        each.column("balance", &$block.balance)?;
        each.column("back", &$block.back)?;
        each
    }};
    (mut $block:ident, $do:expr) => {{
        let mut each = $do;
        each.column("households", &mut $block.households)?;
        each.column("member", &mut $block.member)?;
        each.column("day", &mut $block.day)?;
        each.column("kind", &mut $block.kind)?;
        each.column("class_a", &mut $block.class_a)?;
        each.column("class_b", &mut $block.class_b)?;
        each.column("class_c", &mut $block.class_c)?;
        each.column("over_limit", &mut $block.over_limit)?;
        each.column("fee", &mut $block.fee)?;
        each.column("balance", &mut $block.balance)?;
        each.column("back", &mut $block.back)?;
        each
    }};
}

struct Packing<'a> {
    into: &'a mut Vec<u8>,
    widths: Vec<u8>,
}

impl Packing<'_> {
    #[expect(
        clippy::unnecessary_wraps,
        reason = "the same shape as unpacking, which fails"
    )]
    fn column<T: Cell>(&mut self, _: &str, values: &[T]) -> Result<(), Bad> {
        let most = values.iter().map(|v| (*v).into()).max().unwrap_or(0);
        let width = match most {
            0 => 0,
            1..=0xff => 1,
            0x100..=0xffff => 2,
            _ => 4,
        };
        for value in values {
            let value: u32 = (*value).into();
            self.into
                .extend_from_slice(&value.to_le_bytes()[..usize::from(width)]);
        }
        self.widths.push(width);
        Ok(())
    }
}

/// The bytes of a block.
pub(super) fn pack(block: &Block, into: &mut Vec<u8>) {
    into.clear();
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX).to_le_bytes();
    into.extend(count(block.len()));
    into.extend(count(block.households.len()));
    let widths_at = into.len();
    into.extend([0; COLUMNS]);
    let packing = Packing {
        into,
        widths: Vec::with_capacity(COLUMNS),
    };
    let packed = || -> Result<Vec<u8>, Bad> { Ok(each_column!(block, packing).widths) };
    let widths = packed().unwrap_or_default();
    into[widths_at..widths_at + widths.len()].copy_from_slice(&widths);
}

struct Unpacking<'a> {
    bytes: &'a [u8],
    at: usize,
    widths: std::slice::Iter<'a, u8>,
    households: usize,
    events: usize,
}

impl Unpacking<'_> {
    fn column<T: Cell>(&mut self, name: &str, into: &mut Vec<T>) -> Result<(), Bad> {
        let width = self.widths.next().copied().unwrap_or(0);
        let bad = |what| Bad { at: self.at, what };
        if !matches!(width, 0 | 1 | 2 | 4) || width > T::WIDTH {
            let most = T::WIDTH;
            return Err(bad(format!(
                "column {name} has a width of {width} bytes: 0, 1, 2 or 4, and {most} at most"
            )));
        }
        let count = if name == "households" {
            self.households
        } else {
            self.events
        };
        let length = count * usize::from(width);
        let Some(bytes) = self.bytes.get(self.at..self.at + length) else {
            return Err(bad(format!("column {name} is cut off")));
        };
        into.clear();
        match width {
            0 => into.resize(count, T::default()),
            1 => into.extend(bytes.iter().map(|byte| T::of_u8(*byte))),
            2 => into.extend(bytes.as_chunks().0.iter().map(|two| T::of_u16(*two))),
            _ => into.extend(bytes.as_chunks().0.iter().map(|four| T::of_u32(*four))),
        }
        self.at += length;
        Ok(())
    }
}

/// A block of its bytes; the buffers of the last one are used again.
pub(super) fn unpack(bytes: &[u8], block: &mut Block) -> Result<(), Bad> {
    let bad = |at, what: &str| Bad {
        at,
        what: what.to_owned(),
    };
    let Some((events, rest)) = bytes.split_first_chunk::<4>() else {
        return Err(bad(0, "a block without its counts"));
    };
    let Some((households, rest)) = rest.split_first_chunk::<4>() else {
        return Err(bad(4, "a block without its counts"));
    };
    let Some((widths, _)) = rest.split_first_chunk::<COLUMNS>() else {
        return Err(bad(8, "a block without its widths"));
    };
    let count = |bytes: &[u8; 4]| usize::try_from(u32::from_le_bytes(*bytes)).unwrap_or(usize::MAX);
    let (events, households) = (count(events), count(households));
    if events == 0 || events > MOST_EVENTS {
        return Err(bad(0, "a block has 1 to 65,536 events"));
    }
    if households == 0 || households > events {
        return Err(bad(4, "a block has a household, and not more than events"));
    }
    let unpacking = Unpacking {
        bytes,
        at: super::BLOCK_HEAD,
        widths: widths.iter(),
        households,
        events,
    };
    let done = each_column!(mut block, unpacking);
    if done.at != bytes.len() {
        return Err(bad(
            done.at,
            "a block goes on after its last column: its length is wrong",
        ));
    }
    Ok(())
}
