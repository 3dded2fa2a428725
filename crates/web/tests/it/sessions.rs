//! Sessions over HTTP (ASVS 7, 3.5, 4.1): a new token at each sign-in, none after signing out, none
//! that a browser or a proxy made up.

use axum::http::StatusCode;

use crate::cases::{get, post};
use crate::house::{Answer, Ask, House, house};
use crate::world::PASSWORD;

fn with(mut ask: Ask, name: &'static str, value: &str) -> Ask {
    ask.headers.push((name, value.to_owned()));
    ask
}

fn token(answer: &Answer) -> String {
    let cookie = answer.headers["set-cookie"].to_str().expect("text");
    let value = cookie.split_once('=').map(|(_, rest)| rest);
    value
        .and_then(|v| v.split(';').next())
        .expect("a token")
        .to_owned()
}

fn login() -> Ask {
    post("/login", &[("login", "doctor"), ("password", PASSWORD)])
}

async fn in_or_out(house: &House, token: &str) -> StatusCode {
    let ask = with(get("/today"), "cookie", &format!("cunyi={token}"));
    house.send(&ask).await.status
}

#[tokio::test]
async fn a_token_is_new_at_each_sign_in_and_dead_after_signing_out() {
    let house = house();
    let planted = "a".repeat(64);
    let first = house
        .send(&with(login(), "cookie", &format!("cunyi={planted}")))
        .await;
    let first = token(&first);
    assert_ne!(first, planted, "a planted token is not taken over");
    let second = token(&house.send(&login()).await);
    assert_ne!(first, second);
    assert_eq!(in_or_out(&house, &planted).await, StatusCode::SEE_OTHER);
    assert_eq!(in_or_out(&house, &first).await, StatusCode::OK);
    let session = house.w.app.session(&first).expect("read").expect("there");
    let out = with(
        post("/logout", &[("csrf", &session.csrf)]),
        "cookie",
        &format!("cunyi={first}"),
    );
    let answer = house.send(&out).await;
    assert_eq!(token(&answer), "", "the cookie is taken away");
    assert_eq!(
        in_or_out(&house, &first).await,
        StatusCode::SEE_OTHER,
        "used again"
    );
    assert_eq!(
        in_or_out(&house, &second).await,
        StatusCode::OK,
        "another browser"
    );
    // The token of one session's forms is none for another's.
    let other = with(
        post("/logout", &[("csrf", &session.csrf)]),
        "cookie",
        &format!("cunyi={second}"),
    );
    assert_eq!(
        house.send(&other).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(in_or_out(&house, &second).await, StatusCode::OK);
}

#[tokio::test]
async fn rest_and_length_end_a_session_in_the_browser_too() {
    let house = house();
    let by = token(&house.send(&login()).await);
    house.w.clock.advance(2 * 3_600 + 60);
    assert_eq!(in_or_out(&house, &by).await, StatusCode::SEE_OTHER);
    let by = token(&house.send(&login()).await);
    for _ in 0..12 {
        assert_eq!(in_or_out(&house, &by).await, StatusCode::OK);
        house.w.clock.advance(3_600);
    }
    assert_eq!(in_or_out(&house, &by).await, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_page_whose_session_has_ended_is_told_so_when_it_saves() {
    let house = house();
    let answer = house
        .send(&post("/api/visits/none/draft", &[("complaint", "咳嗽")]))
        .await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(answer.headers["content-type"], "application/json");
    assert!(answer.body.contains("还在屏幕上"), "{}", answer.body);
}

#[tokio::test]
async fn nobody_is_let_in_by_a_header_or_told_which_accounts_there_are() {
    let house = house();
    for (name, value) in [
        ("x-forwarded-user", "doctor"),
        ("x-remote-user", "doctor"),
        ("authorization", "Basic ZG9jdG9yOmNvcnJlY3QgaG9yc2U="),
        ("x-forwarded-for", "127.0.0.1"),
        ("x-forwarded-host", "127.0.0.1"),
    ] {
        let answer = house.send(&with(get("/today"), name, value)).await;
        assert_eq!(answer.location(), "/login", "{name}");
    }
    let told = |answer: &Answer| (answer.status, answer.problem().to_owned());
    let wrong = |login: &str| post("/login", &[("login", login), ("password", "wrong")]);
    let nobody = told(&house.send(&wrong("nobody")).await);
    // Up to the lock and beyond.
    for _ in 0..8 {
        assert_eq!(told(&house.send(&wrong("doctor")).await), nobody);
    }
    assert_eq!(
        told(&house.send(&login()).await),
        nobody,
        "locked looks the same"
    );
}

#[tokio::test]
async fn a_new_password_ends_every_session_but_this_one() {
    let house = house();
    let here = house.sign_in("doctor");
    let there = token(&house.send(&login()).await);
    let new = "竹山村的老樟树下";
    let change = |old: &str, again: &str| {
        post(
            "/password",
            &[("old", old), ("password", new), ("again", again)],
        )
    };
    for (ask, words) in [
        (change("wrong", new), "旧密码不对"),
        (change(PASSWORD, "老樟树下"), "两次输入的新密码不一样"),
    ] {
        let answer = house.ask(&here, &ask).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.problem().contains(words), "{}", answer.body);
        assert!(!answer.body.contains(new), "it is not sent back");
    }
    assert_eq!(in_or_out(&house, &there).await, StatusCode::OK);
    let answer = house.ask(&here, &change(PASSWORD, new)).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.body.contains("密码已修改"), "{}", answer.body);
    assert!(!answer.body.contains(new));
    assert_eq!(in_or_out(&house, &there).await, StatusCode::SEE_OTHER);
    let page = house.ask(&here, &get("/password")).await;
    assert_eq!(page.status, StatusCode::OK, "this one goes on");
}

#[tokio::test]
async fn signs_that_mean_something_elsewhere_find_nobody() {
    let house = house();
    let by = house.sign_in("doctor");
    let person = house.villager();
    house.w.register(&person);
    for query in [
        "%",
        "_",
        "'",
        "' OR 1=1 --",
        "*",
        "\\",
        "../../etc/passwd",
        "=cmd()",
        "<script>alert(1)</script>",
    ] {
        let answer = house
            .ask(&by, &post("/patients/search", &[("query", query)]))
            .await;
        assert_eq!(answer.status, StatusCode::OK, "{query}");
        let main = answer.body.split("<main").nth(1).expect("a page");
        assert!(!main.contains(&person.name), "{query} finds somebody");
        assert!(!answer.body.contains("<script>alert"), "{query}");
    }
}
