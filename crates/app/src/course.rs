//! 输液疗程: an infusion that is ordered for several days is charged the day it is done. The visit that orders it is its
//! first day; each further one is a visit of its own that takes its lines over.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashMap};

use cunyi_catalogue::{Catalogue, RouteKind, ServiceRole, route_named};
use cunyi_domain::fact::{CourseOrdered, CourseStopped};
use cunyi_domain::ids::{ClinicId, EntryId, PatientId, VisitId};
use cunyi_domain::ledger::{Charge, Course, ItemKind, Patient, Visit};
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_domain::time::Moment;
use cunyi_domain::time::civil::Date;
use cunyi_store::{Tx, Writer, query};

use crate::App;
use crate::draft::repeat;
use crate::error::{Result, refuse};
use crate::fee_list::FeeList;
use crate::follow_up::days_between;
use crate::patient::form_of;
use crate::permission::{Action, may};
use crate::reverse::read_reason;
use crate::views::{Actor, ChargeView, CourseDue, CourseView, DraftBody, DraftLine};
use crate::visit::age;

/// Most courses of a patient that are looked at, the newest.
const MOST_COURSES: i64 = 20;
/// Most courses of the clinic that lists look at, the newest.
const MOST_ONGOING: i64 = 500;
/// So many days after it was ordered a course stands in lists; on its patient's page it stands until it is stopped.
const ASKED_FOR: i64 = 31;

impl App {
    /// 继续输液: what was typed, with the lines of the course's latest day and, where none is typed, its diagnoses.
    pub fn continue_course(
        &self,
        actor: &Actor,
        visit: &VisitId,
        course: &EntryId,
        mut body: DraftBody,
    ) -> Result<DraftBody> {
        actor.must(Action::Treat)?;
        let clinic = &actor.clinic;
        self.parts.store.db().read("continue_course", |tx| {
            let row = query::visit(tx, clinic, visit)?.ok_or(Refusal::new(Code::NotFound))?;
            let all = Standing::all(tx, clinic, &row.patient)?;
            let standing = all.iter().find(|s| s.course.id == *course);
            let standing = standing.ok_or(Refusal::new(Code::NotFound))?;
            standing.may(row.registered_at.date())?;
            if body.diagnoses.iter().all(String::is_empty) {
                let ordered = query::diagnoses(tx, clinic, &standing.course.visit)?;
                body.diagnoses = ordered.into_iter().map(|d| d.code).collect();
            }
            let here = |line: &DraftLine| line.course == course.as_str();
            if !body.lines.iter().any(here) {
                let lines: Vec<DraftLine> = standing.lines().map(repeat).collect();
                // What was declined on its latest day is declined today.
                if let Some((latest, _)) = standing.done.last() {
                    let charged = query::given(tx, clinic, latest)?;
                    let mut of_course = DraftBody {
                        lines: lines.clone(),
                        ..DraftBody::default()
                    };
                    self.let_follow(tx, (actor, visit), &mut of_course, &charged)?;
                    body.without.extend(of_course.without);
                }
                body.lines.retain(|line| !line.code.is_empty());
                body.lines.extend(lines);
            }
            Ok(body)
        })
    }

    /// 今日待输、漏输: whose next day of a course is to be done today or was missed, the longest missed first.
    pub fn courses_due(&self, actor: &Actor) -> Result<Vec<CourseDue>> {
        actor.must(Action::ReadPatient)?;
        let (now, in_full) = (self.now(), may(actor.role, Action::ReadNumbers));
        let today = now.date();
        let due = self
            .parts
            .store
            .db()
            .read("courses_due", |tx| -> Result<Vec<CourseDue>> {
                let clinic = &actor.clinic;
                let mut open = Ongoing::all(tx, clinic, now)?;
                let since = asked_since(now);
                let people = query::patients_of_courses(tx, clinic, since, MOST_ONGOING)?;
                let people: HashMap<&PatientId, &Patient> =
                    people.iter().map(|p| (&p.id, p)).collect();
                open.sort_by_key(|course| course.done.last().map(|(_, day)| *day));
                let due = |course: Ongoing| {
                    let last = course.done.last().map(|(_, day)| *day)?;
                    let patient = people.get(&course.patient)?;
                    let fields = form_of(patient, in_full);
                    (last < today).then(|| CourseDue {
                        patient: patient.id.clone(),
                        name: fields.name,
                        phone: fields.phone,
                        age: age(patient.birth_date, today),
                        done: course.done(),
                        names: course.names,
                        days: course.days,
                        last,
                        missed: days_between(last, today) - 1,
                    })
                };
                Ok(open.into_iter().filter_map(due).collect())
            })?;
        self.note_list(actor, "courses")?;
        Ok(due)
    }

    /// A course is given up before its last day.
    pub fn stop_course(
        &self,
        actor: &Actor,
        visit: &VisitId,
        course: &EntryId,
        reason: &str,
    ) -> Result<()> {
        actor.must(Action::Treat)?;
        let reason = read_reason(reason)?;
        self.write(actor, "stop_course", |w| {
            let row = query::visit(w.tx, &actor.clinic, visit)?;
            let row = row.ok_or(Refusal::new(Code::NotFound))?;
            let found = query::course(w.tx, &actor.clinic, course)?;
            let found = found.filter(|c| c.patient == row.patient);
            let found = found.ok_or(Refusal::new(Code::NotFound))?;
            if found.stopped {
                return refuse(Code::CourseOver);
            }
            let stopped = CourseStopped {
                id: found.id,
                reason,
            };
            Ok(w.record(stopped, Some(&row.patient), None)?)
        })
    }
}

/// A course with what was done of it.
pub(crate) struct Standing {
    course: Course,
    /// Each day that was done: its visit, its date. Oldest first.
    done: Vec<(VisitId, Date)>,
    charges: Vec<Charge>,
}

impl Standing {
    /// A patient's courses that go on, oldest first: those of which something was done and something is left.
    pub fn all(tx: &mut Tx<'_>, clinic: &ClinicId, patient: &PatientId) -> Result<Vec<Self>> {
        let mut all = Vec::new();
        for course in query::courses(tx, clinic, patient, MOST_COURSES)? {
            let charges = query::executions(tx, clinic, &course.id)?;
            let done = done_of(tx, clinic, &charges)?;
            all.push(Self {
                course,
                done,
                charges,
            });
        }
        all.retain(|s| !s.done.is_empty());
        all.reverse();
        Ok(all)
    }

    fn left(&self) -> i64 {
        left_of(self.course.days, &self.done)
    }

    /// Refuses another execution of it on that day.
    fn may(&self, day: Date) -> std::result::Result<(), Refusal> {
        if self.done.iter().any(|(_, at)| *at == day) {
            return Err(Refusal::at(Code::CourseToday, "code"));
        }
        if self.left() <= 0 {
            return Err(Refusal::at(Code::CourseOver, "code"));
        }
        Ok(())
    }

    /// Its id, and the visit of its latest day, where that was the day before: nothing was missed.
    pub fn unbroken(&self, day: Date) -> Option<(&EntryId, &VisitId)> {
        let (visit, last) = self.done.last()?;
        (days_between(*last, day) == 1).then_some((&self.course.id, visit))
    }

    /// The lines of its latest day.
    pub fn lines(&self) -> impl Iterator<Item = &Charge> {
        let last = self.done.last().map(|(visit, _)| visit);
        self.charges.iter().filter(move |c| Some(&c.visit) == last)
    }
}

/// The visits in which lines of a course were given, with their days, oldest first.
pub(crate) fn done_of(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    charges: &[Charge],
) -> Result<Vec<(VisitId, Date)>> {
    let mut done: Vec<(VisitId, Date)> = Vec::new();
    for charge in charges {
        if done.last().is_none_or(|(visit, _)| *visit != charge.visit) {
            let visit = query::visit(tx, clinic, &charge.visit)?;
            done.extend(visit.map(|v| (v.id, v.registered_at.date())));
        }
    }
    done.sort_by_key(|(_, day)| *day);
    Ok(done)
}

/// Refuses a line that names a course of which no day can be done here.
pub(crate) fn must_go_on(
    courses: &[Standing],
    line: &DraftLine,
    day: Date,
) -> std::result::Result<Option<EntryId>, Refusal> {
    if line.course.is_empty() {
        return Ok(None);
    }
    let of = courses.iter().find(|s| s.course.id.as_str() == line.course);
    let of = of.ok_or(Refusal::at(Code::CourseOver, "code"))?;
    of.may(day)?;
    Ok(Some(of.course.id.clone()))
}

/// A patient's courses that go on, and those that had a day in this visit; whether another may be done there.
pub(crate) fn views(
    tx: &mut Tx<'_>,
    (clinic, patient): (&ClinicId, &PatientId),
    here: Option<&Visit>,
) -> Result<Vec<CourseView>> {
    let mut all = Standing::all(tx, clinic, patient)?;
    let was_here = |s: &Standing| here.is_some_and(|v| s.done.iter().any(|(of, _)| *of == v.id));
    all.retain(|s| s.left() > 0 || was_here(s));
    let drugs = |s: &Standing| {
        let drugs = s.lines().filter(|c| c.kind == ItemKind::Drug);
        drugs.map(|c| c.name.clone()).collect()
    };
    let may = |s: &Standing| here.is_some_and(|v| s.may(v.registered_at.date()).is_ok());
    let view = |s: &Standing| CourseView {
        id: s.course.id.clone(),
        names: drugs(s),
        days: s.course.days,
        done: s.done.len(),
        last: s.done.last().map(|(_, day)| *day),
        may: may(s),
    };
    Ok(all.iter().map(view).collect())
}

/// A course of which a day is left, as lists show it.
pub(crate) struct Ongoing {
    pub patient: PatientId,
    pub days: i64,
    /// The day of each visit in which something of it was done, oldest first.
    done: Vec<(VisitId, Date)>,
    /// Drugs of its latest day.
    names: Vec<String>,
}

impl Ongoing {
    /// The clinic's, in the order they were ordered: one question for all of them.
    pub fn all(tx: &mut Tx<'_>, clinic: &ClinicId, now: Moment) -> Result<Vec<Self>> {
        let mut all: Vec<(EntryId, Self)> = Vec::new();
        for line in query::courses_since(tx, clinic, asked_since(now), MOST_ONGOING)? {
            if all.last().is_none_or(|(id, _)| *id != line.course) {
                let fresh = Self {
                    patient: line.patient.clone(),
                    days: line.days,
                    done: vec![],
                    names: vec![],
                };
                all.push((line.course.clone(), fresh));
            }
            let Some((_, course)) = all.last_mut() else {
                continue;
            };
            if course
                .done
                .last()
                .is_none_or(|(visit, _)| *visit != line.visit)
            {
                course.done.push((line.visit, line.registered_at.date()));
                course.names.clear();
            }
            if line.kind == ItemKind::Drug {
                course.names.push(line.name);
            }
        }
        let all = all.into_iter().map(|(_, course)| course);
        Ok(all.filter(|course| course.left() > 0).collect())
    }

    pub fn done(&self) -> usize {
        self.done.len()
    }

    pub fn left(&self) -> i64 {
        left_of(self.days, &self.done)
    }
}

/// Days that are left of those that were ordered.
fn left_of(days: i64, done: &[(VisitId, Date)]) -> i64 {
    days.saturating_sub(i64::try_from(done.len()).unwrap_or(i64::MAX))
}

fn asked_since(now: Moment) -> Moment {
    Moment(now.0 - ASKED_FOR * 86_400_000_000)
}

/// The courses that a fee list begins: drips for more than one day that belong to none, a course for each number of
/// days. What the clinic charges for the infusion goes with the longest.
pub(crate) fn begin(
    w: &mut Writer<'_, '_>,
    catalogue: &Catalogue,
    visit: &Visit,
    list: &mut FeeList,
) -> Result<()> {
    let begins = |line: &ChargeView| line.course.is_none() && line.days > 1 && is_drip(line);
    let mut begun: BTreeMap<i64, EntryId> = BTreeMap::new();
    for line in list.lines.iter_mut().filter(|line| begins(line)) {
        let id = match begun.entry(line.days) {
            Entry::Occupied(of) => of.get().clone(),
            Entry::Vacant(free) => {
                let id = EntryId::new(w.who.now, w.rng);
                let ordered = CourseOrdered {
                    id: id.clone(),
                    patient: visit.patient.clone(),
                    visit: visit.id.clone(),
                    days: line.days,
                };
                w.record(ordered, Some(&visit.patient), None)?;
                free.insert(id).clone()
            }
        };
        line.course = Some(id);
    }
    let Some((_, longest)) = begun.pop_last() else {
        return Ok(());
    };
    let fee = |line: &&mut ChargeView| {
        let service = catalogue.service(&line.code);
        !line.follows
            && line.course.is_none()
            && service.is_some_and(|s| s.role == ServiceRole::Injection)
    };
    for line in list.lines.iter_mut().filter(fee) {
        line.course = Some(longest.clone());
    }
    Ok(())
}

fn is_drip(line: &ChargeView) -> bool {
    route_named(&line.route).is_some_and(|route| route.kind == RouteKind::Infusion)
}
