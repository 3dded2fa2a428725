//! Users after the first run.

use cunyi_app::views::UserView;
use std::time::Duration;

use cunyi_app::{
    Actor, AppError, LOCKED_FOR_MINUTES, LicenceForm, NewUser, PasswordForm, WRONG_BEFORE_LOCK,
};
use cunyi_domain::ids::UserId;
use cunyi_domain::ledger::AccessKind;
use cunyi_domain::refusal::{Code, Refusal};

use crate::world::{PASSWORD, World, actor, worlds};

fn new(login: &str) -> NewUser {
    NewUser {
        login: login.to_owned(),
        name: "赵新来".to_owned(),
        role: "pharmacist".to_owned(),
        national_code: "Y990001000009".to_owned(),
        password: PASSWORD.to_owned(),
    }
}

fn seen(w: &World, administrator: &Actor, login: &str) -> UserView {
    let users = w.app.users(administrator).unwrap();
    users.into_iter().find(|u| u.login == login).unwrap()
}

#[test]
fn a_user_is_added_stopped_and_let_in_again() {
    for w in worlds("users") {
        let administrator = actor(&w.app, "administrator");
        w.app.add_user(&administrator, &new(" zhao ")).unwrap();
        let token = w.app.sign_in("zhao", PASSWORD).unwrap();
        assert_eq!(w.app.session(&token).unwrap().unwrap().user_name, "赵新来");

        let id = seen(&w, &administrator, "zhao").user;
        w.app.set_user_active(&administrator, &id, false).unwrap();
        assert!(w.app.session(&token).unwrap().is_none(), "out at once");
        assert_eq!(w.code(w.app.sign_in("zhao", PASSWORD)), Code::WrongPassword);
        assert!(!seen(&w, &administrator, "zhao").active);

        w.app.set_user_active(&administrator, &id, true).unwrap();
        assert!(
            w.app.session(&token).unwrap().is_none(),
            "the old session stays ended"
        );
        w.app.sign_in("zhao", PASSWORD).unwrap();
        w.prove();
    }
}

#[test]
fn a_licence_that_ends_is_said_in_time() {
    for w in worlds("licence") {
        let administrator = actor(&w.app, "administrator");
        let token = w.app.sign_in("doctor", PASSWORD).unwrap();
        let doctor = seen(&w, &administrator, "doctor");
        let set = |code: &str, until: &str| {
            let form = LicenceForm {
                national_code: code.to_owned(),
                until: until.to_owned(),
            };
            w.app.set_licence(&administrator, &doctor.user, &form)
        };
        let in_days = |days: u64| w.app.now().plus(Duration::from_hours(24 * days)).date();
        for (until, is_said) in [
            (in_days(61), false),
            (in_days(60), true),
            (in_days(0), true),
        ] {
            set(" D990001000077 ", &until.to_string()).unwrap();
            let now = seen(&w, &administrator, "doctor");
            assert_eq!(now.national_code, "D990001000077");
            assert_eq!(
                (now.licence_until, now.licence_ends.is_some()),
                (Some(until), is_said)
            );
            let session = w.app.session(&token).unwrap().unwrap();
            assert_eq!(session.licence_ends, is_said.then_some(until));
        }
        set("D990001000077", "").unwrap();
        assert_eq!(seen(&w, &administrator, "doctor").licence_until, None);

        let refused = |result: cunyi_app::Result<()>| match result {
            Err(AppError::Refused(refusal)) => refusal,
            other => panic!("{other:?}"),
        };
        let at = |field| Refusal::at(Code::BadText, field);
        assert_eq!(
            refused(set("D990001000077", "2026-02-30")),
            at("licence_until")
        );
        assert_eq!(refused(set("医生", "")), at("national_code"));
        let missing = Refusal::at(Code::Missing, "national_code");
        assert_eq!(refused(set("", "")), missing, "2201 wants it");
        w.prove();
    }
}

#[test]
fn a_new_password_opens_a_lock_and_ends_the_sessions() {
    for w in worlds("password") {
        let administrator = actor(&w.app, "administrator");
        let token = w.app.sign_in("pharmacist", PASSWORD).unwrap();
        for _ in 0..WRONG_BEFORE_LOCK {
            assert_eq!(
                w.code(w.app.sign_in("pharmacist", "wrong")),
                Code::WrongPassword
            );
        }
        let view = seen(&w, &administrator, "pharmacist");
        assert!(view.locked);
        let again = "another-password";
        w.app
            .reset_password(&administrator, &view.user, again)
            .unwrap();
        assert!(w.app.session(&token).unwrap().is_none());
        assert!(!seen(&w, &administrator, "pharmacist").locked);
        assert_eq!(
            w.code(w.app.sign_in("pharmacist", PASSWORD)),
            Code::WrongPassword
        );
        w.app.sign_in("pharmacist", again).unwrap();
    }
}

#[test]
fn what_is_wrong_with_a_user_is_said() {
    for w in worlds("bad_users") {
        let administrator = actor(&w.app, "administrator");
        let add = |user: &NewUser| w.refused(w.app.add_user(&administrator, user));
        assert_eq!(add(&new("doctor")), Refusal::at(Code::LoginTaken, "login"));
        assert_eq!(add(&new(" ")).field, Some("login"));
        let short = NewUser {
            password: "short".to_owned(),
            ..new("zhao")
        };
        assert_eq!(add(&short).field, Some("password"));
        let role = NewUser {
            role: "boss".to_owned(),
            ..new("zhao")
        };
        assert_eq!(add(&role).field, Some("role"));

        let own = w
            .app
            .set_user_active(&administrator, &administrator.user, false);
        assert_eq!(w.code(own), Code::OwnAccount);
        let nobody = UserId("nobody".to_owned());
        let app = &w.app;
        assert_eq!(
            w.code(app.set_user_active(&administrator, &nobody, false)),
            Code::NotFound
        );
        assert_eq!(
            w.code(app.reset_password(&administrator, &nobody, PASSWORD)),
            Code::NotFound
        );
        assert_eq!(w.code(app.users(&w.doctor)), Code::Forbidden);
        assert_eq!(
            w.code(app.add_user(&w.doctor, &new("zhao"))),
            Code::Forbidden
        );
    }
}

fn change(old: &str, new: &str, again: &str) -> PasswordForm {
    let [old, new, again] = [old, new, again].map(str::to_owned);
    PasswordForm { old, new, again }
}

/// The newest entry of the access log that is about an account.
fn noted(w: &World) -> (AccessKind, String, String) {
    let log = w.app.access_log(&w.doctor).unwrap();
    let entry = log.into_iter().find(|e| e.what != AccessKind::SignedIn);
    let entry = entry.unwrap();
    (entry.what, entry.name, entry.detail)
}

#[test]
fn her_own_password_is_changed_by_who_knows_the_old_one() {
    for w in worlds("own_password") {
        let [here, there] = [0; 2].map(|_| w.app.sign_in("doctor", PASSWORD).unwrap());
        let other = w.app.sign_in("pharmacist", PASSWORD).unwrap();
        let own = |form: &PasswordForm| w.app.change_password(&w.doctor, &here, form);
        let new = "竹山村的老樟树下";
        for (form, code) in [
            (change("wrong", new, new), Code::WrongOldPassword),
            (change(PASSWORD, "short", "short"), Code::WeakPassword),
            (
                change(PASSWORD, "my doctor", "my doctor"),
                Code::WeakPassword,
            ),
            (
                change(PASSWORD, new, "竹山村的老樟树上"),
                Code::PasswordsDiffer,
            ),
            (change(PASSWORD, new, ""), Code::PasswordsDiffer),
            (change(&"x".repeat(300), new, new), Code::WrongOldPassword),
        ] {
            assert_eq!(w.code(own(&form)), code);
        }
        assert!(w.app.session(&there).unwrap().is_some(), "nothing was done");
        let name = w.app.session(&here).unwrap().unwrap().user_name;
        let wrong = (AccessKind::WrongPassword, name.clone(), String::new());
        assert_eq!(noted(&w), wrong);

        w.clock.advance(1);
        own(&change(PASSWORD, new, new)).unwrap();
        assert!(w.app.session(&here).unwrap().is_some(), "this one goes on");
        assert!(w.app.session(&there).unwrap().is_none(), "the others end");
        assert!(w.app.session(&other).unwrap().is_some(), "somebody else's");
        let changed = (AccessKind::PasswordChanged, name, String::new());
        assert_eq!(noted(&w), changed);
        let refused = w.code(w.app.sign_in("doctor", PASSWORD));
        assert_eq!(refused, Code::WrongPassword);
        w.app.sign_in("doctor", new).unwrap();
        w.prove();
    }
}

#[test]
fn wrong_old_passwords_lock_as_wrong_sign_ins_do() {
    for w in worlds("own_password_locked") {
        let here = w.app.sign_in("doctor", PASSWORD).unwrap();
        let new = "another-password";
        let own = |old: &str| {
            w.app
                .change_password(&w.doctor, &here, &change(old, new, new))
        };
        // Together with those at the door.
        w.app.sign_in("doctor", "wrong").unwrap_err();
        for _ in 1..WRONG_BEFORE_LOCK {
            assert_eq!(w.code(own("wrong")), Code::WrongOldPassword);
        }
        assert_eq!(noted(&w).0, AccessKind::Locked);
        assert_eq!(w.code(own(PASSWORD)), Code::WrongOldPassword, "locked");
        let door = w.code(w.app.sign_in("doctor", PASSWORD));
        assert_eq!(door, Code::WrongPassword);
        let minutes = i64::try_from(LOCKED_FOR_MINUTES).unwrap();
        w.clock.advance(minutes * 60);
        own(PASSWORD).unwrap();
        w.prove();
    }
}

#[test]
fn of_two_changes_at_once_one_is_made() {
    for w in worlds("own_password_twice") {
        let here = w.app.sign_in("doctor", PASSWORD).unwrap();
        let new = ["another-password", "a-third-password"];
        let done = std::thread::scope(|scope| {
            let run = |new: &'static str| {
                let (w, here) = (&w, &here);
                scope.spawn(move || {
                    let form = change(PASSWORD, new, new);
                    w.app.change_password(&w.doctor, here, &form).is_ok()
                })
            };
            new.map(run).map(|run| run.join().unwrap())
        });
        for (password, done) in new.iter().zip(done) {
            assert_eq!(w.app.sign_in("doctor", password).is_ok(), done);
        }
        assert_eq!(done.iter().filter(|done| **done).count(), 1);
    }
}

#[test]
fn an_administrators_reset_is_noted_and_is_not_for_oneself() {
    for w in worlds("reset_noted") {
        let administrator = actor(&w.app, "administrator");
        let view = seen(&w, &administrator, "pharmacist");
        let new = "another-password";
        w.app
            .reset_password(&administrator, &view.user, new)
            .unwrap();
        let (what, _, whose) = noted(&w);
        assert_eq!((what, whose), (AccessKind::PasswordReset, view.name));
        let own = w
            .app
            .reset_password(&administrator, &administrator.user, new);
        assert_eq!(w.code(own), Code::OwnAccount);
        w.prove();
    }
}
