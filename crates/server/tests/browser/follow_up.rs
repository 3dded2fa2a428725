//! 高血压随访: a visit becomes a follow-up by one key, is answered by keyboard, classified, recorded, and in the list of
//! whom to call.

use fantoccini::key::Key;
use serde_json::json;

use crate::batches::two_complaints;
use crate::demo::Demo;
use crate::desk::{self, sign_in};
use crate::page::{Page, open};

/// What the form wants where the focus is: a key to press, or nothing; `true` where the form ends.
const WANTED: &str = "const at = document.activeElement;
    if (at.matches('button.go')) return true;
    if (at.name === 'height' && !at.value) return '165';
    const box = at.closest('fieldset') ?? at.closest('.answer');
    if (!box || !box.querySelector('legend, label span')?.textContent.includes('*')) return '';
    if (at.type === 'checkbox') return box.querySelector(':checked') ? '' : ' ';
    if (at.matches('select')) return at.value ? '' : 'down';
    return at.matches('input') && at.value === '' ? '20' : ''";
/// More fields than a form has.
const MOST: usize = 120;

/// Answers what is not answered yet: the first of each choice, twenty of each number.
async fn answer_the_rest(page: &Page) {
    page.see(".answers").await;
    for _ in 0..MOST {
        let wanted = page.script(WANTED).await;
        match wanted.as_str() {
            None => return,
            Some("down") => page.press(Key::Down).await,
            Some(keys) => page.keys(keys).await,
        }
        page.press(Key::Tab).await;
    }
    panic!("no Tab leads to the button:\n{}", page.text().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_visit_becomes_a_follow_up_by_one_key() {
    let Some(page) = open(1366, 768).await else {
        return;
    };
    let demo = Demo::start("follow-up");
    sign_in(&page, &demo, "zhang").await;
    two_complaints(&page).await;
    page.fill("input[name=systolic]", "152").await;
    page.fill("input[name=diastolic]", "94").await;
    page.until(
        "what was typed is kept",
        "return fetch(location.href).then(a => a.text()).then(t => t.includes('152'))",
    )
    .await;
    page.press(Key::F10).await;
    page.see("input[name=systolic][value='152']").await;
    page.accessible("a follow-up that is not answered").await;
    page.picture("follow-up-form.png").await;
    // Who has typed nothing is not asked whether she may go.
    let form = page.path().await;
    page.press_on("nav a[href='/patients']").await;
    page.see("input[name=query]").await;
    page.go(&format!("{}{form}", demo.clinic)).await;
    page.see("input[name=systolic][value='152']").await;

    // What is missing is said beside its question, and what was answered stays.
    page.press(Key::F8).await;
    page.see("[aria-invalid=true], .problem").await;
    page.accessible("a follow-up with questions left").await;
    // Nothing saves it before it is sent: who leaves is asked first.
    page.press_on("nav a[href='/patients']").await;
    page.decline().await;
    answer_the_rest(&page).await;
    assert_eq!(page.value("input[name=systolic]").await, "152");
    page.press(Key::F8).await;
    page.read("控制不满意").await;
    page.accessible("a follow-up that is classified").await;
    page.tree("follow-up").await;
    page.picture("follow-up-classified.png").await;
    // Where one was recorded before, the doctor says that she has asked anew what was taken from it.
    if page.count("input[name=confirmed]").await == 1 {
        page.tab_to("input[name=confirmed]").await;
        page.keys(" ").await;
    }
    page.press(Key::F8).await;
    page.see("a[href$='/print'][data-paper]").await;
    page.accessible("a follow-up that is recorded").await;
    let form = page.path().await;
    page.go(&format!("{}{form}/print", demo.clinic)).await;
    page.read("控制不满意").await;
    page.accessible("a follow-up on paper").await;
    page.picture("follow-up-paper.png").await;

    page.go(&format!("{}/follow-ups", demo.clinic)).await;
    page.accessible("whom to call").await;
    page.picture("follow-ups.png").await;
    let file = "const form = document.querySelector('form[action=\"/follow-ups/sheet\"]');
        return fetch('/follow-ups/sheet?' + new URLSearchParams(new FormData(form)))
            .then(a => [a.status, a.headers.get('content-type')])";
    let sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    assert_eq!(page.script(file).await, json!([200, sheet]));
    end_and_resume(&page).await;
    assert!(demo.journal(&["verify"]) && demo.journal(&["replay", "--check"]));
    page.close().await;
}

/// Somebody who is due died: she is on no list, until that turns out to be another's death.
async fn end_and_resume(page: &Page) {
    page.press_on("main a[href^='/patients/']").await;
    page.press_on("details:has(form[action$='/follow-ups/end']) summary")
        .await;
    page.tab_to("form[action$='/follow-ups/end'] select").await;
    page.press(Key::Down).await;
    page.tab_to("form[action$='/follow-ups/end'] button").await;
    page.press(Key::Enter).await;
    page.see("[role=alert]").await;
    page.accessible("an end of follow-ups without its cause")
        .await;
    page.fill(
        "form[action$='/follow-ups/end'] input[name=end_words]",
        "脑卒中",
    )
    .await;
    page.press(Key::Enter).await;
    page.read("死亡").await;
    page.accessible("a patient whose follow-ups ended").await;
    page.picture("follow-up-ended.png").await;
    let patient = page.path().await;
    page.press_on("nav a[href='/patients']").await;
    page.press_on("main a[href='/follow-ups']").await;
    page.see(&format!("section:has(#h-ended) a[href='{patient}']"))
        .await;
    assert_eq!(page.count(&format!("a[href='{patient}']")).await, 1);
    page.accessible("whom to call, and whom no more").await;
    page.press_on(&format!("a[href='{patient}']")).await;
    page.press_on("form[action$='/follow-ups/resume'] button")
        .await;
    page.see("form[action$='/follow-ups/end']").await;
}

/// Of a glucose that is said to be fasting nothing is asked again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fasting_glucose_goes_into_the_diabetes_form() {
    let Some(page) = open(1366, 768).await else {
        return;
    };
    let demo = Demo::start("diabetes");
    sign_in(&page, &demo, "zhang").await;
    let diabetic = "p.cover === '390 正常 990001' && p.filing.includes('糖尿病') && !p.filing.includes('高血压')";
    desk::seen(&page, &demo, diabetic).await;
    desk::diagnose(&page, 1, "糖尿病").await;
    page.tab_to("input[name=systolic]").await;
    page.keys("128").await;
    page.press(Key::Enter).await;
    page.keys("78").await;
    page.press(Key::Enter).await;
    page.keys("8.4").await;
    page.press(Key::Enter).await;
    // When it was measured is asked for only where it was.
    page.until(
        "the kind has the focus",
        "return document.activeElement.name === 'glucose_kind'",
    )
    .await;
    page.press(Key::Down).await;
    page.until(
        "what was typed is kept",
        "return fetch(location.href).then(a => a.text()).then(t => t.includes('value=\"fasting\" selected'))",
    )
    .await;
    page.picture("glucose.png").await;
    page.accessible("a glucose with its kind").await;
    page.press(Key::F10).await;
    page.see("input[name=glucose][value='8.4']").await;
    answer_the_rest(&page).await;
    page.press(Key::F8).await;
    page.read("控制不满意").await;
    page.accessible("a diabetes follow-up that is classified")
        .await;
    page.picture("diabetes.png").await;
    if page.count("input[name=confirmed]").await == 1 {
        page.tab_to("input[name=confirmed]").await;
        page.keys(" ").await;
    }
    page.press(Key::F8).await;
    page.see("a[href$='/print'][data-paper]").await;
    assert!(demo.journal(&["verify"]) && demo.journal(&["replay", "--check"]));
    page.close().await;
}
