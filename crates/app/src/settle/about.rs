//! A batch with what the messages about it need, and what every step of it records.

use cunyi_domain::batch::BatchEvent;
use cunyi_domain::fact::{BatchMoved, SettlementRequested};
use cunyi_domain::ids::{BatchId, ClinicId};
use cunyi_domain::journal::digest;
use cunyi_domain::ledger::{Batch, Charge, Coverage, Visit};
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_store::{Writer, query};

use crate::attending::Practitioner;
use crate::error::Result;
use crate::step::{Pending, Subject};

/// A batch of an insured visit that is registered at the platform.
pub(crate) struct About {
    /// The batch.
    pub batch: Batch,
    /// Its visit.
    pub visit: Visit,
    /// Under which it is settled.
    pub coverage: Coverage,
    /// The `mdtrt_id` of the batch's registration.
    pub platform_visit: String,
}

impl About {
    /// Reads a batch; refused where the platform has not registered it.
    pub fn read(w: &mut Writer<'_, '_>, clinic: &ClinicId, batch: &BatchId) -> Result<Self> {
        let batch = query::batch(w.tx, clinic, batch)?.ok_or(Refusal::new(Code::NotFound))?;
        let visit = query::visit(w.tx, clinic, &batch.visit)?;
        let visit = visit.ok_or(Refusal::new(Code::NotFound))?;
        let coverage = visit
            .coverage
            .as_ref()
            .ok_or(Refusal::new(Code::NoCoverage))?;
        let coverage = query::coverage(w.tx, clinic, coverage)?;
        let coverage = coverage.ok_or(Refusal::new(Code::NoCoverage))?;
        let registrations = query::registrations(w.tx, clinic, &visit.id)?;
        let platform_visit = batch
            .registered(&registrations)
            .and_then(|row| row.platform_visit.clone())
            .ok_or(Refusal::new(Code::WrongState))?;
        Ok(Self {
            batch,
            visit,
            coverage,
            platform_visit,
        })
    }

    /// What a message about it is about.
    pub fn subject(&self) -> Subject<'_> {
        Subject {
            patient: &self.visit.patient,
            visit: Some(&self.visit.id),
            batch: Some(&self.batch.id),
            place: &self.coverage.place,
        }
    }

    /// The doctor who signed.
    pub fn doctor(&self, w: &mut Writer<'_, '_>) -> Result<Practitioner> {
        Practitioner::read(w.tx, &self.visit.clinic, &self.visit.doctor)
    }

    /// Its lines.
    pub fn charges(&self, w: &mut Writer<'_, '_>) -> Result<Vec<Charge>> {
        let mut charges = query::charges(w.tx, &self.visit.clinic, &self.visit.id)?;
        charges.retain(|c| c.batch == self.batch.id);
        Ok(charges)
    }

    /// That a message moved it.
    pub fn moved(&self, event: BatchEvent, pending: &Pending) -> BatchMoved {
        BatchMoved {
            message: Some(pending.id.0.clone()),
            ..BatchMoved::of(&self.batch, event)
        }
    }

    /// Records a move.
    pub fn record(&self, w: &mut Writer<'_, '_>, moved: BatchMoved) -> Result<()> {
        Ok(w.record(moved, Some(&self.visit.patient), None)?)
    }

    /// Records the intent of a call that moves money, before its bytes leave.
    pub fn request(
        &self,
        w: &mut Writer<'_, '_>,
        event: BatchEvent,
        pending: &Pending,
    ) -> Result<()> {
        let requested = self.requested(event, pending);
        Ok(w.record(requested, Some(&self.visit.patient), None)?)
    }

    /// That intent, and nothing else to tell.
    pub fn requested(&self, event: BatchEvent, pending: &Pending) -> SettlementRequested {
        SettlementRequested {
            batch: self.batch.id.clone(),
            from: self.batch.state,
            event,
            message: pending.id.0.clone(),
            transaction: pending.infno.to_owned(),
            digest: digest(&pending.bytes),
            rest: Vec::new(),
            reason: String::new(),
        }
    }
}
