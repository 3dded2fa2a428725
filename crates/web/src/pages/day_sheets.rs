//! 日结单, on A5 and on 80 mm.

use axum::http::Uri;
use cunyi_app::{AppError, Layout};
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_domain::time::parse_date;

use super::papers::{print_from, size};
use crate::fault::{Answer, Fault};
use crate::form::Form;
use crate::layout::Model;
use crate::session::Signed;

/// `GET /day/sheet?day=yyyy-MM-dd`
pub(crate) async fn sheet(by: Signed, uri: Uri) -> Answer {
    print(by, &uri, Layout::DaySheet).await
}

/// `GET /day/sheet-roll?day=yyyy-MM-dd`
pub(crate) async fn roll(by: Signed, uri: Uri) -> Answer {
    print(by, &uri, Layout::DaySheetRoll).await
}

async fn print(by: Signed, uri: &Uri, layout: Layout) -> Answer {
    let form = Form::parse(uri.query().unwrap_or_default().as_bytes()).unwrap_or_default();
    let day = match form.get("day") {
        "" => Some(by.chrome.now.date()),
        text => parse_date(text),
    };
    let Some(day) = day else {
        let refusal = Refusal::at(Code::BadText, "day");
        return Err(Fault::new(&by.chrome, AppError::Refused(refusal)));
    };
    let v = by.call(move |app, actor| app.day_sheet(actor, day)).await?;
    let model = Model::day_sheet(&by.chrome.chinese(), &v);
    let back = (format!("/day/reconcile?day={day}"), "reconcile-title");
    let size = size(layout).map(|(path, key)| (format!("{path}?day={day}"), key));
    print_from(&by, layout, (back, size), model).await
}
