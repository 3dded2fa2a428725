//! What a referral does to the ledger.

use crate::fact::{PatientReferred, Personal};
use crate::ledger::Referral;
use crate::row::Change;

use super::About;

pub(super) fn referred(
    about: &About,
    body: PatientReferred,
    personal: Option<Personal>,
) -> Vec<Change> {
    let [destination, reason, treated] = match personal {
        Some(Personal::Referral {
            destination,
            reason,
            treated,
        }) => [destination, reason, treated],
        _ => Default::default(),
    };
    vec![Change::insert(Referral {
        clinic: about.clinic.clone(),
        id: body.id,
        patient: body.patient,
        visit: body.visit,
        urgent: body.urgent,
        destination,
        reason,
        treated,
        referred_at: about.occurred_at,
        actor: about.actor.clone(),
    })]
}
