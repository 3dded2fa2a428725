//! The HTTP server: transactions by POST, pages by GET.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{Form, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use cunyi_domain::transport::TransportError;
use tokio::net::TcpListener;

use crate::centre::{Answer, Centre};
use crate::pages::{self, Page, PayForm, SwitchForm};

/// The longest request that is read, in bytes.
const MAX_REQUEST: usize = 4 << 20;

/// Serves until `shutdown` resolves.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    centre: Arc<Centre>,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let page = |page: Page| get(move |State(centre): State<Arc<Centre>>| show(centre, page));
    let app = Router::new()
        .route("/", page(Page::Switches))
        .route("/persons", page(Page::Persons))
        .route("/settlements", page(Page::Settlements))
        .route("/clearings", page(Page::Clearings))
        .route("/messages", page(Page::Messages))
        .route("/health", get(|| async { "ok" }))
        .route("/switches", post(switch))
        .route("/clearings/pay", post(pay))
        .fallback(transaction)
        .with_state(centre);
    axum::serve(listener, app)
        .with_graceful_shutdown(shutdown)
        .await
}

/// Runs `work`, which waits for the database, beside the event loop.
async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    tokio::task::spawn_blocking(work).await.ok()
}

async fn show(centre: Arc<Centre>, page: Page) -> Response {
    match apart(move || pages::render(&centre, page)).await {
        Some(Ok(html)) => Html(html).into_response(),
        _ => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

/// Forms are for the person at the screen: one of another site is not obeyed.
fn is_ours(headers: &HeaderMap) -> bool {
    let site = headers
        .get("sec-fetch-site")
        .and_then(|value| value.to_str().ok());
    matches!(site, None | Some("same-origin"))
}

async fn switch(
    State(centre): State<Arc<Centre>>,
    headers: HeaderMap,
    Form(form): Form<SwitchForm>,
) -> Response {
    if !is_ours(&headers) {
        return StatusCode::FORBIDDEN.into_response();
    }
    pages::switch(&centre, &form);
    Redirect::to("/").into_response()
}

async fn pay(
    State(centre): State<Arc<Centre>>,
    headers: HeaderMap,
    Form(form): Form<PayForm>,
) -> Response {
    if !is_ours(&headers) {
        return StatusCode::FORBIDDEN.into_response();
    }
    match apart(move || centre.pay(&form.event)).await {
        Some(Ok(_)) => Redirect::to("/clearings").into_response(),
        _ => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

async fn transaction(State(centre): State<Arc<Centre>>, request: Request) -> Response {
    if request.method() != axum::http::Method::POST {
        return StatusCode::NOT_FOUND.into_response();
    }
    let path = request.uri().path().to_owned();
    let text = |value: &axum::http::HeaderValue| value.to_str().unwrap_or("").to_owned();
    let headers: Vec<(String, String)> = request
        .headers()
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), text(value)))
        .collect();
    let Ok(body) = axum::body::to_bytes(request.into_body(), MAX_REQUEST).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let handled = apart(move || centre.handle(&path, &headers, &body)).await;
    let Some(Answer { delay, result }) = handled else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    tokio::time::sleep(delay).await;
    match result {
        Ok(reply) => {
            let kind = match reply.body.first() {
                Some(b'<') => "text/html",
                Some(b'P') => "application/octet-stream",
                _ => "application/json;charset=utf-8",
            };
            let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::OK);
            (status, [(header::CONTENT_TYPE, kind)], reply.body).into_response()
        }
        Err(TransportError::NotSent(_) | TransportError::TurnedAway(_)) => {
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
        Err(TransportError::Lost(_) | TransportError::Another) => Body::new(Broken).into_response(),
    }
}

/// A body that breaks off before its first byte: the connection goes with it.
struct Broken;

impl HttpBody for Broken {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, io::Error>>> {
        Poll::Ready(Some(Err(io::ErrorKind::ConnectionAborted.into())))
    }
}
