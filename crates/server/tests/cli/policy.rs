//! `cunyi policy`: what it prints and how it ends.

use std::fs;

use super::{Folder, cunyi, said};

const REGIONS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../policy/regions");

pub fn region(name: &str) -> String {
    format!("{REGIONS}/{name}")
}

/// Exit status, standard output.
pub fn policy(arguments: &[&str]) -> (bool, String) {
    let output = cunyi(&[&["policy"], arguments].concat());
    (output.status.success(), said(&output))
}

pub fn written(folder: &Folder, name: &str, text: &str) -> String {
    let path = folder.0.join(name);
    fs::write(&path, text).unwrap();
    path.display().to_string()
}

#[test]
fn a_file_is_checked_and_a_bad_one_says_where() {
    let good = [
        region("demo_resident.toml"),
        region("xingtai_resident.toml"),
    ];
    let (ok, said) = policy(&["check", &good[0], &good[1]]);
    assert!(ok, "{said}");
    assert!(
        said.contains("演示县 390: general, chronic; fictional"),
        "{said}"
    );
    assert!(
        said.contains("邢台市 390: general; unconfirmed: estimates only"),
        "{said}"
    );

    let folder = Folder::new("policy_check");
    let text = fs::read_to_string(&good[0]).unwrap();
    let gap = text.replace("  { when = { level = \"township\" }, is = \"65%\" },\n", "");
    assert_ne!(gap, text);
    let bad = written(&folder, "bad.toml", &gap);
    let (ok, said) = policy(&["check", &bad, &good[1]]);
    assert!(!ok);
    let wanted = format!("{bad}:21:3: no row of `benefit.general.ratio` holds for level township");
    assert!(said.contains(&wanted), "{said}");
    assert!(
        said.contains("邢台市"),
        "the others are checked all the same: {said}"
    );
    assert!(!policy(&["check", "/nowhere.toml"]).0);
}

#[test]
fn a_table_of_cases_is_held_against_a_file() {
    let (file, cases) = (
        region("taiyuan_employee.toml"),
        region("taiyuan_employee.csv"),
    );
    let (ok, said) = policy(&["test", &file, &cases]);
    assert!(ok && said.contains("3 cases, 0 differ"), "{said}");
    let folder = Folder::new("policy_cases");
    let text = fs::read_to_string(&cases)
        .unwrap()
        .replace("13.00", "13.01");
    let (ok, said) = policy(&["test", &file, &written(&folder, "c.csv", &text)]);
    assert!(
        !ok && said.contains("fund 13.00, the table says 13.01"),
        "{said}"
    );
    let text = text.replace("active", "activ");
    let (ok, said) = policy(&["test", &file, &written(&folder, "c.csv", &text)]);
    assert!(
        !ok && said.contains("status: `activ` is not a value of this column"),
        "{said}"
    );
}

#[test]
fn a_claim_is_explained_in_sentences_and_as_data() {
    let folder = Folder::new("policy_explain");
    let claim = r#"{ "date": "2026-11-02", "level": "village",
        "lines": [{ "class": "乙", "price": "20.00", "ceiling": "18.00" }],
        "earlier": [{ "date": "2026-03-01", "fund": "395.00" }] }"#;
    let claim = written(&folder, "claim.json", claim);
    let file = region("demo_resident.toml");
    let (ok, said) = policy(&["explain", &file, "--claim", &claim]);
    assert!(ok, "{said}");
    let wanted = [
        "第 1 行：20.00 元中有 2.00 元超过支付标准，由个人付。",
        "第 1 行：乙类先由个人付 10%：18.00 × 10% = 1.80 元。",
        "统筹基金付 70%：16.20 × 70% = 11.34 元。  [benefit.general.ratio, 21]",
        "统筹基金支付限额（每年）还剩 5.00 元：应付 11.34 元，实付 5.00 元。",
        "共 20.00 元：基金付 5.00 元，个人付 15.00 元。",
    ];
    for sentence in wanted {
        assert!(said.contains(sentence), "{sentence}\n{said}");
    }
    let (_, english) = policy(&["explain", &file, "--claim", &claim, "--english"]);
    assert!(
        english.contains("Of 20.00 the funds pay 5.00, you pay 15.00."),
        "{english}"
    );
    let (_, json) = policy(&["explain", &file, "--claim", &claim, "--json"]);
    let data: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(data["fund"], "5.00");
    assert_eq!(data["steps"].as_array().map(Vec::len), Some(4));
    assert_eq!(data["steps"][3]["before"], "5.00");
    let wrong = written(&folder, "wrong.json", r#"{ "date": "heute", "lines": [] }"#);
    let (ok, said) = policy(&["explain", &file, "--claim", &wrong]);
    assert!(!ok && said.contains("`heute` is no date"), "{said}");
}

#[test]
fn two_policies_are_compared() {
    let folder = Folder::new("policy_diff");
    let old = region("demo_resident.toml");
    let text = fs::read_to_string(&old).unwrap();
    let new = text
        .replace("is = \"65%\"", "is = \"68%\"")
        .replace("\"600.00\"", "\"700.00\"");
    let new = written(&folder, "new.toml", &new);
    let (ok, said) = policy(&["diff", &old, &new]);
    assert!(ok, "{said}");
    let said: Vec<String> = said
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    for wanted in [
        "普通门诊：机构级别 乡镇卫生院 统筹基金 比例 65% 68%",
        "两病门诊用药：机构级别 村卫生室、乡镇卫生院 统筹基金 支付限额 每年 600.00 元 每年 700.00 元",
        "普通门诊：机构级别 乡镇卫生院 13.00 → 13.60 32.50 → 34.00 65.00 → 68.00 195.00 → 204.00",
    ] {
        assert!(
            said.iter().any(|line| line == wanted),
            "{wanted}\n{said:#?}"
        );
    }
    let (ok, said) = policy(&["diff", &old, &new, "--english"]);
    assert!(
        ok && said.contains("What the funds pay of a visit"),
        "{said}"
    );
    let (ok, said) = policy(&["diff", &old, &old]);
    assert!(ok && said.trim() == "没有不同。", "{said}");
}

/// The year's cap rises from 400 to 405 and the township's ratio, from 1 February; known on 10 March.
#[test]
fn what_is_to_be_settled_again_is_listed() {
    let folder = Folder::new("policy_again");
    let old = region("demo_resident.toml");
    let text = fs::read_to_string(&old).unwrap();
    let valid = "valid = { from = \"2020-01-01\" }";
    let new = text
        .replace(
            valid,
            "valid = { from = \"2026-02-01\" }\nknown = \"2026-03-10\"",
        )
        .replace("is = \"65%\"", "is = \"70%\"")
        .replace("\"400.00\"", "\"405.00\"");
    let new = written(&folder, "new.toml", &new);
    let claims = "claim,reverses,person,date,level,class_a\n\
        january,,a,2026-01-20,township,100.00\n\
        same,,a,2026-02-02,village,10.00\n\
        more,,a,2026-02-03,township,100.00\n\
        back,,a,2026-02-04,township,100.00\n\
        ,back,a,2026-02-05,,\n\
        cap,,b,2026-02-06,village,600.00\n\
        late,,b,2026-03-10,township,100.00\n";
    let claims = written(&folder, "settled.csv", claims);
    let list = folder.0.join("again.csv").display().to_string();
    let run = [
        "diff",
        &old,
        &new,
        "--claims",
        &claims,
        "--csv",
        &list,
        "--english",
    ];
    let (ok, said) = policy(&run);
    let summary =
        "3 claims were settled before the new rules were known; 2 of them come out otherwise.";
    assert!(ok && said.contains(summary), "{said}");
    let wrote = fs::read_to_string(&list).unwrap();
    let rows: Vec<&str> = wrote.lines().skip(1).collect();
    assert_eq!(
        rows,
        [
            "4,more,a,2026-02-03,ordinary visits,,100.00,65.00,70.00,5.00,0.00,0.00",
            "7,cap,b,2026-02-06,ordinary visits,,600.00,400.00,405.00,5.00,0.00,0.00"
        ],
        "{wrote}"
    );
    let (ok, said) = policy(&run[..5]);
    assert!(
        ok && said.contains("待重新结算") && said.contains("+5.00"),
        "{said}"
    );
    let (ok, said) = policy(&["diff", &new, &old, "--claims", &claims]);
    assert!(!ok && said.contains("since when it is known"), "{said}");
    let wrong = written(
        &folder,
        "wrong.csv",
        "person,date,class_a\na,2026-02-31,1.00\n",
    );
    let (ok, said) = policy(&["diff", &old, &new, "--claims", &wrong]);
    assert!(
        !ok && said.contains("wrong.csv:2: date: `2026-02-31`"),
        "{said}"
    );
}
