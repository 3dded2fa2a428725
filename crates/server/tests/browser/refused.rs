//! A card that is refused: she is seen as self-pay, pays, and is settled with her insurance after all, by keyboard; and
//! a batch that the centre refuses is paid by herself.

use fantoccini::key::Key;

use crate::demo::Demo;
use crate::desk::{self, RESIDENT, person, prescribe, seen, settle, sign_in, strike};
use crate::page::{Page, open};

/// The form of 自费转医保 with her number, as far as the browser's question.
async fn insure(page: &Page, number: &str) {
    page.press_on("#insure summary").await;
    page.fill("#insure input[name=number]", number).await;
    page.press_on("#insure button").await;
    page.agree().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_card_that_is_refused_is_settled_with_the_insurance_later() {
    let Some(page) = open(1366, 768).await else {
        return;
    };
    let demo = Demo::start("card-refused");
    let who = person(&page, &demo, RESIDENT).await;
    strike(&page, &demo, "refuse", "1101").await;
    sign_in(&page, &demo, "zhang").await;
    desk::identify(&page, &demo, "02", who.get("id")).await;
    page.read("医保中心拒绝").await;
    page.accessible("a card that is refused").await;
    page.tree("card-refused").await;
    page.picture("card-refused.png").await;

    // Her number goes along.
    page.press_words("先按自费接诊").await;
    page.see("form[action='/self-pay'] input[name=name]").await;
    assert_eq!(page.value("input[name=id_number]").await, who.get("id"));
    page.fill("input[name=name]", who.get("name")).await;
    page.accessible("self-pay after a card that was refused")
        .await;
    page.press(Key::F8).await;
    prescribe(&page).await;
    page.press(Key::F8).await;
    page.see("form[action$='/settle'] button").await;
    settle(&page).await;
    page.tree("paid-herself").await;

    insure(&page, who.get("id")).await;
    page.read("待退").await;
    page.press(Key::F8).await;
    page.read("退差额").await;
    page.picture("card-refused-insured.png").await;
    assert!(demo.journal(&["verify"]) && demo.journal(&["replay", "--check"]));
    page.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_that_the_centre_refuses_is_paid_by_herself() {
    let Some(page) = open(1366, 768).await else {
        return;
    };
    let demo = Demo::start("own-pay");
    strike(&page, &demo, "refuse", "2206").await;
    sign_in(&page, &demo, "zhang").await;
    seen(&page, &demo, RESIDENT).await;
    prescribe(&page).await;
    page.press(Key::F8).await;
    page.see("form[action$='/presettle'] button").await;
    page.press(Key::F8).await;
    page.read("医保中心拒绝").await;
    page.press_on("details:has(form[action$='/own-pay']) summary")
        .await;
    page.accessible("a batch that the centre refuses").await;
    page.press_on("form[action$='/own-pay'] button").await;
    page.agree().await;
    page.see("form[action$='/settle'] button").await;
    assert_eq!(page.count("form[action$='/own-pay']").await, 0);
    page.picture("own-pay.png").await;
    settle(&page).await;
    assert!(demo.journal(&["verify"]) && demo.journal(&["replay", "--check"]));
    page.close().await;
}
