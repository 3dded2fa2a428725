//! Doctors at work through the clinic's pages while programs die under them. What a page told them
//! they rely on.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use cunyi_catalogue::{Catalogue, ServiceRole};
use cunyi_centre::population::Person;
use cunyi_sim::dice::Dice;
use cunyi_sim::{DRUGS, PASSWORD};

use super::proxy::Pulse;
use crate::ending::value_of;
use crate::program::{encoded, try_ask};

/// What a page said, and who was told may rely on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Told {
    /// A visit is registered.
    Visit(String),
    /// The batch of that number is settled.
    Settled(String),
    /// It is paid back.
    Reversed(String),
}

/// What all doctors share.
pub struct Shop {
    /// The clinic's.
    pub port: u16,
    /// Beats with every request.
    pub pulse: Arc<Pulse>,
    /// Held while a program is down.
    pub down: Mutex<()>,
    /// The day ends.
    pub closes: AtomicBool,
    /// What was told.
    pub told: Mutex<Vec<Told>>,
    draft: Vec<(&'static str, String)>,
}

impl Shop {
    pub fn new(port: u16, pulse: Arc<Pulse>) -> Self {
        Self {
            port,
            pulse,
            down: Mutex::new(()),
            closes: AtomicBool::new(false),
            told: Mutex::default(),
            draft: draft(),
        }
    }
}

/// A cold: a drug and the consultation.
fn draft() -> Vec<(&'static str, String)> {
    let lists = Catalogue::demo();
    let drug = lists.drugs().iter().find(|drug| drug.name == DRUGS[0]);
    let drug = drug.expect("the drug");
    let mut services = lists.services().iter();
    let fee = services.find(|s| s.role == ServiceRole::General);
    vec![
        ("complaint", "咽痛、流涕 2 天".to_owned()),
        ("temperature", "37.2".to_owned()),
        ("diagnoses.0", "J06.900".to_owned()),
        ("lines.0.code", drug.code.clone()),
        (
            "lines.0.dose",
            drug.dose.map(|d| d.to_string()).unwrap_or_default(),
        ),
        ("lines.0.route", drug.route.code.to_owned()),
        ("lines.0.frequency", drug.frequency.code.to_owned()),
        ("lines.0.days", "1".to_owned()),
        ("lines.1.code", fee.expect("the fee").code.clone()),
        ("own_pay_consent", "on".to_owned()),
    ]
}

/// Most forms of one visit that are sent.
const FORMS: usize = 14;
/// Of a hundred visits, how many are paid back.
const REVERSED: u64 = 40;
/// So often a page is looked at until a lost call is found out.
pub const LOOKS: usize = 20_000;

/// How a page says that the clinic asks the centre.
const WAITING: &str = "class=\"notice waiting\"";
/// How a page says that money lies here for what is not settled yet.
const HELD: &str = "已收押金";

/// A doctor.
pub struct Worker<'a> {
    shop: &'a Shop,
    cookie: String,
    people: Vec<Person>,
    next: usize,
    dice: Dice,
    visits: Vec<String>,
}

impl<'a> Worker<'a> {
    /// Signs in; her patients are her own.
    pub fn new(shop: &'a Shop, login: &str, people: Vec<Person>, seed: u64) -> Self {
        let mut worker = Self {
            shop,
            cookie: String::new(),
            people,
            next: 0,
            dice: Dice::new(seed),
            visits: Vec::new(),
        };
        let form = [("login", login), ("password", PASSWORD)];
        let answer = worker.post("/login", &form).expect("nothing is killed yet");
        let cookie = header(&answer, "set-cookie");
        let cookie = cookie.and_then(|cookie| cookie.split(';').next());
        worker.cookie = cookie.unwrap_or_else(|| panic!("{answer}")).to_owned();
        worker
    }

    fn ask(&self, method: &str, path: &str, body: &str) -> io::Result<String> {
        self.shop.pulse.beat();
        let head = format!("{method} {path} HTTP/1.1\r\nCookie: {}", self.cookie);
        let answer = try_ask(self.shop.port, &head, body);
        self.shop.pulse.beat();
        answer
    }

    /// A page, asked for again where the program died meanwhile.
    fn page(&self, path: &str) -> String {
        loop {
            match self.ask("GET", path, "") {
                Ok(page) => return page,
                // The lock is free again when it is up.
                Err(_) => drop(self.shop.down.lock().expect("whole")),
            }
        }
    }

    /// A form is sent once: whether it was taken the page will say.
    fn post(&self, path: &str, fields: &[(&str, &str)]) -> Option<String> {
        self.ask("POST", path, &encoded(fields)).ok()
    }

    fn tell(&self, told: Told) {
        self.shop.told.lock().expect("whole").push(told);
    }

    /// Until the day ends.
    pub fn work(&mut self) {
        while !self.shop.closes.load(Ordering::SeqCst) {
            if let Some(visit) = self.register() {
                self.treat(&visit);
                if self.dice.percent(REVERSED) {
                    self.reverse(&visit);
                }
                self.visits.push(visit);
            }
        }
    }

    /// The next patient; her visit's address.
    pub fn register(&mut self) -> Option<String> {
        let person = &self.people[self.next % self.people.len()];
        self.next += 1;
        let desk = self.page("/identify");
        let csrf = value_of(&desk, "csrf");
        let who = [
            ("csrf", csrf),
            ("certificate", "02"),
            ("number", &person.id_number),
        ];
        let page = self.post("/identify", &who)?;
        if !page.contains("name=\"handle\"") {
            return None;
        }
        let form = [
            ("csrf", csrf),
            ("handle", value_of(&page, "handle")),
            ("then", "see"),
        ];
        let answer = self.post("/register", &form)?;
        let visit = header(&answer, "location").filter(|path| path.starts_with("/visits/"))?;
        let id = visit.trim_start_matches("/visits/");
        self.tell(Told::Visit(id.to_owned()));
        Some(visit.to_owned())
    }

    /// From the record to the drugs, as far as the pages offer it.
    pub fn treat(&self, visit: &str) {
        for _ in 0..FORMS {
            let page = self.look(visit);
            if page.contains("name=\"version\"") {
                let mut fields = vec![("version", value_of(&page, "version"))];
                fields.extend(self.shop.draft.iter().map(|(name, text)| (*name, &**text)));
                self.send(&page, &format!("{visit}/freeze"), &fields);
                continue;
            }
            let steps = ["presettle", "settle", "resolve", "even-out", "hand-over"];
            let paths = steps.map(|step| format!("{visit}/{step}"));
            let Some(path) = paths.iter().find(|path| offers(&page, path)) else {
                break;
            };
            self.send(&page, path, &shown(&page));
        }
    }

    fn reverse(&self, visit: &str) {
        let page = self.look(visit);
        let mut forms = page
            .split("action=\"")
            .filter_map(|rest| rest.split('"').next());
        if let Some(path) = forms.find(|path| path.ends_with("/reverse")) {
            let id = visit.trim_start_matches("/visits/");
            self.send(&page, path, &[("visit", id), ("reason", "退药")]);
            self.look(visit);
        }
    }

    /// A form of a page.
    fn send(&self, page: &str, path: &str, fields: &[(&str, &str)]) {
        let csrf = [("csrf", value_of(page, "csrf"))];
        // A refusal, and no answer, are looked at on the next page.
        drop(self.post(path, &[&csrf, fields].concat()));
    }

    /// A visit's page, believed.
    fn look(&self, visit: &str) -> String {
        let page = self.page(visit);
        for (state, number) in batches(&page) {
            match state {
                "settled" => self.tell(Told::Settled(number.to_owned())),
                "reversed" => self.tell(Told::Reversed(number.to_owned())),
                _ => {}
            }
        }
        page
    }

    /// In the evening what is lost is found out and what is held is settled, for every visit; answers how
    /// many there were.
    pub fn find_out(&self) -> usize {
        for visit in &self.visits {
            assert!(self.ends(visit, LOOKS), "{visit}: {}", self.page(visit));
        }
        self.visits.len()
    }

    /// True if a visit is at its end within so many looks.
    pub fn ends(&self, visit: &str, looks: usize) -> bool {
        (0..looks).any(|_| self.is_at_its_end(visit))
    }

    /// True if a visit's page says so; else what it offers is done.
    fn is_at_its_end(&self, visit: &str) -> bool {
        let page = self.look(visit);
        // What the clinic is too busy to show says nothing of the visit, and while it asks the centre
        // its page offers nothing, whatever was found out meanwhile.
        if !page.starts_with("HTTP/1.1 200") || page.contains(WAITING) {
            return false;
        }
        let mut open = false;
        for (step, form) in [("resolve", Vec::new()), ("even-out", shown(&page))] {
            let path = format!("{visit}/{step}");
            if offers(&page, &path) {
                self.send(&page, &path, &form);
                open |= step == "even-out";
            }
        }
        if page.contains(HELD) {
            self.treat(visit);
            open = true;
        }
        let flying = |state: &str| state.ends_with("unknown") || state.ends_with("requested");
        !open && !batches(&page).iter().any(|(state, _)| flying(state))
    }
}

fn offers(page: &str, path: &str) -> bool {
    page.contains(&format!("action=\"{path}\""))
}

fn header<'a>(answer: &'a str, name: &str) -> Option<&'a str> {
    let mut lines = answer.lines().take_while(|line| !line.is_empty());
    lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

/// The fields of the form that pays what is shown, or returns or collects it.
fn shown(page: &str) -> Vec<(&str, &str)> {
    if page.contains("name=\"amount\"") {
        return vec![("amount", value_of(page, "amount"))];
    }
    let fields = [("batch.0", "cash.0"), ("batch.1", "cash.1")];
    let there = |(batch, _): &&(&str, &str)| page.contains(&format!("name=\"{batch}\""));
    let held = fields.iter().take_while(there);
    held.flat_map(|(batch, cash)| {
        [
            (*batch, value_of(page, batch)),
            (*cash, value_of(page, cash)),
        ]
    })
    .collect()
}

/// State and number of each batch that a page shows.
fn batches(page: &str) -> Vec<(&str, &str)> {
    let sections = page.split("<section class=\"batch state-").skip(1);
    sections
        .filter_map(|section| {
            let (state, rest) = section.split_once('"')?;
            let number = rest.split("<span class=\"soft\">").nth(1)?;
            Some((state, number.split('<').next()?))
        })
        .collect()
}
