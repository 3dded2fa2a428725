//! Every page that somebody may open, whatever became of the journeys: for each role, in English and in large type for
//! one. What a role may not see is a page as well.

use crate::demo::Demo;
use crate::desk::sign_in;
use crate::page::{Page, open};

const PAGES: [&str; 25] = [
    "/",
    "/accesses",
    "/clearing",
    "/clinic",
    "/computer",
    "/day/reconcile",
    "/day/sheet",
    "/display",
    "/follow-ups",
    "/identify",
    "/infusions",
    "/layouts",
    "/outpatient-log",
    "/password",
    "/patients",
    "/policies",
    "/receipts",
    "/reports",
    "/self-pay",
    "/stock",
    "/templates",
    "/today",
    "/uploads",
    "/users",
    "/no-such-page",
];

/// Of a visit that is over.
const OF_VISIT: [&str; 8] = [
    "",
    "/messages",
    "/print/fee-list",
    "/print/fee-list-roll",
    "/print/own-pay-consent",
    "/print/prescription",
    "/referral",
    "/follow-up/hypertension",
];

const ROLES: [&str; 7] = ["zhang", "yao", "zhen", "bao", "wei", "shen", "admin"];

async fn look(page: &Page, demo: &Demo, who: &str, paths: &[String]) {
    for path in paths {
        page.go(&format!("{}{path}", demo.clinic)).await;
        page.see("main, body.display, .sheet").await;
        page.accessible(&format!("{path} as {who}")).await;
    }
}

/// A visit of the past and its patient, as the page of a day links them.
async fn of_the_past(page: &Page, demo: &Demo) -> Vec<String> {
    page.go(&demo.clinic).await;
    let log = "location = '/outpatient-log?from=' + new Date(Date.now() - 40 * 864e5).toISOString().slice(0, 10)";
    page.script(log).await;
    page.see("main a[href^='/visits/']").await;
    let first = "return document.querySelector('main a[href^=\"/visits/\"]').getAttribute('href')";
    let visit = page.script(first).await;
    let visit = visit.as_str().expect("a visit").to_owned();
    page.go(&format!("{}{visit}", demo.clinic)).await;
    let first = "return document.querySelector('a[href^=\"/patients/\"]').getAttribute('href')";
    let patient = page.script(first).await;
    let patient = patient.as_str().expect("a patient").to_owned();
    let mut all: Vec<String> = OF_VISIT
        .iter()
        .map(|rest| format!("{visit}{rest}"))
        .collect();
    all.push(format!("{patient}/print/history"));
    all.push(patient);
    all
}

async fn switch(page: &Page, demo: &Demo, name: &str, value: &str) {
    page.go(&format!("{}/computer", demo.clinic)).await;
    page.press_on(&format!("header button[name={name}][value='{value}']"))
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_is_accessible_to_every_role() {
    let Some(page) = open(1366, 768).await else {
        return;
    };
    let demo = Demo::start("every-page");
    look(
        &page,
        &demo,
        "nobody",
        &["/login".to_owned(), "/login?lang=en".to_owned()],
    )
    .await;
    let mut paths: Vec<String> = PAGES.map(str::to_owned).into();
    sign_in(&page, &demo, ROLES[0]).await;
    paths.extend(of_the_past(&page, &demo).await);
    for who in ROLES {
        sign_in(&page, &demo, who).await;
        look(&page, &demo, who, &paths).await;
    }
    // In English, which each chooses for herself, and in large type.
    switch(&page, &demo, "locale", "en").await;
    look(&page, &demo, "admin in English", &paths).await;
    sign_in(&page, &demo, ROLES[0]).await;
    switch(&page, &demo, "large", "1").await;
    look(&page, &demo, "zhang in large type", &paths).await;
    switch(&page, &demo, "large", "").await;
    switch(&page, &demo, "locale", "en").await;
    look(&page, &demo, "zhang in English", &paths).await;
    page.close().await;
}
