//! `simulate`: lives clinic-days and says what they came to.

use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use clap::Parser;
use cunyi_sim::mutant::Mutant;
use cunyi_sim::plan::Plan;
use cunyi_sim::{Done, Template, live, smaller};

/// Clinic-days under faults.
#[derive(Parser)]
struct Options {
    /// The first day's seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many days, each of the next seed.
    #[arg(long, default_value_t = 100)]
    runs: u64,
    /// A million settlements, about eight a day.
    #[arg(long)]
    long: bool,
    /// How many at once.
    #[arg(long, default_value_t = 2)]
    threads: u64,
    /// With this mistake in the clinic's program.
    #[arg(long)]
    mutant: Option<Mutant>,
}

/// What is told without at which step.
fn after_step(told: &str) -> &str {
    match told.strip_prefix("step ") {
        Some(rest) => rest.split_once(": ").map_or(rest, |(_, what)| what),
        None => told,
    }
}

/// Days of `--long`.
const LONG: u64 = 130_000;

fn main() -> ExitCode {
    let options = Options::parse();
    let runs = if options.long { LONG } else { options.runs };
    match all(&options, runs) {
        Ok(()) => ExitCode::SUCCESS,
        Err(told) => {
            eprintln!("{told}");
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "how long it took")]
fn all(options: &Options, runs: u64) -> Result<(), String> {
    let start = Instant::now();
    let template = Template::new()?;
    let ready = start.elapsed();
    let next = AtomicU64::new(0);
    let results: Mutex<(Done, Option<(u64, String)>)> = Mutex::default();
    let work = || {
        loop {
            let number = next.fetch_add(1, Ordering::SeqCst);
            if number >= runs {
                return;
            }
            let seed = options.seed + number;
            let lived = live(&template, &Plan::of(seed), options.mutant);
            let Ok(mut results) = results.lock() else {
                return;
            };
            match lived {
                Ok(done) => results.0.add(&done),
                Err(told) => {
                    next.store(runs, Ordering::SeqCst);
                    let first = results.1.as_ref().is_none_or(|(other, _)| seed < *other);
                    if first {
                        results.1 = Some((seed, told));
                    }
                }
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..options.threads.max(1) {
            scope.spawn(work);
        }
    });
    let (sum, failed) = results.into_inner().map_err(|error| error.to_string())?;
    if let Some((seed, told)) = failed {
        eprintln!("seed {seed}: {told}; it is made smaller now");
        // Smaller, and still wrong in the same way: numbers apart.
        let wrong = |told: &str| told.replace(|c: char| c.is_ascii_digit(), "");
        let same = |plan: &Plan| {
            let again = live(&template, plan, options.mutant).err();
            again.is_some_and(|again| after_step(&wrong(&again)) == after_step(&wrong(&told)))
        };
        let small = smaller(&Plan::of(seed), same);
        let told_small = live(&template, &small, options.mutant).err();
        return Err(format!("smallest: {told_small:?}\n{small:#?}"));
    }
    let took = start.elapsed();
    println!(
        "seeds {} to {}: {sum:?}; ready after {ready:.1?}, {took:.1?} in all",
        options.seed,
        options.seed + runs.saturating_sub(1)
    );
    Ok(())
}
