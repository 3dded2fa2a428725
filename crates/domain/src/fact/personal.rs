//! The personal parts of facts: what is sealed under a patient's key.

use std::mem;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Body;

/// A patient's particulars.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PatientFields {
    /// 姓名
    pub name: String,
    /// Pinyin initials of the name in each reading, with blanks between them.
    pub initials: String,
    /// 出生日期
    pub birth_date: Option<Date>,
    /// 身份证号
    pub id_number: String,
    /// 电话
    pub phone: String,
    /// 住址
    pub address: String,
    /// 监护人
    pub guardian_name: String,
    /// 监护人身份证号
    pub guardian_id_number: String,
}

/// The personal part of a fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Personal {
    /// Of `patient_registered`.
    Patient(PatientFields),
    /// Of `patient_corrected`: what stood there and what stands there now.
    Correction {
        /// Before.
        old: PatientFields,
        /// After.
        new: PatientFields,
    },
    /// Of `coverage_identified`: 人员编号.
    PersonNumber(String),
    /// Of `visit_registered`: 代办人.
    Proxy {
        /// Name.
        name: String,
        /// Identity number.
        id_number: String,
        /// Relation to the patient.
        relation: String,
    },
    /// Of `record_signed`: free text.
    Record {
        /// 主诉
        complaint: String,
        /// 病史
        history: String,
        /// 既往史
        past_history: String,
        /// 查体
        examination: String,
        /// 辅助检查
        auxiliary: String,
        /// 处理意见
        advice: String,
        /// 超量理由
        supply_reason: String,
    },
    /// Of `follow_up_recorded`.
    FollowUp {
        /// The answers by their fields, JSON.
        answers: String,
        /// Why an earlier one is corrected; empty where none is.
        reason: String,
    },
    /// Of `patient_referred`.
    Referral {
        /// 转往机构及科别
        destination: String,
        /// 转诊原因
        reason: String,
        /// 已作处理
        treated: String,
    },
    /// Of `settlement_made`: why it was reversed; of `settlement_requested`: why it is to be. Of
    /// `batch_moved`: why it was dropped. Of `goods_decided`: why they came back or not. Of
    /// `paper_entered`: why it was printed again or voided. Of `course_stopped`: why. Of
    /// `receipt_closed`: why it was voided or came back. Of `electronic_undone`: why. Of
    /// `follow_up_ended`: how it came.
    Reason(String),
    /// Of `electronic_answered`: what leads to her receipt, or what was said of it.
    Electronic {
        /// 校验码
        check_code: String,
        /// Where she finds it.
        url: String,
        /// What the maker said when it refused.
        said: String,
    },
    /// Of `charges_frozen`: why each check was overridden, in the order of its `overrides`.
    Reasons(Vec<String>),
}

impl Body {
    /// Takes the words that somebody typed out of the body: they are sealed, never stored in clear.
    pub fn take_words(&mut self) -> Option<Personal> {
        match self {
            Self::ChargesFrozen(body) => {
                let words = body.overrides.iter_mut().map(|(_, why)| mem::take(why));
                let words: Vec<String> = words.collect();
                let some = words.iter().any(|why| !why.is_empty());
                some.then_some(Personal::Reasons(words))
            }
            Self::SettlementMade(body) => reason(&mut body.settlement.reason),
            Self::BatchMoved(body) => reason(&mut body.reason),
            Self::SettlementRequested(body) => reason(&mut body.reason),
            Self::GoodsDecided(body) => reason(&mut body.reason),
            Self::CourseStopped(body) => reason(&mut body.reason),
            Self::PaperEntered(body) => reason(&mut body.words),
            Self::ReceiptClosed(body) => reason(&mut body.words),
            Self::FollowUpEnded(body) => reason(&mut body.words),
            Self::ElectronicUndone(body) => reason(&mut body.words),
            Self::ElectronicAnswered(body) => Some(Personal::Electronic {
                check_code: mem::take(&mut body.check_code),
                url: mem::take(&mut body.url),
                said: mem::take(&mut body.said),
            }),
            _ => None,
        }
    }
}

fn reason(why: &mut String) -> Option<Personal> {
    let why = mem::take(why);
    (!why.is_empty()).then_some(Personal::Reason(why))
}
