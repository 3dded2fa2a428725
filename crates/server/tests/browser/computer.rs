//! What is chosen on a computer: the function keys, the printer's paper.

use fantoccini::key::Key;
use serde_json::json;

use crate::demo::Demo;
use crate::desk::{RESIDENT, identify, person, prescribe, sign_in};
use crate::page::open;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_function_keys_are_changed() {
    let Some(page) = open(1366, 768).await else {
        return;
    };
    let demo = Demo::start("computer");
    let who = person(&page, &demo, RESIDENT).await;
    sign_in(&page, &demo, "zhang").await;
    page.tab_to(".top a[href='/computer']").await;
    page.press(Key::Enter).await;
    page.read("本机设置").await;
    page.accessible("what is chosen on this computer").await;

    // F9 for the next step is F9 twice; what was chosen stays.
    page.choose("select[name='key.F8']", "F9").await;
    page.tab_to("main button.go").await;
    page.press(Key::Enter).await;
    page.read("F9 选了两次").await;
    assert_eq!(page.value("select[name='key.F8']").await, "F9");
    page.accessible("a key that was chosen twice").await;
    page.picture("computer-refused.png").await;
    page.choose("select[name='key.F9']", "F8").await;
    page.choose("select[name='key.F4']", "").await;
    page.press_on("input[name='roll.fee-list']").await;
    page.tab_to("main button.go").await;
    page.press(Key::Enter).await;
    page.read("只在这台电脑上生效").await;
    page.picture("computer.png").await;

    // The keys stand on the buttons and do what they say; nothing clears by a key.
    identify(&page, &demo, "02", who.get("id")).await;
    page.see("button[form=desk][value=see]").await;
    page.press(Key::F9).await;
    page.see("#draft").await;
    let clear = "button[formaction$='/clear'] kbd";
    assert_eq!(page.words_of(clear).await, "");
    prescribe(&page).await;
    page.press(Key::F9).await;
    page.see("form[action$='/presettle'] button").await;
    page.see("[href$='/print/fee-list-roll']").await;
    page.picture("computer-other-keys.png").await;
    // A key without a button is not the browser's either; F5 and a chord are.
    let taken = "const taken = (key, more) => !document.dispatchEvent(new KeyboardEvent('keydown',
        { key, cancelable: true, bubbles: true, ...more }));
        return [taken('F3'), taken('F7'), taken('F5'), taken('F12'), taken('F3', { ctrlKey: true })]";
    let keys = page.script(taken).await;
    assert_eq!(keys, json!([true, true, false, false, false]));

    page.go(&format!("{}/computer", demo.clinic)).await;
    page.tab_to("button[value=usual]").await;
    page.press(Key::Enter).await;
    page.read("只在这台电脑上生效").await;
    assert_eq!(page.value("select[name='key.F8']").await, "F8");
    page.close().await;
}
