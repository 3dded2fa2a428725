//! The file's keys. What is not called optional here must be written: nothing left out is a zero.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use cunyi_domain::ledger::LineClass;
use cunyi_domain::money::{Fen, Rate, Rounding, UnitPrice};
use cunyi_domain::text_enum;
use cunyi_domain::time::civil::Date;
use serde::Deserialize;
use serde::de::{Deserializer, Error, SeqAccess, Unexpected, Visitor};
use toml::Spanned;

use super::facet::When;
use super::rows::{Rows, Text, Value};
use super::span::Course;
pub use super::span::{Per, course_reaches};
use crate::claim::read_class;
use crate::file::read;
use crate::items::ItemKind;
use crate::payer::PayerForm;
use crate::policy::{Benefit, Disease, Scheme, Validity};

/// A region's file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Form {
    /// 统筹区, as people call it.
    pub region: String,
    /// True for a region that does not exist.
    pub fictional: bool,
    pub scheme: Scheme,
    /// Document and section.
    pub source: String,
    /// The document's own words. Optional.
    #[serde(default)]
    pub quote: String,
    /// Optional.
    #[serde(default)]
    pub confirmed: Option<Confirmed>,
    /// What these rules take the place of: a document, or a file's version. Optional.
    #[serde(default)]
    pub supersedes: String,
    pub valid: Validity,
    /// Since when the rules are known; what was settled before is not changed. Optional.
    #[serde(default, deserialize_with = "read::optional_date")]
    pub known: Option<Date>,
    pub rounding: RoundingForm,
    /// Figures of a year that amounts are a part of, such as the average wage. Optional.
    #[serde(default)]
    pub index: BTreeMap<String, BTreeMap<Text<Year>, Text<Money>>>,
    /// 乙类先行自付比例
    pub class_b_pay_first: Rows<Percent>,
    /// 一般诊疗费. Optional: where there is none, a claim with the fee cannot be decided.
    #[serde(default)]
    pub consultation_fee: Option<FeeForm>,
    /// What holds for single items and kinds of items. Optional.
    #[serde(default)]
    pub line: Vec<Spanned<LineForm>>,
    pub benefit: BTreeMap<Benefit, Spanned<BenefitForm>>,
    /// Limits of several benefits together. Optional.
    #[serde(default)]
    pub shared_deductible: Vec<Spanned<LimitForm>>,
    /// As above.
    #[serde(default)]
    pub shared_cap: Vec<Spanned<LimitForm>>,
    /// The funds that pay after the pool, in this order. Optional.
    #[serde(default)]
    pub fund: Vec<Spanned<FundForm>>,
    /// 个人账户. Optional: where it is left out it pays nothing.
    #[serde(default)]
    pub account: Option<Spanned<AccountForm>>,
    /// What the fund pays the clinic later. Optional.
    #[serde(default)]
    pub payer: Option<Spanned<PayerForm>>,
}

/// Who compared the file with the bureau's written answer, and when.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Confirmed {
    #[serde(deserialize_with = "read::name")]
    pub by: String,
    #[serde(deserialize_with = "read::date")]
    pub on: Date,
}

text_enum! {
    /// To what a fund's amount is rounded.
    pub enum Unit {
        /// 分
        Fen = "fen",
        /// 角
        Jiao = "jiao",
        /// 元
        Yuan = "yuan",
    }
}

impl Unit {
    /// In fen.
    pub const fn fen(self) -> i64 {
        match self {
            Self::Fen => 1,
            Self::Jiao => 10,
            Self::Yuan => 100,
        }
    }
}

text_enum! {
    /// When products are rounded.
    pub enum Stage {
        /// Once a batch and fund.
        Batch = "batch",
        /// Each line by itself.
        Line = "line",
    }
}

/// How products are brought to whole units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RoundingForm {
    pub mode: Rounding,
    pub unit: Unit,
    pub stage: Stage,
}

/// What one benefit gives.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BenefitForm {
    /// Who has it, and where. What is outside has no such benefit.
    #[serde(rename = "where")]
    pub within: When,
    /// Diseases covered. Optional: a benefit without them takes claims without a disease code.
    #[serde(default)]
    pub diseases: Vec<Disease>,
    /// 起付线: what the patient bears first.
    pub deductible: Limits,
    /// 报销比例
    pub ratio: Rows<Percent>,
    /// Points and factors upon the ratio, in this order. Optional.
    #[serde(default)]
    pub adjust: Vec<Spanned<Adjust>>,
    /// 分段比例: what is above a sum has another ratio. Optional.
    #[serde(default)]
    pub segment: Vec<Spanned<SegmentForm>>,
    /// 支付限额
    pub cap: Limits,
}

/// A fund that pays of what the funds before it left.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FundForm {
    pub name: FundName,
    /// Of which benefits.
    pub benefits: Vec<Benefit>,
    /// Who has it. Optional: all.
    #[serde(default, rename = "where")]
    pub within: When,
    pub base: Base,
    pub deductible: Limits,
    pub ratio: Rows<Percent>,
    #[serde(default)]
    pub adjust: Vec<Spanned<Adjust>>,
    #[serde(default)]
    pub segment: Vec<Spanned<SegmentForm>>,
    pub cap: Limits,
}

text_enum! {
    /// A fund, by the interface's field (`reference/nhsa-interface.md` §4.2).
    pub enum FundName {
        /// 基本医疗统筹 `hifp_pay`
        Pool = "pool",
        /// 公务员补助 `cvlserv_pay`
        CivilServant = "civil_servant",
        /// 企业补充 `hifes_pay`
        Enterprise = "enterprise",
        /// 大病保险 `hifmi_pay`
        SeriousIllness = "serious_illness",
        /// 大额补助 `hifob_pay`
        LargeAmount = "large_amount",
        /// 医疗救助 `maf_pay`
        MedicalAid = "medical_aid",
        /// 其他 `oth_pay`
        Other = "other",
    }
}

text_enum! {
    /// What a fund takes its ratio of.
    pub enum Base {
        /// What the funds before left of what is in scope, the deductible included.
        InScope = "in_scope",
        /// The same, and what was paid first.
        PayFirst = "in_scope_and_pay_first",
    }
}

/// Limits of which the narrowest holds; `"none"` where there are none.
#[derive(Debug, Default)]
pub(crate) struct Limits(pub Vec<Spanned<LimitForm>>);

impl<'de> Deserialize<'de> for Limits {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct List;
        impl<'de> Visitor<'de> for List {
            type Value = Limits;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("\"none\", or a list such as [{ per = \"year\", amount = \"400.00\" }]")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Limits, E> {
                match text {
                    "none" => Ok(Limits::default()),
                    _ => Err(E::invalid_value(Unexpected::Str(text), &self)),
                }
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Limits, A::Error> {
                let mut all = Vec::new();
                while let Some(one) = seq.next_element()? {
                    all.push(one);
                }
                Ok(Limits(all))
            }
        }
        from.deserialize_any(List)
    }
}

/// A limit: how much, of what time, and what it counts.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LimitForm {
    pub per: Text<Per>,
    pub amount: Rows<Amount>,
    /// A cap: of what the fund pays, or of what the ratio is taken of. Optional: the fund.
    #[serde(default)]
    pub of: Option<Of>,
    /// Who shares it. Optional: the person alone.
    #[serde(default)]
    pub by: Option<By>,
    /// Only what is settled there counts and is limited. Optional: all.
    #[serde(default, rename = "where")]
    pub within: When,
    /// Of a shared limit: whose it is.
    #[serde(default)]
    pub benefits: BTreeSet<Benefit>,
}

text_enum! {
    /// What a cap is of.
    pub enum Of {
        /// What the fund pays.
        Fund = "fund",
        /// What the ratio is taken of.
        InScope = "in_scope",
    }
}

text_enum! {
    /// Who shares a limit.
    pub enum By {
        /// The person.
        Person = "person",
        /// The person's one disease.
        Disease = "disease",
        /// 家庭共用
        Family = "family",
    }
}

/// What changes a ratio.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Adjust {
    pub when: When,
    /// Points: `"5%"` makes 70 % to 75 %.
    #[serde(default)]
    pub add: Option<Text<Points>>,
    /// A factor: `"80%"` makes 70 % to 56 %.
    #[serde(default)]
    pub times: Option<Text<Percent>>,
}

/// From a sum on, another ratio.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SegmentForm {
    /// The sum, above the deductible.
    pub above: Text<Money>,
    pub per: Text<Per>,
    pub ratio: Rows<Percent>,
}

/// 一般诊疗费 (`reference/policy.md` §1.3).
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FeeForm {
    /// The whole fee; what is charged above it is over the ceiling.
    pub total: Rows<Money>,
    /// The patient's part.
    pub patient: Rows<Money>,
    /// True if the fund's part counts towards the caps.
    pub in_cap: bool,
    /// How often the fund pays it. Optional: with each batch.
    #[serde(default)]
    pub once_per: Option<Text<Course>>,
}

/// What holds for the lines it names, instead of what the catalogue and the benefit say.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LineForm {
    /// National codes, or their beginnings. Optional beside `kinds`.
    #[serde(default)]
    pub codes: Vec<Text<Code>>,
    /// Optional beside `codes`.
    #[serde(default)]
    pub kinds: Vec<ItemKind>,
    /// For whom, and where. Optional: for everybody.
    #[serde(default)]
    pub when: When,
    /// Of which benefits. Optional: of all.
    #[serde(default)]
    pub benefits: Vec<Benefit>,
    /// 甲乙丙. What is left out from here on stays as it is without the rule.
    #[serde(default)]
    pub class: Option<Text<LineClass>>,
    /// 先行自付比例 where it is of class B.
    #[serde(default)]
    pub pay_first: Option<Text<Percent>>,
    /// 支付标准 of a unit.
    #[serde(default)]
    pub ceiling: Option<Text<UnitPrice>>,
    /// The pool's ratio of it, to which nothing is added.
    #[serde(default)]
    pub ratio: Option<Text<Percent>>,
    /// False: no deductible is borne of it.
    #[serde(default = "yes")]
    pub deductible: bool,
    /// False: what the pool pays of it counts towards no cap, and no cap limits it.
    #[serde(default = "yes")]
    pub cap: bool,
    /// Nobody is sure of its values.
    #[serde(default)]
    pub unsure: bool,
}

const fn yes() -> bool {
    true
}

impl LineForm {
    /// Whether it says nothing beside the class.
    pub fn says_no_more(&self) -> bool {
        let values = self.pay_first.is_none() && self.ceiling.is_none() && self.ratio.is_none();
        values && self.deductible && self.cap
    }
}

/// A national code, or the beginning of codes (`XA01*`); `*` alone is the beginning of every code.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Code {
    Whole(String),
    Beginning(String),
}

impl Value for Code {
    const LIKE: &'static str =
        "a national code such as \"XA01ABD075A002010100483\", or its beginning: \"XA01*\"";
    fn read(text: &str) -> Option<Self> {
        let (text, whole) = match text.strip_suffix('*') {
            Some(text) => (text, false),
            None => (text, true),
        };
        if !text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-.".contains(&b))
        {
            return None;
        }
        match whole {
            true if text.is_empty() => None,
            true => Some(Self::Whole(text.to_owned())),
            false => Some(Self::Beginning(text.to_owned())),
        }
    }
}

impl Value for LineClass {
    const LIKE: &'static str = "a class: \"甲\", \"乙\" or \"丙\"";
    fn read(text: &str) -> Option<Self> {
        read_class(text)
    }
}

impl Value for UnitPrice {
    const LIKE: &'static str = "the price of a unit in yuan, in quotes, such as \"1.20\"";
    fn read(text: &str) -> Option<Self> {
        let price: Self = text.parse().ok()?;
        (0..=Self::from_fen(read::MOST).0)
            .contains(&price.0)
            .then_some(price)
    }
}

/// 个人账户
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AccountForm {
    pub order: Order,
    /// What it may pay.
    pub pays: BTreeSet<Part>,
    /// 家庭共济: whether a member of the family's account pays what hers leaves of it. Optional: no.
    #[serde(default)]
    pub family: bool,
}

text_enum! {
    /// When the account pays.
    pub enum Order {
        /// Before the deductible begins.
        First = "first",
        /// After the funds.
        Last = "last",
    }
}

text_enum! {
    /// A part of what the patient bears.
    pub enum Part {
        /// 政策范围内自付
        InScope = "in_scope",
        /// 先行自付
        PayFirst = "pay_first",
        /// 超限价
        OverLimit = "over_limit",
        /// 全自费
        OwnPay = "own_pay",
    }
}

/// A year that a figure is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Year(pub i16);

/// An amount of money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Money(pub Fen);

/// From 0 to 100 %.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Percent(pub Rate);

/// From −100 to 100 percentage points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Points(pub Rate);

/// The amount of a limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Amount {
    /// `"none"`: no deductible, or no cap.
    None,
    Fixed(Fen),
    /// `"6% of average_wage"`: rounded to the fen, or as `, to 10 yuan` says.
    Part {
        rate: Rate,
        of: String,
        /// In fen.
        to: i64,
    },
}

impl Value for Year {
    const LIKE: &'static str = "a year, such as \"2026\"";
    fn read(text: &str) -> Option<Self> {
        let digits = text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| text.parse().ok().map(Self)).flatten()
    }
}

impl Value for Money {
    const LIKE: &'static str = "yuan in quotes, such as \"10.00\"";
    fn read(text: &str) -> Option<Self> {
        read::yuan(text).map(Self)
    }
}

impl Value for Percent {
    const LIKE: &'static str = "a percentage from 0 to 100 in quotes, such as \"70%\"";
    fn read(text: &str) -> Option<Self> {
        read::percent(text).map(Self)
    }
}

impl Value for Points {
    const LIKE: &'static str = "percentage points in quotes, such as \"5%\" or \"-10%\"";
    fn read(text: &str) -> Option<Self> {
        match text.strip_prefix('-') {
            Some(less) => read::percent(less).map(|rate| Self(-rate)),
            None => read::percent(text).map(Self),
        }
    }
}

impl Value for Amount {
    const LIKE: &'static str =
        "yuan in quotes, such as \"400.00\", a part such as \"6% of average_wage\", or \"none\"";
    fn read(text: &str) -> Option<Self> {
        if text == "none" {
            return Some(Self::None);
        }
        let Some((rate, rest)) = text.split_once(" of ") else {
            return read::yuan(text).map(Self::Fixed);
        };
        let (of, to) = match rest.split_once(", to ") {
            None => (rest, 1),
            Some((of, to)) => {
                let yuan = to.strip_suffix(" yuan").and_then(read::yuan)?;
                (of, yuan.0)
            }
        };
        let rate = read::percent(rate)?;
        (!of.is_empty() && to > 0).then(|| Self::Part {
            rate,
            of: of.to_owned(),
            to,
        })
    }
}
