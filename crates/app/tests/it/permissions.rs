//! Who may call what: every use case called as every role, held against a table a clerk can read.
//! `CUNYI_BLESS=1 cargo test -p cunyi-app permissions` writes the table anew.

use std::fmt::Write as _;

use cunyi_app::{Action, AppError, WRONG_BEFORE_LOCK};
use cunyi_domain::refusal::Code;
use cunyi_store::reference::Role;

use crate::usecases::{Ids, USE_CASES};
use crate::world::{ROLES, actor, worlds};

fn path() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/golden/permissions.txt")
}

#[test]
fn every_use_case_as_every_role() {
    for w in worlds("permissions") {
        let actors: Vec<_> = ROLES.iter().map(|role| actor(&w.app, role)).collect();
        assert_eq!(actors.len(), Role::ALL.len());
        let mut table = format!("{:<20}", "");
        for role in ROLES {
            write!(table, "{role:<15}").unwrap();
        }
        table.push('\n');
        for case in USE_CASES {
            write!(table, "{:<20}", case.name).unwrap();
            for by in &actors {
                let answer = (case.call)(&w.app, by, &Ids::default());
                let refused =
                    matches!(&answer, Err(AppError::Refused(r)) if r.code == Code::Forbidden);
                write!(table, "{:<15}", if refused { "-" } else { "allowed" }).unwrap();
            }
            table.push('\n');
        }
        let lines: Vec<&str> = table.lines().map(str::trim_end).collect();
        let table = lines.join(
            "
",
        ) + "
";
        if std::env::var_os("CUNYI_BLESS").is_some() {
            std::fs::write(path(), &table).unwrap();
        }
        assert_eq!(table, std::fs::read_to_string(path()).unwrap());
    }
}

#[test]
fn whoever_looks_in_from_outside_is_seen_by_the_patient() {
    for w in worlds("access") {
        let visit = w.settled(w.resident(false), &w.cold());
        let view = w.view(&visit);
        let (patient, batch) = (view.patient.patient, view.batches[0].id.clone());
        let (township, auditor) = (actor(&w.app, "township"), actor(&w.app, "auditor"));
        let pharmacist = actor(&w.app, "pharmacist");
        w.app.visit(&pharmacist, &visit).unwrap();
        assert_eq!(w.app.patient(&w.doctor, &patient).unwrap().accesses, vec![]);
        w.app.visit(&township, &visit).unwrap();
        w.app.paper(&auditor, &visit).unwrap();
        w.app.statement(&auditor, &batch).unwrap();
        w.app.patient(&township, &patient).unwrap();
        let accesses = w.app.patient(&w.doctor, &patient).unwrap().accesses;
        let seen: Vec<_> = accesses
            .iter()
            .map(|(name, role, _)| (name.as_str(), *role))
            .collect();
        let (t, a) = (
            ("测试township", Role::Township),
            ("测试auditor", Role::Auditor),
        );
        assert_eq!(seen, [t, a, a, t], "newest first");
        // A refused look leaves nothing, and sees nothing.
        let county = actor(&w.app, "insurance");
        assert_eq!(w.code(w.app.patient(&county, &patient)), Code::Forbidden);
        assert_eq!(
            w.app.patient(&w.doctor, &patient).unwrap().accesses.len(),
            4
        );
        w.prove();
    }
}

#[test]
fn the_access_log_tells_who_looked_signed_in_or_was_turned_away() {
    for w in worlds("access_log") {
        let visit = w.settled(w.resident(false), &w.cold());
        let patient = w.view(&visit).patient.patient;
        let (township, auditor) = (actor(&w.app, "township"), actor(&w.app, "auditor"));
        let before = w.app.access_log(&w.doctor).unwrap().len();
        w.app.find_patients(&w.doctor, "李").unwrap();
        w.app.find_patients(&township, "李").unwrap();
        w.app.today(&township, w.app.now().date()).unwrap();
        w.app.queue(&township).unwrap();
        w.app.patient(&township, &patient).unwrap();
        for _ in 0..WRONG_BEFORE_LOCK + 2 {
            w.app.sign_in("health", "wrong").unwrap_err();
        }
        w.app.sign_in("nobody", "wrong").unwrap_err();
        w.app.note_refused(Action::Settle, &township).unwrap();
        w.app.note_refused(Action::Settle, &township).unwrap();
        w.clock.advance(61);
        w.app.note_refused(Action::Settle, &township).unwrap();
        w.app.sign_in("pharmacist", crate::world::PASSWORD).unwrap();
        let log = w.app.access_log(&auditor).unwrap();
        let new = log.len() - before;
        let told = log[..new].iter().rev().map(|entry| {
            let whose = entry.patient.as_ref().map_or("", |p| {
                assert_eq!(*p, patient);
                "hers"
            });
            let text = [
                entry.role.as_str(),
                entry.what.as_str(),
                &entry.detail,
                whose,
            ];
            text.join(" ").trim().to_owned()
        });
        let mut expected = vec![
            "township list search",
            "township list day",
            "township list queue",
            "township record  hers",
        ];
        // Once locked, nothing is counted: a flood of sign-ins is no flood of facts.
        expected.extend(["health wrong-password"; 4]);
        expected.extend(["health locked"]);
        expected.extend(["township refused settle"; 2]);
        expected.extend(["pharmacist signed-in"]);
        assert_eq!(told.collect::<Vec<_>>(), expected);
        let again = w.app.access_log(&auditor).unwrap();
        let newest = (again[0].role.as_str(), again[0].detail.as_str());
        assert_eq!(
            newest,
            ("auditor", "accesses"),
            "reading it is an entry too"
        );
        w.prove();
    }
}

#[test]
fn numbers_are_masked_for_all_but_the_doctor() {
    for w in worlds("masked") {
        let person = w.resident(false);
        let visit = w.register(person);
        let patient = w.view(&visit).patient.patient;
        let full = w.app.patient(&w.doctor, &patient).unwrap().fields;
        assert_eq!(full.id_number, person.id_number);
        for role in ["pharmacist", "township", "auditor"] {
            let by = actor(&w.app, role);
            let shown = w.app.patient(&by, &patient).unwrap();
            let paper = w.app.paper(&by, &visit).unwrap();
            let view = w.app.visit(&by, &visit).unwrap();
            let hits = w.app.find_patients(&by, &person.name).unwrap();
            let forms = [&shown.fields, &paper.patient].map(|f| serde_json::to_string(f).unwrap());
            let told = format!("{forms:?}{shown:?}{paper:?}{view:?}{hits:?}");
            assert!(!told.contains(&person.id_number), "{role}");
            assert!(shown.fields.id_number.contains('*'), "{role}");
        }
    }
}
