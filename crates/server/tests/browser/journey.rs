//! The journeys a newcomer makes in the first ten minutes.

use fantoccini::key::Key;

use crate::demo::Demo;
use crate::desk::{self, person, prescribe, presettle, sign_in, strike};
use crate::page::open;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_patient_is_seen_from_identification_to_the_printed_fee_list() {
    let Some(page) = open(1366, 900).await else {
        return;
    };
    let demo = Demo::start("visit");
    let who = person(&page, &demo, desk::RESIDENT).await;
    let number = who.get("id").to_owned();
    sign_in(&page, &demo, "zhang").await;
    page.accessible("the workstation").await;

    // A wrong checksum is refused in words, and what was typed stays.
    page.press(Key::F2).await;
    let last = if number.ends_with('1') { '2' } else { '1' };
    let wrong = format!("{}{last}", &number[..17]);
    page.fill("input[name=number]", &wrong).await;
    page.press(Key::Enter).await;
    page.see(".problem").await;
    assert_eq!(page.value("input[name=number]").await, wrong);

    page.fill("input[name=number]", &number).await;
    page.press(Key::Enter).await;
    page.read("城乡居民").await;
    page.accessible("the identification").await;
    page.press(Key::F8).await;
    prescribe(&page).await;
    page.picture("workstation.png").await;
    page.accessible("the visit").await;
    presettle(&page).await;
    page.picture("settle.png").await;
    page.press(Key::F8).await;
    page.see("form[action$='/hand-over'] button").await;
    page.read("已结算").await;
    page.press(Key::F8).await;
    page.see("a[href$='/print/statement']").await;
    page.click("a[href$='/print/statement']").await;
    page.read("结算单").await;
    page.read("演示").await;
    page.accessible("the statement").await;
    assert!(demo.journal(&["verify"]) && demo.journal(&["replay", "--check"]));
    page.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_reply_is_unknown_and_never_failed() {
    let Some(page) = open(1366, 900).await else {
        return;
    };
    let demo = Demo::start("lost");
    sign_in(&page, &demo, "zhang").await;
    // The second of the three who wait has nothing filed.
    page.script("document.querySelectorAll('a[href^=\"/visits/\"]')[1].click()")
        .await;
    prescribe(&page).await;
    let visit = page.path().await;
    presettle(&page).await;

    strike(&page, &demo, "lose", "2207").await;
    page.go(&format!("{}{visit}", demo.clinic)).await;
    page.see("form[action$='/settle'] button").await;
    page.press(Key::F8).await;
    page.read("结果未知").await;
    assert!(!page.has("已结算").await && !page.has("结算失败").await);
    page.picture("unknown.png").await;
    page.accessible("an unknown settlement").await;
    let number = page
        .script("return document.querySelector('.state-unknown .soft').textContent")
        .await;
    let number = number.as_str().expect("a batch number").to_owned();
    // The centre did commit: the clinic was right not to call this a failure.
    page.go(&format!("{}/settlements", demo.centre)).await;
    page.read(&number).await;
    assert!(demo.journal(&["verify"]) && demo.journal(&["replay", "--check"]));
    page.close().await;
}
