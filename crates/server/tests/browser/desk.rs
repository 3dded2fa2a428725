//! What every journey does at the desk: sign in, identify, prescribe, settle.

use fantoccini::key::Key;
use serde_json::{Value, json};

use crate::demo::Places;
use crate::page::Page;

/// Someone on the centre's page of persons, column by column.
pub struct Person(Value);

impl Person {
    pub fn get(&self, column: &str) -> &str {
        self.0[column].as_str().expect("a column of the page")
    }
}

/// An insured resident between thirty and sixty-five with nothing filed.
pub const RESIDENT: &str = "p.cover === '390 正常 990001' && p.filing === '' \
     && p.born > '1960' && p.born < '1996'";

/// The first person of the centre's page of whom a condition holds.
pub async fn person(page: &Page, demo: &Places, fits: &str) -> Person {
    page.go(&format!("{}/persons", demo.centre)).await;
    let script = format!(
        "const keys = ['name', 'sex', 'born', 'id', 'number', 'cover', 'filing', 'card', 'code', 'voucher'];
         const row = r => Object.fromEntries(keys.map((k, i) => [k, r.cells[i].textContent]));
         const all = [...document.querySelectorAll('table tr')].slice(1).map(row);
         return all.find(p => {fits}) ?? null;"
    );
    let found = page.script(&script).await;
    assert_ne!(found, json!(null), "nobody for whom {fits}");
    Person(found)
}

/// Sets one of the centre's switches for the next answer of a transaction.
pub async fn strike(page: &Page, demo: &Places, fault: &str, transaction: &str) {
    strike_often(page, demo, fault, transaction, 1).await;
}

/// As `strike`, for so many answers; 0 takes it back.
pub async fn strike_often(page: &Page, demo: &Places, fault: &str, transaction: &str, count: u32) {
    page.go(&demo.centre).await;
    let script = format!(
        "const form = document.querySelector('input[name=fault][value={fault}]').form;
         form.count.value = {count}; form.transaction.value = '{transaction}'; form.submit();"
    );
    page.script(&script).await;
    // What the centre answered, not what was typed.
    let set = format!(
        "const form = document.querySelector('input[name=fault][value={fault}]')?.form;
         return {count} ? form?.count.defaultValue === '{count}'
             && form.transaction.defaultValue === '{transaction}' : !Number(form?.count.defaultValue)"
    );
    page.until("the switch is set", &set).await;
}

/// From here on the centre waits so long before each answer.
pub async fn centre_takes(page: &Page, demo: &Places, milliseconds: u32) {
    page.go(&demo.centre).await;
    let turn = format!(
        "return fetch('/switches', {{ method: 'POST', body: new URLSearchParams({{ slow_ms: {milliseconds} }}) }})
             .then(answer => answer.status)"
    );
    let status = page.script(&turn).await;
    assert!(
        status.as_i64().is_some_and(|status| status < 400),
        "{status}"
    );
}

/// Signs in and ends on the workstation.
pub async fn sign_in(page: &Page, demo: &Places, login: &str) {
    page.go(&format!("{}/login", demo.clinic)).await;
    page.read("演示").await;
    page.fill("input[name=login]", login).await;
    page.fill("input[name=password]", "demo-2026").await;
    page.press(Key::Enter).await;
    page.see("nav").await;
}

/// Types a number on the page of identification and asks.
pub async fn identify(page: &Page, demo: &Places, certificate: &str, number: &str) {
    page.go(&format!("{}/identify", demo.clinic)).await;
    page.press_on(&format!("input[name=certificate][value='{certificate}']"))
        .await;
    page.fill("input[name=number]", number).await;
    page.press(Key::Enter).await;
}

/// Scans the number of the first person of whom a condition holds, and opens her record.
pub async fn seen(page: &Page, demo: &Places, fits: &str) {
    let who = person(page, demo, fits).await;
    page.go(&demo.clinic).await;
    page.see("#find").await;
    page.scan(who.get("id")).await;
    page.read("核验结果").await;
    page.press(Key::F8).await;
    page.see("#draft").await;
}

/// Opens the second of the three who wait in a fresh demo: she has nothing filed.
pub async fn see_second(page: &Page) {
    page.press_on(".queue li:nth-child(2) a[href^='/visits/']")
        .await;
}

/// Types a search into a grid's field and takes the first answer.
pub async fn pick(page: &Page, field: &str, query: &str) {
    page.press_on(field).await;
    page.keys(query).await;
    page.see("ul.pick li").await;
    page.press(Key::Enter).await;
}

pub async fn diagnose(page: &Page, row: usize, query: &str) {
    let field = format!("table.diagnoses tbody tr:nth-child({row}) input[role=combobox]");
    pick(page, &field, query).await;
}

/// Orders in a row of the prescription that is shown, from 1.
pub async fn order(page: &Page, row: usize, query: &str) {
    let mark = format!(
        "const shown = [...document.querySelectorAll('table.lines tbody tr input[role=combobox]')]
            .filter(cell => cell.offsetParent);
        document.querySelectorAll('[data-here]').forEach(cell => delete cell.dataset.here);
        shown[{row} - 1].dataset.here = '';"
    );
    page.see("table.lines input[role=combobox]").await;
    page.script(&mark).await;
    pick(page, "[data-here]", query).await;
}

/// To the first row of the shown prescription in which nothing stands.
pub async fn free_row(page: &Page) {
    let mark = "document.querySelectorAll('[data-here]').forEach(cell => delete cell.dataset.here);
        const free = [...document.querySelectorAll('table.lines [role=combobox]')]
            .find(cell => cell.offsetParent && !cell.value);
        free.dataset.here = '';";
    page.script(mark).await;
    page.tab_to("[data-here]").await;
}

/// A cold: complaint, temperature, diagnosis, one drug; the consultation fee stands there.
pub async fn prescribe(page: &Page) {
    page.see("textarea[name=complaint]").await;
    page.fill("textarea[name=complaint]", "咽痛、流涕 2 天")
        .await;
    page.fill("input[name=temperature]", "37.4").await;
    diagnose(page, 1, "jxshxdgr").await;
    order(page, 1, "gmlkl").await;
    // The fee list follows what is typed.
    page.read("一般诊疗费").await;
    page.read("22.00").await;
}

/// Signs, asks the centre, and stops before the settlement.
pub async fn presettle(page: &Page) {
    page.press(Key::F8).await;
    page.see("form[action$='/presettle'] button").await;
    page.press(Key::F8).await;
    page.see("form[action$='/settle'] button").await;
}

/// From the pre-settled fee list to the closed door.
pub async fn settle(page: &Page) {
    page.press(Key::F8).await;
    page.see("form[action$='/hand-over'] button").await;
    page.press(Key::F8).await;
    page.read("下一位").await;
}
