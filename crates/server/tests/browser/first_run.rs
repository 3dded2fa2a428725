//! A clinic's real start: `cunyi serve` on an empty folder, its files chosen on the first page, and a
//! centre that nobody reaches when money is to move.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use fantoccini::key::Key;

use crate::demo::{Places, free_port};
use crate::desk::{RESIDENT, diagnose, identify, person, presettle};
use crate::page::{Page, open};

const REGION: &str = include_str!("../../../gateway/regions/demo.toml");
const PASSWORD: &str = "liu shu gou 2026";

/// A server; dropping it ends it as a fallen plug does.
struct Server(Child);

impl Server {
    fn start(what: &str, folder: &Path, port: u16) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_cunyi"))
            .args([what, "--port", &port.to_string(), "--data"])
            .arg(folder)
            .stdout(Stdio::piped())
            .spawn()
            .expect("starts");
        let out = BufReader::new(child.stdout.take().expect("piped"));
        let mut lines = out.lines().map_while(Result::ok);
        let ready = lines.any(|line| line.contains("http://127.0.0.1"));
        assert!(ready, "{what} ended before it was ready");
        Self(child)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _gone = self.0.kill();
        let _ended = self.0.wait();
    }
}

/// A folder of its own, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let name = format!("cunyi-browser-first-{}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).expect("made");
        Self(path)
    }

    /// Writes a file; answers where.
    fn file(&self, name: &str, content: &[u8]) -> String {
        let path = self.0.join(name);
        std::fs::write(&path, content).expect("written");
        path.to_str().expect("utf-8").to_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _removed = std::fs::remove_dir_all(&self.0);
    }
}

async fn set_up(page: &Page, folder: &Folder, centre_port: u16) {
    page.read("数据库是空的").await;
    let picker = |field: &str| format!("[data-fills='{field}'] input");
    let value = |field: &str| format!("return document.querySelector('[name=\"{field}\"]').value");
    for (name, bad) in [
        ("gbk.toml", b"name = \"\xd1\xdd\xca\xbe\"".to_vec()),
        ("long.toml", vec![b'#'; 30_000]),
    ] {
        let file = folder.file(name, &bad);
        page.choose_file(&picker("region"), &file).await;
        page.read("只读 UTF-8 编码的文本文件").await;
        assert_eq!(page.script(&value("region")).await, "");
    }
    page.accessible("the set-up").await;
    let region = REGION.replace(":8761", &format!(":{centre_port}"));
    for (field, content) in [
        ("region", region.as_str()),
        ("policies.0", cunyi_policy::DEMO_RESIDENT),
        ("policies.1", cunyi_policy::DEMO_EMPLOYEE),
    ] {
        let file = folder.file(&format!("{field}.toml"), content.as_bytes());
        page.choose_file(&picker(field), &file).await;
        let filled = value(field).replace(".value", ".value !== ''");
        page.until("the file is in its field", &filled).await;
        let text = page.script(&value(field)).await;
        assert_eq!(text.as_str(), Some(content));
    }
    for (field, text) in [
        ("clinic_name", "柳树沟村卫生室"),
        ("institution_code", "H99000100009"),
        ("institution_name", "柳树沟村卫生室"),
        ("administrator_login", "guan"),
        ("administrator_name", "管理员"),
        ("administrator_password", PASSWORD),
        ("doctor_login", "liu"),
        ("doctor_name", "柳医生"),
        ("doctor_code", "D990000000001"),
        ("doctor_password", PASSWORD),
    ] {
        page.fill(&format!("input[name={field}]"), text).await;
    }
    page.press(Key::Enter).await;
    page.fill("input[name=login]", "liu").await;
    page.fill("input[name=password]", PASSWORD).await;
    page.press(Key::Enter).await;
    page.read("柳医生").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_clinic_settles_its_first_visit_though_the_centre_is_gone_twice() {
    let Some(page) = open(1366, 900).await else {
        return;
    };
    let folder = Folder::new();
    let (clinic_port, centre_port) = (free_port(), free_port());
    let places = Places::at((clinic_port, centre_port));
    let centre = || Server::start("centre", &folder.0.join("centre"), centre_port);
    let up = centre();
    let who = person(&page, &places, RESIDENT).await;
    drop(up);
    let _clinic = Server::start("serve", &folder.0.join("clinic"), clinic_port);
    page.go(&places.clinic).await;
    set_up(&page, &folder, centre_port).await;

    // Nobody answers at the centre's address: nothing has left, and the number is still there.
    identify(&page, &places, "02", who.get("id")).await;
    page.read("连不上医保中心，什么也没有发出").await;
    assert_eq!(page.value("input[name=number]").await, who.get("id"));
    page.accessible("an identification that was not sent").await;
    let up = centre();
    page.press(Key::Enter).await;
    page.read(who.get("name")).await;
    page.press(Key::F8).await;
    page.fill("textarea[name=complaint]", "咽痛").await;
    diagnose(&page, 1, "jxshxdgr").await;
    page.see("#fee .fl").await;
    presettle(&page).await;

    // The same when money is to move: it is neither settled nor unknown, and goes on later.
    drop(up);
    page.press(Key::F8).await;
    page.read("连不上医保中心，什么也没有发出").await;
    assert_eq!(page.count(".state-presettled").await, 1);
    assert!(!page.has("结果未知").await && !page.has("被拒绝").await);
    page.accessible("a settlement that was not sent").await;
    page.picture("not-sent.png").await;
    let _up = centre();
    page.press(Key::F8).await;
    page.see("form[action$='/hand-over'] button").await;
    assert_eq!(page.count(".state-settled").await, 1);
    page.go(&format!("{}/settlements", places.centre)).await;
    page.see("main table tr:nth-child(2)").await;
    assert_eq!(page.count("main table tr").await, 2, "settled once");
    page.close().await;
}
