//! Papers: prescription 处方笺, fee list 费用清单, settlement statement 结算单, on A5. They are
//! Chinese in every language of the screen: a patient and an inspector read them.

#![expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "templates pass arguments by reference"
)]

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use cunyi_app::views::{BatchView, ChargeView, Paper, Statement};
use cunyi_domain::ids::{BatchId, VisitId};
use cunyi_domain::ledger::ItemKind;
use cunyi_domain::money::{Fen, Rate, format_decimal};

use super::workstation::Settle;
use crate::chrome::Chrome;
use crate::fault::{Answer, html};
use crate::session::Signed;

/// Drugs on one prescription (处方管理办法 art. 6: not more than five).
const DRUGS_A_SHEET: usize = 5;

/// The frame of a paper: `c` is Chinese, `ui` the screen's language.
#[derive(Template)]
#[template(path = "print_prescription.html")]
pub(crate) struct PrescriptionPage<'a> {
    pub(crate) c: &'a Chrome,
    pub(crate) ui: &'a Chrome,
    pub(crate) p: &'a Paper,
    pub(crate) sheets: Vec<Vec<&'a ChargeView>>,
}

#[derive(Template)]
#[template(path = "print_fee_list.html")]
pub(crate) struct FeeListPage<'a> {
    pub(crate) c: &'a Chrome,
    pub(crate) ui: &'a Chrome,
    pub(crate) p: &'a Paper,
    pub(crate) settle: Settle<'a>,
}

#[derive(Template)]
#[template(path = "print_statement.html")]
pub(crate) struct StatementPage<'a> {
    pub(crate) c: &'a Chrome,
    pub(crate) ui: &'a Chrome,
    pub(crate) p: &'a Paper,
    pub(crate) s: &'a Statement,
}

impl<'a> PrescriptionPage<'a> {
    /// Of a visit's drugs, five a sheet.
    pub(crate) fn new(c: &'a Chrome, ui: &'a Chrome, p: &'a Paper) -> Self {
        let drugs: Vec<_> = p
            .visit
            .charges
            .iter()
            .filter(|c| c.kind == ItemKind::Drug)
            .collect();
        let mut sheets: Vec<Vec<_>> = drugs.chunks(DRUGS_A_SHEET).map(<[_]>::to_vec).collect();
        if sheets.is_empty() {
            sheets.push(Vec::new());
        }
        Self { c, ui, p, sheets }
    }
}

impl FeeListPage<'_> {
    /// Lines of a batch.
    pub(crate) fn lines(&self, batch: &BatchView) -> Vec<&ChargeView> {
        self.p
            .visit
            .charges
            .iter()
            .filter(|line| line.batch == batch.position)
            .collect()
    }

    /// Sum of one amount of all lines.
    pub(crate) fn sum(&self, of: fn(&ChargeView) -> Fen) -> Fen {
        self.p.visit.charges.iter().map(of).sum()
    }

    /// Sums of amount, pay-first, own pay (over the ceiling included), fund and the patient's part.
    pub(crate) fn sums(&self) -> [Fen; 5] {
        [
            self.sum(|l| l.amount),
            self.sum(|l| l.pay_first),
            self.sum(|l| l.own_pay + l.over_limit),
            self.sum(|l| l.fund),
            self.sum(|l| l.amount - l.fund),
        ]
    }
}

/// Sum of a sheet's lines.
pub(crate) fn sum(sheet: &[&ChargeView]) -> Fen {
    sheet.iter().map(|line| line.amount).sum()
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
    Ok(html(
        StatusCode::OK,
        &PrescriptionPage::new(&by.chrome.chinese(), &by.chrome, &p),
    ))
}

/// `GET /visits/{id}/print/fee-list`
pub(crate) async fn fee_list(by: Signed, Path(id): Path<String>) -> Answer {
    let p = paper(&by, id).await?;
    let settle = Settle {
        batches: &p.visit.batches,
    };
    let c = by.chrome.chinese();
    Ok(html(
        StatusCode::OK,
        &FeeListPage {
            c: &c,
            ui: &by.chrome,
            p: &p,
            settle,
        },
    ))
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
