//! Safety checks: what forbids, what wants a reason, and where the reason is kept.

use cunyi_app::views::{DraftBody, DraftLine};
use cunyi_catalogue::ServiceRole;
use cunyi_domain::fact::Personal;
use cunyi_domain::journal::Entry;
use cunyi_domain::money::Fen;
use cunyi_domain::refusal::Code;

use crate::world::{Setting, World, worlds, worlds_of};

fn cephalexin(w: &World) -> DraftBody {
    DraftBody {
        lines: vec![w.line("头孢氨苄胶囊"), w.consultation()],
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
        note("group", "cephalosporins").unwrap();
        note("group", "cephalosporins").unwrap();
        let allergies = w.view(&visit).patient.allergies;
        assert_eq!(allergies.len(), 1, "noted twice is noted once");
        let body = cephalexin(&w);
        let preview = w.app.preview(&w.doctor, &visit, &body).unwrap();
        assert!(
            preview
                .findings
                .iter()
                .any(|f| f.refused && f.code == "allergy-group")
        );
        let refusal = w.refused(w.app.freeze(&w.doctor, &visit, 0, &body));
        assert_eq!(refusal.code, Code::CheckRefused);
        let said: Vec<&str> = refusal.args.iter().map(|(name, _)| *name).collect();
        assert_eq!(said, ["check", "drug", "group"], "the finding's own words");
        assert_eq!(refusal.args[1].1, "头孢氨苄胶囊");
        // A reason does not help against what forbids.
        let mut stubborn = body.clone();
        let key = preview.findings[0].key.clone();
        stubborn.reasons.push((key, "患者坚持".to_owned()));
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
        let keys = |body: &DraftBody| -> Vec<String> {
            let preview = w.app.preview(&w.doctor, &visit, body).unwrap();
            preview.findings.into_iter().map(|f| f.key).collect()
        };
        let found = keys(&body);
        assert_eq!(
            found,
            ["same-ingredient:对乙酰氨基酚", "same-ingredient:氯苯那敏"]
        );
        let freeze = |version, body: &DraftBody| w.app.freeze(&w.doctor, &visit, version, body);
        let given = |reason: &str| -> Vec<(String, String)> {
            let all = found.iter().map(|key| (key.clone(), reason.to_owned()));
            all.collect()
        };
        body.reasons = given(" \n");
        assert_eq!(w.code(freeze(1, &body)), Code::CheckWants);
        body.reasons = given(&"短".repeat(201));
        assert_eq!(w.code(freeze(2, &body)), Code::BadText);
        // A reason for one finding is none for the other, nor one for the check.
        body.reasons = vec![given("家中还有")[0].clone()];
        body.reasons
            .push(("same-ingredient".to_owned(), "全部".to_owned()));
        assert_eq!(w.code(freeze(3, &body)), Code::CheckWants);
        body.reasons = given("王小明家属要求两药错开服用");
        // Another place of the line changes nothing.
        body.lines.rotate_right(1);
        assert_eq!(keys(&body), found);
        freeze(4, &body).unwrap();
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
        let words = vec!["王小明家属要求两药错开服用".to_owned(); 2];
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
            (Code::OwnPayConsent, Some("own_pay_consent")),
            "{name}"
        );
        body.own_pay_consent = true;
        w.app.freeze(&w.doctor, &visit, 1, &body).unwrap();
        let own_pay: Fen = w.view(&visit).charges.iter().map(|c| c.own_pay).sum();
        let frozen = w.app.store().db().read("frozen", |tx| {
            tx.select::<Entry>("WHERE kind = 'charges_frozen'", vec![])
        });
        let body: serde_json::Value = serde_json::from_slice(&frozen.unwrap()[0].body).unwrap();
        assert_eq!(
            body["own_pay_consent"], own_pay.0,
            "what she agreed to is a fact"
        );
    }
}

#[test]
fn the_region_says_what_becomes_of_an_injection_fee_beside_the_general_fee() {
    for (rule, wanted) in [
        ("allowed", None),
        ("warn", Some(false)),
        ("refuse", Some(true)),
    ] {
        let setting = Setting {
            region: Setting::default().region.replace(
                "injection_beside_consultation = \"warn\"",
                &format!("injection_beside_consultation = \"{rule}\""),
            ),
            ..Setting::default()
        };
        for w in worlds_of(&format!("injection_{rule}"), &setting) {
            let mut services = w.app.catalogue().services().iter();
            let injection = services.find(|s| s.role == ServiceRole::Injection).unwrap();
            let mut body = w.consult_only();
            body.lines.push(DraftLine {
                code: injection.code.clone(),
                ..DraftLine::default()
            });
            let visit = w.register(w.resident(false));
            let preview = w.app.preview(&w.doctor, &visit, &body).unwrap();
            let mut found = preview.findings.iter();
            let found = found.find(|f| f.code == "consultation-injection");
            assert_eq!(found.map(|f| f.refused), wanted, "{rule}");
        }
    }
}
