//! How papers look.

use cunyi_domain::time::Moment;

use crate::layouts::Layout;

/// A paper's layout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayoutView {
    /// Of which paper.
    pub layout: Layout,
    /// The clinic's own text; none where the program's is in force.
    pub own: Option<String>,
    /// Since when what is in force is; none where it was never changed.
    pub active_from: Option<Moment>,
}
