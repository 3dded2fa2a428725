//! The scanner while a prescription is written: a box that is read is ordered, wherever one is.

use cunyi_catalogue::Catalogue;
use fantoccini::key::Key;

use crate::demo::Demo;
use crate::desk::{self, diagnose, seen, sign_in};
use crate::page::{Page, open};

fn bar_code(name: &str) -> String {
    let lists = Catalogue::demo();
    let found = lists.drugs().iter().find(|drug| drug.name == name);
    found.expect(name).bar_codes[0].clone()
}

/// The names that stand in the grid, but that of the consultation fee.
async fn ordered(page: &Page) -> Vec<String> {
    let names = "return [...document.querySelectorAll('table.lines tbody tr:not([data-proposed]) [role=combobox]')]
        .map(e => e.value).filter(name => name && name !== '一般诊疗费')";
    let names = page.script(names).await;
    let names = names.as_array().expect("names").iter();
    names
        .map(|name| name.as_str().expect("a name").to_owned())
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_box_that_is_read_is_ordered_and_its_route_brings_a_syringe() {
    let Some(page) = open(1366, 768).await else {
        return;
    };
    let demo = Demo::start("scanned");
    sign_in(&page, &demo, "zhang").await;
    seen(&page, &demo, desk::RESIDENT).await;
    diagnose(&page, 1, "jxshxdgr").await;

    // Read in the middle of words: they stay as they were.
    page.tab_to("textarea[name=complaint]").await;
    page.keys("乏力").await;
    page.press(Key::Left).await;
    page.scan(&bar_code("维生素B12注射液")).await;
    page.read("维生素B12注射液").await;
    page.read("一次性注射器5ml").await;
    assert_eq!(page.value("textarea[name=complaint]").await, "乏力");
    assert!(
        page.words_of("[role=tab][aria-selected=true]")
            .await
            .starts_with("输液")
    );

    // Read in a cell, in the queue's field, and nowhere.
    page.scan(&bar_code("感冒灵颗粒")).await;
    page.read("感冒灵颗粒").await;
    page.tab_to("#find").await;
    page.scan(&bar_code("布洛芬缓释胶囊")).await;
    page.read("布洛芬缓释胶囊").await;
    assert_eq!(page.value("#find").await, "");
    let all = ["维生素B12注射液", "感冒灵颗粒", "布洛芬缓释胶囊"];
    assert_eq!(ordered(&page).await, all);
    page.scan("2000000999999").await;
    page.read("目录里没有这个条码").await;
    page.picture("scanned.png").await;
    page.accessible("boxes that were read").await;
    page.press(Key::F8).await;
    page.read("目录里没有这一项").await;
    let stays = ordered(&page).await;
    assert_eq!(stays[..3], all.map(str::to_owned), "{stays:?}");
    assert_eq!(stays[3..], ["2000000999999"]);

    // What follows is declined by a tick, and stays declined.
    page.tab_to("#fee input[name=without]").await;
    page.keys(" ").await;
    page.read("不收一次性注射器5ml").await;
    page.picture("declined.png").await;
    page.accessible("what follows is declined").await;
    page.press(Key::F3).await;
    page.read("不收一次性注射器5ml").await;
    page.close().await;
}
