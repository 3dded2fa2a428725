//! A period in figures: on the screen with charts, on paper, as xlsx.

#![expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "templates pass arguments by reference"
)]

mod tables;

use std::sync::Arc;

use askama::Template;
use axum::http::{StatusCode, Uri};
use cunyi_app::AppError;
use cunyi_app::views::{DaySums, ReportView, Took};
use cunyi_domain::money::Fen;
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_domain::time::civil::Date;
use cunyi_domain::time::{Moment, parse_date};

use crate::chart::{Chart, Data, Series, Shape};
use crate::chrome::Chrome;
use crate::fault::{Answer, Fault, html};
use crate::form::Form;
use crate::session::Signed;
use crate::sheet::download;

/// Days that are shown one by one; a longer period is shown month by month.
const DAYS: usize = 62;
/// Most rows of a list on the screen and on paper; all of them are in the xlsx.
const MOST_ROWS: usize = 30;

#[derive(Template)]
#[template(path = "report.html")]
pub(crate) struct ReportPage<'a> {
    pub(crate) c: &'a Chrome,
    pub(crate) v: &'a ReportView,
    pub(crate) money: Chart,
    pub(crate) visits: Chart,
    pub(crate) hours: Chart,
    pub(crate) periods: Vec<(&'static str, Date, Date)>,
}

#[derive(Template)]
#[template(path = "print_report.html")]
pub(crate) struct ReportPaper<'a> {
    pub(crate) c: &'a Chrome,
    pub(crate) ui: &'a Chrome,
    pub(crate) v: &'a ReportView,
    pub(crate) printed_at: Moment,
}

/// The first of something that are shown.
pub(crate) fn first<T>(all: &[T]) -> &[T] {
    &all[..all.len().min(MOST_ROWS)]
}

/// 38.5%, of the finished visits; a dash of none.
pub(crate) fn share(part: &i64, whole: &i64) -> String {
    per_mille(*part, *whole).map_or_else(|| "–".to_owned(), written_share)
}

fn per_mille(part: i64, whole: i64) -> Option<i64> {
    let mille = i128::from(part) * 1000;
    let whole = i128::from(whole);
    (whole > 0).then(|| i64::try_from((mille + whole / 2) / whole).unwrap_or(0))
}

fn written_share(mille: i64) -> String {
    format!("{}.{}%", mille / 10, mille % 10)
}

/// The name of a fee heading.
pub(crate) fn heading(c: &Chrome, code: &str) -> String {
    c.label(crate::labels::HEADINGS, code)
}

/// The period that is asked for: from the usual day to today where none is.
pub(crate) fn period(c: &Arc<Chrome>, uri: &Uri, usual: Date) -> Result<(Date, Date), Fault> {
    let form = Form::parse(uri.query().unwrap_or_default().as_bytes()).unwrap_or_default();
    let today = c.now.date();
    let read = |field: &'static str, usual: Date| match form.get(field) {
        "" => Ok(usual),
        text => parse_date(text).ok_or(Refusal::at(Code::BadText, field)),
    };
    let both = read("from", usual).and_then(|from| Ok((from, read("to", today)?)));
    both.map_err(|refusal| Fault::new(c, AppError::Refused(refusal)))
}

/// The period of a report: this month where none is asked for.
fn of_report(by: &Signed, uri: &Uri) -> Result<(Date, Date), Fault> {
    period(&by.chrome, uri, by.chrome.now.date().first_of_month())
}

/// Periods that are asked for often.
fn periods(today: Date) -> Vec<(&'static str, Date, Date)> {
    let month = today.first_of_month();
    let before = month.yesterday().unwrap_or(month);
    let year = today.first_of_year();
    vec![
        ("report-today", today, today),
        ("report-month", month, today),
        ("report-last-month", before.first_of_month(), before),
        ("report-year", year, today),
    ]
}

/// `GET /reports?from=yyyy-MM-dd&to=yyyy-MM-dd`
pub(crate) async fn page(by: Signed, uri: Uri) -> Answer {
    let (from, to) = of_report(&by, &uri)?;
    let v = by
        .call(move |app, actor| app.report(actor, from, to))
        .await?;
    Ok(html(StatusCode::OK, &shown(&by.chrome, &v)))
}

/// The page of a report.
pub(crate) fn shown<'a>(c: &'a Chrome, v: &'a ReportView) -> ReportPage<'a> {
    let steps = steps(v);
    let places: Vec<String> = steps.iter().map(|(word, _, _)| word.clone()).collect();
    let money = |name: &str, class, of: fn(&Took) -> Fen| Series {
        name: c.t(name),
        class,
        values: steps.iter().map(|(_, _, took)| Some(of(took).0)).collect(),
    };
    let counted = |title: &str, places: Vec<String>, values: Vec<Option<i64>>| {
        Chart::new(Data {
            title: c.t(title),
            shape: Shape::Bars,
            places,
            series: vec![Series {
                name: c.t("visits"),
                class: "a",
                values,
            }],
            marks: vec![],
            floor: 0,
            written: |value| value.to_string(),
        })
    };
    let visits = steps.iter().map(|(_, visits, _)| Some(*visits)).collect();
    let hours = || v.hours.iter().enumerate().skip(6).take(15);
    ReportPage {
        c,
        v,
        money: Chart::new(Data {
            title: c.t("report-chart-money"),
            shape: Shape::Line,
            places: places.clone(),
            series: vec![
                money("total", "a", |took| took.total),
                money("fund", "b", |took| took.fund),
            ],
            marks: vec![],
            floor: 0,
            written: |fen| (fen / 100).to_string(),
        }),
        visits: counted("report-chart-visits", places, visits),
        hours: counted(
            "report-chart-hours",
            hours().map(|(hour, _)| hour.to_string()).collect(),
            hours().map(|(_, visits)| Some(*visits)).collect(),
        ),
        periods: periods(c.now.date()),
    }
}

/// Days, or months of a longer period: a word each, visits, money.
fn steps(v: &ReportView) -> Vec<(String, i64, Took)> {
    let long = v.days.len() > DAYS;
    let word = |day: &DaySums| {
        let form = if long { "%y-%m" } else { "%m-%d" };
        day.day.strftime(form).to_string()
    };
    let mut all: Vec<(String, i64, Took)> = Vec::new();
    for day in &v.days {
        let word = word(day);
        match all.last_mut().filter(|(last, _, _)| *last == word) {
            Some((_, visits, took)) => {
                *visits += day.visits;
                *took += day.took;
            }
            None => all.push((word, day.visits, day.took)),
        }
    }
    all
}

/// `GET /reports/print?from=&to=`
pub(crate) async fn print(by: Signed, uri: Uri) -> Answer {
    let (from, to) = of_report(&by, &uri)?;
    let v = by
        .call(move |app, actor| app.report(actor, from, to))
        .await?;
    let paper = by.chrome.chinese();
    Ok(html(
        StatusCode::OK,
        &ReportPaper {
            c: &paper,
            ui: &by.chrome,
            v: &v,
            printed_at: by.chrome.now,
        },
    ))
}

/// `GET /reports/xlsx?from=&to=`
pub(crate) async fn xlsx(by: Signed, uri: Uri) -> Answer {
    let (from, to) = of_report(&by, &uri)?;
    let v = by
        .call(move |app, actor| app.report(actor, from, to))
        .await?;
    let name = format!("report-{from}-{to}");
    download(&by.chrome, &name, &tables::tables(&by.chrome, &v))
}
