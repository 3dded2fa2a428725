//! A centre on bad days: down, slow, HTML, half a reply, another call's reply. Every call of a visit
//! meets each of them; nothing is left half-written, and the visit can be finished.

use std::time::Duration;

use cunyi_app::views::IdentifyForm;
use cunyi_centre::faults::Fault;
use cunyi_domain::batch::BatchState as S;
use cunyi_domain::ids::VisitId;
use cunyi_domain::ledger::RegistrationState as R;
use cunyi_domain::refusal::Code;
use cunyi_domain::transport::Reply;

use crate::wire::renumbered;
use crate::world::{World, worlds};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Day {
    Down,
    Slow,
    Html,
    Half,
    Refused,
    /// The same transaction's reply to somebody else's call.
    Another,
    /// A reply that is no JSON object.
    Noise,
    /// An empty 200.
    Empty,
}

const DAYS: [Day; 8] = [
    Day::Down,
    Day::Slow,
    Day::Html,
    Day::Half,
    Day::Refused,
    Day::Another,
    Day::Noise,
    Day::Empty,
];

impl Day {
    /// What the user is told when a call meets this day.
    fn code(self) -> Code {
        match self {
            Self::Down => Code::CentreDown,
            Self::Refused => Code::CentreRefused,
            Self::Another => Code::CentreMismatch,
            _ => Code::CentreUnknown,
        }
    }
}

/// Makes the next call of a transaction meet a bad day.
fn set(w: &World, day: Day, infno: &'static str) {
    let fault = |fault| w.centre.panel.set_fault(fault, infno, 1);
    let body = |body: Vec<u8>| {
        w.wire
            .twist(infno, move |_| Ok(Reply { status: 200, body }));
    };
    match day {
        Day::Down => w.centre.panel.set_down(true),
        Day::Slow => w.centre.panel.set_slow(Duration::from_secs(61)),
        Day::Html => fault(Fault::Html),
        Day::Half => fault(Fault::Truncate),
        Day::Refused => fault(Fault::Refuse),
        Day::Another => {
            let reply = another(w, infno);
            w.wire.twist(infno, move |_| Ok(reply));
        }
        Day::Noise => body((0..=255).collect()),
        Day::Empty => body(Vec::new()),
    }
}

/// What the centre answered to the first call of this transaction: somebody else's, under a number
/// that never came here.
fn another(w: &World, infno: &str) -> Reply {
    let number = format!("another {}", w.wire.calls().len());
    renumbered(&came_before(w, infno), &number)
}

/// The very answer to the first call of this transaction.
fn came_before(w: &World, infno: &str) -> Reply {
    w.wire.of(infno)[0].came.clone().unwrap()
}

fn over(w: &World) {
    w.centre.panel.set_down(false);
    w.centre.panel.set_slow(Duration::ZERO);
}

/// A neighbour's visit from the door to the reversal: her replies are the other calls' replies.
fn neighbour(w: &World) {
    let visit = w.settled(w.residents().nth(1).unwrap(), &w.cold());
    let batch = w.view(&visit).batches[0].id.clone();
    w.app.reverse(&w.doctor, &batch, "退药").unwrap();
}

#[test]
fn the_door() {
    for w in worlds("bad_door") {
        neighbour(&w);
        let person = w.resident(false);
        let form = IdentifyForm {
            certificate: "02".to_owned(),
            number: person.id_number.clone(),
            ..IdentifyForm::default()
        };
        for day in DAYS {
            set(&w, day, "1101");
            // A question that stays unanswered has moved nothing, and is asked again.
            let code = match day.code() {
                Code::CentreUnknown => Code::CentreSilent,
                code => code,
            };
            assert_eq!(w.code(w.app.identify(&w.doctor, &form)), code, "{day:?}");
            over(&w);
        }
        assert_eq!(w.identify(person).name, person.name);
    }
}

#[test]
fn registration() {
    for w in worlds("bad_register") {
        neighbour(&w);
        for day in DAYS {
            let found = w.identify(w.resident(false));
            set(&w, day, "2201");
            let form = cunyi_app::views::RegisterForm {
                handle: found.handle,
                ..Default::default()
            };
            let visit = w.app.register(&w.doctor, &form).unwrap();
            over(&w);
            let expected = match day {
                Day::Down => R::Open,
                Day::Refused => R::Refused,
                _ => R::Unknown,
            };
            assert_eq!(w.view(&visit).registration, Some(expected), "{day:?}");
            w.app.retry_registration(&w.doctor, &visit).unwrap();
            assert_eq!(w.view(&visit).registration, Some(R::Registered), "{day:?}");
        }
        w.prove();
    }
}

/// The first call of `infno` in a pre-settlement meets `day`; the second attempt succeeds.
fn presettling(w: &World, day: Day, infno: &'static str, state: S) {
    let visit = w.frozen(w.resident(false), &w.consult_only());
    let draft = w.view(&visit).draft;
    set(w, day, infno);
    let code = w.code(w.app.presettle(&w.doctor, &visit));
    over(w);
    assert_eq!(code, day.code(), "{infno} {day:?}");
    let view = w.view(&visit);
    assert_eq!(view.batches[0].state, state, "{infno} {day:?}");
    assert_eq!(view.draft, draft, "what was typed is still there");
    assert_eq!(view.batches[0].said.is_empty(), day != Day::Refused);
    finish(w, &visit);
}

fn finish(w: &World, visit: &VisitId) {
    w.app.presettle(&w.doctor, visit).unwrap();
    w.settle(visit).unwrap();
    w.app.hand_over(&w.doctor, visit).unwrap();
    assert_eq!(w.states(visit), [S::Settled]);
}

#[test]
fn before_the_money() {
    for w in worlds("bad_before") {
        w.restock();
        neighbour(&w);
        for day in DAYS {
            // 2203 answers nothing that could belong to another call, and moves nothing.
            if !matches!(day, Day::Another) {
                presettling(&w, day, "2203", S::Draft);
            }
            // Down, slow strike the first call of the chain.
            if !matches!(day, Day::Down | Day::Slow) {
                presettling(&w, day, "2204", S::Draft);
                presettling(&w, day, "2206", S::Uploaded);
            }
        }
        w.prove();
    }
}

#[test]
fn the_settlement() {
    for w in worlds("bad_settle") {
        neighbour(&w);
        for day in DAYS {
            let visit = w.presettled(w.resident(false), &w.cold());
            set(&w, day, "2207");
            let code = w.code(w.settle(&visit));
            over(&w);
            assert_eq!(code, day.code(), "{day:?}");
            let expected = match day {
                // Nothing left: nothing happened, and it is sent again as it stands.
                Day::Down => S::Presettled,
                Day::Refused => S::Refused,
                _ => S::Unknown,
            };
            assert_eq!(w.states(&visit), [expected], "{day:?}");
            let batch = &w.view(&visit).batches[0];
            assert_eq!(batch.not_sent, day == Day::Down, "{day:?}");
            assert_eq!(batch.said.is_empty(), day != Day::Refused, "{day:?}");
            if day == Day::Down {
                w.settle(&visit).unwrap();
                assert!(!w.view(&visit).batches[0].not_sent);
                w.app.hand_over(&w.doctor, &visit).unwrap();
                continue;
            }
            assert_eq!(w.code(w.settle(&visit)), Code::WrongState, "{day:?}");
            if day == Day::Refused {
                finish(&w, &visit);
            } else {
                assert_eq!(
                    w.code(w.app.presettle(&w.doctor, &visit)),
                    Code::WrongState,
                    "{day:?}"
                );
            }
        }
        w.prove();
    }
}

#[test]
fn the_reversal() {
    for w in worlds("bad_reverse") {
        neighbour(&w);
        for day in DAYS {
            let visit = w.settled(w.resident(false), &w.cold());
            let batch = w.view(&visit).batches[0].id.clone();
            set(&w, day, "2208");
            let code = w.code(w.app.reverse(&w.doctor, &batch, "退药"));
            over(&w);
            assert_eq!(code, day.code(), "{day:?}");
            let certain = matches!(day, Day::Down | Day::Refused);
            let expected = if certain {
                S::Settled
            } else {
                S::ReversalUnknown
            };
            assert_eq!(w.states(&visit), [expected], "{day:?}");
            let batch_view = &w.view(&visit).batches[0];
            assert_eq!(batch_view.not_sent, day == Day::Down, "{day:?}");
            if certain {
                w.app.reverse(&w.doctor, &batch, "退药").unwrap();
                assert_eq!(w.states(&visit), [S::Reversed], "{day:?}");
            }
        }
        w.prove();
    }
}

#[test]
fn a_reply_of_another_transaction_is_no_settlement() {
    for w in worlds("bad_swap") {
        neighbour(&w);
        for infno in ["1101", "2201", "2204", "2206", "2208", "5301", "9001"] {
            let visit = w.presettled(w.resident(false), &w.cold());
            let own = w.wire.of("2206").last().unwrap().came.clone().unwrap();
            let reply = if infno == "2206" {
                own
            } else {
                another(&w, infno)
            };
            w.wire.twist("2207", move |_| Ok(reply));
            w.refused(w.settle(&visit));
            assert_eq!(w.states(&visit), [S::Unknown], "{infno}");
        }
        w.prove();
    }
}

/// Empty answers and refusals echo nothing: that they came before tells whose they are.
#[test]
fn an_answer_that_came_before_is_another_calls() {
    for w in worlds("bad_before_answer") {
        neighbour(&w);
        let visit = w.frozen(w.resident(false), &w.cold());
        let again = |infno: &str, of: &str| {
            let reply = came_before(&w, of);
            w.wire.twist(infno, move |_| Ok(reply));
        };
        again("2203", "2203");
        assert_eq!(
            w.code(w.app.presettle(&w.doctor, &visit)),
            Code::CentreMismatch
        );
        assert_eq!(w.states(&visit), [S::Draft]);
        w.app.presettle(&w.doctor, &visit).unwrap();

        w.wire.clear();
        w.centre.panel.set_fault(Fault::Refuse, "2207", 1);
        assert_eq!(w.code(w.settle(&visit)), Code::CentreRefused);
        w.app.presettle(&w.doctor, &visit).unwrap();
        again("2207", "2207");
        assert_eq!(w.code(w.settle(&visit)), Code::CentreMismatch);
        assert_eq!(w.states(&visit), [S::Unknown], "it was done");
        w.prove();
    }
}

#[test]
fn a_refusal_that_is_not_the_platforms_own_is_not_believed_about_money() {
    for w in worlds("bad_elsewhere") {
        let visit = w.presettled(w.resident(false), &w.cold());
        let body = br#"{"code":500,"message":"gateway busy"}"#.to_vec();
        w.wire
            .twist("2207", move |_| Ok(Reply { status: 200, body }));
        assert_eq!(w.code(w.settle(&visit)), Code::CentreUnknown);
        assert_eq!(w.states(&visit), [S::Unknown]);
        let found = w.identify(w.residents().nth(1).unwrap());
        let body = br#"{"code":500,"message":"gateway busy"}"#.to_vec();
        w.wire
            .twist("2201", move |_| Ok(Reply { status: 200, body }));
        let form = cunyi_app::views::RegisterForm {
            handle: found.handle,
            ..Default::default()
        };
        let visit = w.app.register(&w.doctor, &form).unwrap();
        assert_eq!(
            w.view(&visit).registration,
            Some(R::Unknown),
            "it may be registered"
        );
        w.prove();
    }
}
