//! Lists and pages: today, the queue, patients found and corrected, history, papers.

use cunyi_domain::batch::BatchState as S;
use cunyi_domain::fact::Personal;
use cunyi_domain::journal::Entry;
use cunyi_domain::ledger::VisitState;
use cunyi_domain::money::Fen;
use cunyi_domain::refusal::Code;

use crate::world::worlds;

#[test]
fn todays_sums_are_settlements_less_reversals() {
    for w in worlds("today") {
        let people: Vec<_> = w.residents().take(3).collect();
        let visits: Vec<_> = people.iter().map(|p| w.settled(p, &w.cold())).collect();
        let batch = w.view(&visits[1]).batches[0].clone();
        w.app.reverse(&w.doctor, &batch.id, "退药").unwrap();
        let today = w.app.now().date();
        let day = w.app.today(&w.doctor, today).unwrap();
        assert_eq!((day.visits.len(), day.settlements.len()), (3, 4));
        let paid = [0, 2].map(|i: usize| w.view(&visits[i]).batches[0].clone());
        let sum =
            |part: fn(&cunyi_app::views::BatchView) -> Fen| paid.iter().map(part).sum::<Fen>();
        assert_eq!(
            (day.total, day.fund, day.account, day.cash),
            (
                sum(|b| b.total),
                sum(|b| b.fund),
                sum(|b| b.account),
                sum(|b| b.cash)
            )
        );
        assert_eq!(day.total, day.fund + day.account + day.cash);
        let totals: Vec<Fen> = day.visits.iter().map(|v| v.total).collect();
        assert_eq!(totals, [paid[0].total, Fen::ZERO, paid[1].total]);
        // A reversal belongs to the day it was made on.
        w.clock.advance(86_400);
        w.app.reverse(&w.doctor, &paid[0].id, "退药").unwrap();
        let next = w.app.today(&w.doctor, w.app.now().date()).unwrap();
        assert_eq!((next.visits.len(), next.settlements.len()), (0, 1));
        assert_eq!(next.total, Fen(-paid[0].total.0));
        assert_eq!(w.app.today(&w.doctor, today).unwrap().total, day.total);
    }
}

#[test]
fn the_queue_holds_who_waits_and_who_was_done_today() {
    for w in worlds("queue") {
        let visits: Vec<_> = w.residents().take(3).map(|p| w.register(p)).collect();
        let see = |visit, to| w.app.move_visit(&w.doctor, visit, to);
        see(&visits[1], VisitState::Seeing).unwrap();
        see(&visits[1], VisitState::Parked).unwrap();
        see(&visits[1], VisitState::Parked).unwrap();
        see(&visits[2], VisitState::Cancelled).unwrap();
        assert_eq!(
            w.code(see(&visits[2], VisitState::Seeing)),
            Code::WrongState
        );
        assert_eq!(
            w.code(see(&visits[0], VisitState::Parked)),
            Code::WrongState
        );
        assert_eq!(w.code(see(&visits[0], VisitState::Done)), Code::WrongState);
        let done = w.settled(w.resident(true), &w.cold());
        w.app.hand_over(&w.doctor, &done).unwrap();
        let queue = w.app.queue(&w.doctor).unwrap();
        let seen: Vec<_> = queue.iter().map(|e| (e.visit.clone(), e.state)).collect();
        assert_eq!(
            seen,
            [
                (visits[0].clone(), VisitState::Waiting),
                (visits[1].clone(), VisitState::Parked),
                (done, VisitState::Done)
            ]
        );
        assert!(queue[2].chronic && queue[2].fund > Fen::ZERO && !queue[2].unknown);
        let numbers: Vec<_> = queue.iter().map(|e| e.number.as_str()).collect();
        assert_eq!(numbers, ["0320261124001", "0320261124002", "0320261124004"]);
    }
}

/// Came at five to midnight, went at five past: she is among those done today, not nowhere.
#[test]
fn who_was_done_after_midnight_is_in_the_new_days_queue() {
    for w in worlds("midnight") {
        w.clock.advance((14 * 60 + 55) * 60);
        let visit = w.settled(w.resident(false), &w.cold());
        w.clock.advance(10 * 60);
        w.app.hand_over(&w.doctor, &visit).unwrap();
        let states = || {
            let queue = w.app.queue(&w.doctor).unwrap();
            queue.iter().map(|e| e.state).collect::<Vec<_>>()
        };
        assert_eq!(states(), [VisitState::Done]);
        w.clock.advance(24 * 3600);
        assert_eq!(states(), [], "and a day later she is not");
    }
}

#[test]
fn a_patient_is_found_by_number_name_or_initials() {
    for w in worlds("found") {
        let person = w.resident(false);
        let visit = w.register(person);
        let patient = w.view(&visit).patient.patient;
        let surname: String = person.name.chars().take(1).collect();
        let initials = cunyi_catalogue::initials(&person.name);
        let small = person.id_number.to_lowercase();
        let first = &initials[..1];
        for query in [
            &person.id_number,
            &small,
            &person.name,
            &surname,
            &initials,
            &initials.to_uppercase(),
            first,
            &format!(" {surname} "),
        ] {
            let hits = w.app.find_patients(&w.doctor, query).unwrap();
            assert_eq!(hits.len(), 1, "{query}");
            assert_eq!((&hits[0].patient, &hits[0].name), (&patient, &person.name));
            assert!(hits[0].masked_number.contains('*'));
        }
        for query in [
            "",
            "  ",
            "%",
            "_",
            "'",
            "{",
            &person.id_number[..17],
            &"x".repeat(41),
        ] {
            assert_eq!(
                w.app.find_patients(&w.doctor, query).unwrap(),
                vec![],
                "{query}"
            );
        }
        assert_eq!(w.code(w.app.find_patients(&w.doctor, "a\0")), Code::BadText);
        // 单 is read shàn as a name, dān and chán elsewhere.
        let mut form = w.app.patient(&w.doctor, &patient).unwrap().fields;
        "单雄".clone_into(&mut form.name);
        w.app.correct_patient(&w.doctor, &patient, &form).unwrap();
        for (query, wanted) in [("sx", 1), ("d", 1), ("CX", 1), ("x", 0), ("s x", 0)] {
            let hits = w.app.find_patients(&w.doctor, query).unwrap();
            assert_eq!(hits.len(), wanted, "{query}");
        }
    }
}

#[test]
fn a_correction_keeps_what_stood_there_sealed() {
    for w in worlds("correction") {
        let person = w.resident(false);
        let visit = w.register(person);
        let patient = w.view(&visit).patient.patient;
        let mut form = w.app.patient(&w.doctor, &patient).unwrap().fields;
        "周新生".clone_into(&mut form.name);
        "13900001111".clone_into(&mut form.phone);
        w.app.correct_patient(&w.doctor, &patient, &form).unwrap();
        assert_eq!(w.app.patient(&w.doctor, &patient).unwrap().fields, form);
        assert_eq!(w.app.find_patients(&w.doctor, "zxs").unwrap().len(), 1);
        assert_eq!(
            w.app.find_patients(&w.doctor, &person.name).unwrap().len(),
            0
        );
        let store = w.app.store();
        let (body, kept) = store
            .db()
            .read("correction", |tx| -> Result<_, cunyi_store::StoreError> {
                let all: Vec<Entry> = tx.select("WHERE kind = 'patient_corrected'", vec![])?;
                let everything = format!("{:?}", tx.select::<Entry>("", vec![])?);
                assert!(!everything.contains(&person.name) && !everything.contains("周新生"));
                let kept = store.open_personal(tx, &all[0])?;
                Ok((String::from_utf8(all[0].body.clone()).unwrap(), kept))
            })
            .unwrap();
        let Some(Personal::Correction { old, new }) = kept else {
            panic!("a correction is kept");
        };
        assert_eq!(
            (old.name.as_str(), new.name.as_str()),
            (person.name.as_str(), "周新生")
        );
        assert!(!body.contains("周新生"));
        // Another patient's number is not hers.
        let other = w.register(w.resident(true));
        let other = w.view(&other).patient.patient;
        let taken = w.refused(w.app.correct_patient(&w.doctor, &other, &form));
        assert_eq!(
            (taken.code, taken.field),
            (Code::NumberTaken, Some("id_number"))
        );
        w.prove();
    }
}

#[test]
fn history_is_the_newest_ten_and_the_page_has_all() {
    for w in worlds("history") {
        let person = w.resident(false);
        for _ in 0..12 {
            let visit = w.register(person);
            w.app
                .freeze(&w.doctor, &visit, 0, &w.consult_only())
                .unwrap();
            w.clock.advance(86_400);
        }
        let now = w.register(person);
        let past = w.view(&now).past;
        assert_eq!(past.len(), 10);
        assert!(past.windows(2).all(|pair| pair[0].at > pair[1].at));
        assert!(past.iter().all(|p| p.visit != now));
        assert_eq!(
            (
                past[0].diagnoses.as_str(),
                past[0].items.as_str(),
                past[0].total
            ),
            ("急性上呼吸道感染", "一般诊疗费", Fen(1000))
        );
        let page = w
            .app
            .patient(&w.doctor, &w.view(&now).patient.patient)
            .unwrap();
        assert_eq!(page.visits.len(), 13);
    }
}

#[test]
fn papers_say_what_was_settled() {
    for w in worlds("papers") {
        let person = w.resident(true);
        let visit = w.presettled(person, &w.cold_and_pressure());
        let before = w.view(&visit).batches[0].id.clone();
        assert_eq!(w.app.statement(&w.doctor, &before).unwrap().amounts, None);
        w.settle(&visit).unwrap();
        let paper = w.app.paper(&w.doctor, &visit).unwrap();
        assert_eq!(
            (paper.patient.name.as_str(), paper.diagnoses.as_str()),
            (person.name.as_str(), "急性上呼吸道感染、高血压")
        );
        assert!(paper.fictional);
        for batch in w.view(&visit).batches {
            assert_eq!(batch.state, S::Settled);
            let statement = w.app.statement(&w.doctor, &batch.id).unwrap();
            let amounts = statement.amounts.unwrap();
            assert_eq!(amounts.unbalanced(), None);
            assert_eq!(
                (amounts.total, amounts.fund, amounts.cash),
                (batch.total, batch.fund, batch.cash)
            );
            assert_eq!(
                statement.lines.iter().map(|l| l.amount).sum::<Fen>(),
                batch.total
            );
            assert_eq!(
                statement.lines.iter().map(|l| l.fund).sum::<Fen>(),
                batch.fund
            );
            assert!(statement.reversal.is_none() && !batch.platform_settlement.is_empty());
        }
    }
}

#[test]
fn what_was_used_elsewhere_stands_in_the_estimate() {
    for w in worlds("elsewhere_used") {
        let nearly = |p: &cunyi_centre::population::Person| {
            crate::world::is_resident(p) && p.fund_elsewhere > Fen(39_000) && p.filings.is_empty()
        };
        let mut body = w.cold();
        body.lines[0].quantity = "5".to_owned();
        let visit = w.register(w.person(nearly));
        let preview = w.app.preview(&w.doctor, &visit, &body).unwrap();
        body.reasons = preview
            .findings
            .iter()
            .map(|f| (f.key.clone(), "家中备用".to_owned()))
            .collect();
        w.app.freeze(&w.doctor, &visit, 0, &body).unwrap();
        w.app.presettle(&w.doctor, &visit).unwrap();
        let batch = &w.view(&visit).batches[0];
        assert_eq!(
            (batch.estimated_fund, preview.estimated_fund),
            (batch.fund, batch.fund)
        );
    }
}
