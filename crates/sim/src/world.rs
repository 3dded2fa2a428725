//! A clinic and a centre as files that are copied for each day: installed once, opened often.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use cunyi_app::{Actor, App, NewLot, NewUser, Parts, SetupForm};
use cunyi_catalogue::{Catalogue, Class, Drug, ServiceRole};
use cunyi_centre::population::{AREA, Cover, Person, population};
use cunyi_centre::{Centre, Gate, Item, Parts as CentreParts};
use cunyi_db::{CommitSide, Durability, Target};
use cunyi_domain::ledger::LineClass;
use cunyi_domain::money::{Quantity, UnitPrice};
use cunyi_domain::time::civil::Date;
use cunyi_domain::time::{Clock, Moment, Rng, parse_date, parse_date_time};
use cunyi_gateway::{Region, region};
use cunyi_store::{InstallationKey, Store};

use crate::dice::{SeededRng, SimClock};
use crate::plan::Plan;
use crate::wire::Wire;

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
/// The clinic's ledger in its folder.
pub const CLINIC: &str = "clinic.db";
/// The centre's ledger in its folder.
pub const CENTRE: &str = "centre.db";

/// An installed clinic and a settled centre, for each kind of region.
pub struct Template {
    folder: Folder,
    /// Of both.
    pub catalogue: Arc<Catalogue>,
    /// Two doctors of each.
    doctors: Vec<[Actor; 2]>,
    /// When the days begin.
    pub morning: Moment,
    /// Grown-up residents without a filing.
    pub well: Vec<Person>,
    /// Grown-up residents filed for high blood pressure.
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
    KINDS.iter().position(of).unwrap_or(0)
}

impl Template {
    /// Installs them.
    pub fn new() -> Result<Self, String> {
        let folder = Folder::new()?;
        let morning = parse_date_time(MORNING).ok_or("the morning")?;
        let mut people = population(VILLAGE, morning.date());
        people.retain(is_resident);
        let mut template = Self {
            well: filed_for(&people, &[]),
            pressed: filed_for(&people, &["高血压"]),
            folder,
            catalogue: Arc::new(Catalogue::demo()),
            doctors: Vec::new(),
            morning,
        };
        for (number, (queries, shared)) in KINDS.into_iter().enumerate() {
            let folder = template.folder.file(&number.to_string());
            fs::create_dir_all(&folder).map_err(told)?;
            let doctors = template.install(&folder, &region_text(queries, shared))?;
            template.doctors.push(doctors);
        }
        Ok(template)
    }

    fn install(&self, folder: &Path, region: &str) -> Result<[Actor; 2], String> {
        let clock = Arc::new(SimClock::at(self.morning));
        let rng: Arc<dyn Rng> = Arc::new(SeededRng::new(1));
        let centre = self.centre(folder, region, &clock, &rng)?;
        let wire = Arc::new(Wire::new(Arc::clone(&centre), Arc::clone(&clock), None));
        let own = Arc::clone(&clock) as Arc<dyn Clock>;
        let app = self.clinic(folder, &wire, &own, &rng, None)?;
        let doctor = set_up(&app, &self.catalogue, &setup_form(region), PACKS)?;
        app.store().db().checkpoint().map_err(told)?;
        centre.checkpoint().map_err(told)?;
        Ok([doctor, signed_in(&app, DOCTORS[1])?])
    }

    /// Who does everything on a day, and who else is there.
    pub fn doctors(&self, plan: &Plan) -> &[Actor; 2] {
        &self.doctors[kind(plan)]
    }

    /// Fresh ledgers for a day.
    pub fn copy(&self, plan: &Plan, to: &Folder) -> Result<(), String> {
        let from = self.folder.file(&kind(plan).to_string());
        for name in [CLINIC, CENTRE] {
            fs::copy(from.join(name), to.file(name)).map_err(told)?;
        }
        Ok(())
    }

    /// The centre of a day.
    pub fn centre_of(
        &self,
        plan: &Plan,
        folder: &Folder,
        clock: &Arc<SimClock>,
        rng: &Arc<dyn Rng>,
    ) -> Result<Arc<Centre>, String> {
        let region = region_text(plan.queries, plan.shared);
        self.centre(&folder.0, &region, clock, rng)
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
                .at_commit(Box::new(move |_, side| power.reached(side)));
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
    app.receive_stock(&doctor, &lots).map_err(told)?;
    Ok(doctor)
}

fn signed_in(app: &App, login: &str) -> Result<Actor, String> {
    let token = app.sign_in(login, PASSWORD).map_err(told)?;
    let session = app.session(&token).map_err(told)?.ok_or("no session")?;
    Ok(session.actor)
}

/// The grown-up residents of a village who are filed for nothing.
pub fn well(seed: u64, today: Date) -> Vec<Person> {
    let mut people = population(seed, today);
    people.retain(is_resident);
    filed_for(&people, &[])
}

/// The clinic's electricity: it may fail at a commit, and the program unwinds from there.
#[derive(Default)]
pub struct Power(AtomicI64);

/// The power is gone: nothing commits any more, whoever works on.
const GONE: i64 = -1;

/// What the program unwinds with.
pub struct Cut;

impl Power {
    /// Fails at the commit of that number from here on, on that side of it.
    pub fn fail_at(&self, cut: Option<(u8, CommitSide)>) {
        let left = cut.map_or(0, |(at, side)| {
            i64::from(at) * 2 + 1 + i64::from(side == CommitSide::After)
        });
        self.0.store(left, Ordering::SeqCst);
    }

    fn reached(&self, _: CommitSide) {
        match self.0.load(Ordering::SeqCst) {
            0 => return,
            1 | GONE => self.0.store(GONE, Ordering::SeqCst),
            left => return self.0.store(left - 1, Ordering::SeqCst),
        }
        std::panic::resume_unwind(Box::new(Cut));
    }
}

pub(crate) fn told(error: impl std::fmt::Display) -> String {
    error.to_string()
}

fn is_resident(person: &Person) -> bool {
    let here = |c: &Cover| c.scheme == "390" && c.status == "1" && c.place == AREA;
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
