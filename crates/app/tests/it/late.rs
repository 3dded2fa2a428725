//! An answer that came after nobody waited for it any more: the best evidence there is.

use cunyi_app::views::BatchView;
use cunyi_centre::faults::Fault;
use cunyi_domain::batch::BatchState as S;
use cunyi_domain::ids::VisitId;
use cunyi_domain::ledger::{Method, Standing};
use cunyi_domain::money::Fen;
use cunyi_domain::refusal::Code;

use crate::resolve::without_queries;
use crate::world::{World, worlds, worlds_of};

fn batch(w: &World, visit: &VisitId) -> BatchView {
    w.view(visit).batches.remove(0)
}

/// A visit whose 2207 is on its way while nobody waits for it any more.
fn waiting(w: &World) -> VisitId {
    let visit = w.presettled(w.resident(false), &w.cold());
    w.wire.hold("2207");
    assert_eq!(w.code(w.settle(&visit)), Code::CentreUnknown);
    assert_eq!(w.states(&visit), [S::Unknown]);
    visit
}

fn message(w: &World, visit: &VisitId, infno: &str) -> String {
    let mut messages = w.app.messages(&w.doctor, visit).unwrap();
    messages.retain(|m| m.infno.starts_with(infno));
    messages.pop().unwrap().state
}

#[test]
fn a_settlement_that_answers_late_is_settled_without_a_question() {
    for w in worlds("late_2207") {
        let visit = waiting(&w);
        w.wire.deliver_late();
        w.wire.clear();
        assert_eq!(w.app.resolve_due().unwrap(), 1);
        assert_eq!(w.wire.said(), [""; 0], "nobody was asked");
        let settled = batch(&w, &visit);
        assert_eq!(settled.state, S::Settled);
        assert!(!settled.platform_settlement.is_empty());
        assert_eq!(message(&w, &visit, "2207"), "success");
        // What is found out later is owed, not paid.
        assert_eq!(w.view(&visit).money, Standing::ToCollect(settled.cash));
        w.app
            .even_out(&w.doctor, &visit, settled.cash, Method::Cash)
            .unwrap();
        w.app.hand_over(&w.doctor, &visit).unwrap();
        assert_eq!(w.app.resolve_due().unwrap(), 0, "it came once");
        w.prove();
    }
}

/// It comes once: what cannot be written then is written when it can be.
#[test]
fn a_late_answer_that_cannot_be_written_is_not_lost() {
    for w in worlds_of("late_unwritten", &without_queries()) {
        let visit = waiting(&w);
        w.wire.deliver_late();
        let db = w.app.store().db();
        let rename = |from: &str, to: &str| {
            let sql = format!("ALTER TABLE settlement RENAME COLUMN {from} TO {to}");
            db.transact("rename", |tx| tx.execute(&sql, vec![]))
                .unwrap();
        };
        rename("ratio", "ratio_gone");
        for _ in 0..2 {
            w.app.resolve_due().unwrap_err();
        }
        rename("ratio_gone", "ratio");
        assert_eq!(w.states(&visit), [S::Unknown]);
        assert_eq!(w.app.resolve_due().unwrap(), 1);
        assert_eq!(w.states(&visit), [S::Settled]);
        assert_eq!(w.app.resolve_due().unwrap(), 0);
        w.prove();
    }
}

#[test]
fn a_late_refusal_is_a_refusal() {
    for w in worlds("late_refused") {
        let visit = waiting(&w);
        w.centre.panel.set_fault(Fault::Refuse, "2207", 1);
        w.wire.deliver_late();
        w.app.resolve_due().unwrap();
        let refused = batch(&w, &visit);
        assert_eq!(refused.state, S::Refused);
        assert!(!refused.said.is_empty(), "the page says why");
        w.app.presettle(&w.doctor, &visit).unwrap();
        w.settle(&visit).unwrap();
        w.prove();
    }
}

#[test]
fn a_reversal_that_answers_late_is_known_by_its_number() {
    for w in worlds("late_2208") {
        let visit = w.settled(w.resident(false), &w.cold());
        let settled = batch(&w, &visit);
        w.wire.hold("2208");
        assert_eq!(
            w.code(w.app.reverse(&w.doctor, &settled.id, "退药")),
            Code::CentreUnknown
        );
        w.wire.deliver_late();
        w.app.resolve(&w.doctor, &visit).unwrap_err();
        assert_eq!(w.states(&visit), [S::Reversed]);
        let day = w.app.today(&w.doctor, w.app.now().date()).unwrap();
        assert_eq!((day.settlements.len(), day.cash), (2, Fen::ZERO));
        let ids = day.settlements.iter().map(|row| &row.platform_settlement);
        assert!(ids.into_iter().all(|id| !id.is_empty()));
        w.prove();
    }
}

#[test]
fn a_late_2601_says_that_it_was_undone() {
    for w in worlds_of("late_2601", &without_queries()) {
        let visit = waiting(&w);
        w.wire.deliver();
        w.wire.hold("2601");
        w.app.resolve(&w.doctor, &visit).unwrap();
        assert_eq!(w.states(&visit), [S::UndoUnknown]);
        w.wire.deliver_late();
        w.app.resolve_due().unwrap();
        assert_eq!(w.states(&visit), [S::Uploaded]);
        w.app.presettle(&w.doctor, &visit).unwrap();
        w.settle(&visit).unwrap();
        w.prove();
    }
}

/// While a 2601 is on its way, what stands may be taken back yet.
#[test]
fn a_late_settlement_under_a_2601_is_evidence_only() {
    for w in worlds_of("late_under", &without_queries()) {
        let visit = waiting(&w);
        w.wire.hold("2601");
        w.app.resolve(&w.doctor, &visit).unwrap();
        assert_eq!(w.states(&visit), [S::UndoUnknown]);
        w.wire.deliver_late();
        w.app.resolve_due().unwrap();
        let lost = batch(&w, &visit);
        // The 2601 came after the 2207 and answered as well.
        assert_eq!(lost.state, S::Uploaded);
        w.prove();
    }
}

#[test]
fn a_late_answer_after_the_batch_moved_on_changes_nothing() {
    for w in worlds("late_moot") {
        let visit = waiting(&w);
        w.wire.deliver_late();
        // Found out by asking, while the late answer waits to be read.
        let late = cunyi_domain::transport::Transport::late(&*w.wire);
        w.app.resolve(&w.doctor, &visit).unwrap();
        let settled = batch(&w, &visit);
        assert_eq!(settled.state, S::Settled);
        w.wire.come_late(late);
        w.app.resolve_due().unwrap();
        let now = batch(&w, &visit);
        assert_eq!(
            (now.state, now.settled_at),
            (S::Settled, settled.settled_at)
        );
        assert_eq!(w.view(&visit).money, Standing::ToCollect(settled.cash));
        w.prove();
    }
}
