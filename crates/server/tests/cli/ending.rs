//! The demo told to end while the centre is slow: it does not wait for the answer, and does not forget
//! that it asked.

use std::time::Duration;

use serde_json::Value;

use crate::program::{get_as, post, post_as};
use crate::{Folder, cunyi, get, said, start_demo};

/// Clinic and centre one after the other: each has five seconds for its connections and five for what
/// still works.
const BOUND: Duration = Duration::from_secs(20);

/// Someone signed in at the clinic.
struct Hand {
    port: u16,
    cookie: String,
}

impl Hand {
    fn sign_in(port: u16) -> Self {
        let form = [("login", "zhang"), ("password", "demo-2026")];
        let answer = post(port, "/login", &form);
        let mut lines = answer.lines();
        let cookie = lines.find_map(|l| l.strip_prefix("set-cookie: "));
        let cookie = cookie.and_then(|c| c.split(';').next());
        let cookie = cookie.expect("signed in").to_owned();
        Self { port, cookie }
    }

    fn page(&self, path: &str) -> String {
        get_as(self.port, path, &self.cookie)
    }

    /// Posts, with the token of the page that the form stands on.
    fn post(&self, page: &str, path: &str, fields: &[(&str, &str)]) -> String {
        let token = value_of(page, "csrf");
        let fields = [&[("csrf", token)], fields].concat();
        post_as(self.port, path, &self.cookie, &fields)
    }

    /// The code of the first hit.
    fn code(&self, list: &str, query: &str) -> String {
        let answer = self.page(&format!("/api/search/{list}?q={query}"));
        let json = answer.lines().find(|line| line.starts_with('['));
        let hits: Value = serde_json::from_str(json.expect("hits")).expect("JSON");
        hits[0]["code"].as_str().expect("a code").to_owned()
    }

    /// A visit of the queue with a fee list that the centre has computed; answers its address.
    fn presettled(&self) -> String {
        let home = self.page("/");
        let visit = home.split("href=\"/visits/").nth(2).expect("two who wait");
        let visit = format!("/visits/{}", visit.split('"').next().expect("an id"));
        let (diagnosis, fee) = (
            self.code("diagnoses", "jxshxdgr"),
            self.code("items", "ybzlf"),
        );
        let page = self.page(&visit);
        let draft = [
            ("version", value_of(&page, "version")),
            ("complaint", "咽痛"),
            ("diagnoses.0", &diagnosis),
            ("lines.0.code", &fee),
            ("lines.0.quantity", "1"),
        ];
        self.post(&page, &format!("{visit}/freeze"), &draft);
        let page = self.page(&visit);
        self.post(&page, &format!("{visit}/presettle"), &[]);
        visit
    }
}

/// What a field of a page holds.
pub(crate) fn value_of<'a>(page: &'a str, field: &str) -> &'a str {
    let start = format!("name=\"{field}\" value=\"");
    let rest = page.split(&start).nth(1);
    let value = rest.and_then(|rest| rest.split('"').next());
    value.unwrap_or_else(|| panic!("no {field} on {page}"))
}

#[test]
fn sigterm_does_not_wait_for_a_slow_centre_and_what_was_asked_is_found_out() {
    let folder = Folder::new("slow");
    let (clinic, centre, program, _) = start_demo(&folder.0, &["--fresh", "--per-day", "1"]);
    let hand = Hand::sign_in(clinic);
    let visit = hand.presettled();
    let page = hand.page(&visit);
    let shown = [
        ("batch.0", value_of(&page, "batch.0")),
        ("cash.0", value_of(&page, "cash.0")),
    ];

    // The centre settles, and takes ten minutes to say so.
    post(centre, "/switches", &[("slow", "600")]);
    let settle = format!("{visit}/settle");
    let told = std::thread::scope(|scope| {
        let asked = scope.spawn(|| hand.post(&page, &settle, &shown));
        let settles = |_| get(centre, "/messages").contains("<td>2207</td>");
        assert!((0..5_000).any(settles), "nothing was asked");
        let (ended, waits) = std::sync::mpsc::channel();
        scope.spawn(move || ended.send(program.terminate()));
        let status = waits.recv_timeout(BOUND).expect("ends within its bound");
        assert!(status.success());
        asked.join().expect("answered or cut off")
    });
    assert!(!told.contains("已结算"), "{told}");

    let (clinic, centre, program, _) = start_demo(&folder.0, &[]);
    // The program finds out by itself; until it has, nobody is charged again.
    let hand = Hand::sign_in(clinic);
    let is_found = |_| {
        let page = hand.page(&visit);
        assert!(!page.contains(&format!("action=\"{visit}/settle\"")));
        !page.contains("结果未知，请勿重复收费")
    };
    assert!((0..5_000).any(is_found), "nobody asked");
    assert!(hand.page(&visit).contains("已结算"));
    assert!(
        get(centre, "/settlements").contains("有效"),
        "it did settle"
    );
    assert!(program.terminate().success());
    for arguments in [&["verify"][..], &["replay", "--check"]] {
        let journal = [&["journal"], arguments, &["--data", folder.text()]].concat();
        let output = cunyi(&journal);
        assert!(output.status.success(), "{}", said(&output));
    }
}
