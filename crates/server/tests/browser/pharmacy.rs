//! Two people, two computers: the doctor signs and settles, the pharmacist scans and hands over.

use fantoccini::key::Key;
use serde_json::json;

use crate::demo::Demo;
use crate::desk::{diagnose, order, presettle, see_second, sign_in};
use crate::page::open;

const CODE: &str = "81009900000000000077";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_pharmacist_hands_over_what_the_doctor_settled() {
    let Some(doctor) = open(1366, 900).await else {
        return;
    };
    let Some(pharmacist) = open(1366, 768).await else {
        return;
    };
    let demo = Demo::start("pharmacy");
    sign_in(&doctor, &demo, "zhang").await;
    sign_in(&pharmacist, &demo, "yao").await;
    see_second(&doctor).await;
    doctor.fill("textarea[name=complaint]", "鼻塞 1 天").await;
    diagnose(&doctor, 1, "jxshxdgr").await;
    // By its Chinese name, as an input method sends it.
    order(&doctor, 1, "感冒灵").await;
    doctor.read("感冒灵颗粒").await;
    doctor.see("#fee .fl").await;
    let visit = format!("{}{}", demo.clinic, doctor.path().await);
    presettle(&doctor).await;

    // Before it is paid she may scan, not settle.
    pharmacist.go(&visit).await;
    pharmacist
        .read("这一步由医生或药师在自己的电脑上办理")
        .await;
    assert_eq!(pharmacist.count("form[action$='/settle']").await, 0);
    assert_eq!(pharmacist.count("form[action$='/hand-over']").await, 0);
    let box_of = "input.trace[aria-label*='感冒灵颗粒']";
    pharmacist.see(box_of).await;
    let enter = char::from(Key::Enter);
    pharmacist.keys(&format!("{CODE}{enter}")).await;
    pharmacist.press(Key::F8).await;
    pharmacist
        .until(
            "the code is kept",
            &format!(
                "return document.querySelector('input.trace')?.defaultValue.trim() === '{CODE}'"
            ),
        )
        .await;
    pharmacist.accessible("a visit at the pharmacist's").await;

    // The doctor has seen nothing of it, and settles with it.
    doctor.press(Key::F8).await;
    doctor.see("form[action$='/hand-over'] button").await;
    assert_eq!(doctor.words_of("td code").await, CODE);

    pharmacist.press(Key::F8).await;
    pharmacist.see("form[action$='/hand-over'] button").await;
    pharmacist.press(Key::F8).await;
    pharmacist.read("下一位").await;
    let state = ".strip";
    assert!(pharmacist.words_of(state).await.contains("完诊"));

    // Her page still offers what has been done: it is refused, and the page follows.
    doctor.press(Key::F8).await;
    doctor.read("现在的状态不允许这一步").await;
    assert!(doctor.words_of(state).await.contains("完诊"));
    assert_eq!(doctor.count("form[action$='/hand-over']").await, 0);
    doctor
        .accessible("a visit that the pharmacist closed")
        .await;
    doctor.go(&demo.clinic).await;
    let waiting = "return [...document.querySelectorAll('.queue .count')].map(c => c.textContent)";
    assert_eq!(doctor.script(waiting).await, json!(["2", "0", "0", "1"]));

    // One box has left, once.
    assert!(demo.journal(&["verify"]) && demo.journal(&["replay", "--check"]));
    doctor.close().await;
    pharmacist.close().await;
}
