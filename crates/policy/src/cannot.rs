//! Why a claim cannot be decided, with stable codes.

use std::fmt;

use crate::language::facet::Facet;
use crate::policy::Benefit;

/// Why a claim cannot be decided: never a zero instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CannotDecide {
    /// The policy is of another scheme.
    OtherScheme,
    /// The date of service is outside the policy's validity, or a yearly figure is missing for it.
    NotInForce,
    /// The scheme has no such benefit.
    NoBenefit(Benefit),
    /// Person, institution or visit are outside the benefit.
    NotEntitled(Benefit),
    /// The rules ask for something that the claim does not say.
    FactMissing(Facet),
    /// The benefit wants a disease code.
    DiseaseMissing,
    /// The benefit does not cover this disease code.
    DiseaseNotCovered(String),
    /// The file says nothing about 一般诊疗费.
    NoConsultationFee,
    /// 一般诊疗费 does not belong to this benefit.
    ConsultationFeeElsewhere,
    /// 一般诊疗费 more than once: duplicate charging.
    ConsultationFeeTwice,
    /// Rules ask for the line's national code and the claim does not say it.
    LineCodeMissing(String),
    /// Rules ask whether the line is of a kind and nobody knows.
    LineKindMissing(String),
    /// Two lines have the same id.
    SameLineTwice(String),
    /// The line's amount is not price × quantity, is negative or beyond every measure.
    BadAmount(String),
    /// An accumulator is negative or beyond every measure.
    BadAccumulator,
}

impl CannotDecide {
    /// Its stable code; the words stand under `cannot-<code>`.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::OtherScheme => "other-scheme",
            Self::NotInForce => "not-in-force",
            Self::NoBenefit(_) => "no-benefit",
            Self::NotEntitled(_) => "not-entitled",
            Self::FactMissing(_) => "fact-missing",
            Self::DiseaseMissing => "disease-missing",
            Self::DiseaseNotCovered(_) => "disease-not-covered",
            Self::NoConsultationFee => "no-consultation-fee",
            Self::ConsultationFeeElsewhere => "consultation-fee-elsewhere",
            Self::ConsultationFeeTwice => "consultation-fee-twice",
            Self::LineCodeMissing(_) => "line-code-missing",
            Self::LineKindMissing(_) => "line-kind-missing",
            Self::SameLineTwice(_) => "same-line-twice",
            Self::BadAmount(_) => "bad-amount",
            Self::BadAccumulator => "bad-accumulator",
        }
    }

    /// Every code there is.
    pub const CODES: [&str; 15] = [
        "other-scheme",
        "not-in-force",
        "no-benefit",
        "not-entitled",
        "fact-missing",
        "disease-missing",
        "disease-not-covered",
        "no-consultation-fee",
        "consultation-fee-elsewhere",
        "consultation-fee-twice",
        "line-code-missing",
        "line-kind-missing",
        "same-line-twice",
        "bad-amount",
        "bad-accumulator",
    ];

    /// What it is about, where the words name it: a disease code, a benefit, a facet, a line.
    pub fn about(&self) -> String {
        match self {
            Self::NoBenefit(benefit) | Self::NotEntitled(benefit) => benefit.to_string(),
            Self::FactMissing(facet) => facet.to_string(),
            Self::DiseaseNotCovered(text)
            | Self::LineCodeMissing(text)
            | Self::LineKindMissing(text)
            | Self::SameLineTwice(text)
            | Self::BadAmount(text) => text.clone(),
            _ => String::new(),
        }
    }
}

impl fmt::Display for CannotDecide {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherScheme => f.write_str("参保险种与政策险种不一致"),
            Self::NotInForce => f.write_str("就诊日期不在政策有效期内"),
            Self::NoBenefit(benefit) => write!(f, "该险种没有此项待遇（{benefit}）"),
            Self::NotEntitled(benefit) => {
                write!(f, "该人员、机构或就诊方式不享受此项待遇（{benefit}）")
            }
            Self::FactMissing(facet) => write!(f, "政策需要而未提供的信息：{facet}"),
            Self::DiseaseMissing => f.write_str("此项待遇必须填写病种编码"),
            Self::DiseaseNotCovered(code) => write!(f, "病种编码 {code} 不在此项待遇范围内"),
            Self::NoConsultationFee => f.write_str("政策文件未规定一般诊疗费"),
            Self::ConsultationFeeElsewhere => f.write_str("一般诊疗费不属于此项待遇"),
            Self::ConsultationFeeTwice => f.write_str("一般诊疗费重复收取"),
            Self::LineCodeMissing(id) => {
                write!(f, "费用明细 {id} 没有国家医保编码，政策按编码规定")
            }
            Self::LineKindMissing(id) => {
                write!(f, "不知道费用明细 {id} 属于哪类项目，政策按类规定")
            }
            Self::SameLineTwice(id) => write!(f, "费用明细流水号 {id} 重复"),
            Self::BadAmount(id) => write!(f, "费用明细 {id} 的金额与单价×数量不符或超出范围"),
            Self::BadAccumulator => f.write_str("年度累计金额无效"),
        }
    }
}

impl std::error::Error for CannotDecide {}
