//! Work that waits for the centre: a second click, another wish, another browser, another clinic.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use axum::http::StatusCode;
use cunyi_domain::batch::BatchState;

use crate::cases::{draft, draft_form, frozen, of_visit, post, registered};
use crate::house::{Answer, Ask, Browser, House, house};

/// The centre, holding back its answer to a transaction until it is let go.
struct Held {
    asked: Arc<Mutex<Receiver<()>>>,
    go: Sender<()>,
}

impl Held {
    fn hold(house: &House, infno: &str) -> Self {
        let (tell, asked) = channel();
        let (go, wait) = channel::<()>();
        house.w.wire.twist(infno, move |came| {
            tell.send(()).expect("somebody waits");
            wait.recv().expect("let go");
            came
        });
        let asked = Arc::new(Mutex::new(asked));
        Self { asked, go }
    }

    /// Until the question has come.
    async fn reached(&self) {
        let asked = Arc::clone(&self.asked);
        let wait = move || asked.lock().expect("whole").recv();
        let came = tokio::task::spawn_blocking(wait).await.expect("no panic");
        came.expect("asked");
    }
}

fn start(house: &Arc<House>, by: &Browser, ask: Ask) -> tokio::task::JoinHandle<Answer> {
    let (house, by) = (Arc::clone(house), by.clone());
    tokio::spawn(async move { house.ask(&by, &ask).await })
}

#[tokio::test]
async fn while_the_centre_works_a_second_click_finds_it_and_another_wish_is_told() {
    let house = Arc::new(house());
    let (doctor, nurse) = (house.sign_in("doctor"), house.sign_in("pharmacist"));
    let stranger = house.sign_in("other-doctor");
    let visit = frozen(&house);
    let held = Held::hold(&house, "2206");
    let presettle = of_visit("post", &visit, "/presettle");
    let first = start(&house, &doctor, presettle.clone());
    held.reached().await;

    let again = house.ask(&doctor, &presettle).await;
    assert_eq!(
        (again.status, again.location()),
        (StatusCode::SEE_OTHER, &*format!("/visits/{visit}"))
    );
    let other = house
        .ask(&doctor, &of_visit("post", &visit, "/take-back"))
        .await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(other.problem().contains("没有开始"), "{}", other.problem());
    for by in [&doctor, &nurse] {
        let page = house.ask(by, &of_visit("get", &visit, "")).await;
        assert!(page.body.contains("data-refresh"), "it goes on");
    }
    let page = house.ask(&stranger, &of_visit("get", &visit, "")).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND, "{}", page.body);

    held.go.send(()).expect("still there");
    let first = first.await.expect("no panic");
    assert_eq!(first.status, StatusCode::SEE_OTHER);
    assert_eq!(house.w.wire.of("2206").len(), 1);
    assert_eq!(house.w.states(&visit), [BatchState::Presettled]);
}

#[tokio::test]
async fn what_came_of_it_is_told_to_who_started_it_and_nobody_else() {
    let house = Arc::new(house());
    let (doctor, nurse) = (house.sign_in("doctor"), house.sign_in("pharmacist"));
    let visit = frozen(&house);
    house
        .w
        .centre
        .panel
        .set_fault(cunyi_centre::faults::Fault::Refuse, "2206", 1);
    let held = Held::hold(&house, "2206");
    let first = start(&house, &doctor, of_visit("post", &visit, "/presettle"));
    held.reached().await;
    // The browser is closed; the work goes on and its end is kept.
    first.abort();
    held.go.send(()).expect("still there");
    while house
        .ask(&nurse, &of_visit("get", &visit, ""))
        .await
        .body
        .contains("data-refresh")
    {
        tokio::task::yield_now().await;
    }
    let page = house.ask(&nurse, &of_visit("get", &visit, "")).await;
    assert_eq!(page.status, StatusCode::OK);
    let page = house.ask(&doctor, &of_visit("get", &visit, "")).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.problem().contains("医保中心"), "{}", page.problem());
    let page = house.ask(&doctor, &of_visit("get", &visit, "")).await;
    assert_eq!(page.status, StatusCode::OK, "it is said once");
}

#[tokio::test]
async fn another_patient_at_the_desk_is_not_swallowed() {
    let house = Arc::new(house());
    let doctor = house.sign_in("doctor");
    let ask = |number: &str| post("/identify", &[("certificate", "02"), ("number", number)]);
    let (first, second) = (house.villager().id_number, house.villager().id_number);
    let held = Held::hold(&house, "1101");
    let running = start(&house, &doctor, ask(&first));
    held.reached().await;
    let other = house.ask(&doctor, &ask(&second)).await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        other.body.contains(&second),
        "what was typed is still there"
    );
    assert!(other.problem().contains("没有开始"), "{}", other.problem());
    held.go.send(()).expect("still there");
    assert_eq!(running.await.expect("no panic").status, StatusCode::OK);
    let other = house.ask(&doctor, &ask(&second)).await;
    assert_eq!(other.status, StatusCode::OK, "{}", other.problem());
}

#[tokio::test]
async fn two_clicks_on_settle_pay_once() {
    let house = Arc::new(house());
    let doctor = house.sign_in("doctor");
    let visit = house.w.presettled(&house.villager(), &draft(&house));
    let batch = &house.w.view(&visit).batches[0];
    let (id, cash) = (batch.id.to_string(), batch.cash.to_string());
    let mut settle = of_visit("post", &visit, "/settle");
    settle.form = crate::cases::form(&[("batch.0", &id), ("cash.0", &cash)]);
    let held = Held::hold(&house, "2207");
    let first = start(&house, &doctor, settle.clone());
    held.reached().await;
    let second = house.ask(&doctor, &settle).await;
    assert_eq!(second.status, StatusCode::SEE_OTHER);
    held.go.send(()).expect("still there");
    assert_eq!(first.await.expect("no panic").status, StatusCode::SEE_OTHER);
    // A third, from a page that was open all the while.
    let late = house.ask(&doctor, &settle).await;
    assert!(late.status.is_redirection() || late.status == StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(house.w.wire.of("2207").len(), 1);
    assert_eq!(house.w.states(&visit), [BatchState::Settled]);
    house.w.prove();
}

#[tokio::test]
async fn two_browsers_on_one_visit_lose_nothing() {
    let house = house();
    let doctor = house.sign_in("doctor");
    let visit = registered(&house);
    let mut body = draft(&house);
    let save = |form| Ask {
        form,
        ..of_visit("post", &visit, "/draft")
    };
    let first = house.ask(&doctor, &save(draft_form(&body, 0))).await;
    assert_eq!(first.status, StatusCode::SEE_OTHER);
    body.complaint = "第二个窗口里的主诉".to_owned();
    for (language, words) in [("zh-CN", "另一个窗口"), ("en", "another window")] {
        house
            .w
            .app
            .set_locale(&doctor.token, language)
            .expect("set");
        let second = house.ask(&doctor, &save(draft_form(&body, 0))).await;
        assert_eq!(second.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(second.problem().contains(words), "{}", second.problem());
        assert!(
            second.body.contains(&body.complaint),
            "what was typed is still there"
        );
        let kept = house.w.view(&visit).draft;
        assert_ne!(kept.complaint, body.complaint, "the first stands");
    }
}
