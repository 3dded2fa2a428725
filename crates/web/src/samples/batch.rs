//! A batch in any state, with how its shares came about and what is known where it is lost.

use cunyi_app::views::{
    Answer, Basis, BatchView, Difference, LookView, LostView, NextLook, Part, Why, Working,
    WorkingStep,
};
use cunyi_domain::batch::BatchState;
use cunyi_domain::ids::BatchId;
use cunyi_domain::ledger::{Payer, RegistrationState};
use cunyi_domain::money::{Fen, Rate};
use cunyi_domain::resolve::{Choices, Finding};
use cunyi_domain::time::parse_date;
use cunyi_policy::{FundName, Rule, RuleAt, Step};

use super::{HOSTILE, now};

pub fn batch(position: i64, state: BatchState) -> BatchView {
    let chronic = position == 1;
    BatchView {
        id: BatchId(format!("B{position}")),
        position,
        number: format!("2611240013{position}"),
        registration: Some(RegistrationState::Unknown),
        visit_number: "00202611240013".to_owned(),
        platform_visit: "500100071".to_owned(),
        payer: Payer::Insured,
        benefit: if chronic { "chronic" } else { "general" }.to_owned(),
        disease_name: if chronic { "高血压" } else { "" }.to_owned(),
        state,
        total: Fen(if chronic { 2420 } else { 1100 }),
        estimated_fund: Fen(if chronic { 1557 } else { 500 }),
        estimate_why: Some(Why::OthersUnknown),
        working: Some(working()),
        answer: Some(answer(state)),
        fund: Fen(if chronic { 1557 } else { 500 }),
        account: Fen::ZERO,
        mutual_aid: Fen(120),
        cash: Fen(if chronic { 863 } else { 600 }),
        platform_settlement: "400125241".to_owned(),
        settled_at: Some(now()),
        said: if state == BatchState::Refused {
            "就诊信息不存在"
        } else {
            ""
        }
        .to_owned(),
        not_sent: state == BatchState::Presettled,
        lost: state.is_lost().then(lost),
        reversed_because: if state == BatchState::Reversed {
            HOSTILE
        } else {
            ""
        }
        .to_owned(),
        rest_of: None,
    }
}

/// A call whose answer never came, looked for twice.
fn lost() -> LostView {
    let look = |finding, settlement: &str| LookView {
        at: now(),
        infno: "5204".to_owned(),
        finding,
        platform_settlement: settlement.to_owned(),
    };
    LostView {
        called_at: now(),
        bound: now(),
        looks: vec![
            look(Finding::Silent, ""),
            look(Finding::Contradicts, HOSTILE),
        ],
        next: NextLook::Person,
        choices: Choices {
            done: true,
            not_done: true,
        },
    }
}

/// Of a class B line: what it pays first, and the ratio of the rest.
fn steps() -> Vec<WorkingStep> {
    let step = |rule, line: Option<usize>, base, result| WorkingStep {
        step: Step {
            rule,
            fund: FundName::Pool,
            at: 0,
            per: None,
            line,
            base: Fen(base),
            rate: Some(Rate(700_000)),
            left: None,
            result: Fen(result),
        },
        rule: RuleAt {
            path: "benefit.general.ratio".to_owned(),
            line: 21,
        },
        item: line.map_or("", |_| HOSTILE).to_owned(),
    };
    vec![
        step(Rule::PayFirst, Some(1), 1960, 196),
        step(Rule::Ratio, None, 2224, 1557),
    ]
}

fn working() -> Working {
    Working {
        steps: steps(),
        basis: Basis {
            source: "演示县城乡居民门诊统筹办法".to_owned(),
            from: parse_date("2020-01-01"),
            version: "sm3:0123456789ab".to_owned(),
            superseded: true,
        },
        data: String::new(),
        adds: String::new(),
    }
}

/// The centre agrees where a batch is settled, else it paid less.
fn answer(state: BatchState) -> Answer {
    let difference = Difference {
        part: Part::Pool,
        item: HOSTILE.to_owned(),
        ours: Fen(1557),
        theirs: Fen(1335),
        step: Some(1),
        told: steps().pop(),
    };
    Answer {
        difference: (state != BatchState::Settled).then_some(difference),
        steps: steps(),
    }
}
