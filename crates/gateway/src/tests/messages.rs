//! Every transaction, field by field, and against the tables of the reference.

use std::path::Path;

use cunyi_domain::money::{Fen, Quantity, Rate, UnitPrice};
use proptest::prelude::*;

use crate::json::Node;
use crate::message::*;
use crate::read::{FieldShape, Lenient};
use crate::{Amount, Count, Price, Ratio};

/// A message with every field of a shape; what is under `names[pick]` where there are so many.
fn sample(shape: &[FieldShape], pick: usize) -> Node {
    let value = |field: &FieldShape| {
        if field.fields.is_empty() {
            Node::Number("1".into())
        } else {
            sample(field.fields, pick)
        }
    };
    let name = |field: &FieldShape| field.names.get(pick).unwrap_or(&field.names[0]).to_string();
    Node::Object(
        shape
            .iter()
            .map(|field| (name(field), value(field)))
            .collect(),
    )
}

/// Reads a sample, writes it, reads it again, and finds every field in what was written.
fn round_trip<M: Lenient + serde::Serialize + serde::de::DeserializeOwned>() -> (String, Node) {
    let first = M::read(&sample(M::FIELDS, 0)).unwrap();
    let written = serde_json::to_string(&first).unwrap();
    let again: M = serde_json::from_str(&written).unwrap();
    assert_eq!(serde_json::to_string(&again).unwrap(), written);
    for pick in 1..4 {
        let other = M::read(&sample(M::FIELDS, pick)).unwrap();
        assert_eq!(
            serde_json::to_string(&other).unwrap(),
            written,
            "spelling {pick}"
        );
    }
    let node = Node::parse_text(&written).unwrap();
    every_field(M::FIELDS, &node);
    M::read(&Node::Null).unwrap();
    M::read(&Node::Object(Vec::new())).unwrap();
    (written, node)
}

fn every_field(shape: &[FieldShape], node: &Node) {
    for field in shape {
        let found = field.names.iter().find_map(|name| node.get(name));
        let found = found.unwrap_or_else(|| panic!("{} is not written", field.names[0]));
        assert!(!found.is_nothing(), "{} is written empty", field.names[0]);
        found
            .items()
            .iter()
            .for_each(|item| every_field(field.fields, item));
    }
}

fn both<T: Transaction>() {
    let (input, _) = round_trip::<T::Input>();
    assert!(input.len() > 10, "{}: {input}", T::INFNO);
    let (output, _) = round_trip::<T::Output>();
    assert_eq!(
        output == "null",
        T::Output::FIELDS.is_empty(),
        "{}: {output}",
        T::INFNO
    );
    let of = TRANSACTIONS.iter().find(|t| t.infno == T::INFNO).unwrap();
    assert_eq!(
        (of.title, of.input.len()),
        (T::TITLE, T::Input::FIELDS.len())
    );
}

#[test]
fn every_transaction_round_trips_with_every_field() {
    let all: [(&str, fn()); 35] = [
        ("1101", both::<T1101>),
        ("2001", both::<T2001>),
        ("2201", both::<T2201>),
        ("2202", both::<T2202>),
        ("2203", both::<T2203>),
        ("2203A", both::<T2203A>),
        ("2204", both::<T2204>),
        ("2205", both::<T2205>),
        ("2206", both::<T2206>),
        ("2206A", both::<T2206A>),
        ("2207", both::<T2207>),
        ("2207A", both::<T2207A>),
        ("2208", both::<T2208>),
        ("2601", both::<T2601>),
        ("3101", both::<T3101>),
        ("3102", both::<T3102>),
        ("3201", both::<T3201>),
        ("3202", both::<T3202>),
        ("3203", both::<T3203>),
        ("3204", both::<T3204>),
        ("3301", both::<T3301>),
        ("3302", both::<T3302>),
        ("4301", both::<T4301>),
        ("5201", both::<T5201>),
        ("5202", both::<T5202>),
        ("5203", both::<T5203>),
        ("5204", both::<T5204>),
        ("5205", both::<T5205>),
        ("5206", both::<T5206>),
        ("5301", both::<T5301>),
        ("5302", both::<T5302>),
        ("9001", both::<T9001>),
        ("9002", both::<T9002>),
        ("9101", both::<T9101>),
        ("9102", both::<T9102>),
    ];
    assert_eq!(
        all.map(|(infno, _)| infno).to_vec(),
        TRANSACTIONS.iter().map(|t| t.infno).collect::<Vec<_>>()
    );
    for (_, test) in all {
        test();
    }
}

/// What stands before a table of the reference, which table after it, and the node it describes.
const TABLES: &[(&str, usize, &str, &str)] = &[
    ("## 2.1 ", 0, "1101", "input data"),
    ("## 2.1 ", 1, "1101", "output baseinfo"),
    ("## 2.1 ", 2, "1101", "output insuinfo"),
    ("## 2.1 ", 3, "1101", "output idetinfo"),
    ("## 2.6 ", 0, "2001", "input data"),
    ("## 2.6 ", 1, "2001", "output trtinfo"),
    ("## 2.7 ", 0, "2201", "input data"),
    ("## 2.7 ", 1, "2201", "output data"),
    ("## 2.8 ", 0, "2202", "input data"),
    ("## 2.9 ", 0, "2203A", "input mdtrtinfo"),
    ("## 2.9 ", 1, "2203A", "input diseinfo"),
    ("## 2.10 ", 0, "2204", "input feedetail"),
    ("## 2.10 ", 1, "2204", "output result"),
    ("## 2.11 ", 0, "2205", "input data"),
    ("## 2.12 ", 0, "2206", "input data"),
    ("## 2.13 ", 0, "2207", "input data"),
    ("## 2.13 ", 1, "2207", "output setlinfo"),
    ("## 2.13 ", 2, "2207", "output setldetail"),
    ("## 2.14 ", 0, "2208", "input data"),
    ("## 2.14 ", 1, "2208", "output setlinfo"),
    ("## 2.15 ", 0, "2601", "input data"),
    ("## 2.17 ", 0, "3201", "input data"),
    ("## 2.17 ", 1, "3201", "output stmtinfo"),
    ("## 2.18 ", 0, "3202", "input data"),
    ("## 2.23 ", 0, "4301", "input rgstinfo"),
    ("## 2.23 ", 1, "4301", "input caseinfo"),
    ("## 2.23 ", 2, "4301", "input diseinfo"),
    ("## 2.23 ", 3, "4301", "input rxinfo"),
    ("**5201 ", 0, "5201", "input data"),
    ("**5201 ", 1, "5201", "output mdtrtinfo"),
    ("**5202 ", 0, "5202", "output diseinfo"),
    ("**5203 ", 0, "5203", "input data"),
    ("**5203 ", 1, "5203", "output setlinfo"),
    ("**5204 ", 0, "5204", "output data"),
    ("**5205 ", 0, "5205", "output feedetail"),
    ("**5206 ", 0, "5206", "output cuminfo"),
    ("**5301 ", 0, "5301", "output feedetail"),
    ("**5302 ", 0, "5302", "output psnfixmedin"),
];

#[test]
fn every_field_of_the_reference_is_known() {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/reference/nhsa-interface.md");
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!("SKIPPED: {} is not there", path.display());
        return;
    };
    for (anchor, nth, infno, node) in TABLES {
        let fields = table(&text, anchor, *nth);
        assert!(fields.len() > 2, "{anchor} {nth}: {fields:?}");
        let of = TRANSACTIONS.iter().find(|t| t.infno == *infno).unwrap();
        let (side, name) = node.split_once(' ').unwrap();
        let shape = if side == "input" { of.input } else { of.output };
        let holder = shape
            .iter()
            .find(|field| field.names.contains(&name))
            .unwrap();
        for field in fields {
            let known = holder
                .fields
                .iter()
                .any(|shape| shape.names.contains(&field));
            assert!(known, "{infno} {node}: {field}");
        }
    }
}

/// Sections that tell their fields in prose, up to a word, and whose they are.
const PROSE: &[(&str, &str, &[&str])] = &[
    ("## 2.16 ", "3103 exists", &["3101", "3102"]),
    ("## 2.19 ", "## 2.20 ", &["3203", "3204"]),
    ("## 2.20 ", "**Disagreement**", &["3301", "3302"]),
];

#[test]
fn every_field_told_in_prose_is_known() {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/reference/nhsa-interface.md");
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!("SKIPPED: {} is not there", path.display());
        return;
    };
    let known = |shape: &'static [FieldShape], name: &str| {
        let mut open = vec![shape];
        while let Some(fields) = open.pop() {
            if fields.iter().any(|field| field.names.contains(&name)) {
                return true;
            }
            open.extend(fields.iter().map(|field| field.fields));
        }
        false
    };
    for (anchor, end, infnos) in PROSE {
        let (_, section) = text.split_once(anchor).unwrap();
        let (section, _) = section.split_once(end).unwrap();
        let of = |infno: &&str| TRANSACTIONS.iter().find(|t| t.infno == *infno).unwrap();
        let shapes: Vec<_> = infnos.iter().map(of).collect();
        let names = section.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let names: Vec<&str> = names.filter(|name| name.contains('_')).collect();
        assert!(names.len() > 4, "{anchor}: {names:?}");
        for name in names {
            // `Input_3101` is a class of a source; a platform writes small letters.
            let is_field = name.bytes().all(|b| !b.is_ascii_uppercase());
            let found = |t: &&TransactionShape| known(t.input, name) || known(t.output, name);
            assert!(!is_field || shapes.iter().any(found), "{anchor}: {name}");
        }
    }
}

/// The names in the first column of the nth table after a line that starts so.
fn table<'a>(text: &'a str, anchor: &str, nth: usize) -> Vec<&'a str> {
    let after = text.lines().skip_while(|line| !line.starts_with(anchor));
    let (mut count, mut inside, mut names) = (0, false, Vec::new());
    for line in after {
        match (line.starts_with('|'), inside) {
            (true, _) => {
                inside = true;
                let name = line.split('`').nth(1).filter(|_| line.starts_with("| `"));
                names.extend(name.filter(|_| count == nth));
            }
            (false, true) => {
                (inside, count) = (false, count + 1);
                if count > nth {
                    return names;
                }
            }
            (false, false) => {}
        }
    }
    names
}

#[test]
fn numbers_read_whatever_platforms_write() {
    for (text, expected) in [
        ("4.52", Some(452)),
        ("0", Some(0)),
        ("1200.00", Some(120_000)),
        ("\"1200\"", Some(120_000)),
        ("\" 1.5 \"", Some(150)),
        ("-25.1", Some(-2510)),
        ("\"\"", None),
        ("null", None),
        ("\"  \"", None),
        ("0E-8", Some(0)),
        ("1.2E+2", Some(12_000)),
        ("125E-2", Some(125)),
        ("99999999.000000", Some(9_999_999_900)),
        // More than a binary float holds.
        ("99999999999999.99", Some(9_999_999_999_999_999)),
        ("-99999999999999.99", Some(-9_999_999_999_999_999)),
    ] {
        let read: Amount = serde_json::from_str(text).unwrap();
        assert_eq!(read.0, expected.map(Fen), "{text}");
    }
    for text in [
        "\"4元\"",
        "true",
        "[]",
        "{}",
        "4.525",
        "1e99",
        "\"1,200.00\"",
        "\"--1\"",
        "\"１\"",
        "100000000000000.00",
        "92233720368547758.07",
    ] {
        assert!(serde_json::from_str::<Amount>(text).is_err(), "{text}");
    }
    let written = |value: &str| serde_json::from_str::<Amount>(value).unwrap();
    assert_eq!(
        serde_json::to_string(&[written("\"4.5\""), Amount(None)]).unwrap(),
        "[4.50,null]"
    );
    assert_eq!(
        serde_json::from_str::<Price>("2.000000").unwrap().0,
        Some(UnitPrice::from_fen(200))
    );
    assert_eq!(
        serde_json::from_str::<Price>("0.33333333333333331")
            .unwrap()
            .0,
        Some(UnitPrice(333_333))
    );
    assert_eq!(
        serde_json::from_str::<Count>("1.0").unwrap().0,
        Some(Quantity::whole(1))
    );
    assert_eq!(
        serde_json::from_str::<Ratio>("0.7443331999").unwrap().0,
        Some(Rate(744_333))
    );
}

#[test]
fn texts_read_whatever_platforms_write() {
    let read = |text: &str| Data::<visit::Registered>::read(&Node::parse_text(text).unwrap());
    for text in [
        r#"{"data":{"psn_no":"7","mdtrt_id":"8","ipt_otp_no":"9","exp_content":null}}"#,
        r#"{"data":{"psn_no":7,"mdtrt_id":8,"ipt_otp_no":9,"new_key":[1,{"x":2}]}}"#,
        r#"{"data":[{"psn_no":"7","mdtrt_id":"8","ipt_otp_no":"9"}]}"#,
        r#"{"psn_no":"7","mdtrt_id":"8","ipt_otp_no":"9"}"#,
        r#"{"data":"{\"psn_no\":\"7\",\"mdtrt_id\":\"8\",\"ipt_otp_no\":\"9\"}"}"#,
        r#"[{"psn_no":"7","mdtrt_id":"8","ipt_otp_no":"9"}]"#,
        r#"{"data":{"psn_no":"","psn_no":"7","mdtrt_id":"8","ipt_otp_no":"9","exp_content":"","expContent":""}}"#,
    ] {
        let data = read(text).unwrap().data;
        assert_eq!(
            (&*data.psn_no, &*data.mdtrt_id, &*data.ipt_otp_no),
            ("7", "8", "9"),
            "{text}"
        );
    }
    let nested = read(r#"{"data":{"expContent":{"a":[1.10]}}}"#)
        .unwrap()
        .data;
    assert_eq!(nested.exp_content, r#"{"a":[1.10]}"#);
    assert!(read(r#"{"data":[{},{}]}"#).is_err());
    assert!(read(r#"{"data":true}"#).is_err());
}

#[test]
fn lists_are_read_bare_single_and_under_other_names() {
    for text in [
        r#"{"data":[{"feedetl_sn":"1"}]}"#,
        r#"{"feedetail":{"feedetl_sn":"1"}}"#,
        r#"[{"feedetl_sn":"1"}]"#,
        r#"{"feedetl_sn":"1"}"#,
        r#"{"result":[{"feedetl_sn":"1"},{"feedetl_sn":"","cnt":null}]}"#,
    ] {
        let list = charge::FeeList::read(&Node::parse_text(text).unwrap()).unwrap();
        assert_eq!(list.data.len(), 1, "{text}");
        assert_eq!(list.data[0].feedetl_sn, "1");
    }
}

#[test]
fn deep_nesting_is_refused_not_overflowed() {
    let deep = "[".repeat(100_000) + &"]".repeat(100_000);
    assert!(Node::parse_text(&deep).is_err());
    let objects = r#"{"a":"#.repeat(60) + "1" + &"}".repeat(60);
    assert!(Node::parse_text(&objects).is_err());
}

fn any_node() -> impl Strategy<Value = Node> {
    let leaf = prop_oneof![
        Just(Node::Null),
        any::<bool>().prop_map(Node::Bool),
        any::<i64>().prop_map(|n| Node::Number(n.to_string())),
        ".{0,8}".prop_map(Node::Text),
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        let key = prop_oneof![
            "[a-z]{1,3}",
            Just("setlinfo".to_owned()),
            Just("psn_no".to_owned()),
            Just("data".to_owned())
        ];
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Node::List),
            proptest::collection::vec((key, inner), 0..4).prop_map(Node::Object),
        ]
    })
}

proptest! {
    #[test]
    fn a_tree_survives_writing(node in any_node()) {
        prop_assert_eq!(Node::parse_text(&node.to_string()), Ok(node));
    }

    #[test]
    fn no_tree_breaks_a_reader(node in any_node()) {
        let _ = settle::Settlement::read(&node);
        let _ = person::Person::read(&node);
        let _ = charge::FeeList::read(&node);
        let _ = crate::identities::balance(&node, crate::identities::Options::default());
    }

    #[test]
    fn amounts_survive_writing(fen in -1_000_000_000_000_000_i64..1_000_000_000_000_000) {
        let written = serde_json::to_string(&Amount::from(Fen(fen))).unwrap();
        prop_assert_eq!(serde_json::from_str::<Amount>(&written).unwrap().0, Some(Fen(fen)));
        let text: Amount = serde_json::from_str(&format!("\"{written}\"")).unwrap();
        prop_assert_eq!(text.0, Some(Fen(fen)));
    }
}
