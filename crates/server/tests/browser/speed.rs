//! How many presses a visit takes. `cargo xtask bench ui` runs these with a centre of some slowness and
//! makes times of what they print (docs/performance.md, keystroke-level model).

use fantoccini::key::Key;

use crate::demo::Demo;
use crate::desk::{self, person, sign_in};
use crate::page::{Page, open};

/// A visit as it is counted.
struct Count<'a> {
    page: &'a Page,
    what: &'static str,
    /// Decisions: one before each field that needs one.
    thoughts: usize,
}

impl<'a> Count<'a> {
    async fn new(page: &'a Page, what: &'static str) -> Self {
        page.presses();
        page.script(
            "performance.clearResourceTimings(); performance.setResourceTimingBufferSize(1000);",
        )
        .await;
        let thoughts = 0;
        Self {
            page,
            what,
            thoughts,
        }
    }

    /// A field that needs a decision, and what is typed into it.
    async fn decide(&mut self, keys: &str) {
        self.thoughts += 1;
        self.page.keys(keys).await;
    }

    /// Free text.
    async fn words(&self, text: &str) {
        let so_far = self.page.presses();
        self.page.keys(text).await;
        self.page.presses();
        self.page.pressed(so_far);
    }

    /// Ends it: what it took, in words that the bench reads, and the presses, with those that this visit
    /// was spared.
    async fn end(self, spared: usize) -> usize {
        let presses = self.page.presses() + spared;
        // Pages that were waited for; a draft's own saves and estimates are not.
        let waited = "return Math.round(performance.getEntriesByType('resource')
            .filter(e => e.initiatorType === 'fetch' && !/\\/api\\/|preview$|trace$/.test(e.name))
            .reduce((sum, e) => sum + e.duration, 0))";
        let served = self.page.script(waited).await;
        let (what, thoughts) = (self.what, self.thoughts);
        println!("ui: {what}; presses {presses}; thoughts {thoughts}; served {served} ms");
        presses
    }
}

/// The bench's centre waits so long before each answer.
async fn slow_as_told(page: &Page, demo: &Demo) {
    let Ok(milliseconds) = std::env::var("CUNYI_BENCH_SLOW_MS") else {
        return;
    };
    let milliseconds = milliseconds.parse().expect("milliseconds");
    desk::centre_takes(page, demo, milliseconds).await;
}

/// Signs, scans the boxes, settles, hands over and ends where the papers are printed; how many boxes.
async fn from_signature_to_papers(page: &Page) -> usize {
    page.press(Key::F8).await;
    page.see("form[action$='/presettle'] button").await;
    let wanted = "return [...document.querySelectorAll('input.trace')]
        .reduce((sum, input) => sum + Number(input.dataset.boxes), 0)";
    let boxes = page.script(wanted).await.as_u64().expect("a number");
    for number in 0..boxes {
        page.scan(&format!("8100990000{number:010}")).await;
    }
    page.press(Key::F8).await;
    page.see("form[action$='/settle'] button").await;
    desk::settle(page).await;
    // What goes to the printer, without leaving the page.
    page.script(
        "window.print = () => { window.sheets = document.querySelector('.printing')?.textContent }",
    )
    .await;
    page.press(Key::F9).await;
    page.until(
        "the prescription is printed",
        "return Boolean(window.sheets?.includes('Rp'))",
    )
    .await;
    usize::try_from(boxes).expect("few")
}

/// High blood pressure again: scanned at the door, as last time, pressure, three boxes. The demo's patient
/// gets one box: two scans more are counted.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_repeat_visit_takes_few_presses() {
    let Some(page) = open(1366, 768).await else {
        return;
    };
    let demo = Demo::with_past("repeat", &[]);
    sign_in(&page, &demo, "zhang").await;
    // The first who waits is due for her repeat. She is sent home and comes again with her card.
    let name = page.words_of(".queue li:first-child .name").await;
    page.press_on(".queue li:first-child a").await;
    page.press_on("button[value=cancelled]").await;
    page.agree().await;
    page.until(
        "she is not in the queue",
        &format!("return !document.querySelector('.queue').textContent.includes('{name}')"),
    )
    .await;
    let who = person(
        &page,
        &demo,
        &format!("p.name === '{name}' && p.filing !== ''"),
    )
    .await;
    slow_as_told(&page, &demo).await;
    page.go(&demo.clinic).await;
    page.see("#find").await;

    let mut count = Count::new(&page, "repeat visit").await;
    page.scan(who.get("id")).await;
    page.read("核验结果").await;
    count.thoughts += 1;
    page.press(Key::F8).await;
    page.see("#draft").await;
    page.press(Key::F7).await;
    page.until(
        "the pressure is asked for",
        "return document.activeElement.name === 'systolic'",
    )
    .await;
    count.decide("148").await;
    page.press(Key::Enter).await;
    count.decide("92").await;
    page.read("基金").await;
    count.thoughts += 1;
    let boxes = from_signature_to_papers(&page).await;
    let presses = count.end(3 - boxes.min(3)).await;
    assert!(presses <= 24, "{presses} presses");
    page.close().await;
}

/// A cold with three drugs, of someone who was here before or not.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_acute_visit_takes_few_presses() {
    let Some(page) = open(1366, 768).await else {
        return;
    };
    let demo = Demo::start("acute");
    let who = person(&page, &demo, desk::RESIDENT).await;
    sign_in(&page, &demo, "zhang").await;
    slow_as_told(&page, &demo).await;
    page.go(&demo.clinic).await;
    page.see("#find").await;

    let mut count = Count::new(&page, "acute visit, three drugs").await;
    page.scan(who.get("id")).await;
    page.read("核验结果").await;
    count.thoughts += 1;
    page.press(Key::F8).await;
    page.see("#draft").await;
    // Free text is not counted, the way to it and on from it is.
    page.tab_to("textarea[name=complaint]").await;
    count.words("咽痛 2 天").await;
    page.tab_to("table.diagnoses input[role=combobox]").await;
    for (query, kind) in [
        ("jxshxdgr", "diagnoses"),
        ("gmlkl", "lines"),
        ("yhkl", "lines"),
        ("axs", "lines"),
    ] {
        let there = format!(
            "const at = document.activeElement;
             return at.matches('[role=combobox]') && at.value === '' && Boolean(at.closest('table.{kind}'))"
        );
        while page.script(&there).await != serde_json::json!(true) {
            page.press(Key::Enter).await;
        }
        count.decide(query).await;
        page.see("ul.pick li").await;
        page.press(Key::Enter).await;
    }
    page.read("银黄颗粒").await;
    page.see("#fee .fund").await;
    from_signature_to_papers(&page).await;
    let presses = count.end(0).await;
    assert!(presses <= 60, "{presses} presses");
    page.close().await;
}

/// Someone whom neither the clinic nor the insurance knows, typed by hand: name, number, telephone. A name is
/// typed by its pinyin: ten presses for three characters.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_patient_is_typed_in_half_a_minute() {
    let Some(page) = open(1366, 768).await else {
        return;
    };
    let demo = Demo::start("new");
    let who = person(&page, &demo, desk::RESIDENT).await;
    sign_in(&page, &demo, "zhang").await;
    slow_as_told(&page, &demo).await;
    page.go(&demo.clinic).await;
    page.see("#find").await;

    let mut count = Count::new(&page, "new patient, by hand").await;
    page.press(Key::F2).await;
    page.tab_to("a[href='/self-pay']").await;
    page.press(Key::Enter).await;
    page.see("form[action='/self-pay']").await;
    for (field, text) in [
        ("name", who.get("name")),
        ("id_number", who.get("id")),
        ("phone", "13900000000"),
    ] {
        page.tab_to(&format!("input[name={field}]")).await;
        count.decide(text).await;
    }
    count.thoughts += 1;
    page.press(Key::F8).await;
    page.see("#draft").await;
    let presses = count.end(7).await;
    assert!(presses <= 60, "{presses} presses");
    page.close().await;
}
