//! The administrator's pages: users come and go, and who answers for the policies.

use fantoccini::key::Key;

use crate::demo::Demo;
use crate::desk::{self, sign_in};
use crate::page::{Page, open};

/// Changed by keyboard; a slip in the second new one changes nothing.
async fn her_own_password(page: &Page) {
    page.press_on(".top a[href='/computer']").await;
    page.press_on("main a[href='/password']").await;
    page.accessible("one's own password").await;
    for (again, words) in [
        ("rice and bamboo", "两次输入的新密码不一样"),
        ("bamboo and rice", "密码已修改"),
    ] {
        page.fill("input[name=old]", "demo-2026").await;
        page.fill("input[name=password]", "bamboo and rice").await;
        page.fill("input[name=again]", again).await;
        page.press(Key::Enter).await;
        page.read(words).await;
        assert_eq!(page.value("input[name=password]").await, "");
    }
    page.picture("password.png").await;
}

/// A licence that has ended is said to who administers, and to whose it is.
async fn licensed_until(page: &Page, other: &Page, demo: &Demo) {
    let form = "tr:has([aria-label='停用 zhao']) form[action$='/licence']";
    let ended =
        format!("document.querySelector(\"{form} [name=licence_until]\").value = '2026-01-31'");
    page.tab_to("tr:has([aria-label='停用 zhao']) details:has([name=licence_until]) summary")
        .await;
    page.press(Key::Enter).await;
    page.script(&ended).await;
    page.tab_to(&format!("{form} button")).await;
    page.press(Key::Enter).await;
    page.read("执业证 2026-01-31 已到期").await;
    page.accessible("a licence that has ended").await;
    page.picture("licence.png").await;
    other.go(&demo.clinic).await;
    other.read("执业证 2026-01-31 已到期").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_user_is_added_and_stopped() {
    let Some(page) = open(1366, 768).await else {
        return;
    };
    let Some(other) = open(1024, 768).await else {
        return;
    };
    let demo = Demo::start("office");
    sign_in(&page, &demo, "admin").await;
    page.press_on("nav a[href='/users']").await;
    page.accessible("the users").await;
    // A name that somebody has is refused, and what was typed stays.
    page.fill("input[name=login]", "zhang").await;
    page.fill("input[name=name]", "赵新来").await;
    page.choose("select[name=role]", "pharmacist").await;
    let password = "section input[name=password]";
    page.fill(password, "demo-2026").await;
    page.press(Key::Enter).await;
    page.read("已经有人用这个用户名").await;
    assert_eq!(page.value("input[name=name]").await, "赵新来");
    page.fill("input[name=login]", "zhao").await;
    page.fill(password, "demo-2026").await;
    page.press(Key::Enter).await;
    page.read("已新增用户 zhao").await;

    sign_in(&other, &demo, "zhao").await;
    other.read("赵新来").await;
    her_own_password(&other).await;
    licensed_until(&page, &other, &demo).await;
    page.press_on("button[aria-label='停用 zhao']").await;
    page.read("已停用").await;
    other.go(&demo.clinic).await;
    other.see("input[name=password]").await;
    assert!(other.path().await.starts_with("/login"));

    page.press_on("nav a[href='/policies']").await;
    page.read("虚构地区，无需确认").await;
    page.accessible("the policies").await;
    page.go(&format!("{}/stock", demo.clinic)).await;
    page.read("近效期").await;
    assert!(demo.journal(&["verify"]) && demo.journal(&["replay", "--check"]));
    page.close().await;
    other.close().await;
}

/// What the clinic says of itself and wants in its records; the doctor meets it at her next visit.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_clinic_says_what_its_records_hold() {
    let Some(page) = open(1366, 768).await else {
        return;
    };
    let Some(doctor) = open(1366, 768).await else {
        return;
    };
    let demo = Demo::start("clinic");
    sign_in(&page, &demo, "admin").await;
    page.tab_to("nav a[href='/clinic']").await;
    page.press(Key::Enter).await;
    page.tab_to("input[name=clinic_phone]").await;
    page.keys("0991-5550123").await;
    // Shown, wanted, not used: the first two begin shown, the third not used.
    let changed: [(&str, &[Key]); 3] = [
        ("temperature", &[Key::Down]),
        ("advice", &[Key::Down, Key::Down]),
        ("height", &[Key::Up]),
    ];
    for (field, keys) in changed {
        page.tab_to(&format!("select[name='record.{field}']")).await;
        for key in keys {
            page.press(*key).await;
        }
    }
    page.tab_to("input[name='pay_name.2']").await;
    page.keys("支付宝").await;
    page.press(Key::Enter).await;
    page.see("main .problem").await;
    page.accessible("a clinic's page that is refused").await;
    assert_eq!(page.value("input[name=clinic_phone]").await, "0991-5550123");
    page.tab_to("input[name='pay_content.2']").await;
    page.keys("https://qr.example/demo").await;
    page.press(Key::Enter).await;
    page.read("已保存").await;
    assert_eq!(page.value("select[name='record.height']").await, "required");
    assert_eq!(page.value("select[name='record.advice']").await, "hidden");
    page.accessible("a clinic's page").await;
    page.picture("clinic.png").await;

    sign_in(&doctor, &demo, "zhang").await;
    desk::seen(&doctor, &demo, desk::RESIDENT).await;
    assert_eq!(doctor.count("textarea[name=advice]").await, 0);
    doctor.read("身高 *").await;
    desk::diagnose(&doctor, 1, "jxshxdgr").await;
    doctor.press(Key::F8).await;
    doctor.see("input[name=height][aria-invalid=true]").await;
    doctor.picture("record-wanted.png").await;
    doctor
        .accessible("a record that lacks what is wanted")
        .await;
    doctor.tab_to("input[name=temperature]").await;
    doctor.keys("36.6").await;
    doctor.tab_to("input[name=height]").await;
    doctor.keys("165").await;
    doctor.press(Key::F8).await;
    doctor.see("form[action$='/presettle'] button").await;
    doctor.read("身高 165 cm").await;
    assert!(demo.journal(&["verify"]) && demo.journal(&["replay", "--check"]));
    page.close().await;
    doctor.close().await;
}
