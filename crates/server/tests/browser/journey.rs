//! The journeys a newcomer makes in the first ten minutes.

use fantoccini::key::Key;

use crate::demo::Demo;
use crate::page::{Page, open};

async fn sign_in(page: &Page, demo: &Demo, login: &str) {
    page.go(&format!("{}/login", demo.clinic)).await;
    page.read("演示").await;
    page.fill("input[name=login]", login).await;
    page.fill("input[name=password]", "demo-2026").await;
    page.press(Key::Enter).await;
    page.see("main").await;
    page.read("待诊").await;
}

/// Types a search into a grid's field that has the focus and takes the first answer.
async fn pick(page: &Page, field: &str, query: &str) {
    page.click(field).await;
    page.keys(query).await;
    page.see("ul.pick li").await;
    page.press(Key::Enter).await;
}

/// From a registered visit to a pre-settled fee list, by keyboard.
async fn prescribe(page: &Page) {
    page.see("textarea[name=complaint]").await;
    page.fill("textarea[name=complaint]", "咽痛、流涕 2 天")
        .await;
    page.fill("input[name=temperature]", "37.4").await;
    pick(
        page,
        "table.diagnoses tbody tr:first-child input[role=combobox]",
        "jxshxdgr",
    )
    .await;
    pick(
        page,
        "table.lines tbody tr:nth-child(1) input[role=combobox]",
        "gmlkl",
    )
    .await;
    pick(
        page,
        "table.lines tbody tr:nth-child(2) input[role=combobox]",
        "ybzlf",
    )
    .await;
    // The fee list follows what is typed.
    page.read("一般诊疗费").await;
    page.read("22.00").await;
}

/// An identity number from the centre's page: insured here as a resident, nothing filed.
async fn somebody(page: &Page, demo: &Demo) -> String {
    page.go(&format!("{}/persons", demo.centre)).await;
    let row = "const rows = [...document.querySelectorAll('table tr')].slice(1);
        const fits = r => r.cells[5].textContent === '390 正常 990001' && r.cells[6].textContent === ''
            && r.cells[2].textContent < '1990' && r.cells[2].textContent > '1960';
        return rows.find(fits).cells[3].textContent;";
    page.script(row)
        .await
        .as_str()
        .expect("somebody")
        .to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_patient_is_seen_from_identification_to_the_printed_fee_list() {
    let Some(page) = open(1366, 900).await else {
        return;
    };
    let demo = Demo::start("visit");
    let number = somebody(&page, &demo).await;
    sign_in(&page, &demo, "zhang").await;
    page.accessible("the workstation").await;

    // A wrong checksum is refused in words, and what was typed stays.
    page.press(Key::F2).await;
    let last = if number.ends_with('1') { '2' } else { '1' };
    let wrong = format!("{}{last}", &number[..17]);
    page.fill("input[name=number]", &wrong).await;
    page.press(Key::Enter).await;
    page.see(".problem").await;
    assert_eq!(page.value("input[name=number]").await, wrong);

    page.fill("input[name=number]", &number).await;
    page.press(Key::Enter).await;
    page.read("城乡居民").await;
    page.accessible("the identification").await;
    page.press(Key::F8).await;
    prescribe(&page).await;
    page.picture("workstation.png").await;
    page.accessible("the visit").await;
    page.press(Key::F8).await;
    page.see("form[action$='/presettle'] button, form[action$='/settle'] button")
        .await;
    page.press(Key::F8).await;
    page.see("form[action$='/settle'] button").await;
    page.picture("settle.png").await;
    page.press(Key::F8).await;
    page.see("form[action$='/hand-over'] button").await;
    page.read("已结算").await;
    page.press(Key::F8).await;
    page.see("a[href$='/print/statement']").await;
    page.click("a[href$='/print/statement']").await;
    page.read("结算单").await;
    page.read("演示").await;
    page.accessible("the statement").await;
    assert!(demo.journal(&["verify"]) && demo.journal(&["replay", "--check"]));
    page.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_reply_is_unknown_and_never_failed() {
    let Some(page) = open(1366, 900).await else {
        return;
    };
    let demo = Demo::start("lost");
    sign_in(&page, &demo, "zhang").await;
    // The second of the three who wait has nothing filed.
    page.script("document.querySelectorAll('a[href^=\"/visits/\"]')[1].click()")
        .await;
    prescribe(&page).await;
    let visit = page.script("return location.pathname").await;
    let visit = visit.as_str().expect("a path").to_owned();
    page.press(Key::F8).await;
    page.see("form[action$='/presettle'] button").await;
    page.press(Key::F8).await;
    page.see("form[action$='/settle'] button").await;

    page.go(&demo.centre).await;
    let lose = "const form = document.querySelector('input[name=fault][value=lose]').form;
        form.count.value = 1; form.transaction.value = '2207'; form.submit();";
    page.script(lose).await;
    page.go(&format!("{}{visit}", demo.clinic)).await;
    page.see("form[action$='/settle'] button").await;
    page.press(Key::F8).await;
    page.read("结果未知").await;
    assert!(!page.has("已结算").await && !page.has("结算失败").await);
    page.picture("unknown.png").await;
    page.accessible("an unknown settlement").await;
    let number = page
        .script("return document.querySelector('.state-unknown .soft').textContent")
        .await;
    let number = number.as_str().expect("a batch number").to_owned();
    // The centre did commit: the clinic was right not to call this a failure.
    page.go(&format!("{}/settlements", demo.centre)).await;
    page.read(&number).await;
    assert!(demo.journal(&["verify"]) && demo.journal(&["replay", "--check"]));
    page.close().await;
}
