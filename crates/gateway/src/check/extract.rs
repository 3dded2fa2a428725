//! JSON out of files: whole, inside a log page, escaped, or with placeholders for numbers.

use serde_json::value::RawValue;

use crate::json::{Node, NotJson};
use crate::template::{filled, has_placeholder};

/// What a file holds.
pub(super) struct Found {
    /// Its JSON values.
    pub nodes: Vec<Node>,
    /// True when placeholders had to be replaced to read it.
    pub template: bool,
}

/// More values than this in one file are a log to be cut first.
const MAX_VALUES: usize = 1000;

/// Every JSON value of a file, or why it has none.
pub(super) fn documents(bytes: &[u8]) -> Result<Found, &'static str> {
    let why = match Node::parse(bytes) {
        Ok(node) => {
            return Ok(Found {
                nodes: vec![node],
                template: false,
            });
        }
        Err(NotJson::NotUtf8) => return Err("not UTF-8"),
        Err(NotJson::Truncated) => "it ends in the middle",
        Err(NotJson::Malformed) => "not JSON",
    };
    let text = std::str::from_utf8(bytes).map_err(|_| "not UTF-8")?;
    let readings: [fn(&str) -> Option<String>; 3] = [
        |text| Some(text.to_owned()),
        without_entities,
        without_escapes,
    ];
    for reading in readings {
        let Some(text) = reading(text) else { continue };
        if let Some(nodes) = fragments(&text) {
            return Ok(Found {
                nodes,
                template: false,
            });
        }
        if has_placeholder(&text)
            && let Some(nodes) = fragments(&filled(&text))
        {
            return Ok(Found {
                nodes,
                template: true,
            });
        }
    }
    Err(why)
}

/// The objects that stand in a text, with anything between them. Nothing if one that begins like a
/// JSON object is cut off or broken: what remains readable inside it is not the message.
fn fragments(text: &str) -> Option<Vec<Node>> {
    let mut nodes = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('{') {
        rest = &rest[at..];
        let mut values = serde_json::Deserializer::from_str(rest).into_iter::<Box<RawValue>>();
        let first = values.next();
        match first {
            Some(Ok(raw)) if nodes.len() < MAX_VALUES => {
                nodes.push(Node::parse_text(raw.get()).ok()?);
                rest = &rest[values.byte_offset()..];
            }
            // A brace of the log's own: `{traceId=…}`.
            Some(Err(_)) if !rest[1..].trim_start().starts_with(['"', '}']) => rest = &rest[1..],
            _ => return None,
        }
    }
    (!nodes.is_empty()).then_some(nodes)
}

/// A page's source writes quotes as entities.
fn without_entities(text: &str) -> Option<String> {
    let entities = [
        ("&quot;", "\""),
        ("&#34;", "\""),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&amp;", "&"),
    ];
    text.contains(['&']).then(|| {
        entities
            .iter()
            .fold(text.to_owned(), |text, (entity, sign)| {
                text.replace(entity, sign)
            })
    })
}

/// A log writes a message as an escaped string.
fn without_escapes(text: &str) -> Option<String> {
    text.contains("{\\\"")
        .then(|| text.replace("\\\"", "\"").replace("\\\\", "\\"))
}
