//! 处方权: what may be prescribed only where clinic and doctor were granted it. Without the grant of both a line is
//! refused, wherever it came from.

use std::collections::BTreeSet;

use cunyi_catalogue::{Catalogue, Drug, Route, RouteKind, control};
use cunyi_domain::fact::ReferenceActivated;
use cunyi_domain::ids::{ClinicId, UserId};
use cunyi_domain::journal::{digest, version};
use cunyi_domain::ledger::{Prescription, Right};
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_store::Tx;
use cunyi_store::reference::{self, PrescribingRight, Role};

use crate::App;
use crate::error::{Result, refuse};
use crate::permission::Action;
use crate::views::{Actor, DraftLine};

/// 静脉 in CV06.00.102: by syringe or by drip.
const INTRAVENOUS: &str = "404";

/// What is granted to a clinic and to one of its doctors.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Rights {
    clinic: BTreeSet<Right>,
    doctor: BTreeSet<Right>,
}

impl Rights {
    pub(crate) fn read(tx: &mut Tx<'_>, clinic: &ClinicId, doctor: &UserId) -> Result<Self> {
        let granted = reference::rights(tx, clinic)?;
        let of = |holder: &str| {
            let rows = granted.iter().filter(|row| row.holder == holder);
            rows.map(|row| row.what).collect()
        };
        Ok(Self {
            clinic: of(""),
            doctor: of(doctor.as_str()),
        })
    }

    /// Those that clinic and doctor may write. What is injected without the right to infusion, into a muscle, stands
    /// among the western drugs where there is no prescription of its own for it.
    fn prescriptions(&self) -> Vec<Prescription> {
        let granted = |right| self.clinic.contains(&right) && self.doctor.contains(&right);
        let all = Prescription::ALL.iter().copied();
        all.filter(|kind| kind.right().is_none_or(granted))
            .collect()
    }

    /// Refuses a line that wants a right which is not granted, and says whose is missing.
    pub(crate) fn must(
        &self,
        catalogue: &Catalogue,
        line: &DraftLine,
    ) -> std::result::Result<(), Refusal> {
        let Some(drug) = catalogue.drug(&line.code) else {
            return Ok(());
        };
        for right in wanted(drug, cunyi_catalogue::route(&line.route)) {
            let code = if !self.clinic.contains(&right) {
                Code::ClinicRightMissing
            } else if !self.doctor.contains(&right) {
                Code::DoctorRightMissing
            } else {
                continue;
            };
            return Err(Refusal::at(code, "code").with("right", right.as_str()));
        }
        Ok(())
    }
}

/// The rights that a drug by a route wants.
fn wanted(drug: &Drug, route: Option<&Route>) -> Vec<Right> {
    let into_a_vein = |r: &Route| r.kind == RouteKind::Infusion || r.national == INTRAVENOUS;
    let infused = route.is_some_and(into_a_vein);
    let antibiotic = infused && drug.antibiotic;
    let all = [
        (Right::Infusion, infused),
        (Right::IvAntibiotics, antibiotic),
        (Right::Decoction, drug.is_piece()),
        (Right::Controlled, control(drug).is_some()),
    ];
    let wanted = all.into_iter().filter(|(_, wanted)| *wanted);
    wanted.map(|(right, _)| right).collect()
}

impl App {
    /// The prescriptions that a doctor may write here.
    pub fn prescriptions(&self, actor: &Actor) -> Result<Vec<Prescription>> {
        actor.must(Action::Treat)?;
        let db = self.parts.store.db();
        let rights = db.read("rights", |tx| Rights::read(tx, &actor.clinic, &actor.user))?;
        Ok(rights.prescriptions())
    }

    /// What the clinic is granted.
    pub fn clinic_rights(&self, actor: &Actor) -> Result<Vec<Right>> {
        actor.must(Action::Administer)?;
        let db = self.parts.store.db();
        let rows = db.read("rights", |tx| reference::rights(tx, &actor.clinic))?;
        let own = rows.into_iter().filter(|row| row.holder.is_empty());
        Ok(own.map(|row| row.what).collect())
    }

    /// Grants these rights, and no others, to a doctor or, where none is named, to the clinic.
    pub fn set_rights(
        &self,
        actor: &Actor,
        doctor: Option<&UserId>,
        rights: &[Right],
    ) -> Result<()> {
        actor.must(Action::Administer)?;
        self.write(actor, "set_rights", |w| {
            if let Some(id) = doctor {
                let user = reference::user(w.tx, &actor.clinic, id)?;
                let user = user.ok_or(Refusal::new(Code::NotFound))?;
                if user.role != Role::Doctor {
                    return refuse(Code::NotFound);
                }
            }
            let holder = doctor.map_or("", UserId::as_str);
            let now = w.who.now;
            let row = |what: Right| PrescribingRight {
                clinic: actor.clinic.clone(),
                holder: holder.to_owned(),
                what,
                granted_at: now,
            };
            let all: BTreeSet<Right> = rights.iter().copied().collect();
            reference::set_rights(w.tx, &actor.clinic, holder, all.iter().copied().map(row))?;
            let said: Vec<&str> = all.iter().map(|right| right.as_str()).collect();
            let digest = digest(format!("{holder}\n{}", said.join(",")).as_bytes());
            let activated = ReferenceActivated {
                what: "rights".to_owned(),
                name: holder.to_owned(),
                version: version(&digest).to_owned(),
                digest,
                from: now,
            };
            Ok(w.record(activated, None, None)?)
        })
    }
}
