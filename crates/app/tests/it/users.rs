//! Users after the first run.

use cunyi_app::views::UserView;
use cunyi_app::{Actor, NewUser, WRONG_BEFORE_LOCK};
use cunyi_domain::ids::UserId;
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
