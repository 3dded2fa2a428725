//! 门诊日志: who was seen in a period, with what, and what was done.

use cunyi_domain::id_number::Sex;
use cunyi_domain::ids::{ClinicId, UserId, VisitId};
use cunyi_domain::ledger::Diagnosis;
use cunyi_domain::row::{Field, Value};
use cunyi_domain::time::{Moment, civil::Date};

use super::{GONE, PastLine, RECHARGED};
use crate::reports::Span;
use crate::{StoreError, Tx};

cunyi_domain::row! {
    /// A visit of the log.
    pub struct Logged {
        /// Which.
        pub id: VisitId,
        /// When she came.
        pub registered_at: Moment,
        /// 姓名; blank after erasure, as what follows.
        pub name: String,
        /// 性别
        pub sex: Sex,
        /// 出生日期
        pub birth_date: Option<Date>,
        /// 电话
        pub phone: String,
        /// 住址
        pub address: String,
        /// 主诉
        pub complaint: String,
        /// 处理意见
        pub advice: String,
        /// 发病日期
        pub onset: Option<Date>,
        /// Whose visit.
        pub doctor: UserId,
        /// True if she came to this clinic before.
        pub again: bool,
    }
}

/// Visits of a period that were begun and not cancelled, as a condition on `visit v`.
pub(super) const SEEN: &str = "v.clinic = ? AND v.registered_at >= ? AND v.registered_at < ?
    AND v.state NOT IN ('waiting', 'cancelled')";

/// As the visits began. An order that begins with the lines' visit would have SQLite read the lines of all days for it.
pub(super) const IN_TURN: &str = "v.registered_at, v.id";

/// Their clinic and period.
pub(super) fn of(clinic: &ClinicId, span: Span) -> Vec<Value> {
    vec![
        clinic.clone().into_value(),
        span.from.into_value(),
        span.to.into_value(),
    ]
}

/// Visits of the log, oldest first; at most `limit`.
pub fn logged(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    span: Span,
    limit: i64,
) -> Result<Vec<Logged>, StoreError> {
    let sql = format!(
        "SELECT v.id AS id, v.registered_at AS registered_at, p.name AS name, p.sex AS sex,
                p.birth_date AS birth_date, p.phone AS phone, p.address AS address,
                v.complaint AS complaint, v.advice AS advice, v.onset AS onset, v.doctor AS doctor,
                CAST(CASE WHEN EXISTS (SELECT 1 FROM visit o WHERE o.clinic = v.clinic
                    AND o.patient = v.patient AND o.registered_at < v.registered_at
                    AND o.state NOT IN ('waiting', 'cancelled')) THEN 1 ELSE 0 END AS BIGINT) AS again
         FROM visit v JOIN patient p ON p.clinic = v.clinic AND p.id = v.patient
         WHERE {SEEN} ORDER BY {IN_TURN} LIMIT ?"
    );
    let mut values = of(clinic, span);
    values.push(Value::Int(limit));
    Ok(tx.query(&sql, values)?)
}

/// The diagnoses of the log's visits, each visit's in order.
pub fn logged_diagnoses(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    span: Span,
) -> Result<Vec<Diagnosis>, StoreError> {
    let sql = format!(
        "SELECT d.clinic AS clinic, d.visit AS visit, d.position AS position, d.kind AS kind,
                d.code AS code, d.name AS name
         FROM visit v JOIN diagnosis d ON d.clinic = v.clinic AND d.visit = v.id
         WHERE {SEEN} ORDER BY {IN_TURN}, d.position"
    );
    Ok(tx.query(&sql, of(clinic, span))?)
}

/// What was given in the log's visits, each visit's in order.
pub fn logged_items(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    span: Span,
) -> Result<Vec<PastLine>, StoreError> {
    let sql = format!(
        "SELECT c.visit AS visit, c.name AS name, c.amount AS amount
         FROM visit v JOIN charge c ON c.clinic = v.clinic AND c.visit = v.id
              JOIN batch b ON b.clinic = c.clinic AND b.id = c.batch
         WHERE {SEEN} AND NOT ({GONE}) AND NOT ({RECHARGED})
         ORDER BY {IN_TURN}, c.position, c.id"
    );
    Ok(tx.query(&sql, of(clinic, span))?)
}
