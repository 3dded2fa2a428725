use cunyi_domain::amounts::Amounts;
use cunyi_domain::ids::{BatchId, ChargeId, ClinicId, VisitId};
use cunyi_domain::ledger::{Charge, ItemKind, LineClass};
use cunyi_domain::money::{Fen, Quantity, Rate, UnitPrice};
use cunyi_policy::{DEMO_RESIDENT, Rule, evaluate, parse, read_cases};

use super::{Theirs, first_difference, fresh};
use crate::setup::Installed;
use crate::views::{Part, Working, WorkingStep};

const NAMES: [&str; 3] = ["阿莫西林", "布洛芬", "一般诊疗费"];

/// 甲 20.00, 乙 20.00 with a ceiling of 18.00, and the fee, with 5.00 left of the year's cap.
fn ours() -> (Working, Vec<Charge>, Amounts) {
    let policy = parse(DEMO_RESIDENT, "demo").unwrap();
    let table = "date,level,lines,earlier\n\
                 2026-11-02,village,甲 20.00; 乙 20.00<18.00; 费 10.00,2026-03-01 general fund=395.00\n";
    let claim = read_cases(table, &policy).unwrap().remove(0).claim;
    let settled = evaluate(&policy, &claim).unwrap();
    let charges = claim.lines.iter().zip(&settled.lines).zip(NAMES);
    let charges = charges.map(|((line, share), name)| Charge {
        clinic: ClinicId::from("c1"),
        id: ChargeId::from(line.id.as_str()),
        visit: VisitId::from("v1"),
        batch: BatchId::from("b1"),
        position: 1,
        kind: ItemKind::Drug,
        code: String::new(),
        name: name.to_owned(),
        spec: String::new(),
        unit: String::new(),
        class: LineClass::A,
        consultation_fee: line.is_consultation_fee,
        price: UnitPrice(0),
        quantity: Quantity::whole(1),
        amount: line.amount,
        dose: String::new(),
        route: String::new(),
        frequency: String::new(),
        days: 0,
        footnote: None,
        drip_group: 0,
        drip_rate: 0,
        course: None,
        own_pay: share.own_pay,
        over_limit: share.over_limit,
        pay_first: share.pay_first,
        in_scope: share.in_scope,
        fund: share.fund,
        trace_codes: String::new(),
        rest_of: None,
    });
    let amounts = Amounts {
        total: settled.total,
        own_pay: settled.own_pay,
        over_limit: settled.over_limit,
        pay_first: settled.pay_first,
        in_scope: settled.in_scope,
        pool: settled.fund,
        fund: settled.fund,
        cash: settled.personal,
        ..Amounts::default()
    };
    let charges = charges.collect();
    let file = Installed {
        version: "sm3:0".to_owned(),
        policy,
    };
    (fresh(&settled, &file, &NAMES), charges, amounts)
}

/// What the centre does otherwise, and what is said of it: the figure, of which line, both sums,
/// and the rule of our step.
type Row = (
    fn(&mut Vec<Charge>, &mut Amounts, &mut Vec<WorkingStep>),
    (Part, &'static str, i64, i64, Option<Rule>),
);

/// 9.00 of the fee, and what the cap leaves of 36.20 × 70 %.
const POOL: i64 = 1_400;

const TABLE: [Row; 9] = [
    // Takes the first line for class C: the line comes before the sum that follows from it.
    (
        |lines, amounts, _| {
            lines[0].own_pay = Fen(2_000);
            amounts.own_pay = Fen(2_000);
            amounts.pool = Fen(900);
        },
        (Part::OwnPay, "阿莫西林", 0, 2_000, None),
    ),
    (
        |lines, _, _| lines[1].over_limit = Fen::ZERO,
        (Part::OverLimit, "布洛芬", 200, 0, Some(Rule::Ceiling)),
    ),
    (
        |lines, _, _| lines[1].pay_first = Fen(360),
        (Part::PayFirst, "布洛芬", 180, 360, Some(Rule::PayFirst)),
    ),
    // Told as a sum only.
    (
        |_, amounts, _| amounts.pay_first = Fen(360),
        (Part::PayFirst, "", 180, 360, Some(Rule::PayFirst)),
    ),
    (
        |_, amounts, _| amounts.deductible = Fen(500),
        (Part::Deductible, "", 0, 500, None),
    ),
    (
        |_, amounts, _| amounts.pool = Fen(900),
        (Part::Pool, "", POOL, 900, Some(Rule::Cap)),
    ),
    // The centre tells its steps: it is the ratio that is another, not the cap.
    (
        |_, amounts, steps| {
            amounts.pool = Fen(900);
            let of = |at: &WorkingStep| at.step.rule == Rule::Ratio;
            let ratio = steps.iter_mut().find(|at| of(at)).unwrap();
            ratio.step.rate = Some(Rate(600_000));
            ratio.step.result = Fen(2_172);
        },
        (Part::Pool, "", POOL, 900, Some(Rule::Ratio)),
    ),
    (
        |_, amounts, _| amounts.medical_aid = Fen(300),
        (Part::MedicalAid, "", 0, 300, None),
    ),
    (
        |_, amounts, _| amounts.hospital = Fen(100),
        (Part::Hospital, "", 0, 100, None),
    ),
];

#[test]
fn the_first_figure_that_is_another_is_found() {
    for (twist, (part, item, mine, other, rule)) in TABLE {
        let (working, mut charges, mut amounts) = ours();
        let mut steps = working.steps.clone();
        twist(&mut charges, &mut amounts, &mut steps);
        let told = steps != working.steps;
        let lines: Vec<&Charge> = charges.iter().collect();
        let theirs = Theirs {
            lines: &lines,
            amounts: &amounts,
            deductible: Some(amounts.deductible),
            steps: if told { &steps } else { &[] },
        };
        let found = first_difference(&working.steps, &theirs).unwrap();
        assert_eq!((found.part, found.item.as_str()), (part, item));
        assert_eq!(
            (found.ours, found.theirs),
            (Fen(mine), Fen(other)),
            "{part}"
        );
        let step = found.step.map(|place| working.steps[place].step.rule);
        assert_eq!(step, rule, "{part}");
        assert_eq!(found.told.is_some(), told);
    }
}

#[test]
fn where_all_is_equal_the_centre_agrees() {
    let (working, charges, amounts) = ours();
    let lines: Vec<&Charge> = charges.iter().collect();
    let twisted: Vec<WorkingStep> = working.steps.iter().rev().cloned().collect();
    // A deductible that is not told, an account that pays, and steps in another order are none.
    for steps in [&[][..], &working.steps, &twisted] {
        let theirs = Theirs {
            lines: &lines,
            amounts: &Amounts {
                account: amounts.cash,
                cash: Fen::ZERO,
                ..amounts.clone()
            },
            deductible: None,
            steps,
        };
        assert_eq!(first_difference(&working.steps, &theirs), None);
    }
    assert_eq!(working.steps[0].item, "布洛芬");
}
