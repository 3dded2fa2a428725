//! Invented views for the tests that render every page.

use std::sync::Arc;

use cunyi_app::views::{
    AccountView, Age, ChargeView, CoverageView, DayView, DecidedView, Declined, DoctorView,
    DraftBody, DraftLine, Filing, FindingView, GoodsView, Identified, LayoutView, Objection,
    PastVisit, PatientForm, PatientHit, PatientStrip, PatientView, PaymentView, PolicyView,
    Preview, QueueEntry, RefundEstimate, RefundView, Remaining, SessionView, SettlementView,
    UserView, VisitView,
};
use cunyi_app::{Actor, Layout};
use cunyi_domain::batch::BatchState;
use cunyi_domain::id_number::Sex;
use cunyi_domain::ids::{BatchId, ChargeId, ClinicId, EntryId, PatientId, UserId, VisitId};
use cunyi_domain::ledger::{
    Certificate, Goods, ItemKind, LineClass, Method, Payer, PaymentKind, RegistrationState, Right,
    SettlementKind, Standing, VisitState,
};
use cunyi_domain::money::{Fen, Quantity, UnitPrice};
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_domain::time::{Moment, parse_date_time};
use cunyi_store::reference::Role;

use crate::chrome::Chrome;
use crate::words::Locale;

mod batch;
mod follow_up;
mod lists;
mod papers;
mod prescription;
mod receipts;
mod uploads;

use prescription::{courses, printed, skin_tests};

pub use batch::batch;
pub use follow_up::{due, end, end_form, ended, follow_up, judged, never_followed};
pub use lists::{
    accesses, clinic, courses_due, messages, outpatient_log, referrals, report, stock, templates,
};
pub use papers::{infused, infusion_register, paper, statement};
pub use receipts::{day_sheet, electronics, receipt, receipt_register, receipts};
pub use uploads::uploads;

/// A name that would be a script if a page did not escape it.
pub const HOSTILE: &str = "<script>alert(1)</script>\"'&";

pub fn now() -> Moment {
    parse_date_time("2026-11-24 09:46:12").unwrap()
}

fn filings() -> Vec<Filing> {
    vec![Filing {
        code: "M03900".to_owned(),
        name: "高血压".to_owned(),
    }]
}

pub fn chrome(locale: Locale) -> Chrome {
    let actor = Actor {
        clinic: ClinicId::from("C"),
        user: UserId::from("U"),
        role: Role::Doctor,
    };
    let session = SessionView {
        actor,
        user_name: "刘秀英".to_owned(),
        licence_ends: Some(now().date()),
        clinic: Arc::new(clinic().data),
        fictional: true,
        unconfirmed: true,
        invented_prices: true,
        locale: locale.tag().to_owned(),
        csrf: "c5f".to_owned(),
    };
    Chrome {
        locale,
        session: Some(session),
        now: now(),
        fictional: true,
        computer: crate::computer::Computer::default(),
    }
}

pub fn queue_entry(number: i64, name: &str, state: VisitState) -> QueueEntry {
    QueueEntry {
        visit: VisitId(format!("V{number}")),
        number: format!("0020261124{number:04}"),
        patient: PatientId(format!("P{number}")),
        name: name.to_owned(),
        sex: Sex::Female,
        age: if number == 15 {
            Age::Months(27)
        } else {
            Age::Years(67)
        },
        state,
        payer: Payer::Insured,
        registered_at: now(),
        diagnosis: "高血压2级".to_owned(),
        total: Fen(3520),
        fund: Fen(2057),
        unknown: number == 14,
        money: Standing::Even,
        given_unsettled: false,
        goods_undecided: 0,
        next_try: None,
        chronic: number == 13,
        course: (number == 15).then_some((1, 3)),
        skin_test: (number == 16).then_some(12),
    }
}

pub fn queue() -> Vec<QueueEntry> {
    vec![
        queue_entry(13, "陈桂香", VisitState::Seeing),
        queue_entry(14, "彭建国", VisitState::Waiting),
        queue_entry(15, "周小雨", VisitState::Waiting),
        queue_entry(16, HOSTILE, VisitState::Parked),
        queue_entry(12, "刘春生", VisitState::Done),
    ]
}

pub fn charge(
    place: i64,
    name: &str,
    class: LineClass,
    fen: i64,
    fund: i64,
    batch: i64,
) -> ChargeView {
    let own = if class == LineClass::C {
        Fen(fen)
    } else {
        Fen::ZERO
    };
    ChargeView {
        id: ChargeId(format!("F{place}")),
        kind: if name == "一般诊疗费" {
            ItemKind::Service
        } else {
            ItemKind::Drug
        },
        code: format!("X{place}"),
        name: name.to_owned(),
        spec: "5mg×28片".to_owned(),
        unit: "盒".to_owned(),
        class,
        price: UnitPrice::from_fen(fen),
        quantity: Quantity::whole(1),
        amount: Fen(fen),
        dose: "5mg".to_owned(),
        route: "口服".to_owned(),
        frequency: "每日一次".to_owned(),
        days: 28,
        footnote: None,
        drip_group: 0,
        drip_rate: 0,
        course: None,
        own_pay: own,
        over_limit: Fen::ZERO,
        pay_first: Fen::ZERO,
        in_scope: Fen(fen) - own,
        fund: Fen(fund),
        batch,
        follows: false,
        trace_codes: vec!["81234567890123456789".to_owned()],
    }
}

pub fn charges() -> Vec<ChargeView> {
    vec![
        charge(1, "苯磺酸氨氯地平片", LineClass::A, 460, 322, 1),
        charge(2, "厄贝沙坦片", LineClass::B, 1960, 1235, 1),
        charge(3, "复方氨酚烷胺片", LineClass::C, 500, 0, 2),
        charge(4, "一般诊疗费", LineClass::A, 600, 500, 2),
    ]
}

pub fn draft() -> DraftBody {
    let line = |code: &str| DraftLine {
        course: String::new(),
        code: code.to_owned(),
        dose: "5".to_owned(),
        route: "po".to_owned(),
        frequency: "qd".to_owned(),
        days: "28".to_owned(),
        quantity: String::new(),
        footnote: String::new(),
        group: String::new(),
        drip: String::new(),
        benefit: "chronic:M03900".to_owned(),
    };
    DraftBody {
        complaint: "头晕2天,复查血压,取药".to_owned(),
        history: HOSTILE.to_owned(),
        past_history: HOSTILE.to_owned(),
        auxiliary: HOSTILE.to_owned(),
        examination: "心律齐,双肺呼吸音清".to_owned(),
        temperature: "36.5".to_owned(),
        pulse: "76".to_owned(),
        systolic: "152".to_owned(),
        diastolic: "94".to_owned(),
        diagnoses: vec!["I10.x05".to_owned(), "J00.x00".to_owned()],
        lines: vec![line("X1"), line("X2")],
        reasons: vec![("too-little:XN02".to_owned(), "家中还有".to_owned())],
        own_pay_consent: true,
        ..DraftBody::default()
    }
}

pub fn preview() -> Preview {
    Preview {
        problems: vec![
            Refusal::at(Code::BadNumber, "dose").with("line", 2),
            Refusal::at(Code::BadNumber, "pulse"),
            Refusal::at(Code::NoDiagnosis, "diagnoses"),
        ],
        findings: vec![
            FindingView {
                key: "too-little:XN02".to_owned(),
                refused: true,
                code: "allergy-group".to_owned(),
                lines: vec![0],
                args: vec![
                    ("drug", "阿莫西林胶囊".to_owned()),
                    ("group", "penicillins".to_owned()),
                ],
                reason: String::new(),
            },
            FindingView {
                key: "too-little:XN02".to_owned(),
                refused: false,
                code: "too-little".to_owned(),
                lines: vec![1],
                args: vec![
                    ("drug", "厄贝沙坦片".to_owned()),
                    ("limit", "28".to_owned()),
                    ("unit", "片".to_owned()),
                ],
                reason: "家中还有".to_owned(),
            },
        ],
        lines: charges(),
        batches: vec![batch(1, BatchState::Draft), batch(2, BatchState::Draft)],
        total: Fen(3520),
        estimated_fund: Fen(2057),
        personal: Fen(1463),
        again: charges()
            .first()
            .map(|line| (line.code.clone(), now().date())),
        declined: vec![Declined {
            code: "S-006".to_owned(),
            name: HOSTILE.to_owned(),
        }],
        last: vec![ChargeView {
            dose: HOSTILE.to_owned(),
            ..charges().remove(0)
        }],
    }
}

fn strip() -> PatientStrip {
    PatientStrip {
        patient: PatientId::from("P13"),
        name: "陈桂香".to_owned(),
        sex: Sex::Female,
        age: Age::Years(67),
        masked_number: "4312***********021".to_owned(),
        phone: "13900001111".to_owned(),
        allergies: vec![(EntryId::from("E1"), "青霉素类".to_owned())],
        filings: Some(filings()),
        unfiled: vec!["diabetes".to_owned()],
        in_force_at: Some(now()),
        scheme: "390".to_owned(),
        remaining: Some(Remaining::Platform {
            left: Fen(21360),
            at: now(),
        }),
    }
}

pub fn visit(states: &[BatchState]) -> VisitView {
    let frozen = !states.is_empty();
    VisitView {
        visit: VisitId::from("V13"),
        number: "00202611240013".to_owned(),
        state: VisitState::Seeing,
        payer: Payer::Insured,
        registration: Some(if frozen {
            RegistrationState::Registered
        } else {
            RegistrationState::Refused
        }),
        registration_said: "医保中心：人员信息不符".to_owned(),
        certificate: Certificate::Voucher,
        registered_at: now(),
        doctor: "刘秀英".to_owned(),
        patient: strip(),
        fields: cunyi_app::views::RecordFields::default(),
        proxy: Some(("陈小明".to_owned(), "儿子".to_owned())),
        typed: true,
        frozen,
        handed_over: false,
        money: Standing::Even,
        payments: vec![payment(PaymentKind::Deposit)],
        account: states
            .contains(&BatchState::Presettled)
            .then_some(AccountView {
                balance: Fen(31_250),
                keeps: states.len() > 1,
            }),
        deposit: states
            .contains(&BatchState::Unknown)
            .then_some((Fen(863), Fen(2420))),
        forms: vec![],
        insurable: states.iter().all(|s| *s == BatchState::Settled),
        objections: vec![Objection {
            rule: HOSTILE.to_owned(),
            text: HOSTILE.to_owned(),
            amount: Some(Fen(1250)),
        }],
        draft: draft(),
        draft_version: 3,
        begins: None,
        skin_tests: skin_tests(),
        courses: courses(),
        papers: printed(frozen),
        receipts: receipts(),
        electronics: electronics(),
        referred_to: frozen.then(|| HOSTILE.to_owned()),
        diagnosis_names: vec!["高血压2级".to_owned(), "急性上呼吸道感染".to_owned()],
        charges: if frozen { charges() } else { vec![] },
        batches: (1..)
            .zip(states)
            .map(|(place, state)| batch(place, *state))
            .collect(),
        dropped: vec![],
        goods: goods(states),
        past: vec![past()],
    }
}

/// Of each reversed batch one line that is to be decided, and one of each decision.
fn goods(states: &[BatchState]) -> Vec<GoodsView> {
    let reversed = (1..)
        .zip(states)
        .filter(|(_, s)| **s == BatchState::Reversed);
    let decisions = std::iter::once(None).chain(Goods::ALL.iter().copied().map(Some));
    let decisions: Vec<_> = decisions.collect();
    let of = |(position, _): (i32, &BatchState)| {
        let line = move |decision: &Option<Goods>| GoodsView {
            charge: ChargeId::from("F1"),
            batch: BatchId(format!("B{position}")),
            name: HOSTILE.to_owned(),
            spec: "5mg×28片".to_owned(),
            unit: "盒".to_owned(),
            quantity: Quantity::whole(1),
            decided: decision.map(|decision| DecidedView {
                decision,
                reason: HOSTILE.to_owned(),
                at: now(),
            }),
        };
        decisions.iter().map(line).collect::<Vec<_>>()
    };
    reversed.flat_map(of).collect()
}

/// A refund in part before anything is chosen, with an estimate, and where nothing can be estimated.
pub fn refunds() -> Vec<RefundView> {
    let estimate = |known: bool| RefundEstimate {
        back: Fen(460),
        total: Fen(1960),
        fund: known.then_some(Fen(1235)),
        cash: known.then_some(Fen(725)),
        returned: known.then_some(Fen(138)),
    };
    let all = [None, Some(estimate(true)), Some(estimate(false))];
    let view = |estimate| RefundView {
        visit: VisitId::from("V13"),
        number: "00202611240013".to_owned(),
        batch: batch(1, BatchState::Settled),
        lines: charges(),
        certificate: Some(Certificate::Voucher),
        estimate,
    };
    all.map(view).into()
}

pub fn past() -> PastVisit {
    PastVisit {
        visit: VisitId::from("V1"),
        at: now(),
        diagnoses: "高血压2级".to_owned(),
        items: "苯磺酸氨氯地平片".to_owned(),
        total: Fen(1060),
        pressure: Some((148, 92)),
        glucose: Some(61),
        insurable: true,
    }
}

pub fn payment(kind: PaymentKind) -> PaymentView {
    PaymentView {
        id: EntryId::from("E1"),
        kind,
        method: Method::Qr,
        amount: Fen(863),
        at: now(),
    }
}

pub fn doctors() -> Vec<DoctorView> {
    vec![DoctorView {
        id: UserId::from("U1"),
        name: "张村医".to_owned(),
    }]
}

pub fn identified() -> Identified {
    let coverage = |scheme: &str, in_force, local| CoverageView {
        scheme: scheme.to_owned(),
        in_force,
        local,
        place: "演示县".to_owned(),
        person_type: "普通居民".to_owned(),
        balance: Fen(12_345),
        remaining: Some(Remaining::OwnUse { used: Fen(18_640) }),
        denied: "待遇等待期内".to_owned(),
    };
    Identified {
        doctors: doctors(),
        handle: "H1".to_owned(),
        name: "陈桂香".to_owned(),
        sex: Sex::Female,
        age: Age::Years(67),
        masked_number: "4312***********021".to_owned(),
        certificate: Certificate::IdCard,
        typed: true,
        coverages: vec![coverage("390", true, true), coverage("310", false, false)],
        proposed: Some(0),
        filings: None,
        patient: Some(PatientId::from("P13")),
        name_here: Some("陈桂芗".to_owned()),
        warnings: vec![
            Refusal::new(Code::ClockSkew)
                .with("minutes", 6)
                .with("way", "ahead")
                .with("limit", 30),
        ],
    }
}

pub fn patient_form() -> PatientForm {
    PatientForm {
        name: "陈桂香".to_owned(),
        sex: "2".to_owned(),
        birth_date: "1959-03-02".to_owned(),
        id_number: "4312***********021".to_owned(),
        phone: "138****0000".to_owned(),
        address: HOSTILE.to_owned(),
        guardian_name: String::new(),
        guardian_id_number: String::new(),
    }
}

pub fn patient() -> PatientView {
    PatientView {
        courses: courses(),
        patient: PatientId::from("P13"),
        fields: patient_form(),
        age: Age::Years(67),
        ended: Some(end()),
        erased: false,
        allergies: vec![(EntryId::from("E1"), "青霉素类".to_owned())],
        visits: vec![past()],
        referrals: referrals().recorded,
        accesses: vec![("王审核".to_owned(), Role::Township, now())],
    }
}

pub fn hits() -> Vec<PatientHit> {
    vec![PatientHit {
        patient: PatientId::from("P13"),
        name: HOSTILE.to_owned(),
        sex: Sex::Male,
        age: Age::Days(20),
        masked_number: String::new(),
        last_visit: Some(now()),
    }]
}

/// A settlement and its reversal.
fn settlements() -> [SettlementView; 2] {
    let settlement = |kind, reason: &str| SettlementView {
        kind,
        visit: VisitId::from("V13"),
        batch: BatchId::from("B1"),
        number: "26112400131".to_owned(),
        name: "陈桂香".to_owned(),
        at: now(),
        actor: "刘秀英".to_owned(),
        reason: reason.to_owned(),
        benefit: "chronic:M03900".to_owned(),
        platform_settlement: "400125241".to_owned(),
        total: Fen(2420),
        fund: Fen(1557),
        account: Fen::ZERO,
        cash: Fen(863),
    };
    [
        settlement(SettlementKind::Settlement, ""),
        settlement(SettlementKind::Reversal, HOSTILE),
    ]
}

pub fn day() -> DayView {
    DayView {
        visits: queue(),
        settlements: settlements().into(),
        total: Fen::ZERO,
        fund: Fen::ZERO,
        account: Fen::ZERO,
        cash: Fen::ZERO,
        uploads: Some(2),
    }
}

pub fn layouts() -> Vec<LayoutView> {
    let view = |layout: &Layout| LayoutView {
        layout: *layout,
        own: (*layout == Layout::FeeList).then(|| HOSTILE.to_owned()),
        active_from: Some(now()),
    };
    Layout::ALL.iter().map(view).collect()
}

pub fn policies() -> Vec<PolicyView> {
    let policy = |name: &str, fictional, confirmed: &str| PolicyView {
        name: name.to_owned(),
        version: "0123456789ab".to_owned(),
        region: HOSTILE.to_owned(),
        scheme: "390".to_owned(),
        source: HOSTILE.to_owned(),
        fictional,
        confirmed_by: confirmed.to_owned(),
        confirmed_on: (!confirmed.is_empty()).then(|| now().date()),
        active_from: now(),
    };
    vec![
        policy("policy-1", true, ""),
        policy("policy-2", false, ""),
        policy("policy-3", false, HOSTILE),
    ]
}

pub fn users() -> Vec<UserView> {
    let user = |login: &str, active, locked, own| UserView {
        user: UserId(format!("U-{login}")),
        login: login.to_owned(),
        name: HOSTILE.to_owned(),
        role: Role::Doctor,
        national_code: "D990001000001".to_owned(),
        licence_until: Some(now().date()),
        licence_ends: Some(now().date()),
        active,
        locked,
        own,
        rights: vec![Right::Infusion],
    };
    vec![
        user("zhang", true, true, false),
        user("li", false, false, false),
        user("admin", true, false, true),
    ]
}
