//! The proof that a village's PC, or a county's bare server, can build us: only Rust and a C
//! compiler, no pkg-config, libpq, OpenSSL, perl, cmake or node.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::machine;
use crate::run;

/// What a C compiler and its linker consist of.
const C_TOOLS: &[&str] = &["cc", "gcc", "ld", "as", "ar", "ranlib"];

/// Builds the release binary in a folder of its own, so that no build script's answer from a
/// richer environment is reused.
pub fn run() -> Result<()> {
    // Sources are fetched with the full environment (proxies, certificates); the build is offline.
    run::step("fetch", &mut run::cargo(&["fetch", "--locked"]))?;
    let bin = bare_bin(&run::target("bare")?.join("bin"))?;
    let mut build = Command::new(bin.join("cargo"));
    build
        .args(["build", "--release", "--offline", "--locked"])
        .args(["--package", "cunyi-server", "--target-dir", "target/bare"])
        .current_dir(run::root())
        .env_clear()
        .env("PATH", &bin);
    for name in ["HOME", "CARGO_HOME", "RUSTUP_HOME"] {
        build.envs(std::env::var_os(name).map(|value| (name, value)));
    }
    run::step("bare build", &mut build)?;
    Ok(())
}

/// Makes the folder that is the whole search path.
fn bare_bin(bin: &Path) -> Result<PathBuf> {
    if bin.exists() {
        fs::remove_dir_all(bin)?;
    }
    fs::create_dir_all(bin)?;
    let sysroot = run::output(Command::new("rustc").args(["--print", "sysroot"]))?;
    let rust = Path::new(sysroot.trim()).join("bin");
    for tool in ["rustc", "cargo"] {
        symlink(rust.join(tool), bin.join(tool))?;
    }
    for tool in C_TOOLS {
        let file = machine::on_path(tool).with_context(|| format!("there is no {tool}"))?;
        symlink(file, bin.join(tool))?;
    }
    Ok(bin.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::Scratch;

    #[test]
    fn the_search_path_holds_rust_and_c_alone() {
        let scratch = Scratch::new().unwrap();
        for _ in 0..2 {
            let bin = bare_bin(&scratch.path().join("bin")).unwrap();
            let tools = fs::read_dir(bin).unwrap().map(|tool| tool.unwrap());
            let mut names: Vec<_> = tools.map(|tool| tool.file_name()).collect();
            names.sort();
            assert_eq!(
                names,
                ["ar", "as", "cargo", "cc", "gcc", "ld", "ranlib", "rustc"]
            );
        }
    }
}
