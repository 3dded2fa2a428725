//! A throw-away PostgreSQL: a cluster in a scratch folder, on a port of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::machine;
use crate::run;
use crate::service::{Scratch, Service, bound, free_port};

/// The oldest major version that we promise to work with.
const OLDEST: u32 = 15;

/// Where the newest server's programs are: on the search path or where Debian keeps them.
pub fn programs() -> Option<PathBuf> {
    let debian = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let debian = debian.flatten().map(|version| version.path().join("bin"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(debian)
        .filter(|dir| dir.join("initdb").is_file())
        .filter_map(|dir| Some((version(&dir)?, dir)))
        .filter(|(version, _)| *version >= OLDEST)
        .max_by_key(|(version, _)| *version)
        .map(|(_, dir)| dir)
}

fn version(dir: &Path) -> Option<u32> {
    major(&run::output(Command::new(dir.join("postgres")).arg("--version")).ok()?)
}

/// The major version in `postgres (PostgreSQL) 15.18 (Debian …)`.
fn major(line: &str) -> Option<u32> {
    let number = line.split_once("(PostgreSQL)")?.1.trim_start();
    let end = number
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(number.len());
    number[..end].parse().ok()
}

/// A running cluster. The order of the fields is the order of the end: first the server, then its
/// files.
pub struct Cluster {
    _server: Service,
    _files: Scratch,
    /// `postgres://…`, superuser, no password, loopback only.
    pub url: String,
}

impl Cluster {
    /// Makes and starts one. A crash may lose its data, and a machine it is started on as root
    /// must have a user `postgres` or `nobody`: PostgreSQL refuses the superuser.
    pub fn start(programs: &Path) -> Result<Self> {
        let files = Scratch::new()?;
        let user = unprivileged();
        if let Some(user) = user {
            run::output(Command::new("chown").arg(user).arg(files.path()))?;
        }
        let data = files.path().join("data");
        let mut initdb = bound(user, "INT", programs.join("initdb"))?;
        initdb
            .args(["--username=postgres", "--auth=trust", "--no-sync"])
            .args(["--encoding=UTF8", "--locale=C.UTF-8", "--pgdata"])
            .arg(&data);
        run::output(initdb.current_dir(files.path()))?;

        let port = free_port()?.to_string();
        let mut server = bound(user, "INT", programs.join("postgres"))?;
        server.arg("-D").arg(&data).args(["-p", &port]);
        for setting in SETTINGS {
            server.args(["-c", setting]);
        }
        let socket = format!("unix_socket_directories={}", files.path().display());
        server.args(["-c", &socket]).current_dir(files.path());
        let log = files.path().join("server.log");
        let server = Service::start(&mut server, "QUIT", &log, || {
            let mut ask = Command::new(programs.join("pg_isready"));
            run::output(ask.args(["-q", "-h", "127.0.0.1", "-p", &port])).is_ok()
        })?;
        Ok(Self {
            _server: server,
            _files: files,
            url: format!("postgres://postgres@127.0.0.1:{port}/postgres"),
        })
    }
}

/// Loopback only, and no care for a crash: the data lives for one run of tests.
const SETTINGS: &[&str] = &[
    "listen_addresses=127.0.0.1",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=200",
];

/// The user to run as when we are root.
fn unprivileged() -> Option<&'static str> {
    if !machine::is_root() {
        return None;
    }
    let exists = machine::id(&["-u", "postgres"]).is_ok();
    Some(if exists { "postgres" } else { "nobody" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read() {
        for (line, expected) in [
            (
                "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)",
                Some(15),
            ),
            ("postgres (PostgreSQL) 18beta1", Some(18)),
            ("postgres 9", None),
            ("", None),
        ] {
            assert_eq!(major(line), expected, "{line}");
        }
    }

    #[test]
    fn a_cluster_answers_and_leaves_nothing() {
        let Some(programs) = programs() else {
            println!("SKIPPED: no PostgreSQL on this machine");
            return;
        };
        let cluster = Cluster::start(&programs).unwrap();
        let ask = |sql: &str| {
            let mut psql = Command::new(programs.join("psql"));
            run::output(psql.args([cluster.url.as_str(), "-Atc", sql]))
        };
        assert_eq!(ask("SHOW fsync").unwrap(), "off\n");
        assert_eq!(ask("SHOW lc_collate").unwrap(), "C.UTF-8\n");
        assert_eq!(ask("SELECT upper('é') || '村'").unwrap(), "É村\n");
        let data = PathBuf::from(ask("SHOW data_directory").unwrap().trim());
        assert!(data.starts_with(std::env::temp_dir()));
        let url = cluster.url.clone();
        drop(cluster);
        assert!(!data.exists());
        assert!(run::output(Command::new(programs.join("psql")).args([&url, "-c", ""])).is_err());
    }
}
