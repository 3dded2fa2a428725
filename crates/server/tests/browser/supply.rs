//! 长期处方: high blood pressure again, with eight weeks' supply, by keyboard.

use fantoccini::key::Key;

use crate::batches::two_complaints;
use crate::demo::Demo;
use crate::desk::{presettle, settle, sign_in};
use crate::page::{Page, open};

/// Types other days, and leaves how much that is to the program.
async fn days(page: &Page, days: &str) {
    let delete = String::from(char::from(Key::Delete));
    for (field, typed) in [("days", days), ("quantity", &delete)] {
        page.tab_to(&format!("input[name='lines.0.{field}']")).await;
        page.script("document.activeElement.select()").await;
        page.keys(typed).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn eight_weeks_are_prescribed_with_the_doctors_word() {
    let Some(page) = open(1366, 768).await else {
        return;
    };
    let demo = Demo::start("supply");
    sign_in(&page, &demo, "zhang").await;
    two_complaints(&page).await;
    page.tab_to("input[name=systolic]").await;
    // Twelve weeks are the most, whatever she says.
    days(&page, "85").await;
    page.read("最多 84 日").await;
    page.press(Key::F8).await;
    page.read("不能这样开").await;
    page.tab_to("input[name=systolic]").await;
    days(&page, "56").await;
    page.read("超过 28 日用量").await;
    page.see("#fee .fund").await;
    page.accessible("eight weeks without a word").await;
    page.picture("supply-wants-a-reason.png").await;

    // What was refused is put right by one key, then signed.
    page.press(Key::F8).await;
    page.read("要继续，请写明理由").await;
    page.until(
        "the tick is next",
        "return document.activeElement?.name === 'long_term' && !document.activeElement.checked",
    )
    .await;
    page.presses();
    page.keys(" ").await;
    page.until(
        "nothing is asked any more, and the tick has kept the focus",
        "return !document.querySelector('#fee').textContent.includes('超过 28 日用量')
            && document.activeElement?.name === 'long_term' && document.activeElement.checked",
    )
    .await;
    page.accessible("a long prescription").await;
    page.tree("eight-weeks").await;
    page.picture("supply-long.png").await;
    assert_eq!(page.presses(), 1);
    presettle(&page).await;
    page.read("长期处方").await;
    assert_eq!(page.count(".batch").await, 2);
    page.picture("supply-presettled.png").await;
    settle(&page).await;
    let paper = page.path().await + "/print/prescription";
    page.go(&format!("{}{paper}", demo.clinic)).await;
    page.read("长期处方").await;
    page.read("患者（或家属）签字").await;
    page.accessible("a long prescription on paper").await;
    page.picture("supply-prescription.png").await;
    assert!(demo.journal(&["verify"]) && demo.journal(&["replay", "--check"]));
    page.close().await;
}
