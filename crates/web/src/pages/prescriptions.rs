//! 处方 on paper: each print is entered, a further one and a void with a reason.

use axum::extract::Path;
use cunyi_app::Layout;
use cunyi_app::views::WhyForm;
use cunyi_domain::ids::VisitId;

use super::follow::as_job;
use super::papers::print as on_paper;
use super::workstation::show_error;
use crate::fault::Answer;
use crate::form::Form;
use crate::jobs::Kept;
use crate::layout::Model;
use crate::session::Posted;

/// Under which what was typed for another print, or for a void, stands on the page again.
pub(crate) const PRINT: &str = "print";
pub(crate) const VOID: &str = "void";

fn why(form: &Form, of: &str) -> (WhyForm, Kept) {
    let why = WhyForm {
        why: form.get("why").to_owned(),
        reason: form.get("reason").to_owned(),
    };
    let kept = Kept::Field(of.to_owned(), why.reason.clone());
    (why, kept)
}

/// `POST /visits/{id}/prescription`: answers the paper itself, so that none comes without being entered.
pub(crate) async fn print(Path(id): Path<String>, Posted { by, form, .. }: Posted) -> Answer {
    let visit = VisitId(id);
    let (why, kept) = why(&form, PRINT);
    let of = visit.clone();
    let printed = by.ask(move |app, actor| app.print_prescription(actor, &of, &why));
    match printed.await {
        Ok(p) => {
            let model = Model::prescription(&by.chrome.chinese(), &p);
            on_paper(&by, Layout::Prescription, &visit, model).await
        }
        Err(error) => show_error(&by, visit, error, kept).await,
    }
}

/// `POST /visits/{id}/void`
pub(crate) async fn void(Path(id): Path<String>, Posted { by, form, what }: Posted) -> Answer {
    let (why, kept) = why(&form, VOID);
    as_job(by, what, VisitId(id), kept, move |app, actor, visit| {
        app.void_prescription(actor, visit, &why)
    })
    .await
}
