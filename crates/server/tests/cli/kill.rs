//! Clinic and centre killed by SIGKILL at random moments while doctors work, over a line that breaks;
//! started again each time. In the evening the simulator's auditor reads both files, and what a page
//! ever told must stand there.
//!
//! And what a settled visit says is on the disk is there: the clinic is watched flushing.
//!
//! `CUNYI_KILLS` and `CUNYI_KILL_SEED` say how often and by which seed; `cargo xtask kill` sets them.

mod load;
mod proxy;

use std::collections::BTreeSet;
use std::fs;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use cunyi_app::{App, Parts};
use cunyi_catalogue::Catalogue;
use cunyi_db::{Db, DbError, Durability, Target, Tx};
use cunyi_domain::row;
use cunyi_domain::row::Field;
use cunyi_domain::time::{Clock, Moment};
use cunyi_gateway::{HttpTransport, region};
use cunyi_sim::dice::{Dice, SeededRng, SimClock};
use cunyi_sim::{Audited, CENTRE, CLINIC, DOCTORS, audit_files, set_up, setup_form, well};
use cunyi_store::{InstallationKey, Store};

use crate::Folder;
use crate::program::{Program, free_port};
use load::{LOOKS, Shop, Told, Worker};
use proxy::{Proxy, Pulse};

const KEY: [u8; 32] = [9; 32];
/// Of each of two lots of a drug: enough for the longest run.
const PACKS: i64 = 2_000;
/// Seconds after which a call commits no more: the line holds one for less than one.
const BOUND: &str = "5";
/// From one kill to the next so many requests, calls and answers happen, and no more.
const BETWEEN: (i64, i64) = (1, 200);

fn number(name: &str, usual: u64) -> u64 {
    let text = std::env::var(name).ok();
    text.map_or(usual, |text| text.parse().expect(name))
}

#[expect(clippy::disallowed_methods, reason = "real programs live in real time")]
fn now() -> Moment {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    Moment(i64::try_from(since.expect("after 1970").as_micros()).expect("before 290000"))
}

/// A clinic and a centre as programs of their own.
struct Town {
    folder: Folder,
    clinic_port: u16,
    centre_port: u16,
    code: String,
}

impl Drop for Town {
    fn drop(&mut self) {
        let slot = format!("cunyi-{}-3.slot", self.code);
        let _gone = fs::remove_file(std::env::temp_dir().join(slot));
    }
}

impl Town {
    /// Installs a clinic that calls the centre through that line, or directly.
    fn new(name: &str, line: Option<u16>) -> Self {
        let (clinic_port, centre_port) = (free_port(), free_port());
        let line = line.unwrap_or(centre_port);
        let town = Self {
            folder: Folder::new(name),
            clinic_port,
            centre_port,
            // Its own among the towns of this machine: they would take each other's slot.
            code: format!("H98{clinic_port:09}"),
        };
        fs::create_dir_all(town.folder.0.join("clinic")).expect("made");
        fs::write(town.folder.0.join("clinic/installation.key"), KEY).expect("written");
        let region = region::DEMO
            .replace("http://127.0.0.1:8761", &format!("http://127.0.0.1:{line}"))
            .replace("within_seconds = 600", &format!("within_seconds = {BOUND}"));
        let target = Target::File(town.file(CLINIC));
        let key = InstallationKey::new(KEY);
        let app = App::new(Parts {
            store: Store::open(target, Durability::Full, key).expect("opens"),
            catalogue: Arc::new(Catalogue::demo()),
            transport: Arc::new(HttpTransport::default()),
            clock: Arc::new(SimClock::at(now())) as Arc<dyn Clock>,
            rng: Arc::new(SeededRng::new(1)),
            centre_url: None,
        });
        let mut form = setup_form(&region);
        form.institution_code.clone_from(&town.code);
        set_up(&app, &Catalogue::demo(), &form, PACKS).expect("installed");
        town
    }

    /// A database.
    fn file(&self, name: &str) -> PathBuf {
        let folder = name.trim_end_matches(".db");
        self.folder.0.join(folder).join(name)
    }

    /// Starts a server over its folder; the words before its name are a program that starts it.
    fn start(&self, words: &[&str], (server, which, port): (&str, &str, u16)) -> Program {
        let cunyi = env!("CARGO_BIN_EXE_cunyi");
        let words = [words, &[cunyi, server, "--data"]].concat();
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).arg(self.folder.0.join(which));
        command.args(["--port", &port.to_string()]);
        command.env_remove("CARGO_PKG_NAME").stdout(Stdio::piped());
        let mut program = Program::spawn(&mut command);
        program.says("http://127.0.0.1");
        program
    }

    fn clinic(&self) -> Program {
        self.start(&[], ("serve", "clinic", self.clinic_port))
    }

    fn centre(&self) -> Program {
        self.start(&[], ("centre", "centre", self.centre_port))
    }
}

row! {
    /// A call.
    pub struct Call {
        /// msgid
        pub id: String,
    }
}

impl Town {
    /// Does something to what the clinic's program keeps.
    fn clinics<T>(&self, work: impl FnOnce(&mut Tx<'_>) -> Result<T, DbError>) -> T {
        let target = Target::File(self.file(CLINIC));
        let db = Db::open(target, Durability::Full, cunyi_store::MIGRATIONS).expect("opens");
        db.transact("test", work).expect("done")
    }

    /// Starts the clinic's program so that it does not find what was cut off.
    fn clinic_without_recovery(&self) -> Program {
        let cut: Vec<Call> = self.clinics(|tx| {
            let cut = tx.query("SELECT id FROM message WHERE state = 'pending'", Vec::new())?;
            let sql = "UPDATE message SET state = 'success' WHERE state = 'pending'";
            tx.execute(sql, Vec::new()).map(|_| cut)
        });
        let program = self.clinic();
        for call in cut {
            self.clinics(|tx| {
                let sql = "UPDATE message SET state = 'pending' WHERE id = ?";
                tx.execute(sql, vec![call.id.into_value()])
            });
        }
        program
    }
}

/// Killed while the answer to a 2207 is on its way, and started again. Answers what the auditor says once
/// the visit is at its end, or never will be.
fn cut_off(name: &str, start: fn(&Town) -> Program, looks: usize) -> Result<Audited, String> {
    let line = TcpListener::bind("127.0.0.1:0").expect("a port");
    let town = Town::new(name, Some(line.local_addr().expect("bound").port()));
    let pulse = Arc::new(Pulse::default());
    let proxy = Proxy::start(line, town.centre_port, 1, Arc::clone(&pulse));
    proxy.calm.store(true, Ordering::SeqCst);
    let (mut clinic, centre) = (town.clinic(), town.centre());
    let shop = Shop::new(town.clinic_port, pulse);
    let people = well(cunyi_centre::population::DEMO_SEED, now().date());
    let mut doctor = Worker::new(&shop, DOCTORS[0], people, 1);
    let visit = doctor.register().expect("registered");
    let done = proxy.keep_back();
    std::thread::scope(|scope| {
        scope.spawn(|| doctor.treat(&visit));
        done.recv().expect("a 2207");
        let down = shop.down.lock().expect("whole");
        clinic.kill();
        clinic = start(&town);
        drop(down);
    });
    doctor.ends(&visit, looks);
    assert!(clinic.terminate().success() && centre.terminate().success());
    audit_files(
        &town.file(CLINIC),
        InstallationKey::new(KEY),
        &town.file(CENTRE),
    )
}

#[test]
fn what_a_kill_cut_off_is_found_out_because_the_start_looks_for_it() {
    let found = cut_off("recovers", Town::clinic, LOOKS).expect("all is found out");
    assert_eq!(found.settled.len(), 1);
    let told = cut_off("recovers-not", Town::clinic_without_recovery, LOOKS / 100);
    let told = told.expect_err("nobody looked");
    assert!(told.contains("unresolved"), "{told}");
}

/// What was told and does not stand in the ledger.
fn missing(told: &BTreeSet<Told>, ledger: &Audited) -> Vec<Told> {
    let stands = |told: &&Told| match told {
        Told::Visit(id) => ledger.visits.contains(id),
        Told::Settled(number) => ledger.settled.contains(number),
        Told::Reversed(number) => ledger.reversed.contains(number),
    };
    told.iter().filter(|told| !stands(told)).cloned().collect()
}

#[test]
fn killed_at_any_moment_nothing_that_was_told_is_lost_and_everything_is_found_out() {
    let (kills, seed) = (number("CUNYI_KILLS", 20), number("CUNYI_KILL_SEED", 1));
    let pulse = Arc::new(Pulse::default());
    let line = TcpListener::bind("127.0.0.1:0").expect("a port");
    let town = Town::new("kill", Some(line.local_addr().expect("bound").port()));
    let proxy = Proxy::start(line, town.centre_port, seed, Arc::clone(&pulse));
    let (mut clinic, mut centre) = (town.clinic(), town.centre());
    let shop = Shop::new(town.clinic_port, pulse);
    let people = well(cunyi_centre::population::DEMO_SEED, now().date());
    let hers = |place: usize| people.iter().skip(place).step_by(DOCTORS.len()).cloned();
    let mut workers: Vec<Worker<'_>> = (0..)
        .zip(DOCTORS)
        .map(|(place, login)| Worker::new(&shop, login, hers(place).collect(), seed + place as u64))
        .collect();
    let mut dice = Dice::new(seed);
    std::thread::scope(|scope| {
        for worker in &mut workers {
            scope.spawn(move || worker.work());
        }
        for _ in 0..kills {
            shop.pulse
                .wait(dice.between(BETWEEN.0, BETWEEN.1).unsigned_abs());
            let down = shop.down.lock().expect("whole");
            if dice.percent(60) {
                clinic.kill();
                clinic = town.clinic();
            } else {
                centre.kill();
                centre = town.centre();
            }
            drop(down);
        }
        shop.closes.store(true, Ordering::SeqCst);
    });
    proxy.calm.store(true, Ordering::SeqCst);
    let visits: usize = workers.iter().map(Worker::find_out).sum();
    assert!(clinic.terminate().success() && centre.terminate().success());

    let told: BTreeSet<Told> = shop.told.lock().expect("whole").iter().cloned().collect();
    let key = InstallationKey::new(KEY);
    let ledger = audit_files(&town.file(CLINIC), key, &town.file(CENTRE));
    let ledger = ledger.unwrap_or_else(|what| panic!("seed {seed}: {what}"));
    assert_eq!(missing(&told, &ledger), [], "seed {seed}: told and lost");
    let done = ledger.done;
    let faults = proxy.faults.load(Ordering::SeqCst);
    println!(
        "seed {seed}: {kills} kills, {faults} faults of the line, {visits} visits, {done:?}, {} told",
        told.len()
    );
    // What is looked at is worth looking at.
    assert!(
        done.settlements > kills / 2 && done.reversals > 0,
        "{done:?}"
    );
}

/// Commits of a visit with one batch (ARCHITECTURE.md, One visit), each of them flushed.
const COMMITS: usize = 10;

#[test]
fn a_settled_visit_is_flushed_at_each_of_its_commits() {
    let strace = Command::new("strace").arg("-V").output();
    if !strace.is_ok_and(|output| output.status.success()) {
        println!("SKIPPED: no strace, which watches the clinic flush");
        return;
    }
    let town = Town::new("flush", None);
    let seen = town.folder.0.join("flushes");
    let log = seen.to_str().expect("utf-8");
    // -D: the clinic is our child, strace hangs on beside it.
    let calls = "trace=fsync,fdatasync,sync_file_range,msync";
    let strace = ["strace", "-D", "-f", "-e", calls, "-o", log];
    let clinic = town.start(&strace, ("serve", "clinic", town.clinic_port));
    let centre = town.centre();
    let flushes = || {
        let text = fs::read_to_string(&seen).unwrap_or_default();
        text.lines().filter(|line| line.contains("sync")).count()
    };
    let shop = Shop::new(town.clinic_port, Arc::new(Pulse::default()));
    let people = well(cunyi_centre::population::DEMO_SEED, now().date());
    let mut doctor = Worker::new(&shop, DOCTORS[0], people, 1);
    let before = flushes();
    let visit = doctor.register().expect("registered");
    doctor.treat(&visit);
    let count = flushes() - before;
    println!("{count} flushes of a visit with one batch");
    let told = shop.told.lock().expect("whole").clone();
    assert!(
        told.iter().any(|told| matches!(told, Told::Settled(_))),
        "{told:?}"
    );
    assert!(count >= COMMITS, "{count} flushes");
    assert!(clinic.terminate().success() && centre.terminate().success());
}
