//! 退一部分: what of a settled batch is given back. The first press shows what that comes to, the second
//! does it; what was changed in between is shown again.

#![expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "templates pass arguments by reference"
)]

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use cunyi_app::AppError;
use cunyi_app::views::{ChargeView, GiveBack, RefundForm, RefundView};
use cunyi_domain::ids::{BatchId, ChargeId};
use cunyi_domain::ledger::Payer;
use cunyi_domain::money::{Fen, Quantity};
use cunyi_domain::refusal::{Code, Refusal};

use super::follow::as_job;
use crate::chrome::Chrome;
use crate::fault::{Answer, Fault, html, status, words};
use crate::form::Form;
use crate::jobs::Kept;
use crate::session::{Posted, Signed};

#[derive(Template)]
#[template(path = "refund.html")]
pub(crate) struct RefundPage<'a> {
    pub(crate) c: &'a Chrome,
    pub(crate) r: &'a RefundView,
    pub(crate) typed: &'a Typed,
    pub(crate) problem: String,
}

/// What was typed, as it was typed.
#[derive(Default)]
pub(crate) struct Typed {
    /// Line, quantity, trace codes.
    pub(crate) lines: Vec<(String, String, String)>,
    pub(crate) reason: String,
    pub(crate) certificate: String,
}

impl Typed {
    fn of(form: &Form) -> Self {
        let lines = form.list("charge").into_iter().enumerate();
        let line = |(place, id): (usize, &str)| {
            let back = form.number(&format!("back.{place}"));
            (id.to_owned(), back, form.text(&format!("codes.{place}")))
        };
        Self {
            lines: lines.map(line).collect(),
            reason: form.text("reason"),
            certificate: form.text("certificate"),
        }
    }

    /// What was shown: what stays costs so much, and these quantities come back.
    fn seen(&self, total: Fen) -> String {
        let back = self.lines.iter().map(|(_, back, _)| back.as_str());
        let words: Vec<&str> = back.collect();
        format!("{total} {}", words.join(" "))
    }

    /// As the use case wants it; what is empty is not given back.
    fn read(&self) -> Result<RefundForm, Refusal> {
        let mut back = Vec::new();
        for (place, (id, typed, codes)) in self.lines.iter().enumerate() {
            let quantity = match typed.as_str() {
                "" => Quantity::ZERO,
                text => text
                    .parse()
                    .map_err(|_| Refusal::at(Code::BadNumber, "back").with("line", place + 1))?,
            };
            back.push(GiveBack {
                trace_codes: codes.clone(),
                ..GiveBack::of(&ChargeId(id.clone()), quantity)
            });
        }
        Ok(RefundForm {
            back,
            reason: self.reason.clone(),
            certificate: self.certificate.clone(),
        })
    }
}

impl RefundPage<'_> {
    fn line(&self, charge: &ChargeView) -> Option<&(String, String, String)> {
        let mut lines = self.typed.lines.iter();
        lines.find(|(id, ..)| id.as_str() == charge.id.as_str())
    }

    /// What was typed for a line; nothing is given back unless something is.
    pub(crate) fn back(&self, charge: &ChargeView) -> &str {
        self.line(charge).map_or("0", |(_, back, _)| back)
    }

    /// The codes that come back.
    pub(crate) fn codes(&self, charge: &ChargeView) -> &str {
        self.line(charge).map_or("", |(.., codes)| codes)
    }

    /// What the second press confirms.
    pub(crate) fn seen(&self, total: &Fen) -> String {
        self.typed.seen(*total)
    }

    /// True if the shares are our estimate: the centre is asked once it is done.
    pub(crate) fn estimated(&self) -> bool {
        self.r.batch.payer == Payer::Insured
    }
}

/// `GET /batches/{id}/refund`
pub(crate) async fn page(by: Signed, Path(id): Path<String>) -> Answer {
    show(&by, BatchId(id), &Typed::default(), None).await
}

async fn show(by: &Signed, id: BatchId, typed: &Typed, error: Option<AppError>) -> Answer {
    let fresh = RefundForm::default();
    let view = by.call(move |app, actor| app.refund(actor, &id, &fresh));
    let view = view.await?;
    let (status, problem) = error.map_or((StatusCode::OK, String::new()), |error| {
        (status(&error), words(&by.chrome, &error))
    });
    let page = RefundPage {
        c: &by.chrome,
        r: &view,
        typed,
        problem,
    };
    Ok(html(status, &page))
}

/// `POST /batches/{id}/refund`: shows what it comes to, or does what was shown.
pub(crate) async fn refund(Path(id): Path<String>, Posted { by, form, what }: Posted) -> Answer {
    let (batch, typed) = (BatchId(id), Typed::of(&form));
    let wanted = match typed.read() {
        Ok(wanted) => wanted,
        Err(refusal) => return show(&by, batch, &typed, Some(refusal.into())).await,
    };
    let (of, asked) = (batch.clone(), wanted.clone());
    let view = match by
        .ask(move |app, actor| app.refund(actor, &of, &asked))
        .await
    {
        Ok(view) => view,
        Err(error) if status(&error) == StatusCode::UNPROCESSABLE_ENTITY => {
            return show(&by, batch, &typed, Some(error)).await;
        }
        Err(error) => return Err(Fault::new(&by.chrome, error)),
    };
    let shown = view.estimate.map(|e| typed.seen(e.total));
    if shown.as_deref() == Some(form.get("seen")) {
        return as_job(by, what, view.visit, Kept::Nothing, move |app, actor, _| {
            app.reverse_part(actor, &batch, &wanted)
        })
        .await;
    }
    let page = RefundPage {
        c: &by.chrome,
        r: &view,
        typed: &typed,
        problem: String::new(),
    };
    Ok(html(StatusCode::OK, &page))
}
