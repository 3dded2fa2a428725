//! What was printed and voided of a prescription.

use cunyi_domain::ledger::{PaperEvent, PaperWhy};
use cunyi_domain::time::Moment;

/// A visit's prescription on paper.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PapersView {
    /// What happened, oldest first.
    pub entries: Vec<PaperEntryView>,
    /// How often the prescription was printed as it stands.
    pub printed: usize,
    /// True while there is one to print.
    pub printable: bool,
}

/// 处方登记
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaperEntryView {
    /// What happened.
    pub event: PaperEvent,
    /// How often it had been printed by then.
    pub number: i64,
    /// Why; none for the first print.
    pub why: Option<PaperWhy>,
    /// Why in words.
    pub words: String,
    /// Who.
    pub by: String,
    /// When.
    pub at: Moment,
}

/// Why it is printed again or voided, as it was typed; both empty for a first print.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WhyForm {
    /// [`PaperWhy`]
    pub why: String,
    /// In words.
    pub reason: String,
}
