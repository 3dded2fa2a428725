//! The batch form of the evaluator: a year of claims, replayed block by block.

mod block;
mod one_by_one;
#[cfg(test)]
mod tests;

use cunyi_domain::time::civil::Date;

pub use block::{Block, Kind, Shares};

use crate::policy::Policy;

/// A policy, ready to replay a year of claims.
#[derive(Debug)]
pub struct Replay {
    policy: Policy,
    kinds: Vec<Kind>,
    new_year: Date,
}

impl Replay {
    /// A policy over claims of a year with these kinds. The claims are replayed under it whatever
    /// its validity: that is what a comparison asks. Amounts that are a part of a yearly figure are
    /// those of the claims' year, or of the newest where the file has none for it.
    pub fn new(policy: &Policy, year: i16, kinds: Vec<Kind>) -> Self {
        let new_year = Date::constant(year, 1, 1);
        Self {
            policy: policy.for_year(new_year),
            kinds,
            new_year,
        }
    }

    /// Shares out a block's claims, household by household from nothing used; `into` is written anew.
    ///
    /// # Panics
    /// When the block's columns are of different lengths, or a kind is not in the dictionary: the
    /// reader of a file has checked that.
    pub fn run(&mut self, block: &Block, into: &mut Shares) {
        one_by_one::run(&self.policy, self.new_year, &self.kinds, block, into);
    }
}
