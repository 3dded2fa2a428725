//! Pinyin and search.

use proptest::prelude::*;

use super::DEMO;
use crate::pinyin::{fold, readings};
use crate::{initials, name_initials};

#[test]
fn initials_read_as_a_doctor_does() {
    for (text, wanted) in [
        ("阿莫西林胶囊", "amxljn"),
        ("白芍", "bs"),
        ("白术", "bz"),
        ("重楼", "cl"),
        ("重症肌无力", "zzjwl"),
        ("长效青霉素", "cxqms"),
        ("参苓白术散", "slbzs"),
        ("调经丸", "tjw"),
        ("心率", "xl"),
        ("血压", "xy"),
        ("膀胱炎", "pgy"),
        ("便秘", "bm"),
        ("枸橼酸铋钾", "jysbj"),
        ("0.9%氯化钠注射液", "09lhnzsy"),
        ("维生素Ｂ12片", "wssb12p"),
        ("2型糖尿病", "2xtnb"),
        ("", ""),
        (" （）·", ""),
    ] {
        assert_eq!(initials(text), wanted, "{text}");
    }
}

fn items(query: &str) -> Vec<&'static str> {
    let name = |hit: crate::ItemHit<'static>| match hit {
        crate::ItemHit::Drug(drug) => drug.name.as_str(),
        crate::ItemHit::Service(service) => service.name.as_str(),
    };
    DEMO.search_items(query, 10).into_iter().map(name).collect()
}

fn diagnoses(query: &str) -> Vec<&'static str> {
    let hits = DEMO.search_diagnoses(query, 10);
    hits.into_iter().map(|d| d.name.as_str()).collect()
}

#[test]
fn what_a_doctor_types_finds_first() {
    for (query, wanted) in [
        ("amxljn", "阿莫西林胶囊"),
        ("AMXLJN", "阿莫西林胶囊"),
        ("amoxilinjiao", "阿莫西林胶囊"),
        ("amoxilinkeli", "阿莫西林颗粒"),
        ("阿莫西林颗粒", "阿莫西林颗粒"),
        ("布洛芬混", "布洛芬混悬液"),
        ("ml", "布洛芬混悬液"), // 美林, a brand, whole
        ("ybzlf", "一般诊疗费"),
        ("jrzs", "肌肉注射"),
        ("肌内注射", "肌肉注射"),
        ("jmsy", "静脉输液"),
        ("xt", "葡萄糖测定"),
        ("ns", "0.9%氯化钠注射液"), // the second of two other names
    ] {
        let found = items(query);
        assert_eq!(found.first(), Some(&wanted), "{query}: {found:?}");
    }
    assert_eq!(diagnoses("gxy").first(), Some(&"高血压"));
    assert_eq!(diagnoses("gm").first(), Some(&"急性上呼吸道感染"));
    assert_eq!(diagnoses("I10").first(), Some(&"高血压"));
    assert_eq!(diagnoses("tangniaobing").first(), Some(&"2型糖尿病"));
    assert!(items("yfnz").is_empty());
    assert!(diagnoses("").is_empty() && items("   ").is_empty());
}

#[test]
fn a_name_is_kept_in_each_reading() {
    for (name, wanted) in [
        ("王明", "wm ym"),
        ("单雄", "dx cx sx"),
        ("曾 乐", "cl zl cy zy"),
        ("Li明", "lim"),
        ("", ""),
        ("·", ""),
    ] {
        assert_eq!(name_initials(name), wanted, "{name}");
    }
    let long = name_initials(&"单".repeat(50));
    assert_eq!(long.split(' ').count(), 12);
    assert!(long.starts_with(&"d".repeat(50)));
}

/// 重/长/行/参/率/血/调: each reading finds the name.
#[test]
fn every_reading_of_a_polyphone_is_found() {
    let list = "code,name,alias,kind,sex,two_disease,weight\n\
        1,重感冒,,,,,\n2,长效,,,,,\n3,行痹,,,,,\n4,人参,,,,,\n5,心率,,,,,\n6,便血,,,,,\n7,调经,,,,,\n8,白芍,,,,,\n";
    let parsed = crate::Catalogue::parse(
        include_str!("../../data/drugs.csv"),
        include_str!("../../data/services.csv"),
        list,
        "test",
    );
    let catalogue = parsed.unwrap();
    for (query, wanted) in [
        ("zgm", "重感冒"),
        ("cgm", "重感冒"),
        ("zhonggan", "重感冒"),
        ("chonggan", "重感冒"),
        ("cx", "长效"),
        ("zx", "长效"),
        ("xb", "行痹"),
        ("hb", "行痹"),
        ("hangbi", "行痹"),
        ("rs", "人参"),
        ("rc", "人参"),
        ("renshen", "人参"),
        ("rencan", "人参"),
        ("xl", "心率"),
        ("xs", "心率"),
        ("xinlv", "心率"),
        ("bx", "便血"),
        ("px", "便血"),
        ("bianxie", "便血"),
        ("tj", "调经"),
        ("dj", "调经"),
        ("bs", "白芍"),
        ("baishao", "白芍"),
    ] {
        let found = catalogue.search_diagnoses(query, 5);
        assert!(found.iter().any(|d| d.name == wanted), "{query}: {wanted}");
    }
}

#[test]
fn each_entry_is_found_by_its_own_initials_name_and_code() {
    for hit in DEMO.drugs() {
        let found = |query: &str| {
            DEMO.search_items(query, 60)
                .iter()
                .any(|h| h.code() == hit.code)
        };
        assert!(found(&initials(&hit.name)), "{}", hit.name);
        assert!(found(&hit.name) && found(&hit.code), "{}", hit.name);
    }
    for hit in DEMO.services() {
        let found = |query: &str| {
            DEMO.search_items(query, 60)
                .iter()
                .any(|h| h.code() == hit.code)
        };
        assert!(found(&initials(&hit.name)), "{}", hit.name);
        assert!(found(&hit.name) && found(&hit.code), "{}", hit.name);
    }
    for hit in DEMO.diagnoses() {
        let found = |query: &str| DEMO.search_diagnoses(query, 60).contains(&hit);
        assert!(found(&initials(&hit.name)), "{}", hit.name);
        assert!(found(&hit.name) && found(&hit.code), "{}", hit.name);
    }
}

#[test]
fn better_fits_come_first_then_the_usual() {
    let found = DEMO.search_diagnoses("胃炎", 20);
    assert_eq!(found[0].name, "胃炎");
    assert!(found.len() > 3);
    let inside = &found[1..];
    assert!(
        inside.is_sorted_by_key(|d| std::cmp::Reverse(d.weight)),
        "{inside:?}"
    );
    assert_eq!(DEMO.search_items("p", 3).len(), 3);
    assert!(DEMO.search_items("p", 0).is_empty());
}

proptest! {
    #[test]
    fn no_text_panics(query in "\\PC{0,90}", limit in 0_usize..30) {
        prop_assert!(DEMO.search_items(&query, limit).len() <= limit);
        prop_assert!(DEMO.search_diagnoses(&query, limit).len() <= limit);
        let _ = initials(&query);
    }

    #[test]
    fn typed_letters_do_not_panic(query in "[a-z0-9ü]{1,80}") {
        let _ = DEMO.search_diagnoses(&query, 5);
    }

    /// Any choice of readings, and any beginning of it, finds the name.
    #[test]
    fn any_reading_finds(at in any::<prop::sample::Index>(), picks in proptest::collection::vec(any::<prop::sample::Index>(), 40), full: bool, cut in 2_usize..30) {
        let diagnosis = at.get(DEMO.diagnoses());
        let mut query = String::new();
        for (c, pick) in fold(&diagnosis.name).chars().zip(&picks) {
            let sounds = readings(c);
            if !sounds.is_empty() {
                let sound = pick.get(&sounds);
                query.push_str(if full { sound } else { &sound[..1] });
            }
        }
        query.truncate(cut);
        let found = DEMO.search_diagnoses(&query, 1000);
        prop_assert!(found.contains(&diagnosis), "{} {}", query, diagnosis.name);
    }
}
