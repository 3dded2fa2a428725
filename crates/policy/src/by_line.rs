//! The pool where lines have a ratio of their own, or stand outside deductible or caps.
//!
//! The lines are taken in the claim's order: the account and the deductible take of the first ones
//! that may, a cap on the cost leaves out the last ones. What a cap on the fund leaves is shared over
//! what each ratio made, in proportion.

use cunyi_domain::money::{Fen, Rate, apportion};

use crate::explain::{Rule, Step};
use crate::items::Own;
use crate::plan::Layer;
use crate::run::{OfFund, Run, Sink};

/// The lines of one ratio: what each has above the deductible, and what the ratio made of it.
struct Group {
    lines: Vec<i64>,
    wanted: i64,
    cap: bool,
}

/// What the pool pays of each line, and of all with the fee.
pub(crate) fn pool<S: Sink>(
    run: &Run<'_>,
    own: &[Own],
    (layer, base, fee): (&Layer, i64, i64),
    sink: &mut S,
) -> (OfFund, Vec<i64>) {
    let mut left = run.lines.to_vec();
    let account = sum(&left, own, |_| true) - base;
    take(left.iter_mut().zip(own), account, |_| true);
    let bearing = sum(&left, own, |o| o.deductible);
    let deductible = run.deductible(layer, bearing, sink);
    take(left.iter_mut().zip(own), deductible, |o| o.deductible);
    let within = sum(&left, own, |o| o.cap);
    let above = run.least(layer, &layer.scope, Rule::CapInScope, within, sink);
    take(left.iter_mut().zip(own).rev(), within - above, |o| o.cap);
    let groups = groups(run, own, layer, &left, sink);
    let wanted = |cap: bool| {
        groups
            .iter()
            .filter(move |g| g.cap == cap)
            .map(|g| g.wanted)
    };
    let (counted, fee, paid) = run.capped(layer, wanted(true).sum(), fee, sink);
    let of = OfFund {
        deductible,
        above,
        counted,
        fee,
        paid: paid + wanted(false).sum::<i64>(),
    };
    let capped: Vec<i64> = wanted(true).collect();
    let mut capped = apportion(Fen(paid - fee), &capped).into_iter();
    let mut lines = vec![0; left.len()];
    for group in &groups {
        let paid = if group.cap {
            capped.next().unwrap_or(Fen::ZERO)
        } else {
            Fen(group.wanted)
        };
        for (line, part) in lines.iter_mut().zip(apportion(paid, &group.lines)) {
            *line += part.0;
        }
    }
    (of, lines)
}

/// The ratios: the benefit's own first, then the rules' in the order of their lines.
fn groups<S: Sink>(
    run: &Run<'_>,
    own: &[Own],
    layer: &Layer,
    left: &[i64],
    sink: &mut S,
) -> Vec<Group> {
    let of = |group: Option<(u16, Option<i64>)>| -> Vec<i64> {
        let lines = left.iter().zip(own);
        lines
            .map(|(line, o)| if o.group == group { *line } else { 0 })
            .collect()
    };
    let main = of(None);
    let mut all = vec![Group {
        wanted: run.ratio(layer, &main, 0, main.iter().sum(), sink),
        lines: main,
        cap: true,
    }];
    let mut seen = vec![None];
    for one in own {
        let Some((row, ratio)) = one.group.filter(|_| !seen.contains(&one.group)) else {
            continue;
        };
        seen.push(one.group);
        let lines = of(one.group);
        let base = lines.iter().sum();
        let rate = ratio.unwrap_or_else(|| layer.ratio.first().map_or(0, |first| first.rate));
        let wanted = run.rounded(&lines, base, rate, 0);
        sink.step(|| Step {
            rule: if one.cap {
                Rule::OwnRatio
            } else {
                Rule::OutsideCaps
            },
            fund: layer.fund,
            at: run.plan.items.rules[usize::from(row)].rule,
            per: None,
            line: None,
            base: Fen(base),
            rate: Some(Rate(rate)),
            left: None,
            result: Fen(wanted),
        });
        all.push(Group {
            lines,
            wanted,
            cap: one.cap,
        });
    }
    all
}

fn sum(left: &[i64], own: &[Own], of: fn(&Own) -> bool) -> i64 {
    let lines = left.iter().zip(own).filter(|(_, o)| of(o));
    lines.map(|(line, _)| *line).sum()
}

/// Takes a sum of lines, one after the other.
fn take<'a>(
    lines: impl Iterator<Item = (&'a mut i64, &'a Own)>,
    mut sum: i64,
    of: fn(&Own) -> bool,
) {
    for (line, _) in lines.filter(|(_, o)| of(o)) {
        let here = sum.min(*line);
        *line -= here;
        sum -= here;
    }
}
