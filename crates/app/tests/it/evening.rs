//! The end of a day: clinic, centre and cash agree, or it is said where not and what mends it.

use cunyi_app::views::ReconcileView;
use cunyi_centre::faults::Fault;
use cunyi_domain::batch::BatchState as S;
use cunyi_domain::ids::VisitId;
use cunyi_domain::ledger::Method;
use cunyi_domain::money::Fen;
use cunyi_domain::reconcile::{Action, Answer, Class, Difference};
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_domain::row::Field;
use cunyi_domain::time::civil::Date;
use cunyi_gateway::message::{Data, T2208, T2601, settle};

use crate::world::{World, actor, worlds};

fn today(w: &World) -> Date {
    w.app.now().date()
}

fn looked(w: &World, day: Date) -> ReconcileView {
    w.app.reconciliation(&w.doctor, day).unwrap()
}

/// Asks the centre, then looks.
fn asked(w: &World, day: Date) -> ReconcileView {
    w.app.reconcile(&w.doctor, day).unwrap();
    looked(w, day)
}

fn count(w: &World, day: Date) {
    let cash = looked(w, day).reconciled.drawers[0].expected;
    w.app.count_till(&w.doctor, day, cash, Fen::ZERO).unwrap();
}

fn found(view: &ReconcileView) -> Vec<(Class, Action)> {
    let differences = &view.reconciled.differences;
    let of = |d: &Difference| (d.class(), d.action());
    assert_eq!(differences.len(), view.differences.len());
    differences.iter().map(of).collect()
}

/// 结算ID and msgid of a visit's first batch, as its messages and page have them.
fn settlement(w: &World, visit: &VisitId) -> (String, String) {
    let calls = w.wire.of("2207");
    let view = w.view(visit);
    let number = view.batches[0].number.clone();
    let sent = |call: &&crate::wire::Call| call.sent["input"]["data"]["chrg_bchno"] == *number;
    let call = calls.iter().rfind(sent).unwrap();
    (
        view.batches[0].platform_settlement.clone(),
        call.msgid.clone(),
    )
}

#[test]
fn an_evening_is_green_when_clinic_centre_and_cash_agree() {
    for w in worlds("evening_green") {
        let day = today(&w);
        let mut people = w.residents();
        let (first, second) = (people.next().unwrap(), people.next().unwrap());
        w.settled(first, &w.cold());
        let back = w.settled(second, &w.cold());
        let batch = w.view(&back).batches[0].id.clone();
        w.app.reverse(&w.doctor, &batch, "开错药").unwrap();
        let third = people.next().unwrap();
        let own = w.register(third);
        w.app.switch_to_self_pay(&w.doctor, &own).unwrap();
        w.app.freeze(&w.doctor, &own, 0, &w.cold()).unwrap();
        let shown = w.shown(&own);
        w.app.settle(&w.doctor, &own, &shown, Method::Qr).unwrap();
        let before = looked(&w, day);
        let day_sums = w.app.today(&w.doctor, day).unwrap();
        let [cash, qr] = [0, 1].map(|i| before.reconciled.drawers[i].expected);
        assert_eq!((cash + qr, qr), (day_sums.cash, shown[0].1));
        assert!(before.asked.is_none() && before.counted.is_none());
        assert_eq!(
            found(&before),
            [
                (Class::Cash, Action::Count),
                (Class::Cash, Action::Count),
                (Class::Unasked, Action::AskAgain)
            ]
        );
        w.wire.clear();
        let view = asked(&w, day);
        assert_eq!(found(&view), [(Class::Cash, Action::Count); 2]);
        assert_eq!(
            view.reconciled.clinic.count, 3,
            "self-pay is not the centre's"
        );
        assert_eq!(view.reconciled.centre, Some(view.reconciled.clinic));
        assert_eq!(
            view.asked.as_ref().map(|(_, by)| by.as_str()),
            Some("测试doctor")
        );
        asked_of_all_groups(&w);
        // A fen short in the drawer; one of the drawer's counted with what came by code.
        for (counted, by_code, differences) in
            [(cash - Fen(1), qr, 1), (cash - Fen(1), qr + Fen(1), 2)]
        {
            w.app.count_till(&w.doctor, day, counted, by_code).unwrap();
            let recount = vec![(Class::Cash, Action::Recount); differences];
            assert_eq!(found(&looked(&w, day)), recount);
        }
        w.app.count_till(&w.doctor, day, cash, qr).unwrap();
        let green = looked(&w, day);
        assert!(green.reconciled.green());
        let counted = green.counted.unwrap();
        assert_eq!(
            (counted.cash, counted.qr, counted.by.as_str()),
            (cash, qr, "测试doctor")
        );
        // What is settled afterwards was not asked about.
        w.settled(people.next().unwrap(), &w.cold());
        assert_eq!(
            found(&looked(&w, day)),
            [
                (Class::Cash, Action::Recount),
                (Class::Unasked, Action::AskAgain)
            ]
        );
        w.prove();
    }
}

/// Residents and employees, those nobody settled for too; equal sums need no file.
fn asked_of_all_groups(w: &World) {
    assert_eq!(w.wire.said(), ["3201", "3201"]);
    let sent = &w.wire.of("3201")[1].sent["input"]["data"];
    for (field, value) in [
        ("insutype", "390"),
        ("clr_type", "11"),
        ("setl_optins", "990001"),
        ("stmt_begndate", "2026-11-24"),
        ("stmt_enddate", "2026-11-24"),
        ("refd_setl_flag", "1"),
    ] {
        assert_eq!(sent[field], *value, "{field}");
    }
}

#[test]
fn a_lost_settlement_is_found_by_its_msgid() {
    for w in worlds("evening_lost") {
        let day = today(&w);
        let mut people = w.residents();
        w.settled(people.next().unwrap(), &w.cold());
        let lost = w.presettled(people.next().unwrap(), &w.cold());
        w.centre.panel.set_fault(Fault::LoseReply, "2207", 1);
        w.settle(&lost).unwrap_err();
        assert_eq!(w.states(&lost), [S::Unknown]);
        count(&w, day);
        w.wire.clear();
        let view = asked(&w, day);
        assert_eq!(found(&view), [(Class::State, Action::Adopt)]);
        assert_eq!(w.wire.said(), ["3201", "3201", "9101", "3202", "9102"]);
        // It is named: who it is about, and the centre's number that ends it.
        let difference = &view.differences[0];
        assert_eq!(difference.visit.as_ref(), Some(&lost));
        assert_eq!(difference.name, w.view(&lost).patient.name);
        let Difference::Line {
            settlement,
            ours,
            theirs,
            ..
        } = &difference.difference
        else {
            panic!()
        };
        assert!(settlement.starts_with("990001"), "{settlement}");
        assert_eq!(ours, theirs, "as 2206 had computed it");
        let (clinic, centre) = (view.reconciled.clinic, view.reconciled.centre.unwrap());
        assert_eq!(centre.count, clinic.count + 1);
        // The action mends it.
        w.app.resolve(&w.doctor, &lost).unwrap();
        assert_eq!(w.states(&lost), [S::Settled]);
        count(&w, day);
        let view = asked(&w, day);
        assert!(view.reconciled.green(), "{:?}", found(&view));
        assert_eq!(view.reconciled.clinic, centre);
    }
}

#[test]
fn a_reversal_that_was_found_out_is_not_paid_back_again() {
    for w in worlds("evening_reversal") {
        let day = today(&w);
        let mut people = w.residents();
        let back = w.settled(people.next().unwrap(), &w.cold());
        let batch = w.view(&back).batches[0].id.clone();
        w.centre.panel.set_fault(Fault::LoseReply, "2208", 1);
        w.app.reverse(&w.doctor, &batch, "开错药").unwrap_err();
        assert_eq!(w.states(&back), [S::ReversalUnknown]);
        count(&w, day);
        assert_eq!(found(&asked(&w, day)), [(Class::State, Action::Adopt)]);
        w.app.resolve(&w.doctor, &back).unwrap();
        assert_eq!(w.states(&back), [S::Reversed]);
        count(&w, day);
        let view = asked(&w, day);
        assert!(view.reconciled.green(), "{:?}", found(&view));
        // 5203 told that it is paid back, not under which number: the file is matched by its msgid.
        let lost = w.presettled(people.next().unwrap(), &w.cold());
        w.centre.panel.set_fault(Fault::LoseReply, "2207", 1);
        w.settle(&lost).unwrap_err();
        assert_eq!(found(&asked(&w, day)), [(Class::State, Action::Adopt)]);
    }
}

#[test]
fn a_settlement_that_never_arrived_is_not_called_failed() {
    for w in worlds("evening_unresolved") {
        let day = today(&w);
        let visit = w.presettled(w.resident(false), &w.cold());
        // The centre never got it; the clinic cannot know.
        w.centre.panel.set_fault(Fault::Html, "2207", 1);
        w.settle(&visit).unwrap_err();
        assert_eq!(w.states(&visit), [S::Unknown]);
        count(&w, day);
        let view = asked(&w, day);
        assert_eq!(found(&view), [(Class::State, Action::Resolve)]);
        assert_eq!(view.reconciled.centre, Some(view.reconciled.clinic));
    }
}

#[test]
fn what_only_one_side_has_is_named_with_what_mends_it() {
    for w in worlds("evening_sides") {
        let day = today(&w);
        let mut people = w.residents();
        let (undone, refunded) = (people.next().unwrap(), people.next().unwrap());
        let (a, b) = (w.settled(undone, &w.cold()), w.settled(refunded, &w.cold()));
        let (gone, msgid) = settlement(&w, &a);
        w.at_centre::<T2601>(&Data::from(settle::UndoMessage {
            psn_no: undone.number.clone(),
            omsgid: msgid,
            oinfno: "2207".to_owned(),
        }));
        let (back, _) = settlement(&w, &b);
        let calls = w.wire.of("2207");
        let visit = calls.last().unwrap().sent["input"]["data"]["mdtrt_id"].clone();
        let reversal = w.at_centre::<T2208>(&Data::from(settle::Reverse {
            setl_id: back,
            mdtrt_id: visit.as_str().unwrap().to_owned(),
            psn_no: refunded.number.clone(),
        }));
        count(&w, day);
        let view = asked(&w, day);
        assert_eq!(
            found(&view),
            [
                (Class::OnlyHere, Action::VoidHere),
                (Class::OnlyThere, Action::RefundHere)
            ]
        );
        let of = |at: usize| match &view.differences[at].difference {
            Difference::Line { settlement, .. } => settlement.clone(),
            other => panic!("{other:?}"),
        };
        assert_eq!((of(0), of(1)), (gone, reversal.setlinfo.setl_id));
        assert_eq!(view.differences[0].visit, Some(a));
        // 5203 was asked about what the centre does not list.
        assert_eq!(w.wire.of("5203").len(), 1);
        let centre = view.reconciled.centre.unwrap();
        assert_eq!((centre.money.total, centre.count), (Fen::ZERO, 2));
    }
}

#[test]
fn a_reversal_that_crosses_midnight_counts_on_one_day_only() {
    for w in worlds("evening_midnight") {
        let day = today(&w);
        let visit = w.settled(w.resident(false), &w.cold());
        let batch = w.view(&visit).batches[0].id.clone();
        // 23:59 at the centre, the next day when the answer comes.
        let seconds = cunyi_domain::time::parse_date_time("2026-11-24 23:59:00").unwrap();
        w.clock.advance(seconds.seconds_since(w.app.now()));
        let clock = w.clock.clone();
        w.wire.twist("2208", move |came| {
            clock.advance(120);
            came
        });
        w.app.reverse(&w.doctor, &batch, "开错药").unwrap();
        let next = today(&w);
        assert_ne!(next, day);
        for day in [day, next] {
            count(&w, day);
            let view = asked(&w, day);
            assert_eq!(found(&view), [], "{day}");
        }
        let settled = |day| w.app.today(&w.doctor, day).unwrap().settlements.len();
        assert_eq!(
            (settled(day), settled(next)),
            (2, 0),
            "by the centre's clock"
        );
    }
}

#[test]
fn what_another_clinic_settled_under_the_same_code_is_not_undone_here() {
    for w in worlds("evening_shared") {
        let day = today(&w);
        let paid = w.settled(w.resident(false), &w.cold());
        let stranger = crate::foreign::clinic(&w.app, 4);
        w.app.reconcile(&stranger, day).unwrap();
        w.app
            .count_till(&stranger, day, Fen::ZERO, Fen::ZERO)
            .unwrap();
        let view = w.app.reconciliation(&stranger, day).unwrap();
        assert_eq!(found(&view), []);
        assert_eq!((view.reconciled.clinic.count, view.groups), (0, vec![]));
        // It was asked for both at once, and agrees for both.
        let view = looked(&w, day);
        assert_eq!(found(&view), [(Class::Cash, Action::Count)]);
        assert_eq!(view.reconciled.centre.unwrap().count, 1);
        // One that is not of this program: its lines are nobody's here to undo.
        let (setl_id, _) = settlement(&w, &paid);
        let sql = "UPDATE clinic SET institution_code = 'H99000100009' WHERE clinic = ?";
        let mine = w.doctor.clinic.as_str().to_owned().into_value();
        let db = w.app.store().db();
        db.transact("moved", |tx| tx.execute(sql, vec![mine]))
            .unwrap();
        w.app.reconcile(&stranger, day).unwrap();
        let view = w.app.reconciliation(&stranger, day).unwrap();
        assert_eq!(found(&view), [(Class::Unasked, Action::Township)]);
        assert!(
            view.differences
                .iter()
                .all(|d| !format!("{d:?}").contains(&setl_id))
        );
    }
}

#[test]
fn a_centre_that_does_not_answer_makes_nothing_green() {
    for w in worlds("evening_silent") {
        let day = today(&w);
        w.settled(w.resident(false), &w.cold());
        count(&w, day);
        w.centre.panel.set_fault(Fault::Refuse, "3201", 1);
        let view = asked(&w, day);
        assert_eq!(found(&view), [(Class::Unasked, Action::AskAgain)]);
        assert_eq!(view.groups[0].answer, Answer::Silent);
        assert_eq!(view.reconciled.centre, None);
        // Sums differ, and the result file does not come.
        let lost = w.presettled(w.residents().nth(1).unwrap(), &w.cold());
        w.centre.panel.set_fault(Fault::LoseReply, "2207", 1);
        w.settle(&lost).unwrap_err();
        for fault in [
            Fault::Refuse,
            Fault::Truncate,
            Fault::LoseReply,
            Fault::Page,
        ] {
            w.centre.panel.set_fault(fault, "9102", 1);
            let view = asked(&w, day);
            assert_eq!(
                found(&view),
                [
                    (Class::State, Action::Resolve),
                    (Class::Unasked, Action::AskAgain)
                ],
                "{fault}"
            );
        }
        w.centre.panel.set_down(true);
        let view = asked(&w, day);
        let answers: Vec<Answer> = view.groups.iter().map(|group| group.answer).collect();
        assert_eq!(answers, [Answer::Silent, Answer::Silent]);
        w.centre.panel.set_down(false);
        assert_eq!(found(&asked(&w, day)), [(Class::State, Action::Adopt)]);
    }
}

#[test]
fn what_cannot_be_counted_or_asked_is_refused() {
    for w in worlds("evening_refused") {
        let day = today(&w);
        let count = |cash: i64, qr: i64| w.app.count_till(&w.doctor, day, Fen(cash), Fen(qr));
        for (result, code, field) in [
            (count(-1_000_000_001, 0), Code::BadNumber, "cash"),
            (count(1_000_000_001, 0), Code::BadNumber, "cash"),
            (count(0, -1_000_000_001), Code::BadNumber, "qr"),
            (
                w.app.reconcile(&w.doctor, day.tomorrow().unwrap()),
                Code::BadText,
                "day",
            ),
        ] {
            let refusal = w.refused(result);
            assert_eq!((refusal.code, refusal.field), (code, Some(field)));
        }
        // Days of which this clinic has no books.
        for outside in [day.yesterday(), day.tomorrow()] {
            let counted = w
                .app
                .count_till(&w.doctor, outside.unwrap(), Fen(1), Fen(0));
            let expected = Refusal::at(Code::DayOutside, "day");
            let expected = expected.with("from", day).with("to", day);
            assert_eq!(w.refused(counted), expected);
        }
        assert!(looked(&w, day).counted.is_none() && looked(&w, day).asked.is_none());
        // Who may look may not ask or count.
        let pharmacist = actor(&w.app, "pharmacist");
        w.app.reconciliation(&pharmacist, day).unwrap();
        assert_eq!(w.code(w.app.reconcile(&pharmacist, day)), Code::Forbidden);
    }
}
