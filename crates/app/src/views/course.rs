//! Infusion courses on the visit's and the patient's page.

use std::fmt;

use cunyi_domain::ids::{EntryId, PatientId};
use cunyi_domain::time::civil::Date;

use super::Age;

/// 输液疗程
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CourseView {
    /// Its id.
    pub id: EntryId,
    /// Names of its drugs.
    pub names: Vec<String>,
    /// How many days were ordered.
    pub days: i64,
    /// How many were done.
    pub done: usize,
    /// The latest of them.
    pub last: Option<Date>,
    /// Another may be done in this visit.
    pub may: bool,
}

/// 今日待输、漏输: a course of which a day is to be done.
#[derive(Clone, PartialEq, Eq)]
pub struct CourseDue {
    /// Who.
    pub patient: PatientId,
    /// 姓名
    pub name: String,
    /// 电话; masked unless the role may see it.
    pub phone: String,
    /// Her age.
    pub age: Age,
    /// Names of its drugs.
    pub names: Vec<String>,
    /// How many days were ordered.
    pub days: i64,
    /// How many were done.
    pub done: usize,
    /// The latest of them.
    pub last: Date,
    /// Days that were missed since; 0 where it is to be done today.
    pub missed: i64,
}

/// What is written of a patient's health reaches no log.
impl fmt::Debug for CourseDue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CourseDue { … }")
    }
}
