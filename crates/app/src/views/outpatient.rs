//! 门诊日志, a row a visit.

use cunyi_domain::id_number::Sex;
use cunyi_domain::ids::VisitId;
use cunyi_domain::time::{Moment, civil::Date};

use super::Age;

/// The log of a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutpatientLog {
    /// The clinic's name.
    pub clinic: String,
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
    /// Oldest first.
    pub rows: Vec<LogRow>,
}

/// A visit of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogRow {
    /// Which.
    pub visit: VisitId,
    /// When she came.
    pub at: Moment,
    /// 姓名; blank after erasure, as sex, phone and address.
    pub name: String,
    /// 性别
    pub sex: Sex,
    /// On that day.
    pub age: Age,
    /// 电话
    pub phone: String,
    /// 住址
    pub address: String,
    /// 复诊: she came to this clinic before.
    pub again: bool,
    /// 主诉
    pub complaint: String,
    /// The main one first.
    pub diagnoses: String,
    /// What was given, then the advice.
    pub treatment: String,
    /// Her name.
    pub doctor: String,
    /// 发病日期
    pub onset: Option<Date>,
    /// 传染病: which of the diagnoses are notifiable, with their class.
    pub notifiable: String,
}
