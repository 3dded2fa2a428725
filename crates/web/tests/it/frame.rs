//! The frame of every answer: headers, where a form may come from, 演示 on every page of a demo.

use axum::http::StatusCode;
use cunyi_web::{ROUTES, WebOptions};

use crate::cases::{CASES, get, post};
use crate::house::{Answer, Ask, house, house_with};

/// ASVS 3.4: what every answer carries, a refusal and a picture too.
const HEADERS: &[(&str, &str)] = &[
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
];

fn framed(answer: &Answer, what: &str) {
    let header = |name: &str| {
        let value = answer.headers.get(name).and_then(|v| v.to_str().ok());
        value.unwrap_or_else(|| panic!("{what} without {name}"))
    };
    for (name, value) in HEADERS {
        assert_eq!(header(name), *value, "{what} {name}");
    }
    let policy = header("content-security-policy");
    for part in [
        "default-src 'self'",
        "frame-ancestors 'none'",
        "form-action 'self'",
    ] {
        assert!(policy.contains(part), "{what}: {policy}");
    }
    assert!(!policy.contains("unsafe"), "{what}: {policy}");
    let kept = header("cache-control");
    let asset = what.contains("/assets/") && answer.status == StatusCode::OK;
    assert_eq!(kept == "no-store", !asset, "{what}: {kept}");
    assert!(answer.headers.get("strict-transport-security").is_none());
}

#[tokio::test]
async fn every_answer_carries_its_headers() {
    let house = house();
    for (case, (method, path, _)) in CASES.iter().zip(ROUTES) {
        for login in ["doctor", "insurance"] {
            let by = house.sign_in(login);
            let ask = (case.ask)(&house, &by.actor);
            let what = format!("{login} {method} {path}");
            framed(&house.ask(&by, &ask).await, &what);
        }
    }
    for ask in [get("/nowhere"), get("/assets/none"), get("/register")] {
        framed(&house.send(&ask).await, &ask.path);
    }
    let by = house.sign_in("doctor");
    let foreign = foreign(post("/logout", &[]), "origin", "http://evil.example");
    framed(&house.ask(&by, &foreign).await, "foreign");
}

#[tokio::test]
async fn behind_tls_the_browser_is_told_to_stay_there() {
    let secure = WebOptions {
        secure_cookies: true,
        ..WebOptions::default()
    };
    let house = house_with(secure);
    let answer = house.send(&get("/login")).await;
    assert!(answer.headers.contains_key("strict-transport-security"));
    let form = [("login", "doctor"), ("password", crate::world::PASSWORD)];
    let answer = house.send(&post("/login", &form)).await;
    let cookie = answer.headers["set-cookie"].to_str().expect("text");
    assert!(cookie.starts_with("__Host-cunyi="), "a __Host- cookie");
    for part in ["; Secure", "; HttpOnly", "; SameSite=Strict", "; Path=/"] {
        assert!(cookie.contains(part), "{part}");
    }
}

fn foreign(mut ask: Ask, name: &'static str, value: &str) -> Ask {
    ask.headers.push((name, value.to_owned()));
    ask
}

#[tokio::test]
async fn a_form_from_elsewhere_does_nothing() {
    let house = house();
    for (case, (method, path, _)) in CASES.iter().zip(ROUTES) {
        if *method != "post" {
            continue;
        }
        let by = house.sign_in("doctor");
        let ask = (case.ask)(&house, &by.actor);
        let before = house.heads();
        for (name, value) in [
            ("origin", "http://evil.example"),
            ("origin", "null"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
            ("host", "evil.example"),
        ] {
            let answer = house.ask(&by, &foreign(ask.clone(), name, value)).await;
            let refused = [StatusCode::FORBIDDEN, StatusCode::MISDIRECTED_REQUEST];
            assert!(refused.contains(&answer.status), "{path} {name} {value}");
            assert!(
                answer.body.contains("class=\"problem\""),
                "in words: {}",
                answer.body
            );
            house.tells_nothing(&answer.body, path);
        }
        assert_eq!(house.heads(), before, "{path} did something");
        assert!(house.w.app.session(&by.token).expect("read").is_some());
    }
}

fn is_page(answer: &Answer) -> bool {
    let kind = answer.headers.get("content-type");
    kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
}

#[tokio::test]
async fn every_page_of_a_demo_says_so() {
    let demo = WebOptions {
        fictional: true,
        ..WebOptions::default()
    };
    let house = house_with(demo);
    let mut pages = 0;
    for locale in ["zh-CN", "en"] {
        for (case, (method, path, _)) in CASES.iter().zip(ROUTES) {
            for login in ["doctor", "insurance"] {
                let by = house.sign_in(login);
                house.w.app.set_locale(&by.token, locale).expect("set");
                let answer = house.ask(&by, &(case.ask)(&house, &by.actor)).await;
                if is_page(&answer) {
                    pages += 1;
                    assert!(
                        answer.body.contains("演示"),
                        "{login} {method} {path} {locale}"
                    );
                }
            }
        }
        let lang = format!("?lang={locale}");
        for path in ["/login", "/nowhere", "/register"] {
            let answer = house.send(&get(format!("{path}{lang}"))).await;
            assert!(
                is_page(&answer) && answer.body.contains("演示"),
                "{path} {locale}"
            );
        }
        let elsewhere = foreign(get(format!("/login{lang}")), "host", "evil.example");
        let answer = house.send(&elsewhere).await;
        assert!(
            is_page(&answer) && answer.body.contains("演示"),
            "unknown host"
        );
        let form = [("login", "doctor"), ("password", "wrong"), ("lang", locale)];
        let answer = house.send(&post("/login", &form)).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.body.contains("演示"), "a refused sign-in");
    }
    assert!(pages > 60, "{pages} pages");
    // Elsewhere nothing says so before the clinic is known.
    let plain = crate::house::house();
    assert!(!plain.send(&get("/login")).await.body.contains("演示"));
}
