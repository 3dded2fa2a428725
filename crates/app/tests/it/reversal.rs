//! Paying back: whole, once, with a reason.

use cunyi_domain::batch::BatchState as S;
use cunyi_domain::ledger::{SettlementKind, VisitState};
use cunyi_domain::money::Quantity;
use cunyi_domain::refusal::{Code, Refusal};

use crate::world::{Setting, World, worlds, worlds_of};

#[test]
fn a_reversal_has_a_reason_and_happens_once() {
    for w in worlds("reverse_once") {
        let person = w.resident(false);
        let before = w.centre_paid(person);
        let visit = w.presettled(person, &w.cold());
        let batch = w.view(&visit).batches[0].id.clone();
        let reverse = |reason: &str| w.app.reverse(&w.doctor, &batch, reason);
        assert_eq!(
            w.code(reverse("退药")),
            Code::WrongState,
            "nothing is paid yet"
        );
        w.settle(&visit).unwrap();
        for (reason, code) in [
            ("", Code::ReasonMissing),
            (" \n ", Code::ReasonMissing),
            ("退\0药", Code::BadText),
            (&"长".repeat(201), Code::BadText),
        ] {
            let refusal = w.refused(reverse(reason));
            assert_eq!((refusal.code, refusal.field), (code, Some("reason")));
        }
        reverse(" 开错药 ").unwrap();
        assert_eq!(w.code(reverse("开错药")), Code::WrongState);
        assert_eq!(w.states(&visit), [S::Reversed]);
        assert_eq!(w.wire.of("2208").len(), 1);
        assert_eq!(w.centre_paid(person), before);
        let day = w.app.today(&w.doctor, w.app.now().date()).unwrap();
        let (paid, back) = (&day.settlements[0], &day.settlements[1]);
        assert_eq!(
            (paid.kind, back.kind),
            (SettlementKind::Settlement, SettlementKind::Reversal)
        );
        assert_eq!(
            (paid.total, paid.fund, paid.cash),
            (back.total, back.fund, back.cash)
        );
        assert_eq!(back.reason, "开错药");
        assert_ne!(paid.platform_settlement, back.platform_settlement);
        let statement = w.app.statement(&w.doctor, &batch).unwrap();
        // It says of both under which number and when, and who took and gave the cash.
        assert_eq!(statement.settled.as_ref(), Some(paid));
        assert_eq!(statement.reversal.as_ref(), Some(back));
        assert_eq!(statement.paper.cashier, "测试doctor");
        w.prove();
    }
}

#[test]
fn before_the_drugs_are_handed_over_a_reversal_frees_them_and_the_visit_can_be_cancelled() {
    for w in worlds("reverse_before") {
        let visit = w.settled(w.resident(false), &w.cold());
        let (on_hand, reserved) = w.stock("感冒灵颗粒");
        assert!(reserved > Quantity::ZERO);
        let batch = w.view(&visit).batches[0].id.clone();
        w.app.reverse(&w.doctor, &batch, "患者不要了").unwrap();
        assert_eq!(w.stock("感冒灵颗粒"), (on_hand, Quantity::ZERO));
        assert_eq!(w.code(w.app.hand_over(&w.doctor, &visit)), Code::WrongState);
        w.app
            .move_visit(&w.doctor, &visit, VisitState::Cancelled)
            .unwrap();
        w.prove();
    }
}

#[test]
fn after_the_drugs_were_handed_over_they_stay_with_the_patient() {
    for w in worlds("reverse_after") {
        let visit = w.settled(w.resident(false), &w.cold());
        w.app.hand_over(&w.doctor, &visit).unwrap();
        let gone = w.stock("感冒灵颗粒");
        let batch = w.view(&visit).batches[0].id.clone();
        w.app.reverse(&w.doctor, &batch, "收费有误").unwrap();
        assert_eq!(w.stock("感冒灵颗粒"), gone);
        w.prove();
    }
}

#[test]
fn one_of_two_batches_is_paid_back() {
    for w in worlds("reverse_one") {
        let visit = w.settled(w.resident(true), &w.cold_and_pressure());
        let batch = w.view(&visit).batches[1].id.clone();
        w.app.reverse(&w.doctor, &batch, "换药").unwrap();
        assert_eq!(w.states(&visit), [S::Settled, S::Reversed]);
        assert!(w.stock("感冒灵颗粒").1 > Quantity::ZERO, "still promised");
        assert_eq!(w.stock("苯磺酸氨氯地平片").1, Quantity::ZERO);
        let cancel = w.app.move_visit(&w.doctor, &visit, VisitState::Cancelled);
        assert_eq!(w.code(cancel), Code::WrongState);
        // What is paid is handed over, the rest is not.
        w.app.hand_over(&w.doctor, &visit).unwrap();
        assert_eq!(w.view(&visit).state, VisitState::Done);
        w.prove();
    }
}

/// Of a settlement of 24 November: what reversing it is refused for after so many days.
fn refused_after(w: &World, days: i64) -> Option<Refusal> {
    let visit = w.settled(w.resident(false), &w.cold());
    let batch = w.view(&visit).batches[0].id.clone();
    w.app.hand_over(&w.doctor, &visit).unwrap();
    w.clock.advance(days * 86_400);
    w.wire.clear();
    let refused = w.app.reverse(&w.doctor, &batch, "退药").err()?;
    let refusal = w.refused::<()>(Err(refused));
    assert_eq!(w.wire.of("2208").len(), 0, "nothing is sent");
    assert_eq!(w.states(&visit), [S::Settled]);
    let form = cunyi_app::views::RefundForm::default();
    assert_eq!(w.refused(w.app.refund(&w.doctor, &batch, &form)), refusal);
    Some(refusal)
}

#[test]
fn beyond_the_regions_period_nothing_is_sent() {
    let usual = Setting::default();
    let within = |period: &str| Setting {
        region: usual
            .region
            .replace("within = \"year\"", &format!("within = {period:?}")),
        ..usual.clone()
    };
    let late = |period: &str| {
        let refusal = Refusal::new(Code::ReversalTooLate).with("settled", "2026-11-24");
        Some(refusal.with("within", period))
    };
    for (schema, period, days, refusal) in [
        ("late_month", "month", 6, None),
        ("late_month_on", "month", 7, late("month")),
        ("late_year", "year", 37, None),
        ("late_year_on", "year", 38, late("year")),
        ("late_any", "any", 400, None),
    ] {
        for w in worlds_of(schema, &within(period)) {
            assert_eq!(refused_after(&w, days), refusal, "{schema}");
            w.prove();
        }
    }
}

#[test]
fn what_the_platform_refuses_within_it_is_told_whole() {
    for w in worlds("late_there") {
        let visit = w.settled(w.resident(false), &w.cold());
        let batch = w.view(&visit).batches[0].id.clone();
        let fault = cunyi_centre::faults::Fault::Refuse;
        w.centre.panel.set_fault(fault, "2208", 1);
        let refusal = w.refused(w.app.reverse(&w.doctor, &batch, "退药"));
        assert_eq!(refusal.code, Code::CentreRefused);
        let told = refusal.args.iter().find(|(name, _)| *name == "text");
        let said = &w.view(&visit).batches[0].said;
        assert!(told.is_some_and(|(_, text)| text == said && !said.is_empty()));
        w.prove();
    }
}
