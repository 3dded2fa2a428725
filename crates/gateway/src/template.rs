//! Placeholders of client templates: `${msgid}`, `{{msgid}}`, `#{msgid}`.

const MARKS: [(&str, char); 3] = [("${", '}'), ("{{", '}'), ("#{", '}')];

/// True when a text holds a placeholder.
pub(crate) fn has_placeholder(text: &str) -> bool {
    MARKS.iter().any(|(open, close)| {
        text.find(open)
            .is_some_and(|at| text[at + open.len()..].contains(*close))
    })
}

/// The text with every `${…}` replaced by 0: a template may stand where a number belongs.
pub(crate) fn filled(text: &str) -> String {
    let mut rest = text;
    let mut out = String::with_capacity(text.len());
    while let Some(at) = rest.find("${") {
        let Some(end) = rest[at..].find('}') else {
            break;
        };
        out.push_str(&rest[..at]);
        out.push('0');
        rest = &rest[at + end + 1..];
    }
    out.push_str(rest);
    out
}
