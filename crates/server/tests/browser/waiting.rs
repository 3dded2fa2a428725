//! The patient who cannot wait: drugs against a deposit, and the difference when it is known.

use fantoccini::key::Key;

use crate::demo::Demo;
use crate::desk::{centre_takes, prescribe, presettle, see_second, sign_in, strike, strike_often};
use crate::page::{Page, open};

/// The narrow column holds the longer words.
async fn in_english_too(page: &Page) {
    page.press_on("button[lang=en]").await;
    page.read("Deposit held").await;
    page.accessible("drugs given against a deposit, in English")
        .await;
    page.press_on("button[lang=zh-CN]").await;
    page.read("已收押金").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn drugs_go_against_a_deposit_and_the_rest_is_returned() {
    let Some(page) = open(1366, 768).await else {
        return;
    };
    let demo = Demo::start("waiting");
    sign_in(&page, &demo, "zhang").await;
    see_second(&page).await;
    prescribe(&page).await;
    let visit = format!("{}{}", demo.clinic, page.path().await);
    presettle(&page).await;
    strike(&page, &demo, "lose", "2207").await;
    strike_often(&page, &demo, "html", "5204", 1000).await;
    page.go(&visit).await;
    page.press(Key::F8).await;
    page.read("患者等不了").await;
    page.read("请病人稍等").await;
    page.press_on(".cannot-wait summary").await;
    page.accessible("a patient who cannot wait").await;
    page.picture("cannot-wait.png").await;

    // Too little is refused, and stays in the field.
    let field = "form[action$='/hand-over-against'] input[name=deposit]";
    let share = page.value(field).await;
    page.fill(field, "0.01").await;
    page.press_on("form[action$='/hand-over-against'] button")
        .await;
    page.agree().await;
    page.read("押金应在").await;
    assert_eq!(page.value(field).await, "0.01");
    // She pays everything until it is known.
    let everything = page.words_of(".sum dd").await;
    page.fill(field, &everything).await;
    page.press_on("form[action$='/hand-over-against'] button")
        .await;
    page.agree().await;
    page.read("已收押金").await;
    assert!(
        page.words_of(".queue details:first-of-type")
            .await
            .contains("待了结")
    );
    page.read("患者可以先走").await;
    assert!(!page.has("请病人稍等").await);
    page.accessible("drugs given against a deposit").await;
    in_english_too(&page).await;
    page.picture("deposit.png").await;
    page.paper("a[href^='/payments/']").await;
    page.read("押金单").await;
    page.read("多退少补").await;
    page.accessible("the deposit slip").await;
    page.picture("deposit-slip.png").await;

    // It is found out, and what is hers is returned.
    strike_often(&page, &demo, "html", "5204", 0).await;
    page.go(&visit).await;
    if page.count("form[action$='/resolve'] button").await > 0 {
        page.press(Key::F8).await;
    }
    page.see("form[action$='/even-out'] button").await;
    page.read("待退").await;
    page.accessible("money to return").await;
    page.tree("deposit-to-return").await;
    page.picture("to-return.png").await;
    page.press(Key::F8).await;
    page.read("退差额").await;
    assert!(
        !page.has("待退").await && !page.has("待了结").await,
        "all is done with"
    );
    page.paper(".looks li:last-child a[href^='/payments/']")
        .await;
    page.read("退款单").await;
    page.accessible("the refund slip").await;
    assert!(!share.is_empty() && share != everything);
    assert!(demo.journal(&["verify"]) && demo.journal(&["replay", "--check"]));
    page.close().await;
}

/// The page looks again every two seconds while the centre is asked; whom one types meanwhile stays in the field.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_typed_while_the_centre_is_asked_stays() {
    let Some(page) = open(1366, 768).await else {
        return;
    };
    let demo = Demo::start("typed");
    sign_in(&page, &demo, "zhang").await;
    see_second(&page).await;
    prescribe(&page).await;
    let visit = format!("{}{}", demo.clinic, page.path().await);
    presettle(&page).await;
    centre_takes(&page, &demo, 9_000).await;
    page.go(&visit).await;
    page.press(Key::F8).await;
    page.see("main[data-refresh]").await;
    let typing = "document.querySelector('main').classList.add('the-first');
        document.querySelector('#find').value = 'li'";
    page.script(typing).await;
    let later = "return performance.now() - (window.typedAt ??= performance.now()) > 3500";
    page.until("it could have looked", later).await;
    assert!(page.count("main.the-first[data-refresh]").await == 1);
    assert_eq!(page.value("#find").await, "li");
    // Nothing is typed any more: it looks, and sees what was settled.
    page.script("document.querySelector('#find').value = ''")
        .await;
    page.see("form[action$='/hand-over'] button").await;
    page.close().await;
}
