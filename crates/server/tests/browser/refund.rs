//! Giving back, by keyboard: a part of what was handed over, what became of the goods, the slip.

use fantoccini::key::Key;

use crate::demo::Demo;
use crate::desk::{prescribe, see_second, settle, sign_in};
use crate::page::{Page, open};

const CODE: &str = "81009900000000000099";

/// Types over what a field has, once Tab has led there.
async fn type_over(page: &Page, css: &str, text: &str) {
    page.tab_to(css).await;
    page.script("document.activeElement.select()").await;
    page.keys(text).await;
}

/// Treats the second who waits, and scans the box.
async fn scanned(page: &Page) {
    see_second(page).await;
    prescribe(page).await;
    page.press(Key::F8).await;
    page.see("input.trace").await;
    page.keys(&format!("{CODE}{}", char::from(Key::Enter)))
        .await;
}

/// Treated, scanned, settled and given.
async fn given(page: &Page) {
    scanned(page).await;
    page.press(Key::F8).await;
    page.see("form[action$='/settle'] button").await;
    settle(page).await;
}

/// Opens the page of the refund from the settled batch.
async fn open_the_refund(page: &Page) {
    page.tab_to(".state-settled details:has(input[name=reason]) summary")
        .await;
    page.press(Key::Enter).await;
    page.tab_to("a[href$='/refund']").await;
    page.press(Key::Enter).await;
    page.read("退哪些").await;
    page.accessible("what is given back").await;
}

/// The money is done with, the goods are not: the queue says so, and leads there.
async fn the_goods_are_decided_on(page: &Page, demo: &Demo) {
    page.go(&demo.clinic).await;
    page.read("登记药品去向 1").await;
    page.accessible("a queue with goods to decide on").await;
    page.tab_to(".queue details:first-of-type li a").await;
    page.press(Key::Enter).await;
    page.read("退了费的药有 1 种没有登记去向").await;
    page.tab_to("a[href^='#goods-']").await;
    page.press(Key::Enter).await;
    page.tab_to("select[name='goods.0']").await;
    page.keys("因质量").await;
    assert_eq!(page.value("select[name='goods.0']").await, "quarantined");
    assert_eq!(
        page.value("form[action$='/goods'] input[name=reason]")
            .await,
        "吃了过敏"
    );
    page.tab_to("form[action$='/goods'] button").await;
    page.press(Key::Enter).await;
    page.agree().await;
    page.until(
        "the goods are decided on",
        "return document.querySelector('.goods') !== null && !document.querySelector('.goods form')",
    )
    .await;
    assert!(page.words_of(".goods").await.contains("因质量退回，隔离"));
    assert!(!page.has("登记药品去向").await && !page.has("待了结").await);
}

/// What came back for its quality is never sold: its code is refused for the next patient, and said
/// with the visit it left with.
async fn the_same_box_is_not_sold_again(page: &Page, demo: &Demo) {
    page.go(&demo.clinic).await;
    scanned(page).await;
    page.read("不能再卖").await;
    assert_eq!(page.value("input.trace").await.trim(), CODE);
    page.accessible("a trace code that was sold").await;
    page.picture("trace-sold.png").await;
}

const BACK: &str = "input[name^='back.']";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_part_is_given_back_and_its_goods_are_decided_on() {
    let Some(page) = open(1366, 768).await else {
        return;
    };
    let demo = Demo::start("refund");
    sign_in(&page, &demo, "zhang").await;
    given(&page).await;
    let visit = format!("{}{}", demo.clinic, page.path().await);
    open_the_refund(&page).await;

    // Nothing, too much, no number: refused, and what was typed stays.
    let of_drug = "tr:has(input.trace) input[name^='back.']";
    type_over(&page, "main input[name=reason]", "吃了过敏").await;
    page.press(Key::F8).await;
    page.read("还没有写退回什么").await;
    for (typed, words) in [("99", "最多可退 9"), ("两袋", "数字不对")] {
        type_over(&page, of_drug, typed).await;
        page.press(Key::F8).await;
        page.read(words).await;
        assert_eq!(page.value(of_drug).await, typed);
        assert_eq!(page.value("main input[name=reason]").await, "吃了过敏");
    }
    page.accessible("a refund that was refused").await;
    type_over(&page, of_drug, "3").await;
    // A scanner ends a code with Enter: the form waits for the rest.
    page.tab_to("input.trace").await;
    page.keys(&format!("{CODE}{}", char::from(Key::Enter)))
        .await;
    assert_eq!(page.value("input.trace").await.trim(), CODE);
    page.press(Key::F8).await;
    page.read("退还患者").await;
    page.accessible("what a refund comes to").await;
    page.tree("refund").await;
    page.picture("refund-estimate.png").await;

    // Told first, done then.
    page.press(Key::F8).await;
    page.agree().await;
    page.see(".state-reversed").await;
    page.read("待退").await;
    page.read("冲回后重新收费的部分").await;
    assert_eq!(page.count(BACK).await, 0);
    let open_ends = page.words_of(".queue details:first-of-type").await;
    assert!(open_ends.contains("待退"), "{open_ends}");
    page.accessible("a part given back").await;
    page.tree("refund-of-a-part").await;
    page.press(Key::F8).await;
    page.read("退差额").await;

    the_goods_are_decided_on(&page, &demo).await;
    // The slip of the refund names what came back.
    page.paper(".looks li:last-child a[href^='/payments/']")
        .await;
    page.read("退款单").await;
    page.read("退回药品").await;
    page.read("感冒灵颗粒").await;
    page.accessible("the slip of a refund").await;
    page.picture("refund-slip.png").await;
    page.go(&visit).await;
    page.read("完诊").await;
    page.go(&format!("{}/stock", demo.clinic)).await;
    page.read("隔离").await;
    the_same_box_is_not_sold_again(&page, &demo).await;
    assert!(demo.journal(&["verify"]) && demo.journal(&["replay", "--check"]));
    page.close().await;
}
