//! No personal data in a log line, an address or an error's text, whatever is done and however it
//! fails: all of it at TRACE, searched for all that was typed.

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::StatusCode;
use cunyi_app::views::RegisterForm;
use cunyi_web::ROUTES;

use crate::cases::{CASES, NEWBORN, draft, draft_form, of_visit, post, registered};
use crate::house::{Answer, Ask, House, house};
use crate::world::PASSWORD;

/// Everything that is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let mut log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        log.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Listens to all threads of this process from here on.
fn listen() -> Log {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let set = tracing::subscriber::set_global_default(subscriber);
    set.expect("this test is the only one that listens");
    log
}

/// Addresses in a page: of links, forms, scripts, and what it follows by itself.
fn addresses(page: &str) -> String {
    let names = ["href=\"", "action=\"", "src=\"", "data-url=\"", "url="];
    let of = |name: &str| {
        let rest = page.split(name).skip(1).map(|rest| rest.split('"').next());
        rest.flatten().collect::<Vec<_>>().join(" ")
    };
    names.map(of).join(" ")
}

fn addressed(house: &House, ask: &Ask, answer: &Answer) {
    for (place, text) in [
        ("asked for", ask.path.as_str()),
        ("sent to", answer.location()),
        ("linked", &addresses(&answer.body)),
    ] {
        house.tells_nothing(text, &format!("{} {} {place}", ask.method, ask.path));
    }
}

/// What the cases type besides what the villagers are.
fn typed(house: &House) {
    house.keep_secret([PASSWORD, "钱代办", "11010519491231002X"]);
    let newborn = NEWBORN.iter().filter(|(name, _)| *name != "sex");
    house.keep_secret(newborn.map(|(_, value)| *value));
}

#[tokio::test]
async fn nothing_of_a_patient_is_logged_or_addressed() {
    let log = listen();
    let house = house();
    typed(&house);
    // All that can be done, as everybody.
    for (case, (method, _, _)) in CASES.iter().zip(ROUTES) {
        for login in ["doctor", "auditor", "insurance", "administrator"] {
            let by = house.sign_in(login);
            house.keep_secret([&by.token, &by.csrf]);
            let ask = (case.ask)(&house, &by.actor);
            let answer = house.ask(&by, &ask).await;
            if *method == "get" && answer.status == StatusCode::OK || *method == "post" {
                addressed(&house, &ask, &answer);
            }
        }
    }
    // By someone else, and with what the centre refuses in words of its own.
    let person = house.villager();
    let found = house.w.identify(&person);
    let proxy = RegisterForm {
        handle: found.handle,
        proxy_name: "钱代办".to_owned(),
        proxy_id_number: "11010519491231002X".to_owned(),
        proxy_relation: "儿子".to_owned(),
        ..RegisterForm::default()
    };
    house
        .w
        .app
        .register(&house.w.doctor, &proxy)
        .expect("registered");
    let text = log.text();
    assert!(text.contains("transaction"), "somebody listens");
    house.tells_nothing(&text, "the log");
    broken(&house, &log).await;
}

/// Bugs and broken tables say what is broken, not whose.
async fn broken(house: &House, log: &Log) {
    let visit = registered(house);
    let body = draft(house);
    let doctor = house.sign_in("doctor");
    for table in ["draft", "allergy", "access_entry", "visit"] {
        let sql = format!("ALTER TABLE {table} RENAME TO {table}_gone");
        let db = house.w.app.store().db();
        db.transact("broken", |tx| tx.execute(&sql, vec![]))
            .expect("renamed");
    }
    let asks = [
        Ask {
            form: draft_form(&body, 0),
            ..of_visit("post", &visit, "/draft")
        },
        of_visit("get", &visit, ""),
        post("/self-pay", &NEWBORN),
        post("/patients/search", &[("query", "钱代办")]),
    ];
    let mut failed = 0;
    for ask in asks {
        let answer = house.ask(&doctor, &ask).await;
        if answer.status == StatusCode::INTERNAL_SERVER_ERROR {
            failed += 1;
            // A form shows again what was typed into it; the words beside it do not.
            house.tells_nothing(answer.problem(), &ask.path);
            for inner in ["SELECT", "sqlite", "no such table", "panicked"] {
                assert!(!answer.body.contains(inner), "{} tells {inner}", ask.path);
            }
        }
    }
    assert!(failed >= 3, "{failed} failed");
    assert!(log.text().contains("a use case failed"), "the log says so");
    house.tells_nothing(&log.text(), "the log of what failed");
}

#[test]
fn what_is_typed_has_no_debug() {
    let form = cunyi_app::views::PatientForm {
        name: "周新生".to_owned(),
        ..cunyi_app::views::PatientForm::default()
    };
    let user = cunyi_app::NewUser {
        password: PASSWORD.to_owned(),
        ..cunyi_app::NewUser::default()
    };
    let setup = cunyi_app::SetupForm {
        administrator: user,
        ..cunyi_app::SetupForm::default()
    };
    let told = format!("{form:?} {setup:?}");
    assert!(
        !told.contains("周新生") && !told.contains(PASSWORD),
        "{told}"
    );
}
