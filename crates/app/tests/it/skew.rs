//! A clinic's clock that is not the centre's.

use cunyi_domain::batch::BatchState as S;
use cunyi_domain::refusal::{Code, Refusal};

use crate::wire::Came;
use crate::world::{World, worlds};

/// The reply as a centre would have sent it whose clock is `seconds` ahead of the clinic's.
fn centre_ahead(w: &World, infno: &str, seconds: i64) {
    let theirs = cunyi_domain::time::Moment(w.app.now().0 + seconds * 1_000_000);
    w.wire.twist(infno, move |came: Came| {
        let mut reply = came.unwrap();
        let mut body: serde_json::Value = serde_json::from_slice(&reply.body).unwrap();
        body["respond_time"] = format!("{}000", theirs.compact()).into();
        reply.body = serde_json::to_vec(&body).unwrap();
        Ok(reply)
    });
}

fn says(refusal: &Refusal, name: &str) -> String {
    let mut args = refusal.args.iter();
    let found = args.find(|(arg, _)| *arg == name);
    found.map_or(String::new(), |(_, value)| value.clone())
}

#[test]
fn five_minutes_are_a_warning_when_somebody_is_identified() {
    for w in worlds("skew_warn") {
        let person = w.resident(false);
        for (seconds, code, way) in [
            (0, None, ""),
            (290, None, ""),
            (400, Some(Code::ClockSkew), "behind"),
            (-400, Some(Code::ClockSkew), "ahead"),
            (4_000, Some(Code::ClockTooFar), "behind"),
        ] {
            centre_ahead(&w, "1101", seconds);
            let warnings = w.identify(person).warnings;
            let clock = warnings
                .iter()
                .find(|said| [Code::ClockSkew, Code::ClockTooFar].contains(&said.code));
            assert_eq!(clock.map(|said| said.code), code, "{seconds}");
            if let Some(said) = clock {
                assert_eq!(says(said, "way"), way);
                let minutes: i64 = says(said, "minutes").parse().unwrap();
                assert!((minutes - seconds.abs() / 60).abs() <= 1, "{minutes}");
                assert_eq!(says(said, "limit"), "30");
            }
        }
    }
}

#[test]
fn over_the_regions_limit_nothing_is_settled_and_afterwards_it_is() {
    for w in worlds("skew_refuse") {
        let person = w.resident(false);
        let visit = w.frozen(person, &w.cold());
        for seconds in [1_900, -1_900] {
            centre_ahead(&w, "2206", seconds);
            let refusal = w.refused(w.app.presettle(&w.doctor, &visit));
            assert_eq!(refusal.code, Code::ClockTooFar);
            assert_eq!(says(&refusal, "minutes"), "31");
            assert!(w.states(&visit).iter().all(|state| *state != S::Presettled));
        }
        assert!(w.wire.of("2207").is_empty());
        // Ten minutes do not hinder.
        centre_ahead(&w, "2206", 600);
        w.app.presettle(&w.doctor, &visit).unwrap();
        w.settle(&visit).unwrap();
        assert_eq!(w.states(&visit), [S::Settled]);
        w.prove();
    }
}

#[test]
fn a_sign_in_before_the_centres_midnight_is_not_kept_for_the_clinics_next_day() {
    for w in worlds("skew_midnight") {
        let person = w.resident(false);
        w.wire.twist("9001", |came: Came| {
            let mut reply = came.unwrap();
            let mut body: serde_json::Value = serde_json::from_slice(&reply.body).unwrap();
            body["output"]["signinoutb"]["sign_time"] = "2026-11-23 23:59:50".into();
            reply.body = serde_json::to_vec(&body).unwrap();
            Ok(reply)
        });
        for sign_ins in [1, 2, 2] {
            w.identify(person);
            assert_eq!(w.wire.of("9001").len(), sign_ins);
        }
    }
}
