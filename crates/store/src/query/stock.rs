//! The cupboard: lots, what is promised of them, what left and came back.

use cunyi_domain::ids::{ClinicId, VisitId};
use cunyi_domain::ledger::{GoodsDecision, Lot, Reservation, StockMove, Visit};
use cunyi_domain::row::{Field, Value};
use cunyi_domain::time::Moment;

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

/// Visits with a line of a drug, reversed since then, that was handed over, or may have been as a part of
/// another line, and of which nobody has said what became of it; oldest first.
pub fn goods_undecided(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    since: Moment,
    limit: i64,
) -> Result<Vec<Visit>, StoreError> {
    // From the reversals of that time to their lines (`CROSS JOIN` keeps the order): never over all lines.
    let rest = "WHERE clinic = ? AND id IN (SELECT c.visit FROM settlement s
        CROSS JOIN batch b CROSS JOIN charge c
        WHERE s.clinic = ? AND s.settled_at >= ? AND s.kind = 'reversal'
          AND b.clinic = s.clinic AND b.id = s.batch AND b.state = 'reversed'
          AND c.clinic = b.clinic AND c.visit = b.visit AND c.batch = b.id AND c.kind = 'drug'
          AND NOT EXISTS (SELECT 1 FROM goods_decision g WHERE g.clinic = c.clinic AND g.charge = c.id)
          AND (c.rest_of IS NOT NULL OR EXISTS (SELECT 1 FROM stock_move m
            WHERE m.clinic = c.clinic AND m.charge = c.id AND m.kind = 'handed_over')))
        ORDER BY +registered_at, id LIMIT ?";
    let mut values = key(clinic, clinic.clone());
    values.extend([since.into_value(), Value::Int(limit)]);
    Ok(tx.select(rest, values)?)
}

cunyi_domain::row! {
    /// A visit.
    pub struct OfVisit {
        /// Its id.
        pub visit: VisitId,
    }
}

/// Visits with a line on which a text stands among the trace codes, perhaps as a part of one.
pub fn visits_with_code(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    code: &str,
) -> Result<Vec<VisitId>, StoreError> {
    // The first condition is the index's.
    let sql = "SELECT DISTINCT visit FROM charge
               WHERE clinic = ? AND trace_codes <> '' AND trace_codes LIKE ? ORDER BY visit";
    let found: Vec<OfVisit> = tx.query(sql, key(clinic, format!("%{code}%")))?;
    Ok(found.into_iter().map(|row| row.visit).collect())
}
