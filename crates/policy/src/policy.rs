//! A region's rules as they stand in its file.
//!
//! What the file leaves out is refused, never taken as zero; only what is called optional here may
//! be left out.

use std::collections::BTreeMap;

use cunyi_domain::ledger::TwoDisease;
use cunyi_domain::money::{Fen, Rate, Rounding};
use cunyi_domain::text_enum;
use cunyi_domain::time::civil::Date;
use serde::Deserialize;

use crate::file::read;

text_enum! {
    /// 险种 `insutype`.
    pub enum Scheme {
        /// 职工基本医疗保险
        Employee = "310",
        /// 城乡居民基本医疗保险
        Resident = "390",
    }
}

text_enum! {
    /// Level of an institution, as ratios and caps tell them apart.
    pub enum Level {
        /// 村卫生室
        Village = "village",
        /// 乡镇卫生院
        Township = "township",
        /// 社区卫生服务机构
        Community = "community",
        /// 一级
        One = "level1",
        /// 二级
        Two = "level2",
        /// 三级
        Three = "level3",
    }
}

text_enum! {
    /// Benefit 待遇类别.
    pub enum Benefit {
        /// 普通门诊
        General = "general",
        /// 两病 (高血压、糖尿病) drugs
        Chronic = "chronic",
    }
}

/// One region's rules for one scheme.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// 统筹区, as people call it.
    pub region: String,
    /// True for a region that does not exist: its numbers need nobody's confirmation.
    pub fictional: bool,
    /// Scheme.
    pub scheme: Scheme,
    /// Where the numbers come from: document and section.
    pub source: String,
    /// Who compared this file with the county's written answer, and when. Optional.
    confirmed: Option<Confirmed>,
    /// When the rules are in force, by date of service.
    pub valid: Validity,
    /// How products are brought to the fen.
    pub rounding: Rounding,
    /// 乙类先行自付比例
    #[serde(deserialize_with = "read::rate")]
    pub class_b_pay_first: Rate,
    /// Fund a year over all benefits together; none = no such cap.
    #[serde(deserialize_with = "read::limit")]
    pub annual_cap: Option<Fen>,
    /// 一般诊疗费. Optional: where there is none, a claim with the fee cannot be decided.
    pub consultation_fee: Option<ConsultationFee>,
    /// The benefits this scheme has.
    pub benefit: BTreeMap<Benefit, BenefitRules>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Confirmed {
    #[serde(deserialize_with = "read::name")]
    by: String,
    #[serde(deserialize_with = "read::date")]
    on: Date,
}

/// Whether somebody answers for the numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Confirmation {
    /// The region does not exist.
    Fictional,
    /// Compared with the county's written answer.
    Confirmed {
        /// Who.
        by: String,
        /// When.
        on: Date,
    },
    /// A real place's name over numbers nobody has confirmed: only estimates come of it.
    Unconfirmed,
}

impl Policy {
    /// The same rules, now that somebody has compared them with the county's written answer.
    #[must_use]
    pub fn confirmed(self, by: &str, on: Date) -> Self {
        let by = by.to_owned();
        Self {
            confirmed: Some(Confirmed { by, on }),
            ..self
        }
    }

    /// Whether somebody answers for the numbers.
    pub fn confirmation(&self) -> Confirmation {
        match &self.confirmed {
            Some(Confirmed { by, on }) => Confirmation::Confirmed {
                by: by.clone(),
                on: *on,
            },
            None if self.fictional => Confirmation::Fictional,
            None => Confirmation::Unconfirmed,
        }
    }

    /// The disease codes a benefit covers; none for a benefit without codes.
    pub fn diseases(&self, benefit: Benefit) -> &[Disease] {
        self.benefit
            .get(&benefit)
            .map_or(&[], |rules| &rules.diseases)
    }
}

/// From a day to a day, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "ValidityForm")]
pub struct Validity {
    /// First day.
    pub from: Date,
    /// Last day; none while nothing newer is known.
    pub to: Option<Date>,
}

impl Validity {
    /// True on a day in force.
    pub fn holds(&self, day: Date) -> bool {
        self.from <= day && self.to.is_none_or(|to| day <= to)
    }

    /// True if a day is in both.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.to.is_none_or(|to| other.from <= to) && other.to.is_none_or(|to| self.from <= to)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ValidityForm {
    #[serde(deserialize_with = "read::date")]
    from: Date,
    #[serde(default, deserialize_with = "read::optional_date")]
    to: Option<Date>,
}

impl TryFrom<ValidityForm> for Validity {
    type Error = &'static str;
    fn try_from(form: ValidityForm) -> Result<Self, Self::Error> {
        if form.to.is_some_and(|to| to < form.from) {
            return Err("`to` is before `from`: write the last day in force, or leave it out");
        }
        Ok(Self {
            from: form.from,
            to: form.to,
        })
    }
}

/// 一般诊疗费 (`reference/policy.md` §1.3): the patient pays a fixed part, the fund the rest,
/// outside deductible and ratio, once a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "ConsultationFeeForm")]
pub struct ConsultationFee {
    /// The whole fee; what is charged above it is over the ceiling.
    pub total: Fen,
    /// The patient's part.
    pub patient: Fen,
    /// True if the fund's part counts towards the caps.
    pub in_cap: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConsultationFeeForm {
    #[serde(deserialize_with = "read::fen")]
    total: Fen,
    #[serde(deserialize_with = "read::fen")]
    patient: Fen,
    in_cap: bool,
}

impl TryFrom<ConsultationFeeForm> for ConsultationFee {
    type Error = &'static str;
    fn try_from(form: ConsultationFeeForm) -> Result<Self, Self::Error> {
        if form.patient > form.total {
            return Err("`patient` is more than `total`: write the patient's part of the fee");
        }
        Ok(Self {
            total: form.total,
            patient: form.patient,
            in_cap: form.in_cap,
        })
    }
}

/// A disease a benefit covers.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Disease {
    /// 病种编码
    pub code: String,
    /// 病种名称
    pub name: String,
    /// Whose drugs and diagnoses it takes.
    pub kind: TwoDisease,
}

/// The rules of one benefit.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BenefitRules {
    /// Diseases covered. Optional: a benefit without them takes claims without a disease code.
    #[serde(default)]
    pub diseases: Vec<Disease>,
    /// What holds at each level of institution; a level left out has no such benefit.
    pub level: BTreeMap<Level, Terms>,
}

/// What one benefit gives at one level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// 报销比例 of what is in scope and above the deductible.
    #[serde(deserialize_with = "read::rate")]
    pub ratio: Rate,
    /// 起付线
    pub deductible: Deductible,
    /// 年度支付限额 of this benefit's fund; none = no such cap.
    #[serde(deserialize_with = "read::limit")]
    pub annual_cap: Option<Fen>,
    /// Fund of one settlement. Optional.
    #[serde(default, deserialize_with = "read::limit")]
    pub visit_cap: Option<Fen>,
}

/// 起付线: what the patient bears before the ratio applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deductible {
    /// Nothing.
    None,
    /// Of each settlement anew; an unused part does not carry.
    PerVisit(#[serde(deserialize_with = "read::fen")] Fen),
    /// Over the calendar year.
    Annual(#[serde(deserialize_with = "read::fen")] Fen),
}
