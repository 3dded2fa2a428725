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
    /// From a text of 16 bytes.
    pub fn new(text: &str) -> Option<Self> {
        text.as_bytes().try_into().ok().map(Self)
    }
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

/// Opens encrypted content.
pub(super) fn open(content: &Node, key: Option<&Key>) -> Result<Node, Sealed> {
    let Node::Text(text) = content else {
        return Err(Sealed::NotText);
    };
    let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let engine = base64::engine::general_purpose::STANDARD;
    let Ok(bytes) = engine.decode(compact) else {
        return Err(Sealed::NotText);
    };
    let whole = !bytes.is_empty() && bytes.len() % 16 == 0;
    let Some(key) = key.filter(|_| whole) else {
        return Err(Sealed::NoKey);
    };
    let plain = decrypt(bytes, key).ok_or(Sealed::WrongKey)?;
    Node::parse(&plain).map_err(|_| Sealed::WrongKey)
}

fn decrypt(mut bytes: Vec<u8>, key: &Key) -> Option<Vec<u8>> {
    let cipher = Sm4::new(&key.0.into());
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
