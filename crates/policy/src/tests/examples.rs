//! `examples/policy.json`: published and derived cases, each under a file of its own.

use std::path::Path;

use cunyi_domain::money::Rate;

use super::*;

/// What of the examples no file says, and why.
const NOT_OURS: &[(&str, &str, &str)] = &[(
    "A03",
    "commercial_liability_2",
    "a commercial insurer's part: no fund of the interface, and the message does not tell its ratio",
)];

/// A region's file for an example's inputs.
fn file(id: &str, inputs: &serde_json::Value) -> String {
    let text = |name: &str| inputs[name].as_str().unwrap_or("").to_owned();
    let percent = |fraction: &str| {
        let rate: Rate = fraction.parse().unwrap();
        format!("{}%", Rate(rate.0 * 100))
    };
    let amount = |text: String| text.split(' ').next().unwrap_or("").to_owned();
    let deductible = match (amount(text("deductible")), text("deductible_kind")) {
        (none, _) if none.is_empty() || none == "0" => NONE.to_owned(),
        (sum, kind) if kind == "per_visit" || id == "D05" => {
            format!("[{{ per = \"visit\", amount = \"{sum}\" }}]")
        }
        (sum, _) => format!("[{{ per = \"year\", amount = \"{sum}\" }}]"),
    };
    let cap = match amount(text("annual_cap")).as_str() {
        "" => NONE.to_owned(),
        sum => format!("[{{ per = \"year\", amount = \"{sum}\" }}]"),
    };
    match (id, text("ratio").as_str()) {
        // 70 % and five points.
        ("D13", _) => {
            let signed = "adjust = [{ when = { signed = true }, add = \"5%\" }]\n";
            small("70%", NONE, NONE, true) + signed
        }
        // A request alone: the ratio is not told.
        (_, "") => small("0%", NONE, NONE, true),
        (_, ratio) => small(&percent(ratio), &deductible, &cap, true),
    }
}

fn settle(text: &str, lines: &str) -> Settlement {
    let policy = parse(text, "example.toml").unwrap();
    let mut claim = claim(Scheme::Resident, Benefit::General, "", lines, NEW);
    claim.facts.signed = Some(true);
    evaluate(&policy, &claim).unwrap()
}

#[test]
fn published_examples_come_out() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/examples/policy.json");
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!("SKIPPED: {} is not here", path.display());
        return;
    };
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    let cases = json["examples"].as_array().unwrap();
    for case in cases {
        let id = case["id"].as_str().unwrap();
        let inputs = &case["inputs"];
        let fee = ["fee", "hifpPayInscp", "medfee_sumamt"];
        let fee = fee.iter().find_map(|name| inputs[name].as_str()).unwrap();
        let (text, lines) = (file(id, inputs), format!("甲 {fee}"));
        let s = settle(&text, &lines);
        let cut = settle(&text.replace("half_up", "down"), &lines);
        for (name, wanted) in case["expected"].as_object().unwrap() {
            let got = match name.as_str() {
                "fund_pays" | "hifp_pay" | "fund_half_up" => s.fund,
                "fund_truncate" => cut.fund,
                "patient_pays" => s.personal,
                "inscp_scp_amt" => s.in_scope,
                _ => {
                    let mut known = NOT_OURS.iter().map(|(of, what, _)| (*of, *what));
                    let known = known.any(|known| known == (id, name));
                    assert!(known, "{id}: {name} is not held against anything");
                    continue;
                }
            };
            assert_eq!(got, fen(wanted.as_str().unwrap()), "{id}: {name}");
        }
    }
    assert_eq!(cases.len(), 20, "the examples are all held");
}

/// D17: three lines of 0.05 at 70 %, rounded a line or a batch, half up or cut.
#[test]
fn where_a_product_is_rounded_is_a_rule() {
    for (stage, mode, wanted) in [
        ("batch", "half_up", "0.11"),
        ("line", "half_up", "0.12"),
        ("batch", "down", "0.10"),
        ("line", "down", "0.09"),
        ("line", "up", "0.12"),
    ] {
        let text = small("70%", NONE, NONE, true).replace("half_up", mode);
        let text = text.replace("\"batch\"", &format!("\"{stage}\""));
        let settled = settle(&text, "甲 0.05, 甲 0.05, 甲 0.05");
        assert_eq!(settled.fund, fen(wanted), "{stage} {mode}");
    }
}
