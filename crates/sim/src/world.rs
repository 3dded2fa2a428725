//! A clinic and a centre as files that are copied for each day: installed once, opened often.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use cunyi_app::{Actor, App, NewLot, NewUser, Parts, SetupForm};
use cunyi_catalogue::{Catalogue, Class, Drug, ServiceRole};
use cunyi_centre::population::{AREA, Cover, Person, population};
use cunyi_centre::{Centre, Gate, Item, Parts as CentreParts};
use cunyi_db::{Durability, Point, Target};
use cunyi_domain::ids::{ClinicId, UserId};
use cunyi_domain::ledger::LineClass;
use cunyi_domain::money::{Quantity, UnitPrice};
use cunyi_domain::time::civil::Date;
use cunyi_domain::time::{Clock, Moment, Rng, parse_date, parse_date_time};
use cunyi_gateway::{Region, region};
use cunyi_store::reference::{self, Clinic, Level, ReferenceFile, Role, User};
use cunyi_store::{InstallationKey, Store, StoreError};

use crate::dice::{SeededRng, SimClock};
use crate::plan::Plan;
use crate::wire::{Wire, lock};

/// A folder that goes with its owner.
pub struct Folder(PathBuf);

impl Folder {
    /// A new one.
    pub fn new() -> Result<Self, String> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let name = format!(
            "cunyi-sim-{}-{}",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::SeqCst)
        );
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Self(path))
    }

    /// A file in it.
    pub fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

/// The morning before the first patient.
const MORNING: &str = "2026-11-24 08:00:00";
/// Of the villagers.
const VILLAGE: u64 = 11;
/// What the doctors sign in as.
pub const DOCTORS: [&str; 3] = ["doctor", "second", "third"];
/// Everybody's.
pub const PASSWORD: &str = "correct horse";
/// Of each lot of a drug.
const PACKS: i64 = 11;
/// What is prescribed: for a cold, for high blood pressure.
pub const DRUGS: [&str; 2] = ["感冒灵颗粒", "苯磺酸氨氯地平片"];
/// Slot and name of the clinics beside the first.
const BESIDE: [(i64, &str); 2] = [(4, "演示县梅溪村卫生室"), (5, "演示县柳湾村卫生室")];
/// The clinic's ledger in its folder.
pub const CLINIC: &str = "clinic.db";
/// The centre's ledger in its folder.
pub const CENTRE: &str = "centre.db";

/// Who works under an institution's code.
pub struct Staff {
    /// Who does everything on a day, and who else is there, of each clinic.
    pub doctors: Vec<[Actor; 2]>,
    /// Who answers for the code.
    pub answers: Actor,
}

/// An installed clinic and a settled centre, for each kind of region; and once more with two clinics beside
/// it under the same code.
pub struct Template {
    folder: Folder,
    /// Of both.
    pub catalogue: Arc<Catalogue>,
    /// Who works there, of each.
    staff: Vec<Staff>,
    /// When the days begin.
    pub morning: Moment,
    /// Grown-ups with an insurance here, without a filing.
    pub well: Vec<Person>,
    /// Grown-ups with an insurance here, filed for high blood pressure.
    pub pressed: Vec<Person>,
}

/// 5204 and 5203 are answered or not, a visit's batches stand under one registration or not.
const KINDS: [(bool, bool); 4] = [(true, true), (true, false), (false, true), (false, false)];

fn region_text(queries: bool, shared: bool) -> String {
    let text = region::DEMO.replace("queries = true", &format!("queries = {queries}"));
    text.replace(
        "batches_share_visit = true",
        &format!("batches_share_visit = {shared}"),
    )
}

fn kind(plan: &Plan) -> usize {
    let of = |kind: &(bool, bool)| *kind == (plan.queries, plan.shared);
    2 * KINDS.iter().position(of).unwrap_or(0) + usize::from(plan.three)
}

impl Template {
    /// Installs them.
    pub fn new() -> Result<Self, String> {
        let folder = Folder::new()?;
        let morning = parse_date_time(MORNING).ok_or("the morning")?;
        let people = insured_here(VILLAGE, morning.date());
        let mut template = Self {
            well: filed_for(&people, &[]),
            pressed: filed_for(&people, &["高血压"]),
            folder,
            catalogue: Arc::new(Catalogue::demo()),
            staff: Vec::new(),
            morning,
        };
        for (queries, shared) in KINDS {
            let region = region_text(queries, shared);
            let one = template.next_folder()?;
            let staff = template.install(&one, &region)?;
            let clinic = staff.doctors[0][0].clinic.clone();
            template.staff.push(staff);
            let three = template.next_folder()?;
            copy(&one, &three)?;
            let staff = template.install_more(&three, &region, &clinic)?;
            template.staff.push(staff);
        }
        Ok(template)
    }

    /// Of the next kind.
    fn next_folder(&self) -> Result<PathBuf, String> {
        let folder = self.folder.file(&self.staff.len().to_string());
        fs::create_dir_all(&folder).map_err(told)?;
        Ok(folder)
    }

    /// Lets a program do something in a folder, and keeps that in its files.
    fn prepare<T>(
        &self,
        folder: &Path,
        region: &str,
        work: impl FnOnce(&App) -> Result<T, String>,
    ) -> Result<T, String> {
        let before = self.staff.len() as u64;
        let begins = self.morning.0.saturating_add_unsigned(before * 1_000_000);
        let clock = Arc::new(SimClock::at(Moment(begins)));
        let rng: Arc<dyn Rng> = Arc::new(SeededRng::new(1 + before));
        let centre = self.centre(folder, region, &clock, &rng)?;
        let wire = Arc::new(Wire::new(Arc::clone(&centre), Arc::clone(&clock), None));
        let own = Arc::clone(&clock) as Arc<dyn Clock>;
        let app = self.clinic(folder, &wire, &own, &rng, None)?;
        let done = work(&app)?;
        app.store().db().checkpoint().map_err(told)?;
        centre.checkpoint().map_err(told)?;
        Ok(done)
    }

    fn install(&self, folder: &Path, region: &str) -> Result<Staff, String> {
        self.prepare(folder, region, |app| {
            let doctor = set_up(app, &self.catalogue, &setup_form(region), PACKS)?;
            let second = signed_in(app, DOCTORS[1])?;
            Ok(Staff {
                answers: doctor.clone(),
                doctors: vec![[doctor, second]],
            })
        })
    }

    /// Two clinics more beside the first, and the township's officer, who is the first one's user.
    fn install_more(&self, folder: &Path, region: &str, first: &ClinicId) -> Result<Staff, String> {
        self.prepare(folder, region, |app| {
            let answers = user_of(app, first, Role::Township, "township")?;
            let own = DOCTORS.map(|login| user_by(app, login));
            let [doctor, second, _] = own;
            let mut doctors = vec![[doctor?, second?]];
            for (slot, name) in BESIDE {
                let clinic = ClinicId(format!("clinic-{slot}"));
                open(app, &clinic, (slot, name), region)?;
                let user = |login: &str| user_of(app, &clinic, Role::Doctor, login);
                let both = [
                    user(&format!("first-{slot}"))?,
                    user(&format!("second-{slot}"))?,
                ];
                receive(app, &self.catalogue, &both[0], PACKS)?;
                doctors.push(both);
            }
            Ok(Staff { doctors, answers })
        })
    }

    /// Who works on a day.
    pub fn staff(&self, plan: &Plan) -> &Staff {
        &self.staff[kind(plan)]
    }

    /// Fresh ledgers for a day.
    pub fn copy(&self, plan: &Plan, to: &Folder) -> Result<(), String> {
        copy(&self.folder.file(&kind(plan).to_string()), &to.0)
    }

    /// The region of a day.
    pub fn region(&self, plan: &Plan) -> String {
        region_text(plan.queries, plan.shared)
    }

    /// The centre of a day.
    pub fn centre_of(
        &self,
        plan: &Plan,
        folder: &Folder,
        clock: &Arc<SimClock>,
        rng: &Arc<dyn Rng>,
    ) -> Result<Arc<Centre>, String> {
        self.centre(&folder.0, &self.region(plan), clock, rng)
    }

    fn centre(
        &self,
        folder: &Path,
        region: &str,
        clock: &Arc<SimClock>,
        rng: &Arc<dyn Rng>,
    ) -> Result<Arc<Centre>, String> {
        let lists = Arc::clone(&self.catalogue);
        let policies = [
            (cunyi_policy::DEMO_RESIDENT, "resident"),
            (cunyi_policy::DEMO_EMPLOYEE, "employee"),
        ];
        let parse = |(text, name): (&str, &str)| cunyi_policy::parse(text, name);
        let policies = policies.into_iter().map(parse).collect::<Result<_, _>>();
        let region = Region::parse(region, "region").map_err(told)?;
        let parts = CentreParts {
            target: Target::File(folder.join(CENTRE)),
            durability: Durability::Scratch,
            seed: VILLAGE,
            policies: policies.map_err(|error| format!("{error:?}"))?,
            catalogue: Box::new(move |code| item(&lists, code)),
            clock: Arc::clone(clock) as Arc<dyn Clock>,
            rng: Arc::clone(rng),
            gate: Gate::open(&region, &BTreeMap::new()).map_err(told)?,
            region,
        };
        Centre::open(parts).map(Arc::new).map_err(told)
    }

    /// The clinic's program of a day, freshly started.
    pub fn clinic_of(
        &self,
        folder: &Folder,
        wire: &Arc<Wire>,
        clock: &Arc<dyn Clock>,
        rng: &Arc<dyn Rng>,
        power: &Arc<Power>,
    ) -> Result<App, String> {
        self.clinic(&folder.0, wire, clock, rng, Some(power))
    }

    fn clinic(
        &self,
        folder: &Path,
        wire: &Arc<Wire>,
        clock: &Arc<dyn Clock>,
        rng: &Arc<dyn Rng>,
        power: Option<&Arc<Power>>,
    ) -> Result<App, String> {
        let target = Target::File(folder.join(CLINIC));
        let key = InstallationKey::new([9; 32]);
        let store = Store::open(target, Durability::Scratch, key).map_err(told)?;
        if let Some(power) = power {
            let power = Arc::clone(power);
            store
                .db()
                .at_point(Box::new(move |_, point| power.reached(point)));
        }
        Ok(App::new(Parts {
            store,
            catalogue: Arc::clone(&self.catalogue),
            transport: Arc::clone(wire) as _,
            clock: Arc::clone(clock),
            rng: Arc::clone(rng),
            centre_url: None,
        }))
    }
}

/// Installs a clinic, and of each of two lots of [`DRUGS`] so many packs. Answers the first doctor.
pub fn set_up(app: &App, lists: &Catalogue, form: &SetupForm, packs: i64) -> Result<Actor, String> {
    app.install(form).map_err(told)?;
    let doctor = signed_in(app, DOCTORS[0])?;
    receive(app, lists, &doctor, packs)?;
    Ok(doctor)
}

fn receive(app: &App, lists: &Catalogue, doctor: &Actor, packs: i64) -> Result<(), String> {
    let lot = |drug: &Drug, number: &str, expires_on| NewLot {
        code: drug.code.clone(),
        lot_number: number.to_owned(),
        expires_on: parse_date(expires_on).unwrap_or_default(),
        cost: UnitPrice::from_fen(10),
        quantity: Quantity::whole(drug.units_per_pack * packs),
    };
    let drugs = lists.drugs().iter();
    let lots: Vec<NewLot> = drugs
        .filter(|drug| DRUGS.contains(&drug.name.as_str()))
        .flat_map(|drug| [lot(drug, "L1", "2027-01-31"), lot(drug, "L2", "2028-01-31")])
        .collect();
    app.receive_stock(doctor, &lots).map_err(told)
}

/// Opens a clinic beside the one that is installed.
fn open(app: &App, id: &ClinicId, (slot, name): (i64, &str), region: &str) -> Result<(), String> {
    let form = setup_form(region);
    let row = Clinic {
        clinic: id.clone(),
        name: name.to_owned(),
        institution_code: form.institution_code,
        institution_name: form.institution_name,
        level: Level::Village,
        slot,
        fictional: true,
        opened_at: app.now(),
    };
    let file = |what: &str, name: &str, content: &str| ReferenceFile {
        clinic: id.clone(),
        what: what.to_owned(),
        name: name.to_owned(),
        version: "1".to_owned(),
        content: content.to_owned(),
        confirmed_by: String::new(),
        confirmed_on: String::new(),
        active_from: Moment(0),
    };
    let mut files = vec![file("region", "region", region)];
    for (place, text) in form.policies.iter().enumerate() {
        files.push(file("policy", &format!("policy-{}", place + 1), text));
    }
    let opened: Result<(), StoreError> = app.store().db().transact("open", |tx| {
        reference::install(tx, row)?;
        files.into_iter().try_for_each(|file| Ok(tx.insert(file)?))
    });
    opened.map_err(told)
}

/// A user of a clinic more, who never needs a password.
fn user_of(app: &App, clinic: &ClinicId, role: Role, login: &str) -> Result<Actor, String> {
    let user = User {
        clinic: clinic.clone(),
        id: UserId(login.to_owned()),
        login: login.to_owned(),
        name: "测试".to_owned(),
        role,
        national_code: "D990001000001".to_owned(),
        licence_until: None,
        active: true,
    };
    let actor = acting(&user);
    let inserted = app.store().db().transact("user", |tx| tx.insert(user));
    inserted.map_err(told).map(|()| actor)
}

fn user_by(app: &App, login: &str) -> Result<Actor, String> {
    let db = app.store().db();
    let user = db.read("user", |tx| reference::user_by_login(tx, login));
    let user = user.map_err(told)?.ok_or("no such user")?;
    Ok(acting(&user))
}

fn acting(user: &User) -> Actor {
    Actor {
        clinic: user.clinic.clone(),
        user: user.id.clone(),
        role: user.role,
    }
}

fn copy(from: &Path, to: &Path) -> Result<(), String> {
    for name in [CLINIC, CENTRE] {
        fs::copy(from.join(name), to.join(name)).map_err(told)?;
    }
    Ok(())
}

fn signed_in(app: &App, login: &str) -> Result<Actor, String> {
    let token = app.sign_in(login, PASSWORD).map_err(told)?;
    let session = app.session(&token).map_err(told)?.ok_or("no session")?;
    Ok(session.actor)
}

/// The grown-ups of a village with an insurance here who are filed for nothing.
pub fn well(seed: u64, today: Date) -> Vec<Person> {
    filed_for(&insured_here(seed, today), &[])
}

/// The clinic's electricity: it may fail in a write transaction, and the program unwinds from there.
#[derive(Default)]
pub struct Power(Mutex<Supply>);

#[derive(Clone, Copy, Default)]
enum Supply {
    #[default]
    On,
    /// It fails when a point of that kind is reached after so many more.
    FailsAt(u8, Point),
    /// Nothing commits any more, whoever works on.
    Gone,
}

/// What the program unwinds with.
pub struct Cut;

impl Power {
    /// Fails at the point of that number from here on.
    pub fn fail_at(&self, cut: Option<(u8, Point)>) {
        *lock(&self.0) = cut.map_or(Supply::On, |(at, point)| Supply::FailsAt(at, point));
    }

    /// True once it has failed.
    pub(crate) fn is_gone(&self) -> bool {
        matches!(*lock(&self.0), Supply::Gone)
    }

    fn reached(&self, point: Point) {
        if self.is_gone_at(point) {
            std::panic::resume_unwind(Box::new(Cut));
        }
    }

    fn is_gone_at(&self, point: Point) -> bool {
        let mut supply = lock(&self.0);
        *supply = match *supply {
            Supply::FailsAt(0, at) if at == point => Supply::Gone,
            Supply::FailsAt(left, at) if at == point => Supply::FailsAt(left - 1, at),
            other => other,
        };
        matches!(*supply, Supply::Gone)
    }
}

pub(crate) fn told(error: impl std::fmt::Display) -> String {
    error.to_string()
}

/// Who has an account comes first: they are few, and a day takes its patients from the front.
fn insured_here(seed: u64, today: Date) -> Vec<Person> {
    let mut people = population(seed, today);
    people.retain(is_insured_here);
    people.sort_by_key(|person| person.coverages[0].scheme != "310");
    people
}

fn is_insured_here(person: &Person) -> bool {
    let here = |c: &Cover| c.status == "1" && c.place == AREA;
    person.coverages.len() == 1 && here(&person.coverages[0]) && person.birth_date.year() < 1990
}

fn filed_for(people: &[Person], filings: &[&str]) -> Vec<Person> {
    let filed = |person: &&Person| {
        let holding = person.filings.iter().filter(|f| f.to.is_none());
        holding.map(|f| f.name).eq(filings.iter().copied())
    };
    people.iter().filter(filed).cloned().collect()
}

fn user(login: &str, role: &str, code: &str) -> NewUser {
    NewUser {
        login: login.to_owned(),
        name: "测试".to_owned(),
        role: role.to_owned(),
        national_code: code.to_owned(),
        password: PASSWORD.to_owned(),
    }
}

/// What is typed when a clinic of a region is installed.
pub fn setup_form(region: &str) -> SetupForm {
    let policies = [cunyi_policy::DEMO_RESIDENT, cunyi_policy::DEMO_EMPLOYEE];
    SetupForm {
        clinic_name: "演示县竹山村卫生室".to_owned(),
        institution_code: "H99000100001".to_owned(),
        institution_name: "演示县竹山村卫生室".to_owned(),
        level: "village".to_owned(),
        slot: "3".to_owned(),
        region: region.to_owned(),
        policies: policies.map(str::to_owned).to_vec(),
        administrator: user("administrator", "administrator", ""),
        users: DOCTORS
            .map(|login| user(login, "doctor", "D990001000001"))
            .to_vec(),
        fictional: true,
    }
}

fn item(lists: &Catalogue, code: &str) -> Option<Item> {
    let class = |class: Class| LineClass::from_text(class.as_str());
    if let Some(drug) = lists.drug(code) {
        return Some(Item {
            name: drug.name.clone(),
            form: drug.form.clone(),
            list: "western",
            class: class(drug.class)?,
            ceiling: None,
            is_consultation_fee: false,
            kinds: cunyi_app::kinds::of_drug(drug),
            category: drug.kind.charge_type().to_owned(),
        });
    }
    let service = lists.service(code)?;
    Some(Item {
        name: service.name.clone(),
        form: String::new(),
        list: "service",
        class: class(service.class)?,
        ceiling: None,
        is_consultation_fee: service.role == ServiceRole::General,
        category: service.charge_type.clone(),
        kinds: cunyi_app::kinds::of_service(),
    })
}
