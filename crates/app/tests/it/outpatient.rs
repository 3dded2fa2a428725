//! 门诊日志: everyone who was seen stands in it once, with what was found and given; nobody else does.

use cunyi_app::views::OutpatientLog;
use cunyi_domain::ledger::{AccessKind, VisitState};
use cunyi_domain::refusal::{Code, Refusal};

use crate::world::{World, actor, worlds};

fn today(w: &World) -> OutpatientLog {
    let day = w.app.now().date();
    w.app.outpatient_log(&w.doctor, day, day).unwrap()
}

#[test]
fn who_was_seen_stands_in_the_log_with_what_was_given() {
    for w in worlds("outpatient") {
        let person = w.resident(false);
        let first = w.settled(person, &w.cold());
        w.app.hand_over(&w.doctor, &first).unwrap();
        // Waiting: not yet seen; cancelled: never.
        let waits = w.register(w.residents().nth(2).unwrap());
        let move_to = |visit, state| w.app.move_visit(&w.doctor, visit, state).unwrap();
        move_to(&waits, VisitState::Waiting);
        let again = w.settled(person, &w.cold());
        let log = today(&w);
        let seen: Vec<_> = log.rows.iter().map(|row| &row.visit).collect();
        assert_eq!(seen, [&first, &again]);
        let (one, two) = (&log.rows[0], &log.rows[1]);
        assert_eq!((one.again, two.again), (false, true));
        assert_eq!((&*one.name, one.sex), (&*person.name, person.sex));
        let names = |visit| {
            let lines = w.view(visit).charges;
            lines.into_iter().map(|l| l.name).collect::<Vec<_>>()
        };
        let given = names(&first);
        assert!(!given.is_empty());
        assert!(one.treatment.starts_with(&given.join("、")), "{one:?}");
        assert!(!one.diagnoses.is_empty() && !one.doctor.is_empty());
        // What is paid back before it was handed over was not given; the visit was one all the same.
        let batch = w.view(&again).batches[0].id.clone();
        w.app.reverse(&w.doctor, &batch, "退药").unwrap();
        let two = &today(&w).rows[1];
        assert!(!two.treatment.contains(&given[0]), "{two:?}");
        move_to(&waits, VisitState::Cancelled);
        assert_eq!(today(&w).rows.len(), 2);
        w.clock.advance(86_400);
        assert!(today(&w).rows.is_empty(), "another day");
        w.prove();
    }
}

#[test]
fn who_does_not_treat_sees_no_numbers_and_leaves_an_entry() {
    for w in worlds("outpatient_access") {
        let visit = w.settled(w.resident(false), &w.cold());
        let patient = w.view(&visit).patient.patient;
        let mut form = w.app.patient(&w.doctor, &patient).unwrap().fields;
        form.address = "示例县柳湾镇柳湾村三组12号".to_owned();
        form.phone = "13900001111".to_owned();
        w.app.correct_patient(&w.doctor, &patient, &form).unwrap();
        let day = w.app.now().date();
        let auditor = actor(&w.app, "auditor");
        let (full, masked) = (today(&w), w.app.outpatient_log(&auditor, day, day).unwrap());
        assert_eq!(masked.rows[0].visit, visit);
        let (full, masked) = (&full.rows[0], &masked.rows[0]);
        assert_eq!((&full.address, &full.phone), (&form.address, &form.phone));
        assert!(masked.address.ends_with("****"), "{masked:?}");
        assert!(masked.phone.contains("****"), "{masked:?}");
        let log = w.app.access_log(&w.doctor).unwrap();
        let read = |entry: &&cunyi_app::views::AccessView| {
            entry.what == AccessKind::List && entry.detail == "outpatient-log"
        };
        assert_eq!(log.iter().filter(read).count(), 1, "the auditor's alone");
        let before = day.yesterday().unwrap();
        let refusal = w.refused(w.app.outpatient_log(&w.doctor, day, before));
        assert_eq!(refusal, Refusal::at(Code::BadText, "to"));
        w.prove();
    }
}
