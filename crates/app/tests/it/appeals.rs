//! A deduction is appealed against once and in time; what is given back is owed after all.

use cunyi_app::Result;
use cunyi_app::views::{AppealForm, ClearingForm, EntryView};
use cunyi_domain::ids::EntryId;
use cunyi_domain::ledger::ClearingKind as K;
use cunyi_domain::money::Fen;
use cunyi_domain::refusal::{Code, Refusal};

use crate::clearing::{FROM, agree, apply, day, enter, entry, november, owed, period, until};
use crate::world::{World, actor, worlds};

/// A month that is recognised but for a deduction of 0.50; which, and what is owed.
fn deducted(w: &World) -> (EntryId, Fen) {
    let claim = november(w);
    agree(w, w.app.now().date());
    until(w, "2026-12-02");
    apply(w, FROM, "").unwrap();
    enter(w, &entry(FROM, K::Recognised, claim.0 - 50));
    let deduction = ClearingForm {
        appeal_by: Some(day("2026-12-20")),
        reason: "超限定支付范围".to_owned(),
        ..entry(FROM, K::Deducted, 50)
    };
    enter(w, &deduction);
    assert_eq!(owed(w, FROM).claim.owed(), Fen(claim.0 - 50));
    (period(w, FROM).entries[1].entry.id.clone(), claim)
}

fn form(deduction: &EntryId, kind: K, on: &str) -> AppealForm {
    AppealForm {
        deduction: deduction.clone(),
        kind,
        amount: Fen(30),
        on: day(on),
        reason: "限定支付范围内".to_owned(),
    }
}

fn say(w: &World, deduction: &EntryId, kind: K, on: &str) -> Result<()> {
    w.app.appeal_clearing(&w.doctor, &form(deduction, kind, on))
}

fn shown(w: &World) -> Vec<EntryView> {
    let view = w.app.clearing(&w.doctor, w.app.now().date()).unwrap();
    view.appeals
}

#[test]
fn an_appeal_moves_nothing_and_what_is_given_back_is_owed() {
    for w in worlds("appeal") {
        let (id, claim) = deducted(&w);
        let waits = shown(&w)[0].appeal.clone().unwrap();
        assert!(waits.open && !waits.late && waits.by.is_none());
        assert_eq!(
            w.code(say(&w, &id, K::Restored, "2026-12-02")),
            Code::WrongState,
            "nobody appealed"
        );
        until(&w, "2026-12-10");
        say(&w, &id, K::Appealed, "2026-12-08").unwrap();
        assert_eq!(owed(&w, FROM).claim.owed(), Fen(claim.0 - 50));
        let (appeal, by) = shown(&w)[0].appeal.clone().unwrap().by.unwrap();
        assert_eq!(
            (appeal.on_day, by.as_str()),
            (day("2026-12-08"), "测试doctor")
        );
        assert_eq!((appeal.amount, appeal.about), (Fen(50), Some(id.clone())));
        let again = say(&w, &id, K::Appealed, "2026-12-09");
        assert_eq!(w.code(again), Code::AppealedAlready);
        until(&w, "2026-12-30");
        say(&w, &id, K::Restored, "2026-12-28").unwrap();
        assert!(shown(&w).is_empty(), "decided");
        let found = owed(&w, FROM);
        assert_eq!(found.claim.owed(), Fen(claim.0 - 20));
        assert_eq!(found.claim.deducted, Fen(20));
        assert!(!found.odd);
        let decided = period(&w, FROM).entries[1].appeal.clone().unwrap();
        assert_eq!(decided.outcome, Some((K::Restored, Fen(30))));
        let again = say(&w, &id, K::Confirmed, "2026-12-29");
        assert_eq!(w.code(again), Code::AppealedAlready);
        w.prove();
    }
}

#[test]
fn after_its_day_there_is_no_appeal() {
    for w in worlds("appeal_late") {
        let (id, claim) = deducted(&w);
        until(&w, "2026-12-24");
        let late = w.refused(say(&w, &id, K::Appealed, "2026-12-21"));
        let expected = Refusal::at(Code::AppealLate, "clearing_on").with("by", "2026-12-20");
        assert_eq!(late, expected);
        let waits = shown(&w)[0].appeal.clone().unwrap();
        assert!(waits.late && !waits.open);
        // One that was handed in on its last day is entered afterwards.
        say(&w, &id, K::Appealed, "2026-12-20").unwrap();
        say(&w, &id, K::Confirmed, "2026-12-24").unwrap();
        assert_eq!(owed(&w, FROM).claim.owed(), Fen(claim.0 - 50));
        assert!(shown(&w).is_empty());
        w.prove();
    }
}

#[test]
fn what_cannot_be_said_of_a_deduction_is_refused() {
    for w in worlds("appeal_refused") {
        let (id, _) = deducted(&w);
        let recognised = period(&w, FROM).entries[0].entry.id.clone();
        let ask = |form: &AppealForm| w.refused(w.app.appeal_clearing(&w.doctor, form));
        let good = form(&id, K::Appealed, "2026-12-02");
        let silent = AppealForm {
            reason: " ".to_owned(),
            ..good.clone()
        };
        assert_eq!(ask(&silent), Refusal::at(Code::ReasonMissing, "reason"));
        for on in ["2026-11-30", "2026-12-03"] {
            let on = form(&id, K::Appealed, on);
            assert_eq!(ask(&on), Refusal::at(Code::BadText, "clearing_on"));
        }
        let paid = form(&id, K::Paid, "2026-12-02");
        assert_eq!(ask(&paid), Refusal::at(Code::BadText, "clearing_kind"));
        let other = form(&recognised, K::Appealed, "2026-12-02");
        assert_eq!(ask(&other).code, Code::WrongState);
        let auditor = actor(&w.app, "auditor");
        let looked = w.app.appeal_clearing(&auditor, &good);
        assert_eq!(w.code(looked), Code::Forbidden);
        // An appeal is no entry of its own.
        let alone = w
            .app
            .enter_clearing(&w.doctor, &entry(FROM, K::Appealed, 5));
        assert_eq!(
            w.refused(alone),
            Refusal::at(Code::BadText, "clearing_kind")
        );
        w.app.appeal_clearing(&w.doctor, &good).unwrap();
        for amount in [0, 51] {
            let back = AppealForm {
                amount: Fen(amount),
                ..form(&id, K::Restored, "2026-12-02")
            };
            assert_eq!(ask(&back), Refusal::at(Code::BadNumber, "amount"));
        }
    }
}

#[test]
fn what_was_entered_wrongly_is_taken_out_from_the_last() {
    for w in worlds("appeal_corrected") {
        let (id, claim) = deducted(&w);
        say(&w, &id, K::Appealed, "2026-12-02").unwrap();
        say(&w, &id, K::Restored, "2026-12-02").unwrap();
        let entries = period(&w, FROM).entries;
        let ids: Vec<EntryId> = entries.iter().map(|of| of.entry.id.clone()).collect();
        let correct = |id: &EntryId| w.app.correct_clearing(&w.doctor, id, "记错了");
        for id in [&ids[1], &ids[2]] {
            assert_eq!(w.code(correct(id)), Code::AppealedAlready);
        }
        for id in [&ids[3], &ids[2]] {
            correct(id).unwrap();
        }
        assert_eq!(owed(&w, FROM).claim.owed(), Fen(claim.0 - 50));
        assert!(shown(&w)[0].appeal.clone().unwrap().open, "again");
        say(&w, &id, K::Appealed, "2026-12-02").unwrap();
        let entries = period(&w, FROM).entries;
        let second = entries.last().unwrap().entry.id.clone();
        correct(&second).unwrap();
        correct(&id).unwrap();
        assert_eq!(
            w.code(say(&w, &id, K::Appealed, "2026-12-02")),
            Code::WrongState,
            "it is no deduction any more"
        );
        assert_eq!(owed(&w, FROM).claim.deducted, Fen::ZERO);
        w.prove();
    }
}
