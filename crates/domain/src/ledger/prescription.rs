//! Kinds of prescription 处方: each is a tab of the visit's screen and a paper of its own.

use super::Right;

text_enum! {
    /// On which prescription a line stands. It follows from the line and is stored nowhere.
    pub enum Prescription {
        /// 西药中成药
        Western = "western",
        /// 中药饮片: pieces that are boiled together.
        Decoction = "decoction",
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
            Self::Decoction => Some(Right::Decoction),
            Self::Infusion => Some(Right::Infusion),
            Self::Western | Self::Service => None,
        }
    }
}

text_enum! {
    /// 脚注: what is done with one herb of a decoction otherwise than with the rest.
    pub enum Footnote {
        /// 先煎
        First = "first",
        /// 后下
        Late = "late",
        /// 包煎
        Wrapped = "wrapped",
        /// 另煎
        Apart = "apart",
        /// 烊化
        Melted = "melted",
        /// 冲服
        Drench = "drench",
        /// 捣碎
        Crushed = "crushed",
    }
}

impl Footnote {
    /// As it stands on paper.
    pub const fn name_zh(self) -> &'static str {
        match self {
            Self::First => "先煎",
            Self::Late => "后下",
            Self::Wrapped => "包煎",
            Self::Apart => "另煎",
            Self::Melted => "烊化",
            Self::Drench => "冲服",
            Self::Crushed => "捣碎",
        }
    }
}
