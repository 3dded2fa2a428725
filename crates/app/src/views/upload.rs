//! A record that has not arrived at the platform.

use cunyi_domain::ids::VisitId;
use cunyi_domain::time::Moment;

/// A visit's record on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UploadView {
    /// Visit.
    pub visit: VisitId,
    /// 就诊号
    pub number: String,
    /// 姓名
    pub name: String,
    /// When the visit was done.
    pub finished_at: Moment,
    /// How often it left.
    pub attempts: i64,
    /// True if it is not tried of itself any more.
    pub manual: bool,
    /// When it is tried next.
    pub next_at: Moment,
    /// The centre's words, where it refused; empty otherwise.
    pub said: String,
}
