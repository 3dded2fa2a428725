//! What we are built of: crates of crates.io under permissive licences, so that a county may use,
//! change and sell what it likes. The engines that `bench/peers` measures are no part of that.

use super::{Finding, Tree, array, members, text};

/// SPDX identifiers that ask for no more than a notice.
const PERMISSIVE: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "PostgreSQL",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Crates under a licence that binds changes of their own files: package, licence, why it is fine.
const BY_NAME: &[(&str, &str, &str)] = &[(
    "webdriver",
    "MPL-2.0",
    "fantoccini's messages: only in the browser test, never in the program",
)];

const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

pub fn check(tree: &Tree) -> Vec<Finding> {
    let ours: Vec<&str> = members(&tree.metadata).map(|p| text(p, "id")).collect();
    let mut findings = Vec::new();
    for package in array(&tree.metadata, "packages") {
        let (name, licence) = (text(package, "name"), text(package, "license"));
        let mut found = |what: String| findings.push(Finding::new("Cargo.lock", 1, what));
        if !permits(licence, name) {
            found(format!("{name} is under {licence:?}"));
        }
        if text(package, "source") != CRATES_IO && !ours.contains(&text(package, "id")) {
            found(format!("{name} does not come from crates.io"));
        }
    }
    findings
}

/// Whether an SPDX expression can be met with permissive licences alone.
fn permits(licence: &str, package: &str) -> bool {
    // Old manifests write MIT/Apache-2.0 for a choice.
    let spaced = licence
        .replace('/', " OR ")
        .replace('(', " ( ")
        .replace(')', " ) ");
    let mut words = spaced.split_whitespace().peekable();
    let allowed = |id: &str| {
        let named =
            |(crate_, licence, _): &(&str, &str, &str)| *crate_ == package && *licence == id;
        PERMISSIVE.contains(&id) || BY_NAME.iter().any(named)
    };
    either(&mut words, &allowed) && words.next().is_none()
}

type Words<'a> = std::iter::Peekable<std::str::SplitWhitespace<'a>>;

fn either(words: &mut Words<'_>, allowed: &dyn Fn(&str) -> bool) -> bool {
    let mut met = both(words, allowed);
    while words.next_if_eq(&"OR").is_some() {
        met |= both(words, allowed);
    }
    met
}

fn both(words: &mut Words<'_>, allowed: &dyn Fn(&str) -> bool) -> bool {
    let mut met = one(words, allowed);
    while words.next_if_eq(&"AND").is_some() {
        met &= one(words, allowed);
    }
    met
}

fn one(words: &mut Words<'_>, allowed: &dyn Fn(&str) -> bool) -> bool {
    match words.next() {
        Some("(") => either(words, allowed) & (words.next() == Some(")")),
        Some(id) if words.next_if_eq(&"WITH").is_some() => {
            allowed(&format!("{id} WITH {}", words.next().unwrap_or_default()))
        }
        Some(id) => allowed(id),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn expressions_are_understood() {
        for (licence, expected) in [
            ("MIT OR Apache-2.0", true),
            ("MIT/Apache-2.0", true),
            ("Apache-2.0 WITH LLVM-exception OR Apache-2.0 OR MIT", true),
            ("(MIT OR Apache-2.0) AND Unicode-3.0", true),
            ("MIT OR GPL-3.0-only", true),
            ("MIT AND GPL-3.0-only", false),
            ("(MIT OR Apache-2.0) AND LGPL-2.1-or-later", false),
            ("GPL-2.0-only WITH Classpath-exception-2.0", false),
            ("MPL-2.0", false),
            ("AGPL-3.0-only", false),
            ("MIT Apache-2.0", false),
            ("(MIT", false),
            ("MIT AND", false),
            ("", false),
        ] {
            assert_eq!(permits(licence, "x"), expected, "{licence}");
        }
    }

    #[test]
    fn licences_and_sources_are_found() {
        let tree = Tree::with(json!({
            "workspace_members": ["ours"],
            "packages": [
                { "id": "ours", "name": "ours", "license": "MIT", "source": null },
                { "id": "a", "name": "a", "license": "MIT", "source": CRATES_IO },
                { "id": "b", "name": "b", "license": "MIT", "source": "git+https://b" },
                { "id": "c", "name": "c", "license": "MIT", "source": null },
                { "id": "d", "name": "d", "license": "AGPL-3.0", "source": CRATES_IO },
                { "id": "e", "name": "e", "license": null, "source": CRATES_IO },
            ],
        }));
        let found: Vec<String> = check(&tree).into_iter().map(|f| f.what).collect();
        assert_eq!(
            found,
            [
                "b does not come from crates.io",
                "c does not come from crates.io",
                "d is under \"AGPL-3.0\"",
                "e is under \"\"",
            ]
        );
    }
}
