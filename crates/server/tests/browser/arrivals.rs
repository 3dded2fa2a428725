//! Who comes to the desk, and how she is registered: insured in one way, two or none, with a card, a
//! voucher or nothing, alone or through somebody else, on good days of the centre and on bad ones.

use fantoccini::key::Key;
use serde_json::json;

use crate::demo::Demo;
use crate::desk::{RESIDENT, identify, person, sign_in, strike};
use crate::page::{Page, open};

const REGISTER: &str = "button[form=desk][value=see]";

async fn registered(page: &Page) {
    page.see(REGISTER).await;
    page.press(Key::F8).await;
    page.see("#draft").await;
}

/// No cover, a suspended one, two in force.
async fn by_their_insurance(page: &Page, demo: &Demo) {
    let nobody = person(page, demo, "p.cover === '未参保'").await;
    identify(page, demo, "02", nobody.get("id")).await;
    page.read("医保中心拒绝").await;
    assert_eq!(page.value("input[name=number]").await, nobody.get("id"));
    page.accessible("a refused identification").await;

    let suspended = person(page, demo, "p.cover === '390 暂停 990001'").await;
    identify(page, demo, "02", suspended.get("id")).await;
    page.see("input[name=coverage][value='0']:disabled").await;
    page.see("input[name=coverage][value=self]:checked").await;
    registered(page).await;
    page.read("自费，无需登记").await;

    let both = "p.cover.startsWith('390 正常 990001；310 正常')";
    let both = person(page, demo, both).await;
    identify(page, demo, "02", both.get("id")).await;
    page.see(REGISTER).await;
    assert_eq!(page.count("input[name=coverage]:checked").await, 0);
    page.press(Key::F8).await;
    page.read("有多项参保信息").await;
    page.press_on("input[name=coverage][value='1']").await;
    registered(page).await;
    assert!(page.words_of(".strip").await.contains("职工"));
}

/// Through a proxy, whose particulars belong together.
async fn by_proxy(page: &Page, demo: &Demo) {
    let proxy = person(page, demo, "p.born < '1990'").await;
    let who = person(page, demo, RESIDENT).await;
    identify(page, demo, "02", who.get("id")).await;
    page.press_on("form[action='/register'] summary").await;
    page.fill("input[name=proxy_name]", "周小妹").await;
    page.press(Key::F8).await;
    page.read("代办人的姓名、身份证号和关系要一起填写").await;
    assert_eq!(page.value("input[name=proxy_name]").await, "周小妹");
    page.fill("input[name=proxy_id_number]", proxy.get("id"))
        .await;
    page.fill("input[name=proxy_relation]", "女儿").await;
    page.press(Key::F8).await;
    page.see("#draft").await;
    let strip = page.words_of(".strip").await;
    assert!(strip.contains("周小妹 · 女儿"), "{strip}");
}

/// A social-security card with the reader's code, an e-voucher while it holds.
async fn by_card_and_voucher(page: &Page, demo: &Demo) {
    let who = person(page, demo, &format!("{RESIDENT} && p.card !== ''")).await;
    identify(page, demo, "03", who.get("card")).await;
    page.read("卡识别码").await;
    page.see(".problem").await;
    page.press_on("main summary").await;
    page.fill("input[name=card_code]", who.get("code")).await;
    page.press(Key::Enter).await;
    registered(page).await;

    let voucher = |script: &str| format!("{RESIDENT} && {script}");
    let late = "/（至 20(?!36)/.test(p.voucher)";
    let late = person(page, demo, &voucher(late)).await;
    let token = |p: &crate::desk::Person| {
        let column = p.get("voucher").to_owned();
        column.split('（').next().unwrap_or_default().to_owned()
    };
    identify(page, demo, "01", &token(&late)).await;
    page.read("医保电子凭证已过期").await;
    let good = person(page, demo, &voucher("p.voucher.includes('至 2036')")).await;
    identify(page, demo, "01", &token(&good)).await;
    page.read(good.get("name")).await;
    registered(page).await;
}

/// A name with a character that hardly a font has.
const RARE: &str = "周小\u{31350}";

/// A newborn without a number comes with a guardian, and pays herself.
async fn a_newborn(page: &Page, demo: &Demo) {
    let mother = person(page, demo, RESIDENT).await;
    page.go(&format!("{}/self-pay", demo.clinic)).await;
    page.accessible("the self-pay registration").await;
    page.fill("input[name=name]", RARE).await;
    page.choose("select[name=sex]", "1").await;
    let born = "const d = new Date(Date.now() - 9 * 864e5);
        document.querySelector('input[name=birth_date]').value = d.toISOString().slice(0, 10);";
    page.script(born).await;
    page.press(Key::F8).await;
    page.read("必须填写监护人").await;
    assert_eq!(page.value("input[name=name]").await, RARE);
    page.fill("input[name=guardian_name]", mother.get("name"))
        .await;
    page.fill("input[name=guardian_id_number]", mother.get("id"))
        .await;
    registered(page).await;
    // Nothing of it is the centre's: the consultation is paid in cash and the door closes.
    page.fill("textarea[name=complaint]", "脐部渗液").await;
    crate::desk::diagnose(page, 1, "jxshxdgr").await;
    page.read("10.00").await;
    page.press(Key::F8).await;
    page.see("form[action$='/settle'] button").await;
    assert_eq!(page.count("form[action$='/presettle']").await, 0);
    crate::desk::settle(page).await;
    page.read("已结算").await;
    page.accessible("a self-pay visit").await;
    what_no_font_has_is_not_printed_as_a_box(page, demo).await;
}

/// Where a font lacks a character of her name the paper has a blank, and it is said; also where it is printed from the
/// visit's page.
async fn what_no_font_has_is_not_printed_as_a_box(page: &Page, demo: &Demo) {
    let visit = page.path().await;
    page.script("window.print = () => { window.printed = document.querySelectorAll('.printing .blank').length; }")
        .await;
    page.press_on("a[data-paper][href$='/print/fee-list']")
        .await;
    page.read("U+31350").await;
    page.accessible("a self-pay visit, a character missing")
        .await;
    let printed = page.script("return window.printed").await;
    assert_eq!(printed, serde_json::json!(1));
    page.go(&format!("{}{visit}/print/fee-list", demo.clinic))
        .await;
    page.read("U+31350").await;
    page.accessible("a paper with a character missing").await;
    page.picture("paper-missing-character.png").await;
    assert_eq!(page.count(".papers main .blank").await, 1);
    page.go(&format!("{}{visit}", demo.clinic)).await;
}

/// The centre answers rubbish, nothing, or late: what was typed stays, and it is said what happened.
async fn on_bad_days(page: &Page, demo: &Demo) {
    let who = person(page, demo, &format!("{RESIDENT} && p.card !== ''")).await;
    strike(page, demo, "html", "1101").await;
    identify(page, demo, "03", who.get("card")).await;
    page.read("卡识别码").await;
    page.press_on("main summary").await;
    page.fill("input[name=card_code]", who.get("code")).await;
    page.press(Key::Enter).await;
    page.read("这次查询没有办成任何事").await;
    assert_eq!(page.value("input[name=number]").await, who.get("card"));
    // Who is known here by her number is identified by what was last told of her.
    let who = person(page, demo, RESIDENT).await;
    strike(page, demo, "html", "1101").await;
    identify(page, demo, "02", who.get("id")).await;
    page.read("查到的参保情况办理").await;
    page.accessible("the identification without the centre")
        .await;
    let switch = |field: &str, value: &str| {
        format!(
            "const f = document.querySelector('input[name={field}]').form;
             f.{field}.value = '{value}'; f.submit();"
        )
    };
    // What the centre answered, not what was typed.
    let set = |value: &str| {
        format!("return document.querySelector('input[name=slow]')?.defaultValue === '{value}'")
    };
    page.go(&demo.centre).await;
    page.script(&switch("slow", "4")).await;
    page.until("the centre is slow", &set("4")).await;
    identify(page, demo, "02", who.get("id")).await;
    page.read("正在等待医保中心的答复").await;
    page.accessible("the wait for the centre").await;
    page.read("城乡居民").await;
    page.go(&demo.centre).await;
    page.script(&switch("slow", "0")).await;
    page.until("the centre is quick again", &set("0")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_comes_is_registered_as_she_is_insured() {
    let Some(page) = open(1366, 900).await else {
        return;
    };
    let demo = Demo::start("arrivals");
    sign_in(&page, &demo, "zhang").await;
    by_their_insurance(&page, &demo).await;
    by_proxy(&page, &demo).await;
    by_card_and_voucher(&page, &demo).await;
    a_newborn(&page, &demo).await;
    on_bad_days(&page, &demo).await;
    // Each of them once: nothing was registered twice or half.
    page.go(&demo.clinic).await;
    let waiting = "return [...document.querySelectorAll('.queue .count')].map(c => c.textContent)";
    assert_eq!(page.script(waiting).await, json!(["3", "5", "0", "1"]));
    assert!(demo.journal(&["verify"]) && demo.journal(&["replay", "--check"]));
    page.close().await;
}
