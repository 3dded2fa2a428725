//! How papers look: an administrator changes a layout by keyboard, is told what is wrong with it, and the
//! doctor's next paper follows.

use fantoccini::key::Key;

use crate::demo::Demo;
use crate::desk::{self, seen, sign_in};
use crate::page::{Page, open};

const TEXT: &str = "form:has(input[value=prescription]) textarea";
const USE: &str = "form:has(input[value=prescription]) button.go";
const BACK: &str = "form:has(input[value=prescription]) button[name=then]";

/// Goes on to a button and presses it.
async fn push(page: &Page, button: &str) {
    page.tab_to(button).await;
    page.press(Key::Enter).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_changed_layout_is_tried_first_and_the_next_paper_follows_it() {
    let Some(page) = open(1366, 768).await else {
        return;
    };
    let Some(doctor) = open(1366, 768).await else {
        return;
    };
    let demo = Demo::start("layouts");
    sign_in(&page, &demo, "admin").await;
    page.press_on("nav a[href='/layouts']").await;
    page.read("程序自带版式").await;
    page.accessible("the layouts").await;
    page.picture("layouts.png").await;

    // What is wrong is said with its line, and what was typed stays.
    page.fill(TEXT, "<p class=\"why\">\n{{ patient.nmae }}</p>")
        .await;
    push(&page, USE).await;
    page.read("第 2 行用了没有的名称").await;
    assert!(page.value(TEXT).await.contains("patient.nmae"));
    page.accessible("a layout that was refused").await;
    page.picture("layouts-refused.png").await;
    page.fill(TEXT, "<p class=\"why\">{{ clinic }}</p>").await;
    push(&page, USE).await;
    page.read("版式没有印出必须有的内容").await;

    page.go(&format!("{}/layouts", demo.clinic)).await;
    page.tab_to(TEXT).await;
    page.keys("<p class=\"why\">{{ clinic }}：请按时复诊</p>")
        .await;
    push(&page, USE).await;
    page.read("本机构版式").await;
    page.accessible("a layout of one's own").await;

    sign_in(&doctor, &demo, "zhang").await;
    seen(&doctor, &demo, desk::RESIDENT).await;
    let paper = format!("{}{}/print/prescription", demo.clinic, doctor.path().await);
    doctor.go(&paper).await;
    doctor.read("：请按时复诊").await;
    doctor.read("处方笺").await;
    doctor
        .accessible("a prescription of the clinic's own layout")
        .await;
    push(&page, BACK).await;
    page.see(TEXT).await;
    page.until(
        "the program's own is back",
        &format!("return !document.querySelector('{BACK}')"),
    )
    .await;
    doctor.go(&paper).await;
    doctor.read("处方笺").await;
    assert!(!doctor.has("请按时复诊").await);
    assert!(demo.journal(&["verify"]) && demo.journal(&["replay", "--check"]));
    page.close().await;
    doctor.close().await;
}
