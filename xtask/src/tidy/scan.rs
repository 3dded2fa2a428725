//! Rust's text without what is not code, and words in it. Enough for counting, not a parser.

/// The code alone: comments, strings and characters are blanked, byte by byte, lines kept, so that
/// an offset means the same place in both texts.
pub fn code(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let opaque = opaque(rest).min(rest.len());
        if opaque == 0 {
            code.push(first);
            rest = &rest[first.len_utf8()..];
        } else {
            let blank = |b| if b == b'\n' { '\n' } else { ' ' };
            code.extend(rest.bytes().take(opaque).map(blank));
            rest = &rest[opaque..];
        }
    }
    code
}

/// The length of the comment, string or character that a text starts with, or 0.
fn opaque(rest: &str) -> usize {
    let to = |pattern: &str, from: usize| {
        let tail = rest.get(from..).unwrap_or_default();
        tail.find(pattern).map_or(rest.len(), |at| from + at)
    };
    if rest.starts_with("//") {
        return to("\n", 2);
    }
    match rest.as_bytes()[0] {
        b'/' if rest.starts_with("/*") => block_comment(rest),
        b'"' => string(rest),
        b'r' => {
            let hashes = rest[1..].bytes().take_while(|b| *b == b'#').count();
            if rest[1 + hashes..].starts_with('"') {
                let end = format!("\"{}", "#".repeat(hashes));
                to(&end, hashes + 2) + end.len()
            } else {
                0
            }
        }
        b'\'' if rest[1..].starts_with('\\') => to("'", 3) + 1,
        // A character; otherwise it is a lifetime.
        b'\'' => {
            let mut chars = rest.char_indices().skip(2);
            chars
                .next()
                .filter(|(_, c)| *c == '\'')
                .map_or(0, |(at, _)| at + 1)
        }
        _ => 0,
    }
}

fn block_comment(rest: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    let bytes = rest.as_bytes();
    while at + 1 < bytes.len() {
        match &bytes[at..at + 2] {
            b"/*" => depth += 1,
            b"*/" => depth -= 1,
            _ => {
                at += 1;
                continue;
            }
        }
        at += 2;
        if depth == 0 {
            return at;
        }
    }
    rest.len()
}

fn string(rest: &str) -> usize {
    let mut bytes = rest.bytes().enumerate().skip(1);
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'\\' => drop(bytes.next()),
            b'"' => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// Where a whole word stands.
pub fn words<'a>(code: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(word)
        .map(|(at, _)| at)
        .filter(move |at| !code[..*at].ends_with(part))
        .filter(move |at| !code[at + word.len()..].starts_with(part))
}

/// The name that a text starts with.
pub fn name(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_');
    &text[..end.unwrap_or(text.len())]
}

/// The number of an offset's line, from 1.
pub fn line(text: &str, offset: usize) -> usize {
    1 + text[..offset].matches('\n').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_code_is_left() {
        for (text, left) in [
            ("a // {\nb", "a b"),
            ("a /* /* { */ } */ b", "a b"),
            (r#"f("}\"{") + 1"#, "f( ) + 1"),
            (r##"r#"a"{"# x"##, "x"),
            (
                "fn f<'a>(c: char) { c == '{' }",
                "fn f<'a>(c: char) { c == }",
            ),
            (r"'\'' '\u{1F}' x", "x"),
            ("'村' x", "x"),
            ("br\"\\\" {", "b {"),
            ("\"open {", ""),
        ] {
            let words: Vec<String> = code(text).split_whitespace().map(str::to_owned).collect();
            assert_eq!(words.join(" "), left, "{text}");
            assert_eq!(code(text).len(), text.len(), "{text}");
            assert_eq!(code(text).lines().count(), text.lines().count(), "{text}");
        }
    }

    #[test]
    fn nothing_panics_on_cut_or_hostile_text() {
        let text = "r#\"村\"# /* '\\'' \"\\ 'a' // br\" */ '村' r### \\";
        for (from, _) in text.char_indices() {
            for (to, _) in text.char_indices().filter(|(to, _)| *to >= from) {
                assert_eq!(code(&text[from..to]).len(), to - from);
            }
        }
    }

    #[test]
    fn words_are_whole() {
        let found: Vec<usize> = words("fn a; my_fn fns fn", "fn").collect();
        assert_eq!(found, [0, 16]);
        assert_eq!(name("money_2 (x)"), "money_2");
        assert_eq!(line("a\nb\nc", 4), 3);
    }
}
