//! Twenty users who read while the insurance centre keeps silent: whoever waits for it waits alone.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use super::http::Client;
use super::limits::Limits;
use super::pages;
use super::program::Demo;
use crate::run;

/// How long the centre keeps silent, in seconds, and how long it is read with and without.
const SILENT: u64 = 120;
/// Who identifies patients meanwhile, one after another. The last has no other work here.
const DESKS: [&str; 2] = ["zhang", "li"];
/// Between two looks at a page that waits.
const LOOKS: Duration = Duration::from_secs(1);
/// What the slowest hundredth may be at most, in hundredths of what it is while the centre answers.
const TWICE: u128 = 201;
/// What the page says that waits for the centre: where it looks again.
const WAITING: &str = "data-url=\"/identify/wait\"";

/// Reads with a centre that answers, then with one that does not, and compares.
pub fn run(folder: &Path, limits: &mut Limits) -> Result<()> {
    let demo = Demo::start(folder, &[])?;
    let lists = pages::lists(demo.port)?;
    let length = Duration::from_secs(SILENT);
    let read = |slow: u64| -> Result<Duration> {
        turn(&demo, slow)?;
        let over = AtomicBool::new(false);
        let waited = AtomicU32::new(0);
        let (all, asked) = thread::scope(|scope| {
            let desks = DESKS.map(|login| {
                let work = || identify(demo.port, login, &over, &waited);
                scope.spawn(work)
            });
            let all = pages::read_all(demo.port, &lists, length);
            over.store(true, Ordering::SeqCst);
            // The last calls need not be waited for.
            turn(&demo, 0)?;
            let mut asked = 0;
            for desk in desks {
                let desk = desk.join().ok().context("a desk panicked")?;
                asked += desk?;
            }
            Ok::<_, anyhow::Error>((all?, asked))
        })?;
        let (slowest, answers) = pages::slowest(&all);
        println!(
            "centre answers after {slow} s: p99 of {answers} pages {} us; {asked} identified or not, \
             {} looks at a page that waits",
            slowest.as_micros(),
            waited.into_inner(),
        );
        ensure!(asked > 0, "nobody was asked for");
        Ok(slowest)
    };
    let (fine, silent) = (read(0)?, read(SILENT)?);
    let hundredths = silent.as_micros() * 100 / fine.as_micros().max(1);
    limits.below(
        "p99 while the centre is silent, % of else",
        hundredths,
        TWICE,
    );
    Ok(())
}

/// Every answer of the centre waits so many seconds.
fn turn(demo: &Demo, slow: u64) -> Result<()> {
    let answer = Client::new(demo.centre)?.post("/switches", &format!("slow={slow}"))?;
    ensure!(answer.status < 400, "the switches: {}", answer.status);
    Ok(())
}

/// Identifies one villager after another, as long as it goes on; how many came to an end.
fn identify(port: u16, login: &str, over: &AtomicBool, waited: &AtomicU32) -> Result<u32> {
    let mut client = Client::signed_in(port, login)?;
    let mut ended = 0;
    for number in 1.. {
        if over.load(Ordering::SeqCst) {
            break;
        }
        run::go_on()?;
        // Whoever it is, the centre is asked: it knows nobody of this number.
        let form =
            format!("certificate=03&number=A{number:08}&card_code=A{number:08}&source=reader");
        let mut page = client.post("/identify", &form)?;
        while page.body.contains(WAITING) && !over.load(Ordering::SeqCst) {
            waited.fetch_add(1, Ordering::SeqCst);
            thread::sleep(LOOKS);
            page = client.get("/identify/wait")?;
        }
        ensure!(page.status < 500, "identify: {}", page.status);
        ended += 1;
        thread::sleep(LOOKS);
    }
    Ok(ended)
}
