//! A child with fever: her age in months, and what is allowed by her weight.

use fantoccini::key::Key;

use crate::demo::Demo;
use crate::desk::{diagnose, order, presettle, seen, settle, sign_in};
use crate::page::open;

/// Insured, more than three months old and less than three years.
const CHILD: &str = "p.cover.startsWith('390 正常 990001') \
     && Date.parse(p.born) < Date.now() - 92 * 864e5 && Date.parse(p.born) > Date.now() - 1090 * 864e5";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_child_with_fever_is_dosed_by_weight() {
    let Some(page) = open(1366, 768).await else {
        return;
    };
    let demo = Demo::start("child");
    sign_in(&page, &demo, "zhang").await;
    seen(&page, &demo, CHILD).await;
    assert!(page.words_of(".strip").await.contains("个月"));
    page.fill("textarea[name=complaint]", "发热 1 天").await;
    page.fill("input[name=temperature]", "39.2").await;
    diagnose(&page, 1, "jxshxdgr").await;
    order(&page, 1, "blfhxy").await;

    // Without her weight nobody knows how much is too much; a signature wants a reason.
    page.read("儿童按体重限量，请录入体重").await;
    page.accessible("a child whose weight is not known").await;
    page.press(Key::F8).await;
    page.read("要继续，请写明理由").await;
    assert_eq!(page.value("input[name=temperature]").await, "39.2");
    page.picture("child-without-weight.png").await;

    // 30 ml a day is more than her weight allows, and less than twice as much.
    page.fill("input[name=weight]", "11.5").await;
    page.fill("input[name='lines.0.dose']", "30").await;
    page.read("每日 30ml，超过 23ml").await;
    page.picture("child-too-much.png").await;
    page.fill("input[name='lines.0.dose']", "5").await;
    page.until(
        "nothing is too much",
        "return !document.body.textContent.includes('超过 23ml')",
    )
    .await;
    page.tree("visit").await;
    presettle(&page).await;
    page.tree("settlement").await;
    page.picture("child-presettled.png").await;
    settle(&page).await;
    let paper = page.path().await + "/print/prescription";
    page.go(&format!("{}{paper}", demo.clinic)).await;
    page.read("个月").await;
    page.accessible("a child's prescription").await;
    page.picture("child-prescription.png").await;
    assert!(demo.journal(&["verify"]) && demo.journal(&["replay", "--check"]));
    page.close().await;
}
