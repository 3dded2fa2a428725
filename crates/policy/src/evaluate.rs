//! The pipeline: class → ceiling → pay-first → fee → deductible → ratio → caps → shares.

use std::collections::BTreeSet;
use std::fmt;

use cunyi_domain::money::{Fen, Rate, apportion};

use crate::claim::{Claim, ClaimLine, LineClass, Used};
use crate::policy::{Benefit, Confirmation, ConsultationFee, Deductible, Level, Policy, Terms};
use crate::settlement::{Certainty, LineShare, Rule, Settlement, Step, Why};

/// Why the rules give no answer: something is missing or contradicts itself. Never a zero instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CannotDecide {
    /// The claim's scheme is not the policy's.
    OtherScheme,
    /// The rules are not in force on the day of service.
    NotInForce,
    /// The scheme does not have this benefit.
    NoBenefit(Benefit),
    /// The benefit is not given at this level.
    NoLevel(Level),
    /// The benefit wants a disease code.
    DiseaseMissing,
    /// The benefit does not cover this disease code.
    DiseaseNotCovered(String),
    /// The file says nothing about 一般诊疗费.
    NoConsultationFee,
    /// 一般诊疗费 does not belong to this benefit.
    ConsultationFeeElsewhere,
    /// 一般诊疗费 more than once: duplicate charging.
    ConsultationFeeTwice,
    /// Two lines have the same id.
    SameLineTwice(String),
    /// The line's amount is not price × quantity, is negative or beyond every measure.
    BadAmount(String),
    /// An accumulator is negative or beyond every measure.
    BadAccumulator,
}

impl CannotDecide {
    /// Its stable code; the words stand under `cannot-<code>`.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::OtherScheme => "other-scheme",
            Self::NotInForce => "not-in-force",
            Self::NoBenefit(_) => "no-benefit",
            Self::NoLevel(_) => "no-level",
            Self::DiseaseMissing => "disease-missing",
            Self::DiseaseNotCovered(_) => "disease-not-covered",
            Self::NoConsultationFee => "no-consultation-fee",
            Self::ConsultationFeeElsewhere => "consultation-fee-elsewhere",
            Self::ConsultationFeeTwice => "consultation-fee-twice",
            Self::SameLineTwice(_) => "same-line-twice",
            Self::BadAmount(_) => "bad-amount",
            Self::BadAccumulator => "bad-accumulator",
        }
    }

    /// Every code there is.
    pub const CODES: [&str; 12] = [
        "other-scheme",
        "not-in-force",
        "no-benefit",
        "no-level",
        "disease-missing",
        "disease-not-covered",
        "no-consultation-fee",
        "consultation-fee-elsewhere",
        "consultation-fee-twice",
        "same-line-twice",
        "bad-amount",
        "bad-accumulator",
    ];

    /// What it is about, where the words name it: a disease code, a benefit, a level, a line.
    pub fn about(&self) -> String {
        match self {
            Self::NoBenefit(benefit) => benefit.to_string(),
            Self::NoLevel(level) => level.to_string(),
            Self::DiseaseNotCovered(text) | Self::SameLineTwice(text) | Self::BadAmount(text) => {
                text.clone()
            }
            _ => String::new(),
        }
    }
}

impl fmt::Display for CannotDecide {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherScheme => f.write_str("参保险种与政策险种不一致"),
            Self::NotInForce => f.write_str("就诊日期不在政策有效期内"),
            Self::NoBenefit(benefit) => write!(f, "该险种没有此项待遇（{benefit}）"),
            Self::NoLevel(level) => write!(f, "该级别机构不享受此项待遇（{level}）"),
            Self::DiseaseMissing => f.write_str("此项待遇必须填写病种编码"),
            Self::DiseaseNotCovered(code) => write!(f, "病种编码 {code} 不在此项待遇范围内"),
            Self::NoConsultationFee => f.write_str("政策文件未规定一般诊疗费"),
            Self::ConsultationFeeElsewhere => f.write_str("一般诊疗费不属于此项待遇"),
            Self::ConsultationFeeTwice => f.write_str("一般诊疗费重复收取"),
            Self::SameLineTwice(id) => write!(f, "费用明细流水号 {id} 重复"),
            Self::BadAmount(id) => write!(f, "费用明细 {id} 的金额与单价×数量不符或超出范围"),
            Self::BadAccumulator => f.write_str("年度累计金额无效"),
        }
    }
}

impl std::error::Error for CannotDecide {}

/// Ten billion yuan: no line and no accumulator is more, and a thousand of them fit well.
const MOST: i64 = 1_000_000_000_000;

/// More lines than any fee list.
const MOST_LINES: usize = 1_000;

/// What the fund pays of a batch, and why.
///
/// # Errors
/// When the file or the claim leaves something open.
pub fn evaluate(policy: &Policy, claim: &Claim) -> Result<Settlement, CannotDecide> {
    let terms = applicable(policy, claim)?;
    check_numbers(claim)?;
    let fee = consultation_fee(policy, claim)?;
    let mut steps = Vec::new();
    let splits: Vec<Split> = claim
        .lines
        .iter()
        .map(|line| split(policy, fee, line, &mut steps))
        .collect();
    let pooled: Vec<i64> = splits.iter().map(|s| s.pooled().0).collect();
    let base = Fen(pooled.iter().sum());
    let deductible = deductible(&terms.deductible, base, claim.used, &mut steps);
    let above = base - deductible;
    let wanted = above.times(terms.ratio, policy.rounding);
    let rate = Some(terms.ratio);
    steps.push(Step {
        rate,
        ..Step::new(Rule::Ratio, above, wanted)
    });
    let fee_wanted: Fen = splits.iter().filter_map(|s| s.fee_fund).sum();
    let fee_capped = fee.is_some_and(|fee| fee.in_cap);
    let counted = wanted + if fee_capped { fee_wanted } else { Fen::ZERO };
    let counted = capped(policy, &terms, claim.used, counted, &mut steps);
    let fee_fund = if fee_capped {
        fee_wanted.min(counted)
    } else {
        fee_wanted
    };
    let pool = if fee_capped {
        counted - fee_fund
    } else {
        counted
    };
    let fed = Used {
        fund_this_year: counted,
        benefit_fund_this_year: counted,
        deductible_this_year: deductible,
    };
    let lines = share(claim, &splits, &apportion(pool, &pooled), fee_fund);
    let certainty = certainty(policy, &terms, claim);
    Ok(assemble(
        terms.ratio,
        lines,
        deductible,
        fed,
        certainty,
        steps,
    ))
}

/// The terms that hold for the claim.
fn applicable(policy: &Policy, claim: &Claim) -> Result<Terms, CannotDecide> {
    if policy.scheme != claim.scheme {
        return Err(CannotDecide::OtherScheme);
    }
    if !policy.valid.holds(claim.date) {
        return Err(CannotDecide::NotInForce);
    }
    let rules = policy
        .benefit
        .get(&claim.benefit)
        .ok_or(CannotDecide::NoBenefit(claim.benefit))?;
    match &claim.disease_code {
        None if !rules.diseases.is_empty() => return Err(CannotDecide::DiseaseMissing),
        Some(code) if !rules.diseases.iter().any(|d| d.code == *code) => {
            return Err(CannotDecide::DiseaseNotCovered(code.clone()));
        }
        _ => {}
    }
    rules
        .level
        .get(&claim.level)
        .copied()
        .ok_or(CannotDecide::NoLevel(claim.level))
}

/// How one line splits, whatever becomes of its batch: what 2204 answers. `fund` is zero.
///
/// # Errors
/// When the line's amount is not its price × quantity.
pub fn classify(policy: &Policy, line: &ClaimLine) -> Result<LineShare, CannotDecide> {
    if !sound(line) {
        return Err(CannotDecide::BadAmount(line.id.clone()));
    }
    let fee = policy.consultation_fee.filter(|_| line.is_consultation_fee);
    let split = split(policy, fee, line, &mut Vec::new());
    Ok(split.share(line, Fen::ZERO))
}

fn sound(line: &ClaimLine) -> bool {
    line.quantity.0 > 0
        && (0..=MOST).contains(&line.amount.0)
        && line.price.amount(line.quantity) == Some(line.amount)
        && line.ceiling.is_none_or(|ceiling| ceiling.0 >= 0)
}

fn check_numbers(claim: &Claim) -> Result<(), CannotDecide> {
    let used = claim.used;
    let sums = [
        used.fund_this_year,
        used.benefit_fund_this_year,
        used.deductible_this_year,
    ];
    if sums.iter().any(|sum| !(0..=MOST).contains(&sum.0)) {
        return Err(CannotDecide::BadAccumulator);
    }
    let mut seen = BTreeSet::new();
    for (i, line) in claim.lines.iter().enumerate() {
        if i >= MOST_LINES || !sound(line) {
            return Err(CannotDecide::BadAmount(line.id.clone()));
        }
        if !seen.insert(&line.id) {
            return Err(CannotDecide::SameLineTwice(line.id.clone()));
        }
    }
    Ok(())
}

/// The fee's rule, if the claim has the fee.
fn consultation_fee(
    policy: &Policy,
    claim: &Claim,
) -> Result<Option<ConsultationFee>, CannotDecide> {
    match claim.lines.iter().filter(|l| l.is_consultation_fee).count() {
        0 => Ok(None),
        1 if claim.benefit == Benefit::General => policy
            .consultation_fee
            .map(Some)
            .ok_or(CannotDecide::NoConsultationFee),
        1 => Err(CannotDecide::ConsultationFeeElsewhere),
        _ => Err(CannotDecide::ConsultationFeeTwice),
    }
}

/// One line, taken apart.
#[derive(Default)]
struct Split {
    own_pay: Fen,
    over_limit: Fen,
    pay_first: Fen,
    in_scope: Fen,
    /// The fund's part of a consultation fee; such a line takes no part in deductible and ratio.
    fee_fund: Option<Fen>,
}

impl Split {
    fn share(&self, line: &ClaimLine, fund: Fen) -> LineShare {
        LineShare {
            id: line.id.clone(),
            own_pay: self.own_pay,
            over_limit: self.over_limit,
            pay_first: self.pay_first,
            in_scope: self.in_scope,
            fund,
        }
    }

    /// What goes to deductible and ratio.
    fn pooled(&self) -> Fen {
        if self.fee_fund.is_some() {
            Fen::ZERO
        } else {
            self.in_scope
        }
    }
}

fn split(
    policy: &Policy,
    fee: Option<ConsultationFee>,
    line: &ClaimLine,
    steps: &mut Vec<Step>,
) -> Split {
    if let Some(fee) = fee.filter(|_| line.is_consultation_fee) {
        return split_fee(fee, line, steps);
    }
    let mut step = |rule, base, rate, result| {
        let line = Some(line.id.clone());
        steps.push(Step {
            line,
            rate,
            ..Step::new(rule, base, result)
        });
    };
    if line.class == LineClass::C {
        step(Rule::OwnPay, line.amount, Some(Rate::ONE), line.amount);
        return Split {
            own_pay: line.amount,
            ..Split::default()
        };
    }
    // A ceiling too large to multiply limits nothing.
    let allowed = line
        .ceiling
        .and_then(|c| c.amount(line.quantity))
        .unwrap_or(line.amount);
    let allowed = allowed.min(line.amount);
    let over_limit = line.amount - allowed;
    if over_limit > Fen::ZERO {
        step(Rule::Ceiling, line.amount, None, over_limit);
    }
    let pay_first = if line.class == LineClass::B {
        let pay_first = allowed.times(policy.class_b_pay_first, policy.rounding);
        step(
            Rule::PayFirst,
            allowed,
            Some(policy.class_b_pay_first),
            pay_first,
        );
        pay_first
    } else {
        Fen::ZERO
    };
    Split {
        over_limit,
        pay_first,
        in_scope: allowed - pay_first,
        ..Split::default()
    }
}

fn split_fee(fee: ConsultationFee, line: &ClaimLine, steps: &mut Vec<Step>) -> Split {
    let in_scope = line.amount.min(fee.total);
    let fee_fund = (in_scope - fee.patient).max(Fen::ZERO);
    let id = Some(line.id.clone());
    steps.push(Step {
        line: id,
        ..Step::new(Rule::ConsultationFee, in_scope, fee_fund)
    });
    let over_limit = line.amount - in_scope;
    Split {
        over_limit,
        in_scope,
        fee_fund: Some(fee_fund),
        ..Split::default()
    }
}

fn deductible(rule: &Deductible, base: Fen, used: Used, steps: &mut Vec<Step>) -> Fen {
    let (rule, left) = match *rule {
        Deductible::None => return Fen::ZERO,
        Deductible::PerVisit(amount) => (Rule::DeductiblePerVisit, amount),
        Deductible::Annual(amount) => (
            Rule::DeductibleAnnual,
            (amount - used.deductible_this_year).max(Fen::ZERO),
        ),
    };
    let result = left.min(base);
    let left = Some((left, left - result));
    steps.push(Step {
        left,
        ..Step::new(rule, base, result)
    });
    result
}

/// The smallest remaining cap wins (policy.md §3.3); each that exists is shown.
fn capped(policy: &Policy, terms: &Terms, used: Used, wanted: Fen, steps: &mut Vec<Step>) -> Fen {
    let caps = [
        (Rule::CapVisit, terms.visit_cap, Fen::ZERO),
        (
            Rule::CapBenefit,
            terms.annual_cap,
            used.benefit_fund_this_year,
        ),
        (Rule::CapAnnual, policy.annual_cap, used.fund_this_year),
    ];
    let rooms: Vec<(Rule, Fen)> = caps
        .into_iter()
        .filter_map(|(rule, cap, used)| Some((rule, (cap? - used).max(Fen::ZERO))))
        .collect();
    let paid = rooms
        .iter()
        .map(|(_, room)| *room)
        .min()
        .map_or(wanted, |room| room.min(wanted));
    steps.extend(rooms.into_iter().map(|(rule, room)| {
        let left = Some((room, room - paid));
        Step {
            left,
            ..Step::new(rule, wanted, wanted.min(room))
        }
    }));
    paid
}

fn share(claim: &Claim, splits: &[Split], pool: &[Fen], fee_fund: Fen) -> Vec<LineShare> {
    let lines = claim.lines.iter().zip(splits).zip(pool);
    lines
        .map(|((line, split), pool)| {
            split.share(
                line,
                if split.fee_fund.is_some() {
                    fee_fund
                } else {
                    *pool
                },
            )
        })
        .collect()
}

/// What is not known matters only where a rule asks for it and what is known does not settle it.
fn certainty(policy: &Policy, terms: &Terms, claim: &Claim) -> Certainty {
    let used = claim.used;
    let caps = [
        (terms.annual_cap, used.benefit_fund_this_year),
        (policy.annual_cap, used.fund_this_year),
    ];
    let has_room = |(cap, used): &(Option<Fen>, Fen)| cap.is_some_and(|cap| cap > *used);
    let used_up = caps.iter().any(|c| c.0.is_some() && !has_room(c));
    let cap_open = claim.unknown.fund && !used_up && caps.iter().any(has_room);
    let deductible_open = claim.unknown.deductible
        && matches!(terms.deductible, Deductible::Annual(all) if all > used.deductible_this_year);
    match policy.confirmation() {
        Confirmation::Unconfirmed => Certainty::Estimate(Why::Unconfirmed),
        _ if cap_open || deductible_open => Certainty::Estimate(Why::OthersUnknown),
        Confirmation::Fictional | Confirmation::Confirmed { .. } => Certainty::Exact,
    }
}

/// Sums are taken of the lines, so that they cannot disagree with them.
fn assemble(
    ratio: Rate,
    lines: Vec<LineShare>,
    deductible: Fen,
    fed: Used,
    certainty: Certainty,
    steps: Vec<Step>,
) -> Settlement {
    let sum = |part: fn(&LineShare) -> Fen| lines.iter().map(part).sum::<Fen>();
    let (own_pay, over_limit) = (sum(|l| l.own_pay), sum(|l| l.over_limit));
    let (pay_first, in_scope) = (sum(|l| l.pay_first), sum(|l| l.in_scope));
    let fund = sum(|l| l.fund);
    let total = own_pay + over_limit + pay_first + in_scope;
    Settlement {
        lines,
        total,
        own_pay,
        over_limit,
        pay_first,
        in_scope,
        deductible,
        fund,
        personal: total - fund,
        ratio,
        fed,
        certainty,
        steps,
    }
}
