//! A year of claims as columns: what is replayed under a policy, and what comes out.

use crate::cannot::CannotDecide;
use crate::evaluate::MOST_OF_A_LINE;
use crate::language::facet::Facts;
use crate::policy::Benefit;

/// Most that an amount of a block may be, in fen: ten million yuan. Who reads a file refuses more.
#[expect(clippy::cast_possible_truncation, reason = "it fits")]
pub const MOST: u32 = MOST_OF_A_LINE as u32;

/// What a claim is, apart from its day and amounts: an entry of a file's dictionary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kind {
    /// 待遇类别
    pub benefit: Benefit,
    /// What rules may ask of person, institution and visit.
    pub facts: Facts,
}

/// Events of some households in one year: household by household, each in order of time. All columns
/// are of one length. Amounts are in fen, [`MOST`] at most, of the claim's lines by class.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Block {
    /// How many events each household has, in order.
    pub households: Vec<u32>,
    /// Whose claim it is: members of a household are numbered from 0.
    pub member: Vec<u8>,
    /// Day of the year, from 1.
    pub day: Vec<u16>,
    /// Place in the dictionary.
    pub kind: Vec<u16>,
    /// 甲类, up to the ceiling.
    pub class_a: Vec<u32>,
    /// 乙类, up to the ceiling and before 先行自付.
    pub class_b: Vec<u32>,
    /// 丙类
    pub class_c: Vec<u32>,
    /// 超限价
    pub over_limit: Vec<u32>,
    /// 一般诊疗费
    pub fee: Vec<u32>,
    /// What the personal account had.
    pub balance: Vec<u32>,
    /// 0 of a claim. Of a reversal: how many events before it, in the same household, the claim
    /// stands that it takes back; its other columns repeat the claim's, and its day is its own.
    pub back: Vec<u16>,
}

impl Block {
    /// How many events.
    pub fn len(&self) -> usize {
        self.day.len()
    }

    /// True if there are none.
    pub fn is_empty(&self) -> bool {
        self.day.is_empty()
    }

    fn parts(&self) -> [&[u32]; 5] {
        [
            &self.class_a,
            &self.class_b,
            &self.class_c,
            &self.over_limit,
            &self.fee,
        ]
    }

    /// 医疗费总额 of an event, without its sign.
    pub fn total(&self, event: usize) -> i64 {
        let parts = self.parts();
        parts.iter().map(|part| i64::from(part[event])).sum()
    }
}

/// Who pays what of each event of a block, in fen; of a reversal the same amounts, negative.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shares {
    /// All funds.
    pub fund: Vec<i64>,
    /// 个人账户
    pub account: Vec<i64>,
    /// 0 where the policy decides it; otherwise 1 + the place in [`crate::CannotDecide::CODES`], and
    /// the fund pays nothing.
    pub undecided: Vec<u8>,
}

impl Shares {
    pub(super) fn clear(&mut self) {
        self.fund.clear();
        self.account.clear();
        self.undecided.clear();
    }
}

impl CannotDecide {
    /// As [`Shares::undecided`] has it.
    pub(super) fn number(&self) -> u8 {
        let place = Self::CODES.iter().position(|code| *code == self.code());
        place.map_or(u8::MAX, |place| u8::try_from(place + 1).unwrap_or(u8::MAX))
    }
}
