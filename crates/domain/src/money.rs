//! Money, prices, quantities and ratios as fixed-point integers, and the one place that rounds.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// How a product is brought to whole units. Regions name the mode in their policy file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rounding {
    /// 四舍五入: a half goes away from zero.
    HalfUp,
    /// Towards zero.
    Down,
    /// Away from zero.
    Up,
}

/// Divides and rounds. The only rounding in the program.
///
/// # Panics
/// When `divisor` is not positive: that is a bug of the caller, never outside data.
pub fn div_round(dividend: i128, divisor: i128, mode: Rounding) -> i128 {
    assert!(divisor > 0, "div_round by {divisor}");
    let (quotient, rest) = (dividend / divisor, dividend % divisor);
    let away = match mode {
        Rounding::HalfUp => rest.abs() * 2 >= divisor,
        Rounding::Down => false,
        Rounding::Up => rest != 0,
    };
    if away {
        quotient + dividend.signum()
    } else {
        quotient
    }
}

/// [`div_round`] where the product fits: the policy engine's, millions of times a second.
///
/// # Panics
/// When `divisor` is not positive: that is a bug of the caller, never outside data.
#[inline]
pub const fn div_round_i64(dividend: i64, divisor: i64, mode: Rounding) -> i64 {
    assert!(divisor > 0, "a divisor is positive");
    let (quotient, rest) = (dividend / divisor, dividend % divisor);
    let away = match mode {
        Rounding::HalfUp => rest.abs() >= divisor - rest.abs(),
        Rounding::Down => false,
        Rounding::Up => rest != 0,
    };
    if away {
        quotient + dividend.signum()
    } else {
        quotient
    }
}

/// Why a text is not a decimal of the wanted scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecimalError {
    /// Not digits with at most one point and one leading sign.
    Malformed,
    /// More digits after the point than the scale keeps, other than zeros.
    TooPrecise,
    /// Does not fit.
    TooLarge,
}

/// Reads a plain decimal text (`-12.340`) into units of 10^-scale. Exponents are not plain.
pub fn parse_decimal(text: &str, scale: u32) -> Result<i64, DecimalError> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() && fraction.is_empty() {
        return Err(DecimalError::Malformed);
    }
    if !whole
        .bytes()
        .chain(fraction.bytes())
        .all(|b| b.is_ascii_digit())
    {
        return Err(DecimalError::Malformed);
    }
    let scale = scale as usize;
    let (kept, dropped) = fraction.split_at(fraction.len().min(scale));
    if dropped.bytes().any(|b| b != b'0') {
        return Err(DecimalError::TooPrecise);
    }
    let mut value: i64 = 0;
    let padding = std::iter::repeat_n(b'0', scale - kept.len());
    for digit in whole.bytes().chain(kept.bytes()).chain(padding) {
        value = value
            .checked_mul(10)
            .and_then(|v| v.checked_add(i64::from(digit - b'0')))
            .ok_or(DecimalError::TooLarge)?;
    }
    Ok(if negative { -value } else { value })
}

/// Writes units of 10^-scale as a decimal with at least `least` digits after the point.
pub fn format_decimal(value: i64, scale: u32, least: usize) -> String {
    let magnitude = value.unsigned_abs();
    let base = 10_u64.pow(scale);
    let mut fraction = format!("{:0width$}", magnitude % base, width = scale as usize);
    while fraction.len() > least && fraction.ends_with('0') {
        fraction.pop();
    }
    let sign = if value < 0 { "-" } else { "" };
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{}{point}{fraction}", magnitude / base)
}

macro_rules! fixed_point {
    ($(#[$doc:meta])* $name:ident, $scale:literal, $least:literal) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl $name {
            /// Nothing.
            pub const ZERO: Self = Self(0);
            /// Digits kept after the point.
            pub const SCALE: u32 = $scale;
        }

        impl FromStr for $name {
            type Err = DecimalError;
            fn from_str(text: &str) -> Result<Self, DecimalError> {
                parse_decimal(text, $scale).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&format_decimal(self.0, $scale, $least))
            }
        }

        impl $crate::row::Field for $name {
            const KIND: $crate::row::Kind = $crate::row::Kind::Int;
            fn into_value(self) -> $crate::row::Value {
                $crate::row::Value::Int(self.0)
            }
            fn from_value(value: $crate::row::Value) -> Option<Self> {
                i64::from_value(value).map(Self)
            }
        }
    };
}

fixed_point!(
    /// An amount of money in integer fen (分, 0.01 yuan).
    Fen, 2, 2
);
fixed_point!(
    /// A price of one unit, in 10⁻⁶ yuan: the interface's `pric` is N(16,6).
    UnitPrice, 6, 2
);
fixed_point!(
    /// A quantity in 10⁻⁴ units: the interface's `cnt` is N(16,4).
    Quantity, 4, 0
);
fixed_point!(
    /// A ratio in 10⁻⁶: 65 % is 650,000. Displays as a fraction (`0.65`).
    Rate, 6, 0
);

impl Fen {
    /// Adds, or nothing on overflow: for sums of outside data.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// `self × rate`, rounded to the fen.
    #[must_use]
    pub fn times(self, rate: Rate, mode: Rounding) -> Self {
        let product = i128::from(self.0) * i128::from(rate.0);
        Self(narrow(div_round(product, 1_000_000, mode)))
    }

    /// True below zero: only reversals at the interface are negative, never a stored amount.
    pub fn is_negative(self) -> bool {
        self.0 < 0
    }
}

impl UnitPrice {
    /// `price × quantity`, rounded half up to the fen; nothing when it does not fit.
    pub fn amount(self, quantity: Quantity) -> Option<Fen> {
        let product = i128::from(self.0) * i128::from(quantity.0);
        let fen = div_round(product, 100_000_000, Rounding::HalfUp);
        i64::try_from(fen).ok().map(Fen)
    }

    /// A price of whole fen.
    pub const fn from_fen(fen: i64) -> Self {
        Self(fen * 10_000)
    }
}

impl Quantity {
    /// A whole number of units.
    pub const fn whole(units: i64) -> Self {
        Self(units * 10_000)
    }
}

impl Rate {
    /// Everything.
    pub const ONE: Self = Self(1_000_000);

    /// A whole percentage.
    pub const fn percent(percent: i64) -> Self {
        Self(percent * 10_000)
    }
}

/// Shares `total` out in proportion to `weights` by largest remainder (first come on a tie), so
/// that the parts sum to the total by construction. All zero weights give everything to the first.
pub fn apportion(total: Fen, weights: &[i64]) -> Vec<Fen> {
    let sum: i64 = weights.iter().sum();
    let mut parts = vec![Fen::ZERO; weights.len()];
    if sum <= 0 {
        if let Some(first) = parts.first_mut() {
            *first = total;
        }
        return parts;
    }
    // What is short of each exact part, in units of 1/sum, and whose it is.
    let mut rests = Vec::with_capacity(weights.len());
    let mut left = total.0;
    for (place, (part, weight)) in parts.iter_mut().zip(weights).enumerate() {
        let (quotient, rest) = divide(total.0, *weight, sum);
        *part = Fen(quotient);
        left -= quotient;
        rests.push((-rest.abs(), place));
    }
    if left != 0 {
        rests.sort_unstable();
    }
    // Fewer fen are left than there are parts.
    for (_, place) in rests {
        parts[place].0 += left.signum();
        left -= left.signum();
    }
    parts
}

/// `total × weight ÷ sum` and its rest; wide only where it must be.
fn divide(total: i64, weight: i64, sum: i64) -> (i64, i64) {
    if let Some(product) = total.checked_mul(weight) {
        return (product / sum, product % sum);
    }
    let (product, sum) = (i128::from(total) * i128::from(weight), i128::from(sum));
    (narrow(product / sum), narrow(product % sum))
}

fn narrow(value: i128) -> i64 {
    i64::try_from(value).expect("a rate is at most a few times one and an amount is bounded")
}

macro_rules! arithmetic {
    ($($name:ident),*) => {$(
        impl Add for $name {
            type Output = Self;
            fn add(self, other: Self) -> Self {
                Self(self.0 + other.0)
            }
        }
        impl Sub for $name {
            type Output = Self;
            fn sub(self, other: Self) -> Self {
                Self(self.0 - other.0)
            }
        }
        impl Neg for $name {
            type Output = Self;
            fn neg(self) -> Self {
                Self(-self.0)
            }
        }
        impl AddAssign for $name {
            fn add_assign(&mut self, other: Self) {
                self.0 += other.0;
            }
        }
        impl SubAssign for $name {
            fn sub_assign(&mut self, other: Self) {
                self.0 -= other.0;
            }
        }
        impl Sum for $name {
            fn sum<I: Iterator<Item = Self>>(parts: I) -> Self {
                Self(parts.map(|p| p.0).sum())
            }
        }
    )*};
}
arithmetic!(Fen, Quantity, Rate);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn decimals_read_and_write() {
        for (text, scale, value) in [
            ("0", 2, 0),
            ("12.3", 2, 1230),
            ("-0.01", 2, -1),
            ("1200.00", 2, 120_000),
            (".5", 2, 50),
            ("7.", 2, 700),
            ("0.1000000", 6, 100_000),
        ] {
            assert_eq!(parse_decimal(text, scale), Ok(value), "{text}");
        }
        for text in ["", "-", ".", "1e3", "1,000", " 1", "--1", "1.2.3", "１"] {
            assert_eq!(
                parse_decimal(text, 2),
                Err(DecimalError::Malformed),
                "{text}"
            );
        }
        assert_eq!(parse_decimal("1.005", 2), Err(DecimalError::TooPrecise));
        assert_eq!(
            parse_decimal("99999999999999999999", 2),
            Err(DecimalError::TooLarge)
        );
        assert_eq!(Fen(-5).to_string(), "-0.05");
        assert_eq!(UnitPrice(1_234_500).to_string(), "1.2345");
        assert_eq!(UnitPrice(2_000_000).to_string(), "2.00");
        assert_eq!(Quantity(25_000).to_string(), "2.5");
        assert_eq!(Rate::percent(65).to_string(), "0.65");
    }

    #[test]
    fn halves_go_away_from_zero() {
        assert_eq!(div_round(5, 10, Rounding::HalfUp), 1);
        assert_eq!(div_round(-5, 10, Rounding::HalfUp), -1);
        assert_eq!(div_round(4, 10, Rounding::HalfUp), 0);
        assert_eq!(div_round(9, 10, Rounding::Down), 0);
        assert_eq!(div_round(1, 10, Rounding::Up), 1);
        assert_eq!(
            UnitPrice(333_333).amount(Quantity::whole(3)),
            Some(Fen(100))
        );
    }

    proptest! {
        #[test]
        fn both_widths_round_alike(
            dividend in any::<i64>(),
            divisor in 1_i64..i64::MAX,
            mode in prop_oneof![Just(Rounding::HalfUp), Just(Rounding::Down), Just(Rounding::Up)],
        ) {
            let wide = div_round(i128::from(dividend), i128::from(divisor), mode);
            prop_assert_eq!(i128::from(div_round_i64(dividend, divisor, mode)), wide);
        }

        #[test]
        fn written_decimals_read_back(value in -i64::MAX..i64::MAX, scale in 0_u32..7) {
            let text = format_decimal(value, scale, 0);
            prop_assert_eq!(parse_decimal(&text, scale), Ok(value));
        }

        #[test]
        fn parts_sum_to_the_total(
            total in -1_000_000_000_i64..1_000_000_000,
            weights in proptest::collection::vec(0_i64..1_000_000, 1..40),
        ) {
            let parts = apportion(Fen(total), &weights);
            prop_assert_eq!(parts.iter().copied().sum::<Fen>(), Fen(total));
            // No part is more than a fen from its exact share.
            let sum: i64 = weights.iter().sum();
            if sum > 0 {
                for (part, weight) in parts.iter().zip(&weights) {
                    let distance = i128::from(part.0) * i128::from(sum) - i128::from(total) * i128::from(*weight);
                    prop_assert!(distance.abs() <= i128::from(sum));
                }
            }
        }
    }
}
