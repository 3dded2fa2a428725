//! Files, functions and lines that a reader can hold.

use super::scan;
use super::{Finding, Tree, has_extension};

/// Kinds of files that people read as code, and those of them with a formatter's width: prose in
/// a page and a table's column beside its comment are wider.
const CODE: &[&str] = &["rs", "js", "css", "html", "sql"];
const FORMATTED: &[&str] = &["rs", "js"];
/// Lines of a file.
const FILE: usize = 600;
/// Lines of a function.
const FUNCTION: usize = 80;
/// Characters of a line.
const LINE: usize = 120;

pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree
        .files
        .iter()
        .filter(|(path, _)| has_extension(path, CODE))
    {
        let mut found = |line, what: String| findings.push(Finding::new(path, line, what));
        let lines = text.lines().count();
        if lines > FILE {
            found(1, format!("{lines} lines in a file; {FILE} are allowed"));
        }
        for (line, text) in (1..).zip(text.lines()) {
            let width = text.chars().count();
            if width > LINE && has_extension(path, FORMATTED) && !tables(path) {
                found(
                    line,
                    format!("{width} characters in a line; {LINE} are allowed"),
                );
            }
        }
    }
    for (path, text) in tree.rust() {
        for (line, lines) in functions(&scan::code(text)) {
            if lines > FUNCTION {
                let what = format!("{lines} lines in a function; {FUNCTION} are allowed");
                findings.push(Finding::new(path, line, what));
            }
        }
    }
    findings
}

/// Tests hold tables that a clerk reads: a case is a line, however wide.
fn tables(path: &str) -> bool {
    path.contains("/tests/") || path.ends_with("tests.rs") || path.ends_with("properties.rs")
}

/// The first line of each function that has a body, and how many it has.
fn functions(code: &str) -> Vec<(usize, usize)> {
    let named = |at: &usize| !scan::name(code[at + 2..].trim_start()).is_empty();
    let starts = scan::words(code, "fn").filter(named);
    starts
        .filter_map(|start| {
            let lines = code[start..start + body(&code[start..])?].lines().count();
            Some((scan::line(code, start), lines))
        })
        .collect()
}

/// How far a function's text goes; nothing if it has no body.
fn body(function: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, byte) in function.bytes().enumerate() {
        match byte {
            b';' if depth == 0 => return None,
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' => depth = depth.checked_sub(1)?,
            b'}' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_measured() {
        let code = "trait T { fn f(&self, x: [u8; 4]);\n fn g() -> [u8; 2] {\n [0; 2]\n }\n}\n\
                    type F = fn(u8) -> u8;\nfn h() { if x {\n } else { }\n }\n";
        assert_eq!(functions(code), [(2, 3), (7, 3)]);
        assert_eq!(functions("fn f() {"), []);
        assert_eq!(functions("fn f )"), []);
    }

    #[test]
    fn what_is_too_long_is_found() {
        let long_file = "//\n".repeat(FILE + 1);
        let long_line = format!("// {}\n", "村".repeat(LINE));
        let long_function = format!("fn f() {{{}}}\n", "\n".repeat(FUNCTION));
        let fine = format!("fn f() {{ \"{{\" {}}}\n", "\n".repeat(FUNCTION - 1));
        let tree = Tree::of(&[
            ("crates/a/src/file.rs", &long_file),
            ("crates/a/src/fine.rs", &fine),
            ("crates/a/src/function.rs", &long_function),
            ("crates/a/src/line.rs", &long_line),
            ("crates/a/data/big.csv", &long_file),
        ]);
        let mut found = check(&tree);
        found.sort();
        let found: Vec<String> = found.iter().map(Finding::to_string).collect();
        assert_eq!(
            found,
            [
                "crates/a/src/file.rs:1: 601 lines in a file; 600 are allowed",
                "crates/a/src/function.rs:1: 81 lines in a function; 80 are allowed",
                "crates/a/src/line.rs:1: 123 characters in a line; 120 are allowed",
            ]
        );
    }
}
