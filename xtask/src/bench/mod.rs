//! Measures: start, pages, a silent centre, write path, replay, policy, settlement, study, presses. Each
//! prints its raw figures under the machine's name;
//! `docs/performance.md` keeps them.

mod http;
mod limits;
mod pages;
mod program;
mod silent;
mod ui;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use clap::{Args, ValueEnum};

use crate::run;
use limits::Limits;
use program::Demo;

/// What is measured.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Name {
    /// From the program's start to its first page, and its size.
    Start,
    /// Every read page under 20 users, and what memory that takes.
    Pages,
    /// The same pages while the centre does not answer for two minutes.
    Silent,
    /// A visit's write path against bare SQLite.
    Write,
    /// Rebuilding the ledger from the journal.
    Replay,
    /// A policy from its file against the same rules by hand.
    Policy,
    /// What the program adds to a settlement's calls.
    Settle,
    /// Presses and decisions of a visit, and the time that makes.
    Ui,
    /// A province's year of claims from its file, under two policies.
    Study,
}

/// What to measure.
#[derive(Args)]
pub struct Options {
    /// One measure; all of them when none is named.
    name: Option<Name>,
    /// Seconds of the page run.
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// Seeds the demo files anew; else those of the last run are used.
    #[arg(long)]
    fresh: bool,
}

/// Starts whose median counts.
const STARTS: usize = 5;
/// Milliseconds that a start may take.
const LONGEST_START: u64 = 1000;
/// Milliseconds that a province's year may take under two policies.
const LONGEST_YEAR: u64 = 20_000;
/// Kilobytes that it may take.
const LARGEST_YEAR: u64 = 4 << 20;
/// Microseconds that a settlement may take beside its calls, at the median.
const LONGEST_SETTLEMENT: u64 = 5000;
/// Bytes that the binary may have.
const LARGEST: u64 = 40 << 20;
/// The usual demo.
const USUAL: &[&str] = &[];
/// 2,000 working days of 25 visits, a winter market day's, and today's already done.
const LARGE: &[&str] = &["--days", "2334", "--per-day", "25", "--done-today", "25"];

pub fn run(options: &Options) -> Result<()> {
    // The engine's measures are programs of their own.
    if !matches!(
        options.name,
        Some(Name::Policy | Name::Study | Name::Settle | Name::Ui)
    ) {
        let server = ["build", "--release", "--package", "cunyi-server"];
        run::step("build", &mut run::cargo(&server))?;
    }
    println!("{}", machine()?);
    let wanted = |name| options.name.is_none_or(|only| only == name);
    let folder = |name: &str, extent: &[&str]| program::seeded(name, extent, options.fresh);
    let mut limits = Limits::default();
    if wanted(Name::Start) {
        start("60 days", &folder("usual", USUAL)?, &mut limits)?;
        let bytes = fs::metadata(program::binary())?.len();
        limits.below("binary, bytes", bytes, LARGEST);
    }
    if wanted(Name::Write) {
        write(&folder("usual", USUAL)?)?;
    }
    if wanted(Name::Pages) {
        let large = folder("large", LARGE)?;
        start("50,000 visits", &large, &mut limits)?;
        pages::run(&large, Duration::from_secs(options.seconds), &mut limits)?;
    }
    if wanted(Name::Silent) {
        silent::run(&folder("large", LARGE)?, &mut limits)?;
    }
    if wanted(Name::Replay) {
        replay(&folder("large", LARGE)?)?;
    }
    if wanted(Name::Policy) {
        policy()?;
    }
    if wanted(Name::Settle) {
        let said = measured("cunyi-sim", "settle")?;
        let ours = figure(&said, "ours of a settlement, us:")?;
        limits.below("ours of a settlement, us", ours, LONGEST_SETTLEMENT);
    }
    if wanted(Name::Ui) {
        ui::run(&mut limits)?;
    }
    if wanted(Name::Study) {
        study(&mut limits)?;
    }
    println!("load at the end: {}", load()?);
    limits.end()
}

/// What the figures were taken on.
fn machine() -> Result<String> {
    let line = |file: &str, name: &str| -> Result<String> {
        let text = fs::read_to_string(file)?;
        let found = text.lines().find(|line| line.starts_with(name));
        let value = found.and_then(|line| line.split_once(':'));
        Ok(value
            .map_or("unknown", |(_, value)| value.trim())
            .to_owned())
    };
    let ask = |program: &str, arguments: &[&str]| -> Result<String> {
        let said = run::output(
            Command::new(program)
                .args(arguments)
                .current_dir(run::root()),
        )?;
        Ok(said.trim().to_owned())
    };
    let cores = thread::available_parallelism()?;
    Ok(format!(
        "{}\n{}, {cores} cores, {} of memory, kernel {}\n{}, commit {}\nload at the start: {}",
        ask("date", &["+%F %T %z"])?,
        line("/proc/cpuinfo", "model name")?,
        line("/proc/meminfo", "MemTotal")?,
        ask("uname", &["-r"])?,
        ask("rustc", &["--version"])?,
        ask("git", &["rev-parse", "--short", "HEAD"])?,
        load()?,
    ))
}

fn load() -> Result<String> {
    Ok(fs::read_to_string("/proc/loadavg")?.trim().to_owned())
}

/// 96 million claims: the bench prints its figures, of which two are limited.
fn study(limits: &mut Limits) -> Result<()> {
    let said = measured("cunyi-study", "replay")?;
    let (year, memory) = (
        figure(&said, "replay, ms:")?,
        figure(&said, "greatest memory, kB:")?,
    );
    limits.below("a province's year, ms", year, LONGEST_YEAR);
    limits.below("its memory, kB", memory, LARGEST_YEAR);
    Ok(())
}

/// Runs a crate's bench; what it says.
fn measured(package: &str, bench: &str) -> Result<String> {
    let words = ["bench", "--package", package, "--bench", bench];
    let said = run::output(&mut run::cargo(&words))?;
    print!("{said}");
    Ok(said)
}

fn figure(said: &str, name: &str) -> Result<u64> {
    let line = said.lines().find_map(|line| line.strip_prefix(name));
    Ok(line.context("the bench did not say")?.trim().parse()?)
}

/// From spawning the program to the first 200 of the sign-in page.
fn start(what: &str, folder: &Path, limits: &mut Limits) -> Result<()> {
    let mut all = Vec::new();
    for _ in 0..STARTS {
        all.push(Demo::start(folder, &[])?.took.as_millis());
    }
    all.sort_unstable();
    println!("start, {what}: {all:?} ms");
    let median = u64::try_from(all[all.len() / 2])?;
    limits.below(&format!("start, {what}, median ms"), median, LONGEST_START);
    Ok(())
}

fn write(folder: &Path) -> Result<()> {
    let bench = ["bench", "--package", "cunyi-store", "--bench", "write_path"];
    print!(
        "{}",
        run::output(run::cargo(&bench).env("CUNYI_BENCH_DATA", folder))?
    );
    Ok(())
}

fn policy() -> Result<()> {
    measured("cunyi-policy", "policy").map(drop)
}

fn replay(folder: &Path) -> Result<()> {
    let mut command = Command::new(program::binary());
    command
        .args(["journal", "replay", "--check", "--data"])
        .arg(folder);
    let start = run::now();
    let mut child = command.stdout(Stdio::piped()).spawn()?;
    let mut peak = 0;
    while child.try_wait()?.is_none() {
        peak = program::memory(child.id()).unwrap_or(peak);
        thread::sleep(run::PULSE);
    }
    let took = start.elapsed();
    let done = child.wait_with_output()?;
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    ensure!(done.status.success(), "the replay differs:\n{said}");
    let facts = said
        .split_once(" facts")
        .and_then(|(before, _)| before.rsplit(' ').next());
    let facts: u128 = facts.context("replay tells its facts")?.parse()?;
    let rate = facts * 1000 / took.as_millis().max(1);
    print!("{said}");
    println!(
        "replay: {facts} facts in {} ms, {rate} facts/s with the comparison; VmHWM {peak} kB",
        took.as_millis()
    );
    Ok(())
}
