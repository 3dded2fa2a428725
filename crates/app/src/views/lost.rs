//! A batch whose outcome is lost, with all that is known of it.

use cunyi_domain::resolve::{Choices, Finding};
use cunyi_domain::time::Moment;

/// What is known of a lost call, and what comes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LostView {
    /// When the call was sent whose answer is missing.
    pub called_at: Moment,
    /// After it, what was sent commits no more.
    pub bound: Moment,
    /// What was seen so far, oldest first.
    pub looks: Vec<LookView>,
    /// What comes next.
    pub next: NextLook,
    /// What a person may say of it.
    pub choices: Choices,
}

/// One look at the platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LookView {
    /// When.
    pub at: Moment,
    /// `infno` of the question that answered last.
    pub infno: String,
    /// What it showed.
    pub finding: Finding,
    /// 结算ID it showed; empty where none.
    pub platform_settlement: String,
}

/// What comes next for a lost call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NextLook {
    /// The program asks of itself, from then on.
    At(Moment),
    /// A person decides.
    Person,
}
