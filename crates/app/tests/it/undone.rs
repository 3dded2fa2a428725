//! What stands only at the centre, by a call of ours, is paid back there: once, whatever becomes of the
//! answer, without money of the clinic's.

use cunyi_centre::faults::Fault;
use cunyi_domain::batch::BatchState as S;
use cunyi_domain::ids::VisitId;
use cunyi_domain::ledger::Standing;
use cunyi_domain::money::Fen;
use cunyi_domain::reconcile::Action;
use cunyi_domain::refusal::Code;
use cunyi_domain::transport::Reply;
use cunyi_domain::undone::UndoneState;
use cunyi_gateway::message::{Data, T2601, settle};

use crate::clearing::{FROM, agree, apply, until};
use crate::mended::{actions, mend, open, today};
use crate::world::{World, actor, worlds};

/// A visit whose 2207 the centre has settled, and that was told here as refused.
fn orphan(w: &World) -> VisitId {
    let visit = w.presettled(w.resident(false), &w.cold());
    w.wire.twist("2207", |_| {
        let body = "{\"infcode\":-1,\"err_msg\":\"系统繁忙\"}"
            .as_bytes()
            .to_vec();
        Ok(Reply { status: 200, body })
    });
    w.settle(&visit).unwrap_err();
    assert_eq!(w.states(&visit), [S::Refused]);
    visit
}

/// What its page offers.
fn offered(w: &World, visit: &VisitId) -> String {
    let found = open(w);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].0, Action::UndoThere);
    let view = w.app.reconciliation(&w.doctor, today(w)).unwrap();
    assert_eq!(view.differences[0].visit.as_ref(), Some(visit));
    found[0].1.clone()
}

#[test]
fn it_is_paid_back_there_and_both_sides_agree() {
    for w in worlds("undone") {
        let visit = orphan(&w);
        let key = offered(&w, &visit);
        mend(&w, &key, "").unwrap();
        assert_eq!(w.wire.of("2208").len(), 1);
        assert_eq!(actions(&w), []);
        let view = w.app.reconciliation(&w.doctor, today(&w)).unwrap();
        let [undone] = &view.undone[..] else {
            panic!("{:?}", view.undone)
        };
        assert_eq!(
            (undone.by.as_str(), &undone.undone.visit),
            ("测试doctor", &visit)
        );
        assert_eq!(undone.undone.state, UndoneState::Done);
        assert!(!undone.undone.reversal.is_empty());
        assert_eq!(w.states(&visit), [S::Refused], "nothing of it was settled");
        assert_eq!(w.view(&visit).money, Standing::Even);
        // The patient is settled anew, and the month is applied for as the centre counts it.
        w.app.presettle(&w.doctor, &visit).unwrap();
        w.settle(&visit).unwrap();
        assert_eq!(w.states(&visit), [S::Settled]);
        agree(&w, today(&w));
        until(&w, "2026-12-02");
        apply(&w, FROM, "").unwrap();
        let sent = &w.wire.of("3203")[0].sent["input"]["data"];
        assert_eq!(sent["psntime"].to_string(), "3");
        w.prove();
    }
}

#[test]
fn a_lost_2208_is_found_out() {
    for w in worlds("undone_lost") {
        let visit = orphan(&w);
        let key = offered(&w, &visit);
        w.centre.panel.set_fault(Fault::LoseReply, "2208", 1);
        assert_eq!(w.code(mend(&w, &key, "")), Code::CentreUnknown);
        w.app.recover().unwrap();
        mend(&w, &key, "").unwrap();
        assert_eq!(w.wire.of("2208").len(), 1, "it is not sent again");
        assert_eq!(actions(&w), []);
        w.prove();
    }
}

#[test]
fn the_next_comparison_finds_a_lost_2208_out() {
    for w in worlds("undone_asked") {
        let visit = orphan(&w);
        let key = offered(&w, &visit);
        w.centre.panel.set_fault(Fault::LoseReply, "2208", 1);
        assert_eq!(w.code(mend(&w, &key, "")), Code::CentreUnknown);
        assert_eq!(actions(&w), []);
        assert_eq!(w.wire.of("2208").len(), 1);
        w.prove();
    }
}

#[test]
fn a_day_later_each_counts_on_its_own_day() {
    for w in worlds("undone_later") {
        let visit = orphan(&w);
        let day = today(&w);
        let key = offered(&w, &visit);
        w.clock.advance(86_400);
        w.app.mend(&w.doctor, day, &key, "").unwrap();
        let before = w.app.reconciliation(&w.doctor, day).unwrap();
        assert_eq!(before.reconciled.differences, []);
        assert_eq!(before.reconciled.clinic.count, 1);
        assert_eq!(actions(&w), []);
        let view = w.app.reconciliation(&w.doctor, today(&w)).unwrap();
        assert_eq!(view.reconciled.clinic.count, 1);
        let sums = before.reconciled.clinic.money.total + view.reconciled.clinic.money.total;
        assert_eq!(sums, Fen::ZERO);
        assert!(
            view.reconciled
                .drawers
                .iter()
                .all(|d| d.expected == Fen::ZERO)
        );
        w.prove();
    }
}

#[test]
fn who_may_not_settle_writes_it_off() {
    for w in worlds("undone_township") {
        let visit = orphan(&w);
        let key = offered(&w, &visit);
        let township = actor(&w.app, "township");
        let day = today(&w);
        let silent = w.app.mend(&township, day, &key, "");
        assert_eq!(w.code(silent), Code::ReasonMissing);
        w.app.mend(&township, day, &key, "结算科已冲正").unwrap();
        assert_eq!(w.wire.of("2208").len(), 0);
        assert_eq!(actions(&w), []);
    }
}

#[test]
fn what_never_arrived_is_sent_again_after_the_bound() {
    for w in worlds("undone_late") {
        let visit = orphan(&w);
        let key = offered(&w, &visit);
        w.centre.panel.set_fault(Fault::Html, "2208", 1);
        assert_eq!(w.code(mend(&w, &key, "")), Code::CentreUnknown);
        assert_eq!(w.code(mend(&w, &key, "")), Code::CentreUnknown);
        assert_eq!(w.wire.of("2208").len(), 1);
        w.clock.advance(700);
        mend(&w, &key, "").unwrap();
        assert_eq!(w.wire.of("2208").len(), 2);
        assert_eq!(actions(&w), []);
        w.prove();
    }
}

#[test]
fn a_power_cut_leaves_it_unknown_and_found_out() {
    for w in worlds("undone_cut") {
        let visit = orphan(&w);
        let key = offered(&w, &visit);
        let app = w.app.clone();
        w.wire.twist("2208", move |came| {
            assert_eq!(app.recover().unwrap(), 1, "the intent is committed");
            came
        });
        assert_eq!(w.code(mend(&w, &key, "")), Code::Changed);
        mend(&w, &key, "").unwrap();
        assert_eq!(w.wire.of("2208").len(), 1);
        assert_eq!(actions(&w), []);
        w.prove();
    }
}

#[test]
fn what_is_refused_or_not_ours_a_person_settles() {
    for w in worlds("undone_refused") {
        let visit = orphan(&w);
        let key = offered(&w, &visit);
        w.centre.panel.set_fault(Fault::Refuse, "2208", 1);
        assert_eq!(w.code(mend(&w, &key, "")), Code::CentreRefused);
        assert_eq!(open(&w)[0].1, key);
        // Where the centre tells nothing of it, nothing is sent.
        w.centre.panel.set_fault(Fault::Refuse, "5203", 1);
        assert_eq!(w.code(mend(&w, &key, "")), Code::ReasonMissing);
        assert_eq!(w.wire.of("2208").len(), 1);
        w.centre.panel.set_fault(Fault::Refuse, "5203", 1);
        mend(&w, &key, "问过结算科，由他们冲正").unwrap();
        assert_eq!(actions(&w), []);
        // It is undone there meanwhile.
        let person = w.resident(false);
        let message = w.wire.of("2207")[0].msgid.clone();
        w.at_centre::<T2601>(&Data::from(settle::UndoMessage {
            psn_no: person.number.clone(),
            omsgid: message,
            oinfno: "2207".to_owned(),
        }));
        assert_eq!(actions(&w), []);
        w.prove();
    }
}
