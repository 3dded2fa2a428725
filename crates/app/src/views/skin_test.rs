//! Skin tests on the visit's page.

use cunyi_domain::ids::EntryId;
use cunyi_domain::ledger::SkinTestState;
use cunyi_domain::time::Moment;

/// 皮试
#[derive(Clone, Debug, PartialEq)]
pub struct SkinTestView {
    /// Its id.
    pub id: EntryId,
    /// The drug's name.
    pub name: String,
    /// Where it stands.
    pub state: SkinTestState,
    /// Not to be read before.
    pub readable_at: Moment,
    /// Whole minutes until then; 0 once it may be read.
    pub minutes_left: i64,
    /// Who looks at the page is who read it first: another confirms it.
    pub own: bool,
}
