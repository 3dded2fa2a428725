//! 收据: a book is entered, a number printed, voided, printed anew, taken back, and all of it stands in the register.

use fantoccini::key::Key;

use crate::demo::Demo;
use crate::desk::{prescribe, presettle, see_second, settle, sign_in};
use crate::page::{Page, open};

const PRINT: &str = "form[action$='/receipt'] button";

/// Prints the receipt that the page offers, and waits until its number is taken.
async fn print(page: &Page, number: &str) {
    page.script(
        "window.sheets = ''; window.print = () => { window.sheets = document.querySelector('.printing')?.textContent }",
    )
    .await;
    page.tab_to(PRINT).await;
    page.press(Key::Enter).await;
    let printed =
        format!("return window.sheets.includes('{number}') && window.sheets.includes('大写')");
    page.until("it is printed with its number", &printed).await;
    let taken = format!("return !document.querySelector(\"{PRINT}\")");
    page.until("the page knows that it is", &taken).await;
}

/// Enters a book of three sheets, after one that cannot be.
async fn enter_a_book(page: &Page, demo: &Demo) {
    page.go(&format!("{}/receipts", demo.clinic)).await;
    page.accessible("a register without books").await;
    page.fill("input[name=receipt_code]", "99060126").await;
    page.fill("input[name=first_number]", "00012345").await;
    page.fill("input[name=last_number]", "12347").await;
    page.press(Key::Enter).await;
    page.see("[role=alert]").await;
    assert_eq!(page.value("input[name=first_number]").await, "00012345");
    page.fill("input[name=last_number]", "00012347").await;
    page.press(Key::Enter).await;
    page.read("00012345 – 00012347").await;
}

/// The electronic one: made at once by the demonstration's maker.
async fn electronic(page: &Page) {
    page.press_on("form[action$='/electronic'] button").await;
    page.read("电子票据 已开").await;
    page.accessible("a settled visit with an electronic receipt")
        .await;
    page.tab_to("details:has(form[action^='/electronic/']) summary")
        .await;
    page.picture("receipt-electronic.png").await;
}

/// What is paid back is undone by a round of the program, without anybody's doing.
async fn wait_for_the_red_one(page: &Page) {
    let undone = "return fetch(location.href).then(a => a.text()).then(t => t.includes('已冲红'))";
    page.until("it is undone", undone).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn receipts_are_numbered_voided_and_taken_back() {
    let Some(page) = open(1366, 768).await else {
        return;
    };
    let demo = Demo::start("receipts");
    sign_in(&page, &demo, "zhang").await;
    enter_a_book(&page, &demo).await;
    page.go(&demo.clinic).await;
    see_second(&page).await;
    prescribe(&page).await;
    presettle(&page).await;
    settle(&page).await;
    page.read("打印收据 99060126 00012345").await;
    page.accessible("a settled visit with a receipt to print")
        .await;
    print(&page, "00012345").await;

    // The sheet was spoiled: void, and the next number.
    page.tab_to("details:has(form[action$='/close']) summary")
        .await;
    page.press(Key::Enter).await;
    page.accessible("a receipt that is voided").await;
    page.picture("receipt-void.png").await;
    page.tab_to("form[action$='/close'] button").await;
    page.press(Key::Enter).await;
    page.read("作废：票纸损坏").await;
    print(&page, "00012346").await;

    electronic(&page).await;

    // Paid back: it is out until it is taken back.
    page.tab_to(".state-settled details:has(form[action$='/reverse']) summary")
        .await;
    page.press(Key::Enter).await;
    page.tab_to("form[action$='/reverse'] input[name=reason]")
        .await;
    page.keys("吃了过敏").await;
    page.press(Key::Enter).await;
    page.agree().await;
    page.read("已退费，收据待收回").await;
    page.accessible("a receipt that is out").await;
    wait_for_the_red_one(&page).await;
    page.tab_to("details:has(form[action$='/close']) summary")
        .await;
    page.press(Key::Enter).await;
    page.tab_to("form[action$='/close'] button").await;
    page.press(Key::Enter).await;
    page.read("已收回：原件已收回").await;
    page.picture("receipt-back.png").await;

    page.press_on("a[href^='/receipts/']").await;
    page.read("医疗收费收据").await;
    page.read("查阅件 · 不作报销凭证").await;
    page.accessible("a receipt on paper").await;
    page.picture("receipt-paper.png").await;
    page.go(&format!("{}/receipts", demo.clinic)).await;
    page.read("99060126 00012346").await;
    page.accessible("a register of receipts").await;
    page.picture("receipts.png").await;
    page.go(&format!("{}/day/reconcile", demo.clinic)).await;
    page.see("a[href^='/day/sheet'][data-paper]").await;
    page.go(&format!("{}/day/sheet", demo.clinic)).await;
    page.read("99060126 00012345 – 99060126 00012346").await;
    page.accessible("a day's sheet").await;
    page.picture("day-sheet.png").await;
    page.tab_to("a[href^='sheet-roll']").await;
    page.press(Key::Enter).await;
    page.read("尚未点款").await;
    page.accessible("a day's sheet on 80 mm").await;
    page.picture("day-sheet-roll.png").await;
    assert!(demo.journal(&["verify"]) && demo.journal(&["replay", "--check"]));
    page.close().await;
}
