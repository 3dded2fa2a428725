//! The policy as a programmer writes it into a program: the measure of all others.

use crate::Sums;
use crate::claims::{Claim, Person};

/// 起付线, a year.
pub const DEDUCTIBLE: i64 = 5_000;
/// Per cent, by level.
pub const RATIO: [i64; 3] = [65, 60, 50];
/// 每次限额
pub const CAP_A_VISIT: i64 = 4_000;
/// 年度限额
pub const CAP_A_YEAR: i64 = 30_000;

/// What the year has used.
#[derive(Default)]
struct Year {
    deductible: i64,
    fund: i64,
}

/// Settles every claim.
pub fn run(persons: &[Person]) -> Sums {
    let mut sums = Sums::default();
    for person in persons {
        let mut year = Year::default();
        let ratio = RATIO[usize::from(person.level)];
        for claim in &person.claims {
            let fund = year.settle(claim, ratio);
            sums.fund += fund;
            sums.patient += i64::from(claim.a + claim.b + claim.c) - fund;
        }
    }
    sums
}

impl Year {
    /// What the fund pays of a claim; the year's use grows by it.
    #[inline]
    fn settle(&mut self, claim: &Claim, ratio: i64) -> i64 {
        let (a, b) = (i64::from(claim.a), i64::from(claim.b));
        let in_scope = a + b - (b * 10 + 50) / 100;
        let deductible = in_scope.min(DEDUCTIBLE - self.deductible);
        let fund = ((in_scope - deductible) * ratio + 50) / 100;
        let fund = fund.min(CAP_A_VISIT).min(CAP_A_YEAR - self.fund);
        self.deductible += deductible;
        self.fund += fund;
        fund
    }
}
