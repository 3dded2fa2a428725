//! What is asked: one settlement batch of one person.

use cunyi_domain::money::{Fen, Quantity, UnitPrice};
use cunyi_domain::time::civil::Date;

use crate::policy::{Benefit, Level, Scheme};

pub use cunyi_domain::ledger::{LineClass, TwoDisease};

/// One settlement batch: one person, one benefit, one disease code (a 2207 carries no more).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Whose rules.
    pub scheme: Scheme,
    /// Level of the institution it is settled under.
    pub level: Level,
    /// Benefit.
    pub benefit: Benefit,
    /// 病种编码, where the benefit asks for one.
    pub disease_code: Option<String>,
    /// Date of service: it chooses the rules in force.
    pub date: Date,
    /// Whole years of the patient.
    pub age: i64,
    /// The charges.
    pub lines: Vec<ClaimLine>,
    /// What this year has used up already.
    pub used: Used,
    /// What of `used` may be more than is known here.
    pub unknown: Unknown,
}

/// What of the accumulators is not known whole: other institutions may have added to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unknown {
    /// The fund paid.
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
}

/// Accumulators of one person and calendar year, the authoritative copy of which is the centre's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Used {
    /// Fund paid this year by all benefits, as far as it counts towards caps.
    pub fund_this_year: Fen,
    /// The part of it paid by the claim's benefit.
    pub benefit_fund_this_year: Fen,
    /// Deductible borne this year under the claim's benefit.
    pub deductible_this_year: Fen,
}

impl Used {
    /// With what a settlement adds.
    #[must_use]
    pub fn plus(self, fed: Self) -> Self {
        Self {
            fund_this_year: self.fund_this_year + fed.fund_this_year,
            benefit_fund_this_year: self.benefit_fund_this_year + fed.benefit_fund_this_year,
            deductible_this_year: self.deductible_this_year + fed.deductible_this_year,
        }
    }
}
