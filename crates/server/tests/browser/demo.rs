//! The demo as a child process on ports of its own.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// Where a clinic and its centre are reached.
pub struct Places {
    pub clinic: String,
    pub centre: String,
}

pub struct Demo {
    child: Child,
    folder: PathBuf,
    places: Places,
}

impl std::ops::Deref for Demo {
    type Target = Places;

    fn deref(&self) -> &Places {
        &self.places
    }
}

impl Demo {
    /// A fresh demo with a short past, for journeys that do not look at it.
    pub fn start(name: &str) -> Self {
        Self::with_past(name, &["--per-day", "1"])
    }

    /// Starts a fresh demo and waits until it says that it is ready.
    pub fn with_past(name: &str, past: &[&str]) -> Self {
        let folder =
            std::env::temp_dir().join(format!("cunyi-browser-{name}-{}", std::process::id()));
        let (clinic, centre) = (free_port(), free_port());
        let mut child = Command::new(env!("CARGO_BIN_EXE_cunyi"))
            .args(["demo", "--fresh", "--data"])
            .arg(&folder)
            .args([
                "--clinic-port",
                &clinic.to_string(),
                "--centre-port",
                &centre.to_string(),
            ])
            .args(past)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the demo starts");
        let out = child.stdout.take().expect("piped");
        let ready = BufReader::new(out)
            .lines()
            .map_while(Result::ok)
            .any(|line| line.contains("Ctrl-C"));
        assert!(ready, "the demo ended before it was ready");
        let address = |port: u16| format!("http://127.0.0.1:{port}");
        Self {
            child,
            folder,
            places: Places {
                clinic: address(clinic),
                centre: address(centre),
            },
        }
    }

    /// The database of the demo's centre.
    pub fn centre_database(&self) -> PathBuf {
        self.folder.join("centre.db")
    }

    /// Runs a `cunyi journal` command on the demo's folder.
    pub fn journal(&self, arguments: &[&str]) -> bool {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cunyi"));
        command
            .arg("journal")
            .args(arguments)
            .arg("--data")
            .arg(&self.folder);
        command.status().expect("runs").success()
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _ended = self.child.wait();
        let _removed = std::fs::remove_dir_all(&self.folder);
    }
}

pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("bound").port()
}
