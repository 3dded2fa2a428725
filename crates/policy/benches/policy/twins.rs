//! The two policies as a programmer would write them down by hand, once and for ever.

use cunyi_policy::columns::Block;

fn half_up(amount: i64, percent: i64) -> i64 {
    (amount * percent + 50) / 100
}

/// `anchors.toml`: what the fund pays of a block.
pub fn anchors(block: &Block) -> i64 {
    let mut sum = 0;
    let mut event = 0;
    for events in &block.households {
        let (mut borne, mut paid) = (0_i64, 0_i64);
        for _ in 0..*events {
            let b = i64::from(block.class_b[event]);
            let in_scope = i64::from(block.class_a[event]) + b - half_up(b, 10);
            let deductible = in_scope.min(5_000 - borne);
            borne += deductible;
            let percent = match block.kind[event] {
                0 => 65,
                1 => 60,
                _ => 50,
            };
            let fund = half_up(in_scope - deductible, percent);
            let fund = fund.min(4_000).min(30_000 - paid);
            paid += fund;
            sum += fund;
            event += 1;
        }
    }
    sum
}

/// What a person has used of the hard policy.
#[derive(Default)]
struct Used {
    deductible: i64,
    general: i64,
    shared: i64,
    /// By disease: the month and what the fund paid in it.
    month: [(usize, i64); 2],
    fee_day: u16,
}

/// What a claim used.
#[derive(Clone, Copy, Default)]
struct Claim {
    deductible: i64,
    fund: i64,
    account: i64,
    fee: bool,
}

const MONTH: [u16; 12] = [31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365];

fn month(day: u16) -> usize {
    MONTH.iter().position(|last| day <= *last).unwrap_or(11)
}

/// `hard.toml`: what the fund and the account pay of a block.
pub fn hard(block: &Block) -> (i64, i64) {
    let (mut fund, mut account) = (0, 0);
    let mut event = 0;
    let mut claims: Vec<Claim> = Vec::new();
    for events in &block.households {
        claims.clear();
        let mut used = Used::default();
        for place in 0..*events as usize {
            let back = usize::from(block.back[event]);
            if back > 0 {
                let claim = claims[place - back];
                take_back(block, event, &mut used, event - back, claim);
                fund -= claim.fund;
                account -= claim.account;
                claims.push(Claim::default());
            } else {
                let claim = settle(block, event, &mut used);
                fund += claim.fund;
                account += claim.account;
                claims.push(claim);
            }
            event += 1;
        }
    }
    (fund, account)
}

fn settle(block: &Block, event: usize, used: &mut Used) -> Claim {
    let b = i64::from(block.class_b[event]);
    let first = half_up(b, 10);
    let in_scope = i64::from(block.class_a[event]) + b - first;
    let (kind, day) = (block.kind[event], block.day[event]);
    let charged = i64::from(block.fee[event]);
    let mut claim = Claim::default();
    let mut fee = 0;
    if kind < 2 {
        claim.deductible = in_scope.min(5_000 - used.deductible);
        used.deductible += claim.deductible;
        let mut due = 0;
        if charged > 0 && used.fee_day != day {
            fee = charged.min(1_000);
            due = (fee - 100).max(0);
            claim.fee = due > 0;
            used.fee_day = day;
        }
        let percent = if kind == 0 { 65 } else { 60 };
        let wanted = half_up(in_scope - claim.deductible, percent) + due;
        claim.fund = wanted
            .min(4_000)
            .min(30_000 - used.general)
            .min(40_000 - used.shared);
        used.general += claim.fund;
    } else {
        let disease = usize::from(kind / 2 - 1);
        let month = month(day);
        if used.month[disease].0 != month {
            used.month[disease] = (month, 0);
        }
        let wanted = half_up(in_scope, 75);
        claim.fund = wanted
            .min(2_500 - used.month[disease].1)
            .min(40_000 - used.shared);
        used.month[disease].1 += claim.fund;
    }
    used.shared += claim.fund;
    let own = in_scope + fee - claim.fund + first;
    claim.account = own.min(i64::from(block.balance[event]));
    claim
}

fn take_back(block: &Block, event: usize, used: &mut Used, at: usize, claim: Claim) {
    let kind = block.kind[event];
    used.shared -= claim.fund;
    if kind < 2 {
        used.deductible -= claim.deductible;
        used.general -= claim.fund;
        if claim.fee && used.fee_day == block.day[at] {
            used.fee_day = 0;
        }
    } else {
        let of = &mut used.month[usize::from(kind / 2 - 1)];
        if of.0 == month(block.day[at]) {
            of.1 -= claim.fund;
        }
    }
}
