//! A JSON tree that keeps what the sender wrote: numbers as text, the order of keys, double keys.
//!
//! `serde_json::Value` reads `4.10` into a binary float; money must not pass through one.

use std::fmt;

use serde::de::{Error as _, MapAccess, Visitor};
use serde::ser::{Error as _, SerializeMap, SerializeSeq};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

/// How deep a message may nest; real ones nest 6 deep.
const MAX_DEPTH: u8 = 32;

/// A JSON value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Node {
    /// `null`
    #[default]
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number as it was written.
    Number(String),
    /// A string.
    Text(String),
    /// An array.
    List(Vec<Node>),
    /// An object; of double keys the last counts.
    Object(Vec<(String, Node)>),
}

/// Why bytes are not JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotJson {
    /// Not UTF-8 (GBK, UTF-16 …).
    NotUtf8,
    /// It ends in the middle.
    Truncated,
    /// Not JSON, or nested too deeply.
    Malformed,
}

impl Node {
    /// Reads bytes, with or without a byte order mark.
    pub fn parse(bytes: &[u8]) -> Result<Self, NotJson> {
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        let text = std::str::from_utf8(bytes).map_err(|error| match error.error_len() {
            None => NotJson::Truncated,
            Some(_) => NotJson::NotUtf8,
        })?;
        Self::parse_text(text)
    }

    /// Reads a text.
    pub fn parse_text(text: &str) -> Result<Self, NotJson> {
        let raw: &RawValue = serde_json::from_str(text).map_err(|error| not_json(&error))?;
        Self::from_raw(raw, 0).map_err(|error| not_json(&error))
    }

    /// What a value would be written as.
    pub fn of(value: &impl Serialize) -> Result<Self, serde_json::Error> {
        Self::from_raw(&serde_json::value::to_raw_value(value)?, 0)
    }

    fn from_raw(raw: &RawValue, depth: u8) -> Result<Self, serde_json::Error> {
        if depth > MAX_DEPTH {
            return Err(<serde_json::Error as serde::de::Error>::custom(
                "nested too deeply",
            ));
        }
        let text = raw.get().trim();
        Ok(match text.as_bytes().first() {
            Some(b'{') => {
                let Pairs(pairs) = serde_json::from_str(text)?;
                let read = |(key, value): (String, &RawValue)| {
                    Ok((key, Self::from_raw(value, depth + 1)?))
                };
                Self::Object(pairs.into_iter().map(read).collect::<Result<_, _>>()?)
            }
            Some(b'[') => {
                let items: Vec<&RawValue> = serde_json::from_str(text)?;
                let read = |item: &RawValue| Self::from_raw(item, depth + 1);
                Self::List(items.into_iter().map(read).collect::<Result<_, _>>()?)
            }
            Some(b'"') => Self::Text(serde_json::from_str(text)?),
            Some(b't') => Self::Bool(true),
            Some(b'f') => Self::Bool(false),
            Some(b'n') => Self::Null,
            _ => Self::Number(text.to_owned()),
        })
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.pairs()
            .iter()
            .rev()
            .find(|(k, _)| k == key)
            .map(|(_, v)| v)
    }

    /// The pairs of an object, none of anything else.
    pub fn pairs(&self) -> &[(String, Self)] {
        if let Self::Object(pairs) = self {
            pairs
        } else {
            &[]
        }
    }

    /// The items of a list; anything else is a list of itself, `null` and `""` of nothing: platforms
    /// write a single object where a list is specified.
    pub fn items(&self) -> &[Self] {
        match self {
            Self::List(items) => items,
            _ if self.is_nothing() => &[],
            _ => std::slice::from_ref(self),
        }
    }

    /// The text of a string or number.
    pub fn scalar(&self) -> Option<&str> {
        match self {
            Self::Number(text) | Self::Text(text) => Some(text.trim()),
            _ => None,
        }
    }

    /// True for `null` and blank text: what platforms write for nothing.
    pub fn is_nothing(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Text(text) => text.trim().is_empty(),
            _ => false,
        }
    }

    /// A text that is itself a JSON object or list, opened; some platforms write `output` so.
    pub fn opened(&self) -> Option<Self> {
        let Self::Text(text) = self else { return None };
        let looks = text.trim_start().starts_with(['{', '[']);
        looks.then(|| Self::parse_text(text).ok()).flatten()
    }

    /// The same with every key passed through `rename`.
    #[must_use]
    pub fn renamed(self, rename: &impl Fn(&str) -> Option<String>) -> Self {
        match self {
            Self::Object(pairs) => Self::Object(
                pairs
                    .into_iter()
                    .map(|(key, value)| (rename(&key).unwrap_or(key), value.renamed(rename)))
                    .collect(),
            ),
            Self::List(items) => {
                Self::List(items.into_iter().map(|item| item.renamed(rename)).collect())
            }
            other => other,
        }
    }
}

impl From<&str> for Node {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(self).map_err(|_| fmt::Error)?)
    }
}

impl Serialize for Node {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_none(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(text) => number(text)
                .map_err(S::Error::custom)?
                .serialize(serializer),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                items
                    .iter()
                    .try_for_each(|item| list.serialize_element(item))?;
                list.end()
            }
            Self::Object(pairs) => {
                let mut map = serializer.serialize_map(Some(pairs.len()))?;
                pairs
                    .iter()
                    .try_for_each(|(key, value)| map.serialize_entry(key, value))?;
                map.end()
            }
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        Self::from_raw(&raw, 0).map_err(D::Error::custom)
    }
}

/// A JSON number token.
pub(crate) fn number(text: &str) -> Result<Box<RawValue>, serde_json::Error> {
    RawValue::from_string(text.to_owned())
}

fn not_json(error: &serde_json::Error) -> NotJson {
    if error.is_eof() {
        NotJson::Truncated
    } else {
        NotJson::Malformed
    }
}

/// An object's pairs in order, double keys kept.
struct Pairs<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Pairs<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Pairs<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Pairs<'de>, M::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}
