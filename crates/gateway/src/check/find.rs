//! Messages in a JSON tree: envelopes first, wherever they stand; else nodes of the platform.

use crate::envelope::{Said, said};
use crate::json::Node;
use crate::message::TRANSACTIONS;
use crate::read::FieldShape;

use super::seal::{Key, Sealed};

/// What a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// An envelope with `infno`.
    Request,
    /// An envelope with `infcode`, or a refusal of another shape.
    Reply,
    /// An input or output without its envelope.
    Node,
}

/// A message.
pub(super) struct Message {
    pub kind: Kind,
    pub node: Node,
    /// Set when the content could not be opened.
    pub sealed: Option<Sealed>,
}

/// Wrappers deeper than this are not looked through.
const MAX_WRAPPERS: u8 = 8;

/// The messages of a tree.
pub(super) fn messages(node: &Node) -> Vec<Message> {
    let mut found = Vec::new();
    envelopes(node, 0, &mut found);
    if found.is_empty() && is_platform(node, 0) {
        let node = node.opened().unwrap_or_else(|| node.clone());
        found.push(Message {
            kind: Kind::Node,
            node,
            sealed: None,
        });
    }
    found
}

fn envelopes(node: &Node, depth: u8, found: &mut Vec<Message>) {
    if depth > MAX_WRAPPERS {
        return;
    }
    let has = |key| node.get(key).is_some();
    let kind = if has("infcode") || matches!(said(node), Said::RefusedElsewhere { .. }) {
        Some(Kind::Reply)
    } else if has("infno") && (has("input") || has("msgid")) {
        Some(Kind::Request)
    } else {
        None
    };
    if let Some(kind) = kind {
        found.push(Message {
            kind,
            node: node.clone(),
            sealed: None,
        });
        return;
    }
    if let Some(opened) = node.opened() {
        return envelopes(&opened, depth + 1, found);
    }
    let list = if let Node::List(items) = node {
        items.as_slice()
    } else {
        &[]
    };
    let values = node.pairs().iter().map(|(_, value)| value);
    list.iter()
        .chain(values)
        .for_each(|value| envelopes(value, depth + 1, found));
}

/// Words that other systems' messages use as well.
const COMMON: &[&str] = &[
    "data", "result", "memo", "age", "year", "spec", "ip", "mac", "tel", "cum", "balc", "message",
];

/// What the platform's own names are made of.
const STEMS: &[&str] = &[
    "psn_",
    "insutype",
    "insuinfo",
    "insuplc",
    "insu_",
    "mdtrt",
    "setl_",
    "setlinfo",
    "setldetail",
    "fixmedins",
    "medins",
    "hilist",
    "_codg",
    "certno",
    "dise_",
    "diag_",
    "diseinfo",
    "chrg_",
    "clr_",
    "stmt_",
    "stmtinfo",
    "fileinfo",
    "file_qury_no",
    "feedetl",
    "feedetail",
    "rx_",
    "rxno",
    "drug_trac",
    "drugtrac",
    "invinfo",
    "purcinfo",
    "selinfo",
    "catalogcomp",
    "fsuploadin",
    "fsdownloadin",
    "signin",
    "signout",
    "sign_no",
    "admdvs",
    "admvs",
    "ectoken",
    "ecqrcode",
    "orgid",
    "transtype",
    "rgstinfo",
    "caseinfo",
    "baseinfo",
    "idetinfo",
    "trtinfo",
    "cuminfo",
    "medfee",
    "fund_pay",
    "med_type",
    "med_list",
    "dld_endtime",
    "poolarea",
    "clr_appy",
    "vola_",
];

/// True when a name of the platform stands in the tree.
fn is_platform(node: &Node, depth: u8) -> bool {
    if depth > MAX_WRAPPERS {
        return false;
    }
    if let Some(opened) = node.opened() {
        return is_platform(&opened, depth + 1);
    }
    let list = if let Node::List(items) = node {
        items.as_slice()
    } else {
        &[]
    };
    list.iter().any(|item| is_platform(item, depth + 1))
        || node
            .pairs()
            .iter()
            .any(|(key, value)| is_name(key) || is_platform(value, depth + 1))
}

fn is_name(key: &str) -> bool {
    let lower = key.to_ascii_lowercase();
    let shapes = || TRANSACTIONS.iter().flat_map(|t| [t.input, t.output]);
    STEMS.iter().any(|stem| lower.contains(stem))
        || (!COMMON.contains(&key) && shapes().any(|shape| knows(shape, key)))
}

fn knows(shape: &[FieldShape], key: &str) -> bool {
    shape
        .iter()
        .any(|field| field.names.contains(&key) || knows(field.fields, key))
}

impl Message {
    /// The same with its content as a tree: decrypted, or read out of a text.
    pub fn opened(mut self, key: Option<&Key>) -> Self {
        let name = match self.kind {
            Kind::Request => "input",
            Kind::Reply => "output",
            Kind::Node => return self,
        };
        let Node::Object(pairs) = &mut self.node else {
            return self;
        };
        for (_, content) in pairs.iter_mut().filter(|(key, _)| key == name) {
            if let Some(opened) = content.opened() {
                *content = opened;
            } else if !matches!(content, Node::Object(_) | Node::List(_)) && !content.is_nothing() {
                match super::seal::open(content, key) {
                    Ok(opened) => *content = opened,
                    Err(sealed) => self.sealed = Some(sealed),
                }
            }
        }
        self
    }

    /// What stands under `input` or `output`; a reply without it may carry its nodes beside infcode.
    pub fn content(&self) -> &Node {
        let inside = match self.kind {
            Kind::Request => self.node.get("input"),
            Kind::Reply => self.node.get("output"),
            Kind::Node => None,
        };
        inside.unwrap_or(if self.kind == Kind::Node {
            &self.node
        } else {
            &Node::Null
        })
    }
}
