//! Encrypted content of family E (nhsa-interface §1.4), found in messages of any origin.

pub use crate::crypto::Sm4Key as Key;
use crate::json::Node;

/// Why content stays closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sealed {
    /// Encrypted, no key.
    NoKey,
    /// Encrypted under another key.
    WrongKey,
    /// Neither an object nor encrypted.
    NotText,
}

/// Shorter texts are words.
const MIN_SEALED: usize = 20;

/// Opens encrypted content.
pub(super) fn open(content: &Node, key: Option<&Key>) -> Result<Node, Sealed> {
    let Node::Text(text) = content else {
        return Err(Sealed::NotText);
    };
    let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let alphabet = |b: u8| b.is_ascii_alphanumeric() || b"+/=_-".contains(&b);
    if compact.len() < MIN_SEALED || !compact.bytes().all(alphabet) {
        return Err(Sealed::NotText);
    }
    let key = key.ok_or(Sealed::NoKey)?;
    key.open(&compact).ok_or(Sealed::WrongKey)
}
