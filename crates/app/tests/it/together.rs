//! Two at once: threads, and a second hand that acts while the first waits for the centre.

use std::sync::{Arc, Barrier, Mutex};

use cunyi_app::{App, AppError, Result};
use cunyi_domain::batch::BatchState as S;
use cunyi_domain::ids::VisitId;
use cunyi_domain::ledger::{Method, VisitState};
use cunyi_domain::money::Quantity;
use cunyi_domain::refusal::Code;

use crate::world::{World, worlds};

/// Runs the same work in so many threads at once.
fn at_once<T: Send>(threads: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let barrier = Barrier::new(threads);
    std::thread::scope(|scope| {
        let one = |i| {
            let (barrier, work) = (&barrier, &work);
            scope.spawn(move || {
                barrier.wait();
                work(i)
            })
        };
        let running: Vec<_> = (0..threads).map(one).collect();
        running.into_iter().map(|t| t.join().unwrap()).collect()
    })
}

fn good<T>(results: &[Result<T>]) -> usize {
    results.iter().filter(|r| r.is_ok()).count()
}

/// Everyone who did not do it was refused, and knows why.
fn others_were_refused<T: std::fmt::Debug>(w: &World, results: Vec<Result<T>>, codes: &[Code]) {
    for result in results.into_iter().filter(Result::is_err) {
        let code = w.code(result);
        assert!(codes.contains(&code), "{code}");
    }
}

#[test]
fn two_settlements_at_once_are_one_2207() {
    for w in worlds("twice_settled") {
        for _ in 0..5 {
            let visit = w.presettled(w.resident(false), &w.cold());
            w.wire.clear();
            let shown = w.shown(&visit);
            let results = at_once(2, |_| w.app.settle(&w.doctor, &visit, &shown, Method::Cash));
            assert_eq!(good(&results), 1);
            assert_eq!(w.wire.of("2207").len(), 1);
            others_were_refused(&w, results, &[Code::WrongState, Code::Changed]);
            assert_eq!(w.states(&visit), [S::Settled]);
        }
        w.prove();
    }
}

#[test]
fn the_same_step_at_once_happens_once() {
    let codes = [Code::WrongState, Code::Changed];
    for w in worlds("twice_each") {
        let visit = w.register(w.resident(false));
        let body = w.cold();
        let results = at_once(3, |_| w.app.freeze(&w.doctor, &visit, 0, &body));
        assert_eq!(good(&results), 1);
        others_were_refused(&w, results, &codes);
        assert_eq!(w.stock("感冒灵颗粒").1, Quantity::whole(9));
        let results = at_once(3, |_| w.app.presettle(&w.doctor, &visit));
        others_were_refused(&w, results, &codes);
        assert_eq!(
            (w.wire.of("2204").len(), w.states(&visit)),
            (1, vec![S::Presettled])
        );
        w.settle(&visit).unwrap();
        let results = at_once(3, |_| w.app.hand_over(&w.doctor, &visit));
        assert_eq!(good(&results), 1);
        others_were_refused(&w, results, &codes);
        assert_eq!(w.stock("感冒灵颗粒"), (Quantity::whole(81), Quantity::ZERO));
        let batch = w.view(&visit).batches[0].id.clone();
        let results = at_once(3, |_| w.app.reverse(&w.doctor, &batch, "退药"));
        assert_eq!((good(&results), w.wire.of("2208").len()), (1, 1));
        others_were_refused(&w, results, &codes);
        w.prove();
    }
}

#[test]
fn the_last_packs_are_promised_once() {
    for w in worlds("last_packs") {
        let mut body = w.cold();
        // 54 bags: two such do not fit into the ninety in the cupboard.
        "54".clone_into(&mut body.lines[0].quantity);
        let visits: Vec<VisitId> = w.residents().take(3).map(|p| w.register(p)).collect();
        let results = at_once(3, |i| w.app.freeze(&w.doctor, &visits[i], 0, &body));
        assert_eq!(good(&results), 1);
        others_were_refused(&w, results, &[Code::NoStock, Code::Changed]);
        assert_eq!(
            w.stock("感冒灵颗粒"),
            (Quantity::whole(90), Quantity::whole(54))
        );
        w.prove();
    }
}

#[test]
fn an_identification_is_one_visit_however_often_it_is_clicked() {
    for w in worlds("clicked") {
        let form = cunyi_app::views::RegisterForm {
            handle: w.identify(w.resident(false)).handle,
            ..Default::default()
        };
        let results = at_once(3, |_| w.app.register(&w.doctor, &form));
        assert_eq!(good(&results), 1);
        others_were_refused(&w, results, &[Code::NotFound]);
        assert_eq!(w.app.queue(&w.doctor).unwrap().len(), 1);
    }
}

/// Acts while a reply of `infno` is on its way; answers what came of it.
fn meanwhile(
    w: &World,
    infno: &str,
    act: impl FnOnce(&App) -> Result<()> + Send + 'static,
) -> Arc<Mutex<Option<Result<()>>>> {
    let done = Arc::new(Mutex::new(None));
    let (app, kept) = (Arc::clone(&w.app), Arc::clone(&done));
    w.wire.twist(infno, move |came| {
        *kept.lock().unwrap() = Some(act(&app));
        came
    });
    done
}

fn came_of(done: &Mutex<Option<Result<()>>>) -> Option<Code> {
    match done.lock().unwrap().take().expect("it was tried") {
        Ok(()) => None,
        Err(AppError::Refused(refusal)) => Some(refusal.code),
        Err(AppError::Failed(text)) => panic!("{text}"),
    }
}

#[test]
fn nothing_is_done_with_a_visit_while_a_call_is_on_its_way() {
    type Act = fn(&App, &cunyi_app::Actor, &VisitId) -> Result<()>;
    let acts: [(&str, Act); 5] = [
        ("take back", |app, by, visit| app.take_back(by, visit)),
        ("presettle", |app, by, visit| app.presettle(by, visit)),
        ("settle", |app, by, visit| {
            let batches = app.visit(by, visit)?.batches;
            let shown: Vec<_> = batches.iter().map(|b| (b.id.clone(), b.cash)).collect();
            app.settle(by, visit, &shown, Method::Cash)
        }),
        ("hand over", |app, by, visit| app.hand_over(by, visit)),
        ("cancel", |app, by, visit| {
            app.move_visit(by, visit, VisitState::Cancelled)
        }),
    ];
    for w in worlds("meanwhile") {
        w.restock();
        for (what, act) in acts {
            for infno in ["2203", "2204", "2206", "2207"] {
                let visit = w.frozen(w.resident(false), &w.consult_only());
                let (by, of) = (w.doctor.clone(), visit.clone());
                let done = meanwhile(&w, infno, move |app| act(app, &by, &of));
                w.app.presettle(&w.doctor, &visit).unwrap();
                w.settle(&visit).unwrap();
                assert_eq!(
                    came_of(&done),
                    Some(Code::WrongState),
                    "{what} during {infno}"
                );
                assert_eq!(w.states(&visit), [S::Settled], "{what} during {infno}");
                w.app.hand_over(&w.doctor, &visit).unwrap();
            }
        }
        w.prove();
    }
}

#[test]
fn parking_a_visit_does_not_disturb_a_reply() {
    for w in worlds("park_meanwhile") {
        let visit = w.presettled(w.resident(false), &w.cold());
        let (by, of) = (w.doctor.clone(), visit.clone());
        let done = meanwhile(&w, "2207", move |app| {
            app.move_visit(&by, &of, VisitState::Parked)
        });
        w.settle(&visit).unwrap();
        assert_eq!(came_of(&done), None);
        assert_eq!(w.states(&visit), [S::Settled]);
        w.app
            .move_visit(&w.doctor, &visit, VisitState::Seeing)
            .unwrap();
        w.app.hand_over(&w.doctor, &visit).unwrap();
        w.prove();
    }
}
