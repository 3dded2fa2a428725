//! Layouts: what comes with the program, and what a wrong one is told.

use std::collections::BTreeSet;

use crate::layout::model::settled::Goods;
use cunyi_app::views::{Paper, PaymentSlip};
use cunyi_domain::batch::BatchState::{Draft, Settled};
use cunyi_domain::ledger::PaymentKind;
use cunyi_domain::money::Fen;
use minijinja::Value;
use minijinja::value::{Serde, ValueKind};

use super::model::Part;
use super::*;
use crate::samples;
use crate::words::Locale;

/// A visit of whose lines the insurance bears a part.
fn borne() -> Paper {
    let mut paper = samples::paper(&[Settled, Draft]);
    for line in &mut paper.visit.charges {
        line.own_pay = Fen::ZERO;
    }
    paper
}

/// The same with a line that it bears nothing of.
fn owing() -> Paper {
    let mut paper = borne();
    paper.visit.charges[0].own_pay = paper.visit.charges[0].amount;
    paper
}

fn models() -> Vec<(Layout, Model)> {
    let c = samples::chrome(Locale::Zh);
    let p = samples::paper(&[Settled, Draft]);
    let infused = samples::infused();
    let s = samples::statement(Settled);
    let slip = PaymentSlip {
        paper: samples::paper(&[Draft]),
        payment: samples::payment(PaymentKind::Deposit),
        by: "张村医".to_owned(),
    };
    let mut slip = Model::slip(&c, &slip);
    if let Part::Slip(paper) = &mut slip.part {
        paper.returned.push(Goods {
            name: "厄贝沙坦片".to_owned(),
            spec: "5mg×28片".to_owned(),
            quantity: "1盒".to_owned(),
        });
    }
    vec![
        (Layout::Prescription, Model::prescription(&c, &p)),
        (Layout::FeeList, Model::fee_list(&c, &p)),
        (Layout::FeeListRoll, Model::fee_list(&c, &p)),
        (Layout::Statement, Model::statement(&c, &s)),
        (Layout::StatementRoll, Model::statement(&c, &s)),
        (Layout::Slip, slip.clone()),
        (Layout::SlipRoll, slip),
        (
            Layout::DaySheet,
            Model::day_sheet(&c, &samples::day_sheet()),
        ),
        (
            Layout::DaySheetRoll,
            Model::day_sheet(&c, &samples::day_sheet()),
        ),
        (Layout::InfusionCard, Model::infusion_card(&c, &infused)),
        (Layout::InfusionCardRoll, Model::infusion_card(&c, &infused)),
        (
            Layout::InfusionRegister,
            Model::infusion_register(&c, &samples::infusion_register()),
        ),
        (
            Layout::OutpatientLog,
            Model::outpatient_log(&c, &samples::outpatient_log()),
        ),
        (Layout::Receipt, Model::receipt(&c, &samples::receipt())),
        (Layout::ReceiptRoll, Model::receipt(&c, &samples::receipt())),
        (Layout::Consent, Model::consent(&c, &owing())),
        (Layout::Referral, Model::referral(&c, &samples::referrals())),
    ]
}

#[test]
fn every_layout_of_the_program_prints_and_escapes() {
    let models = models();
    assert_eq!(models.len(), Layout::ALL.len());
    for (layout, mut model) in models {
        if let Some(about) = &mut model.about {
            about.patient.name = samples::HOSTILE.to_owned();
        }
        model.clinic = "{{ 1 }}{% if x %}".to_owned();
        let paper = render(built_in(layout), &model).unwrap();
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
fn the_programs_layouts_are_accepted_and_their_samples_are_like_what_they_are_given() {
    for (layout, model) in models() {
        assert_eq!(accept(layout, built_in(layout)), Ok(()), "{layout}");
        let sample: Json = serde_json::from_str(built(layout).2).unwrap();
        let names = |value: Value| {
            let mut names = BTreeSet::new();
            walk(&value, &mut names);
            names
        };
        let given = names(Value::from(Serde(&model)));
        assert_eq!(names(Value::from(Serde(&sample))), given, "{layout}");
    }
}

#[test]
fn what_a_paper_has_to_show_cannot_be_left_out() {
    for (layout, (path, key)) in Layout::ALL
        .iter()
        .flat_map(|l| rows(*l).map(move |row| (l, row)))
    {
        let text = built_in(*layout);
        let name = path.rsplit('.').next().unwrap();
        let owner = path.rsplit('.').nth(1).unwrap_or_default();
        let shown = match (path, owner) {
            ("marks", _) => "{{ mark }}".to_owned(),
            ("sheets.lines.name", _) => "{{ drug.name }}".to_owned(),
            (_, "") => format!("{{{{ {name} }}}}"),
            ("sum", _) => "{{ sum }}".to_owned(),
            ("rows.drugs", _) => "{{ drug }}".to_owned(),
            // What a list holds is named by its word for one.
            (_, "cashiers" | "lines" | "groups" | "rows" | "tests") => {
                format!("{{{{ {}.{name} }}}}", owner.trim_end_matches('s'))
            }
            _ => format!("{{{{ {owner}.{name} }}}}"),
        };
        assert!(text.contains(&shown), "{layout} {shown}");
        let wrong = accept(*layout, &text.replace(&shown, "")).unwrap_err();
        assert_eq!((wrong.why, &*wrong.what), ("layout-wrong-obliged", key));
    }
    for layout in Layout::ALL {
        assert!(!title(*layout).is_empty(), "{layout}");
        assert!(accept(*layout, "").is_err() && obliged(*layout).count() > 1);
    }
}

#[test]
fn a_layout_is_tried_with_empty_values_and_both_branches() {
    let text = built_in(Layout::Prescription);
    let add = |more: &str| accept(Layout::Prescription, &format!("{text}{more}"));
    let line = text.lines().count() + 1;
    for (more, why) in [
        (
            "{% if visit.scheme %}{% else %}{{ no_such }}{% endif %}",
            "layout-wrong-name",
        ),
        (
            "{% if visit.scheme %}{{ no_such }}{% endif %}",
            "layout-wrong-name",
        ),
        ("<p><strong></p>", "layout-wrong-close"),
        ("<p onclick=\"x\"></p>", "layout-wrong-attribute"),
        ("{{ clinic|safe }}", "layout-wrong-computing"),
    ] {
        let wrong = add(more).unwrap_err();
        assert_eq!((wrong.line, wrong.why), (line, why), "{more} {wrong:?}");
        let words = wrong.words(&samples::chrome(Locale::Zh));
        assert!(words.starts_with(&format!("第 {line} 行")), "{words}");
    }
    let wrong = add("<p>{% if visit.scheme %}</p>{% endif %}").unwrap_err();
    assert_eq!((wrong.why, &*wrong.what), ("layout-wrong-print", "p"));
    assert_eq!(add("<p class=\"why\">请按时复诊</p>\n"), Ok(()));
}

#[test]
fn a_layout_that_fails_in_print_gives_way_to_the_programs_and_the_paper_says_so() {
    let c = samples::chrome(Locale::Zh);
    let (layout, model) = models().swap_remove(0);
    let own = |text: &str| paper(layout, Some(text), model.clone(), &c).unwrap();
    assert_eq!(own("<p>自己的</p>"), "<p>自己的</p>");
    for text in ["{{ no_such }}", "<script></script>", "<p>"] {
        let paper = own(text);
        assert!(
            paper.contains(&c.t("paper-built-in")) && paper.contains("Rp"),
            "{text}"
        );
    }
    let built = paper(layout, None, model.clone(), &c).unwrap();
    assert!(!built.contains(&c.t("paper-built-in")));
}

#[test]
fn a_wrong_layout_is_told_its_line_and_what_is_wrong() {
    let (_, model) = &models()[0];
    let many = "{% for a in marks %}".repeat(14) + &"{% endfor %}".repeat(14);
    let deep = "{% if clinic %}".repeat(400) + &"{% endif %}".repeat(400);
    let large = "{% for a in marks %}".repeat(4) + &"中".repeat(40_000) + &"{% endfor %}".repeat(4);
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
    /// What a period's register may have.
    const MOST_ROWS: usize = 2000;
    for (layout, mut model) in models() {
        let mut room = 20;
        match &mut model.part {
            Part::Prescription(paper) => {
                let drug = paper.sheets[0].lines[0].clone();
                paper.sheets[0].lines = vec![drug; 5];
                paper.sheets = vec![paper.sheets[0].clone(); 13];
            }
            Part::Statement(_) | Part::Slip(_) | Part::Referral(_) => {}
            Part::DaySheet(paper) => {
                paper.cashiers = vec![paper.cashiers[0].clone(); 20];
            }
            Part::InfusionCard(paper) => {
                paper.groups = vec![paper.groups[0].clone(); crate::form::MAX_LINES];
            }
            Part::InfusionRegister(paper) => {
                paper.rows = vec![paper.rows[0].clone(); MOST_ROWS];
                paper.tests = vec![paper.tests[0].clone(); MOST_ROWS];
                room = 2;
            }
            Part::OutpatientLog(paper) => {
                paper.rows = vec![paper.rows[0].clone(); MOST_ROWS];
                room = 2;
            }
            Part::Receipt(paper) => {
                paper.lines = vec![paper.lines[0].clone(); crate::form::MAX_LINES];
            }
            Part::Consent(paper) => {
                paper.lines = vec![paper.lines[0].clone(); crate::form::MAX_LINES];
            }
            Part::FeeList(paper) => {
                let batch = &mut paper.batches[0];
                batch.lines = vec![batch.lines[0].clone(); crate::form::MAX_LINES];
                batch.steps = vec![batch.steps[0].clone(); 2 * crate::form::MAX_LINES];
            }
        }
        let paper = print(built_in(layout), &model, MOST_STEPS / room).unwrap();
        assert!(
            paper.len() < MOST_OUTPUT / usize::try_from(room).unwrap(),
            "{layout} {}",
            paper.len()
        );
    }
}

#[test]
fn a_register_that_no_paper_holds_is_no_fault_of_its_layout() {
    let c = samples::chrome(Locale::Zh);
    let mut model = Model::outpatient_log(&c, &samples::outpatient_log());
    if let Part::OutpatientLog(log) = &mut model.part {
        log.rows[0].complaint = "咳".repeat(2000);
        log.rows = vec![log.rows[0].clone(); 1000];
    }
    let wrong = paper(Layout::OutpatientLog, None, model, &c).unwrap_err();
    assert!(wrong.too_much(), "{wrong:?}");
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

#[test]
fn consent_is_asked_for_what_the_insurance_bears_nothing_of() {
    let c = samples::chrome(Locale::Zh);
    let Part::Consent(asks) = Model::consent(&c, &owing()).part else {
        panic!("another paper");
    };
    assert_eq!(asks.lines.len(), 1);
    assert_eq!(
        (&asks.lines[0].own_pay, &asks.lines[0].amount),
        (&asks.sum, &asks.sum)
    );
    let mut own = owing();
    own.visit.batches[0].payer = cunyi_domain::ledger::Payer::SelfPay;
    for nothing in [own, borne()] {
        let model = Model::consent(&c, &nothing);
        assert_eq!(model.marks[0], c.t("paper-consent-none"));
    }
}
