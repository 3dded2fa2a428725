//! A township's code with two clinics: each doctor sees her own evening, the township the sums of both,
//! and applies for both at once.

use cunyi_domain::ids::{ClinicId, UserId};
use cunyi_domain::row::Field;
use cunyi_store::local::Credential;
use cunyi_store::reference::{self, Clinic, User};
use cunyi_store::{StoreError, Tx};
use fantoccini::key::Key;

use crate::demo::Demo;
use crate::desk::{RESIDENT, diagnose, identify, person, presettle, settle, sign_in};
use crate::evening::counted;
use crate::page::{Page, open};

const SECOND: &str = "演示县云溪镇梅溪村卫生室";

/// A second clinic under the code of the first, with a doctor `mei` who has zhang's password.
fn second_clinic(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    let first = reference::clinics(tx)?.remove(0);
    let id = ClinicId("second".to_owned());
    let doctor = UserId("mei".to_owned());
    let zhang = reference::user_by_login(tx, "zhang")?.expect("zhang");
    let key = vec![
        first.clinic.clone().into_value(),
        zhang.id.clone().into_value(),
    ];
    let password: Option<Credential> = tx.find("WHERE clinic = ? AND account = ?", key)?;
    let mut files = reference::files(tx, &first.clinic, "region")?;
    files.extend(reference::files(tx, &first.clinic, "policy")?);
    reference::install(
        tx,
        Clinic {
            clinic: id.clone(),
            name: SECOND.to_owned(),
            slot: first.slot + 1,
            ..first
        },
    )?;
    tx.insert(User {
        clinic: id.clone(),
        id: doctor.clone(),
        login: "mei".to_owned(),
        name: "梅医生".to_owned(),
        national_code: "D990000000099".to_owned(),
        ..zhang
    })?;
    tx.insert(Credential {
        clinic: id.clone(),
        account: doctor,
        ..password.expect("a password")
    })?;
    for mut file in files {
        file.clinic = id.clone();
        tx.insert(file)?;
    }
    Ok(())
}

/// A consultation, settled, and the drawer counted.
async fn a_day_of(page: &Page, demo: &Demo, login: &str, number: &str) {
    sign_in(page, demo, login).await;
    identify(page, demo, "02", number).await;
    page.see("button[form=desk][value=see]").await;
    page.press(Key::F8).await;
    page.fill("textarea[name=complaint]", "咽痛 1 天").await;
    diagnose(page, 1, "jxshxdgr").await;
    page.see("#fee .fl").await;
    presettle(page).await;
    settle(page).await;
    page.go(&format!("{}/day/reconcile", demo.clinic)).await;
    page.read("共用本机构编号").await;
    assert!(!page.has("各卫生室").await, "a clinic sees its own");
    page.accessible("one clinic's evening of a shared code")
        .await;
    page.picture(&format!("township-{login}.png")).await;
    let expected = page.words_of(".facts dd").await;
    page.tab_to("input[name=cash]").await;
    page.keys(&expected).await;
    page.press(Key::Enter).await;
    counted(page).await;
}

/// The township compares the day of both with the centre.
async fn the_townships_evening(page: &Page, demo: &Demo) {
    page.go(&format!("{}/day/reconcile", demo.clinic)).await;
    page.read(SECOND).await;
    page.tab_to("form[action='/day/reconcile'][method=post] button")
        .await;
    page.press(Key::Enter).await;
    page.read("本机、医保中心、现金三方一致").await;
    let ours = "return [...document.querySelectorAll('section:has(#h-clinics) tbody tr')]
        .map(r => r.cells[1].textContent.trim()).join(' ')";
    assert_eq!(page.script(ours).await, "1 1");
    page.accessible("a township's green evening").await;
    page.picture("township.png").await;
}

/// A period that is over is applied for, once for both.
async fn the_townships_clearing(page: &Page, demo: &Demo) {
    page.go(&format!("{}/clearing", demo.clinic)).await;
    page.accessible("what the fund owes a township").await;
    page.tab_to("main tbody tr:nth-child(2) a").await;
    page.press(Key::Enter).await;
    page.read("清算申请（3203、3204）").await;
    page.read(SECOND).await;
    page.accessible("a township's period").await;
    page.tab_to("form[action='/clearing/apply'] input[name=reason]")
        .await;
    page.keys("演示数据，前两个月没有对账").await;
    page.press(Key::Enter).await;
    page.read("已申请").await;
    page.accessible("a period that was applied for").await;
    page.picture("township-clearing.png").await;
    assert_eq!(page.count("form[action='/clearing/apply']").await, 0);
}

/// The period that was applied for is taken back and applied for anew.
async fn taken_back_and_asked_anew(page: &Page) {
    page.tab_to("details:has(form[action='/clearing/withdraw']) summary")
        .await;
    page.press(Key::Enter).await;
    page.accessible("an application that can be taken back")
        .await;
    page.tab_to("form[action='/clearing/withdraw'] input[name=reason]")
        .await;
    page.keys("漏了一天").await;
    page.picture("clearing-withdraw.png").await;
    page.press(Key::Enter).await;
    page.read("已撤销，可再申请").await;
    page.tab_to("form[action='/clearing/apply'] input[name=reason]")
        .await;
    page.keys("演示数据，前两个月没有对账").await;
    page.press(Key::Enter).await;
    page.read("已申请").await;
    assert_eq!(page.count("form[action='/clearing/apply']").await, 0);
}

/// What the office deducts is appealed against, and half of it is given back.
async fn deducted_and_appealed(page: &Page) {
    let first = "return document.querySelector('[name=period]').value";
    let first = page.script(first).await;
    let first = first.as_str().expect("a day");
    let dated = |form: &str| {
        format!("document.querySelector(`{form} [name=clearing_on]`).value = '{first}'")
    };
    let enter = "form[action='/clearing/enter']";
    page.choose(&format!("{enter} [name=clearing_kind]"), "deducted")
        .await;
    page.script(&dated(enter)).await;
    page.tab_to(&format!("{enter} [name=amount]")).await;
    page.keys("2.40").await;
    page.tab_to(&format!("{enter} [name=reason]")).await;
    page.keys("超量，第12号").await;
    page.press(Key::Enter).await;
    let appeal = "form[action='/clearing/appeal']";
    for (button, why) in [("appealed", "已附处方"), ("restored", "第15号")] {
        let summary = format!("details:has({appeal}):has([value={button}]) summary");
        page.tab_to(&summary).await;
        page.press(Key::Enter).await;
        page.accessible("a deduction and its appeal").await;
        page.script(&dated(appeal)).await;
        page.tab_to(&format!("{appeal} [name=reason]")).await;
        page.keys(why).await;
        if button == "restored" {
            page.fill(&format!("{appeal} [name=amount]"), "1.20").await;
        }
        page.picture(&format!("clearing-{button}.png")).await;
        page.tab_to(&format!("{appeal} [value={button}]")).await;
        page.press(Key::Enter).await;
        page.read(why).await;
    }
    page.accessible("an appeal with its outcome").await;
    page.picture("clearing-appealed-and-restored.png").await;
    assert_eq!(page.count(appeal).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_clinics_under_one_code_have_an_evening_together() {
    let Some(page) = open(1366, 768).await else {
        return;
    };
    let demo = Demo::changed("township", second_clinic);
    let one = person(&page, &demo, RESIDENT).await;
    let other = format!("{RESIDENT} && p.id !== '{}'", one.get("id"));
    let other = person(&page, &demo, &other).await;
    a_day_of(&page, &demo, "zhang", one.get("id")).await;
    page.press_on("form[action='/logout'] button").await;
    a_day_of(&page, &demo, "mei", other.get("id")).await;
    page.press_on("form[action='/logout'] button").await;
    sign_in(&page, &demo, "zhen").await;
    the_townships_evening(&page, &demo).await;
    the_townships_clearing(&page, &demo).await;
    taken_back_and_asked_anew(&page).await;
    deducted_and_appealed(&page).await;

    // The clinic sees what it has settled, and that the township asks for it.
    page.press_on("form[action='/logout'] button").await;
    sign_in(&page, &demo, "mei").await;
    page.go(&format!("{}/clearing/period", demo.clinic)).await;
    page.read("由乡镇统一清算").await;
    page.accessible("one clinic's part of a period").await;
    assert!(demo.journal(&["verify"]) && demo.journal(&["replay", "--check"]));
    page.close().await;
}
