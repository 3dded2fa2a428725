//! Our lists against the official ones, where the reference data lies beside the workspace.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use cunyi_domain::ledger::DiagnosisKind;

use super::DEMO;
use crate::model::{CodeSource, DrugKind};
use crate::pinyin::{fold, readings};
use crate::search::{Entry, Index};
use crate::{Catalogue, Class, frequencies, frequency, initials, routes};

/// Rows of a reference file by column name; nothing where it is not there, which is said.
fn table(name: &str) -> Option<Vec<HashMap<String, String>>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/data")
        .join(name);
    let Ok(mut reader) = csv::Reader::from_path(&path) else {
        println!("SKIPPED: {} is not there", path.display());
        return None;
    };
    Some(reader.deserialize().collect::<Result<_, _>>().expect(name))
}

#[test]
fn drug_codes_names_and_classes_are_the_official_ones() {
    let (Some(list), Some(codes)) = (
        table("drugs/nrdl_2024.csv"),
        table("rules/nhsa_drug_rule_codes.csv"),
    ) else {
        return;
    };
    let key = |row: &HashMap<String, String>| {
        ["class_code", "name", "dosage_form", "pay_class"].map(|column| row[column].clone())
    };
    let listed: HashSet<[String; 4]> = list.iter().map(key).collect();
    let names: HashSet<&str> = list.iter().map(|row| row["name"].as_str()).collect();
    let national: HashSet<(&str, &str)> = codes
        .iter()
        .map(|row| (row["national_code"].as_str(), row["generic_name"].as_str()))
        .collect();
    for drug in DEMO.drugs() {
        let name = &drug.name;
        // The list's part for pieces was not at hand (data/README.md).
        if drug.is_piece() {
            assert!(drug.list_name.is_empty(), "{name}");
        } else if drug.class == Class::C {
            // A name of the list may go on with other forms: 妇科千金片(胶囊).
            let listed = names.iter().any(|other| other.starts_with(name.as_str()));
            assert!(!listed, "{name} is in the list");
        } else {
            let class = drug.class.name_zh().to_owned();
            let row = [&drug.list_class, &drug.list_name, &drug.list_form].map(String::clone);
            let [code, in_list, form] = row;
            assert!(listed.contains(&[code, in_list, form, class]), "{name}");
        }
        match drug.code_source {
            CodeSource::National => {
                assert!(
                    national.contains(&(drug.code.as_str(), name.as_str())),
                    "{name}"
                );
            }
            CodeSource::Own => {
                let known = codes.iter().any(|row| row["generic_name"] == *name);
                assert!(!known, "{name} has a national code");
                let class = drug.code.split('-').next().unwrap_or_default();
                let unlisted = match drug.kind {
                    DrugKind::Pieces => "YP",
                    DrugKind::Patent => "Z",
                    DrugKind::Western | DrugKind::Injection => "X",
                };
                let wanted = if drug.list_class.is_empty() {
                    unlisted
                } else {
                    &drug.list_class
                };
                assert_eq!(class, wanted, "{name}");
            }
            CodeSource::Derived => panic!("{name}: no rule derives a drug's code"),
        }
    }
}

#[test]
fn essential_drugs_are_in_the_essential_list() {
    let Some(list) = table("drugs/neml_2026.csv") else {
        return;
    };
    // The list names substances and groups forms: 妇科千金片（胶囊）. Compare what comes before.
    let stem = |text: &str| {
        text.split(['（', '(', '、', ' '])
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    let names: Vec<String> = list.iter().map(|row| stem(&row["name"])).collect();
    for drug in DEMO.drugs().iter().filter(|drug| drug.essential) {
        let fits = |name: &String| {
            let own = drug.name.contains(name.as_str()) || drug.list_name.contains(name.as_str());
            own || drug
                .ingredients
                .iter()
                .any(|part| name.contains(part.as_str()))
        };
        assert!(names.iter().any(fits), "{}", drug.name);
    }
}

#[test]
fn service_codes_and_names_are_the_official_ones() {
    let (Some(items), Some(village)) = (
        table("services/nhsa_service_items_partial.csv"),
        table("services/village_services.csv"),
    ) else {
        return;
    };
    let names: HashMap<&str, &str> = items
        .iter()
        .map(|row| (row["national_code15"].as_str(), row["name"].as_str()))
        .collect();
    let bases: HashSet<&str> = village
        .iter()
        .map(|row| row["code_2001"].trim_end_matches(|c: char| c.is_ascii_lowercase()))
        .collect();
    for service in DEMO.services() {
        let (code, name) = (service.code.as_str(), service.name.as_str());
        match service.code_source {
            CodeSource::National => assert_eq!(names.get(code), Some(&name), "{code}"),
            CodeSource::Derived => {
                assert!(!names.contains_key(code), "{code} is listed");
                let base = code.strip_prefix("00").and_then(|c| c.strip_suffix("0000"));
                assert!(
                    base.is_some_and(|base| bases.contains(base)),
                    "{name} {code}"
                );
            }
            CodeSource::Own => assert!(code.contains('-'), "{name} {code}"),
        }
    }
}

#[test]
fn charge_types_are_codes_of_the_interface_and_those_of_the_village_list() {
    let (Some(sets), Some(village)) = (
        table("codes/value_sets.csv"),
        table("services/village_services.csv"),
    ) else {
        return;
    };
    let codes: HashSet<&str> = sets
        .iter()
        .filter(|row| row["table"].contains("med_chrgitm_type"))
        .map(|row| row["code"].as_str())
        .collect();
    let by_name: HashMap<&str, &str> = village
        .iter()
        .map(|row| (row["name"].as_str(), row["chrg_type"].as_str()))
        .collect();
    let mut compared = 0;
    for service in DEMO.services() {
        let (name, charge_type) = (service.name.as_str(), service.charge_type.as_str());
        assert!(codes.contains(charge_type), "{name} {charge_type}");
        if let Some(theirs) = by_name.get(name) {
            assert_eq!(charge_type, *theirs, "{name}");
            compared += 1;
        }
    }
    assert!(compared > 20, "{compared}");
    for drug in DEMO.drugs() {
        assert!(codes.contains(drug.kind.charge_type()), "{}", drug.name);
    }
}

#[test]
fn diagnosis_codes_and_names_are_the_official_ones() {
    let lists = [
        (DiagnosisKind::Western, "icd/icd10_yb2_zh.csv"),
        (DiagnosisKind::Illness, "tcm/tcm_disease_gbt15657_1995.csv"),
        (
            DiagnosisKind::Syndrome,
            "tcm/tcm_syndrome_gbt15657_1995.csv",
        ),
    ];
    for (kind, path) in lists {
        let Some(list) = table(path) else {
            return;
        };
        let names: HashSet<(&str, &str)> = list
            .iter()
            .map(|row| (row["code"].as_str(), row["name"].as_str()))
            .collect();
        let of = DEMO.diagnoses().iter().filter(|d| d.kind == kind);
        assert!(of.clone().count() >= 50, "{kind}");
        for diagnosis in of {
            let one = (diagnosis.code.as_str(), diagnosis.name.as_str());
            assert!(names.contains(&one), "{one:?}");
        }
    }
}

#[test]
fn frequencies_and_routes_agree_with_the_code_lists() {
    let (Some(orders), Some(sets)) = (
        table("codes/order_frequency.csv"),
        table("codes/value_sets.csv"),
    ) else {
        return;
    };
    let mut seen = 0;
    for row in &orders {
        let Some(one) = frequency(&row["code"]) else {
            continue;
        };
        seen += 1;
        assert_eq!(one.times.to_string(), row["times"], "{}", one.code);
        // `st` is once: the list has no way to say never again.
        if one.period_days > 0 {
            assert_eq!(
                one.period_days.to_string(),
                row["period_days"],
                "{}",
                one.code
            );
        }
    }
    assert_eq!(seen, frequencies().len());
    let known: HashSet<&str> = sets
        .iter()
        .filter(|row| row["table"].starts_with("CV06.00.102"))
        .map(|row| row["code"].as_str())
        .collect();
    for route in routes() {
        assert!(known.contains(route.national), "{}", route.code);
    }
}

#[test]
fn initials_agree_with_the_reference() {
    let Some(rows) = table("names/pinyin_initials_reference.csv") else {
        return;
    };
    for (kind, least_percent) in [
        ("drug", 99),
        ("service", 98),
        ("icd", 98),
        ("herb", 93),
        ("tcm", 93),
    ] {
        let rows: Vec<_> = rows.iter().filter(|row| row["kind"] == kind).collect();
        let letters = |text: &str| -> String {
            let keep = text.chars().filter(char::is_ascii_alphanumeric);
            keep.map(|c| c.to_ascii_lowercase()).collect()
        };
        let wrong: Vec<_> = rows
            .iter()
            .map(|row| {
                (
                    &row["name"],
                    initials(&row["name"]),
                    letters(&row["initials_phrase_aware"]),
                )
            })
            .filter(|(_, ours, reference)| ours != reference)
            .collect();
        let right = 100 * (rows.len() - wrong.len()) / rows.len();
        println!("{kind}: {right} % of {}; not {wrong:?}", rows.len());
        assert!(right >= least_percent, "{kind}: {right} %, {wrong:?}");
    }
}

/// The whole insurance ICD-10 loads and is searched.
#[test]
fn thirty_thousand_diagnoses_are_searched() {
    let Some(rows) = table("icd/icd10_yb2_zh.csv") else {
        return;
    };
    let mut writer = csv::Writer::from_writer(Vec::new());
    let header = [
        "code",
        "name",
        "alias",
        "kind",
        "sex",
        "two_disease",
        "weight",
    ];
    writer.write_record(header).unwrap();
    for row in &rows {
        let (code, name) = (&row["code"], &row["name"]);
        writer
            .write_record([code, name, "", "", "", "", ""])
            .unwrap();
    }
    let list = String::from_utf8(writer.into_inner().unwrap()).unwrap();
    let drugs = include_str!("../../data/drugs.csv");
    let services = include_str!("../../data/services.csv");
    let catalogue = Catalogue::parse(drugs, services, &list, "icd10").unwrap();
    assert_eq!(catalogue.diagnoses().len(), rows.len());
    for diagnosis in catalogue.diagnoses().iter().step_by(997) {
        let letters = initials(&diagnosis.name);
        for query in [&letters, &diagnosis.name, &diagnosis.code] {
            let found = catalogue.search_diagnoses(query, usize::MAX);
            assert!(found.contains(&diagnosis), "{} by {query}", diagnosis.name);
        }
    }
}

/// Every name of the insurance ICD-10 is found by every reading of its characters, in initials and
/// in full. In parts of a hundred names: what is looked for is correctness.
#[test]
fn every_name_is_found_by_every_reading() {
    let Some(rows) = table("icd/icd10_yb2_zh.csv") else {
        return;
    };
    for part in rows.chunks(100) {
        let index = Index::new(part.iter().map(|row| Entry {
            code: &row["code"],
            name: &row["name"],
            alias: "",
            weight: 0,
        }));
        for (place, row) in part.iter().enumerate() {
            for query in queries(&row["name"]) {
                let found = index.search(&query, usize::MAX);
                assert!(found.contains(&place), "{} by {query}", row["name"]);
            }
        }
    }
}

/// A name in its first, second, third … readings, as initials and as full pinyin.
fn queries(name: &str) -> Vec<String> {
    let sounds: Vec<_> = fold(name)
        .chars()
        .map(readings)
        .filter(|s| !s.is_empty())
        .collect();
    let most = sounds.iter().map(Vec::len).max().unwrap_or(0);
    let pick = |all: &Vec<String>, reading: usize| all[reading.min(all.len() - 1)].clone();
    let full = |reading| {
        sounds
            .iter()
            .map(|all| pick(all, reading))
            .collect::<String>()
    };
    let short = |reading| {
        let first = |all: &Vec<String>| pick(all, reading)[..1].to_owned();
        sounds.iter().map(first).collect::<String>()
    };
    (0..most)
        .flat_map(|reading| [short(reading), full(reading)])
        .collect()
}
