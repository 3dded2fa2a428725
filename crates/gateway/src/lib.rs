//! The national insurance interface (国家医疗保障信息平台 定点医药机构接口): bytes in, outcomes out.
//!
//! A call goes so: fill a transaction's input ([`message`]), take a number ([`msgid`]), let
//! [`Gateway::encode`] make the bytes, record them, let [`Line::send`] sign and send them over a
//! `Transport`, and let [`Gateway::decode`] judge what came back: success, refusal, or unknown. Nothing here waits,
//! reads a clock or touches a database; the only input and output are [`HttpTransport`] and [`KeyFolder`].
//!
//! Regions differ in transports, spellings and codes; all of it is data in a [`Region`].
//! [`check`] reads any message and says what it is and whether its money balances.

#[macro_use]
mod read;

mod envelope;
mod gateway;
mod json;
mod keys;
mod line;
mod multipart;
mod number;
mod outcome;
mod paths;
mod region_clearing;
mod region_reversal;
mod region_statement;
mod region_transport;
mod template;
mod transport_http;

pub mod check;
pub mod crypto;
pub mod evoucher;
pub mod identities;
pub mod message;
pub mod msgid;
pub mod region;
pub mod skew;
pub mod statement_file;

pub use envelope::{
    Header, Incoming, Institution, ReplyHead, RequestHead, answer, read_stamp, refusal, reply_text,
};
pub use gateway::Gateway;
pub use json::{Node, NotJson};
pub use keys::{KeyFault, KeyFolder, KeyName, Keys, Secret};
pub use line::{Line, Outgoing};
pub use number::{Amount, Count, Price, Ratio};
pub use outcome::{MAX_TEXT, Outcome, PlatformRefusal, Success, Unknown, Why};
pub use paths::{PATHS, default_path};
pub use read::{FieldShape, Lenient, Unreadable};
pub use region::Region;
pub use transport_http::HttpTransport;
