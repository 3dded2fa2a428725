//! A plan as tables by **class**: kinds of claims for which the same terms hold and the same counters
//! are fed are one class. Where one class has a limit and another has none, it has one that never
//! holds, so that all of them go through the same few passes.

use std::collections::{BTreeMap, BTreeSet};

use crate::cannot::CannotDecide;
use crate::evaluate::{check_disease, terms_of};
use crate::language::form::{Base, By};
use crate::plan::{Layer, Limit, Plan, Terms};
use crate::policy::{Benefit, Policy};

use super::block::Kind;
use super::scan::window;

/// More than any year comes to: a limit that never holds.
pub(super) const NO_LIMIT: i64 = i64::MAX / 4;
/// Limits of one stage that a pass holds.
pub(super) const MOST_SLOTS: usize = 6;

/// All classes. Class 0 is nothing: a reversal, or a claim that is not decided.
#[derive(Clone, Debug)]
pub(super) struct Classes {
    /// By kind.
    pub of_kind: Vec<u16>,
    /// By class: why it is not decided, as [`super::Shares::undecided`]; 0 where it is.
    pub why: Vec<u8>,
    /// The same of a claim with a consultation fee.
    pub why_with_fee: Vec<u8>,
    /// Which columns of times any counter needs.
    pub windows: [bool; 4],
    /// Whether any counter is of a person's one disease.
    pub by_disease: bool,
    /// Whether any kind is not decided.
    pub any_why: bool,
    /// Diseases told apart, none among them.
    pub diseases: u32,
    /// By class.
    pub disease: Vec<u32>,
    /// 10⁻⁶
    pub pay_first: Vec<i64>,
    pub fee: Option<FeeTable>,
    /// The pool, then the others.
    pub funds: Vec<FundTable>,
}

/// 一般诊疗费, by class.
#[derive(Clone, Debug)]
pub(super) struct FeeTable {
    pub total: Vec<i64>,
    pub patient: Vec<i64>,
    /// All ones where the fund's part counts towards caps.
    pub in_cap: Vec<i64>,
    pub once: Stage,
}

/// One fund's numbers, by class.
#[derive(Clone, Debug)]
pub(super) struct FundTable {
    pub base: Base,
    pub deductible: Stage,
    /// Caps on what the ratio is taken of.
    pub scope: Stage,
    pub cap: Stage,
    pub segments: Vec<SegmentTable>,
    /// Whether segments go by a counter.
    pub by_counter: bool,
}

/// From a sum on, a ratio, by class.
#[derive(Clone, Debug)]
pub(super) struct SegmentTable {
    pub above: Vec<i64>,
    /// 10⁻⁶
    pub rate: Vec<i64>,
}

/// Limits of which the narrowest holds.
#[derive(Clone, Debug)]
pub(super) struct Stage {
    /// Of one claim, by class.
    pub visit: Vec<i64>,
    pub slots: Vec<Slot>,
    /// It does the same to every claim as one that nobody wrote.
    pub idle: bool,
}

/// A counter and its limit, by class.
#[derive(Clone, Debug)]
pub(super) struct Slot {
    /// The column of its times.
    pub window: usize,
    pub by: By,
    pub amount: Vec<i64>,
    /// All ones where the class feeds the counter.
    pub feeds: Vec<i64>,
    /// All ones where the class's segments, or its fee, go by it.
    pub before: Vec<i64>,
}

/// Times that the calendar does not cut.
struct NotByColumns;

/// What one class is.
#[derive(PartialEq)]
struct Class<'p> {
    terms: Option<&'p Terms>,
    why: u8,
    why_with_fee: u8,
    /// By counter.
    feeds: Vec<bool>,
    disease: u32,
}

/// Tables of all classes; none where the rules are not of the columns' form.
pub(super) fn classes(policy: &Policy, plan: &Plan, kinds: &[Kind]) -> Option<Classes> {
    let mut codes: Vec<&Option<String>> = vec![&None];
    let mut list = vec![Class {
        terms: None,
        why: 0,
        why_with_fee: 0,
        feeds: vec![false; plan.counters.len()],
        disease: 0,
    }];
    let mut of_kind = Vec::new();
    for kind in kinds {
        let code = &kind.facts.disease;
        let disease = u32::try_from(place(&mut codes, code)).ok()?;
        let class = class(policy, plan, kind, disease);
        of_kind.push(u16::try_from(place(&mut list, class)).ok()?);
    }
    let places = list.iter().filter_map(|class| class.terms);
    let places = places.flat_map(|terms| terms.layers.iter().map(|layer| layer.place));
    let most = places.max().unwrap_or(0);
    if !of_one_place_each(&list) {
        return None;
    }
    let funds = (0..=most).map(|place| fund(plan, &list, place));
    let funds: Vec<FundTable> = funds.collect::<Option<_>>()?;
    let fee = fee(plan, &list).ok()?;
    let (windows, by_disease) = asked(&funds, fee.as_ref());
    Some(Classes {
        windows,
        by_disease,
        any_why: list.iter().any(|class| class.why > 0),
        of_kind,
        why: list.iter().map(|class| class.why).collect(),
        why_with_fee: list.iter().map(|class| class.why_with_fee).collect(),
        diseases: u32::try_from(codes.len()).ok()?,
        disease: list.iter().map(|class| class.disease).collect(),
        pay_first: by_class(&list, |terms| terms.class_b_pay_first, 0),
        fee,
        funds,
    })
}

/// The columns that the slots read: of which times, and whether of diseases.
fn asked(funds: &[FundTable], fee: Option<&FeeTable>) -> ([bool; 4], bool) {
    let stages = funds
        .iter()
        .flat_map(|fund| [&fund.deductible, &fund.scope, &fund.cap]);
    let stages = stages.chain(fee.map(|fee| &fee.once));
    let (mut windows, mut by_disease) = ([false; 4], false);
    for slot in stages.flat_map(|stage| &stage.slots) {
        windows[slot.window] = true;
        by_disease |= slot.by == By::Disease;
    }
    (windows, by_disease)
}

/// Whether each fund stands in one place: else its counters go through two stages.
fn of_one_place_each(list: &[Class<'_>]) -> bool {
    let mut places = BTreeMap::new();
    let mut layers = list
        .iter()
        .filter_map(|class| class.terms)
        .flat_map(|t| &t.layers);
    layers.all(|layer| *places.entry(layer.fund).or_insert(layer.place) == layer.place)
}

/// Where something stands in a list; it is added where it does not.
fn place<T: PartialEq>(all: &mut Vec<T>, one: T) -> usize {
    all.iter()
        .position(|known| *known == one)
        .unwrap_or_else(|| {
            all.push(one);
            all.len() - 1
        })
}

fn class<'p>(policy: &Policy, plan: &'p Plan, kind: &Kind, disease: u32) -> Class<'p> {
    let benefit = plan.benefits.get(&kind.benefit);
    let benefit = benefit.ok_or(CannotDecide::NoBenefit(kind.benefit));
    let terms = benefit.and_then(|rules| terms_of(policy, kind.benefit, rules, &kind.facts));
    let disease_code = kind.facts.disease.as_deref();
    let terms = terms.and_then(|terms| {
        check_disease(policy, kind.benefit, disease_code)?;
        Ok(terms)
    });
    let why = terms.as_ref().err().map_or(0, CannotDecide::number);
    let fee = match kind.benefit {
        Benefit::General if plan.has_fee() => 0,
        Benefit::General => CannotDecide::NoConsultationFee.number(),
        _ => CannotDecide::ConsultationFeeElsewhere.number(),
    };
    let feeds = plan.counters.iter();
    let feeds = feeds.map(|c| terms.is_ok() && c.is_fed_by(kind.benefit, &kind.facts));
    Class {
        why,
        why_with_fee: if why == 0 { fee } else { why },
        feeds: feeds.collect(),
        terms: terms.ok(),
        disease,
    }
}

fn by_class(list: &[Class<'_>], value: impl Fn(&Terms) -> i64, none: i64) -> Vec<i64> {
    list.iter()
        .map(|class| class.terms.map_or(none, &value))
        .collect()
}

fn mask(list: &[Class<'_>], holds: impl Fn(&Class<'_>) -> bool) -> Vec<i64> {
    list.iter().map(|class| -i64::from(holds(class))).collect()
}

fn fee(plan: &Plan, list: &[Class<'_>]) -> Result<Option<FeeTable>, NotByColumns> {
    let fees = list.iter().filter_map(|class| class.terms?.fee.as_ref());
    let once: BTreeSet<u16> = fees.clone().filter_map(|fee| fee.once).collect();
    if fees.clone().next().is_none() {
        return Ok(None);
    }
    let of = |value: fn(&crate::plan::Fee) -> i64| {
        by_class(list, |terms| terms.fee.as_ref().map_or(0, value), 0)
    };
    let once = once.into_iter().map(|counter| {
        let goes_by = |class: &Class<'_>| {
            class.terms.and_then(|terms| terms.fee.as_ref()?.once) == Some(counter)
        };
        Some(Slot {
            before: mask(list, goes_by),
            ..slot(plan, list, counter, Vec::new())?
        })
    });
    let slots = once.collect::<Option<_>>().ok_or(NotByColumns)?;
    Ok(Some(FeeTable {
        total: of(|fee| fee.total),
        patient: of(|fee| fee.patient),
        in_cap: of(|fee| -i64::from(fee.in_cap)),
        once: Stage {
            visit: vec![NO_LIMIT; list.len()],
            slots,
            idle: false,
        },
    }))
}

fn layer<'p>(class: &Class<'p>, place: usize) -> Option<&'p Layer> {
    class
        .terms?
        .layers
        .iter()
        .find(|layer| layer.place == place)
}

fn fund(plan: &Plan, list: &[Class<'_>], place: usize) -> Option<FundTable> {
    let base = list.iter().find_map(|class| layer(class, place));
    let stage = |limits: fn(&Layer) -> &[Limit], none, by: fn(&Layer) -> Option<u16>| {
        stage(plan, list, place, limits, none, by)
    };
    let most = list.iter().filter_map(|class| layer(class, place));
    let most = most.map(|layer| layer.ratio.len()).max().unwrap_or(0);
    let segments = (0..most).map(|at| {
        let of = |value: fn(&crate::plan::Segment) -> i64, none: i64| {
            let of = list.iter().map(|class| layer(class, place)?.ratio.get(at));
            of.map(|segment| segment.map_or(none, value)).collect()
        };
        SegmentTable {
            above: of(|segment| segment.above, NO_LIMIT),
            rate: of(|segment| segment.rate, 0),
        }
    });
    let none = |_: &Layer| None;
    Some(FundTable {
        base: base.map_or(Base::InScope, |layer| layer.base),
        // Where there is no deductible, one of nothing.
        deductible: stage(|layer| &layer.deductible, 0, none)?,
        scope: stage(|layer| &layer.scope, NO_LIMIT, |layer| layer.ratio_by)?,
        cap: stage(|layer| &layer.cap, NO_LIMIT, none)?,
        segments: segments.collect(),
        by_counter: list
            .iter()
            .filter_map(|class| layer(class, place))
            .any(|l| l.ratio_by.is_some()),
    })
}

fn limits_of<'p>(class: &Class<'p>, place: usize, limits: fn(&Layer) -> &[Limit]) -> &'p [Limit] {
    layer(class, place).map_or(&[], limits)
}

/// The limits of a stage of all classes: for each counter that any of them goes by one slot.
fn stage(
    plan: &Plan,
    list: &[Class<'_>],
    place: usize,
    limits: fn(&Layer) -> &[Limit],
    none: i64,
    segments_by: fn(&Layer) -> Option<u16>,
) -> Option<Stage> {
    let of = |class| limits_of(class, place, limits);
    let visit = list.iter().map(|class| {
        let own = of(class).iter().filter(|limit| limit.counter.is_none());
        let least = own.map(|limit| limit.amount).min();
        let none = if of(class).is_empty() { none } else { NO_LIMIT };
        least.unwrap_or(none)
    });
    let by = |class: &Class<'_>| layer(class, place).and_then(segments_by);
    let counters = list.iter().flat_map(|class| {
        let limits = of(class).iter().filter_map(|limit| limit.counter);
        limits.chain(by(class))
    });
    let counters: BTreeSet<u16> = counters.collect();
    let slots = counters.iter().map(|counter| {
        let amount = list.iter().map(|class| {
            let own = of(class)
                .iter()
                .filter(|limit| limit.counter == Some(*counter));
            own.map(|limit| limit.amount).min().unwrap_or(NO_LIMIT)
        });
        let has = |class: &Class<'_>| layer(class, place).is_some();
        let mut slot = slot(plan, list, *counter, amount.collect())?;
        for (feeds, class) in slot.feeds.iter_mut().zip(list) {
            *feeds &= -i64::from(has(class));
        }
        slot.before = mask(list, |class| by(class) == Some(*counter));
        Some(slot)
    });
    let slots: Vec<Slot> = slots.collect::<Option<_>>()?;
    let visit: Vec<i64> = visit.collect();
    (slots.len() <= MOST_SLOTS).then(|| Stage {
        idle: slots.is_empty() && visit.iter().all(|amount| *amount == none),
        visit,
        slots,
    })
}

/// None where its times are not cut by the calendar.
fn slot(plan: &Plan, list: &[Class<'_>], counter: u16, amount: Vec<i64>) -> Option<Slot> {
    let at = usize::from(counter);
    Some(Slot {
        window: window(plan.counters[at].per)?,
        by: plan.counters[at].by,
        amount,
        feeds: mask(list, |class| class.feeds[at]),
        before: vec![0; list.len()],
    })
}
