//! Papers: prescription 处方笺, fee list 费用清单, settlement statement 结算单, slips, history 就诊记录, on A5, two
//! of them on 80 mm too. They are Chinese in every language of the screen: a patient and an inspector
//! read them.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use cunyi_app::views::{Paper, PatientView};
use cunyi_app::{AppError, Layout};
use cunyi_domain::ids::{BatchId, EntryId, PatientId, VisitId};
use cunyi_domain::refusal::{Code, Refusal};
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
    /// The page it came from, and the key of its words.
    pub(crate) back: (String, &'static str),
    /// Where it stands in the other size, and the key of that size.
    pub(crate) size: Option<(String, &'static str)>,
    pub(crate) paper: String,
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
        session.map_or("", |s| s.clinic.name.as_str())
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

async fn paper(by: &Signed, id: String) -> Result<Paper, crate::fault::Fault> {
    by.call(move |app, actor| app.paper(actor, &VisitId(id)))
        .await
}

/// `GET /visits/{id}/print/prescription`
pub(crate) async fn prescription(by: Signed, Path(id): Path<String>) -> Answer {
    let p = paper(&by, id).await?;
    let model = Model::prescription(&by.chrome.chinese(), &p);
    print(&by, Layout::Prescription, &p.visit.visit, model).await
}

/// `GET /visits/{id}/print/fee-list`
pub(crate) async fn fee_list(by: Signed, path: Path<String>) -> Answer {
    fee_list_by(by, path, Layout::FeeList).await
}

/// `GET /visits/{id}/print/fee-list-roll`
pub(crate) async fn fee_list_roll(by: Signed, path: Path<String>) -> Answer {
    fee_list_by(by, path, Layout::FeeListRoll).await
}

async fn fee_list_by(by: Signed, Path(id): Path<String>, layout: Layout) -> Answer {
    let p = paper(&by, id).await?;
    let model = Model::fee_list(&by.chrome.chinese(), &p);
    print(&by, layout, &p.visit.visit, model).await
}

/// `GET /visits/{id}/print/infusion-card`
pub(crate) async fn infusion_card(by: Signed, path: Path<String>) -> Answer {
    infusion_card_by(by, path, Layout::InfusionCard).await
}

/// `GET /visits/{id}/print/infusion-card-roll`
pub(crate) async fn infusion_card_roll(by: Signed, path: Path<String>) -> Answer {
    infusion_card_by(by, path, Layout::InfusionCardRoll).await
}

async fn infusion_card_by(by: Signed, Path(id): Path<String>, layout: Layout) -> Answer {
    let p = paper(&by, id).await?;
    let model = Model::infusion_card(&by.chrome.chinese(), &p);
    print(&by, layout, &p.visit.visit, model).await
}

/// `GET /visits/{id}/print/own-pay-consent`
pub(crate) async fn consent(by: Signed, Path(id): Path<String>) -> Answer {
    let p = paper(&by, id).await?;
    let model = Model::consent(&by.chrome.chinese(), &p);
    print(&by, Layout::Consent, &p.visit.visit, model).await
}

/// `GET /batches/{id}/print/statement`
pub(crate) async fn statement(by: Signed, path: Path<String>) -> Answer {
    statement_by(by, path, Layout::Statement).await
}

/// `GET /batches/{id}/print/statement-roll`
pub(crate) async fn statement_roll(by: Signed, path: Path<String>) -> Answer {
    statement_by(by, path, Layout::StatementRoll).await
}

async fn statement_by(by: Signed, Path(id): Path<String>, layout: Layout) -> Answer {
    let s = by
        .call(move |app, actor| app.statement(actor, &BatchId(id)))
        .await?;
    let model = Model::statement(&by.chrome.chinese(), &s);
    print(&by, layout, &s.paper.visit.visit, model).await
}

/// `GET /payments/{id}/print`
pub(crate) async fn payment(by: Signed, path: Path<String>) -> Answer {
    payment_by(by, path, Layout::Slip).await
}

/// `GET /payments/{id}/print/roll`
pub(crate) async fn payment_roll(by: Signed, path: Path<String>) -> Answer {
    payment_by(by, path, Layout::SlipRoll).await
}

async fn payment_by(by: Signed, Path(id): Path<String>, layout: Layout) -> Answer {
    let slip = by
        .call(move |app, actor| app.payment_slip(actor, &EntryId(id)))
        .await?;
    let model = Model::slip(&by.chrome.chinese(), &slip);
    print(&by, layout, &slip.paper.visit.visit, model).await
}

/// A paper of a visit.
pub(super) async fn print(by: &Signed, layout: Layout, visit: &VisitId, model: Model) -> Answer {
    let back = (super::visit_path(visit), "back-visit");
    let size = size(layout).map(|(path, key)| (path.to_owned(), key));
    print_from(by, layout, (back, size), model).await
}

/// The page a paper came from, and where it stands in the other size, each with the key of its words.
type Around = ((String, &'static str), Option<(String, &'static str)>);

/// A paper with the ways that lead on from it.
pub(super) async fn print_from(
    by: &Signed,
    layout: Layout,
    (back, size): Around,
    model: Model,
) -> Answer {
    let own = by.call(move |app, actor| app.layout(actor, layout)).await?;
    let c = by.chrome.chinese();
    let title = model.title(&c, layout);
    let paper = layout::paper(layout, own.as_deref(), model, &c).map_err(|wrong| {
        if wrong.too_much() {
            let refusal = Refusal::new(Code::PaperTooLong);
            return Fault::new(&by.chrome, AppError::Refused(refusal));
        }
        let what = format!("the layout {layout} cannot be printed: {}", wrong.why);
        Fault::new(&by.chrome, AppError::Failed(what))
    })?;
    let page = PaperPage {
        ui: &by.chrome,
        title,
        back,
        size,
        paper,
    };
    Ok(html(StatusCode::OK, &page))
}

/// Where the same stands on paper of the other size, from where it is, and the key of that size.
pub(crate) const fn size(layout: Layout) -> Option<(&'static str, &'static str)> {
    match layout {
        Layout::FeeList => Some(("fee-list-roll", "print-roll")),
        Layout::FeeListRoll => Some(("fee-list", "print-sheet")),
        Layout::Statement => Some(("statement-roll", "print-roll")),
        Layout::StatementRoll => Some(("statement", "print-sheet")),
        Layout::Slip => Some(("print/roll", "print-roll")),
        Layout::SlipRoll => Some(("../print", "print-sheet")),
        Layout::DaySheet => Some(("sheet-roll", "print-roll")),
        Layout::DaySheetRoll => Some(("sheet", "print-sheet")),
        Layout::InfusionCard => Some(("infusion-card-roll", "print-roll")),
        Layout::InfusionCardRoll => Some(("infusion-card", "print-sheet")),
        // A receipt's number is taken for the paper that it is printed on.
        Layout::Receipt
        | Layout::ReceiptRoll
        | Layout::Prescription
        | Layout::InfusionRegister
        | Layout::OutpatientLog
        | Layout::Referral
        | Layout::Consent => None,
    }
}
