//! Records of visits that have not arrived at the platform.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use cunyi_app::views::UploadView;
use cunyi_app::{App, AppError};
use cunyi_domain::ids::VisitId;

use crate::chrome::Chrome;
use crate::fault::{Answer, html, status, words};
use crate::jobs::{Kept, Key};
use crate::session::{Posted, Signed};

#[derive(Template)]
#[template(path = "uploads.html")]
pub(crate) struct UploadsPage<'a> {
    pub(crate) c: &'a Chrome,
    pub(crate) uploads: &'a [UploadView],
    pub(crate) problem: String,
}

const HERE: &str = "/uploads";

async fn show(by: &Signed, error: Option<AppError>) -> Answer {
    let uploads = by.call(App::uploads).await?;
    let page = UploadsPage {
        c: &by.chrome,
        uploads: &uploads,
        problem: error
            .as_ref()
            .map_or_else(String::new, |error| words(&by.chrome, error)),
    };
    let status = error.as_ref().map_or(StatusCode::OK, status);
    Ok(html(status, &page))
}

/// `GET /uploads`
pub(crate) async fn page(by: Signed) -> Answer {
    show(&by, None).await
}

/// `POST /visits/{id}/upload`: sends a record again; the centre may take its time.
pub(crate) async fn again(Path(id): Path<String>, Posted { by, what, .. }: Posted) -> Answer {
    let visit = VisitId(id);
    let key = Key::visit(&by.session.actor, &visit);
    let sent = by.run(
        (key, what),
        HERE.to_owned(),
        Kept::Nothing,
        move |app, actor| app.upload_again(actor, &visit),
    );
    match sent.await {
        Ok(()) => Ok(super::to(HERE)),
        Err(error) => show(&by, Some(error)).await,
    }
}
