//! axe-core, the accessibility checker that the tests run inside the browser: one pinned package,
//! fetched by npm, never copied into the repository (it is MPL-2.0).

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::run;

/// The package and its version.
const PACKAGE: &str = "axe-core@4.14.1";
/// The file that npm makes of it.
const TARBALL: &str = "axe-core-4.14.1.tgz";
/// SHA-512 of that file: `npm view axe-core@4.14.1 dist.integrity`, from base64 to hex.
const SHA512: &str = "\
    1477dafa598d8d065f273d6af302aa203c02e83131707b7fa648cd41bd3d6b73\
    4f8c22a0dab86ee6a6f64b8afbe804b214d36db85a2826965edfb3a0b9d546b5";

/// The path of `axe.min.js`, fetched if it is not there, and checked in any case.
pub fn fetch() -> Result<PathBuf> {
    let dir = run::target("axe")?;
    let tarball = dir.join(TARBALL);
    if check(&tarball, SHA512).is_err() {
        let mut npm = Command::new("npm");
        npm.args(["pack", PACKAGE]).current_dir(&dir);
        run::output(&mut npm)
            .context("axe-core cannot be fetched: is npm's registry reachable?")?;
    }
    check(&tarball, SHA512)?;
    let mut tar = Command::new("tar");
    tar.args(["-xzf", TARBALL, "--strip-components=1"])
        .arg("package/axe.min.js")
        .current_dir(&dir);
    run::output(&mut tar)?;
    Ok(dir.join("axe.min.js"))
}

fn check(file: &Path, sha512: &str) -> Result<()> {
    let line = run::output(Command::new("sha512sum").arg("--").arg(file))?;
    if line.split_whitespace().next() != Some(sha512) {
        bail!("{} is not what was pinned: {line}", file.display());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_file_is_refused() {
        let empty = "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce\
                     47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e";
        check(Path::new("/dev/null"), empty).unwrap();
        assert!(check(Path::new("/dev/null"), SHA512).is_err());
        assert!(check(Path::new("/no/such/file"), SHA512).is_err());
    }
}
