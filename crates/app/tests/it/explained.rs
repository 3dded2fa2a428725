//! 为什么: the working of a batch, as it was previewed, frozen, and answered by the centre.

use cunyi_app::views::{BatchView, Language, Part, WorkingStep};
use cunyi_domain::money::Fen;
use cunyi_domain::refusal::Code;
use cunyi_policy::{Rule, Step, paid};

use crate::policies::real;
use crate::world::{Setting, actor, worlds, worlds_of};

fn said(batch: &BatchView, language: Language) -> Vec<String> {
    let steps = &batch.working.as_ref().unwrap().steps;
    steps.iter().map(|step| step.sentence(language)).collect()
}

/// What the shown steps alone come to.
fn funds(steps: &[WorkingStep]) -> Fen {
    let steps: Vec<Step> = steps.iter().map(|at| at.step.clone()).collect();
    paid(&steps).iter().map(|(_, sum)| *sum).sum()
}

#[test]
fn the_working_is_kept_with_the_batch_and_the_centre_agrees() {
    for w in worlds("working") {
        let visit = w.register(w.resident(true));
        let body = w.cold_and_pressure();
        let preview = w.app.preview(&w.doctor, &visit, &body).unwrap();
        assert_eq!(preview.batches.len(), 2);
        let sentences = said(&preview.batches[0], Language::Chinese);
        assert!(
            sentences[0].starts_with("感冒灵颗粒：乙类先由个人付 10%："),
            "a line is told by its name: {sentences:?}"
        );
        w.app.freeze(&w.doctor, &visit, 0, &body).unwrap();
        for presettled in [false, true] {
            if presettled {
                w.app.presettle(&w.doctor, &visit).unwrap();
            }
            let view = w.view(&visit);
            for (batch, previewed) in view.batches.iter().zip(&preview.batches) {
                let (kept, made) = (batch.working.as_ref(), previewed.working.as_ref());
                let (kept, made) = (kept.unwrap(), made.unwrap());
                assert_eq!((&kept.data, &kept.basis), (&made.data, &made.basis));
                assert_eq!(batch.estimate_why, previewed.estimate_why);
                assert_eq!(funds(&kept.steps), batch.estimated_fund);
                for language in [Language::Chinese, Language::English] {
                    assert_eq!(said(batch, language), said(previewed, language));
                }
                assert_eq!(batch.answer.is_some(), presettled);
                if let Some(answer) = &batch.answer {
                    assert_eq!(answer.difference, None);
                    let told = answer
                        .steps
                        .iter()
                        .map(|at| (&at.step.rule, at.step.result));
                    let ours = kept.steps.iter().map(|at| (&at.step.rule, at.step.result));
                    assert!(told.eq(ours), "the centre tells the same steps");
                }
            }
        }
        w.settle(&visit).unwrap();
        let view = w.view(&visit);
        for batch in &view.batches {
            assert_eq!(batch.answer.as_ref().unwrap().difference, None);
        }
        w.prove();
    }
}

#[test]
fn what_the_centre_pays_otherwise_is_shown_at_its_first_step() {
    for w in worlds("differs") {
        w.centre.panel.set_paid(50);
        let visit = w.presettled(w.resident(false), &w.cold());
        for settled in [false, true] {
            if settled {
                w.settle(&visit).unwrap();
            }
            let batch = &w.view(&visit).batches[0];
            let answer = batch.answer.as_ref().unwrap();
            let found = answer.difference.as_ref().unwrap();
            assert_eq!((found.part, found.item.as_str()), (Part::Pool, ""));
            assert_eq!(
                (found.ours, found.theirs),
                (batch.estimated_fund, batch.fund)
            );
            assert!(batch.fund < batch.estimated_fund);
            assert_eq!(
                funds(&answer.steps),
                batch.fund,
                "its steps come to what it pays"
            );
            let step = &batch.working.as_ref().unwrap().steps[found.step.unwrap()];
            assert_eq!(step.step.rule, Rule::Ratio);
            let told = found.told.as_ref().unwrap().sentence(Language::Chinese);
            assert!(told.starts_with("统筹基金付 35%："), "{told}");
        }
        w.prove();
    }
}

/// Each fund has its own field in 2206 and 2207, so that none is taken for another's difference; and
/// its own limits, which the next estimate knows.
#[test]
fn each_fund_is_compared_with_its_own() {
    let Setting { resident, .. } = Setting::default();
    let fund = |name: &str, base: &str, ratio: &str, cap: &str| {
        format!(
            "\n[[fund]]\nname = \"{name}\"\nbenefits = [\"general\"]\nbase = \"{base}\"
             deductible = \"none\"\nratio = \"{ratio}\"\ncap = {cap}\n"
        )
    };
    let month = "[{ per = \"month\", amount = \"0.50\" }]";
    let illness = fund("serious_illness", "in_scope", "50%", "\"none\"");
    let aid = fund("medical_aid", "in_scope_and_pay_first", "90%", month);
    let setting = Setting {
        resident: format!("{resident}{illness}{aid}"),
        ..Setting::default()
    };
    for w in worlds_of("each_fund", &setting) {
        let person = w.residents().next().unwrap();
        let mut sums = Vec::new();
        for _ in 0..2 {
            let visit = w.presettled(person, &w.cold());
            for settled in [false, true] {
                if settled {
                    w.settle(&visit).unwrap();
                }
                let batch = &w.view(&visit).batches[0];
                assert_eq!(batch.fund, batch.estimated_fund);
                let answer = batch.answer.as_ref().unwrap();
                assert_eq!(answer.difference, None);
                assert_eq!(funds(&answer.steps), batch.fund);
                sums.push(batch.fund);
            }
        }
        assert_eq!(sums[0] - sums[3], Fen(50), "the month's aid is used up");
        w.prove();
    }
}

/// A reply whose working is not understood, whatever stands there, is read without it.
#[test]
fn a_working_that_is_not_understood_is_left_out() {
    for w in worlds("not_understood") {
        let visit = w.frozen(w.resident(false), &w.cold());
        for junk in [
            "",
            "610101",
            "[{}]",
            "[[[[",
            "<script>",
            "[{\\\"polItemCode\\\":1}]",
        ] {
            w.wire.twist("2206", move |came| {
                let mut reply = came.unwrap();
                let text = String::from_utf8(reply.body).unwrap();
                let key = "\"setl_proc_info\":\"";
                let (before, after) = text.split_once(key).expect(&text);
                let end = after.find("]\"").unwrap() + 1;
                reply.body = format!("{before}{key}{junk}{}", &after[end..]).into_bytes();
                Ok(reply)
            });
            let body = w.cold();
            w.app.presettle(&w.doctor, &visit).unwrap();
            let batch = &w.view(&visit).batches[0];
            let answer = batch.answer.as_ref().unwrap();
            assert_eq!(
                (&answer.difference, &answer.steps),
                (&None, &vec![]),
                "{junk}"
            );
            w.app.take_back(&w.doctor, &visit).unwrap();
            let version = w.view(&visit).draft_version;
            w.app.freeze(&w.doctor, &visit, version, &body).unwrap();
        }
    }
}

/// Another version of the policy file changes nothing about a batch, and is told.
#[test]
fn a_batch_is_explained_by_the_policy_it_was_frozen_under() {
    for w in worlds_of("policy_changed", &real()) {
        let visit = w.frozen(w.resident(false), &w.cold());
        let before = w.view(&visit).batches.remove(0);
        assert!(
            before.estimate_why.is_some(),
            "it says why it is an estimate"
        );
        let basis = before.working.clone().unwrap().basis;
        assert!(!basis.superseded && !basis.source.is_empty());
        let administrator = actor(&w.app, "administrator");
        let policies = w.app.policies(&administrator).unwrap();
        let policy = policies
            .iter()
            .find(|p| p.version == basis.version)
            .unwrap();
        let sql = "UPDATE reference_file SET version = 'other' WHERE version = ?";
        let values = vec![cunyi_domain::row::Value::Text(policy.version.clone())];
        let db = w.app.store().db();
        db.transact("test", |tx| tx.execute(sql, values.clone()))
            .unwrap();
        // It is read anew where somebody confirms it.
        let name = &policy.name;
        let confirm = |version: &str| {
            let app = &w.app;
            app.confirm_policy(&administrator, name, version, "县医保局", "2026-01-05")
        };
        assert_eq!(w.code(confirm(&policy.version)), Code::NotFound);
        confirm("other").unwrap();
        let after = w.view(&visit).batches.remove(0);
        let (old, new) = (before.working.unwrap(), after.working.unwrap());
        assert_eq!((old.steps, old.data), (new.steps, new.data));
        assert_eq!(after.estimate_why, before.estimate_why);
        assert!(new.basis.superseded && new.basis.from.is_none());
        assert_eq!(new.basis.version, policy.version);
    }
}
