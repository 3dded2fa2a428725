//! 输液注射: which day of its course a visit is, which skin tests its drugs rest on, and the register.

use std::collections::HashMap;

use cunyi_catalogue::{Catalogue, Route, routes};
use cunyi_domain::ids::{ClinicId, EntryId, UserId, VisitId};
use cunyi_domain::ledger::{Charge, Course, Prescription, SkinTest, SkinTestState, Visit};
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_domain::time::{Moment, civil::Date};
use cunyi_store::Tx;
use cunyi_store::query::{self, Infused, PastLine, Tested};
use cunyi_store::reports::Span;

use crate::App;
use crate::access::names;
use crate::course::done_of;
use crate::error::{Result, refuse_at};
use crate::permission::Action;
use crate::views::{Actor, InfusionRegister, InfusionRow, TestRow, TestedView, Turn};
use crate::visit::{age, by_visit, joined};

/// Most drugs of a register that is asked for, and most skin tests.
const MOST_ROWS: i64 = 2000;

type Names = HashMap<UserId, String>;

impl App {
    /// 输液注射登记 of a period, both days included.
    ///
    /// # Errors
    /// Refused where the period ends before it begins or has too much.
    pub fn infusion_register(
        &self,
        actor: &Actor,
        from: Date,
        to: Date,
    ) -> Result<InfusionRegister> {
        actor.must(Action::ReadRecord)?;
        if to < from {
            return refuse_at(Code::BadText, "to");
        }
        let db = self.parts.store.db();
        let register = db.read("infusion_register", |tx| {
            self.register_in(tx, &actor.clinic, (from, to))
        })?;
        self.note_list(actor, "infusions")?;
        Ok(register)
    }

    fn register_in(
        &self,
        tx: &mut Tx<'_>,
        clinic: &ClinicId,
        (from, to): (Date, Date),
    ) -> Result<InfusionRegister> {
        let span = Span {
            from: Moment::start_of(from),
            to: Moment::end_of(to),
        };
        let (setup, routes) = (self.setup_in(tx, clinic)?, by_needle());
        let found = query::infused(tx, clinic, span, &routes, MOST_ROWS + 1)?;
        let tests = query::tested(tx, clinic, span, MOST_ROWS + 1)?;
        let most = usize::try_from(MOST_ROWS).unwrap_or(usize::MAX);
        if found.len().max(tests.len()) > most {
            return Err(Refusal::new(Code::PeriodTooLong)
                .with("most", MOST_ROWS)
                .into());
        }
        let names = names(tx, clinic)?;
        let tests = tests.into_iter().map(|test| test_row(test, &names));
        let tests = tests.collect();
        let mut reading = Reading {
            clinic,
            catalogue: self.catalogue(),
            diagnoses: by_visit(
                query::infused_diagnoses(tx, clinic, span, &routes)?,
                |row| &row.visit,
            ),
            names,
            courses: HashMap::new(),
        };
        let together = |a: &Infused, b: &Infused| {
            a.visit == b.visit && a.drip_group > 0 && a.drip_group == b.drip_group
        };
        let rows = found.chunk_by(together).map(|of| reading.row(tx, of));
        Ok(InfusionRegister {
            clinic: setup.clinic.name.clone(),
            from,
            to,
            rows: rows.collect::<Result<_>>()?,
            tests,
        })
    }
}

/// What the register's rows are made of beside the lines.
struct Reading<'a> {
    clinic: &'a ClinicId,
    catalogue: &'a Catalogue,
    diagnoses: HashMap<VisitId, Vec<PastLine>>,
    names: Names,
    /// Courses that were met, with their days.
    courses: HashMap<EntryId, Option<Days>>,
}

impl Reading<'_> {
    /// What runs in together.
    fn row(&mut self, tx: &mut Tx<'_>, together: &[Infused]) -> Result<InfusionRow> {
        // A chunk is never empty; its lines share all but drug and dose, and the rate is said beside one of them.
        let first = &together[0];
        let rates = together.iter().map(|line| line.drip_rate);
        let drug = |line: &Infused| (line.drug.clone(), line.dose.clone());
        let said = self.diagnoses.get(&first.visit);
        Ok(InfusionRow {
            visit: first.visit.clone(),
            at: first.registered_at,
            name: first.name.clone(),
            sex: first.sex,
            age: age(first.birth_date, first.registered_at.date()),
            diagnoses: said.map(|lines| joined(lines)).unwrap_or_default(),
            drugs: together.iter().map(drug).collect(),
            route: first.route.clone(),
            frequency: first.frequency.clone(),
            days: if first.course.is_some() {
                1
            } else {
                first.days
            },
            drip_rate: rates.max().unwrap_or(0),
            turn: self.turn(tx, first)?,
            tests: self.tests(tx, together)?,
            doctor: self.names.get(&first.doctor).cloned().unwrap_or_default(),
        })
    }

    fn turn(&mut self, tx: &mut Tx<'_>, line: &Infused) -> Result<Option<Turn>> {
        let Some(course) = &line.course else {
            return Ok(None);
        };
        if !self.courses.contains_key(course) {
            let days = Days::read(tx, self.clinic, course)?;
            self.courses.insert(course.clone(), days);
        }
        let days = self.courses.get(course).and_then(Option::as_ref);
        Ok(days.and_then(|days| days.turn(&line.visit)))
    }

    /// Of drugs that want one.
    fn tests(&self, tx: &mut Tx<'_>, together: &[Infused]) -> Result<Vec<TestedView>> {
        let wants = |line: &&Infused| {
            self.catalogue
                .drug(&line.code)
                .is_some_and(|drug| drug.skin_test)
        };
        let codes: Vec<&str> = together
            .iter()
            .filter(wants)
            .map(|line| &*line.code)
            .collect();
        let Some(first) = together.first().filter(|_| !codes.is_empty()) else {
            return Ok(Vec::new());
        };
        let of = (&first.visit, first.registered_at);
        tests(tx, self.clinic, of, (&codes, &self.names))
    }
}

/// The days of a course that were done.
struct Days {
    course: Course,
    done: Vec<(VisitId, Date)>,
}

impl Days {
    fn read(tx: &mut Tx<'_>, clinic: &ClinicId, course: &EntryId) -> Result<Option<Self>> {
        let Some(course) = query::course(tx, clinic, course)? else {
            return Ok(None);
        };
        let charges = query::executions(tx, clinic, &course.id)?;
        let done = done_of(tx, clinic, &charges)?;
        Ok(Some(Self { course, done }))
    }

    /// Which of them a visit is; none where it was taken back.
    fn turn(&self, visit: &VisitId) -> Option<Turn> {
        let place = self.done.iter().position(|(of, _)| of == visit)?;
        Some(Turn {
            course: self.course.id.clone(),
            day: place + 1,
            days: self.course.days,
        })
    }
}

/// Names of the routes by needle and drip.
fn by_needle() -> Vec<&'static str> {
    let by_needle = |route: &&Route| route.prescription() == Prescription::Infusion;
    let all = routes().iter().filter(by_needle);
    all.map(|route| route.name_zh).collect()
}

fn test_row(test: Tested, names: &Names) -> TestRow {
    let read = !matches!(
        test.state,
        SkinTestState::Waiting | SkinTestState::Abandoned
    );
    TestRow {
        at: test.ordered_at,
        name: test.name,
        sex: test.sex,
        age: age(test.birth_date, test.ordered_at.date()),
        drug: test.drug,
        state: test.state,
        read_at: read.then_some(test.moved_at),
        by: eyes([test.read_by, test.confirmed_by], names),
    }
}

fn eyes(by: [Option<UserId>; 2], names: &Names) -> Vec<String> {
    let by = by.into_iter().flatten();
    by.filter_map(|user| names.get(&user).cloned()).collect()
}

/// Which day of each course of its lines a visit is.
pub(crate) fn turns(tx: &mut Tx<'_>, visit: &Visit, lines: &[Charge]) -> Result<Vec<Turn>> {
    let mut turns: Vec<Turn> = Vec::new();
    for course in lines.iter().filter_map(|line| line.course.as_ref()) {
        if !turns.iter().any(|turn| turn.course == *course) {
            let days = Days::read(tx, &visit.clinic, course)?;
            turns.extend(days.and_then(|days| days.turn(&visit.id)));
        }
    }
    Ok(turns)
}

/// The skin tests that a visit's drugs rest on: of each drug the last that ended, its own or that of an earlier day of
/// a course.
pub(crate) fn tests(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    (visit, registered_at): (&VisitId, Moment),
    (codes, names): (&[&str], &Names),
) -> Result<Vec<TestedView>> {
    let ended = |t: &SkinTest| matches!(t.state, SkinTestState::Negative | SkinTestState::Positive);
    let before = |t: &SkinTest| t.visit == *visit || t.ordered_at < registered_at;
    let mut last: Vec<SkinTest> = Vec::new();
    for test in query::skin_tests_of_courses(tx, clinic, visit)? {
        if ended(&test) && before(&test) && codes.contains(&&*test.code) {
            last.retain(|other| other.code != test.code);
            last.push(test);
        }
    }
    let view = |test: SkinTest| TestedView {
        by: eyes([test.read_by, test.confirmed_by], names),
        code: test.code,
        name: test.name,
        state: test.state,
        at: test.moved_at,
    };
    Ok(last.into_iter().map(view).collect())
}
