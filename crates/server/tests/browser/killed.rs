//! 断电: browser and program end in the middle of a word, without a chance to save anything.

use crate::demo::Demo;
use crate::desk::{RESIDENT, seen, sign_in};
use crate::page::open;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_kept_outlives_a_killed_browser_and_a_killed_program() {
    let Some(page) = open(1366, 768).await else {
        return;
    };
    let mut demo = Demo::start("killed");
    sign_in(&page, &demo, "zhang").await;
    seen(&page, &demo, RESIDENT).await;
    let visit = format!("{}{}", demo.clinic, page.path().await);
    page.tab_to("textarea[name=complaint]").await;
    page.keys("咳嗽、咳痰 3 天").await;
    let kept = "return document.querySelector('#saved').textContent === '已自动保存'";
    page.until("what was typed is kept", kept).await;
    page.keys("，夜间").await;
    page.kill();
    demo.kill_and_start();

    let Some(page) = open(1366, 768).await else {
        return;
    };
    sign_in(&page, &demo, "zhang").await;
    page.go(&visit).await;
    page.see("textarea[name=complaint]").await;
    let there = page.value("textarea[name=complaint]").await;
    assert!(there.starts_with("咳嗽、咳痰 3 天"), "{there}");
    // And the browser that is open loses nothing when the program ends: it is kept once the program is back.
    page.tab_to("textarea[name=history]").await;
    demo.kill_and_start();
    page.keys("无发热").await;
    page.until("what was typed is kept", kept).await;
    page.go(&visit).await;
    page.see("textarea[name=history]").await;
    assert_eq!(page.value("textarea[name=history]").await, "无发热");
    // What was typed while the program was gone is kept once it is back, without another letter.
    page.tab_to("textarea[name=advice]").await;
    page.script(
        "window.missed = 0; const ask = fetch;
         window.fetch = (...all) => ask(...all).catch(error => { missed += 1; throw error; });",
    )
    .await;
    demo.stop();
    page.keys("多饮水").await;
    page.until("a save was lost", "return window.missed > 0")
        .await;
    demo.kill_and_start();
    page.until("it is kept", kept).await;
    page.go(&visit).await;
    page.see("textarea[name=advice]").await;
    assert_eq!(page.value("textarea[name=advice]").await, "多饮水");
    assert!(demo.journal(&["verify"]) && demo.journal(&["replay", "--check"]));
    page.close().await;
}
