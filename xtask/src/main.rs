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

use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

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
        Job::Axe => {
            println!("{}", axe::fetch()?.display());
            Ok(())
        }
    }
}

fn simulate(arguments: &[String]) -> anyhow::Result<()> {
    let run = [
        "run",
        "--quiet",
        "--release",
        "--package",
        "cunyi-sim",
        "--",
    ];
    let status = run::cargo(&run).args(arguments).status()?;
    anyhow::ensure!(status.success(), "a day failed: its seed stands above");
    Ok(())
}
