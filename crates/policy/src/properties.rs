//! What must hold of every settlement, whatever the claim.

use cunyi_domain::money::{Fen, Quantity, UnitPrice};
use cunyi_domain::time::parse_date;
use proptest::prelude::*;

use crate::tests::{EMPLOYEE, RESIDENT, used_up, village};
use crate::*;

mod claims;
mod found;
pub(crate) mod generated;
mod laws;
mod mutated;
mod oracle;
mod reached;
mod tape;
mod written;

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
                item: Item::default(),
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
    (lines(), used, any::<bool>(), any::<bool>()).prop_map(|(lines, used, resident, at_village)| {
        let file = if resident { RESIDENT } else { EMPLOYEE };
        let claim = Claim {
            scheme: if resident {
                Scheme::Resident
            } else {
                Scheme::Employee
            },
            facts: Facts {
                level: Some(if at_village {
                    Level::Village
                } else {
                    Level::Township
                }),
                ..Facts::default()
            },
            benefit: Benefit::General,
            date: parse_date("2026-05-05").unwrap(),
            lines,
            history: used_up(
                Benefit::General,
                [Fen(used.0.max(used.1)), Fen(used.1), Fen(used.2)],
            ),
            unknown: Unknown::default(),
            balance: Fen::ZERO,
            family_balance: Fen::ZERO,
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

fn fee_in_cap(policy: &Policy, claim: &Claim) -> bool {
    let plan = policy.plan(claim.date).unwrap();
    let mut terms = plan.benefits.values().flat_map(|benefit| &benefit.terms);
    terms.all(|terms| terms.fee.as_ref().is_none_or(|fee| fee.in_cap))
}

proptest! {
    #[test]
    fn every_settlement_balances((policy, claim) in claims()) {
        let s = evaluate(&policy, &claim).unwrap();
        let unexplained = evaluate_unexplained(&policy, &claim).unwrap();
        prop_assert_eq!(Settlement { steps: Vec::new(), ..s.clone() }, unexplained);
        let total: Fen = claim.lines.iter().map(|l| l.amount).sum();
        prop_assert_eq!(s.total, total);
        prop_assert!(added_up(&s), "{:?}", s.steps);
        prop_assert_eq!(s.own_pay + s.over_limit + s.pay_first + s.in_scope, total);
        prop_assert_eq!(s.fund + s.personal, total);
        prop_assert_eq!(s.lines.iter().map(|l| l.fund).sum::<Fen>(), s.fund);
        prop_assert!(!s.personal.is_negative());
        for (line, share) in claim.lines.iter().zip(&s.lines) {
            prop_assert!(line_balances(line, share), "{line:?} {share:?}");
            let alone = LineShare { fund: share.fund, ..classify(&policy, &claim, line).unwrap() };
            prop_assert_eq!(&alone, share);
        }
    }

    #[test]
    fn no_cap_and_no_deductible_is_exceeded((policy, claim) in claims()) {
        let s = evaluate(&policy, &claim).unwrap();
        let had = claim.history[0].funds[0];
        let adds = s.adds.funds[0];
        let cap = policy.yearly_cap(Benefit::General, &claim.facts, claim.date).unwrap();
        prop_assert!(had.counted + adds.counted <= cap.max(had.counted));
        if claim.scheme == Scheme::Employee {
            prop_assert!(had.deductible + adds.deductible <= Fen(10_000).max(had.deductible));
        }
        prop_assert!(s.deductible <= s.in_scope);
        let outside = s.fund - adds.counted;
        let most = if fee_in_cap(&policy, &claim) { Fen::ZERO } else { Fen(900) };
        prop_assert!(outside <= most);
        let kept = Use::of_kept(&s.adds.kept(), claim.date, claim.benefit, claim.facts.clone());
        prop_assert_eq!(kept.as_ref(), Some(&s.adds));
        // A settlement and its reversal leave what there was before.
        let mut after = claim.clone();
        after.history.push(s.adds.clone());
        after.history.retain(|one| *one != s.adds);
        prop_assert_eq!(evaluate(&policy, &after).unwrap(), s);
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
        later.history.extend(used_up(Benefit::General, [Fen(more), Fen(more), Fen::ZERO]));
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
            price: UnitPrice(price), quantity: Quantity(quantity), ceiling: Some(UnitPrice(ceiling)), item: Item::default(),
        };
        let claim = Claim {
            scheme: Scheme::Resident, facts: village(), benefit: Benefit::General,
            date: parse_date("2026-05-05").unwrap(),
            lines: vec![line.clone(), ClaimLine { id: "b".into(), ..line }],
            history: [Fen(used); 2].map(|used| used_up(Benefit::General, [used, used, used])).concat(),
            unknown: Unknown::default(), balance: Fen(used), family_balance: Fen::ZERO,
        };
        let _ = evaluate(&policy, &claim);
    }
}

/// 演示市: three funds, limits of every time, a fee once a day, an account.
const CITY: &str = include_str!("../regions/demo_medical_aid.toml");

/// Claims of one person through a month, of both benefits.
fn city_claims() -> impl Strategy<Value = Vec<Claim>> {
    let facts = (
        0_usize..3,
        0_usize..Aid::ALL.len(),
        any::<bool>(),
        0_usize..4,
    );
    let one = (lines(), any::<bool>(), 1_i8..4, 0_i64..9_000);
    (facts, prop::collection::vec(one, 1..8)).prop_map(|((level, aid, signed, remote), all)| {
        let facts = Facts {
            level: Some([Level::Village, Level::Township, Level::Community][level]),
            aid: Some(Aid::ALL[aid]),
            signed: Some(signed),
            remote: Some(Remote::ALL[remote]),
            ..Facts::default()
        };
        let claim = |(mut lines, chronic, day, balance): (Vec<ClaimLine>, bool, i8, i64)| {
            if chronic {
                for line in &mut lines {
                    line.is_consultation_fee = false;
                }
            }
            Claim {
                scheme: Scheme::Resident,
                facts: Facts {
                    disease: chronic.then(|| "M03900".to_owned()),
                    ..facts.clone()
                },
                benefit: if chronic {
                    Benefit::Chronic
                } else {
                    Benefit::General
                },
                date: cunyi_domain::time::civil::Date::new(2026, 5, day).unwrap(),
                lines,
                history: Vec::new(),
                unknown: Unknown::default(),
                balance: Fen(balance),
                family_balance: Fen::ZERO,
            }
        };
        all.into_iter().map(claim).collect()
    })
}

/// The batch, added up again from the steps alone: each fund, and what falls to the patient of
/// each line.
fn added_up(settled: &Settlement) -> bool {
    let told = paid(&settled.steps);
    let fund = |(fund, sum): &(FundName, Fen)| {
        let told = told.iter().find(|(name, _)| name == fund);
        told.map_or(Fen::ZERO, |(_, told)| *told) == *sum
    };
    let line = |rule: Rule, place: Option<usize>| {
        let of = |s: &&Step| s.rule == rule && (place.is_none() || s.line == place);
        let steps = settled.steps.iter().filter(of);
        steps.map(|s| s.result).sum::<Fen>()
    };
    let each = |(place, share): (usize, &LineShare)| {
        let of = |rule| line(rule, Some(place));
        share.own_pay == of(Rule::OwnPay)
            && share.over_limit == of(Rule::Ceiling)
            && share.pay_first == of(Rule::PayFirst)
    };
    settled.funds.iter().all(fund)
        && told.iter().map(|(_, sum)| *sum).sum::<Fen>() == settled.fund
        && settled.lines.iter().enumerate().all(each)
        && line(Rule::Account, None) == settled.account
}

proptest! {
    #[test]
    fn a_month_of_three_funds_balances_is_explained_and_keeps_its_limits(claims in city_claims()) {
        let policy = parse(CITY, "city").unwrap();
        let mut history: Vec<Use> = Vec::new();
        let (mut by_day, mut month, mut year, mut chronic) = ([Fen::ZERO; 4], Fen::ZERO, Fen::ZERO, Fen::ZERO);
        for mut claim in claims {
            claim.history.clone_from(&history);
            let s = evaluate(&policy, &claim).unwrap();
            let total: Fen = claim.lines.iter().map(|l| l.amount).sum();
            prop_assert_eq!(s.own_pay + s.over_limit + s.pay_first + s.in_scope, total);
            prop_assert_eq!(s.funds.iter().map(|(_, sum)| *sum).sum::<Fen>(), s.fund);
            prop_assert_eq!(s.fund + s.personal, total);
            prop_assert!(s.account <= claim.balance && !s.account.is_negative());
            prop_assert!(s.account <= s.personal);
            for share in &s.lines {
                prop_assert!(share.fund <= share.in_scope + share.pay_first && !share.fund.is_negative());
            }
            prop_assert!(added_up(&s), "{:?}", s.steps);
            let read = read_working(&s.working()).unwrap();
            prop_assert!(read.iter().map(|at| &at.step.result).eq(s.steps.iter().map(|s| &s.result)));
            let counted = s.adds.counted();
            year += counted;
            if claim.benefit == Benefit::General {
                by_day[usize::from(claim.date.day().unsigned_abs())] += counted;
                month += counted;
            } else {
                chronic += counted;
            }
            // Settled and given back is as if it had never been.
            claim.history.extend([s.adds.clone(), s.adds.taken_back()]);
            prop_assert_eq!(&evaluate(&policy, &claim).unwrap(), &s);
            history.push(s.adds);
        }
        prop_assert!(by_day.iter().all(|day| *day <= Fen(4_000)));
        prop_assert!(month <= Fen(10_000) && chronic <= Fen(5_000) && year <= Fen(60_000));
    }
}

/// 演示州: rules of single items and kinds of items.
const ITEMS: &str = include_str!("../regions/demo_items.toml");

/// Lines of items that its rules name, and of some that they do not.
fn items() -> impl Strategy<Value = Vec<ClaimLine>> {
    let codes = ["XA01", "XB05A", "XB05Z", "XC991", "XJ01"];
    let item = (
        0..codes.len(),
        prop::collection::vec(0..ItemKind::ALL.len(), 0..3),
    );
    (lines(), prop::collection::vec(item, 12)).prop_map(move |(mut lines, items)| {
        for (line, (code, kinds)) in lines.iter_mut().zip(items) {
            let kinds: Vec<ItemKind> = kinds.into_iter().map(|kind| ItemKind::ALL[kind]).collect();
            // Prices of a clinic, so that caps and deductible are met from both sides.
            line.price = UnitPrice(line.price.0 % 90_000_000);
            line.quantity = Quantity::whole(1 + line.quantity.0 % 3);
            line.amount = line.price.amount(line.quantity).unwrap();
            line.item.code = Some(codes[code].to_owned());
            line.item.kinds = Kinds::only(&kinds);
        }
        lines
    })
}

fn of_items(lines: Vec<ClaimLine>, history: Vec<Use>) -> Claim {
    Claim {
        scheme: Scheme::Resident,
        facts: village(),
        benefit: Benefit::General,
        date: parse_date("2026-05-05").unwrap(),
        lines,
        history,
        unknown: Unknown::default(),
        balance: Fen::ZERO,
        family_balance: Fen::ZERO,
    }
}

proptest! {
    #[test]
    fn lines_with_rules_of_their_own_balance_and_are_explained(first in items(), second in items(), which in any::<prop::sample::Index>(), more in 1_i64..5_000_000, line_stage in any::<bool>()) {
        let text = if line_stage { ITEMS.replace("\"batch\"", "\"line\"") } else { ITEMS.to_owned() };
        let policy = parse(&text, "items").unwrap();
        let before = evaluate(&policy, &of_items(first, Vec::new())).unwrap();
        let claim = of_items(second, vec![before.adds.clone()]);
        let s = evaluate(&policy, &claim).unwrap();
        let total: Fen = claim.lines.iter().map(|l| l.amount).sum();
        prop_assert_eq!(s.own_pay + s.over_limit + s.pay_first + s.in_scope, total);
        prop_assert_eq!(s.fund + s.personal, total);
        for (line, share) in claim.lines.iter().zip(&s.lines) {
            prop_assert!(line_balances(line, share), "{line:?} {share:?}");
            let alone = LineShare { fund: share.fund, ..classify(&policy, &claim, line).unwrap() };
            prop_assert_eq!(&alone, share);
        }
        prop_assert!(added_up(&s), "{:?}", s.steps);
        // What counts keeps the day's limits; what does not is outside of all of them.
        let both = [before.adds.funds[0], s.adds.funds[0]];
        prop_assert!(both.iter().map(|of| of.counted).sum::<Fen>() <= Fen(5_000));
        prop_assert!(both.iter().map(|of| of.in_scope).sum::<Fen>() <= Fen(10_000));
        prop_assert!(both.iter().map(|of| of.deductible).sum::<Fen>() <= Fen(1_000));
        let mut after = claim.clone();
        after.history.extend([s.adds.clone(), s.adds.taken_back()]);
        prop_assert_eq!(&evaluate(&policy, &after).unwrap(), &s);
        // Whoever is charged more pays no less, rounded lines apart.
        if !line_stage && !claim.lines.is_empty() {
            let mut dearer = claim.clone();
            let line = &mut dearer.lines[which.index(claim.lines.len())];
            line.price = UnitPrice(line.price.0 + more);
            line.amount = line.price.amount(line.quantity).unwrap();
            // Each ratio is rounded by itself: half a fen each.
            prop_assert!(evaluate(&policy, &dearer).unwrap().personal + Fen(3) >= s.personal);
        }
    }

    #[test]
    fn a_file_whose_line_rules_name_nothing_in_the_claim_is_one_without(lines in items()) {
        let (head, rest) = ITEMS.split_once("[[line]]").unwrap();
        let (_, benefits) = rest.split_once("[benefit.general]").unwrap();
        let without = parse(&format!("{head}[benefit.general]{benefits}"), "items").unwrap();
        let with = parse(ITEMS, "items").unwrap();
        prop_assert!(with.needs_lines() && !without.needs_lines());
        let mut claim = of_items(lines, Vec::new());
        for line in &mut claim.lines {
            line.item = Item { code: Some("XJ01".to_owned()), kinds: Kinds::only(&[]), pay_first: None };
        }
        let (with, without) = (evaluate(&with, &claim).unwrap(), evaluate(&without, &claim).unwrap());
        prop_assert_eq!(with.lines, without.lines);
        prop_assert_eq!(with.adds, without.adds);
    }
}
