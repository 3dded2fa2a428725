//! 门诊日志, the outpatient log: on the screen, on A4 across, as xlsx.

use askama::Template;
use axum::http::{StatusCode, Uri};
use cunyi_app::Layout;
use cunyi_app::views::{LogRow, OutpatientLog};

use super::papers::print_from;
use super::reports::period;
use crate::chrome::Chrome;
use crate::fault::{Answer, Fault, html};
use crate::layout::Model;
use crate::layout::model::outpatient::{Row, rows};
use crate::session::Signed;
use crate::sheet::{Cell, Table, download};

#[derive(Template)]
#[template(path = "outpatient_log.html")]
pub(crate) struct LogPage<'a> {
    pub(crate) c: &'a Chrome,
    pub(crate) v: &'a OutpatientLog,
}

impl LogPage<'_> {
    /// Each visit with its cells.
    fn rows(&self) -> Vec<(&LogRow, [String; HEADS.len()])> {
        self.v.rows.iter().zip(rows_of(self.c, self.v)).collect()
    }
}

/// Columns.
const HEADS: [&str; 13] = [
    "log-number",
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

fn cells(row: Row) -> [String; HEADS.len()] {
    let at_home = [row.address.as_str(), row.phone.as_str()];
    let at_home: Vec<&str> = at_home.into_iter().filter(|t| !t.is_empty()).collect();
    [
        row.entry.number,
        row.entry.when,
        row.entry.name,
        row.entry.sex,
        row.entry.age,
        at_home.join(" "),
        row.visit,
        row.complaint,
        row.diagnoses,
        row.treatment,
        row.doctor,
        row.onset,
        row.notifiable,
    ]
}

/// Its heads.
pub(crate) fn heads(c: &Chrome) -> [String; HEADS.len()] {
    HEADS.map(|key| c.t(key))
}

/// Its rows, as they are on the screen and in the sheet.
fn rows_of(c: &Chrome, v: &OutpatientLog) -> Vec<[String; HEADS.len()]> {
    rows(c, v).into_iter().map(cells).collect()
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
    let model = Model::outpatient_log(&by.chrome.chinese(), &v);
    let back = (
        format!("/outpatient-log?from={}&to={}", v.from, v.to),
        "log-title",
    );
    print_from(&by, Layout::OutpatientLog, (back, None), model).await
}

/// `GET /outpatient-log/xlsx?from=&to=`
pub(crate) async fn xlsx(by: Signed, uri: Uri) -> Answer {
    let v = log(&by, &uri).await?;
    let c = by.chrome.chinese();
    let table = Table {
        name: c.t("log-title"),
        heads: heads(&c).into(),
        rows: rows_of(&c, &v)
            .into_iter()
            .map(|row| row.map(Cell::Text).into())
            .collect(),
    };
    download(
        &by.chrome,
        &format!("outpatient-log-{}-{}", v.from, v.to),
        &[table],
    )
}
