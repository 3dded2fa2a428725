//! A data folder: database, installation key, and how they are made and found.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use cunyi_db::{Durability, Target};
use cunyi_domain::time::Rng;
use cunyi_store::{InstallationKey, Store};

use crate::machine::SystemRng;

/// What a folder holds for one program: its database, and the file that the running program locks.
#[derive(Clone, Copy)]
pub struct Holds {
    /// The database's file.
    pub database: &'static str,
    /// The lock's file.
    pub lock: &'static str,
}

/// What a clinic's folder holds.
pub const CLINIC: Holds = Holds {
    database: "clinic.db",
    lock: "clinic.lock",
};

/// The clinic's database in its folder.
pub fn database(folder: &Path) -> PathBuf {
    folder.join(CLINIC.database)
}

/// Takes a folder for as long as the answer is kept. Refused when another program has it, or when it
/// holds something, but nothing of this kind.
pub fn take(folder: &Path, holds: Holds) -> Result<File> {
    let ours = [holds.database, holds.lock];
    if !holds_keys_alone(folder)? && !ours.iter().any(|file| folder.join(file).exists()) {
        bail!(
            "{} 里有别的文件，不是本程序的数据目录，请换一个空目录 · holds other files: choose an empty folder",
            folder.display()
        );
    }
    private_folder(folder)?;
    lock(folder, holds)
}

/// Marks a folder as made by the demo: the demo touches no other, and no clinic works in it.
pub const DEMO_MARK: &str = ".cunyi-demo";

/// Whether a folder holds nothing, or is not there.
pub fn is_empty(folder: &Path) -> Result<bool> {
    Ok(!folder.exists() || fs::read_dir(folder)?.next().is_none())
}

/// Whether a folder holds nothing but the keys that were laid there for a first start.
fn holds_keys_alone(folder: &Path) -> Result<bool> {
    if !folder.exists() {
        return Ok(true);
    }
    for entry in fs::read_dir(folder)? {
        if entry?.path() != keys(folder) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Locks a folder against a second program, until the file is dropped or the process ends.
pub fn lock(folder: &Path, holds: Holds) -> Result<File> {
    let file = private_file(&folder.join(holds.lock))?;
    let taken = file.try_lock();
    taken.map_err(|_| {
        anyhow!(
            "{} 正被另一个村医程序使用，请先结束它 · is in use by another cunyi: end it first",
            folder.display()
        )
    })?;
    Ok(file)
}

/// The key that seals patients' keys: beside the database, never in it.
pub fn key_file(folder: &Path) -> PathBuf {
    folder.join("installation.key")
}

/// Where the keys that region files name are looked for.
pub fn keys(folder: &Path) -> PathBuf {
    folder.join("keys")
}

/// Opens the clinic's store in a folder that has one, or makes one when `create`.
pub fn open(folder: &Path, durability: Durability, create: bool) -> Result<Store> {
    if !create && !database(folder).exists() {
        bail!(
            "{} 中没有诊所数据 · holds no clinic's data",
            folder.display()
        );
    }
    let fresh = !database(folder).exists();
    let key = match fs::read(key_file(folder)) {
        Ok(bytes) => {
            let bytes: [u8; 32] = bytes
                .try_into()
                .ok()
                .context("installation.key 长度不对 · has a wrong length")?;
            InstallationKey::new(bytes)
        }
        Err(error) if create && fresh && error.kind() == ErrorKind::NotFound => new_key(folder)?,
        Err(error) => {
            return Err(error).context(
                "installation.key 读不出，数据无法解封 · cannot be read: sealed data stays shut",
            );
        }
    };
    // SQLite gives the files beside it the rights of the database.
    private_file(&database(folder))?;
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

/// A file that only its owner may read, made if it is not there.
#[cfg(unix)]
pub fn private_file(path: &Path) -> Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = File::options();
    options.write(true).create(true).truncate(false).mode(0o600);
    options
        .open(path)
        .with_context(|| path.display().to_string())
}

/// A file, made if it is not there.
#[cfg(not(unix))]
pub fn private_file(path: &Path) -> Result<File> {
    let mut options = File::options();
    options.write(true).create(true).truncate(false);
    options
        .open(path)
        .with_context(|| path.display().to_string())
}

/// A folder that only its owner may enter, made if it is not there.
#[cfg(unix)]
pub fn private_folder(folder: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    let owners = fs::Permissions::from_mode(0o700);
    fs::set_permissions(folder, owners).with_context(|| folder.display().to_string())
}

/// A folder, made if it is not there.
#[cfg(not(unix))]
pub fn private_folder(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| folder.display().to_string())
}
