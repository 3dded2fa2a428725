//! One visit, two settlement batches: trace codes in a burst, a second batch that fails while the
//! first stands, two clicks, the papers, a batch paid back, the day's list.

use fantoccini::key::Key;
use serde_json::json;

use crate::demo::Demo;
use crate::desk::{diagnose, order, presettle, see_second, sign_in, strike};
use crate::page::{Page, open};

/// Hypertension as last time, and a cold: two benefits.
pub async fn two_complaints(page: &Page) {
    page.press_on(".queue li:first-child a[href^='/visits/']")
        .await;
    page.see("#draft").await;
    page.press(Key::F7).await;
    page.read("原发性高血压").await;
    page.until(
        "as last time",
        "return document.querySelector('[name=\"lines.0.dose\"]').value !== ''",
    )
    .await;
    diagnose(page, 2, "jxshxdgr").await;
    order(page, 2, "gmlkl").await;
    page.read("感冒灵颗粒").await;
    page.until(
        "two batches of three lines",
        "return document.querySelectorAll('#fee .fl').length === 3",
    )
    .await;
}

/// Both boxes in one burst, as a scanner sends them, and nothing else touched.
async fn scan(page: &Page) {
    page.see("input.trace").await;
    assert_eq!(page.count("input.trace").await, 2);
    let enter = char::from(Key::Enter);
    page.keys(&format!(
        "81009900000000000001{enter}81009900000000000002{enter}"
    ))
    .await;
    page.press(Key::F8).await;
    page.see("form[action$='/settle'] button").await;
    let codes = "return [...document.querySelectorAll('input.trace')].map(i => i.value.trim())";
    let codes = page.script(codes).await;
    assert_eq!(
        codes,
        json!(["81009900000000000001", "81009900000000000002"])
    );
}

/// The second batch's computation is refused after the first is paid.
async fn the_second_fails(page: &Page, demo: &Demo, visit: &str) {
    strike(page, demo, "refuse", "2206").await;
    page.go(&format!("{}{visit}", demo.clinic)).await;
    page.see("form[action$='/settle'] button").await;
    page.press(Key::F8).await;
    page.read("一部分批次已结算").await;
    assert_eq!(page.count(".state-settled").await, 1);
    assert_eq!(page.count("form[action$='/hand-over']").await, 0);
    page.accessible("a visit half settled").await;
    page.tree("two-batches").await;
    page.picture("half.png").await;
    // Two clicks are one settlement.
    let twice = "const b = document.querySelector('footer.keys button.go[data-key=F8]');
                 document.body.dataset.old = 'page'; b.click(); b.click();";
    page.script(twice).await;
    page.until(
        "the second batch is paid or asked for again",
        "return document.body.dataset.old === undefined
            && (document.querySelectorAll('.state-settled').length === 2
                || document.querySelector('form[action$=\"/settle\"] button') !== null)",
    )
    .await;
    if page.count(".state-settled").await < 2 {
        page.press(Key::F8).await;
    }
    page.see("form[action$='/hand-over'] button").await;
    assert_eq!(page.count(".state-settled").await, 2);
}

/// One is paid back before the drugs are handed over: the other goes on.
async fn one_is_paid_back(page: &Page) {
    let money = "return document.querySelector('.paid').textContent";
    let before = page.script(money).await;
    page.press_on(".batch:nth-of-type(2) details:has(input[name=reason]) summary")
        .await;
    page.press_on(".batch:nth-of-type(2) button.danger").await;
    // Without a reason the form does not go.
    page.until(
        "a reason is wanted",
        "return document.querySelector('.batch:nth-of-type(2) input[name=reason]').matches(':invalid')",
    )
    .await;
    page.fill(".batch:nth-of-type(2) input[name=reason]", "患者不要感冒药")
        .await;
    page.press_on(".batch:nth-of-type(2) button.danger").await;
    page.agree().await;
    page.see(".state-reversed").await;
    page.read("已退还患者").await;
    assert_ne!(page.script(money).await, before);
    page.accessible("a batch paid back").await;
    page.see("form[action$='/hand-over'] button").await;
    page.press(Key::F8).await;
    page.read("完诊").await;
    page.read("下一位").await;
}

async fn papers(page: &Page, demo: &Demo, visit: &str) {
    for (paper, words) in [
        ("print/prescription", "处方笺"),
        ("print/fee-list", "门诊费用清单"),
    ] {
        page.go(&format!("{}{visit}/{paper}", demo.clinic)).await;
        page.read(words).await;
        page.read("虚构数据").await;
        page.accessible(paper).await;
        page.picture(&format!("{}.png", paper.replace('/', "-")))
            .await;
    }
    page.read("不计入合计").await;
    page.go(&format!("{}{visit}", demo.clinic)).await;
    page.paper(".state-reversed a[href$='/print/statement']")
        .await;
    page.read("医保结算单").await;
    page.read("已退费").await;
    page.accessible("a statement paid back").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_batches_are_settled_each_for_itself() {
    let Some(page) = open(1366, 900).await else {
        return;
    };
    let demo = Demo::start("batches");
    sign_in(&page, &demo, "zhang").await;
    two_complaints(&page).await;
    let visit = page.path().await;
    page.press(Key::F8).await;
    scan(&page).await;
    the_second_fails(&page, &demo, &visit).await;
    one_is_paid_back(&page).await;
    papers(&page, &demo, &visit).await;

    page.go(&format!("{}/today", demo.clinic)).await;
    page.read("患者不要感冒药").await;
    page.accessible("the day's list").await;
    let kinds = "return [...document.querySelectorAll('#main section:last-of-type tbody tr')]
        .map(r => r.cells[1].textContent.trim().slice(0, 2))";
    assert_eq!(page.script(kinds).await, json!(["结算", "结算", "退费"]));
    // The centre knows the same three, and each batch once.
    page.go(&format!("{}/settlements", demo.centre)).await;
    page.read("002").await;
    assert!(demo.journal(&["verify"]) && demo.journal(&["replay", "--check"]));
    page.close().await;
}

/// An allergy noted beside the record counts at once, and the record is not lost for it.
async fn an_allergy_counts_at_once(page: &Page, visit: &str) {
    page.go(visit).await;
    page.see("#draft").await;
    diagnose(page, 1, "jxshxdgr").await;
    // The fee was saved with the complaint. A dose that was typed before the drug is not overwritten by its usual one.
    page.fill("input[name='lines.1.dose']", "0.25").await;
    order(page, 1, "amxljn").await;
    assert_eq!(page.value("input[name='lines.1.dose']").await, "0.25");
    assert_eq!(page.value("select[name='lines.1.route']").await, "po");
    page.read("阿莫西林胶囊").await;
    page.press_on(".strip .note summary").await;
    page.press_on(".strip .note form:first-of-type button")
        .await;
    page.read("青霉素类 过敏").await;
    page.see(".finding.deny").await;
    page.read("属于患者过敏的青霉素类").await;
    page.accessible("a prescription against an allergy").await;
    page.press(Key::F8).await;
    page.read("不能这样开").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_windows_and_a_hasty_hand_lose_nothing() {
    let Some(page) = open(1366, 900).await else {
        return;
    };
    let Some(other) = open(1024, 768).await else {
        return;
    };
    let demo = Demo::start("windows");
    sign_in(&page, &demo, "zhang").await;
    sign_in(&other, &demo, "li").await;
    see_second(&page).await;
    page.see("#draft").await;
    let visit = format!("{}{}", demo.clinic, page.path().await);

    // Typed, and gone in the same moment.
    page.fill("textarea[name=complaint]", "头痛一天").await;
    page.go(&format!("{}/today", demo.clinic)).await;
    // It arrives after the page that was asked for in its place, perhaps.
    let kept =
        format!("return fetch('{visit}').then(a => a.text()).then(t => t.includes('>头痛一天<'))");
    page.until("what was typed is kept", &kept).await;
    page.go(&visit).await;
    assert_eq!(page.value("[name=complaint]").await, "头痛一天");

    // Another doctor has the same visit open: who comes second is told, and keeps her words.
    other.go(&visit).await;
    other.see("#draft").await;
    page.fill("textarea[name=complaint]", "头痛两天").await;
    page.press(Key::F3).await;
    page.until(
        "saved",
        "return document.querySelector('[name=complaint]').value === '头痛两天'
            && document.querySelector('[name=version]').value !== '1'",
    )
    .await;
    other.fill("textarea[name=history]", "无特殊").await;
    other.press(Key::F3).await;
    other.read("刚被别人").await;
    assert_eq!(other.value("textarea[name=history]").await, "无特殊");
    other.accessible("a visit somebody else has changed").await;

    an_allergy_counts_at_once(&page, &visit).await;

    // Two windows, one settlement: the second is told that the first has done it.
    page.press_on("table.lines tr:not([hidden]) .remove").await;
    order(&page, 1, "gmlkl").await;
    page.until(
        "no check stands against it",
        "return document.querySelector('.finding.deny') === null
            && document.querySelector('#fee .fl') !== null",
    )
    .await;
    presettle(&page).await;
    other.go(&visit).await;
    other.see("form[action$='/settle'] button").await;
    page.press(Key::F8).await;
    page.see("form[action$='/hand-over'] button").await;
    other.press(Key::F8).await;
    other.read("状态不允许这一步").await;
    other.see("form[action$='/hand-over'] button").await;
    assert!(demo.journal(&["verify"]) && demo.journal(&["replay", "--check"]));
    page.close().await;
    other.close().await;
}

/// Says why and sends the form of a batch that takes it away.
async fn take_away(page: &Page, batch: &str, why: &str) {
    page.press_on(&format!("{batch} details:has(input[name=reason]) summary"))
        .await;
    page.fill(&format!("{batch} input[name=reason]"), why).await;
    page.press_on(&format!(
        "{batch} details:has(input[name=reason]) button.danger"
    ))
    .await;
    page.agree().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_is_dropped_and_what_was_paid_back_is_charged_anew() {
    let Some(page) = open(1366, 900).await else {
        return;
    };
    let demo = Demo::start("dropped");
    sign_in(&page, &demo, "zhang").await;
    two_complaints(&page).await;
    page.press(Key::F8).await;
    page.see(".batch:nth-of-type(2)").await;
    take_away(&page, ".batch:nth-of-type(2)", "家中还有感冒药").await;
    page.read("第2批已取消").await;
    page.read("家中还有感冒药").await;
    assert_eq!(page.count(".batch").await, 1);
    page.accessible("a batch dropped").await;
    page.press(Key::F8).await;
    page.see("form[action$='/settle'] button").await;
    page.press(Key::F8).await;
    page.see("form[action$='/hand-over'] button").await;

    take_away(&page, ".state-settled", "开错药").await;
    page.read("另开新的收费批次").await;
    page.see("#draft").await;
    page.accessible("a visit paid back").await;
    page.press(Key::F8).await;
    page.see(".state-draft").await;
    assert_eq!(page.count(".state-reversed").await, 1);
    page.press(Key::F8).await;
    page.see("form[action$='/settle'] button").await;
    page.press(Key::F8).await;
    page.see("form[action$='/hand-over'] button").await;
    page.press(Key::F8).await;
    page.read("完诊").await;
    assert!(demo.journal(&["verify"]) && demo.journal(&["replay", "--check"]));
    page.close().await;
}
