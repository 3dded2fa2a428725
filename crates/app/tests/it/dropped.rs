//! A batch that is dropped before it is paid, and a fee list that is charged anew after all of it
//! was paid back.

use cunyi_app::views::{IdentifyForm, RegisterForm};
use cunyi_centre::faults::Fault;
use cunyi_domain::batch::BatchState as S;
use cunyi_domain::ids::{BatchId, VisitId};
use cunyi_domain::ledger::VisitState;
use cunyi_domain::money::{Fen, Quantity};
use cunyi_domain::refusal::{Code, Refusal};

use crate::world::{World, is_resident, worlds};

const COLD: &str = "感冒灵颗粒";
const PRESSURE: &str = "苯磺酸氨氯地平片";
const NOTHING: Quantity = Quantity::ZERO;

fn batches(w: &World, visit: &VisitId) -> Vec<BatchId> {
    let ids = w.view(visit).batches.into_iter().map(|b| b.id);
    ids.collect()
}

/// Two batches, the first settled, the second refused.
fn half_settled(w: &World) -> VisitId {
    let visit = w.presettled(w.resident(true), &w.cold_and_pressure());
    let centre = w.centre.clone();
    w.wire.twist("2207", move |came| {
        centre.panel.set_fault(Fault::Refuse, "2207", 1);
        came
    });
    assert_eq!(w.code(w.settle(&visit)), Code::CentreRefused);
    assert_eq!(w.states(&visit), [S::Settled, S::Refused]);
    visit
}

#[test]
fn where_only_the_first_batch_is_wanted_the_second_is_dropped() {
    for w in worlds("drop_refused") {
        let visit = half_settled(&w);
        let before = w.view(&visit);
        let (first, second) = (&before.batches[0], &before.batches[1]);
        let (on_hand, held) = w.stock(PRESSURE);
        assert!(held > NOTHING);
        w.wire.clear();
        w.app
            .drop_batch(&w.doctor, &second.id, " 家中还有药 ")
            .unwrap();
        // The platform forgets this batch's details and no others.
        let cleared = w.wire.of("2205");
        assert_eq!((w.wire.calls().len(), cleared.len()), (1, 1));
        let data = &cleared[0].sent["input"]["data"];
        assert_eq!(data["chrg_bchno"], second.number.as_str());
        assert_eq!(w.stock(PRESSURE), (on_hand, NOTHING));
        assert!(w.stock(COLD).1 > NOTHING, "still promised");
        let view = w.view(&visit);
        assert_eq!(w.states(&visit), [S::Settled]);
        assert_eq!(view.dropped, [(2, "家中还有药".to_owned())]);
        assert!(view.charges.iter().all(|c| c.batch == 1));
        let charged: Fen = view.charges.iter().map(|c| c.amount).sum();
        assert_eq!(charged, first.total);
        let paper = w.app.paper(&w.doctor, &visit).unwrap();
        assert!(paper.given.iter().all(|c| c.name != PRESSURE));
        let again = w.app.drop_batch(&w.doctor, &second.id, "再来");
        assert_eq!(w.code(again), Code::WrongState);
        w.app.hand_over(&w.doctor, &visit).unwrap();
        assert_eq!(w.stock(PRESSURE), (on_hand, NOTHING));
        assert_eq!(w.stock(COLD).1, NOTHING);
        w.prove();
    }
}

#[test]
fn the_visit_goes_on_with_the_rest_in_whatever_state_it_stood() {
    for w in worlds("drop_early") {
        w.restock();
        for (presettled, said) in [(false, 0), (true, 1)] {
            let visit = w.frozen(w.resident(true), &w.cold_and_pressure());
            if presettled {
                w.app.presettle(&w.doctor, &visit).unwrap();
            }
            w.wire.clear();
            let first = batches(&w, &visit).remove(0);
            w.app.drop_batch(&w.doctor, &first, "感冒药不要了").unwrap();
            // Nothing is cleared that was never sent.
            assert_eq!(w.wire.of("2205").len(), said);
            w.app.presettle(&w.doctor, &visit).unwrap();
            w.settle(&visit).unwrap();
            w.app.hand_over(&w.doctor, &visit).unwrap();
            assert_eq!(w.states(&visit), [S::Settled]);
            assert_eq!((w.stock(COLD).1, w.stock(PRESSURE).1), (NOTHING, NOTHING));
        }
        w.prove();
    }
}

#[test]
fn what_is_paid_or_in_flight_is_not_dropped_and_a_reason_is_wanted() {
    for w in worlds("drop_refusals") {
        w.restock();
        let visit = half_settled(&w);
        let ids = batches(&w, &visit);
        for (reason, code) in [("  ", Code::ReasonMissing), ("a\u{7}b", Code::BadText)] {
            let refusal = w.refused(w.app.drop_batch(&w.doctor, &ids[1], reason));
            assert_eq!(refusal, Refusal::at(code, "reason"));
        }
        let paid = w.app.drop_batch(&w.doctor, &ids[0], "不要了");
        assert_eq!(w.code(paid), Code::WrongState);
        // While nobody knows where the first one's money is, nothing is done with the second.
        let lost = w.presettled(w.resident(true), &w.cold_and_pressure());
        w.centre.panel.set_fault(Fault::LoseReply, "2207", 1);
        assert_eq!(w.code(w.settle(&lost)), Code::CentreUnknown);
        assert_eq!(w.states(&lost), [S::Unknown, S::Presettled]);
        for batch in batches(&w, &lost) {
            let tried = w.app.drop_batch(&w.doctor, &batch, "不要了");
            assert_eq!(w.code(tried), Code::WrongState);
        }
        w.prove();
    }
}

#[test]
fn the_last_batch_that_is_dropped_opens_the_record_again() {
    for w in worlds("drop_last") {
        let visit = w.presettled(w.resident(false), &w.cold());
        let only = batches(&w, &visit).remove(0);
        w.app.drop_batch(&w.doctor, &only, "先不开了").unwrap();
        let view = w.view(&visit);
        assert!(!view.frozen && view.batches.is_empty() && view.charges.is_empty());
        w.app
            .freeze(&w.doctor, &visit, view.draft_version, &view.draft)
            .unwrap();
        w.app.presettle(&w.doctor, &visit).unwrap();
        w.settle(&visit).unwrap();
        w.app.hand_over(&w.doctor, &visit).unwrap();
        w.prove();
    }
}

/// Pays every batch back.
fn pay_back(w: &World, visit: &VisitId) {
    for batch in batches(w, visit) {
        w.app.reverse(&w.doctor, &batch, "开错药").unwrap();
    }
}

#[test]
fn after_all_was_paid_back_the_fee_list_is_charged_anew_under_new_numbers() {
    for w in worlds("charged_anew") {
        let person = w.resident(true);
        let before = w.centre_paid(person);
        let visit = w.settled(person, &w.cold_and_pressure());
        let old: Vec<String> = w
            .view(&visit)
            .batches
            .into_iter()
            .map(|b| b.number)
            .collect();
        let first = batches(&w, &visit).remove(0);
        w.app.reverse(&w.doctor, &first, "开错药").unwrap();
        let early = w.app.freeze(&w.doctor, &visit, 1, &w.cold());
        assert_eq!(w.code(early), Code::WrongState, "one is still paid");
        w.wire.clear();
        w.app
            .reverse(&w.doctor, &batches(&w, &visit)[1], "开错药")
            .unwrap();
        assert_eq!(w.wire.said(), ["2208", "2205"]);
        let open = w.view(&visit);
        assert!(!open.frozen);
        assert_eq!(open.draft.lines.len(), 3, "what was typed is still there");
        let body = w.cold();
        w.app
            .freeze(&w.doctor, &visit, open.draft_version, &body)
            .unwrap();
        assert_eq!(w.states(&visit), [S::Reversed, S::Reversed, S::Draft]);
        let view = w.view(&visit);
        assert!(view.frozen && !old.contains(&view.batches[2].number));
        w.app.presettle(&w.doctor, &visit).unwrap();
        w.settle(&visit).unwrap();
        let view = w.view(&visit);
        let fund = view.batches[2].fund;
        assert_eq!(w.centre_paid(person) - before, fund - Fen(900));
        // The papers: what is charged, what was paid back, what is to be handed over.
        let paper = w.app.paper(&w.doctor, &visit).unwrap();
        let given: Vec<_> = paper.given.iter().map(|c| c.name.as_str()).collect();
        assert_eq!(given, [COLD, "一般诊疗费"]);
        let statement = w.app.statement(&w.doctor, &first).unwrap();
        assert!(statement.reversal.is_some() && statement.lines.iter().all(|l| l.batch == 1));
        assert_eq!(
            statement.amounts.map(|a| a.total),
            Some(statement.batch.total)
        );
        assert!(!statement.batch.platform_settlement.is_empty());
        w.app.hand_over(&w.doctor, &visit).unwrap();
        let day = w.app.today(&w.doctor, w.app.now().date()).unwrap();
        assert_eq!((day.settlements.len(), day.fund), (5, fund));
        assert_eq!(day.total, view.batches[2].total);
        let next = w.register(person);
        let last = w.app.as_last_time(&w.doctor, &next).unwrap();
        let names: Vec<_> = last.lines.iter().map(|line| &*line.code).collect();
        let cold = w.line(COLD).code;
        // The consultation fee was charged today.
        assert_eq!(names, [&*cold], "once, not once a charging");
        assert_eq!(w.view(&next).past[0].total, view.batches[2].total);
        w.prove();
    }
}

#[test]
fn after_all_was_paid_back_she_can_pay_herself_or_go() {
    for w in worlds("anew_self") {
        let visit = w.settled(w.resident(false), &w.cold());
        pay_back(&w, &visit);
        w.app.switch_to_self_pay(&w.doctor, &visit).unwrap();
        let open = w.view(&visit);
        w.app
            .freeze(&w.doctor, &visit, open.draft_version, &w.cold())
            .unwrap();
        w.settle(&visit).unwrap();
        assert_eq!(w.states(&visit), [S::Reversed, S::Settled]);
        w.app.hand_over(&w.doctor, &visit).unwrap();
        // Whoever goes leaves nothing behind at the platform: no details, no registration.
        let gone = w.settled(w.resident(false), &w.cold());
        pay_back(&w, &gone);
        w.wire.clear();
        w.app
            .move_visit(&w.doctor, &gone, VisitState::Cancelled)
            .unwrap();
        let messages = w.app.messages(&w.doctor, &gone).unwrap();
        let last = messages.last().unwrap();
        assert_eq!(
            (last.infno.as_str(), last.state.as_str()),
            ("2202", "success")
        );
        assert_eq!(
            w.wire.said(),
            ["2202"],
            "the details went with the reversal"
        );
        w.prove();
    }
}

#[test]
fn details_that_could_not_be_cleared_are_cleared_before_the_registration_goes() {
    for w in worlds("clear_late") {
        let visit = w.settled(w.resident(false), &w.cold());
        w.centre.panel.set_fault(Fault::Refuse, "2205", 1);
        pay_back(&w, &visit);
        w.wire.clear();
        w.app
            .move_visit(&w.doctor, &visit, VisitState::Cancelled)
            .unwrap();
        assert_eq!(w.wire.said(), ["2205", "2202"]);
        let messages = w.app.messages(&w.doctor, &visit).unwrap();
        assert_eq!(messages.last().unwrap().state, "success");
        w.prove();
    }
}

#[test]
fn after_the_drugs_were_handed_over_nothing_is_charged_anew() {
    for w in worlds("anew_late") {
        let visit = w.settled(w.resident(false), &w.cold());
        w.app.hand_over(&w.doctor, &visit).unwrap();
        pay_back(&w, &visit);
        let view = w.view(&visit);
        assert!(view.frozen, "the record is closed");
        let tried = w
            .app
            .freeze(&w.doctor, &visit, view.draft_version, &w.cold());
        assert_eq!(w.code(tried), Code::WrongState);
        // She has the drugs: they stand on her prescription and in her history.
        let paper = w.app.paper(&w.doctor, &visit).unwrap();
        assert_eq!(paper.given.len(), 2);
        let next = w.register(w.resident(false));
        assert!(w.view(&next).past[0].items.contains(COLD));
        w.prove();
    }
}

#[test]
fn a_card_is_read_again_for_what_is_charged_anew() {
    for w in worlds("anew_card") {
        let person = w.person(|p| is_resident(p) && p.filings.is_empty() && p.card.is_some());
        let card = person.card.as_ref().unwrap();
        let form = IdentifyForm {
            certificate: "03".to_owned(),
            number: card.number.clone(),
            card_code: card.code.clone(),
            ..IdentifyForm::default()
        };
        let handle = w.app.identify(&w.doctor, &form).unwrap().handle;
        let form = RegisterForm {
            handle,
            ..RegisterForm::default()
        };
        let visit = w.app.register(&w.doctor, &form).unwrap();
        w.app.freeze(&w.doctor, &visit, 0, &w.cold()).unwrap();
        w.app.presettle(&w.doctor, &visit).unwrap();
        w.settle(&visit).unwrap();
        pay_back(&w, &visit);
        let open = w.view(&visit);
        w.app
            .freeze(&w.doctor, &visit, open.draft_version, &w.cold())
            .unwrap();
        let gone = w.app.presettle(&w.doctor, &visit);
        assert_eq!(w.code(gone), Code::VoucherGone);
        assert!(w.view(&visit).may_show_again());
        w.app
            .renew_voucher(&w.doctor, &visit, &card.number)
            .unwrap();
        w.app.presettle(&w.doctor, &visit).unwrap();
        w.settle(&visit).unwrap();
        w.prove();
    }
}

#[test]
fn a_registration_whose_cancelling_was_not_sent_is_cancelled_later() {
    for w in worlds("cancel_late") {
        let visit = w.presettled(w.resident(false), &w.cold());
        w.centre.panel.set_down(true);
        w.app
            .move_visit(&w.doctor, &visit, VisitState::Cancelled)
            .unwrap();
        w.centre.panel.set_down(false);
        let view = w.view(&visit);
        assert_eq!(view.state, VisitState::Cancelled);
        assert!(view.left_registered() && !view.unregistered());
        w.wire.clear();
        w.app
            .move_visit(&w.doctor, &visit, VisitState::Cancelled)
            .unwrap();
        assert_eq!(w.wire.said(), ["2205", "2202"]);
        assert!(!w.view(&visit).left_registered());
        // Once more says nothing: there is nothing left.
        w.wire.clear();
        w.app
            .move_visit(&w.doctor, &visit, VisitState::Cancelled)
            .unwrap();
        assert_eq!(w.wire.calls().len(), 0);
        w.prove();
    }
}
