//! The personal account on the visit's page.

use cunyi_domain::money::Fen;

/// 个人账户: what may be chosen before it is settled.
#[derive(Clone, Debug, PartialEq)]
pub struct AccountView {
    /// What the platform said is in it, when she was identified.
    pub balance: Fen,
    /// True: it does not pay.
    pub keeps: bool,
}
