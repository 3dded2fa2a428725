//! Bytes to another system and bytes back, with a deadline. HTTP in the program, simulated in tests.

use std::fmt;
use std::time::Duration;

/// One request: an HTTP POST.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// Where to.
    pub url: String,
    /// Header names and values.
    pub headers: Vec<(String, String)>,
    /// What.
    pub body: Vec<u8>,
    /// Under what name its reply is handed out, should it come when nobody waits for it any more;
    /// empty where nobody wants it then. It is not sent.
    pub late: String,
}

/// Without what is secret: a header may hold a key or a token, the body a patient.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("Request")
            .field("url", &self.url)
            .field("headers", &names)
            .field("body", &self.body.len())
            .field("late", &self.late)
            .finish()
    }
}

/// What came back, whatever it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// Body, at most [`MAX_REPLY`] bytes.
    pub body: Vec<u8>,
}

/// The most that is read of a reply, in bytes; a longer one counts as lost.
pub const MAX_REPLY: usize = 4 << 20;

/// Why there is no reply. The difference decides whether money may have moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TransportError {
    /// The request certainly did not arrive: no connection was made.
    NotSent(String),
    /// It did not arrive either: a gateway in front takes no message that is signed so, or gives no token
    /// for these credentials.
    TurnedAway(String),
    /// It may have arrived: time-out, broken connection, a reply too long.
    Lost(String),
    /// What came is the answer to another call: it came before. The request may have arrived.
    Another,
}

/// The way to another system.
pub trait Transport: Send + Sync {
    /// Sends and waits no longer than `deadline`.
    fn send(&self, request: &Request, deadline: Duration) -> Result<Reply, TransportError>;

    /// Replies that came after their deadline, each once, with the names that their requests gave.
    fn late(&self) -> Vec<(String, Reply)> {
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_shows_neither_its_headers_values_nor_its_body() {
        let request = Request {
            url: "http://127.0.0.1/fsi".to_owned(),
            headers: vec![("Authorization".to_owned(), "Bearer t0ken".to_owned())],
            body: b"{\"psn_name\":\"p\"}".to_vec(),
            late: String::new(),
        };
        let shown = format!("{request:?}");
        let expected = r#"Request { url: "http://127.0.0.1/fsi", headers: ["Authorization"], body: 16, late: "" }"#;
        assert_eq!(shown, expected);
    }
}
