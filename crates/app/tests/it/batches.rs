//! One visit, several settlement batches.

use cunyi_app::AppError;
use cunyi_centre::faults::Fault;
use cunyi_domain::batch::BatchState as S;
use cunyi_domain::ledger::{Method, VisitState};
use cunyi_domain::money::Fen;
use cunyi_domain::refusal::Code;

use crate::world::{Setting, filed, is_resident, worlds, worlds_of};

#[test]
fn a_filed_hypertensive_with_a_cold_is_two_batches_of_one_visit() {
    for w in worlds("two_batches") {
        let person = w.resident(true);
        let visit = w.presettled(person, &w.cold_and_pressure());
        let view = w.view(&visit);
        let parts: Vec<_> = view
            .batches
            .iter()
            .map(|b| (b.position, b.benefit.as_str()))
            .collect();
        assert_eq!(parts, [(1, "general"), (2, "chronic")]);
        assert_eq!(view.batches[1].disease_name, "高血压");
        let filings = view.patient.filings.unwrap_or_default();
        assert_eq!(
            filings.iter().map(|f| f.code.as_str()).collect::<Vec<_>>(),
            ["M03900"]
        );
        for batch in &view.batches {
            assert_eq!(
                (batch.state, batch.fund),
                (S::Presettled, batch.estimated_fund)
            );
            let lines = view.charges.iter().filter(|c| c.batch == batch.position);
            assert_eq!(lines.map(|c| c.amount).sum::<Fen>(), batch.total);
        }
        w.wire.clear();
        w.settle(&visit).unwrap();
        // The first settlement may have used up a cap: the second is asked for again before it.
        assert_eq!(w.wire.said(), ["2207", "2203", "2206", "2207"]);
        assert_eq!(w.states(&visit), [S::Settled, S::Settled]);
        let view = w.view(&visit);
        let fund: Fen = view.batches.iter().map(|b| b.fund).sum();
        let elsewhere = person.fund_elsewhere;
        assert_eq!(w.centre_paid(person), fund + elsewhere - free_of_cap(&view));
        w.app.hand_over(&w.doctor, &visit).unwrap();
        assert_eq!(w.view(&visit).state, VisitState::Done);
        w.prove();
    }
}

/// The fund's part of a consultation fee counts towards no cap in the resident scheme: 9.00 of 10.00.
fn free_of_cap(view: &cunyi_app::views::VisitView) -> Fen {
    let fees = view.charges.iter().filter(|c| c.name == "一般诊疗费");
    fees.map(|c| c.fund).sum()
}

#[test]
fn the_first_batch_stands_when_the_second_is_refused() {
    for w in worlds("second_refused") {
        let visit = w.presettled(w.resident(true), &w.cold_and_pressure());
        let centre = w.centre.clone();
        w.wire.twist("2207", move |came| {
            centre.panel.set_fault(Fault::Refuse, "2207", 1);
            came
        });
        let refusal = w.refused(w.settle(&visit));
        assert_eq!(refusal.code, Code::CentreRefused);
        assert_eq!(w.states(&visit), [S::Settled, S::Refused]);
        assert!(w.view(&visit).batches[1].said.contains("系统繁忙"));
        assert_eq!(w.code(w.app.hand_over(&w.doctor, &visit)), Code::WrongState);
        assert_eq!(w.code(w.app.take_back(&w.doctor, &visit)), Code::WrongState);
        // A refused batch is asked for again, the settled one is left alone.
        assert_eq!(w.code(w.settle(&visit)), Code::WrongState);
        w.app.presettle(&w.doctor, &visit).unwrap();
        assert_eq!(w.states(&visit), [S::Settled, S::Presettled]);
        w.settle(&visit).unwrap();
        assert_eq!(w.code(w.settle(&visit)), Code::WrongState);
        w.app.hand_over(&w.doctor, &visit).unwrap();
        assert_eq!(w.wire.of("2207").len(), 3);
        w.prove();
    }
}

#[test]
fn two_filed_diseases_are_two_chronic_batches() {
    for w in worlds("two_filings") {
        let person = w.person(|p| is_resident(p) && filed(p).len() == 2);
        let mut body = w.cold();
        body.diagnoses = vec!["I10.x00x002".to_owned(), "E11.900".to_owned()];
        body.lines = vec![w.line("苯磺酸氨氯地平片"), w.line("二甲双胍片")];
        let visit = w.settled(person, &body);
        let view = w.view(&visit);
        let parts = view
            .batches
            .iter()
            .map(|b| (b.benefit.as_str(), b.disease_name.as_str()));
        assert_eq!(
            parts.collect::<Vec<_>>(),
            [("chronic", "高血压"), ("chronic", "糖尿病")]
        );
        let sent: Vec<String> = w.wire.of("2204").iter().map(disease).collect();
        assert_eq!(sent, ["M03900", "M01600"]);
        w.prove();
    }
}

fn disease(call: &crate::wire::Call) -> String {
    call.sent["input"]["feedetail"][0]["dise_codg"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[test]
fn without_a_filing_the_same_drugs_are_one_general_batch() {
    for w in worlds("no_filing") {
        let visit = w.frozen(w.resident(false), &w.cold_and_pressure());
        let view = w.view(&visit);
        assert_eq!(view.batches.len(), 1);
        assert_eq!(view.batches[0].benefit, "general");
    }
}

#[test]
fn a_share_that_is_not_the_one_seen_is_confirmed_first() {
    for w in worlds("share_seen") {
        let visit = w.presettled(w.resident(false), &w.cold());
        let mut shown = w.shown(&visit);
        shown[0].1 += Fen(1);
        assert_eq!(
            w.code(w.app.settle(&w.doctor, &visit, &shown, Method::Cash)),
            Code::ShareChanged
        );
        assert_eq!(
            w.code(w.app.settle(&w.doctor, &visit, &[], Method::Cash)),
            Code::ShareChanged
        );
        assert_eq!(w.states(&visit), [S::Presettled]);
        assert_eq!(w.wire.of("2207").len(), 0);
        w.settle(&visit).unwrap();
        w.prove();
    }
}

#[test]
fn a_share_that_the_first_batch_changed_is_confirmed_again() {
    // A cap over both benefits that the cold nearly uses up.
    let tight = "\n[[shared_cap]]\nper = \"year\"\namount = \"9.00\"\n\
                 benefits = [\"general\", \"chronic\"]\n";
    let setting = Setting {
        resident: Setting::default().resident + tight,
        ..Setting::default()
    };
    for w in worlds_of("share_changed", &setting) {
        let person =
            w.person(|p| is_resident(p) && filed(p) == ["高血压"] && p.fund_elsewhere == Fen::ZERO);
        let visit = w.presettled(person, &w.cold_and_pressure());
        let before = w.view(&visit).batches[1].cash;
        let Err(AppError::Refused(refusal)) = w.settle(&visit) else {
            panic!("settled at a share nobody saw");
        };
        let view = w.view(&visit);
        assert_eq!(refusal.code, Code::ShareChanged);
        let told = [
            ("n", "2".to_owned()),
            ("old", before.to_string()),
            ("new", view.batches[1].cash.to_string()),
        ];
        assert_eq!(refusal.args, told);
        assert_eq!(w.states(&visit), [S::Settled, S::Presettled]);
        assert!(
            view.batches[1].cash > before,
            "{before} {}",
            view.batches[1].cash
        );
        assert_eq!(w.wire.of("2207").len(), 1);
        w.settle(&visit).unwrap();
        assert_eq!(w.view(&visit).batches[1].cash, view.batches[1].cash);
        w.prove();
    }
}

#[test]
fn what_another_visit_used_up_meanwhile_stands_in_the_settlement_as_the_centre_said() {
    let setting = Setting {
        resident: Setting::default()
            .resident
            .replace("amount = \"400.00\"", "amount = \"9.00\""),
        ..Setting::default()
    };
    for w in worlds_of("other_visit", &setting) {
        let person =
            w.person(|p| is_resident(p) && p.filings.is_empty() && p.fund_elsewhere == Fen::ZERO);
        let (first, second) = (
            w.presettled(person, &w.cold()),
            w.presettled(person, &w.cold()),
        );
        let seen = w.view(&second).batches[0].cash;
        w.settle(&first).unwrap();
        w.settle(&second).unwrap();
        let batch = &w.view(&second).batches[0];
        assert!(batch.cash > seen);
        assert_eq!(batch.cash + batch.fund + batch.account, batch.total);
        w.prove();
    }
}
