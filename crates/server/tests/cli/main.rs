//! The command line, as a process.

mod ending;
mod kill;
mod message;
mod policy;
mod program;
mod serve;
mod study;

use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use cunyi_db::{Db, DbError, Durability, Target};

use program::{Program, free_port, get, post};

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

#[test]
fn bare_it_prints_its_help() {
    let output = cunyi(&[]);
    let words = said(&output);
    assert!(output.status.success() && words.contains("demo"));
    assert!(words.contains("村卫生室"), "says what it is: {words}");
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

    let (one, data) = (free_port().to_string(), folder.text());
    for (ports, words) in [([&*one, &one], "同一个端口"), (["0", &one], "0 is not in")] {
        let [clinic, centre] = ports;
        let output = cunyi(&[
            "demo",
            "--clinic-port",
            clinic,
            "--centre-port",
            centre,
            "--data",
            data,
        ]);
        let told = said(&output);
        assert!(!output.status.success() && told.contains(words), "{told}");
    }

    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("bound").port().to_string();
    let output = cunyi(&["demo", "--clinic-port", &port, "--data", folder.text()]);
    assert!(
        !output.status.success() && said(&output).contains("占用"),
        "{}",
        said(&output)
    );
}

/// Starts the demo on free ports: clinic, centre, the program, and what it printed until it was ready.
fn start_demo(folder: &Path, more: &[&str]) -> (u16, u16, Program, Vec<String>) {
    let (clinic, centre) = (free_port(), free_port());
    let [clinic_port, centre_port] = [clinic, centre].map(|port| port.to_string());
    let folder = folder.to_str().expect("utf-8");
    let mut arguments = vec!["demo", "--data", folder, "--clinic-port", &clinic_port];
    arguments.extend(["--centre-port", &centre_port]);
    arguments.extend(more);
    let mut program = Program::start(&arguments);
    let said = program.says("Ctrl-C");
    (clinic, centre, program, said)
}

/// Starts the demo, waits until it serves, ends it by SIGTERM. Answers how many signed in.
fn run_demo_once(folder: &Path, more: &[&str]) -> usize {
    let (clinic, centre, program, said) = start_demo(folder, more);
    let said = said.join("\n");
    for address in [clinic, centre].map(|port| format!("http://127.0.0.1:{port}")) {
        assert!(said.contains(&address), "{said}");
    }
    assert!(get(clinic, "/login").contains("演示") && get(centre, "/").contains("演示"));
    // Who signs in with what, as printed, and the hint which patient to begin with.
    let logins = said.lines().filter(|line| line.contains("demo-2026"));
    let logins: Vec<&str> = logins.filter_map(|l| l.split_whitespace().next()).collect();
    assert!(logins.len() >= 7, "one login a role: {said}");
    for login in &logins {
        let answer = post(
            clinic,
            "/login",
            &[("login", login), ("password", "demo-2026")],
        );
        assert!(answer.starts_with("HTTP/1.1 303"), "{login}: {answer}");
    }
    assert!(said.contains("F2"), "the first visit's hint: {said}");
    assert!(program.terminate().success(), "SIGTERM ends it cleanly");
    for port in [clinic, centre] {
        assert!(
            TcpStream::connect(("127.0.0.1", port)).is_err(),
            "nobody listens on {port}"
        );
    }
    logins.len()
}

/// How many facts `journal verify` counted.
fn facts(words: &str) -> usize {
    let before = words
        .split(" facts")
        .next()
        .and_then(|w| w.split(' ').next_back());
    before
        .and_then(|n| n.parse().ok())
        .expect("a number of facts")
}

#[test]
fn a_running_demo_keeps_its_folder_and_its_ports() {
    let folder = Folder::new("held");
    let (_, centre, program, _) = start_demo(&folder.0, &[]);
    let other = free_port().to_string();
    let fresh = [
        "demo",
        "--fresh",
        "--data",
        folder.text(),
        "--clinic-port",
        &other,
    ];
    let free = free_port().to_string();
    let output = cunyi(&[&fresh[..], &["--centre-port", &free]].concat());
    assert!(
        !output.status.success() && said(&output).contains("正被"),
        "{}",
        said(&output)
    );
    assert!(folder.0.join("clinic.db").exists(), "nothing was removed");

    let second = Folder::new("second");
    let taken = centre.to_string();
    let arguments = [
        "demo",
        "--data",
        second.text(),
        "--clinic-port",
        &other,
        "--centre-port",
    ];
    let output = cunyi(&[&arguments[..], &[&taken]].concat());
    assert!(
        !output.status.success() && said(&output).contains("占用"),
        "{}",
        said(&output)
    );
    assert!(program.terminate().success());
}

#[test]
fn cargo_run_starts_the_demo() {
    let folder = Folder::new("cargo");
    // As cargo does; the ports are the usual ones, so it may say that they are taken. Either way it
    // is the demo that speaks.
    let mut command = Command::new(env!("CARGO_BIN_EXE_cunyi"));
    command
        .env("CARGO_PKG_NAME", "cunyi-server")
        .current_dir(&folder.0)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let taken: Vec<_> = [8760, 8761]
        .map(|port| TcpListener::bind(("127.0.0.1", port)))
        .into();
    let output = command.output().expect("runs");
    assert!(said(&output).contains("8760"), "{}", said(&output));
    drop(taken);
}

#[test]
fn the_centre_alone_is_a_server() {
    let folder = Folder::new("centre");
    let port = free_port();
    let arguments = [
        "centre",
        "--data",
        folder.text(),
        "--port",
        &port.to_string(),
    ];
    let mut program = Program::start(&arguments);
    program.says("http://127.0.0.1");
    assert_eq!(get(port, "/health").lines().last(), Some("ok"));
    let other = free_port().to_string();
    let output = cunyi(&["centre", "--data", folder.text(), "--port", &other]);
    assert!(!output.status.success() && said(&output).contains("正被"));
    assert!(program.terminate().success());
    let output = cunyi(&["centre", "--data", folder.text(), "--address", "192.0.2.1"]);
    assert!(!output.status.success() && said(&output).contains("本机"));
}

#[test]
fn sigterm_ends_both_data_is_kept_and_a_changed_byte_is_found() {
    let folder = Folder::new("demo");
    run_demo_once(&folder.0, &["--fresh"]);
    let journal = |arguments: &[&str]| {
        let output = cunyi(&[&["journal"], arguments, &["--data", folder.text()]].concat());
        (output.status.success(), said(&output))
    };
    let (good, words) = journal(&["verify"]);
    assert!(good, "{words}");
    let signed_in = run_demo_once(&folder.0, &[]);
    assert_eq!(
        facts(&journal(&["verify"]).1),
        facts(&words) + signed_in,
        "kept between runs, a fact more for each sign-in and no other"
    );
    let (good, words) = journal(&["replay", "--check"]);
    assert!(good, "{words}");
    let serving = cunyi(&["serve", "--data", folder.text()]);
    let words = said(&serving);
    assert!(
        !serving.status.success() && words.contains("演示数据"),
        "{words}"
    );
    changed_in_a_row_alone(&folder, || journal(&["verify"]));

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

/// A clinic's name changed in a fact's row and not in the index beside it: reading goes by the index.
fn changed_in_a_row_alone(folder: &Folder, verify: impl Fn() -> (bool, String)) {
    let file = folder.0.join("clinic.db");
    let bytes = std::fs::read(&file).expect("read");
    let kind = b"visit_registered";
    let at = |from: usize| bytes[from..].windows(kind.len()).position(|w| w == kind);
    // Before the kind stand the clinic and the fact's number in one or two bytes.
    let place = at(0).expect("a fact of this kind") - 4;
    let mut changed = bytes.clone();
    changed[place] ^= 1;
    std::fs::write(&file, changed).expect("written");
    let (good, words) = verify();
    assert!(!good && words.contains("数据库文件"), "{words}");
    std::fs::write(&file, bytes).expect("written");
    assert!(verify().0, "put back");
}

#[test]
fn data_of_another_version_is_told_how_to_start_over() {
    let folder = Folder::new("other-version");
    let write = |file: &str, bytes: &[u8]| std::fs::write(folder.0.join(file), bytes).expect(file);
    write(".cunyi-demo", b"");
    write("installation.key", &[7; 32]);
    let target = Target::File(folder.0.join("clinic.db"));
    let older = [cunyi_db::Migration {
        number: 1,
        name: "clinic",
        sql: "CREATE TABLE clinic (clinic TEXT NOT NULL);",
    }];
    drop(Db::open(target, Durability::Full, &older).expect("made"));
    let ports = [free_port(), free_port()].map(|port| port.to_string());
    let [clinic, centre] = [&*ports[0], &ports[1]];
    let output = cunyi(&[
        "demo",
        "--clinic-port",
        clinic,
        "--centre-port",
        centre,
        "--data",
        folder.text(),
    ]);
    let words = said(&output);
    assert!(
        !output.status.success() && words.contains("--fresh"),
        "{words}"
    );
}

#[test]
fn what_holds_no_clinic_is_not_called_sound() {
    let folder = Folder::new("no-clinic");
    std::fs::write(folder.0.join("installation.key"), [7; 32]).expect("written");
    std::fs::write(folder.0.join("clinic.db"), "").expect("written");
    for arguments in [&["verify"][..], &["replay", "--check"]] {
        let output = cunyi(&[&["journal"], arguments, &["--data", folder.text()]].concat());
        let words = said(&output);
        assert!(
            !output.status.success() && words.contains("没有诊所"),
            "{words}"
        );
    }
}
