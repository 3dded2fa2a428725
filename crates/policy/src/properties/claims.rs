//! Random claims under any policy.

use cunyi_domain::money::{Fen, Quantity, Rate, UnitPrice};
use cunyi_domain::time::civil::Date;

use super::tape::Tape;
use crate::cases::read_fact;
use crate::columns::Kind;
use crate::language::facet::Cut;
use crate::plan::BenefitPlan;
use crate::*;

/// Days that tell days, months, quarters and years apart.
const DAYS: [(i8, i8); 9] = [
    (5, 5),
    (5, 6),
    (5, 31),
    (6, 1),
    (6, 30),
    (7, 1),
    (1, 1),
    (12, 31),
    (2, 28),
];

/// A claim with a history.
pub fn claim(policy: &Policy, tape: &mut Tape) -> Claim {
    let mut claim = bare(policy, tape);
    if tape.rarely(24) {
        claim.facts = Facts::default();
    }
    for _ in 0..tape.below(4) {
        let mut one = used(policy, tape);
        if tape.rarely(8) {
            one.facts = claim.facts.clone();
        }
        claim.history.push(one.clone());
        if tape.rarely(8) {
            claim.history.push(one.taken_back());
        }
    }
    claim.unknown = Unknown {
        fund: tape.rarely(8),
        deductible: tape.rarely(8),
    };
    claim
}

/// A person's claims, by date.
pub fn course(policy: &Policy, most: usize, tape: &mut Tape) -> Vec<Claim> {
    let count = 1 + tape.below(most);
    let mut all: Vec<Claim> = (0..count).map(|_| bare(policy, tape)).collect();
    all.sort_by_key(|claim| claim.date);
    all
}

fn bare(policy: &Policy, tape: &mut Tape) -> Claim {
    let date = date(policy, tape);
    let Kind { benefit, facts } = kind(policy, date, tape);
    let plan = policy.plan(date);
    let with_fee = benefit == Benefit::General && plan.is_some_and(crate::plan::Plan::has_fee);
    Claim {
        scheme: policy.scheme,
        facts,
        benefit,
        date,
        lines: lines(with_fee, tape),
        history: Vec::new(),
        unknown: Unknown::default(),
        balance: Fen(if tape.rarely(2) {
            tape.amount(9_000)
        } else {
            0
        }),
        family_balance: Fen(if tape.rarely(3) {
            tape.amount(9_000)
        } else {
            0
        }),
    }
}

/// A benefit and somebody who has it.
pub fn kind(policy: &Policy, date: Date, tape: &mut Tape) -> Kind {
    let benefits: Vec<Benefit> = policy.benefits().collect();
    let benefit = tape.one(&benefits);
    let plan = policy.plan(date);
    let rules = plan.and_then(|plan| plan.benefits.get(&benefit));
    let facts = somebody(rules, policy.diseases(benefit), tape);
    Kind { benefit, facts }
}

/// A day in force, mostly of 2026.
fn date(policy: &Policy, tape: &mut Tape) -> Date {
    let (month, day) = tape.one(&DAYS);
    let year = if tape.rarely(8) { 2025 } else { 2026 };
    let date = Date::new(year, month, day).unwrap();
    let known = policy.valid.holds(date) && policy.plan(date).is_some();
    if known { date } else { policy.valid.from }
}

/// Somebody who has the benefit, with one of its diseases.
fn somebody(rules: Option<&BenefitPlan>, codes: &[Disease], tape: &mut Tape) -> Facts {
    let mut facts = rules.map(|rules| entitled(rules, tape)).unwrap_or_default();
    let told = facts.disease.take().filter(|code| !code.is_empty());
    facts.disease = told.or_else(|| (!codes.is_empty()).then(|| tape.one(codes).code));
    facts
}

/// Facts of somebody who has the benefit: a profile with terms, and a value of each of its parts.
fn entitled(rules: &BenefitPlan, tape: &mut Tape) -> Facts {
    let mut facts = Facts::default();
    let places = rules.profiles.iter().enumerate();
    let places: Vec<usize> = places.filter_map(|(at, terms)| terms.map(|_| at)).collect();
    if places.is_empty() {
        return facts;
    }
    let mut place = tape.one(&places);
    for (facet, cut) in rules.facets.iter().rev() {
        let part = place % cut.len();
        place /= cut.len();
        let value = match cut {
            Cut::Names(all) => all[part].clone(),
            Cut::Bands(starts) => {
                let start = starts[part].max(0);
                let end = starts.get(part + 1).map_or(start + 9, |next| next - 1);
                tape.one(&[start, end.max(start)]).to_string()
            }
        };
        read_fact(&mut facts, *facet, &value).unwrap();
    }
    facts
}

fn lines(with_fee: bool, tape: &mut Tape) -> Vec<ClaimLine> {
    let count = tape.below(7);
    let mut all: Vec<ClaimLine> = (0..count).map(|place| line(place, tape)).collect();
    if with_fee && tape.rarely(3) {
        let price = tape.one(&[1_000, 600, 1_200, 50]);
        all.push(ClaimLine {
            id: "fee".to_owned(),
            class: LineClass::A,
            amount: Fen(price),
            is_consultation_fee: true,
            price: UnitPrice::from_fen(price),
            quantity: Quantity::whole(1),
            ceiling: None,
            item: Item::default(),
        });
    }
    all
}

fn line(place: usize, tape: &mut Tape) -> ClaimLine {
    let price = UnitPrice::from_fen(match tape.below(4) {
        0 => tape.amount(3_000),
        1 => tape.amount(100),
        2 => tape.amount(30_000),
        _ => tape.amount(u16::MAX) * 20,
    });
    let quantity = Quantity(tape.one(&[10_000, 20_000, 5_000, 33_333]));
    let ceiling = tape.rarely(4).then(|| UnitPrice(price.0 - price.0 / 5));
    ClaimLine {
        id: place.to_string(),
        class: tape.one(&[LineClass::A, LineClass::B, LineClass::C]),
        amount: price.amount(quantity).unwrap(),
        is_consultation_fee: false,
        price,
        quantity,
        ceiling,
        item: item(tape),
    }
}

/// An item that rules may name by its code, its beginning or its kinds.
fn item(tape: &mut Tape) -> Item {
    let code = tape.one(&["XJ01", "XA01", "XA02", "XB05", "XB05Z", "XC01", "XC991"]);
    let kinds = [
        ItemKind::Essential,
        ItemKind::Patent,
        ItemKind::Procured,
        ItemKind::Negotiated,
        ItemKind::TwoDisease,
        ItemKind::Preparation,
    ];
    let which = tape.below(64) & tape.below(64);
    let of = kinds.iter().enumerate();
    let of = of.filter(|(place, _)| which >> place & 1 == 1);
    let kinds: Vec<ItemKind> = of.map(|(_, kind)| *kind).collect();
    let pay_first = tape.one(&[0, 50_000, 333_333, 1_000_000]);
    Item {
        code: (!tape.rarely(40)).then(|| code.to_owned()),
        kinds: if tape.rarely(40) {
            Kinds::default()
        } else {
            Kinds::only(&kinds)
        },
        pay_first: tape.rarely(5).then_some(Rate(pay_first)),
    }
}

fn used(policy: &Policy, tape: &mut Tape) -> Use {
    let date = date(policy, tape);
    let Kind { benefit, facts } = kind(policy, date, tape);
    let whose = [Whose::Own, Whose::Own, Whose::Family, Whose::YearSum];
    let funds = if tape.rarely(2) {
        FundName::ALL
    } else {
        &[FundName::Pool]
    };
    let amounts = |fund: &FundName| FundUse {
        fund: *fund,
        deductible: Fen(tape.amount(9_000)),
        in_scope: Fen(tape.amount(40_000)),
        counted: Fen(tape.amount(20_000)),
    };
    let funds = funds.iter().map(amounts).collect();
    Use {
        date,
        benefit,
        facts,
        whose: tape.one(&whose),
        fees: tape.amount(2),
        funds,
    }
}
