//! Signing in and out.

use std::sync::Arc;

use cunyi_app::{AppError, LOCKED_FOR_MINUTES, MAX_PASSWORD, WRONG_BEFORE_LOCK};
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_store::local::{Credential, Session};

use crate::world::{PASSWORD, Setting, TestClock, World, actor, program, setup_form, worlds};

fn wrong(w: &World) -> Code {
    w.code(w.app.sign_in("doctor", "wrong"))
}

fn sessions(w: &World) -> Vec<Session> {
    let db = w.app.store().db();
    db.read("sessions", |tx| {
        tx.select::<Session>("ORDER BY started_at", vec![])
    })
    .unwrap()
}

#[test]
fn a_wrong_name_and_a_wrong_password_look_the_same() {
    for w in worlds("wrong") {
        let long = "x".repeat(MAX_PASSWORD + 1);
        for (login, password) in [
            ("doctor", "wrong"),
            ("doctor", ""),
            ("nobody", PASSWORD),
            ("", ""),
            ("DOCTOR", PASSWORD),
            ("doctor", &long),
            (&long, PASSWORD),
            ("doc\0tor", PASSWORD),
        ] {
            let refusal = w.refused(w.app.sign_in(login, password));
            assert_eq!(
                (refusal.code, refusal.args.len()),
                (Code::WrongPassword, 0),
                "{login:?}"
            );
        }
    }
}

#[test]
fn five_wrong_passwords_lock_for_a_quarter_of_an_hour() {
    for w in worlds("locked") {
        for _ in 0..WRONG_BEFORE_LOCK {
            assert_eq!(wrong(&w), Code::WrongPassword);
        }
        assert_eq!(wrong(&w), Code::WrongPassword);
        assert_eq!(
            w.code(w.app.sign_in("doctor", PASSWORD)),
            Code::WrongPassword,
            "the right one too"
        );
        w.app.sign_in("pharmacist", PASSWORD).unwrap();
        w.clock
            .advance(i64::try_from(LOCKED_FOR_MINUTES).unwrap() * 60 - 30);
        assert_eq!(wrong(&w), Code::WrongPassword);
        w.clock.advance(30);
        w.app.sign_in("doctor", PASSWORD).unwrap();
        // The right password forgets the wrong ones before it.
        for _ in 1..WRONG_BEFORE_LOCK {
            wrong(&w);
        }
        w.app.sign_in("doctor", PASSWORD).unwrap();
        assert_eq!(wrong(&w), Code::WrongPassword);
    }
}

#[test]
fn wrong_passwords_at_once_are_counted_one_by_one() {
    for w in worlds("locked_at_once") {
        std::thread::scope(|scope| {
            for _ in 0..WRONG_BEFORE_LOCK {
                scope.spawn(|| w.app.sign_in("doctor", "wrong").unwrap_err());
            }
        });
        assert_eq!(
            w.code(w.app.sign_in("doctor", PASSWORD)),
            Code::WrongPassword
        );
    }
}

#[test]
fn a_session_ends_with_sign_out_or_after_two_hours_of_rest() {
    for w in worlds("session") {
        let token = w.app.sign_in("doctor", PASSWORD).unwrap();
        let view = w.app.session(&token).unwrap().unwrap();
        assert_eq!(
            (
                view.actor.role.as_str(),
                view.fictional,
                view.locale.as_str()
            ),
            ("doctor", true, "zh-CN")
        );
        for strange in ["", "0", &token[1..], "' OR 1=1 --"] {
            assert_eq!(w.app.session(strange).unwrap(), None, "{strange:?}");
        }
        w.app.set_locale(&token, "en").unwrap();
        assert_eq!(w.app.session(&token).unwrap().unwrap().locale, "en");
        assert_eq!(w.code(w.app.set_locale(&token, "fr")), Code::BadText);
        // Used every hour and a half it lives on, unused for more than two hours it ends.
        for _ in 0..3 {
            w.clock.advance(5_400);
            assert!(w.app.session(&token).unwrap().is_some());
        }
        w.clock.advance(7_200 + 60);
        assert_eq!(w.app.session(&token).unwrap(), None);
        let other = w.app.sign_in("doctor", PASSWORD).unwrap();
        assert_ne!(other, token);
        assert_eq!(sessions(&w).len(), 1, "what has ended is swept out");
        w.app.sign_out(&other).unwrap();
        w.app.sign_out(&other).unwrap();
        assert_eq!(w.app.session(&other).unwrap(), None);
    }
}

#[test]
fn a_session_that_never_rests_ends_after_twelve_hours() {
    for w in worlds("session_long") {
        let token = w.app.sign_in("doctor", PASSWORD).unwrap();
        for _ in 0..11 {
            w.clock.advance(3_600);
            assert!(w.app.session(&token).unwrap().is_some());
        }
        w.clock.advance(3_600 + 60);
        assert_eq!(w.app.session(&token).unwrap(), None);
        w.app.sign_in("pharmacist", PASSWORD).unwrap();
        let left = sessions(&w);
        assert_eq!(left.len(), 1, "the old one is swept out");
    }
}

#[test]
fn whoever_may_no_longer_sign_in_is_out_at_once() {
    for w in worlds("disabled") {
        let token = w.app.sign_in("pharmacist", PASSWORD).unwrap();
        let switch = |active: i64| {
            let sql = "UPDATE user_account SET active = ? WHERE login = 'pharmacist'";
            let db = w.app.store().db();
            let done: Result<_, cunyi_store::StoreError> = db.transact("switch", |tx| {
                Ok(tx.execute(sql, vec![cunyi_domain::row::Value::Int(active)])?)
            });
            done.unwrap();
        };
        switch(0);
        assert_eq!(w.app.session(&token).unwrap(), None);
        let refused = w.code(w.app.sign_in("pharmacist", PASSWORD));
        assert_eq!(refused, Code::WrongPassword);
        assert!(w.app.sign_in("doctor", PASSWORD).is_ok());
    }
}

#[test]
fn neither_token_nor_password_is_stored() {
    for w in worlds("stored") {
        let token = w.app.sign_in("doctor", PASSWORD).unwrap();
        let rows = format!("{:?}", sessions(&w));
        assert!(
            !rows.contains(&token) && !rows.contains(&token[..16]),
            "{rows}"
        );
        assert_eq!(token.len(), 64);
        let db = w.app.store().db();
        let rows = db
            .read("credentials", |tx| tx.select::<Credential>("", vec![]))
            .unwrap();
        assert!(rows.iter().all(|row| row.hash.starts_with("$argon2id$")));
        let hashes: std::collections::BTreeSet<_> = rows.iter().map(|row| &row.hash).collect();
        assert_eq!(hashes.len(), 7, "one password, seven salts");
    }
}

#[test]
fn two_first_runs_at_once_are_one_clinic() {
    let clock = Arc::new(TestClock::at("2026-11-24 09:00:00"));
    let w = &worlds("first_runs")[0];
    let app = program(cunyi_db::Target::Memory, &w.wire, &clock, 5);
    let setting = Setting::default();
    let form = setup_form(&setting);
    let done: Vec<bool> = std::thread::scope(|scope| {
        let runs: Vec<_> = (0..2)
            .map(|_| scope.spawn(|| app.install(&form).is_ok()))
            .collect();
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    });
    assert_eq!(done.iter().filter(|ok| **ok).count(), 1, "{done:?}");
    let clinics = app
        .store()
        .db()
        .read("clinics", cunyi_store::reference::clinics);
    assert_eq!(clinics.unwrap().len(), 1);
}

#[test]
fn an_account_is_read_strictly() {
    let w = &worlds("strict_account")[0];
    let clock = Arc::new(TestClock::at("2026-11-24 09:00:00"));
    let app = program(cunyi_db::Target::Memory, &w.wire, &clock, 5);
    let with = |change: fn(&mut cunyi_app::NewUser)| {
        let mut form = setup_form(&Setting::default());
        change(&mut form.administrator);
        let refusal = w.refused(app.install(&form));
        (refusal.code, refusal.field)
    };
    let nobody = |u: &mut cunyi_app::NewUser| u.name = "王\u{7}".to_owned();
    assert_eq!(with(nobody), (Code::BadText, Some("user_name")));
    let same = |u: &mut cunyi_app::NewUser| u.login = "doctor".to_owned();
    assert_eq!(with(same), (Code::LoginTaken, Some("login")));
    let mut form = setup_form(&Setting::default());
    form.users[0].national_code = String::new();
    assert_eq!(form.users[0].role, "doctor");
    let missing = Refusal::at(Code::Missing, "national_code");
    assert_eq!(w.refused(app.install(&form)), missing);

    let code = (Code::BadText, Some("national_code"));
    assert_eq!(with(|u| u.national_code = "D".repeat(31)), code);
    assert_eq!(with(|u| u.national_code = "D1\0".to_owned()), code);
    assert_eq!(with(|u| u.national_code = "医师".to_owned()), code);
    app.install(&setup_form(&Setting::default())).unwrap();
}

#[test]
fn files_that_do_not_read_or_fit_are_told_where_and_why() {
    let w = &worlds("files")[0];
    let clock = Arc::new(TestClock::at("2026-11-24 09:00:00"));
    let app = program(cunyi_db::Target::Memory, &w.wire, &clock, 5);
    let with = |change: &dyn Fn(&mut cunyi_app::SetupForm)| {
        let mut form = setup_form(&Setting::default());
        change(&mut form);
        w.refused(app.install(&form))
    };
    let text = |refusal: &Refusal| refusal.args.first().map_or("", |(_, text)| text).to_owned();

    let region = with(&|form| form.region = form.region.replace("infver", "infvr"));
    assert_eq!((region.code, region.field), (Code::BadFile, Some("region")));
    let place = text(&region);
    assert!(
        place.starts_with("region:7:1: unknown field `infvr`"),
        "{place}"
    );
    let policy = with(&|form| {
        form.policies[1] = form.policies[1]
            .replace("\"390\"", "\"391\"")
            .replace("\"310\"", "\"311\"");
    });
    assert_eq!(
        (policy.code, policy.field),
        (Code::BadFile, Some("policies"))
    );
    assert!(text(&policy).starts_with("policy-2:"), "{policy:?}");

    let twice = with(&|form| form.policies[1] = form.policies[0].clone());
    assert_eq!(twice, Refusal::at(Code::PolicyTwice, "policies"));
    let none = with(&|form| form.policies.clear());
    assert_eq!(none, Refusal::at(Code::Missing, "policies"));
    let unnamed =
        with(&|form| form.region = form.region.replace("benefits.chronic", "benefits.other"));
    assert_eq!(
        (unnamed.code, text(&unnamed)),
        (Code::BenefitUnnamed, "chronic".to_owned())
    );

    // One after the other is no contradiction.
    let mut form = setup_form(&Setting::default());
    let [old, new] = [
        ("from = ", "to = \"2026-12-31\", from = "),
        ("2020", "2027"),
    ];
    form.policies = [old, new]
        .map(|(a, b)| form.policies[0].replacen(a, b, 1))
        .into();
    app.install(&form).unwrap();
}

#[test]
fn a_fictional_policy_frees_the_demos_clinic_only() {
    let w = &worlds("fiction")[0];
    let clock = Arc::new(TestClock::at("2026-11-24 09:00:00"));
    let app = program(cunyi_db::Target::Memory, &w.wire, &clock, 5);
    app.install(&cunyi_app::SetupForm {
        fictional: false,
        ..setup_form(&Setting::default())
    })
    .unwrap();
    let token = app.sign_in("doctor", PASSWORD).unwrap();
    assert!(app.session(&token).unwrap().unwrap().unconfirmed);
    let admin = actor(&app, "administrator");
    assert!(app.policies(&admin).unwrap().iter().all(|p| !p.fictional));
}

#[test]
fn a_clinic_is_installed_once() {
    for w in worlds("installed") {
        assert!(w.app.installed().unwrap());
        let again = w.app.install(&cunyi_app::SetupForm::default());
        assert!(matches!(again, Err(AppError::Refused(r)) if r.code == Code::WrongState));
    }
}
