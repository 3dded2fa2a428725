//! Queries by noun. Ledger rows only; each takes the clinic first.

use cunyi_domain::batch::BatchState;
use cunyi_domain::ids::{BatchId, ChargeId, ClinicId, EntryId, PatientId, VisitId};
use cunyi_domain::ledger::{
    Access, Allergy, Batch, Charge, Coverage, Diagnosis, Evidence, Patient, Payment, RefundRest,
    Registration, Visit,
};
use cunyi_domain::money::Fen;
use cunyi_domain::row::{Field, Value};
use cunyi_domain::time::Moment;

use crate::local::{Draft, Message};
use crate::{StoreError, Tx};

mod course;
mod electronic;
mod follow_up;
mod infusion;
mod outpatient;
mod paper_entry;
mod receipt;
mod referral;
mod settled;
mod skin_test;
mod stock;

pub use course::{CourseLine, course, courses, courses_since, executions, patients_of_courses};
pub use electronic::{
    ElectronicRegistered, awaited_electronic, electronic, electronic_of, electronic_registered,
    numbered_electronic, standing_electronic,
};
pub use follow_up::{
    diagnosed, follow_up_end, follow_up_ends, follow_ups, follow_ups_between, follow_ups_due,
    follow_ups_of_visit, never_followed,
};
pub use infusion::{Infused, Tested, infused, infused_diagnoses, skin_tests_of_courses, tested};
pub use outpatient::{Logged, logged, logged_diagnoses, logged_items};
pub use paper_entry::{lines_on, paper_entries};
pub use receipt::{
    Registered, Taken, last_receipt, open_book, overlapping_book, receipt, receipt_book,
    receipt_books, receipts_of, receipts_taken, registered, standing_receipt,
};
pub use referral::{referrals, referrals_of};
pub use settled::{Use, settlements, settlements_between, uses};
pub use skin_test::{open_skin_tests, skin_tests};
pub use stock::{
    free_lots, goods_decisions, goods_undecided, lots, moves, reservations, visits_with_code,
};

fn key<T: Field>(clinic: &ClinicId, id: T) -> Vec<Value> {
    vec![clinic.clone().into_value(), id.into_value()]
}

/// A patient.
pub fn patient(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    id: &PatientId,
) -> Result<Option<Patient>, StoreError> {
    Ok(tx.find("WHERE clinic = ? AND id = ?", key(clinic, id.clone()))?)
}

/// The patient with this identity number.
pub fn patient_by_number(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    number: &str,
) -> Result<Option<Patient>, StoreError> {
    let found = tx.find(
        "WHERE clinic = ? AND id_number = ?",
        key(clinic, number.to_owned()),
    )?;
    Ok(found)
}

/// Patients whose number is, or whose name or initials in one of its readings begin with, the query; at most `limit`.
pub fn find_patients(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    query: &str,
    limit: i64,
) -> Result<Vec<Patient>, StoreError> {
    let each = |condition: &str| format!("SELECT id FROM patient WHERE clinic = ? AND {condition}");
    // A prefix as a range, so that the index serves it on both engines without LIKE's wildcards.
    let mut ways = vec![each("id_number = ?"), each("name >= ? AND name < ?")];
    let mut values = vec![
        clinic.clone().into_value(),
        clinic.clone().into_value(),
        query.to_uppercase().into_value(),
        clinic.clone().into_value(),
        query.to_owned().into_value(),
        format!("{query}\u{10FFFF}").into_value(),
    ];
    // The readings stand beside one another: the clinic's part of the index is read whole.
    if query.bytes().all(|b| b.is_ascii_alphanumeric()) {
        ways.push(each("' ' || initials LIKE ?"));
        values.push(clinic.clone().into_value());
        values.push(format!("% {}%", query.to_lowercase()).into_value());
    }
    values.push(Value::Int(limit));
    // LOWER, which changes nothing, keeps SQLite from walking every patient for the order's sake.
    Ok(tx.select(
        &format!(
            "WHERE clinic = ? AND erased = 0 AND id IN ({}) ORDER BY LOWER(initials), id LIMIT ?",
            ways.join(" UNION ")
        ),
        values,
    )?)
}

/// A patient's allergies.
pub fn allergies(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    id: &PatientId,
) -> Result<Vec<Allergy>, StoreError> {
    Ok(tx.select(
        "WHERE clinic = ? AND patient = ? ORDER BY id",
        key(clinic, id.clone()),
    )?)
}

/// A coverage.
pub fn coverage(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    id: &cunyi_domain::ids::CoverageId,
) -> Result<Option<Coverage>, StoreError> {
    Ok(tx.find("WHERE clinic = ? AND id = ?", key(clinic, id.clone()))?)
}

/// What was last told of a patient's insurance, not before a moment.
pub fn last_coverage(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    patient: &PatientId,
    since: Moment,
) -> Result<Option<Coverage>, StoreError> {
    let mut values = key(clinic, patient.clone());
    values.push(since.into_value());
    let rest = "WHERE clinic = ? AND patient = ? AND obtained_at >= ?
                ORDER BY obtained_at DESC, id DESC LIMIT 1";
    Ok(tx.find(rest, values)?)
}

/// A visit.
pub fn visit(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    id: &VisitId,
) -> Result<Option<Visit>, StoreError> {
    Ok(tx.find("WHERE clinic = ? AND id = ?", key(clinic, id.clone()))?)
}

/// A visit's registrations, the counter's first.
pub fn registrations(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    visit: &VisitId,
) -> Result<Vec<Registration>, StoreError> {
    Ok(tx.select(
        "WHERE clinic = ? AND visit = ? ORDER BY position",
        key(clinic, visit.clone()),
    )?)
}

/// When a clinic's first visit was registered.
pub fn first_visit(tx: &mut Tx<'_>, clinic: &ClinicId) -> Result<Option<Moment>, StoreError> {
    let rest = "WHERE clinic = ? ORDER BY registered_at LIMIT 1";
    let first: Option<Visit> = tx.find(rest, vec![clinic.clone().into_value()])?;
    Ok(first.map(|visit| visit.registered_at))
}

/// The last visit of a visit's patient, but this one, that was signed.
pub fn last_signed(tx: &mut Tx<'_>, visit: &Visit) -> Result<Option<Visit>, StoreError> {
    let mut values = key(&visit.clinic, visit.patient.clone());
    values.push(visit.id.clone().into_value());
    let rest = "WHERE clinic = ? AND patient = ? AND id <> ? AND signed = 1
        ORDER BY registered_at DESC, id DESC LIMIT 1";
    Ok(tx.select(rest, values)?.pop())
}

cunyi_domain::row! {
    /// What a history says of a visit itself.
    pub struct PastVisit {
        /// Which.
        pub id: VisitId,
        /// When she came.
        pub registered_at: Moment,
        /// 收缩压, mmHg.
        pub systolic: Option<i64>,
        /// 舒张压, mmHg.
        pub diastolic: Option<i64>,
        /// 血糖, 0.1 mmol/L.
        pub glucose: Option<i64>,
    }
}

/// A patient's visits as a history has them, newest first: two hundred whole rows are not read for
/// five columns.
pub fn past_visits(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    patient: &PatientId,
    limit: i64,
) -> Result<Vec<PastVisit>, StoreError> {
    let mut values = key(clinic, patient.clone());
    values.push(Value::Int(limit));
    let sql = "SELECT id, registered_at, systolic, diastolic, glucose FROM visit
               WHERE clinic = ? AND patient = ? ORDER BY registered_at DESC, id DESC LIMIT ?";
    Ok(tx.query(sql, values)?)
}

cunyi_domain::row! {
    /// A line of a past visit: a diagnosis, or an item with its amount.
    pub struct PastLine {
        /// In which visit.
        pub visit: VisitId,
        /// What.
        pub name: String,
        /// Its amount; nothing for a diagnosis.
        pub amount: Fen,
    }
}

/// The visits of a patient since a moment, as a condition on `visit`.
const SINCE: &str = "clinic = ? AND visit IN
    (SELECT id FROM visit WHERE clinic = ? AND patient = ? AND registered_at >= ?)";

fn since(clinic: &ClinicId, patient: &PatientId, moment: Moment) -> Vec<Value> {
    let mut values = vec![clinic.clone().into_value()];
    values.extend(key(clinic, patient.clone()));
    values.push(moment.into_value());
    values
}

/// The diagnoses of a patient's visits since a moment, each visit's in order.
pub fn past_diagnoses(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    patient: &PatientId,
    moment: Moment,
) -> Result<Vec<PastLine>, StoreError> {
    let sql = format!(
        "SELECT visit, name, CAST(0 AS BIGINT) AS amount FROM diagnosis
         WHERE {SINCE} ORDER BY visit, position"
    );
    Ok(tx.query(&sql, since(clinic, patient, moment))?)
}

/// Batches whose lines were not given, as a condition on `batch b`: taken back, or paid back before
/// the visit's goods were handed over.
const GONE: &str = "b.state IN ('void', 'reversed') AND (b.state = 'void' OR NOT EXISTS
    (SELECT 1 FROM settlement s JOIN visit v ON v.clinic = s.clinic AND v.id = s.visit
     WHERE s.clinic = b.clinic AND s.visit = b.visit AND s.batch = b.id AND s.kind = 'reversal'
       AND v.state = 'done' AND s.booked_at >= v.finished_at))";

/// Batches that charge anew what had been given before, the rest of a refund in part: a condition of
/// its own, for it has an index of its own.
const RECHARGED: &str = "b.rest_of IS NOT NULL AND EXISTS
    (SELECT 1 FROM settlement s JOIN visit v ON v.clinic = s.clinic AND v.id = s.visit
     WHERE s.clinic = b.clinic AND s.visit = b.visit AND s.batch = b.rest_of AND s.kind = 'reversal'
       AND v.state = 'done' AND s.booked_at >= v.finished_at)";

/// The lines of a visit that were given or are to be given, in order.
pub fn given(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    visit: &VisitId,
) -> Result<Vec<Charge>, StoreError> {
    let mut values = key(clinic, visit.clone());
    values.extend(key(clinic, visit.clone()));
    values.extend(key(clinic, visit.clone()));
    let rest = format!(
        "WHERE clinic = ? AND visit = ? AND batch NOT IN (SELECT b.id FROM batch b
         WHERE b.clinic = ? AND b.visit = ? AND {GONE}) AND batch NOT IN (SELECT b.id FROM batch b
         WHERE b.clinic = ? AND b.visit = ? AND {RECHARGED}) ORDER BY position, id"
    );
    Ok(tx.select(&rest, values)?)
}

/// The last visit of a visit's patient, but this one, that charged the general consultation fee.
pub fn last_consultation(tx: &mut Tx<'_>, visit: &Visit) -> Result<Option<Visit>, StoreError> {
    let rest = format!(
        "WHERE clinic = ? AND patient = ? AND id <> ? AND EXISTS
           (SELECT 1 FROM charge c JOIN batch b ON b.clinic = c.clinic AND b.id = c.batch
            WHERE c.clinic = visit.clinic AND c.visit = visit.id AND c.consultation_fee = 1
                  AND NOT ({GONE}) AND NOT ({RECHARGED}))
         ORDER BY registered_at DESC, id DESC LIMIT 1"
    );
    let mut values = key(&visit.clinic, visit.patient.clone());
    values.push(visit.id.clone().into_value());
    Ok(tx.select(&rest, values)?.pop())
}

/// The lines of a patient's visits since a moment that were given, each visit's in order. The few
/// batches that do not count are asked for once (`batch_by_state`): looking at each line's batch read
/// two more pages a visit.
pub fn past_charges(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    patient: &PatientId,
    moment: Moment,
) -> Result<Vec<PastLine>, StoreError> {
    let sql = format!(
        "SELECT visit, name, amount FROM charge WHERE {SINCE} AND batch NOT IN
           (SELECT id FROM batch b WHERE {SINCE} AND {GONE}) AND batch NOT IN
           (SELECT id FROM batch b WHERE {SINCE} AND {RECHARGED}) ORDER BY visit, position, id"
    );
    let values = [(); 3].map(|()| since(clinic, patient, moment)).concat();
    Ok(tx.query(&sql, values)?)
}

/// Visits that are not finished, oldest first; at most `limit`.
pub fn open_visits(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    limit: i64,
) -> Result<Vec<Visit>, StoreError> {
    // The plus keeps SQLite from walking every visit by day for the order's sake.
    let rest = "WHERE clinic = ? AND state IN ('waiting', 'seeing', 'parked')
                ORDER BY +registered_at, id LIMIT ?";
    Ok(tx.select(rest, key(clinic, limit))?)
}

/// Visits registered from one moment to before another, oldest first; at most `limit`.
pub fn visits_between(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    from: Moment,
    to: Moment,
    limit: i64,
) -> Result<Vec<Visit>, StoreError> {
    let values = vec![
        clinic.clone().into_value(),
        from.into_value(),
        to.into_value(),
        Value::Int(limit),
    ];
    let rest = "WHERE clinic = ? AND registered_at >= ? AND registered_at < ?
                ORDER BY registered_at, id LIMIT ?";
    Ok(tx.select(rest, values)?)
}

/// Visits done from a moment on, whenever they began, the earliest done first; at most `limit`.
pub fn done_since(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    from: Moment,
    limit: i64,
) -> Result<Vec<Visit>, StoreError> {
    let values = vec![
        clinic.clone().into_value(),
        from.into_value(),
        Value::Int(limit),
    ];
    let rest = "WHERE clinic = ? AND state = 'done' AND finished_at >= ?
                ORDER BY finished_at, id LIMIT ?";
    Ok(tx.select(rest, values)?)
}

/// A visit's diagnoses, the main one first.
pub fn diagnoses(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    visit: &VisitId,
) -> Result<Vec<Diagnosis>, StoreError> {
    Ok(tx.select(
        "WHERE clinic = ? AND visit = ? ORDER BY position",
        key(clinic, visit.clone()),
    )?)
}

/// A visit's batches, void ones too.
pub fn batches(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    visit: &VisitId,
) -> Result<Vec<Batch>, StoreError> {
    Ok(tx.select(
        "WHERE clinic = ? AND visit = ? ORDER BY position",
        key(clinic, visit.clone()),
    )?)
}

/// A batch.
pub fn batch(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    id: &BatchId,
) -> Result<Option<Batch>, StoreError> {
    Ok(tx.find("WHERE clinic = ? AND id = ?", key(clinic, id.clone()))?)
}

/// Batches whose outcome is lost; at most `limit`.
pub fn lost_batches(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    limit: i64,
) -> Result<Vec<Batch>, StoreError> {
    let rest = "WHERE clinic = ? AND state IN ('unknown', 'reversal_unknown', 'undo_unknown')
                ORDER BY visit, position LIMIT ?";
    Ok(tx.select(rest, key(clinic, limit))?)
}

/// Visits whose goods were given and which are not settled yet, or of which the rest of a refund is not,
/// oldest first; of at most `limit` that are not settled. The states are listed: what is in none of them
/// is not walked (`batch_by_state`).
pub fn given_unsettled(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    limit: i64,
) -> Result<Vec<Visit>, StoreError> {
    let states = BatchState::ALL.iter().filter(|state| state.is_unsettled());
    let states: Vec<String> = states.map(|state| format!("'{state}'")).collect();
    let states = states.join(", ");
    let rest = format!(
        "WHERE clinic = ? AND id IN (SELECT visit FROM batch WHERE clinic = ? AND state IN ({states}))
         AND (state = 'done' OR id IN
           (SELECT visit FROM batch WHERE clinic = ? AND rest_of IS NOT NULL AND state IN ({states})))
         ORDER BY +registered_at, id LIMIT ?"
    );
    let mut values = key(clinic, clinic.clone());
    values.extend([clinic.clone().into_value(), Value::Int(limit)]);
    Ok(tx.select(&rest, values)?)
}

/// What of a batch's lines is charged anew once its reversal is done.
pub fn refund_rest(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    batch: &BatchId,
) -> Result<Vec<RefundRest>, StoreError> {
    let rest = "WHERE clinic = ? AND batch = ? ORDER BY charge";
    Ok(tx.select(rest, key(clinic, batch.clone()))?)
}

/// Visits of which money is to be returned or collected, or a deposit is held, oldest first; at most
/// `limit`.
pub fn unbalanced(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    limit: i64,
) -> Result<Vec<Visit>, StoreError> {
    let rest = "WHERE clinic = ? AND balance <> 0 ORDER BY registered_at, id LIMIT ?";
    Ok(tx.select(rest, key(clinic, limit))?)
}

/// A payment.
pub fn payment(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    id: &EntryId,
) -> Result<Option<Payment>, StoreError> {
    Ok(tx.find("WHERE clinic = ? AND id = ?", key(clinic, id.clone()))?)
}

/// What changed hands for a visit, oldest first.
pub fn payments(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    visit: &VisitId,
) -> Result<Vec<Payment>, StoreError> {
    let rest = "WHERE clinic = ? AND visit = ? ORDER BY moved_at, id";
    Ok(tx.select(rest, key(clinic, visit.clone()))?)
}

/// What was seen at the platform of a batch's lost calls, oldest first.
pub fn evidence(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    batch: &BatchId,
) -> Result<Vec<Evidence>, StoreError> {
    let rest = "WHERE clinic = ? AND batch = ? ORDER BY found_at, id";
    Ok(tx.select(rest, key(clinic, batch.clone()))?)
}

/// A visit's charge lines of batches that were not taken back.
pub fn charges(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    visit: &VisitId,
) -> Result<Vec<Charge>, StoreError> {
    let mut values = key(clinic, visit.clone());
    values.extend(key(clinic, visit.clone()));
    let rest = "WHERE clinic = ? AND visit = ? AND batch IN (SELECT id FROM batch
                WHERE clinic = ? AND visit = ? AND state <> 'void') ORDER BY position, id";
    Ok(tx.select(rest, values)?)
}

/// A charge line.
pub fn charge(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    id: &ChargeId,
) -> Result<Option<Charge>, StoreError> {
    Ok(tx.find("WHERE clinic = ? AND id = ?", key(clinic, id.clone()))?)
}

/// Who from outside opened a patient's record, newest first.
pub fn accesses(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    patient: &PatientId,
) -> Result<Vec<Access>, StoreError> {
    let rest = "WHERE clinic = ? AND patient = ? ORDER BY opened_at DESC, id LIMIT 100";
    Ok(tx.select(rest, key(clinic, patient.clone()))?)
}

/// The newest entries of a clinic's access log.
pub fn access_log(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    most: i64,
) -> Result<Vec<Access>, StoreError> {
    let values = vec![clinic.clone().into_value(), Value::Int(most)];
    let rest = "WHERE clinic = ? ORDER BY opened_at DESC, id DESC LIMIT ?";
    Ok(tx.select(rest, values)?)
}

/// A visit's draft.
pub fn draft(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    visit: &VisitId,
) -> Result<Option<Draft>, StoreError> {
    Ok(tx.find("WHERE clinic = ? AND visit = ?", key(clinic, visit.clone()))?)
}

/// One message, by its msgid.
pub fn message(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    id: &str,
) -> Result<Option<Message>, StoreError> {
    Ok(tx.find("WHERE clinic = ? AND id = ?", key(clinic, id.to_owned()))?)
}

/// A visit's messages, oldest first.
pub fn messages(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    visit: &VisitId,
) -> Result<Vec<Message>, StoreError> {
    let rest = "WHERE clinic = ? AND visit = ? ORDER BY requested_at, id LIMIT 500";
    Ok(tx.select(rest, key(clinic, visit.clone()))?)
}
