//! A clinic's setting: its region's interface and its policies, read once and kept.

use std::sync::{Arc, PoisonError};

use cunyi_domain::ids::ClinicId;
use cunyi_domain::resolve::Bounds;
use cunyi_domain::time::{Moment, parse_date};
use cunyi_gateway::msgid::Slot;
use cunyi_gateway::{Gateway, Institution, Line, Region};
use cunyi_policy::{Confirmation, Policy, Scheme};
use cunyi_store::Tx;
use cunyi_store::reference::{self, Clinic, ReferenceFile};

use crate::App;
use crate::error::{AppError, Result};
use crate::views::ClinicData;

/// A clinic with what it runs by.
pub struct Setup {
    /// The clinic.
    pub clinic: Clinic,
    /// What it says of itself.
    pub data: Arc<ClinicData>,
    /// What it says to the centre.
    pub gateway: Gateway,
    /// Its way there.
    pub line: Line,
    /// Its policies, one a scheme.
    pub policies: Vec<Installed>,
    /// Its part of the numbers under its institution code.
    pub slot: Slot,
    /// True if a clinic that is no demo works with lists whose prices are invented.
    pub invented_prices: bool,
}

/// A policy file as it was read.
pub struct Installed {
    /// Its version.
    pub version: String,
    /// What it says.
    pub policy: Policy,
}

impl Setup {
    /// What its region says of lost calls, as the rule wants it.
    pub(crate) fn bounds(&self) -> Bounds {
        self.gateway.region.lost_calls.bounds()
    }

    /// The policy of a scheme in force on a day.
    pub fn policy(&self, scheme: &str, now: Moment) -> Option<&Policy> {
        self.installed(scheme, now).map(|file| &file.policy)
    }

    /// The same with the version of its file.
    pub fn installed(&self, scheme: &str, now: Moment) -> Option<&Installed> {
        let scheme = Scheme::from_text(scheme)?;
        let day = now.date();
        let holds = |p: &Policy| p.scheme == scheme && p.valid.holds(day);
        self.policies.iter().find(|file| holds(&file.policy))
    }

    /// True if a policy bears a real place's name that nobody confirmed.
    pub fn unconfirmed(&self) -> bool {
        self.policies
            .iter()
            .any(|file| file.policy.confirmation() == Confirmation::Unconfirmed)
    }
}

impl App {
    pub(crate) fn setup(&self, clinic: &ClinicId) -> Result<Arc<Setup>> {
        if let Some(setup) = self.known_setup(clinic) {
            Ok(setup)
        } else {
            let db = self.parts.store.db();
            db.read("setup", |tx| self.setup_in(tx, clinic))
        }
    }

    /// Reads every clinic's files and keys: what is wrong with them is said at the start.
    pub fn check_setups(&self) -> Result<()> {
        let clinics = self.parts.store.db().read("clinics", reference::clinics)?;
        for clinic in clinics {
            self.setup(&clinic.clinic)?;
        }
        Ok(())
    }

    /// Reads a clinic's files again the next time they are wanted.
    pub(crate) fn forget_setup(&self, clinic: &ClinicId) {
        let mut setups = self.setups.write().unwrap_or_else(PoisonError::into_inner);
        setups.remove(clinic);
    }

    fn known_setup(&self, clinic: &ClinicId) -> Option<Arc<Setup>> {
        let setups = self.setups.read().unwrap_or_else(PoisonError::into_inner);
        setups.get(clinic).cloned()
    }

    /// The same for whoever holds a transaction already: a second one could wait for the first.
    pub(crate) fn setup_in(&self, tx: &mut Tx<'_>, clinic: &ClinicId) -> Result<Arc<Setup>> {
        if let Some(setup) = self.known_setup(clinic) {
            return Ok(setup);
        }
        let setup = Arc::new(self.read_setup(tx, clinic)?);
        let mut setups = self.setups.write().unwrap_or_else(PoisonError::into_inner);
        setups.insert(clinic.clone(), Arc::clone(&setup));
        Ok(setup)
    }

    fn read_setup(&self, tx: &mut Tx<'_>, id: &ClinicId) -> Result<Setup> {
        let clinic = reference::clinic(tx, id)?;
        let data = Arc::new(crate::clinic::data(tx, &clinic)?);
        let regions = reference::files(tx, id, "region")?;
        let region = regions
            .first()
            .ok_or_else(|| failed("no region file is installed"))?;
        let mut region =
            Region::parse(&region.content, &region.name).map_err(|e| failed(&e.to_string()))?;
        if let Some(url) = &self.parts.centre_url {
            region = region.with_base_url(url);
        }
        let policies = reference::files(tx, id, "policy")?;
        let policies = policies
            .iter()
            .map(|file| {
                Ok(Installed {
                    version: file.version.clone(),
                    policy: read_policy(file, &clinic)?,
                })
            })
            .collect::<Result<Vec<_>>>()?;
        let institution = Institution {
            code: clinic.institution_code.clone(),
            name: clinic.institution_name.clone(),
        };
        let slot = u8::try_from(clinic.slot).ok().and_then(Slot::new);
        let slot = slot.ok_or_else(|| failed("the clinic's slot is not 0-19"))?;
        let invented_prices = self.parts.catalogue.is_invented() && !clinic.fictional;
        let line = Line::open(&region, &institution, &*self.keys);
        let line = line.map_err(|fault| failed(&fault.to_string()))?;
        Ok(Setup {
            slot,
            line,
            invented_prices,
            clinic,
            data,
            gateway: Gateway {
                region,
                institution,
            },
            policies,
        })
    }
}

/// A policy file with what was entered of its confirmation. That a place is invented frees the
/// demo's clinic only from a confirmation: at a real one the numbers are nobody's.
pub(crate) fn read_policy(file: &ReferenceFile, clinic: &Clinic) -> Result<Policy> {
    let policy = cunyi_policy::parse(&file.content, &file.name);
    let mut policy = policy.map_err(|e| failed(&e.to_string()))?;
    policy.fictional &= clinic.fictional;
    Ok(match parse_date(&file.confirmed_on) {
        Some(on) if !file.confirmed_by.is_empty() => policy.confirmed(&file.confirmed_by, on),
        _ => policy,
    })
}

fn failed(text: &str) -> AppError {
    AppError::Failed(text.to_owned())
}
