//! `cunyi policy sample | simulate`: a year of claims from the command line.

use std::fs;

use super::{Folder, cunyi, said};
use crate::policy::{policy, region, written};

fn sampled(folder: &Folder, seed: &str) -> String {
    let file = folder
        .0
        .join(format!("{seed}.claims"))
        .display()
        .to_string();
    let (ok, said) = policy(&["sample", "--claims", "3000", "--seed", seed, "-o", &file]);
    assert!(ok && said.contains("all invented"), "{said}");
    file
}

#[test]
fn a_year_is_replayed_under_two_policies() {
    let folder = Folder::new("policy_simulate");
    let (a, b) = (sampled(&folder, "1"), sampled(&folder, "2"));
    let demo = region("demo_resident.toml");
    let text = fs::read_to_string(&demo).unwrap();
    let less = text.replace("\"400.00\"", "\"200.00\"");
    assert_ne!(less, text);
    let less = written(&folder, "less.toml", &less);
    let tables = folder.0.join("tables").display().to_string();
    let run = [
        "simulate", "--policy", &demo, "--policy", &less, "--claims", &a, "--claims", &b,
    ];
    let (ok, chinese) = policy(&[&run[..], &["--csv", &tables]].concat());
    assert!(ok, "{chinese}");
    for wanted in [
        "A = ",
        "基金付",
        "B − A",
        "谁少付、谁多付",
        "村卫生室",
        "不在待遇内，全由个人付",
    ] {
        assert!(chinese.contains(wanted), "{wanted}\n{chinese}");
    }
    let overview = fs::read_to_string(format!("{tables}/overview.csv")).unwrap();
    let fund = overview
        .lines()
        .find(|line| line.starts_with("基金付,"))
        .unwrap();
    let cells: Vec<&str> = fund.split(',').collect();
    assert!(cells[3].starts_with('-'), "a lower cap pays less: {fund}");
    let (ok, english) = policy(&[&run[..], &["--english", "--threads", "3"]].concat());
    assert!(
        ok && english.contains("Who pays less, who pays more"),
        "{english}"
    );
}

#[test]
fn what_cannot_be_replayed_is_said() {
    let folder = Folder::new("policy_simulate_wrong");
    let demo = region("demo_resident.toml");
    let file = written(&folder, "a.csv", "person,date,class_a\n1,2026-01-01,5.00\n");
    let output = cunyi(&["policy", "simulate", "--policy", &demo, "--claims", &file]);
    assert!(!output.status.success());
    let said = said(&output);
    assert!(
        said.contains("a.csv") && said.contains("cunyi policy import"),
        "{said}"
    );
    let year = sampled(&folder, "1");
    let mut bytes = fs::read(&year).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::write(&year, bytes).unwrap();
    let output = cunyi(&["policy", "simulate", "--policy", &demo, "--claims", &year]);
    assert!(!output.status.success());
    assert!(crate::said(&output).contains("check sum"));
}
