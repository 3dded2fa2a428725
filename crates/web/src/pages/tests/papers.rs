//! What stands on which paper.

use cunyi_app::Layout;
use cunyi_app::views::{Age, ChargeView, Paper};
use cunyi_domain::batch::BatchState;
use cunyi_domain::ledger::VisitState;

use crate::layout::model::Part;
use crate::layout::{self, Model};
use crate::samples;
use crate::words::Locale;

#[test]
fn a_prescription_nobody_signed_says_so() {
    let c = samples::chrome(Locale::Zh);
    let slip = |p: &Paper| {
        let model = Model::prescription(&c, p);
        layout::paper(Layout::Prescription, None, model, &c).unwrap()
    };
    let mut p = samples::paper(&[BatchState::Settled]);
    assert!(!slip(&p).contains("不作处方") && slip(&p).contains(">普通<"));
    p.visit.state = VisitState::Cancelled;
    assert!(slip(&p).contains("已退号，不作处方"));
    p = samples::paper(&[]);
    p.visit.patient.age = Age::Months(27);
    assert!(slip(&p).contains("医师尚未签名，不作处方") && slip(&p).contains(">儿科<"));
}

#[test]
fn each_kind_of_prescription_has_papers_of_its_own() {
    let c = samples::chrome(Locale::Zh);
    let mut p = samples::paper(&[BatchState::Settled]);
    let drug = p.given[0].clone();
    let of = |route: &str| ChargeView {
        route: route.to_owned(),
        ..drug.clone()
    };
    let routes = [
        "口服",
        "静脉滴注",
        "外用",
        "口服",
        "肌内注射",
        "口服",
        "口服",
        "口服",
    ];
    p.given = routes.iter().map(|route| of(route)).collect();
    let Part::Prescription(paper) = Model::prescription(&c, &p).part else {
        panic!("a prescription");
    };
    let route = |usage: &str| usage.split(' ').nth(1).map(str::to_owned);
    let sheets = paper.sheets.iter();
    let routes: Vec<Vec<String>> = sheets
        .map(|sheet| sheet.lines.iter().filter_map(|l| route(&l.usage)).collect())
        .collect();
    assert_eq!(
        routes,
        [
            vec!["口服", "外用", "口服", "口服", "口服"],
            vec!["口服"],
            vec!["静脉滴注", "肌内注射"],
        ]
    );
}

#[test]
fn a_decoction_is_one_sheet_and_drips_are_bracketed() {
    let c = samples::chrome(Locale::Zh);
    let mut p = samples::paper(&[BatchState::Settled]);
    let of = |route: &str, drip_group: i64| ChargeView {
        route: route.to_owned(),
        frequency: "每日一剂分两次".to_owned(),
        days: 5,
        drip_group,
        drip_rate: 40 * drip_group,
        course: None,
        ..p.given[0].clone()
    };
    let mut given: Vec<ChargeView> = [2, 1, 0, 1, 1].map(|group| of("静脉滴注", group)).to_vec();
    given.extend((0..7).map(|_| of("水煎服", 0)));
    p.given = given;
    let Part::Prescription(paper) = Model::prescription(&c, &p).part else {
        panic!("a prescription");
    };
    let [boiled, drips] = &paper.sheets[..] else {
        panic!("{} sheets", paper.sheets.len());
    };
    assert_eq!(
        (boiled.lines.len(), &*boiled.decoction),
        (7, "5剂 水煎服 每日一剂分两次")
    );
    assert!(drips.decoction.is_empty());
    let brackets: Vec<_> = drips.lines.iter().map(|l| l.bracket).collect();
    assert_eq!(brackets, ["┌", "│", "└", "", ""]);
    assert!(
        drips.lines[0].usage.ends_with("第1组 40滴/分"),
        "{}",
        drips.lines[0].usage
    );
}
