//! What a visit takes at the keyboard: the browser's journeys count presses and decisions, the
//! keystroke-level model makes seconds of them (docs/performance.md).

use std::process::Command;

use anyhow::{Result, bail, ensure};

use super::limits::Limits;
use crate::browser::{self, Driver};
use crate::run;

/// Milliseconds of a press: a practised typist's, and the slow one's of the model's authors (Card,
/// Moran and Newell, 1980).
const PRESS: [u64; 2] = [280, 750];
/// Milliseconds of a decision, of the same.
const DECISION: u64 = 1350;
/// Milliseconds that the centre waits before each answer.
const SLOW: [u64; 2] = [0, 500];
/// Journeys whose time is limited: at the practised typist's press and a prompt centre.
const LIMITS: [(&str, u64); 2] = [("repeat visit", 20_000), ("new patient, by hand", 30_000)];
/// What the browser measures, with its limit in milliseconds.
const QUICK: [(&str, f64); 2] = [
    ("letter to list, p95, ms", 30.0),
    ("first paint, p95, ms", 300.0),
];

/// A journey as the browser counted it.
struct Visit {
    name: String,
    presses: u64,
    thoughts: u64,
    served: u64,
}

/// Runs the journeys at each slowness and prints the table.
pub fn run(limits: &mut Limits) -> Result<()> {
    let driver = Driver::start()?;
    quick(&driver, limits)?;
    println!(
        "visit; centre waits, ms; presses; decisions; served, ms; whole at 0.28 s a press; at 0.75 s"
    );
    for slow in SLOW {
        let mut journeys = journeys(&driver, "speed::");
        journeys.env("CUNYI_BENCH_SLOW_MS", slow.to_string());
        for visit in counted(&mut journeys)? {
            let [quick, slow_hand] = PRESS.map(|press| visit.takes(press));
            let Visit {
                name,
                presses,
                thoughts,
                served,
            } = &visit;
            println!("{name}; {slow}; {presses}; {thoughts}; {served}; {quick}; {slow_hand}");
            let limit = LIMITS.iter().find(|(of, _)| of == name && slow == 0);
            if let Some((_, limit)) = limit {
                limits.below(&format!("{name}, ms"), quick, *limit);
            }
        }
    }
    Ok(())
}

/// The browser's journeys of one module, one after another.
fn journeys(driver: &Driver, module: &str) -> Command {
    let mut tests = run::cargo(&["test", "--release", "--package", "cunyi-server"]);
    tests
        .args(["--test", "browser", module, "--"])
        .args(["--nocapture", "--test-threads=1"])
        .env("CUNYI_TEST_CHROMEDRIVER", &driver.url)
        .env("CUNYI_TEST_CHROMIUM_FLAGS", browser::flags());
    tests
}

/// How quick searches and pages are, as `quick: letter to list, p95, ms; 17.3` tells.
fn quick(driver: &Driver, limits: &mut Limits) -> Result<()> {
    let said = run::output(&mut journeys(driver, "quick::"))?;
    for (what, limit) in QUICK {
        let told = said.lines().find_map(|line| line.split_once(what));
        let figure = told.and_then(|(_, told)| told.trim_start_matches("; ").trim().parse().ok());
        let Some(figure) = figure else {
            bail!("{what} was not measured:\n{said}");
        };
        limits.below::<f64>(what, figure, limit);
    }
    Ok(())
}

/// Runs the browser; the visits that it counted.
fn counted(journeys: &mut Command) -> Result<Vec<Visit>> {
    let said = run::output(journeys)?;
    let visits: Vec<Visit> = said.lines().filter_map(read).collect();
    ensure!(!visits.is_empty(), "the browser counted nothing:\n{said}");
    Ok(visits)
}

/// `ui: repeat visit; presses 16; thoughts 4; served 221 ms`
fn read(line: &str) -> Option<Visit> {
    let (_, told) = line.split_once("ui: ")?;
    let mut parts = told.split("; ");
    let name = parts.next()?.to_owned();
    let mut number = |word: &str| {
        let part = parts
            .next()?
            .trim_start_matches(word)
            .trim_end_matches("ms");
        part.trim().parse().ok()
    };
    Some(Visit {
        name,
        presses: number("presses")?,
        thoughts: number("thoughts")?,
        served: number("served")?,
    })
}

impl Visit {
    /// Milliseconds of the whole at so many a press.
    fn takes(&self, press: u64) -> u64 {
        self.presses * press + self.thoughts * DECISION + self.served
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_browser_counted_becomes_a_time() {
        let line = "test x ... ui: repeat visit; presses 16; thoughts 4; served 221 ms";
        let visit = read(line).unwrap();
        assert_eq!(visit.name, "repeat visit");
        assert_eq!(visit.takes(280), 16 * 280 + 4 * 1350 + 221);
        assert!(read("ui: half a line; presses 3").is_none());
    }
}
