//! Infusion courses, and what was done of them.

use cunyi_domain::ids::{ClinicId, EntryId, PatientId};
use cunyi_domain::ledger::{Charge, Course};
use cunyi_domain::row::Field;

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
