//! The policies in force and who confirmed them: a page of the administrator.

use askama::Template;
use axum::http::StatusCode;
use cunyi_app::AppError;
use cunyi_app::views::PolicyView;

use crate::chrome::Chrome;
use crate::fault::{Answer, Fault, html, status, words};
use crate::session::{Posted, Signed};

/// What was typed of a confirmation.
#[derive(Default)]
pub(crate) struct Typed {
    pub(crate) name: String,
    pub(crate) by: String,
    pub(crate) on: String,
}

#[derive(Template)]
#[template(path = "policies.html")]
pub(crate) struct PoliciesPage<'a> {
    pub(crate) c: &'a Chrome,
    pub(crate) policies: &'a [PolicyView],
    pub(crate) f: &'a Typed,
    pub(crate) problem: String,
}

/// `GET /policies`
pub(crate) async fn page(by: Signed) -> Answer {
    show(&by, None).await
}

async fn show(by: &Signed, refused: Option<(AppError, Typed)>) -> Answer {
    let policies = by.call(cunyi_app::App::policies).await?;
    let (code, problem, typed) = match refused {
        Some((error, typed)) => (status(&error), words(&by.chrome, &error), typed),
        None => (StatusCode::OK, String::new(), Typed::default()),
    };
    let page = PoliciesPage {
        c: &by.chrome,
        policies: &policies,
        f: &typed,
        problem,
    };
    Ok(html(code, &page))
}

/// `POST /policies`: who confirmed one of them, and when.
pub(crate) async fn confirm(Posted { by, form, .. }: Posted) -> Answer {
    let typed = Typed {
        name: form.text("name"),
        by: form.text("confirmed_by"),
        on: form.text("confirmed_on"),
    };
    let (name, version) = (typed.name.clone(), form.text("version"));
    let (who, on) = (typed.by.clone(), typed.on.clone());
    let done = by
        .ask(move |app, actor| app.confirm_policy(actor, &name, &version, &who, &on))
        .await;
    match done {
        // The frame of this page was made before: ask again, so that its mark is gone.
        Ok(()) => Ok(super::to("/policies")),
        Err(error) if status(&error) == StatusCode::UNPROCESSABLE_ENTITY => {
            show(&by, Some((error, typed))).await
        }
        Err(error) => Err(Fault::new(&by.chrome, error)),
    }
}
