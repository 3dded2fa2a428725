//! 门诊日志, the outpatient log: on the screen, on A4 across, as xlsx. What the ledger does not have, when it
//! broke out and whether it is notifiable, is left to be written by hand.

use askama::Template;
use axum::http::{StatusCode, Uri};
use cunyi_app::views::{LogRow, OutpatientLog};
use cunyi_domain::time::Moment;

use super::reports::period;
use crate::chrome::Chrome;
use crate::fault::{Answer, Fault, html};
use crate::session::Signed;
use crate::sheet::{Cell, Table, download};

#[derive(Template)]
#[template(path = "outpatient_log.html")]
pub(crate) struct LogPage<'a> {
    pub(crate) c: &'a Chrome,
    pub(crate) v: &'a OutpatientLog,
}

#[derive(Template)]
#[template(path = "print_outpatient_log.html")]
pub(crate) struct LogPaper<'a> {
    pub(crate) c: &'a Chrome,
    pub(crate) ui: &'a Chrome,
    pub(crate) v: &'a OutpatientLog,
    pub(crate) printed_at: Moment,
}

/// Columns, the last two for the hand.
const HEADS: [&str; 12] = [
    "log-when",
    "field-name",
    "field-sex",
    "age",
    "log-address",
    "log-first",
    "field-complaint",
    "field-diagnosis",
    "log-treatment",
    "report-doctor",
    "log-onset",
    "log-notifiable",
];

/// The cells of a row but its number; an erased patient's sex says nothing.
pub(crate) fn cells(c: &Chrome, row: &LogRow) -> [String; HEADS.len()] {
    let at_home = [row.address.as_str(), row.phone.as_str()];
    let at_home: Vec<&str> = at_home.into_iter().filter(|t| !t.is_empty()).collect();
    let visit = if row.again { "log-again" } else { "log-new" };
    [
        format!("{} {}", row.at.date(), row.at.hour_minute()),
        row.name.clone(),
        c.sex(&row.sex),
        c.age(&row.age),
        at_home.join(" "),
        c.t(visit),
        row.complaint.clone(),
        row.diagnoses.clone(),
        row.treatment.clone(),
        row.doctor.clone(),
        String::new(),
        String::new(),
    ]
}

/// Its heads.
pub(crate) fn heads(c: &Chrome) -> [String; HEADS.len()] {
    HEADS.map(|key| c.t(key))
}

async fn log(by: &Signed, uri: &Uri) -> Result<OutpatientLog, Fault> {
    let (from, to) = period(&by.chrome, uri, by.chrome.now.date())?;
    by.call(move |app, actor| app.outpatient_log(actor, from, to))
        .await
}

/// `GET /outpatient-log?from=yyyy-MM-dd&to=yyyy-MM-dd`
pub(crate) async fn page(by: Signed, uri: Uri) -> Answer {
    let v = log(&by, &uri).await?;
    let c = &by.chrome;
    Ok(html(StatusCode::OK, &LogPage { c, v: &v }))
}

/// `GET /outpatient-log/print?from=&to=`
pub(crate) async fn print(by: Signed, uri: Uri) -> Answer {
    let v = log(&by, &uri).await?;
    let page = LogPaper {
        c: &by.chrome.chinese(),
        ui: &by.chrome,
        v: &v,
        printed_at: by.chrome.now,
    };
    Ok(html(StatusCode::OK, &page))
}

/// `GET /outpatient-log/xlsx?from=&to=`
pub(crate) async fn xlsx(by: Signed, uri: Uri) -> Answer {
    let v = log(&by, &uri).await?;
    let c = by.chrome.chinese();
    let row = |row: &LogRow| cells(&c, row).map(Cell::Text).into();
    let table = Table {
        name: c.t("log-title"),
        heads: heads(&c).into(),
        rows: v.rows.iter().map(row).collect(),
    };
    download(
        &by.chrome,
        &format!("outpatient-log-{}-{}", v.from, v.to),
        &[table],
    )
}
