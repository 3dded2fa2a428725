//! The switch 按规则的几成支付: a centre that pays otherwise than the rules say, so that it can be seen
//! how a clinic shows that. Its answer still balances and still tells its steps.

use cunyi_domain::money::{Fen, Rate, Rounding};
use cunyi_policy::{FundName, Rule, Settlement, Step, paid};

/// The pooled fund at `percent` of its ratios, at most 100; its caps hold as they did.
pub(crate) fn pay_otherwise(settled: &mut Settlement, percent: i64) {
    let pool = |steps: &[Step]| {
        let funds = paid(steps);
        let pool = funds.iter().find(|(fund, _)| *fund == FundName::Pool);
        pool.map_or(Fen::ZERO, |(_, sum)| *sum)
    };
    let before = pool(&settled.steps);
    let mut cut = Fen::ZERO;
    let lower = |rate: Rate| Rate(rate.0 * percent / 100);
    for step in of(&mut settled.steps, Rule::Ratio) {
        let rate = lower(step.rate.unwrap_or(Rate::ZERO));
        let result = step.base.times(rate, Rounding::HalfUp);
        cut += step.result - result;
        (step.rate, step.result) = (Some(rate), result);
    }
    let caps = || settled.steps.iter().filter(|step| is(step, Rule::Cap));
    let room = caps().filter_map(|step| Some(step.left?.0)).min();
    for step in of(&mut settled.steps, Rule::Cap) {
        step.base -= cut;
        step.result = room.map_or(step.base, |room| room.min(step.base));
        step.left = step.left.map(|(left, _)| (left, left - step.result));
    }
    let less = before - pool(&settled.steps);
    settled.fund -= less;
    settled.personal += less;
    settled.ratio = lower(settled.ratio);
    for (_, sum) in settled.funds.iter_mut().take(1) {
        *sum -= less;
    }
    for pool in settled.adds.funds.iter_mut().take(1) {
        pool.counted -= less;
    }
}

fn is(step: &Step, rule: Rule) -> bool {
    step.rule == rule && step.fund == FundName::Pool
}

fn of(steps: &mut [Step], rule: Rule) -> impl Iterator<Item = &mut Step> {
    steps.iter_mut().filter(move |step| is(step, rule))
}
