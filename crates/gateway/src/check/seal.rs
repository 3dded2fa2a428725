//! Encrypted content of family E (nhsa-interface §1.4): base64 of SM4-ECB with PKCS#7 padding.

use std::fmt;

use base64::Engine;
use sm4::Sm4;
use sm4::cipher::{Block, BlockCipherDecrypt, KeyInit};

use crate::json::Node;

/// An SM4 key: the 16 bytes of the client's id.
#[derive(Clone, PartialEq, Eq)]
pub struct Key([u8; 16]);

impl Key {
    /// From a text of 16 bytes, or of 32 hexadecimal digits.
    pub fn new(text: &str) -> Option<Self> {
        let bytes = hex(text).unwrap_or_else(|| text.as_bytes().to_vec());
        bytes.try_into().ok().map(Self)
    }
}

/// Pairs of hexadecimal digits.
fn hex(text: &str) -> Option<Vec<u8>> {
    let digit = |c: char| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let digits: Vec<u8> = text.chars().map(digit).collect::<Option<_>>()?;
    let pairs = digits.chunks_exact(2);
    let whole = pairs.remainder().is_empty() && digits.len() >= 32;
    whole.then(|| pairs.map(|pair| pair[0] << 4 | pair[1]).collect())
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

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
    let engine = base64::engine::general_purpose::STANDARD;
    let bytes = hex(&compact).or_else(|| engine.decode(compact).ok());
    let plain = bytes.and_then(|bytes| decrypt(bytes, key));
    let plain = plain.ok_or(Sealed::WrongKey)?;
    Node::parse(&plain).map_err(|_| Sealed::WrongKey)
}

fn decrypt(mut bytes: Vec<u8>, key: &Key) -> Option<Vec<u8>> {
    let cipher = Sm4::new(&key.0.into());
    if !bytes.len().is_multiple_of(16) {
        return None;
    }
    for chunk in bytes.chunks_exact_mut(16) {
        let block: &mut Block<Sm4> = chunk.try_into().ok()?;
        cipher.decrypt_block(block);
    }
    let padding = usize::from(*bytes.last()?);
    let kept = bytes.len().checked_sub(padding)?;
    let padded =
        (1..=16).contains(&padding) && bytes[kept..].iter().all(|b| usize::from(*b) == padding);
    bytes.truncate(kept);
    padded.then_some(bytes)
}
