//! 输液注射登记: what was given by needle in a period, and the skin tests.

use cunyi_domain::id_number::Sex;
use cunyi_domain::ids::{ClinicId, EntryId, UserId, VisitId};
use cunyi_domain::ledger::{SkinTest, SkinTestState};
use cunyi_domain::row::{Field, Value};
use cunyi_domain::time::{Moment, civil::Date};

use super::outpatient::{IN_TURN, SEEN, of};
use super::{GONE, PastLine, RECHARGED, key};
use crate::reports::Span;
use crate::{StoreError, Tx};

cunyi_domain::row! {
    /// A drug that was given by one of the routes that were asked for.
    pub struct Infused {
        /// In which visit.
        pub visit: VisitId,
        /// When that began.
        pub registered_at: Moment,
        /// 姓名; blank after erasure, as what follows.
        pub name: String,
        /// 性别
        pub sex: Sex,
        /// 出生日期
        pub birth_date: Option<Date>,
        /// Whose visit.
        pub doctor: UserId,
        /// The drug's code.
        pub code: String,
        /// Its name.
        pub drug: String,
        /// 单次用量 with its unit.
        pub dose: String,
        /// 用法, by its name.
        pub route: String,
        /// 频次, by its name.
        pub frequency: String,
        /// 天数
        pub days: i64,
        /// 组; 0: by itself.
        pub drip_group: i64,
        /// 滴速, drops a minute; 0: not said.
        pub drip_rate: i64,
        /// 疗程 that this is a day of.
        pub course: Option<EntryId>,
    }
}

/// A condition on `charge c` that it is by one of the routes of these names, and the values of a question that asks for
/// the visits of a period first.
fn by_route(clinic: &ClinicId, span: Span, routes: &[&str]) -> (String, Vec<Value>) {
    let places = vec!["?"; routes.len()].join(", ");
    let mut values = of(clinic, span);
    values.extend(routes.iter().map(|route| Value::Text((*route).to_owned())));
    (format!("c.route IN ({places})"), values)
}

/// What was given by routes of these names, without what was paid back before; a visit's groups together, each in
/// order. At most `limit` drugs.
pub fn infused(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    span: Span,
    routes: &[&str],
    limit: i64,
) -> Result<Vec<Infused>, StoreError> {
    let (by_route, mut values) = by_route(clinic, span, routes);
    let sql = format!(
        "SELECT v.id AS visit, v.registered_at AS registered_at, p.name AS name, p.sex AS sex,
                p.birth_date AS birth_date, v.doctor AS doctor, c.code AS code, c.name AS drug, c.dose AS dose,
                c.route AS route, c.frequency AS frequency, c.days AS days, c.drip_group AS drip_group,
                c.drip_rate AS drip_rate, c.course AS course
         FROM visit v JOIN charge c ON c.clinic = v.clinic AND c.visit = v.id
              JOIN batch b ON b.clinic = c.clinic AND b.id = c.batch
              JOIN patient p ON p.clinic = v.clinic AND p.id = v.patient
         WHERE {SEEN} AND {by_route} AND NOT ({GONE}) AND NOT ({RECHARGED})
         ORDER BY {IN_TURN}, c.drip_group, c.position, c.id LIMIT ?"
    );
    values.push(Value::Int(limit));
    Ok(tx.query(&sql, values)?)
}

/// The diagnoses of the visits in which something was given so, each visit's in order.
pub fn infused_diagnoses(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    span: Span,
    routes: &[&str],
) -> Result<Vec<PastLine>, StoreError> {
    let (by_route, values) = by_route(clinic, span, routes);
    let sql = format!(
        "SELECT d.visit AS visit, d.name AS name, CAST(0 AS BIGINT) AS amount
         FROM visit v JOIN diagnosis d ON d.clinic = v.clinic AND d.visit = v.id
         WHERE {SEEN} AND EXISTS (SELECT 1 FROM charge c WHERE c.clinic = v.clinic AND c.visit = v.id
            AND {by_route})
         ORDER BY {IN_TURN}, d.position"
    );
    Ok(tx.query(&sql, values)?)
}

cunyi_domain::row! {
    /// A skin test of the register.
    pub struct Tested {
        /// When it was ordered.
        pub ordered_at: Moment,
        /// 姓名; blank after erasure.
        pub name: String,
        /// 性别
        pub sex: Sex,
        /// 出生日期
        pub birth_date: Option<Date>,
        /// The drug's name.
        pub drug: String,
        /// Where it stands.
        pub state: SkinTestState,
        /// When it ended, or was read last.
        pub moved_at: Moment,
        /// Who read it first.
        pub read_by: Option<UserId>,
        /// Who looked, too.
        pub confirmed_by: Option<UserId>,
    }
}

/// The skin tests of the visits of a period, whatever became of them.
pub fn tested(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    span: Span,
    limit: i64,
) -> Result<Vec<Tested>, StoreError> {
    let sql = "SELECT t.ordered_at AS ordered_at, p.name AS name, p.sex AS sex, p.birth_date AS birth_date,
                t.name AS drug, t.state AS state, t.moved_at AS moved_at, t.read_by AS read_by,
                t.confirmed_by AS confirmed_by
         FROM visit v JOIN skin_test t ON t.clinic = v.clinic AND t.visit = v.id
              JOIN patient p ON p.clinic = v.clinic AND p.id = v.patient
         WHERE v.clinic = ? AND v.registered_at >= ? AND v.registered_at < ?
         ORDER BY v.registered_at, v.id, t.ordered_at, t.id LIMIT ?";
    let mut values = of(clinic, span);
    values.push(Value::Int(limit));
    Ok(tx.query(sql, values)?)
}

/// The skin tests of a visit and of the visits that share an infusion course with it, oldest first.
pub fn skin_tests_of_courses(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    visit: &VisitId,
) -> Result<Vec<SkinTest>, StoreError> {
    let rest = "WHERE clinic = ? AND visit IN
           (SELECT o.visit FROM charge c JOIN charge o ON o.clinic = c.clinic AND o.course = c.course
            WHERE c.clinic = ? AND c.visit = ? AND c.course IS NOT NULL UNION SELECT ?)
         ORDER BY ordered_at, id";
    let mut values = key(clinic, clinic.clone());
    values.extend([visit.clone().into_value(), visit.clone().into_value()]);
    Ok(tx.select(rest, values)?)
}
