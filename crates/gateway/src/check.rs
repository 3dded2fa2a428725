//! `cunyi message check`: says on one line what a published or logged message is, which fields this
//! program does not know, and whether its money balances (nhsa-interface §4).

mod extract;
mod find;
mod seal;
mod survey;

use std::collections::BTreeSet;

use crate::envelope::{Said, said};
use crate::identities::{Balance, Options, balance};
use crate::json::Node;
use crate::outcome::one_line;
use crate::template::is_placeholder;

use find::{Kind, Message, messages};
use survey::{Named, name};

pub use seal::Key;

/// Region options of a check.
#[derive(Clone, Debug, Default)]
pub struct CheckOptions {
    /// What regions do differently in §4.
    pub identities: Options,
    /// The key of a region that encrypts `input` and `output` (family E of §1.4).
    pub key: Option<Key>,
}

/// What a check says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// One line.
    pub line: String,
    /// Readable, and no identity broken.
    pub ok: bool,
}

/// More names than this are counted, not listed.
const MAX_NAMES: usize = 200;

/// Checks the bytes of one file.
pub fn check(bytes: &[u8], options: &CheckOptions) -> Verdict {
    let readings = match extract::documents(bytes) {
        Ok(readings) => readings,
        Err(why) => {
            return Verdict {
                line: format!("unreadable: {why}"),
                ok: false,
            };
        }
    };
    let found = |nodes: &Vec<Node>| nodes.iter().flat_map(messages).collect::<Vec<Message>>();
    let mut all = readings.iter().map(found);
    let Some(messages) = all.find(|messages| !messages.is_empty()) else {
        return Verdict {
            line: "not a message of the interface".to_owned(),
            ok: false,
        };
    };
    let one = |message| check_one(message, options);
    let verdicts: Vec<Verdict> = messages.into_iter().map(one).collect();
    Verdict {
        ok: verdicts.iter().all(|verdict| verdict.ok),
        line: verdicts
            .into_iter()
            .map(|verdict| verdict.line)
            .collect::<Vec<_>>()
            .join(" | "),
    }
}

fn check_one(message: Message, options: &CheckOptions) -> Verdict {
    let template = holds_placeholder(&message.node);
    let said = said(&message.node);
    let opened = message.opened(options.key.as_ref());
    let named = name(&opened);
    let refused = match &said {
        Said::Refused { code, text } | Said::RefusedElsewhere { code, text } => Some((code, text)),
        _ => None,
    };
    let what = match refused {
        Some((code, text)) if text.is_empty() => {
            format!("{}, refused ({code}) without a word", named.what)
        }
        Some((code, text)) => format!("{}, refused ({code}): {text}", named.what),
        None if template => format!("template of {}", named.what),
        None => named.what.clone(),
    };
    let fault = match opened.sealed {
        _ if refused.is_some() => None,
        Some(seal::Sealed::NoKey) => Some("encrypted, and no key was given"),
        Some(seal::Sealed::WrongKey) => Some("encrypted, and the key does not open it"),
        _ if template => None,
        Some(seal::Sealed::NotText) => Some("unreadable: input or output is no object"),
        None if opened.kind == Kind::Reply && said == Said::Nothing => Some("unreadable: infcode"),
        None => None,
    };
    if let Some(fault) = fault {
        return Verdict {
            line: format!("{what}; {fault}"),
            ok: false,
        };
    }
    let balance = balance(&opened.node, options.identities);
    Verdict {
        line: format!("{what}; {}; {}", unknown(&named), money(balance)),
        ok: matches!(balance, Balance::NoMoney | Balance::Holds(_)),
    }
}

fn money(balance: Balance) -> String {
    match balance {
        Balance::NoMoney => "no money".to_owned(),
        Balance::Holds(1) => "balances (1 identity)".to_owned(),
        Balance::Holds(count) => format!("balances ({count} identities)"),
        Balance::Broken(identity) => format!("unbalanced: {identity}"),
        Balance::Unreadable(field) => format!("unbalanced: {field} is not a number"),
    }
}

fn unknown(named: &Named) -> String {
    let others: BTreeSet<String> = named.unknown.iter().map(|name| one_line(name)).collect();
    match others.len() {
        0 => format!("{} fields, all known", named.known),
        count => {
            let listed: Vec<_> = others.into_iter().take(MAX_NAMES).collect();
            let more = count.saturating_sub(MAX_NAMES);
            let rest = if more > 0 {
                format!(" and {more} more")
            } else {
                String::new()
            };
            format!(
                "{} fields known, not known: {}{rest}",
                named.known,
                listed.join(", ")
            )
        }
    }
}

fn holds_placeholder(node: &Node) -> bool {
    match node {
        Node::Text(text) => is_placeholder(text),
        Node::List(items) => items.iter().any(holds_placeholder),
        Node::Object(pairs) => pairs.iter().any(|(_, value)| holds_placeholder(value)),
        _ => false,
    }
}

#[cfg(test)]
#[path = "tests/check.rs"]
pub(crate) mod tests;
