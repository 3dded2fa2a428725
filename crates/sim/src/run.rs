//! Days one after another, on several threads, counted in the order of their seeds.

use std::collections::BTreeMap;
use std::sync::Mutex;

use crate::day::Done;
use crate::live;
use crate::mutant::Mutant;
use crate::plan::Plan;
use crate::wire::lock;
use crate::world::Template;

/// What is to be lived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// The first day's seed; each day has the next one.
    pub from: u64,
    /// How long.
    pub until: Until,
    /// How many days at once.
    pub threads: u64,
    /// With this mistake in the clinic's program.
    pub mutant: Option<Mutant>,
}

/// When it is enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// After so many days.
    Days(u64),
    /// With the day that makes it so many settlements.
    Settlements(u64),
}

/// What days came to, without a gap from the first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lived {
    /// How many.
    pub days: u64,
    /// Their sums.
    pub sum: Done,
}

impl Until {
    fn reached(self, lived: &Lived) -> bool {
        match self {
            Self::Days(days) => lived.days >= days,
            Self::Settlements(settlements) => lived.sum.settlements >= settlements,
        }
    }

    /// True while another day may be needed, when so many have begun.
    fn wants(self, begun: u64) -> bool {
        match self {
            Self::Days(days) => begun < days,
            Self::Settlements(_) => true,
        }
    }
}

/// The first day that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failed {
    /// Its seed.
    pub seed: u64,
    /// What was told.
    pub told: String,
    /// What was lived before it.
    pub before: Lived,
}

/// A run under way. A day is counted when all before it are: the same sums, however many threads.
#[derive(Default)]
struct Count {
    begun: u64,
    waiting: BTreeMap<u64, Result<Done, String>>,
    lived: Lived,
    failed: Option<Box<Failed>>,
}

impl Run {
    /// Lives it; `tell` is called with each day that is counted.
    pub fn live(
        &self,
        template: &Template,
        tell: impl Fn(&Lived) + Sync,
    ) -> Result<Lived, Box<Failed>> {
        self.live_by(|seed| live(template, &Plan::of(seed), self.mutant), tell)
    }

    fn live_by(
        &self,
        day: impl Fn(u64) -> Result<Done, String> + Sync,
        tell: impl Fn(&Lived) + Sync,
    ) -> Result<Lived, Box<Failed>> {
        let count: Mutex<Count> = Mutex::default();
        let work = || {
            loop {
                let next = self.next(&mut lock(&count));
                let Some(place) = next else { return };
                let lived = day(self.from + place);
                let mut count = lock(&count);
                count.waiting.insert(place, lived);
                self.add_up(&mut count, &tell);
            }
        };
        std::thread::scope(|scope| {
            for _ in 0..self.threads.max(1) {
                scope.spawn(work);
            }
        });
        let count = lock(&count);
        count.failed.clone().map_or(Ok(count.lived), Err)
    }

    fn next(&self, count: &mut Count) -> Option<u64> {
        let broken = count.failed.is_some() || count.waiting.values().any(Result::is_err);
        let over = broken || self.until.reached(&count.lived) || !self.until.wants(count.begun);
        (!over).then(|| {
            count.begun += 1;
            count.begun - 1
        })
    }

    fn add_up(&self, count: &mut Count, tell: impl Fn(&Lived)) {
        while count.failed.is_none() && !self.until.reached(&count.lived) {
            let place = count.lived.days;
            match count.waiting.remove(&place) {
                None => return,
                Some(Ok(done)) => {
                    count.lived.days += 1;
                    count.lived.sum.add(&done);
                    tell(&count.lived);
                }
                Some(Err(told)) => {
                    count.failed = Some(Box::new(Failed {
                        seed: self.from + place,
                        told,
                        before: count.lived,
                    }));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(until: Until, threads: u64) -> Run {
        Run {
            from: 100,
            until,
            threads,
            mutant: None,
        }
    }

    fn day(seed: u64) -> Result<Done, String> {
        if seed == 150 || seed == 151 {
            return Err(format!("{seed} is bad"));
        }
        Ok(Done {
            settlements: 3,
            ..Done::default()
        })
    }

    #[test]
    fn it_ends_with_the_day_that_makes_it_enough_whatever_the_threads() {
        for threads in [1, 4] {
            for (until, days) in [(Until::Days(7), 7), (Until::Settlements(100), 34)] {
                let lived = run(until, threads).live_by(day, |_| {}).unwrap();
                assert_eq!((lived.days, lived.sum.settlements), (days, 3 * days));
            }
        }
    }

    #[test]
    fn the_first_that_fails_is_told_with_what_was_lived_before_it() {
        for threads in [1, 4] {
            let told = Mutex::new(0);
            let tell = |lived: &Lived| *lock(&told) = lived.days;
            let failed = run(Until::Settlements(1_000), threads).live_by(day, tell);
            let failed = failed.unwrap_err();
            assert_eq!((failed.seed, failed.told.as_str()), (150, "150 is bad"));
            assert_eq!((failed.before.days, *lock(&told)), (50, 50));
        }
    }
}
