//! What the page of 对账 shows.

use cunyi_domain::ids::VisitId;
use cunyi_domain::money::Fen;
use cunyi_domain::reconcile::{Answer, Difference, Group, Reconciled, Sums};
use cunyi_domain::time::{Moment, civil::Date};

/// A day, reconciled as it stands now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReconcileView {
    /// Which day.
    pub day: Date,
    /// Clinic, centre and cash, and where they differ.
    pub reconciled: Reconciled,
    /// The same differences, with who they are about.
    pub differences: Vec<DifferenceView>,
    /// What 3201 was asked for.
    pub groups: Vec<GroupView>,
    /// When the centre was asked last, and by whom.
    pub asked: Option<(Moment, String)>,
    /// What was counted last.
    pub counted: Option<Counted>,
}

/// A difference with the visit it is about, where we know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DifferenceView {
    /// What it is.
    pub difference: Difference,
    /// Its visit.
    pub visit: Option<VisitId>,
    /// `chrg_bchno`
    pub number: String,
    /// Patient's name.
    pub name: String,
}

/// What 3201 was asked for one insurance, clearing type and office.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupView {
    /// Which.
    pub group: Group,
    /// What was sent.
    pub asked: Sums,
    /// What came.
    pub answer: Answer,
}

/// What was counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// Notes and coins.
    pub cash: Fen,
    /// 扫码收款
    pub qr: Fen,
    /// When.
    pub at: Moment,
    /// By whom.
    pub by: String,
}
