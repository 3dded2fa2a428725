//! Servers that live as long as the value that stands for them.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;

use anyhow::{Context, Result, bail};

use crate::machine;
use crate::run;

/// How often a starting server is asked whether it is ready, [`run::PULSE`] apart: 60 seconds.
const PATIENCE: usize = 1200;

/// A folder that goes with the value.
pub struct Scratch(PathBuf);

impl Scratch {
    /// A new, empty one that only its owner can enter.
    pub fn new() -> Result<Self> {
        let made = run::output(Command::new("mktemp").args(["-d", "-t", "cunyi-XXXXXXXX"]))?;
        Ok(Self(made.trim().into()))
    }

    /// Where.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            eprintln!("{} is left behind: {error}", self.0.display());
        }
    }
}

/// A TCP port of the loopback that was free a moment ago.
pub fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
        .local_addr()?
        .port())
}

/// A program run under another user (`None`: ours) that gets `signal` when this program dies of
/// whatever it dies of, kill -9 too.
pub fn bound(user: Option<&str>, signal: &str, program: impl AsRef<OsStr>) -> Result<Command> {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", signal]);
    if let Some(user) = user {
        let group = machine::id(&["-g", user])?;
        command.args(["--reuid", user, "--regid", &group, "--init-groups"]);
    }
    command.arg("--").arg(program);
    Ok(command)
}

/// A server that is ready; dropping it stops it and waits for its end.
pub struct Service {
    child: Child,
    signal: &'static str,
}

impl Service {
    /// Starts a server and waits until it is ready. `signal` is the one it stops fast by; `log`
    /// gets its output and is shown when it does not start.
    pub fn start(
        command: &mut Command,
        signal: &'static str,
        log: &Path,
        ready: impl Fn() -> bool,
    ) -> Result<Self> {
        let file = File::create(log).with_context(|| log.display().to_string())?;
        let child = command
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file)
            .process_group(0)
            .spawn()
            .with_context(|| format!("cannot run {command:?}"))?;
        let mut service = Self { child, signal };
        for _ in 0..PATIENCE {
            run::go_on()?;
            if service.child.try_wait()?.is_some() {
                break;
            }
            if ready() {
                return Ok(service);
            }
            thread::sleep(run::PULSE);
        }
        let said = fs::read_to_string(log).unwrap_or_default();
        bail!("{command:?} did not start:\n{said}")
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        run::signal_group(&self.child, self.signal);
        if let Err(error) = self.child.wait() {
            eprintln!("process {} is left behind: {error}", self.child.id());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_that_does_not_start_says_why() {
        let scratch = Scratch::new().unwrap();
        let log = scratch.path().join("log");
        let mut shell = bound(None, "TERM", "sh").unwrap();
        let failed = Service::start(shell.args(["-c", "echo no luck"]), "TERM", &log, || false);
        assert!(failed.err().unwrap().to_string().contains("no luck"));
    }

    #[test]
    fn a_service_and_its_folder_go_with_their_values() {
        let scratch = Scratch::new().unwrap();
        let (dir, log) = (scratch.path().to_owned(), scratch.path().join("log"));
        let mut sleep = bound(None, "TERM", "sleep").unwrap();
        let service = Service::start(sleep.arg("600"), "TERM", &log, || true).unwrap();
        let process = PathBuf::from(format!("/proc/{}", service.child.id()));
        assert!(process.exists());
        drop(service);
        drop(scratch);
        assert!(!process.exists());
        assert!(!dir.exists());
    }
}
