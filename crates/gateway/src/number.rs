//! Amounts, prices, counts and ratios as messages carry them: number, numeric text, `""` or `null`.

use std::borrow::Cow;
use std::str::FromStr;

use cunyi_domain::money::{Fen, Quantity, Rate, UnitPrice};
use serde::de::Error as _;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::json::{self, Node};
use crate::read::{FieldShape, Lenient, Unreadable};

/// A decimal text without an exponent: Java platforms write `0E-8`.
pub(crate) fn plain(text: &str) -> Option<Cow<'_, str>> {
    let Some(at) = text.find(['e', 'E']) else {
        return Some(Cow::Borrowed(text));
    };
    let (mantissa, exponent) = (&text[..at], text[at + 1..].parse::<i32>().ok()?);
    if exponent.unsigned_abs() > 40 {
        return None;
    }
    let sign = if mantissa.starts_with('-') { "-" } else { "" };
    let digits = mantissa.trim_start_matches(['-', '+']);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let zeros = "0".repeat(exponent.unsigned_abs() as usize);
    let (padded, point) = if exponent < 0 {
        (format!("{zeros}{whole}{fraction}"), whole.len())
    } else {
        (
            format!("{whole}{fraction}{zeros}"),
            whole.len() + zeros.len(),
        )
    };
    let (whole, fraction) = padded.split_at_checked(point)?;
    Some(Cow::Owned(format!("{sign}{whole}.{fraction}")))
}

/// N(16,s) has 16 digits: a sum of them, as many as a message can hold, fits.
const LIMIT: u64 = 10_u64.pow(16);

fn read_number<T: FromStr>(
    node: &Node,
    keep: usize,
    units: fn(&T) -> i64,
) -> Result<Option<T>, Unreadable> {
    if node.is_nothing() {
        return Ok(None);
    }
    let text = node.scalar().and_then(plain).ok_or(Unreadable("number"))?;
    let end = text
        .find('.')
        .map_or(text.len(), |point| point.saturating_add(1 + keep));
    let kept = text.get(..end).unwrap_or(&text);
    let value = kept.parse().ok();
    let value = value.filter(|value| units(value).unsigned_abs() < LIMIT);
    value.map(Some).ok_or(Unreadable("number"))
}

/// Digits after the point are never dropped.
const ALL: usize = usize::MAX >> 1;

macro_rules! number {
    ($($(#[$doc:meta])* $name:ident($inner:ident, $keep:expr),)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub Option<$inner>);

        impl $name {
            /// True when the message says nothing.
            pub const fn is_none(&self) -> bool {
                self.0.is_none()
            }
            /// The value, or zero where the message says nothing.
            pub fn or_zero(self) -> $inner {
                self.0.unwrap_or_default()
            }
        }

        impl From<$inner> for $name {
            fn from(value: $inner) -> Self {
                Self(Some(value))
            }
        }

        impl Lenient for $name {
            const FIELDS: &'static [FieldShape] = &[];
            fn read(node: &Node) -> Result<Self, Unreadable> {
                read_number(node, $keep, |value: &$inner| value.0).map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self.0 {
                    None => serializer.serialize_none(),
                    Some(value) => json::number(&value.to_string())
                        .map_err(S::Error::custom)?
                        .serialize(serializer),
                }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::read(&Node::deserialize(deserializer)?).map_err(D::Error::custom)
            }
        }
    )*};
}

number! {
    /// N(16,2): an amount in fen.
    Amount(Fen, ALL),
    /// N(16,6): a unit price. No money is computed from one that comes in a reply, so digits of a
    /// binary float past the sixth are dropped; likewise below.
    Price(UnitPrice, 6),
    /// N(16,4) and smaller: a quantity, an age, days.
    Count(Quantity, 4),
    /// N(5,4): a ratio (§4.4).
    Ratio(Rate, 6),
}
