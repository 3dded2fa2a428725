//! The sums of a replay against the evaluator, whatever the threads and the blocks.

use std::collections::BTreeMap;
use std::io::Cursor;

use cunyi_policy::columns::{Replay, Shares};
use cunyi_policy::{DEMO_RESIDENT, Policy, parse};
use proptest::prelude::*;

use super::*;
use crate::sample::Sample;
use crate::year::{Event, Kind, Writer};

/// The demo's rules, and the same with a hospital's benefit, a yearly deductible and less cap.
fn policies() -> [Policy; 2] {
    let other = DEMO_RESIDENT
        .replace(
            r#"where = { level = ["village", "township"] }
deductible = "none"
ratio = ["#,
            r#"where = { level = ["village", "township", "level2"] }
deductible = [{ per = "year", amount = "50.00" }]
ratio = [
  { when = { level = "level2" }, is = "50%" },"#,
        )
        .replace("\"400.00\"", "\"300.00\"");
    assert_ne!(other, DEMO_RESIDENT);
    [DEMO_RESIDENT, &other].map(|text| parse(text, "it.toml").unwrap())
}

fn year(claims: u64, seed: u64) -> Vec<u8> {
    let sample = Sample {
        claims,
        seed,
        year: 2026,
    };
    let mut bytes = Vec::new();
    sample.write(&mut bytes).unwrap();
    bytes
}

fn replayed(bytes: &[u8], threads: usize) -> (Tally, Counts) {
    let mut reader = Reader::open(Cursor::new(bytes)).unwrap();
    let policies = policies();
    let both = [&policies[0], &policies[1]];
    replay(&mut reader, &both, threads, &mut |_| ()).unwrap()
}

fn all(tally: &Tally) -> impl PartialEq + std::fmt::Debug + use<> {
    let of = |policy: usize| {
        let ages = AgeBand::ALL.map(|age| tally.changes(policy, age).sorted());
        (
            tally.groups(policy),
            tally.undecided(policy).to_vec(),
            tally.households(policy).sorted(),
            ages,
            tally.not_compared(policy),
        )
    };
    [of(0), of(1)]
}

/// The same households, each in a block of its own.
fn one_household_a_block(bytes: &[u8]) -> Vec<(Head, Block)> {
    let mut reader = Reader::open(Cursor::new(bytes)).unwrap();
    let head = reader.head().clone();
    let (mut raw, mut block) = (RawBlock::default(), Block::default());
    let mut all = Vec::new();
    while reader.next_block(&mut raw).unwrap() {
        raw.decode(&head, &mut block).unwrap();
        let mut first = 0;
        for events in &block.households {
            let at = first..first + *events as usize;
            first = at.end;
            let one = Block {
                households: vec![*events],
                member: block.member[at.clone()].to_vec(),
                day: block.day[at.clone()].to_vec(),
                kind: block.kind[at.clone()].to_vec(),
                class_a: block.class_a[at.clone()].to_vec(),
                class_b: block.class_b[at.clone()].to_vec(),
                class_c: block.class_c[at.clone()].to_vec(),
                over_limit: block.over_limit[at.clone()].to_vec(),
                fee: block.fee[at.clone()].to_vec(),
                balance: block.balance[at.clone()].to_vec(),
                back: block.back[at].to_vec(),
            };
            all.push((head.clone(), one));
        }
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn threads_and_blocks_change_nothing(seed in any::<u64>(), claims in 1..3_000_u64, threads in 1..5_usize) {
        let bytes = year(claims, seed);
        let (tally, counts) = replayed(&bytes, threads);
        let policies = policies();
        let blocks = one_household_a_block(&bytes);
        let head = &blocks[0].0;
        let mut alone = Tally::new(head, 2);
        let mut replays = policies
            .each_ref()
            .map(|policy| Replay::new(policy, head.year, head.kinds.clone()));
        let mut shares = [Shares::default(), Shares::default()];
        for (_, block) in &blocks {
            for (replay, shares) in replays.iter_mut().zip(&mut shares) {
                replay.run(block, shares);
            }
            alone.add(block, &shares);
        }
        prop_assert_eq!(counts.households, blocks.len() as u64);
        prop_assert_eq!(all(&tally), all(&alone));
    }
}

#[test]
fn a_year_of_blocks_is_the_same_on_one_thread_and_on_four() {
    let bytes = year(70_000, 7);
    let (one, counts) = replayed(&bytes, 1);
    assert!(counts.blocks > 1);
    let (four, same) = replayed(&bytes, 4);
    assert_eq!(counts, same);
    assert_eq!(all(&one), all(&four));
}

#[test]
fn sums_agree_whichever_way_they_are_taken() {
    let (tally, counts) = replayed(&year(20_000, 3), 2);
    for policy in [0, 1] {
        let mut sums = Sums::default();
        for (_, group) in tally.groups(policy) {
            sums.add(&group);
        }
        assert_eq!(sums.claims + sums.reversals, counts.events);
        assert_eq!(sums.reversals, counts.reversals);
        assert!(sums.fund > 0 && sums.open == 0, "{sums:?}");
        let households = tally.households(policy).sorted();
        let fund: i64 = households
            .iter()
            .map(|(fund, n)| fund * i64::try_from(*n).unwrap())
            .sum();
        assert_eq!(fund, sums.fund);
        let count: u64 = households.iter().map(|(_, n)| n).sum();
        assert_eq!(count, counts.households);
        let undecided: i64 = tally.undecided(policy).iter().map(|u| u.total).sum();
        assert_eq!(undecided, sums.outside + sums.open);
    }
    let fund = |policy| tally.groups(policy).values().map(|s| s.fund).sum::<i64>();
    let changes = AgeBand::ALL
        .map(|age| tally.changes(1, age).sorted())
        .concat();
    let change: i64 = changes
        .iter()
        .map(|(more, n)| more * i64::try_from(*n).unwrap())
        .sum();
    assert_eq!(change, fund(0) - fund(1));
    let persons: u64 = changes.iter().map(|(_, n)| n).sum();
    assert_eq!(persons + tally.not_compared(1), counts.persons);
}

/// Two people of one house, by hand: what one gains and the other loses.
#[test]
fn a_person_gains_and_another_loses() {
    let policies = policies();
    let bytes = year(1, 1);
    let kinds: Vec<Kind> = Reader::open(Cursor::new(&bytes[..]))
        .unwrap()
        .head()
        .kinds
        .clone();
    let find = |level: &str, age: i64| {
        let wanted = |kind: &Kind| {
            kind.facts.level.is_some_and(|l| l.as_str() == level) && kind.facts.age == Some(age)
        };
        u16::try_from(kinds.iter().position(wanted).unwrap()).unwrap()
    };
    let claim = |member, kind, class_a| Event {
        member,
        day: 9,
        kind,
        class_a,
        ..Event::default()
    };
    let mut file = Vec::new();
    let mut writer = Writer::new(&mut file, 2026, &kinds).unwrap();
    // 100 yuan in a hospital: nothing before, then (100 − 50) × 50 %. 100 in the village: 70, then
    // (100 − 50) × 70 %.
    let events = [
        claim(0, find("level2", 65), 10_000),
        claim(1, find("village", 30), 10_000),
    ];
    writer.household(&events).unwrap();
    writer.finish().unwrap();
    let mut reader = Reader::open(Cursor::new(&file[..])).unwrap();
    let both = [&policies[0], &policies[1]];
    let (tally, _) = replay(&mut reader, &both, 1, &mut |_| ()).unwrap();
    assert_eq!(tally.changes(1, AgeBand::Sixty).sorted(), [(-2_500, 1)]);
    assert_eq!(tally.changes(1, AgeBand::Adult).sorted(), [(3_500, 1)]);
    let outside: BTreeMap<_, _> = tally
        .groups(0)
        .into_iter()
        .filter(|(_, s)| s.outside > 0)
        .collect();
    assert_eq!(outside.len(), 1);
    assert_eq!(outside.values().next().unwrap().patient(), 10_000);
    assert_eq!(tally.households(1).sorted(), [(6_000, 1)]);
}

#[test]
fn a_block_that_is_not_sound_ends_the_replay_with_its_place() {
    let mut bytes = year(70_000, 7);
    let block = 20 + u32::from_le_bytes(bytes[12..16].try_into().unwrap()) as usize;
    let length = u32::from_le_bytes(bytes[block..block + 4].try_into().unwrap()) as usize;
    let body = block + 8..block + 8 + length;
    // More households than events.
    bytes[body.start + 4..body.start + 8].copy_from_slice(&[255; 4]);
    let sum = crc32fast::hash(&bytes[body.clone()]).to_le_bytes();
    bytes[block + 4..block + 8].copy_from_slice(&sum);
    let policies = policies();
    for threads in [1, 3] {
        let mut reader = Reader::open(Cursor::new(&bytes[..])).unwrap();
        let error = replay(&mut reader, &[&policies[0]], threads, &mut |_| ()).unwrap_err();
        assert_eq!(error.offset, body.start as u64 + 4, "{error}");
    }
}
