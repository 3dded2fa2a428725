//! Refusals and failures as answers: a refusal in the user's words, a failure without details.

use std::sync::Arc;

use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use cunyi_app::AppError;
use cunyi_domain::refusal::{Code, Refusal};

use crate::chrome::Chrome;
use crate::form::Form;

/// Fields that are never shown again outside their own page.
const SECRET: &[&str] = &["password", "number", "card_code"];

/// What a handler ends with.
pub(crate) type Answer = Result<Response, Fault>;

/// A refusal or failure with the frame of its page.
pub(crate) struct Fault {
    chrome: Arc<Chrome>,
    error: AppError,
    typed: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "fault.html")]
pub(crate) struct FaultPage<'a> {
    pub(crate) c: &'a Chrome,
    pub(crate) words: String,
    /// What was typed and cannot be put back into its page: label and text.
    pub(crate) typed: &'a [(String, String)],
}

impl Fault {
    /// With the frame.
    pub(crate) fn new(chrome: &Arc<Chrome>, error: AppError) -> Self {
        Self {
            chrome: Arc::clone(chrome),
            error,
            typed: Vec::new(),
        }
    }

    /// Shows what was typed again, but for what is secret.
    pub(crate) fn keeping(mut self, form: &Form) -> Self {
        let shown = form.fields().filter(|(name, _)| !SECRET.contains(&&**name));
        let named = shown.map(|(name, text)| (self.chrome.field(name), text.trim().to_owned()));
        self.typed = named
            .filter(|(label, text)| !label.is_empty() && !text.is_empty())
            .collect();
        self
    }

    /// Of a refusal.
    pub(crate) fn refused(chrome: &Arc<Chrome>, code: Code) -> Self {
        Self::new(chrome, AppError::Refused(Refusal::new(code)))
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let words = words(&self.chrome, &self.error);
        html(
            status(&self.error),
            &FaultPage {
                c: &self.chrome,
                words,
                typed: &self.typed,
            },
        )
    }
}

/// The words of an error; a failure is logged and shown without details.
pub(crate) fn words(chrome: &Chrome, error: &AppError) -> String {
    match error {
        AppError::Refused(refusal) => chrome.refusal(refusal),
        AppError::Failed(what) => {
            tracing::error!(error = what, "a use case failed");
            chrome.t("failed")
        }
    }
}

/// The status of an error.
pub(crate) fn status(error: &AppError) -> StatusCode {
    match error {
        AppError::Failed(_) => StatusCode::INTERNAL_SERVER_ERROR,
        AppError::Refused(refusal) => match refusal.code {
            Code::Forbidden => StatusCode::FORBIDDEN,
            Code::NotFound => StatusCode::NOT_FOUND,
            Code::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Code::DiskFull => StatusCode::INSUFFICIENT_STORAGE,
            Code::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        },
    }
}

/// A page.
pub(crate) fn html(status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(text) => (status, Html(text)).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page cannot be rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
