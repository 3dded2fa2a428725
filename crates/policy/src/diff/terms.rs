//! Terms in words, thing by thing, so that two can be laid side by side.

use cunyi_domain::money::{Fen, Rate};

use super::words::Words;
use crate::language::form::Base;
use crate::plan::{Layer, Limit, Plan, Terms};
use crate::policy::Policy;
use crate::words::percent;

/// Each thing by its title; an empty value is none.
pub(super) type Aspects = Vec<(String, String)>;

/// What is the same for all: the same titles of any policy.
pub(super) fn whole(policy: &Policy, plan: &Plan, words: Words) -> Aspects {
    let valid = match policy.valid.to {
        Some(to) => format!("{} – {to}", policy.valid.from),
        None => format!("{} –", policy.valid.from),
    };
    let benefits = policy.benefits().map(|benefit| {
        let diseases = policy.diseases(benefit).iter();
        let diseases: Vec<&str> = diseases.map(|disease| disease.name.as_str()).collect();
        format!("{} {}", words.benefit(benefit), diseases.join(words.and()))
    });
    let benefits: Vec<String> = benefits.map(|text| text.trim().to_owned()).collect();
    let account = plan.account.as_ref();
    let account = account.map_or(String::new(), |account| {
        let pays: Vec<&str> = account.pays.iter().map(|part| words.part(*part)).collect();
        let family = if account.family { words.family() } else { "" };
        let pays = pays.join(words.and());
        format!("{} {pays}{family}", words.order(account.order))
    });
    let items = plan.items.rules.len();
    let texts = [
        policy.scheme.to_string(),
        valid,
        policy.source.clone(),
        benefits.join(words.then()),
        words.rounding(plan),
        account,
        if items == 0 {
            String::new()
        } else {
            items.to_string()
        },
    ];
    let titles = words.whole().map(str::to_owned);
    let or_none = texts.map(|text| {
        if text.is_empty() {
            words.none().to_owned()
        } else {
            text
        }
    });
    titles.into_iter().zip(or_none).collect()
}

/// What holds for one combination.
pub(super) fn aspects(plan: &Plan, terms: &Terms, words: Words) -> Aspects {
    let fee = terms.fee.as_ref().map_or(String::new(), |fee| {
        let per = fee
            .once
            .map(|counter| plan.counters[usize::from(counter)].per);
        words.fee(Fen(fee.total), Fen(fee.patient), fee.in_cap, per)
    });
    let mut all = vec![
        (
            words.pay_first().to_owned(),
            percent(Rate(terms.class_b_pay_first)),
        ),
        (words.consultation_fee().to_owned(), fee),
    ];
    for layer in &terms.layers {
        all.extend(fund(plan, layer, words));
    }
    let unsure = if terms.unsure { words.unsure() } else { "" };
    all.push((words.certainty().to_owned(), unsure.to_owned()));
    all
}

fn fund(plan: &Plan, layer: &Layer, words: Words) -> Aspects {
    let fund = words.fund(layer.fund);
    let limits = |limits: &[Limit]| {
        let all = limits.iter().map(|limit| {
            let counter = limit
                .counter
                .map(|counter| &plan.counters[usize::from(counter)]);
            words.limit(Fen(limit.amount), counter)
        });
        all.collect::<Vec<_>>().join(words.then())
    };
    let segments = layer.ratio.iter().map(|segment| {
        let rate = percent(Rate(segment.rate));
        if segment.above == 0 {
            rate
        } else {
            words.above(Fen(segment.above), &rate)
        }
    });
    let ratio = segments.collect::<Vec<_>>().join(words.then());
    let base = if layer.base == Base::PayFirst {
        words.with_pay_first()
    } else {
        ""
    };
    let [ratio_title, deductible, scope, cap, base_title] = words.of_fund();
    let title = |what: &str| format!("{fund} {what}");
    vec![
        (title(deductible), limits(&layer.deductible)),
        (title(scope), limits(&layer.scope)),
        (title(ratio_title), ratio),
        (title(cap), limits(&layer.cap)),
        (title(base_title), base.to_owned()),
    ]
}
