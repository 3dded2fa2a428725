//! What the pages are made of: nothing that Chromium 109 lacks, the last for Windows 7, and little of it.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::{Finding, Tree, has_extension};

/// What came after Chromium 109, and with which. Written down from memory: a name is here for what it is, the number
/// only tells why.
const NEWER: &[(Kind, &str, u16)] = &[
    (Kind::Style, "&", 112),
    (Kind::Style, "@scope", 118),
    (Kind::Style, "@starting-style", 117),
    (Kind::Style, "@view-transition", 126),
    (Kind::Style, "@container style(", 111),
    (Kind::Style, "@position-try", 125),
    (Kind::Style, "anchor(", 125),
    (Kind::Style, "anchor-name", 125),
    (Kind::Style, "animation-timeline", 115),
    (Kind::Style, "calc-size(", 129),
    (Kind::Style, "color-mix(", 111),
    (Kind::Style, "field-sizing", 123),
    (Kind::Style, "interpolate-size", 129),
    (Kind::Style, "lab(", 111),
    (Kind::Style, "lch(", 111),
    (Kind::Style, "light-dark(", 123),
    (Kind::Style, "linear(", 113),
    (Kind::Style, "oklab(", 111),
    (Kind::Style, "oklch(", 111),
    (Kind::Style, "round(", 125),
    (Kind::Style, "scrollbar-color", 121),
    (Kind::Style, "scrollbar-width", 121),
    (Kind::Style, "subgrid", 117),
    (Kind::Style, "text-wrap", 114),
    (Kind::Style, "transition-behavior", 117),
    (Kind::Style, "view-transition-name", 111),
    (Kind::Style, ":dir(", 120),
    (Kind::Style, ":popover-open", 114),
    (Kind::Style, ":state(", 125),
    (Kind::Style, ":user-invalid", 119),
    (Kind::Style, ":user-valid", 119),
    (Kind::Script, ".getOrInsert", 145),
    (Kind::Script, ".isSubsetOf(", 122),
    (Kind::Script, ".isSupersetOf(", 122),
    (Kind::Script, ".isWellFormed(", 111),
    (Kind::Script, ".moveBefore(", 133),
    (Kind::Script, ".requestClose(", 134),
    (Kind::Script, ".setHTMLUnsafe(", 124),
    (Kind::Script, ".showPopover(", 114),
    (Kind::Script, ".toReversed(", 110),
    (Kind::Script, ".toSorted(", 110),
    (Kind::Script, ".toSpliced(", 110),
    (Kind::Script, ".with(", 110),
    (Kind::Script, "Array.fromAsync", 121),
    (Kind::Script, "Iterator.from", 122),
    (Kind::Script, "Map.groupBy", 117),
    (Kind::Script, "Object.groupBy", 117),
    (Kind::Script, "Promise.try", 128),
    (Kind::Script, "Promise.withResolvers", 119),
    (Kind::Script, "RegExp.escape", 136),
    (Kind::Script, "URL.canParse", 120),
    (Kind::Script, "URL.parse", 126),
    (Kind::Script, "scheduler.yield", 129),
    (Kind::Script, "startViewTransition", 111),
    (Kind::Page, " closedby=", 134),
    (Kind::Page, " commandfor=", 135),
    (Kind::Page, " popover", 114),
    (Kind::Page, "<details name=", 120),
    (Kind::Page, "<search", 118),
];
/// Bytes of all that a browser loads beside the pages, compressed.
const MOST: usize = 150 * 1000;
const ASSETS: &str = "crates/web/assets/";

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Style,
    Script,
    Page,
}

impl Kind {
    fn of(path: &str) -> Option<Self> {
        let kinds = [
            ("css", Self::Style),
            ("js", Self::Script),
            ("html", Self::Page),
        ];
        let kind = kinds.iter().find(|(of, _)| has_extension(path, &[of]));
        kind.map(|(_, kind)| *kind)
            .filter(|_| path.starts_with("crates/web/"))
    }
}

pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in &tree.files {
        let Some(kind) = Kind::of(path) else { continue };
        for (line, text) in (1..).zip(text.lines()) {
            for (_, what, since) in NEWER.iter().filter(|(of, ..)| *of == kind) {
                if holds(text, what) {
                    let what = format!("'{what}' needs Chromium {since}; 109 is the oldest");
                    findings.push(Finding::new(path, line, what));
                }
            }
        }
    }
    let size = compressed(tree);
    if size >= MOST {
        let what = format!("{size} bytes of assets, compressed; {MOST} are allowed");
        findings.push(Finding::new(ASSETS, 1, what));
    }
    findings
}

/// True if a line holds it, not as the end of a longer name.
fn holds(line: &str, what: &str) -> bool {
    let begins = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    let named = what.bytes().next().is_some_and(begins);
    line.match_indices(what)
        .any(|(at, _)| !named || !line[..at].bytes().next_back().is_some_and(begins))
}

/// Bytes of the assets, each as a browser would get it compressed.
fn compressed(tree: &Tree) -> usize {
    let assets = tree
        .files
        .iter()
        .filter(|(path, _)| path.starts_with(ASSETS));
    assets.map(|(_, text)| gzip(text)).sum()
}

fn gzip(text: &str) -> usize {
    let mut to = GzEncoder::new(Vec::new(), Compression::default());
    let written = to.write_all(text.as_bytes()).and_then(|()| to.finish());
    // What cannot be compressed counts as it is.
    written.map_or(text.len(), |bytes| bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<String> {
        let findings = check(&Tree::of(&[(path, text)])).into_iter();
        findings.map(|finding| finding.to_string()).collect()
    }

    #[test]
    fn what_is_newer_is_found_and_nothing_else() {
        let css = "crates/web/assets/app.css";
        let newer = "a { color: red }\n.b { width: round(1px, 2px); }\n";
        let told = ["crates/web/assets/app.css:2: 'round(' needs Chromium 125; 109 is the oldest"];
        assert_eq!(found(css, newer), told);
        assert_eq!(found(css, ".b { color: oklch(0.5 0.1 180); }").len(), 1);
        assert!(found(css, ".b { background: slab(1); }").is_empty());
        assert!(found("crates/web/assets/script/a.js", "x.map(y => y).sort()").is_empty());
        assert_eq!(
            found("crates/web/assets/script/a.js", "x.toSorted()").len(),
            1
        );
        assert_eq!(
            found("crates/web/templates/a.html", "<details name=\"a\">").len(),
            1
        );
        assert!(found("crates/centre/src/a.css", "&").is_empty());
    }

    #[test]
    fn assets_that_are_too_large_are_found() {
        let mut seed = 1_u64;
        let mut noise = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            char::from(b'!' + u8::try_from(seed >> 58).expect("six bits"))
        };
        let text: String = (0..250_000)
            .map(|_| noise())
            .filter(|c| *c != '&')
            .collect();
        let told = found("crates/web/assets/icon.svg", &text);
        assert!(
            told.len() == 1 && told[0].contains("bytes of assets"),
            "{told:?}"
        );
    }
}
