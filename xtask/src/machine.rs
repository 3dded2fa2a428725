//! What the tests need of the machine, and getting it from Debian where we may.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::{postgres, run};

/// A thing the tests need.
pub struct Need {
    what: &'static str,
    packages: &'static [&'static str],
    found: fn() -> bool,
}

/// For the test that watches the clinic flush. Where there can be none, it says that it is skipped.
pub const STRACE: &[Need] = &[Need {
    what: "strace",
    packages: &["strace"],
    found: || cfg!(not(target_os = "linux")) || on_path("strace").is_some(),
}];

/// For the tests on PostgreSQL.
pub const POSTGRES: &[Need] = &[Need {
    what: "PostgreSQL 15 or newer, the server's programs",
    packages: &["postgresql"],
    found: || postgres::programs().is_some(),
}];

/// For the tests in a browser.
pub const BROWSER: &[Need] = &[
    Need {
        what: "Chromium",
        packages: &["chromium"],
        found: || on_path("chromium").is_some(),
    },
    Need {
        what: "ChromeDriver",
        packages: &["chromium-driver"],
        found: || on_path("chromedriver").is_some(),
    },
    Need {
        what: "a Chinese font",
        packages: &["fontconfig", "fonts-noto-cjk"],
        found: || {
            let fonts = run::output(Command::new("fc-list").arg(":lang=zh"));
            fonts.is_ok_and(|list| !list.trim().is_empty())
        },
    },
    Need {
        what: "npm, which fetches axe-core",
        packages: &["npm"],
        found: || on_path("npm").is_some(),
    },
];

/// Debian's switch that keeps its package from creating and starting a cluster of its own.
const CLUSTER_SWITCH: &str = "/etc/postgresql-common/createcluster.conf";

/// Sees that everything needed is there: installs what is missing as root on Debian, and tells
/// anyone else what to install.
pub fn provide(needs: &[&Need]) -> Result<()> {
    let missing: Vec<&&Need> = needs.iter().filter(|need| !(need.found)()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let packages: Vec<&str> = missing
        .iter()
        .flat_map(|need| need.packages.iter().copied())
        .collect();
    if is_root() && on_path("apt-get").is_some() {
        install(&packages)?;
    }
    let still: Vec<&str> = missing
        .iter()
        .filter(|need| !(need.found)())
        .map(|need| need.what)
        .collect();
    if !still.is_empty() {
        let (still, packages) = (still.join("; "), packages.join(" "));
        bail!("missing: {still}\non Debian, as root: apt-get install {packages}");
    }
    Ok(())
}

fn install(packages: &[&str]) -> Result<()> {
    let switch = Path::new(CLUSTER_SWITCH);
    if packages.contains(&"postgresql") && !switch.exists() {
        switch.parent().map_or(Ok(()), fs::create_dir_all)?;
        fs::write(switch, "create_main_cluster = false\n")?;
    }
    run::step("apt-get update", &mut apt_get(&["update"]))?;
    // Our switch is newer than the package's file of that name: it stays.
    let options = ["install", "--yes", "--no-install-recommends"];
    let keep = ["-o", "Dpkg::Options::=--force-confold"];
    let all = [&options[..], &keep, packages].concat();
    run::step("apt-get install", &mut apt_get(&all))?;
    Ok(())
}

fn apt_get(arguments: &[&str]) -> Command {
    let mut command = Command::new("apt-get");
    command
        .args(arguments)
        .env("DEBIAN_FRONTEND", "noninteractive");
    command
}

/// Where a program is on the search path.
pub fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|dir| dir.join(program))
        .find(|file| file.is_file())
}

/// What the program `id` answers, as `id -u`.
pub fn id(arguments: &[&str]) -> Result<String> {
    let answer = run::output(Command::new("id").args(arguments))?;
    Ok(answer.trim().to_owned())
}

/// True for the superuser.
pub fn is_root() -> bool {
    id(&["-u"]).is_ok_and(|user| user == "0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_needs_nothing() {
        let need = Need {
            what: "a shell",
            packages: &["dash"],
            found: || on_path("sh").is_some(),
        };
        provide(&[&need]).unwrap();
        assert!(on_path("no-such-program-as-this").is_none());
    }
}
