//! Identification while the platform is away: by what it last told of a patient who is known here.

use cunyi_domain::ledger::{Certificate, Coverage, Patient};
use cunyi_domain::time::Moment;
use cunyi_gateway::message::person;
use cunyi_store::query;

use super::{Further, Known, OfCoverage};
use crate::App;
use crate::error::Result;
use crate::views::{Actor, Identified, IdentifyForm};

/// What stands here is taken for so long, in days: an insurance is a year's.
const KNOWN_FOR: i64 = 366;

impl App {
    /// By her ID number and what was last told of her insurance, with its date; none of who is not
    /// known here.
    pub(super) fn identify_here(
        &self,
        actor: &Actor,
        form: &IdentifyForm,
        (certificate, query): (Certificate, person::PersonQuery),
    ) -> Result<Option<Identified>> {
        let Some(patient) = self.patient_of(actor, &query.certno)? else {
            return Ok(None);
        };
        let db = self.parts.store.db();
        let since = Moment(self.now().0 - KNOWN_FOR * 86_400_000_000);
        let found = db.read("last_coverage", |tx| {
            query::last_coverage(tx, &actor.clinic, &patient.id, since)
        })?;
        let Some(coverage) = found else {
            return Ok(None);
        };
        let known = Known {
            handle: self.random_hex()[..24].to_owned(),
            clinic: actor.clinic.clone(),
            at: self.now(),
            certificate,
            certificate_number: query.mdtrt_cert_no,
            typed: form.typed,
            person: as_told(&patient, &coverage),
            further: Further {
                filings: coverage.filings.clone(),
                not_had: None,
                of: vec![OfCoverage {
                    general_used: coverage.general_used,
                    chronic_used: coverage.chronic_used,
                    general_left: coverage.general_left,
                    denied: String::new(),
                }],
            },
            here: Some(coverage),
        };
        let setup = self.setup(&actor.clinic)?;
        let view = self.identified(actor, &setup, &known, Vec::new())?;
        self.memory().keep(known);
        Ok(Some(view))
    }
}

/// What was told of an insurance that stands here, as 1101 tells it.
fn as_told(patient: &Patient, coverage: &Coverage) -> person::Person {
    let identity = |code: &str| person::IdetInfo {
        psn_idet_type: code.to_owned(),
        ..person::IdetInfo::default()
    };
    let identities = coverage.identities.split(';').filter(|c| !c.is_empty());
    person::Person {
        baseinfo: person::BaseInfo {
            psn_no: coverage.person_number.clone(),
            certno: patient.id_number.clone(),
            psn_name: patient.name.clone(),
            ..person::BaseInfo::default()
        },
        insuinfo: vec![person::InsuInfo {
            balc: coverage.account_balance.into(),
            insutype: coverage.scheme.clone(),
            psn_type: coverage.person_type.clone(),
            psn_insu_stas: "1".to_owned(),
            insuplc_admdvs: coverage.place.clone(),
            ..person::InsuInfo::default()
        }],
        idetinfo: identities.map(identity).collect(),
    }
}
