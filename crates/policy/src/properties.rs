//! What must hold of every settlement, whatever the claim.

use cunyi_domain::money::{Fen, Quantity, UnitPrice};
use cunyi_domain::time::parse_date;
use proptest::prelude::*;

use crate::tests::{EMPLOYEE, RESIDENT};
use crate::*;

fn lines() -> impl Strategy<Value = Vec<ClaimLine>> {
    let class = prop_oneof![Just(LineClass::A), Just(LineClass::B), Just(LineClass::C)];
    let ceiling = prop::option::of(0_i64..90_000_000);
    let line = (class, 0_i64..90_000_000, 1_i64..200_000, ceiling);
    (prop::collection::vec(line, 0..12), any::<bool>()).prop_map(|(lines, fee)| {
        let mut claim: Vec<ClaimLine> = lines
            .into_iter()
            .enumerate()
            .map(|(i, (class, price, quantity, ceiling))| ClaimLine {
                id: i.to_string(),
                class,
                amount: UnitPrice(price).amount(Quantity(quantity)).unwrap(),
                is_consultation_fee: false,
                price: UnitPrice(price),
                quantity: Quantity(quantity),
                ceiling: ceiling.map(UnitPrice),
            })
            .collect();
        if let (true, Some(first)) = (fee, claim.first_mut()) {
            first.is_consultation_fee = true;
        }
        claim
    })
}

fn claims() -> impl Strategy<Value = (Policy, Claim)> {
    let used = (0_i64..60_000, 0_i64..60_000, 0_i64..20_000);
    (lines(), used, any::<bool>(), any::<bool>()).prop_map(|(lines, used, resident, village)| {
        let file = if resident { RESIDENT } else { EMPLOYEE };
        let claim = Claim {
            scheme: if resident {
                Scheme::Resident
            } else {
                Scheme::Employee
            },
            level: if village {
                Level::Village
            } else {
                Level::Township
            },
            benefit: Benefit::General,
            disease_code: None,
            date: parse_date("2026-05-05").unwrap(),
            age: 40,
            lines,
            used: Used {
                fund_this_year: Fen(used.0.max(used.1)),
                benefit_fund_this_year: Fen(used.1),
                deductible_this_year: Fen(used.2),
            },
            unknown: Unknown::default(),
        };
        (parse(file, "demo.toml").unwrap(), claim)
    })
}

fn line_balances(claim: &ClaimLine, share: &LineShare) -> bool {
    let parts = share.own_pay + share.over_limit + share.pay_first + share.in_scope;
    let each = [
        share.own_pay,
        share.over_limit,
        share.pay_first,
        share.in_scope,
        share.fund,
    ];
    parts == claim.amount && share.fund <= share.in_scope && each.iter().all(|f| !f.is_negative())
}

proptest! {
    #[test]
    fn every_settlement_balances((policy, claim) in claims()) {
        let s = evaluate(&policy, &claim).unwrap();
        let total: Fen = claim.lines.iter().map(|l| l.amount).sum();
        prop_assert_eq!(s.total, total);
        prop_assert_eq!(s.own_pay + s.over_limit + s.pay_first + s.in_scope, total);
        prop_assert_eq!(s.fund + s.personal, total);
        prop_assert_eq!(s.lines.iter().map(|l| l.fund).sum::<Fen>(), s.fund);
        prop_assert!(!s.personal.is_negative());
        for (line, share) in claim.lines.iter().zip(&s.lines) {
            prop_assert!(line_balances(line, share), "{line:?} {share:?}");
            let alone = LineShare { fund: share.fund, ..classify(&policy, line).unwrap() };
            prop_assert_eq!(&alone, share);
        }
    }

    #[test]
    fn no_cap_and_no_deductible_is_exceeded((policy, claim) in claims()) {
        let s = evaluate(&policy, &claim).unwrap();
        let terms = policy.benefit[&Benefit::General].level[&claim.level];
        let after = claim.used.plus(s.fed);
        let cap = terms.annual_cap.unwrap();
        prop_assert!(after.benefit_fund_this_year <= cap.max(claim.used.benefit_fund_this_year));
        if let Some(cap) = policy.annual_cap {
            prop_assert!(after.fund_this_year <= cap.max(claim.used.fund_this_year));
        }
        if let Deductible::Annual(most) = terms.deductible {
            prop_assert!(after.deductible_this_year <= most.max(claim.used.deductible_this_year));
        }
        prop_assert!(s.deductible <= s.in_scope);
        let fee = policy.consultation_fee.unwrap();
        let outside = s.fund - s.fed.fund_this_year;
        let most = if fee.in_cap { Fen::ZERO } else { fee.total - fee.patient };
        prop_assert!(outside <= most);
    }

    #[test]
    fn more_costs_nobody_less((policy, claim) in claims(), which in any::<prop::sample::Index>(), more in 1_i64..5_000_000) {
        prop_assume!(!claim.lines.is_empty());
        let mut dearer = claim.clone();
        let line = &mut dearer.lines[which.index(claim.lines.len())];
        line.price = UnitPrice(line.price.0 + more);
        line.amount = line.price.amount(line.quantity).unwrap();
        let (a, b) = (evaluate(&policy, &claim).unwrap(), evaluate(&policy, &dearer).unwrap());
        prop_assert!(b.fund >= a.fund);
        prop_assert!(b.personal >= a.personal);
    }

    #[test]
    fn what_is_used_up_is_not_paid_twice((policy, claim) in claims(), more in 0_i64..30_000) {
        let mut later = claim.clone();
        later.used.fund_this_year += Fen(more);
        later.used.benefit_fund_this_year += Fen(more);
        let (a, b) = (evaluate(&policy, &claim).unwrap(), evaluate(&policy, &later).unwrap());
        prop_assert!(b.fund <= a.fund);
    }

    #[test]
    fn no_file_makes_it_panic(text in "\\PC{0,200}", cut in any::<prop::sample::Index>(), put in "\\PC{0,3}") {
        let _ = parse(&text, "x");
        let mut broken: Vec<char> = RESIDENT.chars().collect();
        let at = cut.index(broken.len());
        broken.splice(at..(at + 2).min(broken.len()), put.chars());
        let broken: String = broken.into_iter().collect();
        if let Err(error) = parse(&broken, "x") {
            prop_assert!(error.line >= 1 && error.line <= broken.matches('\n').count() + 1);
        }
    }

    #[test]
    fn no_numbers_make_it_panic(price in any::<i64>(), quantity in any::<i64>(), amount in any::<i64>(), used in any::<i64>(), ceiling in any::<i64>()) {
        let policy = parse(RESIDENT, "x").unwrap();
        let line = ClaimLine {
            id: "a".into(), class: LineClass::B, amount: Fen(amount), is_consultation_fee: false,
            price: UnitPrice(price), quantity: Quantity(quantity), ceiling: Some(UnitPrice(ceiling)),
        };
        let claim = Claim {
            scheme: Scheme::Resident, level: Level::Village, benefit: Benefit::General,
            disease_code: None, date: parse_date("2026-05-05").unwrap(), age: -1,
            lines: vec![line],
            used: Used { fund_this_year: Fen(used), ..Used::default() },
            unknown: Unknown::default(),
        };
        let _ = evaluate(&policy, &claim);
    }
}
