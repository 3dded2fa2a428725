//! The workshop: what tests the house, keeps it tidy and proves that it builds on a bare machine.
//!
//! `cargo xtask test` is all that CI runs, so a green run here is a green run there.

mod axe;
mod bare;
mod bench;
mod browser;
mod machine;
mod postgres;
mod run;
mod service;
mod test;
mod tidy;

use std::fs;
use std::process::{Command, ExitCode};

use clap::{Args, Parser, Subcommand};

/// Days on seeds that are the same each time.
const FIXED: u64 = 2_000;
/// Days on seeds that no run had before.
const FRESH: u64 = 200;

/// The workshop of Cunyi.
#[derive(Parser)]
struct Workshop {
    #[command(subcommand)]
    job: Job,
}

#[derive(Subcommand)]
enum Job {
    /// Formats, lints, documents, tidies and tests everything, with PostgreSQL and a browser.
    Test(TestOptions),
    /// Checks the house rules that the compiler does not know.
    Tidy,
    /// Builds the release binary where there is nothing but Rust and a C compiler.
    BareBuild,
    /// Measures start, pages, write path and replay; docs/performance.md keeps the figures.
    Bench(bench::Options),
    /// Lives clinic-days under faults in the release profile: `--seed S --runs N`, `--long`.
    Simulate {
        /// What the simulator is told.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// What CI lives of them: 2,000 on fixed seeds, 200 on fresh ones.
    Days,
    /// Kills clinic and centre by SIGKILL while they work, and audits what is left.
    Kill {
        /// How many kills.
        #[arg(long, default_value_t = 200)]
        runs: u64,
        /// Of the schedule.
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Fetches the pinned axe-core and prints its path.
    Axe,
}

/// What to leave out.
#[derive(Args)]
struct TestOptions {
    /// Without Chromium and axe-core: the tests in a browser say that they are skipped.
    #[arg(long)]
    no_browser: bool,
    /// Without PostgreSQL: its tests say that they are skipped.
    #[arg(long)]
    no_postgres: bool,
}

fn main() -> ExitCode {
    let job = Workshop::parse().job;
    if let Err(error) = run::watch_signals().and_then(|()| work(job)) {
        // Without anyhow's backtrace: it tells where xtask is, not what is wrong.
        eprintln!("{error:#}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

fn work(job: Job) -> anyhow::Result<()> {
    match job {
        Job::Test(options) => test::run(!options.no_browser, !options.no_postgres),
        Job::Tidy => tidy::run(),
        Job::BareBuild => bare::run(),
        Job::Bench(options) => bench::run(&options),
        Job::Simulate { arguments } => simulate(&arguments),
        Job::Days => days(),
        Job::Kill { runs, seed } => kill(runs, seed),
        Job::Axe => {
            println!("{}", axe::fetch()?.display());
            Ok(())
        }
    }
}

fn simulate(arguments: &[String]) -> anyhow::Result<()> {
    let run = ["run", "--quiet", "--release", "--package", "cunyi-sim"];
    let status = run::cargo(&run).arg("--").args(arguments).status()?;
    anyhow::ensure!(status.success(), "a day failed: its seed stands above");
    Ok(())
}

/// Built where the bare build has left what it is made of, so that it costs the simulator alone.
fn days() -> anyhow::Result<()> {
    let build = [
        "build",
        "--release",
        "--package",
        "cunyi-sim",
        "--target-dir",
        "target/bare",
    ];
    run::step("build the simulator", &mut run::cargo(&build))?;
    let since = std::time::SystemTime::UNIX_EPOCH.elapsed()?;
    let fresh = since.as_secs();
    for (name, seed, runs) in [
        ("clinic-days", 1, FIXED),
        ("fresh clinic-days", fresh, FRESH),
    ] {
        let mut simulate = Command::new(run::root().join("target/bare/release/simulate"));
        simulate.args(["--seed", &seed.to_string(), "--runs", &runs.to_string()]);
        print!("{}", fs::read_to_string(run::step(name, &mut simulate)?)?);
    }
    Ok(())
}

/// The test that CI runs with twenty kills.
fn kill(runs: u64, seed: u64) -> anyhow::Result<()> {
    let test = [
        "test",
        "--quiet",
        "--package",
        "cunyi-server",
        "--test",
        "cli",
    ];
    let status = run::cargo(&test)
        .args(["killed_at_any_moment", "--", "--nocapture"])
        .env("CUNYI_KILLS", runs.to_string())
        .env("CUNYI_KILL_SEED", seed.to_string())
        .status()?;
    anyhow::ensure!(status.success(), "what was wrong stands above");
    Ok(())
}
