//! What goes otherwise between the fee list and the money: a share that changes, a centre that is off.

use cunyi_db::{Db, DbError, Durability, Target};
use cunyi_domain::row::{Field, Value};
use fantoccini::key::Key;

use crate::batches::two_complaints;
use crate::demo::Demo;
use crate::desk::{RESIDENT, identify, person, prescribe, presettle, sign_in};
use crate::page::{Page, open};

/// Meanwhile another hospital uses up what a person's general benefit had left of the year.
async fn used_up_elsewhere(page: &Page, demo: &Demo, number: &str) {
    let year = page
        .script("return new Date(Date.now() + 8 * 36e5).getUTCFullYear()")
        .await;
    let year = year.as_i64().expect("a year");
    let target = Target::File(demo.centre_database());
    let db = Db::open(target, Durability::Full, cunyi_centre::MIGRATIONS).expect("opens");
    db.transact("elsewhere", |tx| {
        let key = vec![
            Value::Int(40_000),
            number.to_owned().into_value(),
            Value::Int(year),
        ];
        let sql = "INSERT INTO elsewhere (fund, person, year, scheme, benefit) \
                   VALUES (?, ?, ?, '390', 'general') \
                   ON CONFLICT (person, scheme, year, benefit) DO UPDATE SET fund = 40000";
        tx.execute(sql, key)
    })
    .unwrap_or_else(|e: DbError| panic!("{e}"));
}

const CASH: &str = "return [...document.querySelectorAll('.batch .cash dd')]
    .map(d => d.textContent.trim()).join(' ')";

async fn cash(page: &Page) -> [String; 2] {
    let cash = page.script(CASH).await;
    let cash = cash.as_str().expect("amounts").split_once(' ');
    let (first, second) = cash.expect("of two batches");
    [first, second].map(str::to_owned)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_share_that_changes_is_shown_and_waits_for_her() {
    let Some(page) = open(1366, 900).await else {
        return;
    };
    let demo = Demo::start("share");
    sign_in(&page, &demo, "zhang").await;
    let name = page.words_of(".queue .name").await;
    let who = format!("p.name === '{name}' && p.filing.includes('高血压')");
    let number = person(&page, &demo, &who).await.get("number").to_owned();
    page.go(&demo.clinic).await;
    two_complaints(&page).await;
    presettle(&page).await;
    let [first, second] = cash(&page).await;
    used_up_elsewhere(&page, &demo, &number).await;

    // The first stands; of the second both figures are said, and nothing of it is charged.
    page.press(Key::F8).await;
    page.read("第2批患者应付由").await;
    let [still, more] = cash(&page).await;
    assert_eq!(still, first, "what is settled does not change");
    assert_ne!(more, second);
    let told = page.words_of(".problem").await;
    let said = format!("由 {second} 元变为 {more} 元，还没有收费");
    assert!(told.contains(&said), "{told}");
    assert_eq!(page.count(".state-settled").await, 1);
    assert_eq!(page.count(".state-presettled").await, 1);
    assert_eq!(page.words_of(".paid").await, format!("¥{first}"));
    let button = "footer.keys form[action$='/settle'] button";
    assert!(page.words_of(button).await.contains(&more));
    page.accessible("a share that changed").await;
    page.picture("share.png").await;

    // She confirms the new one.
    page.see(button).await;
    page.press(Key::F8).await;
    page.see("form[action$='/hand-over'] button").await;
    assert_eq!(page.count(".state-settled").await, 2);
    assert_eq!(cash(&page).await, [first, more]);
    assert!(demo.journal(&["verify"]) && demo.journal(&["replay", "--check"]));
    page.close().await;
}

/// Switches the centre off, or on again.
async fn switch_off(page: &Page, demo: &Demo, off: bool) {
    page.go(&demo.centre).await;
    page.press_on("form:has(input[name=down]) button").await;
    page.read(if off { "已停机" } else { "运行中" }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_centre_that_is_off_costs_nothing_that_was_typed() {
    let Some(page) = open(1366, 900).await else {
        return;
    };
    let demo = Demo::start("off");
    let who = person(&page, &demo, RESIDENT).await;
    sign_in(&page, &demo, "zhang").await;

    switch_off(&page, &demo, true).await;
    identify(&page, &demo, "02", who.get("id")).await;
    page.read("这次查询没有办成任何事").await;
    assert_eq!(page.value("input[name=number]").await, who.get("id"));
    page.accessible("an identification without the centre")
        .await;
    switch_off(&page, &demo, false).await;
    identify(&page, &demo, "02", who.get("id")).await;
    page.read(who.get("name")).await;
    page.press(Key::F8).await;
    prescribe(&page).await;
    let visit = format!("{}{}", demo.clinic, page.path().await);
    page.press(Key::F8).await;
    page.see("form[action$='/presettle'] button").await;

    // Off at the pre-settlement: the fee list stands, and it is asked again later.
    switch_off(&page, &demo, true).await;
    page.go(&visit).await;
    page.see("form[action$='/presettle'] button").await;
    page.press(Key::F8).await;
    page.see(".problem").await;
    page.read("没有收到医保中心的答复").await;
    page.read("咽痛、流涕 2 天").await;
    page.accessible("a pre-settlement without the centre").await;
    page.tree("centre-away").await;
    switch_off(&page, &demo, false).await;
    page.go(&visit).await;
    page.see("form[action$='/presettle'] button").await;
    page.press(Key::F8).await;
    page.see("form[action$='/settle'] button").await;
    page.press(Key::F8).await;
    page.see("form[action$='/hand-over'] button").await;
    assert!(demo.journal(&["verify"]) && demo.journal(&["replay", "--check"]));
    page.close().await;
}
