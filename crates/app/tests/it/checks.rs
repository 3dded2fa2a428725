//! Safety checks: what forbids, what wants a reason, and where the reason is kept.

use cunyi_app::views::DraftBody;
use cunyi_domain::fact::Personal;
use cunyi_domain::journal::Entry;
use cunyi_domain::refusal::Code;

use crate::world::{World, worlds};

fn amoxicillin(w: &World) -> DraftBody {
    DraftBody {
        lines: vec![w.line("阿莫西林胶囊"), w.consultation()],
        ..w.cold()
    }
}

#[test]
fn an_allergy_forbids_the_whole_group() {
    for w in worlds("allergy") {
        let visit = w.register(w.resident(false));
        let patient = w.view(&visit).patient.patient;
        let note = |kind: &str, code: &str| w.app.note_allergy(&w.doctor, &patient, kind, code);
        for (kind, code, why) in [
            ("group", "no-such-group", Code::NotInCatalogue),
            ("drug", "X-999", Code::NotInCatalogue),
            ("text", "青霉素", Code::BadText),
            ("", "", Code::BadText),
        ] {
            assert_eq!(w.code(note(kind, code)), why, "{kind} {code}");
        }
        note("group", "penicillins").unwrap();
        note("group", "penicillins").unwrap();
        let allergies = w.view(&visit).patient.allergies;
        assert_eq!(allergies.len(), 1, "noted twice is noted once");
        let body = amoxicillin(&w);
        let preview = w.app.preview(&w.doctor, &visit, &body).unwrap();
        assert!(
            preview
                .findings
                .iter()
                .any(|f| f.refused && f.code == "allergy-group")
        );
        let refusal = w.refused(w.app.freeze(&w.doctor, &visit, 0, &body));
        assert_eq!(refusal.code, Code::CheckRefused);
        assert_eq!(refusal.args, [("check", "allergy-group".to_owned())]);
        // A reason does not help against what forbids.
        let mut stubborn = body.clone();
        stubborn
            .reasons
            .push(("allergy-group".to_owned(), "患者坚持".to_owned()));
        assert_eq!(
            w.code(w.app.freeze(&w.doctor, &visit, 1, &stubborn)),
            Code::CheckRefused
        );
        w.app
            .withdraw_allergy(&w.doctor, &patient, &allergies[0].0)
            .unwrap();
        let gone = w.app.withdraw_allergy(&w.doctor, &patient, &allergies[0].0);
        assert_eq!(w.code(gone), Code::NotFound);
        w.app.freeze(&w.doctor, &visit, 2, &body).unwrap();
        w.prove();
    }
}

#[test]
fn a_warning_wants_a_reason_and_the_reason_is_sealed() {
    for w in worlds("reason") {
        let visit = w.register(w.resident(false));
        let mut body = w.cold();
        body.lines.push(w.line("维C银翘片"));
        let refusal = w.refused(w.app.freeze(&w.doctor, &visit, 0, &body));
        assert_eq!(
            (refusal.code, refusal.field),
            (Code::CheckWants, Some("reasons"))
        );
        let check = refusal.args[0].1.clone();
        body.reasons = vec![(check.clone(), " \n".to_owned())];
        assert_eq!(
            w.code(w.app.freeze(&w.doctor, &visit, 1, &body)),
            Code::CheckWants
        );
        body.reasons = vec![(check.clone(), "短".repeat(201))];
        assert_eq!(
            w.code(w.app.freeze(&w.doctor, &visit, 2, &body)),
            Code::BadText
        );
        body.reasons = vec![(check, "王小明家属要求两药错开服用".to_owned())];
        w.app.freeze(&w.doctor, &visit, 3, &body).unwrap();
        let store = w.app.store();
        let kept = store.db().read("reason", |tx| {
            let entries: Vec<Entry> = tx.select("WHERE kind = 'charges_frozen'", vec![])?;
            assert!(
                !String::from_utf8(entries[0].body.clone())
                    .unwrap()
                    .contains("王小明")
            );
            store.open_personal(tx, &entries[0])
        });
        // Two ingredients are there twice: two findings of one check, overridden once.
        let words = vec!["王小明家属要求两药错开服用".to_owned()];
        assert_eq!(kept.unwrap(), Some(Personal::Reasons(words)));
        w.prove();
    }
}

#[test]
fn own_pay_wants_consent_of_the_insured() {
    for w in worlds("consent") {
        let own_pay =
            |d: &&cunyi_catalogue::Drug| d.class == cunyi_catalogue::Class::C && d.dose.is_some();
        let name = w
            .app
            .catalogue()
            .drugs()
            .iter()
            .find(own_pay)
            .unwrap()
            .name
            .clone();
        let mut body = w.cold();
        body.lines = vec![w.line(&name)];
        body.own_pay_consent = false;
        let visit = w.register(w.resident(false));
        let refusal = w.refused(w.app.freeze(&w.doctor, &visit, 0, &body));
        assert_eq!(
            (refusal.code, refusal.field),
            (Code::Missing, Some("own_pay_consent")),
            "{name}"
        );
    }
}
