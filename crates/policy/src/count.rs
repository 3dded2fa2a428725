//! What a history comes to under each counter.

use crate::claim::{Claim, Use, Whose};
use crate::language::facet::{Facts, When};
use crate::language::form::{By, Per};
use crate::plan::{Counter, Measure, Plan};
use crate::policy::Benefit;

use cunyi_domain::time::civil::Date;

impl Plan {
    /// Each counter's sum before a claim.
    pub fn used(&self, claim: &Claim) -> Vec<i64> {
        let sum = |counter: &Counter| {
            let uses = claim.history.iter();
            let uses = uses.filter(|one| counter.counts(one, claim));
            uses.map(|one| counter.of(one)).fold(0, i64::saturating_add)
        };
        self.counters.iter().map(sum).collect()
    }
}

impl Counter {
    fn counts(&self, one: &Use, claim: &Claim) -> bool {
        let whose = match one.whose {
            Whose::Own => true,
            Whose::Family => self.by == By::Family,
            Whose::YearSum => self.per == Per::Year && self.within == When::default(),
        };
        let disease = self.by != By::Disease || one.facts.disease == claim.facts.disease;
        whose
            && disease
            && self.is_fed_by(one.benefit, &one.facts)
            && same(self.per, one.date, claim.date)
    }

    /// Whether what is settled under a benefit, for whom and where the facts say, counts.
    pub fn is_fed_by(&self, benefit: Benefit, facts: &Facts) -> bool {
        self.benefits.contains(&benefit) && self.within.holds(facts)
    }

    fn of(&self, one: &Use) -> i64 {
        if self.of == Measure::Fees {
            return one.fees;
        }
        let of_fund = one.funds.iter().filter(|f| f.fund == self.fund);
        let measured = of_fund.map(|f| match self.of {
            Measure::Deductible => f.deductible.0,
            Measure::InScope => f.in_scope.0,
            Measure::Fund | Measure::Fees => f.counted.0,
        });
        measured.fold(0, i64::saturating_add)
    }
}

/// Whether two days are in one day, course, month, quarter or year. A course is told from either end:
/// what was settled late of an earlier day falls into it like what was settled in order.
fn same(per: Per, one: Date, other: Date) -> bool {
    let quarter = |day: Date| (day.month() - 1) / 3;
    match per {
        Per::Visit => false,
        Per::Day => one == other,
        Per::Days(days) => days_between(one, other) < i64::from(days),
        Per::Month => (one.year(), one.month()) == (other.year(), other.month()),
        Per::Quarter => (one.year(), quarter(one)) == (other.year(), quarter(other)),
        Per::Year => one.year() == other.year(),
    }
}

/// How many days two days are apart.
fn days_between(one: Date, other: Date) -> i64 {
    (one.duration_since(other).as_hours() / 24).abs()
}

impl When {
    /// Whether it holds for what is known; what is not known does not hold.
    pub(crate) fn holds(&self, facts: &Facts) -> bool {
        self.0
            .iter()
            .all(|(facet, allowed)| facts.are(*facet, allowed))
    }
}
