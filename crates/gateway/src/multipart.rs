//! 9101 as a front machine wants it (nhsa-interface §2.4, DL1): `multipart/form-data` with the envelope
//! as text part `jsonStr` and the file as binary part `file`.

use crate::crypto::from_base64;
use crate::json::Node;
use crate::region::Region;

/// A file on its way beside its envelope.
pub(crate) struct Lifted {
    /// The envelope, whose `in` says nothing.
    pub json: Vec<u8>,
    name: String,
    bytes: Vec<u8>,
}

fn child<'n>(node: &'n mut Node, name: &str) -> Option<&'n mut Node> {
    let Node::Object(pairs) = node else {
        return None;
    };
    let found = pairs.iter_mut().find(|(key, _)| key == name);
    found.map(|(_, value)| value)
}

/// Takes the file out of the envelope of a 9101; none where it holds none.
pub(crate) fn lift(region: &Region, envelope: &[u8]) -> Option<Lifted> {
    let mut node = region.ours(Node::parse(envelope).ok()?);
    let upload = child(child(&mut node, "input")?, "fsUploadIn")?;
    let name = child(upload, "filename")?.scalar()?.to_owned();
    let content = child(upload, "in")?;
    let bytes = from_base64(content.scalar()?)?;
    *content = "".into();
    let json = region.theirs(node).to_string().into_bytes();
    Some(Lifted { json, name, bytes })
}

impl Lifted {
    /// Content type and body around an envelope as it leaves. The seed is fresh randomness: it makes a
    /// boundary that stands in neither part.
    pub fn body(&self, json: &[u8], seed: &str) -> (String, Vec<u8>) {
        let holds = |part: &[u8], text: &str| {
            part.windows(text.len())
                .any(|window| window == text.as_bytes())
        };
        let plain = |c: &char| c.is_ascii_alphanumeric();
        let mut boundary: String = "cunyi-".chars().chain(seed.chars().filter(plain)).collect();
        while holds(json, &boundary) || holds(&self.bytes, &boundary) {
            boundary.push('x');
        }
        let safe = |c: char| {
            let fine = c.is_ascii_alphanumeric() || "._-".contains(c);
            if fine { c } else { '_' }
        };
        let name: String = self.name.chars().map(safe).collect();
        let text = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"jsonStr\"\r\n\
             Content-Type: text/plain;charset=utf-8\r\n\r\n"
        );
        let file = format!(
            "\r\n--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        );
        let end = format!("\r\n--{boundary}--\r\n");
        let parts = [
            text.as_bytes(),
            json,
            file.as_bytes(),
            &self.bytes,
            end.as_bytes(),
        ];
        (
            format!("multipart/form-data; boundary={boundary}"),
            parts.concat(),
        )
    }
}

#[cfg(test)]
#[path = "tests/multipart.rs"]
mod tests;
