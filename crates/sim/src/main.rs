//! `simulate`: lives clinic-days and says what they came to.

use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use cunyi_sim::mutant::Mutant;
use cunyi_sim::plan::Plan;
use cunyi_sim::{Failed, Lived, Run, Template, Until, live, smaller};

/// Clinic-days under faults.
#[derive(Parser)]
struct Options {
    /// The first day's seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many days, each of the next seed.
    #[arg(long, default_value_t = 100)]
    runs: u64,
    /// As many days as it takes to make so many settlements as `--settlements` says.
    #[arg(long, conflicts_with = "runs")]
    long: bool,
    /// How many settlements of a long run; it may be lived in parts, each from the seed after the one before.
    #[arg(long, default_value_t = 1_000_000, requires = "long")]
    settlements: u64,
    /// How many at once.
    #[arg(long, default_value_t = 2)]
    threads: u64,
    /// With this mistake in the clinic's program.
    #[arg(long)]
    mutant: Option<Mutant>,
}

/// Days after which a long run says how far it is.
const TOLD_EVERY: u64 = 2_000;

fn main() -> ExitCode {
    match all(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(told) => {
            eprintln!("{told}");
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "how long it took")]
fn all(options: &Options) -> Result<(), String> {
    let start = Instant::now();
    let template = Template::new()?;
    let ready = start.elapsed();
    let run = Run {
        from: options.seed,
        until: if options.long {
            Until::Settlements(options.settlements)
        } else {
            Until::Days(options.runs)
        },
        threads: options.threads,
        mutant: options.mutant,
    };
    let so_far = |lived: &Lived| {
        let (last, sum) = (options.seed + lived.days.saturating_sub(1), lived.sum);
        format!(
            "seeds {} to {last}, {} days: {sum:?}",
            options.seed, lived.days
        )
    };
    let tell = |lived: &Lived| {
        if lived.days.is_multiple_of(TOLD_EVERY) {
            eprintln!("{}; {:.0?}", so_far(lived), start.elapsed());
        }
    };
    let lived = run.live(&template, tell).map_err(|failed| {
        eprintln!("{}", so_far(&failed.before));
        make_smaller(&template, &failed, options.mutant)
    })?;
    let took = start.elapsed();
    println!(
        "{}; ready after {ready:.1?}, {took:.1?} in all",
        so_far(&lived)
    );
    Ok(())
}

/// The smallest day that is wrong in the same way, numbers apart.
fn make_smaller(template: &Template, failed: &Failed, mutant: Option<Mutant>) -> String {
    let Failed { seed, told, .. } = failed;
    eprintln!("seed {seed}: {told}; it is made smaller now");
    let wrong = |told: &str| told.replace(|c: char| c.is_ascii_digit(), "");
    let same = |plan: &Plan| {
        let again = live(template, plan, mutant).err();
        again.is_some_and(|again| after_step(&wrong(&again)) == after_step(&wrong(told)))
    };
    let small = smaller(&Plan::of(*seed), same);
    let told_small = live(template, &small, mutant).err();
    format!("smallest: {told_small:?}\n{small:#?}")
}

/// What is told without at which step.
fn after_step(told: &str) -> &str {
    match told.strip_prefix("step ") {
        Some(rest) => rest.split_once(": ").map_or(rest, |(_, what)| what),
        None => told,
    }
}
