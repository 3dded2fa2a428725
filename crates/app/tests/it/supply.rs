//! For how many days: beyond the usual with a reason, or as 长期处方, which is said anew each time.

use cunyi_app::views::{DraftBody, TemplateForm};
use cunyi_domain::refusal::Code;

use crate::world::{World, worlds};

const PILL: &str = "苯磺酸氨氯地平片";

/// High blood pressure, the pill for so many days.
fn pressure(w: &World, days: &str) -> DraftBody {
    let mut body = w.cold_and_pressure();
    body.diagnoses = vec!["I10.x00x002".to_owned()];
    body.lines = vec![w.line(PILL), w.consultation()];
    days.clone_into(&mut body.lines[0].days);
    body
}

/// What a draft is refused for, with the check; nothing where it is frozen, and then taken back.
fn refused(w: &World, body: &DraftBody) -> Option<(Code, String)> {
    let visit = w.register(w.resident(true));
    match w.app.freeze(&w.doctor, &visit, 0, body) {
        Ok(()) => {
            w.app.take_back(&w.doctor, &visit).unwrap();
            None
        }
        refused => {
            let preview = w.app.preview(&w.doctor, &visit, body).unwrap();
            assert!(preview.total.0 > 0, "the estimate shows all the same");
            let refusal = w.refused(refused);
            Some((refusal.code, refusal.args[0].1.clone()))
        }
    }
}

#[test]
fn more_than_usual_wants_a_reason_and_more_than_twelve_weeks_is_refused() {
    for w in worlds("supply") {
        w.restock();
        let wants = |check: &str| Some((Code::CheckWants, check.to_owned()));
        let never = |check: &str| Some((Code::CheckRefused, check.to_owned()));
        let as_long = |days| DraftBody {
            long_term: true,
            ..pressure(&w, days)
        };
        for (days, short, long) in [
            ("28", None, None),
            ("29", wants("supply-reason"), None),
            ("84", wants("supply-reason"), None),
            ("85", never("supply-most"), never("supply-most")),
        ] {
            assert_eq!(refused(&w, &pressure(&w, days)), short, "{days}");
            assert_eq!(refused(&w, &as_long(days)), long, "{days} as a long one");
        }
        let mut cold = w.cold();
        cold.lines[0].days = "7".to_owned();
        assert_eq!(refused(&w, &cold), None);
        cold.lines[0].days = "8".to_owned();
        assert_eq!(refused(&w, &cold), wants("supply-reason"));
        cold.long_term = true;
        assert_eq!(refused(&w, &cold), never("long-undiagnosed"));
        let mut infected = as_long("56");
        infected.lines.push(w.line("头孢氨苄胶囊"));
        assert_eq!(refused(&w, &infected), None, "three days");
        infected.lines[2].days = "8".to_owned();
        assert_eq!(refused(&w, &infected), never("long-reserved"));
        w.prove();
    }
}

#[test]
fn a_long_prescription_says_so_and_is_said_anew_each_time() {
    for w in worlds("long_term") {
        w.restock();
        let long = DraftBody {
            long_term: true,
            ..pressure(&w, "56")
        };
        let person = w.resident(true);
        let visit = w.frozen(person, &long);
        let paper = w.app.paper(&w.doctor, &visit).unwrap();
        assert!(paper.visit.draft.long_term);
        assert_eq!(paper.supply_reason, "");
        w.app.take_back(&w.doctor, &visit).unwrap();

        // Taken back and signed with a reason instead: the record is as it was signed last.
        let version = w.view(&visit).draft_version;
        let mut reasoned = pressure(&w, "56");
        let found = w
            .app
            .preview(&w.doctor, &visit, &reasoned)
            .unwrap()
            .findings;
        reasoned.reasons = vec![(found[0].key.clone(), " 进城带孙 ".to_owned())];
        w.app.freeze(&w.doctor, &visit, version, &reasoned).unwrap();
        let paper = w.app.paper(&w.doctor, &visit).unwrap();
        assert!(!paper.visit.draft.long_term);
        assert_eq!(paper.supply_reason, "进城带孙");

        let form = TemplateForm {
            name: "血压八周".to_owned(),
            shared: false,
        };
        w.app.save_template(&w.doctor, &form, &long).unwrap();
        let id = w.app.templates(&w.doctor).unwrap()[0].id.clone();
        let taken = w.app.with_template(&w.doctor, &id, DraftBody::default());
        let taken = taken.unwrap();
        assert_eq!((taken.long_term, &*taken.lines[0].days), (false, "56"));

        let visit = w.frozen(person, &long);
        w.app.presettle(&w.doctor, &visit).unwrap();
        let next = w.register(person);
        let again = w.app.as_last_time(&w.doctor, &next).unwrap();
        assert_eq!((again.long_term, &*again.lines[0].days), (false, "56"));
        let refusal = w.refused(w.app.freeze(&w.doctor, &next, 0, &again));
        assert_eq!(refusal.args[0].1, "supply-reason");
        w.prove();
    }
}
