//! An infusion with its skin test, from the reading to the register: what the demo's seed ordered half an hour ago.

use fantoccini::key::Key;

use crate::demo::Demo;
use crate::desk::{presettle, settle, sign_in};
use crate::page::{Page, open};

/// Opens the visit of whom the queue says that her skin test may be read.
async fn parked(page: &Page) {
    page.read("皮试可判读").await;
    page.script(
        "document.querySelectorAll('[data-here]').forEach(one => delete one.dataset.here);
         const her = [...document.querySelectorAll('.queue li')].find(li => li.textContent.includes('皮试'));
         her.querySelector('a').dataset.here = '';",
    )
    .await;
    page.press_on("[data-here]").await;
    page.see("#h-skin").await;
}

/// Her test is read: the queue says so no more, and she is the only one who left for a while.
async fn the_one_in_hand(page: &Page) {
    page.script(
        "document.querySelectorAll('[data-here]').forEach(one => delete one.dataset.here);
         const away = [...document.querySelectorAll('.queue details')]
             .find(group => group.querySelector('summary').textContent.includes('暂离'));
         away.querySelector('a').dataset.here = '';",
    )
    .await;
    page.press_on("[data-here]").await;
}

async fn negative(page: &Page) {
    page.press_on("button[name=result][value=negative]").await;
}

/// Two read it, each signed in by herself; before that nothing is settled.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_skin_test_is_read_by_two_and_the_infusion_given() {
    let Some(page) = open(1366, 768).await else {
        return;
    };
    let demo = Demo::with_past("infusion", &["--per-day", "1", "--skin-test"]);
    sign_in(&page, &demo, "zhang").await;
    parked(&page).await;
    page.read("注射用青霉素钠").await;
    page.accessible("a skin test that may be read").await;
    negative(&page).await;
    page.read("请另一人登录后复核").await;
    assert_eq!(page.count("button[name=result][value=negative]").await, 0);
    page.accessible("a skin test that one has read").await;
    page.press(Key::F8).await;
    page.read("还没有结果").await;

    sign_in(&page, &demo, "li").await;
    parked(&page).await;
    negative(&page).await;
    page.read("阴性").await;
    page.accessible("a skin test that two have read").await;

    // Now it is prepared and settled, and the card and the register have it with its test.
    sign_in(&page, &demo, "zhang").await;
    the_one_in_hand(&page).await;
    page.read("阴性").await;
    presettle(&page).await;
    page.accessible("an infusion that is pre-settled").await;
    settle(&page).await;
    page.picture("infusion-given.png").await;
    let visit = page.path().await;
    page.go(&format!("{}{visit}/print/infusion-card", demo.clinic))
        .await;
    page.read("注射用青霉素钠").await;
    page.accessible("an infusion card with a skin test").await;
    page.picture("infusion-card-tested.png").await;
    page.go(&format!("{}/infusions", demo.clinic)).await;
    page.read("注射用青霉素钠").await;
    page.accessible("a register of infusions with a skin test")
        .await;
    page.picture("infusions-tested.png").await;
    assert!(demo.journal(&["verify"]) && demo.journal(&["replay", "--check"]));
    page.close().await;
}
