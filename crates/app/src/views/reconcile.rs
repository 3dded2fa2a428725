//! What the page of 对账 shows.

use cunyi_domain::ids::VisitId;
use cunyi_domain::journal::digest;
use cunyi_domain::ledger::Undone;
use cunyi_domain::money::Fen;
use cunyi_domain::reconcile::{Answer, Difference, Drawer, Group, Reconciled, Sums};
use cunyi_domain::time::{Moment, civil::Date};

/// A day, reconciled as it stands now.
#[derive(Clone, Debug, PartialEq)]
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
    /// What people settled of it, and how.
    pub written_off: Vec<WrittenOffView>,
    /// What was undone at the centre from this page, or was to be.
    pub undone: Vec<UndoneView>,
    /// Of the township: each clinic under its code.
    pub parts: Vec<PartView>,
    /// The code is not this clinic's alone: what the centre said is of all of them.
    pub shared: bool,
}

/// A clinic's part of what its institution code reconciled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartView {
    /// Its name.
    pub name: String,
    /// What it has booked with the centre.
    pub sums: Sums,
    /// The same as the centre has it; none where it did not say.
    pub centre: Option<Sums>,
    /// Its drawers.
    pub drawers: Vec<Drawer>,
    /// How much differs.
    pub differences: usize,
}

/// A difference that a person settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenOffView {
    /// Which.
    pub difference: DifferenceView,
    /// How.
    pub reason: String,
    /// When.
    pub at: Moment,
    /// By whom.
    pub by: String,
}

/// What stood only at the centre and was to be undone there.
#[derive(Clone, Debug, PartialEq)]
pub struct UndoneView {
    /// What became of it.
    pub undone: Undone,
    /// By whom.
    pub by: String,
}

/// A difference with the visit it is about, where we know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DifferenceView {
    /// What it is.
    pub difference: Difference,
    /// What it is called when it is to be mended: of these very figures.
    pub key: String,
    /// Its visit.
    pub visit: Option<VisitId>,
    /// `chrg_bchno`
    pub number: String,
    /// Patient's name; her clinic's to see.
    pub name: String,
    /// Which clinic's, where several are shown.
    pub clinic: String,
}

impl DifferenceView {
    /// Without what it is about.
    pub(crate) fn of(difference: &Difference) -> Self {
        Self {
            difference: difference.clone(),
            key: key(difference),
            visit: None,
            number: String::new(),
            name: String::new(),
            clinic: String::new(),
        }
    }
}

/// Of the whole difference, so that another one has another.
fn key(difference: &Difference) -> String {
    let text = format!("{difference:?}");
    digest(text.as_bytes()).chars().take(24).collect()
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
