//! What the centre would object to (3101, 3102): asked where the region wants it, shown, and nothing more.

use cunyi_centre::faults::Fault;
use cunyi_domain::batch::BatchState as S;
use cunyi_domain::ids::VisitId;

use crate::world::{Setting, World, worlds, worlds_of};

fn asking(before: bool, during: bool) -> Setting {
    let usual = Setting::default();
    let table = format!("[audit]\nbefore = {before}\nduring = {during}\ntrig_scen = \"23\"\n");
    let region = usual
        .region
        .replace("[evoucher]", &format!("{table}[evoucher]"));
    assert_ne!(region, usual.region);
    Setting { region, ..usual }
}

fn rules(w: &World, visit: &VisitId) -> Vec<String> {
    let objections = w.view(visit).objections.into_iter();
    objections.map(|o| o.rule).collect()
}

#[test]
fn a_drug_of_this_week_is_objected_to_and_settled_all_the_same() {
    for w in worlds_of("audit", &asking(true, true)) {
        let person = w.resident(false);
        let first = w.settled(person, &w.cold());
        assert_eq!(rules(&w, &first), Vec::<String>::new());
        w.app.hand_over(&w.doctor, &first).unwrap();
        w.clock.advance(3_600);
        let visit = w.presettled(person, &w.cold());
        let shown = w.view(&visit).objections;
        assert!(!shown.is_empty());
        assert!(
            shown
                .iter()
                .all(|o| o.rule == "短期重复开药" && o.amount.is_some())
        );
        w.settle(&visit).unwrap();
        let asked = w.wire.of("3101")[1].sent["input"]["data"].clone();
        let patient = &asked["patient_dtos"][0];
        assert_eq!(patient["patn_id"], person.number.as_str());
        assert_eq!(asked["trig_scen"], "23");
        let orders = patient["fsi_encounter_dtos"][0]["fsi_order_dtos"].clone();
        assert_eq!(
            orders.as_array().unwrap().len(),
            w.view(&visit).charges.len()
        );
        // What the shares are is known only afterwards.
        let encounter = |infno: &str| {
            let data = &w.wire.of(infno)[1].sent["input"]["data"];
            data["patient_dtos"][0]["fsi_encounter_dtos"][0].clone()
        };
        assert!(encounter("3101")["hifp_payamt"].is_null());
        assert!(!encounter("3102")["hifp_payamt"].is_null());
        w.prove();
    }
}

#[test]
fn whatever_becomes_of_an_audit_the_visit_goes_on() {
    for w in worlds_of("audit_fails", &asking(true, true)) {
        let faults = [
            Fault::Refuse,
            Fault::LoseReply,
            Fault::Html,
            Fault::Truncate,
        ];
        let people: Vec<_> = w.residents().take(faults.len()).cloned().collect();
        for (fault, person) in faults.into_iter().zip(people) {
            w.centre.panel.set_fault(fault, "310", 2);
            let visit = w.settled(&person, &w.consult_only());
            assert_eq!(w.states(&visit), [S::Settled]);
            assert_eq!(rules(&w, &visit), Vec::<String>::new());
        }
        assert_eq!(w.wire.of("310").len(), 8);
        w.prove();
    }
}

#[test]
fn it_is_asked_only_where_and_when_the_region_wants_it() {
    for w in worlds("audit_none") {
        w.presettled(w.resident(false), &w.cold());
        assert_eq!(w.wire.of("310").len(), 0);
    }
    for (before, during) in [(true, false), (false, true)] {
        for w in worlds_of(&format!("audit_{before}"), &asking(before, during)) {
            let visit = w.register(w.resident(false));
            w.app.freeze(&w.doctor, &visit, 0, &w.cold()).unwrap();
            w.wire.clear();
            w.app.presettle(&w.doctor, &visit).unwrap();
            let said = w.wire.said();
            let place = |infno: &str| said.iter().position(|s| s == infno);
            assert_eq!(place("3101").is_some(), before);
            assert_eq!(place("3102").is_some(), during);
            if let (Some(audit), Some(upload)) = (place("3101"), place("2204")) {
                assert!(audit < upload, "{said:?}");
            }
            if let (Some(audit), Some(presettle)) = (place("3102"), place("2206")) {
                assert!(presettle < audit, "{said:?}");
            }
        }
    }
}
