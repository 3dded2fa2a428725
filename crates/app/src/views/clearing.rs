//! What the pages of 清算 show, and what is typed there.

use cunyi_domain::clearing::{Asked, Claim, Period};
use cunyi_domain::ids::EntryId;
use cunyi_domain::ledger::{Clearing, ClearingEntry, ClearingKind};
use cunyi_domain::money::Fen;
use cunyi_domain::reconcile::Group;
use cunyi_domain::time::civil::Date;

/// 医保应收: periods, the newest first.
#[derive(Clone, Debug, PartialEq)]
pub struct ClearingView {
    /// Today.
    pub today: Date,
    /// 定点医药机构名称
    pub institution: String,
    /// Sums of these periods.
    pub total: Claim,
    /// They.
    pub periods: Vec<OwedView>,
    /// Deductions with a day by which to appeal, the first day first.
    pub appeals: Vec<EntryView>,
    /// A day of the period before these.
    pub earlier: Option<Date>,
    /// False: the code is the township's, and what is shown is what this clinic has settled.
    pub answers: bool,
}

/// What the fund owes of a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwedView {
    /// Which.
    pub period: Period,
    /// How much, and what became of it.
    pub claim: Claim,
    /// Something was entered that cannot be.
    pub odd: bool,
    /// What an application did is not known.
    pub unknown: bool,
}

/// A period.
#[derive(Clone, Debug, PartialEq)]
pub struct PeriodView {
    /// Which.
    pub period: Period,
    /// Today.
    pub today: Date,
    /// Sums of its groups.
    pub total: Claim,
    /// By insurance, clearing type and office.
    pub groups: Vec<(Group, Claim)>,
    /// Each clinic's part, where there are several.
    pub clinics: Vec<(String, Asked)>,
    /// What was applied for.
    pub applications: Vec<ApplicationView>,
    /// What can be, by clearing type.
    pub to_apply: Vec<(String, Asked)>,
    /// Days on which clinic, centre and cash do not agree.
    pub not_green: Vec<Date>,
    /// What was entered.
    pub entries: Vec<EntryView>,
    /// Of what something can be entered.
    pub choices: Vec<Group>,
    /// False: the code is the township's.
    pub answers: bool,
    /// She may apply and enter.
    pub may_clear: bool,
}

/// An application.
#[derive(Clone, Debug, PartialEq)]
pub struct ApplicationView {
    /// It.
    pub application: Clearing,
    /// What it asks for.
    pub asked: Asked,
    /// Who applied.
    pub by: String,
    /// Who wanted it taken back; empty where nobody did.
    pub withdrawn_by: String,
    /// The office has answered it: it is not taken back.
    pub answered: bool,
}

/// An entry.
#[derive(Clone, Debug, PartialEq)]
pub struct EntryView {
    /// It.
    pub entry: ClearingEntry,
    /// Who entered it.
    pub by: String,
    /// It was taken out by another.
    pub taken_out: bool,
    /// Of a deduction that stands: whether it was appealed against.
    pub appeal: Option<AppealView>,
}

/// What became of a deduction.
#[derive(Clone, Debug, PartialEq)]
pub struct AppealView {
    /// The appeal, and who entered it.
    pub by: Option<(ClearingEntry, String)>,
    /// How the office answered, and how much it gave back or confirmed.
    pub outcome: Option<(ClearingKind, Fen)>,
    /// The day to appeal by is over, and nobody has.
    pub late: bool,
    /// It can still be appealed against.
    pub open: bool,
}

/// An appeal against a deduction, or its outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppealForm {
    /// Which deduction.
    pub deduction: EntryId,
    /// 申诉, 申诉返还 or 维持扣款.
    pub kind: ClearingKind,
    /// What is given back; of no meaning for the others.
    pub amount: Fen,
    /// The day of the letter.
    pub on: Date,
    /// Why, or the office's reason.
    pub reason: String,
}

/// What is applied for, as it was shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApplyForm {
    /// The period's first day.
    pub from: Date,
    /// 清算类别
    pub clearing_type: String,
    /// What was shown as claimed.
    pub claim: Fen,
    /// Why, where days do not agree.
    pub reason: String,
}

/// What the office told of an application.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ToldForm {
    /// It has it.
    pub there: bool,
    /// Who there said so.
    pub by: String,
    /// 机构清算申请事件ID, if it said one.
    pub event: String,
}

/// What the office says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClearingForm {
    /// The period's first day.
    pub from: Date,
    /// Of what.
    pub group: Group,
    /// What it says.
    pub kind: ClearingKind,
    /// How much.
    pub amount: Fen,
    /// The day of its statement, or the bank's.
    pub on: Date,
    /// By when a deduction can be appealed against.
    pub appeal_by: Option<Date>,
    /// Its reason.
    pub reason: String,
}
