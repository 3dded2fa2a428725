use proptest::prelude::*;

use super::*;
use examples::examples;

#[path = "check_examples.rs"]
pub(crate) mod examples;
#[path = "check_fen.rs"]
mod fen;
#[path = "check_forms.rs"]
mod forms;

fn run(text: impl AsRef<[u8]>) -> Verdict {
    check(text.as_ref(), &CheckOptions::default())
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
        "request 3201 医药机构费用结算对总账",
        "all known; no money",
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
        "template of request 3301 目录对照上传",
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

/// One small change to a text.
fn mutated(text: &str, at: usize, kind: u8, sign: char) -> String {
    let mut signs: Vec<char> = text.chars().collect();
    let at = at % signs.len();
    match kind {
        0 => {
            signs.remove(at);
        }
        1 => signs.insert(at, sign),
        2 => signs[at] = sign,
        _ => signs.truncate(at),
    }
    signs.into_iter().collect()
}

proptest! {
    #[test]
    fn a_changed_message_gets_one_line(
        at in any::<usize>(),
        kind in 0..4_u8,
        sign in r#"[{}\[\]":,\\0$#<%@&医\n ]"#,
        second in any::<usize>(),
    ) {
        let sign = sign.chars().next().unwrap();
        let own = fen::SHAPES.iter().map(|(_, _, text)| *text);
        let texts: Vec<&str> = own.chain(forms::FILES.iter().map(|(text, _, _)| *text)).collect();
        let text = texts[second % texts.len()];
        if !text.is_empty() {
            let once = mutated(text, at, kind, sign);
            prop_assert!(!run(&once).line.contains('\n'));
            if !once.is_empty() {
                prop_assert!(!run(mutated(&once, second, kind / 2, sign)).line.contains('\n'));
            }
        }
    }

    #[test]
    fn hostile_bytes_get_one_line(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(!run(&bytes).line.contains('\n'));
    }

    #[test]
    fn hostile_texts_get_one_line(text in r#"(\{|\}|\[|\]|"|:|,|infcode|output|setlinfo|\$\{|0|\\|&quot;|医|\n){0,60}"#) {
        prop_assert!(!run(&text).line.contains('\n'));
    }
}
