//! Bad input as it comes from a browser: each is told in Chinese, and in English to who reads
//! English; what was typed stands on the screen again; no fact is written.

mod books;

use std::time::Duration;

use axum::http::StatusCode;
use cunyi_app::views::DraftBody;
use cunyi_centre::faults::Fault;
use cunyi_domain::batch::BatchState;
use cunyi_domain::transport::Reply;
use cunyi_web::ROUTES;

use crate::cases::{
    CASES, NEWBORN, draft, draft_form, form, frozen, get, of_visit, post, registered,
};
use crate::cases::{patient, settled};
use crate::house::{Ask, House, house};

/// A request, what is told, and what of it must stand on the screen again.
struct Bad {
    what: &'static str,
    ask: fn(&House) -> Ask,
    zh: &'static str,
    en: &'static str,
    kept: &'static [&'static str],
}

const fn bad(
    what: &'static str,
    ask: fn(&House) -> Ask,
    (zh, en): (&'static str, &'static str),
    kept: &'static [&'static str],
) -> Bad {
    Bad {
        what,
        ask,
        zh,
        en,
        kept,
    }
}

const WRONG_CHECKSUM: (&str, &str) = ("校验", "check");
const WRONG_DATE: (&str, &str) = ("出生日期", "no real date");
const DISAGREES: (&str, &str) = ("不一致", "agree");
const NO_NUMBER: (&str, &str) = ("数", "number");

fn identify(pairs: &[(&str, &str)]) -> Ask {
    let mut ask = post("/identify", &[("certificate", "02"), ("source", "typed")]);
    ask.form.extend(form(pairs));
    ask
}

fn self_pay(changed: &[(&str, &str)]) -> Ask {
    let mut ask = post("/self-pay", &[]);
    ask.form = NEWBORN
        .iter()
        .filter(|(name, _)| !changed.iter().any(|(other, _)| other == name))
        .chain(changed)
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    ask
}

/// A signature under a prescription with one thing changed.
fn sign(h: &House, change: fn(&mut DraftBody)) -> Ask {
    let mut body = draft(h);
    change(&mut body);
    Ask {
        form: draft_form(&body, 0),
        ..of_visit("post", &registered(h), "/freeze")
    }
}

const BAD: &[Bad] = &[
    bad(
        "identify: checksum",
        |_| identify(&[("number", "110105194912310021")]),
        WRONG_CHECKSUM,
        &["110105194912310021"],
    ),
    bad(
        "identify: no such day",
        |_| identify(&[("number", "11010519490231002X")]),
        WRONG_DATE,
        &["11010519490231002X"],
    ),
    bad(
        "identify: another birth date",
        |_| {
            identify(&[
                ("number", "11010519491231002X"),
                ("birth_date", "1950-12-31"),
            ])
        },
        DISAGREES,
        &["11010519491231002X", "1950-12-31"],
    ),
    bad(
        "identify: another sex",
        |_| identify(&[("number", "11010519491231002X"), ("sex", "1")]),
        DISAGREES,
        &["11010519491231002X"],
    ),
    bad(
        "identify: nothing",
        |_| identify(&[("number", " ")]),
        ("不能为空", "empty"),
        &[],
    ),
    bad(
        "self-pay: checksum",
        |_| self_pay(&[("id_number", "110105194912310021")]),
        WRONG_CHECKSUM,
        &["110105194912310021", "周新生", "13900001111", "孙监护"],
    ),
    bad(
        "self-pay: a newborn without guardian",
        |_| self_pay(&[("guardian_name", "")]),
        ("监护人", "guardian"),
        &["周新生", "2026-11-03", "13900001111"],
    ),
    bad(
        "correct: the guardian's number",
        |h| Ask {
            path: format!("/patients/{}/correct", patient(h, &registered(h))),
            ..self_pay(&[("guardian_id_number", "110105194912310021")])
        },
        WRONG_CHECKSUM,
        &["110105194912310021", "周新生", "孙监护"],
    ),
    bad(
        "dose zero",
        |h| sign(h, |body| body.lines[0].dose = "0".to_owned()),
        NO_NUMBER,
        &[
            "咽痛、流涕 2 天",
            "J06.900",
            "name=\"lines.0.dose\" value=\"0\"",
        ],
    ),
    bad(
        "dose negative",
        |h| sign(h, |body| body.lines[0].dose = "-1".to_owned()),
        NO_NUMBER,
        &["咽痛、流涕 2 天", "name=\"lines.0.dose\" value=\"-1\""],
    ),
    bad(
        "dose too precise",
        |h| sign(h, |body| body.lines[0].dose = "0.123456789".to_owned()),
        NO_NUMBER,
        &["咽痛、流涕 2 天", "0.123456789"],
    ),
    bad(
        "quantity zero",
        |h| sign(h, |body| body.lines[0].quantity = "0".to_owned()),
        NO_NUMBER,
        &["咽痛、流涕 2 天", "name=\"lines.0.quantity\" value=\"0\""],
    ),
    bad(
        "quantity negative",
        |h| sign(h, |body| body.lines[0].quantity = "-3".to_owned()),
        NO_NUMBER,
        &["咽痛、流涕 2 天", "name=\"lines.0.quantity\" value=\"-3\""],
    ),
    bad(
        "quantity without end",
        |h| sign(h, |body| body.lines[0].quantity = "9".repeat(30)),
        NO_NUMBER,
        &["咽痛、流涕 2 天", "999999999999999999999999999999"],
    ),
    bad(
        "a drug without stock",
        |h| sign(h, |body| body.lines[0].quantity = "5000".to_owned()),
        ("库存", "stock"),
        &["咽痛、流涕 2 天", "5000"],
    ),
    bad(
        "a trace code that is none",
        |h| {
            let visit = frozen(h);
            let line = &h.w.view(&visit).charges[0].id;
            let scanned = [("visit", visit.as_str()), ("trace_codes", "短码")];
            post(&format!("/charges/{line}/trace"), &scanned)
        },
        ("追溯码", "race code"),
        &["短码"],
    ),
    bad(
        "a reversal without end",
        |h| {
            let visit = settled(h);
            let batch = &h.w.view(&visit).batches[0].id;
            let reason = "长".repeat(300);
            post(
                &format!("/batches/{batch}/reverse"),
                &[("visit", visit.as_str()), ("reason", &reason)],
            )
        },
        ("内容太长", "Too long"),
        &["长长长长长长长长长长"],
    ),
    bad(
        "more given back than there is",
        |h| refund(h, "99"),
        ("最多可退", "at most"),
        &["value=\"99\"", "开错药"],
    ),
    bad(
        "given back in words",
        |h| refund(h, "一盒"),
        NO_NUMBER,
        &["value=\"一盒\"", "开错药"],
    ),
];

/// Of a settled visit's first line.
fn refund(h: &House, back: &str) -> Ask {
    let view = h.w.view(&settled(h));
    let (batch, line) = (&view.batches[0].id, view.charges[0].id.as_str());
    let typed = [("charge.0", line), ("back.0", back), ("reason", "开错药")];
    post(&format!("/batches/{batch}/refund"), &typed)
}

#[tokio::test]
async fn bad_input_is_told_and_kept_on_the_screen() {
    let house = house();
    let by = house.sign_in("doctor");
    for bad in BAD.iter().chain(books::BOOKS) {
        for (locale, words) in [("zh-CN", bad.zh), ("en", bad.en)] {
            let what = format!("{} in {locale}", bad.what);
            house.w.app.set_locale(&by.token, locale).expect("set");
            let ask = (bad.ask)(&house);
            let (heads, calls) = (house.heads(), house.w.wire.calls().len());
            let answer = house.ask(&by, &ask).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{what}");
            let told = answer.problem();
            assert!(told.contains(words), "{what}: {told}");
            for kept in bad.kept {
                assert!(answer.body.contains(kept), "{what}: {kept} is lost");
            }
            assert_eq!(house.heads(), heads, "{what} wrote something");
            assert_eq!(house.w.wire.calls().len(), calls, "{what} asked the centre");
        }
    }
    house.w.prove();
}

#[tokio::test]
async fn a_voucher_that_is_no_good_is_told_and_not_shown_again() {
    let house = house();
    let by = house.sign_in("doctor");
    let now = house.w.app.now();
    let people = &house.w.people;
    let old = people.iter().filter_map(|p| p.voucher.as_ref());
    let mut tokens = vec!["990001ecNOSUCHTOKEN0000000000".to_owned()];
    tokens.extend(
        old.filter(|v| v.expires_at < now)
            .map(cunyi_centre::population::Voucher::code)
            .take(1),
    );
    assert_eq!(tokens.len(), 2, "an unknown one and an expired one");
    for token in &tokens {
        for (locale, words) in [("zh-CN", "重新扫"), ("en", "again")] {
            house.w.app.set_locale(&by.token, locale).expect("set");
            let ask = post("/identify", &[("certificate", "01"), ("number", token)]);
            let answer = house.ask(&by, &ask).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(answer.problem().contains(words), "{}", answer.problem());
            // A bearer's token: it is scanned again, never typed.
            assert!(!answer.body.contains(token.as_str()));
        }
    }
}

#[tokio::test]
async fn bodies_that_are_too_large_or_no_text() {
    let house = house();
    let (doctor, administrator) = (house.sign_in("doctor"), house.sign_in("administrator"));
    let large = vec![b'a'; cunyi_web::MAX_BODY + 1];
    for (case, (method, path, access)) in CASES.iter().zip(ROUTES) {
        let treats = access.admits(&doctor.actor);
        let by = if treats { &doctor } else { &administrator };
        let cookie = ("cookie", format!("cunyi={}", by.token));
        let typed = |bytes: &[u8]| {
            let text = format!("csrf={}&complaint=", by.csrf);
            [text.as_bytes(), "咳嗽三天".as_bytes(), bytes, b"&name=abc"].concat()
        };
        if *method != "post" || ["/login", "/logout", "/setup"].contains(path) {
            continue;
        }
        let mut ask = (case.ask)(&house, &by.actor);
        ask.headers.push(cookie.clone());
        let heads = house.heads();
        for (locale, too_large, no_text) in [
            ("zh-CN", "内容太多", "不能用的字符"),
            ("en", "Too much content", "cannot be used"),
        ] {
            house.w.app.set_locale(&by.token, locale).expect("set");
            let answer = house.bytes(&ask, large.clone().into()).await;
            assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE, "{path}");
            assert!(
                answer.problem().contains(too_large),
                "{path} {}",
                answer.problem()
            );
            for hostile in [&b"%00"[..], b"\0", b"\xff\xfe", b"%ff", b"%C3%28"] {
                let answer = house.bytes(&ask, typed(hostile).into()).await;
                assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
                assert!(
                    answer.problem().contains(no_text),
                    "{path} {}",
                    answer.problem()
                );
                assert!(
                    answer.body.contains("咳嗽三天"),
                    "{path}: what was typed is lost"
                );
            }
        }
        assert_eq!(house.heads(), heads, "{path} wrote something");
    }
    // Guests send forms too.
    for path in ["/login", "/setup"] {
        let answer = house.bytes(&post(path, &[]), large.clone().into()).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE, "{path}");
        let secret = b"login=a&password=secret%00".to_vec();
        let answer = house.bytes(&post(path, &[]), secret.into()).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
        assert!(!answer.body.contains("secret"), "a password is never shown");
    }
}

#[tokio::test]
async fn addresses_that_are_no_text_are_no_pages() {
    let house = house();
    let by = house.sign_in("doctor");
    let long = format!("/patients/{}", "x".repeat(4000));
    for path in [
        "/visits/%00",
        "/visits/%ff",
        "/patients/a%00b",
        "/batches/%C3%28/print/statement",
        &long,
    ] {
        let answer = house.ask(&by, &get(path)).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert!(answer.problem().contains("没有这条记录"), "{path}");
    }
    for path in [
        "/today?day=%00",
        "/today?day=9999-99-99",
        "/day/reconcile?day=%00",
        "/day/reconcile?day=9999-12-31",
        "/day/reconcile?day=-009999-01-01",
        "/clearing?day=9999-12-31",
        "/clearing?day=0000-01-01",
        "/clearing/print?day=%00",
        "/clearing/period?day=%00",
        "/api/search/items?q=%ff%00",
    ] {
        assert_eq!(
            house.ask(&by, &get(path)).await.status,
            StatusCode::OK,
            "{path}"
        );
    }
}

/// What a call to the centre can meet.
#[derive(Clone, Copy, Debug)]
enum Day {
    Down,
    Slow,
    Html,
    Half,
    Lost,
    Another,
}

fn set(house: &House, day: Day, infno: &'static str) {
    let panel = &house.w.centre.panel;
    match day {
        Day::Down => panel.set_down(true),
        Day::Slow => panel.set_slow(Duration::from_secs(61)),
        Day::Html => panel.set_fault(Fault::Html, infno, 1),
        Day::Half => panel.set_fault(Fault::Truncate, infno, 1),
        Day::Lost => panel.set_fault(Fault::LoseReply, infno, 1),
        Day::Another => {
            let first: Reply = house.w.wire.of(infno)[0].came.clone().expect("a reply");
            house.w.wire.twist(infno, move |_| Ok(first));
        }
    }
}

fn over(house: &House) {
    house.w.centre.panel.set_down(false);
    house.w.centre.panel.set_slow(Duration::ZERO);
}

#[tokio::test]
async fn the_centre_on_bad_days_when_somebody_is_identified() {
    let house = house();
    let by = house.sign_in("doctor");
    house.w.register(&house.villager());
    for day in [
        Day::Down,
        Day::Slow,
        Day::Html,
        Day::Half,
        Day::Lost,
        Day::Another,
    ] {
        for (locale, words) in [("zh-CN", "医保中心"), ("en", "centre")] {
            house.w.app.set_locale(&by.token, locale).expect("set");
            let number = house.villager().id_number;
            set(&house, day, "1101");
            let heads = house.heads();
            let answer = house.ask(&by, &identify(&[("number", &number)])).await;
            over(&house);
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{day:?}");
            assert!(
                answer.problem().contains(words),
                "{day:?} {}",
                answer.problem()
            );
            assert!(
                answer.body.contains(&number),
                "{day:?}: what was typed is lost"
            );
            assert_eq!(house.heads(), heads, "{day:?}");
        }
    }
}

#[tokio::test]
async fn the_centre_on_bad_days_when_money_is_moved() {
    let house = house();
    let by = house.sign_in("doctor");
    settled(&house);
    for day in [
        Day::Down,
        Day::Slow,
        Day::Html,
        Day::Half,
        Day::Lost,
        Day::Another,
    ] {
        for (locale, unknown, down) in [
            ("zh-CN", "结果未知", "没有发出"),
            ("en", "Outcome unknown", "was not sent"),
        ] {
            house.w.app.set_locale(&by.token, locale).expect("set");
            let visit = house.w.presettled(&house.villager(), &draft(&house));
            let batch = &house.w.view(&visit).batches[0];
            let (id, cash) = (batch.id.to_string(), batch.cash.to_string());
            let mut settle = of_visit("post", &visit, "/settle");
            settle.form = form(&[("batch.0", &id), ("cash.0", &cash)]);
            set(&house, day, "2207");
            let answer = house.ask(&by, &settle).await;
            over(&house);
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{day:?}");
            let sent_nothing = matches!(day, Day::Down);
            let expected = if sent_nothing {
                BatchState::Presettled
            } else {
                BatchState::Unknown
            };
            assert_eq!(house.w.states(&visit), [expected], "{day:?}");
            let words = if sent_nothing { down } else { unknown };
            assert!(answer.body.contains(words), "{day:?} {}", answer.problem());
            let page = house.ask(&by, &of_visit("get", &visit, "")).await;
            assert_eq!(page.status, StatusCode::OK);
            // It stays said. Only what was not sent is offered again; nothing is handed over.
            assert_eq!(page.body.contains(unknown), !sent_nothing, "{day:?}");
            assert_eq!(page.body.contains(down), sent_nothing, "{day:?}");
            assert_eq!(page.body.contains("/settle\""), sent_nothing, "{day:?}");
            assert!(!page.body.contains("/presettle\""), "{day:?}");
            assert!(!page.body.contains("/hand-over\""), "{day:?}");
        }
    }
    house.w.prove();
}

/// The handle of the identification that a page shows.
fn handle(page: &str) -> &str {
    let (_, rest) = page
        .split_once("name=\"handle\" value=\"")
        .expect("identified");
    rest.split_once('"').expect("quoted").0
}

#[tokio::test]
async fn another_name_at_the_centre_stands_beside_ours_and_nobody_is_registered_unasked() {
    let house = house();
    let person = house.villager();
    let id = patient(&house, &house.w.register(&person));
    let (number, theirs) = (person.id_number, person.name);
    let doctors = &house.w.doctor;
    let other = cunyi_app::views::PatientForm {
        name: "周新生".to_owned(),
        id_number: number.clone(),
        ..cunyi_app::views::PatientForm::default()
    };
    house
        .w
        .app
        .correct_patient(doctors, &id, &other)
        .expect("corrected");
    for (login, takes) in [("pharmacist", false), ("doctor", true)] {
        let by = house.sign_in(login);
        let page = house.ask(&by, &identify(&[("number", &number)])).await;
        assert_eq!(page.status, StatusCode::OK, "{login}");
        for shown in [theirs.as_str(), "周新生", "姓名不同"] {
            assert!(page.body.contains(shown), "{login} {shown}");
        }
        assert_eq!(page.body.contains("name=\"take_name\""), takes, "{login}");
        let register = |more: &[(&str, &str)]| {
            let mut ask = post("/register", &[("handle", handle(&page.body))]);
            ask.form.extend(form(more));
            ask
        };
        let stopped = house.ask(&by, &register(&[])).await;
        assert_eq!(stopped.status, StatusCode::UNPROCESSABLE_ENTITY, "{login}");
        assert!(
            stopped.problem().contains("核对证件"),
            "{}",
            stopped.problem()
        );
        assert!(stopped.body.contains("周新生"), "both stand there still");
        let taken = house.ask(&by, &register(&[("take_name", "1")])).await;
        let expected = if takes {
            StatusCode::SEE_OTHER
        } else {
            StatusCode::FORBIDDEN
        };
        assert_eq!(taken.status, expected, "{login}: {}", taken.body);
    }
    let name = house.w.app.patient(doctors, &id).expect("seen").fields.name;
    assert_eq!(name, theirs);
}
