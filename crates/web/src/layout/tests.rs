//! Layouts: what comes with the program, and what a wrong one is told.

use std::collections::BTreeSet;

use cunyi_domain::batch::BatchState::{Draft, Settled};
use minijinja::Value;
use minijinja::value::{Serde, ValueKind};

use super::model::Part;
use super::*;
use crate::samples;
use crate::words::Locale;

fn models() -> Vec<(Layout, Model)> {
    let c = samples::chrome(Locale::Zh);
    let p = samples::paper(&[Settled, Draft]);
    vec![
        (Layout::Prescription, Model::prescription(&c, &p)),
        (Layout::FeeList, Model::fee_list(&c, &p)),
    ]
}

#[test]
fn every_layout_of_the_program_prints_and_escapes() {
    let models = models();
    assert_eq!(models.len(), Layout::ALL.len());
    for (layout, mut model) in models {
        model.patient.name = samples::HOSTILE.to_owned();
        model.clinic = "{{ 1 }}{% if x %}".to_owned();
        let paper = render(layout.built_in(), &model).unwrap();
        assert!(
            !paper.contains("<script") && paper.contains("&lt;script&gt;"),
            "{layout}"
        );
        assert!(
            paper.contains("{{ 1 }}{% if x %}"),
            "what is shown is no layout"
        );
        for mark in &model.marks {
            assert!(paper.contains(mark), "{layout} {mark}");
        }
    }
}

#[test]
fn a_wrong_layout_is_told_its_line_and_what_is_wrong() {
    let (_, model) = &models()[0];
    let many = "{% for a in marks %}".repeat(14) + &"{% endfor %}".repeat(14);
    let deep = "{% if clinic %}".repeat(400) + &"{% endif %}".repeat(400);
    let large = "{% for a in marks %}{% for b in marks %}".to_owned()
        + &"中".repeat(40_000)
        + "{% endfor %}{% endfor %}";
    for (text, line, why) in [
        ("<p>\n{{ no_such }}</p>", 2, "layout-wrong-name"),
        ("<p>\n\n{{ patient.no_such }}</p>", 3, "layout-wrong-name"),
        ("{% if no_such %}{% endif %}", 1, "layout-wrong-name"),
        ("\n{% if clinic %}", 2, "layout-wrong-syntax"),
        ("{% include 'x' %}", 1, "layout-wrong-syntax"),
        ("{{ clinic|safe }}", 1, "layout-wrong-syntax"),
        (&many, 1, "layout-wrong-long"),
        (&deep, 1, "layout-wrong-syntax"),
        (&large, 1, "layout-wrong-large"),
    ] {
        let wrong = render(text, model).expect_err(text);
        assert_eq!((wrong.line, wrong.why), (line, why), "{wrong:?}");
        assert!(wrong.what.chars().count() <= 80);
    }
}

#[test]
fn every_name_that_a_layout_may_use_stands_in_the_guide() {
    let guide = include_str!("../../../../docs/operator.md");
    for (layout, model) in models() {
        let mut names = BTreeSet::new();
        walk(&Value::from(Serde(&model)), &mut names);
        for name in names {
            assert!(guide.contains(&format!("`{name}`")), "{layout} {name}");
        }
    }
}

#[test]
fn the_longest_paper_is_far_from_the_bounds() {
    for (layout, mut model) in models() {
        match &mut model.part {
            Part::Prescription(paper) => {
                let drug = paper.sheets[0].lines[0].clone();
                paper.sheets[0].lines = vec![drug; 5];
                paper.sheets = vec![paper.sheets[0].clone(); 13];
            }
            Part::FeeList(paper) => {
                let batch = &mut paper.batches[0];
                batch.lines = vec![batch.lines[0].clone(); crate::form::MAX_LINES];
                batch.steps = vec![batch.steps[0].clone(); 2 * crate::form::MAX_LINES];
            }
        }
        let paper = print(layout.built_in(), &model, MOST_STEPS / 20).unwrap();
        assert!(paper.len() < MOST_OUTPUT / 20, "{layout} {}", paper.len());
    }
}

/// Every name inside.
fn walk(value: &Value, names: &mut BTreeSet<String>) {
    let map = value.kind() == ValueKind::Map;
    for inner in value.try_iter().into_iter().flatten() {
        if map {
            names.insert(inner.to_string());
            walk(&value.get_item(&inner).unwrap(), names);
        } else if value.kind() == ValueKind::Seq {
            walk(&inner, names);
        }
    }
}
