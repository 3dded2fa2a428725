//! How quick the pages are: from a key to the list under it, and from an address to the first paint.
//! `cargo xtask bench ui` runs these and limits what they print; here they only have to find what is typed.

use serde_json::Value;

use crate::demo::Demo;
use crate::desk::{RESIDENT, identify, person, sign_in};
use crate::page::{Page, open};

/// Into which grid, and what is typed letter by letter.
const TYPED: [(&str, &str); 6] = [
    ("table.diagnoses", "jxshxdgr"),
    ("table.diagnoses", "gxybgzxy"),
    ("table.diagnoses", "糖尿病伴"),
    ("table.lines", "amxljn"),
    ("table.lines", "xbydp"),
    ("table.lines", "氨氯地平"),
];
/// How often each is typed, and each page is opened.
const TIMES: usize = 5;

/// What of so many the slowest twentieth takes at least.
fn p95(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all[(all.len() * 95).div_ceil(100) - 1]
}

fn tell(what: &str, milliseconds: f64) {
    println!("quick: {what}; {milliseconds:.1}");
}

/// Milliseconds from each letter to the frame in which the list answers it.
async fn typed(page: &Page, grid: &str, word: &str) -> Vec<f64> {
    let script = format!(
        "return (async () => {{
           const box = document.querySelector('{grid} input[role=combobox]');
           box.focus();
           const times = [];
           for (let end = 1; end <= '{word}'.length; end++) {{
             const answered = new Promise(done => new MutationObserver((_, watch) => {{
               watch.disconnect();
               requestAnimationFrame(() => done(performance.now()));
             }}).observe(box, {{ attributeFilter: ['aria-expanded'] }}));
             const from = performance.now();
             box.value = '{word}'.slice(0, end);
             box.dispatchEvent(new InputEvent('input', {{ bubbles: true }}));
             times.push(await answered - from);
           }}
           box.value = '';
           box.dispatchEvent(new InputEvent('input', {{ bubbles: true }}));
           return times;
         }})()"
    );
    numbers(&page.script(&script).await)
}

fn numbers(of: &Value) -> Vec<f64> {
    let all = of.as_array().expect("numbers").iter();
    all.map(|one| one.as_f64().expect("a number")).collect()
}

/// Milliseconds to the first paint of a page.
async fn painted(page: &Page, url: &str) -> f64 {
    page.go(url).await;
    let first = "return new Promise(done => {
        const look = () => {
            const [paint] = performance.getEntriesByName('first-contentful-paint');
            paint ? done(paint.startTime) : requestAnimationFrame(look);
        };
        look();
    })";
    page.script(first).await.as_f64().expect("a time")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn long_lists_answer_at_each_letter_and_pages_paint() {
    let Some(page) = open(1366, 768).await else {
        return;
    };
    let demo = Demo::with_past("quick", &["--per-day", "1", "--long-lists"]);
    let who = person(&page, &demo, RESIDENT).await;
    sign_in(&page, &demo, "zhang").await;
    identify(&page, &demo, "02", who.get("id")).await;
    page.press_on("button[form=desk][value=see]").await;
    page.see("table.lines input[role=combobox]").await;
    let visit = page.path().await;
    let mut times = Vec::new();
    for _ in 0..TIMES {
        for (grid, word) in TYPED {
            times.extend(typed(&page, grid, word).await);
        }
    }
    tell("letter to list, p95, ms", p95(times));

    let mut times = Vec::new();
    for path in ["/", &visit, "/patients", "/today", "/stock", "/reports"] {
        for _ in 0..TIMES {
            let url = format!("{}{path}", demo.clinic);
            times.push(painted(&page, &url).await);
        }
    }
    tell("first paint, p95, ms", p95(times));
    page.close().await;
}
