//! Who is insured how, and what registration makes of it.

use cunyi_app::views::{Age, IdentifyForm, PatientForm, RegisterForm, Remaining};
use cunyi_centre::population::{AREA, ELSEWHERE, Person};
use cunyi_domain::batch::BatchState as S;
use cunyi_domain::ledger::{Method, Payer, RegistrationState, VisitState};
use cunyi_domain::money::Fen;
use cunyi_domain::refusal::{Code, Refusal};

use crate::world::{World, worlds};

/// Registers an identified person with this coverage.
fn register(
    w: &World,
    person: &Person,
    coverage: &str,
) -> cunyi_app::Result<cunyi_domain::ids::VisitId> {
    let form = RegisterForm {
        handle: w.identify(person).handle,
        coverage: coverage.to_owned(),
        ..RegisterForm::default()
    };
    w.app.register(&w.doctor, &form)
}

fn warned(w: &World, person: &Person) -> Vec<Code> {
    w.identify(person).warnings.iter().map(|r| r.code).collect()
}

#[test]
fn whoever_pays_herself_needs_no_centre() {
    for w in worlds("self_pay") {
        w.centre.panel.set_down(true);
        let person = w.resident(false);
        let form = PatientForm {
            name: person.name.clone(),
            id_number: person.id_number.clone(),
            phone: person.phone.clone(),
            ..PatientForm::default()
        };
        let visit = w
            .app
            .register_self_pay(&w.doctor, &form, &RegisterForm::default())
            .unwrap();
        let body = w.cold();
        w.app.freeze(&w.doctor, &visit, 0, &body).unwrap();
        w.app.presettle(&w.doctor, &visit).unwrap();
        let view = w.view(&visit);
        assert_eq!(
            (view.payer, view.registration, view.batches[0].fund),
            (Payer::SelfPay, None, Fen::ZERO)
        );
        assert_eq!(view.batches[0].cash, view.batches[0].total);
        let mut shown = w.shown(&visit);
        shown[0].1 += Fen(100);
        assert_eq!(
            w.code(w.app.settle(&w.doctor, &visit, &shown, Method::Cash)),
            Code::ShareChanged
        );
        w.settle(&visit).unwrap();
        assert_eq!(w.code(w.settle(&visit)), Code::WrongState);
        w.app.hand_over(&w.doctor, &visit).unwrap();
        let batch = w.view(&visit).batches[0].id.clone();
        w.app.reverse(&w.doctor, &batch, "退药").unwrap();
        assert_eq!(
            w.code(w.app.reverse(&w.doctor, &batch, "退药")),
            Code::WrongState
        );
        assert_eq!(w.wire.calls().len(), 0);
        let day = w.app.today(&w.doctor, w.app.now().date()).unwrap();
        assert_eq!((day.settlements.len(), day.cash), (2, Fen::ZERO));
        w.prove();
    }
}

#[test]
fn a_known_number_is_the_same_patient() {
    for w in worlds("same_patient") {
        let person = w.resident(false);
        let visit = w.register(person);
        let patient = w.view(&visit).patient.patient;
        assert_eq!(w.identify(person).patient, Some(patient.clone()));
        let form = PatientForm {
            name: person.name.clone(),
            id_number: person.id_number.to_ascii_lowercase(),
            ..PatientForm::default()
        };
        let again = w
            .app
            .register_self_pay(&w.doctor, &form, &RegisterForm::default())
            .unwrap();
        assert_eq!(w.view(&again).patient.patient, patient);
        assert_eq!(
            w.app
                .find_patients(&w.doctor, &person.id_number)
                .unwrap()
                .len(),
            1
        );
    }
}

#[test]
fn a_newborn_comes_with_a_guardian() {
    for w in worlds("newborn") {
        let form = PatientForm {
            name: "周新生".to_owned(),
            sex: "2".to_owned(),
            birth_date: "2026-11-20".to_owned(),
            guardian_name: "孙监护".to_owned(),
            guardian_id_number: "11010519491231002X".to_owned(),
            ..PatientForm::default()
        };
        let without = |change: fn(&mut PatientForm)| {
            let mut form = form.clone();
            change(&mut form);
            let refusal = w.refused(w.app.register_self_pay(
                &w.doctor,
                &form,
                &RegisterForm::default(),
            ));
            (refusal.code, refusal.field)
        };
        let guardian = (Code::GuardianMissing, Some("guardian_name"));
        assert_eq!(without(|f| f.guardian_name.clear()), guardian);
        assert_eq!(without(|f| f.guardian_id_number.clear()), guardian);
        assert_eq!(
            without(|f| f.birth_date.clear()),
            (Code::Missing, Some("birth_date"))
        );
        assert_eq!(without(|f| f.sex.clear()), (Code::Missing, Some("sex")));
        assert_eq!(
            without(|f| "2026-12-01".clone_into(&mut f.birth_date)),
            (Code::BadText, Some("birth_date"))
        );
        let visit = w
            .app
            .register_self_pay(&w.doctor, &form, &RegisterForm::default())
            .unwrap();
        let view = w.view(&visit);
        assert_eq!(
            (view.patient.age, view.patient.masked_number.as_str()),
            (Age::Days(4), "")
        );
        let twin = w
            .app
            .register_self_pay(&w.doctor, &form, &RegisterForm::default())
            .unwrap();
        assert_ne!(
            w.view(&twin).patient.patient,
            view.patient.patient,
            "no number, no guess"
        );
        w.prove();
    }
}

#[test]
fn several_insurances_are_chosen_from() {
    for w in worlds("several") {
        let both = w.person(|p| p.coverages.iter().filter(|c| c.status == "1").count() == 2);
        let found = w.identify(both);
        assert_eq!(found.proposed, None);
        assert_eq!(warned(&w, both), [Code::ChooseCoverage]);
        assert_eq!(w.code(register(&w, both, "")), Code::ChooseCoverage);
        let asked: Vec<_> = w
            .wire
            .of("2001")
            .iter()
            .map(|c| c.sent["input"]["data"]["insutype"].clone())
            .collect();
        assert_eq!(asked[..2], ["390", "310"], "of each that can be chosen");
        for (place, coverage) in found.coverages.iter().enumerate() {
            let visit = register(&w, both, &place.to_string()).unwrap();
            let view = w.view(&visit);
            assert_eq!(
                view.registration,
                Some(RegistrationState::Registered),
                "{}",
                view.registration_said
            );
            assert_eq!(view.patient.scheme, coverage.scheme);
            let left = |r: Option<Remaining>| match r {
                Some(Remaining::Platform { left, .. }) => left,
                other => panic!("{other:?}"),
            };
            assert_eq!(left(view.patient.remaining), left(coverage.remaining));
            let used = both.fund_elsewhere;
            let of_scheme = match coverage.scheme.as_str() {
                "310" => [Fen(150_000), Fen(150_000) - used],
                _ => [Fen(40_000), Fen(40_000) - used],
            };
            assert!(of_scheme.contains(&left(coverage.remaining)));
        }
        for wrong in ["2", "-1", "abc", "99999999999999999999"] {
            assert_eq!(
                w.code(register(&w, both, wrong)),
                Code::NoCoverage,
                "{wrong}"
            );
        }
    }
}

#[test]
fn whoever_moved_is_registered_under_the_insurance_in_force() {
    for w in worlds("moved") {
        let moved = w.person(|p| p.coverages.len() == 2 && p.coverages[0].status == "2");
        assert_eq!(w.identify(moved).proposed, Some(1));
        assert_eq!(w.code(register(&w, moved, "0")), Code::NoCoverage);
        let visit = register(&w, moved, "").unwrap();
        assert_eq!(w.view(&visit).patient.scheme, "310");
    }
}

#[test]
fn no_insurance_suspended_elsewhere() {
    for w in worlds("no_cover") {
        let uninsured = w.person(|p| p.coverages.is_empty() && p.birth_date.year() < 2000);
        let form = IdentifyForm {
            certificate: "02".to_owned(),
            number: uninsured.id_number.clone(),
            ..IdentifyForm::default()
        };
        let refusal = w.refused(w.app.identify(&w.doctor, &form));
        assert_eq!(refusal.code, Code::CentreRefused);
        assert!(refusal.args[0].1.contains("无有效参保信息"));
        let suspended = w.person(|p| p.coverages.len() == 1 && p.coverages[0].status == "2");
        let elsewhere = w.person(|p| p.coverages.len() == 1 && p.coverages[0].place == ELSEWHERE);
        for person in [suspended, elsewhere] {
            // Not also that the benefit is not hers: that follows.
            assert_eq!(warned(&w, person), [Code::NoCoverage]);
            assert_eq!(w.identify(person).proposed, None);
            for coverage in ["", "0"] {
                let refusal = w.refused(register(&w, person, coverage));
                assert_eq!(
                    (refusal.code, refusal.field),
                    (Code::NoCoverage, Some("coverage"))
                );
            }
            let form = RegisterForm {
                handle: w.identify(person).handle,
                self_pay: true,
                ..RegisterForm::default()
            };
            let visit = w.app.register(&w.doctor, &form).unwrap();
            assert_eq!(w.view(&visit).payer, Payer::SelfPay);
            assert_eq!(
                w.code(w.app.register(&w.doctor, &form)),
                Code::NotFound,
                "a handle is used once"
            );
        }
        assert_eq!(w.wire.of("2201").len(), 0);
        w.prove();
    }
}

#[test]
fn an_employee_is_settled_under_her_scheme_and_her_account_pays_first() {
    for w in worlds("employee") {
        let employee = w.person(|p| {
            p.coverages.len() == 1 && p.coverages[0].scheme == "310" && p.coverages[0].place == AREA
        });
        let balance = employee.coverages[0].balance;
        assert_eq!(w.identify(employee).coverages[0].balance, balance);
        let visit = w.settled(employee, &w.cold());
        let view = w.view(&visit);
        let batch = &view.batches[0];
        assert_eq!(
            (view.patient.scheme.as_str(), batch.state),
            ("310", S::Settled)
        );
        let personal = batch.total - batch.fund;
        assert_eq!(batch.account, personal.min(balance));
        assert_eq!(batch.cash, personal - batch.account);
        let left = balance - batch.account;
        assert_eq!(w.identify(employee).coverages[0].balance, left);
        w.prove();
    }
}

#[test]
fn drugs_of_a_filed_disease_are_general_where_the_scheme_has_no_benefit_for_it() {
    for w in worlds("employee_filed") {
        let filed = |p: &&Person| {
            p.coverages.iter().any(|c| c.scheme == "310")
                && p.filings.iter().any(|f| f.name == "高血压")
        };
        let Some(person) = w.people.iter().find(filed) else {
            continue;
        };
        let place = person
            .coverages
            .iter()
            .position(|c| c.scheme == "310")
            .unwrap();
        let visit = register(&w, person, &place.to_string()).unwrap();
        let preview = w
            .app
            .preview(&w.doctor, &visit, &w.cold_and_pressure())
            .unwrap();
        assert_eq!(preview.problems, vec![]);
        assert_eq!(preview.batches.len(), 1);
    }
}

#[test]
fn the_insurance_is_left_aside() {
    for w in worlds("switch") {
        let visit = w.register(w.resident(false));
        w.app.switch_to_self_pay(&w.doctor, &visit).unwrap();
        assert_eq!(
            w.code(w.app.switch_to_self_pay(&w.doctor, &visit)),
            Code::WrongState
        );
        w.wire.clear();
        w.app.freeze(&w.doctor, &visit, 0, &w.cold()).unwrap();
        w.settle(&visit).unwrap();
        w.app.hand_over(&w.doctor, &visit).unwrap();
        assert_eq!(w.view(&visit).state, VisitState::Done);
        assert_eq!(w.wire.calls().len(), 0);
        let frozen = w.frozen(w.resident(true), &w.cold());
        assert_eq!(
            w.code(w.app.switch_to_self_pay(&w.doctor, &frozen)),
            Code::WrongState
        );
        w.prove();
    }
}

#[test]
fn what_the_platform_could_not_say_is_said_at_the_door() {
    for w in worlds("filings_lost") {
        let person = w.resident(true);
        w.centre
            .panel
            .set_fault(cunyi_centre::faults::Fault::LoseReply, "5301", 1);
        let found = w.identify(person);
        assert_eq!(found.filings, None, "not known is not none");
        let told: Vec<_> = found.warnings.iter().map(|r| (r.code, r.field)).collect();
        assert_eq!(told, [(Code::CentreSilent, Some("filings"))]);
    }
}

type Change = fn(&mut RegisterForm);

#[test]
fn a_proxy_is_recorded_whole_or_not_at_all() {
    for w in worlds("proxy") {
        let handle = w.identify(w.resident(false)).handle;
        let whole = RegisterForm {
            handle,
            proxy_name: "钱代办".to_owned(),
            proxy_id_number: "11010519491231002X".to_owned(),
            proxy_relation: "儿子".to_owned(),
            ..RegisterForm::default()
        };
        let cases: [(Change, Code); 6] = [
            (|f| f.proxy_name.clear(), Code::ProxyIncomplete),
            (|f| f.proxy_id_number.clear(), Code::ProxyIncomplete),
            (|f| f.proxy_relation.clear(), Code::ProxyIncomplete),
            (
                |f| f.proxy_id_number.replace_range(17.., "1"),
                Code::IdChecksum,
            ),
            (|f| f.proxy_name = "长".repeat(61), Code::BadText),
            (|f| f.proxy_relation.push('\0'), Code::BadText),
        ];
        for (change, code) in cases {
            let mut form = whole.clone();
            change(&mut form);
            assert_eq!(w.code(w.app.register(&w.doctor, &form)), code);
        }
        // The identification is still there after six refusals.
        let visit = w.app.register(&w.doctor, &whole).unwrap();
        let proxy = w.view(&visit).proxy;
        assert_eq!(proxy, Some(("钱代办".to_owned(), "儿子".to_owned())));
        w.prove();
    }
}

/// Her name here, past what a page shows.
fn name_here(w: &World, number: &str) -> String {
    let found = w.app.find_patients(&w.doctor, number).unwrap();
    assert_eq!(found.len(), 1);
    found[0].name.clone()
}

#[test]
fn another_name_at_the_centre_is_told_and_taken_over_only_by_a_doctor_who_says_so() {
    for w in worlds("renamed") {
        let person = w.resident(false);
        let patient = w.view(&w.register(person)).patient.patient;
        assert_eq!(w.identify(person).name_here, None, "the same name");
        let other = PatientForm {
            name: "周新生".to_owned(),
            id_number: person.id_number.clone(),
            phone: "13900001111".to_owned(),
            ..PatientForm::default()
        };
        w.app.correct_patient(&w.doctor, &patient, &other).unwrap();
        let found = w.identify(person);
        let both = (found.name.as_str(), found.name_here.as_deref());
        assert_eq!(both, (person.name.as_str(), Some("周新生")));
        let told: Vec<_> = found.warnings.iter().map(|r| r.code).collect();
        assert_eq!(told, [Code::CentreNameDiffers]);
        let mut form = RegisterForm {
            handle: found.handle,
            ..RegisterForm::default()
        };
        for self_pay in [false, true] {
            form.self_pay = self_pay;
            let refusal = w.refused(w.app.register(&w.doctor, &form));
            let expected = Refusal::at(Code::CentreNameDiffers, "take_name");
            assert_eq!(refusal, expected);
        }
        form = RegisterForm {
            self_pay: false,
            take_name: true,
            ..form
        };
        // Who may not correct may not take a name over either, and nothing has happened.
        let pharmacist = crate::world::actor(&w.app, "pharmacist");
        assert_eq!(w.code(w.app.register(&pharmacist, &form)), Code::Forbidden);
        assert_eq!(name_here(&w, &person.id_number), "周新生");
        assert_eq!(w.app.queue(&w.doctor).unwrap().len(), 1);
        let visit = w.app.register(&w.doctor, &form).unwrap();
        let strip = w.view(&visit).patient;
        assert_eq!(
            (strip.patient, strip.name.as_str()),
            (patient.clone(), &*person.name)
        );
        let fields = w.app.patient(&w.doctor, &patient).unwrap().fields;
        assert_eq!(fields.phone, "13900001111", "nothing but the name");
        assert_eq!(w.identify(person).name_here, None);
        assert_eq!(w.app.find_patients(&w.doctor, "zxs").unwrap().len(), 0);
        w.prove();
    }
}

#[test]
fn a_known_number_under_another_name_is_not_taken_for_her() {
    for w in worlds("other_name") {
        let person = w.resident(false);
        w.register(person);
        let form = PatientForm {
            name: "周新生".to_owned(),
            id_number: person.id_number.clone(),
            ..PatientForm::default()
        };
        let refusal = w.refused(w.app.register_self_pay(
            &w.doctor,
            &form,
            &RegisterForm::default(),
        ));
        assert_eq!(refusal, Refusal::at(Code::NameDiffers, "name"));
        assert_eq!(w.app.queue(&w.doctor).unwrap().len(), 1);
    }
}

#[test]
fn a_proxy_of_a_self_pay_patient_is_recorded_too() {
    for w in worlds("proxy_self") {
        let person = w.resident(false);
        let form = PatientForm {
            name: person.name.clone(),
            id_number: person.id_number.clone(),
            ..PatientForm::default()
        };
        let mut with = RegisterForm {
            proxy_name: "钱代办".to_owned(),
            proxy_id_number: "11010519491231002X".to_owned(),
            proxy_relation: "儿子".to_owned(),
            ..RegisterForm::default()
        };
        let visit = w.app.register_self_pay(&w.doctor, &form, &with).unwrap();
        let proxy = w.view(&visit).proxy;
        assert_eq!(proxy, Some(("钱代办".to_owned(), "儿子".to_owned())));
        with.proxy_relation.clear();
        let half = w.app.register_self_pay(&w.doctor, &form, &with);
        assert_eq!(w.code(half), Code::ProxyIncomplete);
        w.prove();
    }
}

#[test]
fn what_the_platform_does_not_say_of_a_person_is_not_guessed() {
    for w in worlds("incomplete") {
        let holds = |p: &Person| {
            let good =
                |v: &cunyi_centre::population::Voucher| v.known && v.expires_at > w.app.now();
            p.voucher.as_ref().is_some_and(good)
        };
        let person = w.person(holds);
        let code = person.voucher.as_ref().unwrap().code();
        let form = IdentifyForm {
            certificate: "01".to_owned(),
            number: code,
            ..IdentifyForm::default()
        };
        let birth = format!("\"{}\"", person.birth_date);
        for (field, from, to) in [
            ("sex", "\"gend\":\"".to_owned(), "\"gend\":\"9".to_owned()),
            ("birth_date", birth.clone(), "\"\"".to_owned()),
            ("birth_date", birth, "\"2049-01-01\"".to_owned()),
        ] {
            let number = person.id_number.clone();
            let told = number.clone();
            w.wire.twist("ec.query", move |came| {
                let mut reply = came.unwrap();
                let text = String::from_utf8(reply.body).unwrap();
                reply.body = text.replace(&told, "E12345678").into_bytes();
                Ok(reply)
            });
            w.wire.twist("1101", move |came| {
                let mut reply = came.unwrap();
                let text = String::from_utf8(reply.body).unwrap();
                assert!(text.contains(&from), "{from} {text}");
                // A passport tells neither.
                let text = text.replace(&number, "E12345678").replace(&from, &to);
                reply.body = text.into_bytes();
                Ok(reply)
            });
            let refusal = w.refused(w.app.identify(&w.doctor, &form));
            assert_eq!(refusal, Refusal::at(Code::CentreIncomplete, field));
        }
        w.app.identify(&w.doctor, &form).unwrap();
    }
}
