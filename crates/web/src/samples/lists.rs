//! The stock, the logs, the templates.

use cunyi_app::views::{
    AccessView, Age, ClinicData, ClinicView, CourseDue, DaySums, DiagnosedView, DoctorSums,
    HeadingView, LogRow, MessageView, OutpatientLog, PayCode, PayerSums, ReferralForm,
    ReferralView, Referrals, ReportView, Shares, SoldView, StockView, TemplateScope, TemplateView,
    Took,
};
use cunyi_domain::id_number::Sex;
use cunyi_domain::ids::{PatientId, TemplateId, VisitId};
use cunyi_domain::ledger::{AccessKind, ItemKind, Payer};
use cunyi_domain::money::{Fen, Quantity};
use cunyi_domain::time::parse_date;

use super::{HOSTILE, now, paper};

pub fn stock() -> Vec<StockView> {
    vec![StockView {
        code: "X1".to_owned(),
        name: "苯磺酸氨氯地平片".to_owned(),
        spec: "5mg×28片".to_owned(),
        unit: "片".to_owned(),
        lots: vec![(
            "A2026".to_owned(),
            parse_date("2027-01-31").unwrap(),
            Quantity::whole(280),
            Quantity::whole(28),
        )],
        free: Quantity::whole(252),
        quarantined: Quantity::whole(3),
        near_expiry: true,
    }]
}

pub fn accesses() -> Vec<AccessView> {
    let entry = |what: AccessKind, detail: &str| AccessView {
        at: now(),
        name: "王审计".to_owned(),
        role: "auditor".to_owned(),
        what,
        detail: detail.to_owned(),
        patient: (what == AccessKind::Record).then(|| PatientId::from("P1")),
    };
    let lists = [
        "search",
        "day",
        "queue",
        "reconcile",
        "courses",
        "outpatient-log",
        "infusions",
        "receipts",
        "day-sheet",
        "accesses",
    ];
    let lists = lists.map(|list| entry(AccessKind::List, list));
    let actions = cunyi_app::Action::ALL.iter();
    let refused = actions.map(|action| entry(AccessKind::Refused, action.as_str()));
    let others = AccessKind::ALL.iter().map(|what| entry(*what, ""));
    others.chain(lists).chain(refused).collect()
}

pub fn messages() -> Vec<MessageView> {
    ["pending", "success", "refused", "unknown", "not_sent"]
        .map(|state| MessageView {
            id: "H43120000001202611240946120001".to_owned(),
            infno: "2207".to_owned(),
            state: state.to_owned(),
            requested_at: now(),
            answered_at: (state == "success").then(now),
        })
        .into()
}

/// A doctor's template, the clinic's, and one of the township's own clinic.
pub fn templates() -> Vec<TemplateView> {
    let of = |id: &str, scope, removable| TemplateView {
        id: TemplateId::from(id),
        name: HOSTILE.to_owned(),
        scope,
        removable,
        diagnoses: vec!["J06.900".to_owned()],
        items: vec![HOSTILE.to_owned()],
    };
    vec![
        of("T1", TemplateScope::Own, true),
        of("T2", TemplateScope::Clinic, true),
        of("T3", TemplateScope::Township, false),
    ]
}

/// A first visit and a return.
pub fn outpatient_log() -> OutpatientLog {
    let row = |again| LogRow {
        visit: VisitId::from("V1"),
        at: now(),
        name: HOSTILE.to_owned(),
        sex: Sex::Female,
        age: Age::Months(7),
        phone: HOSTILE.to_owned(),
        address: HOSTILE.to_owned(),
        again,
        complaint: HOSTILE.to_owned(),
        diagnoses: HOSTILE.to_owned(),
        treatment: HOSTILE.to_owned(),
        doctor: HOSTILE.to_owned(),
        onset: again.then(|| now().date()),
        notifiable: HOSTILE.to_owned(),
    };
    OutpatientLog {
        clinic: HOSTILE.to_owned(),
        from: now().date(),
        to: now().date(),
        rows: vec![row(false), row(true)],
    }
}

/// A referral that was written anew.
pub fn referrals() -> Referrals {
    let one = |urgent| ReferralView {
        at: now(),
        by: HOSTILE.to_owned(),
        said: ReferralForm {
            urgent,
            destination: HOSTILE.to_owned(),
            reason: HOSTILE.to_owned(),
            treated: HOSTILE.to_owned(),
        },
    };
    Referrals {
        paper: paper(&[]),
        recorded: vec![one(true), one(false)],
        open: true,
    }
}

/// A month in figures.
pub fn report() -> ReportView {
    let took = Took {
        total: Fen(4030),
        fund: Fen(2230),
        account: Fen(800),
        cash: Fen(1000),
        hospital: Fen(0),
    };
    let day = |text: &str| parse_date(text).unwrap();
    let one = |text: &str, visits, took| DaySums {
        day: day(text),
        visits,
        took,
    };
    ReportView {
        clinic: HOSTILE.to_owned(),
        from: day("2026-11-01"),
        to: day("2026-11-03"),
        visits: 3,
        took,
        headings: vec![HeadingView {
            code: "09".to_owned(),
            amount: Fen(4030),
        }],
        items: vec![SoldView {
            kind: ItemKind::Drug,
            code: "X1".to_owned(),
            name: HOSTILE.to_owned(),
            spec: "5mg×28片".to_owned(),
            unit: "片".to_owned(),
            quantity: Quantity::whole(28),
            amount: Fen(4030),
        }],
        doctors: vec![DoctorSums {
            name: HOSTILE.to_owned(),
            visits: 3,
            took,
        }],
        payers: vec![
            PayerSums {
                payer: Payer::Insured,
                benefit: "chronic".to_owned(),
                took,
            },
            PayerSums {
                payer: Payer::SelfPay,
                benefit: String::new(),
                took: Took::default(),
            },
        ],
        diagnoses: vec![DiagnosedView {
            code: "J06.900".to_owned(),
            name: HOSTILE.to_owned(),
            visits: 3,
        }],
        shares: Shares {
            drugs: 3,
            antibiotics: 1,
            injections: 0,
            infusions: 0,
        },
        days: vec![
            one("2026-11-01", 1, Took::default()),
            one("2026-11-02", 0, Took::default()),
            one("2026-11-03", 2, took),
        ],
        hours: std::array::from_fn(|hour| i64::from(hour == 9) * 3),
    }
}

pub fn clinic() -> ClinicView {
    ClinicView {
        institution_code: "P99990100021".to_owned(),
        institution_name: "青山乡卫生院".to_owned(),
        township: false,
        data: ClinicData {
            name: "青山村卫生室".to_owned(),
            phone: "0991-5550123".to_owned(),
            address: "青山村二组".to_owned(),
            record: cunyi_app::views::RecordFields::default(),
            pay_codes: vec![PayCode {
                name: "微信".to_owned(),
                content: HOSTILE.to_owned(),
            }],
        },
    }
}

pub fn courses_due() -> Vec<CourseDue> {
    let due = |missed| CourseDue {
        patient: PatientId::from("P1"),
        name: HOSTILE.to_owned(),
        phone: HOSTILE.to_owned(),
        age: Age::Years(68),
        names: vec![HOSTILE.to_owned(), "0.9%氯化钠注射液".to_owned()],
        days: 5,
        done: 2,
        last: now().date(),
        missed,
    };
    vec![due(2), due(0)]
}
