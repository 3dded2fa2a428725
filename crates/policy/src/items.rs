//! What holds for single items and kinds of items instead of what the catalogue and the benefit say.

use std::collections::BTreeMap;

use cunyi_domain::ledger::LineClass;
use cunyi_domain::money::{Rate, UnitPrice};
use cunyi_domain::text_enum;

use crate::cannot::CannotDecide;
use crate::claim::ClaimLine;

text_enum! {
    /// A kind of items that rules tell apart. An item may be of several.
    pub enum ItemKind {
        /// 西药
        Western = "western",
        /// 中成药
        Patent = "patent",
        /// 中药饮片
        Decoction = "decoction",
        /// 中药配方颗粒
        Granule = "granule",
        /// 民族药
        Ethnic = "ethnic",
        /// 医疗机构制剂
        Preparation = "preparation",
        /// 医疗服务项目
        Service = "service",
        /// 医用耗材
        Material = "material",
        /// 国家基本药物
        Essential = "essential",
        /// 国家谈判药品
        Negotiated = "negotiated",
        /// 集中带量采购中选药品
        Procured = "procured",
        /// 两病用药目录内
        TwoDisease = "two_disease",
    }
}

/// What is known of an item beside its class. What no rule asks for may stay unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Item {
    /// National code `med_list_codg`.
    pub code: Option<String>,
    /// Of which kinds it is.
    pub kinds: Kinds,
    /// 先行自付比例 where the catalogue says one for the item.
    pub pay_first: Option<Rate>,
}

/// Of which kinds an item is and is not, as far as that is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kinds {
    is: u16,
    known: u16,
}

impl Kinds {
    /// With a kind of which it is known whether the item is of it.
    #[must_use]
    pub const fn with(self, kind: ItemKind, is: bool) -> Self {
        let bit = 1 << kind as u16;
        Self {
            is: if is { self.is | bit } else { self.is & !bit },
            known: self.known | bit,
        }
    }

    /// An item of which all is known: it is of these kinds and of no others.
    #[must_use]
    pub fn only(kinds: &[ItemKind]) -> Self {
        let with = |all: Self, kind: &ItemKind| all.with(*kind, kinds.contains(kind));
        ItemKind::ALL.iter().fold(Self::default(), with)
    }

    /// Whether it is of a kind; none where nobody knows.
    pub const fn are(self, kind: ItemKind) -> Option<bool> {
        let bit = 1 << kind as u16;
        if self.known & bit == 0 {
            None
        } else {
            Some(self.is & bit != 0)
        }
    }
}

/// A row of `[[line]]`: what it says of the lines it names. None: as without it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ItemRule {
    pub class: Option<LineClass>,
    /// 10⁻⁶
    pub pay_first: Option<i64>,
    pub ceiling: Option<UnitPrice>,
    pub own: Own,
    pub unsure: bool,
    pub rule: u16,
    /// It names codes: of what the code is must be known.
    pub by_code: bool,
}

/// How the pool takes a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Own {
    /// The row (its place) with its ratio, or with none where it only stands outside caps.
    pub group: Option<(u16, Option<i64>)>,
    pub deductible: bool,
    pub cap: bool,
}

impl Own {
    /// A line that no rule names.
    const PLAIN: Self = Self {
        group: None,
        deductible: true,
        cap: true,
    };

    pub fn of(rule: Option<&ItemRule>) -> Self {
        rule.map_or(Self::PLAIN, |rule| rule.own)
    }

    pub fn is_plain(&self) -> bool {
        *self == Self::PLAIN
    }
}

/// All rows, by what they name. Of the rows that hold for a claim, a line takes the one that names it
/// most narrowly: its code, the longest beginning of it, a kind (the file's first), everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Items {
    pub rules: Vec<ItemRule>,
    pub codes: BTreeMap<String, Vec<u16>>,
    /// The longest first.
    pub beginnings: Vec<(String, u16)>,
    pub kinds: Vec<(ItemKind, u16)>,
    /// `*`
    pub all: Vec<u16>,
}

impl Items {
    /// What holds for a line, of the rows that hold for its claim.
    pub fn find(
        &self,
        holding: &[u16],
        line: &ClaimLine,
    ) -> Result<Option<&ItemRule>, CannotDecide> {
        if holding.is_empty() || line.is_consultation_fee {
            return Ok(None);
        }
        let rule = |at: &u16| &self.rules[usize::from(*at)];
        let code = match &line.item.code {
            Some(code) => code,
            None if holding.iter().any(|at| rule(at).by_code) => {
                return Err(CannotDecide::LineCodeMissing(line.id.clone()));
            }
            None => "",
        };
        let holds = |at: &&u16| holding.contains(at);
        let whole = self.codes.get(code).into_iter().flatten();
        let beginnings = self.beginnings.iter();
        let beginnings = beginnings.filter(|(beginning, _)| code.starts_with(beginning));
        let mut by_code = whole.chain(beginnings.map(|(_, at)| at));
        if let Some(at) = by_code.find(holds) {
            return Ok(Some(rule(at)));
        }
        for (kind, at) in self.kinds.iter().filter(|(_, at)| holding.contains(at)) {
            match line.item.kinds.are(*kind) {
                Some(true) => return Ok(Some(rule(at))),
                Some(false) => {}
                None => return Err(CannotDecide::LineKindMissing(line.id.clone())),
            }
        }
        Ok(self.all.iter().find(holds).map(rule))
    }
}
