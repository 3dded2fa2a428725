//! 输液注射: each day of a course stands in the register as that day, with the test it rests on; what was taken back does
//! not.

use cunyi_domain::ledger::SkinTestState;
use cunyi_domain::refusal::{Code, Refusal};

use crate::skin_test::{DRUG, another, course, given};
use crate::world::{actor, worlds};

#[test]
fn a_courses_days_stand_in_the_register_with_the_test_they_rest_on() {
    for w in worlds("infusions") {
        let course = course(&w);
        let first = w.app.now().date();
        let (second, body, _) = another(&w, &course, 1);
        w.app.freeze(&w.doctor, &second, 0, &body).unwrap();
        given(&w, &second);
        let today = w.app.now().date();
        let register = w.app.infusion_register(&w.doctor, first, today).unwrap();

        assert_eq!(register.rows.len(), 2, "the tablets of the cold are none");
        let days = register.rows.iter().map(|row| {
            let turn = row.turn.as_ref().unwrap();
            (row.at.date(), turn.day, turn.days)
        });
        assert_eq!(days.collect::<Vec<_>>(), [(first, 1, 4), (today, 2, 4)]);
        for row in &register.rows {
            let drugs: Vec<_> = row.drugs.iter().map(|(name, _)| &**name).collect();
            assert_eq!(drugs, ["0.9%氯化钠注射液", DRUG], "one row a group");
            assert!(row.drugs.iter().all(|(_, dose)| !dose.is_empty()));
            assert_eq!((&*row.route, &*row.frequency), ("静脉滴注", "每日一次"));
            let test = &row.tests[0];
            assert_eq!((row.tests.len(), test.state), (1, SkinTestState::Negative));
            assert_eq!(
                (&*test.name, test.at.date()),
                (DRUG, first),
                "the first day's"
            );
            assert_eq!(test.by.len(), 2, "read by two");
            assert!(!row.diagnoses.is_empty() && !row.doctor.is_empty());
        }
        let tests = &register.tests;
        assert_eq!((tests.len(), &*tests[0].drug), (1, DRUG));
        assert_eq!(tests[0].by, register.rows[0].tests[0].by);

        // The papers say the same, whenever they are printed.
        let card = w.app.paper(&w.doctor, &register.rows[0].visit).unwrap();
        assert_eq!(
            (card.turns[0].day, &card.tests),
            (1, &register.rows[0].tests)
        );
        let card = w.app.paper(&w.doctor, &second).unwrap();
        assert_eq!(
            (card.turns[0].day, &card.tests),
            (2, &register.rows[1].tests)
        );

        let (third, body, _) = another(&w, &course, 1);
        w.app.freeze(&w.doctor, &third, 0, &body).unwrap();
        let of_today = || {
            let today = w.app.now().date();
            let register = w.app.infusion_register(&w.doctor, today, today).unwrap();
            register.rows.len()
        };
        assert_eq!(of_today(), 1);
        w.app.take_back(&w.doctor, &third).unwrap();
        assert_eq!(of_today(), 0);
        w.prove();
    }
}

#[test]
fn a_register_is_for_those_who_read_records_and_for_a_period() {
    for w in worlds("infusions_may") {
        let day = w.app.now().date();
        let nothing = w.app.infusion_register(&w.doctor, day, day).unwrap();
        assert!(nothing.rows.is_empty() && nothing.tests.is_empty());
        let backwards = w
            .app
            .infusion_register(&w.doctor, day, day.yesterday().unwrap());
        assert_eq!(w.refused(backwards), Refusal::at(Code::BadText, "to"));
        let administrator = actor(&w.app, "administrator");
        let other = w.app.infusion_register(&administrator, day, day);
        assert_eq!(w.code(other), Code::Forbidden);
    }
}
