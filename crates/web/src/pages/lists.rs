//! Lists: today in figures, the stock, what was said with the centre.

#![expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "templates pass arguments by reference"
)]

use askama::Template;
use axum::extract::Path;
use axum::http::{StatusCode, Uri};
use cunyi_app::views::{AccessView, DayView, MessageView, StockView};
use cunyi_domain::ids::VisitId;
use cunyi_domain::ledger::SettlementKind;
use cunyi_domain::money::Fen;
use cunyi_domain::time::civil::Date;
use cunyi_domain::time::parse_date;

use crate::chrome::Chrome;
use crate::fault::{Answer, html};
use crate::form::Form;
use crate::session::Signed;

#[derive(Template)]
#[template(path = "today.html")]
pub(crate) struct TodayPage<'a> {
    pub(crate) c: &'a Chrome,
    pub(crate) day: Date,
    pub(crate) d: &'a DayView,
}

/// An amount as it counts in the sum: a reversal's is taken off.
pub(crate) fn signed(kind: &SettlementKind, amount: &Fen) -> Fen {
    match kind {
        SettlementKind::Settlement => *amount,
        SettlementKind::Reversal => -*amount,
    }
}

#[derive(Template)]
#[template(path = "stock.html")]
pub(crate) struct StockPage<'a> {
    pub(crate) c: &'a Chrome,
    pub(crate) drugs: &'a [StockView],
}

#[derive(Template)]
#[template(path = "accesses.html")]
pub(crate) struct AccessesPage<'a> {
    pub(crate) c: &'a Chrome,
    pub(crate) log: &'a [AccessView],
}

#[derive(Template)]
#[template(path = "messages.html")]
pub(crate) struct MessagesPage<'a> {
    pub(crate) c: &'a Chrome,
    pub(crate) visit: &'a VisitId,
    pub(crate) messages: &'a [MessageView],
}

/// `GET /today?day=yyyy-MM-dd`
pub(crate) async fn today(by: Signed, uri: Uri) -> Answer {
    let form = Form::parse(uri.query().unwrap_or_default().as_bytes()).unwrap_or_default();
    let day = parse_date(form.get("day")).unwrap_or_else(|| by.chrome.now.date());
    let d = by.call(move |app, actor| app.today(actor, day)).await?;
    Ok(html(
        StatusCode::OK,
        &TodayPage {
            c: &by.chrome,
            day,
            d: &d,
        },
    ))
}

/// `GET /stock`
pub(crate) async fn stock(by: Signed) -> Answer {
    let drugs = by.call(cunyi_app::App::stock).await?;
    Ok(html(
        StatusCode::OK,
        &StockPage {
            c: &by.chrome,
            drugs: &drugs,
        },
    ))
}

/// `GET /accesses`: who looked, signed in or was turned away.
pub(crate) async fn accesses(by: Signed) -> Answer {
    let log = by.call(cunyi_app::App::access_log).await?;
    let page = AccessesPage {
        c: &by.chrome,
        log: &log,
    };
    Ok(html(StatusCode::OK, &page))
}

/// `GET /visits/{id}/messages`
pub(crate) async fn messages(by: Signed, Path(id): Path<String>) -> Answer {
    let visit = VisitId(id);
    let asked = visit.clone();
    let messages = by
        .call(move |app, actor| app.messages(actor, &asked))
        .await?;
    Ok(html(
        StatusCode::OK,
        &MessagesPage {
            c: &by.chrome,
            visit: &visit,
            messages: &messages,
        },
    ))
}
