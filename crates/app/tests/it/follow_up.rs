//! A visit becomes a follow-up: filled from what is known, classified, recorded, corrected, due, blanked.

use cunyi_app::views::{DraftBody, DueView, EndForm, FollowUpForm, FollowUpView, Outcome};
use cunyi_domain::fact::Personal;
use cunyi_domain::ids::VisitId;
use cunyi_domain::journal::Entry;
use cunyi_domain::ledger::{EndWhy, FollowUp, FollowUpClass as Class};
use cunyi_domain::refusal::Code;
use cunyi_domain::time::civil::Date;
use cunyi_followup::{Judged, Referral, Said, Wrong};

use crate::world::{World, actor, worlds};

const FORM: &str = "hypertension";
const DAY: i64 = 86_400;

/// A repeat visit of whom has high pressure, with a cold besides.
fn pressure(w: &World, systolic: &str) -> DraftBody {
    DraftBody {
        systolic: systolic.to_owned(),
        diastolic: "80".to_owned(),
        pulse: "76".to_owned(),
        weight: "61.5".to_owned(),
        glucose: "6.8".to_owned(),
        ..w.cold_and_pressure()
    }
}

fn view(w: &World, visit: &VisitId) -> FollowUpView {
    w.app.follow_up(&w.doctor, visit, FORM).unwrap()
}

/// What a doctor still has to say of a form that was filled for her: the calm answer to each.
fn answered(view: &FollowUpView) -> Said {
    let mut said = view.said.clone();
    for field in view.form.fields.iter().filter(|f| f.required) {
        let first = field
            .choices()
            .first()
            .map_or("20", |choice| choice.meaning.as_str());
        let told = said.entry(field.key.clone()).or_default();
        if told.is_empty() {
            first.clone_into(told);
        }
    }
    said
}

fn record(w: &World, visit: &VisitId, wanted: &FollowUpForm) -> cunyi_app::Result<Outcome> {
    w.app.record_follow_up(&w.doctor, visit, FORM, wanted)
}

fn judged(outcome: Outcome) -> Judged {
    match outcome {
        Outcome::Judged(judged) => judged,
        Outcome::Problems(problems) => panic!("{problems:?}"),
    }
}

/// Answers every question of a visit's form calmly.
pub fn recorded(w: &World, visit: &VisitId) -> Judged {
    let mut view = view(w, visit);
    for (key, text) in [("systolic", "120"), ("diastolic", "70")] {
        view.said.entry(key.to_owned()).or_insert(text.to_owned());
    }
    let said = answered(&view);
    let wanted = FollowUpForm {
        said,
        confirmed: true,
        reason: String::new(),
    };
    judged(record(w, visit, &wanted).unwrap())
}

fn drafted(w: &World, body: &DraftBody) -> VisitId {
    let visit = w.register(w.resident(true));
    w.app.save_draft(&w.doctor, &visit, 0, body).unwrap();
    visit
}

#[test]
fn a_visit_fills_its_form_signed_or_not() {
    for w in worlds("follow_up") {
        let visit = drafted(&w, &pressure(&w, "152"));
        let today = w.app.now().date();
        let offered = &w.view(&visit).forms;
        assert_eq!(offered.len(), 1);
        assert!(!offered[0].recorded && offered[0].due.is_none());
        let before = view(&w, &visit);
        let said = |key: &str| before.said.get(key).map_or("", String::as_str);
        let filled = ["systolic", "diastolic", "heart_rate", "weight", "way"].map(said);
        assert_eq!(filled, ["152", "80", "76", "61.5", "clinic"]);
        assert_eq!(said("date"), today.to_string());
        assert_eq!(
            ["drug1", "drug1_times", "drug1_dose"].map(said),
            ["苯磺酸氨氯地平片", "1", "5mg"]
        );
        assert!(
            said("drug_other").starts_with("感冒灵颗粒"),
            "{}",
            said("drug_other")
        );
        // What nobody said is not filled in, and there is nothing to take over.
        for key in [
            "smoking",
            "salt",
            "symptoms",
            "adverse",
            "danger",
            "next_date",
            "drug2",
        ] {
            assert_eq!(said(key), "", "{key}");
        }
        assert!(before.from_last.is_empty() && before.offers.is_empty());

        w.app
            .freeze(&w.doctor, &visit, 1, &pressure(&w, "152"))
            .unwrap();
        assert_eq!(view(&w, &visit).said, before.said);
        w.prove();
    }
}

#[test]
fn a_glucose_of_which_nobody_said_that_it_was_fasting_is_offered_and_not_filled() {
    for w in worlds("fasting") {
        let visit = drafted(&w, &pressure(&w, "130"));
        let view = w.app.follow_up(&w.doctor, &visit, "diabetes").unwrap();
        assert_eq!(view.said.get("glucose"), None);
        assert_eq!(view.offers["glucose"], "6.8");
    }
}

#[test]
fn the_second_time_that_it_is_not_controlled_refers() {
    for w in worlds("again") {
        let first = drafted(&w, &pressure(&w, "152"));
        let recorded = recorded(&w, &first);
        assert_eq!(recorded.verdict.class, Class::Unsatisfactory);
        assert_eq!(recorded.verdict.referral, []);
        assert_eq!(w.view(&first).forms[0].due, Some(recorded.next));
        assert!(w.view(&first).forms[0].recorded);

        w.clock.advance(14 * DAY);
        let second = drafted(&w, &pressure(&w, "150"));
        let shown = view(&w, &second);
        assert!(
            shown.from_last.contains(&"smoking".to_owned()),
            "{:?}",
            shown.from_last
        );
        assert_eq!(shown.said["smoking"], "20");
        assert_eq!(shown.said["systolic"], "150", "never from the last one");
        assert_eq!(shown.said.get("symptoms"), None);
        assert_eq!(shown.before.as_ref().unwrap().day, recorded.day);
        let mut wanted = FollowUpForm {
            said: answered(&shown),
            ..FollowUpForm::default()
        };
        let refusal = w.refused(record(&w, &second, &wanted));
        assert_eq!(
            (refusal.code, refusal.field),
            (Code::LastUnconfirmed, Some("confirmed"))
        );
        wanted.confirmed = true;
        let looked = w
            .app
            .judge_follow_up(&w.doctor, &second, FORM, &wanted.said)
            .unwrap();
        let done = judged(record(&w, &second, &wanted).unwrap());
        assert_eq!(judged(looked), done, "what was shown is what is recorded");
        assert_eq!(done.verdict.referral, [Referral::UnsatisfactoryAgain]);
        w.prove();
    }
}

#[test]
fn what_is_wrong_is_told_and_nothing_is_recorded() {
    for w in worlds("wrong_form") {
        let visit = drafted(&w, &w.cold_and_pressure());
        let shown = view(&w, &visit);
        let wanted = FollowUpForm {
            said: shown.said,
            ..FollowUpForm::default()
        };
        let Outcome::Problems(problems) = record(&w, &visit, &wanted).unwrap() else {
            panic!("recorded")
        };
        let told = |key: &str| {
            problems
                .iter()
                .any(|p| p.field == key && p.wrong == Wrong::Missing)
        };
        assert!(
            ["systolic", "smoking", "adverse", "danger"]
                .into_iter()
                .all(told)
        );
        assert!(view(&w, &visit).recorded.is_empty());
        for form in ["", "moon", "第三版 2017"] {
            assert_eq!(
                w.code(w.app.follow_up(&w.doctor, &visit, form)),
                Code::NotFound
            );
        }
        w.app
            .move_visit(
                &w.doctor,
                &visit,
                cunyi_domain::ledger::VisitState::Cancelled,
            )
            .unwrap();
        assert!(!view(&w, &visit).open);
        assert_eq!(w.code(record(&w, &visit, &wanted)), Code::WrongState);
        w.prove();
    }
}

#[test]
fn a_correction_keeps_what_stood_there_who_and_why() {
    for w in worlds("corrected") {
        let visit = drafted(&w, &pressure(&w, "120"));
        recorded(&w, &visit);
        let mut said = view(&w, &visit).said;
        assert_eq!(said["class"], "satisfactory");
        said.insert("systolic".to_owned(), "160".to_owned());
        said.remove("next_date");
        let mut wanted = FollowUpForm {
            said,
            ..FollowUpForm::default()
        };
        assert_eq!(w.code(record(&w, &visit, &wanted)), Code::ReasonMissing);
        wanted.reason = "读错了血压计".to_owned();
        let again = judged(record(&w, &visit, &wanted).unwrap());
        assert_eq!(again.verdict.class, Class::Unsatisfactory);
        assert_eq!(
            again.verdict.referral,
            [],
            "what it corrects is not the one before"
        );

        let shown = view(&w, &visit);
        let [old, new] = &shown.recorded[..] else {
            panic!("two rows")
        };
        assert!(old.corrected && !new.corrected);
        assert_eq!(
            (old.class, new.class),
            (Class::Satisfactory, Class::Unsatisfactory)
        );
        assert_eq!(
            (&*old.said["systolic"], &*new.said["systolic"]),
            ("120", "160")
        );
        assert_eq!((&*new.reason, &*new.by), ("读错了血压计", "测试doctor"));
        assert_eq!(shown.said, new.said, "the one that stands is shown");
        assert_eq!(due(&w).len(), 1, "one is due, and not what was corrected");
        w.prove();
    }
}

fn due(w: &World) -> Vec<DueView> {
    w.app.follow_ups_due(&w.doctor, Date::MAX).unwrap()
}

#[test]
fn whom_to_call_is_who_is_longest_over_the_day() {
    for w in worlds("due") {
        let people: Vec<_> = w.residents().take(2).cloned().collect();
        let visit = |n: usize, systolic: &str| {
            let visit = w.register(&people[n]);
            w.app
                .save_draft(&w.doctor, &visit, 0, &pressure(&w, systolic))
                .unwrap();
            recorded(&w, &visit)
        };
        visit(0, "120");
        visit(1, "150");
        let names =
            |list: &[DueView]| -> Vec<String> { list.iter().map(|d| d.name.clone()).collect() };
        let (calm, high) = (people[0].name.clone(), people[1].name.clone());
        assert_eq!(names(&due(&w)), [high.clone(), calm.clone()]);
        let up_to = |days: i64| {
            let day = w.app.now().date();
            let day = day.checked_add(days_of(days)).unwrap();
            w.app.follow_ups_due(&w.doctor, day).unwrap()
        };
        assert_eq!(names(&up_to(13)), Vec::<String>::new());
        assert_eq!(names(&up_to(14)), std::slice::from_ref(&high));
        w.clock.advance(20 * DAY);
        let late = &due(&w)[0];
        assert_eq!((late.overdue, late.last.2), (6, Class::Unsatisfactory));
        // Once she has been followed up, the older one asks nobody any more.
        visit(1, "120");
        assert_eq!(names(&due(&w)), [calm, high]);
        w.prove();
    }
}

/// By diagnosis or by filing; once she is followed up, or nobody has seen her for a year, no more.
#[test]
fn who_was_never_followed_up_is_told() {
    for w in worlds("never_followed") {
        let told = || -> Vec<(String, String)> {
            let all = w.app.never_followed(&w.doctor).unwrap();
            all.into_iter()
                .map(|one| (one.name, one.form.id.clone()))
                .collect()
        };
        assert_eq!(told(), []);
        let (filed, other) = (w.resident(true).clone(), w.resident(false).clone());
        w.frozen(&filed, &w.cold());
        w.clock.advance(60);
        let visit = w.frozen(&other, &pressure(&w, "150"));
        let of = |name: &str| (name.to_owned(), FORM.to_owned());
        assert_eq!(told(), [of(&other.name), of(&filed.name)]);
        let auditor = actor(&w.app, "auditor");
        let patient = w.view(&visit).patient.patient;
        let mut known = w.app.patient(&w.doctor, &patient).unwrap().fields;
        known.phone = "13900001234".to_owned();
        w.app.correct_patient(&w.doctor, &patient, &known).unwrap();
        let phone = |by| {
            let all = w.app.never_followed(by).unwrap();
            all.into_iter().next().map(|one| one.phone)
        };
        assert_eq!(phone(&w.doctor).as_deref(), Some("13900001234"));
        let masked = phone(&auditor).unwrap();
        assert!(masked.contains('*') && masked != "13900001234", "{masked}");
        recorded(&w, &visit);
        assert_eq!(told(), [of(&filed.name)]);
        w.clock.advance(367 * DAY);
        assert_eq!(told(), []);
        w.prove();
    }
}

/// Who died, moved away, was lost or declines is on no list; who is followed up again is.
#[test]
fn whose_follow_up_ended_is_not_called() {
    for w in worlds("follow_up_end") {
        let person = w.resident(true).clone();
        let visit = w.frozen(&person, &pressure(&w, "150"));
        let patient = w.view(&visit).patient.patient;
        let end = |why: &str, day: &str, words: &str| {
            let form = EndForm {
                why: why.to_owned(),
                day: day.to_owned(),
                words: words.to_owned(),
            };
            w.app.end_follow_ups(&w.doctor, &patient, &form)
        };
        let lists = || {
            let never = w.app.never_followed(&w.doctor).unwrap().len();
            let due = w.app.follow_ups_due(&w.doctor, Date::MAX).unwrap().len();
            let ended = w.app.ended_follow_ups(&w.doctor).unwrap().len();
            (never, due, ended)
        };
        let today = w.app.now().date().to_string();
        assert_eq!(lists(), (1, 0, 0));
        let long = "长".repeat(201);
        for (form, code, field) in [
            (("", &*today, ""), Code::ReasonMissing, "why"),
            (("gone", &*today, ""), Code::ReasonMissing, "why"),
            (("died", &*today, " "), Code::Missing, "end_words"),
            (("moved", "", ""), Code::BadText, "end_day"),
            (("moved", "2026-11-25", ""), Code::BadText, "end_day"),
            (("moved", "1850-01-01", ""), Code::BadText, "end_day"),
            (("moved", &*today, &*long), Code::BadText, "end_words"),
        ] {
            let refusal = w.refused(end(form.0, form.1, form.2));
            assert_eq!(
                (refusal.code, refusal.field),
                (code, Some(field)),
                "{form:?}"
            );
        }
        end("moved", &today, "随儿子进城").unwrap();
        assert_eq!(lists(), (0, 0, 1));
        assert_eq!(w.code(end("lost", &today, "")), Code::Changed, "once");
        let ended = w.app.patient(&w.doctor, &patient).unwrap().ended.unwrap();
        assert_eq!((ended.why, &*ended.words), (EndWhy::Moved, "随儿子进城"));
        w.app.resume_follow_ups(&w.doctor, &patient).unwrap();
        assert_eq!(lists(), (1, 0, 0));
        let again = w.app.resume_follow_ups(&w.doctor, &patient);
        assert_eq!(w.code(again), Code::Changed);

        // She is back, and followed up: on the list of whom to call without anybody's doing more.
        end("lost", &today, "").unwrap();
        recorded(&w, &visit);
        assert_eq!(lists(), (0, 1, 0));
        end("died", &today, "脑卒中").unwrap();
        assert_eq!(lists(), (0, 0, 1));
        // What is corrected afterwards wakes nobody.
        let mut wanted = FollowUpForm {
            said: answered(&view(&w, &visit)),
            confirmed: true,
            reason: "心率抄错".to_owned(),
        };
        wanted.said.insert("heart_rate".to_owned(), "70".to_owned());
        judged(record(&w, &visit, &wanted).unwrap());
        assert_eq!(lists(), (0, 0, 1));
        w.erase(&patient);
        assert_eq!(lists(), (0, 0, 0), "nothing is told of who is erased");
        w.prove();
    }
}

/// A filing says it itself; without one the record does, for two years.
#[test]
fn a_chronic_illness_without_a_filing_stays_in_sight() {
    for w in worlds("chronic_unfiled") {
        let told = |person: &_| w.view(&w.register(person)).patient.unfiled;
        let (filed, other) = (w.resident(true).clone(), w.resident(false).clone());
        assert_eq!(told(&other), Vec::<String>::new());
        for person in [&filed, &other] {
            w.frozen(person, &pressure(&w, "150"));
        }
        assert_eq!(told(&filed), Vec::<String>::new());
        assert_eq!(told(&other), [FORM]);
        w.clock.advance(732 * DAY);
        assert_eq!(told(&other), Vec::<String>::new());
        w.prove();
    }
}

fn days_of(days: i64) -> std::time::Duration {
    std::time::Duration::from_hours(24 * u64::try_from(days).unwrap())
}

#[test]
fn phones_and_numbers_are_for_whom_may_see_them() {
    for w in worlds("phones") {
        let visit = drafted(&w, &pressure(&w, "120"));
        recorded(&w, &visit);
        let (today, person) = (w.app.now().date(), w.resident(true).clone());
        let auditor = actor(&w.app, "auditor");
        let sheet = |by| w.app.follow_up_sheet(by, FORM, (today, today)).unwrap();
        assert_eq!(sheet(&w.doctor).rows[0].fields.id_number, person.id_number);
        let masked = &sheet(&auditor).rows[0].fields.id_number;
        assert!(
            masked.contains('*') && *masked != person.id_number,
            "{masked}"
        );
        assert_eq!(sheet(&w.doctor).rows[0].row.said["systolic"], "120");
        let tomorrow = today.tomorrow().unwrap();
        let later = w
            .app
            .follow_up_sheet(&w.doctor, FORM, (tomorrow, tomorrow))
            .unwrap();
        assert!(later.rows.is_empty());
        let far = w.app.follow_up_sheet(&w.doctor, "moon", (today, today));
        assert_eq!(w.code(far), Code::NotFound);
        let seen = w
            .app
            .patient(&w.doctor, &w.view(&visit).patient.patient)
            .unwrap()
            .accesses;
        assert_eq!(seen, vec![]);
        w.app.follow_up(&auditor, &visit, FORM).unwrap();
        let seen = w
            .app
            .patient(&w.doctor, &w.view(&visit).patient.patient)
            .unwrap()
            .accesses;
        assert_eq!(seen.len(), 1, "whoever opens a form from outside is seen");
    }
}

#[test]
fn what_is_answered_is_sealed_and_erasure_blanks_it() {
    for w in worlds("erased") {
        let visit = drafted(&w, &pressure(&w, "120"));
        let mut said = answered(&view(&w, &visit));
        said.insert("signs".to_owned(), "踝部凹陷".to_owned());
        let wanted = FollowUpForm {
            said,
            ..FollowUpForm::default()
        };
        judged(record(&w, &visit, &wanted).unwrap());
        let patient = w.view(&visit).patient.patient;
        let store = w.app.store();
        let read = |kind: &str| -> Vec<Entry> {
            let sql = "WHERE clinic = ? AND kind = ? ORDER BY seq";
            let values = [w.doctor.clinic.as_str(), kind].map(str::to_owned);
            let values = values.map(cunyi_domain::row::Value::Text).to_vec();
            store
                .db()
                .read("entries", |tx| tx.select(sql, values))
                .unwrap()
        };
        let entry = read("follow_up_recorded").remove(0);
        let body = String::from_utf8(entry.body.clone()).unwrap();
        assert!(
            !body.contains("踝部") && !body.contains("smoking"),
            "{body}"
        );
        let open = store
            .db()
            .read("open", |tx| store.open_personal(tx, &entry))
            .unwrap();
        let Some(Personal::FollowUp { answers, .. }) = open else {
            panic!("sealed")
        };
        assert!(answers.contains("踝部凹陷"));

        w.erase(&patient);
        assert!(due(&w).is_empty(), "who is erased is not called");
        let rows: Vec<FollowUp> = store
            .db()
            .read("rows", |tx| {
                let clinic = cunyi_domain::row::Value::Text(w.doctor.clinic.as_str().to_owned());
                tx.select("WHERE clinic = ?", vec![clinic])
            })
            .unwrap();
        assert_eq!((rows.len(), &*rows[0].answers), (1, ""));
        assert_eq!(w.code(record(&w, &visit, &wanted)), Code::WrongState);
        w.prove();
    }
}
