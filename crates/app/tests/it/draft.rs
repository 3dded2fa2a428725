//! Drafts: as last time, taking back, two browsers.

use cunyi_app::views::DraftBody;
use cunyi_domain::batch::BatchState as S;
use cunyi_domain::ledger::VisitState;
use cunyi_domain::money::Quantity;
use cunyi_domain::refusal::Code;

use crate::world::worlds;

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
        assert_eq!(preview.problems, vec![]);
        assert_eq!(
            preview.total,
            w.view(&first).batches.iter().map(|b| b.total).sum()
        );
        let view = w.view(&second);
        assert_eq!(
            (view.past.len(), view.past[0].pressure.as_str()),
            (1, "142/88")
        );
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
