//! Times that limits and fees are for.

use std::fmt;
use std::time::Duration;

use cunyi_domain::time::civil::Date;
use serde::{Serialize, Serializer};

use super::rows::Value;

/// The time a limit is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Per {
    /// 每次
    Visit,
    /// 每日
    Day,
    /// 疗程: so many days, counted from the last one that counts.
    Days(u16),
    /// 每月
    Month,
    /// 每季度
    Quarter,
    /// 每年
    Year,
}

impl Per {
    /// Those of the calendar.
    pub(crate) const ALL: &'static [Self] = &[
        Self::Visit,
        Self::Day,
        Self::Month,
        Self::Quarter,
        Self::Year,
    ];
}

impl Per {
    /// True if what happened on one day still holds on another that is not before it: of a course, whose days are
    /// counted from it, or in the same time of the calendar.
    pub fn holds(self, first: Date, day: Date) -> bool {
        let quarter = |of: Date| (of.month() - 1) / 3;
        match self {
            Self::Visit => false,
            Self::Day => first == day,
            Self::Days(days) => {
                let span = Duration::from_secs(86_400 * u64::from(days));
                day < first.saturating_add(span)
            }
            Self::Month => (first.year(), first.month()) == (day.year(), day.month()),
            Self::Quarter => (first.year(), quarter(first)) == (day.year(), quarter(day)),
            Self::Year => first.year() == day.year(),
        }
    }
}

impl fmt::Display for Per {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Visit => "visit",
            Self::Day => "day",
            Self::Days(days) => return write!(f, "{days} days"),
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
        })
    }
}

impl Serialize for Per {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl Value for Per {
    const LIKE: &'static str = "a time: \"visit\", \"day\", \"month\", \"quarter\" or \"year\"";
    fn read(text: &str) -> Option<Self> {
        let mut all = Self::ALL.iter().copied();
        all.find(|per| per.to_string() == text)
    }
}

/// How often a fund pays a fee: a time of the calendar, or a course of days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Course(pub Per);

/// The longest course: as far back as a history reaches into the year before.
const LONGEST_COURSE: u16 = 31;

/// The first day that a course can reach back to: a history begins there or with the year.
pub fn course_reaches(day: Date) -> Date {
    let days = Duration::from_secs(86_400 * u64::from(LONGEST_COURSE));
    day.saturating_sub(days)
}

impl Value for Course {
    const LIKE: &'static str =
        "\"day\", \"month\", \"quarter\", \"year\", or a course of 2 to 31 days such as \"3 days\"";
    fn read(text: &str) -> Option<Self> {
        if let Some(per) = Per::read(text) {
            return (per != Per::Visit).then_some(Self(per));
        }
        let days: u16 = text.strip_suffix(" days")?.parse().ok()?;
        (2..=LONGEST_COURSE)
            .contains(&days)
            .then_some(Self(Per::Days(days)))
    }
}
