//! A reversal whose reply was lost around midnight: on which day it stands only the centre's lines tell.

use cunyi_app::views::ReconcileView;
use cunyi_centre::faults::Fault;
use cunyi_domain::batch::BatchState as S;
use cunyi_domain::money::Fen;
use cunyi_domain::refusal::Code;
use cunyi_domain::time::Moment;
use cunyi_domain::time::civil::Date;
use cunyi_gateway::message::{T2208, settle};

use crate::world::{World, worlds};

/// The clock stands so many seconds before midnight.
fn before_midnight(w: &World, seconds: i64) -> Date {
    let day = w.app.now().date();
    let midnight = Moment::start_of(day.tomorrow().unwrap());
    w.clock
        .advance(midnight.seconds_since(w.app.now()) - seconds);
    assert_eq!(w.app.now().date(), day);
    day
}

/// The evening of a day: counted, asked, looked at.
fn evening(w: &World, day: Date) -> ReconcileView {
    let look = || w.app.reconciliation(&w.doctor, day).unwrap();
    let cash = look().reconciled.drawers[0].expected;
    w.app.count_till(&w.doctor, day, cash, Fen::ZERO).unwrap();
    w.app.reconcile(&w.doctor, day).unwrap();
    look()
}

/// Lost while it was done (`done`) or before it was, some minutes after midnight.
fn lost_reversal(w: &World, done: bool) -> (Date, Date) {
    before_midnight(w, 3000);
    let visit = w.settled(w.resident(false), &w.cold());
    let batch = w.view(&visit).batches[0].id.clone();
    let day = before_midnight(w, 30);
    if done {
        w.centre.panel.set_fault(Fault::LoseReply, "2208", 1);
    } else {
        w.wire.hold("2208");
    }
    assert_eq!(
        w.code(w.app.reverse(&w.doctor, &batch, "退药")),
        Code::CentreUnknown
    );
    w.clock.advance(300);
    if !done {
        // As sent, without the number of a sign-in of the day before.
        let call = w.wire.of("2208").pop().unwrap();
        let field = |name: &str| {
            let text = call.sent["input"]["data"][name].as_str();
            text.unwrap().to_owned()
        };
        let input = settle::Reverse {
            setl_id: field("setl_id"),
            mdtrt_id: field("mdtrt_id"),
            psn_no: field("psn_no"),
        };
        w.at_centre_as::<T2208>(&call.msgid, &input.into());
    }
    w.app.resolve_due().unwrap();
    assert_eq!(w.states(&visit), [S::Reversed]);
    (day, day.tomorrow().unwrap())
}

#[test]
fn done_before_midnight_and_found_out_after_it() {
    for w in worlds("midnight_before") {
        let (day, next) = lost_reversal(&w, true);
        for day in [next, day] {
            let view = evening(&w, day);
            assert!(view.reconciled.green(), "{day}: {:?}", view.differences);
        }
        w.prove();
    }
}

#[test]
fn asked_for_before_midnight_and_done_after_it() {
    for first in [0, 1] {
        for w in worlds(&format!("midnight_after{first}")) {
            let (day, next) = lost_reversal(&w, false);
            let mut days = [day, next];
            days.rotate_left(first);
            for day in days {
                w.app.reconcile(&w.doctor, day).unwrap();
            }
            for day in days {
                let view = evening(&w, day);
                assert!(view.reconciled.green(), "{day}: {:?}", view.differences);
            }
            let on = |day| w.app.today(&w.doctor, day).unwrap().settlements;
            assert_eq!((on(day).len(), on(next).len()), (1, 1));
            let named = on(next).remove(0).platform_settlement;
            assert!(!named.is_empty(), "by the centre's lines");
            w.prove();
        }
    }
}
