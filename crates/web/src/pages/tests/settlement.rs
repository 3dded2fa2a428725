//! The settlement panel: what it sums, what it says and what it offers.

use cunyi_domain::ledger::Standing;

use super::*;
use crate::layout::{self, Model};

#[test]
fn what_comes_next_follows_from_the_batches() {
    use BatchState::{
        Draft, Presettled, Refused, Requested, Reversed, Settled, Unknown, Uploaded, Void,
    };
    use VisitState::{Cancelled, Done, Parked, Seeing};
    for (visit, states, next) in [
        (Seeing, &[Draft, Draft][..], Next::Presettle),
        (Seeing, &[Presettled, Draft], Next::Presettle),
        (Seeing, &[Presettled, Presettled], Next::Confirm),
        (Seeing, &[Settled, Presettled], Next::Confirm),
        (Seeing, &[Settled, Refused], Next::Presettle),
        (Seeing, &[Settled, Requested], Next::Wait),
        (Seeing, &[Unknown, Presettled], Next::FindOut),
        (Seeing, &[Settled, Settled], Next::HandOver),
        // What was paid back takes no part any more.
        (Seeing, &[Settled, Reversed], Next::HandOver),
        (Seeing, &[Reversed, Settled], Next::HandOver),
        (Seeing, &[Reversed, Refused], Next::Presettle),
        (Seeing, &[Reversed, Presettled], Next::Confirm),
        (Seeing, &[Reversed, Reversed], Next::Cancel),
        (Seeing, &[Reversed, Void], Next::Cancel),
        (Parked, &[Draft], Next::Resume),
        (Parked, &[Settled, Settled], Next::Resume),
        (Parked, &[Unknown], Next::FindOut),
        (Done, &[Settled, Reversed], Next::Nothing),
        (Done, &[Reversed], Next::Nothing),
        // Given against a deposit, and not settled.
        (Done, &[Settled, Unknown], Next::FindOut),
        (Done, &[Uploaded], Next::Presettle),
        (Done, &[Settled, Presettled], Next::Confirm),
        (Cancelled, &[Reversed], Next::Nothing),
    ] {
        let v = samples::visit(states);
        let settle = Settle::of(&v);
        assert_eq!(settle.next(visit), next, "{visit} {states:?}");
    }
}

#[test]
fn what_is_open_between_patient_and_clinic_comes_before_the_rest() {
    use VisitState::{Cancelled, Done, Seeing};
    let v = samples::visit(&[BatchState::Settled]);
    for visit in [Seeing, Done, Cancelled] {
        for money in [Standing::ToReturn(Fen(5)), Standing::ToCollect(Fen(5))] {
            let settle = Settle {
                money,
                ..Settle::of(&v)
            };
            assert_eq!(settle.next(visit), Next::EvenOut, "{visit} {money:?}");
        }
    }
}

#[test]
fn what_was_left_before_is_not_taken_again() {
    let v = samples::visit(&[BatchState::Presettled]);
    for (held, due) in [(0, 863), (500, 363), (863, 0), (2_420, 0)] {
        let settle = Settle {
            money: Standing::Held(Fen(held)),
            ..Settle::of(&v)
        };
        assert_eq!(settle.due(), Fen(due));
    }
}

#[test]
fn a_batch_that_was_paid_back_is_in_no_sum() {
    use BatchState::{Presettled, Refused, Reversed, Settled};
    let sums = |states: &[BatchState]| {
        let v = samples::visit(states);
        let s = Settle::of(&v);
        [s.total(), s.fund(), s.paid(), s.paid_back(), s.due()].map(|fen| fen.0)
    };
    assert_eq!(sums(&[Settled, Settled]), [3520, 2057, 1463, 0, 0]);
    assert_eq!(sums(&[Reversed, Settled]), [1100, 500, 600, 863, 0]);
    assert_eq!(sums(&[Settled, Reversed]), [2420, 1557, 863, 600, 0]);
    assert_eq!(sums(&[Reversed, Presettled]), [1100, 500, 0, 863, 600]);
    // Paid back in part: what is returned of it is said when it is.
    let mut v = samples::visit(&[Reversed, Settled]);
    v.batches[1].rest_of = Some(1);
    assert_eq!(Settle::of(&v).paid_back(), Fen::ZERO);
    let v = samples::visit(&[Reversed, Refused]);
    assert!(Settle::of(&v).may_take_back());
    let v = samples::visit(&[Reversed, Reversed]);
    assert!(!Settle::of(&v).may_take_back());
}

#[test]
fn what_was_not_sent_is_not_said_to_be_refused_and_is_sent_again() {
    for (locale, not_sent, refused) in [
        (Locale::Zh, "刚才没有发出", "被拒绝"),
        (Locale::En, "That was not sent", "Refused"),
    ] {
        let c = samples::chrome(locale);
        let page = signed(&c, &samples::visit(&[BatchState::Presettled]), false);
        assert!(page.contains(not_sent) && !page.contains(refused));
        assert!(page.contains("/settle\""));
        let page = signed(&c, &samples::visit(&[BatchState::Refused]), false);
        assert!(!page.contains(not_sent) && page.contains(refused));
    }
}

#[test]
fn a_batch_can_be_dropped_while_others_stay_and_nothing_is_in_flight() {
    use BatchState::{Draft, Presettled, Refused, Reversed, Settled, Unknown};
    for (states, offered) in [
        (&[Settled, Refused][..], &["B2"][..]),
        (&[Presettled, Draft], &["B1", "B2"]),
        // What can only be taken back as a whole is not offered twice.
        (&[Draft], &[]),
        (&[Reversed, Refused], &[]),
        (&[Unknown, Presettled], &[]),
        (&[Settled, Settled], &[]),
    ] {
        let mut c = samples::chrome(Locale::Zh);
        let page = signed(&c, &samples::visit(states), false);
        for batch in ["B1", "B2"] {
            let found = page.contains(&format!("/batches/{batch}/drop\""));
            assert_eq!(found, offered.contains(&batch), "{states:?} {batch}");
        }
        c.session.as_mut().unwrap().actor.role = Role::Pharmacist;
        assert!(!signed(&c, &samples::visit(states), false).contains("/drop\""));
    }
    let mut v = samples::visit(&[Settled]);
    v.dropped = vec![(2, samples::HOSTILE.to_owned())];
    let page = signed(&samples::chrome(Locale::Zh), &v, false);
    assert!(page.contains("第2批已取消") && !page.contains(samples::HOSTILE));
}

#[test]
fn what_was_all_paid_back_says_how_it_goes_on() {
    use BatchState::Reversed;
    let c = samples::chrome(Locale::Zh);
    let mut v = samples::visit(&[Reversed, Reversed]);
    v.frozen = false;
    let page = draft_of(&c, &v);
    assert!(page.contains("另开新的收费批次") && page.contains("/batches/B2/print/statement"));
    assert!(page.contains("/freeze\"") && page.contains("value=\"cancelled\""));
    v.state = VisitState::Done;
    v.frozen = true;
    assert!(signed(&c, &v, false).contains("请重新登记一次就诊"));
    let mut p = samples::paper(&[Reversed, Reversed]);
    p.visit.frozen = false;
    let slip = layout::paper(Layout::Prescription, None, Model::prescription(&c, &p), &c).unwrap();
    assert!(slip.contains("已全部退费，不作处方"));
}

#[test]
fn an_unknown_settlement_is_never_shown_as_paid_or_to_be_paid() {
    let c = samples::chrome(Locale::Zh);
    let page = signed(&c, &samples::visit(&[BatchState::Unknown]), false);
    assert!(page.contains("结果未知，请勿重复收费"));
    assert!(
        !page.contains("/settle\"")
            && !page.contains("/hand-over\"")
            && !page.contains("/reverse\"")
    );
}

#[test]
fn a_batch_whose_registration_is_not_known_says_so_while_it_is_not_sent() {
    for (locale, unknown) in [
        (Locale::Zh, "登记结果未知"),
        (Locale::En, "Registration: Unknown"),
    ] {
        let c = samples::chrome(locale);
        let page = signed(&c, &samples::visit(&[BatchState::Draft]), false);
        assert!(page.contains(unknown), "{page}");
        let mut visit = samples::visit(&[BatchState::Draft]);
        visit.batches[0].registration = Some(RegistrationState::Registered);
        assert!(!signed(&c, &visit, false).contains(unknown));
        let page = signed(&c, &samples::visit(&[BatchState::Presettled]), false);
        assert!(!page.contains(unknown));
    }
}

#[test]
fn a_cancelled_visit_that_is_still_registered_at_the_centre_says_so() {
    for (locale, words) in [
        (Locale::Zh, "医保中心的登记还没有取消成功"),
        (Locale::En, "registration still stands"),
    ] {
        let c = samples::chrome(locale);
        let mut v = samples::visit(&[]);
        v.state = VisitState::Cancelled;
        for (registration, said) in [
            (RegistrationState::Registered, true),
            (RegistrationState::Cancelled, false),
        ] {
            v.registration = Some(registration);
            assert_eq!(signed(&c, &v, false).contains(words), said);
        }
    }
}
