//! A period in figures, on the screen and on paper; a patient's pressure as a chart.

use crate::demo::Demo;
use crate::desk::sign_in;
use crate::page::open;
use fantoccini::key::Key;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_month_is_seen_in_figures_and_charts() {
    let Some(page) = open(1366, 768).await else {
        return;
    };
    let demo = Demo::with_past("reports", &[]);
    sign_in(&page, &demo, "zhang").await;
    page.go(&format!("{}/reports", demo.clinic)).await;
    page.press_words("今年").await;
    page.read("一般诊疗费").await;
    let bars = page.count(".chart rect").await;
    assert!(bars > 0, "visits are drawn");
    let sums = "const cell = (row) => row.querySelector('td:last-child').textContent;
        const rows = [...document.querySelectorAll('table')]
            .find(table => table.querySelector('tfoot')).querySelectorAll('tbody tr');
        const fen = text => Math.round(Number(text.replace(/,/g, '')) * 100);
        const parts = [...rows].reduce((sum, row) => sum + fen(cell(row)), 0);
        return parts === fen(cell(document.querySelector('tfoot tr'))) && parts > 0";
    assert_eq!(
        page.script(sums).await,
        serde_json::json!(true),
        "the headings sum up"
    );
    page.accessible("a report").await;
    page.picture("report.png").await;
    page.widen(1024, 768).await;
    page.go(&format!("{}/reports/print", demo.clinic)).await;
    page.read("收费类别").await;
    page.accessible("a report on paper").await;
    page.picture("report-paper.png").await;
    // Who came more than once and was measured has a course.
    page.go(&demo.clinic).await;
    page.press_on(".queue li:first-child a").await;
    page.see(".strip").await;
    let patient = "return document.querySelector('a[href^=\"/patients/\"]')?.getAttribute('href')";
    let patient = page.script(patient).await;
    let patient = patient.as_str().expect("a patient's address").to_owned();
    page.go(&format!("{}{patient}", demo.clinic)).await;
    page.read("血压变化").await;
    page.accessible("a patient with a course").await;
    page.picture("patient-chart.png").await;
    page.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_outpatient_log_is_read_and_printed_by_keyboard() {
    let Some(page) = open(1366, 768).await else {
        return;
    };
    let demo = Demo::with_past("outpatient-log", &[]);
    sign_in(&page, &demo, "zhang").await;
    page.go(&format!("{}/today", demo.clinic)).await;
    page.tab_to("a[href^='/outpatient-log']").await;
    page.press(Key::Enter).await;
    page.read("门诊日志").await;
    page.tab_to("input[name=from]").await;
    page.script("document.querySelector('input[name=from]').value = '2026-11-01'")
        .await;
    page.press(Key::Enter).await;
    page.until(
        "the period",
        "return location.search.includes('from=2026-11-01')",
    )
    .await;
    assert!(page.count("tbody tr").await > 1, "the visits of a month");
    page.accessible("the outpatient log").await;
    page.picture("outpatient-log.png").await;
    let print = "return document.querySelector('[data-paper]').getAttribute('href')";
    let print = page.script(print).await;
    let print = print.as_str().expect("its paper's address").to_owned();
    page.go(&format!("{}{print}", demo.clinic)).await;
    page.read("传染病").await;
    page.accessible("the outpatient log on paper").await;
    page.picture("outpatient-log-paper.png").await;
    page.close().await;
}
