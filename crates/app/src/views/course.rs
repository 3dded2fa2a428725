//! Infusion courses on the visit's and the patient's page.

use cunyi_domain::ids::EntryId;
use cunyi_domain::time::civil::Date;

/// 输液疗程
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CourseView {
    /// Its id.
    pub id: EntryId,
    /// Names of its drugs.
    pub names: Vec<String>,
    /// How many days were ordered.
    pub days: i64,
    /// How many were done.
    pub done: usize,
    /// The latest of them.
    pub last: Option<Date>,
    /// Another may be done in this visit.
    pub may: bool,
}
