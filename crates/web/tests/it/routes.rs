//! Every route as every role, with a request that would be done: on its own clinic's patient and on
//! another clinic's.
//!
//! The answers stand in `golden/routes.txt`: a route that is new or answers differently fails here
//! until someone has looked at the line.

use std::fmt::Write as _;

use axum::http::StatusCode;
use cunyi_web::{Access, ROUTES};

use crate::cases::{About, CASES, post};
use crate::house::{House, golden, house};
use crate::world::ROLES;

#[test]
fn every_route_has_its_case() {
    let routes: Vec<_> = ROUTES.iter().map(|(m, p, _)| (*m, *p)).collect();
    let cases: Vec<_> = CASES.iter().map(|case| case.route).collect();
    assert_eq!(routes, cases);
}

/// The status, `+` if facts were recorded, `a` if only the look was.
fn told(status: StatusCode, grew: bool, looked: bool) -> String {
    let mark = match (grew, looked) {
        (true, _) => "+",
        (false, true) => "a",
        (false, false) => " ",
    };
    format!("{}{mark}", status.as_u16())
}

#[tokio::test]
async fn every_route_answers_every_role_as_the_golden_matrix_says() {
    let house = house();
    let mut table = format!(
        "{:<47} {}\n",
        "",
        ROLES.map(|r| format!("{r:.4}")).join(" ")
    );
    for (case, (method, path, access)) in CASES.iter().zip(ROUTES) {
        let mut row = format!("{method:<4} {path:<42}");
        for login in ROLES {
            let by = house.sign_in(login);
            let what = format!("{login} {method} {path}");
            let ask = (case.ask)(&house, &by.actor);
            let (before, looks) = (house.heads(), house.looks());
            let answer = house.ask(&by, &ask).await;
            let grew = house.heads() != before;
            let looked = house.looks() != looks && answer.status != StatusCode::FORBIDDEN;
            assert!(!(grew && *method == "get"), "{what} changes something");
            if access.admits(&by.actor) {
                let fine = answer.status.is_success() || answer.status == StatusCode::SEE_OTHER;
                assert!(fine, "{what}: {} {}", answer.status, answer.problem());
                let sent_away = answer.location() == "/login";
                assert_eq!(sent_away, ["/logout", "/setup"].contains(path), "{what}");
            } else {
                assert_eq!(answer.status, StatusCode::FORBIDDEN, "{what}");
                assert!(!grew, "{what} was refused and yet did something");
                house.tells_nothing(&answer.body, &what);
            }
            let _ = write!(row, " {}", told(answer.status, grew, looked));
        }
        let _ = writeln!(table, "{}", row.trim_end());
    }
    golden("routes.txt", &table);
}

#[tokio::test]
async fn another_clinics_patient_is_in_no_byte_of_any_answer() {
    let house = house();
    for (case, (method, path, access)) in CASES.iter().zip(ROUTES) {
        for login in ROLES {
            let by = house.sign_in(&format!("other-{login}"));
            assert_eq!(by.actor.clinic.as_str(), "second");
            let what = format!("other-{login} {method} {path}");
            let ask = (case.ask)(&house, &by.actor);
            let before = house.heads();
            let answer = house.ask(&by, &ask).await;
            if case.about == About::New {
                continue;
            }
            house.tells_nothing(&answer.body, &what);
            assert_eq!(house.heads(), before, "{what} did something");
            let expected = match (access.admits(&by.actor), case.about) {
                (false, _) => StatusCode::FORBIDDEN,
                (true, About::Record) => StatusCode::NOT_FOUND,
                (true, _) => StatusCode::OK,
            };
            assert_eq!(answer.status, expected, "{what}");
        }
    }
}

#[tokio::test]
async fn who_is_turned_away_stands_in_the_access_log() {
    let house = house();
    for (case, (method, path, access)) in CASES.iter().zip(ROUTES) {
        let by = house.sign_in("insurance");
        if access.admits(&by.actor) {
            continue;
        }
        // The same refusal is recorded once a minute.
        house.w.clock.advance(61);
        let by = house.sign_in("insurance");
        let ask = (case.ask)(&house, &by.actor);
        let looks = house.looks();
        house.ask(&by, &ask).await;
        let log = house.w.app.access_log(&house.w.doctor).expect("read");
        assert_eq!(house.looks()[1], looks[1] + 1, "{method} {path}");
        let newest = (log[0].what.as_str(), log[0].role.as_str());
        assert_eq!(newest, ("refused", "insurance"), "{method} {path}");
        house.tells_nothing(&format!("{log:?}"), path);
    }
}

/// Asks with a request that would be done but for what `spoil` takes away; nothing must be done.
async fn refused_without(house: &House, spoil: fn(&mut crate::house::Browser), also_guests: bool) {
    for (case, (method, path, access)) in CASES.iter().zip(ROUTES) {
        if *method != "post" && !also_guests || *access == Access::Anyone {
            continue;
        }
        let mut by = house.sign_in("doctor");
        let ask = (case.ask)(house, &by.actor);
        let before = house.heads();
        spoil(&mut by);
        let answer = house.ask(&by, &ask).await;
        assert!(
            !answer.status.is_success(),
            "{method} {path}: {}",
            answer.status
        );
        if !also_guests {
            assert!(
                answer.status.is_client_error(),
                "{method} {path}: {}",
                answer.status
            );
        }
        assert_eq!(house.heads(), before, "{method} {path} did something");
        house.tells_nothing(&answer.body, path);
    }
}

#[tokio::test]
async fn without_a_session_nothing_is_told_or_done() {
    refused_without(&house(), |by| by.token.clear(), true).await;
}

#[tokio::test]
async fn without_its_pages_token_no_form_does_anything() {
    let house = house();
    refused_without(
        &house,
        |by| by.csrf = by.csrf.replace(|_: char| true, "0"),
        false,
    )
    .await;
    refused_without(&house, |by| by.csrf.clear(), false).await;
    // Signing out is a form like the others: a page elsewhere cannot do it.
    let by = house.sign_in("doctor");
    let mut ask = post("/logout", &[("csrf", "wrong")]);
    ask.headers.push(("cookie", format!("cunyi={}", by.token)));
    assert_eq!(
        house.send(&ask).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert!(house.w.app.session(&by.token).expect("read").is_some());
}
