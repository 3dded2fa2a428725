//! The batch form of the evaluator: a year of claims, replayed block by block.

mod again;
mod block;
mod classes;
#[cfg(test)]
mod edges;
mod one_by_one;
mod passes;
mod scan;
#[cfg(test)]
mod tests;

use cunyi_domain::time::civil::Date;

pub use again::Again;
pub use block::{Block, Kind, MOST, Shares};

use crate::policy::Policy;
use classes::Classes;
use passes::{Passes, Work};
use scan::Calendar;

/// A policy, ready to replay a year of claims.
#[derive(Clone, Debug)]
pub struct Replay {
    policy: Policy,
    kinds: Vec<Kind>,
    new_year: Date,
    calendar: Calendar,
    /// None where the rules are of no columns' form: then claims go one by one.
    classes: Option<Classes>,
    work: Work,
}

impl Replay {
    /// A policy over claims of a year with these kinds. The claims are replayed under it whatever
    /// its validity: that is what a comparison asks. Amounts that are a part of a yearly figure are
    /// those of the claims' year, or of the newest where the file has none for it.
    pub fn new(policy: &Policy, year: i16, kinds: Vec<Kind>) -> Self {
        let new_year = Date::constant(year, 1, 1);
        let policy = policy.for_year(new_year);
        // Columns are of sums by class: what rules say of single items is beyond them.
        let plan = policy.plan(new_year).filter(|_| !policy.needs_lines());
        Self {
            calendar: Calendar::of(new_year),
            classes: plan.and_then(|plan| classes::classes(&policy, plan, &kinds)),
            policy,
            kinds,
            new_year,
            work: Work::default(),
        }
    }

    /// Whether claims go through column by column; one by one is slower by far.
    pub fn by_columns(&self) -> bool {
        self.classes.is_some()
    }

    /// What [`Replay::run`] must come to, by the evaluator itself, claim by claim.
    ///
    /// # Panics
    /// As [`Replay::run`].
    pub fn run_one_by_one(&self, block: &Block, into: &mut Shares) {
        into.clear();
        one_by_one::run(|_| &self.policy, self.new_year, &self.kinds, block, into);
    }

    /// Shares out a block's claims, household by household from nothing used; `into` is written anew.
    ///
    /// # Panics
    /// When the block's columns are of different lengths, or a kind is not in the dictionary: the
    /// reader of a file has checked that.
    pub fn run(&mut self, block: &Block, into: &mut Shares) {
        into.clear();
        match (&self.classes, self.policy.plan(self.new_year)) {
            (Some(classes), Some(plan)) => {
                let (calendar, work) = (&self.calendar, &mut self.work);
                Passes::new(plan, classes, calendar, block, work).run(into);
            }
            _ => one_by_one::run(|_| &self.policy, self.new_year, &self.kinds, block, into),
        }
    }
}
