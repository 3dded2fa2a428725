//! A visit's follow-up form: said what it comes to first, recorded by the second press, corrected, due.

use axum::http::StatusCode;
use cunyi_app::views::{EndForm, FollowUpForm, Outcome};
use cunyi_domain::ids::VisitId;
use cunyi_followup::{Field, Kind, Said};

use crate::cases::{draft, get, of_visit, patient, post, registered};
use crate::house::{Ask, House, house};

const FORM: &str = "hypertension";
const PATH: &str = "/follow-up/hypertension";

/// Every question answered calmly, over what the form was filled with.
fn answers(h: &House, visit: &VisitId, systolic: &str) -> Said {
    let view = h.w.app.follow_up(&h.w.doctor, visit, FORM).expect("a form");
    let mut said = view.said;
    said.insert("systolic".to_owned(), systolic.to_owned());
    said.insert("diastolic".to_owned(), "80".to_owned());
    for field in view.form.fields.iter().filter(|f| f.required) {
        let first = field
            .choices()
            .first()
            .map_or("20", |one| one.meaning.as_str());
        said.entry(field.key.clone()).or_insert(first.to_owned());
    }
    said.insert("signs".to_owned(), "踝部凹陷".to_owned());
    h.keep_secret(["踝部凹陷"]);
    said
}

/// As the page sends it.
fn sent(said: &Said, more: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut pairs: Vec<(String, String)> = Vec::new();
    let form = cunyi_followup::forms().iter().find(|f| f.id == FORM);
    for field in &form.expect("a form").fields {
        let text = said.get(&field.key).map_or("", String::as_str);
        pairs.extend(pairs_of(field, text));
    }
    pairs.extend(more.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())));
    pairs
}

fn pairs_of(field: &Field, text: &str) -> Vec<(String, String)> {
    match field.kind {
        Kind::Choices(_) => {
            let ticked = text.split(' ').map(|one| format!("{}.{one}", field.key));
            ticked.map(|name| (name, "1".to_owned())).collect()
        }
        _ => vec![(field.key.clone(), text.to_owned())],
    }
}

fn ask(visit: &VisitId, said: &Said, more: &[(&str, &str)]) -> Ask {
    Ask {
        form: sent(said, more),
        ..of_visit("post", visit, PATH)
    }
}

/// What the second press confirms.
fn seen(body: &str) -> String {
    let seen = body.split("name=\"seen\" value=\"").nth(1).expect("seen");
    seen.split('"').next().unwrap_or_default().to_owned()
}

/// A form that is seen and would be recorded.
pub fn to_record(h: &House) -> Ask {
    let visit = registered(h);
    let seen = expected(h, "satisfactory", 90);
    let more = [("seen", seen.as_str()), ("confirmed", "1")];
    ask(&visit, &answers(h, &visit, "120"), &more)
}

fn expected(h: &House, class: &str, days: u64) -> String {
    let after = std::time::Duration::from_hours(24 * days);
    format!("{class} {} []", h.w.app.now().plus(after).date())
}

/// The page of a form that was recorded, or its paper.
pub fn page(h: &House, rest: &str) -> Ask {
    of_visit("get", &recorded(h), &format!("{PATH}{rest}"))
}

/// The file of today's forms.
pub fn sheet(h: &House) -> Ask {
    recorded(h);
    let day = h.w.app.now().date();
    get(format!("/follow-ups/sheet?form={FORM}&from={day}&to={day}"))
}

/// A visit whose form was recorded.
pub fn recorded(h: &House) -> VisitId {
    let visit = registered(h);
    let wanted = FollowUpForm {
        said: answers(h, &visit, "120"),
        confirmed: true,
        ..FollowUpForm::default()
    };
    let done = h.w.app.record_follow_up(&h.w.doctor, &visit, FORM, &wanted);
    assert!(matches!(done, Ok(Outcome::Judged(_))));
    visit
}

fn end(h: &House) -> EndForm {
    EndForm {
        why: "moved".to_owned(),
        day: h.w.app.now().date().to_string(),
        words: String::new(),
    }
}

pub fn to_end(h: &House) -> Ask {
    let (patient, end) = (patient(h, &registered(h)), end(h));
    let typed = [("why", &*end.why), ("end_day", &*end.day)];
    post(&format!("/patients/{patient}/follow-ups/end"), &typed)
}

pub fn to_resume(h: &House) -> Ask {
    let patient = patient(h, &registered(h));
    let ended = h.w.app.end_follow_ups(&h.w.doctor, &patient, &end(h));
    ended.expect("ended");
    post(&format!("/patients/{patient}/follow-ups/resume"), &[])
}

#[tokio::test]
async fn it_is_classified_first_and_recorded_by_the_second_press() {
    let h = house();
    let doctor = h.sign_in("doctor");
    let visit = registered(&h);
    let said = answers(&h, &visit, "152");
    let before = h.heads();
    let page = h.ask(&doctor, &ask(&visit, &said, &[])).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.problem());
    assert!(page.body.contains("2 控制不满意") && page.body.contains("收缩压 152，应低于"));
    assert!(
        page.body.contains("value=\"踝部凹陷\""),
        "what was typed stays"
    );
    let shown = seen(&page.body);
    assert_eq!(shown, expected(&h, "unsatisfactory", 14));
    // Changed since: it is said again and not recorded.
    let calm = answers(&h, &visit, "120");
    let other = h
        .ask(&doctor, &ask(&visit, &calm, &[("seen", &shown)]))
        .await;
    assert_eq!((other.status, h.heads()), (StatusCode::OK, before));
    let done = h
        .ask(&doctor, &ask(&visit, &said, &[("seen", &shown)]))
        .await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.problem());
    let page = h.ask(&doctor, &get(done.location())).await;
    assert!(page.body.contains("已记录") && page.body.contains("更正原因"));
    let paper = h
        .ask(&doctor, &of_visit("get", &visit, &format!("{PATH}/print")))
        .await;
    assert!(paper.body.contains("152 mmHg") && paper.body.contains("2 控制不满意"));
    assert!(!paper.body.contains("未签名"), "it is signed");
}

#[tokio::test]
async fn what_is_wrong_stands_beside_its_field_in_both_languages() {
    let h = house();
    let doctor = h.sign_in("doctor");
    let visit = registered(&h);
    let mut said = answers(&h, &visit, "999");
    said.insert("adverse".to_owned(), "yes".to_owned());
    for (locale, words) in [
        (
            "zh-CN",
            ["请填 40 到 300 之间的数", "请写明是什么", "有 2 项需要改"],
        ),
        (
            "en",
            [
                "a number from 40 to 300",
                "say what it is",
                "2 answers must be changed",
            ],
        ),
    ] {
        let to = crate::cases::post("/locale", &[("locale", locale), ("back", "/")]);
        h.ask(&doctor, &to).await;
        let page = h.ask(&doctor, &ask(&visit, &said, &[])).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        for word in words {
            assert!(page.body.contains(word), "{word}");
        }
        assert!(page.body.contains("value=\"999\"") && !page.body.contains("name=\"seen\""));
    }
}

#[tokio::test]
async fn a_correction_wants_a_reason_and_shows_what_stood_there() {
    let h = house();
    let doctor = h.sign_in("doctor");
    let visit = recorded(&h);
    let said = answers(&h, &visit, "160");
    let mut said = said;
    said.remove("next_date");
    let shown = expected(&h, "unsatisfactory", 14);
    let none = h
        .ask(&doctor, &ask(&visit, &said, &[("seen", &shown)]))
        .await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    h.keep_secret(["读错了血压计"]);
    let more = [("seen", shown.as_str()), ("reason", "读错了血压计")];
    let done = h.ask(&doctor, &ask(&visit, &said, &more)).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.problem());
    let page = h.ask(&doctor, &of_visit("get", &visit, PATH)).await;
    for word in [
        "读错了血压计",
        "已更正",
        "更正前的内容",
        "120 mmHg",
        "value=\"160\"",
    ] {
        assert!(page.body.contains(word), "{word}");
    }
    let auditor = h.sign_in("auditor");
    let page = h.ask(&auditor, &of_visit("get", &visit, PATH)).await;
    assert!(page.body.contains("160 mmHg") && !page.body.contains("name=\"systolic\""));
}

#[tokio::test]
async fn the_visits_page_offers_it_and_the_list_tells_whom_to_call() {
    let h = house();
    let doctor = h.sign_in("doctor");
    let visit = registered(&h);
    let mut body = draft(&h);
    let offered = format!("href=\"/visits/{visit}{PATH}\" data-key=\"F10\"");
    let page = h.ask(&doctor, &of_visit("get", &visit, "")).await;
    assert!(!page.body.contains(&offered), "a cold asks for none");
    body.diagnoses.push("I10.x00x002".to_owned());
    h.w.app
        .save_draft(&h.w.doctor, &visit, 0, &body)
        .expect("saved");
    let page = h.ask(&doctor, &of_visit("get", &visit, "")).await;
    assert!(page.body.contains(&offered));
    h.w.app
        .freeze(&h.w.doctor, &visit, 1, &body)
        .expect("frozen");
    let page = h.ask(&doctor, &of_visit("get", &visit, "")).await;
    assert!(page.body.contains(&offered), "signed too");

    let visit = recorded(&h);
    let name = h.w.view(&visit).patient.name;
    let list = h.ask(&doctor, &get("/follow-ups")).await;
    assert!(!list.body.contains(&name), "not due within a week");
    h.w.clock.advance(95 * 86_400);
    let doctor = h.sign_in("doctor");
    let list = h.ask(&doctor, &get("/follow-ups")).await;
    assert!(list.body.contains(&name) && list.body.contains("过期 5 天"));
}

#[tokio::test]
async fn the_file_of_a_period_is_a_spreadsheet_and_a_bad_period_is_told() {
    let h = house();
    let doctor = h.sign_in("doctor");
    let file = h.ask(&doctor, &sheet(&h)).await;
    assert_eq!(file.status, StatusCode::OK, "{}", file.problem());
    let header = |name: &str| file.headers[name].to_str().expect("text").to_owned();
    assert!(header("content-type").ends_with("spreadsheetml.sheet"));
    let day = h.w.app.now().date();
    let name = format!("attachment; filename=\"hypertension-{day}-{day}.xlsx\"");
    assert_eq!(header("content-disposition"), name);
    assert!(file.body.starts_with("PK"));
    for (query, status) in [
        ("form=hypertension&from=2026-1-1&to=2026-01-31", 422),
        ("form=hypertension", 422),
        ("form=..%2Fmoon&from=2026-01-01&to=2026-01-31", 404),
        ("", 422),
    ] {
        let bad = h
            .ask(&doctor, &get(format!("/follow-ups/sheet?{query}")))
            .await;
        assert_eq!(bad.status.as_u16(), status, "{query}");
    }
}
