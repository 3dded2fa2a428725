//! Whose visit it is: the doctor's who registers it or whom the counter chooses, and from her
//! signature on the doctor's who signed. Her name stands on the papers and at the platform.

use cunyi_domain::ids::{ClinicId, UserId};
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_store::Tx;
use cunyi_store::reference::{self, Role, User};

use crate::App;
use crate::error::{Result, refuse_at};
use crate::permission::Action;
use crate::views::{Actor, DoctorView};

impl App {
    /// The doctors that the counter chooses from when it registers; none for a doctor, whose
    /// registrations are her own.
    pub fn doctors(&self, actor: &Actor) -> Result<Vec<DoctorView>> {
        actor.must(Action::Register)?;
        if actor.role == Role::Doctor {
            return Ok(Vec::new());
        }
        let db = self.parts.store.db();
        db.read("doctors", |tx| active_doctors(tx, &actor.clinic))
    }
}

fn active_doctors(tx: &mut Tx<'_>, clinic: &ClinicId) -> Result<Vec<DoctorView>> {
    let users = reference::users(tx, clinic)?.into_iter();
    let doctors = users.filter(|user| user.active && user.role == Role::Doctor);
    Ok(doctors
        .map(|user| DoctorView {
            id: user.id,
            name: user.name,
        })
        .collect())
}

/// The doctor of a visit that is registered now. Where there are several the counter must choose.
pub(crate) fn attending(tx: &mut Tx<'_>, actor: &Actor, chosen: &str) -> Result<UserId> {
    if actor.role == Role::Doctor {
        return Ok(actor.user.clone());
    }
    let mut doctors = active_doctors(tx, &actor.clinic)?;
    if doctors.len() > 1 || !chosen.is_empty() {
        doctors.retain(|doctor| doctor.id.0 == chosen);
    }
    match doctors.pop() {
        Some(doctor) => Ok(doctor.id),
        None => refuse_at(Code::Missing, "doctor"),
    }
}

/// How a user is named at the platform.
pub(crate) struct Practitioner {
    /// Her national code; who has none is known by her login.
    pub code: String,
    /// Her name.
    pub name: String,
}

impl Practitioner {
    pub fn of(user: User) -> Self {
        let code = if user.national_code.is_empty() {
            user.login
        } else {
            user.national_code
        };
        Self {
            code,
            name: user.name,
        }
    }

    /// The doctor of a visit.
    pub fn read(tx: &mut Tx<'_>, clinic: &ClinicId, doctor: &UserId) -> Result<Self> {
        let user = reference::user(tx, clinic, doctor)?;
        Ok(Self::of(user.ok_or(Refusal::new(Code::NotFound))?))
    }
}
