//! Infusion courses, and what was done of them.

use cunyi_domain::ids::{ClinicId, EntryId, PatientId, VisitId};
use cunyi_domain::ledger::{Charge, Course, ItemKind, Patient};
use cunyi_domain::row::{Field, Value};
use cunyi_domain::time::Moment;

use super::{GONE, RECHARGED, key};
use crate::{StoreError, Tx};

/// The courses of a patient that were not stopped, newest first; at most `limit`.
pub fn courses(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    patient: &PatientId,
    limit: i64,
) -> Result<Vec<Course>, StoreError> {
    let rest = "WHERE clinic = ? AND patient = ? AND stopped = 0 ORDER BY ordered_at DESC, id DESC LIMIT ?";
    let mut values = key(clinic, patient.clone());
    values.push(limit.into_value());
    Ok(tx.select(rest, values)?)
}

/// A course.
pub fn course(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    id: &EntryId,
) -> Result<Option<Course>, StoreError> {
    let rest = "WHERE clinic = ? AND id = ?";
    Ok(tx.select(rest, key(clinic, id.clone()))?.pop())
}

/// The lines of a course that were given or are to be given, each day's in order.
pub fn executions(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    course: &EntryId,
) -> Result<Vec<Charge>, StoreError> {
    let rest = format!(
        "WHERE clinic = ? AND course = ? AND NOT EXISTS
           (SELECT 1 FROM batch b WHERE b.clinic = charge.clinic AND b.id = charge.batch
            AND (({GONE}) OR ({RECHARGED})))
         ORDER BY visit, position, id"
    );
    Ok(tx.select(&rest, key(clinic, course.clone()))?)
}

cunyi_domain::row! {
    /// A line of a day that was done of a course.
    pub struct CourseLine {
        /// Of which.
        pub course: EntryId,
        /// Whose.
        pub patient: PatientId,
        /// How many days were ordered.
        pub days: i64,
        /// In which visit.
        pub visit: VisitId,
        /// When that began.
        pub registered_at: Moment,
        /// Drug or service.
        pub kind: ItemKind,
        /// Its name.
        pub name: String,
    }
}

/// The courses of the clinic that were not stopped and were ordered since a moment, as a condition; the newest.
const ORDERED: &str = "SELECT id FROM course WHERE clinic = ? AND stopped = 0 AND ordered_at >= ?
    ORDER BY ordered_at DESC, id DESC LIMIT ?";

fn ordered(clinic: &ClinicId, since: Moment, limit: i64) -> Vec<Value> {
    let mut values = key(clinic, since);
    values.push(limit.into_value());
    values
}

/// The lines that were given or are to be given of the clinic's newest courses, each course's day by day: one question
/// for everyone of the queue. At most `limit` courses.
pub fn courses_since(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    since: Moment,
    limit: i64,
) -> Result<Vec<CourseLine>, StoreError> {
    let sql = format!(
        "SELECT o.id AS course, o.patient AS patient, o.days AS days, c.visit AS visit,
                w.registered_at AS registered_at, c.kind AS kind, c.name AS name
         FROM course o JOIN charge c ON c.clinic = o.clinic AND c.course = o.id
         JOIN visit w ON w.clinic = c.clinic AND w.id = c.visit
         WHERE o.clinic = ? AND o.id IN ({ORDERED}) AND NOT EXISTS
           (SELECT 1 FROM batch b WHERE b.clinic = c.clinic AND b.id = c.batch AND (({GONE}) OR ({RECHARGED})))
         ORDER BY o.ordered_at, o.id, w.registered_at, c.visit, c.position, c.id"
    );
    let mut values = vec![clinic.clone().into_value()];
    values.extend(ordered(clinic, since, limit));
    Ok(tx.query(&sql, values)?)
}

/// Whose these courses are, but who was erased.
pub fn patients_of_courses(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    since: Moment,
    limit: i64,
) -> Result<Vec<Patient>, StoreError> {
    let rest = format!(
        "WHERE clinic = ? AND erased = 0 AND id IN (SELECT patient FROM course WHERE clinic = ? AND id IN ({ORDERED}))"
    );
    let mut values = key(clinic, clinic.clone());
    values.extend(ordered(clinic, since, limit));
    Ok(tx.select(&rest, values)?)
}
