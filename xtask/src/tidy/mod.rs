//! The house rules that the compiler does not know: one file a rule, each with a test that shows it
//! failing.

mod arrows;
mod browser;
mod dead;
mod i18n;
mod licences;
mod scan;
mod size;
mod words;

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::run;

/// What a rule looks at.
struct Tree {
    /// Text files of the crates, of xtask and of the peers by their path from the workspace's folder.
    files: BTreeMap<String, String>,
    /// What `cargo metadata` tells.
    metadata: Value,
    /// The same of `bench/peers`, a workspace of its own, without what it uses: nothing of that is
    /// ever in the program.
    peers: Value,
}

/// A place where a rule is broken.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Finding {
    path: String,
    line: usize,
    what: String,
}

impl Finding {
    fn new(path: &str, line: usize, what: impl Into<String>) -> Self {
        let (path, what) = (path.to_owned(), what.into());
        Self { path, line, what }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.what)
    }
}

const RULES: &[fn(&Tree) -> Vec<Finding>] = &[
    arrows::check,
    browser::check,
    licences::check,
    size::check,
    words::check,
    dead::check,
    i18n::check,
];

/// The other engines that `bench/peers` measures.
const PEERS: &str = "bench/peers/Cargo.toml";

/// Checks every rule and prints what is broken.
pub fn run() -> Result<()> {
    let tree = Tree::read(run::root())?;
    let mut findings: Vec<Finding> = RULES.iter().flat_map(|rule| rule(&tree)).collect();
    findings.sort();
    for finding in &findings {
        println!("{finding}");
    }
    if !findings.is_empty() {
        bail!("{} places are not tidy", findings.len());
    }
    Ok(())
}

impl Tree {
    fn read(root: &Path) -> Result<Self> {
        let mut files = BTreeMap::new();
        for top in ["bench", "crates", "xtask"] {
            collect(root, &root.join(top), &mut files)?;
        }
        let metadata = |more: &[&str]| -> Result<Value> {
            let mut command = run::cargo(&["metadata", "--format-version", "1"]);
            Ok(serde_json::from_str(&run::output(command.args(more))?)?)
        };
        Ok(Self {
            files,
            metadata: metadata(&[])?,
            peers: metadata(&["--no-deps", "--manifest-path", PEERS])?,
        })
    }

    /// The files of Rust.
    fn rust(&self) -> impl Iterator<Item = (&str, &str)> {
        let files = self.files.iter();
        let rust = files.filter(|(path, _)| has_extension(path, &["rs"]));
        rust.map(|(path, text)| (path.as_str(), text.as_str()))
    }

    #[cfg(test)]
    fn of(files: &[(&str, &str)]) -> Self {
        let owned = |(path, text): &(&str, &str)| ((*path).to_owned(), (*text).to_owned());
        Self {
            files: files.iter().map(owned).collect(),
            metadata: Value::Null,
            peers: Value::Null,
        }
    }

    #[cfg(test)]
    fn with(metadata: Value) -> Self {
        Self {
            files: BTreeMap::new(),
            metadata,
            peers: Value::Null,
        }
    }
}

/// Reads the text files below a folder; what is built or not UTF-8 is not ours to judge.
fn collect(root: &Path, dir: &Path, files: &mut BTreeMap<String, String>) -> Result<()> {
    for entry in fs::read_dir(dir).with_context(|| dir.display().to_string())? {
        let path = entry?.path();
        if path.ends_with("target") {
            continue;
        }
        if path.is_dir() {
            collect(root, &path, files)?;
        } else if let Ok(text) = fs::read_to_string(&path) {
            let name = path.strip_prefix(root).unwrap_or(&path);
            files.insert(name.to_string_lossy().into_owned(), text);
        }
    }
    Ok(())
}

fn has_extension(path: &str, extensions: &[&str]) -> bool {
    let extension = Path::new(path).extension().and_then(|e| e.to_str());
    extension.is_some_and(|extension| extensions.contains(&extension))
}

/// The elements of an array in metadata; none when it is missing.
fn array<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value[name].as_array().map_or(&[], Vec::as_slice)
}

/// A text in metadata; empty when it is missing.
fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

/// The packages of this workspace.
fn members(metadata: &Value) -> impl Iterator<Item = &Value> {
    let ids = array(metadata, "workspace_members");
    let packages = array(metadata, "packages").iter();
    packages.filter(|package| ids.contains(&package["id"]))
}

/// A manifest's path from the workspace's folder, for findings about packages.
fn relative<'a>(metadata: &Value, path: &'a str) -> &'a str {
    path.strip_prefix(text(metadata, "workspace_root"))
        .map_or(path, |rest| rest.trim_start_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tree_holds_this_file_and_this_package() {
        let tree = Tree::read(run::root()).unwrap();
        let mine = tree
            .rust()
            .find(|(path, _)| *path == "xtask/src/tidy/mod.rs");
        assert!(mine.unwrap().1.starts_with("//! The house rules"));
        let names: Vec<&str> = members(&tree.metadata).map(|p| text(p, "name")).collect();
        assert!(names.contains(&"xtask"), "{names:?}");
        let peers: Vec<&str> = members(&tree.peers).map(|p| text(p, "name")).collect();
        assert_eq!(peers, ["cunyi-peers"]);
        assert!(tree.files.contains_key("bench/peers/src/main.rs"));
        assert!(!tree.files.keys().any(|path| path.contains("/target/")));
    }
}
