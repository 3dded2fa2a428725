//! Chromium for the tests in a browser: its driver and its flags.
//!
//! A test finds the driver in `CUNYI_TEST_CHROMEDRIVER` and the flags, split at blanks, in
//! `CUNYI_TEST_CHROMIUM_FLAGS`; it adds a `--user-data-dir` of its own, new and empty.

use std::net::TcpStream;

use anyhow::Result;

use crate::machine;
use crate::run;
use crate::service::{Service, bound, free_port};

/// Flags and what each is for.
const FLAGS: &[(&str, &str)] = &[
    ("--headless=new", "the real browser, without a window"),
    ("--disable-gpu", "a test machine has none"),
    ("--disable-dev-shm-usage", "/dev/shm is small in containers"),
    ("--disable-quic", "nothing but TCP on the loopback"),
    ("--no-first-run", "no welcome pages"),
    ("--disable-background-networking", "it calls nobody"),
    ("--disable-component-update", "it calls nobody"),
    ("--disable-sync", "it calls nobody"),
];

/// Chromium's own sandbox refuses root, and only root gives it up.
const ROOT_FLAG: &str = "--no-sandbox";

/// All flags of this machine's user, with a blank between two.
pub fn flags() -> String {
    let mut flags: Vec<&str> = FLAGS.iter().map(|(flag, _)| *flag).collect();
    if machine::is_root() {
        flags.push(ROOT_FLAG);
    }
    flags.join(" ")
}

/// A running `ChromeDriver`.
pub struct Driver {
    _server: Service,
    /// `http://127.0.0.1:…`, a `WebDriver` endpoint.
    pub url: String,
}

impl Driver {
    /// Starts one on a free port of the loopback.
    pub fn start() -> Result<Self> {
        let port = free_port()?;
        let log = run::target("xtask")?.join("chromedriver.log");
        let mut driver = bound(None, "TERM", "chromedriver")?;
        driver.args([format!("--port={port}"), "--log-level=WARNING".to_owned()]);
        let server = Service::start(&mut driver, "TERM", &log, || {
            TcpStream::connect(("127.0.0.1", port)).is_ok()
        })?;
        Ok(Self {
            _server: server,
            url: format!("http://127.0.0.1:{port}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_driver_listens_until_it_is_dropped() {
        if machine::on_path("chromedriver").is_none() {
            println!("SKIPPED: no ChromeDriver on this machine");
            return;
        }
        let driver = Driver::start().unwrap();
        let address = driver.url.strip_prefix("http://").unwrap().to_owned();
        assert!(TcpStream::connect(&address).is_ok());
        drop(driver);
        assert!(TcpStream::connect(&address).is_err());
    }

    #[test]
    fn only_root_gives_up_the_sandbox() {
        assert_eq!(flags().contains(ROOT_FLAG), machine::is_root());
        assert!(flags().starts_with("--headless=new "));
    }
}
