//! msgid 发送方报文ID (§1.3): institution code (12) + yyyyMMddHHmmss (14) + sequence (4).
//!
//! Clinics under one institution code share its 10,000 numbers a second; each has a slot of 500:
//! the first 250 for intents (messages that change something at the platform), issued from one
//! persisted row, the last 250 for queries, issued from memory: 50 a process, the next 50 for the
//! process after it, so that a clock set back between them repeats none.

use std::ops::Range;
use std::sync::Mutex;

use cunyi_domain::time::Moment;

/// Numbers a slot owns in a second.
const PER_SLOT: u16 = 500;
/// Numbers of either kind in a second.
const PER_KIND: u16 = 250;
/// Numbers for queries of one process in a second.
const PER_PROCESS: u16 = 50;
const SECOND: i64 = 1_000_000;

/// A clinic's place under its institution code, 0..=19.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot(u8);

impl Slot {
    /// The greatest: 10,000 numbers hold 20 slots of 500.
    pub const MAX: u8 = 19;

    /// Nothing above [`Slot::MAX`].
    pub const fn new(slot: u8) -> Option<Self> {
        if slot <= Self::MAX {
            Some(Self(slot))
        } else {
            None
        }
    }

    /// The slot's number.
    pub const fn get(self) -> u8 {
        self.0
    }

    /// Whose number a msgid of an institution's is; none for another's, and for what is no msgid of this form.
    pub fn of_msgid(institution_code: &str, msgid: &str) -> Option<Self> {
        let own = msgid.len() == 30 && msgid.starts_with(institution_code);
        let sequence = own.then(|| msgid.get(26..)).flatten()?;
        let sequence: u16 = sequence.parse().ok()?;
        u8::try_from(sequence / PER_SLOT).ok().and_then(Self::new)
    }

    const fn first(self) -> u16 {
        self.0 as u16 * PER_SLOT
    }
}

/// A number that was given out: the second it belongs to and its place in that second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Issued {
    /// The second, a moment without fraction.
    pub second: Moment,
    /// 0..=9999, unique in that second under the institution code.
    pub sequence: u16,
}

impl Issued {
    /// The 30 characters.
    pub fn msgid(self, institution_code: &str) -> String {
        format!(
            "{institution_code}{}{:04}",
            self.second.compact(),
            self.sequence
        )
    }
}

/// The next intent's number. `last` is the persisted row; persist the result before sending. Time
/// never goes back: after a clock was set back, numbers go on in the last second until the clock
/// has passed it.
pub fn next(last: Option<Issued>, now: Moment, slot: Slot) -> Issued {
    let first = slot.first();
    following(last, now, first..first + PER_KIND)
}

fn following(last: Option<Issued>, now: Moment, ours: Range<u16>) -> Issued {
    let second = Moment(now.0.div_euclid(SECOND) * SECOND);
    let first = ours.start;
    match last {
        Some(last) if last.second >= second => {
            let sequence = last.sequence.saturating_add(1).max(first);
            if ours.contains(&sequence) {
                Issued {
                    second: last.second,
                    sequence,
                }
            } else {
                Issued {
                    second: Moment(last.second.0 + SECOND),
                    sequence: first,
                }
            }
        }
        _ => Issued {
            second,
            sequence: first,
        },
    }
}

/// Numbers for queries: lost with the process, which costs nothing, and never in a second before
/// the process started, so that a restart repeats none.
#[derive(Debug)]
pub struct QueryIds {
    ours: Range<u16>,
    last: Mutex<Issued>,
}

impl QueryIds {
    /// From the process's start. `process` counts the processes that asked before.
    pub fn new(started: Moment, slot: Slot, process: u64) -> Self {
        let turns = u64::from(PER_KIND / PER_PROCESS);
        let turn = u16::try_from(process % turns).unwrap_or(0);
        let first = slot.first() + PER_KIND + turn * PER_PROCESS;
        let ours = first..first + PER_PROCESS;
        // As if the second of the start were used up: the process before may have used it.
        let last = Issued {
            second: Moment(started.0.div_euclid(SECOND) * SECOND),
            sequence: ours.end - 1,
        };
        Self {
            ours,
            last: Mutex::new(last),
        }
    }

    /// The next query's number.
    pub fn next(&self, now: Moment) -> Issued {
        // A panic elsewhere cannot leave half a number behind.
        let mut last = self
            .last
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        *last = following(Some(*last), now, self.ours.clone());
        *last
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use cunyi_domain::time::parse_date_time;
    use proptest::prelude::*;

    const CODE: &str = "H99000100001";

    fn at(text: &str) -> Moment {
        parse_date_time(text).unwrap()
    }

    #[test]
    fn a_msgid_has_thirty_characters() {
        let slot = Slot::new(3).unwrap();
        let issued = next(None, at("2026-11-24 07:30:05"), slot);
        assert_eq!(issued.msgid(CODE), "H99000100001202611240730051500");
        let again = next(Some(issued), at("2026-11-24 07:30:05"), slot);
        assert_eq!(again.msgid(CODE), "H99000100001202611240730051501");
        assert_eq!(Slot::of_msgid(CODE, &again.msgid(CODE)), Some(slot));
        for other in [
            "",
            "H990001000012026112407300515",
            "H9900010000120261124073005医x",
            // The insurance's office has numbers of its own.
            "990001000000202611240730051501",
        ] {
            assert_eq!(Slot::of_msgid(CODE, other), None, "{other}");
        }
        assert_eq!(Slot::new(20), None);
        let last = Slot::new(19).unwrap();
        assert_eq!(last.first() + PER_SLOT - 1, 9999);
    }

    #[test]
    fn three_clinics_under_one_code_never_collide_in_a_second() {
        let now = at("2026-11-24 07:30:05");
        let mut seen = HashSet::new();
        for slot in [0, 1, 19].map(|slot| Slot::new(slot).unwrap()) {
            let queries = QueryIds::new(Moment(now.0 - SECOND), slot, 7);
            let mut last = None;
            for _ in 0..1000 {
                let issued = next(last, now, slot);
                last = Some(issued);
                assert!(seen.insert(issued.msgid(CODE)));
                assert!(seen.insert(queries.next(now).msgid(CODE)));
            }
        }
        assert_eq!(seen.len(), 6000);
    }

    #[test]
    fn a_restart_repeats_no_query_number() {
        let now = at("2026-11-24 07:30:05");
        let slot = Slot::new(0).unwrap();
        let mut used = HashSet::new();
        // Each process is started by a clock that was set back.
        for process in 0..5 {
            let queries = QueryIds::new(Moment(now.0 - SECOND), slot, process);
            assert!((0..500).all(|_| used.insert(queries.next(now).msgid(CODE))));
        }
        // In the same second, it begins in the one after.
        let after = QueryIds::new(now, slot, 0).next(now);
        assert_eq!(after.second, Moment(now.0 + SECOND));
    }

    proptest! {
        #[test]
        fn numbers_only_rise_whatever_the_clock_does(
            slot in 0_u8..=19,
            steps in proptest::collection::vec((-5_000_000_i64..5_000_000, 1_usize..400), 1..8),
        ) {
            let slot = Slot::new(slot).unwrap();
            let mut now = at("2026-11-24 23:59:58");
            let queries = QueryIds::new(now, slot, u64::from(slot.get()));
            let (mut last, mut asked): (Option<Issued>, Option<Issued>) = (None, None);
            for (step, count) in steps {
                now = Moment(now.0 + step);
                for _ in 0..count {
                    let issued = next(last, now, slot);
                    prop_assert!(last.is_none_or(|last| issued > last));
                    prop_assert!((slot.first()..slot.first() + PER_KIND).contains(&issued.sequence));
                    last = Some(issued);
                    let query = queries.next(now);
                    prop_assert!(asked.is_none_or(|asked| query > asked));
                    prop_assert!((slot.first() + PER_KIND..slot.first() + PER_SLOT).contains(&query.sequence));
                    prop_assert_eq!(query.msgid(CODE).len(), 30);
                    asked = Some(query);
                }
            }
        }
    }
}
