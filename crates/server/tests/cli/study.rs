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
    let page = folder.0.join("report.html").display().to_string();
    let more = ["--english", "--threads", "3", "--report", &page];
    let (ok, english) = policy(&[&run[..], &more].concat());
    let page = fs::read_to_string(page).unwrap();
    assert!(
        page.contains("<svg") && page.contains("Made by: <code>cunyi policy simulate --policy"),
        "{page}"
    );
    assert!(page.contains("What this study is, and what it is not"));
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
    let items = region("demo_items.toml");
    let output = cunyi(&["policy", "simulate", "--policy", &items, "--claims", &year]);
    assert!(!output.status.success());
    assert!(crate::said(&output).contains("demo_items.toml: its rules ask for single items"));
}

#[test]
fn a_year_is_imported_or_told_what_is_wrong_with_it() {
    let folder = Folder::new("policy_import");
    let table = "claim,reverses,person,date,level,class_a\n\
        1,,a,2026-01-05,village,20.00\n,1,a,2026-01-06,,\n2,,b,2026-01-05,township,30.00\n";
    let file = written(&folder, "claims.csv", table);
    let year = folder.0.join("2026.claims").display().to_string();
    let (ok, said) = policy(&["import", &file, "-o", &year]);
    assert!(ok, "{said}");
    assert!(
        said.contains("3 rows read, none refused; 2 claims, 1 reversals, 2 people"),
        "{said}"
    );
    let demo = region("demo_resident.toml");
    let run = [
        "simulate",
        "--policy",
        &demo,
        "--claims",
        &year,
        "--english",
    ];
    let (ok, said) = policy(&run);
    // 65 % of 30; what was taken back counts for nothing.
    assert!(ok && said.contains("19.50"), "{said}");
    let before = fs::read(&year).unwrap();
    let wrong = written(&folder, "wrong.csv", &table.replace("township", "town"));
    let (ok, said) = policy(&["import", &wrong, "-o", &year]);
    assert!(!ok);
    assert!(
        said.contains("wrong.csv:4: level: `town` is not a value"),
        "{said}"
    );
    assert!(
        said.contains("3 rows read, 1 errors; nothing was written"),
        "{said}"
    );
    assert_eq!(fs::read(&year).unwrap(), before, "the old file stays");
    assert_eq!(
        fs::read_dir(&folder.0).unwrap().count(),
        3,
        "nothing is left beside it"
    );
    let (ok, said) = policy(&["import", &demo, "-o", &year]);
    assert!(!ok && said.contains("name it .csv"), "{said}");
}
