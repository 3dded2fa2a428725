//! 转诊单: written on a page of its own, printed on A5.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use cunyi_app::views::{ReferralForm, Referrals};
use cunyi_app::{AppError, Layout};
use cunyi_domain::ids::VisitId;

use super::papers;
use crate::chrome::Chrome;
use crate::fault::{Answer, Fault, html, status, words};
use crate::layout::Model;
use crate::session::{Posted, Signed};

#[derive(Template)]
#[template(path = "referral.html")]
pub(crate) struct ReferralPage<'a> {
    pub(crate) c: &'a Chrome,
    pub(crate) v: &'a Referrals,
    /// What stands in the fields.
    pub(crate) typed: &'a ReferralForm,
    pub(crate) problem: String,
}

impl ReferralPage<'_> {
    /// True if who reads it can write one.
    pub(crate) fn open(&self) -> bool {
        self.v.open && self.c.may(cunyi_app::Action::Treat)
    }
}

/// What stands in the fields to begin with: what was written last, else what the record says was done.
pub(crate) fn begun(v: &Referrals) -> ReferralForm {
    let last = v.recorded.first().map(|one| one.said.clone());
    last.unwrap_or_else(|| ReferralForm {
        treated: v.paper.visit.draft.advice.clone(),
        ..ReferralForm::default()
    })
}

async fn view(by: &Signed, visit: VisitId) -> Result<Referrals, Fault> {
    by.call(move |app, actor| app.referrals(actor, &visit))
        .await
}

/// `GET /visits/{id}/referral`
pub(crate) async fn page(by: Signed, Path(id): Path<String>) -> Answer {
    let v = view(&by, VisitId(id)).await?;
    let page = ReferralPage {
        c: &by.chrome,
        v: &v,
        typed: &begun(&v),
        problem: String::new(),
    };
    Ok(html(StatusCode::OK, &page))
}

/// `POST /visits/{id}/referral`
pub(crate) async fn refer(Path(id): Path<String>, Posted { by, form, .. }: Posted) -> Answer {
    let visit = VisitId(id);
    let typed = ReferralForm {
        urgent: form.ticked("urgent"),
        destination: form.text("destination"),
        reason: form.text("referral_reason"),
        treated: form.text("treated"),
    };
    let (of, said) = (visit.clone(), typed.clone());
    let error = match by.ask(move |app, actor| app.refer(actor, &of, &said)).await {
        Ok(()) => {
            return Ok(super::to(&format!(
                "{}/referral",
                super::visit_path(&visit)
            )));
        }
        Err(error) => error,
    };
    if !matches!(&error, AppError::Refused(refusal) if refusal.field.is_some()) {
        return Err(Fault::new(&by.chrome, error));
    }
    let v = view(&by, visit).await?;
    let page = ReferralPage {
        c: &by.chrome,
        v: &v,
        typed: &typed,
        problem: words(&by.chrome, &error),
    };
    Ok(html(status(&error), &page))
}

/// `GET /visits/{id}/referral/print`
pub(crate) async fn print(by: Signed, Path(id): Path<String>) -> Answer {
    let v = view(&by, VisitId(id)).await?;
    let model = Model::referral(&by.chrome.chinese(), &v);
    papers::print(&by, Layout::Referral, &v.paper.visit.visit, model).await
}
