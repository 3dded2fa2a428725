//! Drafts: as last time, taking back, two browsers.

use cunyi_app::views::DraftBody;
use cunyi_centre::population::Person;
use cunyi_domain::batch::BatchState as S;
use cunyi_domain::ids::VisitId;
use cunyi_domain::ledger::VisitState;
use cunyi_domain::money::Quantity;
use cunyi_domain::refusal::Code;
use cunyi_domain::transport::TransportError;

use crate::world::{Setting, World, filed, is_resident, worlds, worlds_of};

#[test]
fn as_last_time_brings_diagnoses_and_lines_and_nothing_that_must_be_asked() {
    for w in worlds("last_time") {
        let person = w.resident(true);
        let first = w.register(person);
        assert_eq!(
            w.app.as_last_time(&w.doctor, &first).unwrap(),
            DraftBody::default()
        );
        let mut body = w.cold_and_pressure();
        "高血压 5 年".clone_into(&mut body.history);
        "咽红".clone_into(&mut body.examination);
        "多饮水".clone_into(&mut body.advice);
        "142".clone_into(&mut body.systolic);
        "88".clone_into(&mut body.diastolic);
        w.app.freeze(&w.doctor, &first, 0, &body).unwrap();
        w.app.presettle(&w.doctor, &first).unwrap();
        w.settle(&first).unwrap();
        w.app.hand_over(&w.doctor, &first).unwrap();
        w.clock.advance(28 * 86_400);
        let second = w.register(person);
        let again = w.app.as_last_time(&w.doctor, &second).unwrap();
        assert_eq!(again.diagnoses, body.diagnoses);
        assert_eq!(again.lines.len(), 3);
        let nothing_else = DraftBody {
            diagnoses: again.diagnoses.clone(),
            lines: again.lines.clone(),
            ..DraftBody::default()
        };
        assert_eq!(
            again, nothing_else,
            "never vitals, complaint, findings, consent or reasons"
        );
        let preview = w.app.preview(&w.doctor, &second, &again).unwrap();
        assert_eq!((preview.problems, preview.last), (vec![], vec![]));
        assert_eq!(
            preview.total,
            w.view(&first).batches.iter().map(|b| b.total).sum()
        );
        // The fee is due again; a visit begins with it.
        let begins = w.view(&second).begins.unwrap();
        assert_eq!(begins.code, w.consultation().code);
        // What follows from dose and days is left open: it changes with the days.
        assert_eq!(again.lines[2].quantity, "");
        let mut longer = again.clone();
        "56".clone_into(&mut longer.lines[2].days);
        let preview = w.app.preview(&w.doctor, &second, &longer).unwrap();
        let was: Vec<_> = preview
            .last
            .iter()
            .map(|was| (&*was.name, was.days))
            .collect();
        let days = body.lines[2].days.parse().unwrap();
        assert_eq!(
            was,
            [("苯磺酸氨氯地平片", days)],
            "what is otherwise, and nothing else"
        );
        let sold = |body| {
            let preview = w.app.preview(&w.doctor, &second, body).unwrap();
            preview.lines[2].quantity
        };
        assert!(sold(&longer) > sold(&again), "{:?}", again.lines[2]);
        let view = w.view(&second);
        assert_eq!(
            (view.past.len(), view.past[0].pressure),
            (1, Some((142, 88)))
        );
    }
}

/// The lines' benefits as last time, after a visit where the third line was settled under `chosen`. The consultation fee,
/// the second, was charged today.
fn benefits_again(w: &World, person: &Person, chosen: &str, diagnosed: bool) -> Vec<String> {
    let mut body = w.cold_and_pressure();
    if !diagnosed {
        body.diagnoses.pop();
        "7".clone_into(&mut body.lines[2].days);
    }
    body.lines[2].benefit = chosen.to_owned();
    let first = w.settled(person, &body);
    w.app.hand_over(&w.doctor, &first).unwrap();
    let again = w.app.as_last_time(&w.doctor, &w.register(person)).unwrap();
    again.lines.into_iter().map(|l| l.benefit).collect()
}

#[test]
fn as_last_time_repeats_the_disease_that_was_chosen_where_it_is_still_filed() {
    for w in worlds("last_disease") {
        let person = w.person(|p| is_resident(p) && filed(p).len() == 2);
        let other = benefits_again(&w, person, "chronic:M01600", true);
        assert_eq!(other, ["", "chronic:M01600"], "not what is proposed");
        let proposed = benefits_again(&w, person, "", true);
        assert_eq!(proposed, ["", ""], "what is proposed stays open");
        let undiagnosed = benefits_again(&w, person, "chronic:M03900", false);
        assert_eq!(undiagnosed, ["", "chronic:M03900"]);
        let general = benefits_again(&w, person, "general", true);
        assert_eq!(general, ["", ""], "a filing is used where there is one");

        // What is repeated can be settled, and changed.
        let visit = w.register(person);
        let mut body = w.cold_and_pressure();
        body.lines[2].benefit = "chronic:M01600".to_owned();
        w.app.freeze(&w.doctor, &visit, 0, &body).unwrap();
        let next = w.register(person);
        let mut again = w.app.as_last_time(&w.doctor, &next).unwrap();
        let under = |body: &DraftBody| {
            let found = w.app.preview(&w.doctor, &next, body).unwrap();
            assert_eq!(found.problems, vec![]);
            found.batches[1].disease_name.clone()
        };
        assert_eq!(under(&again), "糖尿病");
        again.lines[1].benefit.clear();
        assert_eq!(under(&again), "高血压");

        // Filed no more, not known, or not insured: nothing is repeated.
        w.wire.twist("5301", |came| {
            let mut reply = came.unwrap();
            let text = String::from_utf8(reply.body).unwrap();
            reply.body = text.replace("M01600", "M99999").into_bytes();
            Ok(reply)
        });
        let none = |visit: VisitId| {
            let again = w.app.as_last_time(&w.doctor, &visit).unwrap();
            assert!(again.lines.iter().all(|l| l.benefit.is_empty()));
        };
        none(w.register(person));
        w.wire
            .twist("5301", |_| Err(TransportError::Lost("cut".to_owned())));
        none(w.register(person));
        let own = w.register(person);
        w.app.switch_to_self_pay(&w.doctor, &own).unwrap();
        none(own);
    }
}

#[test]
fn a_fee_list_is_taken_back_and_frozen_again() {
    for w in worlds("take_back") {
        let visit = w.presettled(w.resident(false), &w.cold());
        let first = w.view(&visit);
        assert!(first.frozen);
        let (on_hand, reserved) = w.stock("感冒灵颗粒");
        assert!(reserved > Quantity::ZERO);
        w.app.take_back(&w.doctor, &visit).unwrap();
        let open = w.view(&visit);
        assert!(!open.frozen);
        assert_eq!((open.batches.len(), open.charges.len()), (0, 0));
        assert_eq!(open.draft, w.cold(), "the draft opens as it was typed");
        assert_eq!(w.stock("感冒灵颗粒"), (on_hand, Quantity::ZERO));
        assert_eq!(w.code(w.app.take_back(&w.doctor, &visit)), Code::WrongState);
        let version = w
            .app
            .save_draft(&w.doctor, &visit, open.draft_version, &open.draft)
            .unwrap();
        w.app
            .freeze(&w.doctor, &visit, version, &w.cold_and_pressure())
            .unwrap();
        let second = w.view(&visit);
        assert_eq!(second.batches[0].position, 2, "numbers go on");
        assert_ne!(second.batches[0].number, first.batches[0].number);
        let ids = |view: &cunyi_app::views::VisitView| -> Vec<_> {
            view.charges.iter().map(|c| c.id.clone()).collect()
        };
        assert!(ids(&first).iter().all(|id| !ids(&second).contains(id)));
        w.app.presettle(&w.doctor, &visit).unwrap();
        w.settle(&visit).unwrap();
        assert_eq!(w.code(w.app.take_back(&w.doctor, &visit)), Code::WrongState);
        w.app.hand_over(&w.doctor, &visit).unwrap();
        w.prove();
    }
}

#[test]
fn whoever_walks_away_frees_what_was_promised_to_her() {
    for w in worlds("walks_away") {
        let visit = w.presettled(w.resident(false), &w.cold());
        let to = VisitState::Cancelled;
        w.app.move_visit(&w.doctor, &visit, to).unwrap();
        let view = w.view(&visit);
        assert_eq!((view.state, view.batches.len()), (to, 0));
        assert_eq!(w.stock("感冒灵颗粒").1, Quantity::ZERO);
        assert_eq!(
            w.code(w.app.freeze(&w.doctor, &visit, 1, &w.cold())),
            Code::WrongState
        );
        assert_eq!(w.code(w.app.presettle(&w.doctor, &visit)), Code::WrongState);
        let settled = w.settled(w.resident(false), &w.cold());
        assert_eq!(
            w.code(w.app.move_visit(&w.doctor, &settled, to)),
            Code::WrongState
        );
        w.prove();
    }
}

#[test]
fn a_parked_visit_is_not_settled() {
    for w in worlds("parked") {
        let visit = w.presettled(w.resident(false), &w.cold());
        w.app
            .move_visit(&w.doctor, &visit, VisitState::Parked)
            .unwrap();
        assert_eq!(w.code(w.settle(&visit)), Code::WrongState);
        assert_eq!(w.states(&visit), [S::Presettled]);
        w.app
            .move_visit(&w.doctor, &visit, VisitState::Seeing)
            .unwrap();
        w.settle(&visit).unwrap();
        assert_eq!(
            w.code(w.app.move_visit(&w.doctor, &visit, VisitState::Done)),
            Code::WrongState
        );
    }
}

#[test]
fn two_browsers_on_one_draft_notice_each_other() {
    for w in worlds("browsers") {
        let visit = w.register(w.resident(false));
        let body = w.cold();
        let save = |version| w.app.save_draft(&w.doctor, &visit, version, &body);
        assert_eq!(save(0).unwrap(), 1);
        assert_eq!(save(1).unwrap(), 2);
        for old in [0, 1, 3, -1, i64::MAX] {
            assert_eq!(w.code(save(old)), Code::Changed, "{old}");
            assert_eq!(
                w.code(w.app.freeze(&w.doctor, &visit, old, &body)),
                Code::Changed,
                "{old}"
            );
        }
        let view = w.view(&visit);
        assert_eq!(
            (view.draft_version, view.draft, view.frozen),
            (2, body.clone(), false)
        );
        w.app.freeze(&w.doctor, &visit, 2, &body).unwrap();
        assert_eq!(w.code(save(3)), Code::WrongState);
    }
}

#[test]
fn a_refused_freeze_keeps_what_was_typed() {
    for w in worlds("kept_input") {
        let visit = w.register(w.resident(false));
        let mut body = w.cold();
        "九片".clone_into(&mut body.lines[0].dose);
        assert_eq!(
            w.code(w.app.freeze(&w.doctor, &visit, 0, &body)),
            Code::BadNumber
        );
        let view = w.view(&visit);
        assert_eq!(
            (view.draft_version, view.draft, view.frozen),
            (1, body, false)
        );
        assert_eq!(w.stock("感冒灵颗粒").1, Quantity::ZERO);
        w.prove();
    }
}

/// Once in three days, as the region's file says.
#[test]
fn a_visit_begins_with_the_consultation_fee_once_in_its_time() {
    let usual = Setting::default();
    let once = "in_cap = false\nonce_per = \"3 days\"";
    let resident = usual.resident.replace("in_cap = false", once);
    assert!(resident.contains(once));
    let setting = Setting { resident, ..usual };
    for w in worlds_of("consultation", &setting) {
        let fee = w.consultation().code;
        let begins = |visit: &VisitId| w.view(visit).begins.map(|line| line.code);
        let person = w.resident(false);
        let first = w.register(person);
        assert_eq!(begins(&first), Some(fee.clone()));
        // A fee list that is taken back charged nothing.
        w.app.freeze(&w.doctor, &first, 0, &w.cold()).unwrap();
        let meanwhile = w.register(person);
        assert_eq!(begins(&meanwhile), None);
        w.app.take_back(&w.doctor, &first).unwrap();
        assert_eq!(begins(&meanwhile), Some(fee.clone()));
        let open = w.view(&first);
        assert_eq!(open.begins, None, "what was typed stands there");
        w.app
            .freeze(&w.doctor, &first, open.draft_version, &open.draft)
            .unwrap();
        w.app.presettle(&w.doctor, &first).unwrap();
        w.settle(&first).unwrap();
        let charged = w.app.now().date();

        for (days, due) in [(1, false), (1, false), (1, true)] {
            w.clock.advance(days * 86_400);
            let visit = w.register(person);
            assert_eq!(begins(&visit).is_some(), due, "{}", w.app.now());
            // Neither does last time bring it before its time.
            let again = w.app.as_last_time(&w.doctor, &visit).unwrap();
            let brings = again.lines.iter().any(|line| line.code == fee);
            assert_eq!(brings, due);
            // Typed all the same, it is said when it was charged.
            let said = w.app.preview(&w.doctor, &visit, &w.consult_only());
            let wanted = (!due).then(|| (fee.clone(), charged));
            assert_eq!(said.unwrap().again, wanted);
        }
        w.prove();
    }
}
