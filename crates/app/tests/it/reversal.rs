//! Paying back: whole, once, with a reason.

use cunyi_domain::batch::BatchState as S;
use cunyi_domain::ledger::{SettlementKind, VisitState};
use cunyi_domain::money::Quantity;
use cunyi_domain::refusal::Code;

use crate::world::worlds;

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
