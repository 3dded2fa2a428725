//! Moments, dates and the passed-in clock and randomness. One fixed zone: +08:00.

use std::fmt;
use std::time::Duration;

use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;
use serde::{Deserialize, Serialize};

use crate::row::{Field, Kind, Value};

pub use jiff::civil;

const CHINA: Offset = Offset::constant(8);

/// A moment in microseconds UTC since 1970.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Moment(pub i64);

impl Moment {
    /// The civil time in China. Moments outside jiff's years are clamped: they come from a broken
    /// clock, and a broken clock must not stop the program.
    pub fn local(self) -> DateTime {
        let clamped = self
            .0
            .clamp(-62_135_596_800_000_000, 253_370_764_800_000_000);
        let timestamp = jiff::Timestamp::from_microsecond(clamped).unwrap_or_default();
        CHINA.to_datetime(timestamp)
    }

    /// The moment of a civil time in China.
    pub fn from_local(local: DateTime) -> Option<Self> {
        Some(Self(CHINA.to_timestamp(local).ok()?.as_microsecond()))
    }

    /// The first moment of a day in China.
    pub fn start_of(day: Date) -> Self {
        Self::from_local(day.at(0, 0, 0, 0)).unwrap_or_default()
    }

    /// The first moment after a day in China.
    pub fn end_of(day: Date) -> Self {
        Self::start_of(day.tomorrow().unwrap_or(day))
    }

    /// The day in China.
    pub fn date(self) -> Date {
        self.local().date()
    }

    /// `yyyy-MM-dd HH:mm:ss`, the interface's DT.
    pub fn date_time(self) -> String {
        self.local().strftime("%Y-%m-%d %H:%M:%S").to_string()
    }

    /// `yyyyMMddHHmmss`, the middle of a msgid.
    pub fn compact(self) -> String {
        self.local().strftime("%Y%m%d%H%M%S").to_string()
    }

    /// `HH:mm`, for lists.
    pub fn hour_minute(self) -> String {
        self.local().strftime("%H:%M").to_string()
    }

    /// `yyyy-MM-dd HH:mm`, for registers.
    pub fn to_minute(self) -> String {
        self.local().strftime("%Y-%m-%d %H:%M").to_string()
    }

    /// Later by a duration.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        let micros = i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
        Self(self.0.saturating_add(micros))
    }

    /// Seconds from `earlier` to this; negative if it is the other way round.
    pub fn seconds_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0) / 1_000_000
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.date_time())
    }
}

impl Field for Moment {
    const KIND: Kind = Kind::Int;
    fn into_value(self) -> Value {
        Value::Int(self.0)
    }
    fn from_value(value: Value) -> Option<Self> {
        i64::from_value(value).map(Self)
    }
}

impl Field for Date {
    const KIND: Kind = Kind::Text;
    fn into_value(self) -> Value {
        Value::Text(self.to_string())
    }
    fn from_value(value: Value) -> Option<Self> {
        parse_date(&String::from_value(value)?)
    }
}

/// Reads `yyyy-MM-dd` and nothing else.
pub fn parse_date(text: &str) -> Option<Date> {
    let bytes = text.as_bytes();
    let shape = |(i, b): (usize, &u8)| {
        if i == 4 || i == 7 {
            *b == b'-'
        } else {
            b.is_ascii_digit()
        }
    };
    if bytes.len() != 10 || !bytes.iter().enumerate().all(shape) {
        return None;
    }
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<i16>().ok();
    let (month, day) = (
        i8::try_from(number(5, 7)?).ok()?,
        i8::try_from(number(8, 10)?).ok()?,
    );
    Date::new(number(0, 4)?, month, day).ok()
}

/// Reads `yyyy-MM-dd HH:mm:ss` as China's time.
pub fn parse_date_time(text: &str) -> Option<Moment> {
    let (date, time) = text.split_once(' ')?;
    let mut parts = time.splitn(3, ':').map(str::parse::<i8>);
    let mut next = || parts.next()?.ok();
    let time = jiff::civil::Time::new(next()?, next()?, next()?, 0).ok()?;
    Moment::from_local(DateTime::from_parts(parse_date(date)?, time))
}

/// Whole years from birth to a day, as an age is counted in China (周岁).
pub fn age_on(birth: Date, day: Date) -> i64 {
    let years = i64::from(day.year()) - i64::from(birth.year());
    let before_birthday = (day.month(), day.day()) < (birth.month(), birth.day());
    years - i64::from(before_birthday)
}

/// Where time comes from. Only `server` and `xtask` own a wall clock.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Moment;
}

/// Where randomness comes from. Only `server` and `xtask` own the system's.
pub trait Rng: Send + Sync {
    /// Fills the buffer.
    fn fill(&self, buffer: &mut [u8]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn china_is_eight_hours_ahead() {
        let moment = parse_date_time("2026-11-24 07:30:05").unwrap();
        assert_eq!(moment.0, 1_795_476_605_000_000);
        assert_eq!(moment.date_time(), "2026-11-24 07:30:05");
        assert_eq!(moment.compact(), "20261124073005");
        assert_eq!(moment.date().to_string(), "2026-11-24");
        assert_eq!(
            Moment::start_of(moment.date()).date_time(),
            "2026-11-24 00:00:00"
        );
        assert_eq!(Moment(i64::MAX).local().year(), 9999);
    }

    #[test]
    fn dates_are_strict() {
        for text in [
            "2026-2-3",
            "2026-02-30",
            "2026/02/03",
            "20260203",
            "+026-02-03",
            "",
            "２０",
        ] {
            assert_eq!(parse_date(text), None, "{text}");
        }
        assert_eq!(parse_date_time("2026-02-03"), None);
        assert_eq!(parse_date_time("2026-02-03 25:00:00"), None);
    }

    #[test]
    fn ages_turn_on_the_birthday() {
        let day = |text| parse_date(text).unwrap();
        assert_eq!(age_on(day("1960-11-25"), day("2026-11-24")), 65);
        assert_eq!(age_on(day("1960-11-24"), day("2026-11-24")), 66);
    }
}
