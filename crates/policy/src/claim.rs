//! What is asked: one settlement batch of one person.

use cunyi_domain::money::{Fen, Quantity, UnitPrice};
use cunyi_domain::time::civil::Date;
use serde::{Deserialize, Serialize};

use crate::items::Item;
use crate::language::facet::Facts;
use crate::policy::{Benefit, Scheme};

pub use cunyi_domain::ledger::{LineClass, TwoDisease};

/// One settlement batch: one person, one benefit, one disease code (a 2207 carries no more).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Whose rules.
    pub scheme: Scheme,
    /// What rules may ask of person, institution and visit.
    pub facts: Facts,
    /// Benefit.
    pub benefit: Benefit,
    /// Date of service: it chooses the rules in force.
    pub date: Date,
    /// The charges.
    pub lines: Vec<ClaimLine>,
    /// What was settled before, of which limits are counted.
    pub history: Vec<Use>,
    /// What may be missing in `history`.
    pub unknown: Unknown,
    /// What the personal account has, where it may be used.
    pub balance: Fen,
    /// What the account of the member of her family has that pays for her, where there is one.
    pub family_balance: Fen,
}

/// What of the history is not known whole: other institutions may have added to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unknown {
    /// What the fund paid.
    pub fund: bool,
    /// The deductible borne.
    pub deductible: bool,
}

/// One charge line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimLine {
    /// 费用明细流水号, unique in the claim.
    pub id: String,
    /// 甲乙丙
    pub class: LineClass,
    /// `price × quantity`, rounded half up to the fen.
    pub amount: Fen,
    /// 一般诊疗费: shared out by its own rule.
    pub is_consultation_fee: bool,
    /// Price of a unit.
    pub price: UnitPrice,
    /// How many.
    pub quantity: Quantity,
    /// 支付标准 of a unit; none where the catalogue sets no limit.
    pub ceiling: Option<UnitPrice>,
    /// What more is known of the item.
    pub item: Item,
}

/// A class as tables and claims write it: 甲乙丙, or A, B, C.
pub(crate) fn read_class(text: &str) -> Option<LineClass> {
    match text {
        "甲" | "A" => Some(LineClass::A),
        "乙" | "B" => Some(LineClass::B),
        "丙" | "C" => Some(LineClass::C),
        _ => None,
    }
}

/// What one settlement used of what limits count. A reversal is a use of the same, negative.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// Date of service.
    pub date: Date,
    /// Under which benefit.
    pub benefit: Benefit,
    /// As of then. Limits with a `where` count it only if these say so.
    pub facts: Facts,
    /// Whose it was, and how much is known of it.
    pub whose: Whose,
    /// Consultation fees of which the fund had a part to pay.
    pub fees: i64,
    /// Each fund.
    pub funds: Vec<FundUse>,
}

impl Use {
    /// A sum that the pool paid under a benefit in a year, and nobody says when.
    pub fn year_sum(benefit: Benefit, year: Date, counted: Fen) -> Self {
        Self {
            date: year,
            benefit,
            facts: Facts::default(),
            whose: Whose::YearSum,
            fees: 0,
            funds: vec![FundUse {
                fund: FundName::Pool,
                deductible: Fen::ZERO,
                in_scope: Fen::ZERO,
                counted,
            }],
        }
    }

    /// What it adds, as a ledger keeps it beside whose it was, when and under what.
    pub fn kept(&self) -> String {
        let kept = Kept {
            fees: self.fees,
            funds: self.funds.clone(),
        };
        serde_json::to_string(&kept).unwrap_or_default()
    }

    /// A person's own use, of what was kept of it; none where nothing was.
    pub fn of_kept(text: &str, date: Date, benefit: Benefit, facts: Facts) -> Option<Self> {
        let kept: Kept = serde_json::from_str(text).ok()?;
        Some(Self {
            date,
            benefit,
            facts,
            whose: Whose::Own,
            fees: kept.fees,
            funds: kept.funds,
        })
    }

    /// What a reversal of the settlement adds to a history: the same, negative.
    #[must_use]
    pub fn taken_back(&self) -> Self {
        let funds = self.funds.iter().map(|of| FundUse {
            fund: of.fund,
            deductible: -of.deductible,
            in_scope: -of.in_scope,
            counted: -of.counted,
        });
        Self {
            fees: -self.fees,
            funds: funds.collect(),
            ..self.clone()
        }
    }

    /// What of it counts towards caps of the pool.
    pub fn counted(&self) -> Fen {
        let pool = self.funds.iter().filter(|of| of.fund == FundName::Pool);
        pool.map(|of| of.counted).sum()
    }
}

#[derive(Serialize, Deserialize)]
struct Kept {
    fees: i64,
    funds: Vec<FundUse>,
}

/// Whose settlement it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// The person's.
    Own,
    /// A member's of her family: counts where a limit is the family's.
    Family,
    /// A sum over the person's year that somebody told: its day is not known.
    YearSum,
}

/// What one settlement used of one fund.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FundUse {
    /// Which.
    pub fund: FundName,
    /// The deductible borne.
    pub deductible: Fen,
    /// What the ratio was taken of.
    pub in_scope: Fen,
    /// What the fund paid, as far as it counts towards its caps.
    pub counted: Fen,
}

pub use crate::language::form::FundName;
