//! What is given to the 转诊单.

use cunyi_app::views::Referrals;
use serde::Serialize;

use super::{Model, Part};
use crate::chrome::Chrome;

/// 转诊单
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Slip {
    /// 转往机构及科别
    pub(crate) destination: String,
    /// 紧急, 普通
    pub(crate) urgency: String,
    pub(crate) reason: String,
    /// 已作处理
    pub(crate) treated: String,
    /// Of the record.
    pub(crate) vitals: String,
    pub(crate) complaint: String,
    pub(crate) history: String,
    pub(crate) past_history: String,
    pub(crate) examination: String,
    pub(crate) auxiliary: String,
    /// When it was written, by whom; empty where it is to be written by hand, as the words before.
    pub(crate) at: String,
    pub(crate) by: String,
}

impl Model {
    /// 转诊单 of a visit; one to be written by hand, with a mark, where none is recorded.
    pub(crate) fn referral(c: &Chrome, r: &Referrals) -> Self {
        let record = &r.paper.visit.draft;
        let stands = r.recorded.first();
        let said = stands.map(|one| one.said.clone()).unwrap_or_default();
        let urgency = match (stands.is_some(), said.urgent) {
            (false, _) => String::new(),
            (_, true) => c.t("referral-urgent"),
            (_, false) => c.t("referral-ordinary"),
        };
        let own = Slip {
            destination: said.destination,
            urgency,
            reason: said.reason,
            treated: said.treated,
            vitals: crate::vitals::said(c, record),
            complaint: record.complaint.clone(),
            history: record.history.clone(),
            past_history: record.past_history.clone(),
            examination: record.examination.clone(),
            auxiliary: record.auxiliary.clone(),
            at: stands.map(|one| one.at.to_string()).unwrap_or_default(),
            by: stands.map(|one| one.by.clone()).unwrap_or_default(),
        };
        let mut model = Self::of(c, &r.paper, Part::Referral(Box::new(own)));
        // What is not signed yet is as it is typed.
        if let Some(about) = &mut model.about
            && about.visit.diagnoses.is_empty()
        {
            about.visit.diagnoses = r.paper.visit.diagnosis_names.join("、");
        }
        if stands.is_none() {
            model.marks.insert(0, c.t("referral-unsaved"));
        }
        model
    }
}
