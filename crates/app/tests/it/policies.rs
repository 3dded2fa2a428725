//! A policy that bears a real place's name, until somebody answers for it.

use cunyi_domain::refusal::{Code, Refusal};

use crate::world::{Setting, actor, worlds, worlds_of};

/// The demo's rules under a name that could be a real place's.
pub fn real() -> Setting {
    let text = Setting::default().resident;
    assert!(text.contains("fictional = true"));
    Setting {
        resident: text.replace("fictional = true", "fictional = false"),
        ..Setting::default()
    }
}

#[test]
fn a_real_places_policy_is_unconfirmed_until_it_is_entered_who_confirmed_it() {
    for w in worlds_of("confirm_policy", &real()) {
        let (app, administrator) = (&w.app, actor(&w.app, "administrator"));
        let token = app.sign_in("doctor", crate::world::PASSWORD).unwrap();
        assert!(app.session(&token).unwrap().unwrap().unconfirmed);
        let visit = w.register(w.resident(false));
        app.freeze(&w.doctor, &visit, 0, &w.cold()).unwrap();
        assert!(app.paper(&w.doctor, &visit).unwrap().unconfirmed);

        let policies = app.policies(&administrator).unwrap();
        let policy = policies.iter().find(|p| !p.fictional).unwrap();
        let (name, version) = (policy.name.as_str(), policy.version.as_str());
        let enter = |by: &str, on: &str| app.confirm_policy(&administrator, name, version, by, on);
        for (by, on, refusal) in [
            (
                " ",
                "2026-01-05",
                Refusal::at(Code::Missing, "confirmed_by"),
            ),
            (
                "县\u{7}局",
                "2026-01-05",
                Refusal::at(Code::BadText, "confirmed_by"),
            ),
            ("县医保局", "", Refusal::at(Code::BadText, "confirmed_on")),
            (
                "县医保局",
                "2026-02-30",
                Refusal::at(Code::BadText, "confirmed_on"),
            ),
            (
                "县医保局",
                "2099-01-01",
                Refusal::at(Code::BadText, "confirmed_on"),
            ),
        ] {
            assert_eq!(w.refused(enter(by, on)), refusal, "{by} {on}");
        }
        let other = app.confirm_policy(&administrator, name, "other", "县医保局", "2026-01-05");
        assert_eq!(w.code(other), Code::NotFound);
        let doctor = app.confirm_policy(&w.doctor, name, version, "县医保局", "2026-01-05");
        assert_eq!(w.code(doctor), Code::Forbidden);
        assert!(app.session(&token).unwrap().unwrap().unconfirmed);

        enter("县医保局待遇科 周某", "2026-01-05").unwrap();
        assert!(!app.session(&token).unwrap().unwrap().unconfirmed);
        assert!(!app.paper(&w.doctor, &visit).unwrap().unconfirmed);
        assert_eq!(w.code(enter("县医保局", "2026-01-05")), Code::WrongState);
        let policies = app.policies(&administrator).unwrap();
        let policy = policies.iter().find(|p| !p.fictional).unwrap();
        assert_eq!(policy.confirmed_by, "县医保局待遇科 周某");
        assert_eq!(policy.confirmed_on.unwrap().to_string(), "2026-01-05");
        w.prove();
    }
}

#[test]
fn an_invented_place_needs_nobody() {
    for w in worlds("fictional_policy") {
        let administrator = actor(&w.app, "administrator");
        let policy = &w.app.policies(&administrator).unwrap()[0];
        let (name, version) = (policy.name.as_str(), policy.version.as_str());
        let app = &w.app;
        let entered = app.confirm_policy(&administrator, name, version, "县医保局", "2026-01-05");
        assert_eq!(w.code(entered), Code::WrongState);
    }
}
