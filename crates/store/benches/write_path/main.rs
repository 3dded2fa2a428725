//! The write path of one demo visit: its recorded transactions, replayed through the store and, as
//! the same rows and commits, through bare prepared SQLite.
//!
//! `cargo xtask bench write` makes the demo's file and names it in `CUNYI_BENCH_DATA`.

mod bare;
mod ours;
mod record;

use std::error::Error;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use cunyi_db::{Durability, Target};
use cunyi_store::{InstallationKey, Store};

use record::{Recorded, Transaction};

/// What goes wrong here is told and ends the bench.
pub type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Measured pairs, ours and bare by turns.
const RUNS: usize = 5;
/// Visits of a run without flushes, and with.
const VISITS: [usize; 2] = [400, 100];
/// Thousandths of bare SQLite's rate that ours must reach without flushes.
const LEAST: u64 = 200;
/// Units that a lot gets, so that every visit finds its drugs.
const PLENTY: i64 = 1_000_000_000_000;
/// Flushes whose median is the disk's.
const FLUSHES: usize = 100;

fn main() -> Result<()> {
    // `cargo test --all-targets` starts benches too, without this flag.
    if !std::env::args().any(|argument| argument == "--bench") {
        return Ok(());
    }
    let Some(folder) = std::env::var_os("CUNYI_BENCH_DATA").map(PathBuf::from) else {
        println!("SKIPPED: CUNYI_BENCH_DATA names no demo folder; run `cargo xtask bench write`");
        return Ok(());
    };
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR")).join("write_path");
    fs::create_dir_all(&scratch)?;
    let base = Base::new(&folder, &scratch)?;
    let store = base.open(&base.file, Durability::Scratch)?;
    for batches in [1, 2] {
        let visit = record::find(&store, batches)?;
        println!("{}", visit.describe());
        let (commits, most) = (visit.transactions.len(), record::most_commits(batches));
        if commits > most {
            return Err(format!("{commits} commits, {most} are allowed").into());
        }
    }
    let visit = record::find(&store, 1)?;
    let sealing = ours::sealing(&store, &visit)?;
    drop(store);
    let (rate, ratio) = base.compare(&visit, Durability::Scratch, VISITS[0])?;
    let per_visit = Duration::from_secs(1).as_nanos() / u128::from(rate.max(1));
    println!(
        "sealing and hashing: {} us a visit, {} % of ours",
        sealing.as_micros(),
        sealing.as_nanos() * 100 / per_visit
    );
    base.compare(&visit, Durability::Full, VISITS[1])?;
    let flush = flush_time(&scratch)?;
    println!(
        "flush of 4 KiB: {} us (median of {FLUSHES})",
        flush.as_micros()
    );
    fs::remove_dir_all(&scratch)?;
    if ratio < LEAST {
        return Err(format!("the ratio is 0.{ratio:03}, the least is 0.{LEAST:03}").into());
    }
    Ok(())
}

/// A copy of the demo's file from which every run starts.
struct Base {
    file: PathBuf,
    work: PathBuf,
    key: InstallationKey,
}

impl Base {
    fn new(folder: &Path, scratch: &Path) -> Result<Self> {
        let bytes: [u8; 32] = fs::read(folder.join("installation.key"))?
            .try_into()
            .map_err(|_| "installation.key has a wrong length")?;
        let base = Self {
            file: scratch.join("base.db"),
            work: scratch.join("work.db"),
            key: InstallationKey::new(bytes),
        };
        remove(&base.file)?;
        let demo = base.open(&folder.join("clinic.db"), Durability::Full)?;
        demo.db().copy_to(&base.file)?;
        let copy = base.open(&base.file, Durability::Scratch)?;
        copy.db().transact("plenty", |tx| {
            let sql = format!("UPDATE stock_lot SET on_hand = {PLENTY}");
            tx.execute(&sql, vec![])
        })?;
        copy.db().checkpoint()?;
        Ok(base)
    }

    fn open(&self, file: &Path, durability: Durability) -> Result<Store> {
        let target = Target::File(file.to_owned());
        Ok(Store::open(target, durability, self.key.clone())?)
    }

    /// Ours and bare by turns; prints each, and answers our median of visits a second and the
    /// median ratio in thousandths.
    fn compare(
        &self,
        visit: &Recorded,
        durability: Durability,
        visits: usize,
    ) -> Result<(u64, u64)> {
        let (mut ours_all, mut bare_all, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..RUNS {
            let ours = rate(visits, self.ours(visit, durability, visits)?);
            let bare = rate(visits, self.bare(visit, durability, visits)?);
            ratios.push(ours * 1000 / bare.max(1));
            ours_all.push(ours);
            bare_all.push(bare);
        }
        let name = match durability {
            Durability::Scratch => "OFF",
            Durability::Full => "FULL",
        };
        println!("synchronous={name}, {visits} visits a run, visits/s:");
        println!("  ours {ours_all:?}\n  bare {bare_all:?}");
        let ratio = median(&mut ratios);
        let ours = median(&mut ours_all);
        println!(
            "  medians: ours {ours}, bare {}, ratio 0.{ratio:03} (limit with OFF: 0.{LEAST:03})",
            median(&mut bare_all)
        );
        Ok((ours, ratio))
    }

    fn ours(&self, visit: &Recorded, durability: Durability, visits: usize) -> Result<Duration> {
        self.renew()?;
        let store = self.open(&self.work, durability)?;
        let prepared = ours::prepare(visit, visits)?;
        timed(|| ours::run(&store, prepared))
    }

    fn bare(&self, visit: &Recorded, durability: Durability, visits: usize) -> Result<Duration> {
        self.renew()?;
        let mut bare = bare::Bare::open(&self.work, durability)?;
        bare.prepare(visit, visits)?;
        timed(|| bare.run())
    }

    fn renew(&self) -> Result<()> {
        remove(&self.work)?;
        fs::copy(&self.file, &self.work)?;
        Ok(())
    }
}

/// Removes a database with its log.
fn remove(file: &Path) -> Result<()> {
    for suffix in ["", "-wal", "-shm"] {
        let mut name = file.as_os_str().to_owned();
        name.push(suffix);
        if Path::new(&name).exists() {
            fs::remove_file(name)?;
        }
    }
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "a bench owns a wall clock")]
fn timed(work: impl FnOnce() -> Result<()>) -> Result<Duration> {
    let start = Instant::now();
    work()?;
    Ok(start.elapsed())
}

/// How many a second.
fn rate(count: usize, took: Duration) -> u64 {
    let nanos = took.as_nanos().max(1);
    u64::try_from(count as u128 * 1_000_000_000 / nanos).unwrap_or(u64::MAX)
}

fn median<T: Ord + Copy>(values: &mut [T]) -> T {
    values.sort_unstable();
    values[values.len() / 2]
}

/// What an append of 4 KiB with its flush takes on this disk.
fn flush_time(folder: &Path) -> Result<Duration> {
    let mut file = fs::File::create(folder.join("flush"))?;
    let mut all = Vec::new();
    for _ in 0..FLUSHES {
        all.push(timed(|| {
            file.write_all(&[7; 4096])?;
            Ok(file.sync_data()?)
        })?);
    }
    Ok(median(&mut all))
}

/// The transactions of visit number `i`: the recorded ones under ids of their own.
pub fn instances(
    visit: &Recorded,
    visits: usize,
) -> impl Iterator<Item = Result<Vec<Transaction>>> {
    (1..=visits).map(move |i| visit.instance(i))
}
