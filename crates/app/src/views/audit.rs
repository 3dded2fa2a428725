//! What the centre would object to.

use cunyi_domain::money::Fen;

/// One objection: advice, in the centre's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Objection {
    /// 规则名称
    pub rule: String,
    /// 违规内容
    pub text: String,
    /// 违规金额, where it says one.
    pub amount: Option<Fen>,
}
