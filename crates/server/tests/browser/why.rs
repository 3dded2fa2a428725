//! 为什么, by keyboard: how a batch's amounts came about while the doctor types, and where the centre
//! paid otherwise.

use fantoccini::key::Key;

use crate::demo::Demo;
use crate::desk::{order, prescribe, presettle, see_second, sign_in};
use crate::page::{Page, open};

const OPENED: &str = "return document.querySelector('.working')?.open === true";
const CLOSED: &str = "return document.querySelector('.working')?.open === false";

/// Both languages, on both screens.
async fn pictures(page: &Page, name: &str) {
    for (width, language) in [(1366, "zh"), (1024, "zh"), (1024, "en"), (1366, "en")] {
        page.widen(width, 768).await;
        if page.script("return document.documentElement.lang").await != language_tag(language) {
            page.press_on("button[name=locale]").await;
            let turned = format!(
                "return document.documentElement.lang === {}",
                language_tag(language)
            );
            page.until("the other language", &turned).await;
            page.press(Key::F6).await;
            page.until("it opens", OPENED).await;
        }
        let end = "document.querySelector('.working .differs').scrollIntoView({block: 'end'})";
        page.script(if width == 1024 { end } else { "" }).await;
        page.picture(&format!("why-{name}-{width}-{language}.png"))
            .await;
    }
    page.press_on("button[name=locale]").await;
    page.read("报文").await;
    page.widen(1366, 768).await;
}

fn language_tag(language: &str) -> serde_json::Value {
    if language == "en" { "en" } else { "zh-CN" }.into()
}

/// Tab comes to it, Enter and Space open and close it.
async fn by_tab(page: &Page) {
    page.script(
        "document.querySelector('#fee').tabIndex = -1; document.querySelector('#fee').focus()",
    )
    .await;
    let on = "return document.activeElement.matches('.working > summary')";
    for _ in 0..20 {
        page.press(Key::Tab).await;
        if page.script(on).await == true {
            break;
        }
    }
    page.until("Tab comes to it", on).await;
    page.press(Key::Enter).await;
    page.until("Enter opens it", OPENED).await;
    page.keys(" ").await;
    page.until("Space closes it", CLOSED).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_says_why_and_where_the_centre_pays_otherwise() {
    let Some(page) = open(1366, 768).await else {
        return;
    };
    let demo = Demo::start("why");
    page.go(&demo.centre).await;
    page.fill("input[name=paid]", "50").await;
    page.press(Key::Enter).await;
    let set = "return document.querySelector('input[name=paid]')?.defaultValue === '50'";
    page.until("the switch is set", set).await;
    sign_in(&page, &demo, "zhang").await;
    see_second(&page).await;
    prescribe(&page).await;
    page.until("it is closed", CLOSED).await;
    page.press(Key::F6).await;
    page.until("its key opens it", OPENED).await;
    page.read("一般诊疗费 10.00 元，统筹基金付 9.00 元。").await;
    page.read("虚构：演示县城乡居民门诊统筹办法，2020-01-01 起施行")
        .await;
    // The list follows what is typed, and what is open stays open.
    order(&page, 2, "tbabjn").await;
    page.until(
        "there are two drugs",
        "return document.querySelectorAll('#fee .fl').length === 3",
    )
    .await;
    page.until("it stays open", OPENED).await;
    page.read("乙类先由个人付 10%").await;
    page.accessible("why, while typing").await;
    page.press(Key::F6).await;
    page.press(Key::F6).await;
    page.picture("why-typing.png").await;

    presettle(&page).await;
    page.read("医保中心的结果与本机估算不同，以医保中心为准")
        .await;
    by_tab(&page).await;
    page.press(Key::F6).await;
    page.until("its key opens it", OPENED).await;
    page.read("医保中心这一步：统筹基金付 35%").await;
    assert_eq!(page.count(".working .differs").await, 1);
    page.accessible("why, and where the centre differs").await;
    pictures(&page, "differs").await;
    page.press(Key::F8).await;
    page.see("form[action$='/hand-over'] button").await;
    page.read("以医保中心为准").await;
    assert!(demo.journal(&["verify"]) && demo.journal(&["replay", "--check"]));
    page.close().await;
}
