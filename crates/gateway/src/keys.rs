//! Keys and passwords of a transport: files beside the region's file, named there, never in it.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::PathBuf;

use serde::Deserialize;

/// The name of a key's file: letters, digits, `.`, `-`, `_`; no path.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct KeyName(String);

impl KeyName {
    /// The file's name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name of another file that belongs to this one.
    #[must_use]
    pub fn with(&self, suffix: &str) -> Self {
        Self(format!("{}{suffix}", self.0))
    }
}

impl TryFrom<String> for KeyName {
    type Error = &'static str;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"._-".contains(&b);
        let fine = (1..=60).contains(&name.len()) && name.bytes().all(plain);
        if fine && !name.starts_with('.') {
            Ok(Self(name))
        } else {
            Err("the name of a key file: letters, digits, '.', '-' and '_', no path")
        }
    }
}

/// A secret that does not show itself.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// From what a file holds.
    pub fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The secret itself, for signing.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Why a key cannot be used: which file, and what to do. Never what it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyFault {
    /// The file's name.
    pub file: String,
    /// What is wrong.
    pub what: String,
}

impl KeyFault {
    /// Of a name.
    pub fn new(name: &KeyName, what: impl Into<String>) -> Self {
        Self {
            file: name.0.clone(),
            what: what.into(),
        }
    }
}

impl fmt::Display for KeyFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.file, self.what)
    }
}

impl std::error::Error for KeyFault {}

/// Where keys come from.
pub trait Keys: Send + Sync {
    /// The key of a name.
    fn read(&self, name: &KeyName) -> Result<Secret, KeyFault>;
}

/// Keys by the names of their files: none at all, for regions that want none, or those of a test.
impl Keys for BTreeMap<String, Secret> {
    fn read(&self, name: &KeyName) -> Result<Secret, KeyFault> {
        let found = self.get(&name.0).cloned();
        found.ok_or_else(|| KeyFault::new(name, "没有此密钥 · there is no such key"))
    }
}

/// A folder with a file for each key.
#[derive(Clone, Debug)]
pub struct KeyFolder(pub PathBuf);

/// The longest key file, in bytes.
const MAX_KEY: u64 = 4096;

impl Keys for KeyFolder {
    fn read(&self, name: &KeyName) -> Result<Secret, KeyFault> {
        let path = self.0.join(&name.0);
        let fault = |what: String| KeyFault {
            file: path.display().to_string(),
            what,
        };
        let cannot =
            |error: std::io::Error| fault(format!("密钥文件读不出 · cannot be read: {error}"));
        let file = File::open(&path).map_err(cannot)?;
        // The opened file is asked, not the path: it cannot be exchanged in between.
        if !is_private(&file).map_err(cannot)? {
            return Err(fault(
                "只许本用户读取（chmod 600）· must be a file that only its owner may read: chmod 600".to_owned(),
            ));
        }
        let mut text = String::new();
        let read = file.take(MAX_KEY + 1).read_to_string(&mut text);
        read.map_err(|_| fault("须为UTF-8文本 · must be UTF-8 text".to_owned()))?;
        let key = text.trim();
        if key.is_empty() || text.len() as u64 > MAX_KEY || key.contains(char::is_control) {
            return Err(fault(
                "须为一行文字，不超过4096字节 · must hold one line of at most 4096 bytes"
                    .to_owned(),
            ));
        }
        Ok(Secret::new(key))
    }
}

#[cfg(unix)]
fn is_private(file: &File) -> std::io::Result<bool> {
    use std::os::unix::fs::PermissionsExt;
    /// The rights of group and others.
    const OTHERS: u32 = 0o077;
    let about = file.metadata()?;
    Ok(about.is_file() && about.permissions().mode() & OTHERS == 0)
}

#[cfg(not(unix))]
fn is_private(file: &File) -> std::io::Result<bool> {
    Ok(file.metadata()?.is_file())
}

#[cfg(test)]
#[path = "tests/keys.rs"]
mod tests;
