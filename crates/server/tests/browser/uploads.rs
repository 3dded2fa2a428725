//! What a region asks for beside the settlement: the centre's objections before it, the record of the
//! visit after it. Neither stops anybody.

use cunyi_domain::row::Field;
use cunyi_store::reference;
use cunyi_store::{StoreError, Tx};
use fantoccini::key::Key;

use crate::demo::Demo;
use crate::desk::{
    RESIDENT, identify, person, prescribe, presettle, settle, sign_in, strike_often,
};
use crate::page::{Page, open};

/// The demo's region, as one that wants both.
fn asks_for_both(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    for clinic in reference::clinics(tx)? {
        for file in reference::files(tx, &clinic.clinic, "region")? {
            let content = file
                .content
                .replace("upload_records = false", "upload_records = true")
                .replace("# [audit]", "[audit]")
                .replace("# before = true", "before = true")
                .replace("# during = true", "during = true")
                .replace("# trig_scen", "trig_scen");
            assert_ne!(content, file.content);
            let values = vec![content.into_value(), file.clinic.into_value()];
            let sql = "UPDATE reference_file SET content = ? WHERE clinic = ? AND what = 'region'";
            tx.execute(sql, values)?;
        }
    }
    Ok(())
}

/// Identified, registered, with a cold.
async fn comes_with_a_cold(page: &Page, demo: &Demo, number: &str) {
    identify(page, demo, "02", number).await;
    page.see("button[form=desk][value=see]").await;
    page.press(Key::F8).await;
    prescribe(page).await;
}

const AGAIN: &str = "form[action$='/upload'] button";

async fn again(page: &Page) {
    page.tab_to(AGAIN).await;
    page.press(Key::Enter).await;
}

/// The record that the centre refused is shown, sent again in vain, and then for good.
async fn the_record_is_sent_again(page: &Page, demo: &Demo) {
    page.go(&format!("{}/today", demo.clinic)).await;
    page.tab_to("main a[href='/uploads']").await;
    page.press(Key::Enter).await;
    // The link that leads here has the same words.
    page.see(AGAIN).await;
    page.read("未上传的就诊记录").await;
    assert_eq!(page.count(AGAIN).await, 1);
    again(page).await;
    page.see(".problem").await;
    assert_eq!(page.count(AGAIN).await, 1);
    page.accessible("a record that was refused").await;
    page.picture("uploads.png").await;
    page.press_on("button[lang=en]").await;
    page.read("Records not sent yet").await;
    page.accessible("a record that was refused, in English")
        .await;
    page.picture("uploads-english.png").await;
    page.press_on("button[lang=zh-CN]").await;
    page.read("未上传的就诊记录").await;
    strike_often(page, demo, "refuse", "4301", 0).await;
    page.go(&format!("{}/uploads", demo.clinic)).await;
    again(page).await;
    page.read("没有要上传的就诊记录").await;
    page.accessible("no record to be sent").await;
    page.go(&format!("{}/today", demo.clinic)).await;
    page.read("未上传的就诊记录（0）").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn objections_are_read_and_records_sent_and_neither_stops_a_settlement() {
    let Some(page) = open(1366, 768).await else {
        return;
    };
    let demo = Demo::changed("uploads", asks_for_both);
    let who = person(&page, &demo, RESIDENT).await;
    strike_often(&page, &demo, "refuse", "4301", 1000).await;
    sign_in(&page, &demo, "zhang").await;
    comes_with_a_cold(&page, &demo, who.get("id")).await;
    presettle(&page).await;
    assert!(!page.has("医保中心审核提醒").await);
    settle(&page).await;
    the_record_is_sent_again(&page, &demo).await;

    // The same drug again within the week: the centre objects, and settles.
    comes_with_a_cold(&page, &demo, who.get("id")).await;
    presettle(&page).await;
    page.read("医保中心审核提醒").await;
    page.read("短期重复开药").await;
    page.accessible("what the centre objects to").await;
    page.picture("objections.png").await;
    settle(&page).await;
    assert!(demo.journal(&["verify"]) && demo.journal(&["replay", "--check"]));
    page.close().await;
}
