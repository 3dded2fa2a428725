//! 输液疗程: an infusion that is ordered for several days is charged the day it is done. The visit that orders it is its
//! first day; each further one is a visit of its own that takes its lines over.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use cunyi_catalogue::{Catalogue, RouteKind, ServiceRole, route_named};
use cunyi_domain::fact::{CourseOrdered, CourseStopped};
use cunyi_domain::ids::{ClinicId, EntryId, PatientId, VisitId};
use cunyi_domain::ledger::{Charge, Course, ItemKind, Visit};
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_domain::time::civil::Date;
use cunyi_store::{Tx, Writer, query};

use crate::App;
use crate::draft::repeat;
use crate::error::{Result, refuse};
use crate::fee_list::FeeList;
use crate::permission::Action;
use crate::reverse::read_reason;
use crate::views::{Actor, ChargeView, CourseView, DraftBody, DraftLine};

/// Most courses of a patient that are looked at, the newest.
const MOST_COURSES: i64 = 20;

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
                body.lines.retain(|line| !line.code.is_empty());
                body.lines.extend(standing.lines().map(repeat));
            }
            Ok(body)
        })
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
            let mut done: Vec<(VisitId, Date)> = Vec::new();
            for charge in &charges {
                if done.last().is_none_or(|(visit, _)| *visit != charge.visit) {
                    let visit = query::visit(tx, clinic, &charge.visit)?;
                    done.extend(visit.map(|v| (v.id, v.registered_at.date())));
                }
            }
            done.sort_by_key(|(_, day)| *day);
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
        let done = i64::try_from(self.done.len()).unwrap_or(i64::MAX);
        self.course.days.saturating_sub(done)
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

    /// The lines of its latest day.
    fn lines(&self) -> impl Iterator<Item = &Charge> {
        let last = self.done.last().map(|(visit, _)| visit);
        self.charges.iter().filter(move |c| Some(&c.visit) == last)
    }
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

/// Days done and ordered of the course that is ended last, while one goes on.
pub(crate) fn going_on(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    patient: &PatientId,
) -> Result<Option<(usize, i64)>> {
    let all = Standing::all(tx, clinic, patient)?;
    let last = all.iter().filter(|s| s.left() > 0).max_by_key(|s| s.left());
    Ok(last.map(|s| (s.done.len(), s.course.days)))
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
        line.course.is_none() && service.is_some_and(|s| s.role == ServiceRole::Injection)
    };
    for line in list.lines.iter_mut().filter(fee) {
        line.course = Some(longest.clone());
    }
    Ok(())
}

fn is_drip(line: &ChargeView) -> bool {
    route_named(&line.route).is_some_and(|route| route.kind == RouteKind::Infusion)
}
