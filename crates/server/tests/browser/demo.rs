//! The demo as a child process on ports of its own.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use cunyi_db::{Db, Durability, Target};
use cunyi_store::{StoreError, Tx};

/// Where a clinic and its centre are reached.
pub struct Places {
    pub clinic: String,
    pub centre: String,
}

impl Places {
    /// A clinic's and a centre's, on ports of this machine.
    pub fn at((clinic, centre): (u16, u16)) -> Self {
        let address = |port: u16| format!("http://127.0.0.1:{port}");
        Self {
            clinic: address(clinic),
            centre: address(centre),
        }
    }
}

pub struct Demo {
    child: Child,
    folder: PathBuf,
    ports: (u16, u16),
    places: Places,
}

impl std::ops::Deref for Demo {
    type Target = Places;

    fn deref(&self) -> &Places {
        &self.places
    }
}

/// Most times that a demo is started again.
const MOST_STARTS: usize = 100;

impl Demo {
    /// A fresh demo with a short past, for journeys that do not look at it.
    pub fn start(name: &str) -> Self {
        Self::with_past(name, &["--per-day", "1"])
    }

    /// A fresh demo with a past of this size.
    pub fn with_past(name: &str, past: &[&str]) -> Self {
        let folder =
            std::env::temp_dir().join(format!("cunyi-browser-{name}-{}", std::process::id()));
        let ports = (free_port(), free_port());
        let options: Vec<&str> = ["--fresh"].iter().chain(past).copied().collect();
        Self {
            child: started(&folder, ports, &options),
            folder,
            ports,
            places: Places::at(ports),
        }
    }

    /// The same, stopped, its clinic's database changed by hand, and started again.
    pub fn changed(name: &str, change: impl FnOnce(&mut Tx<'_>) -> Result<(), StoreError>) -> Self {
        let mut demo = Self::start(name);
        demo.stop();
        let target = Target::File(demo.folder.join("clinic.db"));
        let db = Db::open(target, Durability::Full, cunyi_store::MIGRATIONS).expect("opens");
        db.transact("change", change).expect("changed");
        drop(db);
        demo.start_again();
        demo
    }

    /// The program is killed, as by a power cut, and started again.
    pub fn kill_and_start(&mut self) {
        self.stop();
        self.start_again();
    }

    /// As often as it takes until the centre that was left behind has ended.
    fn start_again(&mut self) {
        let mut tries = (0..MOST_STARTS).filter_map(|_| tried(&self.folder, self.ports, &[]));
        self.child = tries.next().expect("the demo starts again");
    }

    /// The program is killed.
    pub fn stop(&mut self) {
        let _gone = self.child.kill();
        let _ended = self.child.wait();
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
        self.stop();
        let _removed = std::fs::remove_dir_all(&self.folder);
    }
}

/// Starts a demo and waits until it says that it is ready.
fn started(folder: &Path, ports: (u16, u16), options: &[&str]) -> Child {
    tried(folder, ports, options).expect("the demo ended before it was ready")
}

/// The same; none where it ended instead.
fn tried(folder: &Path, (clinic, centre): (u16, u16), options: &[&str]) -> Option<Child> {
    let mut child = Command::new(env!("CARGO_BIN_EXE_cunyi"))
        .args(["demo", "--data"])
        .arg(folder)
        .args(["--clinic-port", &clinic.to_string()])
        .args(["--centre-port", &centre.to_string()])
        .args(options)
        .stdout(Stdio::piped())
        .spawn()
        .expect("the demo starts");
    let out = child.stdout.take().expect("piped");
    let ready = BufReader::new(out)
        .lines()
        .map_while(Result::ok)
        .any(|line| line.contains("Ctrl-C"));
    if !ready {
        let _ended = child.wait();
    }
    ready.then_some(child)
}

pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("bound").port()
}
