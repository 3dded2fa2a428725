//! What the pages of follow-up forms show, and what they send.

use std::collections::BTreeMap;
use std::fmt;

use cunyi_domain::ids::{EntryId, PatientId, VisitId};
use cunyi_domain::ledger::{EndWhy, FollowUpClass};
use cunyi_domain::time::{Moment, civil::Date};
use cunyi_followup::{Form, Judged, Problems, Said};

use super::{Age, PatientForm};

/// A form that a patient's disease asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormOffer {
    /// Which.
    pub form: &'static Form,
    /// It was recorded in this visit.
    pub recorded: bool,
    /// When it is due, by the last one; none where there was none.
    pub due: Option<Date>,
}

impl FormOffer {
    /// True where it is due by a day.
    pub fn overdue(&self, day: Date) -> bool {
        self.due.is_some_and(|due| due <= day)
    }
}

/// A follow-up as it was recorded.
#[derive(Clone, PartialEq, Eq)]
pub struct FollowUpRow {
    /// Id.
    pub id: EntryId,
    /// In which visit.
    pub visit: VisitId,
    /// When it was.
    pub day: Date,
    /// The class.
    pub class: FollowUpClass,
    /// When the next is due.
    pub next_day: Date,
    /// The answers; nothing after erasure.
    pub said: Said,
    /// Why it corrects the one before; empty where it does not.
    pub reason: String,
    /// Another corrects it.
    pub corrected: bool,
    /// Who signed it.
    pub by: String,
    /// When it was recorded.
    pub at: Moment,
}

/// A visit's page of a form.
#[derive(Clone, PartialEq)]
pub struct FollowUpView {
    /// Visit.
    pub visit: VisitId,
    /// 就诊号
    pub number: String,
    /// Whose.
    pub patient: PatientId,
    /// Her particulars, numbers masked unless the role may see them.
    pub fields: PatientForm,
    /// Her age.
    pub age: Age,
    /// The institution's name as printed.
    pub clinic: String,
    /// Which form, in the edition it is or was filled in.
    pub form: &'static Form,
    /// What stands there: what was recorded, or what is known before anybody types.
    pub said: Said,
    /// Fields that were taken over from the last follow-up, to be confirmed.
    pub from_last: Vec<String>,
    /// What the visit knows and does not say for sure to be the same, by field.
    pub offers: BTreeMap<String, String>,
    /// The follow-up before this visit's.
    pub before: Option<FollowUpRow>,
    /// What was recorded in this visit, oldest first; the last one stands.
    pub recorded: Vec<FollowUpRow>,
    /// It can be recorded or corrected.
    pub open: bool,
}

/// What is sent of a form.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct FollowUpForm {
    /// The answers.
    pub said: Said,
    /// What was taken over from the last follow-up still holds.
    pub confirmed: bool,
    /// Why what was recorded is corrected.
    pub reason: String,
}

/// What came of it.
#[derive(Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Fields are wrong: nothing was recorded.
    Problems(Problems),
    /// It was read and classified, and recorded where that was asked for.
    Judged(Judged),
}

/// Whom to call.
#[derive(Clone, PartialEq, Eq)]
pub struct DueView {
    /// Who.
    pub patient: PatientId,
    /// 姓名
    pub name: String,
    /// 电话; masked unless the role may see it.
    pub phone: String,
    /// Her age.
    pub age: Age,
    /// Which form.
    pub form: &'static Form,
    /// When the last one was, in which visit, and how it was classed.
    pub last: (Date, VisitId, FollowUpClass),
    /// When the next is due.
    pub next_day: Date,
    /// Days over it; below zero it is still to come.
    pub overdue: i64,
}

/// 终止管理
#[derive(Clone, PartialEq, Eq)]
pub struct EndView {
    /// Why.
    pub why: EndWhy,
    /// Since when.
    pub day: Date,
    /// In words.
    pub words: String,
    /// When it was written.
    pub at: Moment,
    /// By whom.
    pub by: String,
}

/// Who is not called any more.
#[derive(Clone, PartialEq, Eq)]
pub struct EndedView {
    /// Who.
    pub patient: PatientId,
    /// 姓名
    pub name: String,
    /// Her age.
    pub age: Age,
    /// Why, and since when.
    pub end: EndView,
}

/// That a patient is not called any more, as it was typed.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct EndForm {
    /// An [`EndWhy`].
    pub why: String,
    /// `yyyy-MM-dd`
    pub day: String,
    /// In words.
    pub words: String,
}

/// Who has an illness that is followed, and was never followed up for it here.
#[derive(Clone, PartialEq, Eq)]
pub struct UnfollowedView {
    /// Who.
    pub patient: PatientId,
    /// 姓名
    pub name: String,
    /// 电话; masked unless the role may see it.
    pub phone: String,
    /// Her age.
    pub age: Age,
    /// Which form is hers.
    pub form: &'static Form,
    /// When she was seen last.
    pub seen: Date,
}

/// The follow-ups of a period.
#[derive(Clone, PartialEq, Eq)]
pub struct FollowUpSheet {
    /// Which form.
    pub form: &'static Form,
    /// From, to.
    pub period: (Date, Date),
    /// One a follow-up, oldest first.
    pub rows: Vec<SheetRow>,
}

/// A follow-up with whom it is about.
#[derive(Clone, PartialEq, Eq)]
pub struct SheetRow {
    /// Her particulars, numbers masked unless the role may see them.
    pub fields: PatientForm,
    /// The follow-up.
    pub row: FollowUpRow,
}

/// What is written of a patient's health reaches no log: `Debug` says only what it is.
macro_rules! silent {
    ($($view:ident)+) => {
        $(impl fmt::Debug for $view {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($view), " { … }"))
            }
        })+
    };
}

silent! {
    FollowUpRow FollowUpView FollowUpForm Outcome DueView EndView EndedView EndForm UnfollowedView
    FollowUpSheet SheetRow
}
