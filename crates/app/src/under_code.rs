//! Clinics that settle under one institution code. The platform knows the code and no clinic: its sums
//! and its clearing are of all of them together (nhsa-interface §5.1).

use cunyi_domain::ids::{ClinicId, UserId};
use cunyi_store::reference::{self, Clinic, Level, Role};
use cunyi_store::{StoreError, Tx};

use crate::error::Result;
use crate::views::Actor;

/// The clinics of this program under the code of who asks, the first opened first.
pub(crate) struct UnderCode {
    clinics: Vec<Clinic>,
}

impl UnderCode {
    pub(crate) fn of(tx: &mut Tx<'_>, actor: &Actor) -> Result<Self> {
        let clinics = reference::clinics_under_code(tx, &actor.clinic)?;
        if clinics.is_empty() {
            return Err(StoreError::NoClinic.into());
        }
        Ok(Self { clinics })
    }

    /// All of them.
    pub(crate) fn clinics(&self) -> &[Clinic] {
        &self.clinics
    }

    /// 定点医药机构编号
    pub(crate) fn code(&self) -> &str {
        &self.clinics[0].institution_code
    }

    /// Which of them keeps the code's book: the first that was opened, which stays the first.
    pub(crate) fn keeper(&self) -> &ClinicId {
        &self.clinics[0].clinic
    }

    /// True if it is not one clinic's alone: the township answers for it.
    pub(crate) fn shared(&self) -> bool {
        let township = |clinic: &Clinic| clinic.level == Level::Township;
        self.clinics.len() > 1 || self.clinics.iter().any(township)
    }

    /// True if this user answers for the code, and not for her clinic alone.
    pub(crate) fn answers(&self, actor: &Actor) -> bool {
        actor.role == Role::Township || !self.shared()
    }

    /// The clinics whose figures a user sees: a township's all, others their own.
    pub(crate) fn seen_by<'a>(&'a self, actor: &'a Actor) -> impl Iterator<Item = &'a Clinic> {
        let township = actor.role == Role::Township;
        let own = move |clinic: &&Clinic| township || clinic.clinic == actor.clinic;
        self.clinics.iter().filter(own)
    }

    /// A user's name, of whichever of these clinics.
    pub(crate) fn name_of(&self, tx: &mut Tx<'_>, user: &UserId) -> Result<String> {
        for clinic in &self.clinics {
            if let Some(user) = reference::user(tx, &clinic.clinic, user)? {
                return Ok(user.name);
            }
        }
        Ok(String::new())
    }
}
