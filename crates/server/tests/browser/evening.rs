//! The end of a day at the screen: clinic, centre and cash side by side.

use fantoccini::key::Key;

use crate::demo::Demo;
use crate::desk::{RESIDENT, identify, person, prescribe, presettle, settle, sign_in};
use crate::page::{Page, open};

pub const ASK: &str = "form[method=post][action='/day/reconcile'] button";

pub async fn to_the_evening(page: &Page, demo: &Demo) {
    page.go(&format!("{}/today", demo.clinic)).await;
    page.press_on("main a[href^='/day/reconcile']").await;
    page.see(ASK).await;
}

/// What must be in the drawer, counted, with a slip first.
pub async fn count(page: &Page) {
    let expected = "return document.querySelectorAll('.facts dd')[0].textContent.trim()";
    let expected = page.script(expected).await;
    let expected = expected.as_str().expect("a sum").to_owned();
    page.fill("input[name=cash]", "十二元").await;
    page.press(Key::Enter).await;
    page.read("钱箱实点（元，不含备用金）：数字不对").await;
    assert_eq!(page.value("input[name=cash]").await, "十二元");
    page.fill("input[name=cash]", &expected).await;
    page.press(Key::Enter).await;
    counted(page).await;
}

/// Waits until the page says what was counted.
pub async fn counted(page: &Page) {
    let there = "return document.querySelectorAll('.facts dd')[1]?.textContent !== '–'";
    page.until("it is counted", there).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_day_is_green_until_something_changes_and_again_when_it_is_compared_and_counted() {
    let Some(page) = open(1366, 900).await else {
        return;
    };
    let demo = Demo::start("evening");
    sign_in(&page, &demo, "zhang").await;
    to_the_evening(&page, &demo).await;
    page.read("这一天还没有与医保中心对账").await;
    page.accessible("a day that nobody compared").await;
    page.press_on(ASK).await;
    page.read("与医保中心对过账").await;
    count(&page).await;
    page.read("本机、医保中心、现金三方一致").await;
    page.accessible("a green evening").await;
    page.picture("evening-green.png").await;

    // What is settled afterwards is neither compared nor counted.
    let who = person(&page, &demo, RESIDENT).await;
    identify(&page, &demo, "02", who.get("id")).await;
    page.see("button[form=desk][value=see]").await;
    page.press(Key::F8).await;
    prescribe(&page).await;
    presettle(&page).await;
    settle(&page).await;
    to_the_evening(&page, &demo).await;
    page.read("对账以后本机又有变动").await;
    page.read("实点比应有少").await;
    page.accessible("an evening that is not green").await;
    page.picture("evening-open.png").await;
    page.press_on(ASK).await;
    // The page looks again by itself while the centre is asked, and takes away what is being typed.
    let compared = "return !document.body.textContent.includes('对账以后本机又有变动')
        && !document.querySelector('[data-refresh]')";
    page.until("it is compared again", compared).await;
    count(&page).await;
    page.read("本机、医保中心、现金三方一致").await;
    page.picture("evening-again.png").await;
    page.press_on("button[lang=en]").await;
    page.read("Clinic, insurance centre and cash agree").await;
    page.picture("evening-english.png").await;
    assert!(demo.journal(&["verify"]) && demo.journal(&["replay", "--check"]));
    page.close().await;
}
