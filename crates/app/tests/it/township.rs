//! Clinics under one institution code: the township sees their sums and each one's part, the centre is
//! asked once for all of them, and a clinic sees its own.

use cunyi_app::Actor;
use cunyi_app::views::{ApplyForm, IdentifyForm, ReconcileView, RegisterForm};
use cunyi_centre::population::Person;
use cunyi_domain::ids::VisitId;
use cunyi_domain::ledger::Method;
use cunyi_domain::money::Fen;
use cunyi_domain::reconcile::{Class, Difference};
use cunyi_domain::refusal::Code;
use cunyi_domain::time::civil::Date;
use cunyi_gateway::message::{Data, T2601, settle};

use crate::clearing::{day, until};
use crate::foreign::{clinic, clinic_under};
use crate::world::{World, actor, worlds};

/// A consultation settled at a clinic of this doctor's.
fn settled(w: &World, doctor: &Actor, person: &Person) -> VisitId {
    let form = IdentifyForm {
        certificate: "02".to_owned(),
        number: person.id_number.clone(),
        typed: true,
        ..IdentifyForm::default()
    };
    let handle = w.app.identify(doctor, &form).unwrap().handle;
    let form = RegisterForm {
        handle,
        ..RegisterForm::default()
    };
    let visit = w.app.register(doctor, &form).unwrap();
    w.app.freeze(doctor, &visit, 0, &w.consult_only()).unwrap();
    w.app.presettle(doctor, &visit).unwrap();
    let batch = w.app.visit(doctor, &visit).unwrap().batches.remove(0);
    let shown = [(batch.id, batch.cash)];
    w.app.settle(doctor, &visit, &shown, Method::Cash).unwrap();
    visit
}

fn looked(w: &World, by: &Actor, day: Date) -> ReconcileView {
    w.app.reconciliation(by, day).unwrap()
}

fn count(w: &World, doctor: &Actor, day: Date) {
    let cash = looked(w, doctor, day).reconciled.drawers[0].expected;
    w.app.count_till(doctor, day, cash, Fen::ZERO).unwrap();
}

struct Code3 {
    second: Actor,
    third: Actor,
    township: Actor,
}

/// Two clinics under one code that settled one and two visits; a third under another code.
fn three(w: &World) -> Code3 {
    let (second, third) = (clinic(&w.app, 4), clinic_under(&w.app, 5, "H99000100002"));
    let mut people = w.residents();
    w.settled(people.next().unwrap(), &w.cold());
    for _ in 0..2 {
        settled(w, &second, people.next().unwrap());
    }
    settled(w, &third, people.next().unwrap());
    Code3 {
        second,
        third,
        township: actor(&w.app, "township"),
    }
}

#[test]
fn the_township_asks_once_and_each_clinic_sees_its_part() {
    for w in worlds("township_sums") {
        let by = three(&w);
        let day = w.app.now().date();
        w.wire.clear();
        w.app.reconcile(&by.township, day).unwrap();
        let said = w.wire.said();
        let asked: Vec<_> = said.iter().filter(|infno| *infno != "9001").collect();
        assert_eq!(asked, ["3201", "3201"], "once for each insurance");
        let sent = &w.wire.of("3201")[1].sent["input"]["data"];
        assert_eq!(sent["fixmedins_setl_cnt"].to_string(), "3");
        let whole = looked(&w, &by.township, day);
        let counts: Vec<i64> = whole.parts.iter().map(|part| part.sums.count).collect();
        assert_eq!(counts, [1, 2]);
        assert_eq!(whole.reconciled.clinic.count, 3);
        assert_eq!(whole.reconciled.centre, Some(whole.reconciled.clinic));
        // Nobody has counted: two drawers, each named.
        let names: Vec<&str> = whole
            .differences
            .iter()
            .map(|d| d.clinic.as_str())
            .collect();
        assert_eq!(names, ["演示县竹山村卫生室", "演示县梅溪村卫生室"]);
        for (doctor, own) in [(&w.doctor, 1), (&by.second, 2)] {
            count(&w, doctor, day);
            let view = looked(&w, doctor, day);
            assert!(view.reconciled.green(), "{:?}", view.reconciled.differences);
            assert_eq!(view.reconciled.clinic.count, own);
            assert_eq!(view.reconciled.centre.unwrap().count, own);
            assert_eq!(
                (view.parts, view.groups),
                (vec![], vec![]),
                "not hers to see"
            );
            assert_eq!(view.asked.unwrap().1, "测试township");
        }
        assert!(looked(&w, &by.township, day).reconciled.green());
        // The clinic under another code was not asked for.
        let other = looked(&w, &by.third, day);
        assert!(other.asked.is_none() && !other.shared);
        assert_eq!(other.reconciled.clinic.count, 1);
        // The township asks and looks; the drawer is the clinic's.
        let counted = w.app.count_till(&by.township, day, Fen(1), Fen(0));
        assert_eq!(w.code(counted), Code::Forbidden);
    }
}

#[test]
fn a_difference_is_told_to_the_clinic_that_has_it() {
    for w in worlds("township_difference") {
        let by = three(&w);
        let day = w.app.now().date();
        for doctor in [&w.doctor, &by.second] {
            count(&w, doctor, day);
        }
        // The centre takes one of the second clinic's back.
        let call = w.wire.of("2207").remove(1);
        let person = w.residents().nth(1).unwrap();
        w.at_centre::<T2601>(&Data::from(settle::UndoMessage {
            psn_no: person.number.clone(),
            omsgid: call.msgid.clone(),
            oinfno: "2207".to_owned(),
        }));
        // Whoever asks, asks for all.
        w.app.reconcile(&w.doctor, day).unwrap();
        assert!(looked(&w, &w.doctor, day).reconciled.green(), "not hers");
        let view = looked(&w, &by.second, day);
        assert_eq!(view.differences.len(), 1);
        assert_eq!(view.differences[0].difference.class(), Class::OnlyHere);
        assert_eq!(view.differences[0].name, person.name);
        let centre = view.reconciled.centre.unwrap();
        assert_eq!((view.reconciled.clinic.count, centre.count), (2, 1));
        let whole = looked(&w, &by.township, day);
        let found: Vec<usize> = whole.parts.iter().map(|part| part.differences).collect();
        assert_eq!(found, [0, 1]);
        let told = &whole.differences[0];
        assert_eq!(told.clinic, "演示县梅溪村卫生室");
        assert!(!told.number.is_empty() && told.name.is_empty() && told.visit.is_none());
        assert!(!format!("{whole:?}").contains(&person.name));
    }
}

#[test]
fn what_the_centre_alone_has_is_its_clinics_by_the_msgid() {
    for w in worlds("township_only_there") {
        let by = three(&w);
        let day = w.app.now().date();
        count(&w, &by.second, day);
        let sql = "DELETE FROM settlement WHERE clinic = 'clinic-4'";
        let db = w.app.store().db();
        db.transact("lost", |tx| {
            tx.execute("DELETE FROM payment WHERE clinic = 'clinic-4'", vec![])?;
            tx.execute(
                "UPDATE batch SET settlement = NULL WHERE clinic = 'clinic-4'",
                vec![],
            )?;
            tx.execute(sql, vec![])
        })
        .unwrap();
        w.app.reconcile(&by.township, day).unwrap();
        let classes = |by: &Actor| -> Vec<Class> {
            let found = looked(&w, by, day).reconciled.differences;
            let lines = found
                .iter()
                .filter(|d| matches!(d, Difference::Line { .. }));
            lines.map(Difference::class).collect()
        };
        assert_eq!(classes(&by.second), [Class::OnlyThere; 2]);
        assert_eq!(classes(&w.doctor), []);
        assert_eq!(classes(&by.township), [Class::OnlyThere; 2]);
    }
}

#[test]
fn the_township_applies_for_all_its_clinics_at_once() {
    for w in worlds("township_clearing") {
        let by = three(&w);
        let today = w.app.now().date();
        w.app.reconcile(&by.township, today).unwrap();
        for doctor in [&w.doctor, &by.second] {
            count(&w, doctor, today);
        }
        until(&w, "2026-12-02");
        let from = day("2026-11-01");
        let view = w.app.clearing_period(&by.township, from).unwrap();
        assert_eq!(view.not_green, []);
        let counts: Vec<i64> = view.clinics.iter().map(|(_, asked)| asked.count).collect();
        assert_eq!(counts, [1, 2]);
        let (clearing_type, asked) = view.to_apply[0].clone();
        let parts: Fen = view.clinics.iter().map(|(_, asked)| asked.claim()).sum();
        assert_eq!(parts, asked.claim());
        let form = ApplyForm {
            from,
            clearing_type,
            claim: asked.claim(),
            reason: String::new(),
        };
        // A doctor sees what she has settled, and applies for nothing.
        for (doctor, at) in [(&w.doctor, 0), (&by.second, 1)] {
            let own = w.app.clearing_period(doctor, from).unwrap();
            assert!(!own.answers && !own.may_clear);
            assert_eq!(own.total.settled, view.clinics[at].1.claim());
            assert!(own.clinics.is_empty() && own.to_apply.is_empty());
            let refused = w.app.apply_for_clearing(doctor, &form);
            assert_eq!(w.code(refused), Code::TownshipClears);
        }
        w.wire.clear();
        w.app.apply_for_clearing(&by.township, &form).unwrap();
        assert_eq!(w.wire.of("3203").len(), 1);
        let again = w.app.apply_for_clearing(&by.township, &form);
        assert_eq!(w.code(again), Code::AppliedAlready);
        let own = w.app.clearing_period(&w.doctor, from).unwrap();
        assert_eq!(own.applications, [], "the township's");
        // The clinic under another code answers for itself.
        let other = w.app.clearing_period(&by.third, from).unwrap();
        assert!(other.answers && other.applications.is_empty());
        assert_ne!(other.total.settled, asked.claim());
        for id in [&w.doctor.clinic, &by.second.clinic] {
            let report = w.app.store().replay_check(id).unwrap();
            assert_eq!(report.problems, Vec::<String>::new());
        }
    }
}
