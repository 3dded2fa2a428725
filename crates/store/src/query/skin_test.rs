//! Skin tests of a visit.

use cunyi_domain::ids::{ClinicId, VisitId};
use cunyi_domain::ledger::SkinTest;

use super::key;
use crate::{StoreError, Tx};

/// A visit's skin tests, the abandoned ones too, oldest first.
pub fn skin_tests(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    visit: &VisitId,
) -> Result<Vec<SkinTest>, StoreError> {
    let rest = "WHERE clinic = ? AND visit = ? ORDER BY ordered_at, id";
    Ok(tx.select(rest, key(clinic, visit.clone()))?)
}

/// The skin tests of the clinic that wait to be read or confirmed, oldest first; at most `limit`.
pub fn open_skin_tests(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    limit: i64,
) -> Result<Vec<SkinTest>, StoreError> {
    let rest = "WHERE clinic = ? AND state IN ('waiting', 'read') ORDER BY ordered_at, id LIMIT ?";
    Ok(tx.select(rest, key(clinic, limit))?)
}
