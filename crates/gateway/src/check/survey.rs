//! Which transaction a message belongs to, and which of its fields are known.

use std::collections::BTreeSet;

use crate::envelope::{REPLY_EXTRAS, REPLY_FIELDS, REQUEST_EXTRAS, REQUEST_FIELDS};
use crate::json::Node;
use crate::message::{TRANSACTIONS, TransactionShape};
use crate::read::{FieldShape, wrapped};

use super::find::{Kind, Message};

/// A message's name and fields.
pub(super) struct Named {
    /// `reply 2207 门诊结算`
    pub what: String,
    /// How many fields are known.
    pub known: usize,
    /// The others, by path.
    pub unknown: BTreeSet<String>,
}

/// Fields of a tree that a shape knows and does not know.
#[derive(Default)]
struct Tally {
    known: usize,
    unknown: BTreeSet<String>,
}

impl Tally {
    fn of(node: &Node, shape: &[FieldShape]) -> Self {
        let mut tally = Self::default();
        tally.count(node, shape, "");
        tally
    }

    fn count(&mut self, node: &Node, shape: &[FieldShape], path: &str) {
        if let Some(opened) = node.opened().filter(|_| !shape.is_empty()) {
            return self.count(&opened, shape, path);
        }
        if let Node::List(items) = node {
            return items.iter().for_each(|item| self.count(item, shape, path));
        }
        for (key, value) in wrapped(node, shape).pairs() {
            let field = shape
                .iter()
                .find(|field| field.names.contains(&key.as_str()));
            let path = if path.is_empty() {
                key.clone()
            } else {
                format!("{path}.{key}")
            };
            if let Some(field) = field {
                self.known += 1;
                if !field.fields.is_empty() {
                    self.count(value, field.fields, &path);
                }
            } else {
                self.add_unknown(value, path);
            }
        }
    }

    /// An unknown object counts by its fields.
    fn add_unknown(&mut self, value: &Node, path: String) {
        let before = self.unknown.len();
        self.count(value, &[], &path);
        if self.unknown.len() == before {
            self.unknown.insert(path);
        }
    }
}

/// Says what a message is.
pub(super) fn name(message: &Message) -> Named {
    let content = message.content();
    let infno = message
        .node
        .get("infno")
        .and_then(Node::scalar)
        .unwrap_or_default();
    let stated = TRANSACTIONS
        .iter()
        .find(|t| t.infno.eq_ignore_ascii_case(infno));
    let candidates = candidates(message.kind, stated);
    let best = candidates
        .into_iter()
        .map(|candidate| (Tally::of(content, candidate.shape), candidate))
        // The first of equals: `max_by_key` would take the last.
        .rev()
        .max_by_key(|(tally, _)| tally.known.cast_signed() - tally.unknown.len().cast_signed())
        .filter(|(tally, _)| {
            stated.is_some() || (tally.known > tally.unknown.len() && speaks(content))
        });
    let (tally, title) = match best {
        Some((tally, candidate)) => (
            tally,
            Some(format!(
                "{}{}",
                candidate.role,
                settlement(candidate.of, content)
            )),
        ),
        None => (Tally::of(content, &[]), None),
    };
    let envelope = envelope(message, stated.or_else(|| best_of(title.as_deref())));
    let what = match (message.kind, title) {
        (Kind::Request, Some(title)) => format!("request {title}"),
        (Kind::Request, None) => format!(
            "request {} (not supported)",
            crate::outcome::one_line(infno)
        ),
        (Kind::Reply, Some(title)) => format!("reply like {title}"),
        (Kind::Reply, None) => "reply".to_owned(),
        (Kind::Node, Some(title)) => format!("only {title}"),
        (Kind::Node, None) => "only a node (not supported)".to_owned(),
    };
    let mut unknown = tally.unknown;
    unknown.extend(envelope.unknown);
    Named {
        what,
        known: tally.known + envelope.known,
        unknown,
    }
}

/// True when a value stands anywhere: names alone tell no transaction from another.
fn speaks(node: &Node) -> bool {
    match node {
        Node::List(items) => items.iter().any(speaks),
        Node::Object(pairs) => pairs.iter().any(|(_, value)| speaks(value)),
        _ => !node.is_nothing(),
    }
}

fn best_of(title: Option<&str>) -> Option<&'static TransactionShape> {
    TRANSACTIONS
        .iter()
        .find(|t| title.is_some_and(|title| title.starts_with(t.infno)))
}

/// The envelope's own fields; nodes of the output beside it are known too.
fn envelope(message: &Message, of: Option<&TransactionShape>) -> Tally {
    let (fields, extras) = match message.kind {
        Kind::Node => (&[][..], &[][..]),
        Kind::Request => (REQUEST_FIELDS, REQUEST_EXTRAS),
        Kind::Reply => (REPLY_FIELDS, REPLY_EXTRAS),
    };
    let mut tally = Tally::default();
    let nodes = of.map_or(&[][..], |t| t.output);
    let named = |fields: &[FieldShape], key: &String| {
        fields
            .iter()
            .any(|field| field.names.contains(&key.as_str()))
    };
    let Some(holder) = message.holder() else {
        return tally;
    };
    for (key, value) in message.node.pairs() {
        if key == holder || extras.contains(&key.as_str()) || named(fields, key) {
            tally.known += 1;
        } else if message.kind != Kind::Request && named(nodes, key) {
            tally.count(&Node::Object(vec![(key.clone(), value.clone())]), nodes, "");
        } else {
            tally.add_unknown(value, key.clone());
        }
    }
    tally
}

/// A shape a content may have.
#[derive(Clone, Copy)]
struct Candidate {
    of: &'static TransactionShape,
    shape: &'static [FieldShape],
    /// `input of `, when that is not clear from the envelope.
    role: &'static str,
}

fn candidates(kind: Kind, stated: Option<&'static TransactionShape>) -> Vec<Candidate> {
    let inputs = |of: &'static TransactionShape, role| Candidate {
        of,
        shape: of.input,
        role,
    };
    let outputs = |of: &'static TransactionShape, role| Candidate {
        of,
        shape: of.output,
        role,
    };
    let all = TRANSACTIONS.iter();
    match (kind, stated) {
        (Kind::Request, stated) => stated.into_iter().map(|of| inputs(of, "")).collect(),
        (Kind::Reply, Some(of)) => vec![outputs(of, "")],
        (Kind::Reply, None) => all.map(|of| outputs(of, "")).collect(),
        (Kind::Node, _) => {
            let whole: Vec<Candidate> = all
                .clone()
                .map(|of| outputs(of, "output of "))
                .chain(all.map(|of| inputs(of, "input of ")))
                .collect();
            // What stands inside `setlinfo`, without it.
            let inner = whole.iter().flat_map(|candidate| {
                candidate
                    .shape
                    .iter()
                    .filter(|field| !field.fields.is_empty())
                    .map(|field| Candidate {
                        shape: field.fields,
                        ..*candidate
                    })
            });
            whole.iter().copied().chain(inner).collect()
        }
    }
}

/// `2207 门诊结算`. 2206, 2207 and 2208 answer in one shape: no `setl_id` is a pre-settlement,
/// a negative sum a reversal.
fn settlement(of: &TransactionShape, content: &Node) -> String {
    let (mut infno, mut title) = (of.infno, of.title);
    if infno == "2206" {
        let setlinfo = content
            .get("setlinfo")
            .map_or(content, |node| node.items().first().unwrap_or(node));
        let text = |field| {
            setlinfo
                .get(field)
                .and_then(Node::scalar)
                .unwrap_or_default()
        };
        if text("medfee_sumamt").starts_with('-') {
            (infno, title) = ("2208", "门诊结算撤销");
        } else if !text("setl_id").is_empty() {
            (infno, title) = ("2207", "门诊结算");
        }
    }
    format!("{infno} {title}")
}
