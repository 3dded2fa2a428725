//! Files of Rust that no module reaches: the compiler never sees them, so nobody else should.
//!
//! A `mod` inside an inline module is not followed: that is not our way.

use std::collections::BTreeSet;

use super::scan;
use super::{Finding, Tree, array, members, relative, text};

pub fn check(tree: &Tree) -> Vec<Finding> {
    let metadata = &tree.metadata;
    let packages = members(metadata).chain(members(&tree.peers));
    let targets = packages.flat_map(|package| array(package, "targets"));
    let roots: BTreeSet<&str> = targets
        .map(|target| relative(metadata, text(target, "src_path")))
        .collect();
    let mut reached: BTreeSet<String> = roots.iter().map(|&root| root.to_owned()).collect();
    let mut open: Vec<String> = reached.iter().cloned().collect();
    while let Some(path) = open.pop() {
        let Some(source) = tree.files.get(&path) else {
            continue;
        };
        for file in children(&path, roots.contains(path.as_str()), source) {
            if tree.files.contains_key(&file) && reached.insert(file.clone()) {
                open.push(file);
            }
        }
    }
    tree.rust()
        .filter(|(path, _)| !reached.contains(*path))
        .map(|(path, _)| Finding::new(path, 1, "no module reaches this file"))
        .collect()
}

/// Where the modules that a file declares may be.
fn children(path: &str, root: bool, source: &str) -> Vec<String> {
    let (dir, file) = path.rsplit_once('/').unwrap_or((".", path));
    let dir = match file.strip_suffix(".rs") {
        Some(stem) if !root && stem != "mod" => format!("{dir}/{stem}"),
        _ => dir.to_owned(),
    };
    let code = scan::code(source);
    let declared = |at: usize| {
        let rest = code[at + "mod".len()..].trim_start();
        let name = scan::name(rest);
        rest[name.len()..]
            .trim_start()
            .starts_with(';')
            .then_some(name)
    };
    scan::words(&code, "mod")
        .filter_map(declared)
        .flat_map(|name| [format!("{dir}/{name}.rs"), format!("{dir}/{name}/mod.rs")])
        .chain(named(path, source))
        .collect()
}

/// Files that `#[path = "…"]` names: tests beside the module they look into.
fn named(path: &str, source: &str) -> Vec<String> {
    let dir = path.rsplit_once('/').map_or(".", |(dir, _)| dir);
    let names = source
        .lines()
        .filter_map(|line| line.trim().strip_prefix("#[path = \"")?.strip_suffix("\"]"));
    names.map(|name| beside(dir, name)).collect()
}

/// A path relative to a folder, `..` resolved.
fn beside(dir: &str, name: &str) -> String {
    let mut parts: Vec<&str> = dir.split('/').collect();
    for part in name.split('/') {
        if part == ".." {
            parts.pop();
        } else {
            parts.push(part);
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_file_outside_the_modules_is_found() {
        let mut tree = Tree::of(&[
            (
                "crates/a/src/lib.rs",
                "pub mod b;\n// mod ghost;\nmod inline { }\nmod m;\n#[path = \"aside/t.rs\"]\nmod t;",
            ),
            ("crates/a/src/b.rs", "mod c;"),
            ("crates/a/src/b/c.rs", "mod lost;"),
            ("crates/a/src/m/mod.rs", "mod n;"),
            ("crates/a/src/m/n.rs", ""),
            ("crates/a/src/aside/t.rs", ""),
            ("crates/a/src/ghost.rs", ""),
            ("crates/a/src/lost.rs", ""),
            ("crates/a/tests/all.rs", "mod common;"),
            ("crates/a/tests/common/mod.rs", ""),
        ]);
        tree.metadata = json!({
            "workspace_root": "/w",
            "workspace_members": ["a"],
            "packages": [{ "id": "a", "targets": [
                { "src_path": "/w/crates/a/src/lib.rs" },
                { "src_path": "/w/crates/a/tests/all.rs" },
            ]}],
        });
        let found: Vec<String> = check(&tree).into_iter().map(|f| f.path).collect();
        assert_eq!(found, ["crates/a/src/ghost.rs", "crates/a/src/lost.rs"]);
    }
}
