//! The algorithms of the transport families (nhsa-interface §1.4), for the clinic and the sandbox.
//! What they are laid over is the families' own affair.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use sm2::dsa::signature::{Signer, Verifier};
use sm2::dsa::{Signature, SigningKey, VerifyingKey};
use sm3::Sm3;
use sm4::Sm4;
use sm4::cipher::{Block, BlockCipherDecrypt, BlockCipherEncrypt};

use crate::json::Node;

/// HMAC-SHA1, base64 (family A).
///
/// # Panics
/// Never: a key of HMAC may have any length.
pub fn hmac_sha1_base64(key: &[u8], text: &[u8]) -> String {
    let mut mac = Hmac::<Sha1>::new_from_slice(key).expect("any length");
    mac.update(text);
    base64(&mac.finalize().into_bytes())
}

/// HMAC-SM3, upper hexadecimal (family C).
///
/// # Panics
/// Never: a key of HMAC may have any length.
pub fn hmac_sm3_hex(key: &[u8], text: &[u8]) -> String {
    let mut mac = Hmac::<Sm3>::new_from_slice(key).expect("any length");
    mac.update(text);
    hex(&mac.finalize().into_bytes())
}

/// SHA-256, lower hexadecimal (family B).
pub fn sha256_hex(text: &[u8]) -> String {
    hex(&Sha256::digest(text)).to_ascii_lowercase()
}

/// Base64 with padding.
pub fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Bytes from base64 with padding.
pub fn from_base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// Upper hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let digit = |nibble: u8| char::from(DIGITS[usize::from(nibble)]);
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}

/// Bytes from hexadecimal digits of either case.
pub fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |c: char| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let digits: Vec<u8> = text.chars().map(digit).collect::<Option<_>>()?;
    let pairs = digits.chunks_exact(2);
    let whole = pairs.remainder().is_empty();
    whole.then(|| pairs.map(|pair| pair[0] << 4 | pair[1]).collect())
}

/// Bytes from base64, or from hexadecimal digits where the text is nothing else.
pub(crate) fn from_text(text: &str) -> Option<Vec<u8>> {
    from_hex(text).or_else(|| from_base64(text))
}

/// An SM4 key. Family E takes the 16 bytes of the client's id.
#[derive(Clone, PartialEq, Eq)]
pub struct Sm4Key([u8; 16]);

impl Sm4Key {
    /// From a text of 16 bytes, or of 32 hexadecimal digits.
    pub fn new(text: &str) -> Option<Self> {
        let bytes = from_hex(text).filter(|bytes| bytes.len() == 16);
        let bytes = bytes.unwrap_or_else(|| text.as_bytes().to_vec());
        bytes.try_into().ok().map(Self)
    }

    /// SM4-ECB with PKCS#7 padding, base64.
    pub fn seal(&self, plain: &[u8]) -> String {
        let cipher = Sm4::new(&self.0.into());
        let padding = 16 - plain.len() % 16;
        let mut bytes = plain.to_vec();
        bytes.extend(std::iter::repeat_n(
            u8::try_from(padding).unwrap_or(16),
            padding,
        ));
        for chunk in bytes.chunks_exact_mut(16) {
            if let Ok(block) = <&mut Block<Sm4>>::try_from(chunk) {
                cipher.encrypt_block(block);
            }
        }
        base64(&bytes)
    }

    /// Opens a tree that [`Sm4Key::seal`] closed, in base64 or hexadecimal.
    pub fn open(&self, text: &str) -> Option<Node> {
        let plain = self.decrypt(from_text(text)?)?;
        Node::parse(&plain).ok()
    }

    fn decrypt(&self, mut bytes: Vec<u8>) -> Option<Vec<u8>> {
        let cipher = Sm4::new(&self.0.into());
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
}

impl fmt::Debug for Sm4Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sm4Key(…)")
    }
}

/// An SM2 key that signs, with SM3, under a user id. The number each signature needs follows from key
/// and message (RFC 6979): no randomness can be bad or come twice.
#[derive(Clone)]
pub struct Sm2Key(SigningKey);

impl Sm2Key {
    /// From 64 hexadecimal digits.
    pub fn new(user_id: &str, text: &str) -> Option<Self> {
        let bytes = from_hex(text)?;
        SigningKey::from_slice(user_id, &bytes).ok().map(Self)
    }

    /// r and s, 32 bytes each.
    pub fn sign(&self, message: &[u8]) -> Option<[u8; 64]> {
        let signature = self.0.try_sign(message).ok()?;
        Some(signature.to_bytes().into())
    }
}

impl fmt::Debug for Sm2Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sm2Key(…)")
    }
}

/// An SM2 key that verifies.
#[derive(Clone, Debug)]
pub struct Sm2PublicKey(VerifyingKey);

impl Sm2PublicKey {
    /// From 130 hexadecimal digits that begin with 04.
    pub fn new(user_id: &str, text: &str) -> Option<Self> {
        let bytes = from_hex(text)?;
        VerifyingKey::from_sec1_bytes(user_id, &bytes)
            .ok()
            .map(Self)
    }

    /// True if r and s are this key's over the message.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        let signature = Signature::from_slice(signature);
        signature.is_ok_and(|signature| self.0.verify(message, &signature).is_ok())
    }
}

/// r and s as ASN.1: a sequence of two integers.
pub fn to_der(signature: &[u8; 64]) -> Vec<u8> {
    let mut body = Vec::with_capacity(70);
    for number in signature.chunks_exact(32) {
        let first = number.iter().position(|byte| *byte != 0).unwrap_or(31);
        let digits = &number[first..];
        // A first bit that is set would be a sign.
        let sign: &[u8] = if digits[0] & 0x80 == 0 { &[] } else { &[0] };
        let length = u8::try_from(sign.len() + digits.len()).unwrap_or(33);
        body.extend([&[2, length], sign, digits].concat());
    }
    let length = u8::try_from(body.len()).unwrap_or(70);
    [&[0x30, length][..], &body].concat()
}

/// r and s from ASN.1.
pub fn from_der(bytes: &[u8]) -> Option<[u8; 64]> {
    let (&[0x30, length], mut rest) = bytes.split_first_chunk::<2>()? else {
        return None;
    };
    if rest.len() != usize::from(length) {
        return None;
    }
    let mut signature = [0; 64];
    for number in signature.chunks_exact_mut(32) {
        let (&[2, length], after) = rest.split_first_chunk::<2>()? else {
            return None;
        };
        let (digits, after) = after.split_at_checked(usize::from(length))?;
        let digits = digits.strip_prefix(&[0]).unwrap_or(digits);
        let start = number.len().checked_sub(digits.len())?;
        number[start..].copy_from_slice(digits);
        rest = after;
    }
    rest.is_empty().then_some(signature)
}

#[cfg(test)]
#[path = "tests/crypto.rs"]
mod tests;
