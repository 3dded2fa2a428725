//! Under which benefit a line is settled: what is proposed, what may be chosen, what is refused.

use cunyi_app::views::{DraftBody, Preview};
use cunyi_centre::population::Person;
use cunyi_domain::ids::VisitId;
use cunyi_domain::refusal::Code;

use crate::wire::Came;
use crate::world::{World, filed, is_resident, worlds};

/// The next reply to a transaction, with one text for another.
fn reworded(w: &World, infno: &str, from: &'static str, to: &'static str) {
    w.wire.twist(infno, move |came: Came| {
        let mut reply = came.unwrap();
        let text = String::from_utf8(reply.body).unwrap();
        assert!(text.contains(from), "{text}");
        reply.body = text.replace(from, to).into_bytes();
        Ok(reply)
    });
}

fn preview(w: &World, visit: &VisitId, body: &DraftBody) -> Preview {
    w.app.preview(&w.doctor, visit, body).unwrap()
}

fn under(preview: &Preview) -> Vec<(&str, &str)> {
    let batches = preview.batches.iter();
    batches
        .map(|b| (b.benefit.as_str(), b.disease_name.as_str()))
        .collect()
}

fn refused(preview: &Preview) -> Vec<(Code, Option<&str>)> {
    preview.problems.iter().map(|r| (r.code, r.field)).collect()
}

fn both(p: &Person) -> bool {
    is_resident(p) && filed(p).len() == 2
}

#[test]
fn a_chronic_benefit_is_proposed_where_filing_drug_and_diagnosis_agree() {
    for w in worlds("proposed") {
        let visit = w.register(w.resident(true));
        let mut body = w.cold_and_pressure();
        let found = preview(&w, &visit, &body);
        assert_eq!(under(&found), [("general", ""), ("chronic", "高血压")]);
        body.diagnoses.pop();
        assert_eq!(under(&preview(&w, &visit, &body)), [("general", "")]);
        // Diagnosed and filed, but no drug of it.
        body = w.cold();
        body.diagnoses.push("I10.x00x002".to_owned());
        assert_eq!(under(&preview(&w, &visit, &body)), [("general", "")]);
    }
}

#[test]
fn the_code_of_a_filing_decides_and_not_its_name() {
    for w in worlds("filing_code") {
        let person = w.resident(true);
        reworded(&w, "5301", "高血压", "原发性 HTN 2级");
        let visit = w.register(person);
        let found = preview(&w, &visit, &w.cold_and_pressure());
        assert_eq!(under(&found)[1], ("chronic", "原发性 HTN 2级"));
        reworded(&w, "5301", "M03900", "M99999");
        let visit = w.register(person);
        let found = preview(&w, &visit, &w.cold_and_pressure());
        assert_eq!(
            under(&found),
            [("general", "")],
            "the policy covers no such code"
        );
        // Chosen all the same, the policy says no in words.
        let mut body = w.cold_and_pressure();
        body.lines[2].benefit = "chronic:M99999".to_owned();
        let found = preview(&w, &visit, &body);
        assert_eq!(refused(&found), [(Code::PolicyCannot, None)]);
        assert_eq!(
            found.problems[0].args,
            [
                ("cannot", "disease-not-covered".to_owned()),
                ("about", "M99999".to_owned())
            ]
        );
    }
}

#[test]
fn the_doctor_may_choose_any_filing_of_the_patient_and_no_other() {
    for w in worlds("chosen") {
        let visit = w.register(w.person(both));
        let mut body = w.cold_and_pressure();
        body.diagnoses.pop();
        "7".clone_into(&mut body.lines[2].days);
        let mut chosen = |benefit: &str| {
            body.lines[2].benefit = benefit.to_owned();
            preview(&w, &visit, &body)
        };
        assert_eq!(under(&chosen("chronic:M01600"))[1], ("chronic", "糖尿病"));
        assert_eq!(under(&chosen("chronic:M03900"))[1], ("chronic", "高血压"));
        assert_eq!(under(&chosen("general")), [("general", "")]);
        let not_filed = [(Code::NotFiled, Some("benefit"))];
        assert_eq!(refused(&chosen("chronic:M00500")), not_filed);
        assert_eq!(refused(&chosen("chronic:")), not_filed);
        // Two filings and no diagnosis: which is not guessed.
        assert_eq!(refused(&chosen("chronic")), not_filed);
        for junk in ["CHRONIC", "maternity", "chronic;M03900"] {
            let found = chosen(junk);
            assert_eq!(
                refused(&found),
                [(Code::BadText, Some("benefit"))],
                "{junk}"
            );
            assert_eq!(found.problems[0].args, [("line", "3".to_owned())]);
        }
        body.lines[2].benefit = "chronic:M01600".to_owned();
        w.app.freeze(&w.doctor, &visit, 0, &body).unwrap();
        w.app.presettle(&w.doctor, &visit).unwrap();
        let sent = &w.wire.of("2204")[1].sent["input"]["feedetail"][0];
        assert_eq!(sent["dise_codg"], "M01600");
    }
}

#[test]
fn without_a_filing_the_chronic_benefit_is_refused_and_never_guessed() {
    for w in worlds("unfiled") {
        let mut body = w.cold_and_pressure();
        body.lines[2].benefit = "chronic:M03900".to_owned();
        let visit = w.register(w.resident(false));
        let found = preview(&w, &visit, &body);
        assert_eq!(refused(&found), [(Code::NotFiled, Some("benefit"))]);
        let item = ("item", "苯磺酸氨氯地平片".to_owned());
        assert_eq!(found.problems[0].args, [item, ("line", "3".to_owned())]);
        let frozen = w.app.freeze(&w.doctor, &visit, 0, &body);
        assert_eq!(w.code(frozen), Code::NotFiled);
        // 备案未知 is not "no filing".
        w.wire.twist("5301", |_| {
            Err(cunyi_domain::transport::TransportError::Lost(
                "cut".to_owned(),
            ))
        });
        let visit = w.register(w.resident(true));
        assert_eq!(w.view(&visit).patient.filings, None);
        let found = preview(&w, &visit, &body);
        assert_eq!(refused(&found), [(Code::FilingsUnknown, Some("benefit"))]);
    }
}
