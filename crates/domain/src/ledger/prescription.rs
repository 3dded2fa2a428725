//! Kinds of prescription 处方: each is a tab of the visit's screen and a paper of its own.

use super::Right;

text_enum! {
    /// On which prescription a line stands. It follows from the line and is stored nowhere.
    pub enum Prescription {
        /// 西药中成药
        Western = "western",
        /// 输液·注射: by needle or drip.
        Infusion = "infusion",
        /// 诊疗项目
        Service = "service",
    }
}

impl Prescription {
    /// The right that it wants as a whole, where it wants one.
    pub const fn right(self) -> Option<Right> {
        match self {
            Self::Infusion => Some(Right::Infusion),
            Self::Western | Self::Service => None,
        }
    }
}
