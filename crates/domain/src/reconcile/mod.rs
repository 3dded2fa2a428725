//! 对账: whether what the clinic booked, what the centre booked and the money that was counted agree for
//! a day, and where they do not, what it is and the one action that mends it (nhsa-interface §5.7).
//!
//! All pure: the day's rows, the centre's answers and the counted money go in, differences come out,
//! in an order that does not depend on theirs.

mod matching;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ids::BatchId;
use crate::ledger::{Method, SettlementKind};
use crate::money::Fen;
use crate::time::civil::Date;

pub use matching::reconcile;

/// What a settlement moves; a reversal's amounts are negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Money {
    /// 医疗费总额
    pub total: Fen,
    /// 基金支付总额
    pub fund: Fen,
    /// 个人账户支付
    pub account: Fen,
}

/// Sums of settlements less reversals. A reversal counts as one more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sums {
    /// What they move.
    pub money: Money,
    /// 笔数
    pub count: i64,
}

/// What 3201 is asked for one at a time.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Group {
    /// 险种
    pub scheme: String,
    /// 清算类别
    pub clearing_type: String,
    /// 清算经办机构
    pub office: String,
}

text_enum! {
    /// How sure we are of a row of ours.
    pub enum Standing {
        /// It stands in the ledger.
        Booked = "booked",
        /// It was asked for, and what became of it is not known.
        InFlight = "in_flight",
    }
}

/// A settlement or reversal as the clinic has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ours {
    /// Of which batch.
    pub batch: BatchId,
    /// Settlement or reversal.
    pub kind: SettlementKind,
    /// How sure.
    pub standing: Standing,
    /// 结算ID; empty while it is not known, and for self-pay.
    pub settlement: String,
    /// msgid of the 2207 or 2208; empty for self-pay.
    pub message: String,
    /// On which day it counts: the centre's time where it said one.
    pub day: Date,
    /// Where it is cleared; none for self-pay.
    pub group: Option<Group>,
    /// What it moves.
    pub money: Money,
}

/// 钱箱 or 收款码: what came in less what was given back on the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drawer {
    /// Which.
    pub method: Method,
    /// By the payments.
    pub expected: Fen,
    /// What was counted; none before.
    pub counted: Option<Fen>,
}

impl Drawer {
    /// Cash is counted every day, what came by code where some did.
    fn agrees(&self) -> bool {
        let silent = (self.method == Method::Qr).then_some(Fen::ZERO);
        self.counted.or(silent) == Some(self.expected)
    }
}

text_enum! {
    /// What a line of the result file says.
    pub enum Verdict {
        /// 平
        Equal = "000000",
        /// 机构少
        OnlyThere = "000101",
        /// 机构多
        OnlyHere = "000102",
        /// 数据不一致, and whatever else is not 平
        Different = "000103",
    }
}

/// A line of the centre's result file (3202).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Theirs {
    /// 结算ID
    pub settlement: String,
    /// msgid, where the region's file has it.
    pub message: String,
    /// 就诊ID, where the region's file has it.
    pub visit: String,
    /// Settlement or reversal.
    pub kind: SettlementKind,
    /// What it says.
    pub verdict: Verdict,
    /// What it moves.
    pub money: Money,
    /// By its msgid it is of a clinic under the same institution code that is not of this program.
    pub elsewhere: bool,
}

text_enum! {
    /// What 3201 said of a group.
    pub enum Answer {
        /// 平
        Equal = "equal",
        /// 不平
        Different = "different",
        /// It refused, or no answer came.
        Silent = "silent",
    }
}

/// A group's sums as they were sent, and the answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compared {
    /// Which.
    pub group: Group,
    /// What was sent.
    pub asked: Sums,
    /// What came.
    pub answer: Answer,
}

/// The lines of one result file: of a clearing type and office, all insurances.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Detail {
    /// 清算类别
    pub clearing_type: String,
    /// 清算经办机构
    pub office: String,
    /// They; none where no file came or could be read.
    pub lines: Option<Vec<Theirs>>,
}

/// What the centre said of a day. It names no person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// 对总账
    pub compared: Vec<Compared>,
    /// 对明细账, where sums differed.
    pub details: Vec<Detail>,
    /// On which day a settlement stands at the centre, where 5203 was asked.
    pub settled_on: BTreeMap<String, Date>,
}

text_enum! {
    /// Kinds of differences.
    pub enum Class {
        /// 仅本机有
        OnlyHere = "only-here",
        /// 仅中心有
        OnlyThere = "only-there",
        /// 金额不符
        Amount = "amount",
        /// 状态不符
        State = "state",
        /// 跨日
        DayCrossing = "day-crossing",
        /// 重复
        Duplicate = "duplicate",
        /// 现金不符
        Cash = "cash",
        /// 未对
        Unasked = "unasked",
    }
}

text_enum! {
    /// What mends a difference.
    pub enum Action {
        /// 认账: book what the centre has.
        Adopt = "adopt",
        /// 查询结果: ask what became of it before anything else.
        Resolve = "resolve",
        /// 作废: void it here and bill the patient again.
        VoidHere = "void-here",
        /// 再次撤销: send the 2208 again.
        ReverseThere = "reverse-there",
        /// 冲正: undo it at the centre, by 2601 or 2208.
        UndoThere = "undo-there",
        /// 退费: pay back here what the centre has paid back.
        RefundHere = "refund-here",
        /// 以中心为准: a person looks at both and takes the centre's amounts.
        TakeTheirs = "take-theirs",
        /// 联系经办机构
        AskOffice = "ask-office",
        /// 计入另一日: nothing is wrong but the day it counts on.
        OtherDay = "other-day",
        /// 去重: keep one of them here.
        DropHere = "drop-here",
        /// 重新对账
        AskAgain = "ask-again",
        /// 由乡镇汇总: the code is the township's, and so are its sums
        Township = "township",
        /// 清点现金
        Count = "count",
        /// 复点并签字
        Recount = "recount",
    }
}

impl Action {
    /// True if nothing of it is left to be done once a person says how it was mended: the program cannot
    /// do it, or what it did left both sides with rows that do not match.
    pub const fn may_be_written_off(self) -> bool {
        !matches!(
            self,
            Self::Adopt | Self::Resolve | Self::AskAgain | Self::Township | Self::Count
        )
    }
}

/// What is found of one settlement or reversal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Line {
    /// The centre has no such settlement.
    OnlyHere,
    /// We have no such settlement.
    OnlyThere,
    /// Amounts differ.
    Amount,
    /// A settlement on one side, a reversal on the other.
    Kind,
    /// The centre says it differs, and what it shows does not.
    SaidDifferent,
    /// It stands at the centre under another clearing type or office.
    OtherGroup,
    /// It was booked here after the centre was asked.
    NotListed,
    /// Not known here; the centre has it.
    Committed,
    /// Not known here; the centre does not have it, so far.
    Unresolved,
    /// It counts here on this day, at the centre on that.
    There(Date),
    /// It counts at the centre on this day, here on that.
    Here(Date),
    /// Booked twice here.
    TwiceHere,
    /// Booked twice at the centre.
    TwiceThere,
}

/// What is found of a group's sums.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Total {
    /// Sums differ, and no line says why.
    Unexplained,
    /// Sums differ, and no result file came.
    NoDetails,
    /// The centre did not answer.
    Silent,
    /// Other clinics settle under the same institution code: the centre's sums are of all of them.
    Shared,
    /// It was asked with other sums than those of now, or not at all.
    Stale,
}

/// Where two of the three do not agree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Difference {
    /// A settlement or reversal.
    Line {
        /// What it is.
        line: Line,
        /// Settlement or reversal.
        kind: SettlementKind,
        /// Of which batch, where we know it.
        batch: Option<BatchId>,
        /// 结算ID
        settlement: String,
        /// msgid
        message: String,
        /// What it moves here.
        ours: Option<Money>,
        /// What it moves at the centre.
        theirs: Option<Money>,
    },
    /// A group's sums.
    Total {
        /// What it is.
        total: Total,
        /// Which.
        group: Group,
        /// Ours, as of now.
        ours: Sums,
    },
    /// The money.
    Cash(Drawer),
    /// Nobody has asked the centre about this day.
    NotAsked,
}

impl Difference {
    /// What kind it is.
    pub const fn class(&self) -> Class {
        match self {
            Self::Cash(_) => Class::Cash,
            Self::NotAsked => Class::Unasked,
            Self::Total { total, .. } => match total {
                Total::Unexplained => Class::Amount,
                Total::NoDetails | Total::Silent | Total::Shared | Total::Stale => Class::Unasked,
            },
            Self::Line { line, .. } => match line {
                Line::OnlyHere => Class::OnlyHere,
                Line::OnlyThere => Class::OnlyThere,
                Line::Amount => Class::Amount,
                Line::Kind
                | Line::SaidDifferent
                | Line::OtherGroup
                | Line::Committed
                | Line::Unresolved => Class::State,
                Line::NotListed => Class::Unasked,
                Line::There(_) | Line::Here(_) => Class::DayCrossing,
                Line::TwiceHere | Line::TwiceThere => Class::Duplicate,
            },
        }
    }

    /// The one action that mends it.
    pub const fn action(&self) -> Action {
        let (line, kind) = match self {
            Self::Cash(Drawer { counted: None, .. }) => return Action::Count,
            Self::Cash(_) => return Action::Recount,
            Self::NotAsked => return Action::AskAgain,
            Self::Total { total, .. } => {
                return match total {
                    Total::Unexplained => Action::AskOffice,
                    Total::Shared => Action::Township,
                    Total::NoDetails | Total::Silent | Total::Stale => Action::AskAgain,
                };
            }
            Self::Line { line, kind, .. } => (line, kind),
        };
        match (line, kind) {
            (Line::OnlyHere, SettlementKind::Settlement) => Action::VoidHere,
            (Line::OnlyHere, SettlementKind::Reversal) => Action::ReverseThere,
            (Line::OnlyThere, SettlementKind::Settlement) | (Line::TwiceThere, _) => {
                Action::UndoThere
            }
            (Line::OnlyThere, SettlementKind::Reversal) => Action::RefundHere,
            (Line::Amount, _) => Action::TakeTheirs,
            (Line::Kind | Line::SaidDifferent | Line::OtherGroup, _) => Action::AskOffice,
            (Line::Committed, _) => Action::Adopt,
            (Line::Unresolved, _) => Action::Resolve,
            (Line::There(_) | Line::Here(_), _) => Action::OtherDay,
            (Line::TwiceHere, _) => Action::DropHere,
            (Line::NotListed, _) => Action::AskAgain,
        }
    }
}

/// A day, reconciled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reconciled {
    /// What the clinic has booked with the centre.
    pub clinic: Sums,
    /// The same as the centre has it; none where it did not say.
    pub centre: Option<Sums>,
    /// The money that must be there: of insured and self-pay patients.
    pub drawers: Vec<Drawer>,
    /// What does not agree.
    pub differences: Vec<Difference>,
}

impl Reconciled {
    /// True only when clinic, centre and cash agree.
    pub fn green(&self) -> bool {
        self.differences.is_empty()
    }
}

/// The sums of a day's booked rows: of one group, or of all that are cleared.
pub fn sums(day: Date, ours: &[Ours], group: Option<&Group>) -> Sums {
    let counts = |row: &&Ours| {
        row.day == day
            && row.standing == Standing::Booked
            && row.group.is_some()
            && (group.is_none() || row.group.as_ref() == group)
    };
    let mut sums = Sums::default();
    ours.iter()
        .filter(counts)
        .for_each(|row| sums.add(row.money));
    sums
}

impl Sums {
    /// With one more.
    fn add(&mut self, money: Money) {
        self.money.total += money.total;
        self.money.fund += money.fund;
        self.money.account += money.account;
        self.count += 1;
    }

    /// With one less.
    fn take(&mut self, money: Money) {
        self.money.total -= money.total;
        self.money.fund -= money.fund;
        self.money.account -= money.account;
        self.count -= 1;
    }
}

#[cfg(test)]
mod tests;
