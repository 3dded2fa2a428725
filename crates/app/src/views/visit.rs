//! What a visit and its batches tell by how they stand.

use cunyi_domain::batch::BatchState;
use cunyi_domain::ids::VisitId;
use cunyi_domain::ledger::{Payer, RegistrationState, VisitState};
use cunyi_domain::money::Fen;
use cunyi_domain::time::Moment;

use super::{BatchView, VisitView};

/// A past visit in one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastVisit {
    /// Visit.
    pub visit: VisitId,
    /// When.
    pub at: Moment,
    /// Diagnoses, joined.
    pub diagnoses: String,
    /// Drugs and services, joined.
    pub items: String,
    /// Sum.
    pub total: Fen,
    /// 血压 in mmHg, 收缩 and 舒张, if both were measured.
    pub pressure: Option<(i64, i64)>,
    /// 血糖 in 0.1 mmol/L, if measured.
    pub glucose: Option<i64>,
    /// The patient paid it, and the region would still settle it with her insurance.
    pub insurable: bool,
}

impl BatchView {
    /// Its registration still has to be made before anything of it is sent.
    pub fn unregistered(&self) -> bool {
        let missing = |state| state != RegistrationState::Registered;
        self.state == BatchState::Draft && self.registration.is_some_and(missing)
    }
}

impl VisitView {
    /// Cancelled here, and still registered at the platform: the 2202 was not sent, lost or refused.
    pub fn left_registered(&self) -> bool {
        let registered = self.registration == Some(RegistrationState::Registered);
        self.state == VisitState::Cancelled && registered
    }

    /// Insured, not over, and its registration at the counter is still to be made.
    pub fn unregistered(&self) -> bool {
        use RegistrationState::{Open, Refused, Unknown};
        let over = matches!(self.state, VisitState::Done | VisitState::Cancelled);
        let missing = matches!(self.registration, Some(Open | Refused | Unknown));
        self.payer == Payer::Insured && missing && !over
    }

    /// Identified by an e-voucher or a card: it may be shown again while something is to be asked.
    pub fn may_show_again(&self) -> bool {
        self.payer == Payer::Insured && self.certificate.is_kept()
    }
}
