//! 转诊: a doctor sends a patient on by keyboard and prints the slip.

use fantoccini::key::Key;

use crate::demo::Demo;
use crate::desk::{self, seen, sign_in};
use crate::page::open;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_patient_is_referred_and_the_slip_printed() {
    let Some(page) = open(1366, 768).await else {
        return;
    };
    let demo = Demo::start("referral");
    sign_in(&page, &demo, "zhang").await;
    seen(&page, &demo, desk::RESIDENT).await;
    let visit = page.path().await;
    page.tab_to(".strip a[href$='/referral']").await;
    page.press(Key::Enter).await;
    page.read("转往机构及科别").await;
    page.accessible("an empty referral").await;

    // Too much is refused, and what was typed stays.
    page.script("document.querySelectorAll('input[maxlength]').forEach(i => i.removeAttribute('maxlength'))")
        .await;
    page.fill("input[name=destination]", &"县".repeat(61)).await;
    page.tab_to("input[name=referral_reason]").await;
    page.keys("血压 182/112，需上级医院评估").await;
    page.press(Key::F8).await;
    page.see("[role=alert], .problem").await;
    assert_eq!(page.value("input[name=destination]").await, "县".repeat(61));
    assert!(
        page.value("input[name=referral_reason]")
            .await
            .contains("182/112")
    );
    page.accessible("a referral that was refused").await;

    page.fill("input[name=destination]", "演示县人民医院心内科")
        .await;
    page.tab_to("input[name=urgent]").await;
    page.keys(" ").await;
    page.press(Key::F8).await;
    page.read("已登记").await;
    page.accessible("a referral").await;
    page.picture("referral.png").await;

    page.go(&format!("{}{visit}/referral/print", demo.clinic))
        .await;
    page.read("转诊单（回转）").await;
    page.read("演示县人民医院心内科 （紧急）").await;
    page.accessible("a referral on paper").await;
    page.picture("referral-paper.png").await;
    page.go(&format!("{}{visit}", demo.clinic)).await;
    page.read("转诊：演示县人民医院心内科").await;
    page.accessible("a visit of who was referred").await;
    page.close().await;
}
