//! Papers: prescription 处方笺, fee list 费用清单, settlement statement 结算单, history 就诊记录, on
//! A5. They are Chinese in every language of the screen: a patient and an inspector read them.

#![expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "templates pass arguments by reference"
)]

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use cunyi_app::views::{
    Age, Basis, BatchView, ChargeView, GoodsView, Paper, PatientView, PaymentView, Statement,
};
use cunyi_domain::batch::BatchState;
use cunyi_domain::ids::{BatchId, EntryId, PatientId, VisitId};
use cunyi_domain::ledger::{PaymentKind, Prescription, VisitState};
use cunyi_domain::money::{Fen, Rate, apportion, format_decimal};
use cunyi_domain::time::Moment;

use super::settling::Settle;
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
    /// Of a visit's drugs: each kind of prescription on sheets of its own, five drugs a sheet.
    pub(crate) fn new(c: &'a Chrome, ui: &'a Chrome, p: &'a Paper) -> Self {
        let mut sheets: Vec<Vec<_>> = Vec::new();
        for kind in [Prescription::Western, Prescription::Infusion] {
            let of_kind = |c: &&ChargeView| cunyi_catalogue::prescription(c.kind, &c.route) == kind;
            let drugs: Vec<_> = p.given.iter().filter(of_kind).collect();
            sheets.extend(drugs.chunks(DRUGS_A_SHEET).map(<[_]>::to_vec));
        }
        if sheets.is_empty() {
            sheets.push(Vec::new());
        }
        Self { c, ui, p, sheets }
    }
}

/// A line of the fee list with its 分摊 of what is paid for its batch as a whole.
pub(crate) struct SharedLine<'a> {
    pub(crate) line: &'a ChargeView,
    pub(crate) account: Fen,
    pub(crate) cash: Fen,
}

/// Shares a batch's account and cash out over what its lines leave to the patient, by largest
/// remainder, so that each column sums to the batch. What a hospital bears is in neither.
pub(crate) fn shared<'a>(batch: &BatchView, lines: Vec<&'a ChargeView>) -> Vec<SharedLine<'a>> {
    let weights = |parts: &[Fen]| parts.iter().map(|fen| fen.0).collect::<Vec<_>>();
    let personal: Vec<Fen> = lines.iter().map(|l| l.amount - l.fund).collect();
    let accounts = apportion(batch.account, &weights(&personal));
    let rest: Vec<Fen> = personal
        .iter()
        .zip(&accounts)
        .map(|(p, a)| *p - *a)
        .collect();
    let cash = apportion(super::settling::cash(batch), &weights(&rest));
    let parts = accounts.into_iter().zip(cash);
    lines
        .into_iter()
        .zip(parts)
        .map(|(line, (account, cash))| SharedLine {
            line,
            account,
            cash,
        })
        .collect()
}

/// The columns of the fee list that are summed.
const COLUMNS: [fn(&SharedLine<'_>) -> Fen; 8] = [
    |l| l.line.amount,
    |l| l.line.over_limit,
    |l| l.line.own_pay,
    |l| l.line.pay_first,
    |l| l.line.in_scope,
    |l| l.line.fund,
    |l| l.account,
    |l| l.cash,
];

impl SharedLine<'_> {
    /// Its amounts, in the order of the columns.
    pub(crate) fn amounts(&self) -> [Fen; 8] {
        COLUMNS.map(|column| column(self))
    }
}

impl FeeListPage<'_> {
    /// Lines of a batch.
    pub(crate) fn lines(&self, batch: &BatchView) -> Vec<SharedLine<'_>> {
        let of_batch = |line: &&ChargeView| line.batch == batch.position;
        let lines = self.p.visit.charges.iter().filter(of_batch).collect();
        shared(batch, lines)
    }

    /// Sums of the columns. What was paid back is listed and not summed.
    pub(crate) fn sums(&self) -> [Fen; 8] {
        let counts = |b: &&BatchView| b.state != BatchState::Reversed;
        let batches = self.p.visit.batches.iter().filter(counts);
        let lines: Vec<SharedLine<'_>> = batches.flat_map(|b| self.lines(b)).collect();
        COLUMNS.map(|column| lines.iter().map(column).sum())
    }

    /// What the workings rest on, each once.
    pub(crate) fn bases(&self) -> Vec<&Basis> {
        let workings = self
            .p
            .visit
            .batches
            .iter()
            .filter_map(|b| b.working.as_ref());
        let mut bases: Vec<&Basis> = workings.map(|w| &w.basis).collect();
        bases.dedup();
        bases
    }

    /// True while something is not settled: the list is no receipt then.
    pub(crate) fn open(&self) -> bool {
        self.p.visit.batches.iter().any(|b| !b.state.is_final())
    }
}

impl PrescriptionPage<'_> {
    /// 儿科处方 for those under fourteen (处方管理办法 annex 1).
    pub(crate) fn child(&self) -> bool {
        match self.p.visit.patient.age {
            Age::Years(years) => years < 14,
            Age::Months(_) | Age::Days(_) => true,
            Age::Unknown => false,
        }
    }

    /// Why this is no prescription to dispense from; nothing where it is one.
    pub(crate) fn void(&self) -> Option<&'static str> {
        if self.p.visit.state == VisitState::Cancelled {
            Some("paper-cancelled")
        } else if self.p.visit.batches.is_empty() {
            Some("paper-unsigned")
        } else if !self.p.visit.frozen {
            Some("paper-paid-back")
        } else {
            None
        }
    }
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
    let settle = Settle::of(&p.visit);
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
