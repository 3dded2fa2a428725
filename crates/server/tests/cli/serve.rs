//! `cunyi serve`: the clinic's real start.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::ending::value_of;
use crate::program::{Program, free_port, get, get_as, post, post_as};
use crate::{Folder, cunyi, said};

const REGION: &str = include_str!("../../../gateway/regions/demo.toml");

/// What is typed on the first-run page.
fn first_run<'a>(code: &'a str, password: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("clinic_name", "柳树沟村卫生室"),
        ("institution_code", code),
        ("institution_name", "柳树沟村卫生室"),
        ("level", "village"),
        ("slot", "3"),
        ("region", REGION),
        ("policies.0", cunyi_policy::DEMO_RESIDENT),
        ("administrator_login", "guan"),
        ("administrator_name", "管理员"),
        ("administrator_password", password),
        ("doctor_login", "liu"),
        ("doctor_name", "柳医生"),
        ("doctor_code", "D990000000001"),
        ("doctor_password", password),
    ]
}

/// An institution's code of this process's own; what its slot leaves is removed.
struct Code(String);

impl Code {
    fn new() -> Self {
        Self(format!("H99{:09}", std::process::id()))
    }
}

impl Drop for Code {
    fn drop(&mut self) {
        let slot = format!("cunyi-{}-3.slot", self.0);
        let _gone = fs::remove_file(std::env::temp_dir().join(slot));
    }
}

fn serve(folder: &Folder, port: u16) -> Program {
    let port = port.to_string();
    let mut program = Program::start(&["serve", "--data", folder.text(), "--port", &port]);
    program.says("http://127.0.0.1");
    program
}

#[test]
fn a_clinic_is_installed_by_the_first_page_once_and_is_there_after_a_restart() {
    let folder = Folder::new("serve");
    let code = Code::new();
    let port = free_port();
    let program = serve(&folder, port);
    let location = |path: &str| {
        let answer = get(port, path);
        let line = answer.lines().find_map(|l| l.strip_prefix("location: "));
        line.unwrap_or_default().to_owned()
    };
    assert_eq!(location("/login"), "/setup", "nothing is installed");

    let refused = post(port, "/setup", &first_run("12345", "liu shu gou 2026"));
    assert!(refused.starts_with("HTTP/1.1 422"), "{refused}");
    assert!(refused.contains("柳树沟村卫生室"), "what was typed stays");
    assert!(!refused.contains("liu shu gou"), "but for passwords");
    let weak = post(port, "/setup", &first_run(&code.0, "short"));
    assert!(weak.starts_with("HTTP/1.1 422"), "{weak}");

    let mut form = first_run(&code.0, "liu shu gou 2026");
    let misspelt = REGION.replace("infver", "infvr");
    let region = form.iter_mut().find(|(name, _)| *name == "region");
    region.expect("a region").1 = &misspelt;
    let refused = post(port, "/setup", &form);
    let words = "地区文件（TOML）：文件读不懂";
    assert!(refused.contains(words) && refused.contains("region:7:1: unknown field"));

    let form = first_run(&code.0, "liu shu gou 2026");
    assert!(post(port, "/setup", &form).starts_with("HTTP/1.1 303"));
    assert_eq!(location("/setup"), "/login", "installed");
    let second = first_run("H99000100010", "somebody else's");
    assert!(
        post(port, "/setup", &second).contains("location: /login"),
        "a second installation changes nothing"
    );
    assert!(program.terminate().success());

    let program = serve(&folder, port);
    let form = [("login", "liu"), ("password", "liu shu gou 2026")];
    let signed_in = post(port, "/login", &form);
    assert!(signed_in.contains("location: /\r\n"), "{signed_in}");
    let cookie = signed_in
        .lines()
        .find_map(|l| l.strip_prefix("set-cookie: "));
    let cookie = cookie.and_then(|c| c.split(';').next()).expect("a cookie");
    let home = get_as(port, "/", cookie);
    assert!(home.contains("柳医生") && !home.contains("演示<"), "{home}");
    assert!(
        home.contains("目录价格为虚构"),
        "until a list of its own is there"
    );
    assert!(program.terminate().success());
}

#[test]
fn keys_stand_in_files_that_only_their_owner_may_read() {
    let folder = Folder::new("keys");
    let code = Code::new();
    let port = free_port();
    let program = serve(&folder, port);
    let region = cunyi_gateway::region::demo_over("tif");
    let mut form = first_run(&code.0, "liu shu gou 2026");
    form.iter_mut()
        .find(|(name, _)| *name == "region")
        .unwrap()
        .1 = &region;
    let key = folder.0.join("keys/tif.secret");
    let refused = post(port, "/setup", &form);
    assert!(refused.contains("tif.secret: 密钥文件读不出"), "{refused}");
    fs::create_dir(folder.0.join("keys")).expect("a folder");
    fs::write(&key, "tif s3cret\n").expect("a key");
    let allow = |mode| fs::set_permissions(&key, fs::Permissions::from_mode(mode)).unwrap();
    allow(0o644);
    let refused = post(port, "/setup", &form);
    assert!(refused.contains("chmod 600") && !refused.contains("s3cret"));
    allow(0o600);
    assert!(post(port, "/setup", &form).starts_with("HTTP/1.1 303"));
    assert!(program.terminate().success());

    allow(0o640);
    let again = cunyi(&[
        "serve",
        "--data",
        folder.text(),
        "--port",
        &port.to_string(),
    ]);
    let said = said(&again);
    assert!(
        !again.status.success() && said.contains("chmod 600"),
        "{said}"
    );
    allow(0o600);
    assert!(serve(&folder, port).terminate().success());
}

/// Lays the keys of all families into a folder that is to be a program's.
fn lay_keys(folder: &Folder) {
    let keys = folder.0.join("keys");
    fs::create_dir_all(&keys).expect("a folder");
    let lines = include_str!("../../../gateway/regions/transport/fictional.keys").lines();
    for (name, key) in lines.filter_map(|line| line.split_once('=')) {
        fs::write(keys.join(name), key).expect("a key");
        fs::set_permissions(keys.join(name), fs::Permissions::from_mode(0o600)).expect("tight");
    }
}

#[test]
fn clinic_and_centre_speak_the_family_of_the_region_file() {
    let [clinic, centre] = ["family-clinic", "family-centre"].map(Folder::new);
    lay_keys(&clinic);
    lay_keys(&centre);
    let code = Code::new();
    let (port, centre_port) = (free_port(), free_port());
    let here = format!("http://127.0.0.1:{centre_port}");
    let region = cunyi_gateway::region::demo_over("oauth").replace("http://127.0.0.1:8761", &here);
    let file = centre.0.join("keys/region.toml");
    fs::write(&file, &region).expect("a region");
    let words = [
        "centre",
        "--data",
        centre.text(),
        "--port",
        &centre_port.to_string(),
    ];
    let region_file = ["--region", file.to_str().expect("UTF-8")];
    let mut platform = Program::start(&[&words[..], &region_file].concat());
    platform.says("http://127.0.0.1");

    let program = serve(&clinic, port);
    let mut form = first_run(&code.0, "liu shu gou 2026");
    form.iter_mut()
        .find(|(name, _)| *name == "region")
        .unwrap()
        .1 = &region;
    assert!(post(port, "/setup", &form).starts_with("HTTP/1.1 303"));
    let login = [("login", "liu"), ("password", "liu shu gou 2026")];
    let signed_in = post(port, "/login", &login);
    let mut lines = signed_in.lines();
    let cookie = lines.find_map(|l| l.strip_prefix("set-cookie: "));
    let cookie = cookie.and_then(|c| c.split(';').next()).expect("a cookie");
    let desk = get_as(port, "/identify", cookie);
    let csrf = value_of(&desk, "csrf");
    let persons = get(centre_port, "/persons");
    let numbers = persons
        .match_indices("<td>990001")
        .map(|(at, _)| &persons[at + 4..at + 22]);
    let found = |number: &str| {
        let who = [("csrf", csrf), ("certificate", "02"), ("number", number)];
        post_as(port, "/identify", cookie, &who).contains("name=\"handle\"")
    };
    assert!(
        numbers.take(20).any(found),
        "{}",
        get(centre_port, "/messages")
    );
    let messages = get(centre_port, "/messages");
    assert_eq!(
        messages.matches("<td>9001</td>").count(),
        1,
        "signed in once"
    );
    assert!(messages.contains("<td>1101</td>"));
    assert!(program.terminate().success());
    assert!(platform.terminate().success());
}

#[test]
fn two_programs_under_one_code_have_a_slot_each() {
    let code = Code::new();
    let form = first_run(&code.0, "liu shu gou 2026");
    let [one, other] = ["slot-one", "slot-other"].map(Folder::new);
    let (port, second) = (free_port(), free_port());
    let program = serve(&one, port);
    assert!(post(port, "/setup", &form).starts_with("HTTP/1.1 303"));
    let beside = serve(&other, second);
    let refused = post(second, "/setup", &form);
    assert!(refused.contains("席位号（0-19）：本机另一个"), "{refused}");
    assert!(program.terminate().success());
    assert!(post(second, "/setup", &form).starts_with("HTTP/1.1 303"));

    let port = free_port().to_string();
    let output = cunyi(&["serve", "--data", one.text(), "--port", &port]);
    assert!(!output.status.success() && said(&output).contains("席位 3 正被"));
    assert!(beside.terminate().success());
    assert!(serve(&one, free_port()).terminate().success());
}

#[test]
fn what_it_writes_is_its_owners_alone() {
    for server in ["serve", "centre"] {
        is_its_owners_alone(server);
    }
}

fn is_its_owners_alone(server: &str) {
    let folder = Folder::new(&format!("rights-{server}"));
    fs::set_permissions(&folder.0, fs::Permissions::from_mode(0o755)).expect("loosened");
    let port = free_port().to_string();
    let mut program = Program::start(&[server, "--data", folder.text(), "--port", &port]);
    program.says("http://127.0.0.1");
    let mode = |path: &std::path::Path| {
        let metadata = fs::metadata(path).expect("is there");
        metadata.permissions().mode() & 0o777
    };
    assert_eq!(mode(&folder.0), 0o700);
    let mut files = 0;
    for entry in fs::read_dir(&folder.0).expect("read") {
        let path = entry.expect("read").path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
        files += 1;
    }
    assert!(files >= 4, "database, log, its index, lock: {files}");
    assert!(program.terminate().success());
}

#[test]
fn a_folder_has_one_program_at_a_time() {
    let folder = Folder::new("twice");
    let program = serve(&folder, free_port());
    let port = free_port().to_string();
    for arguments in [
        ["serve", "--data", folder.text(), "--port", &port],
        ["demo", "--data", folder.text(), "--clinic-port", &port],
    ] {
        let output = cunyi(&arguments);
        let words = said(&output);
        assert!(!output.status.success(), "{words}");
        assert!(words.contains("正被") || words.contains("拒绝"), "{words}");
    }
    assert!(program.terminate().success());
    let again = serve(&folder, free_port());
    assert!(again.terminate().success());
}

#[test]
fn what_it_cannot_use_is_refused_in_words() {
    let folder = Folder::new("refused");
    let data = folder.text();
    for (arguments, words) in [
        (["serve", "--data", data, "--address", "0.0.0.0"], "本机"),
        (["serve", "--data", data, "--address", "::"], "本机"),
    ] {
        let output = cunyi(&arguments);
        assert!(!output.status.success() && said(&output).contains(words));
    }

    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("bound").port().to_string();
    let output = cunyi(&["serve", "--data", data, "--port", &port]);
    assert!(!output.status.success() && said(&output).contains("占用"));
    assert!(!folder.0.join("clinic.db").exists(), "and nothing was made");

    let port = free_port().to_string();
    fs::write(folder.0.join("letters.txt"), "mine").expect("written");
    let output = cunyi(&["serve", "--data", data, "--port", &port]);
    assert!(!output.status.success() && said(&output).contains("别的文件"));
    fs::remove_file(folder.0.join("letters.txt")).expect("removed");

    assert!(serve(&folder, free_port()).terminate().success());
    fs::remove_file(folder.0.join("installation.key")).expect("removed");
    let output = cunyi(&["serve", "--data", data, "--port", &port]);
    assert!(!output.status.success() && said(&output).contains("无法解封"));
    fs::write(folder.0.join("installation.key"), "too short").expect("written");
    let output = cunyi(&["serve", "--data", data, "--port", &port]);
    assert!(!output.status.success() && said(&output).contains("长度不对"));
}
