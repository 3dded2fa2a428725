//! 3204: an application is taken back once, whatever becomes of the answer, and the period is applied for
//! again; not where the office has answered.

use cunyi_app::Result;
use cunyi_app::views::ToldForm;
use cunyi_centre::faults::Fault;
use cunyi_domain::clearing::ClearingState as S;
use cunyi_domain::ids::EntryId;
use cunyi_domain::ledger::ClearingKind as K;
use cunyi_domain::money::Fen;
use cunyi_domain::refusal::{Code, Refusal};

use crate::clearing::{
    FROM, agree, apply, enter, entry, newest, november, owed, period, states, told, until,
};
use crate::world::{World, actor, worlds};

const WHY: &str = "漏报了一家";

/// A month that was applied for; which application, and what it claims.
fn applied(w: &World) -> (EntryId, Fen) {
    let claim = november(w);
    agree(w, w.app.now().date());
    until(w, "2026-12-02");
    apply(w, FROM, "").unwrap();
    (newest(w, FROM).id, claim)
}

fn withdraw(w: &World, id: &EntryId) -> Result<()> {
    w.app.withdraw_clearing(&w.doctor, id, WHY)
}

#[test]
fn what_is_taken_back_is_applied_for_again() {
    for w in worlds("withdrawn_again") {
        let (id, claim) = applied(&w);
        let event = newest(&w, FROM).event;
        assert_eq!(
            w.refused(w.app.withdraw_clearing(&w.doctor, &id, " ")),
            Refusal::at(Code::ReasonMissing, "reason")
        );
        withdraw(&w, &id).unwrap();
        let calls = w.wire.of("3204");
        assert_eq!(calls[0].sent["input"]["data"]["clr_appy_evt_id"], *event);
        assert_eq!(calls.len(), 1);
        let view = &period(&w, FROM).applications[0];
        let row = &view.application;
        assert_eq!(
            (row.state, row.event.as_str()),
            (S::Withdrawn, event.as_str())
        );
        assert_eq!(
            (row.withdrawal_reason.as_str(), view.withdrawn_by.as_str()),
            (WHY, "测试doctor")
        );
        assert_eq!(row.withdrawal, calls[0].sent["msgid"]);
        assert_eq!(owed(&w, FROM).claim.not_applied(), claim);
        assert_eq!(w.code(withdraw(&w, &id)), Code::WrongState);
        apply(&w, FROM, "").unwrap();
        assert_eq!(states(&w, FROM), [S::Withdrawn, S::Applied]);
        assert_eq!(owed(&w, FROM).claim.in_review(), claim);
        assert_eq!((w.wire.of("3203").len(), w.wire.of("3204").len()), (2, 1));
        w.prove();
    }
}

#[test]
fn what_is_refused_or_does_not_leave_stands() {
    for w in worlds("withdrawn_refused") {
        let (id, claim) = applied(&w);
        let event = newest(&w, FROM).event;
        w.centre.panel.set_down(true);
        assert_eq!(w.code(withdraw(&w, &id)), Code::CentreDown);
        w.centre.panel.set_down(false);
        assert_eq!(states(&w, FROM), [S::Applied]);
        // The office has paid meanwhile.
        assert!(w.centre.pay(&event).unwrap());
        let refusal = w.refused(withdraw(&w, &id));
        assert_eq!(refusal.code, Code::CentreRefused);
        let row = newest(&w, FROM);
        assert_eq!((row.state, row.event), (S::Applied, event));
        assert!(row.said.contains("已拨付"), "{}", row.said);
        assert_eq!(owed(&w, FROM).claim.in_review(), claim);
        assert_eq!(w.code(apply(&w, FROM, "")), Code::AppliedAlready);
        w.prove();
    }
}

#[test]
fn a_lost_3204_is_never_sent_again() {
    for w in worlds("withdrawn_lost") {
        let (id, claim) = applied(&w);
        w.centre.panel.set_fault(Fault::LoseReply, "3204", 1);
        assert_eq!(w.code(withdraw(&w, &id)), Code::CentreUnknown);
        assert_eq!(states(&w, FROM), [S::WithdrawalUnknown]);
        let found = owed(&w, FROM);
        assert!(found.unknown);
        assert_eq!(
            found.claim.in_review(),
            claim,
            "as far as anybody knows it stands"
        );
        assert_eq!(w.code(withdraw(&w, &id)), Code::WrongState);
        assert_eq!(w.code(apply(&w, FROM, "")), Code::AppliedAlready);
        w.app.recover().unwrap();
        assert_eq!(w.wire.of("3204").len(), 1);
        told(&w, &id, false, "结算科").unwrap();
        let row = newest(&w, FROM);
        assert_eq!((row.state, row.said.as_str()), (S::Withdrawn, "结算科"));
        apply(&w, FROM, "").unwrap();
        assert_eq!(states(&w, FROM), [S::Withdrawn, S::Applied]);
        w.prove();
    }
}

#[test]
fn a_page_of_a_proxy_takes_nothing_back() {
    for w in worlds("withdrawn_html") {
        let (id, _) = applied(&w);
        w.centre.panel.set_fault(Fault::Html, "3204", 1);
        assert_eq!(w.code(withdraw(&w, &id)), Code::CentreUnknown);
        told(&w, &id, true, "结算科").unwrap();
        assert_eq!(states(&w, FROM), [S::Applied]);
        withdraw(&w, &id).unwrap();
        assert_eq!(states(&w, FROM), [S::Withdrawn]);
        w.prove();
    }
}

#[test]
fn a_power_cut_while_the_office_answers_leaves_it_unknown() {
    for w in worlds("withdrawn_cut") {
        let (id, _) = applied(&w);
        let app = w.app.clone();
        w.wire.twist("3204", move |came| {
            assert_eq!(app.recover().unwrap(), 1, "the intent is committed");
            came
        });
        assert_eq!(w.code(withdraw(&w, &id)), Code::Changed);
        assert_eq!(states(&w, FROM), [S::WithdrawalUnknown]);
        assert_eq!(w.wire.of("3204").len(), 1);
        w.prove();
    }
}

#[test]
fn what_the_office_has_answered_is_not_taken_back() {
    for w in worlds("withdrawn_answered") {
        let (id, _) = applied(&w);
        assert!(!period(&w, FROM).applications[0].answered);
        enter(&w, &entry(FROM, K::Recognised, 50));
        assert!(period(&w, FROM).applications[0].answered);
        assert_eq!(w.code(withdraw(&w, &id)), Code::ClearingAnswered);
        assert_eq!(
            w.code(told(&w, &id, false, "结算科")),
            Code::ClearingAnswered
        );
        // It was entered wrongly.
        let wrong = period(&w, FROM).entries[0].entry.id.clone();
        w.app
            .correct_clearing(&w.doctor, &wrong, "记到了别的月")
            .unwrap();
        let auditor = actor(&w.app, "auditor");
        let looked = w.app.withdraw_clearing(&auditor, &id, WHY);
        assert_eq!(w.code(looked), Code::Forbidden);
        assert_eq!(w.wire.of("3204").len(), 0);
        withdraw(&w, &id).unwrap();
        w.prove();
    }
}

#[test]
fn without_the_offices_number_only_the_office_takes_it_back() {
    for w in worlds("withdrawn_number") {
        november(&w);
        agree(&w, w.app.now().date());
        until(&w, "2026-12-02");
        w.centre.panel.set_fault(Fault::LoseReply, "3203", 1);
        assert_eq!(w.code(apply(&w, FROM, "")), Code::CentreUnknown);
        let id = newest(&w, FROM).id;
        told(&w, &id, true, "结算科").unwrap();
        assert_eq!(w.code(withdraw(&w, &id)), Code::EventUnknown);
        assert_eq!(w.wire.of("3204").len(), 0);
        told(&w, &id, false, "结算科：已退回").unwrap();
        assert_eq!(states(&w, FROM), [S::Withdrawn]);
        w.prove();
    }
}

#[test]
fn the_number_that_the_office_says_is_used() {
    for w in worlds("withdrawn_said") {
        november(&w);
        agree(&w, w.app.now().date());
        until(&w, "2026-12-02");
        // What the office has is seen on the way, and does not arrive.
        let (seen, came) = std::sync::mpsc::channel();
        w.wire.twist("3203", move |reply| {
            let body = reply.unwrap().body;
            let reply: serde_json::Value = serde_json::from_slice(&body).unwrap();
            let event = &reply["output"]["result"]["clr_appy_evt_id"];
            seen.send(event.as_str().unwrap().to_owned()).unwrap();
            Err(cunyi_domain::transport::TransportError::Lost(
                "cut".to_owned(),
            ))
        });
        assert_eq!(w.code(apply(&w, FROM, "")), Code::CentreUnknown);
        let id = newest(&w, FROM).id;
        let form = |event: &str| ToldForm {
            there: true,
            by: "结算科".to_owned(),
            event: event.to_owned(),
        };
        let long = w.app.clearing_told(&w.doctor, &id, &form(&"9".repeat(31)));
        assert_eq!(w.refused(long).field, Some("clearing_event"));
        let event = came.recv().unwrap();
        w.app.clearing_told(&w.doctor, &id, &form(&event)).unwrap();
        withdraw(&w, &id).unwrap();
        assert_eq!(states(&w, FROM), [S::Withdrawn]);
        w.prove();
    }
}
