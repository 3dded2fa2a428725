//! Erasure: the key goes, every row is blanked, what is local is deleted, freed pages are overwritten.

use cunyi_domain::fact::PatientErased;
use cunyi_domain::ids::PatientId;
use cunyi_domain::ledger::Visit;
use cunyi_domain::row::Field;
use cunyi_domain::time::Rng;

use crate::{Store, StoreError, Who};

/// What is deleted besides the key: local rows that hold personal data, or would have it sent again.
const LOCAL: [&str; 5] = [
    "DELETE FROM patient_key WHERE clinic = ? AND patient = ?",
    "DELETE FROM upload WHERE clinic = ? AND visit IN
       (SELECT id FROM visit WHERE visit.clinic = upload.clinic AND patient = ?)",
    "DELETE FROM message WHERE clinic = ? AND patient = ?",
    "DELETE FROM draft WHERE clinic = ? AND visit IN
       (SELECT id FROM visit WHERE visit.clinic = draft.clinic AND patient = ?)",
    "DELETE FROM voucher WHERE clinic = ? AND visit IN
       (SELECT id FROM visit WHERE visit.clinic = voucher.clinic AND patient = ?)",
];

impl Store {
    /// Erases a patient. The chain still verifies; replay gives blank fields; the name is in no
    /// page of the file, its log, or a backup made after. [`DbError::Busy`](cunyi_db::DbError::Busy)
    /// says that the erasure is done but a reader keeps old pages in the log: erase again.
    pub fn erase(&self, who: &Who, rng: &dyn Rng, patient: &PatientId) -> Result<(), StoreError> {
        self.write::<(), StoreError>(who, rng, "erase_patient", |w| {
            // Holds the journal's head, so that nobody writes about the patient in between.
            let clinic = vec![who.clinic.clone().into_value()];
            let head = "UPDATE journal_head SET seq = seq WHERE clinic = ?";
            w.tx.execute(head, clinic)?;
            let key = vec![
                who.clinic.clone().into_value(),
                patient.clone().into_value(),
            ];
            for sql in LOCAL {
                w.tx.execute(sql, key.clone())?;
            }
            let rest = "WHERE clinic = ? AND patient = ? ORDER BY id";
            let visits: Vec<Visit> = w.tx.select(rest, key)?;
            let erased = PatientErased {
                patient: patient.clone(),
                visits: visits.into_iter().map(|visit| visit.id).collect(),
            };
            w.record(erased, Some(patient), None)
        })?;
        Ok(self.db().checkpoint()?)
    }
}
