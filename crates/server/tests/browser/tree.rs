//! What a screen reader is told of a page: the accessibility tree's headings and controls, in their order, held equal
//! to a golden file.

use std::collections::HashMap;
use std::path::Path;

use serde_json::{Value, json};

use crate::devtools::Devtools;
use crate::page::Page;

/// What is compared: not links and not words, which are other patients' on another day.
const TOLD: &[&str] = &[
    "button",
    "checkbox",
    "combobox",
    "heading",
    "radio",
    "searchbox",
    "tab",
    "textbox",
];

/// And in which state.
const STATES: &[&str] = &["disabled", "invalid", "required"];

/// The nodes in the order of the page.
fn in_order(tree: &Value) -> Vec<&Value> {
    let nodes = tree["nodes"].as_array().expect("nodes");
    let by_id: HashMap<&str, &Value> = nodes
        .iter()
        .filter_map(|n| Some((n["nodeId"].as_str()?, n)))
        .collect();
    let (mut ordered, mut next) = (Vec::new(), vec![&nodes[0]]);
    while let Some(node) = next.pop() {
        ordered.push(node);
        let children = node["childIds"].as_array().into_iter().flatten().rev();
        next.extend(children.filter_map(|id| by_id.get(id.as_str()?).copied()));
    }
    ordered
}

/// What is told of a node; digits and the patient's name are another day's. Nothing where it is none of [`TOLD`].
fn line(node: &Value, patient: &str) -> Option<String> {
    let said = |of: &str| node[of]["value"].as_str().unwrap_or_default();
    let patient = if patient.is_empty() {
        "患者"
    } else {
        patient
    };
    if node["ignored"] == json!(true) || !TOLD.contains(&said("role")) {
        return None;
    }
    let mut name = String::new();
    for c in said("name").replace(patient, "患者").chars() {
        let c = if c.is_ascii_digit() { '#' } else { c };
        if c != '#' || !name.ends_with('#') {
            name.push(c);
        }
    }
    let mut line = format!("{} {}", said("role"), name.trim());
    for property in node["properties"].as_array().into_iter().flatten() {
        let named = property["name"].as_str().unwrap_or_default();
        let on = ![json!(false), json!("false")].contains(&property["value"]["value"]);
        if on && STATES.contains(&named) {
            line = format!("{line} {named}");
        }
    }
    Some(line)
}

impl Page {
    /// The page says to a screen reader what it said when it was last looked at. `CUNYI_BLESS=1` keeps what it says.
    pub async fn tree(&self, name: &str) {
        let patient = "const strip = document.querySelector('.strip h1, h2.person');
            const heading = document.querySelector('#main h1')?.textContent ?? '';
            return strip?.textContent.trim() ?? heading.match(/(\\S+) [男女] /)?.[1] ?? ''";
        let patient = self.script(patient).await;
        let patient = patient.as_str().unwrap_or_default();
        let tree = self
            .ask(Devtools("Accessibility.getFullAXTree", json!({})))
            .await;
        let told = in_order(&tree)
            .into_iter()
            .filter_map(|node| line(node, patient));
        let told = told.collect::<Vec<_>>().join("\n") + "\n";
        let file =
            Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/browser/golden/{name}.txt"));
        if std::env::var("CUNYI_BLESS").is_ok() {
            std::fs::write(&file, &told).expect("written");
        }
        let golden = std::fs::read_to_string(&file).unwrap_or_default();
        assert_eq!(told, golden, "{name}: CUNYI_BLESS=1 keeps what is told now");
    }
}
