//! 对账: every kind of difference has its words, and green is green only when nothing differs.

use askama::Template;
use cunyi_app::views::{
    Counted, DifferenceView, GroupView, PartView, ReconcileView, UndoneView, WrittenOffView,
};
use cunyi_domain::ids::{BatchId, VisitId};
use cunyi_domain::ledger::{Method, SettlementKind, Undone};
use cunyi_domain::money::Fen;
use cunyi_domain::reconcile::{
    Answer, Difference, Drawer, Group, Line, Money, Reconciled, Sums, Total,
};
use cunyi_domain::undone::UndoneState;

use super::Pages;
use crate::chrome::Chrome;
use crate::pages::reconcile::{ReconcilePage, Typed};
use crate::samples;
use crate::words::Locale;

fn money() -> Money {
    Money {
        total: Fen(2_000),
        fund: Fen(1_200),
        account: Fen(0),
    }
}

fn differences() -> Vec<Difference> {
    let day = samples::now().date();
    let lines = [
        Line::OnlyHere,
        Line::OnlyThere,
        Line::Amount,
        Line::Kind,
        Line::SaidDifferent,
        Line::OtherGroup,
        Line::NotListed,
        Line::Committed,
        Line::Unresolved,
        Line::There(day),
        Line::Here(day),
        Line::TwiceHere,
        Line::TwiceThere,
    ];
    let of = |kind| {
        lines.map(|line| Difference::Line {
            line,
            kind,
            batch: Some(BatchId::from("B1")),
            settlement: samples::HOSTILE.to_owned(),
            message: samples::HOSTILE.to_owned(),
            ours: Some(money()),
            theirs: None,
        })
    };
    let totals = [
        Total::Unexplained,
        Total::NoDetails,
        Total::Silent,
        Total::Shared,
        Total::Stale,
    ];
    let group = Group {
        scheme: "390".to_owned(),
        clearing_type: "11".to_owned(),
        office: "990001".to_owned(),
    };
    let total = |total| Difference::Total {
        total,
        group: group.clone(),
        ours: Sums::default(),
    };
    let cash = |counted| Difference::Cash(drawer(counted));
    let counted = [None, Some(Fen(793)), Some(Fen(801))].map(cash);
    let others = counted.into_iter().chain([Difference::NotAsked]);
    let lines = SettlementKind::ALL.iter().flat_map(|kind| of(*kind));
    lines.chain(totals.map(total)).chain(others).collect()
}

fn drawer(counted: Option<Fen>) -> Drawer {
    Drawer {
        method: Method::Cash,
        expected: Fen(800),
        counted,
    }
}

fn undone(state: UndoneState) -> UndoneView {
    UndoneView {
        undone: Undone {
            clinic: "C".into(),
            id: "U1".into(),
            batch: "B1".into(),
            visit: "V13".into(),
            platform_settlement: samples::HOSTILE.to_owned(),
            settled_by: samples::HOSTILE.to_owned(),
            settled_at: samples::now(),
            scheme: "390".to_owned(),
            clearing_type: "11".to_owned(),
            clearing_office: "990001".to_owned(),
            total: Fen(1_408),
            fund: Fen(549),
            account: Fen(176),
            cash: Fen(683),
            state,
            message: samples::HOSTILE.to_owned(),
            reversal: samples::HOSTILE.to_owned(),
            reversed_at: Some(samples::now()),
            day: samples::now().date(),
            asked_at: samples::now(),
            actor: "U".into(),
        },
        by: samples::HOSTILE.to_owned(),
    }
}

fn view(differences: Vec<Difference>) -> ReconcileView {
    let sums = Sums {
        money: money(),
        count: 1,
    };
    let named = |difference: &Difference| DifferenceView {
        difference: difference.clone(),
        key: "K1".to_owned(),
        visit: Some(VisitId::from("V13")),
        number: "03202611240001".to_owned(),
        name: samples::HOSTILE.to_owned(),
        clinic: String::new(),
    };
    let all: Vec<DifferenceView> = differences.iter().map(named).collect();
    let settled = |of: &DifferenceView| WrittenOffView {
        difference: of.clone(),
        reason: samples::HOSTILE.to_owned(),
        at: samples::now(),
        by: samples::HOSTILE.to_owned(),
    };
    ReconcileView {
        day: samples::now().date(),
        written_off: all.iter().map(settled).collect(),
        undone: UndoneState::ALL.iter().copied().map(undone).collect(),
        differences: all,
        reconciled: Reconciled {
            clinic: sums,
            centre: Some(sums),
            drawers: vec![drawer(Some(Fen(793)))],
            differences,
        },
        groups: Answer::ALL
            .iter()
            .map(|answer| GroupView {
                group: Group {
                    scheme: "310".to_owned(),
                    clearing_type: "11".to_owned(),
                    office: "990001".to_owned(),
                },
                asked: sums,
                answer: *answer,
            })
            .collect(),
        asked: Some((samples::now(), samples::HOSTILE.to_owned())),
        counted: Some(Counted {
            cash: Fen(500),
            qr: Fen(293),
            at: samples::now(),
            by: samples::HOSTILE.to_owned(),
        }),
        parts: Vec::new(),
        shared: false,
    }
}

/// As the township sees it.
fn of_township() -> ReconcileView {
    let own = view(differences());
    let named = |mut of: DifferenceView| {
        of.clinic = samples::HOSTILE.to_owned();
        of.visit = None;
        of
    };
    let part = |centre, counted| PartView {
        name: samples::HOSTILE.to_owned(),
        sums: own.reconciled.clinic,
        centre,
        drawers: vec![drawer(counted)],
        differences: 2,
    };
    ReconcileView {
        differences: own.differences.iter().cloned().map(named).collect(),
        parts: vec![
            part(None, None),
            part(own.reconciled.centre, Some(Fen(800))),
        ],
        shared: true,
        counted: None,
        ..own
    }
}

fn page(c: &Chrome, v: &ReconcileView, running: bool) -> String {
    let page = ReconcilePage {
        c,
        v,
        f: &Typed::default(),
        problem: String::new(),
        running,
    };
    page.render().unwrap()
}

pub(super) fn pages(c: &Chrome, pages: &mut Pages) {
    pages.push(("reconcile", page(c, &view(differences()), false)));
    pages.push(("reconcile-green", page(c, &view(Vec::new()), false)));
    pages.push(("reconcile-running", page(c, &view(Vec::new()), true)));
    let nothing = ReconcileView {
        groups: Vec::new(),
        asked: None,
        counted: None,
        reconciled: Reconciled {
            centre: None,
            ..view(differences()).reconciled
        },
        ..view(differences())
    };
    pages.push(("reconcile-nothing", page(c, &nothing, false)));
    pages.push(("reconcile-township", page(c, &of_township(), false)));
    let shared = ReconcileView {
        parts: Vec::new(),
        ..of_township()
    };
    pages.push(("reconcile-shared", page(c, &shared, false)));
}

#[test]
fn only_a_day_without_differences_is_green() {
    let c = &samples::chrome(Locale::Zh);
    let agreed = r#"class="notice agreed""#;
    assert!(page(c, &view(Vec::new()), false).contains(agreed));
    assert!(
        !page(c, &view(Vec::new()), true).contains(agreed),
        "not yet"
    );
    for difference in differences() {
        let shown = page(c, &view(vec![difference.clone()]), false);
        assert!(!shown.contains(agreed), "{difference:?}");
        assert!(shown.contains("怎么处理"), "{difference:?}");
    }
}

#[test]
fn a_reversal_is_mended_in_its_own_words() {
    let c = &samples::chrome(Locale::Zh);
    let shown = |kind| {
        let of_kind = |d: &Difference| match d {
            Difference::Line { line, kind: of, .. } => *line == Line::OnlyHere && *of == kind,
            _ => false,
        };
        let only: Vec<_> = differences().into_iter().filter(of_kind).collect();
        page(c, &view(only), false)
    };
    assert!(shown(SettlementKind::Settlement).contains("本机作废这一笔"));
    assert!(shown(SettlementKind::Reversal).contains("再向中心撤销一次"));
}
