//! Templates: saved from one patient's prescription, taken into the next one's by keyboard; what is used
//! most stands first.

use fantoccini::key::Key;

use crate::demo::Demo;
use crate::desk::{self, seen, sign_in};
use crate::page::open;

/// Presses from the open record to a whole prescription.
const MOST: usize = 5;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_prescription_that_was_typed_once_is_taken_by_its_initials() {
    let Some(page) = open(1366, 768).await else {
        return;
    };
    let demo = Demo::start("templates");
    sign_in(&page, &demo, "zhang").await;
    seen(&page, &demo, desk::RESIDENT).await;
    desk::prescribe(&page).await;
    // Without a name it is refused, and what is typed stays.
    page.press_on("details.save-as summary").await;
    page.press_on("details.save-as button").await;
    page.read("模板名称：").await;
    assert_eq!(
        page.value("textarea[name=complaint]").await,
        "咽痛、流涕 2 天"
    );
    page.press_on("details.save-as summary").await;
    page.fill("input[name=template_name]", "感冒常用").await;
    page.accessible("saving a template").await;
    page.picture("template-save.png").await;
    page.press_on("details.save-as button").await;
    page.read("已存为模板“感冒常用”").await;
    page.see("label.take").await;
    page.accessible("a template to take").await;
    page.picture("template-take.png").await;
    page.press(Key::F8).await;
    page.see("form[action$='/presettle'] button").await;

    let other = format!("{} && p.born > '1970'", desk::RESIDENT);
    seen(&page, &demo, &other).await;
    page.presses();
    page.press(Key::F9).await;
    page.keys("gm").await;
    page.see("ul.pick li").await;
    page.press(Key::Enter).await;
    page.read("一般诊疗费").await;
    page.read("22.00").await;
    let presses = page.presses();
    println!("a template is taken by {presses} presses");
    assert!(presses <= MOST, "{presses}");
    assert_eq!(
        page.value("input[name=temperature]").await,
        "",
        "never vitals"
    );
    // What she used stands in an empty cell's list.
    page.press_on("table.lines tbody tr:nth-child(3) input[role=combobox]")
        .await;
    page.press(Key::Down).await;
    page.see("ul.pick li").await;
    assert!(page.words_of("ul.pick").await.contains("感冒灵颗粒"));
    page.picture("favourites.png").await;
    page.press(Key::Escape).await;

    page.go(&format!("{}/templates", demo.clinic)).await;
    page.read("感冒常用").await;
    page.accessible("templates").await;
    page.picture("templates.png").await;
    page.press_words("删除").await;
    page.agree().await;
    page.read("还没有模板").await;
    page.close().await;
}
