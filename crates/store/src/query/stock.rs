//! The cupboard: lots, what is promised of them, what left and came back.

use cunyi_domain::ids::{ClinicId, VisitId};
use cunyi_domain::ledger::{GoodsDecision, Lot, Reservation, StockMove};
use cunyi_domain::row::Field;

use super::key;
use crate::{StoreError, Tx};

/// Lots of a drug with something free, by earliest expiry.
pub fn free_lots(tx: &mut Tx<'_>, clinic: &ClinicId, code: &str) -> Result<Vec<Lot>, StoreError> {
    let rest = "WHERE clinic = ? AND code = ? AND on_hand > reserved ORDER BY expires_on, id";
    Ok(tx.select(rest, key(clinic, code.to_owned()))?)
}

/// All lots with something left.
pub fn lots(tx: &mut Tx<'_>, clinic: &ClinicId) -> Result<Vec<Lot>, StoreError> {
    let rest = "WHERE clinic = ? AND (on_hand > 0 OR quarantined > 0)
                ORDER BY code, expires_on, id";
    Ok(tx.select(rest, vec![clinic.clone().into_value()])?)
}

/// What a visit's lines hold of lots.
pub fn reservations(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    visit: &VisitId,
) -> Result<Vec<Reservation>, StoreError> {
    let mut values = vec![clinic.clone().into_value()];
    values.extend(key(clinic, visit.clone()));
    let rest =
        "WHERE clinic = ? AND charge IN (SELECT id FROM charge WHERE clinic = ? AND visit = ?)
                ORDER BY charge, lot";
    Ok(tx.select(rest, values)?)
}

/// What left the cupboard for a visit's lines, and what came back.
pub fn moves(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    visit: &VisitId,
) -> Result<Vec<StockMove>, StoreError> {
    let mut values = vec![clinic.clone().into_value()];
    values.extend(key(clinic, visit.clone()));
    let rest =
        "WHERE clinic = ? AND charge IN (SELECT id FROM charge WHERE clinic = ? AND visit = ?)
                ORDER BY id";
    Ok(tx.select(rest, values)?)
}

/// What became of the goods of a visit's reversed lines.
pub fn goods_decisions(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    visit: &VisitId,
) -> Result<Vec<GoodsDecision>, StoreError> {
    let rest = "WHERE clinic = ? AND visit = ? ORDER BY charge";
    Ok(tx.select(rest, key(clinic, visit.clone()))?)
}
