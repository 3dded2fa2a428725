//! The three outcomes of a call, and a fourth that is none: it never left.

use std::fmt;

use cunyi_domain::time::Moment;

/// What became of a call. `Refused` and `NotSent` are certain; `Unknown` may have moved money.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome<T> {
    /// infcode 0, and the output is this call's and adds up.
    Success(Success<T>),
    /// The platform says no: nothing happened there.
    Refused(PlatformRefusal),
    /// Anything else: what happened is not known.
    Unknown(Unknown),
    /// No connection was made, or the gateway in front turned the message away: nothing happened.
    NotSent {
        /// Turned away: the key or certificate is not the one it knows.
        turned_away: bool,
    },
}

/// A believed answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Success<T> {
    /// 交易输出
    pub output: T,
    /// 响应报文时间, where it could be read.
    pub respond_time: Option<Moment>,
    /// 接收方报文ID, empty where none came.
    pub inf_refmsgid: String,
}

/// The platform's refusal. There is no catalogue of codes: the reason is the text (§5.10).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlatformRefusal {
    /// 交易状态码 as it came; another shape's `code`.
    pub infcode: String,
    /// 错误信息, one line of at most [`MAX_TEXT`] characters.
    pub text: String,
}

/// Real texts exceed the specification's 200 characters.
pub const MAX_TEXT: usize = 1000;

/// Nobody knows what the platform did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// Why.
    pub why: Why,
}

/// Why an answer is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// No answer came: time-out or a broken connection.
    Lost,
    /// The HTTP status is not 2xx.
    HttpStatus(u16),
    /// The body is not UTF-8.
    NotUtf8,
    /// The body is not a JSON object.
    NotJson,
    /// The body ends in the middle.
    Truncated,
    /// No `infcode` that can be read.
    NoInfcode,
    /// Refused because the same message came before: what that one did is not said.
    Repeated,
    /// infcode 0 with an output that the region's key does not open.
    Sealed,
    /// infcode 0 without the output this transaction has.
    MissingOutput,
    /// A field of the output does not fit its type.
    Unreadable(&'static str),
    /// The output does not echo this call in the named field.
    Mismatch(&'static str),
    /// The named identity of §4 does not hold.
    Unbalanced(&'static str),
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lost => f.write_str("lost"),
            Self::HttpStatus(status) => write!(f, "http_status {status}"),
            Self::NotUtf8 => f.write_str("not_utf8"),
            Self::NotJson => f.write_str("not_json"),
            Self::Truncated => f.write_str("truncated"),
            Self::NoInfcode => f.write_str("no_infcode"),
            Self::Repeated => f.write_str("repeated"),
            Self::Sealed => f.write_str("sealed"),
            Self::MissingOutput => f.write_str("missing_output"),
            Self::Unreadable(field) => write!(f, "unreadable {field}"),
            Self::Mismatch(field) => write!(f, "mismatch {field}"),
            Self::Unbalanced(identity) => write!(f, "unbalanced {identity}"),
        }
    }
}

/// One line without control characters, of at most [`MAX_TEXT`] characters.
pub(crate) fn one_line(text: &str) -> String {
    let printable = |c: char| if c.is_control() { ' ' } else { c };
    // Bidirectional marks could make a text read as another.
    let marks = [
        '\u{200B}'..='\u{200F}',
        '\u{2028}'..='\u{202E}',
        '\u{2066}'..='\u{2069}',
    ];
    let harmless = |c: &char| *c != '\u{FEFF}' && !marks.iter().any(|range| range.contains(c));
    text.chars()
        .filter(harmless)
        .map(printable)
        .take(MAX_TEXT)
        .collect::<String>()
        .trim()
        .to_owned()
}
