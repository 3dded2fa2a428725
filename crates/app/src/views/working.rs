//! 为什么: how a batch's shares came about, and where the centre's answer differs.

use cunyi_domain::money::Fen;
use cunyi_domain::text_enum;
use cunyi_domain::time::civil::Date;
use cunyi_policy::{Language, RuleAt, Step, sentence};

use super::BatchView;

/// How our engine came to a batch's shares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Working {
    /// Each step, in order.
    pub steps: Vec<WorkingStep>,
    /// What it rests on.
    pub basis: Basis,
    /// The same as it is kept.
    pub data: String,
    /// What the batch adds to what limits count, as it is kept.
    pub adds: String,
}

/// A step with what it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkingStep {
    /// The step.
    pub step: Step,
    /// The rule: its path and line in the region's file; a centre's own code has no line, 0.
    pub rule: RuleAt,
    /// The name of the line it is about; empty for the batch.
    pub item: String,
}

impl WorkingStep {
    /// In a sentence that a patient understands, its line by its name.
    pub fn sentence(&self, language: Language) -> String {
        let item = Some(self.item.as_str()).filter(|item| !item.is_empty());
        sentence(&self.step, item, language)
    }
}

/// The policy a working rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Basis {
    /// Document and section; empty where the file is not here any more.
    pub source: String,
    /// Since when it is in force; none where the file is not here any more.
    pub from: Option<Date>,
    /// The file's version.
    pub version: String,
    /// Another version holds for the visit's day by now.
    pub superseded: bool,
}

/// What the centre answered, beside what our engine expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Where they first differ; none where they agree.
    pub difference: Option<Difference>,
    /// The centre's own working, where it tells one that is understood.
    pub steps: Vec<WorkingStep>,
}

/// The first figure that the centre gives otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Which figure.
    pub part: Part,
    /// Of which line, by its name; empty for the batch.
    pub item: String,
    /// What our engine says.
    pub ours: Fen,
    /// What the centre says.
    pub theirs: Fen,
    /// At which of our steps, by its place; none where we have no step for it.
    pub step: Option<usize>,
    /// What the centre tells of that step.
    pub told: Option<WorkingStep>,
}

text_enum! {
    /// A figure that both give, in the order in which they come about.
    pub enum Part {
        /// 全自费 of a line
        OwnPay = "own-pay",
        /// 超限价 of a line
        OverLimit = "over-limit",
        /// 先行自付 of a line
        PayFirst = "pay-first",
        /// 起付线
        Deductible = "deductible",
        /// 统筹基金
        Pool = "pool",
        /// 公务员补助
        CivilServant = "civil-servant",
        /// 企业补充
        Enterprise = "enterprise",
        /// 大病保险
        SeriousIllness = "serious-illness",
        /// 大额补助
        LargeAmount = "large-amount",
        /// 医疗救助
        MedicalAid = "medical-aid",
        /// 其他基金
        Other = "other-funds",
        /// 医院负担
        Hospital = "hospital",
    }
}

impl BatchView {
    /// Where the centre's answer first differs.
    pub fn difference(&self) -> Option<&Difference> {
        self.answer.as_ref()?.difference.as_ref()
    }
}
