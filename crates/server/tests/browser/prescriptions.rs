//! Kinds of prescription: each on a tab of its own, by keyboard; a paper each.

use fantoccini::key::Key;

use crate::demo::Demo;
use crate::desk::{self, diagnose, seen, sign_in};
use crate::page::{Page, open};

/// Types into the free cell that has the focus and takes the first answer.
async fn pick_here(page: &Page, query: &str) {
    let free = "const at = document.activeElement;
        return at.matches('table.lines [role=combobox]') && at.value === ''";
    page.until("a free cell has the focus", free).await;
    page.keys(query).await;
    page.see("ul.pick li").await;
    page.press(Key::Enter).await;
}

/// The tab that is shown and its count, and how many lines and free rows one sees.
async fn shown(page: &Page) -> (String, usize, usize) {
    let tab = page.words_of("[role=tab][aria-selected=true]").await;
    let seen = "return [...document.querySelectorAll('table.lines tr[data-row]')]
        .filter(row => row.offsetParent && (SIGN row.querySelector('[data-search]').value)).length";
    let count = async |sign: &str| {
        let found = page.script(&seen.replace("SIGN", sign)).await;
        usize::try_from(found.as_u64().expect("a number")).expect("few")
    };
    (tab, count("").await, count("!").await)
}

/// Somebody with a cold, in front of the doctor.
async fn with_a_cold(page: &Page, demo: &Demo) {
    sign_in(page, demo, "zhang").await;
    seen(page, demo, desk::RESIDENT).await;
    page.fill("textarea[name=complaint]", "咽痛 2 天").await;
    diagnose(page, 1, "jxshxdgr").await;
}

/// The clock is the real one: the test is not read here, but in the tests of the program.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_skin_test_is_ordered_and_awaited() {
    let Some(page) = open(1366, 768).await else {
        return;
    };
    let demo = Demo::start("skin-test");
    with_a_cold(&page, &demo).await;
    desk::order(&page, 1, "zsyqmsn").await;
    assert_eq!(shown(&page).await.0, "输液·注射 1");
    page.read("须先做皮试").await;
    page.accessible("a drug that wants a skin test").await;
    page.tree("skin-test-wanted").await;
    page.tab_to("#fee button[name=skin_test]").await;
    page.press(Key::Enter).await;
    page.read("还要 20 分钟才能判读").await;
    // The record is as it was, the patient waits, and the queue says for how long.
    assert_eq!(page.value("textarea[name=complaint]").await, "咽痛 2 天");
    let chip = page.words_of(".queue li.on .chip").await;
    assert!(chip.contains("皮试") && chip.contains("分钟"), "{chip}");
    page.picture("skin-test.png").await;
    page.accessible("a skin test that is awaited").await;
    page.tree("skin-test-awaited").await;
    page.tab_to("button[name=result][value=negative]").await;
    page.press(Key::Enter).await;
    page.read("还不能判读").await;
    page.press(Key::F8).await;
    page.read("还没有结果").await;
    assert!(demo.journal(&["verify"]) && demo.journal(&["replay", "--check"]));
    page.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_prescription_is_written_on_its_own_tab() {
    let Some(page) = open(1366, 768).await else {
        return;
    };
    let demo = Demo::start("prescriptions");
    with_a_cold(&page, &demo).await;
    assert_eq!(shown(&page).await, ("西药中成药".to_owned(), 0, 2));

    desk::order(&page, 1, "gmlkl").await;
    page.read("感冒灵颗粒").await;
    let (tab, lines, _) = shown(&page).await;
    assert_eq!((&*tab, lines), ("西药中成药 1", 1));
    // Another tab: the drug is out of sight and still counts.
    page.press(Key::PageDown).await;
    assert_eq!(shown(&page).await.0, "中药饮片");
    page.press(Key::PageDown).await;
    assert_eq!(shown(&page).await.0, "输液·注射");
    assert_eq!(shown(&page).await.1, 0);
    pick_here(&page, "slys").await;
    assert_eq!(shown(&page).await.0, "输液·注射 1");
    // What runs in together and how fast: after the dose.
    for (field, typed) in [("group", "1"), ("drip", "40")] {
        page.press(Key::Enter).await;
        let here = format!("return document.activeElement.name.endsWith('.{field}')");
        page.until(field, &here).await;
        page.keys(typed).await;
    }
    page.picture("drip.png").await;
    page.accessible("a drip").await;
    page.press(Key::PageDown).await;
    // The visit began with it.
    page.read("一般诊疗费").await;
    page.read("0.9%氯化钠注射液").await;
    assert_eq!(shown(&page).await.0, "诊疗项目 1");
    page.picture("prescriptions.png").await;
    page.accessible("a prescription of three kinds").await;
    page.tree("three-prescriptions").await;

    // What is picked elsewhere is followed; so is a line that is given another route.
    page.press(Key::PageDown).await;
    assert_eq!(shown(&page).await.0, "西药中成药 1");
    page.press(Key::PageDown).await;
    page.press(Key::PageDown).await;
    assert_eq!(shown(&page).await.0, "输液·注射 1");
    pick_here(&page, "axs").await;
    assert_eq!(shown(&page).await.0, "西药中成药 2");
    // Arrows go through the tabs.
    page.tab_to("[role=tab][aria-selected=true]").await;
    page.press(Key::Right).await;
    page.press(Key::Right).await;
    assert_eq!(shown(&page).await.0, "输液·注射 1");
    page.press(Key::Left).await;
    page.press(Key::Left).await;
    assert_eq!(shown(&page).await, ("西药中成药 2".to_owned(), 2, 1));

    // What was saved comes back whole, on the tab where one was.
    page.press(Key::PageDown).await;
    page.press(Key::PageDown).await;
    page.press(Key::F3).await;
    page.until(
        "the page came again",
        "return document.querySelector('[role=tab][aria-selected=true]')?.textContent.includes('输液')
            && !document.querySelector('#saved').textContent",
    )
    .await;
    assert_eq!(shown(&page).await.1, 1);
    page.press(Key::F8).await;
    page.see("form[action$='/presettle'] button").await;
    page.read("第1组 40滴/分").await;
    page.close().await;
}

/// 麻黄汤, each herb with its grams; the footnote comes of itself.
async fn herbs(page: &Page) {
    for (initials, herb, grams) in [
        ("mh", "麻黄", "6"),
        ("guizhi", "桂枝", "4.5"),
        ("kxr", "苦杏仁", "9"),
        ("gc", "甘草", "3"),
    ] {
        page.keys(initials).await;
        let first =
            format!("return document.querySelector('ul.pick li')?.textContent.includes('{herb}')");
        page.until("the herb stands first", &first).await;
        page.press(Key::Enter).await;
        page.until(
            "the grams",
            "return document.activeElement.name.endsWith('.dose')",
        )
        .await;
        page.keys(grams).await;
        page.press(Key::Enter).await;
        page.until(
            "the footnote",
            "return document.activeElement.name.endsWith('.footnote')",
        )
        .await;
        page.press(Key::Enter).await;
    }
}

/// 麻黄汤 by keyboard: doses once, then name, grams, footnote, and Enter opens the next herb.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_decoction_is_written_herb_by_herb() {
    let Some(page) = open(1366, 768).await else {
        return;
    };
    let demo = Demo::start("decoction");
    with_a_cold(&page, &demo).await;
    page.tab_to("table.lines tbody tr:first-child [role=combobox]")
        .await;
    page.press(Key::PageDown).await;
    assert_eq!(shown(&page).await, ("中药饮片".to_owned(), 0, 2));
    page.until(
        "the doses are asked for first",
        "return document.activeElement.name === 'doses'",
    )
    .await;
    page.keys("5").await;
    for _ in 0..3 {
        page.press(Key::Enter).await;
    }
    herbs(&page).await;
    assert_eq!(shown(&page).await.0, "中药饮片 4");
    page.read("麻黄").await;
    page.read("22.5").await;
    page.picture("decoction.png").await;
    page.accessible("a decoction").await;
    page.tree("decoction").await;
    page.press(Key::F3).await;
    page.until(
        "the page came again",
        "return document.querySelector('[role=tab][aria-selected=true]')?.textContent.includes('饮片')
            && !document.querySelector('#saved').textContent",
    )
    .await;
    assert_eq!(shown(&page).await.1, 4);
    assert_eq!(page.value("[name=doses]").await, "5");
    assert_eq!(page.value("[name='lines.0.footnote']").await, "first");
    page.press(Key::F8).await;
    page.see("form[action$='/presettle'] button").await;
    page.read("6g(先煎) 水煎服 每日一剂分两次 5剂").await;
    page.picture("decoction-signed.png").await;
    let visit = format!("{}{}", demo.clinic, page.path().await);
    page.go(&format!("{visit}/print/prescription")).await;
    page.read("桂枝4.5g").await;
    page.read("5剂 水煎服 每日一剂分两次").await;
    page.picture("decoction-paper.png").await;
    page.accessible("a decoction on paper").await;
    page.go(&visit).await;
    page.see("form[action$='/presettle'] button").await;
    page.press(Key::F8).await;
    page.see("form[action$='/settle'] button").await;
    desk::settle(&page).await;
    assert!(demo.journal(&["verify"]) && demo.journal(&["replay", "--check"]));
    page.close().await;
}

/// A first print asks nothing, a further one why; what was printed is voided with a reason and written anew.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_prescription_is_printed_again_and_voided_with_a_reason() {
    let Some(page) = open(1366, 768).await else {
        return;
    };
    let demo = Demo::start("paper-log");
    with_a_cold(&page, &demo).await;
    desk::order(&page, 1, "gmlkl").await;
    page.press(Key::F8).await;
    page.see("form[action$='/presettle'] button").await;
    page.script(
        "window.print = () => { window.sheets = document.querySelector('.printing')?.textContent }",
    )
    .await;
    page.press(Key::F9).await;
    page.until(
        "it is printed",
        "return window.sheets?.includes('感冒灵颗粒')",
    )
    .await;
    let said = "return !/补打|查阅件/.test(window.sheets)";
    page.until("nothing is said of a first print", said).await;

    // Again: it is asked why, and the paper says so.
    page.press(Key::F9).await;
    page.read("本处方已经打印过").await;
    page.until(
        "the reason is asked for",
        "return Boolean(document.querySelector('details.up[open] form[action$=\"/prescription\"]'))",
    )
    .await;
    page.picture("reprint.png").await;
    page.accessible("a print that wants a reason").await;
    let asked = "return document.activeElement.matches('details.up[open] select')";
    page.until("the reason has the focus", asked).await;
    page.press(Key::Down).await;
    page.tab_to("form[action$='/prescription'] button").await;
    page.press(Key::Enter).await;
    page.until(
        "the paper says that it is the second",
        "return window.sheets?.includes('第 2 次打印（补打）：原件遗失')",
    )
    .await;
    page.until(
        "the page came again",
        "return !document.querySelector('details.up[open]') && Boolean(document.querySelector('.past .count'))",
    )
    .await;

    page.tab_to("details.up > summary:not([data-key])").await;
    page.press(Key::Enter).await;
    page.tab_to("form[action$='/void'] input[name=reason]")
        .await;
    page.keys("剂量写错").await;
    page.picture("void.png").await;
    page.accessible("a void that wants a reason").await;
    page.press(Key::Enter).await;
    page.see("textarea[name=complaint]").await;
    page.script("document.querySelectorAll('details.past').forEach(log => log.open = true)")
        .await;
    page.read("作废：开错 剂量写错").await;
    page.picture("voided.png").await;
    let paper = page.path().await + "/print/prescription";
    page.go(&format!("{}{paper}", demo.clinic)).await;
    page.read("作废：开错 剂量写错").await;
    page.read("感冒灵颗粒").await;
    page.picture("voided-paper.png").await;
    page.accessible("a prescription that was voided").await;
    assert!(demo.journal(&["verify"]) && demo.journal(&["replay", "--check"]));
    page.close().await;
}

/// What was typed and not picked is refused and stays; a digit chooses also of many; another drug in a row brings its
/// own order.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_not_picked_is_not_lost_and_another_drug_takes_no_dose_over() {
    let Some(page) = open(1366, 768).await else {
        return;
    };
    let demo = Demo::start("picked");
    with_a_cold(&page, &demo).await;
    desk::order(&page, 1, "gmlkl").await;
    page.read("感冒灵颗粒").await;
    desk::free_row(&page).await;
    page.keys("某种药").await;
    page.press(Key::F8).await;
    page.read("目录").await;
    let typed =
        "return [...document.querySelectorAll('table.lines [role=combobox]')].map(e => e.value)";
    let rows = page.script(typed).await;
    assert_eq!(
        (&rows[0], &rows[1]),
        (&"感冒灵颗粒".into(), &"某种药".into())
    );

    // The row came from the server: the drug that takes its place brings its own order.
    let dose = "return document.querySelector('[name=\"lines.0.dose\"]').value";
    page.script("const dose = document.querySelector('[name=\"lines.0.dose\"]'); dose.value = '99'; dose.dispatchEvent(new Event('input', { bubbles: true }))")
        .await;
    page.press(Key::F3).await;
    page.until(
        "the page came again",
        "return !document.querySelector('#saved').textContent",
    )
    .await;
    assert_eq!(page.script(dose).await, "99");
    page.tab_to("table.lines tbody tr:first-child [role=combobox]")
        .await;
    page.keys("a").await;
    page.until(
        "there are many",
        "return document.querySelectorAll('ul.pick li').length >= 10",
    )
    .await;
    let third = page
        .words_of("ul.pick li:nth-child(3) span:nth-child(3)")
        .await;
    page.keys("3").await;
    let chosen = "return document.querySelector('table.lines [role=combobox]').value === ";
    page.until("it is chosen", &format!("{chosen}'{third}'"))
        .await;
    let own = page.script(dose).await;
    assert!(own != "99" && own != "", "{own}");
    assert!(demo.journal(&["verify"]) && demo.journal(&["replay", "--check"]));
    page.close().await;
}

/// Its card, on both sizes, and its row in the register; then back to the visit.
async fn papers_of_the_infusion(page: &Page, demo: &Demo) {
    page.see("a[href$='/print/infusion-card'][data-paper]")
        .await;
    let visit = format!("{}{}", demo.clinic, page.path().await);
    page.go(&format!("{visit}/print/infusion-card")).await;
    page.read("第 1 天 共 3 天").await;
    page.picture("infusion-card.png").await;
    page.accessible("an infusion card").await;
    page.tab_to("a[href='infusion-card-roll']").await;
    page.press(Key::Enter).await;
    page.read("配药：").await;
    page.picture("infusion-card-roll.png").await;
    page.accessible("an infusion card on 80 mm").await;
    page.go(&format!("{}/today", demo.clinic)).await;
    page.tab_to("a[href^='/infusions']").await;
    page.press(Key::Enter).await;
    page.read("第 1 天 共 3 天").await;
    page.picture("infusions.png").await;
    page.accessible("a register of infusions").await;
    page.go(&format!("{}/infusions/print", demo.clinic)).await;
    page.read("药品和单次用量").await;
    page.picture("infusion-register.png").await;
    page.accessible("a printed register of infusions").await;
    page.go(&visit).await;
    page.see("form[action$='/presettle'] button").await;
}

/// A drip for three days: today's bottle is charged, the queue counts, and another day waits for tomorrow.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_infusion_of_three_days_is_charged_day_by_day() {
    let Some(page) = open(1366, 768).await else {
        return;
    };
    let demo = Demo::start("course");
    with_a_cold(&page, &demo).await;
    page.press(Key::PageDown).await;
    page.press(Key::PageDown).await;
    desk::free_row(&page).await;
    pick_here(&page, "slys").await;
    page.read("0.9%氯化钠注射液").await;
    page.tab_to("[name='lines.0.days']").await;
    page.keys("3").await;
    page.press(Key::F8).await;
    page.see("form[action$='/presettle'] button").await;
    page.read("逐日执行 共 3 天").await;
    page.read("已执行 1/3 天").await;
    let chip = page.words_of(".queue li.on .chip").await;
    assert_eq!(chip, "输液 1/3");
    page.picture("course.png").await;
    page.accessible("an infusion course").await;
    page.tree("infusion-course").await;
    papers_of_the_infusion(&page, &demo).await;

    // Taken back, nothing of it is left; signed again, it is a course again.
    page.tab_to("form[action$='/take-back'] button").await;
    page.press(Key::Enter).await;
    page.see("textarea[name=complaint]").await;
    assert!(!page.has("输液疗程").await);
    page.press(Key::F8).await;
    page.see("form[action$='/presettle'] button").await;
    page.read("已执行 1/3 天").await;
    page.tab_to("details.note summary").await;
    page.press(Key::Enter).await;
    page.tab_to("form[action$='/stop'] input[name=reason]")
        .await;
    page.keys("起了皮疹").await;
    page.picture("course-stop.png").await;
    page.accessible("a course that is stopped").await;
    page.press(Key::Enter).await;
    page.until(
        "it is stopped",
        "return !document.body.textContent.includes('输液疗程')",
    )
    .await;
    assert!(demo.journal(&["verify"]) && demo.journal(&["replay", "--check"]));
    page.close().await;
}
