//! Who asks: the session behind the cookie, the form behind a post.

use std::sync::Arc;

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use cunyi_app::views::SessionView;
use cunyi_app::{Actor, App, AppError};
use cunyi_domain::refusal::{Code, Refusal};

use crate::Web;
use crate::chrome::Chrome;
use crate::computer::Computer;
use crate::fault::Fault;
use crate::form::{Form, MAX_BODY};
use crate::jobs::{Kept, Key, Outcome, Place, Standing, What};
use crate::routes::Access;
use crate::words::Locale;

/// Name of the cookie; behind TLS browsers hold it to this host.
fn cookie_name(secure: bool) -> &'static str {
    if secure { "__Host-cunyi" } else { "cunyi" }
}

/// `Set-Cookie` with a token; an empty one takes it away.
pub(crate) fn set_cookie(secure: bool, token: &str) -> String {
    let name = cookie_name(secure);
    let secure = if secure { "; Secure" } else { "" };
    let age = if token.is_empty() { "; Max-Age=0" } else { "" };
    format!("{name}={token}; Path=/; HttpOnly; SameSite=Strict{secure}{age}")
}

/// A cookie's value.
pub(crate) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let cookies = headers
        .get_all(header::COOKIE)
        .into_iter()
        .filter_map(|v| v.to_str().ok());
    let mut pairs = cookies.flat_map(|cookies| cookies.split(';'));
    pairs.find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

fn token(headers: &HeaderMap, secure: bool) -> Option<String> {
    let found = cookie(headers, cookie_name(secure))?;
    let plausible = found.len() <= 256 && found.bytes().all(|b| b.is_ascii_alphanumeric());
    (plausible && !found.is_empty()).then(|| found.to_owned())
}

/// Runs a use case off the async threads. Bounded: when all places are taken it is refused.
pub(crate) async fn blocking<T, W>(web: &Arc<Web>, work: W) -> Result<T, AppError>
where
    T: Send + 'static,
    W: FnOnce(&App) -> Result<T, AppError> + Send + 'static,
{
    let Ok(place) = Arc::clone(&web.at_work).try_acquire_owned() else {
        return Err(AppError::Refused(Refusal::new(Code::Busy)));
    };
    let app = Arc::clone(&web.app);
    let work = tokio::task::spawn_blocking(move || {
        let result = work(&app);
        drop(place);
        result
    });
    work.await
        .unwrap_or_else(|_| Err(AppError::Failed("a use case panicked".to_owned())))
}

/// Someone without a session.
pub(crate) struct Guest {
    pub(crate) web: Arc<Web>,
    pub(crate) chrome: Arc<Chrome>,
}

impl Guest {
    pub(crate) fn new(web: &Arc<Web>, uri: &Uri) -> Self {
        let asked = uri.query().and_then(|q| Form::parse(q.as_bytes()).ok());
        let asked = asked
            .map(|form| form.text("lang"))
            .filter(|lang| !lang.is_empty());
        // Chinese unless English is asked for: a borrowed computer's settings do not decide.
        let locale = Locale::from_tag(asked.as_deref().unwrap_or_default());
        let chrome = Chrome {
            locale,
            session: None,
            now: web.app.now(),
            fictional: web.options.fictional,
            computer: Computer::default(),
        };
        Self {
            web: Arc::clone(web),
            chrome: Arc::new(chrome),
        }
    }

    /// Without a session there is only the sign-in or, on an empty database, the set-up.
    async fn sent_away(self, parts: &Parts) -> Response {
        if parts.uri.path().starts_with("/api/") {
            let words = self.chrome.refusal(&Refusal::new(Code::SignedOut));
            let told = axum::Json(serde_json::json!({ "refused": words }));
            return (StatusCode::UNAUTHORIZED, told).into_response();
        }
        match blocking(&self.web, App::installed).await {
            Ok(true) => Redirect::to("/login").into_response(),
            Ok(false) => Redirect::to("/setup").into_response(),
            Err(error) => Fault::new(&self.chrome, error).into_response(),
        }
    }
}

impl FromRequestParts<Arc<Web>> for Guest {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        web: &Arc<Web>,
    ) -> Result<Self, Self::Rejection> {
        Ok(Self::new(web, &parts.uri))
    }
}

/// Someone signed in.
#[derive(Clone)]
pub(crate) struct Signed {
    pub(crate) web: Arc<Web>,
    pub(crate) chrome: Arc<Chrome>,
    pub(crate) session: SessionView,
    pub(crate) token: String,
}

impl Signed {
    /// Runs a use case as this user.
    pub(crate) async fn call<T, W>(&self, work: W) -> Result<T, Fault>
    where
        T: Send + 'static,
        W: FnOnce(&App, &Actor) -> Result<T, AppError> + Send + 'static,
    {
        self.ask(work)
            .await
            .map_err(|error| Fault::new(&self.chrome, error))
    }

    /// Where this user's work goes on.
    pub(crate) fn job(&self, key: Key) -> Place {
        Place {
            key,
            by: self.session.actor.user.clone(),
            now: self.chrome.now,
        }
    }

    /// The same, for those who show a refusal beside its field.
    pub(crate) async fn ask<T, W>(&self, work: W) -> Result<T, AppError>
    where
        T: Send + 'static,
        W: FnOnce(&App, &Actor) -> Result<T, AppError> + Send + 'static,
    {
        let actor = self.session.actor.clone();
        blocking(&self.web, move |app| work(app, &actor)).await
    }

    /// Work that may take as long as the centre likes: a job that ends on the page at `to`, with what was
    /// typed for it if it fails. Its failure, if it came while somebody waited, or why it was not begun.
    pub(crate) async fn run<W>(
        &self,
        (key, what): (Key, What),
        to: String,
        typed: Kept,
        work: W,
    ) -> Result<(), AppError>
    where
        W: FnOnce(&App, &Actor) -> Result<(), AppError> + Send + 'static,
    {
        let (app, actor) = (self.web.app.clone(), self.session.actor.clone());
        let work = move || match work(&app, &actor) {
            Ok(()) => Outcome::Goto(to),
            Err(error) => Outcome::Failed(error, typed),
        };
        match self.web.jobs.run(&self.job(key), what, work).await? {
            Standing::Ended(Outcome::Failed(error, _)) => Err(error),
            _ => Ok(()),
        }
    }
}

impl FromRequestParts<Arc<Web>> for Signed {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, web: &Arc<Web>) -> Result<Self, Response> {
        let guest = Guest::new(web, &parts.uri);
        let Some(token) = token(&parts.headers, web.options.secure_cookies) else {
            return Err(guest.sent_away(parts).await);
        };
        let asked = token.clone();
        match blocking(web, move |app| app.session(&asked)).await {
            Ok(Some(session)) => {
                let chrome = Arc::new(Chrome {
                    locale: Locale::from_tag(&session.locale),
                    fictional: guest.chrome.fictional || session.fictional,
                    session: Some(session.clone()),
                    computer: Computer::of(&parts.headers),
                    ..(*guest.chrome).clone()
                });
                // A route that says nothing lets nobody in.
                let access = parts.extensions.get::<Access>();
                if !access.is_some_and(|access| access.admits(&session.actor)) {
                    return Err(refused(web, &chrome, access.copied(), &session.actor).await);
                }
                Ok(Self {
                    web: Arc::clone(web),
                    chrome,
                    session,
                    token,
                })
            }
            Ok(None) => Err(guest.sent_away(parts).await),
            Err(error) => Err(Fault::new(&guest.chrome, error).into_response()),
        }
    }
}

/// Turned away, and noted.
async fn refused(
    web: &Arc<Web>,
    chrome: &Arc<Chrome>,
    access: Option<Access>,
    actor: &Actor,
) -> Response {
    if let Some(Access::Only(action)) = access {
        let actor = actor.clone();
        let noted = blocking(web, move |app| app.note_refused(action, &actor)).await;
        if let Err(error) = noted {
            return Fault::new(chrome, error).into_response();
        }
    }
    Fault::refused(chrome, Code::Forbidden).into_response()
}

/// A form posted by someone signed in, from a page of ours.
pub(crate) struct Posted {
    pub(crate) by: Signed,
    pub(crate) form: Form,
    /// Tells a second click from another wish.
    pub(crate) what: What,
}

impl FromRequest<Arc<Web>> for Posted {
    type Rejection = Response;

    async fn from_request(request: Request, web: &Arc<Web>) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let by = Signed::from_request_parts(&mut parts, web).await?;
        let form = read(body, &by.chrome)
            .await
            .map_err(IntoResponse::into_response)?;
        if !same(form.get("csrf"), &by.session.csrf) {
            return Err(Fault::refused(&by.chrome, Code::BadForm).into_response());
        }
        let what = What::new(parts.uri.path(), &form);
        Ok(Self { by, form, what })
    }
}

/// A form posted before there is a session; the guard has looked at its origin.
pub(crate) struct GuestForm {
    pub(crate) by: Guest,
    pub(crate) form: Form,
}

impl FromRequest<Arc<Web>> for GuestForm {
    type Rejection = Response;

    async fn from_request(request: Request, web: &Arc<Web>) -> Result<Self, Response> {
        let (parts, body) = request.into_parts();
        let mut by = Guest::new(web, &parts.uri);
        let form = read(body, &by.chrome)
            .await
            .map_err(IntoResponse::into_response)?;
        if !form.get("lang").is_empty() {
            let locale = Locale::from_tag(form.get("lang"));
            by.chrome = Arc::new(Chrome {
                locale,
                ..(*by.chrome).clone()
            });
        }
        Ok(Self { by, form })
    }
}

async fn read(body: axum::body::Body, chrome: &Arc<Chrome>) -> Result<Form, Fault> {
    let Ok(bytes) = axum::body::to_bytes(body, MAX_BODY).await else {
        return Err(Fault::refused(chrome, Code::TooLarge));
    };
    Form::parse(&bytes).map_err(|refusal| {
        Fault::new(chrome, AppError::Refused(refusal)).keeping(&Form::salvage(&bytes))
    })
}

/// Equal, in a time that does not tell where they differ; an empty token equals nothing.
fn same(given: &str, expected: &str) -> bool {
    let different = given
        .bytes()
        .zip(expected.bytes())
        .fold(0, |sum, (a, b)| sum | (a ^ b));
    !expected.is_empty() && given.len() == expected.len() && different == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn the_token_is_found_among_cookies() {
        let of = |cookies: &'static str| {
            let headers =
                HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_static(cookies))]);
            token(&headers, false)
        };
        assert_eq!(of("a=b; cunyi=0af1"), Some("0af1".to_owned()));
        for none in [
            "",
            "cunyi=",
            "cunyi",
            "cunyix=1",
            "cunyi=a b",
            "cunyi=../x",
            "xcunyi=1",
        ] {
            assert_eq!(of(none), None, "{none}");
        }
    }

    #[test]
    fn cookies_are_out_of_reach_of_scripts_and_other_sites() {
        assert_eq!(
            set_cookie(false, "t"),
            "cunyi=t; Path=/; HttpOnly; SameSite=Strict"
        );
        let secure = set_cookie(true, "t");
        assert!(
            secure.starts_with("__Host-cunyi=t;") && secure.contains("Secure"),
            "{secure}"
        );
        assert!(set_cookie(false, "").contains("Max-Age=0"));
    }

    #[test]
    fn tokens_are_compared_whole() {
        assert!(same("abc", "abc"));
        for (given, expected) in [("", ""), ("ab", "abc"), ("abd", "abc"), ("abc", "")] {
            assert!(!same(given, expected), "{given} {expected}");
        }
    }
}
