//! A fen changed in any amount that stands in an identity is noticed. Which amounts those are is
//! found here from the text of nhsa-interface §4 alone, not by the code under test.

use super::examples::examples;
use super::*;

/// The operands of each identity of §4 that must all say something; `|` names alternatives, a `?`
/// one that may be silent.
const IDENTITIES: &[&str] = &[
    // §4.1
    "det_item_fee_sumamt fulamt_ownpay_amt overlmt_amt preselfpay_amt inscp_scp_amt",
    "det_item_fee_sumamt pric cnt",
    // §4.2 1-4 and the fallback of 2
    "medfee_sumamt fulamt_ownpay_amt overlmt_selfpay preselfpay_amt inscp_scp_amt",
    "medfee_sumamt fund_pay_sumamt psn_part_amt hosp_part_amt|ownpay_hosp_part?",
    "medfee_sumamt fund_pay_sumamt acct_pay psn_cash_pay|pdn_cash_pay hosp_part_amt|ownpay_hosp_part? !psn_part_amt",
    "psn_part_amt acct_pay psn_cash_pay|pdn_cash_pay",
    "fund_pay_sumamt hifp_pay cvlserv_pay hifes_pay hifmi_pay hifob_pay maf_pay oth_pay hifdm_pay?",
    // §4.2 5
    "setldetail fund_pay_sumamt acct_pay hosp_part_amt|ownpay_hosp_part?",
    // §4.2 7
    "psn_pay acct_pay cash_payamt|cashPayamt",
];

fn says(node: &Node, field: &str) -> bool {
    match node.get(field) {
        Some(Node::Text(text)) => !text.is_empty() && !text.contains("${"),
        Some(Node::Number(_)) => true,
        _ => false,
    }
}

/// The amounts of an object that stand in an identity.
fn standing(node: &Node, details: &[Node]) -> Vec<String> {
    let mut names = Vec::new();
    for identity in IDENTITIES {
        let mut operands = Vec::new();
        let all = identity.split(' ').all(|operand| {
            let may = operand.ends_with('?');
            let spellings = operand.trim_end_matches('?').split('|');
            if operand == "setldetail" {
                return !details.is_empty() && details.iter().all(|row| says(row, "fund_payamt"));
            }
            if let Some(not) = operand.strip_prefix('!') {
                return !says(node, not);
            }
            let found = spellings.clone().find(|name| says(node, name));
            operands.extend(found.map(str::to_owned));
            found.is_some() || may
        });
        if all {
            names.extend(operands);
        }
    }
    names.retain(|name| name != "cnt");
    names
}

/// Every copy of a tree with one of the standing amounts changed by `fen`.
fn changed(node: &Node, parent: &Node, fen: i64) -> Vec<(String, Node)> {
    let mut copies = Vec::new();
    let details = node.get("setldetail").or_else(|| parent.get("setldetail"));
    let details = details.map_or(&[][..], Node::items);
    let names = standing(node, details);
    let rows_stand = details.iter().all(|row| says(row, "fund_payamt"))
        && says(node, "fund_pay_sumamt")
        && says(node, "acct_pay");
    match node {
        Node::Object(pairs) => {
            for (at, (key, value)) in pairs.iter().enumerate() {
                let inside = if names.contains(key) {
                    vec![(key.clone(), plus(value, fen))]
                } else if key == "setldetail" && (rows_stand || pairs.iter().any(|(_, v)| books(v)))
                {
                    rows(value, fen)
                } else {
                    changed(value, node, fen)
                };
                copies.extend(inside.into_iter().map(|(name, value)| {
                    let mut copy = pairs.clone();
                    copy[at].1 = value;
                    (name, Node::Object(copy))
                }));
            }
        }
        Node::List(items) => {
            for (at, item) in items.iter().enumerate() {
                let of = if items.len() == 1 { parent } else { node };
                copies.extend(changed(item, of, fen).into_iter().map(|(name, item)| {
                    let mut copy = items.clone();
                    copy[at] = item;
                    (name, Node::List(copy))
                }));
            }
        }
        _ => {}
    }
    copies
}

/// True for a settlement whose payers the rows beside it must add up to.
fn books(node: &Node) -> bool {
    node.items()
        .iter()
        .any(|one| says(one, "fund_pay_sumamt") && says(one, "acct_pay"))
}

fn rows(details: &Node, fen: i64) -> Vec<(String, Node)> {
    let items = details.items();
    let copies = (0..items.len()).filter(|at| says(&items[*at], "fund_payamt"));
    copies
        .map(|at| {
            let mut copy = items.to_vec();
            let Node::Object(pairs) = &mut copy[at] else {
                panic!("a row is an object");
            };
            for (_, value) in pairs.iter_mut().filter(|(key, _)| key == "fund_payamt") {
                *value = plus(value, fen);
            }
            (format!("fund_payamt {at}"), Node::List(copy))
        })
        .collect()
}

fn plus(value: &Node, fen: i64) -> Node {
    let text = value.scalar().unwrap();
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = format!("{whole}{fraction:0<2}");
    let (kept, rest) = digits.split_at(whole.len() + 2);
    assert!(rest.bytes().all(|b| b == b'0'), "{text} is no amount");
    let sum = kept.parse::<i64>().unwrap() + fen;
    let sign = if sum < 0 { "-" } else { "" };
    let text = format!("{sign}{}.{:02}", sum.abs() / 100, sum.abs() % 100);
    match value {
        Node::Text(_) => Node::Text(text),
        _ => Node::Number(text),
    }
}

/// Shapes that other regions and the hospital's transactions have; the figures are ours.
pub(super) const SHAPES: &[(&str, usize, &str)] = &[
    (
        "2303, the hospital pays a part",
        24,
        r#"{"infcode":0,"output":{"setlinfo":{"psn_pay":31.5,"cashPayamt":30,"hifdm_pay":0,"medfee_sumamt":100,
            "fulamt_ownpay_amt":10,"overlmt_selfpay":5.25,"preselfpay_amt":4.75,"inscp_scp_amt":80,"fund_pay_sumamt":66,
            "hifp_pay":60,"cvlserv_pay":0,"hifes_pay":0,"hifmi_pay":6,"hifob_pay":0,"maf_pay":0,"oth_pay":0.0,"acct_pay":1.5,
            "psn_cash_pay":30,"psn_part_amt":31.5,"hosp_part_amt":2.5,"ownpay_hosp_part":0,"setl_id":null},
            "setldetail":[{"fund_pay_type":"390101","fund_payamt":60},{"fund_pay_type":"390200","fund_payamt":6},
            {"fund_pay_type":"999996","fund_payamt":2.5},{"fund_pay_type":"310201","fund_payamt":1.5}]}}"#,
    ),
    (
        "2304, the details say nothing",
        16,
        r#"{"infcode":"0","output":{"setlinfo":{"medfee_sumamt":"100.00","fulamt_ownpay_amt":"20","overlmt_selfpay":"0",
            "preselfpay_amt":"0.00","inscp_scp_amt":"80","fund_pay_sumamt":"66.60","hifp_pay":"66.60","cvlserv_pay":"0",
            "hifes_pay":"0","hifmi_pay":"0","hifob_pay":"0","maf_pay":"0","oth_pay":"0","acct_pay":"0","psn_cash_pay":"33.40",
            "psn_part_amt":"33.40","hosp_part_amt":""},
            "setldetail":[{"fund_pay_type":"","inscp_scp_amt":"","fund_payamt":"","setl_proc_info":""}]}}"#,
    ),
    (
        "2301",
        12,
        r#"{"infcode":0,"output":{"result":[
            {"feedetl_sn":"1","det_item_fee_sumamt":31.5,"cnt":9.0,"pric":3.5,"fulamt_ownpay_amt":0,"overlmt_amt":0.0,
             "preselfpay_amt":3.15,"inscp_scp_amt":28.35,"selfpay_prop":0.1,"pric_uplmt_amt":999999},
            {"feedetl_sn":"2","det_item_fee_sumamt":1.5,"cnt":1.0,"pric":1.5,"fulamt_ownpay_amt":1.5,"overlmt_amt":0.0,
             "preselfpay_amt":0.0,"inscp_scp_amt":0.0,"selfpay_prop":1,"pric_uplmt_amt":99999999.000000}]}}"#,
    ),
    (
        "5203, without the total of the fund's parts",
        8,
        r#"{"infcode":0,"output":{"setlinfo":{"medfee_sumamt":10,"fulamt_ownpay_amt":1,"overlmt_selfpay":0,"preselfpay_amt":1,
            "inscp_scp_amt":8,"psn_pay":4,"acct_pay":1,"cash_payamt":3}}}"#,
    ),
    (
        "5203, the details say what the hospital pays",
        7,
        r#"{"setlinfo":{"medfee_sumamt":10,"fund_pay_sumamt":5,"psn_pay":4,"acct_pay":1,"cash_payamt":3},
            "setldetail":[{"fund_pay_type":"390101","fund_payamt":5},{"fund_pay_type":"310201","fund_payamt":1},
            {"fund_pay_type":"999996","fund_payamt":1}]}"#,
    ),
    (
        "Hainan: the total under another name",
        8,
        r#"{"output":{"setlinfo":{"med_fee_sumamt":10,"fund_pay_sumamt":0.00,"hifp_pay":0,"cvlserv_pay":0,"hifes_pay":0,
            "hifmi_pay":0,"hifob_pay":0,"maf_pay":0,"oth_pay":0,"acct_pay":0,"psn_part_amt":0,"psnCash_pay":0}},"infcode":"0"}"#,
    ),
    (
        "a template with amounts",
        4,
        r#"{"infno":"2204","msgid":"${m}","input":{"feedetail":[
            {"det_item_fee_sumamt":"${sum}","cnt":1,"pric":"${pric}"},
            {"det_item_fee_sumamt":"6.00","cnt":"2","pric":"3"},{"det_item_fee_sumamt":3,"cnt":1.5,"pric":2}]}}"#,
    ),
];

fn each_fen_is_noticed(name: &str, text: &str) -> usize {
    let verdict = run(text);
    assert!(verdict.ok, "{name}: {}", verdict.line);
    let node = Node::parse_text(text).unwrap();
    let (up, down) = (
        changed(&node, &Node::Null, 1),
        changed(&node, &Node::Null, -1),
    );
    let count = up.len();
    for (field, copy) in up.into_iter().chain(down) {
        let verdict = run(copy.to_string());
        assert!(!verdict.ok, "{name}, {field}: {} in {copy}", verdict.line);
        assert!(verdict.line.contains("unbalanced: "), "{}", verdict.line);
    }
    count
}

#[test]
fn a_fen_anywhere_in_an_identity_is_noticed() {
    for (name, count, text) in SHAPES {
        assert_eq!(each_fen_is_noticed(name, text), *count, "{name}");
        // The same with its node written as text.
        let wrapped = format!(
            r#"{{"infcode":0,"output":{}}}"#,
            Node::Text((*text).to_owned())
        );
        assert!(
            run(&wrapped).line.contains("balances"),
            "{}",
            run(&wrapped).line
        );
    }
}

#[test]
fn a_fen_anywhere_in_a_published_message_is_noticed() {
    let Some(examples) = examples() else { return };
    let counts: Vec<(&str, usize)> = examples
        .iter()
        .map(|(name, bytes)| {
            let text = std::str::from_utf8(bytes).unwrap();
            (name.as_str(), each_fen_is_noticed(name, text))
        })
        .filter(|(_, count)| *count > 0)
        .collect();
    let expected = [
        ("req_2204_zj", 2),
        ("req_2207A_zj", 5),
        ("resp_2204_shape_json1", 12),
        ("resp_2206_nt1", 18),
        ("resp_2208_nt1", 16),
        ("resp_2305_nt1", 21),
    ];
    assert_eq!(counts, expected);
}
