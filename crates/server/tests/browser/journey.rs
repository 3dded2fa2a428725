//! The journeys a newcomer makes in the first ten minutes.

use fantoccini::key::Key;

use crate::demo::Demo;
use crate::desk::{self, person, prescribe, presettle, see_second, sign_in, strike_often};
use crate::page::{Page, open};

/// What the demo opens on: three wait, the first of them due for her repeat; one box is near expiry.
async fn a_working_morning(page: &Page, demo: &Demo) {
    assert_eq!(page.words_of(".queue .count").await, "3");
    let first = ".queue details:first-of-type li:first-child";
    assert!(page.words_of(first).await.contains("两病"));
    page.press_on(&format!("{first} a")).await;
    page.read("高血压 备案").await;
    let due = "const last = document.querySelector('.strip').textContent.match(/\\d{4}-\\d\\d-\\d\\d/)[0];
        return Math.round((Date.now() - new Date(last)) / 864e5);";
    let days = page.script(due).await.as_i64().expect("days");
    assert!(
        (27..=29).contains(&days),
        "{days} days since the last visit"
    );
    page.go(&format!("{}/stock", demo.clinic)).await;
    assert_eq!(page.count(".chip.warn").await, 1);
    assert!(
        page.words_of("tr:has(.chip.warn)")
            .await
            .contains("蒙脱石散")
    );
    page.accessible("the stock").await;
    page.go(&demo.clinic).await;
}

/// What she hands over and what goes back, to the fen.
async fn change_is_counted(page: &Page) {
    let due = "return Number(document.querySelector('[data-due]').dataset.due)";
    let due = page.script(due).await.as_i64().expect("fen");
    let yuan = |fen: i64| format!("¥{}.{:02}", fen / 100, fen % 100);
    for (given, words) in [
        ("100", format!("找零 {}", yuan(10_000 - due))),
        ("0.1", format!("还差 {}", yuan(due - 10))),
        ("５０．５", format!("找零 {}", yuan(5_050 - due))),
        ("5x", String::new()),
    ] {
        page.fill(".given input", given).await;
        let said = "return document.querySelector('.given output').textContent";
        assert_eq!(page.script(said).await, serde_json::json!(words), "{given}");
    }
    page.fill(".given input", "20").await;
    page.accessible("the change").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_patient_is_seen_from_identification_to_the_printed_fee_list() {
    let Some(page) = open(1366, 900).await else {
        return;
    };
    let demo = Demo::with_past("visit", &[]);
    let who = person(&page, &demo, desk::RESIDENT).await;
    let number = who.get("id").to_owned();
    sign_in(&page, &demo, "zhang").await;
    page.accessible("the workstation").await;
    a_working_morning(&page, &demo).await;

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
    page.tree("identification").await;
    page.press(Key::F8).await;
    prescribe(&page).await;
    page.read("已自动保存").await;
    page.picture("workstation.png").await;
    page.accessible("the visit").await;
    page.tree("visit-with-a-cold").await;
    // In large type, with what was typed.
    page.press_on("button[name=large]").await;
    page.see(".large #draft").await;
    page.stays("the visit in large type").await;
    page.picture("workstation-large.png").await;
    page.press_on("button[name=large]").await;
    page.see("html:not(.large) #draft").await;
    presettle(&page).await;
    page.read("医保中心的结果与本机估算一致").await;
    change_is_counted(&page).await;
    page.picture("settle.png").await;
    page.press(Key::F8).await;
    page.see("form[action$='/hand-over'] button").await;
    page.read("已结算").await;
    page.press(Key::F8).await;
    page.paper("a[href$='/print/statement']").await;
    page.read("结算单").await;
    page.read("演示").await;
    page.accessible("the statement").await;
    assert!(demo.journal(&["verify"]) && demo.journal(&["replay", "--check"]));
    page.close().await;
}

/// The tour's third part, whose names of buttons and pages are clicked as they are written.
const TOUR: &str = include_str!("../../../../docs/tour.md");

/// Words that the tour tells to look for or to click.
fn written(words: &str) -> &str {
    let part = TOUR.split("## 3.").nth(1).expect("a third part");
    let part = part.split("\n## ").next().expect("of its own");
    assert!(part.contains(words), "the tour does not say {words}");
    words
}

/// The tour's first click: the centre's switch.
async fn lose_the_next(page: &Page, demo: &Demo) {
    page.go(&demo.centre).await;
    page.press_words(written("开关")).await;
    page.read(written("已办理，应答丢失")).await;
    let row = "fieldset:has(input[name=fault][value=lose])";
    let fields = [("count", written("1")), ("transaction", written("2207"))];
    for (field, text) in fields {
        page.fill(&format!("{row} input[name={field}]"), text).await;
    }
    assert_eq!(
        page.words_of(&format!("{row} button")).await,
        written("设定")
    );
    page.press_on(&format!("{row} button")).await;
    // What the centre answered, not what was typed.
    page.until(
        "the switch is set",
        "const form = document.querySelector('input[name=fault][value=lose]')?.form;
         return form?.count.defaultValue === '1'",
    )
    .await;
}

/// 'Lose the reply', in the six clicks of docs/tour.md.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_reply_is_unknown_and_never_failed() {
    let Some(page) = open(1366, 900).await else {
        return;
    };
    let demo = Demo::start("lost");
    sign_in(&page, &demo, "zhang").await;
    see_second(&page).await;
    prescribe(&page).await;
    let visit = format!("{}{}", demo.clinic, page.path().await);
    presettle(&page).await;
    page.read(written("已预结算，待确认")).await;

    // 1: the centre's switch.
    lose_the_next(&page, &demo).await;
    // Until the last step the program's own questions come to nothing.
    strike_often(&page, &demo, "html", "5204", 1000).await;
    // 2: the clinic settles.
    page.go(&visit).await;
    let confirm = page.words_of("form[action$='/settle'] button").await;
    assert!(confirm.contains(written("F8")) && confirm.contains(written("确认结算 收")));
    page.press(Key::F8).await;
    page.read(written("结果未知，请勿重复收费")).await;
    page.read(written("结算结果未知")).await;
    assert!(!page.has("已结算").await && !page.has("结算失败").await);
    assert!(page.words_of(".queue").await.contains(written("结果未知")));
    page.picture("unknown.png").await;
    page.accessible("an unknown settlement").await;
    page.tree("settlement-unknown").await;
    let numbers = page.words_of(".state-unknown .soft").await;
    let number = numbers.split(' ').next().expect("the batch's");
    // 3: what was said.
    page.press_words(written("报文")).await;
    page.see("main table").await;
    let last = page.words_of("tbody tr:last-child").await;
    assert!(last.contains("2207") && last.contains("结果未知"), "{last}");
    page.accessible("the messages").await;
    // 4 and 5: the centre did commit, and knows why nobody heard of it.
    page.go(&demo.centre).await;
    page.press_words(written("结算记录")).await;
    page.see("main table tr:nth-child(2)").await;
    let first = page.words_of("main table tr:nth-child(2)").await;
    assert!(
        first.contains(number) && first.contains(written("有效")),
        "{first}"
    );
    page.press_words(written("报文日志")).await;
    page.read(written("开关：已办理，应答丢失")).await;
    // 6: the clinic does not guess, it asks. Where the program was first, there is nothing to press.
    page.go(&visit).await;
    page.read("结果未知，请勿重复收费").await;
    assert_eq!(page.count("form[action$='/settle']").await, 0);
    let button = "form[action$='/resolve'] button";
    let ask = written("立即查询结果");
    assert!(page.words_of(button).await.contains(ask));
    strike_often(&page, &demo, "html", "5204", 0).await;
    page.go(&visit).await;
    if page.count(button).await > 0 {
        page.press(Key::F8).await;
    }
    // 7: it was found out later: what she owes is collected, then drugs go over the counter.
    page.see("form[action$='/even-out'] button").await;
    assert_eq!(page.count(".state-settled").await, 1);
    assert!(!page.has("结果未知").await);
    assert!(
        page.words_of("form[action$='/even-out'] button")
            .await
            .contains(written("收款"))
    );
    page.press(Key::F8).await;
    page.see("form[action$='/hand-over'] button").await;
    page.press(Key::F8).await;
    page.see("a[href$='/print/statement']").await;
    page.picture("found.png").await;
    assert!(demo.journal(&["verify"]) && demo.journal(&["replay", "--check"]));
    page.close().await;
}
