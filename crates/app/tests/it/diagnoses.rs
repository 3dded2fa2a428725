//! 诊断: those of 中医 beside the main one, and the notifiable ones with the day on which they broke out.

use cunyi_app::views::{DraftBody, LogRow};
use cunyi_domain::refusal::{Code, Refusal};

use crate::uploads::wanted;
use crate::world::{World, worlds, worlds_of};

/// 手足口病
const NOTIFIABLE: &str = "B08.401";

fn with(w: &World, diagnoses: &[&str], onset: &str) -> DraftBody {
    DraftBody {
        diagnoses: diagnoses.iter().map(|code| (*code).to_owned()).collect(),
        onset: onset.to_owned(),
        ..w.cold()
    }
}

fn logged(w: &World) -> LogRow {
    let day = w.app.now().date();
    let log = w.app.outpatient_log(&w.doctor, day, day).unwrap();
    log.rows.into_iter().next_back().unwrap()
}

fn texts(row: &serde_json::Value, names: &[&str]) -> Vec<String> {
    let text = |name: &&str| row[*name].as_str().unwrap_or_default().to_owned();
    names.iter().map(text).collect()
}

#[test]
fn those_of_chinese_medicine_come_after_the_main_one_under_their_own_kind() {
    for w in worlds_of("diagnoses_tcm", &wanted()) {
        // Whatever is typed first: 风寒束表证, 感冒病, then 西医.
        let body = with(&w, &["BNW010", "ZBFH20", "J06.900"], "");
        let visit = w.settled(w.resident(false), &body);
        let sent = &w.wire.of("2203")[0].sent["input"]["diseinfo"];
        let of = |n: usize| texts(&sent[n], &["diag_type", "diag_code", "diag_name"]);
        assert_eq!(of(0), ["1", "J06.900", "急性上呼吸道感染"]);
        assert_eq!(of(1), ["2", "BNW010", "感冒病"]);
        assert_eq!(of(2), ["3", "ZBFH20", "风寒束表证"]);

        let paper = w.app.paper(&w.doctor, &visit).unwrap();
        assert_eq!(paper.diagnoses, "急性上呼吸道感染、感冒病（风寒束表证）");
        w.app.hand_over(&w.doctor, &visit).unwrap();
        assert_eq!(logged(&w).diagnoses, paper.diagnoses);

        assert_eq!(w.app.upload_due().unwrap(), 1);
        let sent = &w.wire.of("4301")[0].sent["input"]["diseinfo"];
        let of = |n: usize| {
            let names = [
                "tcm_diag_flag",
                "maindiag_flag",
                "diag_code",
                "tcm_dise_code",
                "tcmsymp",
            ];
            texts(&sent[n], &names)
        };
        assert_eq!(of(0), ["0", "1", "J06.900", "", ""]);
        assert_eq!(of(1), ["1", "0", "", "BNW010", ""]);
        assert_eq!(of(2), ["1", "0", "", "", "风寒束表证"]);

        // As last time brings them, too.
        let next = w.register(w.resident(false));
        let again = w.app.as_last_time(&w.doctor, &next).unwrap();
        assert_eq!(again.diagnoses, ["J06.900", "BNW010", "ZBFH20"]);
        w.prove();
    }
}

#[test]
fn alone_they_are_no_main_diagnosis() {
    for w in worlds("diagnoses_alone") {
        let visit = w.register(w.resident(false));
        let body = with(&w, &["BNW010", "ZBFH20"], "");
        let refused = w.refused(w.app.freeze(&w.doctor, &visit, 0, &body));
        assert_eq!(refused, Refusal::at(Code::NoDiagnosis, "diagnoses"));
    }
}

#[test]
fn a_notifiable_disease_is_signed_with_its_onset_and_stands_in_the_log() {
    for w in worlds_of("diagnoses_notifiable", &wanted()) {
        let visit = w.register(w.resident(false));
        let refused = w.refused(w.app.freeze(
            &w.doctor,
            &visit,
            0,
            &with(&w, &["J06.900", NOTIFIABLE], " "),
        ));
        assert_eq!(
            (refused.code, refused.field),
            (Code::OnsetMissing, Some("onset"))
        );
        let said: Vec<&str> = refused.args.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(said, ["手足口病", "c", "24"]);

        let visit = w.settled(w.resident(false), &with(&w, &["J06.900", NOTIFIABLE], "3"));
        assert_eq!(w.view(&visit).draft.onset, "2026-11-21");
        w.app.hand_over(&w.doctor, &visit).unwrap();
        let row = logged(&w);
        assert_eq!(
            row.onset.map(|day| day.to_string()).as_deref(),
            Some("2026-11-21")
        );
        assert_eq!(row.notifiable, "手足口病（丙类）");
        w.app.upload_due().unwrap();
        let case = &w.wire.of("4301")[0].sent["input"]["caseinfo"][0];
        assert_eq!(case["attk_date_time"], "2026-11-21 00:00:00");
        w.prove();
    }
}

#[test]
fn what_is_typed_over_an_onset_that_was_signed_stays() {
    for w in worlds("diagnoses_anew") {
        let visit = w.register(w.resident(false));
        let typed = |onset| with(&w, &["J06.900"], onset);
        w.app.freeze(&w.doctor, &visit, 0, &typed("3")).unwrap();
        assert_eq!(w.view(&visit).draft.onset, "2026-11-21");
        w.app.take_back(&w.doctor, &visit).unwrap();
        for onset in ["5", ""] {
            let version = w.view(&visit).draft_version;
            let saved = w.app.save_draft(&w.doctor, &visit, version, &typed(onset));
            saved.unwrap();
            assert_eq!(w.view(&visit).draft.onset, onset);
        }
        w.app.freeze(&w.doctor, &visit, 3, &typed("")).unwrap();
        assert_eq!(w.view(&visit).draft.onset, "");
        w.prove();
    }
}

/// The visits are on 2026-11-24.
#[test]
fn an_onset_is_a_day_of_her_life_until_the_visit() {
    let table = [
        ("2026-11-24", Some("2026-11-24")),
        ("0", Some("2026-11-24")),
        ("1", Some("2026-11-23")),
        ("99", Some("2026-08-17")),
        ("11-21", Some("2026-11-21")),
        ("12-30", Some("2025-12-30")),
        ("2026-11-25", None),
        ("100", None),
        ("-1", None),
        ("2-30", None),
        ("1899-01-01", None),
        ("昨天", None),
        ("9999999999999999999", None),
    ];
    let w = &worlds("diagnoses_onset")[0];
    for (typed, wanted) in table {
        let visit = w.register(w.resident(false));
        let body = with(w, &["J06.900"], typed);
        if let Some(day) = wanted {
            w.app.freeze(&w.doctor, &visit, 0, &body).unwrap();
            assert_eq!(w.view(&visit).draft.onset, day, "{typed}");
        } else {
            let refused = w.refused(w.app.freeze(&w.doctor, &visit, 0, &body));
            assert_eq!(refused, Refusal::at(Code::BadText, "onset"), "{typed}");
        }
    }
}
