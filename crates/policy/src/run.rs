//! The evaluator: what the lines come to, what each fund pays, who pays the rest.
//!
//! A fund is always the same four stages, each of them a minimum: the deductible takes what its
//! limits leave, caps on the cost take the excess off, the ratio is applied, caps on the fund hold.
//! Explaining is the same code with another [`Sink`]; without one nothing of it is compiled in.

use cunyi_domain::money::{Fen, Rate, Rounding, div_round_i64};

use crate::explain::{Rule, Step};
use crate::language::form::{Base, Order, Part, Stage};
use crate::plan::{Account, Layer, Limit, Plan, Terms};

/// Most funds a batch goes through.
pub(crate) const MOST_FUNDS: usize = 7;

/// Where steps go.
pub(crate) trait Sink {
    /// Takes a step, which is not even made where nobody asks.
    fn step(&mut self, step: impl FnOnce() -> Step);
}

/// Nobody asks.
pub(crate) struct Silent;

impl Sink for Silent {
    #[inline(always)]
    fn step(&mut self, _step: impl FnOnce() -> Step) {}
}

impl Sink for Vec<Step> {
    fn step(&mut self, step: impl FnOnce() -> Step) {
        self.push(step());
    }
}

/// What a batch's lines come to, in fen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Totals {
    pub own_pay: i64,
    pub over_limit: i64,
    pub pay_first: i64,
    /// In scope, for deductible and ratio.
    pub pooled: i64,
    /// In scope of a consultation fee, which has a rule of its own.
    pub fee: i64,
    /// The fund's part of it.
    pub fee_fund: i64,
}

/// Who pays, in fen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Paid {
    /// Each fund in the plan's order; the first is the pool, with the fee.
    pub funds: [OfFund; MOST_FUNDS],
    /// 个人账户
    pub account: i64,
    /// 家庭共济账户
    pub family: i64,
}

/// One fund's part, in fen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct OfFund {
    pub deductible: i64,
    /// What the ratio was taken of.
    pub above: i64,
    /// What counts towards its caps.
    pub counted: i64,
    /// The consultation fee's part.
    pub fee: i64,
    /// All it pays.
    pub paid: i64,
}

/// What a plan is run with.
pub(crate) struct Run<'a> {
    pub plan: &'a Plan,
    pub terms: &'a Terms,
    /// By counter.
    pub used: &'a [i64],
    /// What each line gives to the pool, in order: asked for where lines are rounded.
    pub lines: &'a [i64],
    /// What the account has, and what her family's has.
    pub balance: [i64; 2],
}

impl Run<'_> {
    /// Shares a batch out.
    #[inline]
    pub fn run<S: Sink>(&self, totals: &Totals, sink: &mut S) -> Paid {
        self.run_with(totals, sink, |layer, base, sink| {
            self.fund(layer, base, totals.fee_fund, sink)
        })
    }

    /// The same, with what the pool makes of its base.
    #[inline]
    pub fn run_with<S: Sink>(
        &self,
        totals: &Totals,
        sink: &mut S,
        pool: impl FnOnce(&Layer, i64, &mut S) -> OfFund,
    ) -> Paid {
        let mut paid = Paid::default();
        let mut pooled = totals.pooled;
        let account = self.plan.account.as_ref();
        if let Some(account) = account.filter(|a| a.order == Order::First) {
            [paid.account, paid.family] = self.accounts(account, totals, pooled, sink);
            pooled -= paid.account + paid.family;
        }
        // What the funds before left of what is in scope, and of what was paid first.
        let (mut left, mut first) = (pooled, totals.pay_first);
        let mut layers = self.terms.layers.iter();
        if let Some(layer) = layers.next() {
            paid.funds[0] = pool(layer, pooled, sink);
            left -= paid.funds[0].paid - paid.funds[0].fee;
        }
        for (layer, into) in layers.zip(&mut paid.funds[1..]) {
            let base = match layer.base {
                Base::InScope => left,
                Base::PayFirst => left + first,
            };
            *into = self.fund(layer, base, 0, sink);
            let in_scope = into.paid.min(left);
            left -= in_scope;
            first -= into.paid - in_scope;
        }
        if let Some(account) = account.filter(|a| a.order == Order::Last) {
            let in_scope = left + totals.fee - paid.funds[0].fee;
            let rest = Totals {
                pay_first: first,
                ..*totals
            };
            [paid.account, paid.family] = self.accounts(account, &rest, in_scope, sink);
        }
        paid
    }

    #[inline]
    fn fund<S: Sink>(&self, layer: &Layer, base: i64, fee: i64, sink: &mut S) -> OfFund {
        let deductible = self.deductible(layer, base, sink);
        let above = base - deductible;
        let above = self.least(layer, &layer.scope, Rule::CapInScope, above, sink);
        let wanted = self.ratio(layer, self.lines, deductible, above, sink);
        let (counted, fee, paid) = self.capped(layer, wanted, fee, sink);
        OfFund {
            deductible,
            above,
            counted,
            fee,
            paid,
        }
    }

    /// What the patient bears of it first.
    #[inline]
    pub fn deductible<S: Sink>(&self, layer: &Layer, base: i64, sink: &mut S) -> i64 {
        if layer.deductible.is_empty() {
            return 0;
        }
        self.least(layer, &layer.deductible, Rule::Deductible, base, sink)
    }

    /// What the caps leave of what the ratio made and of the fee: what of it counts towards them, the
    /// fee, all.
    #[inline]
    pub fn capped<S: Sink>(
        &self,
        layer: &Layer,
        wanted: i64,
        fee: i64,
        sink: &mut S,
    ) -> (i64, i64, i64) {
        let fee_counts = self.terms.fee.as_ref().is_some_and(|fee| fee.in_cap);
        let counted = wanted + if fee_counts { fee } else { 0 };
        let counted = self.least(layer, &layer.cap, Rule::Cap, counted, sink);
        // What is left of a cap goes to the fee first.
        let fee = if fee_counts { fee.min(counted) } else { fee };
        let paid = if fee_counts { counted } else { counted + fee };
        (counted, fee, paid)
    }

    /// The least of an amount and of what each limit leaves.
    #[inline]
    pub fn least<S: Sink>(
        &self,
        layer: &Layer,
        limits: &[Limit],
        rule: Rule,
        amount: i64,
        sink: &mut S,
    ) -> i64 {
        let room = |limit: &Limit| {
            let used = limit.counter.map_or(0, |c| self.used[usize::from(c)]);
            (limit.amount - used).max(0)
        };
        let least = limits.iter().map(room).fold(amount, i64::min);
        for limit in limits {
            sink.step(|| Step {
                rule,
                fund: layer.fund,
                at: limit.rule,
                per: limit
                    .counter
                    .map(|c| self.plan.counters[usize::from(c)].per),
                line: None,
                base: Fen(amount),
                rate: None,
                left: Some((Fen(room(limit)), Fen(room(limit) - least))),
                result: Fen(least),
            });
        }
        least
    }

    /// What the ratio makes of an amount of these lines, of which the first `skipped` are not in it.
    #[inline]
    pub fn ratio<S: Sink>(
        &self,
        layer: &Layer,
        lines: &[i64],
        skipped: i64,
        above: i64,
        sink: &mut S,
    ) -> i64 {
        let before = layer.ratio_by.map_or(0, |c| self.used[usize::from(c)]);
        let mut wanted = 0;
        for (place, segment) in layer.ratio.iter().enumerate() {
            let end = layer
                .ratio
                .get(place + 1)
                .map_or(i64::MAX, |next| next.above);
            // What of [before, before + above] lies in this segment.
            let from = segment.above.max(before);
            let part = (before + above).min(end) - from;
            if part <= 0 && layer.ratio.len() > 1 {
                continue;
            }
            let skipped = skipped + from - before;
            let paid = self.rounded(lines, part.max(0), segment.rate, skipped);
            sink.step(|| Step {
                rule: Rule::Ratio,
                fund: layer.fund,
                at: segment.rule,
                per: None,
                line: None,
                base: Fen(part.max(0)),
                rate: Some(Rate(segment.rate)),
                left: None,
                result: Fen(paid),
            });
            wanted += paid;
        }
        wanted
    }

    /// A part of an amount, rounded as the region does; never more than the amount.
    #[inline]
    pub fn rounded(&self, lines: &[i64], amount: i64, rate: i64, skipped: i64) -> i64 {
        let plan = self.plan;
        let one = |amount: i64| {
            let divisor = 1_000_000 * plan.unit;
            (div_round_i64(amount * rate, divisor, plan.rounding) * plan.unit).min(amount)
        };
        if plan.stage == Stage::Batch || lines.is_empty() {
            return one(amount);
        }
        // The deductible and the segments before took the first lines.
        let (mut skip, mut left) = (skipped, amount);
        let mut sum = 0;
        for line in lines {
            let here = (line - skip).clamp(0, left);
            skip = (skip - line).max(0);
            left -= here;
            sum += one(here);
        }
        // What was paid first is no line's, and a fund after the pool may pay of it.
        sum + one(left)
    }

    /// What her account pays, and what her family's pays of what it leaves.
    fn accounts<S: Sink>(
        &self,
        account: &Account,
        totals: &Totals,
        in_scope: i64,
        sink: &mut S,
    ) -> [i64; 2] {
        let parts = account.pays.iter().map(|part| match part {
            Part::InScope => in_scope,
            Part::PayFirst => totals.pay_first,
            Part::OverLimit => totals.over_limit,
            Part::OwnPay => totals.own_pay,
        });
        let may = match account.order {
            Order::First => in_scope,
            Order::Last => parts.sum(),
        };
        let mut pay = |rule, may: i64, balance: i64| {
            let paid = may.min(balance);
            sink.step(|| Step {
                rule,
                fund: crate::language::form::FundName::Pool,
                at: account.rule,
                per: None,
                line: None,
                base: Fen(may),
                rate: None,
                left: Some((Fen(balance), Fen(balance - paid))),
                result: Fen(paid),
            });
            paid
        };
        let [own, family] = self.balance;
        let own = pay(Rule::Account, may, own);
        if account.family {
            [own, pay(Rule::FamilyAccount, may - own, family)]
        } else {
            [own, 0]
        }
    }
}

/// 乙类先行自付, rounded to the fen.
pub(crate) fn pay_first(amount: i64, rate: i64, mode: Rounding) -> i64 {
    div_round_i64(amount * rate, 1_000_000, mode)
}
