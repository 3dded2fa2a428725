//! Message ids: unique under one institution code, whatever slot, restart and clock do.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use cunyi_app::views::{IdentifyForm, RegisterForm};
use cunyi_app::{Actor, App};
use cunyi_centre::population::Person;
use cunyi_db::Target;

use crate::foreign::clinic;
use crate::world::{Setting, World, program, world, worlds};

fn comes(app: &App, by: &Actor, person: &Person) {
    let form = IdentifyForm {
        certificate: "02".to_owned(),
        number: person.id_number.clone(),
        ..IdentifyForm::default()
    };
    let form = RegisterForm {
        handle: app.identify(by, &form).unwrap().handle,
        ..RegisterForm::default()
    };
    app.register(by, &form).unwrap();
}

fn ids(w: &World) -> Vec<String> {
    w.wire.calls().into_iter().map(|c| c.msgid).collect()
}

fn all_differ(ids: &[String]) {
    let set: BTreeSet<&String> = ids.iter().collect();
    assert_eq!(set.len(), ids.len());
    assert!(ids.iter().all(|id| id.len() == 30), "{ids:?}");
}

/// Those of 2201: intents, issued from the persisted row.
fn intents(w: &World) -> Vec<String> {
    w.wire.of("2201").into_iter().map(|c| c.msgid).collect()
}

fn only_rise(ids: &[String]) {
    assert!(ids.windows(2).all(|pair| pair[0] < pair[1]), "{ids:?}");
}

#[test]
fn three_clinics_under_one_code_in_one_second() {
    for w in worlds("msgid_three") {
        let actors = [0, 1, 2].map(|slot| clinic(&w.app, slot));
        w.clock.stop();
        for person in w.residents().take(12) {
            for by in &actors {
                comes(&w.app, by, person);
            }
        }
        all_differ(&ids(&w));
        let visits: usize = actors.iter().map(|by| w.app.queue(by).unwrap().len()).sum();
        assert_eq!(visits, 36);
        let sent = w.wire.of("2201");
        let number = |c: &crate::wire::Call| c.sent["input"]["data"]["ipt_otp_no"].to_string();
        let numbers: BTreeSet<String> = sent.iter().map(number).collect();
        assert_eq!(numbers.len(), 36, "visit numbers are the code's too");
    }
}

#[test]
fn a_clock_that_is_set_back_does_not_go_back() {
    for w in worlds("msgid_back") {
        for (person, step) in w.residents().zip([0, -3_600, -1, 7_200, -86_400, 5]) {
            w.clock.advance(step);
            comes(&w.app, &w.doctor, person);
        }
        all_differ(&ids(&w));
        only_rise(&intents(&w));
        w.prove();
    }
}

#[test]
fn a_clock_that_crosses_midnight_and_comes_back_repeats_no_visit_number() {
    for w in worlds("msgid_midnight") {
        w.clock.advance(15 * 3_600 - 60);
        for (person, step) in w.residents().zip([0, 120, -120, 1, 120, 1]) {
            w.clock.advance(step);
            comes(&w.app, &w.doctor, person);
        }
        let sent = w.wire.of("2201");
        let number = |c: &crate::wire::Call| c.sent["input"]["data"]["ipt_otp_no"].to_string();
        let numbers: Vec<String> = sent.iter().map(number).collect();
        assert!(
            numbers.windows(2).all(|pair| pair[0] < pair[1]),
            "{numbers:?}"
        );
        assert_eq!(numbers.len(), 6);
        w.prove();
    }
}

/// A file of this test's own, gone with it.
struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        for end in ["", "-wal", "-shm"] {
            let path = format!("{}{end}", self.0.display());
            // What was never made cannot be removed.
            let _ = std::fs::remove_file(path);
        }
    }
}

#[test]
fn a_restart_repeats_nothing() {
    let name = format!("msgid-{}.db", std::process::id());
    let file = Scratch(PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name));
    let target = Target::File(file.0.clone());
    let mut w = world(target.clone(), &Setting::default());
    w.clock.stop();
    for seed in 1..6 {
        let people: Vec<Person> = w.residents().take(3).cloned().collect();
        for person in &people {
            comes(&w.app, &w.doctor, person);
        }
        // The process ends, another begins, and its clock may have been set back a little.
        w.clock.advance(i64::from(seed == 3) * -60);
        w.app = Arc::new(program(target.clone(), &w.wire, &w.clock, 100 + seed));
    }
    only_rise(&intents(&w));
    all_differ(&intents(&w));
    w.prove();
}

#[test]
fn a_restart_in_the_same_second_repeats_no_question() {
    let name = format!("msgid-query-{}.db", std::process::id());
    let file = Scratch(PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name));
    let target = Target::File(file.0.clone());
    let mut w = world(target.clone(), &Setting::default());
    w.clock.stop();
    for seed in 1..5 {
        w.identify(w.resident(false));
        w.app = Arc::new(program(target.clone(), &w.wire, &w.clock, 100 + seed));
        w.clock.advance(i64::from(seed % 2 == 0));
    }
    all_differ(&ids(&w));
}

#[test]
fn a_restart_with_the_clock_set_back_repeats_no_question() {
    let name = format!("msgid-back-{}.db", std::process::id());
    let file = Scratch(PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name));
    let target = Target::File(file.0.clone());
    let mut w = world(target.clone(), &Setting::default());
    w.clock.stop();
    for seed in 1..5 {
        // It asks in every second of a minute; the next one starts in the midst of them.
        for _ in 0..60 {
            w.identify(w.resident(false));
            w.clock.advance(1);
        }
        w.clock.advance(-30);
        w.app = Arc::new(program(target.clone(), &w.wire, &w.clock, 100 + seed));
    }
    all_differ(&ids(&w));
}
