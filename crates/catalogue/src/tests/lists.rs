//! Reading: the demonstration's own consistency, faults with their row, hostile bytes.

use proptest::prelude::*;

use super::DEMO;
use crate::model::{CodeSource, DrugKind, ServiceRole};
use crate::order::{RouteKind, quantity};
use crate::{Catalogue, Class, Fault, ItemHit, List};

const DRUGS: &str = include_str!("../../data/drugs.csv");
const SERVICES: &str = include_str!("../../data/services.csv");
const DIAGNOSES: &str = include_str!("../../data/diagnoses.csv");

#[test]
fn the_demonstration_is_large_enough() {
    assert!(DEMO.drugs().len() >= 150, "{}", DEMO.drugs().len());
    assert!(DEMO.services().len() >= 60, "{}", DEMO.services().len());
    assert!(DEMO.diagnoses().len() >= 300, "{}", DEMO.diagnoses().len());
    let general = |role| DEMO.services().iter().filter(|s| s.role == role).count();
    assert_eq!(general(ServiceRole::General), 1);
    assert!(general(ServiceRole::Injection) >= 3);
}

#[test]
fn every_drug_is_consistent() {
    for drug in DEMO.drugs() {
        let name = &drug.name;
        assert_eq!(
            drug.dose.is_some(),
            drug.strength.is_some(),
            "{name}: dose and strength"
        );
        assert_eq!(
            drug.dose_unit.is_empty(),
            drug.dose.is_none(),
            "{name}: dose unit"
        );
        assert!(
            drug.pack_price.0 > 0 && drug.unit_price().0 > 0,
            "{name}: price"
        );
        assert!(!drug.ingredients.is_empty(), "{name}: ingredients");
        assert_eq!(
            drug.class == Class::C || drug.is_piece(),
            drug.list_name.is_empty(),
            "{name}: class"
        );
        assert_eq!(
            drug.list_name.is_empty(),
            drug.list_class.is_empty(),
            "{name}: list"
        );
        let own = drug.code_source == CodeSource::Own;
        assert_eq!(own, drug.code.contains('-'), "{name}: {}", drug.code);
        let needle = matches!(drug.route.kind, RouteKind::Injection | RouteKind::Infusion);
        assert_eq!(
            needle,
            drug.kind == DrugKind::Injection,
            "{name}: route and kind"
        );
        let boiled = drug.route.kind == RouteKind::Decoction;
        assert_eq!(boiled, drug.is_piece(), "{name}: route and kind");
        assert!(
            drug.footnote.is_none() || drug.is_piece(),
            "{name}: footnote"
        );
        let usual = quantity(drug, drug.dose, drug.frequency, drug.days);
        assert!(usual.is_ok(), "{name}: {usual:?}");
    }
}

#[test]
fn the_usual_order_passes_its_own_limits() {
    for drug in DEMO.drugs() {
        let Some(dose) = drug.dose else { continue };
        let daily = dose.0 * drug.frequency.times_a_day();
        assert!(drug.max_dose.is_none_or(|max| dose <= max), "{}", drug.name);
        assert!(
            drug.max_daily.is_none_or(|max| daily <= max.0),
            "{}",
            drug.name
        );
    }
}

#[test]
fn items_are_found_by_code() {
    for drug in DEMO.drugs() {
        assert_eq!(DEMO.drug(&drug.code), Some(drug));
        assert_eq!(DEMO.service(&drug.code), None);
    }
    for service in DEMO.services() {
        assert_eq!(DEMO.service(&service.code), Some(service));
        assert_eq!(DEMO.drug(&service.code), None);
    }
    for diagnosis in DEMO.diagnoses() {
        assert_eq!(DEMO.diagnosis(&diagnosis.code), Some(diagnosis));
    }
    assert_eq!(DEMO.diagnosis(""), None);
}

/// The error of the lists with one of them replaced.
fn fault(list: List, text: &str) -> Option<(List, usize, Fault)> {
    let [drugs, services, diagnoses] = match list {
        List::Drugs => [text, SERVICES, DIAGNOSES],
        List::Services => [DRUGS, text, DIAGNOSES],
        List::Diagnoses => [DRUGS, SERVICES, text],
    };
    let error = Catalogue::parse(drugs, services, diagnoses, "test").err()?;
    Some((error.list, error.row, error.fault))
}

#[test]
fn a_fault_is_told_with_its_row() {
    const HEAD: &str = "code,name,alias,kind,sex,two_disease,weight\n";
    let long = "长".repeat(201);
    for (rows, row, wanted) in [
        ("A,,,,,,\n", 2, Fault::Field("name")),
        ("A,甲,,,,,\n,乙,,,,,\n", 3, Fault::Field("code")),
        ("A,甲,,,3,,\n", 2, Fault::Field("sex")),
        ("A,甲,,,,asthma,\n", 2, Fault::Field("two_disease")),
        ("A,甲,,,,,-1\n", 2, Fault::Field("weight")),
        ("A,甲,,,,,1000001\n", 2, Fault::Field("weight")),
        ("A,甲,,,,,1e3\n", 2, Fault::Field("weight")),
        ("A,甲\u{0},,,,,\n", 2, Fault::Field("name")),
        (&format!("A,{long},,,,,\n"), 2, Fault::Field("name")),
        ("A,甲,,,,\n", 2, Fault::Shape),
        ("A,甲,,tcm,,,\n", 2, Fault::Field("kind")),
        ("A,甲,,,,,\nB,乙,,,,,\nA,丙,,,,,\n", 4, Fault::Duplicate),
    ] {
        let found = fault(List::Diagnoses, &format!("{HEAD}{rows}"));
        assert_eq!(found, Some((List::Diagnoses, row, wanted)), "{rows}");
    }
    let found = fault(List::Diagnoses, "code,name\nA,甲\n");
    assert_eq!(found, Some((List::Diagnoses, 2, Fault::NoColumn("alias"))));
    let column = |from: &str, to: &str| DRUGS.replacen(from, to, 1);
    for (text, field) in [
        (column(",6.00,y", ",-6.00,y"), "pack_price"),
        (column(",6.00,y", ",6.0000001,y"), "pack_price"),
        (column(",6.00,y", ",6.00,yes"), "splittable"),
        (column(",tid,", ",3x,"), "frequency"),
        (column(",po,", ",mouth,"), "route"),
        (column(",penicillins,", ",penicillins+x,"), "groups"),
        (column(",g,0.25,粒,", ",g,0,粒,"), "strength"),
        (column("2000000000015", "2000000000016"), "bar_codes"),
        (column("2000000000015", "200000000001"), "bar_codes"),
        (column("2000000000015", "2000000000015+"), "bar_codes"),
    ] {
        assert_eq!(
            fault(List::Drugs, &text),
            Some((List::Drugs, 2, Fault::Field(field)))
        );
    }
}

#[test]
fn what_follows_a_route_says_for_what_one_is_charged() {
    for (from, to, field) in [
        (",ivgtt,group,", ",drip,group,", "routes"),
        (",ivgtt,group,", ",ivgtt,bag,", "each"),
        (",ivgtt,group,", ",ivgtt,,", "each"),
        (",ivgtt,group,", ",,group,", "each"),
    ] {
        let text = SERVICES.replacen(from, to, 1);
        let row = SERVICES.lines().position(|line| line.contains(from));
        let row = row.expect("a service that follows a drip") + 1;
        let wanted = (List::Services, row, Fault::Field(field));
        assert_eq!(fault(List::Services, &text), Some(wanted), "{to}");
    }
}

#[test]
fn a_code_stands_in_one_list_only() {
    let drug = &DEMO.drugs()[0].code;
    let services = format!("{SERVICES}{drug},own,甲,,次,1.00,A,05,other,,,\n");
    let row = SERVICES.lines().count() + 1;
    let found = fault(List::Services, &services);
    assert_eq!(found, Some((List::Services, row, Fault::Duplicate)));
}

#[test]
fn a_bar_code_is_on_one_drug_only_and_finds_it() {
    let twice = DRUGS.replacen("2000000000022", "2000000000015", 1);
    let found = fault(List::Drugs, &twice);
    assert_eq!(found, Some((List::Drugs, 3, Fault::Duplicate)));
    let hits = DEMO.search_items(" 2000000000022 ", 9);
    let hits: Vec<&str> = hits.iter().map(ItemHit::code).collect();
    assert_eq!(hits, [&*DEMO.drugs()[1].code]);
    assert!(DEMO.search_items("2000000000023", 9).is_empty());
}

#[test]
fn a_list_is_bounded() {
    let text = " ".repeat(crate::MAX_BYTES + 1);
    assert_eq!(
        fault(List::Drugs, &text),
        Some((List::Drugs, 1, Fault::TooLarge))
    );
}

proptest! {
    #[test]
    fn hostile_bytes_do_not_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let text = String::from_utf8_lossy(&bytes);
        for list in [List::Drugs, List::Services, List::Diagnoses] {
            let _ = fault(list, &text);
        }
    }

    #[test]
    fn a_broken_list_does_not_panic(at in 0_usize..4000, len in 0_usize..40, new in "[\\PC,\"\n]{0,12}") {
        let head = |text: &'static str| -> Vec<char> { text.chars().take(4000).collect() };
        for (list, text) in [(List::Drugs, DRUGS), (List::Services, SERVICES), (List::Diagnoses, DIAGNOSES)] {
            let mut chars = head(text);
            let from = at.min(chars.len());
            let to = (from + len).min(chars.len());
            chars.splice(from..to, new.chars());
            let text: String = chars.into_iter().collect();
            if let Some((_, row, _)) = fault(list, &text) {
                prop_assert!(row <= text.lines().count() + 1);
            }
        }
    }
}
