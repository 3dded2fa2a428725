//! Encodes a call and judges what came back.

use cunyi_domain::journal::digest;
use cunyi_domain::transport::{Reply, TransportError};

use crate::envelope::{
    Header, Incoming, Institution, ReplyHead, RequestHead, Said, envelope, read_stamp, said,
};
use crate::identities::{Balance, balance};
use crate::json::{Node, NotJson};
use crate::message::Transaction;
use crate::outcome::{Outcome, PlatformRefusal, Success, Unknown, Why};
use crate::read::Lenient;
use crate::region::Region;

/// One institution's way to one region's platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gateway {
    /// 统筹区
    pub region: Region,
    /// 定点医药机构
    pub institution: Institution,
}

impl Gateway {
    /// The number under which the region runs a transaction (2207 or 2207A): for `request`, for the
    /// record, and for 2601's `oinfno`.
    pub fn infno<T: Transaction>(&self) -> &'static str {
        self.region.infno(T::INFNO)
    }

    /// The envelope's bytes: record them before they are sent.
    pub fn encode<T: Transaction>(&self, header: &Header, input: &T::Input) -> Vec<u8> {
        let region = &self.region;
        let insured_at = if header.insuplc_admdvs.is_empty() {
            &region.admdvs
        } else {
            &header.insuplc_admdvs
        };
        let head = RequestHead {
            infno: self.infno::<T>().to_owned(),
            msgid: header.msgid.clone(),
            mdtrtarea_admvs: region.admdvs.clone(),
            insuplc_admdvs: insured_at.clone(),
            recer_sys_code: region.recer_sys_code.clone(),
            infver: region.infver.clone(),
            opter_type: "1".to_owned(),
            opter: header.opter.clone(),
            opter_name: header.opter_name.clone(),
            inf_time: header.now.date_time(),
            fixmedins_code: self.institution.code.clone(),
            fixmedins_name: self.institution.name.clone(),
            sign_no: header.sign_no.clone().unwrap_or_default(),
            ..RequestHead::default()
        };
        // Messages are strings, fixed-point numbers and lists: they can always be written.
        let input = Node::of(input).unwrap_or(Node::Null);
        let envelope = envelope(&head, "input", input);
        region.theirs(envelope).to_string().into_bytes()
    }

    /// What became of a call. Only infcode 0 with an output that reads, echoes this call and adds
    /// up is a success; only an infcode that is not 0 is a refusal; the rest is unknown.
    pub fn decode<T: Transaction>(
        &self,
        msgid: &str,
        input: &T::Input,
        reply: &Result<Reply, TransportError>,
    ) -> Outcome<T::Output> {
        let judged = match reply {
            Err(TransportError::NotSent(_)) => return Outcome::NotSent { turned_away: false },
            Err(TransportError::TurnedAway(_)) => return Outcome::NotSent { turned_away: true },
            Err(TransportError::Lost(_)) => Err(Failed::Unknown(Why::Lost)),
            Err(TransportError::Another) => Err(Why::Mismatch("inf_refmsgid").into()),
            Ok(reply) => self.judge::<T>(msgid, input, reply),
        };
        match judged {
            Ok(success) => Outcome::Success(success),
            Err(Failed::Refused(refusal)) => Outcome::Refused(refusal),
            Err(Failed::Unknown(why)) => Outcome::Unknown(Unknown { why }),
        }
    }

    fn judge<T: Transaction>(
        &self,
        msgid: &str,
        input: &T::Input,
        reply: &Reply,
    ) -> Result<Success<T::Output>, Failed> {
        if let Some(output) = raw::<T>(reply) {
            return Ok(Success {
                output,
                respond_time: None,
                inf_refmsgid: String::new(),
            });
        }
        let node = self.region.ours(read_body(reply)?);
        match said(&node) {
            Said::Success => {}
            Said::Refused { text, .. }
                if T::CHANGES && self.region.lost_calls.says_repeated(&text) =>
            {
                return Err(Why::Repeated.into());
            }
            Said::Refused { code, text } => return Err(refused(code, text)),
            // Nothing but the platform itself can say that nothing changed there.
            Said::RefusedElsewhere { code, text } if !T::CHANGES => {
                return Err(refused(code, text));
            }
            Said::RefusedElsewhere { .. } | Said::Nothing => return Err(Why::NoInfcode.into()),
        }
        let head = ReplyHead::read(&node).map_err(|error| Why::Unreadable(error.0))?;
        let output = self.output::<T>(&node)?;
        let read = T::Output::read(&output).map_err(|error| Why::Unreadable(error.0))?;
        T::echoes(msgid, input, &read).map_err(|error| Why::Mismatch(error.0))?;
        if T::BALANCES {
            match balance(&output, self.region.options()) {
                Balance::Broken(identity) => return Err(Why::Unbalanced(identity).into()),
                Balance::Unreadable(field) => return Err(Why::Unreadable(field).into()),
                Balance::NoMoney | Balance::Holds(_) => {}
            }
        }
        let respond_time = read_stamp(head.respond_time.trim());
        Ok(Success {
            output: read,
            respond_time,
            inf_refmsgid: head.inf_refmsgid,
        })
    }

    /// What tells an answer from every other: a digest of its 接收方报文ID, or of the whole where it
    /// bears none but the platform's time. Nothing where it bears neither, or where the region's
    /// platform does not tell its answers apart.
    pub fn answer_id(&self, reply: &Reply) -> Option<String> {
        if !self.region.lost_calls.distinct_answers {
            return None;
        }
        let node = self.region.ours(Node::parse(&reply.body).ok()?);
        let head = ReplyHead::read(&node).ok()?;
        let (id, time) = (head.inf_refmsgid.trim(), head.respond_time.trim());
        match (id, time) {
            ("", "") => None,
            ("", _) => Some(digest(&reply.body)),
            (id, _) => Some(digest(id.as_bytes())),
        }
    }

    /// The input of a call that was sent.
    pub fn sent<T: Transaction>(&self, bytes: &[u8]) -> Option<T::Input> {
        let node = self.region.ours(Node::parse(bytes).ok()?);
        Incoming::read(&node).ok()?.input::<T>().ok()
    }

    /// The output of an answer that was believed when it came.
    pub fn kept<T: Transaction>(&self, body: &[u8]) -> Option<T::Output> {
        let node = self.region.ours(Node::parse(body).ok()?);
        let output = self.output::<T>(&node).ok()?;
        T::Output::read(&output).ok()
    }

    /// The output under our spellings, with what the platform put beside it.
    fn output<T: Transaction>(&self, envelope: &Node) -> Result<Node, Why> {
        let output = envelope.get("output").unwrap_or(&Node::Null);
        if self.region.seals() && matches!(output, Node::Text(_)) && !output.is_nothing() {
            return Err(Why::Sealed);
        }
        let opened = output.opened().map(|node| self.region.ours(node));
        let mut output = opened.unwrap_or_else(|| output.clone());
        let empty = match &output {
            Node::Object(pairs) => pairs.is_empty(),
            Node::List(_) => false,
            _ => true,
        };
        if empty && T::ANSWERS {
            return Err(Why::MissingOutput);
        }
        if T::BARE && has_nodes(&output) {
            return Err(Why::Mismatch("output"));
        }
        if let Node::Object(pairs) = &output
            && !empty
            && !T::LIST.is_empty()
            && !pairs.iter().any(|(key, _)| T::LIST.contains(&key.as_str()))
        {
            return Err(Why::MissingOutput);
        }
        if let (Some(name), Node::Object(pairs)) = (T::STRAY, &mut output)
            && !pairs.iter().any(|(key, _)| key == name)
            && let Some(stray) = envelope.get(name)
        {
            pairs.push((name.to_owned(), stray.clone()));
        }
        Ok(output)
    }
}

/// True if rows or nodes stand in an output.
fn has_nodes(output: &Node) -> bool {
    let full = |node: &Node| match node {
        Node::Object(pairs) => !pairs.is_empty(),
        Node::List(rows) => !rows.is_empty(),
        _ => false,
    };
    match output {
        Node::Object(pairs) => pairs.iter().any(|(_, node)| full(node)),
        other => full(other),
    }
}

/// Not a success.
enum Failed {
    Refused(PlatformRefusal),
    Unknown(Why),
}

impl From<Why> for Failed {
    fn from(why: Why) -> Self {
        Self::Unknown(why)
    }
}

fn refused(infcode: String, text: String) -> Failed {
    Failed::Refused(PlatformRefusal { infcode, text })
}

/// A file that came instead of an envelope.
fn raw<T: Transaction>(reply: &Reply) -> Option<T::Output> {
    let fine = (200..300).contains(&reply.status);
    fine.then(|| (T::RAW)(&reply.body)).flatten()
}

fn read_body(reply: &Reply) -> Result<Node, Why> {
    if !(200..300).contains(&reply.status) {
        return Err(Why::HttpStatus(reply.status));
    }
    match Node::parse(&reply.body) {
        Ok(node @ Node::Object(_)) => Ok(node),
        Ok(_) | Err(NotJson::Malformed) => Err(Why::NotJson),
        Err(NotJson::Truncated) => Err(Why::Truncated),
        Err(NotJson::NotUtf8) => Err(Why::NotUtf8),
    }
}

#[cfg(test)]
#[path = "tests/gateway.rs"]
pub(crate) mod tests;

#[cfg(test)]
#[path = "tests/envelope.rs"]
mod envelope_tests;
