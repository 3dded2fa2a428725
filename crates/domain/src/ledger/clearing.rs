//! 清算: what the fund was asked for, and what the office said of it. The office's word is entered by
//! hand; what was entered wrongly is taken out by an entry of its own.

use jiff::civil::Date;

use crate::clearing::{Asked, ClearingState, Period};
use crate::ids::{ClinicId, EntryId, UserId};
use crate::money::Fen;
use crate::reconcile::Group;
use crate::time::Moment;

text_enum! {
    /// What the office says of a claim.
    pub enum ClearingKind {
        /// 认可
        Recognised = "recognised",
        /// 扣款
        Deducted = "deducted",
        /// 预留: a quality deposit (质量保证金), paid after the year's examination or never.
        Withheld = "withheld",
        /// 返还预留: what was withheld is to be paid after all.
        Released = "released",
        /// 预付抵扣: set off against an advance (周转金).
        Advanced = "advanced",
        /// 到账
        Paid = "paid",
        /// 申诉 against a deduction: it moves no sum.
        Appealed = "appealed",
        /// 申诉返还: what was deducted is recognised after all.
        Restored = "restored",
        /// 维持扣款: the appeal was turned down. It moves no sum.
        Confirmed = "confirmed",
    }
}

impl ClearingKind {
    /// True if it is what became of an appeal.
    pub const fn is_outcome(self) -> bool {
        matches!(self, Self::Restored | Self::Confirmed)
    }

    /// True if it names a deduction.
    pub const fn is_about(self) -> bool {
        matches!(self, Self::Appealed) || self.is_outcome()
    }
}

table! {
    /// 清算申请: one 3203, of one clearing type and period.
    pub struct Clearing in "clearing" (Ledger, ["clinic", "id"]) {
        /// The clinic that keeps the institution code's book.
        pub clinic: ClinicId,
        /// Id.
        pub id: EntryId,
        /// 开始日期
        pub from_day: Date,
        /// 结束日期
        pub to_day: Date,
        /// 清算类别
        pub clearing_type: String,
        /// Where it stands.
        pub state: ClearingState,
        /// msgid of the 3203.
        pub message: String,
        /// `clr_appy_evt_id`; empty where none is known.
        pub event: String,
        /// Why it was refused, or who at the office told what became of it.
        pub said: String,
        /// Why it was applied for though not every day agreed; empty where they did.
        pub reason: String,
        /// When.
        pub applied_at: Moment,
        /// Who.
        pub actor: UserId,
        /// msgid of the 3204 that was sent last; empty where none was.
        pub withdrawal: String,
        /// Why it was to be taken back.
        pub withdrawal_reason: String,
        /// When that was asked.
        pub withdrawn_at: Option<Moment>,
        /// By whom.
        pub withdrawn_by: Option<UserId>,
    }
}

table! {
    /// What an application asks for of one insurance and office. Of more reversals than settlements it
    /// is negative.
    pub struct ClearingPart in "clearing_part" (Ledger, ["clinic", "clearing", "scheme", "office"]) {
        /// The clinic that keeps the institution code's book.
        pub clinic: ClinicId,
        /// Of which application.
        pub clearing: EntryId,
        /// 险种
        pub scheme: String,
        /// 清算经办机构
        pub office: String,
        /// 人次; a reversal counts as one more.
        pub count: i64,
        /// 医疗费总额
        pub total: Fen,
        /// 基金申报总额
        pub fund: Fen,
        /// 个人账户支出
        pub account: Fen,
        /// 现金支付金额
        pub cash: Fen,
    }
}

impl Clearing {
    /// Of which period.
    pub fn period(&self) -> Period {
        Period {
            from: self.from_day,
            to: self.to_day,
        }
    }
}

impl ClearingPart {
    /// Its sums.
    pub fn asked(&self) -> Asked {
        Asked {
            count: self.count,
            total: self.total,
            fund: self.fund,
            account: self.account,
            cash: self.cash,
        }
    }
}

table! {
    /// 清算记录: what the office said of one insurance, clearing type and office in a period. Never updated.
    pub struct ClearingEntry in "clearing_entry" (Ledger, ["clinic", "id"]) {
        /// The clinic that keeps the institution code's book.
        pub clinic: ClinicId,
        /// Id.
        pub id: EntryId,
        /// 开始日期
        pub from_day: Date,
        /// 结束日期
        pub to_day: Date,
        /// 险种
        pub scheme: String,
        /// 清算类别
        pub clearing_type: String,
        /// 清算经办机构
        pub office: String,
        /// What.
        pub kind: ClearingKind,
        /// How much, always positive.
        pub amount: Fen,
        /// The day of the office's statement, or the bank's.
        pub on_day: Date,
        /// 申诉期限 of a deduction.
        pub appeal_by: Option<Date>,
        /// The office's reason, or why it was corrected.
        pub reason: String,
        /// The entry that it takes out.
        pub reverses: Option<EntryId>,
        /// The deduction that an appeal or its outcome is about.
        pub about: Option<EntryId>,
        /// When it was entered.
        pub entered_at: Moment,
        /// By whom.
        pub actor: UserId,
    }
}

table! {
    /// 核销: a difference of a day that a person settled, with how. It holds for these very figures: another
    /// one of the same settlement is open again. Never updated.
    pub struct WrittenOff in "written_off" (Ledger, ["clinic", "id"]) {
        /// Clinic.
        pub clinic: ClinicId,
        /// Id.
        pub id: EntryId,
        /// Which day.
        pub day: Date,
        /// The `Difference` as JSON; it names no person.
        pub difference: String,
        /// How it was settled, and who said so.
        pub reason: String,
        /// When.
        pub written_at: Moment,
        /// By whom.
        pub actor: UserId,
    }
}

impl ClearingEntry {
    /// Of which period.
    pub fn period(&self) -> Period {
        Period {
            from: self.from_day,
            to: self.to_day,
        }
    }

    /// Of what it is.
    pub fn group(&self) -> Group {
        Group {
            scheme: self.scheme.clone(),
            clearing_type: self.clearing_type.clone(),
            office: self.office.clone(),
        }
    }

    /// What it adds: one that takes another out takes its amount off.
    pub fn signed(&self) -> Fen {
        if self.reverses.is_some() {
            -self.amount
        } else {
            self.amount
        }
    }
}
