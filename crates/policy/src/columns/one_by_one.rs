//! The replay by the evaluator itself, claim by claim: for rules that no columns hold, and the measure
//! of those that they do.

use cunyi_domain::money::{Fen, Quantity, UnitPrice};
use cunyi_domain::time::civil::Date;

use super::block::{Block, Kind, Shares};
use crate::claim::{Claim, ClaimLine, LineClass, Unknown, Use, Whose};
use crate::evaluate::evaluate_unexplained;
use crate::items::Item;
use crate::policy::Policy;

/// What an event came to.
struct Done {
    member: u8,
    fund: i64,
    account: i64,
    undecided: u8,
    adds: Option<Use>,
}

/// Replays a block, each claim under the rules of its day.
pub(super) fn run<'p>(
    policy: impl Fn(Date) -> &'p Policy,
    new_year: Date,
    kinds: &[Kind],
    block: &Block,
    into: &mut Shares,
) {
    let mut first = 0;
    for events in &block.households {
        let mut done: Vec<Done> = Vec::new();
        let last = first + *events as usize;
        for event in first..last {
            let back = usize::from(block.back[event]);
            let one = if back == 0 {
                let kind = &kinds[usize::from(block.kind[event])];
                let date = day_of_year(new_year, block.day[event]);
                let policy = policy(date);
                let claim = claim(policy, date, kind, block, event, &done);
                settle(policy, &claim, block.member[event])
            } else {
                reverse(&done[event - first - back])
            };
            into.fund.push(one.fund);
            into.account.push(one.account);
            into.undecided.push(one.undecided);
            done.push(one);
        }
        first = last;
    }
}

fn settle(policy: &Policy, claim: &Claim, member: u8) -> Done {
    let (fund, account, undecided, adds) = match evaluate_unexplained(policy, claim) {
        Ok(settled) => (settled.fund.0, settled.account.0, 0, Some(settled.adds)),
        Err(why) => (0, 0, why.number(), None),
    };
    Done {
        member,
        fund,
        account,
        undecided,
        adds,
    }
}

/// The same, negative.
fn reverse(claim: &Done) -> Done {
    Done {
        member: claim.member,
        fund: -claim.fund,
        account: -claim.account,
        undecided: claim.undecided,
        adds: claim.adds.as_ref().map(Use::taken_back),
    }
}

fn claim(
    policy: &Policy,
    date: Date,
    kind: &Kind,
    block: &Block,
    event: usize,
    done: &[Done],
) -> Claim {
    let member = block.member[event];
    let history = done.iter().filter_map(|one| {
        let mut used = one.adds.clone()?;
        if one.member != member {
            used.whose = Whose::Family;
        }
        Some(used)
    });
    Claim {
        scheme: policy.scheme,
        facts: kind.facts.clone(),
        benefit: kind.benefit,
        date,
        lines: lines(block, event),
        history: history.collect(),
        unknown: Unknown::default(),
        balance: Fen(i64::from(block.balance[event])),
        family_balance: Fen::ZERO,
    }
}

/// A day of a year; the last one where there is none.
pub(super) fn day_of_year(new_year: Date, day: u16) -> Date {
    let day = i16::try_from(day).unwrap_or(i16::MAX);
    let day = new_year.with().day_of_year(day).build();
    day.unwrap_or(new_year.last_of_year())
}

/// A line a class, one over the ceiling and the fee, where they are anything.
fn lines(block: &Block, event: usize) -> Vec<ClaimLine> {
    let line = |class, column: &[u32], ceiling: Option<UnitPrice>, is_consultation_fee| {
        let amount = i64::from(column[event]);
        (amount > 0).then(|| ClaimLine {
            id: String::new(),
            class,
            amount: Fen(amount),
            is_consultation_fee,
            price: UnitPrice(amount * 10_000),
            quantity: Quantity::whole(1),
            ceiling,
            item: Item::default(),
        })
    };
    let all = [
        line(LineClass::A, &block.class_a, None, false),
        line(LineClass::B, &block.class_b, None, false),
        line(LineClass::C, &block.class_c, None, false),
        line(LineClass::A, &block.over_limit, Some(UnitPrice(0)), false),
        line(LineClass::A, &block.fee, None, true),
    ];
    let mut all: Vec<ClaimLine> = all.into_iter().flatten().collect();
    for (place, line) in all.iter_mut().enumerate() {
        line.id = place.to_string();
    }
    all
}
