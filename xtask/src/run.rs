//! Running other programs: one line a step, the output of a failed one, and an orderly stop.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// How often a child is looked at.
pub const PULSE: Duration = Duration::from_millis(50);

/// Lines of a failed step's output that are shown; the whole is in its log.
const TAIL: usize = 200;

static STOPPED: LazyLock<Arc<AtomicBool>> = LazyLock::new(Arc::default);

/// From here on ctrl-c and its like end the running child and then this program by its normal way
/// out, so that every service is stopped and every scratch folder removed.
pub fn watch_signals() -> Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        signal_hook::flag::register(signal, Arc::clone(&STOPPED))?;
    }
    Ok(())
}

/// An error once a signal asked to stop.
pub fn go_on() -> Result<()> {
    if STOPPED.load(Ordering::Relaxed) {
        bail!("stopped by a signal");
    }
    Ok(())
}

/// The workspace's folder.
pub fn root() -> &'static Path {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask)
}

/// A folder under `target`, made if it is not there.
pub fn target(name: &str) -> Result<PathBuf> {
    let dir = root().join("target").join(name);
    fs::create_dir_all(&dir).with_context(|| dir.display().to_string())?;
    Ok(dir)
}

/// Cargo in the workspace's folder.
pub fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).current_dir(root());
    command
}

/// Runs a program to its end and answers what it printed; an error holds what it complained of.
pub fn output(command: &mut Command) -> Result<String> {
    let done = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot run {command:?}"))?;
    if !done.status.success() {
        let complaint = String::from_utf8_lossy(&done.stderr);
        bail!("{command:?}: {}\n{}", done.status, complaint.trim());
    }
    Ok(String::from_utf8_lossy(&done.stdout).into_owned())
}

/// Times a piece of work and prints one line about it.
pub fn timed<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    go_on()?;
    let start = now();
    let result = work();
    let outcome = if result.is_ok() { "ok  " } else { "FAIL" };
    println!(
        "{outcome} {name:<24} {:>7.1} s",
        start.elapsed().as_secs_f32()
    );
    io::stdout().flush()?;
    result
}

/// Now, for measuring.
#[expect(clippy::disallowed_methods, reason = "the workshop owns a wall clock")]
pub fn now() -> Instant {
    Instant::now()
}

/// Runs a program as a step: its output goes to a log, and to the screen when it fails.
pub fn step(name: &str, command: &mut Command) -> Result<PathBuf> {
    let log = target("xtask")?.join(format!("{}.log", name.replace(' ', "-")));
    let status = timed(name, || {
        let status = logged(command, &log)?;
        if !status.success() {
            bail!("{name}: {status}");
        }
        Ok(())
    });
    if status.is_err() {
        let text = String::from_utf8_lossy(&fs::read(&log)?).into_owned();
        let lines: Vec<&str> = text.lines().collect();
        let tail = &lines[lines.len().saturating_sub(TAIL)..];
        println!("{}\n(all of it: {})", tail.join("\n"), log.display());
    }
    status.map(|()| log)
}

/// Runs a program with its output in a file. It has a process group of its own: a terminal's
/// ctrl-c reaches this program alone, which passes it on to all of the group.
fn logged(command: &mut Command, log: &Path) -> Result<ExitStatus> {
    let file = File::create(log).with_context(|| log.display().to_string())?;
    let mut child = command
        .env("CARGO_TERM_COLOR", "never")
        .stdin(Stdio::null())
        .stdout(file.try_clone()?)
        .stderr(file)
        .process_group(0)
        .spawn()
        .with_context(|| format!("cannot run {command:?}"))?;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if let Err(stop) = go_on() {
            signal_group(&child, "TERM");
            child.wait()?;
            return Err(stop);
        }
        thread::sleep(PULSE);
    }
}

/// Sends a signal to a child and its descendants. That it may be gone already is no error.
pub fn signal_group(child: &Child, signal: &str) {
    // The shell's own `kill`: the program of that name is not on every machine.
    let kill = format!("kill -s {signal} -- -{}", child.id());
    let mut shell = Command::new("sh");
    let _ = shell.args(["-c", &kill]).stderr(Stdio::null()).status();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_keeps_its_output_and_fails_with_its_program() {
        let log = step("run test ok", Command::new("sh").args(["-c", "echo 村医"])).unwrap();
        assert_eq!(fs::read_to_string(log).unwrap(), "村医\n");
        let failed = step("run test bad", Command::new("sh").args(["-c", "exit 3"]));
        assert!(failed.unwrap_err().to_string().contains("exit status: 3"));
        assert!(step("run test none", &mut Command::new("/no/such/program")).is_err());
    }

    #[test]
    fn output_tells_what_was_complained_of() {
        let error = output(Command::new("sh").args(["-c", "echo why >&2; exit 1"])).unwrap_err();
        assert!(error.to_string().ends_with("why"), "{error}");
    }
}
