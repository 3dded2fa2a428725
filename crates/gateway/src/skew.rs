//! How far the clinic's clock is from the platform's: msgid, fee and settlement times rest on it.

use cunyi_domain::time::Moment;

/// A clock this many seconds off is worth a warning.
pub const WARN_SECONDS: i64 = 300;

/// The difference in seconds, positive when the clinic's clock is ahead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Skew {
    /// Near enough.
    Fine,
    /// More than [`WARN_SECONDS`] off.
    Warn(i64),
    /// More than the region tolerates: nothing may be settled.
    Refuse(i64),
}

/// Compares the clock at the reply's arrival with the platform's `respond_time`.
pub fn skew(now: Moment, respond_time: Moment, limit_seconds: i64) -> Skew {
    let seconds = now.seconds_since(respond_time);
    match seconds.saturating_abs() {
        off if off > limit_seconds => Skew::Refuse(seconds),
        off if off > WARN_SECONDS => Skew::Warn(seconds),
        _ => Skew::Fine,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_minutes_warn_and_the_limit_refuses() {
        let at = |seconds: i64| Moment(seconds * 1_000_000);
        for (clinic, platform, expected) in [
            (1000, 1000, Skew::Fine),
            (1300, 1000, Skew::Fine),
            (1301, 1000, Skew::Warn(301)),
            (1000, 1301, Skew::Warn(-301)),
            (2800, 1000, Skew::Warn(1800)),
            (2801, 1000, Skew::Refuse(1801)),
            (1000, 2801, Skew::Refuse(-1801)),
        ] {
            assert_eq!(
                skew(at(clinic), at(platform), 1800),
                expected,
                "{clinic} {platform}"
            );
        }
        assert_eq!(
            skew(Moment(i64::MAX), Moment(i64::MIN), 1),
            Skew::Refuse(i64::MAX / 1_000_000)
        );
    }
}
