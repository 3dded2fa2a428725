//! The record of a done visit (4301): sent of itself where the region asks for it, and over again.

use cunyi_centre::faults::Fault;
use cunyi_domain::ids::VisitId;
use cunyi_domain::ledger::Method;
use cunyi_domain::money::Fen;
use cunyi_domain::refusal::Code;

use crate::world::{Setting, World, worlds, worlds_of};

/// A region that asks for the records.
pub fn wanted() -> Setting {
    let usual = Setting::default();
    let region = usual
        .region
        .replace("upload_records = false", "upload_records = true");
    assert_ne!(region, usual.region);
    Setting { region, ..usual }
}

/// A visit that is settled and done.
fn done(w: &World) -> VisitId {
    let visit = w.settled(w.resident(false), &w.cold());
    w.app.hand_over(&w.doctor, &visit).unwrap();
    visit
}

fn fail(w: &World, fault: Fault, times: u32) {
    w.centre.panel.set_fault(fault, "4301", times);
}

/// How often 4301 has left.
fn sent(w: &World) -> usize {
    w.wire.of("4301").len()
}

#[test]
fn a_done_visits_record_is_sent_once() {
    for w in worlds_of("uploaded", &wanted()) {
        let person = w.resident(false);
        let visit = w.settled(person, &w.cold());
        assert_eq!(w.app.upload_due().unwrap(), 0, "it is not done yet");
        w.app.hand_over(&w.doctor, &visit).unwrap();
        assert_eq!(w.app.uploads(&w.doctor).unwrap().len(), 1);
        let day = w.app.today(&w.doctor, w.app.now().date()).unwrap();
        assert_eq!(day.uploads, Some(1));
        assert_eq!(w.app.upload_due().unwrap(), 1);
        let input = w.wire.of("4301")[0].sent["input"].clone();
        let view = w.view(&visit);
        let registered = w.wire.of("2201")[0].sent["input"]["data"]["ipt_otp_no"].clone();
        assert_eq!(input["rgstinfo"]["mdtrt_sn"], registered);
        assert_eq!(
            input["rgstinfo"]["mdtrt_id"],
            view.batches[0].platform_visit.as_str()
        );
        assert_eq!(input["rgstinfo"]["psn_no"], person.number.as_str());
        assert_eq!(input["caseinfo"][0]["chfcomp"], w.cold().complaint.as_str());
        let coded = &w.wire.of("2203")[0].sent["input"]["diseinfo"][0]["diag_code"];
        assert_eq!(&input["diseinfo"][0]["diag_code"], coded);
        let drugs = view.charges.iter().filter(|c| c.days > 0).count();
        assert_eq!(input["rxinfo"].as_array().unwrap().len(), drugs);
        assert!(drugs > 0);
        w.clock.advance(86_400);
        assert_eq!(w.app.upload_due().unwrap(), 0);
        assert_eq!(w.app.uploads(&w.doctor).unwrap(), []);
        let again = w.app.upload_again(&w.doctor, &visit);
        assert_eq!(w.code(again), Code::WrongState);
        assert_eq!(sent(&w), 1);
        w.prove();
    }
}

#[test]
fn a_refused_record_is_tried_six_times_and_then_a_person_looks() {
    for w in worlds_of("refused_record", &wanted()) {
        let visit = done(&w);
        fail(&w, Fault::Refuse, 7);
        // Minutes until the next attempt (nhsa-interface §5.8).
        for (n, minutes) in [1, 5, 15, 60, 60].into_iter().enumerate() {
            assert_eq!(w.app.upload_due().unwrap(), 1);
            assert_eq!(sent(&w), n + 1);
            let row = w.app.uploads(&w.doctor).unwrap().remove(0);
            assert_eq!(
                (row.manual, row.attempts),
                (false, i64::try_from(n).unwrap() + 1)
            );
            w.clock.advance(minutes * 60 - 5);
            assert_eq!(w.app.upload_due().unwrap(), 0, "{n}: too early");
            w.clock.advance(5);
        }
        assert_eq!(w.app.upload_due().unwrap(), 1);
        w.clock.advance(7 * 86_400);
        assert_eq!(w.app.upload_due().unwrap(), 0);
        assert_eq!(sent(&w), 6);
        let row = w.app.uploads(&w.doctor).unwrap().remove(0);
        assert_eq!((row.manual, row.attempts), (true, 6));
        assert!(row.said.contains("系统繁忙"), "{}", row.said);
        let again = w.app.upload_again(&w.doctor, &visit);
        assert_eq!(w.code(again), Code::CentreRefused);
        w.app.upload_again(&w.doctor, &visit).unwrap();
        assert_eq!(w.app.uploads(&w.doctor).unwrap(), []);
        assert_eq!(sent(&w), 8);
        w.prove();
    }
}

#[test]
fn a_lost_reply_is_an_attempt_and_the_record_is_sent_again() {
    for w in worlds_of("lost_record", &wanted()) {
        done(&w);
        fail(&w, Fault::LoseReply, 1);
        assert_eq!(w.app.upload_due().unwrap(), 1);
        assert_eq!(w.app.uploads(&w.doctor).unwrap()[0].attempts, 1);
        w.clock.advance(60);
        assert_eq!(w.app.upload_due().unwrap(), 1);
        assert_eq!(w.app.uploads(&w.doctor).unwrap(), []);
        w.prove();
    }
}

#[test]
fn while_the_platform_is_away_nothing_is_an_attempt_and_one_asks_for_all() {
    for w in worlds_of("away_record", &wanted()) {
        for person in w.residents().take(2).cloned().collect::<Vec<_>>() {
            let visit = w.settled(&person, &w.consult_only());
            w.app.hand_over(&w.doctor, &visit).unwrap();
        }
        w.centre.panel.set_down(true);
        w.app.upload_due().unwrap();
        assert_eq!(sent(&w), 1);
        assert_eq!(w.app.upload_due().unwrap(), 0);
        let attempts = || -> Vec<i64> {
            let rows = w.app.uploads(&w.doctor).unwrap();
            rows.iter().map(|row| row.attempts).collect()
        };
        assert_eq!(attempts(), [0, 0]);
        w.clock.advance(300);
        w.app.upload_due().unwrap();
        assert_eq!((sent(&w), attempts()), (2, vec![0, 0]));
        w.centre.panel.set_down(false);
        w.clock.advance(300);
        assert_eq!(w.app.upload_due().unwrap(), 2);
        assert!(attempts().is_empty());
        w.prove();
    }
}

#[test]
fn what_is_given_and_not_settled_waits_for_its_settlement() {
    for w in worlds_of("unsettled_record", &wanted()) {
        let visit = w.presettled(w.resident(false), &w.cold());
        w.centre.panel.set_fault(Fault::LoseReply, "2207", 1);
        assert_eq!(w.code(w.settle(&visit)), Code::CentreUnknown);
        let most = w.view(&visit).batches[0].total;
        w.app
            .hand_over_against(&w.doctor, &visit, most, Method::Cash)
            .unwrap();
        assert!(most > Fen::ZERO);
        assert_eq!(w.app.upload_due().unwrap(), 1);
        assert_eq!(sent(&w), 0);
        w.app.resolve(&w.doctor, &visit).unwrap();
        assert_eq!(w.app.upload_due().unwrap(), 0, "it looks again in an hour");
        w.clock.advance(3_600);
        assert_eq!(w.app.upload_due().unwrap(), 1);
        assert_eq!(sent(&w), 1);
        w.prove();
    }
}

#[test]
fn where_nobody_asks_or_she_pays_herself_nothing_is_sent() {
    for w in worlds("no_record") {
        done(&w);
        w.clock.advance(86_400);
        assert_eq!(w.app.upload_due().unwrap(), 0);
        let day = w.app.today(&w.doctor, w.app.now().date()).unwrap();
        assert_eq!(day.uploads, None);
    }
    for w in worlds_of("own_record", &wanted()) {
        let visit = w.register(w.resident(false));
        w.app.switch_to_self_pay(&w.doctor, &visit).unwrap();
        w.app
            .freeze(&w.doctor, &visit, 0, &w.consult_only())
            .unwrap();
        w.settle(&visit).unwrap();
        w.app.hand_over(&w.doctor, &visit).unwrap();
        w.app.upload_due().unwrap();
        assert_eq!(sent(&w), 0);
        assert_eq!(w.app.uploads(&w.doctor).unwrap(), []);
    }
}
