//! The anchors' policy (issue 3, "Measured") in a hard-coded function and in other engines.
//!
//! Every peer sees the same claims and must come to the same sum. What is made in advance (claims,
//! compiled scripts, a variable's place) is outside the timer.

mod claims;
mod hard;
mod rhai_peer;
mod zen;

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use claims::{CLAIMS, Person};

/// Runs of each peer, one after the other in turn; the median counts.
const ROUNDS: usize = 5;

/// An engine: its name, the part of the persons it gets, and how it runs.
struct Peer {
    name: &'static str,
    /// One of so many persons: the slow ones would take minutes.
    one_of: usize,
    run: Runner,
}

/// Settles all the claims of persons.
type Runner = Box<dyn FnMut(&[Person]) -> Result<Sums>>;

/// What a run came to, in fen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Sums {
    fund: i64,
    patient: i64,
}

fn main() -> Result<()> {
    let persons = claims::persons(wanted()?);
    let mut peers = [
        Peer {
            name: "hard-coded",
            one_of: 1,
            run: Box::new(|persons| Ok(hard::run(persons))),
        },
        Peer {
            name: "rhai",
            one_of: 20,
            run: rhai_peer::peer()?,
        },
        Peer {
            name: "zen-expression",
            one_of: 50,
            run: zen::expression()?,
        },
        Peer {
            name: "zen-engine",
            one_of: 200,
            run: zen::engine()?,
        },
    ];
    let mut took = vec![Vec::new(); peers.len()];
    for _ in 0..ROUNDS {
        for (peer, took) in peers.iter_mut().zip(&mut took) {
            took.push(measure(peer, &persons)?);
        }
    }
    println!(
        "{} persons, {CLAIMS} claims each; the median of {ROUNDS} runs",
        persons.len()
    );
    println!("all:            {:?}", hard::run(&persons));
    for (peer, mut took) in peers.iter().zip(took) {
        took.sort_unstable();
        let claims = part(peer, &persons).len() * CLAIMS;
        let (least, median, most) = (took[0], took[ROUNDS / 2], took[ROUNDS - 1]);
        let a_second =
            |took: Duration| thousands(claims as u128 * 1_000_000_000 / took.as_nanos().max(1));
        println!(
            "{:<15} {:>12} claims/s ({} to {}), {claims} claims",
            peer.name,
            a_second(median),
            a_second(most),
            a_second(least),
        );
    }
    Ok(())
}

/// `--persons N`
fn wanted() -> Result<usize> {
    let mut arguments = std::env::args().skip(1);
    let mut persons = 1_000_000;
    while let Some(argument) = arguments.next() {
        if argument != "--persons" {
            bail!("no such option: {argument}; there is --persons N");
        }
        let number = arguments.next().context("--persons wants a number")?;
        persons = number.parse().context("--persons wants a number")?;
    }
    ensure!(persons > 0, "--persons wants one person or more");
    Ok(persons)
}

fn part<'a>(peer: &Peer, persons: &'a [Person]) -> &'a [Person] {
    &persons[..persons.len().div_ceil(peer.one_of)]
}

/// Runs a peer once and holds its sum against the hard-coded function's.
#[expect(clippy::disallowed_methods, reason = "a bench owns a wall clock")]
fn measure(peer: &mut Peer, persons: &[Person]) -> Result<Duration> {
    let persons = part(peer, persons);
    let wanted = hard::run(persons);
    let started = Instant::now();
    let got = (peer.run)(persons)?;
    let took = started.elapsed();
    ensure!(
        got == wanted,
        "{}: {got:?}, where {wanted:?} is right",
        peer.name
    );
    Ok(took)
}

fn thousands(number: u128) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .map(|group| std::str::from_utf8(group).unwrap_or_default())
        .collect();
    groups.join(",")
}
