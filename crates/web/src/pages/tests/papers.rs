//! What stands on which paper.

use askama::Template;
use cunyi_app::Layout;
use cunyi_app::views::{Age, ChargeView, Control, Paper, PaymentSlip};
use cunyi_domain::batch::BatchState;
use cunyi_domain::ids::VisitId;
use cunyi_domain::ledger::{ItemKind, PaymentKind, VisitState};

use super::Pages;
use crate::chrome::Chrome;
use crate::layout::model::Part;
use crate::layout::{self, Model};
use crate::pages::papers::{HistoryPage, PaperPage, size};
use crate::samples;
use crate::words::Locale;

/// A paper on its page, as a visit's is.
fn print(ui: &Chrome, layout: Layout, model: Model) -> String {
    let c = &ui.chinese();
    let visit = VisitId::from("V13");
    let page = PaperPage {
        ui,
        title: model.title(c, layout),
        back: (format!("/visits/{visit}"), "back-visit"),
        size: size(layout).map(|(path, key)| (path.to_owned(), key)),
        paper: layout::paper(layout, None, model, c).unwrap(),
    };
    page.render().unwrap()
}

pub(super) fn pages(ui: &Chrome, pages: &mut Pages) {
    let c = &ui.chinese();
    let p = samples::paper(&[BatchState::Settled, BatchState::Settled]);
    let day = &samples::day_sheet();
    for (layout, model) in [
        (Layout::Prescription, Model::prescription(c, &p)),
        (Layout::Consent, Model::consent(c, &p)),
        (Layout::DaySheet, Model::day_sheet(c, day)),
        (Layout::DaySheetRoll, Model::day_sheet(c, day)),
        (Layout::Receipt, Model::receipt(c, &samples::receipt())),
        (Layout::ReceiptRoll, Model::receipt(c, &samples::receipt())),
        (Layout::Referral, Model::referral(c, &samples::referrals())),
        (Layout::FeeListRoll, Model::fee_list(c, &p)),
        (Layout::FeeList, Model::fee_list(c, &p)),
    ] {
        pages.push((layout.as_str(), print(ui, layout, model)));
    }
    let list = &pages.last().unwrap().1;
    assert!(
        list.contains("叁拾伍元贰角") && list.contains("20.57"),
        "sums and capitals"
    );
    let (card, log) = (&samples::infused(), &samples::outpatient_log());
    let register = &samples::infusion_register();
    for (layout, model) in [
        (Layout::InfusionCard, Model::infusion_card(c, card)),
        (Layout::InfusionCardRoll, Model::infusion_card(c, card)),
        (
            Layout::InfusionRegister,
            Model::infusion_register(c, register),
        ),
        (Layout::OutpatientLog, Model::outpatient_log(c, log)),
    ] {
        pages.push((layout.as_str(), print(ui, layout, model)));
    }
    let h = samples::patient();
    let printed_at = samples::now();
    let history = HistoryPage {
        c,
        ui,
        h: &h,
        printed_at,
    };
    pages.push(("history", history.render().unwrap()));
    of_money(ui, pages);
}

/// Slips and statements, in each state.
fn of_money(ui: &Chrome, pages: &mut Pages) {
    let c = &ui.chinese();
    for (name, kind) in [
        ("deposit-slip", PaymentKind::Deposit),
        ("refund-slip", PaymentKind::Returned),
        ("payment-slip", PaymentKind::Collected),
    ] {
        let slip = PaymentSlip {
            paper: samples::paper(&[BatchState::Unknown]),
            payment: samples::payment(kind),
            by: "张村医".to_owned(),
        };
        pages.push((name, print(ui, Layout::Slip, Model::slip(c, &slip))));
        pages.push((name, print(ui, Layout::SlipRoll, Model::slip(c, &slip))));
    }
    let statement = |state| Model::statement(c, &samples::statement(state));
    for (name, state) in [
        ("statement", BatchState::Settled),
        ("statement-reversed", BatchState::Reversed),
        ("statement-open", BatchState::Presettled),
    ] {
        pages.push((name, print(ui, Layout::Statement, statement(state))));
    }
    let roll = print(ui, Layout::StatementRoll, statement(BatchState::Reversed));
    pages.push(("statement-roll", roll));
}

#[test]
fn a_prescription_nobody_signed_says_so() {
    let c = samples::chrome(Locale::Zh);
    let slip = |p: &Paper| {
        let model = Model::prescription(&c, p);
        layout::paper(Layout::Prescription, None, model, &c).unwrap()
    };
    let mut p = samples::paper(&[BatchState::Settled]);
    // An ordinary one has an empty box, and its paper is white.
    assert!(!slip(&p).contains("不作处方") && !slip(&p).contains("class=\"box\""));
    assert!(slip(&p).contains("<section class=\"sheet\">"));
    p.visit.state = VisitState::Cancelled;
    assert!(slip(&p).contains("已退号，不作处方"));
    p = samples::paper(&[]);
    p.visit.patient.age = Age::Months(27);
    assert!(slip(&p).contains("医师尚未签名，不作处方") && slip(&p).contains(">儿科<"));
    assert!(slip(&p).contains("<section class=\"sheet child\">"));
}

#[test]
fn what_is_controlled_stands_on_a_sheet_of_its_own_class() {
    let c = samples::chrome(Locale::Zh);
    let mut p = samples::paper(&[BatchState::Settled]);
    let drugs = p.given.iter().filter(|line| line.kind == ItemKind::Drug);
    let codes: Vec<String> = drugs.map(|line| line.code.clone()).collect();
    assert!(codes.len() > 1, "{codes:?}");
    p.controlled = vec![(codes[0].clone(), Control::Second)];
    let classes = |p: &Paper| {
        let Part::Prescription(paper) = Model::prescription(&c, p).part else {
            panic!("a prescription");
        };
        let of = |sheet: &crate::layout::model::prescription::Sheet| {
            (
                sheet.class.clone(),
                sheet.child,
                sheet.narcotic,
                sheet.id_number.is_empty(),
            )
        };
        paper.sheets.iter().map(of).collect::<Vec<_>>()
    };
    let white = |class: &str| (class.to_owned(), false, false, true);
    assert_eq!(classes(&p), [white(""), white("精二")]);
    // A child's: pale green, but what is controlled.
    p.visit.patient.age = Age::Months(27);
    assert_eq!(
        classes(&p),
        [("儿科".to_owned(), true, false, true), white("精二")]
    );
    p.controlled[0].1 = Control::First;
    assert_eq!(classes(&p)[1], ("麻、精一".to_owned(), false, true, false));
}

#[test]
fn an_infusion_card_has_a_group_for_what_runs_together_and_a_row_for_each_time() {
    let c = samples::chrome(Locale::Zh);
    let model = Model::infusion_card(&c, &samples::infused());
    let Part::InfusionCard(card) = &model.part else {
        panic!("a card");
    };
    let said: Vec<_> = card
        .groups
        .iter()
        .map(|g| (&*g.name, &*g.rate, &*g.turn, g.lines.len(), g.times.len()))
        .collect();
    assert_eq!(
        said,
        [
            ("第1组", "40滴/分", "第 2 天 共 5 天", 2, 1),
            // Twice a day for three days; tablets are on no card.
            ("", "", "×3天", 1, 6),
        ]
    );
    let page = layout::paper(Layout::InfusionCard, None, model, &c).unwrap();
    assert!(page.contains("阴性") && page.contains("王药师"));
    // What was given by needle stands on the prescription with its test.
    let model = Model::prescription(&c, &samples::infused());
    let page = layout::paper(Layout::Prescription, None, model, &c).unwrap();
    assert_eq!(page.matches("（皮试阴性）").count(), 1, "of one of the two");
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

fn fee_list(states: &[BatchState]) -> String {
    let c = samples::chrome(Locale::Zh);
    let p = samples::paper(states);
    layout::paper(Layout::FeeList, None, Model::fee_list(&c, &p), &c).unwrap()
}

#[test]
fn the_fee_list_says_what_it_is_and_counts_what_counts() {
    use BatchState::{Draft, Presettled, Reversed, Settled};
    for (states, mark) in [
        (&[Draft, Draft][..], r#"<p class="box">估算 · 未结算</p>"#),
        (&[Presettled, Presettled], r#"<p class="box">未结算</p>"#),
    ] {
        assert!(fee_list(states).contains(mark), "{states:?}");
    }
    let settled = fee_list(&[Settled, Settled]);
    assert!(!settled.contains(r#"class="box""#) && settled.contains("叁拾伍元贰角"));
    // Code, name, pack, price, quantity and class of a line, and its eight amounts.
    let line = "<td>厄贝沙坦片 5mg×28片<br><span class=\"code\">X2</span></td><td>乙</td>\
        <td class=\"n\">19.60</td><td class=\"n\">1盒</td><td class=\"n\">19.60</td>\
        <td class=\"n\">0.00</td><td class=\"n\">0.00</td><td class=\"n\">0.00</td>\
        <td class=\"n\">19.60</td><td class=\"n\">12.35</td><td class=\"n\">0.00</td>\
        <td class=\"n\">7.25</td>";
    assert!(settled.contains(line), "{settled}");
    let half = fee_list(&[Reversed, Settled]);
    assert!(half.contains("不计入合计") && half.contains("壹拾壹元整"));
}

#[test]
fn the_fee_list_tells_how_its_amounts_came_about() {
    use BatchState::{Presettled, Settled};
    let how = |page: &str| page.matches("<div class=\"how\">").count();
    let settled = fee_list(&[Settled, Settled]);
    assert_eq!(how(&settled), 2);
    assert_eq!(
        settled
            .matches("统筹基金付 70%：22.24 × 70% = 15.57 元。")
            .count(),
        2
    );
    assert_eq!(
        settled.matches("文件版本 sm3:0123456789ab").count(),
        1,
        "both rest on one file"
    );
    assert!(!settled.contains("医保中心按"), "the centre agrees");
    // Where it paid otherwise, the paper says what.
    assert!(fee_list(&[Presettled]).contains("医保中心按 13.35 元"));
    assert_eq!(how(&fee_list(&[])), 0);
}
