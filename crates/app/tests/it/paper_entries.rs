//! A prescription's prints are counted; what was printed is printed again and voided with a reason.

use cunyi_app::views::{Paper, WhyForm};
use cunyi_domain::ids::VisitId;
use cunyi_domain::ledger::{PaperEvent, PaperWhy, VisitState};
use cunyi_domain::money::Quantity;
use cunyi_domain::refusal::Code;

use crate::world::{World, actor, worlds};

fn why(why: &str, reason: &str) -> WhyForm {
    WhyForm {
        why: why.to_owned(),
        reason: reason.to_owned(),
    }
}

fn print(w: &World, visit: &VisitId, form: &WhyForm) -> cunyi_app::Result<Paper> {
    w.app.print_prescription(&w.doctor, visit, form)
}

fn events(w: &World, visit: &VisitId) -> Vec<(PaperEvent, i64, Option<PaperWhy>)> {
    let entries = w.view(visit).papers.entries;
    entries.iter().map(|e| (e.event, e.number, e.why)).collect()
}

const FIRST: (PaperEvent, i64, Option<PaperWhy>) = (PaperEvent::Printed, 1, None);

#[test]
fn the_first_print_asks_nothing_and_each_further_one_says_why() {
    for w in worlds("paper_again") {
        let visit = w.frozen(w.resident(false), &w.cold());
        let none = WhyForm::default();
        let copy = w.app.paper(&w.doctor, &visit).unwrap();
        assert_eq!(
            (copy.entry, events(&w, &visit)),
            (None, vec![]),
            "a look is no print"
        );
        let first = print(&w, &visit, &none).unwrap();
        assert_eq!(first.entry.unwrap().number, 1);
        assert_eq!(events(&w, &visit), [FIRST]);

        assert_eq!(w.code(print(&w, &visit, &none)), Code::PaperPrinted);
        for (form, code) in [
            (why("mistake", ""), Code::ReasonMissing),
            (why("", "卡纸"), Code::ReasonMissing),
            (why("no such", ""), Code::ReasonMissing),
            (why("other", " "), Code::ReasonMissing),
            (why("other", &"长".repeat(201)), Code::BadText),
        ] {
            assert_eq!(w.code(print(&w, &visit, &form)), code, "{form:?}");
        }
        let again = print(&w, &visit, &why("other", "拿去公社盖章")).unwrap();
        assert_eq!(again.entry.unwrap().words, "拿去公社盖章");
        let pharmacist = actor(&w.app, "pharmacist");
        let lost = why("lost", "");
        w.app
            .print_prescription(&pharmacist, &visit, &lost)
            .unwrap();
        let third = w.view(&visit).papers.entries.pop().unwrap();
        assert_eq!((third.number, third.why), (3, Some(PaperWhy::Lost)));
        assert_eq!(third.by, "测试pharmacist");
        w.prove();
    }
}

#[test]
fn what_was_printed_is_voided_with_a_reason_before_it_is_changed() {
    for w in worlds("paper_void") {
        let visit = w.presettled(w.resident(false), &w.cold());
        let mistake = why("mistake", "");
        let void = |form: &WhyForm| w.app.void_prescription(&w.doctor, &visit, form);
        assert_eq!(w.code(void(&mistake)), Code::WrongState, "not printed");
        print(&w, &visit, &WhyForm::default()).unwrap();
        let taken = w.app.take_back(&w.doctor, &visit);
        assert_eq!(w.code(taken), Code::PaperStands);
        assert_eq!(w.code(void(&WhyForm::default())), Code::ReasonMissing);
        assert_eq!(w.code(void(&why("lost", ""))), Code::ReasonMissing);
        assert!(w.view(&visit).frozen);
        void(&mistake).unwrap();

        // The record is open again, nothing is held, and the void one still tells its lines.
        let open = w.view(&visit);
        assert!(!open.frozen);
        assert_eq!(open.draft, w.cold());
        assert_eq!(w.stock("感冒灵颗粒").1, Quantity::ZERO);
        let voided = (PaperEvent::Voided, 1, Some(PaperWhy::Mistake));
        assert_eq!(events(&w, &visit), [FIRST, voided]);
        let paper = w.app.paper(&w.doctor, &visit).unwrap();
        assert_eq!(paper.entry.unwrap().event, PaperEvent::Voided);
        assert!(paper.given.iter().any(|line| line.name == "感冒灵颗粒"));
        assert_eq!(
            w.code(print(&w, &visit, &why("copy", ""))),
            Code::WrongState
        );

        // The next is another prescription: its first print asks for nothing.
        let version = open.draft_version;
        w.app.freeze(&w.doctor, &visit, version, &w.cold()).unwrap();
        assert_eq!(w.view(&visit).papers.printed, 0);
        print(&w, &visit, &WhyForm::default()).unwrap();
        w.app.presettle(&w.doctor, &visit).unwrap();
        w.settle(&visit).unwrap();
        assert_eq!(w.code(void(&mistake)), Code::WrongState, "paid");
        assert_eq!(events(&w, &visit), [FIRST, voided, FIRST]);
        w.prove();
    }
}

#[test]
fn a_dropped_batch_and_a_cancelled_visit_void_what_was_printed() {
    for w in worlds("paper_dropped") {
        let visit = w.frozen(w.resident(true), &w.cold_and_pressure());
        print(&w, &visit, &WhyForm::default()).unwrap();
        let batch = w.view(&visit).batches[1].id.clone();
        w.app.drop_batch(&w.doctor, &batch, "家里还有").unwrap();
        let dropped = (PaperEvent::Voided, 1, Some(PaperWhy::Other));
        assert_eq!(events(&w, &visit), [FIRST, dropped]);
        print(&w, &visit, &WhyForm::default()).unwrap();
        w.app
            .move_visit(&w.doctor, &visit, VisitState::Cancelled)
            .unwrap();
        let cancelled = (PaperEvent::Voided, 1, Some(PaperWhy::Cancelled));
        assert_eq!(events(&w, &visit), [FIRST, dropped, FIRST, cancelled]);

        // What holds no drug is no prescription.
        let visit = w.frozen(w.resident(false), &w.consult_only());
        assert!(!w.view(&visit).papers.printable);
        let printed = print(&w, &visit, &WhyForm::default());
        assert_eq!(w.code(printed), Code::WrongState);
        w.app.take_back(&w.doctor, &visit).unwrap();
        w.prove();
    }
}
