//! A new version of the rules that became known when some of what it holds for was settled: what is to
//! be settled again, and what comes of it (`reference/policy.md` §3.2, 14).

use cunyi_domain::time::civil::Date;

use super::block::{Block, Kind, Shares};
use super::one_by_one::{day_of_year, run};
use crate::policy::Policy;

/// Two versions of a region's rules, ready to find what is to be settled again of a year.
#[derive(Clone, Debug)]
pub struct Again<'a> {
    new: &'a Policy,
    /// As it was taken then: to the end of the year.
    old: Policy,
    new_year: Date,
    kinds: &'a [Kind],
}

impl<'a> Again<'a> {
    /// The two versions over claims of a year with these kinds.
    pub fn new(old: &Policy, new: &'a Policy, year: i16, kinds: &'a [Kind]) -> Self {
        let new_year = Date::constant(year, 1, 1);
        Self {
            new,
            old: old.for_year(new_year),
            new_year,
            kinds,
        }
    }

    /// What a block's claims came to: the old version until the new one was known.
    ///
    /// # Panics
    /// As [`super::Replay::run`].
    pub fn was(&self, block: &Block, into: &mut Shares) {
        let known = |day| self.new.known.is_none_or(|known| known <= day);
        self.run(block, into, known);
    }

    /// What they come to where each goes by the version of its day; what was used before, too.
    ///
    /// # Panics
    /// As [`super::Replay::run`].
    pub fn is(&self, block: &Block, into: &mut Shares) {
        self.run(block, into, |_| true);
    }

    fn run(&self, block: &Block, into: &mut Shares, knew: impl Fn(Date) -> bool) {
        let policy = |day| {
            if self.new.valid.holds(day) && knew(day) {
                self.new
            } else {
                &self.old
            }
        };
        into.clear();
        run(policy, self.new_year, self.kinds, block, into);
    }

    /// Whether an event is to be settled again: a claim of an outpatient, which is settled on the day
    /// of its service, that nobody took back.
    pub fn asks(&self, block: &Block, event: usize) -> bool {
        let day = self.day(block, event);
        let taken = |later: usize| usize::from(block.back[later]) == later - event;
        block.back[event] == 0
            && self.new.asks_again(day, day)
            && !(event + 1..block.len()).any(taken)
    }

    /// An event's day.
    pub fn day(&self, block: &Block, event: usize) -> Date {
        day_of_year(self.new_year, block.day[event])
    }
}
