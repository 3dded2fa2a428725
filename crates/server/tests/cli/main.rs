//! The command line, as a process.

use std::io::{BufRead, BufReader};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use cunyi_db::{Db, DbError, Durability, Target};

fn cunyi(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cunyi"));
    command
        .args(arguments)
        .env_remove("CARGO_PKG_NAME")
        .output()
        .expect("runs")
}

fn said(output: &Output) -> String {
    let parts = [&output.stdout, &output.stderr];
    parts
        .iter()
        .map(|part| String::from_utf8_lossy(part).into_owned())
        .collect()
}

/// A folder of its own, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("cunyi-cli-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("made");
        Self(path)
    }
    fn text(&self) -> &str {
        self.0.to_str().expect("utf-8")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _gone = std::fs::remove_dir_all(&self.0);
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .expect("a port")
        .local_addr()
        .expect("bound")
        .port()
}

#[test]
fn bare_it_prints_its_help() {
    let output = cunyi(&[]);
    assert!(output.status.success() && said(&output).contains("demo"));
}

#[test]
fn the_demo_refuses_what_is_not_its_own() {
    let folder = Folder::new("foreign");
    std::fs::write(folder.0.join("letters.txt"), "mine").expect("written");
    let output = cunyi(&["demo", "--fresh", "--data", folder.text()]);
    assert!(
        !output.status.success() && said(&output).contains("拒绝"),
        "{}",
        said(&output)
    );
    assert!(folder.0.join("letters.txt").exists());

    let output = cunyi(&["demo", "--address", "0.0.0.0", "--data", folder.text()]);
    assert!(
        !output.status.success() && said(&output).contains("loopback"),
        "{}",
        said(&output)
    );

    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("bound").port().to_string();
    let output = cunyi(&["demo", "--clinic-port", &port, "--data", folder.text()]);
    assert!(
        !output.status.success() && said(&output).contains("占用"),
        "{}",
        said(&output)
    );
}

#[test]
fn a_message_is_checked_by_its_exit_code() {
    let folder = Folder::new("message");
    let good = r#"{"infcode":0,"output":{"setlinfo":{"medfee_sumamt":10,"fund_pay_sumamt":4,
        "psn_part_amt":6,"hosp_part_amt":0,"acct_pay":0,"psn_cash_pay":6,"hifp_pay":4,
        "fulamt_ownpay_amt":0,"overlmt_selfpay":0,"preselfpay_amt":0,"inscp_scp_amt":10}}}"#;
    for (name, text, holds) in [
        ("good.json", good.to_owned(), true),
        (
            "fen.json",
            good.replace("\"psn_cash_pay\":6", "\"psn_cash_pay\":6.01"),
            false,
        ),
        (
            "refused.json",
            r#"{"infcode":-1,"err_msg":"该人员不存在"}"#.to_owned(),
            true,
        ),
        ("page.json", "<html>502</html>".to_owned(), false),
    ] {
        let file = folder.0.join(name);
        std::fs::write(&file, text).expect("written");
        let output = cunyi(&["message", "check", file.to_str().expect("utf-8")]);
        assert_eq!(output.status.success(), holds, "{name}: {}", said(&output));
    }
}

/// Starts the demo, waits until it serves, ends it by SIGTERM.
fn run_demo_once(folder: &Path, fresh: bool) {
    let (clinic, centre) = (free_port(), free_port());
    let mut command = Command::new(env!("CARGO_BIN_EXE_cunyi"));
    command.args(["demo", "--data"]).arg(folder);
    command.args([
        "--clinic-port",
        &clinic.to_string(),
        "--centre-port",
        &centre.to_string(),
    ]);
    if fresh {
        command.arg("--fresh");
    }
    let mut child = command.stdout(Stdio::piped()).spawn().expect("starts");
    let out = child.stdout.take().expect("piped");
    let mut lines = BufReader::new(out).lines().map_while(Result::ok);
    assert!(
        lines.any(|line| line.contains("Ctrl-C")),
        "the demo ended before it was ready"
    );
    assert!(
        TcpStream::connect(("127.0.0.1", centre)).is_ok(),
        "the centre listens"
    );
    let kill = Command::new("kill")
        .args(["-TERM", &child.id().to_string()])
        .status();
    assert!(kill.expect("kill").success());
    assert!(
        child.wait().expect("ends").success(),
        "SIGTERM ends it cleanly"
    );
    for port in [clinic, centre] {
        assert!(
            TcpStream::connect(("127.0.0.1", port)).is_err(),
            "nobody listens on {port}"
        );
    }
}

#[test]
fn sigterm_ends_both_data_is_kept_and_a_changed_byte_is_found() {
    let folder = Folder::new("demo");
    run_demo_once(&folder.0, true);
    let journal = |arguments: &[&str]| {
        let output = cunyi(&[&["journal"], arguments, &["--data", folder.text()]].concat());
        (output.status.success(), said(&output))
    };
    let (good, words) = journal(&["verify"]);
    assert!(good, "{words}");
    run_demo_once(&folder.0, false);
    assert_eq!(
        journal(&["verify"]).1,
        words,
        "kept between runs, not a fact more"
    );
    let (good, words) = journal(&["replay", "--check"]);
    assert!(good, "{words}");

    let target = Target::File(folder.0.join("clinic.db"));
    let db = Db::open(target, Durability::Full, cunyi_store::MIGRATIONS).expect("opens");
    let change = |sql: &'static str| {
        db.transact("tamper", |tx| tx.execute(sql, vec![]))
            .unwrap_or_else(|e: DbError| panic!("{e}"));
    };
    change("UPDATE charge SET amount = amount + 1, own_pay = own_pay + 1 WHERE position = 1");
    assert!(
        !journal(&["replay", "--check"]).0,
        "a changed ledger differs from the replay"
    );
    assert!(journal(&["verify"]).0, "while the chain holds");
    change("UPDATE journal SET kind = 'visit_moved ' WHERE seq = 7");
    assert!(!journal(&["verify"]).0, "a changed fact breaks the chain");
}
