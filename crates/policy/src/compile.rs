//! From a file's tables to a plan: every combination of what the rules tell apart is tried, so that
//! gaps, overlaps and rows that never hold are found before any claim is.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use toml::Spanned;

use crate::file::{PolicyError, Source};
use crate::items::Items;
use crate::language::facet::{Cut, Facet, When};
use crate::language::form::{
    Adjust, Base, By, Form, FundForm, FundName, LimitForm, SegmentForm, Year,
};
use crate::language::rows::{Row, Rows, Text};
use crate::language::span::Course;
use crate::plan::{Account, BenefitPlan, Counter, Fee, Layer, Measure, Plan, RuleAt, Terms};
use crate::policy::{Benefit, Disease, Scheme};

/// More combinations than any region tells apart.
const MOST_PROFILES: usize = 20_000;
/// Combinations times conditions times years: what a second or two of compiling tries.
const MOST_TRIED: usize = 4_000_000;
/// Errors after which no more are looked for.
const MOST_ERRORS: usize = 20;

/// The years that figures are given for.
pub(crate) fn years(form: &Form) -> BTreeSet<Year> {
    let all = form.index.values().flat_map(BTreeMap::keys);
    all.map(|year| year.0).collect()
}

/// The rules of a year of service; any year where no amount is a part of an index.
pub(crate) fn compile(
    form: &Form,
    source: &Source<'_>,
    year: Option<Year>,
) -> Result<Plan, Vec<PolicyError>> {
    let mut compiler = Compiler {
        form,
        source,
        year,
        errors: Vec::new(),
        seen: BTreeSet::new(),
        held: BTreeSet::new(),
        counters: Vec::new(),
        rules: Vec::new(),
        items: Items::default(),
        clashes: Vec::new(),
    };
    compiler.items();
    let benefits = form.benefit.iter();
    let benefits: BTreeMap<_, _> = benefits
        .map(|(benefit, rules)| (*benefit, compiler.benefit(*benefit, rules)))
        .collect();
    let account = form.account.as_ref().map(|spanned| Account {
        order: spanned.get_ref().order,
        pays: spanned.get_ref().pays.clone(),
        family: spanned.get_ref().family,
        rule: compiler.rule("account", spanned.span().start),
    });
    compiler.check_diseases();
    compiler.check_shared();
    compiler.check_account();
    // Where too much would have been tried, nothing was.
    if !compiler.seen.iter().any(|(what, _)| what == "profiles") {
        compiler.never_held();
    }
    if !compiler.errors.is_empty() {
        compiler.errors.sort_by_key(|e| (e.line, e.column));
        compiler.errors.truncate(MOST_ERRORS);
        return Err(compiler.errors);
    }
    Ok(Plan {
        benefits,
        items: compiler.items,
        counters: compiler.counters,
        rules: compiler.rules.into(),
        rounding: form.rounding.mode,
        unit: form.rounding.unit.fen(),
        stage: form.rounding.stage,
        account,
    })
}

mod checks;
mod fund;
mod items;

use items::Clash;

struct Compiler<'a> {
    form: &'a Form,
    source: &'a Source<'a>,
    year: Option<Year>,
    errors: Vec<PolicyError>,
    /// Errors that were said: a table's gap once, not once a combination.
    seen: BTreeSet<(String, usize)>,
    /// Rows and conditions that held for some combination, by where they begin.
    held: BTreeSet<usize>,
    counters: Vec<Counter>,
    rules: Vec<RuleAt>,
    items: Items,
    /// Rows of `[[line]]` that name the same.
    clashes: Vec<Clash>,
}

/// One combination of what a benefit tells apart.
struct Profile<'a> {
    facets: &'a [(Facet, Cut)],
    parts: Vec<usize>,
}

impl Profile<'_> {
    fn is(&self, when: &When) -> bool {
        when.0.iter().all(|(facet, allowed)| {
            let found = self.facets.iter().zip(&self.parts);
            let mut found = found.filter(|((of, _), _)| of == facet);
            found.any(|((_, cut), part)| cut.allows(*part, allowed))
        })
    }

    /// `level village, status retired`
    fn name(&self) -> String {
        if self.parts.is_empty() {
            return "everybody".to_owned();
        }
        let parts = self.facets.iter().zip(&self.parts);
        let names = parts.map(|((facet, cut), part)| format!("{facet} {}", cut.name(*part)));
        names.collect::<Vec<_>>().join(", ")
    }
}

/// The rules of one fund, be it the pool or another.
struct FundRules<'a> {
    fund: FundName,
    /// 0 of the pool, then by the file's order.
    place: usize,
    base: Base,
    /// Whose counters they feed.
    benefits: Vec<Benefit>,
    /// `benefit.general`
    path: String,
    deductible: Vec<(String, &'a Spanned<LimitForm>)>,
    ratio: &'a Rows<super::language::form::Percent>,
    adjust: &'a [Spanned<Adjust>],
    segment: &'a [Spanned<SegmentForm>],
    cap: Vec<(String, &'a Spanned<LimitForm>)>,
}

impl<'a> Compiler<'a> {
    fn error(&mut self, at: Range<usize>, what: &str, message: String) {
        if self.seen.insert((what.to_owned(), at.start)) {
            self.errors.push(self.source.error(at.start, message));
        }
    }

    fn rule(&mut self, path: &str, at: usize) -> u16 {
        let rule = RuleAt {
            path: path.to_owned(),
            line: self.source.place(at).0,
        };
        let found = self.rules.iter().position(|known| *known == rule);
        let place = found.unwrap_or_else(|| {
            self.rules.push(rule);
            self.rules.len() - 1
        });
        u16::try_from(place).unwrap_or(u16::MAX)
    }

    /// The pool's rules, then those of the other funds this benefit has.
    fn funds(
        &self,
        benefit: Benefit,
        rules: &'a crate::language::form::BenefitForm,
    ) -> Vec<(Option<&'a Spanned<FundForm>>, FundRules<'a>)> {
        let own = |path: &str, limits: &'a [Spanned<LimitForm>]| -> Vec<_> {
            limits.iter().map(|l| (path.to_owned(), l)).collect()
        };
        let shared = |path: &str, limits: &'a [Spanned<LimitForm>]| -> Vec<_> {
            let mine = |l: &&Spanned<LimitForm>| l.get_ref().benefits.contains(&benefit);
            let mine = limits.iter().filter(mine);
            mine.map(|l| (path.to_owned(), l)).collect()
        };
        let path = format!("benefit.{benefit}");
        let mut deductible = own(&format!("{path}.deductible"), &rules.deductible.0);
        deductible.extend(shared("shared_deductible", &self.form.shared_deductible));
        let mut cap = own(&format!("{path}.cap"), &rules.cap.0);
        cap.extend(shared("shared_cap", &self.form.shared_cap));
        let pool = FundRules {
            fund: FundName::Pool,
            place: 0,
            base: Base::InScope,
            benefits: vec![benefit],
            path,
            deductible,
            ratio: &rules.ratio,
            adjust: &rules.adjust,
            segment: &rules.segment,
            cap,
        };
        let others = self.form.fund.iter().enumerate();
        let others = others.filter(|(_, fund)| fund.get_ref().benefits.contains(&benefit));
        let others = others.map(|(place, spanned)| {
            let fund = spanned.get_ref();
            let path = format!("fund.{}", fund.name);
            let rules = FundRules {
                fund: fund.name,
                place: place + 1,
                base: fund.base,
                benefits: fund.benefits.clone(),
                deductible: own(&format!("{path}.deductible"), &fund.deductible.0),
                ratio: &fund.ratio,
                adjust: &fund.adjust,
                segment: &fund.segment,
                cap: own(&format!("{path}.cap"), &fund.cap.0),
                path,
            };
            (Some(spanned), rules)
        });
        std::iter::once((None, pool)).chain(others).collect()
    }

    fn benefit(
        &mut self,
        benefit: Benefit,
        spanned: &'a Spanned<crate::language::form::BenefitForm>,
    ) -> BenefitPlan {
        let rules = spanned.get_ref();
        let funds = self.funds(benefit, rules);
        let conditions = self.conditions(rules, &funds, benefit);
        let facets = facets(self.form.scheme, &rules.diseases, &conditions);
        let count: usize = facets.iter().map(|(_, cut)| cut.len()).product();
        let mut plan = BenefitPlan {
            facets,
            profiles: Vec::new(),
            terms: Vec::new(),
        };
        if count > MOST_PROFILES {
            let message = format!(
                "the conditions of benefit.{benefit} make {count} combinations, {MOST_PROFILES} at \
                 most: tell fewer things apart"
            );
            self.error(spanned.span(), "profiles", message);
            return plan;
        }
        let rows = conditions.len() * years(self.form).len().max(1);
        if count * rows > MOST_TRIED {
            let message = format!(
                "{count} combinations of what benefit.{benefit} tells apart, with {rows} rows to try \
                 for each (of every year under [index]), are too many: write fewer rows"
            );
            self.error(spanned.span(), "profiles", message);
            return plan;
        }
        let facets = plan.facets.clone();
        for place in 0..count {
            let profile = profile(&facets, place);
            let terms = profile.is(&rules.within).then(|| {
                let terms = self.terms(&funds, benefit, &profile, spanned.span());
                let found = plan.terms.iter().position(|known| *known == terms);
                let at = found.unwrap_or_else(|| {
                    plan.terms.push(terms);
                    plan.terms.len() - 1
                });
                u16::try_from(at).unwrap_or(u16::MAX)
            });
            plan.profiles.push(terms);
        }
        plan
    }

    /// The conditions of all rules of a benefit.
    fn conditions(
        &self,
        rules: &'a crate::language::form::BenefitForm,
        funds: &[(Option<&'a Spanned<FundForm>>, FundRules<'a>)],
        benefit: Benefit,
    ) -> Vec<&'a When> {
        let mut all: Vec<&'a When> = vec![&rules.within];
        all.extend(self.form.class_b_pay_first.conditions());
        if let Some(fee) = self
            .form
            .consultation_fee
            .as_ref()
            .filter(|_| has_fee(benefit))
        {
            all.extend(fee.total.conditions());
            all.extend(fee.patient.conditions());
        }
        let lines = self.form.line.iter().map(Spanned::get_ref);
        let lines = lines.filter(|line| items::is_of(line, benefit));
        all.extend(lines.map(|line| &line.when));
        for (form, fund) in funds {
            all.extend(form.map(|form| &form.get_ref().within));
            for (_, limit) in fund.deductible.iter().chain(&fund.cap) {
                let limit = limit.get_ref();
                all.push(&limit.within);
                all.extend(limit.amount.conditions());
            }
            all.extend(fund.ratio.conditions());
            all.extend(fund.adjust.iter().map(|a| &a.get_ref().when));
            for segment in fund.segment {
                all.extend(segment.get_ref().ratio.conditions());
            }
        }
        all
    }

    fn terms(
        &mut self,
        funds: &[(Option<&'a Spanned<FundForm>>, FundRules<'a>)],
        benefit: Benefit,
        profile: &Profile<'_>,
        at: Range<usize>,
    ) -> Terms {
        let mut unsure = false;
        let form = self.form;
        let class_b = self.one(&form.class_b_pay_first, profile, "class_b_pay_first", &at);
        unsure |= class_b.is_some_and(|row| row.unsure);
        let class_b_at = class_b.map_or(0, |row| row.at.start);
        let fee = self.fee(benefit, profile, &at, &mut unsure);
        let mut layers: Vec<Layer> = Vec::new();
        for (form, rules) in funds {
            let Some(form) = form else {
                layers.push(self.layer(rules, profile, &at, &mut unsure));
                continue;
            };
            if !profile.is(&form.get_ref().within) {
                continue;
            }
            if layers.iter().any(|layer| layer.fund == rules.fund) {
                let (fund, whom) = (rules.fund, profile.name());
                let message = format!(
                    "`{fund}` pays twice for {whom}: narrow the `where` of one, or name another fund"
                );
                self.error(form.span(), "fund", message);
            }
            layers.push(self.layer(rules, profile, &at, &mut unsure));
        }
        let items = self.holding(benefit, profile);
        Terms {
            items,
            class_b_pay_first: class_b.map_or(0, |row| row.is.0.0),
            class_b_rule: self.rule("class_b_pay_first", class_b_at),
            fee,
            layers,
            unsure,
        }
    }

    fn fee(
        &mut self,
        benefit: Benefit,
        profile: &Profile<'_>,
        at: &Range<usize>,
        unsure: &mut bool,
    ) -> Option<Fee> {
        let fee = self.form.consultation_fee.as_ref();
        let fee = fee.filter(|_| has_fee(benefit))?;
        let total = self.one(&fee.total, profile, "consultation_fee.total", at)?;
        let patient = self.one(&fee.patient, profile, "consultation_fee.patient", at)?;
        *unsure |= total.unsure || patient.unsure;
        if patient.is.0 > total.is.0 {
            let message = "`patient` is more than `total`: write the patient's part of the fee";
            self.error(patient.at.clone(), "fee", message.to_owned());
        }
        let once = fee.once_per.map(|Text(Course(per))| {
            self.counter(Counter {
                fund: FundName::Pool,
                of: Measure::Fees,
                per,
                by: By::Person,
                benefits: vec![benefit],
                within: When::default(),
            })
        });
        Some(Fee {
            total: total.is.0.0,
            patient: patient.is.0.0,
            in_cap: fee.in_cap,
            once,
            rule: self.rule("consultation_fee", total.at.start),
        })
    }

    fn counter(&mut self, counter: Counter) -> u16 {
        let found = self.counters.iter().position(|known| *known == counter);
        let place = found.unwrap_or_else(|| {
            self.counters.push(counter);
            self.counters.len() - 1
        });
        u16::try_from(place).unwrap_or(u16::MAX)
    }

    /// The row that holds, of which there must be exactly one.
    fn one<T>(
        &mut self,
        rows: &'a Rows<T>,
        profile: &Profile<'_>,
        table: &str,
        at: &Range<usize>,
    ) -> Option<&'a Row<T>> {
        let mut holding = rows.0.iter().filter(|row| profile.is(&row.when));
        let Some(first) = holding.next() else {
            let at = rows.0.first().map_or(at, |row| &row.at).clone();
            let message = format!(
                "no row of `{table}` holds for {}: add one, or narrow `where`",
                profile.name()
            );
            self.error(at, "gap", message);
            return None;
        };
        self.held.insert(first.at.start);
        if let Some(second) = holding.next() {
            let line = self.source.place(first.at.start).0;
            let message = format!(
                "this row of `{table}` and the one of line {line} both hold for {}: narrow one",
                profile.name()
            );
            self.held.insert(second.at.start);
            self.error(second.at.clone(), "overlap", message);
        }
        Some(first)
    }
}

/// The facets any of these asks for, cut by all of them.
fn facets(scheme: Scheme, diseases: &[Disease], conditions: &[&When]) -> Vec<(Facet, Cut)> {
    let asked = |facet: &&Facet| {
        let mut named = conditions.iter().flat_map(|when| when.0.iter());
        named.any(|(of, _)| of == *facet)
    };
    let asked = Facet::ALL.iter().filter(asked);
    asked
        .map(|facet| {
            let conditions = conditions.iter().copied();
            (*facet, Cut::of(*facet, scheme, diseases, conditions))
        })
        .collect()
}

/// 一般诊疗费 belongs to ordinary visits.
fn has_fee(benefit: Benefit) -> bool {
    benefit == Benefit::General
}

fn profile(facets: &[(Facet, Cut)], place: usize) -> Profile<'_> {
    let mut left = place;
    let mut parts: Vec<usize> = facets
        .iter()
        .rev()
        .map(|(_, cut)| {
            let part = left % cut.len();
            left /= cut.len();
            part
        })
        .collect();
    parts.reverse();
    Profile { facets, parts }
}
