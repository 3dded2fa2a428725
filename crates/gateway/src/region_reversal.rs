//! Until when a region's platform reverses a settlement (2208): after the month was cleared, or in
//! another year, it may refuse (nhsa-interface §5.6).

use cunyi_domain::time::Moment;
use serde::Deserialize;

/// `[reversal]`
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reversal {
    /// In which period.
    pub within: Within,
}

/// The period of the settlement, by the calendar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Within {
    /// 结算当月
    Month,
    /// 结算当年
    #[default]
    Year,
    /// Always.
    Any,
}

impl Within {
    /// As the region file has it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Month => "month",
            Self::Year => "year",
            Self::Any => "any",
        }
    }
}

impl Reversal {
    /// True if what was settled then is reversed now.
    #[must_use]
    pub fn permits(self, settled: Moment, now: Moment) -> bool {
        let (settled, now) = (settled.date(), now.date());
        let year = settled.year() == now.year();
        match self.within {
            Within::Month => year && settled.month() == now.month(),
            Within::Year => year,
            Within::Any => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cunyi_domain::time::parse_date_time;

    #[test]
    fn a_period_ends_with_the_calendars() {
        let at = |text: &str| parse_date_time(text).expect("a time");
        let settled = at("2026-11-30 23:59:59");
        for (now, permitted) in [
            ("2026-11-30 23:59:59", [true, true, true]),
            ("2026-12-01 00:00:00", [false, true, true]),
            ("2026-12-31 23:59:59", [false, true, true]),
            ("2027-01-01 00:00:00", [false, false, true]),
            ("2027-11-30 12:00:00", [false, false, true]),
        ] {
            let periods = [Within::Month, Within::Year, Within::Any];
            let found = periods.map(|within| Reversal { within }.permits(settled, at(now)));
            assert_eq!(found, permitted, "{now}");
        }
    }
}
