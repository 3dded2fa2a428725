//! The villagers are plausible, the same every time, and nobody.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use cunyi_domain::id_number::{IdNumber, Sex};
use cunyi_domain::money::Fen;
use cunyi_domain::time::civil::Date;
use cunyi_domain::time::{Moment, age_on};

use crate::population::{AREA, ELSEWHERE, Person, population};

const TODAY: Date = Date::constant(2026, 11, 24);

fn people() -> Vec<Person> {
    population(7, TODAY)
}

fn count(people: &[Person], holds: impl Fn(&Person) -> bool) -> usize {
    people.iter().filter(|p| holds(p)).count()
}

#[test]
fn the_same_seed_gives_the_same_village() {
    assert_eq!(people(), people());
    assert_ne!(people(), population(8, TODAY));
}

#[test]
fn ages_and_sexes_are_a_villages() {
    for seed in 0..5 {
        let people = population(seed, TODAY);
        assert_eq!(people.len(), 300);
        let aged = |from: i64, to: i64| {
            count(&people, |p| {
                (from..=to).contains(&age_on(p.birth_date, TODAY))
            })
        };
        let bands = [
            aged(0, 5),
            aged(6, 17),
            aged(18, 44),
            aged(45, 64),
            aged(65, 120),
        ];
        assert_eq!(bands, [18, 42, 66, 99, 75]);
        let women = count(&people, |p| p.sex == Sex::Female);
        assert!((145..=149).contains(&women), "{women}");
    }
}

#[test]
fn numbers_are_sound_and_nobodys() {
    let people = people();
    let mut seen = BTreeSet::new();
    for p in &people {
        let id = IdNumber::parse(&p.id_number).unwrap();
        assert_eq!((id.birth_date(), id.sex()), (p.birth_date, p.sex));
        assert!(p.id_number.starts_with(AREA) && p.phone.starts_with("10000"));
        assert!(p.number.len() <= 30);
        assert!(seen.insert(p.id_number.clone()) && seen.insert(p.number.clone()));
        if let Some(card) = &p.card {
            assert!(seen.insert(card.number.clone()) && card.code.len() == 32);
        }
        if let Some(voucher) = &p.voucher {
            assert!(seen.insert(voucher.token.clone()) && voucher.token.len() == 40);
        }
    }
}

#[test]
fn the_areas_are_no_real_ones() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/data/admin/division_to_county.csv");
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!("SKIPPED: {} is not here", path.display());
        return;
    };
    let codes = |line: &str| {
        line.split(',')
            .any(|code| code.starts_with(&AREA[..2]) && code.len() == 6)
    };
    assert_eq!(AREA[..2], ELSEWHERE[..2]);
    assert!(!text.lines().any(codes), "{AREA} is in a real province");
}

#[test]
fn families_are_plausible() {
    let people = people();
    let mut homes: BTreeMap<usize, Vec<&Person>> = BTreeMap::new();
    for p in &people {
        homes.entry(p.household).or_default().push(p);
    }
    assert!((70..160).contains(&homes.len()), "{}", homes.len());
    for home in homes.values() {
        assert!(home.len() <= 9, "{home:?}");
        let grown = home.iter().any(|p| age_on(p.birth_date, TODAY) >= 18);
        assert!(grown, "children alone: {home:?}");
    }
    let young: Vec<&Person> = people
        .iter()
        .filter(|p| age_on(p.birth_date, TODAY) < 16)
        .collect();
    let with_a_namesake = young.iter().filter(|child| {
        homes[&child.household]
            .iter()
            .any(|p| p.number != child.number && p.name.chars().next() == child.name.chars().next())
    });
    assert_eq!(with_a_namesake.count(), young.len());
}

#[test]
fn every_kind_of_coverage_is_there() {
    let people = people();
    let any = |holds: fn(&crate::population::Cover) -> bool| {
        count(&people, |p| p.coverages.iter().any(holds))
    };
    let in_force = |p: &Person| p.coverages.iter().filter(|c| c.status == "1").count();
    assert_eq!(count(&people, |p| p.coverages.is_empty()), 6);
    assert_eq!(
        count(&people, |p| !p.coverages.is_empty() && in_force(p) == 0),
        6
    );
    assert_eq!(count(&people, |p| in_force(p) == 2), 2);
    assert_eq!(any(|c| c.place == ELSEWHERE), 6);
    assert!(any(|c| c.scheme == "310" && c.balance > Fen::ZERO) >= 10);
    assert_eq!(count(&people, |p| !p.filings.is_empty()), 36);
    let now = Moment::start_of(TODAY);
    let vouchers: Vec<_> = people.iter().filter_map(|p| p.voucher.as_ref()).collect();
    assert!(vouchers.iter().any(|v| v.expires_at < now));
    assert!(vouchers.iter().any(|v| !v.known));
    assert!(
        vouchers
            .iter()
            .filter(|v| v.known && v.expires_at > now)
            .count()
            > 40
    );
    assert!(count(&people, |p| p.fund_elsewhere > Fen(39_000)) >= 1);
}
