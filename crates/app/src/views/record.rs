//! 病历字段: what a record holds, and what of it a clinic shows and wants.

use std::collections::BTreeMap;

use cunyi_domain::text_enum;
use serde::{Deserialize, Serialize};

use super::DraftBody;

text_enum! {
    /// A field of the record, in the order of the page.
    pub enum RecordField {
        /// 体温
        Temperature = "temperature",
        /// 脉搏
        Pulse = "pulse",
        /// 呼吸
        Respiration = "respiration",
        /// 血压: both of it.
        Pressure = "pressure",
        /// 血糖, with when it was measured.
        Glucose = "glucose",
        /// 体重
        Weight = "weight",
        /// 身高
        Height = "height",
        /// 发病日期: wanted of each notifiable disease, whatever the clinic says.
        Onset = "onset",
        /// 主诉
        Complaint = "complaint",
        /// 病史
        History = "history",
        /// 既往史
        PastHistory = "past_history",
        /// 查体
        Examination = "examination",
        /// 辅助检查
        Auxiliary = "auxiliary",
        /// 处理意见
        Advice = "advice",
    }
}

text_enum! {
    /// What becomes of a field.
    pub enum FieldUse {
        /// 不用: it is not on the page as long as nothing stands in it.
        Hidden = "hidden",
        /// 显示: it may be left empty.
        Shown = "shown",
        /// 必填: nothing is signed without it.
        Required = "required",
    }
}

impl RecordField {
    /// What becomes of it where the clinic has said nothing.
    fn usual(self) -> FieldUse {
        match self {
            Self::Respiration | Self::Height | Self::Onset | Self::Auxiliary => FieldUse::Hidden,
            _ => FieldUse::Shown,
        }
    }

    /// What is typed into it, by the names of the form.
    fn typed(self, body: &DraftBody) -> Vec<(&'static str, &str)> {
        match self {
            Self::Temperature => vec![("temperature", &body.temperature)],
            Self::Pulse => vec![("pulse", &body.pulse)],
            Self::Respiration => vec![("respiration", &body.respiration)],
            Self::Pressure => vec![("systolic", &body.systolic), ("diastolic", &body.diastolic)],
            Self::Glucose => vec![("glucose", &body.glucose)],
            Self::Weight => vec![("weight", &body.weight)],
            Self::Height => vec![("height", &body.height)],
            Self::Onset => vec![("onset", &body.onset)],
            Self::Complaint => vec![("complaint", &body.complaint)],
            Self::History => vec![("history", &body.history)],
            Self::PastHistory => vec![("past_history", &body.past_history)],
            Self::Examination => vec![("examination", &body.examination)],
            Self::Auxiliary => vec![("auxiliary", &body.auxiliary)],
            Self::Advice => vec![("advice", &body.advice)],
        }
    }

    /// The names of those that are empty.
    fn empty(self, body: &DraftBody) -> impl Iterator<Item = &'static str> {
        let all = self.typed(body).into_iter();
        all.filter(|(_, text)| text.trim().is_empty())
            .map(|(name, _)| name)
    }
}

/// What a clinic does with the fields; what it has not said is as usual.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RecordFields(pub BTreeMap<RecordField, FieldUse>);

impl RecordFields {
    /// What becomes of a field.
    pub fn of(&self, field: RecordField) -> FieldUse {
        let said = self.0.get(&field);
        said.copied().unwrap_or_else(|| field.usual())
    }

    /// Whether it stands on the page: also a hidden one that has something in it.
    pub fn shows(&self, field: RecordField, body: &DraftBody) -> bool {
        let filled = || field.typed(body).len() > field.empty(body).count();
        self.of(field) != FieldUse::Hidden || filled()
    }

    /// The names of what the clinic wants and is empty.
    pub fn missing(&self, body: &DraftBody) -> impl Iterator<Item = &'static str> {
        let wanted = RecordField::ALL.iter();
        wanted
            .filter(|field| self.of(**field) == FieldUse::Required)
            .flat_map(|field| field.empty(body))
    }
}
