//! Each switch, seen from the clinic.

use std::time::Duration;

use cunyi_domain::money::Fen;
use cunyi_gateway::message::charge::FeeQuery;
use cunyi_gateway::message::{Data, T1101, T2206, T2207, T5204};
use cunyi_gateway::{Outcome, Why};

use super::desk::Desk;
use crate::faults::Fault;

/// Does a 2207 under a fault; the outcome, and whether the centre has settled.
fn settle_under(fault: Fault) -> (Outcome<()>, bool) {
    let desk = Desk::new();
    let seen = desk.see(&desk.villager("390"), "11");
    let total = desk.charge(&seen, "B1", &[("DRUG-A", "20.00")]);
    assert_eq!(total, Fen(2_000));
    let asked = Desk::presettle_input(&seen, "B1", total);
    desk.centre.panel.set_fault(fault, "2207", 1);
    let answered = desk.ok::<T2206>(&asked);
    let input = Desk::settle_input(&asked.data, &answered);
    let outcome = match desk.call::<T2207>(&input) {
        Outcome::Success(_) => panic!("{fault} did not strike"),
        Outcome::Refused(refusal) => Outcome::Refused(refusal),
        Outcome::Unknown(unknown) => Outcome::Unknown(unknown),
        Outcome::NotSent { turned_away } => Outcome::NotSent { turned_away },
    };
    let fees = FeeQuery {
        psn_no: seen.person,
        setl_id: String::new(),
        mdtrt_id: seen.id,
    };
    let rows = desk.ok::<T5204>(&Data::from(fees)).data;
    (outcome, !rows[0].setl_id.is_empty())
}

fn why(outcome: &Outcome<()>) -> Why {
    match outcome {
        Outcome::Unknown(unknown) => unknown.why,
        _ => panic!("not unknown"),
    }
}

#[test]
fn refuse_does_nothing() {
    let (outcome, settled) = settle_under(Fault::Refuse);
    assert!(matches!(outcome, Outcome::Refused(_)));
    assert!(!settled);
}

#[test]
fn html_does_nothing_and_is_unknown() {
    let (outcome, settled) = settle_under(Fault::Html);
    assert_eq!((why(&outcome), settled), (Why::HttpStatus(502), false));
}

#[test]
fn a_page_with_status_200_is_as_unknown() {
    let (outcome, settled) = settle_under(Fault::Page);
    assert_eq!((why(&outcome), settled), (Why::NotJson, false));
}

#[test]
fn a_truncated_reply_comes_after_the_deed() {
    let (outcome, settled) = settle_under(Fault::Truncate);
    assert_eq!((why(&outcome), settled), (Why::Truncated, true));
}

#[test]
fn a_lost_reply_comes_after_the_deed() {
    let (outcome, settled) = settle_under(Fault::LoseReply);
    assert_eq!((why(&outcome), settled), (Why::Lost, true));
}

#[test]
fn a_fault_is_used_up_and_can_be_taken_back() {
    let desk = Desk::new();
    let ask = || desk.call::<T1101>(&Desk::identify("02", &desk.people[0].id_number, ""));
    desk.centre.panel.set_fault(Fault::Refuse, "", 2);
    assert!(matches!(
        (ask(), ask()),
        (Outcome::Refused(_), Outcome::Refused(_))
    ));
    assert!(matches!(ask(), Outcome::Success(_)));
    desk.centre.panel.set_fault(Fault::LoseReply, "1101", 5);
    desk.centre.panel.set_fault(Fault::LoseReply, "1101", 0);
    assert!(matches!(ask(), Outcome::Success(_)));
}

#[test]
fn down_is_not_sent_and_slow_is_lost_after_the_deadline() {
    let desk = Desk::new();
    let ask = || desk.call::<T1101>(&Desk::identify("02", &desk.people[0].id_number, ""));
    desk.centre.panel.set_down(true);
    assert!(matches!(ask(), Outcome::NotSent { .. }));
    desk.centre.panel.set_down(false);
    desk.centre.panel.set_slow(Duration::from_secs(5));
    assert!(matches!(ask(), Outcome::Success(_)));
    desk.centre.panel.set_slow(Duration::from_mins(1));
    assert!(matches!(ask(), Outcome::Unknown(unknown) if unknown.why == Why::Lost));
}
