//! A page in the browser, in the words of a journey.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::error::ErrorStatus::StaleElementReference;
use fantoccini::key::Key;
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

use crate::devtools::Devtools;

pub struct Page {
    client: Client,
    axe: Option<String>,
    /// Keys pressed so far; a scan is one.
    presses: AtomicUsize,
}

/// After so many Tabs everything of a page has had the focus.
const MOST_TABS: usize = 160;
/// More radio buttons than a group has.
const MOST_RADIOS: usize = 12;

/// How long a page may take to show something.
const PATIENCE: Duration = Duration::from_secs(20);

/// A browser, if `cargo xtask test` has started one.
pub async fn open(width: u32, height: u32) -> Option<Page> {
    let Ok(driver) = std::env::var("CUNYI_TEST_CHROMEDRIVER") else {
        println!(
            "SKIPPED in the browser: CUNYI_TEST_CHROMEDRIVER is not set (cargo xtask test sets it)"
        );
        return None;
    };
    let flags = std::env::var("CUNYI_TEST_CHROMIUM_FLAGS").unwrap_or_default();
    let mut args: Vec<String> = flags.split_whitespace().map(str::to_owned).collect();
    args.push(format!("--window-size={width},{height}"));
    args.push("--accept-lang=zh-CN".to_owned());
    let options = json!({ "goog:chromeOptions": { "args": args } });
    let mut builder = ClientBuilder::new(HttpConnector::new());
    let Value::Object(options) = options else {
        return None;
    };
    let client = builder
        .capabilities(options)
        .connect(&driver)
        .await
        .expect("a browser");
    let axe = std::env::var("CUNYI_TEST_AXE").ok();
    let axe = axe.map(|path| std::fs::read_to_string(path).expect("axe.min.js"));
    Some(Page {
        client,
        axe,
        presses: AtomicUsize::new(0),
    })
}

/// Does it to what is found, again where the page was replaced between the two.
macro_rules! on_found {
    ($found:expr, |$element:ident| $done:expr, $what:literal) => {
        loop {
            let $element = $found.await.expect($what);
            match $done.await {
                Err(CmdError::Standard(error)) if error.error == StaleElementReference => {}
                done => break done.expect($what),
            }
        }
    };
}

impl Page {
    async fn found(&self, css: &str) -> Result<Element, CmdError> {
        self.client.find(Locator::Css(css)).await
    }

    pub async fn go(&self, url: &str) {
        self.client.goto(url).await.expect("goes");
    }

    /// The paper that a link prints from where one is, on a page of its own.
    pub async fn paper(&self, css: &str) {
        self.see(css).await;
        let link = format!("return document.querySelector(`{css}`).closest('[data-paper]')?.href");
        let link = self.script(&link).await;
        self.go(link.as_str().expect("it prints from where one is"))
            .await;
    }

    pub async fn see(&self, css: &str) {
        let found = self
            .client
            .wait()
            .at_most(PATIENCE)
            .for_element(Locator::Css(css))
            .await;
        let text = if found.is_err() {
            self.text().await
        } else {
            String::new()
        };
        assert!(found.is_ok(), "{css} is not on the page:\n{text}");
    }

    /// Waits until the page's words contain a text.
    pub async fn read(&self, words: &str) {
        let xpath = format!("//body[contains(normalize-space(.), '{words}')]");
        let found = self
            .client
            .wait()
            .at_most(PATIENCE)
            .for_element(Locator::XPath(&xpath))
            .await;
        let text = if found.is_err() {
            self.text().await
        } else {
            String::new()
        };
        assert!(found.is_ok(), "'{words}' is not on the page:\n{text}");
    }

    pub async fn has(&self, words: &str) -> bool {
        self.text().await.contains(words)
    }

    pub async fn text(&self) -> String {
        on_found!(self.found("body"), |body| body.text(), "a body")
    }

    /// Goes to a field by Tab and types over what stands there.
    pub async fn fill(&self, css: &str, text: &str) {
        self.tab_to(css).await;
        // The parts of a date are the browser's own business.
        if self.has_type(css, &["date"]).await {
            on_found!(self.found(css), |field| field.clear(), "a field");
            return on_found!(self.found(css), |field| field.send_keys(text), "types");
        }
        let [control, release] = [Key::Control, Key::Null].map(char::from);
        self.keys(&format!("{control}a{release}")).await;
        self.press(Key::Delete).await;
        self.keys(text).await;
    }

    async fn has_type(&self, css: &str, types: &[&str]) -> bool {
        let kind = format!("return document.querySelector(`{css}`).type ?? ''");
        let kind = self.script(&kind).await;
        types.contains(&kind.as_str().unwrap_or_default())
    }

    pub async fn value(&self, css: &str) -> String {
        on_found!(self.found(css), |field| field.prop("value"), "a field").unwrap_or_default()
    }

    /// Goes to a button, link or box by Tab and presses it; among radio buttons the arrows lead on. A field that is
    /// typed into only gets the focus.
    pub async fn press_on(&self, css: &str) {
        self.see(css).await;
        if self.has_type(css, &["radio"]).await {
            let name = format!("return document.querySelector(`{css}`).name");
            let name = self.script(&name).await;
            let name = name.as_str().expect("a name").to_owned();
            self.tab_to(&format!("input[name='{name}']")).await;
            let chosen = format!("return document.querySelector(`{css}`).checked");
            for _ in 0..MOST_RADIOS {
                if self.script(&chosen).await == json!(true) {
                    return;
                }
                self.press(Key::Down).await;
            }
            panic!("no arrow leads to {css}");
        }
        self.tab_to(css).await;
        if self.has_type(css, &["checkbox"]).await {
            self.keys(" ").await;
        } else if self.has_type(css, &["submit", "button", ""]).await {
            self.press(Key::Enter).await;
        }
    }

    /// The same with the button or link that bears these words, and no other.
    pub async fn press_words(&self, words: &str) {
        self.read(words).await;
        let mark = format!(
            "const all = [...document.querySelectorAll('a, button')].filter(one => one.textContent.includes('{words}'));
             document.querySelectorAll('[data-words-here]').forEach(one => delete one.dataset.wordsHere);
             if (all.length === 1) all[0].dataset.wordsHere = '';
             return all.length"
        );
        let many = self.script(&mark).await;
        assert_eq!(many, json!(1), "{words} on:\n{}", self.text().await);
        self.press_on("[data-words-here]").await;
    }

    /// Chooses a file.
    pub async fn choose_file(&self, css: &str, path: &str) {
        self.see(css).await;
        let field = self.client.find(Locator::Css(css)).await.expect("a picker");
        field.send_keys(path).await.expect("chosen");
    }

    /// Chooses an option of a select by its value.
    pub async fn choose(&self, css: &str, value: &str) {
        self.see(css).await;
        on_found!(
            self.found(css),
            |field| field.select_by_value(value),
            "chooses"
        );
    }

    /// Waits until a script answers true.
    pub async fn until(&self, what: &str, script: &str) {
        let holds = async { while self.script(script).await != json!(true) {} };
        let held = tokio::time::timeout(PATIENCE, holds).await;
        assert!(held.is_ok(), "{what}:\n{}", self.text().await);
    }

    /// The address without the host.
    pub async fn path(&self) -> String {
        let path = self.script("return location.pathname").await;
        path.as_str().expect("a path").to_owned()
    }

    /// The words of an element.
    pub async fn words_of(&self, css: &str) -> String {
        self.see(css).await;
        on_found!(self.found(css), |element| element.text(), "an element")
    }

    /// How many elements there are.
    pub async fn count(&self, css: &str) -> usize {
        let found = self.client.find_all(Locator::Css(css)).await;
        found.expect("elements").len()
    }

    /// Answers the browser's question with yes.
    pub async fn agree(&self) {
        self.client.accept_alert().await.expect("a question");
    }

    /// Answers it with no.
    pub async fn decline(&self) {
        self.client.dismiss_alert().await.expect("a question");
    }

    /// Presses keys where the focus is.
    pub async fn keys(&self, text: &str) {
        self.presses
            .fetch_add(text.chars().count(), Ordering::SeqCst);
        on_found!(
            self.client.active_element(),
            |active| active.send_keys(text),
            "types"
        );
    }

    pub async fn press(&self, key: Key) {
        self.keys(&String::from(char::from(key))).await;
    }

    /// Tabs forwards until the focus is on an element.
    pub async fn tab_to(&self, css: &str) {
        self.see(css).await;
        let there = format!(
            "const at = document.activeElement;
             return at?.matches(`{css}`) === true || (at?.type === 'file' ? 'file' : false)"
        );
        for _ in 0..MOST_TABS {
            match self.script(&there).await {
                Value::Bool(true) => return,
                Value::Bool(false) => self.press(Key::Tab).await,
                // What the driver types into a picker of files is a file's name to it.
                _ => self.tab_on().await,
            }
        }
        panic!("no Tab leads to {css}:\n{}", self.text().await);
    }

    async fn tab_on(&self) {
        for kind in ["rawKeyDown", "keyUp"] {
            let key =
                json!({ "type": kind, "key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9 });
            self.ask(Devtools("Input.dispatchKeyEvent", key)).await;
        }
    }

    /// Counts so many presses.
    pub fn pressed(&self, many: usize) {
        self.presses.fetch_add(many, Ordering::SeqCst);
    }

    /// Keys pressed since the page was opened or this was asked.
    pub fn presses(&self) -> usize {
        self.presses.swap(0, Ordering::SeqCst)
    }

    /// A scanner's burst into whatever has the focus, ended by its Enter: one press, however long.
    pub async fn scan(&self, text: &str) {
        self.presses.fetch_add(1, Ordering::SeqCst);
        let burst = format!(
            "const key = (key) => document.activeElement.dispatchEvent(
                 new KeyboardEvent('keydown', {{ key, bubbles: true, cancelable: true }}));
             for (const one of '{text}') if (key(one)) document.execCommand('insertText', false, one);
             if (key('Enter')) document.activeElement.form?.requestSubmit();"
        );
        self.script(&burst).await;
    }

    pub async fn script(&self, script: &str) -> Value {
        self.client.execute(script, vec![]).await.expect("runs")
    }

    /// The window becomes so wide.
    pub async fn widen(&self, width: u32, height: u32) {
        let sized = self.client.set_window_size(width, height).await;
        sized.expect("another size");
        let wide = format!("return outerWidth === {width}");
        self.until("the window is as wide as told", &wide).await;
    }

    /// Nothing of the page scrolls sideways on a small screen: 1024 px, or 1366 px enlarged by a
    /// quarter.
    async fn fits(&self, what: &str) {
        let size = self.client.get_window_size().await.expect("a size");
        let [width, height] = [size.0, size.1].map(|n| u32::try_from(n).expect("a size"));
        for narrow in [1024, 1092] {
            self.widen(narrow, height).await;
            self.stays(what).await;
        }
        self.widen(width, height).await;
        self.fits_a_telephone(what).await;
    }

    /// The page is no wider than a telephone; a wide table may scroll in its own box, and a paper is as wide as paper.
    async fn fits_a_telephone(&self, what: &str) {
        let small = json!({ "width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": false });
        self.ask(Devtools("Emulation.setDeviceMetricsOverride", small))
            .await;
        self.until("the screen is a telephone's", "return innerWidth === 390")
            .await;
        let wide = "if (document.body.matches('.papers')) return [];
                const [all, most] = [document.documentElement, innerWidth + 1];
                if (all.scrollWidth <= most) return [];
                const scrolls = (e) => /auto|scroll/.test(getComputedStyle(e).overflowX);
                const boxed = (e) => e !== document.body && e !== all && (scrolls(e) || boxed(e.parentElement));
                return [`${all.scrollWidth}`, ...[...document.querySelectorAll('body *')]
                .filter(e => e.getBoundingClientRect().right > most && !boxed(e.parentElement))
                .map(e => `${e.tagName}.${e.className} ${e.getBoundingClientRect().right}`)]";
        let found = self.script(wide).await;
        self.picture(&format!("phone-{}.png", what.replace([' ', '/'], "-")))
            .await;
        self.ask(Devtools("Emulation.clearDeviceMetricsOverride", json!({})))
            .await;
        assert_eq!(found, json!([]), "{what} is wider than a telephone");
    }

    /// Nothing of the page scrolls sideways, and a paper's title is not covered.
    pub async fn stays(&self, what: &str) {
        let sideways = "return [document.documentElement, ...document.querySelectorAll('body *')]
                .filter(e => e.clientWidth > 1 && e.scrollWidth > e.clientWidth + 1)
                .filter(e => e === document.documentElement || getComputedStyle(e).overflowX !== 'visible')
                .filter(e => !e.matches('input, textarea, select'))
                .map(e => `${e.tagName}.${e.className} ${e.scrollWidth} in ${e.clientWidth}`)";
        let found = self.script(sideways).await;
        assert_eq!(found, json!([]), "{what} scrolls sideways");
        let covered = "const [title, box] = [document.querySelector('.sheet h1'), document.querySelector('.sheet .box')];
                const words = document.createRange();
                if (title) words.selectNodeContents(title);
                return box !== null && words.getBoundingClientRect().right > box.getBoundingClientRect().left";
        let found = self.script(covered).await;
        assert_eq!(found, json!(false), "{what}: the title is covered");
    }

    /// axe-core finds nothing on the page, and it fits a small screen.
    pub async fn accessible(&self, what: &str) {
        self.fits(what).await;
        let Some(axe) = &self.axe else {
            println!("SKIPPED axe-core: CUNYI_TEST_AXE is not set");
            return;
        };
        self.client.execute(axe, vec![]).await.expect("axe loads");
        let run = "const done = arguments[arguments.length - 1];
            axe.run(document, { resultTypes: ['violations'] }).then(r => done(r.violations
              .map(v => v.id + ': ' + v.nodes.map(n => n.target.join(' ')).join(', '))));";
        let found = self
            .client
            .execute_async(run, vec![])
            .await
            .expect("axe runs");
        assert_eq!(found, json!([]), "axe-core on {what}");
    }

    /// Asks the driver what is no command of the standard.
    pub async fn ask(&self, command: impl WebDriverCompatibleCommand + Send + 'static) -> Value {
        self.client.issue_cmd(command).await.expect("answers")
    }

    pub async fn picture(&self, file: &str) {
        let Ok(folder) = std::env::var("CUNYI_TEST_PICTURES") else {
            return;
        };
        let png = self.client.screenshot().await.expect("a picture");
        std::fs::write(format!("{folder}/{file}"), png).expect("written");
    }

    pub async fn close(self) {
        self.client.close().await.expect("closes");
    }

    /// The browser is killed, as by a power cut: nothing runs in it any more.
    pub fn kill(self) {
        let told = self.client.capabilities().expect("a session");
        let process = told.get("goog:processID").expect("whose process it is");
        let killed = std::process::Command::new("kill")
            .args(["-9", &process.to_string()])
            .status();
        assert!(killed.expect("runs").success(), "no process {process}");
    }
}
