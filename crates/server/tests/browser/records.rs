//! Patients: found, corrected, their history read and printed; and all of it in English.

use fantoccini::key::Key;
use serde_json::json;

use crate::demo::Demo;
use crate::desk::{RESIDENT, identify, person, presettle, sign_in};
use crate::page::{Page, open};

async fn found_and_corrected(page: &Page, demo: &Demo) {
    let name = page.words_of(".queue .name").await;
    // From anywhere on the workstation: three letters of the name.
    page.fill("#find", &name).await;
    page.press(Key::Enter).await;
    page.see("td a[href^='/patients/']").await;
    page.accessible("the search").await;
    page.press_on("td a[href^='/patients/']").await;
    page.read("历次就诊").await;
    // Who has no card with her is identified from there.
    let patient = page.path().await;
    page.press(Key::F2).await;
    page.read("核验结果").await;
    page.accessible("somebody found by her name").await;
    page.go(&format!("{}{patient}", demo.clinic)).await;
    page.accessible("a patient's page").await;

    page.press_on("details:has(form[action$='/correct']) summary")
        .await;
    page.fill("input[name=phone]", "12").await;
    page.fill("input[name=id_number]", "990001195303011495")
        .await;
    page.press(Key::Enter).await;
    page.read("校验位不对").await;
    assert_eq!(page.value("input[name=phone]").await, "12");
    page.script("document.querySelector('input[name=id_number]').value = document.querySelector('input[name=id_number]').defaultValue")
        .await;
    page.go(&format!("{}{patient}", demo.clinic)).await;
    page.press_on("details:has(form[action$='/correct']) summary")
        .await;
    page.fill("input[name=phone]", "13800001234").await;
    page.press(Key::Enter).await;
    page.until(
        "the new number is kept",
        "return document.querySelector('input[name=phone]').defaultValue === '13800001234'
            && !document.querySelector('.problem')",
    )
    .await;
    page.paper("a[href$='/print/history'][data-key=F9]").await;
    page.read("就诊记录").await;
    page.read("原发性高血压").await;
    page.accessible("the printed history").await;
}

/// What is offered to be pressed or read as a heading must be in the language of the page.
async fn in_english(page: &Page, what: &str) {
    let script = "const words = 'button, th, dt, summary, h2, legend, label > span, nav a, option, .chip, .notice';
        return [document.documentElement.lang, ...[...document.querySelectorAll(words)]
          .filter(e => !e.closest('[lang^=zh]'))
          .map(e => [...e.childNodes].filter(n => n.nodeType === 3).map(n => n.data).join('').trim())
          .filter(t => /[\\u4e00-\\u9fff]/.test(t))]";
    let found = page.script(script).await;
    assert_eq!(found, json!(["en"]), "{what} is not all English");
    page.accessible(what).await;
}

async fn a_visit_in_english(page: &Page, demo: &Demo) {
    let who = person(page, demo, RESIDENT).await;
    page.go(&demo.clinic).await;
    page.press_on("button[lang=en]").await;
    page.read("Workstation").await;
    in_english(page, "the workstation").await;
    page.go(&format!("{}/identify", demo.clinic)).await;
    in_english(page, "the identification").await;
    identify(page, demo, "02", who.get("id")).await;
    page.read("Resident").await;
    page.press(Key::F8).await;
    page.see("#draft").await;
    crate::desk::prescribe(page).await;
    in_english(page, "the visit").await;
    page.picture("english.png").await;
    presettle(page).await;
    in_english(page, "the settlement").await;
    settle_in_english(page).await;
    for path in [
        "/today",
        "/day/reconcile",
        "/clearing",
        "/clearing/period",
        "/stock",
        "/patients",
        "/self-pay",
    ] {
        page.go(&format!("{}{path}", demo.clinic)).await;
        in_english(page, path).await;
    }
    page.go(&format!("{}/visits/nobody", demo.clinic)).await;
    in_english(page, "an address that is nothing").await;
    page.press_on("main a[href='/']").await;
    page.read("Workstation").await;
}

async fn settle_in_english(page: &Page) {
    page.press(Key::F8).await;
    page.see("form[action$='/hand-over'] button").await;
    in_english(page, "the settled visit").await;
    page.press(Key::F8).await;
    page.see("footer.keys a[href='/identify']").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn patients_are_found_corrected_and_their_history_printed_in_two_languages() {
    let Some(page) = open(1366, 768).await else {
        return;
    };
    let demo = Demo::start("records");
    sign_in(&page, &demo, "zhang").await;
    found_and_corrected(&page, &demo).await;
    a_visit_in_english(&page, &demo).await;
    assert!(demo.journal(&["verify"]) && demo.journal(&["replay", "--check"]));
    page.close().await;
}
