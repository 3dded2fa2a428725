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

impl Message {
    fn new(kind: Kind, node: &Node) -> Self {
        Self {
            kind,
            node: node.clone(),
            sealed: None,
        }
    }
}

/// The messages of a tree.
pub(super) fn messages(node: &Node) -> Vec<Message> {
    let node = node.opened().unwrap_or_else(|| node.clone());
    let found = envelopes(&node, 0);
    let half = |key: &&str| node.get(key).is_some_and(|_| node.pairs().len() == 1);
    let is_node = is_platform(&node, 0) || ["input", "output", "result"].iter().any(half);
    if found.is_empty() && is_node {
        return vec![Message::new(Kind::Node, &node)];
    }
    found
}

/// The envelopes of a tree, and the nodes of the platform that stand beside them.
fn envelopes(node: &Node, depth: u8) -> Vec<Message> {
    if depth > MAX_WRAPPERS {
        return Vec::new();
    }
    if let Some(opened) = node.opened() {
        return envelopes(&opened, depth + 1);
    }
    let has = |key| node.get(key).is_some();
    if has("infcode") {
        return vec![Message::new(Kind::Reply, node)];
    }
    if has("infno") && (has("input") || has("msgid")) {
        return vec![Message::new(Kind::Request, node)];
    }
    let (mut found, mut rest) = (Vec::new(), Vec::new());
    let items = if let Node::List(items) = node {
        items
    } else {
        &[][..]
    };
    let values = node.pairs().iter().map(|(_, value)| value);
    for child in items.iter().chain(values) {
        let inside = envelopes(child, depth + 1);
        if inside.is_empty() {
            rest.push(child);
        }
        found.extend(inside);
    }
    // A wrapper's own refusal, unless the reply that it wraps says otherwise.
    let replied = found.iter().any(|message| message.kind == Kind::Reply);
    if !replied && matches!(said(node), Said::RefusedElsewhere { .. }) {
        found.push(Message::new(Kind::Reply, node));
    } else if !found.is_empty() {
        let rest = rest.into_iter().filter(|child| is_platform(child, depth));
        found.extend(rest.map(|child| Message::new(Kind::Node, child)));
    }
    found
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
    "retrslt",
    "valiflag",
    "parentvalue",
    "_dtos",
    "syscode",
    "recordcounts",
    "msgrslt",
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
        let Some(name) = self.holder() else {
            return self;
        };
        let words = self.kind != Kind::Request;
        let Node::Object(pairs) = &mut self.node else {
            return self;
        };
        for (_, content) in pairs.iter_mut().filter(|(key, _)| key == name) {
            if let Some(opened) = content.opened() {
                *content = opened;
            } else if !matches!(content, Node::Object(_) | Node::List(_)) && !content.is_nothing() {
                match super::seal::open(content, key) {
                    Ok(opened) => *content = opened,
                    // Some platforms answer in words where there is nothing to say.
                    Err(Sealed::NotText) if words && matches!(content, Node::Text(_)) => {}
                    Err(sealed) => self.sealed = Some(sealed),
                }
            }
        }
        self
    }

    /// Where the content stands; nothing for a node without its envelope.
    pub fn holder(&self) -> Option<&'static str> {
        let has = |key: &&str| self.node.get(key).is_some();
        match self.kind {
            Kind::Request => Some("input"),
            Kind::Reply => Some("output"),
            Kind::Node if has(&"code") => ["data"].into_iter().find(has),
            Kind::Node => ["output", "input"].into_iter().find(has),
        }
    }

    /// What stands under `input` or `output`; a reply without it may carry its nodes beside infcode.
    pub fn content(&self) -> &Node {
        match self.holder() {
            Some(name) => self.node.get(name).unwrap_or(&Node::Null),
            None => &self.node,
        }
    }
}
