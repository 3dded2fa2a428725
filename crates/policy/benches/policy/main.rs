//! How fast a policy from its file is against the same rules written down by hand, in one run, on one
//! core. Inputs are in memory before the clock starts; sums must be equal; the median of five
//! interleaved runs counts. `cargo xtask bench policy` runs it.

mod people;
mod twins;

use std::hint::black_box;
use std::time::{Duration, Instant};

use cunyi_policy::columns::{Block, Kind, Replay, Shares};
use cunyi_policy::{
    CannotDecide, Claim, Policy, Settlement, evaluate, evaluate_unexplained, parse, read_claim,
};

const RUNS: usize = 5;

fn main() {
    // `cargo test --all-targets` starts benches too, without this flag.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let arguments: Vec<String> = std::env::args().collect();
    let people = arguments.iter().find_map(|a| a.parse().ok());
    let people = people.unwrap_or(1_000_000);
    // `-- anchors` is that one alone.
    let alone = ["anchors", "hard", "single"]
        .iter()
        .find(|name| arguments.iter().any(|a| a == *name));
    let wanted = |name| alone.is_none_or(|alone| *alone == name);
    if wanted("anchors") {
        anchors(people);
    }
    if wanted("hard") {
        hard(people);
    }
    if wanted("single") {
        single();
    }
}

/// A measure: its name and what it does; the sums it gives.
type Measure<'a, S> = (&'a str, Box<dyn FnMut() -> S + 'a>);

/// The median of each measure, in order; all give the same sums.
#[expect(clippy::disallowed_methods, reason = "a bench reads the clock")]
fn medians<S: PartialEq + std::fmt::Debug>(measures: &mut [Measure<'_, S>]) -> Vec<Duration> {
    let mut times = vec![Vec::new(); measures.len()];
    for _ in 0..RUNS {
        let mut sums = Vec::new();
        for ((_, measure), times) in measures.iter_mut().zip(&mut times) {
            let start = Instant::now();
            sums.push(black_box(measure()));
            times.push(start.elapsed());
        }
        assert!(
            sums.windows(2).all(|two| two[0] == two[1]),
            "sums differ: {sums:?}"
        );
    }
    let median = |times: &mut Vec<Duration>| {
        times.sort_unstable();
        times[RUNS / 2]
    };
    times.iter_mut().map(median).collect()
}

/// Thousands a second.
fn rate(count: usize, took: Duration) -> u128 {
    count as u128 * 1_000_000 / took.as_nanos().max(1)
}

fn replay(replay: &mut Replay, blocks: &[Block], shares: &mut Shares) -> (i64, i64) {
    let (mut fund, mut account) = (0, 0);
    for block in blocks {
        replay.run(block, shares);
        fund += shares.fund.iter().sum::<i64>();
        account += shares.account.iter().sum::<i64>();
    }
    (fund, account)
}

fn compare(
    name: &str,
    least: u128,
    text: &str,
    (kinds, blocks): (Vec<Kind>, Vec<Block>),
    twin: fn(&Block) -> (i64, i64),
) {
    let policy = parse(text, name).expect("the bench's file is sound");
    let mut plan = Replay::new(&policy, 2026, kinds);
    assert!(plan.by_columns(), "{name} goes by columns");
    let mut shares = Shares::default();
    let by_hand = || {
        blocks
            .iter()
            .map(twin)
            .fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1))
    };
    let took = medians(&mut [
        ("by hand", Box::new(by_hand)),
        (
            "from the file",
            Box::new(|| replay(&mut plan, &blocks, &mut shares)),
        ),
    ]);
    let count: usize = blocks.iter().map(Block::len).sum();
    let [by_hand, ours] = [rate(count, took[0]), rate(count, took[1])];
    let sums = replay(&mut plan, &blocks, &mut shares);
    println!(
        "{name}: {count} events; by hand {by_hand} k/s, from the file {ours} k/s, \
         {} thousandths of it (at least {least}); fund {} fen, account {} fen",
        ours * 1_000 / by_hand,
        sums.0,
        sums.1
    );
    assert!(ours * 1_000 / by_hand >= least, "{name} is too slow");
}

fn anchors(people: usize) {
    let text = include_str!("anchors.toml");
    compare("anchors", 250, text, people::anchors(people), |block| {
        (twins::anchors(block), 0)
    });
}

fn hard(people: usize) {
    compare(
        "hard",
        200,
        include_str!("hard.toml"),
        people::hard(people),
        twins::hard,
    );
}

/// Claims of four lines by the evaluator, explained.
fn single() {
    const CLAIMS: usize = 200_000;
    let policy = parse(include_str!("hard.toml"), "hard.toml").expect("the bench's file is sound");
    let text = r#"{"date": "2026-05-05", "level": "village", "balance": "20.00",
        "lines": [{"class": "A", "price": "20.00"}, {"class": "B", "price": "1.50", "quantity": "24"},
                  {"class": "C", "price": "3.00"}, {"class": "A", "price": "10.00", "fee": true}],
        "earlier": [{"date": "2026-03-01", "fund": "35.00", "deductible": "48.00"}]}"#;
    let claim: Claim = read_claim(text, &policy).expect("the bench's claim is sound");
    let (policy, claim) = (&policy, &claim);
    let run = |of: fn(&Policy, &Claim) -> Result<Settlement, CannotDecide>| {
        let one = move |_| of(policy, black_box(claim)).expect("decided").fund.0;
        move || (0..CLAIMS).map(one).sum::<i64>()
    };
    let took = medians(&mut [
        ("explained", Box::new(run(evaluate))),
        ("unexplained", Box::new(run(evaluate_unexplained))),
    ]);
    println!("claims of four lines: {} k/s", rate(CLAIMS, took[1]));
    let explained = rate(CLAIMS, took[0]);
    println!("the same, explained as data: {explained} k/s (at least 500)");
    assert!(explained >= 500, "explaining is too slow");
}
