//! The replay against cases that can be followed with a pencil.

use super::*;
use crate::language::facet::Facts;
use crate::policy::{Benefit, Level};
use crate::{DEMO_RESIDENT, parse};

fn village() -> Kind {
    Kind {
        benefit: Benefit::General,
        disease_code: None,
        facts: Facts {
            level: Some(Level::Village),
            ..Facts::default()
        },
    }
}

/// Class A claims of one person: day, yuan, back.
fn one_person(events: &[(u16, u32, u16)]) -> Block {
    let all = |column: fn(&(u16, u32, u16)) -> u32| events.iter().map(column).collect::<Vec<_>>();
    let nothing = vec![0; events.len()];
    Block {
        households: vec![u32::try_from(events.len()).unwrap()],
        member: vec![0; events.len()],
        day: events.iter().map(|e| e.0).collect(),
        kind: vec![0; events.len()],
        class_a: all(|e| e.1 * 100),
        class_b: nothing.clone(),
        class_c: nothing.clone(),
        over_limit: nothing.clone(),
        fee: nothing.clone(),
        balance: nothing,
        back: events.iter().map(|e| e.2).collect(),
    }
}

#[test]
fn a_reversal_gives_the_year_back_what_it_took() {
    let policy = parse(DEMO_RESIDENT, "demo.toml").unwrap();
    // 70 % of each, 400 a year: 280, then 120 are left, given back, and taken again.
    let block = one_person(&[
        (5, 400, 0),
        (40, 200, 0),
        (41, 200, 1),
        (300, 500, 0),
        (310, 10, 0),
    ]);
    let mut shares = Shares::default();
    Replay::new(&policy, 2026, vec![village()]).run(&block, &mut shares);
    assert_eq!(shares.fund, [28_000, 12_000, -12_000, 12_000, 0]);
    assert_eq!(shares.undecided, [0; 5]);
}

#[test]
fn what_the_rules_do_not_decide_is_said() {
    let policy = parse(DEMO_RESIDENT, "demo.toml").unwrap();
    let elsewhere = Kind {
        facts: Facts::default(),
        ..village()
    };
    let mut shares = Shares::default();
    Replay::new(&policy, 2026, vec![elsewhere]).run(&one_person(&[(5, 40, 0)]), &mut shares);
    assert_eq!(shares.fund, [0]);
    let code = crate::CannotDecide::CODES[usize::from(shares.undecided[0]) - 1];
    assert_eq!(code, "fact-missing");
}
