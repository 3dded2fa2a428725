//! Words for people: every key in every language, each used, none missing.
//!
//! A key counts as used when it stands as a string, `"key"`, in a source or template of the web
//! crate, when another message holds it, `{ key }`, or when it belongs to a family that is put
//! together at run time. A key is asked for as the first argument of `t("key", …)`.

use std::collections::{BTreeMap, BTreeSet};

use super::scan;
use super::{Finding, Tree, has_extension};

const WEB: &str = "crates/web/";
const SOURCE: &str = "crates/web/i18n/zh-CN.ftl";
const LANGUAGES: &[&str] = &[SOURCE, "crates/web/i18n/en.ftl"];

/// Families of keys that are put together at run time; a test of the web crate holds each complete.
const FAMILIES: &[&str] = &["refusal-", "check-", "cannot-", "state-"];

pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut languages = Vec::new();
    for path in LANGUAGES {
        let file = tree.files.get(*path).map_or("", String::as_str);
        languages.push((*path, keys(path, file, &mut findings)));
    }
    let strings: BTreeSet<&str> = web(tree).flat_map(|(_, text)| text.split('"')).collect();
    let used = |key: &str| {
        let inside = format!("{{ {key} }}");
        strings.contains(key)
            || FAMILIES.iter().any(|family| key.starts_with(family))
            || LANGUAGES
                .iter()
                .filter_map(|path| tree.files.get(*path))
                .any(|f| f.contains(&inside))
    };
    for (path, keys) in &languages {
        for (key, line) in keys {
            if !used(key) {
                findings.push(Finding::new(path, *line, format!("`{key}` is not used")));
            }
            for (other, theirs) in &languages {
                if !theirs.contains_key(key) {
                    let what = format!("`{key}` is missing in {other}");
                    findings.push(Finding::new(path, *line, what));
                }
            }
        }
    }
    for (path, text) in web(tree) {
        for (key, line) in asked(text) {
            if languages.iter().any(|(_, keys)| !keys.contains_key(key)) {
                findings.push(Finding::new(path, line, format!("`{key}` has no words")));
            }
        }
    }
    findings
}

/// Sources, templates and scripts of the web crate.
fn web(tree: &Tree) -> impl Iterator<Item = (&str, &str)> {
    let files = tree.files.iter();
    files
        .filter(|(path, _)| path.starts_with(WEB) && has_extension(path, &["rs", "html", "js"]))
        .map(|(path, text)| (path.as_str(), text.as_str()))
}

/// The keys of a Fluent file and their lines: `key = text` from the first column on. Comments,
/// terms (`-name`), attributes and continued lines are not keys.
fn keys<'a>(path: &str, file: &'a str, findings: &mut Vec<Finding>) -> BTreeMap<&'a str, usize> {
    let mut keys = BTreeMap::new();
    for (number, line) in (1..).zip(file.lines()) {
        let Some((key, _)) = line.split_once('=') else {
            continue;
        };
        let key = key.trim_end();
        if !is_key(key) {
            continue;
        }
        if keys.insert(key, number).is_some() {
            findings.push(Finding::new(
                path,
                number,
                format!("`{key}` is there twice"),
            ));
        }
    }
    keys
}

fn is_key(text: &str) -> bool {
    let part = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(part)
}

/// The keys that `t("…")` asks for, and where.
fn asked(text: &str) -> impl Iterator<Item = (&str, usize)> {
    scan::words(text, "t").filter_map(move |at| {
        let literal = text[at + 1..]
            .strip_prefix('(')?
            .trim_start()
            .strip_prefix('"')?;
        let key = literal.split_once('"')?.0;
        is_key(key).then(|| (key, scan::line(text, at)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(zh: &str, en: &str, page: &str) -> Vec<String> {
        let tree = Tree::of(&[
            (SOURCE, zh),
            (LANGUAGES[1], en),
            ("crates/web/templates/page.html", page),
        ]);
        check(&tree).iter().map(|f| f.what.clone()).collect()
    }

    #[test]
    fn a_complete_house_is_quiet() {
        let zh = "# 说明 = 不是键\n-brand = 村医\nhello = 你好\n    .title = x = y\n\
                  long =\n    长 = 短\nrefusal-busy = 忙\ninner = 内\n";
        let en = "hello = Hello\nlong = long\nrefusal-busy = Busy\ninner = in\n";
        let page = "{{ t(\"hello\") }} {{ w.t( \"long\", 1) }} { inner }";
        assert_eq!(
            found(zh, &format!("{en}x = {{ inner }}\n"), page).len(),
            2,
            "x alone is wrong"
        );
        let both = |text: &str| format!("{text}x = {{ inner }}\n");
        assert_eq!(
            found(&both(zh), &both(en), "t(\"hello\") t(\"long\") \"x\""),
            [""; 0]
        );
        assert_eq!(check(&Tree::of(&[])), []);
    }

    #[test]
    fn what_is_missing_unused_or_double_is_found() {
        let hello = "hello = x\n";
        let page = "{{ t(\"hello\") }}";
        assert_eq!(
            found(hello, "", page),
            [
                "`hello` is missing in crates/web/i18n/en.ftl",
                "`hello` has no words",
            ]
        );
        assert_eq!(found(hello, hello, ""), ["`hello` is not used"; 2]);
        assert_eq!(
            found(hello, hello, "{{ t(\"hello\") t(\"bye\") }}"),
            ["`bye` has no words"]
        );
        let double = "hello = x\nhello = y\n";
        assert_eq!(found(double, hello, page), ["`hello` is there twice"]);
    }
}
