//! Follow-up forms: of a visit, of a patient, of a period, and who is due.

use cunyi_domain::ids::{ClinicId, PatientId, VisitId};
use cunyi_domain::ledger::{FollowUp, FollowUpEnd};
use cunyi_domain::row::{Field, Value};
use cunyi_domain::time::{Moment, civil::Date};

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
/// at most `limit`. Neither erased patients are called nor those whose follow-ups ended.
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
        AND NOT EXISTS (SELECT 1 FROM follow_up_end e WHERE e.clinic = follow_up.clinic
           AND e.patient = follow_up.patient AND e.resumed = 0)
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

/// The end of a patient's follow-ups that holds.
pub fn follow_up_end(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    patient: &PatientId,
) -> Result<Option<FollowUpEnd>, StoreError> {
    let rest = "WHERE clinic = ? AND patient = ? AND resumed = 0";
    Ok(tx.find(rest, key(clinic, patient.clone()))?)
}

/// The ends that hold, the last one first; at most `limit`. Erased patients have none.
pub fn follow_up_ends(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    limit: i64,
) -> Result<Vec<FollowUpEnd>, StoreError> {
    let values = vec![clinic.clone().into_value(), Value::Int(limit)];
    let rest = "WHERE clinic = ? AND resumed = 0 AND EXISTS (SELECT 1 FROM patient p
        WHERE p.clinic = follow_up_end.clinic AND p.id = follow_up_end.patient AND p.erased = 0)
        ORDER BY ended_at DESC, id DESC LIMIT ?";
    Ok(tx.select(rest, values)?)
}

cunyi_domain::row! {
    /// A diagnosis that a patient had.
    pub struct Diagnosed {
        /// Its code.
        pub code: String,
    }
}

/// What a patient was diagnosed with in visits that were signed since a moment, each code once.
pub fn diagnosed(
    tx: &mut Tx<'_>,
    (clinic, patient): (&ClinicId, &PatientId),
    since: Moment,
) -> Result<Vec<Diagnosed>, StoreError> {
    let mut values = key(clinic, patient.clone());
    values.push(since.into_value());
    let sql = "SELECT DISTINCT d.code AS code FROM visit v
        JOIN diagnosis d ON d.clinic = v.clinic AND d.visit = v.id
        WHERE v.clinic = ? AND v.patient = ? AND v.registered_at >= ? AND v.signed = 1 ORDER BY code";
    Ok(tx.query(sql, values)?)
}

cunyi_domain::row! {
    /// Who has an illness that is followed, and was never followed up for it.
    pub struct Unfollowed {
        /// Who.
        pub patient: PatientId,
        /// When she was seen last.
        pub seen_at: Moment,
    }
}

/// Patients seen since a moment with a diagnosis that begins so, or with such a filing, who have no follow-up of the
/// form; those seen last first, at most `limit`. Neither erased patients are called nor those whose follow-ups ended.
pub fn never_followed(
    tx: &mut Tx<'_>,
    (clinic, since): (&ClinicId, Moment),
    (form, diagnoses, filings): (&str, &[String], &[String]),
    limit: i64,
) -> Result<Vec<Unfollowed>, StoreError> {
    let any = |column: &str, many: usize| match many {
        0 => "1 = 0".to_owned(),
        many => vec![format!("{column} LIKE ?"); many].join(" OR "),
    };
    let (of_diagnosis, of_filing) = (
        any("d.code", diagnoses.len()),
        any("c.filings", filings.len()),
    );
    // Grouped by a word that is no column, so that the days' index is taken and not the patients', which would be read
    // from one end to the other.
    let sql = format!(
        "SELECT MIN(v.patient) AS patient, MAX(v.registered_at) AS seen_at FROM visit v
         WHERE v.clinic = ? AND v.registered_at >= ? AND v.signed = 1
           AND (EXISTS (SELECT 1 FROM diagnosis d WHERE d.clinic = v.clinic AND d.visit = v.id AND ({of_diagnosis}))
             OR EXISTS (SELECT 1 FROM coverage c WHERE c.clinic = v.clinic AND c.id = v.coverage AND ({of_filing})))
           AND NOT EXISTS (SELECT 1 FROM follow_up f
             WHERE f.clinic = v.clinic AND f.patient = v.patient AND f.form = ? AND f.corrected = 0)
           AND NOT EXISTS (SELECT 1 FROM follow_up_end e
             WHERE e.clinic = v.clinic AND e.patient = v.patient AND e.resumed = 0)
           AND EXISTS (SELECT 1 FROM patient p WHERE p.clinic = v.clinic AND p.id = v.patient AND p.erased = 0)
         GROUP BY v.patient || '' ORDER BY seen_at DESC, patient LIMIT ?"
    );
    let mut values = vec![clinic.clone().into_value(), since.into_value()];
    let begins = diagnoses.iter().map(|code| format!("{code}%"));
    // As they are kept: `code=name` joined by `;`.
    let holds = filings.iter().map(|code| format!("%{code}=%"));
    values.extend(begins.chain(holds).map(Field::into_value));
    values.push(form.to_owned().into_value());
    values.push(Value::Int(limit));
    Ok(tx.query(&sql, values)?)
}
