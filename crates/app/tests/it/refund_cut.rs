//! A refund in part that is cut off at each of its calls, in each way there is: it ends on both sides.

use std::panic::{AssertUnwindSafe, catch_unwind};

use cunyi_centre::faults::Fault;
use cunyi_domain::batch::BatchState as S;
use cunyi_domain::ids::VisitId;
use cunyi_domain::ledger::{Method, PaymentKind as K, Standing, VisitState};
use cunyi_domain::money::{Fen, Quantity};
use cunyi_domain::refusal::Code;

use crate::refund::{DRUG, ONE, back, ended, give_back, given, reason};
use crate::world::{World, worlds};

/// What may happen to one of the five calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Accident {
    /// The centre did it, and the answer was lost.
    LostReply,
    /// The line is cut from this call on.
    Down,
    /// The centre says no.
    Refused,
    /// The power is cut after the centre did it.
    CutAfter,
    /// It is cut before the request arrives.
    CutBefore,
}

const CALLS: [&str; 5] = ["2208", "2203", "2204", "2206", "2207"];

const ACCIDENTS: [Accident; 5] = [
    Accident::LostReply,
    Accident::Down,
    Accident::Refused,
    Accident::CutAfter,
    Accident::CutBefore,
];

/// The refund meets an accident; what was told, if the program still stood.
fn meets(w: &World, visit: &VisitId, infno: &'static str, accident: Accident) {
    let some = back(w, visit, ONE);
    let fault = |fault| w.centre.panel.set_fault(fault, infno, 1);
    let before = w.states(visit).len();
    match accident {
        Accident::LostReply => fault(Fault::LoseReply),
        Accident::Refused => fault(Fault::Refuse),
        Accident::Down => {
            // The call before it comes through; the line is cut while its answer is on its way.
            let place = CALLS.iter().position(|c| *c == infno).unwrap();
            match place.checked_sub(1) {
                None => w.centre.panel.set_down(true),
                Some(place) => {
                    let centre = w.centre.clone();
                    w.wire.twist(CALLS[place], move |came| {
                        centre.panel.set_down(true);
                        came
                    });
                }
            }
        }
        Accident::CutAfter | Accident::CutBefore => {
            if accident == Accident::CutBefore {
                w.wire.hold(infno);
            }
            w.wire.twist(infno, |_| panic!("the power is cut"));
            let cut = catch_unwind(AssertUnwindSafe(|| give_back(w, visit, &some)));
            assert!(cut.is_err(), "{infno} {accident:?}");
            w.app.recover().unwrap();
            return;
        }
    }
    w.refused(give_back(w, visit, &some));
    w.centre.panel.set_down(false);
    assert!(w.states(visit).len() >= before);
}

/// The program's rounds, for as long as they find something to do.
fn rounds(w: &World) {
    for _ in 0..40 {
        w.clock.advance(120);
        w.app.resolve_due().unwrap();
        w.app.settle_deferred().unwrap();
    }
}

#[test]
fn whatever_happens_it_ends_on_both_sides() {
    for w in worlds("part_accidents") {
        w.restock();
        let mut people = w.residents();
        for infno in CALLS {
            for accident in ACCIDENTS {
                let person = people.next().unwrap();
                let before = w.centre_paid(person);
                let visit = given(&w, person);
                let owed = w.view(&visit).batches[0].cash;
                meets(&w, &visit, infno, accident);
                rounds(&w);
                let what = format!("{infno} {accident:?}");
                let states = w.states(&visit);
                let nothing_done = infno == "2208"
                    && matches!(
                        accident,
                        Accident::Down | Accident::Refused | Accident::CutBefore
                    );
                if nothing_done {
                    assert_eq!(states, [S::Settled], "{what}");
                    assert_eq!(w.view(&visit).money, Standing::Even, "{what}");
                    give_back(&w, &visit, &back(&w, &visit, ONE)).unwrap();
                } else if accident == Accident::Refused {
                    // A person decides; what she can do stands on the page.
                    assert_eq!(states[0], S::Reversed, "{what}");
                    assert!(states[1].is_unsettled(), "{what}");
                    assert_eq!(w.view(&visit).money, Standing::Held(owed), "{what}");
                    let queue = w.app.queue(&w.doctor).unwrap();
                    let entry = queue.iter().find(|e| e.visit == visit).unwrap();
                    assert!(entry.given_unsettled && entry.next_try.is_none(), "{what}");
                    w.app.presettle(&w.doctor, &visit).unwrap();
                    w.settle(&visit).unwrap();
                }
                assert_eq!(w.states(&visit), [S::Reversed, S::Settled], "{what}");
                let view = w.view(&visit);
                let rest = &view.batches[1];
                let less = Standing::ToReturn(owed - rest.cash);
                assert_eq!(view.money, less, "{what}");
                let paid = w.centre_paid(person) - before;
                assert_eq!(paid, rest.fund - Fen(900), "{what}");
                assert_eq!(view.state, VisitState::Done);
            }
        }
        w.prove();
    }
}

#[test]
fn a_lost_reversal_is_found_by_the_button_and_the_rest_settled_with_it() {
    for w in worlds("part_button") {
        let person = w.resident(false);
        let before = w.centre_paid(person);
        let visit = given(&w, person);
        meets(&w, &visit, "2208", Accident::LostReply);
        assert_eq!(w.states(&visit), [S::ReversalUnknown]);
        w.app.resolve(&w.doctor, &visit).unwrap();
        ended(&w, person, &visit, before);
        assert_eq!(reason(&w), "退一盒", "as it was wanted");
    }
}

#[test]
fn a_reversal_whole_after_one_in_part_was_refused_leaves_nothing_to_charge() {
    for w in worlds("part_then_whole") {
        let visit = given(&w, w.resident(false));
        meets(&w, &visit, "2208", Accident::Refused);
        let batch = w.view(&visit).batches[0].id.clone();
        w.app.reverse(&w.doctor, &batch, "全退").unwrap();
        assert_eq!(w.states(&visit), [S::Reversed]);
        assert_eq!(w.view(&visit).money, Standing::Even);
        w.prove();
    }
}

#[test]
fn where_the_platform_refuses_the_rest_the_patient_may_pay_it() {
    for w in worlds("part_own_pay") {
        let person = w.resident(false);
        let before = w.centre_paid(person);
        let visit = given(&w, person);
        meets(&w, &visit, "2206", Accident::Refused);
        let rest = w.view(&visit).batches[1].clone();
        let dropped = w.app.drop_batch(&w.doctor, &rest.id, "不要");
        assert_eq!(w.code(dropped), Code::WrongState, "it was given");
        w.app.own_pay(&w.doctor, &rest.id).unwrap();
        let held = match w.view(&visit).money {
            Standing::Held(amount) => amount,
            other => panic!("{other:?}"),
        };
        let shown = [
            (w.view(&visit).batches[0].id.clone(), Fen::ZERO),
            (rest.id.clone(), rest.total),
        ];
        w.app
            .settle(&w.doctor, &visit, &shown, Method::Cash)
            .unwrap();
        let view = w.view(&visit);
        assert_eq!(w.states(&visit), [S::Reversed, S::Settled]);
        let last = view.payments.last().unwrap();
        assert_eq!((last.kind, last.amount), (K::Paid, rest.total - held));
        assert_eq!(view.money, Standing::Even);
        assert_eq!(w.centre_paid(person), before);
        w.prove();
    }
}

/// While the visit is open its doctor may also take the rest back and write anew.
#[test]
fn before_the_drugs_are_given_the_rest_may_be_taken_back() {
    for w in worlds("part_take_back") {
        let visit = w.settled(w.resident(false), &w.cold());
        let owed = w.view(&visit).batches[0].cash;
        meets(&w, &visit, "2206", Accident::Refused);
        assert_eq!(w.states(&visit), [S::Reversed, S::Uploaded]);
        w.app.take_back(&w.doctor, &visit).unwrap();
        let view = w.view(&visit);
        assert!(!view.frozen);
        assert_eq!(view.money, Standing::ToReturn(owed));
        assert_eq!(w.stock(DRUG).1, Quantity::ZERO);
        w.prove();
    }
}
