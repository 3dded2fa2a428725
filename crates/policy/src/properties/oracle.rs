//! The funds of a claim worked out a second time, in another way: money as stretches of a line,
//! every limit by itself, ratios as exact fractions. Held against the evaluator under random regions.

use std::ops::Range;

use cunyi_domain::money::{Fen, Rounding};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use super::generated::{persons, regions};
use crate::language::form::{Base, Order, Part, Stage};
use crate::plan::{Layer, Limit, Plan, Terms};
use crate::*;

/// What the evaluator is asked for, by fund: deductible, above it, counted, paid.
type Worked = Vec<[i64; 4]>;

struct Oracle<'a> {
    plan: &'a Plan,
    terms: &'a Terms,
    used: Vec<i64>,
    /// In scope of each line that has no rule of its own, one after the other.
    lines: Vec<Range<i64>>,
}

/// The funds and the account, from the lines' parts alone.
fn worked(policy: &Policy, claim: &Claim, s: &Settlement) -> (Worked, i64) {
    let plan = policy.plan(claim.date).unwrap();
    let terms = plan.benefits[&claim.benefit].terms(&claim.facts).unwrap();
    let mut lines = Vec::new();
    let mut end = 0;
    for (line, share) in claim.lines.iter().zip(&s.lines) {
        if !line.is_consultation_fee {
            lines.push(end..end + share.in_scope.0);
            end += share.in_scope.0;
        }
    }
    let used = plan.used(claim);
    let oracle = Oracle {
        plan,
        terms,
        used,
        lines,
    };
    let fee = oracle.fee(claim);
    // Her family's account is a second pocket of hers.
    let family = plan.account.as_ref().is_some_and(|account| account.family);
    let more = if family { claim.family_balance.0 } else { 0 };
    oracle.funds(s, end, fee, claim.balance.0 + more)
}

impl Oracle<'_> {
    /// The fund's part of the consultation fee, before caps.
    fn fee(&self, claim: &Claim) -> i64 {
        let line = claim.lines.iter().find(|line| line.is_consultation_fee);
        let (Some(line), Some(fee)) = (line, &self.terms.fee) else {
            return 0;
        };
        let had = fee
            .once
            .is_some_and(|counter| self.used[usize::from(counter)] > 0);
        let most = fee.total - fee.patient;
        if had {
            0
        } else {
            most.min(line.amount.0 - fee.patient).max(0)
        }
    }

    fn funds(&self, s: &Settlement, pooled: i64, fee: i64, balance: i64) -> (Worked, i64) {
        let account = self.plan.account.as_ref();
        let before = account
            .filter(|a| a.order == Order::First)
            .map_or(0, |_| pooled.min(balance));
        // What is still open: in scope and paid first.
        let mut open = [pooled - before, s.pay_first.0];
        let mut all = Vec::new();
        let mut fee_paid = 0;
        for (place, layer) in self.terms.layers.iter().enumerate() {
            let base = if place > 0 && layer.base == Base::PayFirst {
                open[0] + open[1]
            } else {
                open[0]
            };
            let fee = if place == 0 { fee } else { 0 };
            let (worked, of_fee) = self.fund(layer, base, fee);
            let of_rest = worked[3] - of_fee;
            let second = (of_rest - open[0]).max(0);
            open = [open[0] - (of_rest - second), open[1] - second];
            fee_paid += of_fee;
            all.push(worked);
        }
        let whole_fee: i64 = s.in_scope.0 - pooled;
        let part = |part: &Part| match part {
            Part::InScope => open[0] + whole_fee - fee_paid,
            Part::PayFirst => open[1],
            Part::OverLimit => s.over_limit.0,
            Part::OwnPay => s.own_pay.0,
        };
        let after = account.filter(|a| a.order == Order::Last);
        let after = after.map_or(0, |a| a.pays.iter().map(part).sum::<i64>().min(balance));
        (all, before + after)
    }

    fn fund(&self, layer: &Layer, base: i64, fee: i64) -> ([i64; 4], i64) {
        let deductible = if layer.deductible.is_empty() {
            0
        } else {
            self.cut(base, &layer.deductible)
        };
        let above = self.cut(base - deductible, &layer.scope);
        let wanted = self.ratio(layer, base, deductible..deductible + above);
        let inside = self.terms.fee.as_ref().is_some_and(|fee| fee.in_cap);
        if inside {
            let counted = self.cut(wanted + fee, &layer.cap);
            return ([deductible, above, counted, counted], fee.min(counted));
        }
        let counted = self.cut(wanted, &layer.cap);
        ([deductible, above, counted, counted + fee], fee)
    }

    /// An amount after each limit in turn.
    fn cut(&self, amount: i64, limits: &[Limit]) -> i64 {
        let mut amount = amount;
        for limit in limits {
            let had = match limit.counter {
                Some(counter) => self.used[usize::from(counter)],
                None => 0,
            };
            if had + amount > limit.amount {
                amount = if had > limit.amount {
                    0
                } else {
                    limit.amount - had
                };
            }
        }
        amount
    }

    /// Each stretch that is of one segment and, where lines are rounded, of one line.
    fn ratio(&self, layer: &Layer, base: i64, taken: Range<i64>) -> i64 {
        let had = layer
            .ratio_by
            .map_or(0, |counter| self.used[usize::from(counter)]);
        let whole = 0..base;
        let last = self.lines.last().map_or(0, |line| line.end);
        let mut lines = self.lines.clone();
        lines.push(last..i64::MAX);
        if self.plan.stage == Stage::Batch {
            lines = std::iter::once(whole).collect();
        }
        let mut paid = 0;
        for (place, segment) in layer.ratio.iter().enumerate() {
            let end = layer
                .ratio
                .get(place + 1)
                .map_or(i64::MAX, |next| next.above);
            for line in &lines {
                // A place of the base, and what was in scope until then.
                let until = |place: i64| had + place - taken.start;
                let from = line.start.max(taken.start);
                let to = line.end.min(taken.end);
                let from = from.max(from + segment.above - until(from));
                let to = if until(to) > end {
                    to - (until(to) - end)
                } else {
                    to
                };
                paid += self.part((to - from).max(0), segment.rate);
            }
        }
        paid
    }

    /// A ratio of an amount, in whole units.
    fn part(&self, amount: i64, rate: i64) -> i64 {
        let exact = i128::from(amount) * i128::from(rate);
        let unit = i128::from(self.plan.unit) * 1_000_000;
        let (units, rest) = (exact.div_euclid(unit), exact.rem_euclid(unit));
        let up = match self.plan.rounding {
            Rounding::HalfUp => rest * 2 >= unit,
            Rounding::Up => rest > 0,
            Rounding::Down => false,
        };
        let units = i64::try_from(units).unwrap() + i64::from(up);
        (units * self.plan.unit).min(amount)
    }
}

fn agrees(policy: &Policy, claim: &Claim) -> Result<Option<Use>, TestCaseError> {
    let Ok(s) = evaluate(policy, claim) else {
        return Ok(None);
    };
    let (funds, account) = worked(policy, claim, &s);
    let of = s.adds.funds.iter().zip(&s.funds);
    let got = of.map(|(of, (_, paid))| [of.deductible.0, of.in_scope.0, of.counted.0, paid.0]);
    prop_assert_eq!(got.collect::<Vec<_>>(), funds);
    prop_assert_eq!(s.account + s.family_account, Fen(account));
    prop_assert_eq!(s.account, Fen(account).min(claim.balance));
    Ok(Some(s.adds))
}

proptest! {
    #[test]
    fn the_evaluator_agrees_with_another_way_to_work_it_out(region in regions(10)) {
        for claim in &region.claims {
            agrees(&region.policy, claim)?;
        }
    }

    #[test]
    fn so_it_does_of_one_visit_after_the_other(region in persons(10)) {
        let mut history = Vec::new();
        for mut claim in region.claims {
            claim.history.clone_from(&history);
            history.extend(agrees(&region.policy, &claim)?);
        }
    }
}
