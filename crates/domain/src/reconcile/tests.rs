use proptest::prelude::*;

use super::*;
use crate::time::civil::date;

#[path = "cases.rs"]
mod cases;

pub(super) const DAY: Date = date(2026, 11, 24);

pub(super) fn group() -> Group {
    Group {
        scheme: "390".into(),
        clearing_type: "11".into(),
        office: "990001".into(),
    }
}

/// What 3201 would be asked with, of all groups there are.
fn compared(ours: &[Ours], theirs: &[Theirs]) -> Vec<Compared> {
    let asked = sums(DAY, ours, Some(&group()));
    let there = theirs
        .iter()
        .filter(|line| line.verdict != Verdict::OnlyHere);
    let mut sums = Sums::default();
    there.for_each(|line| sums.add(line.money));
    let answer = if asked == sums {
        Answer::Equal
    } else {
        Answer::Different
    };
    vec![Compared {
        group: group(),
        asked,
        answer,
    }]
}

pub(super) fn evidence(ours: &[Ours], theirs: Vec<Theirs>) -> Evidence {
    let compared = compared(ours, &theirs);
    let lost = ours.iter().any(|row| row.standing == Standing::InFlight);
    let asked = lost || compared[0].answer == Answer::Different;
    let detail = Detail {
        clearing_type: "11".into(),
        office: "990001".into(),
        lines: Some(theirs),
    };
    Evidence {
        compared,
        details: if asked { vec![detail] } else { Vec::new() },
        settled_on: BTreeMap::new(),
    }
}

/// Settlements and reversals of both ledgers, as the same world sees them.
fn row(n: usize, (total, fund, account, reversal): (i64, i64, i64, bool)) -> Ours {
    let (fund, account) = (fund.min(total), account.min(total - fund.min(total)));
    let sign = if reversal { -1 } else { 1 };
    let money = Money {
        total: Fen(total * sign),
        fund: Fen(fund * sign),
        account: Fen(account * sign),
    };
    Ours {
        batch: BatchId(format!("B{n:03}")),
        kind: if reversal {
            SettlementKind::Reversal
        } else {
            SettlementKind::Settlement
        },
        standing: Standing::Booked,
        settlement: format!("S{n:03}"),
        message: format!("M{n:03}"),
        day: DAY,
        group: Some(group()),
        money,
    }
}

fn ledger() -> impl Strategy<Value = Vec<Ours>> {
    let one = (1_i64..100_000, 0_i64..100_000, 0_i64..10_000, any::<bool>());
    proptest::collection::vec(one, 1..12).prop_map(|rows| {
        rows.into_iter()
            .enumerate()
            .map(|(n, r)| row(n, r))
            .collect()
    })
}

const fn drawer(counted: Fen) -> Drawer {
    Drawer {
        method: Method::Cash,
        expected: Fen(800),
        counted: Some(counted),
    }
}

const COUNTED: &[Drawer] = &[drawer(Fen(800))];

/// What the centre's own ledger answers to ours, line by line.
fn answered(ours: &[Ours], centre: &[Ours]) -> Vec<Theirs> {
    let line = |row: &Ours, verdict| Theirs {
        settlement: row.settlement.clone(),
        message: row.message.clone(),
        visit: String::new(),
        kind: row.kind,
        verdict,
        money: row.money,
        elsewhere: false,
    };
    let find = |rows: &[Ours], id: &str| rows.iter().find(|r| r.settlement == id).cloned();
    let mut lines: Vec<Theirs> = Vec::new();
    for row in ours {
        lines.push(match find(centre, &row.settlement) {
            None => line(row, Verdict::OnlyHere),
            Some(there) if there.money == row.money => line(&there, Verdict::Equal),
            Some(there) => line(&there, Verdict::Different),
        });
    }
    let missing = centre
        .iter()
        .filter(|row| find(ours, &row.settlement).is_none());
    lines.extend(missing.map(|row| line(row, Verdict::OnlyThere)));
    lines
}

fn change(money: &mut Money, what: usize, fen: i64) {
    let amount = [&mut money.total, &mut money.fund, &mut money.account];
    amount.into_iter().nth(what % 3).unwrap().0 += fen;
}

proptest! {
    #[test]
    fn equal_ledgers_are_green(ours in ledger()) {
        let found = reconcile(DAY, &ours, Some(&evidence(&ours, answered(&ours, &ours))), COUNTED);
        prop_assert!(found.green(), "{:?}", found.differences);
        prop_assert_eq!(found.centre, Some(found.clinic));
        // Also where the file lists what agrees.
        let mut listed = evidence(&ours, answered(&ours, &ours));
        listed.details.push(Detail {
            clearing_type: "11".into(),
            office: "990001".into(),
            lines: Some(answered(&ours, &ours)),
        });
        prop_assert!(reconcile(DAY, &ours, Some(&listed), COUNTED).green());
    }

    #[test]
    fn a_fen_anywhere_is_a_difference(
        ours in ledger(),
        at in any::<prop::sample::Index>(),
        what in 0_usize..3,
        fen in prop_oneof![Just(1_i64), Just(-1)],
    ) {
        let mut centre = ours.clone();
        change(&mut centre[at.index(ours.len())].money, what, fen);
        let found = reconcile(DAY, &ours, Some(&evidence(&ours, answered(&ours, &centre))), COUNTED);
        prop_assert_eq!(found.differences.len(), 1);
        prop_assert_eq!(found.differences[0].class(), Class::Amount);
        // The centre's sums come out of the differences.
        prop_assert_eq!(found.centre.map(|sums| sums.money), Some(sums(DAY, &centre, None).money));
        // A file that forgets to say so.
        let mut silent = evidence(&ours, answered(&ours, &centre));
        for line in silent.details.iter_mut().flat_map(|d| d.lines.iter_mut().flatten()) {
            line.verdict = Verdict::Equal;
        }
        prop_assert!(!reconcile(DAY, &ours, Some(&silent), COUNTED).green());
        // A ledger that changed after the centre was asked.
        let stale = evidence(&ours, answered(&ours, &ours));
        prop_assert!(!reconcile(DAY, &centre, Some(&stale), COUNTED).green());
        // Cash.
        let found = reconcile(DAY, &ours, Some(&stale), &[drawer(Fen(800 + fen))]);
        prop_assert_eq!(found.differences.len(), 1);
        prop_assert_eq!(found.differences[0].class(), Class::Cash);
    }

    #[test]
    fn a_row_more_or_less_is_a_difference(ours in ledger(), at in any::<prop::sample::Index>()) {
        let mut fewer = ours.clone();
        fewer.remove(at.index(ours.len()));
        let gone = reconcile(DAY, &ours, Some(&evidence(&ours, answered(&ours, &fewer))), COUNTED);
        prop_assert_eq!(gone.differences.iter().map(Difference::class).collect::<Vec<_>>(), [Class::OnlyHere]);
        prop_assert_eq!(gone.centre, Some(sums(DAY, &fewer, None)));
        let more = reconcile(DAY, &fewer, Some(&evidence(&fewer, answered(&fewer, &ours))), COUNTED);
        prop_assert_eq!(more.differences.iter().map(Difference::class).collect::<Vec<_>>(), [Class::OnlyThere]);
        prop_assert_eq!(more.centre, Some(sums(DAY, &ours, None)));
    }

    #[test]
    fn the_order_of_rows_changes_nothing(
        (ours, centre, shuffled, reordered) in (ledger(), ledger()).prop_flat_map(|(ours, centre)| {
            let lines = answered(&ours, &centre);
            (Just(ours.clone()), Just(lines.clone()), Just(ours).prop_shuffle(), Just(lines).prop_shuffle())
        }),
        twice in any::<prop::sample::Index>(),
    ) {
        let with = |ours: Vec<Ours>, lines: Vec<Theirs>| {
            let mut ours = ours;
            // One booked twice, so that this too is found in any order.
            let mut again = ours.iter().find(|row| row.settlement == "S000").unwrap().clone();
            again.batch = BatchId(format!("Z{}", twice.index(9)));
            ours.push(again);
            reconcile(DAY, &ours, Some(&evidence(&ours, lines)), &[])
        };
        prop_assert_eq!(with(ours, centre), with(shuffled, reordered));
    }

    #[test]
    fn any_lines_can_be_matched(
        ours in ledger(),
        lines in proptest::collection::vec(
            ("S00[0-9]|", "M00[0-9]|", any::<bool>(), 0_usize..4, -3_i64..3), 0..20),
    ) {
        let theirs = |(settlement, message, reversal, verdict, total): (String, String, bool, usize, i64)| Theirs {
            settlement,
            message,
            visit: String::new(),
            kind: if reversal { SettlementKind::Reversal } else { SettlementKind::Settlement },
            verdict: Verdict::ALL[verdict],
            money: Money { total: Fen(total), ..Money::default() },
            elsewhere: total < -2,
        };
        let lines: Vec<Theirs> = lines.into_iter().map(theirs).collect();
        let mut evidence = evidence(&ours, lines);
        evidence.compared[0].answer = Answer::Different;
        let found = reconcile(DAY, &ours, Some(&evidence), COUNTED);
        // 3201 said that it differs: whatever the file holds, the page is not green.
        prop_assert!(!found.green());
    }
}

proptest! {
    /// Two clinics under one code: each difference is one clinic's, and their sums make the code's up.
    #[test]
    fn the_parts_of_a_code_are_the_whole(
        ours in ledger(),
        mut centre in ledger(),
        missing in any::<[bool; 12]>(),
    ) {
        let mut dropped = missing.iter();
        centre.retain(|_| !dropped.next().copied().unwrap_or(false));
        let lines = answered(&ours, &centre);
        let mut evidence = evidence(&ours, lines);
        evidence.compared[0].answer = Answer::Different;
        let whole = reconcile(DAY, &ours, Some(&evidence), &[]);
        let second = |text: &str| text.ends_with(['1', '3', '5', '7', '9']);
        let of = |here: bool| {
            let rows: Vec<Ours> = ours.iter().filter(|r| second(&r.settlement) == here).cloned().collect();
            whole.part(DAY, &rows, COUNTED, |found| match found {
                Difference::Line { settlement, .. } => second(settlement) == here,
                _ => true,
            })
        };
        let (a, b) = (of(true), of(false));
        let both = |a: Sums, b: Sums| (a.money.total + b.money.total, a.money.fund + b.money.fund, a.count + b.count);
        let all = |s: Sums| (s.money.total, s.money.fund, s.count);
        prop_assert_eq!(both(a.clinic, b.clinic), all(whole.clinic));
        prop_assert_eq!(a.centre.zip(b.centre).map(|(a, b)| both(a, b)), whole.centre.map(all));
        let lines = |r: &Reconciled| r.differences.iter().filter(|d| matches!(d, Difference::Line { .. })).count();
        prop_assert_eq!(lines(&a) + lines(&b), lines(&whole));
        prop_assert!(whole.part(DAY, &ours, &[], |_| true) == whole);
    }
}

/// Every difference there can be.
fn every_difference() -> Vec<Difference> {
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
        Line::There(DAY),
        Line::Here(DAY),
        Line::TwiceHere,
        Line::TwiceThere,
    ];
    let totals = [
        Total::Unexplained,
        Total::NoDetails,
        Total::Silent,
        Total::Shared,
        Total::Stale,
    ];
    let line = |line, kind| Difference::Line {
        line,
        kind,
        batch: None,
        settlement: String::new(),
        message: String::new(),
        ours: None,
        theirs: None,
    };
    let of_lines = SettlementKind::ALL
        .iter()
        .flat_map(|kind| lines.map(|of| line(of, *kind)));
    let of_totals = totals.map(|total| Difference::Total {
        total,
        group: group(),
        ours: Sums::default(),
    });
    let cash = [None, Some(Fen(1))].map(|counted| {
        Difference::Cash(Drawer {
            counted,
            ..COUNTED[0]
        })
    });
    let others = of_totals.into_iter().chain(cash);
    of_lines
        .chain(others)
        .chain([Difference::NotAsked])
        .collect()
}

/// `docs/settlement.md` names each class with each of its actions, and no other.
#[test]
fn the_page_says_what_the_code_does() {
    let page = include_str!("../../../../docs/settlement.md");
    let table = page.split("<!-- differences: begin -->").nth(1).unwrap();
    let table = table.split("<!-- differences: end -->").next().unwrap();
    let rows = table.lines().filter(|line| line.starts_with("| `"));
    let pair = |row: &str| {
        let mut words = row.split('`').skip(1).step_by(2).map(str::to_owned);
        (words.next().unwrap(), words.next().unwrap())
    };
    let said: std::collections::BTreeSet<_> = rows.map(pair).collect();
    let done = every_difference()
        .iter()
        .map(|d| (d.class().to_string(), d.action().to_string()))
        .collect();
    assert_eq!(said, done);
    for action in Action::ALL {
        assert!(said.iter().any(|(_, of)| of == action.as_str()), "{action}");
    }
    for class in Class::ALL {
        assert!(said.iter().any(|(of, _)| of == class.as_str()), "{class}");
    }
}

#[test]
fn nothing_about_a_settlement_is_mended_at_the_till() {
    for difference in every_difference() {
        let counts = matches!(difference.action(), Action::Count | Action::Recount);
        assert_eq!(counts, difference.class() == Class::Cash, "{difference:?}");
    }
}
