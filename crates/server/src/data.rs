//! A data folder: database, installation key, and how they are made and found.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use cunyi_db::{Durability, Target};
use cunyi_domain::time::Rng;
use cunyi_store::{InstallationKey, Store};

use crate::machine::SystemRng;

/// The clinic's database in its folder.
pub fn database(folder: &Path) -> PathBuf {
    folder.join("clinic.db")
}

/// The key that seals patients' keys: beside the database, never in it.
pub fn key_file(folder: &Path) -> PathBuf {
    folder.join("installation.key")
}

/// Opens the clinic's store in a folder that has one, or makes one when `create`.
pub fn open(folder: &Path, durability: Durability, create: bool) -> Result<Store> {
    if !create && !database(folder).exists() {
        bail!(
            "{} 中没有诊所数据 · holds no clinic's data",
            folder.display()
        );
    }
    private_folder(folder)?;
    let key = match fs::read(key_file(folder)) {
        Ok(bytes) => {
            let bytes: [u8; 32] = bytes
                .try_into()
                .ok()
                .context("installation.key 长度不对 · has a wrong length")?;
            InstallationKey::new(bytes)
        }
        Err(_) if create && !database(folder).exists() => new_key(folder)?,
        Err(error) => {
            return Err(error).context(
                "installation.key 读不出，数据无法解封 · cannot be read: sealed data stays shut",
            );
        }
    };
    Ok(Store::open(
        Target::File(database(folder)),
        durability,
        key,
    )?)
}

fn new_key(folder: &Path) -> Result<InstallationKey> {
    let mut bytes = [0_u8; 32];
    SystemRng.fill(&mut bytes);
    let mut file = private_file(&key_file(folder))?;
    file.write_all(&bytes)?;
    file.sync_all()?;
    Ok(InstallationKey::new(bytes))
}

#[cfg(unix)]
fn private_file(path: &Path) -> Result<fs::File> {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = fs::OpenOptions::new();
    Ok(options
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?)
}

#[cfg(not(unix))]
fn private_file(path: &Path) -> Result<fs::File> {
    Ok(fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(path)?)
}

/// Makes a folder that only its owner may enter.
#[cfg(unix)]
pub fn private_folder(folder: &Path) -> Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    let mut builder = fs::DirBuilder::new();
    builder
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .with_context(|| format!("{}", folder.display()))
}

/// Makes a folder.
#[cfg(not(unix))]
pub fn private_folder(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("{}", folder.display()))
}
