//! Referrals of a visit and of a patient.

use cunyi_domain::ids::{ClinicId, PatientId, VisitId};
use cunyi_domain::ledger::Referral;
use cunyi_domain::row::{Field, Value};

use super::key;
use crate::{StoreError, Tx};

/// A visit's referrals, the newest, which stands, first; at most `limit`.
pub fn referrals(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    visit: &VisitId,
    limit: i64,
) -> Result<Vec<Referral>, StoreError> {
    newest(tx, "visit", (clinic, visit.clone()), limit)
}

/// A patient's referrals, newest first; at most `limit`.
pub fn referrals_of(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    patient: &PatientId,
    limit: i64,
) -> Result<Vec<Referral>, StoreError> {
    newest(tx, "patient", (clinic, patient.clone()), limit)
}

fn newest(
    tx: &mut Tx<'_>,
    column: &str,
    (clinic, id): (&ClinicId, impl Field),
    limit: i64,
) -> Result<Vec<Referral>, StoreError> {
    let mut values = key(clinic, id);
    values.push(Value::Int(limit));
    let rest =
        format!("WHERE clinic = ? AND {column} = ? ORDER BY referred_at DESC, id DESC LIMIT ?");
    Ok(tx.select(&rest, values)?)
}
