//! A clinic with its pages, a second clinic beside it, and browsers that ask.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use cunyi_app::Actor;
use cunyi_centre::population::{AREA, Person};
use cunyi_db::Target;
use cunyi_domain::ids::{ClinicId, UserId};
use cunyi_domain::journal::Head;
use cunyi_domain::ledger::Access;
use cunyi_domain::row::Field;
use cunyi_domain::time::Moment;
use cunyi_store::Who;
use cunyi_store::local::Credential;
use cunyi_store::reference::{self, Clinic, Role, User};
use cunyi_web::WebOptions;
use tower::ServiceExt;

use crate::world::{PASSWORD, Setting, World, world};

/// The name every request comes to.
pub const HOST: &str = "127.0.0.1:8760";

/// No journal entry of the second clinic needs chance.
struct Ones;

impl cunyi_domain::time::Rng for Ones {
    fn fill(&self, buffer: &mut [u8]) {
        buffer.fill(1);
    }
}

/// What a browser sends.
#[derive(Clone, Debug, Default)]
pub struct Ask {
    pub method: &'static str,
    pub path: String,
    pub form: Vec<(String, String)>,
    pub headers: Vec<(&'static str, String)>,
}

/// What comes back.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    /// What stands in the first box that says what is wrong.
    pub fn problem(&self) -> &str {
        let box_at = ["class=\"problem", "class=\"notice bad"].map(|c| self.body.find(c));
        let text = box_at
            .into_iter()
            .flatten()
            .min()
            .map(|at| &self.body[at..]);
        let text = text.and_then(|t| t.split_once('>')).map(|(_, rest)| rest);
        text.map_or("", |t| t.split("</").next().unwrap_or_default())
    }

    pub fn location(&self) -> &str {
        let value = self.headers.get(header::LOCATION);
        value.and_then(|v| v.to_str().ok()).unwrap_or_default()
    }
}

/// A signed-in browser.
#[derive(Clone)]
pub struct Browser {
    pub token: String,
    pub csrf: String,
    pub actor: Actor,
}

pub struct House {
    pub w: World,
    pub router: Router,
    /// Whoever was treated here, with what was written of them.
    secrets: Mutex<BTreeSet<String>>,
    /// Tokens by login.
    open: Mutex<BTreeMap<String, String>>,
    next: AtomicUsize,
}

pub fn house() -> House {
    house_with(WebOptions::default())
}

pub fn house_with(options: WebOptions) -> House {
    // With everything a page can be about.
    let usual = Setting::default();
    let off = "upload_records = false";
    assert!(usual.region.contains(off));
    let region = usual.region.replace(off, "upload_records = true");
    let w = world(Target::Memory, &Setting { region, ..usual });
    second_clinic(&w);
    let router = cunyi_web::router(std::sync::Arc::clone(&w.app), options);
    House {
        w,
        router,
        secrets: Mutex::default(),
        open: Mutex::default(),
        next: AtomicUsize::new(0),
    }
}

/// A clinic beside, under a code of its own, with a user of each role named `other-…` and the first clinic's passwords.
fn second_clinic(w: &World) {
    let first = &w.doctor.clinic;
    let second = ClinicId("second".to_owned());
    let who = Who {
        clinic: second.clone(),
        actor: UserId("setup".to_owned()),
        now: Moment(0),
    };
    let store = w.app.store();
    let made = store.write::<(), cunyi_store::StoreError>(&who, &Ones, "second", |tx| {
        let clinic = reference::clinic(tx.tx, first)?;
        let beside = Clinic {
            clinic: second.clone(),
            slot: 4,
            institution_code: "H99000100002".to_owned(),
            ..clinic
        };
        reference::install(tx.tx, beside)?;
        for what in ["region", "policy"] {
            for file in reference::files(tx.tx, first, what)? {
                tx.tx.insert(reference::ReferenceFile {
                    clinic: second.clone(),
                    ..file
                })?;
            }
        }
        let known: Vec<Credential> = tx.tx.select("", vec![])?;
        for role in Role::ALL {
            let id = UserId(format!("other-{role}"));
            tx.tx.insert(User {
                clinic: second.clone(),
                id: id.clone(),
                login: format!("other-{role}"),
                name: "别处的人".to_owned(),
                role: *role,
                national_code: String::new(),
                licence_until: None,
                active: true,
            })?;
            tx.tx.insert(Credential {
                clinic: second.clone(),
                account: id,
                hash: known[0].hash.clone(),
                failures: 0,
                locked_until: Moment(0),
            })?;
        }
        Ok(())
    });
    made.expect("a second clinic");
}

impl House {
    /// This user's browser; signed in only where no session is left, for hashing takes time.
    pub fn sign_in(&self, login: &str) -> Browser {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let token = open.entry(login.to_owned()).or_default();
        if self.w.app.session(token).expect("read").is_none() {
            *token = self.w.app.sign_in(login, PASSWORD).expect(login);
        }
        let token = token.clone();
        let session = self.w.app.session(&token).expect("read").expect("there");
        Browser {
            token,
            csrf: session.csrf,
            actor: session.actor,
        }
    }

    /// The next villager, insured here and without filings; a row of them goes round.
    pub fn villager(&self) -> Person {
        let all: Vec<&Person> = self.w.residents().collect();
        self.one_of(&all)
    }

    /// Somebody with a personal account.
    pub fn employee(&self) -> Person {
        let here = |p: &&Person| p.coverages.len() == 1 && p.coverages[0].place == AREA;
        let holds = |p: &&Person| p.coverages[0].scheme == "310" && p.coverages[0].balance.0 > 0;
        let all: Vec<&Person> = self.w.people.iter().filter(here).filter(holds).collect();
        self.one_of(&all)
    }

    fn one_of(&self, all: &[&Person]) -> Person {
        let next = self.next.fetch_add(1, Ordering::SeqCst);
        let person = all[next % all.len()].clone();
        self.keep_secret([&person.name, &person.id_number, &person.number]);
        self.keep_secret([&person.phone, &person.address]);
        self.keep_secret([cunyi_domain::id_number::mask(&person.id_number)]);
        person
    }

    /// These must not be told to whoever may not know.
    pub fn keep_secret(&self, words: impl IntoIterator<Item = impl AsRef<str>>) {
        let mut secrets = self.secrets.lock().unwrap_or_else(PoisonError::into_inner);
        secrets.extend(words.into_iter().map(|word| word.as_ref().to_owned()));
    }

    /// Fails if any secret stands in a text.
    pub fn tells_nothing(&self, text: &str, what: &str) {
        let secrets = self.secrets.lock().unwrap_or_else(PoisonError::into_inner);
        for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
            assert!(!text.contains(secret.as_str()), "{what} tells {secret}");
        }
    }

    /// How many facts each clinic's journal has, entries of the access log apart.
    pub fn heads(&self) -> Vec<i64> {
        self.journals()
            .into_iter()
            .map(|(facts, _)| facts)
            .collect()
    }

    /// How many entries each clinic's access log has.
    pub fn looks(&self) -> Vec<i64> {
        self.journals()
            .into_iter()
            .map(|(_, looks)| looks)
            .collect()
    }

    fn journals(&self) -> Vec<(i64, i64)> {
        let clinics = ["second", self.w.doctor.clinic.as_str()];
        let counts = clinics.map(|clinic| {
            let values = || vec![clinic.to_owned().into_value()];
            let read = self.w.app.store().db().read("heads", |tx| {
                let head: Option<Head> = tx.find("WHERE clinic = ?", values())?;
                let looks: Vec<Access> = tx.select("WHERE clinic = ?", values())?;
                Ok::<_, cunyi_db::DbError>((head, looks.len()))
            });
            let (head, looks) = read.expect("read");
            let looks = i64::try_from(looks).expect("few");
            (head.map_or(0, |head| head.seq) - looks, looks)
        });
        counts.to_vec()
    }

    /// Asks as a browser with a session.
    pub async fn ask(&self, by: &Browser, ask: &Ask) -> Answer {
        let mut ask = ask.clone();
        ask.form.push(("csrf".to_owned(), by.csrf.clone()));
        ask.headers.push(("cookie", format!("cunyi={}", by.token)));
        self.send(&ask).await
    }

    /// Asks as whoever the request says.
    pub async fn send(&self, ask: &Ask) -> Answer {
        let form = encode(&ask.form);
        self.bytes(ask, form.into_bytes().into()).await
    }

    /// Asks with a body of any bytes.
    pub async fn bytes(&self, ask: &Ask, body: Bytes) -> Answer {
        let mut request = Request::builder()
            .method(ask.method.to_uppercase().as_str())
            .uri(&ask.path);
        if !ask.headers.iter().any(|(name, _)| *name == "host") {
            request = request.header(header::HOST, HOST);
        }
        for (name, value) in &ask.headers {
            request = request.header(*name, value);
        }
        let body = if ask.method == "post" {
            request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
            Body::from(body)
        } else {
            Body::empty()
        };
        let request = request.body(body).expect("a request");
        let answer = self.router.clone().oneshot(request).await;
        let answer = answer.expect("an answer");
        let (parts, body) = answer.into_parts();
        let bytes = to_bytes(body, 8 << 20).await.expect("a body");
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }
}

/// As browsers write a form: all but letters and digits as `%41`.
pub fn encode(form: &[(String, String)]) -> String {
    let escape = |text: &str| -> String {
        let byte = |b: u8| match b {
            b if b.is_ascii_alphanumeric() => char::from(b).to_string(),
            b => format!("%{b:02X}"),
        };
        text.bytes().map(byte).collect()
    };
    let pairs = form
        .iter()
        .map(|(name, value)| format!("{}={}", escape(name), escape(value)));
    pairs.collect::<Vec<_>>().join("&")
}

/// Holds a table against the one that was looked at.
pub fn golden(name: &str, table: &str) {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden");
    let file = std::path::Path::new(folder).join(name);
    if std::env::var_os("CUNYI_WRITE_GOLDEN").is_some() {
        std::fs::write(&file, table).expect("written");
    }
    let looked_at = std::fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(
        table, looked_at,
        "look at each changed line, then run with CUNYI_WRITE_GOLDEN=1"
    );
}
