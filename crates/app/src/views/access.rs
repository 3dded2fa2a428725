//! The access log as it is shown.

use cunyi_domain::ids::PatientId;
use cunyi_domain::ledger::AccessKind;
use cunyi_domain::time::Moment;

/// An entry of the access log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessView {
    /// When.
    pub at: Moment,
    /// Name of the user.
    pub name: String,
    /// Role at that time.
    pub role: String,
    /// What happened.
    pub what: AccessKind,
    /// Which list, which action, whose password.
    pub detail: String,
    /// Whose record.
    pub patient: Option<PatientId>,
}
