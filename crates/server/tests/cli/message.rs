//! `cunyi message check`, as a process.

use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};

use super::{Folder, cunyi, said};

const GOOD: &str = r#"{"infcode":0,"output":{"setlinfo":{"medfee_sumamt":10,"fund_pay_sumamt":4,
    "psn_part_amt":6,"hosp_part_amt":0,"acct_pay":0,"psn_cash_pay":6,"hifp_pay":4,
    "fulamt_ownpay_amt":0,"overlmt_selfpay":0,"preselfpay_amt":0,"inscp_scp_amt":10}}}"#;
/// 3 of the person's 6 come from the account, inside the fund's total.
const GUANGDONG: &str = r#"{"setlinfo":{"medfee_sumamt":10,"fund_pay_sumamt":7,"psn_part_amt":6,
    "acct_pay":3,"psn_cash_pay":3,"hosp_part_amt":0}}"#;
/// 2 from another's account, beside the person's own.
const MULAID: &str =
    r#"{"setlinfo":{"psn_part_amt":6,"acct_pay":1,"acct_mulaid_pay":2,"psn_cash_pay":3}}"#;
const TEMPLATE: &str = r#"{"infno":"2204","msgid":"${m}","input":{"feedetail":[{"cnt":2,"pric":1.5,
    "det_item_fee_sumamt":3,"psn_no":{{psn_no}}}]}}"#;
/// printf '{"result":null}' | openssl enc -sm4-ecb -K $(printf 0123456789abcdef | xxd -p) -base64
const SEALED: &str = r#"{"infcode":"0","encType":"SM4","output":"dMadgOAoCfa4olg5OrXGaA=="}"#;
const KEY: &str = "0123456789abcdef\n";
const HEX: &str = "30313233343536373839616263646566";

/// A file, its text, options, whether it passes, and what its line says.
const CASES: &[(&str, &str, &[&str], bool, &str)] = &[
    ("good", GOOD, &[], true, "balances (3 identities)"),
    (
        "refused",
        r#"{"infcode":-1,"err_msg":"no"}"#,
        &[],
        true,
        "refused (-1): no",
    ),
    (
        "page",
        "<html>502</html>",
        &[],
        false,
        "unreadable: not JSON",
    ),
    ("guangdong", GUANGDONG, &[], false, "unbalanced"),
    (
        "guangdong",
        GUANGDONG,
        &["--fund-includes-account"],
        true,
        "balances",
    ),
    ("mulaid", MULAID, &[], false, "unbalanced"),
    (
        "mulaid",
        MULAID,
        &["--mulaid-inside-account=false"],
        true,
        "balances",
    ),
    ("template", TEMPLATE, &[], true, "template of request 2204"),
    (
        "sealed",
        SEALED,
        &[],
        false,
        "encrypted, and no key was given",
    ),
    ("sealed", SEALED, &["--sm4-key=KEY"], true, "reply; "),
    ("sealed", SEALED, &["--sm4-key=HEX"], true, "reply; "),
    (
        "sealed",
        SEALED,
        &["--sm4-key=OTHER"],
        false,
        "the key does not open it",
    ),
    (
        "sealed",
        SEALED,
        &["--sm4-key=SHORT"],
        false,
        "32 hexadecimal digits",
    ),
    ("sealed", SEALED, &["--sm4-key=NONE"], false, "--sm4-key"),
];

#[test]
fn a_message_is_checked_by_its_exit_code() {
    let folder = Folder::new("message");
    let at = |name: &str| folder.0.join(name).display().to_string();
    for (name, text) in [
        ("KEY", KEY),
        ("HEX", HEX),
        ("OTHER", "fedcba9876543210"),
        ("SHORT", "0"),
    ] {
        std::fs::write(at(name), text).expect("written");
    }
    for (name, text, options, holds, line) in CASES {
        std::fs::write(at(name), text).expect("written");
        let file = at(name);
        let mut arguments = vec!["message", "check", &file];
        let options: Vec<String> = options
            .iter()
            .map(|option| match option.split_once("key=") {
                Some((flag, name)) => format!("{flag}key={}", at(name)),
                None => (*option).to_owned(),
            })
            .collect();
        arguments.extend(options.iter().map(String::as_str));
        let output = cunyi(&arguments);
        assert_eq!(
            output.status.success(),
            *holds,
            "{arguments:?}: {}",
            said(&output)
        );
        assert!(
            said(&output).contains(line),
            "{arguments:?}: {}",
            said(&output)
        );
    }
}

#[test]
fn each_file_gets_its_line_and_one_bad_file_fails_them_all() {
    let folder = Folder::new("messages");
    let at = |name: &str| folder.0.join(name).display().to_string();
    std::fs::write(at("a"), GOOD).expect("written");
    std::fs::write(at("b"), TEMPLATE.replace("1.5", "1.6")).expect("written");
    let (a, b, gone, dir) = (at("a"), at("b"), at("gone"), at("."));
    let output = cunyi(&["message", "check", &a, &b, &gone, &dir, &a]);
    assert!(!output.status.success());
    let text = said(&output);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 5, "{text}");
    for (line, (file, says)) in lines.iter().zip([
        (&a, "balances"),
        (&b, "unbalanced"),
        (&gone, "unreadable: "),
        (&dir, "unreadable: "),
        (&a, "balances"),
    ]) {
        assert!(
            line.starts_with(&format!("{file}: ")) && line.contains(says),
            "{line}"
        );
    }
    assert!(cunyi(&["message", "check", &a, &a]).status.success());
}

#[test]
fn a_file_too_large_for_a_message_is_not_read_to_its_end() {
    let folder = Folder::new("large");
    let path = folder.0.join("log");
    let file = std::fs::File::create(&path).expect("made");
    file.set_len(1 << 40).expect("sparse");
    let output = cunyi(&["message", "check", path.to_str().expect("utf-8")]);
    assert!(!output.status.success());
    assert!(
        said(&output).contains("larger than 64 MB"),
        "{}",
        said(&output)
    );
}

#[test]
fn a_reader_who_leaves_is_no_panic() {
    let folder = Folder::new("pipe");
    let path = folder.0.join("a");
    std::fs::write(&path, GOOD).expect("written");
    let mut command = Command::new(env!("CARGO_BIN_EXE_cunyi"));
    command.args(["message", "check"]);
    // More lines than a pipe holds.
    command.args(std::iter::repeat_n(&path, 5000));
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("starts");
    drop(child.stdout.take());
    let mut errors = String::new();
    let stderr = child.stderr.as_mut().expect("piped");
    stderr.read_to_string(&mut errors).expect("read");
    assert!(!child.wait().expect("ends").success());
    assert_eq!(errors, "");
}

#[test]
fn the_published_messages_pass_and_a_fen_does_not() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/examples/nhsa");
    let Ok(entries) = std::fs::read_dir(&folder) else {
        println!("SKIPPED: {} is not there", folder.display());
        return;
    };
    let paths: Vec<String> = entries
        .map(|entry| entry.expect("read").path())
        .filter(|path| path.extension().is_some_and(|e| e == "json"))
        .map(|path| path.display().to_string())
        .collect();
    let mut arguments = vec!["message", "check"];
    arguments.extend(paths.iter().map(String::as_str));
    let output = cunyi(&arguments);
    assert!(output.status.success(), "{}", said(&output));
    assert_eq!(said(&output).lines().count(), paths.len());

    let text = std::fs::read_to_string(folder.join("resp_2206_nt1.json")).expect("read");
    let own = Folder::new("fen");
    let file = own.0.join("fen.json").display().to_string();
    std::fs::write(
        &file,
        text.replace("\"acct_pay\": 4.52", "\"acct_pay\": 4.53"),
    )
    .expect("written");
    assert!(!cunyi(&["message", "check", &file]).status.success());
}
