//! Placeholders of client templates: `${msgid}`, `{{msgid}}`, `#{msgid}` anywhere in a text, and
//! `{msgid}`, `<msgid>`, `@msgid@`, `$msgid$`, `%s` where nothing else stands there.

/// What opens and closes a placeholder. Those above [`ONLY_WHOLE`] may stand within a text.
const MARKS: [(&str, &str); 7] = [
    ("${", "}"),
    ("#{", "}"),
    ("{{", "}}"),
    ("{", "}"),
    ("<", ">"),
    ("@", "@"),
    ("$", "$"),
];
/// Marks from here on are also what ordinary texts are made of.
const ONLY_WHOLE: usize = 3;
/// Longer things between marks are no names.
const MAX_NAME: usize = 64;

/// True when a text is a placeholder, or holds one.
pub(crate) fn is_placeholder(text: &str) -> bool {
    let within = |(open, close): &(&str, &str)| {
        let at = text.find(open);
        at.is_some_and(|at| text[at + open.len()..].contains(close))
    };
    MARKS[..ONLY_WHOLE].iter().any(within) || length(text.trim()) == Some(text.trim().len())
}

/// The length of the placeholder a text begins with.
fn length(text: &str) -> Option<usize> {
    let marked = MARKS.iter().enumerate().find_map(|(at, (open, close))| {
        let rest = text.strip_prefix(open)?;
        let end = rest.find(close)?;
        let fits = |c: char| c.is_alphanumeric() || "_.-".contains(c) || at < ONLY_WHOLE;
        let name = &rest[..end];
        let is_name = !name.trim().is_empty() && name.len() <= MAX_NAME && name.chars().all(fits);
        (is_name && !name.contains(['"', '\n'])).then(|| open.len() + end + close.len())
    });
    marked.or_else(|| printf(text))
}

/// `%s`, `%d`, `%.2f`
fn printf(text: &str) -> Option<usize> {
    let rest = text.strip_prefix('%')?;
    let width = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    rest[width..]
        .starts_with(['s', 'd', 'f'])
        .then_some(width + 2)
}

/// The text with every placeholder that stands where a value belongs put into quotes.
pub(crate) fn quoted(text: &str) -> String {
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    // The last sign that is not blank, outside of a string.
    let mut before = ' ';
    while let Some(sign) = rest.chars().next() {
        let found = [':', ',', '['].contains(&before).then(|| length(rest));
        let end = found.flatten().filter(|end| {
            let after = rest[*end..].trim_start();
            after.starts_with([',', '}', ']'])
        });
        let (taken, is_value) = match (end, sign) {
            (Some(end), _) => (end, true),
            (None, '"') => (string(rest), false),
            _ => (sign.len_utf8(), false),
        };
        let mark = if is_value { "\"" } else { "" };
        out.extend([mark, &rest[..taken], mark]);
        if !sign.is_whitespace() {
            before = if sign == '"' || is_value { '"' } else { sign };
        }
        rest = &rest[taken..];
    }
    out
}

/// The length of the JSON string a text begins with, to its end if it does not end.
fn string(text: &str) -> usize {
    let mut escaped = false;
    for (at, sign) in text.char_indices().skip(1) {
        match sign {
            '"' if !escaped => return at + 1,
            _ => escaped = sign == '\\' && !escaped,
        }
    }
    text.len()
}

#[cfg(test)]
#[path = "tests/template.rs"]
mod tests;
