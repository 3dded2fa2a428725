//! What regions do differently is in their file: the same visit under another one.

use cunyi_app::views::IdentifyForm;
use cunyi_centre::population::{Cover, Person};
use cunyi_domain::batch::BatchState as S;
use cunyi_domain::ledger::VisitState;
use cunyi_domain::money::Fen;
use cunyi_domain::refusal::Code;
use cunyi_domain::transport::{Reply, TransportError};
use cunyi_gateway::region::{TRANSPORTS, demo_over};

use crate::world::{Setting, World, worlds_of};

/// Signed headers, a path each, A editions, spellings of its own, no trace codes, another account.
fn elsewhere() -> Setting {
    let mut setting = Setting {
        region: demo_over("tif"),
        ..Setting::default()
    };
    for (here, there) in [
        (
            "addressing = \"infno\"",
            "addressing = \"paths\"\npaths = { 5201 = \"/a\", 5206 = \"/b\" }",
        ),
        ("prefix = \"/ebus/fsi/\"", "prefix = \"/ebus\""),
        ("presettle = \"plain\"", "presettle = \"a\""),
        ("settle = \"plain\"", "settle = \"a\""),
        ("visit_upload = \"a\"", "visit_upload = \"plain\""),
        ("send_trace_codes = true", "send_trace_codes = false"),
        (
            "fund_includes_account = false",
            "fund_includes_account = true",
        ),
        (
            "mulaid_inside_account = true",
            "mulaid_inside_account = false",
        ),
        ("med_type = \"9901\"", "med_type = \"140104\""),
    ] {
        assert!(setting.region.contains(here), "{here}");
        setting.region = setting.region.replacen(here, there, 1);
    }
    setting.region += "\n[spellings]\nmdtrt_id = \"medrcd_id\"\npsn_no = \"person_no\"\n";
    setting
}

/// A message's numbers as the region runs them, and where they went.
fn sent(w: &World) -> Vec<String> {
    let calls = w.wire.calls();
    calls.iter().map(|call| call.infno.clone()).collect()
}

#[test]
fn a_visit_under_another_regions_file_is_the_same_visit() {
    for w in worlds_of("elsewhere", &elsewhere()) {
        let visit = w.presettled(w.resident(true), &w.cold_and_pressure());
        let line = w.view(&visit).charges[0].id.clone();
        w.app
            .scan_trace(&w.doctor, &line, "81234567890123456789")
            .unwrap();
        w.settle(&visit).unwrap();
        assert_eq!(w.states(&visit), [S::Settled, S::Settled]);
        let said = sent(&w);
        for number in ["2203", "2206A", "2207A"] {
            assert!(said.iter().any(|s| s == number), "{number}: {said:?}");
        }
        let settled = w.wire.of("2207A");
        let input = &settled[1].sent["input"];
        assert_eq!(input["data"]["med_type"], "140104");
        assert!(input["data"]["person_no"].is_string() && input["data"]["psn_no"].is_null());
        assert!(
            settled
                .iter()
                .all(|call| call.sent["input"]["drug_trac_info"].is_null())
        );
        w.app.hand_over(&w.doctor, &visit).unwrap();
        assert_eq!(w.view(&visit).state, VisitState::Done);
        let batch = w.view(&visit).batches[0].id.clone();
        w.app.reverse(&w.doctor, &batch, "开错药").unwrap();
        assert_eq!(w.states(&visit), [S::Reversed, S::Settled]);

        // Her account, which this region's fund is said to contain.
        let visit = w.settled(employee(&w), &w.cold());
        let batch = &w.view(&visit).batches[0];
        assert!(batch.account > Fen::ZERO, "{batch:?}");
        w.prove();
    }
}

#[test]
fn a_visit_is_settled_and_reversed_through_every_family() {
    for (family, _) in TRANSPORTS.iter().filter(|(family, _)| *family != "tif") {
        let setting = Setting {
            region: demo_over(family),
            ..Setting::default()
        };
        for w in worlds_of(&format!("family_{family}"), &setting) {
            let visit = w.settled(w.resident(true), &w.cold());
            let batch = w.view(&visit).batches[0].id.clone();
            w.app.reverse(&w.doctor, &batch, "开错药").unwrap();
            assert_eq!(w.states(&visit), [S::Reversed], "{family}");
            w.prove();
        }
    }
}

#[test]
fn a_lost_reply_is_found_again_through_a_family_that_seals() {
    let setting = Setting {
        region: demo_over("oauth"),
        ..Setting::default()
    };
    for w in worlds_of("family_lost", &setting) {
        let visit = w.presettled(w.resident(true), &w.cold());
        w.wire
            .twist("2207", |_| Err(TransportError::Lost("cut".to_owned())));
        w.settle(&visit).unwrap_err();
        assert_eq!(w.states(&visit), [S::Unknown]);
        w.app.resolve(&w.doctor, &visit).unwrap();
        assert_eq!(w.states(&visit), [S::Settled]);
        w.prove();
    }
}

/// An employee with enough in her personal account.
pub fn employee(w: &World) -> &Person {
    let rich = |c: &Cover| {
        c.scheme == "310" && c.status == "1" && c.balance > Fen(10_000) && c.place == "990001"
    };
    w.person(|p| p.coverages.len() == 1 && rich(&p.coverages[0]))
}

#[test]
fn the_personal_account_pays_first_where_the_region_says_so() {
    for pays in [true, false] {
        let mut setting = Setting::default();
        let (here, there) = ("account_pays = true", format!("account_pays = {pays}"));
        assert!(setting.region.contains(here));
        setting.region = setting.region.replace(here, &there);
        for w in worlds_of(&format!("account_{pays}"), &setting) {
            let visit = w.presettled(employee(&w), &w.cold());
            let computed = w.view(&visit).batches.remove(0);
            let personal = computed.total - computed.fund;
            assert!(personal > Fen::ZERO);
            let shares = if pays {
                (personal, Fen::ZERO)
            } else {
                (Fen::ZERO, personal)
            };
            assert_eq!(
                (computed.account, computed.cash),
                shares,
                "seen before it is settled"
            );
            w.settle(&visit).unwrap();
            let settled = w.view(&visit).batches.remove(0);
            assert_eq!((settled.account, settled.cash), shares);
            let flag = if pays { "1" } else { "0" };
            for infno in ["2206", "2207"] {
                let input = &w.wire.of(infno)[0].sent["input"];
                assert_eq!(input["data"]["acct_used_flag"], flag, "{infno}");
            }
            w.app.reverse(&w.doctor, &settled.id, "开错药").unwrap();
            let back = w.app.today(&w.doctor, w.app.now().date()).unwrap();
            assert_eq!((back.account, back.cash), (Fen::ZERO, Fen::ZERO));

            // A resident has no account.
            let visit = w.presettled(w.resident(false), &w.cold());
            let computed = w.view(&visit).batches.remove(0);
            assert_eq!(computed.account, Fen::ZERO);
            w.prove();
        }
    }
}

/// A wrong key is no network that is down: the page says what to look at.
#[test]
fn a_gateway_that_turns_messages_away_is_not_called_unreachable() {
    let setting = Setting {
        region: demo_over("csb"),
        ..Setting::default()
    };
    for w in worlds_of("turned_away", &setting) {
        let away = |_| {
            let body = br#"{"code":"AuthenticationFailed"}"#.to_vec();
            Ok(Reply { status: 403, body })
        };
        // At the first call of the day nobody is signed in.
        w.wire.twist("9001", away);
        let person = w.resident(false);
        let form = IdentifyForm {
            certificate: "02".to_owned(),
            number: person.id_number.clone(),
            typed: true,
            ..IdentifyForm::default()
        };
        let found = w.app.identify(&w.doctor, &form);
        assert_eq!(w.code(found), Code::TurnedAway);
        let visit = w.frozen(person, &w.cold());
        // Nor is she taken for who was here before, as in an outage.
        w.wire.twist("1101", away);
        let found = w.app.identify(&w.doctor, &form);
        assert_eq!(w.code(found), Code::TurnedAway);
        w.wire.twist("2206", away);
        assert_eq!(w.code(w.app.presettle(&w.doctor, &visit)), Code::TurnedAway);
        assert!(w.view(&visit).batches[0].not_sent);
        w.app.presettle(&w.doctor, &visit).unwrap();
        w.wire.hold("2207");
        w.wire.twist("2207", away);
        assert_eq!(w.code(w.settle(&visit)), Code::TurnedAway);
        assert_eq!(w.states(&visit), [S::Presettled], "nothing happened");
        w.settle(&visit).unwrap();
        w.prove();
    }
}
