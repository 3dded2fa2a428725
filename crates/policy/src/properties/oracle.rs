//! The funds of a claim worked out a second time, in another way: money as stretches of a line,
//! every limit by itself, ratios as exact fractions; lines with rules of their own by where they begin
//! and end, not one after the other. Held against the evaluator under random regions.

use std::cmp::Reverse;
use std::ops::Range;

use cunyi_domain::money::{Fen, Rounding};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use super::generated::{persons, regions};
use crate::items::{ItemRule, Own};
use crate::language::form::{Base, Order, Part, Stage};
use crate::plan::{Layer, Limit, Plan, Terms};
use crate::*;

/// What the evaluator is asked for.
struct Worked {
    /// By fund: deductible, above it, counted, paid.
    funds: Vec<[i64; 4]>,
    /// By line: what the funds pay of it.
    lines: Vec<i64>,
    account: i64,
}

pub(super) struct Oracle<'a> {
    pub plan: &'a Plan,
    pub terms: &'a Terms,
    used: Vec<i64>,
    pub claim: &'a Claim,
    /// By line.
    pub rules: Vec<Option<&'a ItemRule>>,
    /// By line: own pay, over the limit, paid first, in scope.
    parts: Vec<[i64; 4]>,
}

/// A claim's lines, the funds and the account.
fn worked<'a>(policy: &'a Policy, claim: &'a Claim) -> (Oracle<'a>, Worked) {
    let plan = policy.plan(claim.date).unwrap();
    let terms = plan.benefits[&claim.benefit].terms(&claim.facts).unwrap();
    let lines = claim.lines.iter();
    let mut oracle = Oracle {
        plan,
        terms,
        used: plan.used(claim),
        claim,
        rules: lines.map(|line| narrowest(plan, terms, line)).collect(),
        parts: Vec::new(),
    };
    oracle.parts = (0..claim.lines.len()).map(|at| oracle.split(at)).collect();
    // Her family's account is a second pocket of hers.
    let family = plan.account.as_ref().is_some_and(|account| account.family);
    let more = if family { claim.family_balance.0 } else { 0 };
    let worked = oracle.funds(claim.balance.0 + more);
    (oracle, worked)
}

/// The rule that names a line most narrowly: its code, the longest beginning, the file's first kind, all.
fn narrowest<'a>(plan: &'a Plan, terms: &Terms, line: &ClaimLine) -> Option<&'a ItemRule> {
    let (items, code) = (&plan.items, line.item.code.as_deref().unwrap_or(""));
    let whole = items.codes.iter().filter(|(name, _)| *name == code);
    let whole = whole.flat_map(|(_, at)| at.iter().map(|at| (3, 0, *at)));
    let begins = items.beginnings.iter();
    let begins = begins.filter(|(name, _)| code.get(..name.len()) == Some(name));
    let begins = begins.map(|(name, at)| (2, name.len(), *at));
    let kinds = items.kinds.iter();
    let kinds = kinds.filter(|(kind, _)| line.item.kinds.are(*kind) == Some(true));
    let kinds = kinds.map(|(_, at)| (1, 0, *at));
    let all = items.all.iter().map(|at| (0, 0, *at));
    let all = whole.chain(begins).chain(kinds).chain(all);
    let holding = all.filter(|(_, _, at)| terms.items.contains(at));
    let best = holding.max_by_key(|(how, long, at)| (*how, *long, Reverse(*at)));
    let best = best.filter(|_| !line.is_consultation_fee);
    best.map(|(_, _, at)| &items.rules[usize::from(at)])
}

/// What lies of each line behind the first so many fen of those that count.
fn behind(lines: &[i64], first: i64, counts: impl Fn(usize) -> bool) -> Vec<i64> {
    stretches(lines, counts, |line| {
        line.end.max(first) - line.start.max(first)
    })
}

/// What lies of each line within the first so many fen of those that count.
fn within(lines: &[i64], first: i64, counts: impl Fn(usize) -> bool) -> Vec<i64> {
    stretches(lines, counts, |line| {
        line.end.min(first) - line.start.min(first)
    })
}

/// Those that count as stretches, one after the other, each cut; the others whole.
fn stretches(
    lines: &[i64],
    counts: impl Fn(usize) -> bool,
    cut: impl Fn(Range<i64>) -> i64,
) -> Vec<i64> {
    let before = |at: usize| (0..at).filter(|at| counts(*at)).map(|at| lines[at]).sum();
    let one = |(at, line): (usize, &i64)| {
        let start: i64 = before(at);
        if counts(at) {
            cut(start..start + line)
        } else {
            *line
        }
    };
    lines.iter().enumerate().map(one).collect()
}

/// A sum by weights: to each its whole fen, and one more to those of the largest rests, of equals to
/// the first.
fn shared_out(sum: i64, weights: &[i64]) -> Vec<i64> {
    let all: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
    assert!(all > 0 || sum == 0, "{sum} of nothing");
    let exact = |weight: &i64| i128::from(sum) * i128::from(*weight);
    let exact: Vec<i128> = weights.iter().map(exact).collect();
    let (all, places) = (all.max(1), 0..weights.len());
    let missing = i128::from(sum) - exact.iter().map(|part| part / all).sum::<i128>();
    let before = |at: usize| {
        let rest = |at: usize| (Reverse(exact[at] % all), at);
        places
            .clone()
            .filter(|other| rest(*other) < rest(at))
            .count()
    };
    let more = |at: usize| i64::from(i128::try_from(before(at)).unwrap() < missing);
    let part = |at: usize| i64::try_from(exact[at] / all).unwrap() + more(at);
    places.clone().map(part).collect()
}

impl Oracle<'_> {
    /// One line, taken apart.
    fn split(&self, at: usize) -> [i64; 4] {
        let (line, rule) = (&self.claim.lines[at], self.rules[at]);
        let amount = line.amount.0;
        if line.is_consultation_fee {
            let in_scope = self.fee_terms().map_or(0, |fee| fee.total.min(amount));
            let own = if self.fee_terms().is_some() {
                0
            } else {
                amount
            };
            return [own, amount - own - in_scope, 0, in_scope];
        }
        let class = rule.and_then(|rule| rule.class).unwrap_or(line.class);
        if class == LineClass::C {
            return [amount, 0, 0, 0];
        }
        let ceiling = rule.and_then(|rule| rule.ceiling).or(line.ceiling);
        let over = ceiling
            .and_then(|unit| unit.amount(line.quantity))
            .map_or(0, |most| (amount - most.0).max(0));
        let rate = match (class, rule.and_then(|rule| rule.pay_first)) {
            (LineClass::B, Some(rate)) => rate,
            (LineClass::B, None) => {
                let listed = line.item.pay_first.map(|rate| rate.0);
                listed.unwrap_or(self.terms.class_b_pay_first)
            }
            _ => 0,
        };
        let first = self.whole(amount - over, rate, 1);
        [0, over, first, amount - over - first]
    }

    /// The terms of a fee of which the fund pays.
    fn fee_terms(&self) -> Option<&crate::plan::Fee> {
        let had = |once: u16| self.used[usize::from(once)] > 0;
        let fee = self.terms.fee.as_ref();
        fee.filter(|fee| !fee.once.is_some_and(had))
    }

    /// The fund's part of the consultation fee, before caps.
    fn fee(&self) -> i64 {
        let line = self.claim.lines.iter().find(|l| l.is_consultation_fee);
        let (Some(line), Some(fee)) = (line, self.fee_terms()) else {
            return 0;
        };
        let most = fee.total - fee.patient;
        most.min(line.amount.0 - fee.patient).max(0)
    }

    /// In scope of each line, of a fee nothing.
    pub fn pooled(&self) -> Vec<i64> {
        let lines = self.claim.lines.iter().zip(&self.parts);
        let pooled = lines.map(|(line, parts)| {
            if line.is_consultation_fee {
                0
            } else {
                parts[3]
            }
        });
        pooled.collect()
    }

    fn sum(&self, part: usize) -> i64 {
        self.parts.iter().map(|parts| parts[part]).sum()
    }

    fn funds(&self, balance: i64) -> Worked {
        let lines = self.pooled();
        let (pooled, fee): (i64, i64) = (lines.iter().sum(), self.fee());
        let account = self.plan.account.as_ref();
        let before = account
            .filter(|a| a.order == Order::First)
            .map_or(0, |_| pooled.min(balance));
        // What is still open: in scope and paid first.
        let mut open = [pooled - before, self.sum(2)];
        let mut all = Vec::new();
        let (mut of_lines, mut fee_paid) = (vec![0; lines.len()], 0);
        for (place, layer) in self.terms.layers.iter().enumerate() {
            let base = if place > 0 && layer.base == Base::PayFirst {
                open[0] + open[1]
            } else {
                open[0]
            };
            let fee = if place == 0 { fee } else { 0 };
            let (worked, of_fee, shares) = if place == 0 && self.is_by_line() {
                self.pool_of_items(layer, before, fee)
            } else {
                let (worked, of_fee) = self.fund(layer, base, fee);
                let shares = self.shares(worked[3] - of_fee, &of_lines);
                (worked, of_fee, shares)
            };
            for (at, share) in shares.into_iter().enumerate() {
                let fee = self.claim.lines[at].is_consultation_fee;
                of_lines[at] += if fee { of_fee } else { share };
            }
            let of_rest = worked[3] - of_fee;
            let second = (of_rest - open[0]).max(0);
            open = [open[0] - (of_rest - second), open[1] - second];
            fee_paid += of_fee;
            all.push(worked);
        }
        let whole_fee = self.sum(3) - pooled;
        let part = |part: &Part| match part {
            Part::InScope => open[0] + whole_fee - fee_paid,
            Part::PayFirst => open[1],
            Part::OverLimit => self.sum(1),
            Part::OwnPay => self.sum(0),
        };
        let after = account.filter(|a| a.order == Order::Last);
        let after = after.map_or(0, |a| a.pays.iter().map(part).sum::<i64>().min(balance));
        Worked {
            funds: all,
            lines: of_lines,
            account: before + after,
        }
    }

    /// A fund's part by what the funds before left in scope of each line, or, where that is less, by
    /// what they left of it and of what was paid first.
    fn shares(&self, sum: i64, had: &[i64]) -> Vec<i64> {
        let (in_scope, places) = (self.pooled(), 0..had.len());
        let left = |at: usize| (in_scope[at] - had[at]).max(0);
        let both = |at: usize| (in_scope[at] + self.parts[at][2] - had[at]).max(0);
        let of: Vec<i64> = places.clone().map(left).collect();
        if of.iter().sum::<i64>() >= sum {
            return shared_out(sum, &of);
        }
        shared_out(sum, &places.map(both).collect::<Vec<_>>())
    }

    /// Whether a line bears no deductible, stands outside caps or has a ratio of its own.
    pub fn is_by_line(&self) -> bool {
        self.own().any(|own| !own.is_plain())
    }

    pub fn own(&self) -> impl Iterator<Item = Own> {
        self.rules.iter().map(|rule| Own::of(*rule))
    }

    fn fund(&self, layer: &Layer, base: i64, fee: i64) -> ([i64; 4], i64) {
        let deductible = self.deductible(layer, base);
        let above = self.cut(base - deductible, &layer.scope);
        let taken = deductible..deductible + above;
        let wanted = self.ratio(layer, &self.pooled(), base, taken);
        let (counted, of_fee, paid) = self.capped(layer, wanted, fee);
        ([deductible, above, counted, paid], of_fee)
    }

    /// The pool where some lines bear no deductible, stand outside caps or have a ratio of their own:
    /// the account and the deductible take the first stretch of those that bear them, caps on the cost
    /// leave the first stretch of those that they hold.
    fn pool_of_items(&self, layer: &Layer, account: i64, fee: i64) -> ([i64; 4], i64, Vec<i64>) {
        let own: Vec<Own> = self.own().collect();
        let bears = |at: usize| own[at].deductible;
        let capped = |at: usize| own[at].cap;
        let sum = |lines: &[i64], of: &dyn Fn(usize) -> bool| -> i64 {
            (0..lines.len())
                .filter(|at| of(*at))
                .map(|at| lines[at])
                .sum()
        };
        let left = behind(&self.pooled(), account, |_| true);
        let deductible = self.deductible(layer, sum(&left, &bears));
        let left = behind(&left, deductible, bears);
        let above = self.cut(sum(&left, &capped), &layer.scope);
        let left = within(&left, above, capped);
        // Those without a ratio of their own, then by the first line of each.
        let mut groups: Vec<_> = own.iter().map(|own| own.group).collect();
        groups.insert(0, None);
        let firsts = |at: &usize| !groups[..*at].contains(&groups[*at]);
        let mut held = Vec::new();
        let (mut outside, mut shares) = (0, vec![0; left.len()]);
        let mut add = |paid: i64, lines: &[i64]| {
            let parts = shared_out(paid, lines).into_iter().zip(&mut shares);
            parts.for_each(|(part, share)| *share += part);
        };
        for group in (0..groups.len()).filter(firsts).map(|at| groups[at]) {
            let of = |at: usize| own[at].group == group;
            let lines: Vec<i64> = (0..left.len())
                .map(|at| if of(at) { left[at] } else { 0 })
                .collect();
            let base = lines.iter().sum();
            let paid = match group {
                None => self.ratio(layer, &lines, base, 0..base),
                Some((_, ratio)) => {
                    let rate = ratio.unwrap_or_else(|| layer.ratio[0].rate);
                    let batch = [base];
                    let rounded = if self.plan.stage == Stage::Batch {
                        &batch[..]
                    } else {
                        &lines
                    };
                    rounded.iter().map(|one| self.part(*one, rate)).sum()
                }
            };
            let holds = group.is_none() || (0..own.len()).any(|at| of(at) && own[at].cap);
            if holds {
                held.push((paid, lines));
            } else {
                add(paid, &lines);
                outside += paid;
            }
        }
        let wanted: Vec<i64> = held.iter().map(|(paid, _)| *paid).collect();
        let (counted, of_fee, paid) = self.capped(layer, wanted.iter().sum(), fee);
        let parts = shared_out(paid - of_fee, &wanted).into_iter().zip(held);
        parts.for_each(|(part, (_, lines))| add(part, &lines));
        let worked = [deductible, above, counted, paid + outside];
        (worked, of_fee, shares)
    }

    fn deductible(&self, layer: &Layer, base: i64) -> i64 {
        if layer.deductible.is_empty() {
            0
        } else {
            self.cut(base, &layer.deductible)
        }
    }

    /// What counts towards caps, the fee's part and all that is paid.
    fn capped(&self, layer: &Layer, wanted: i64, fee: i64) -> (i64, i64, i64) {
        let inside = self.terms.fee.as_ref().is_some_and(|fee| fee.in_cap);
        if inside {
            let counted = self.cut(wanted + fee, &layer.cap);
            return (counted, fee.min(counted), counted);
        }
        let counted = self.cut(wanted, &layer.cap);
        (counted, fee, counted + fee)
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
    fn ratio(&self, layer: &Layer, lines: &[i64], base: i64, taken: Range<i64>) -> i64 {
        let had = layer
            .ratio_by
            .map_or(0, |counter| self.used[usize::from(counter)]);
        let mut end = 0;
        let stretch = |line: &i64| {
            end += line;
            end - line..end
        };
        let mut lines: Vec<Range<i64>> = lines.iter().map(stretch).collect();
        lines.push(end..i64::MAX);
        if self.plan.stage == Stage::Batch {
            let whole = 0..base;
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

    /// A ratio of an amount, in whole units; never more than the amount.
    fn part(&self, amount: i64, rate: i64) -> i64 {
        self.whole(amount, rate, self.plan.unit).min(amount)
    }

    fn whole(&self, amount: i64, rate: i64, fen: i64) -> i64 {
        let exact = i128::from(amount) * i128::from(rate);
        let unit = i128::from(fen) * 1_000_000;
        let (units, rest) = (exact.div_euclid(unit), exact.rem_euclid(unit));
        let up = match self.plan.rounding {
            Rounding::HalfUp => rest * 2 >= unit,
            Rounding::Up => rest > 0,
            Rounding::Down => false,
        };
        let units = i64::try_from(units).unwrap() + i64::from(up);
        units * fen
    }
}

/// Where the evaluator decides, the second way says the same; it and the answer are looked at then.
pub(super) fn agrees(
    policy: &Policy,
    claim: &Claim,
    mut met: impl FnMut(&Oracle<'_>, &Settlement),
) -> Result<Option<Use>, TestCaseError> {
    let Ok(s) = evaluate(policy, claim) else {
        return Ok(None);
    };
    let (oracle, worked) = worked(policy, claim);
    let parts = s.lines.iter();
    let parts = parts.map(|l| [l.own_pay.0, l.over_limit.0, l.pay_first.0, l.in_scope.0]);
    prop_assert_eq!(&parts.collect::<Vec<_>>(), &oracle.parts);
    let of = s.adds.funds.iter().zip(&s.funds);
    let got = of.map(|(of, (_, paid))| [of.deductible.0, of.in_scope.0, of.counted.0, paid.0]);
    prop_assert_eq!(got.collect::<Vec<_>>(), worked.funds);
    let lines: Vec<i64> = s.lines.iter().map(|l| l.fund.0).collect();
    prop_assert_eq!(lines, worked.lines);
    prop_assert_eq!(s.account + s.family_account, Fen(worked.account));
    prop_assert_eq!(s.account, Fen(worked.account).min(claim.balance));
    met(&oracle, &s);
    Ok(Some(s.adds))
}

proptest! {
    #[test]
    fn the_evaluator_agrees_with_another_way_to_work_it_out(region in regions(10)) {
        for claim in &region.claims {
            agrees(&region.policy, claim, |_, _| ())?;
        }
    }

    #[test]
    fn so_it_does_of_one_visit_after_the_other(region in persons(10)) {
        let mut history = Vec::new();
        for mut claim in region.claims {
            claim.history.clone_from(&history);
            history.extend(agrees(&region.policy, &claim, |_, _| ())?);
        }
    }
}
