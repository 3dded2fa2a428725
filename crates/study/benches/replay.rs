//! A province's year: as many claims as the first argument says, 96 million without one, written to a
//! file (not measured), and replayed from it under two policies on two threads. Before that a small
//! year is replayed claim by claim as well, and must come to the same fen.

use std::fs::{self, File};
use std::io::{BufReader, BufWriter, Cursor};
use std::path::PathBuf;
use std::time::Instant;

use cunyi_policy::columns::{Replay, Shares};
use cunyi_policy::{DEMO_RESIDENT, Policy, parse};
use cunyi_study::replay::replay;
use cunyi_study::sample::Sample;
use cunyi_study::year::{Block, RawBlock, Reader};

const CLAIMS: u64 = 96_000_000;
const COMPARED: u64 = 50_000;
const THREADS: usize = 2;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let claims = arguments
        .find_map(|text| text.parse().ok())
        .unwrap_or(CLAIMS);
    // Rules of one kind, and rules with more to count: a deductible, and caps a visit and a month.
    let more = DEMO_RESIDENT
        .replacen("deductible = \"none\"", "deductible = [{ per = \"year\", amount = \"50.00\" }]", 1)
        .replacen(
            "cap = [{ per = \"year\", amount = \"400.00\" }]",
            "cap = [{ per = \"visit\", amount = \"40.00\" }, { per = \"month\", amount = \"120.00\" }, \
             { per = \"year\", amount = \"500.00\" }]",
            1,
        );
    assert_ne!(more, DEMO_RESIDENT);
    let policies = [DEMO_RESIDENT, &more].map(|text| parse(text, "bench.toml").expect("reads"));
    compare(&policies);
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("bench.claims");
    let sample = Sample {
        claims,
        seed: 1,
        year: 2026,
    };
    let to = BufWriter::new(File::create(&file).expect("created"));
    let counts = sample.write(to).expect("written");
    let bytes = fs::metadata(&file).expect("there").len();
    println!(
        "events: {}, people: {}, bytes: {bytes}",
        counts.events, counts.persons
    );
    measure(&file, &policies);
    fs::remove_file(&file).expect("removed");
}

#[expect(clippy::disallowed_methods, reason = "a bench measures time")]
fn measure(file: &PathBuf, policies: &[Policy; 2]) {
    let start = Instant::now();
    let from = BufReader::with_capacity(1 << 20, File::open(file).expect("opens"));
    let mut reader = Reader::open(from).expect("a year");
    let both = [&policies[0], &policies[1]];
    let (tally, counts) = replay(&mut reader, &both, THREADS, &mut |_| ()).expect("sound");
    let took = start.elapsed();
    for policy in [0, 1] {
        let fund: i64 = tally.groups(policy).values().map(|sums| sums.fund).sum();
        println!("policy {policy}: the funds pay {fund} fen");
    }
    let ms = u64::try_from(took.as_millis()).expect("fits").max(1);
    println!("replay, ms: {ms}");
    println!(
        "events a second and policy: {}",
        counts.events * 2 * 1_000 / ms
    );
    println!("greatest memory, kB: {}", memory());
}

/// The columns against the evaluator, event by event.
fn compare(policies: &[Policy; 2]) {
    let sample = Sample {
        claims: COMPARED,
        seed: 2,
        year: 2026,
    };
    let mut bytes = Vec::new();
    sample.write(&mut bytes).expect("written");
    let mut reader = Reader::open(Cursor::new(bytes)).expect("a year");
    let head = reader.head().clone();
    let (mut raw, mut block) = (RawBlock::default(), Block::default());
    let (mut columns, mut alone) = (Shares::default(), Shares::default());
    let mut compared = 0;
    while reader.next_block(&mut raw).expect("sound") {
        raw.decode(&head, &mut block).expect("sound");
        for policy in policies {
            let mut replay = Replay::new(policy, head.year, head.kinds.clone());
            assert!(replay.by_columns(), "the bench measures columns");
            replay.run(&block, &mut columns);
            replay.run_one_by_one(&block, &mut alone);
            assert_eq!(columns, alone, "columns and evaluator differ");
            compared += block.len();
        }
    }
    println!("claim by claim the same: {compared} events");
}

/// `VmHWM`: what the process had at most.
fn memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    number.and_then(|number| number.parse().ok()).unwrap_or(0)
}
