//! Follow-up forms: of a visit, of a patient, of a period, and who is due.

use cunyi_domain::ids::{ClinicId, PatientId, VisitId};
use cunyi_domain::ledger::FollowUp;
use cunyi_domain::row::{Field, Value};
use cunyi_domain::time::civil::Date;

use super::key;
use crate::{StoreError, Tx};

/// A visit's follow-ups, the corrected ones too, oldest first.
pub fn follow_ups_of_visit(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    visit: &VisitId,
) -> Result<Vec<FollowUp>, StoreError> {
    let rest = "WHERE clinic = ? AND visit = ? ORDER BY recorded_at, id";
    Ok(tx.select(rest, key(clinic, visit.clone()))?)
}

/// A patient's follow-ups that stand, newest first; at most `limit`.
pub fn follow_ups(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    patient: &PatientId,
    limit: i64,
) -> Result<Vec<FollowUp>, StoreError> {
    let mut values = key(clinic, patient.clone());
    values.push(Value::Int(limit));
    let rest = "WHERE clinic = ? AND patient = ? AND corrected = 0
                ORDER BY day DESC, recorded_at DESC, id DESC LIMIT ?";
    Ok(tx.select(rest, values)?)
}

/// The last follow-up of every patient and form whose next one is due up to a day, the longest due first;
/// at most `limit`. Erased patients are not called.
pub fn follow_ups_due(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    up_to: Date,
    limit: i64,
) -> Result<Vec<FollowUp>, StoreError> {
    let values = vec![
        clinic.clone().into_value(),
        up_to.into_value(),
        Value::Int(limit),
    ];
    let rest = "WHERE clinic = ? AND corrected = 0 AND next_day <= ? AND NOT EXISTS
        (SELECT 1 FROM follow_up n WHERE n.clinic = follow_up.clinic AND n.patient = follow_up.patient
           AND n.form = follow_up.form AND n.corrected = 0
           AND (n.day > follow_up.day OR n.day = follow_up.day AND n.recorded_at > follow_up.recorded_at))
        AND EXISTS (SELECT 1 FROM patient p WHERE p.clinic = follow_up.clinic AND p.id = follow_up.patient
           AND p.erased = 0) ORDER BY next_day, id LIMIT ?";
    Ok(tx.select(rest, values)?)
}

/// The follow-ups of a form from a day to a day that stand, oldest first; at most `limit`.
pub fn follow_ups_between(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    form: &str,
    (from, to): (Date, Date),
    limit: i64,
) -> Result<Vec<FollowUp>, StoreError> {
    let values = vec![
        clinic.clone().into_value(),
        form.to_owned().into_value(),
        from.into_value(),
        to.into_value(),
        Value::Int(limit),
    ];
    let rest = "WHERE clinic = ? AND form = ? AND day >= ? AND day <= ? AND corrected = 0
                ORDER BY day, recorded_at, id LIMIT ?";
    Ok(tx.select(rest, values)?)
}
