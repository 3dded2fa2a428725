//! What was settled and paid back.

use cunyi_domain::ids::{ClinicId, PatientId, VisitId};
use cunyi_domain::ledger::{Settlement, SettlementKind};
use cunyi_domain::money::Fen;
use cunyi_domain::row::{Field, Value};
use cunyi_domain::time::Moment;

use super::key;
use crate::{StoreError, Tx};

/// A visit's settlements and reversals, oldest first.
pub fn settlements(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    visit: &VisitId,
) -> Result<Vec<Settlement>, StoreError> {
    let rest = "WHERE clinic = ? AND visit = ? ORDER BY settled_at, id";
    Ok(tx.select(rest, key(clinic, visit.clone()))?)
}

/// Settlements and reversals from one moment to before another; at most `limit`.
pub fn settlements_between(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    from: Moment,
    to: Moment,
    limit: i64,
) -> Result<Vec<Settlement>, StoreError> {
    let values = vec![
        clinic.clone().into_value(),
        from.into_value(),
        to.into_value(),
        Value::Int(limit),
    ];
    let rest = "WHERE clinic = ? AND settled_at >= ? AND settled_at < ?
                ORDER BY settled_at, id LIMIT ?";
    Ok(tx.select(rest, values)?)
}

cunyi_domain::row! {
    /// What one settlement or reversal used of the year's limits.
    pub struct Use {
        /// Under which benefit.
        pub benefit: String,
        /// 病种编码
        pub disease_code: String,
        /// Settlement, SettlementKind, or a reversal that gives the same back.
        pub kind: SettlementKind,
        /// When its visit was registered.
        pub registered_at: Moment,
        /// When, by the platform's clock and to the second.
        pub settled_at: Moment,
        /// What the batch was expected to add to limits, as it is kept.
        pub adds: String,
        /// What the funds were expected to pay.
        pub estimated_fund: Fen,
        /// What they paid.
        pub fund: Fen,
        /// The deductible borne.
        pub deductible: Fen,
        /// What is in scope.
        pub in_scope: Fen,
        /// 统筹基金
        pub pool: Fen,
        /// 公务员补助
        pub civil_servant: Fen,
        /// 企业补充
        pub enterprise: Fen,
        /// 居民大病
        pub serious_illness: Fen,
        /// 职工大额
        pub large_amount: Fen,
        /// 医疗救助
        pub medical_aid: Fen,
        /// 其他基金
        pub other: Fen,
    }
}

/// What was settled and paid back for a patient here under one scheme, for visits registered from
/// one moment to before another. The order of the joins is SQLite's too (`CROSS JOIN`): from the
/// patient, never from all settlements.
pub fn uses(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    patient: &PatientId,
    scheme: &str,
    (from, to): (Moment, Moment),
) -> Result<Vec<Use>, StoreError> {
    let mut values = key(clinic, patient.clone());
    values.extend([from.into_value(), to.into_value()]);
    values.push(scheme.to_owned().into_value());
    Ok(tx.query(
        "SELECT s.benefit, b.disease_code, s.kind, v.registered_at, s.settled_at, b.adds,
         b.estimated_fund, s.fund, s.deductible, s.in_scope, s.pool, s.civil_servant, s.enterprise,
         s.serious_illness, s.large_amount, s.medical_aid, s.other
         FROM visit v CROSS JOIN settlement s CROSS JOIN batch b
         WHERE v.clinic = ? AND v.patient = ? AND v.registered_at >= ? AND v.registered_at < ?
         AND s.clinic = v.clinic AND s.visit = v.id AND s.scheme = ?
         AND b.clinic = s.clinic AND b.id = s.batch ORDER BY s.settled_at, s.id",
        values,
    )?)
}
