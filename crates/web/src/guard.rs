//! What stands before every page: the host's name, the origin of a post, the headers of an answer.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use cunyi_domain::refusal::Code;

use crate::Web;
use crate::fault::Fault;
use crate::form::decode;
use crate::session::Guest;

/// Names that mean this computer.
pub const LOOPBACK: &[&str] = &["localhost", "127.0.0.1", "[::1]"];

/// On every answer (ASVS 3.4). `same-origin` and not `no-referrer`: the latter makes browsers send
/// `Origin: null` with our own forms.
const HEADERS: &[(&str, &str)] = &[
    (
        "content-security-policy",
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    (
        "permissions-policy",
        "camera=(), geolocation=(), microphone=()",
    ),
];

/// A year of TLS only.
const HSTS: &str = "max-age=31536000";

/// The middleware.
pub(crate) async fn guard(State(web): State<Arc<Web>>, request: Request, next: Next) -> Response {
    let host = text(request.headers(), &header::HOST);
    let mut response = if !known(host, &web.options.hosts) {
        refused(
            &web,
            &request,
            Code::UnknownHost,
            StatusCode::MISDIRECTED_REQUEST,
        )
    } else if request.method() != Method::GET && foreign(request.headers(), host) {
        refused(&web, &request, Code::BadForm, StatusCode::FORBIDDEN)
    } else if decode(request.uri().path().as_bytes()).is_err() {
        refused(&web, &request, Code::NotFound, StatusCode::NOT_FOUND)
    } else {
        next.run(request).await
    };
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
    }
    if web.options.secure_cookies {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static(HSTS),
        );
    }
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}

/// A refusal before any handler, in words all the same.
fn refused(web: &Arc<Web>, request: &Request, code: Code, status: StatusCode) -> Response {
    let guest = Guest::new(web, request.uri());
    let mut response = Fault::refused(&guest.chrome, code).into_response();
    *response.status_mut() = status;
    response
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> &'a str {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

/// Against DNS rebinding: only the names the clinic is known by, whatever the port.
fn known(host: &str, configured: &[String]) -> bool {
    let port = |(_, port): (&str, &str)| port.bytes().all(|b| b.is_ascii_digit());
    let name = match host.rsplit_once(':') {
        Some((name, digits)) if port((name, digits)) => name,
        _ => host,
    };
    LOOPBACK
        .iter()
        .any(|loopback| name.eq_ignore_ascii_case(loopback))
        || configured
            .iter()
            .any(|known| name.eq_ignore_ascii_case(known))
}

/// Browsers say where a post comes from; a post that says another place is no form of ours.
fn foreign(headers: &HeaderMap, host: &str) -> bool {
    let origin = text(headers, &header::ORIGIN);
    let own = |origin: &str| {
        origin
            .split_once("://")
            .is_some_and(|(_, rest)| rest == host)
    };
    let site = headers
        .get("sec-fetch-site")
        .and_then(|value| value.to_str().ok());
    (headers.contains_key(header::ORIGIN) && !own(origin))
        || site.is_some_and(|site| site != "same-origin")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts() {
        let configured = ["clinic.example".to_owned()];
        for host in [
            "localhost",
            "LOCALHOST:8080",
            "127.0.0.1:80",
            "[::1]:8080",
            "[::1]",
            "clinic.example",
        ] {
            assert!(known(host, &configured), "{host}");
        }
        for host in [
            "",
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil:80",
            "localhost:x",
        ] {
            assert!(!known(host, &configured), "{host}");
        }
    }

    #[test]
    fn origins() {
        let headers = |pairs: &[(&'static str, &'static str)]| {
            let pair = |(n, v): &(&'static str, &'static str)| {
                (HeaderName::from_static(n), HeaderValue::from_static(v))
            };
            pairs.iter().map(pair).collect::<HeaderMap>()
        };
        let host = "localhost:8080";
        for own in [
            &[][..],
            &[("origin", "http://localhost:8080")],
            &[
                ("origin", "http://localhost:8080"),
                ("sec-fetch-site", "same-origin"),
            ],
        ] {
            assert!(!foreign(&headers(own), host), "{own:?}");
        }
        for other in [
            &[("origin", "http://evil.example")][..],
            &[("origin", "null")],
            &[("origin", "http://localhost:9090")],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site")],
        ] {
            assert!(foreign(&headers(other), host), "{other:?}");
        }
    }
}
