//! The program under measure: a demo on free ports over a folder of its own.

use std::fs::{self, File};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::http::Client;
use crate::run;
use crate::service::{bound, free_port};

/// How often a starting program is asked for its first page.
const ASKED: Duration = Duration::from_millis(1);
/// How long it may take: seeding the large file takes minutes.
const PATIENCE: Duration = Duration::from_mins(30);

/// A running demo; dropping it stops it.
pub struct Demo {
    child: Child,
    /// The clinic's port.
    pub port: u16,
    /// The centre's.
    pub centre: u16,
    /// From spawning to the first page.
    pub took: Duration,
}

/// The release binary.
pub fn binary() -> PathBuf {
    run::root().join("target/release/cunyi")
}

/// A folder with a demo of this extent; made when it is not there, or when `fresh`.
pub fn seeded(name: &str, extent: &[&str], fresh: bool) -> Result<PathBuf> {
    let folder = run::target("bench")?.join(name);
    if fresh || !folder.join("clinic.db").exists() {
        let arguments = [extent, &["--fresh"]].concat();
        let took = Demo::start(&folder, &arguments)?.took;
        println!("seeding {name} {extent:?}: {} s", took.as_secs());
    }
    Ok(folder)
}

impl Demo {
    /// Starts it and waits for its sign-in page.
    pub fn start(folder: &Path, arguments: &[&str]) -> Result<Self> {
        let (port, centre) = (free_port()?, free_port()?);
        let log = File::create(run::target("xtask")?.join("bench-demo.log"))?;
        let mut command = bound(None, "TERM", binary())?;
        command
            .args(["demo", "--clinic-port", &port.to_string()])
            .args(["--centre-port", &centre.to_string(), "--data"])
            .arg(folder)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .process_group(0);
        let start = run::now();
        let child = command.spawn()?;
        let took = Duration::ZERO;
        let mut demo = Self {
            child,
            port,
            centre,
            took,
        };
        while !demo.answers() {
            run::go_on()?;
            if demo.child.try_wait()?.is_some() || start.elapsed() > PATIENCE {
                bail!("the demo did not start: see target/xtask/bench-demo.log");
            }
            thread::sleep(ASKED);
        }
        demo.took = start.elapsed();
        Ok(demo)
    }

    fn answers(&self) -> bool {
        let asked = Client::new(self.port).and_then(|mut client| client.get("/login"));
        asked.is_ok_and(|answer| answer.status == 200)
    }

    /// Most memory that clinic and centre ever held, in kB.
    pub fn memory(&self) -> Result<(u64, u64)> {
        let clinic = self.child.id();
        let children = fs::read_to_string(format!("/proc/{clinic}/task/{clinic}/children"))?;
        let centre = children
            .split_whitespace()
            .next()
            .context("the clinic has a centre")?;
        Ok((memory(clinic)?, memory(centre.parse()?)?))
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        run::signal_group(&self.child, "TERM");
        if let Err(error) = self.child.wait() {
            eprintln!("process {} is left behind: {error}", self.child.id());
        }
    }
}

/// `VmHWM` of a process, in kB.
pub fn memory(process: u32) -> Result<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    Ok(number.context("the process has ended")?.parse()?)
}
