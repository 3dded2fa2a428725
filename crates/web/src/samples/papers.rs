//! What stands on papers.

use cunyi_app::views::{
    Age, ChargeView, InfusionRegister, InfusionRow, Paper, Statement, TestRow, TestedView, Turn,
};
use cunyi_domain::amounts::Amounts;
use cunyi_domain::batch::BatchState;
use cunyi_domain::id_number::Sex;
use cunyi_domain::ids::{EntryId, VisitId};
use cunyi_domain::ledger::SkinTestState;
use cunyi_domain::money::{Fen, Rate};

use super::{HOSTILE, batch, charges, now, patient_form, settlements, visit};

pub fn paper(states: &[BatchState]) -> Paper {
    Paper {
        clinic: "青山村卫生室".to_owned(),
        fictional: true,
        unconfirmed: true,
        invented_prices: true,
        visit: visit(states),
        patient: patient_form(),
        day: now().date(),
        diagnoses: "高血压2级、急性上呼吸道感染".to_owned(),
        supply_reason: "进城带孙，三个月后回".to_owned(),
        given: charges(),
        headings: charges()
            .into_iter()
            .map(|line| (line.code, "09".to_owned()))
            .collect(),
        controlled: vec![],
        turns: vec![],
        tests: vec![],
        scheme: "390".to_owned(),
        person_number: "43120000009900123".to_owned(),
        insured_at: "990001".to_owned(),
        entry: None,
        printed_at: now(),
        cashier: "刘秀英".to_owned(),
    }
}

pub fn statement(state: BatchState) -> Statement {
    let amounts = Amounts {
        total: Fen(2420),
        pay_first: Fen(196),
        in_scope: Fen(2224),
        pool: Fen(1557),
        fund: Fen(1557),
        cash: Fen(863),
        ratio: Rate::percent(70),
        ..Amounts::default()
    };
    let settled = matches!(state, BatchState::Settled | BatchState::Reversed);
    let [made, back] = settlements();
    Statement {
        paper: paper(&[state, BatchState::Settled]),
        batch: batch(1, state),
        lines: charges().into_iter().filter(|l| l.batch == 1).collect(),
        amounts: settled.then_some(amounts),
        ratio: Rate::percent(70),
        settled: settled.then_some(made),
        reversal: (state == BatchState::Reversed).then_some(back),
    }
}

fn turn() -> Turn {
    Turn {
        course: EntryId::from("L1"),
        day: 2,
        days: 5,
    }
}

fn tested() -> TestedView {
    TestedView {
        code: "X9".to_owned(),
        name: HOSTILE.to_owned(),
        state: SkinTestState::Negative,
        at: now(),
        by: vec![HOSTILE.to_owned(), "王药师".to_owned()],
    }
}

/// A drip of two drugs, the second day of five, and an injection twice a day for three days.
pub fn infused() -> Paper {
    let line = charges().remove(0);
    let drip = |code: &str, name: &str, drip_rate| ChargeView {
        code: code.to_owned(),
        name: name.to_owned(),
        route: "静脉滴注".to_owned(),
        frequency: "每日一次".to_owned(),
        days: 5,
        drip_group: 1,
        drip_rate,
        course: Some(EntryId::from("L1")),
        ..line.clone()
    };
    let injected = ChargeView {
        route: "肌内注射".to_owned(),
        frequency: "每日两次".to_owned(),
        days: 3,
        ..line.clone()
    };
    Paper {
        given: vec![
            drip("X8", "0.9%氯化钠注射液", 0),
            drip("X9", HOSTILE, 40),
            injected,
            line,
        ],
        turns: vec![turn()],
        tests: vec![tested()],
        ..paper(&[BatchState::Settled])
    }
}

pub fn infusion_register() -> InfusionRegister {
    let row = |turn: Option<Turn>| InfusionRow {
        visit: VisitId::from("V1"),
        at: now(),
        name: HOSTILE.to_owned(),
        sex: Sex::Female,
        age: Age::Months(27),
        diagnoses: HOSTILE.to_owned(),
        drugs: vec![
            ("0.9%氯化钠注射液".to_owned(), "250ml".to_owned()),
            (HOSTILE.to_owned(), "320万单位".to_owned()),
        ],
        route: "静脉滴注".to_owned(),
        frequency: "每日一次".to_owned(),
        days: 3,
        drip_rate: 40,
        turn,
        tests: vec![tested()],
        doctor: HOSTILE.to_owned(),
    };
    let test = |state: &SkinTestState| TestRow {
        at: now(),
        name: HOSTILE.to_owned(),
        sex: Sex::Male,
        age: Age::Years(68),
        drug: HOSTILE.to_owned(),
        state: *state,
        read_at: Some(now()),
        by: vec![HOSTILE.to_owned()],
    };
    InfusionRegister {
        clinic: HOSTILE.to_owned(),
        from: now().date(),
        to: now().date(),
        rows: vec![row(Some(turn())), row(None)],
        tests: SkinTestState::ALL.iter().map(test).collect(),
    }
}
