//! Sixty days of a village clinic, made through the real use cases against the real centre in the
//! same process, under one passed clock.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use cunyi_app::views::{DraftBody, DraftLine, IdentifyForm, PatientForm, PayCode, RegisterForm};
use cunyi_app::{Actor, App, AppError, NewLot, Parts, SetupForm};
use cunyi_catalogue::{Catalogue, Drug};
use cunyi_centre::Centre;
use cunyi_centre::population::{Person, population};
use cunyi_db::{Durability, Target};
use cunyi_domain::ids::{ClinicId, VisitId};
use cunyi_domain::ledger::Method;
use cunyi_domain::money::{Quantity, UnitPrice};
use cunyi_domain::time::civil::{Date, Weekday};
use cunyi_domain::time::{Clock, Moment, age_on};
use cunyi_domain::transport::{Reply, Request, Transport, TransportError};

use cunyi_domain::ledger::Right;

use super::follow_up::follow_up;
use super::people::{LOGINS, new_user};
use super::template::{ACUTE, DIABETES, HYPERTENSION, Template};
use crate::machine::SystemRng;
use crate::{centre, data};

/// How much has happened before the demo opens. More than the usual is for measurements.
#[derive(clap::Args, Clone, Copy)]
pub struct Extent {
    /// 已开诊天数 · days the clinic has been open
    #[arg(long, hide = true, default_value_t = 60, value_parser = clap::value_parser!(i64).range(57..=2400))]
    pub days: i64,
    /// 每天就诊数，缺省 6 至 9 · visits a day, six to nine unless given
    #[arg(long, hide = true, value_parser = clap::value_parser!(i64).range(1..=300))]
    per_day: Option<i64>,
    /// 今晨已诊毕数 · visits already done this morning
    #[arg(long, hide = true, default_value_t = 0, value_parser = clap::value_parser!(i64).range(0..=300))]
    done_today: i64,
    /// 今晨另有一人皮试已到判读时间 · besides, somebody's skin test of this morning may be read
    #[arg(long, hide = true)]
    skin_test: bool,
}

impl Default for Extent {
    fn default() -> Self {
        Self {
            days: 60,
            per_day: None,
            done_today: 0,
            skin_test: false,
        }
    }
}

/// Visits that the lots of [`Seeder::lot`] are enough for.
const STOCKED_FOR: i64 = 450;
/// Smallest units that one delivery's line may bring.
const MOST_UNITS: i64 = 1_000_000;
const DAY: i64 = 86_400_000_000;
const SECOND: i64 = 1_000_000;

/// A clock that moves when it is told to, and a little whenever it is asked.
struct SeedClock(AtomicI64);

impl Clock for SeedClock {
    fn now(&self) -> Moment {
        Moment(self.0.fetch_add(20_000, Ordering::SeqCst))
    }
}

/// The centre without a network between.
struct Direct(Arc<Centre>);

impl Transport for Direct {
    fn send(&self, request: &Request, _deadline: Duration) -> Result<Reply, TransportError> {
        let path = request.url.splitn(4, '/').nth(3).unwrap_or_default();
        self.0
            .handle(&format!("/{path}"), &request.headers, &request.body)
            .result
    }
}

/// Which of some choices: a splitmix64, so that every demo tells the same story.
struct Choice(AtomicU64);

impl Choice {
    fn below(&self, n: usize) -> usize {
        let seed = self.0.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::Relaxed);
        let mut z = (seed ^ (seed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((z ^ (z >> 31)) % (n.max(1) as u64)).unwrap_or(0)
    }
}

struct Seeder {
    app: App,
    clock: Arc<SeedClock>,
    choice: Choice,
    clinic: ClinicId,
    people: Vec<Person>,
    today: Date,
    extent: Extent,
}

/// Seeds a clinic and a centre into a folder, as of a moment.
pub fn seed(folder: &Path, now: Moment, extent: Extent) -> Result<()> {
    let clock = Arc::new(SeedClock(AtomicI64::new(now.0)));
    let dated: Arc<dyn Clock> = Arc::clone(&clock) as Arc<dyn Clock>;
    let target = Target::File(centre::database(folder));
    let centre = Arc::new(centre::open(
        target,
        Durability::Scratch,
        dated.clone(),
        Arc::new(SystemRng),
    )?);
    let store = data::open(folder, Durability::Scratch, true)?;
    clock
        .0
        .store(now.0 - (extent.days + 1) * DAY, Ordering::SeqCst);
    let app = App::new(Parts {
        store,
        catalogue: Arc::new(Catalogue::demo()),
        transport: Arc::new(Direct(Arc::clone(&centre))),
        clock: dated,
        rng: Arc::new(SystemRng),
        centre_url: None,
    });
    let clinic = app.install(&installation()).context("install")?;
    let people = population(centre::SEED, now.date());
    let choice = Choice(AtomicU64::new(centre::SEED));
    let today = now.date();
    let seeder = Seeder {
        app,
        clock,
        choice,
        clinic,
        people,
        today,
        extent,
    };
    seeder.story(now).map_err(in_full)?;
    seeder.app.store().db().checkpoint()?;
    centre.checkpoint()?;
    Ok(())
}

fn installation() -> SetupForm {
    let (administrator, users) = LOGINS.split_last().expect("the demo has users");
    SetupForm {
        clinic_name: "演示县云溪镇竹山村卫生室".to_owned(),
        institution_code: "H99000100001".to_owned(),
        institution_name: "演示县云溪镇竹山村卫生室".to_owned(),
        level: "village".to_owned(),
        slot: "0".to_owned(),
        region: cunyi_gateway::region::DEMO.to_owned(),
        policies: vec![
            cunyi_policy::DEMO_RESIDENT.to_owned(),
            cunyi_policy::DEMO_EMPLOYEE.to_owned(),
        ],
        administrator: new_user(administrator),
        users: users.iter().map(new_user).collect(),
        fictional: true,
    }
}

/// A refusal with its arguments: everyone in the demo is invented, and its author must see them.
fn in_full(error: anyhow::Error) -> anyhow::Error {
    match error.downcast::<AppError>() {
        Ok(AppError::Refused(refusal)) => anyhow::anyhow!("{refusal:?}"),
        Ok(failed) => failed.into(),
        Err(error) => error,
    }
}

impl Seeder {
    /// The clinic and its first doctor may give drugs into a vein.
    fn rights(&self) -> Result<()> {
        let administrator = LOGINS.last().context("the demo's administrator")?;
        let (doctor, administrator) = (self.doctor(0)?, self.user(administrator.typed)?);
        for holder in [None, Some(&doctor.user)] {
            self.app.set_rights(&administrator, holder, Right::ALL)?;
        }
        Ok(())
    }

    /// What the clinic says of itself: invented, and its payment code takes no money.
    fn clinic(&self) -> Result<()> {
        let administrator = LOGINS.last().context("the demo's administrator")?;
        let administrator = self.user(administrator.typed)?;
        let mut data = self.app.clinic(&administrator)?.data;
        data.phone = "0000-0000000".to_owned();
        data.address = "演示县云溪镇竹山村".to_owned();
        data.pay_codes = vec![PayCode {
            name: "演示".to_owned(),
            content: "演示收款码，不能付款".to_owned(),
        }];
        Ok(self.app.set_clinic(&administrator, &data)?)
    }

    fn story(&self, now: Moment) -> Result<()> {
        self.stock()?;
        self.rights()?;
        self.clinic()?;
        for back in (1..=self.extent.days).rev() {
            let day = Moment(now.0 - back * DAY).date();
            self.day(day)?;
            if back == 56 || back == 28 {
                self.clock.0.store(
                    Moment::start_of(day).0 + 17 * 3600 * SECOND,
                    Ordering::SeqCst,
                );
                self.visit_of(self.repeat()?, 0, true)?;
            }
        }
        self.morning(now)
    }

    /// One of the two doctors.
    fn doctor(&self, which: usize) -> Result<Actor> {
        self.user(LOGINS[which % 2].typed)
    }

    fn user(&self, login: &str) -> Result<Actor> {
        let found = self.app.store().db().read("doctor", |tx| {
            cunyi_store::reference::user_by_login(tx, login)
        })?;
        let user = found.context("the demo's user")?;
        Ok(Actor {
            clinic: self.clinic.clone(),
            user: user.id,
            role: user.role,
        })
    }

    /// Two lots of every drug, one of them of one drug near its end.
    fn stock(&self) -> Result<()> {
        let actor = self.doctor(0)?;
        let mut lots = Vec::new();
        for (place, drug) in self.app.catalogue().drugs().iter().enumerate() {
            let months = 10 + i64::try_from(place % 14)?;
            for (lot, days) in [(1, months * 30), (2, months * 30 + 200)] {
                lots.push(self.lot(drug, place * 2 + lot, days));
            }
            if drug.name == "蒙脱石散" {
                lots.push(self.lot(drug, 9_001, 38));
            }
        }
        for delivery in lots.chunks(200) {
            self.app.receive_stock(&actor, delivery)?;
        }
        Ok(())
    }

    fn lot(&self, drug: &Drug, number: usize, days: i64) -> NewLot {
        let expires = Moment(Moment::start_of(self.today).0 + days * DAY);
        // Four weeks of a chronic drug are many tablets, and many people take them.
        let usual = match drug.two_disease {
            Some(_) => 12_000,
            None => drug.units_per_pack.max(1) * 80,
        };
        NewLot {
            code: drug.code.clone(),
            lot_number: format!("YS{number:05}"),
            expires_on: expires.date(),
            cost: UnitPrice(drug.unit_price().0 * 7 / 10),
            quantity: Quantity::whole((self.stocked() * usual).min(MOST_UNITS)),
        }
    }

    /// How many times the usual lot lasts through all the visits.
    fn stocked(&self) -> i64 {
        let visits = self.extent.days * self.extent.per_day.unwrap_or(7);
        1 + visits / STOCKED_FOR
    }

    /// The hypertensive who comes back this morning, four weeks after her last visit.
    fn repeat(&self) -> Result<&Person> {
        let due = |p: &&Person| {
            let [filing] = p.filings.as_slice() else {
                return false;
            };
            filing.name.contains("高血压") && filing.to.is_none() && p.coverages.len() == 1
        };
        self.people
            .iter()
            .find(due)
            .context("the population has a hypertensive")
    }

    /// A day's visits; Sundays are free.
    fn day(&self, day: Date) -> Result<()> {
        if day.weekday() == Weekday::Sunday {
            return Ok(());
        }
        let open = Moment::start_of(day).0 + 8 * 3600 * SECOND;
        let usual = || 6 + i64::try_from(self.choice.below(4)).unwrap_or(0);
        let visits = self.extent.per_day.unwrap_or_else(usual);
        // Ten hours at most, so that no visit begins before the last has ended.
        let apart = (600 * 60 / visits).min(45 * 60);
        let late = usize::try_from(apart.min(900))?;
        for place in 0..visits {
            let late = i64::try_from(self.choice.below(late))?;
            self.visit_at(open + (place * apart + late) * SECOND, place)?;
        }
        Ok(())
    }

    fn visit_at(&self, at: i64, place: i64) -> Result<()> {
        self.clock.0.store(at, Ordering::SeqCst);
        self.visit(usize::try_from(place)?)
    }

    /// One whole visit, from the door to the door.
    fn visit(&self, place: usize) -> Result<()> {
        let chronic = place < 2;
        let person = self.someone(chronic)?;
        self.visit_of(person, place, chronic)
    }

    fn visit_of(&self, person: &Person, place: usize, chronic: bool) -> Result<()> {
        let doctor = self.doctor(place)?;
        let age = age_on(person.birth_date, self.clock.now().date());
        let visit = self.register(&doctor, person)?;
        let draft = self.draft(person, age, chronic);
        self.treat(&doctor, &visit, draft)?;
        // One day a week is for those who are followed up, and who waits in the morning had hers.
        let monday = self.clock.now().date().weekday() == Weekday::Monday;
        if chronic && (monday || person == self.repeat()?) {
            follow_up(&self.app, &doctor, &visit)?;
        }
        Ok(())
    }

    fn someone(&self, chronic: bool) -> Result<&Person> {
        let repeat = self.repeat()?;
        let day = self.clock.now().date();
        loop {
            let person = &self.people[self.choice.below(self.people.len())];
            let age = age_on(person.birth_date, day);
            // Whoever changed insurance in these weeks would be refused before the change.
            let settled = person.coverages.iter().all(|c| c.since.year() < day.year());
            let wanted = person.filings.is_empty() != chronic && person != repeat;
            if age >= 4 && settled && wanted {
                return Ok(person);
            }
        }
    }

    fn register(&self, doctor: &Actor, person: &Person) -> Result<VisitId> {
        let form = IdentifyForm {
            certificate: "02".to_owned(),
            number: person.id_number.clone(),
            ..IdentifyForm::default()
        };
        let found = match self.app.identify(doctor, &form) {
            // Nobody insures her: she pays herself.
            Err(AppError::Refused(_)) => return self.register_uninsured(doctor, person),
            found => found?,
        };
        let usable = |c: &cunyi_app::views::CoverageView| c.in_force && c.local;
        let coverage = found.coverages.iter().position(usable);
        let form = RegisterForm {
            handle: found.handle,
            coverage: coverage.map(|c| c.to_string()).unwrap_or_default(),
            self_pay: coverage.is_none(),
            ..RegisterForm::default()
        };
        Ok(self.app.register(doctor, &form)?)
    }

    fn register_uninsured(&self, doctor: &Actor, person: &Person) -> Result<VisitId> {
        let form = PatientForm {
            name: person.name.clone(),
            id_number: person.id_number.clone(),
            phone: person.phone.clone(),
            address: person.address.clone(),
            ..PatientForm::default()
        };
        Ok(self
            .app
            .register_self_pay(doctor, &form, &RegisterForm::default())?)
    }

    fn draft(&self, person: &Person, age: i64, chronic: bool) -> DraftBody {
        let template = if chronic {
            let diabetes = person.filings.iter().any(|f| f.name.contains("糖尿病"));
            if diabetes { &DIABETES } else { &HYPERTENSION }
        } else {
            self.acute(age)
        };
        let number = |from: usize, span: usize| (from + self.choice.below(span)).to_string();
        let mut draft = DraftBody {
            complaint: template.complaint.to_owned(),
            examination: "神清，心肺未闻及明显异常".to_owned(),
            temperature: format!("36.{}", self.choice.below(9)),
            pulse: number(66, 24),
            diagnoses: vec![template.diagnosis.to_owned()],
            own_pay_consent: true,
            ..DraftBody::default()
        };
        if age >= 35 {
            draft.systolic = number(if chronic { 128 } else { 112 }, 26);
            draft.diastolic = number(if chronic { 76 } else { 68 }, 16);
        }
        if template.diagnosis == DIABETES.diagnosis {
            draft.glucose = format!("{}.{}", 6 + self.choice.below(3), self.choice.below(10));
        }
        if age < 15 {
            draft.weight = (12 + age * 2).to_string();
        }
        let drugs = template.drugs.iter().filter_map(|name| self.drug(name));
        draft.lines = drugs
            .map(|drug| line(drug, if chronic { 28 } else { drug.days }))
            .collect();
        draft.lines.extend(self.consultation());
        draft
    }

    fn acute(&self, age: i64) -> &'static Template {
        let fits = |t: &&Template| (t.from_age..=t.to_age).contains(&age);
        let total: usize = ACUTE.iter().filter(fits).map(|t| t.weight).sum();
        let mut left = self.choice.below(total);
        for template in ACUTE.iter().filter(fits) {
            if left < template.weight {
                return template;
            }
            left -= template.weight;
        }
        &ACUTE[0]
    }

    fn drug(&self, name: &str) -> Option<&Drug> {
        self.app.catalogue().drugs().iter().find(|d| d.name == name)
    }

    /// 一般诊疗费.
    fn consultation(&self) -> Option<DraftLine> {
        let services = self.app.catalogue().services();
        let fee = services
            .iter()
            .find(|s| s.role == cunyi_catalogue::ServiceRole::General)?;
        let quantity = "1".to_owned();
        Some(DraftLine {
            code: fee.code.clone(),
            quantity,
            ..DraftLine::default()
        })
    }

    /// From the signed record to the closed door.
    fn treat(&self, doctor: &Actor, visit: &VisitId, mut draft: DraftBody) -> Result<()> {
        let preview = self.app.preview(doctor, visit, &draft)?;
        if let Some(problem) = preview.problems.first() {
            bail!("the demo's own prescription has a problem: {problem}");
        }
        let refused = preview
            .findings
            .iter()
            .filter(|f| f.refused)
            .flat_map(|f| f.lines.clone());
        let refused: Vec<usize> = refused.collect();
        let mut place = 0;
        draft.lines.retain(|_| {
            place += 1;
            !refused.contains(&(place - 1))
        });
        let reason = |code: &String| (code.clone(), "按常规剂量，已告知".to_owned());
        draft.reasons = preview.findings.iter().map(|f| reason(&f.key)).collect();
        self.app.freeze(doctor, visit, 0, &draft)?;
        self.app.presettle(doctor, visit)?;
        loop {
            let view = self.app.visit(doctor, visit)?;
            let expected: Vec<_> = view
                .batches
                .iter()
                .map(|b| (b.id.clone(), b.cash))
                .collect();
            match self.app.settle(doctor, visit, &expected, Method::Cash) {
                Ok(()) => break,
                Err(AppError::Refused(r)) if r.code.as_str() == "share-changed" => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(self.app.hand_over(doctor, visit)?)
    }

    /// This morning: three wait, one of them for her repeat.
    fn morning(&self, now: Moment) -> Result<()> {
        let open = Moment::start_of(self.today).0;
        let passed = (now.0 - open - 900 * SECOND).max(0);
        for place in 0..self.extent.done_today {
            self.visit_at(open + passed / self.extent.done_today * place, place)?;
        }
        let doctor = self.doctor(0)?;
        let mut waiting = vec![self.repeat()?];
        while waiting.len() < 3 {
            let person = self.someone(false)?;
            let adult = age_on(person.birth_date, self.today) >= 18;
            let cover = |c: &cunyi_centre::population::Cover| {
                c.status == "1" && c.scheme == "390" && c.place == cunyi_centre::population::AREA
            };
            let insured = person.coverages.len() == 1 && person.coverages.iter().all(cover);
            if adult && insured && !waiting.contains(&person) {
                waiting.push(person);
            }
        }
        if self.extent.skin_test {
            self.tested(&doctor, now, &waiting)?;
        }
        for (place, person) in waiting.into_iter().enumerate() {
            let minutes = 12 - 4 * i64::try_from(place)?;
            self.clock
                .0
                .store(now.0 - minutes * 60 * SECOND, Ordering::SeqCst);
            self.register(&doctor, person)?;
        }
        Ok(())
    }

    /// A grown-up whose penicillin was ordered half an hour ago, and whose skin test nobody has read.
    fn tested(&self, doctor: &Actor, now: Moment, others: &[&Person]) -> Result<()> {
        let person = loop {
            let person = self.someone(false)?;
            let grown = (18..60).contains(&age_on(person.birth_date, self.today));
            if grown && !others.contains(&person) {
                break person;
            }
        };
        let half_an_hour = 1800 * SECOND;
        self.clock.0.store(now.0 - half_an_hour, Ordering::SeqCst);
        let visit = self.register(doctor, person)?;
        let drug = self.drug("注射用青霉素钠").context("penicillin")?;
        let solvent = self.drug("0.9%氯化钠注射液").context("its solvent")?;
        let dripped = |line: DraftLine| DraftLine {
            route: "ivgtt".to_owned(),
            frequency: "qd".to_owned(),
            group: "1".to_owned(),
            drip: "40".to_owned(),
            ..line
        };
        let draft = DraftBody {
            complaint: "咽痛、发热 2 天".to_owned(),
            examination: "咽充血，双侧扁桃体II度肿大，有脓点".to_owned(),
            temperature: "38.4".to_owned(),
            pulse: "96".to_owned(),
            diagnoses: vec!["J03.900".to_owned()],
            lines: [solvent, drug].map(|drug| dripped(line(drug, 1))).into(),
            ..DraftBody::default()
        };
        self.app.save_draft(doctor, &visit, 0, &draft)?;
        Ok(self.app.order_skin_test(doctor, &visit, &drug.code)?)
    }
}

fn line(drug: &Drug, days: i64) -> DraftLine {
    DraftLine {
        code: drug.code.clone(),
        dose: drug.dose.map(|d| d.to_string()).unwrap_or_default(),
        route: drug.route.code.to_owned(),
        frequency: drug.frequency.code.to_owned(),
        days: days.to_string(),
        ..DraftLine::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cunyi_domain::time::parse_date_time;

    /// People, prices and caps depend on the day: the demo must be ready on any.
    #[test]
    fn the_demo_can_be_made_on_any_day() {
        let days = [
            "2026-12-31 23:50:00",
            "2027-01-02 00:10:00",
            "2027-02-28 08:30:00",
            "2028-02-29 12:00:00",
        ];
        for (place, day) in days.into_iter().enumerate() {
            let name = format!("cunyi-seed-{place}-{}", std::process::id());
            let folder = std::env::temp_dir().join(name);
            data::private_folder(&folder).expect("made");
            let made = seed(
                &folder,
                parse_date_time(day).expect("a day"),
                Extent::default(),
            );
            assert!(made.is_ok(), "{day}: {made:?}");
            std::fs::remove_dir_all(&folder).expect("removed");
        }
    }
}
