use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::*;

fn run(text: impl AsRef<[u8]>) -> Verdict {
    check(text.as_ref(), &CheckOptions::default())
}

/// The published messages, or nothing with a word where they are missing.
fn examples() -> Option<BTreeMap<String, Vec<u8>>> {
    let folder: PathBuf =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/examples/nhsa");
    let Ok(entries) = std::fs::read_dir(&folder) else {
        println!("SKIPPED: {} is not there", folder.display());
        return None;
    };
    let json = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "json"));
    let read = |path: PathBuf| {
        (
            path.file_stem().unwrap().to_string_lossy().into_owned(),
            std::fs::read(path).unwrap(),
        )
    };
    Some(json.map(read).collect())
}

/// What each published message is and how it ends.
const PUBLISHED: &[(&str, &str, &str)] = &[
    (
        "req_1101_zj",
        "request 1101 人员基本信息获取",
        "all known; no money",
    ),
    (
        "req_2204_zj",
        "request 2204 ",
        "all known; balances (1 identity)",
    ),
    (
        "req_2207A_zj",
        "request 2207A ",
        "all known; balances (1 identity)",
    ),
    ("req_2601_zj", "request 2601 ", "all known; no money"),
    (
        "req_3201_zj",
        "request 3201 (not supported)",
        "data.setl_optins, data.stmt_begndate, data.stmt_enddate; no money",
    ),
    ("resp_1101_nt1", "reply like 1101 ", "all known; no money"),
    (
        "resp_1101_output_jiangsu",
        "only output of 1101 ",
        "all known; no money",
    ),
    (
        "resp_1162_nt1",
        "reply, refused (500159): 请使用医保电子凭证二维码",
        "not known: code, success; no money",
    ),
    ("resp_2201_nt1", "reply like 2201 ", "all known; no money"),
    ("resp_2201_zj", "reply like 2201 ", "all known; no money"),
    ("resp_2202_zj", "reply; ", "all known; no money"),
    ("resp_2203A_nt1", "reply; ", "all known; no money"),
    (
        "resp_2204_shape_json1",
        "reply like 2204 ",
        "all known; balances (6 identities)",
    ),
    (
        "resp_2206_nt1",
        "reply like 2206 门诊预结算",
        "all known; balances (5 identities)",
    ),
    (
        "resp_2208_nt1",
        "reply like 2208 门诊结算撤销",
        "all known; balances (4 identities)",
    ),
    (
        "resp_2305_nt1",
        "reply like 2208 ",
        "balances (6 identities)",
    ),
    (
        "resp_2601_error_already_refunded_zj",
        "reply, refused (-1): FSI-调用业务基础子系统冲正失败",
        "no money",
    ),
    (
        "resp_3103_fujian2026_error",
        "reply, refused (-1): 就诊凭证编号不能为空",
        "not known: appname, mid; no money",
    ),
    (
        "resp_3201_error_wrong_path_zj",
        "reply, refused (-1): FSI-FSI-交易报文不正确",
        "all known; no money",
    ),
    (
        "resp_9001_zj",
        "reply like 9001 签到",
        "all known; no money",
    ),
    (
        "tmpl_3301_shenzhen",
        "template of request 3301 (not supported)",
        "",
    ),
    (
        "tmpl_3505_shenzhen",
        "template of request 3505 (not supported)",
        "",
    ),
];

#[test]
fn every_published_message_is_read_and_named() {
    let Some(examples) = examples() else { return };
    assert_eq!(examples.len(), PUBLISHED.len());
    for (name, start, end) in PUBLISHED {
        let verdict = run(&examples[*name]);
        assert!(verdict.ok, "{name}: {}", verdict.line);
        assert!(verdict.line.starts_with(start), "{name}: {}", verdict.line);
        assert!(verdict.line.ends_with(end), "{name}: {}", verdict.line);
        assert!(!verdict.line.contains('\n'));
    }
    let inpatient = run(&examples["resp_2305_nt1"]).line;
    for field in [
        "setlinfo.othfund_pay",
        "setlinfo.cashPayamt",
        "setlinfo.crt_dedc",
    ] {
        assert!(inpatient.contains(field), "{inpatient}");
    }
}

const SETTLEMENT: &str = "medfee_sumamt fulamt_ownpay_amt overlmt_selfpay preselfpay_amt inscp_scp_amt \
    fund_pay_sumamt acct_pay psn_cash_pay hifp_pay cvlserv_pay hifes_pay hifmi_pay hifob_pay maf_pay \
    oth_pay setldetail.fund_payamt";

/// The amounts of each published message that stand in an identity, with §4.2's fallbacks.
const STANDING: &[(&str, &str, &str)] = &[
    ("req_2204_zj", "det_item_fee_sumamt pric", ""),
    (
        "req_2207A_zj",
        "medfee_sumamt fulamt_ownpay_amt overlmt_selfpay preselfpay_amt inscp_scp_amt",
        "",
    ),
    (
        "resp_2204_shape_json1",
        "det_item_fee_sumamt pric fulamt_ownpay_amt overlmt_amt preselfpay_amt inscp_scp_amt",
        "",
    ),
    ("resp_2206_nt1", SETTLEMENT, "psn_part_amt hosp_part_amt"),
    ("resp_2208_nt1", SETTLEMENT, ""),
    (
        "resp_2305_nt1",
        SETTLEMENT,
        "hifdm_pay ownpay_hosp_part psn_pay",
    ),
];

/// Every copy of a tree with one of the named amounts changed by `fen`.
fn changed(node: &Node, names: &[&str], fen: i64, parent: &str) -> Vec<Node> {
    match node {
        Node::List(items) => (0..items.len())
            .flat_map(|i| {
                changed(&items[i], names, fen, parent)
                    .into_iter()
                    .map(move |item| (i, item))
            })
            .map(|(i, item)| {
                let mut copy = items.clone();
                copy[i] = item;
                Node::List(copy)
            })
            .collect(),
        Node::Object(pairs) => {
            let mut copies = Vec::new();
            for (i, (key, value)) in pairs.iter().enumerate() {
                let name = if parent == "setldetail" {
                    format!("setldetail.{key}")
                } else {
                    key.clone()
                };
                let amount = serde_json::from_str::<crate::Amount>(&value.to_string())
                    .ok()
                    .and_then(|a| a.0);
                let values = match amount.filter(|_| names.contains(&name.as_str())) {
                    Some(amount) => {
                        let text = cunyi_domain::money::Fen(amount.0 + fen).to_string();
                        vec![if matches!(value, Node::Text(_)) {
                            Node::Text(text)
                        } else {
                            Node::Number(text)
                        }]
                    }
                    None => changed(value, names, fen, key),
                };
                copies.extend(values.into_iter().map(|value| {
                    let mut copy = pairs.clone();
                    copy[i].1 = value;
                    Node::Object(copy)
                }));
            }
            copies
        }
        _ => Vec::new(),
    }
}

#[test]
fn a_fen_anywhere_in_an_identity_is_noticed() {
    let Some(examples) = examples() else { return };
    let mut tried = 0;
    for (name, names, more) in STANDING {
        let names: Vec<&str> = names
            .split_whitespace()
            .chain(more.split_whitespace())
            .collect();
        let node = Node::parse(&examples[*name]).unwrap();
        for fen in [1, -1] {
            let copies = changed(&node, &names, fen, "");
            assert!(
                copies.len() >= names.len(),
                "{name}: {} of {names:?}",
                copies.len()
            );
            for copy in copies {
                let verdict = run(copy.to_string());
                assert!(!verdict.ok, "{name}: {} in {copy}", verdict.line);
                assert!(verdict.line.contains("unbalanced: "), "{}", verdict.line);
                tried += 1;
            }
        }
    }
    assert!(tried > 100, "{tried}");
}

#[test]
fn a_message_cut_anywhere_is_not_ok() {
    let Some(examples) = examples() else { return };
    for (name, bytes) in &examples {
        let text = std::str::from_utf8(bytes).unwrap().trim_end();
        for end in (0..text.len())
            .step_by(7)
            .filter(|end| text.is_char_boundary(*end))
        {
            let verdict = run(&text[..end]);
            assert!(!verdict.ok, "{name} cut at {end}: {}", verdict.line);
        }
    }
}

const REPLY: &str =
    r#"{"infcode":0,"output":{"data":{"psn_no":"1","mdtrt_id":"2","ipt_otp_no":"3"}}}"#;

#[test]
fn messages_are_found_wherever_they_stand() {
    let escaped = serde_json::to_string(REPLY).unwrap();
    for (name, text) in [
        ("whole", REPLY.to_owned()),
        ("with a byte order mark", format!("\u{FEFF}{REPLY}")),
        ("in a log line", format!("2026-06-12 09:22:36 [main] {{traceId=7}} 出参：{REPLY} 耗时 4 ms")),
        ("in a page", format!("<pre>{}</pre>", REPLY.replace('"', "&quot;"))),
        ("as a string", escaped.clone()),
        ("as a string in a wrapper", format!(r#"{{"level":"info","body":{escaped}}}"#)),
        ("escaped in a log line", format!("reply: {}", REPLY.replace('"', "\\\""))),
        ("wrapped", format!(r#"{{"code":0,"msg":"成功","body":{{"reply":{REPLY}}}}}"#)),
        ("output as text", r#"{"infcode":"0","output":"{\"data\":{\"psn_no\":\"1\",\"mdtrt_id\":\"2\",\"ipt_otp_no\":\"3\"}}"}"#.to_owned()),
    ] {
        let verdict = run(&text);
        assert!(verdict.ok && verdict.line.starts_with("reply like 2201 "), "{name}: {}", verdict.line);
        assert!(verdict.line.ends_with("all known; no money"), "{name}: {}", verdict.line);
    }
    let two = run(format!(
        "入参 {{\"infno\":\"2202\",\"msgid\":\"1\",\"input\":{{}}}}\n出参 {REPLY}"
    ));
    assert!(two.ok, "{}", two.line);
    assert!(
        two.line.starts_with("request 2202 ") && two.line.contains(" | reply like 2201 "),
        "{}",
        two.line
    );
}

/// A file, whether it is all right, and what its line says.
const FILES: &[(&str, bool, &str)] = &[
    // Readable.
    (
        r#"{"setlinfo":{"medfee_sumamt":1,"psn_cash_pay":1,"setl_id":"9"}}"#,
        true,
        "only output of 2207 ",
    ),
    (
        r#"{"feedetail":[{"feedetl_sn":"1","cnt":"1","pric":"2","det_item_fee_sumamt":"2","rx_circ_flag":"0"}]}"#,
        true,
        "balances (1 identity)",
    ),
    (
        r#"{"stmtinfo":{"stmt_rslt":"000000","setl_optins":"990001"}}"#,
        true,
        "only a node (not supported)",
    ),
    (
        r#"{"infcode":0,"output":{"stmtinfo":{"stmt_rslt":"000000"}}}"#,
        true,
        "not known: stmtinfo.stmt_rslt",
    ),
    (
        r#"[{"cum_type_code":"F0000","cum":"12.00"}]"#,
        true,
        "only output of 5206 ",
    ),
    (
        r#"{"code":0,"type":"success","message":"成功","data":{"ecToken":"x","idNo":"y"}}"#,
        true,
        "no money",
    ),
    (
        r#"{"code":"999","msg":"人员不存在"}"#,
        true,
        "refused (999): 人员不存在",
    ),
    (
        r#"{"infcode":"1","err_msg":null,"output":{"baseinfo":{"psn_no":"1"}}}"#,
        true,
        "refused (1)",
    ),
    (
        r#"{"infcode":0,"output":"${output}"}"#,
        true,
        "template of reply",
    ),
    (
        r#"{"infno":"2206","msgid":"${m}","input":{"data":{"medfee_sumamt":${sum}}}}"#,
        true,
        "template of request 2206 ",
    ),
    // Not.
    (
        r#"{"infcode":0,"output":{"setlinfo":{"medfee_sumamt":"一","fund_pay_sumamt":1}}}"#,
        false,
        "medfee_sumamt is not a number",
    ),
    (
        r#"{"infcode":-1,"output":{"medfee_sumamt":2,"psn_part_amt":1,"fund_pay_sumamt":0}}"#,
        false,
        "unbalanced",
    ),
    (
        r#"{"infcode":"OK","output":{}}"#,
        false,
        "unreadable: infcode",
    ),
    (
        r#"{"infcode":0,"output":"q83vEjRWeJCrze8SNFZ4kA=="}"#,
        false,
        "encrypted, and no key was given",
    ),
    (
        r#"{"infno":"1101","msgid":"1","input":"q83vEjRWeJCrze8SNFZ4kA=="}"#,
        false,
        "encrypted",
    ),
    (
        r#"{"infno":"1101","msgid":"1","input":"!"}"#,
        false,
        "unreadable",
    ),
    ("{}", false, "not a message"),
    ("[]", false, "not a message"),
    ("null", false, "not a message"),
    ("\"医保\"", false, "not a message"),
    (r#"{"name":"x","data":[1,2]}"#, false, "not a message"),
    ("", false, "unreadable: it ends in the middle"),
    ("<html></html>", false, "unreadable: not JSON"),
    (
        r#"{"infcode":0,"output":{"data":{"psn_no":"1"}},}"#,
        false,
        "unreadable: not JSON",
    ),
];

#[test]
fn what_a_file_may_be() {
    for &(text, ok, expected) in FILES {
        let verdict = run(text);
        assert_eq!(verdict.ok, ok, "{text}: {}", verdict.line);
        assert!(verdict.line.contains(expected), "{text}: {}", verdict.line);
    }
    // 成功 in GBK.
    assert_eq!(
        run(b"{\"infcode\":0,\"err_msg\":\"\xB3\xC9\xB9\xA6\"}").line,
        "unreadable: not UTF-8"
    );
}

#[test]
fn region_options_decide() {
    let outside = r#"{"setlinfo":{"medfee_sumamt":4,"psn_part_amt":4,"acct_pay":1,"acct_mulaid_pay":2,"psn_cash_pay":1}}"#;
    assert!(!run(outside).ok);
    let identities = Options {
        mulaid_inside_account: false,
        ..Options::default()
    };
    assert!(
        check(
            outside.as_bytes(),
            &CheckOptions {
                identities,
                key: None
            }
        )
        .ok
    );
}

#[test]
fn a_key_opens_what_is_encrypted() {
    // printf '{"result":null}' | openssl enc -sm4-ecb -K $(printf 0123456789abcdef | xxd -p) -base64
    let sealed = r#"{"infcode":"0","output":"dMadgOAoCfa4olg5OrXGaA=="}"#;
    let with = |key: &str| {
        let key = Key::new(key);
        check(
            sealed.as_bytes(),
            &CheckOptions {
                key,
                ..CheckOptions::default()
            },
        )
    };
    let opened = with("0123456789abcdef");
    assert!(opened.ok, "{}", opened.line);
    assert!(opened.line.contains("no money"), "{}", opened.line);
    assert!(
        with("fedcba9876543210")
            .line
            .contains("the key does not open it")
    );
    assert_eq!(Key::new("short"), None);
}

proptest! {
    #[test]
    fn hostile_bytes_get_one_line(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(!run(&bytes).line.contains('\n'));
    }

    #[test]
    fn hostile_texts_get_one_line(text in r#"(\{|\}|\[|\]|"|:|,|infcode|output|setlinfo|\$\{|0|\\|&quot;|医|\n){0,60}"#) {
        prop_assert!(!run(&text).line.contains('\n'));
    }
}
