//! Making a failing day smaller.

use crate::plan::Plan;

/// Most days that are lived to make one smaller.
const TRIES: usize = 400;

/// The smallest day found that `fails`: steps, faults and cuts are left out as long as it does.
pub fn smaller(plan: &Plan, fails: impl Fn(&Plan) -> bool) -> Plan {
    let mut best = plan.clone();
    let mut tries = 0;
    let mut try_it = |best: &mut Plan, other: Plan| {
        tries += 1;
        let better = tries <= TRIES && fails(&other);
        if better {
            *best = other;
        }
        better
    };
    let mut width = best.steps.len().div_ceil(2).max(1);
    loop {
        let mut at = 0;
        let mut left_out = false;
        while at < best.steps.len() {
            let mut other = best.clone();
            let end = (at + width).min(other.steps.len());
            other.steps.drain(at..end);
            if try_it(&mut best, other) {
                left_out = true;
            } else {
                at += width;
            }
        }
        if width > 1 {
            width = width.div_ceil(2);
        } else if !left_out {
            break;
        }
    }
    for at in 0..best.steps.len() {
        for fault in (0..best.steps[at].faults.len()).rev() {
            let mut other = best.clone();
            other.steps[at].faults.remove(fault);
            try_it(&mut best, other);
        }
        if best.steps[at].cut.is_some() {
            let mut other = best.clone();
            other.steps[at].cut = None;
            try_it(&mut best, other);
        }
        if best.steps[at].meanwhile.is_some() {
            let mut other = best.clone();
            other.steps[at].meanwhile = None;
            try_it(&mut best, other);
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Op, Step};

    #[test]
    fn only_what_makes_it_fail_is_left() {
        let plan = Plan::of(1);
        let mut steps = plan.steps.clone();
        steps.insert(7, Step::fine(Op::Pass(4711)));
        let plan = Plan { steps, ..plan };
        let fails = |plan: &Plan| plan.steps.iter().any(|step| step.op == Op::Pass(4711));
        let small = smaller(&plan, fails);
        assert_eq!(small.steps, [Step::fine(Op::Pass(4711))]);
    }
}
