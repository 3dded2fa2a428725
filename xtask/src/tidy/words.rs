//! Words that stand for unfinished work, for tests that do not run, for silenced lints, and for
//! floats where money is.

use super::scan;
use super::{Finding, Tree};

/// Words that no file of the crates may hold, comments included, in lower case; and what to do.
const FORBIDDEN: &[(&str, &str)] = &[
    ("todo", "finish it or leave it out"),
    ("fixme", "finish it or leave it out"),
    ("unimplemented!", "finish it or leave it out"),
    ("for now", "finish it or leave it out"),
    ("not implemented", "finish it or leave it out"),
    ("#[ignore", "a test runs or goes"),
    ("#[allow(", "use #[expect(.., reason = \"..\")]"),
    ("#![allow(", "use #[expect(.., reason = \"..\")]"),
];

/// Rooms in which a float could meet money.
const NO_FLOATS: &[&str] = &["domain", "policy", "gateway", "store", "app", "db"];

pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.rust() {
        let Some((room, _)) = path.strip_prefix("crates/").and_then(|p| p.split_once('/')) else {
            continue;
        };
        let lower = text.to_ascii_lowercase();
        for (word, advice) in FORBIDDEN {
            for at in whole(&lower, word) {
                let what = format!("`{word}`: {advice}");
                findings.push(Finding::new(path, scan::line(text, at), what));
            }
        }
        if NO_FLOATS.contains(&room) {
            let code = scan::code(text);
            for word in ["f32", "f64"] {
                for at in scan::words(&code, word) {
                    let what = format!("`{word}`: use Fen, UnitPrice, Quantity or Rate");
                    findings.push(Finding::new(path, scan::line(text, at), what));
                }
            }
        }
    }
    findings
}

/// Where a forbidden word stands; one that ends in a letter only as a whole word.
fn whole<'a>(text: &'a str, word: &'a str) -> Box<dyn Iterator<Item = usize> + 'a> {
    if word.bytes().all(|b| b.is_ascii_alphabetic() || b == b' ') {
        Box::new(scan::words(text, word))
    } else {
        Box::new(text.match_indices(word).map(|(at, _)| at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forbidden_words_are_found() {
        for bad in [
            "fn f() { todo!() }",
            "// TODO later",
            "// FIXME",
            "fn f() { unimplemented!(\"x\") }",
            "// good enough for now",
            "fn f() { panic!(\"not implemented\") }",
            "#[ignore]",
            "#[ignore = \"slow\"]",
            "#[allow(dead_code)]",
            "#![allow(missing_docs)]",
            "struct Money(f64);",
            "let x = 1_f32 as f32;",
        ] {
            let tree = Tree::of(&[("crates/policy/src/a.rs", bad)]);
            assert_eq!(check(&tree).len(), 1, "{bad}");
        }
    }

    #[test]
    fn other_words_are_not() {
        let fine = "// no f64 here; wait for nowhere\nlet autodoc = \"f32\"; // ignored, allowed\n";
        assert_eq!(check(&Tree::of(&[("crates/domain/src/a.rs", fine)])), []);
        let web = "fn ratio() -> f64 { 0.5 }";
        assert_eq!(check(&Tree::of(&[("crates/web/src/a.rs", web)])), []);
        assert_eq!(check(&Tree::of(&[("xtask/src/a.rs", "// TODO")])), []);
    }
}
