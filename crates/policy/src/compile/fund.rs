//! One fund of one profile: its limits, its ratio, what feeds which counter.

use std::ops::Range;

use cunyi_domain::money::{Fen, Rate, Rounding, div_round};
use toml::Spanned;

use super::{Compiler, FundRules, Profile};
use crate::language::facet::When;
use crate::language::form::{Amount, By, LimitForm, Of, Per, SegmentForm};
use crate::language::rows::Text;
use crate::plan::{Counter, Layer, Limit, Measure, Segment};

impl<'a> Compiler<'a> {
    pub(super) fn layer(
        &mut self,
        rules: &FundRules<'a>,
        profile: &Profile<'_>,
        at: &Range<usize>,
        unsure: &mut bool,
    ) -> Layer {
        let (mut deductible, mut scope, mut cap) = (Vec::new(), Vec::new(), Vec::new());
        for (path, limit) in &rules.deductible {
            let of = Measure::Deductible;
            deductible.extend(self.limit(rules, path, limit, of, profile, unsure));
        }
        for (path, limit) in &rules.cap {
            let (of, into) = match limit.get_ref().of {
                Some(Of::InScope) => (Measure::InScope, &mut scope),
                Some(Of::Fund) | None => (Measure::Fund, &mut cap),
            };
            into.extend(self.limit(rules, path, limit, of, profile, unsure));
        }
        let path = format!("{}.ratio", rules.path);
        let first = self.one(rules.ratio, profile, &path, at);
        *unsure |= first.is_some_and(|row| row.unsure);
        let mut ratio = vec![Segment {
            above: 0,
            rate: first.map_or(0, |row| self.adjusted(rules, row.is.0, profile).0),
            rule: self.rule(&path, first.map_or(0, |row| row.at.start)),
        }];
        let mut ratio_by = None;
        for segment in rules.segment {
            let form = segment.get_ref();
            let path = format!("{}.segment", rules.path);
            let Some(row) = self.one(&form.ratio, profile, &path, &segment.span()) else {
                continue;
            };
            *unsure |= row.unsure;
            let rate = self.adjusted(rules, row.is.0, profile).0;
            self.check_segment(&path, segment, rules.segment, &ratio);
            ratio_by = (form.per.0 != Per::Visit).then(|| {
                self.counter(Counter {
                    fund: rules.fund,
                    of: Measure::InScope,
                    per: form.per.0,
                    by: By::Person,
                    benefits: rules.benefits.clone(),
                    within: When::default(),
                })
            });
            ratio.push(Segment {
                above: form.above.0.0.0,
                rate,
                rule: self.rule(&path, segment.span().start),
            });
        }
        Layer {
            fund: rules.fund,
            place: rules.place,
            base: rules.base,
            deductible,
            scope,
            ratio,
            ratio_by,
            cap,
        }
    }

    fn check_segment(
        &mut self,
        path: &str,
        segment: &Spanned<SegmentForm>,
        all: &[Spanned<SegmentForm>],
        before: &[Segment],
    ) {
        let form = segment.get_ref();
        if before
            .last()
            .is_some_and(|last| last.above >= form.above.0.0.0)
        {
            let message = format!("`above` of {path} must rise from one segment to the next");
            self.error(segment.span(), "above", message);
        }
        if all.iter().any(|other| other.get_ref().per.0 != form.per.0) {
            let message = format!("all of {path} must be `per` the same time");
            self.error(segment.span(), "per", message);
        }
    }

    /// What points and factors make of a ratio, in the file's order; never below 0 or above 100 %.
    fn adjusted(&mut self, rules: &FundRules<'a>, ratio: Rate, profile: &Profile<'_>) -> Rate {
        let mut ratio = ratio;
        for adjust in rules.adjust {
            let form = adjust.get_ref();
            ratio = match (&form.add, &form.times) {
                (Some(add), None) if profile.is(&form.when) => ratio + add.0.0,
                (None, Some(times)) if profile.is(&form.when) => {
                    let product = i128::from(ratio.0) * i128::from(times.0.0.0);
                    let product = div_round(product, 1_000_000, Rounding::HalfUp);
                    Rate(i64::try_from(product).unwrap_or(0))
                }
                (Some(_), None) | (None, Some(_)) => continue,
                _ => {
                    let message = "write one of `add` and `times`".to_owned();
                    self.error(adjust.span(), "adjust", message);
                    continue;
                }
            };
            self.held.insert(adjust.span().start);
        }
        ratio.clamp(Rate::ZERO, Rate::ONE)
    }

    fn limit(
        &mut self,
        rules: &FundRules<'a>,
        path: &str,
        spanned: &'a Spanned<LimitForm>,
        of: Measure,
        profile: &Profile<'_>,
        unsure: &mut bool,
    ) -> Option<Limit> {
        let form = spanned.get_ref();
        if of == Measure::Deductible && form.of.is_some() {
            let message = "a deductible is of what is in scope: leave `of` out".to_owned();
            self.error(spanned.span(), "of", message);
        }
        if !profile.is(&form.within) {
            return None;
        }
        self.held.insert(spanned.span().start);
        let row = self.one(
            &form.amount,
            profile,
            &format!("{path}.amount"),
            &spanned.span(),
        )?;
        *unsure |= row.unsure;
        let amount = match self.amount(&row.is, &row.at) {
            // No deductible is one of nothing; no cap is none.
            None if of == Measure::Deductible => 0,
            None => return None,
            Some(amount) => amount.0,
        };
        let benefits = if form.benefits.is_empty() {
            rules.benefits.clone()
        } else {
            form.benefits.iter().copied().collect()
        };
        let counter = (form.per.0 != Per::Visit).then(|| {
            self.counter(Counter {
                fund: rules.fund,
                of,
                per: form.per.0,
                by: form.by.unwrap_or(By::Person),
                benefits,
                within: form.within.clone(),
            })
        });
        Some(Limit {
            counter,
            amount,
            rule: self.rule(path, spanned.span().start),
        })
    }

    fn amount(&mut self, amount: &Amount, at: &Range<usize>) -> Option<Fen> {
        match amount {
            Amount::None => None,
            Amount::Fixed(fen) => Some(*fen),
            Amount::Part { rate, of, to } => {
                let years = self.form.index.get(of);
                let value = self.year.and_then(|year| years?.get(&Text(year)));
                let Some(value) = value else {
                    let year = self
                        .year
                        .map_or("any year".to_owned(), |year| year.0.to_string());
                    let message = format!(
                        "there is no figure [index.{of}] for {year}: write it, such as \
                         {of} = {{ \"2026\" = \"177000.00\" }}"
                    );
                    self.error(at.clone(), "index", message);
                    return Some(Fen::ZERO);
                };
                let exact = i128::from(value.0.0.0) * i128::from(rate.0);
                let parts = div_round(exact, 1_000_000 * i128::from(*to), Rounding::HalfUp);
                i64::try_from(parts * i128::from(*to)).ok().map(Fen)
            }
        }
    }
}
