//! What is given to the 门诊日志.

use cunyi_app::views::{LogRow, OutpatientLog};
use serde::Serialize;

use super::{Entry, Model, Part};
use crate::chrome::Chrome;

/// 门诊日志 of a period
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Log {
    pub(crate) from: String,
    pub(crate) to: String,
    /// How many visits.
    pub(crate) visits: String,
    pub(crate) rows: Vec<Row>,
}

/// A visit.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Row {
    #[serde(flatten)]
    pub(crate) entry: Entry,
    pub(crate) address: String,
    pub(crate) phone: String,
    /// 初诊, 复诊
    pub(crate) visit: String,
    pub(crate) complaint: String,
    pub(crate) diagnoses: String,
    pub(crate) treatment: String,
    pub(crate) doctor: String,
    /// 发病日期; empty where nobody said.
    pub(crate) onset: String,
    /// 传染病 with its class.
    pub(crate) notifiable: String,
}

impl Model {
    /// 门诊日志 of a period.
    pub(crate) fn outpatient_log(c: &Chrome, v: &OutpatientLog) -> Self {
        let own = Log {
            from: v.from.to_string(),
            to: v.to.to_string(),
            visits: v.rows.len().to_string(),
            rows: rows(c, v),
        };
        Self::of_days(c, &v.clinic, Part::OutpatientLog(own))
    }
}

/// Its rows, in the words of the screen or of the paper.
pub(crate) fn rows(c: &Chrome, v: &OutpatientLog) -> Vec<Row> {
    (1..)
        .zip(&v.rows)
        .map(|(number, one)| row(c, number, one))
        .collect()
}

fn row(c: &Chrome, number: usize, row: &LogRow) -> Row {
    Row {
        entry: Entry::new(c, (number, row.at), (&row.name, row.sex, &row.age)),
        address: row.address.clone(),
        phone: row.phone.clone(),
        visit: c.t(if row.again { "log-again" } else { "log-new" }),
        complaint: row.complaint.clone(),
        diagnoses: row.diagnoses.clone(),
        treatment: row.treatment.clone(),
        doctor: row.doctor.clone(),
        onset: row.onset.map(|day| day.to_string()).unwrap_or_default(),
        notifiable: row.notifiable.clone(),
    }
}
