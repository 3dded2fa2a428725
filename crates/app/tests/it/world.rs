//! A clinic and a centre in one process under one passed clock.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use cunyi_app::views::{DraftBody, DraftLine, IdentifyForm, RegisterForm, VisitView};
use cunyi_app::{Actor, App, AppError, NewLot, NewUser, Parts, SetupForm};
use cunyi_catalogue::Catalogue;
use cunyi_centre::population::{AREA, Cover, Person, population};
use cunyi_centre::{Centre, Gate, Item, Parts as CentreParts};
use cunyi_db::{Durability, Target};
use cunyi_domain::batch::BatchState;
use cunyi_domain::ids::{BatchId, PatientId, VisitId};
use cunyi_domain::ledger::{LineClass, Method, Right};
use cunyi_domain::money::{Fen, Quantity, UnitPrice};
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_domain::time::civil::Date;
use cunyi_domain::time::{Clock, Moment, Rng, parse_date, parse_date_time};
use cunyi_domain::transport::Transport;
use cunyi_gateway::message::{T5204, T5206, Transaction, charge, entitlement};
use cunyi_gateway::{Gateway, Header, Institution, Line, Outcome, Outgoing, Region, Secret};
use cunyi_store::{InstallationKey, Store};

use crate::wire::Wire;

/// A clock that moves a step (20 ms) whenever it is asked.
pub struct TestClock {
    now: AtomicI64,
    step: AtomicI64,
}

impl Clock for TestClock {
    fn now(&self) -> Moment {
        let step = self.step.load(Ordering::SeqCst);
        Moment(self.now.fetch_add(step, Ordering::SeqCst))
    }
}

impl TestClock {
    pub fn at(text: &str) -> Self {
        Self {
            now: AtomicI64::new(parse_date_time(text).unwrap().0),
            step: AtomicI64::new(20_000),
        }
    }

    pub fn advance(&self, seconds: i64) {
        self.now.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }

    /// Time stands still from here on.
    pub fn stop(&self) {
        self.step.store(0, Ordering::SeqCst);
    }
}

/// The same numbers in every run.
#[derive(Default)]
pub struct TestRng(AtomicU64);

impl Rng for TestRng {
    fn fill(&self, buffer: &mut [u8]) {
        for byte in buffer {
            let seed = self.0.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::Relaxed);
            let z = (seed ^ (seed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            *byte = (z >> 32).to_le_bytes()[0];
        }
    }
}

pub struct World {
    pub app: Arc<App>,
    pub centre: Arc<Centre>,
    pub wire: Arc<Wire>,
    pub clock: Arc<TestClock>,
    pub people: Vec<Person>,
    pub doctor: Actor,
}

pub const PASSWORD: &str = "correct horse";

pub fn user(login: &str, role: &str) -> NewUser {
    NewUser {
        login: login.to_owned(),
        name: format!("测试{role}"),
        role: role.to_owned(),
        national_code: if role == "doctor" {
            "D990001000001"
        } else {
            ""
        }
        .to_owned(),
        password: PASSWORD.to_owned(),
    }
}

/// What a world is made of, where it is not the usual.
#[derive(Clone)]
pub struct Setting {
    pub region: String,
    pub resident: String,
    pub employee: String,
}

impl Default for Setting {
    fn default() -> Self {
        Self {
            region: cunyi_gateway::region::DEMO.to_owned(),
            resident: cunyi_policy::DEMO_RESIDENT.to_owned(),
            employee: cunyi_policy::DEMO_EMPLOYEE.to_owned(),
        }
    }
}

/// Names and numbers that tests type.
pub const SECRETS: [&str; 5] = [
    "钱代办",
    "孙监护",
    "周新生",
    "11010519491231002X",
    "13900001111",
];

/// Insured here as a resident and nowhere else, grown up.
pub fn is_resident(p: &Person) -> bool {
    let here = |c: &Cover| c.scheme == "390" && c.status == "1" && c.place == AREA;
    p.coverages.len() == 1 && here(&p.coverages[0]) && p.birth_date.year() < 1990
}

/// Names of the filings that hold.
pub fn filed(p: &Person) -> Vec<&str> {
    let holding = p.filings.iter().filter(|f| f.to.is_none());
    holding.map(|f| f.name).collect()
}

/// One world for each engine that is there.
pub fn worlds(schema: &str) -> Vec<World> {
    worlds_of(schema, &Setting::default())
}

pub fn worlds_of(schema: &str, setting: &Setting) -> Vec<World> {
    let mut targets = vec![Target::Memory];
    match std::env::var("CUNYI_TEST_PG") {
        Ok(url) => targets.push(Target::Postgres {
            url,
            schema: format!("app_{schema}_{}", std::process::id()),
        }),
        Err(_) => println!("SKIPPED on PostgreSQL: CUNYI_TEST_PG is not set"),
    }
    targets.into_iter().map(|t| world(t, setting)).collect()
}

/// The centre's ledger on the same engine as the clinic's.
fn beside(clinic: &Target) -> Target {
    match clinic {
        Target::Postgres { url, schema } => Target::Postgres {
            url: url.clone(),
            schema: format!("{schema}_centre"),
        },
        _ => Target::Memory,
    }
}

fn centre(target: Target, setting: &Setting, clock: &Arc<TestClock>, rng: &Arc<dyn Rng>) -> Centre {
    let lists = Catalogue::demo();
    let region = Region::parse(&setting.region, "region").unwrap();
    Centre::open(CentreParts {
        target,
        durability: Durability::Scratch,
        seed: 11,
        policies: vec![
            cunyi_policy::parse(&setting.resident, "resident").unwrap(),
            cunyi_policy::parse(&setting.employee, "employee").unwrap(),
        ],
        catalogue: Box::new(move |code| item(&lists, code)),
        clock: Arc::clone(clock) as Arc<dyn Clock>,
        rng: Arc::clone(rng),
        gate: Gate::open(&region, &keys()).unwrap(),
        region,
    })
    .unwrap()
}

/// The program over a database; what a restart makes anew.
pub fn program(target: Target, wire: &Arc<Wire>, clock: &Arc<TestClock>, seed: u64) -> App {
    let store = Store::open(target, Durability::Scratch, InstallationKey::new([9; 32])).unwrap();
    App::new(Parts {
        store,
        catalogue: Arc::new(Catalogue::demo()),
        transport: Arc::clone(wire) as Arc<dyn Transport>,
        clock: Arc::clone(clock) as Arc<dyn Clock>,
        rng: Arc::new(TestRng(AtomicU64::new(seed))),
        centre_url: None,
    })
    .with_keys(keys())
    .with_receipt_maker(Arc::clone(&wire.desk) as Arc<dyn cunyi_app::ReceiptMaker>)
}

/// The keys of all families, the clinic's and the centre's.
fn keys() -> BTreeMap<String, Secret> {
    let lines = include_str!("../../../gateway/regions/transport/fictional.keys").lines();
    let pairs = lines.filter_map(|line| line.split_once('='));
    pairs
        .map(|(name, key)| (name.to_owned(), Secret::new(key)))
        .collect()
}

pub const ROLES: [&str; 7] = [
    "doctor",
    "pharmacist",
    "township",
    "insurance",
    "health",
    "auditor",
    "administrator",
];

pub fn world(target: Target, setting: &Setting) -> World {
    let clock = Arc::new(TestClock::at("2026-11-24 09:00:00"));
    let rng: Arc<dyn Rng> = Arc::new(TestRng(AtomicU64::new(3)));
    let centre = Arc::new(centre(beside(&target), setting, &clock, &rng));
    let wire = Arc::new(Wire::new(Arc::clone(&centre)));
    let app = Arc::new(program(target, &wire, &clock, 7));
    let today = app.now().date();
    install(&app, setting);
    let doctor = actor(&app, "doctor");
    let lots: Vec<NewLot> = app.catalogue().drugs().iter().take(400).map(lot).collect();
    app.receive_stock(&doctor, &lots).unwrap();
    World {
        people: population(11, today),
        app,
        centre,
        wire,
        clock,
        doctor,
    }
}

fn install(app: &App, setting: &Setting) {
    app.install(&setup_form(setting)).unwrap();
}

/// What the first-run page would send.
pub fn setup_form(setting: &Setting) -> SetupForm {
    SetupForm {
        clinic_name: "演示县竹山村卫生室".to_owned(),
        institution_code: "H99000100001".to_owned(),
        institution_name: "演示县竹山村卫生室".to_owned(),
        level: "village".to_owned(),
        slot: "3".to_owned(),
        region: setting.region.clone(),
        policies: vec![setting.resident.clone(), setting.employee.clone()],
        administrator: user("administrator", "administrator"),
        users: ROLES[..6].iter().map(|role| user(role, role)).collect(),
        fictional: true,
    }
}

pub fn actor(app: &App, login: &str) -> Actor {
    let token = app.sign_in(login, PASSWORD).unwrap();
    app.session(&token).unwrap().unwrap().actor
}

fn lot(drug: &cunyi_catalogue::Drug) -> NewLot {
    NewLot {
        code: drug.code.clone(),
        lot_number: "L1".to_owned(),
        expires_on: parse_date("2028-01-31").unwrap(),
        cost: UnitPrice::from_fen(10),
        quantity: Quantity::whole(drug.units_per_pack * if drug.is_piece() { 500 } else { 10 }),
    }
}

fn item(lists: &Catalogue, code: &str) -> Option<Item> {
    let class = |class: cunyi_catalogue::Class| LineClass::from_text(class.as_str());
    if let Some(drug) = lists.drug(code) {
        let category = drug.kind.charge_type().to_owned();
        let class = class(drug.class)?;
        return Some(Item {
            name: drug.name.clone(),
            form: drug.form.clone(),
            list: "western",
            class,
            ceiling: None,
            is_consultation_fee: false,
            kinds: cunyi_app::kinds::of_drug(drug),
            category,
        });
    }
    let service = lists.service(code)?;
    Some(Item {
        name: service.name.clone(),
        form: String::new(),
        list: "service",
        class: class(service.class)?,
        ceiling: None,
        is_consultation_fee: service.role == cunyi_catalogue::ServiceRole::General,
        category: service.charge_type.clone(),
        kinds: cunyi_app::kinds::of_service(),
    })
}

impl World {
    /// The first villager who fits.
    pub fn person(&self, fits: impl Fn(&Person) -> bool) -> &Person {
        let found = self.people.iter().find(|p| fits(p));
        found.expect("the population has one")
    }

    /// Someone insured here as a resident, grown up, with or without a filing for hypertension.
    pub fn resident(&self, hypertension: bool) -> &Person {
        let wanted: &[&str] = if hypertension { &["高血压"] } else { &[] };
        self.person(|p| is_resident(p) && filed(p) == wanted)
    }

    /// Grown-up residents without a filing, one after another.
    pub fn residents(&self) -> impl Iterator<Item = &Person> {
        self.people
            .iter()
            .filter(|p| is_resident(p) && p.filings.is_empty())
    }

    pub fn identify(&self, person: &Person) -> cunyi_app::views::Identified {
        self.identify_as(&self.doctor, person)
    }

    pub fn identify_as(&self, actor: &Actor, person: &Person) -> cunyi_app::views::Identified {
        let form = IdentifyForm {
            certificate: "02".to_owned(),
            number: person.id_number.clone(),
            typed: true,
            ..IdentifyForm::default()
        };
        self.app.identify(actor, &form).unwrap()
    }

    pub fn register(&self, person: &Person) -> VisitId {
        let found = self.identify(person);
        let form = RegisterForm {
            handle: found.handle,
            ..RegisterForm::default()
        };
        self.app.register(&self.doctor, &form).unwrap()
    }

    /// A line with the catalogue's own dose.
    pub fn line(&self, name: &str) -> DraftLine {
        let drug = self
            .app
            .catalogue()
            .drugs()
            .iter()
            .find(|d| d.name == name)
            .expect(name);
        DraftLine {
            code: drug.code.clone(),
            dose: drug.dose.map(|d| d.to_string()).unwrap_or_default(),
            route: drug.route.code.to_owned(),
            frequency: drug.frequency.code.to_owned(),
            days: drug.days.to_string(),
            ..DraftLine::default()
        }
    }

    pub fn consultation(&self) -> DraftLine {
        let mut services = self.app.catalogue().services().iter();
        let fee = services
            .find(|s| s.role == cunyi_catalogue::ServiceRole::General)
            .unwrap();
        DraftLine {
            code: fee.code.clone(),
            ..DraftLine::default()
        }
    }

    pub fn cold(&self) -> DraftBody {
        DraftBody {
            complaint: "咽痛、流涕 2 天".to_owned(),
            temperature: "37.2".to_owned(),
            diagnoses: vec!["J06.900".to_owned()],
            lines: vec![self.line("感冒灵颗粒"), self.consultation()],
            own_pay_consent: true,
            ..DraftBody::default()
        }
    }

    /// A cold without drugs.
    pub fn consult_only(&self) -> DraftBody {
        DraftBody {
            lines: vec![self.consultation()],
            ..self.cold()
        }
    }

    /// A cold with drugs for the blood pressure: two batches for whom has a filing.
    pub fn cold_and_pressure(&self) -> DraftBody {
        let mut body = self.cold();
        body.diagnoses.push("I10.x00x002".to_owned());
        body.lines.push(self.line("苯磺酸氨氯地平片"));
        body
    }

    /// Clinic and doctor may prescribe everything the lists have.
    pub fn granted(&self) {
        let administrator = actor(&self.app, "administrator");
        for holder in [None, Some(&self.doctor.user)] {
            let done = self.app.set_rights(&administrator, holder, Right::ALL);
            done.unwrap();
        }
    }

    /// Another delivery, for many visits in one test.
    pub fn restock(&self) {
        for _ in 0..4 {
            let lots: Vec<NewLot> = self
                .app
                .catalogue()
                .drugs()
                .iter()
                .take(400)
                .map(lot)
                .collect();
            self.app.receive_stock(&self.doctor, &lots).unwrap();
        }
    }

    pub fn view(&self, visit: &VisitId) -> VisitView {
        self.app.visit(&self.doctor, visit).unwrap()
    }

    pub fn states(&self, visit: &VisitId) -> Vec<BatchState> {
        self.view(visit).batches.iter().map(|b| b.state).collect()
    }

    /// The cash shown for each batch.
    pub fn shown(&self, visit: &VisitId) -> Vec<(BatchId, Fen)> {
        let batches = self.view(visit).batches;
        batches.iter().map(|b| (b.id.clone(), b.cash)).collect()
    }

    pub fn frozen(&self, person: &Person, body: &DraftBody) -> VisitId {
        let visit = self.register(person);
        self.app.freeze(&self.doctor, &visit, 0, body).unwrap();
        visit
    }

    pub fn presettled(&self, person: &Person, body: &DraftBody) -> VisitId {
        let visit = self.frozen(person, body);
        self.app.presettle(&self.doctor, &visit).unwrap();
        visit
    }

    pub fn settled(&self, person: &Person, body: &DraftBody) -> VisitId {
        let visit = self.presettled(person, body);
        self.settle(&visit).unwrap();
        visit
    }

    pub fn settle(&self, visit: &VisitId) -> cunyi_app::Result<()> {
        self.app
            .settle(&self.doctor, visit, &self.shown(visit), Method::Cash)
    }

    /// Asks the centre itself, past the clinic, under a number of its slot.
    pub fn at_centre<T: Transaction>(&self, input: &T::Input) -> T::Output {
        let asked = self.wire.calls().len();
        let now = self.clock.now().compact();
        self.at_centre_as::<T>(
            &format!("H99000100001{now}{:04}", 1_900 + asked % 100),
            input,
        )
    }

    /// The same under another's msgid.
    pub fn at_centre_as<T: Transaction>(&self, msgid: &str, input: &T::Input) -> T::Output {
        let now = self.clock.now();
        let gateway = Gateway {
            region: Region::demo(),
            institution: Institution {
                code: "H99000100001".to_owned(),
                name: "演示县竹山村卫生室".to_owned(),
            },
        };
        let header = Header {
            msgid: msgid.to_owned(),
            now,
            insuplc_admdvs: String::new(),
            sign_no: None,
            opter: "auditor".to_owned(),
            opter_name: "auditor".to_owned(),
        };
        let bytes = gateway.encode::<T>(&header, input);
        let line = Line::open(&gateway.region, &gateway.institution, &keys()).unwrap();
        let call = Outgoing {
            infno: T::INFNO,
            bytes,
            now,
            nonce: "0123456789abcdef",
            late: "",
        };
        let came = line.send(&*self.centre, &call, Duration::from_mins(10));
        self.clock.advance(1);
        match gateway.decode::<T>(msgid, input, &came) {
            Outcome::Success(found) => found.output,
            Outcome::Refused(refusal) => panic!("{} refused: {}", T::INFNO, refusal.text),
            Outcome::Unknown(_) | Outcome::NotSent { .. } => panic!("{} unknown", T::INFNO),
        }
    }

    /// What the centre says its fund has paid for a person this year, over all benefits. Asked at
    /// the centre itself, past the clinic.
    pub fn centre_paid(&self, person: &Person) -> Fen {
        let input = entitlement::AccumulatorQuery {
            psn_no: person.number.clone(),
            cum_ym: String::new(),
        };
        let found = self.at_centre::<T5206>(&input.into());
        found.cuminfo.iter().map(|r| r.cum.or_zero()).sum()
    }

    /// The `setl_id`s under which the centre holds a visit's lines.
    pub fn centre_settlements(&self, person: &Person, visit: &VisitId) -> BTreeSet<String> {
        let input = charge::FeeQuery {
            psn_no: person.number.clone(),
            setl_id: String::new(),
            mdtrt_id: self.view(visit).batches[0].platform_visit.clone(),
        };
        let rows = self.at_centre::<T5204>(&input.into()).data.into_iter();
        rows.map(|row| row.setl_id)
            .filter(|id| !id.is_empty())
            .collect()
    }

    /// Smallest units of a drug in the cupboard and promised, over all lots.
    pub fn stock(&self, name: &str) -> (Quantity, Quantity) {
        let stock = self.app.stock(&self.doctor).unwrap();
        let lots = stock
            .iter()
            .filter(|s| s.name == name)
            .flat_map(|s| &s.lots);
        let sum = |(a, b): (Quantity, Quantity), lot: &(String, Date, Quantity, Quantity)| {
            (a + lot.2, b + lot.3)
        };
        lots.fold((Quantity::ZERO, Quantity::ZERO), sum)
    }

    /// A patient's key is gone.
    pub fn erase(&self, patient: &PatientId) {
        let who = cunyi_store::Who {
            clinic: self.doctor.clinic.clone(),
            actor: self.doctor.user.clone(),
            now: self.app.now(),
        };
        let store = self.app.store();
        store.erase(&who, &TestRng::default(), patient).unwrap();
    }

    /// What a use case was refused for. No refusal tells a name or number of anybody.
    pub fn refused<T: std::fmt::Debug>(&self, result: cunyi_app::Result<T>) -> Refusal {
        let error = result.expect_err("should be refused");
        let told = format!("{error} {error:?}");
        for person in &self.people {
            let card = person.card.iter().flat_map(|c| [&c.number, &c.code]);
            let token = person.voucher.iter().map(|v| &v.token);
            let own = [&person.name, &person.id_number, &person.number];
            let own = own.into_iter().chain([&person.phone, &person.address]);
            for secret in own.chain(card).chain(token) {
                assert!(!told.contains(secret.as_str()), "{told}");
            }
        }
        assert!(!SECRETS.iter().any(|s| told.contains(s)), "{told}");
        match error {
            AppError::Refused(refusal) => refusal,
            AppError::Failed(text) => panic!("failed: {text}"),
        }
    }

    /// Its code alone.
    pub fn code<T: std::fmt::Debug>(&self, result: cunyi_app::Result<T>) -> Code {
        self.refused(result).code
    }

    /// Journal whole, ledger equal to its replay.
    pub fn prove(&self) {
        let clinic = &self.doctor.clinic;
        let report = self.app.store().verify(clinic).unwrap();
        assert_eq!(report.problems, Vec::<String>::new());
        let report = self.app.store().replay_check(clinic).unwrap();
        assert_eq!(report.problems, Vec::<String>::new());
    }
}
