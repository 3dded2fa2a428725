//! What was printed and voided of a visit's prescription.

use cunyi_domain::ids::{ClinicId, VisitId};
use cunyi_domain::ledger::{Charge, PaperEntry};

use super::key;
use crate::{StoreError, Tx};

/// A visit's entries, oldest first.
pub fn paper_entries(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    visit: &VisitId,
) -> Result<Vec<PaperEntry>, StoreError> {
    let rest = "WHERE clinic = ? AND visit = ? ORDER BY entered_at, id";
    Ok(tx.select(rest, key(clinic, visit.clone()))?)
}

/// The lines of a prescription that was printed, in order, what was taken back too.
pub fn lines_on(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    entry: &PaperEntry,
) -> Result<Vec<Charge>, StoreError> {
    let rest = "WHERE clinic = ? AND visit = ? ORDER BY position, id";
    let mut lines: Vec<Charge> = tx.select(rest, key(clinic, entry.visit.clone()))?;
    lines.retain(|line| entry.holds(&line.id));
    Ok(lines)
}
