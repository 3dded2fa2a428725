//! `cargo xtask test`: everything CI asks, cheapest first.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::browser::{self, Driver};
use crate::machine::{self, Need};
use crate::postgres::{self, Cluster};
use crate::run::{self, cargo, step};
use crate::{axe, tidy};

/// Tests the house, with or without a browser and PostgreSQL.
pub fn run(browser: bool, postgres: bool) -> Result<()> {
    let postgres_needs = machine::POSTGRES.iter().filter(|_| postgres);
    let browser_needs = machine::BROWSER.iter().filter(|_| browser);
    let needs = machine::STRACE.iter().chain(postgres_needs);
    let needs: Vec<&Need> = needs.chain(browser_needs).collect();
    run::timed("machine", || machine::provide(&needs))?;

    let format = ["fmt", "--all", "--check", "--", "--color=never"];
    step("format", &mut cargo(&format))?;
    run::timed("tidy", tidy::run)?;
    let lint = ["clippy", "--workspace", "--all-targets", "--quiet"];
    step("lint", cargo(&lint).args(["--", "-D", "warnings"]))?;
    let document = ["doc", "--workspace", "--no-deps", "--quiet"];
    step(
        "documentation",
        cargo(&document).env("RUSTDOCFLAGS", "-D warnings"),
    )?;
    // With --workspace, as the tests: the same features, so nothing is compiled twice.
    step("build", &mut cargo(&["build", "--workspace", "--bins"]))?;
    step(
        "documented examples",
        &mut cargo(&["test", "--workspace", "--doc"]),
    )?;
    tests(browser, postgres)
}

/// The tests proper, with the services they want. These end with this function, however it ends.
fn tests(browser: bool, postgres: bool) -> Result<()> {
    let mut command = runner();
    let cluster = postgres.then(|| run::timed("start PostgreSQL", start_cluster));
    let cluster = cluster.transpose()?;
    if let Some(cluster) = &cluster {
        command.env("CUNYI_TEST_PG", &cluster.url);
    }
    let driver = browser.then(|| run::timed("start ChromeDriver", Driver::start));
    let driver = driver.transpose()?;
    if let Some(driver) = &driver {
        command
            .env("CUNYI_TEST_CHROMEDRIVER", &driver.url)
            .env("CUNYI_TEST_CHROMIUM_FLAGS", browser::flags())
            .env("CUNYI_TEST_AXE", run::timed("axe-core", axe::fetch)?);
    }
    summarise(&step("tests", &mut command)?)
}

fn start_cluster() -> Result<Cluster> {
    Cluster::start(&postgres::programs().context("no PostgreSQL")?)
}

/// nextest where it is installed. Output of passing tests is kept: it tells what was skipped.
fn runner() -> Command {
    if run::output(&mut cargo(&["nextest", "--version"])).is_ok() {
        let mut command = cargo(&["nextest", "run", "--workspace", "--no-fail-fast"]);
        command.args(["--success-output", "immediate", "--failure-output", "final"]);
        command
    } else {
        let mut command = cargo(&["test", "--workspace", "--all-targets"]);
        command.args(["--no-fail-fast", "--", "--show-output"]);
        command
    }
}

/// Prints the runner's closing lines and each reason why a test skipped something, so that a green
/// run says what it did not look at.
fn summarise(log: &Path) -> Result<()> {
    let text = String::from_utf8_lossy(&fs::read(log)?).into_owned();
    for line in skipped(&text) {
        println!("     {line}");
    }
    let closing = |line: &&str| line.contains("Summary [") || line.starts_with("test result:");
    for line in text.lines().filter(closing) {
        println!("{line}");
    }
    Ok(())
}

fn skipped(text: &str) -> BTreeSet<&str> {
    let lines = text.lines().map(str::trim);
    lines.filter(|line| line.starts_with("SKIPPED")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reason_to_skip_is_told_once() {
        let log = "test a ... ok\n    SKIPPED: no reference\nSKIPPED on PostgreSQL: unset\n  \
                   SKIPPED: no reference\nnothing SKIPPED here\n";
        let told: Vec<&str> = skipped(log).into_iter().collect();
        assert_eq!(
            told,
            ["SKIPPED on PostgreSQL: unset", "SKIPPED: no reference"]
        );
    }
}
