//! JSON out of files: whole, inside a log page, escaped, or with placeholders for numbers.

use serde_json::value::RawValue;

use crate::json::{Node, NotJson};
use crate::template::quoted;

/// More values than this in one file are a log to be cut first.
const MAX_VALUES: usize = 1000;
/// A log in a page in a log: escapes deeper than this are not undone.
const MAX_ESCAPES: usize = 3;

/// The JSON values of a file, in each way it can be read, or why it cannot. Placeholders that stand
/// for a value come back as texts.
pub(super) fn documents(bytes: &[u8]) -> Result<Vec<Vec<Node>>, &'static str> {
    let why = match Node::parse(bytes) {
        Ok(node) => return Ok(vec![vec![node]]),
        Err(NotJson::NotUtf8) => return Err("not UTF-8"),
        Err(NotJson::Truncated) => "it ends in the middle",
        Err(NotJson::Malformed) => "not JSON",
    };
    let text = std::str::from_utf8(bytes).map_err(|_| why)?;
    let mut text = text.trim_start_matches('\u{FEFF}').to_owned();
    let mut readings = Vec::new();
    for _ in 0..MAX_ESCAPES {
        readings.extend(fragments(&text).or_else(|| fragments(&quoted(&text))));
        let Some(unescaped) = without_entities(&text).or_else(|| without_escapes(&text)) else {
            break;
        };
        text = unescaped;
    }
    if readings.is_empty() {
        Err(why)
    } else {
        Ok(readings)
    }
}

/// The objects and lists of objects that stand in a text, with anything between them. Nothing if one
/// that begins like JSON is cut off or broken: what remains readable inside it is not the message.
fn fragments(text: &str) -> Option<Vec<Node>> {
    let mut nodes = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '[']) {
        rest = &rest[at..];
        let mut values = serde_json::Deserializer::from_str(rest).into_iter::<Box<RawValue>>();
        let first = values.next();
        match first {
            Some(Ok(raw)) if nodes.len() < MAX_VALUES => {
                let node = Node::parse_text(raw.get()).ok()?;
                // `[512]` is an index, not a message.
                let list = |item: &Node| matches!(item, Node::List(_));
                let plain =
                    |item: &Node| item.pairs().is_empty() && item.opened().is_none() && !list(item);
                if !node.items().iter().all(plain) {
                    nodes.push(node);
                }
                rest = &rest[values.byte_offset()..];
            }
            Some(Err(_)) if is_of_the_log(rest) => rest = &rest[1..],
            _ => return None,
        }
    }
    (!nodes.is_empty()).then_some(nodes)
}

/// True for a bracket that no message begins with: `{traceId=…}`, `[main]`.
fn is_of_the_log(text: &str) -> bool {
    let inside = text[1..].trim_start();
    if text.starts_with('[') {
        return !inside.starts_with(['{', '[', '"']);
    }
    // A JavaScript object has its names without quotes.
    let name = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    let named = inside.starts_with(name);
    let value = inside.trim_start_matches(name).trim_start();
    let script = named && value.starts_with(':');
    !script && !inside.starts_with(['"', '\'', '}'])
}

/// A page's source writes quotes as entities.
fn without_entities(text: &str) -> Option<String> {
    // The last of them may spell another.
    let entities = [
        ("&quot;", "\""),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&amp;", "&"),
    ];
    let found = entities.iter().any(|(entity, _)| text.contains(entity));
    found.then(|| {
        entities
            .iter()
            .fold(text.to_owned(), |text, (entity, sign)| {
                text.replace(entity, sign)
            })
    })
}

/// A log writes a message as an escaped string.
fn without_escapes(text: &str) -> Option<String> {
    let signs = text.chars().filter(|c| !c.is_whitespace());
    let escaped = signs
        .clone()
        .zip(signs.skip(1))
        .any(|pair| pair == ('{', '\\'));
    escaped.then(|| unescaped(text))
}

/// One level of a JSON string's escapes undone.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut signs = text.chars();
    while let Some(sign) = signs.next() {
        match (sign, if sign == '\\' { signs.next() } else { None }) {
            ('\\', Some('n' | 'r' | 't')) => out.push(' '),
            ('\\', Some(escaped @ ('"' | '\\' | '/'))) => out.push(escaped),
            ('\\', Some(other)) => out.extend(['\\', other]),
            (sign, _) => out.push(sign),
        }
    }
    out
}
