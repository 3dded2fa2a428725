//! Bad input, one case a line: refused with its field, nothing written, nobody asked.

use cunyi_app::views::{DraftBody, IdentifyForm, PatientForm, RegisterForm};
use cunyi_domain::refusal::Code;
use proptest::prelude::*;

use crate::world::{World, worlds};

const GOOD: &str = "11010519491231002X";

#[test]
fn who_it_is() {
    let id = |number: &str, birth: &str, sex: &str| IdentifyForm {
        certificate: "02".to_owned(),
        number: number.to_owned(),
        birth_date: birth.to_owned(),
        sex: sex.to_owned(),
        ..IdentifyForm::default()
    };
    let other = |certificate: &str, number: &str, code: &str| IdentifyForm {
        certificate: certificate.to_owned(),
        number: number.to_owned(),
        card_code: code.to_owned(),
        ..IdentifyForm::default()
    };
    let long = "9".repeat(601);
    let cases = [
        (id("", "", ""), Code::Missing, "number"),
        (id("   ", "", ""), Code::Missing, "number"),
        (id("110105194912310021", "", ""), Code::IdChecksum, "number"),
        (
            id("11010519491331002X", "", ""),
            Code::IdBirthDate,
            "number",
        ),
        (
            id("11010519490229002X", "", ""),
            Code::IdBirthDate,
            "number",
        ),
        (id("1101051949123100", "", ""), Code::IdShape, "number"),
        (
            id("１１０１０５１９４９１２３１００２Ｘ", "", ""),
            Code::IdShape,
            "number",
        ),
        (id("11010519491231 002X", "", ""), Code::BadText, "number"),
        (
            id("11010519491231\u{0}02X", "", ""),
            Code::BadText,
            "number",
        ),
        (id(GOOD, "1949-12-30", ""), Code::IdDisagrees, "birth_date"),
        (id(GOOD, "1949/12/31", ""), Code::IdDisagrees, "birth_date"),
        (id(GOOD, "", "1"), Code::IdDisagrees, "sex"),
        (id(GOOD, "", "女"), Code::IdDisagrees, "sex"),
        (other("", GOOD, ""), Code::Missing, "certificate"),
        (other("99", GOOD, ""), Code::Missing, "certificate"),
        (other("self", GOOD, ""), Code::Missing, "certificate"),
        (other("01", &long, ""), Code::BadText, "number"),
        (
            other("03", "Y99000110001", "\u{0}"),
            Code::BadText,
            "card_code",
        ),
        (
            other("03", "Y99000110001", &long[..65]),
            Code::BadText,
            "card_code",
        ),
    ];
    for w in worlds("in_identify") {
        for (form, code, field) in &cases {
            let refusal = w.refused(w.app.identify(&w.doctor, form));
            assert_eq!(
                (refusal.code, refusal.field),
                (*code, Some(*field)),
                "{form:?}"
            );
        }
        assert_eq!(w.wire.calls().len(), 0, "a typing error costs no call");
    }
}

type Alter = fn(&mut PatientForm);

/// Changes to good particulars, with what is then refused and where.
const PARTICULARS: &[(Alter, Code, &str)] = &[
    (|f| f.name.clear(), Code::Missing, "name"),
    (|f| f.name = " \t ".to_owned(), Code::Missing, "name"),
    (|f| f.name = "长".repeat(51), Code::BadText, "name"),
    (|f| f.name.push('\0'), Code::BadText, "name"),
    (|f| f.name.insert(3, '\n'), Code::BadText, "name"),
    (
        |f| f.id_number.replace_range(17.., "1"),
        Code::IdChecksum,
        "id_number",
    ),
    (|f| f.id_number.push('1'), Code::IdShape, "id_number"),
    (
        |f| "1949-12-30".clone_into(&mut f.birth_date),
        Code::IdDisagrees,
        "birth_date",
    ),
    (
        |f| "31.12.1949".clone_into(&mut f.birth_date),
        Code::BadText,
        "birth_date",
    ),
    (|f| "1".clone_into(&mut f.sex), Code::IdDisagrees, "sex"),
    (|f| f.phone = "1".repeat(21), Code::BadText, "phone"),
    (|f| f.phone.push('\0'), Code::BadText, "phone"),
    (|f| f.address = "长".repeat(201), Code::BadText, "address"),
    // Born in 2049: well formed, and not yet.
    (
        |f| f.id_number = "110105204901010028".to_owned(),
        Code::IdBirthDate,
        "id_number",
    ),
    (
        |f| f.guardian_id_number = "110105204901010028".to_owned(),
        Code::IdBirthDate,
        "guardian_id_number",
    ),
    (
        |f| f.guardian_name = "长".repeat(51),
        Code::BadText,
        "guardian_name",
    ),
    (
        |f| f.guardian_id_number = "110105194912310021".to_owned(),
        Code::IdChecksum,
        "guardian_id_number",
    ),
];

#[test]
fn who_pays_herself() {
    for w in worlds("in_patient") {
        let good = PatientForm {
            name: "周新生".to_owned(),
            id_number: GOOD.to_owned(),
            phone: "13900001111".to_owned(),
            ..PatientForm::default()
        };
        for (change, code, field) in PARTICULARS {
            let mut form = good.clone();
            change(&mut form);
            let refusal = w.refused(w.app.register_self_pay(
                &w.doctor,
                &form,
                &RegisterForm::default(),
            ));
            assert_eq!(
                (refusal.code, refusal.field),
                (*code, Some(*field)),
                "{form:?}"
            );
        }
        assert_eq!(w.app.queue(&w.doctor).unwrap(), vec![]);
        w.app
            .register_self_pay(&w.doctor, &good, &RegisterForm::default())
            .unwrap();
        w.prove();
    }
}

type Change = fn(&mut DraftBody);

/// Changes to a good draft, with what is then refused and where.
const DRAFTS: &[(Change, Code, &str)] = &[
    (
        |b| "0".clone_into(&mut b.lines[0].dose),
        Code::BadNumber,
        "dose",
    ),
    (
        |b| "-1".clone_into(&mut b.lines[0].dose),
        Code::BadNumber,
        "dose",
    ),
    (|b| b.lines[0].dose.clear(), Code::BadNumber, "dose"),
    (
        |b| "0.00001".clone_into(&mut b.lines[0].dose),
        Code::BadNumber,
        "dose",
    ),
    (
        |b| "10001".clone_into(&mut b.lines[0].dose),
        Code::BadNumber,
        "dose",
    ),
    (
        |b| b.lines[0].dose = "9".repeat(40),
        Code::BadNumber,
        "dose",
    ),
    (
        |b| "一片".clone_into(&mut b.lines[0].dose),
        Code::BadNumber,
        "dose",
    ),
    (
        |b| "1e3".clone_into(&mut b.lines[0].dose),
        Code::BadNumber,
        "dose",
    ),
    (
        |b| "NaN".clone_into(&mut b.lines[0].dose),
        Code::BadNumber,
        "dose",
    ),
    (
        |b| "0".clone_into(&mut b.lines[0].quantity),
        Code::BadNumber,
        "quantity",
    ),
    (
        |b| "-1".clone_into(&mut b.lines[0].quantity),
        Code::BadNumber,
        "quantity",
    ),
    (
        |b| "0.5".clone_into(&mut b.lines[0].quantity),
        Code::BadNumber,
        "quantity",
    ),
    (
        |b| "10000".clone_into(&mut b.lines[0].quantity),
        Code::BadNumber,
        "quantity",
    ),
    (
        |b| "两盒".clone_into(&mut b.lines[0].quantity),
        Code::BadNumber,
        "quantity",
    ),
    (
        |b| "0".clone_into(&mut b.lines[1].quantity),
        Code::BadNumber,
        "quantity",
    ),
    (
        |b| "0".clone_into(&mut b.lines[0].days),
        Code::BadNumber,
        "days",
    ),
    (
        |b| "366".clone_into(&mut b.lines[0].days),
        Code::BadNumber,
        "days",
    ),
    (
        |b| "-3".clone_into(&mut b.lines[0].days),
        Code::BadNumber,
        "days",
    ),
    (
        |b| "1.5".clone_into(&mut b.lines[0].days),
        Code::BadNumber,
        "days",
    ),
    (|b| b.lines[0].days.clear(), Code::BadNumber, "days"),
    (
        |b| "三".clone_into(&mut b.lines[0].days),
        Code::BadNumber,
        "days",
    ),
    (
        |b| "X-999".clone_into(&mut b.lines[0].code),
        Code::NotInCatalogue,
        "code",
    ),
    (|b| b.lines[0].code.clear(), Code::NotInCatalogue, "code"),
    (
        |b| b.lines[0].code = "长".repeat(5000),
        Code::NotInCatalogue,
        "code",
    ),
    (
        |b| "nowhere".clone_into(&mut b.lines[0].route),
        Code::Missing,
        "route",
    ),
    (|b| b.lines[0].frequency.clear(), Code::Missing, "frequency"),
    (
        |b| "R99.999x".clone_into(&mut b.diagnoses[0]),
        Code::NotInCatalogue,
        "diagnoses",
    ),
    (|b| b.diagnoses.clear(), Code::NoDiagnosis, "diagnoses"),
    (
        |b| b.diagnoses = vec![String::new()],
        Code::NoDiagnosis,
        "diagnoses",
    ),
    (
        |b| b.diagnoses = vec!["J06.900".to_owned(); 11],
        Code::BadNumber,
        "diagnoses",
    ),
    (
        |b| b.lines = vec![b.lines[1].clone(); 61],
        Code::BadNumber,
        "lines",
    ),
    (
        |b| b.complaint = "长".repeat(2001),
        Code::BadText,
        "complaint",
    ),
    (|b| b.history.push('\u{7}'), Code::BadText, "history"),
    (
        |b| b.examination = "长".repeat(2001),
        Code::BadText,
        "examination",
    ),
    (|b| b.advice.push('\u{9b}'), Code::BadText, "advice"),
    (
        |b| "25".clone_into(&mut b.temperature),
        Code::BadNumber,
        "temperature",
    ),
    (
        |b| "37.25".clone_into(&mut b.temperature),
        Code::BadNumber,
        "temperature",
    ),
    (
        |b| "高".clone_into(&mut b.temperature),
        Code::BadNumber,
        "temperature",
    ),
    (|b| "0".clone_into(&mut b.pulse), Code::BadNumber, "pulse"),
    (
        |b| "500".clone_into(&mut b.systolic),
        Code::BadNumber,
        "systolic",
    ),
    (
        |b| "120/80".clone_into(&mut b.diastolic),
        Code::BadNumber,
        "diastolic",
    ),
    (
        |b| "99".clone_into(&mut b.glucose),
        Code::BadNumber,
        "glucose",
    ),
    (
        |b| "-60".clone_into(&mut b.weight),
        Code::BadNumber,
        "weight",
    ),
];

#[test]
fn what_is_typed_into_the_record() {
    for w in worlds("in_draft") {
        let visit = w.register(w.resident(false));
        let mut version = 0;
        for (place, (change, code, field)) in DRAFTS.iter().enumerate() {
            let mut body = w.cold();
            change(&mut body);
            let preview = w.app.preview(&w.doctor, &visit, &body).unwrap();
            assert!(
                preview
                    .problems
                    .iter()
                    .any(|p| p.code == *code && p.field == Some(field)),
                "{place}"
            );
            let refusal = w.refused(w.app.freeze(&w.doctor, &visit, version, &body));
            assert_eq!(
                (refusal.code, refusal.field),
                (*code, Some(*field)),
                "{place}"
            );
            version += 1;
            assert_eq!(w.view(&visit).draft, body, "what was typed is still there");
        }
        let view = w.view(&visit);
        assert_eq!((view.frozen, view.draft_version), (false, version));
        assert_eq!(w.stock("感冒灵颗粒").1.0, 0);
        w.prove();
    }
}

#[test]
fn texts_that_no_database_keeps_and_drafts_without_end() {
    for w in worlds("in_nul") {
        let visit = w.register(w.resident(false));
        let changes: [(Change, Code); 6] = [
            (|b| b.complaint.push('\0'), Code::BadText),
            (|b| b.lines[0].code.push('\0'), Code::BadText),
            (|b| b.diagnoses[0].push('\0'), Code::BadText),
            (
                |b| b.reasons.push(("\0".to_owned(), String::new())),
                Code::BadText,
            ),
            (|b| b.advice = "长".repeat(70_000), Code::TooLarge),
            (
                |b| b.lines = vec![b.lines[0].clone(); 5_000],
                Code::TooLarge,
            ),
        ];
        for (change, code) in changes {
            let mut body = w.cold();
            change(&mut body);
            assert_eq!(w.code(w.app.save_draft(&w.doctor, &visit, 0, &body)), code);
            assert_eq!(w.code(w.app.freeze(&w.doctor, &visit, 0, &body)), code);
        }
        assert_eq!(w.view(&visit).draft_version, 0);
        let nothing = DraftBody {
            lines: Vec::new(),
            ..w.cold()
        };
        assert_eq!(
            w.code(w.app.freeze(&w.doctor, &visit, 0, &nothing)),
            Code::NothingToCharge
        );
    }
}

/// Any text, and often a number that is nearly one.
fn typed() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,12}",
        "[-+.0-9eE]{0,24}",
        ".{0,6}",
        Just(GOOD.to_owned())
    ]
}

fn never_fails<T: std::fmt::Debug>(w: &World, result: cunyi_app::Result<T>) {
    if result.is_err() {
        w.refused(result);
    }
}

#[test]
fn nothing_typed_makes_it_fail() {
    for w in worlds("in_fuzz") {
        let visit = w.register(w.resident(false));
        let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(150));
        let texts = proptest::collection::vec(typed(), 12);
        let run = runner.run(&texts, |t| {
            let mut body = w.cold();
            let line = &mut body.lines[0];
            for (field, text) in [&mut line.dose, &mut line.quantity, &mut line.days]
                .into_iter()
                .zip(&t)
            {
                field.clone_from(text);
            }
            body.weight.clone_from(&t[3]);
            body.diagnoses.push(t[4].clone());
            body.reasons.push((t[5].clone(), t[6].clone()));
            body.lines[1].benefit.clone_from(&t[7]);
            never_fails(&w, w.app.preview(&w.doctor, &visit, &body));
            let version = w.view(&visit).draft_version;
            never_fails(&w, w.app.save_draft(&w.doctor, &visit, version, &body));
            let form = PatientForm {
                name: t[8].clone(),
                id_number: t[9].clone(),
                birth_date: t[10].clone(),
                phone: t[11].clone(),
                ..PatientForm::default()
            };
            never_fails(
                &w,
                w.app
                    .register_self_pay(&w.doctor, &form, &RegisterForm::default()),
            );
            let form = IdentifyForm {
                certificate: "02".to_owned(),
                number: t[9].clone(),
                birth_date: t[10].clone(),
                ..IdentifyForm::default()
            };
            never_fails(&w, w.app.identify(&w.doctor, &form));
            never_fails(&w, w.app.find_patients(&w.doctor, &t[8]));
            Ok(())
        });
        run.unwrap();
        w.prove();
    }
}
