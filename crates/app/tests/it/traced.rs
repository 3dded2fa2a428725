//! A box is sold once: a code that was handed over is refused for whoever comes next, and is free again
//! once its box is back in its lot.

use cunyi_domain::ids::{ChargeId, VisitId};
use cunyi_domain::ledger::Goods;
use cunyi_domain::refusal::{Code, Refusal};

use crate::goods::decide;
use crate::refund::{DRUG, ONE, back, give_back};
use crate::world::{World, worlds};

const BOX: &str = "81234567890123456789";

/// The drug of a visit's last batch.
fn drug(w: &World, visit: &VisitId) -> ChargeId {
    let lines = w.view(visit).charges.into_iter();
    lines.rev().find(|c| c.name == DRUG).unwrap().id
}

fn scan(w: &World, visit: &VisitId) -> cunyi_app::Result<()> {
    w.app.scan_trace(&w.doctor, &drug(w, visit), BOX)
}

/// Somebody with a box of it, before the fund pays.
fn with_a_box(w: &World) -> VisitId {
    w.presettled(w.resident(false), &w.cold())
}

/// The same, scanned and handed over.
fn sold(w: &World) -> VisitId {
    let visit = with_a_box(w);
    scan(w, &visit).unwrap();
    w.settle(&visit).unwrap();
    w.app.hand_over(&w.doctor, &visit).unwrap();
    visit
}

fn refusal(result: cunyi_app::Result<()>) -> Refusal {
    match result {
        Err(cunyi_app::AppError::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_code_that_was_sold_is_refused_and_says_where() {
    for w in worlds("traced") {
        w.restock();
        let first = with_a_box(&w);
        scan(&w, &first).unwrap();
        scan(&w, &first).unwrap();
        let second = with_a_box(&w);
        assert_eq!(w.code(scan(&w, &second)), Code::TraceCodeHeld);
        w.settle(&first).unwrap();
        w.app.hand_over(&w.doctor, &first).unwrap();
        let told = refusal(scan(&w, &second));
        assert_eq!(told.code, Code::TraceCodeSold);
        let day = w.app.now().date().to_string();
        let number = w.view(&first).number;
        for (name, value) in [
            ("trace", BOX),
            ("item", DRUG),
            ("number", &number),
            ("on", &day),
        ] {
            assert!(told.args.contains(&(name, value.to_owned())), "{told:?}");
        }
        // Nothing of it is kept, and another box is.
        let line = drug(&w, &second);
        let kept = |w: &World| {
            let lines = w.view(&second).charges.into_iter();
            lines
                .filter(|c| c.id == line)
                .flat_map(|c| c.trace_codes)
                .collect::<Vec<_>>()
        };
        assert_eq!(kept(&w), Vec::<String>::new());
        // A part of a code is another code.
        w.app.scan_trace(&w.doctor, &line, &BOX[..19]).unwrap();
        assert_eq!(kept(&w), [&BOX[..19]]);
        w.prove();
    }
}

#[test]
fn it_is_free_once_the_box_is_back_and_not_before() {
    for w in worlds("traced_back") {
        w.restock();
        // Taken back or paid back before it left.
        let gone = with_a_box(&w);
        scan(&w, &gone).unwrap();
        w.app.take_back(&w.doctor, &gone).unwrap();
        let paid_back = with_a_box(&w);
        scan(&w, &paid_back).unwrap();
        w.settle(&paid_back).unwrap();
        let batch = w.view(&paid_back).batches[0].id.clone();
        w.app.reverse(&w.doctor, &batch, "开错药").unwrap();

        for (goods, code) in [
            (Goods::Kept, "80000000000000000001"),
            (Goods::Quarantined, "80000000000000000002"),
            (Goods::NotHandedOver, "80000000000000000003"),
        ] {
            let visit = with_a_box(&w);
            let line = drug(&w, &visit);
            w.app.scan_trace(&w.doctor, &line, code).unwrap();
            w.settle(&visit).unwrap();
            w.app.hand_over(&w.doctor, &visit).unwrap();
            let batch = w.view(&visit).batches[0].id.clone();
            w.app.reverse(&w.doctor, &batch, "全退").unwrap();
            let next = with_a_box(&w);
            let again = || w.app.scan_trace(&w.doctor, &drug(&w, &next), code);
            assert_eq!(w.code(again()), Code::TraceCodeSold, "nobody has decided");
            decide(&w, &visit, goods, "查看过").unwrap();
            if goods == Goods::NotHandedOver {
                again().unwrap();
            } else {
                assert_eq!(w.code(again()), Code::TraceCodeSold, "{goods}");
            }
        }
        w.prove();
    }
}

#[test]
fn what_stays_of_a_refund_keeps_its_code_and_what_comes_back_gives_it_up() {
    for w in worlds("traced_part") {
        w.restock();
        let visit = sold(&w);
        // The code stays with the rest, wherever the part that came back lies.
        give_back(&w, &visit, &back(&w, &visit, ONE)).unwrap();
        decide(&w, &visit, Goods::NotHandedOver, "一袋没有拿走").unwrap();
        let next = with_a_box(&w);
        assert_eq!(w.code(scan(&w, &next)), Code::TraceCodeSold);
        // The rest is paid back too, and was not taken either.
        let rest = w.view(&visit).batches[1].id.clone();
        w.app.reverse(&w.doctor, &rest, "全退").unwrap();
        assert_eq!(w.code(scan(&w, &next)), Code::TraceCodeSold);
        decide(&w, &visit, Goods::NotHandedOver, "都没有拿走").unwrap();
        scan(&w, &next).unwrap();
        w.prove();
    }
}

#[test]
fn what_is_split_from_one_box_bears_its_code_each_time() {
    for w in worlds("traced_split") {
        w.restock();
        let some = |quantity: &str| {
            let mut body = w.cold();
            body.lines[0].quantity = quantity.to_owned();
            let visit = w.register(w.resident(false));
            let preview = w.app.preview(&w.doctor, &visit, &body).unwrap();
            let findings = preview.findings.into_iter();
            body.reasons = findings.map(|f| (f.key, "家中还有".to_owned())).collect();
            w.app.freeze(&w.doctor, &visit, 0, &body).unwrap();
            visit
        };
        let (first, second) = (some("3"), some("2"));
        scan(&w, &first).unwrap();
        scan(&w, &second).unwrap();
        assert_eq!(
            w.code(scan(&w, &some("9"))),
            Code::TraceCodeHeld,
            "a whole one is another"
        );
        w.prove();
    }
}
