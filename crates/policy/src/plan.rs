//! A region's rules, compiled: for each profile of a claim the numbers that hold, resolved.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use cunyi_domain::money::Rounding;

use crate::items::Items;
use crate::language::facet::{Cut, Facet, Facts, When};
use crate::language::form::{Base, By, FundName, Order, Part, Per, Stage};
use crate::policy::Benefit;

/// The rules of one year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Plan {
    pub benefits: BTreeMap<Benefit, BenefitPlan>,
    /// What holds for single items.
    pub items: Items,
    /// What is counted over more than one claim.
    pub counters: Vec<Counter>,
    /// Where each rule stands: its path in the file and its line.
    pub rules: Arc<[RuleAt]>,
    pub rounding: Rounding,
    /// In fen.
    pub unit: i64,
    pub stage: Stage,
    pub account: Option<Account>,
}

/// A rule by its place in the file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RuleAt {
    /// `benefit.general.cap`
    pub path: String,
    /// Its line.
    pub line: usize,
}

/// Which account pays when, and what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Account {
    pub order: Order,
    pub pays: BTreeSet<Part>,
    /// 家庭共济
    pub family: bool,
    pub rule: u16,
}

/// What a limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Measure {
    /// The deductible borne.
    Deductible,
    /// What the ratio was taken of.
    InScope,
    /// What the fund paid, as far as it counts.
    Fund,
    /// Consultation fees of which the fund had a part to pay, whatever its caps left of it.
    Fees,
}

/// A named sum over claims: what it counts, of what time, whose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counter {
    /// Of which fund.
    pub fund: FundName,
    /// What of it.
    pub of: Measure,
    /// When it begins anew.
    pub per: Per,
    /// Whose it is.
    pub by: By,
    /// Which benefits feed it.
    pub benefits: Vec<Benefit>,
    /// Only what was settled there.
    pub(crate) within: When,
}

/// One benefit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BenefitPlan {
    /// What its rules ask for, and how that is cut.
    pub facets: Vec<(Facet, Cut)>,
    /// Each combination's terms; none where it has no such benefit.
    pub profiles: Vec<Option<u16>>,
    pub terms: Vec<Terms>,
}

/// What holds for one profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Terms {
    /// 10⁻⁶
    pub class_b_pay_first: i64,
    pub class_b_rule: u16,
    pub fee: Option<Fee>,
    /// The rules of [`Plan::items`] that hold.
    pub items: Vec<u16>,
    /// The pool, then the other funds.
    pub layers: Vec<Layer>,
    /// Nobody is sure of one of the values.
    pub unsure: bool,
}

/// 一般诊疗费
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fee {
    pub total: i64,
    pub patient: i64,
    pub in_cap: bool,
    pub once: Option<u16>,
    pub rule: u16,
}

/// One fund.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Layer {
    pub fund: FundName,
    /// 0 of the pool, then the funds in the file's order: the same fund in other terms.
    pub place: usize,
    pub base: Base,
    pub deductible: Vec<Limit>,
    /// Caps on what the ratio is taken of.
    pub scope: Vec<Limit>,
    pub ratio: Vec<Segment>,
    /// The counter that segments go by; none where they are of one claim.
    pub ratio_by: Option<u16>,
    /// Caps on what the fund pays.
    pub cap: Vec<Limit>,
}

/// At most so much, less what the counter has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limit {
    /// None: of one claim.
    pub counter: Option<u16>,
    pub amount: i64,
    pub rule: u16,
}

/// From a sum on, a ratio.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Segment {
    pub above: i64,
    /// 10⁻⁶
    pub rate: i64,
    pub rule: u16,
}

/// Why a claim has no terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NoTerms {
    /// The rules ask for this and the claim does not say, or says what no rule knows.
    Unknown(Facet),
    /// Outside `where`.
    Outside,
}

impl Plan {
    /// Whether the file knows 一般诊疗费.
    pub fn has_fee(&self) -> bool {
        let mut terms = self.benefits.values().flat_map(|b| &b.terms);
        terms.any(|terms| terms.fee.is_some())
    }
}

impl BenefitPlan {
    /// The terms of a claim.
    pub fn terms(&self, facts: &Facts) -> Result<&Terms, NoTerms> {
        let mut place = 0;
        for (facet, cut) in &self.facets {
            let part = cut.part(*facet, facts).ok_or(NoTerms::Unknown(*facet))?;
            place = place * cut.len() + part;
        }
        let found = self.profiles.get(place).copied().flatten();
        let found = found.and_then(|at| self.terms.get(usize::from(at)));
        found.ok_or(NoTerms::Outside)
    }
}
