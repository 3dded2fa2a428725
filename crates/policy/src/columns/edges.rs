//! Edges of the columns that mutants showed nobody looked at, each to be followed with a pencil, and
//! each said by the evaluator too.

use super::*;
use crate::language::facet::Facts;
use crate::policy::{Benefit, Level};
use crate::{DEMO_RESIDENT, parse};

/// A claim, or what takes one back; amounts in fen.
#[derive(Clone, Copy, Default)]
struct Event {
    member: u8,
    day: u16,
    kind: u16,
    a: u32,
    b: u32,
    c: u32,
    over: u32,
    fee: u32,
    balance: u32,
    back: u16,
}

/// So much of class A on a day.
fn of_a(day: u16, a: u32) -> Event {
    Event {
        day,
        a,
        ..Event::default()
    }
}

/// A fee on a day.
fn fee(day: u16, fee: u32) -> Event {
    Event {
        day,
        fee,
        ..Event::default()
    }
}

/// What takes back the claim that stands so many events before.
fn back(claim: Event, day: u16, back: u16) -> Event {
    Event { day, back, ..claim }
}

fn block(households: &[Vec<Event>]) -> Block {
    let events = households.concat();
    let count = |all: &Vec<Event>| u32::try_from(all.len()).unwrap();
    let all = |of: fn(&Event) -> u32| events.iter().map(of).collect::<Vec<_>>();
    Block {
        households: households.iter().map(count).collect(),
        member: events.iter().map(|e| e.member).collect(),
        day: events.iter().map(|e| e.day).collect(),
        kind: events.iter().map(|e| e.kind).collect(),
        class_a: all(|e| e.a),
        class_b: all(|e| e.b),
        class_c: all(|e| e.c),
        over_limit: all(|e| e.over),
        fee: all(|e| e.fee),
        balance: all(|e| e.balance),
        back: events.iter().map(|e| e.back).collect(),
    }
}

fn funds(changes: &[(&str, &str)], households: &[Vec<Event>]) -> Vec<i64> {
    replayed(changes, households).fund
}

/// Who pays what under 演示县's file with something changed, at a village.
fn replayed(changes: &[(&str, &str)], households: &[Vec<Event>]) -> Shares {
    let head = DEMO_RESIDENT.split("# 两病").next().unwrap();
    let text = changes.iter().fold(head.to_owned(), |text, (old, new)| {
        assert!(text.contains(old), "{old}");
        text.replace(old, new)
    });
    both(&text, vec![village(Benefit::General, None)], households)
}

fn village(benefit: Benefit, disease: Option<&str>) -> Kind {
    Kind {
        benefit,
        facts: Facts {
            level: Some(Level::Village),
            disease: disease.map(str::to_owned),
            ..Facts::default()
        },
    }
}

/// What the columns say, and the evaluator too.
fn both(text: &str, kinds: Vec<Kind>, households: &[Vec<Event>]) -> Shares {
    let policy = parse(text, "a.toml").unwrap();
    let mut replay = Replay::new(&policy, 2026, kinds);
    assert!(replay.by_columns());
    let block = block(households);
    let (mut columns, mut single) = (Shares::default(), Shares::default());
    replay.run(&block, &mut columns);
    replay.run_one_by_one(&block, &mut single);
    assert_eq!(columns, single);
    assert_eq!(columns.undecided, vec![0; block.len()]);
    columns
}

const OFTEN: (&str, &str) = ("in_cap = false", "in_cap = false\nonce_per = \"day\"");
const CAP: &str = "cap = [{ per = \"year\", amount = \"400.00\" }]";

#[test]
fn claims_of_nothing_but_a_fee_are_paid() {
    // Of 10 the patient pays 1; what is above 10 is hers too; of 1 nothing is left to pay.
    let fees = [1_000, 1_200, 100, 50].map(|one| fee(7, one)).to_vec();
    assert_eq!(funds(&[], &[fees]), [900, 900, 0, 0]);
}

#[test]
fn what_is_taken_back_counts_no_more_where_nobody_is_charged_a_fee() {
    let first = of_a(5, 10_000);
    let year = vec![first, back(first, 6, 1), of_a(7, 60_000)];
    // 70 % of 100 and back again: the year has its whole 400 for the 420 after that.
    assert_eq!(funds(&[], &[year]), [7_000, -7_000, 40_000]);
}

#[test]
fn a_fee_is_paid_once_a_day_to_each_and_again_when_taken_back() {
    let other = Event {
        member: 1,
        ..fee(9, 1_000)
    };
    let one = fee(9, 1_000);
    let household = vec![
        one,
        other,
        one,
        fee(10, 1_000),
        // The second of the day took nothing, so that taking it back gives nothing back.
        back(one, 10, 2),
        fee(10, 1_000),
        back(one, 10, 6),
        back(fee(10, 1_000), 10, 4),
        fee(10, 1_000),
    ];
    assert_eq!(
        funds(&[OFTEN], &[household.clone(), household]),
        [900, 900, 0, 900, 0, 0, -900, -900, 900].repeat(2)
    );
}

#[test]
fn segments_go_by_what_the_year_had() {
    let segment = "segment = [{ above = \"100.00\", per = \"year\", ratio = \"80%\" }]";
    let segments = (CAP, format!("cap = \"none\"\n{segment}"));
    let first = of_a(5, 8_000);
    let year = vec![
        first,
        of_a(6, 4_000),
        of_a(7, 1_000),
        back(first, 8, 3),
        of_a(9, 6_000),
    ];
    // 80; 20 of the next 40 are above 100, and all of the 10; with 80 taken back 50 are left of 100.
    assert_eq!(
        funds(&[(segments.0, &segments.1)], &[year]),
        [5_600, 1_400 + 1_600, 800, -5_600, 3_500 + 800]
    );
}

#[test]
fn a_household_of_more_events_than_a_strip_is_replayed_whole() {
    let visits = |count: u16| {
        let day = |at: u16| of_a(1 + at % 365, 100 + u32::from(at));
        (0..count).map(day).collect::<Vec<_>>()
    };
    let households = [700, 3, 200, 300, 20, 512, 1].map(visits);
    let paid = funds(&[], &households);
    // 70 % of each, to the fen; a year has 400, which 200 such visits do not reach.
    assert_eq!(paid[..700].iter().sum::<i64>(), 40_000);
    assert_eq!(paid[700..703], [70, 71, 71]);
    assert_eq!(paid[703..903].iter().sum::<i64>(), 27_940);
}

#[test]
fn an_account_pays_last_what_a_fee_leaves_too() {
    let first = Event {
        a: 10_000,
        b: 1_000,
        c: 500,
        over: 300,
        balance: 90_000,
        ..fee(9, 1_200)
    };
    let little = Event {
        balance: 150,
        ..fee(10, 1_200)
    };
    let paid = |pays: &str| {
        let account = format!(
            "class_b_pay_first = \"10%\"\naccount = {{ order = \"last\", pays = [{pays}] }}"
        );
        let changes = [OFTEN, ("class_b_pay_first = \"10%\"", &account)];
        let shares = replayed(&changes, &[vec![first, first, little, back(little, 11, 1)]]);
        // 70 % of 109.00, and 9.00 of the day's first fee.
        assert_eq!(shares.fund, [8_530, 7_630, 900, -900]);
        shares.account
    };
    // 32.70 are left of what is in scope; of a fee that the fund pays of, 1.00.
    assert_eq!(paid("\"in_scope\""), [3_370, 3_270, 100, -100]);
    assert_eq!(paid("\"pay_first\""), [100, 100, 0, 0]);
    // The fee is 2.00 above its price; the day's second is hers alone.
    assert_eq!(paid("\"over_limit\""), [500, 300, 150, -150]);
    assert_eq!(paid("\"own_pay\""), [500, 1_700, 0, 0]);
}

/// What a fund paid of what was paid first, the account does not pay again.
#[test]
fn an_account_pays_first_parts_that_a_fund_left() {
    let fund = "\n[[fund]]\nname = \"enterprise\"\nbenefits = [\"general\"]\n\
                base = \"in_scope_and_pay_first\"\ndeductible = \"none\"\nratio = \"80%\"\ncap = \"none\"\n";
    let cap = format!("{CAP}{fund}");
    let account =
        "class_b_pay_first = \"10%\"\naccount = { order = \"last\", pays = [\"pay_first\"] }";
    let visit = Event {
        b: 2_000,
        balance: 9_000,
        ..of_a(9, 0)
    };
    let changes = [(CAP, &cap[..]), ("class_b_pay_first = \"10%\"", account)];
    let shares = replayed(&changes, &[vec![visit]]);
    // 18.00 in scope, 12.60 of it the pool's; 80 % of the 5.40 left and of the 2.00: 0.52 of the 2.00.
    assert_eq!(
        (shares.fund, shares.account),
        (vec![1_260 + 592], vec![148])
    );
}

#[test]
fn each_of_a_household_has_each_diseases_year() {
    let text = include_str!("../../regions/zhuzhou_resident.toml");
    let kinds = ["M03900", "M01600"].map(|code| village(Benefit::Chronic, Some(code)));
    let of = |member: u8, kind: u16, yuan: u32| Event {
        member,
        kind,
        ..of_a(9, yuan * 100)
    };
    let one = vec![
        of(0, 0, 600),
        of(0, 1, 600),
        of(1, 0, 600),
        of(250, 1, 1_000),
        of(0, 0, 600),
        of(1, 1, 100),
        of(0, 1, 1_000),
        of(250, 0, 100),
    ];
    let paid = both(text, kinds.to_vec(), &[one, vec![of(0, 0, 600)]]).fund;
    // 70 %, of the one disease 360 a year, of the other 600.
    let yuan = [360, 420, 360, 600, 0, 70, 180, 70, 360];
    assert_eq!(paid, yuan.map(|yuan| yuan * 100));
}

#[test]
fn a_day_after_the_year_is_its_last() {
    let month = CAP.replace("year", "month").replace("400.00", "100.00");
    let days = [31, 32, 334, 335, 365, 366, 400];
    let paid = funds(
        &[(CAP, &month)],
        &[days.map(|day| of_a(day, 10_000)).to_vec()],
    );
    // January, February, November; 30 of December's 100 are left for the second, none for the others.
    assert_eq!(paid, [7_000, 7_000, 7_000, 7_000, 3_000, 0, 0]);
}
