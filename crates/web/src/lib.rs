//! Pages, sessions and locale: server-rendered, plain HTML before any script.
//!
//! `routes` is the one table of what can be asked for; `pages` holds a file a room of the screen;
//! `session` decides who asks; `guard` stands before everything; `jobs` follows slow work.

mod assets;
mod capital;
mod chart;
mod chrome;
mod computer;
mod fault;
mod form;
mod guard;
mod jobs;
mod labels;
mod layout;
mod pages;
mod qr;
mod routes;
#[cfg(test)]
mod samples;
mod session;
mod sheet;
mod vitals;
mod why;
mod words;

use std::sync::Arc;

use cunyi_app::App;
use tokio::sync::Semaphore;

pub use assets::url as asset;
pub use form::MAX_BODY;
pub use guard::LOOPBACK;
pub use routes::{Access, ROUTES};

/// How the pages are served.
#[derive(Clone, Debug, Default)]
pub struct WebOptions {
    /// True behind TLS: the cookie is `Secure` and `__Host-`, and HSTS is sent.
    pub secure_cookies: bool,
    /// Host names the clinic is reached by, besides the loopback ones.
    pub hosts: Vec<String>,
    /// Demo: every page says 演示, before sign-in too.
    pub fictional: bool,
    /// Demo: sign-ins to show, login and password.
    pub demo_logins: Vec<(String, String, String)>,
}

/// What the handlers stand on.
pub(crate) struct Web {
    pub(crate) app: Arc<App>,
    pub(crate) options: WebOptions,
    pub(crate) jobs: Arc<jobs::Jobs>,
    /// Requests at work in the use cases at a time; more is a refusal in words.
    pub(crate) at_work: Arc<Semaphore>,
}

/// Requests at work at a time.
const AT_WORK: usize = 64;

/// The pages over the use cases.
pub fn router(app: Arc<App>, options: WebOptions) -> axum::Router {
    let web = Arc::new(Web {
        app,
        options,
        jobs: Arc::default(),
        at_work: Arc::new(Semaphore::new(AT_WORK)),
    });
    routes::routes()
        .fallback(pages::not_found)
        .method_not_allowed_fallback(pages::not_allowed)
        .layer(axum::middleware::from_fn_with_state(
            Arc::clone(&web),
            guard::guard,
        ))
        .with_state(web)
}
