//! A 9101 that came as `multipart/form-data`: the file goes back into its envelope (nhsa-interface §2.4).

use cunyi_gateway::Node;
use cunyi_gateway::crypto::base64;

/// The envelope with the file in it; none where the request is no such form.
pub(crate) fn joined(headers: &[(String, String)], body: &[u8]) -> Option<Vec<u8>> {
    let kind = headers
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    let boundary = kind?.1.strip_prefix("multipart/form-data; boundary=")?;
    let json = part(body, boundary, "jsonStr")?;
    let file = part(body, boundary, "file")?;
    let mut node = Node::parse(json).ok()?;
    let content = ["input", "fsUploadIn", "in"]
        .iter()
        .try_fold(&mut node, |node, name| child(node, name))?;
    *content = Node::Text(base64(file));
    Some(node.to_string().into_bytes())
}

fn child<'n>(node: &'n mut Node, name: &str) -> Option<&'n mut Node> {
    let Node::Object(pairs) = node else {
        return None;
    };
    let found = pairs.iter_mut().find(|(key, _)| key == name);
    found.map(|(_, value)| value)
}

/// Where a text stands.
fn find(bytes: &[u8], text: &[u8]) -> Option<usize> {
    bytes.windows(text.len()).position(|window| window == text)
}

/// The content of the part of a name.
fn part<'b>(body: &'b [u8], boundary: &str, name: &str) -> Option<&'b [u8]> {
    let (opening, between) = (format!("--{boundary}\r\n"), format!("\r\n--{boundary}"));
    let mut rest = body.strip_prefix(opening.as_bytes())?;
    loop {
        let end = find(rest, between.as_bytes())?;
        let (part, after) = (&rest[..end], &rest[end + between.len()..]);
        let blank = find(part, b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(&part[..blank]);
        if head.contains(&format!("form-data; name=\"{name}\"")) {
            return Some(&part[blank + 4..]);
        }
        rest = after.strip_prefix(b"\r\n")?;
    }
}
