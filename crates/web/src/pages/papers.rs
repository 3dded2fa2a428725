//! Papers: prescription 处方笺, fee list 费用清单, settlement statement 结算单, history 就诊记录, on
//! A5. They are Chinese in every language of the screen: a patient and an inspector read them.

#![expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "templates pass arguments by reference"
)]

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use cunyi_app::views::{BatchView, GoodsView, Paper, PatientView, PaymentView, Statement};
use cunyi_app::{AppError, Layout};
use cunyi_domain::ids::{BatchId, EntryId, PatientId, VisitId};
use cunyi_domain::ledger::PaymentKind;
use cunyi_domain::money::{Rate, format_decimal};
use cunyi_domain::time::Moment;

use crate::chrome::Chrome;
use crate::fault::{Answer, Fault, html};
use crate::layout::{self, Model};
use crate::session::Signed;

/// A paper that a layout made, in its frame. `c` is Chinese on papers, `ui` the screen's language.
#[derive(Template)]
#[template(path = "print_paper.html")]
pub(crate) struct PaperPage<'a> {
    pub(crate) ui: &'a Chrome,
    pub(crate) title: String,
    pub(crate) visit: &'a VisitId,
    pub(crate) paper: String,
}

#[derive(Template)]
#[template(path = "print_statement.html")]
pub(crate) struct StatementPage<'a> {
    pub(crate) c: &'a Chrome,
    pub(crate) ui: &'a Chrome,
    pub(crate) p: &'a Paper,
    pub(crate) s: &'a Statement,
}

/// A patient's visits on paper.
#[derive(Template)]
#[template(path = "print_history.html")]
pub(crate) struct HistoryPage<'a> {
    pub(crate) c: &'a Chrome,
    pub(crate) ui: &'a Chrome,
    pub(crate) h: &'a PatientView,
    pub(crate) printed_at: Moment,
}

impl HistoryPage<'_> {
    /// The clinic that prints it.
    pub(crate) fn clinic(&self) -> &str {
        let session = self.c.session.as_ref();
        session.map_or("", |s| s.clinic_name.as_str())
    }
}

/// `GET /patients/{id}/print/history`
pub(crate) async fn history(by: Signed, Path(id): Path<String>) -> Answer {
    let h = by
        .call(move |app, actor| app.patient(actor, &PatientId(id)))
        .await?;
    let page = HistoryPage {
        c: &by.chrome.chinese(),
        ui: &by.chrome,
        h: &h,
        printed_at: by.chrome.now,
    };
    Ok(html(StatusCode::OK, &page))
}

/// 70%
pub(crate) fn percent(rate: &Rate) -> String {
    format!("{}%", format_decimal(rate.0, 4, 0))
}

async fn paper(by: &Signed, id: String) -> Result<Paper, crate::fault::Fault> {
    by.call(move |app, actor| app.paper(actor, &VisitId(id)))
        .await
}

/// `GET /visits/{id}/print/prescription`
pub(crate) async fn prescription(by: Signed, Path(id): Path<String>) -> Answer {
    let p = paper(&by, id).await?;
    let model = Model::prescription(&by.chrome.chinese(), &p);
    print(&by, Layout::Prescription, &p, model).await
}

/// `GET /visits/{id}/print/fee-list`
pub(crate) async fn fee_list(by: Signed, Path(id): Path<String>) -> Answer {
    let p = paper(&by, id).await?;
    let model = Model::fee_list(&by.chrome.chinese(), &p);
    print(&by, Layout::FeeList, &p, model).await
}

async fn print(by: &Signed, layout: Layout, p: &Paper, model: Model) -> Answer {
    let own = by.call(move |app, actor| app.layout(actor, layout)).await?;
    let c = by.chrome.chinese();
    let paper = layout::paper(layout, own.as_deref(), model, &c).map_err(|wrong| {
        let what = format!("the layout {layout} cannot be printed: {}", wrong.why);
        Fault::new(&by.chrome, AppError::Failed(what))
    })?;
    let page = PaperPage {
        ui: &by.chrome,
        title: c.t(layout::title(layout)),
        visit: &p.visit.visit,
        paper,
    };
    Ok(html(StatusCode::OK, &page))
}

/// 押金单, 退款单, 收款单
#[derive(Template)]
#[template(path = "print_payment.html")]
pub(crate) struct PaymentPage<'a> {
    pub(crate) c: &'a Chrome,
    pub(crate) ui: &'a Chrome,
    pub(crate) p: &'a Paper,
    pub(crate) made: &'a PaymentView,
    pub(crate) by: &'a str,
}

impl PaymentPage<'_> {
    /// What it is called.
    pub(crate) fn title(&self) -> String {
        self.c.t(match self.made.kind {
            PaymentKind::Deposit => "paper-deposit",
            PaymentKind::PaidBack | PaymentKind::Returned => "paper-refund",
            PaymentKind::Paid | PaymentKind::Collected => "paper-receipt",
        })
    }

    /// What came back of the goods, on a slip of money given back.
    pub(crate) fn returned(&self) -> Vec<&GoodsView> {
        let back = matches!(
            self.made.kind,
            PaymentKind::PaidBack | PaymentKind::Returned
        );
        let goods = self.p.visit.goods.iter();
        goods.filter(|g| back && g.came_back()).collect()
    }

    /// The batches that a deposit is for.
    pub(crate) fn unsettled(&self) -> Vec<&BatchView> {
        let batches = self.p.visit.batches.iter();
        batches.filter(|b| b.state.is_unsettled()).collect()
    }
}

/// `GET /payments/{id}/print`
pub(crate) async fn payment(by: Signed, Path(id): Path<String>) -> Answer {
    let slip = by
        .call(move |app, actor| app.payment_slip(actor, &EntryId(id)))
        .await?;
    let page = PaymentPage {
        c: &by.chrome.chinese(),
        ui: &by.chrome,
        p: &slip.paper,
        made: &slip.payment,
        by: &slip.by,
    };
    Ok(html(StatusCode::OK, &page))
}

/// `GET /batches/{id}/print/statement`
pub(crate) async fn statement(by: Signed, Path(id): Path<String>) -> Answer {
    let s = by
        .call(move |app, actor| app.statement(actor, &BatchId(id)))
        .await?;
    let c = by.chrome.chinese();
    Ok(html(
        StatusCode::OK,
        &StatementPage {
            c: &c,
            ui: &by.chrome,
            p: &s.paper,
            s: &s,
        },
    ))
}
