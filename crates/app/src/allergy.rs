//! Noting and withdrawing allergies.

use cunyi_domain::fact::{AllergyNoted, AllergyWithdrawn};
use cunyi_domain::ids::{EntryId, PatientId};
use cunyi_domain::ledger::AllergyKind;
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_store::query;

use crate::App;
use crate::error::{Result, refuse, refuse_at};
use crate::permission::Action;
use crate::views::Actor;

impl App {
    /// Notes an allergy to a drug (its code) or a group of drugs (its text).
    pub fn note_allergy(
        &self,
        actor: &Actor,
        patient: &PatientId,
        kind: &str,
        code: &str,
    ) -> Result<()> {
        actor.must(Action::Treat)?;
        let Some(kind) = AllergyKind::from_text(kind) else {
            return refuse_at(Code::BadText, "kind");
        };
        let label = match kind {
            AllergyKind::Drug => self.catalogue().drug(code).map(|d| d.name.clone()),
            AllergyKind::Group => cunyi_catalogue::AllergyGroup::from_text(code)
                .map(|group| group.name_zh().to_owned()),
        };
        let Some(label) = label else {
            return refuse_at(Code::NotInCatalogue, "code");
        };
        let who = self.who(actor);
        self.parts
            .store
            .write(&who, self.rng(), "note_allergy", |w| {
                query::patient(w.tx, &actor.clinic, patient)?
                    .ok_or(Refusal::new(Code::NotFound))?;
                let known = query::allergies(w.tx, &actor.clinic, patient)?;
                if known.iter().any(|a| a.kind == kind && a.code == code) {
                    return Ok(());
                }
                let id = EntryId::new(w.who.now, w.rng);
                let (patient_id, code) = (patient.clone(), code.to_owned());
                let noted = AllergyNoted {
                    id,
                    patient: patient_id,
                    kind,
                    code,
                    label,
                };
                Ok(w.record(noted, Some(patient), None)?)
            })
    }

    /// Withdraws one that was noted in error.
    pub fn withdraw_allergy(
        &self,
        actor: &Actor,
        patient: &PatientId,
        entry: &EntryId,
    ) -> Result<()> {
        actor.must(Action::Treat)?;
        let who = self.who(actor);
        self.parts
            .store
            .write(&who, self.rng(), "withdraw_allergy", |w| {
                let known = query::allergies(w.tx, &actor.clinic, patient)?;
                if !known.iter().any(|a| a.id == *entry) {
                    return refuse(Code::NotFound);
                }
                Ok(w.record(AllergyWithdrawn { id: entry.clone() }, Some(patient), None)?)
            })
    }
}
