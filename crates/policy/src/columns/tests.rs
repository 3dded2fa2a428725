//! The replay against cases that can be followed with a pencil, and against the evaluator itself.

use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::language::facet::Facts;
use crate::policy::{Benefit, Level};
use crate::properties::generated;
use crate::{DEMO_RESIDENT, REGIONS, parse};

fn village() -> Kind {
    Kind {
        benefit: Benefit::General,
        facts: Facts {
            level: Some(Level::Village),
            ..Facts::default()
        },
    }
}

/// Class A claims of one person: day, yuan, back.
fn one_person(events: &[(u16, u32, u16)]) -> Block {
    let all = |column: fn(&(u16, u32, u16)) -> u32| events.iter().map(column).collect::<Vec<_>>();
    let nothing = vec![0; events.len()];
    Block {
        households: vec![u32::try_from(events.len()).unwrap()],
        member: vec![0; events.len()],
        day: events.iter().map(|e| e.0).collect(),
        kind: vec![0; events.len()],
        class_a: all(|e| e.1 * 100),
        class_b: nothing.clone(),
        class_c: nothing.clone(),
        over_limit: nothing.clone(),
        fee: nothing.clone(),
        balance: nothing,
        back: events.iter().map(|e| e.2).collect(),
    }
}

#[test]
fn a_reversal_gives_the_year_back_what_it_took() {
    let policy = parse(DEMO_RESIDENT, "demo.toml").unwrap();
    // 70 % of each, 400 a year: 280, then 120 are left, given back, and taken again.
    let block = one_person(&[
        (5, 400, 0),
        (40, 200, 0),
        (41, 200, 1),
        (300, 500, 0),
        (310, 10, 0),
    ]);
    let mut shares = Shares::default();
    Replay::new(&policy, 2026, vec![village()]).run(&block, &mut shares);
    assert_eq!(shares.fund, [28_000, 12_000, -12_000, 12_000, 0]);
    assert_eq!(shares.undecided, [0; 5]);
}

#[test]
fn what_was_settled_before_the_rules_were_known_is_settled_again() {
    let old = parse(DEMO_RESIDENT, "old.toml").unwrap();
    let valid = "valid = { from = \"2020-01-01\" }";
    let new = DEMO_RESIDENT
        .replace(
            valid,
            "valid = { from = \"2026-02-01\" }\nknown = \"2026-03-10\"",
        )
        .replace("\"70%\"", "\"90%\"");
    let new = parse(&new, "new.toml").unwrap();
    let kinds = [village()];
    let again = Again::new(&old, &new, 2026, &kinds);
    // 31 January, 1 February, 9 February and its reversal, 9 March, 10 March.
    let block = one_person(&[
        (31, 100, 0),
        (32, 100, 0),
        (40, 100, 0),
        (41, 100, 1),
        (68, 100, 0),
        (69, 300, 0),
    ]);
    let (mut was, mut is) = (Shares::default(), Shares::default());
    again.was(&block, &mut was);
    again.is(&block, &mut is);
    // What is left of 400 is less once the others are settled again.
    assert_eq!(was.fund, [7_000, 7_000, 7_000, -7_000, 7_000, 19_000]);
    assert_eq!(is.fund, [7_000, 9_000, 9_000, -9_000, 9_000, 15_000]);
    let asked: Vec<usize> = (0..block.len())
        .filter(|&event| again.asks(&block, event))
        .collect();
    assert_eq!(asked, [1, 4], "not in force, taken back, or known");
}

#[test]
fn what_the_rules_do_not_decide_is_said() {
    let policy = parse(DEMO_RESIDENT, "demo.toml").unwrap();
    let elsewhere = Kind {
        facts: Facts::default(),
        ..village()
    };
    let mut shares = Shares::default();
    Replay::new(&policy, 2026, vec![elsewhere]).run(&one_person(&[(5, 40, 0)]), &mut shares);
    assert_eq!(shares.fund, [0]);
    let code = crate::CannotDecide::CODES[usize::from(shares.undecided[0]) - 1];
    assert_eq!(code, "fact-missing");
}

/// One fund, of which the old have other terms: what a year took counts for both.
#[test]
fn a_fund_that_stands_in_two_places_goes_claim_by_claim() {
    let head = DEMO_RESIDENT.split("# 两病").next().unwrap();
    let fund = |age: &str, ratio: &str| {
        format!(
            "[[fund]]\nname = \"other\"\nbenefits = [\"general\"]\nwhere = {{ age = \"{age}\" }}\n\
             base = \"in_scope\"\ndeductible = \"none\"\nratio = \"{ratio}\"\n\
             cap = [{{ per = \"year\", amount = \"50.00\" }}]\n"
        )
    };
    let aged = |age| Kind {
        facts: Facts {
            age: Some(age),
            ..village().facts
        },
        ..village()
    };
    let mut block = one_person(&[(5, 100, 0), (200, 400, 0), (201, 400, 0)]);
    block.kind = vec![0, 1, 1];
    let text = format!("{head}{}{}", fund("-59", "50%"), fund("60-", "100%"));
    let policy = parse(&text, "a.toml").unwrap();
    let mut replay = Replay::new(&policy, 2026, vec![aged(59), aged(60)]);
    assert!(!replay.by_columns());
    let mut shares = Shares::default();
    replay.run(&block, &mut shares);
    // The pool pays 70, 280, and the 50 that its year has left; the fund 15, and the 35 that its year has left.
    assert_eq!(shares.fund, [7_000 + 1_500, 28_000 + 3_500, 5_000]);
}

#[test]
fn an_event_costs_all_its_parts() {
    let mut block = one_person(&[(5, 20, 0), (6, 1, 0)]);
    assert_eq!((block.len(), block.is_empty()), (2, false));
    assert!(Block::default().is_empty());
    block.class_b[1] = 1_000;
    block.class_c[1] = 200;
    block.over_limit[1] = 30;
    block.fee[1] = 4;
    // The account's balance is no cost.
    block.balance[1] = 50_000;
    assert_eq!((block.total(0), block.total(1)), (2_000, 1_334));
}

/// Kinds of which most have terms under the policy.
fn kinds(policy: &Policy) -> impl Strategy<Value = Vec<Kind>> + use<> {
    let new_year = Date::constant(2026, 1, 1);
    let policy = policy.for_year(new_year);
    generated::tapes(100).prop_map(move |mut tape| {
        let one = |_| match tape.below(12) {
            // Now and then nothing is said.
            11 => Kind {
                facts: Facts::default(),
                ..village()
            },
            _ => generated::kind(&policy, new_year, &mut tape),
        };
        (0..8).map(one).collect()
    })
}

/// Households of up to four members; amounts so that limits are met.
fn blocks(kinds: usize) -> impl Strategy<Value = Block> {
    let amount = || prop_oneof![2 => Just(0_u32), 3 => 0_u32..30_000, 1 => 0_u32..3_000_000];
    let event = (
        (
            0_u8..4,
            0_u16..60,
            0..kinds,
            any::<prop::sample::Index>(),
            0_u8..8,
        ),
        (
            amount(),
            amount(),
            amount(),
            amount(),
            prop_oneof![4 => Just(0_u32), 1 => 0_u32..2_000],
        ),
        amount(),
    );
    let household = prop::collection::vec(event, 1..25);
    prop::collection::vec(household, 1..6).prop_map(|households| {
        let mut block = Block::default();
        for events in households {
            let first = block.len();
            let (mut day, mut taken_back) = (1, Vec::new());
            for ((member, days, kind, which, turn), (a, b, c, over, fee), balance) in events {
                day = (day + if turn < 3 { 0 } else { days }).min(365);
                // One in eight takes one of the claims before back, once.
                let claims = (first..block.len())
                    .filter(|at| block.back[*at] == 0 && !taken_back.contains(at));
                let claims: Vec<usize> = claims.collect();
                let claim =
                    (turn == 7 && !claims.is_empty()).then(|| claims[which.index(claims.len())]);
                taken_back.extend(claim);
                let same = |column: &Vec<u32>, value| claim.map_or(value, |claim| column[claim]);
                let (a, b, c) = (
                    same(&block.class_a, a),
                    same(&block.class_b, b),
                    same(&block.class_c, c),
                );
                let (over, fee) = (same(&block.over_limit, over), same(&block.fee, fee));
                let member = claim.map_or(member, |claim| block.member[claim]);
                let kind = claim.map_or(u16::try_from(kind).unwrap(), |claim| block.kind[claim]);
                block
                    .back
                    .push(claim.map_or(0, |claim| u16::try_from(block.len() - claim).unwrap()));
                block.member.push(member);
                block.day.push(day);
                block.kind.push(kind);
                block.class_a.push(a);
                block.class_b.push(b);
                block.class_c.push(c);
                block.over_limit.push(over);
                block.fee.push(fee);
                block.balance.push(balance);
            }
            block
                .households
                .push(u32::try_from(block.len() - first).unwrap());
        }
        block
    })
}

/// The columns and the evaluator say the same of a block.
fn same(replay: &mut Replay, block: &Block) -> Result<(), TestCaseError> {
    let (mut columns, mut single) = (Shares::default(), Shares::default());
    replay.run(block, &mut columns);
    // Whatever was in there is gone.
    single.clone_from(&columns);
    replay.run_one_by_one(block, &mut single);
    prop_assert_eq!(&columns, &single);
    prop_assert_eq!(columns.fund.len(), block.len());
    replay.run(block, &mut columns);
    prop_assert_eq!(columns, single);
    Ok(())
}

/// A policy with a dictionary and a block of its own.
fn cases(
    policies: impl Strategy<Value = Policy>,
) -> impl Strategy<Value = (Policy, Vec<Kind>, Block)> {
    let with_kinds = policies.prop_flat_map(|policy| (kinds(&policy), Just(policy)));
    with_kinds.prop_flat_map(|(kinds, policy)| {
        let block = blocks(kinds.len());
        (Just(policy), Just(kinds), block)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn columns_say_what_the_evaluator_says(
        (policy, kinds, block) in cases(select(REGIONS).prop_map(|(name, text, _)| {
            parse(text, name).unwrap()
        }))
    ) {
        let mut replay = Replay::new(&policy, 2026, kinds);
        // A file with rules of single items is beyond sums by class.
        prop_assert_eq!(replay.by_columns(), !policy.needs_lines());
        same(&mut replay, &block)?;
    }

    #[test]
    fn columns_say_it_of_any_rules(
        (policy, kinds, block) in cases(generated::policies().prop_map(|text| {
            parse(&text, "generated.toml").unwrap()
        }))
    ) {
        same(&mut Replay::new(&policy, 2026, kinds), &block)?;
    }
}
