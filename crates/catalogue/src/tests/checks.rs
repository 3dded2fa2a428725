//! The checks, as a clerk would read them.

use cunyi_domain::id_number::Sex;
use proptest::prelude::*;

use super::{DEMO, drug, q, service_code};
use crate::order::frequency;
use crate::{Allergy, AllergyKind, CheckCode, Level, Line, Order, PatientFacts, Rules, check};

fn adult() -> PatientFacts {
    PatientFacts {
        age_years: 45,
        sex: Some(Sex::Male),
        ..PatientFacts::default()
    }
}

/// A prescription line: name, dose, frequency, days, quantity.
fn rx(name: &str, dose: &str, how_often: &str, days: i64, quantity: &str) -> Line {
    Line {
        code: drug(name).code.clone(),
        order: Some(Order {
            dose: (!dose.is_empty()).then(|| q(dose)),
            frequency: frequency(how_often).unwrap(),
            days,
        }),
        quantity: q(quantity),
    }
}

fn fee(name: &str, quantity: &str) -> Line {
    Line {
        code: service_code(name).to_owned(),
        order: None,
        quantity: q(quantity),
    }
}

type Short = (Level, CheckCode, Vec<usize>);

fn found(patient: &PatientFacts, lines: &[Line]) -> Vec<Short> {
    let found = check(&DEMO, patient, &[], lines, Rules::default());
    found
        .into_iter()
        .map(|f| (f.level, f.code, f.lines))
        .collect()
}

#[test]
fn a_plain_prescription_passes() {
    let lines = [
        rx("阿莫西林胶囊", "0.5", "tid", 3, "18"),
        rx("布洛芬缓释胶囊", "0.3", "bid", 3, "6"),
        rx("红霉素软膏", "", "bid", 7, "1"),
        fee("一般诊疗费", "1"),
        fee("小换药", "2"),
    ];
    assert_eq!(found(&adult(), &lines), []);
}

/// What an allergy has against 阿莫西林胶囊. A code that is a drug's name stands for its code.
const ALLERGIES: &[(AllergyKind, &str, &str, Option<CheckCode>)] = &[
    (
        AllergyKind::Group,
        "penicillins",
        "青霉素类",
        Some(CheckCode::AllergyGroup),
    ),
    (AllergyKind::Group, "cephalosporins", "头孢类", None),
    (AllergyKind::Group, "no-such", "", None),
    (
        AllergyKind::Drug,
        "阿莫西林胶囊",
        "阿莫西林胶囊",
        Some(CheckCode::AllergyDrug),
    ),
    // Another package of the same ingredient; another drug of the same group.
    (
        AllergyKind::Drug,
        "阿莫西林颗粒",
        "",
        Some(CheckCode::AllergyDrug),
    ),
    (
        AllergyKind::Drug,
        "注射用青霉素钠",
        "",
        Some(CheckCode::AllergyGroup),
    ),
    // A drug that is no longer in the catalogue: its words remain.
    (
        AllergyKind::Drug,
        "XJ01CA-999",
        "阿莫西林",
        Some(CheckCode::AllergyText),
    ),
    (
        AllergyKind::Text,
        "",
        "阿莫西林",
        Some(CheckCode::AllergyText),
    ),
    (
        AllergyKind::Text,
        "",
        "吃阿莫西林起疹子",
        Some(CheckCode::AllergyText),
    ),
    (
        AllergyKind::Text,
        "",
        "青霉素皮试阳性",
        Some(CheckCode::AllergyGroup),
    ),
    (AllergyKind::Text, "", "片", None),
    (AllergyKind::Text, "", "头孢", None),
    (AllergyKind::Text, "", "海鲜", None),
    (AllergyKind::Text, "", "  ", None),
];

#[test]
fn allergies_refuse() {
    let amoxicillin = [rx("阿莫西林胶囊", "0.5", "tid", 3, "18")];
    for &(kind, code, label, wanted) in ALLERGIES {
        let known = DEMO.drugs().iter().find(|drug| drug.name == code);
        let allergy = Allergy {
            kind,
            code: known.map_or(code, |drug| &drug.code).to_owned(),
            label: label.to_owned(),
        };
        let patient = PatientFacts {
            allergies: vec![allergy],
            ..adult()
        };
        let wanted: Vec<Short> = wanted
            .map(|c| (Level::Refuse, c, vec![0]))
            .into_iter()
            .collect();
        assert_eq!(
            found(&patient, &amoxicillin),
            wanted,
            "{kind} {code} {label}"
        );
    }
}

#[test]
fn the_same_ingredient_twice_warns() {
    let lines = [
        rx("对乙酰氨基酚片", "0.5", "tid", 2, "6"),
        rx("阿莫西林胶囊", "0.5", "tid", 3, "18"),
        rx("复方氨酚烷胺片", "1", "bid", 3, "6"),
    ];
    assert_eq!(
        found(&adult(), &lines),
        [(Level::Warn, CheckCode::SameIngredient, vec![0, 2])]
    );
}

#[test]
fn doses_out_of_range() {
    use CheckCode::{DoseDaily, DoseMissing, DoseSingle, Quantity, TooLittle};
    use Level::{Refuse, Warn};
    // 苯磺酸氨氯地平片: at most 10 mg at once and a day. 布洛芬缓释胶囊: 0.6 g and 1.2 g.
    for (line, wanted) in [
        (rx("苯磺酸氨氯地平片", "10", "qd", 7, "14"), vec![]),
        (
            rx("苯磺酸氨氯地平片", "15", "qd", 7, "21"),
            vec![(Warn, DoseSingle), (Warn, DoseDaily)],
        ),
        (
            rx("苯磺酸氨氯地平片", "20", "qd", 7, "28"),
            vec![(Warn, DoseSingle), (Warn, DoseDaily)],
        ),
        (
            rx("苯磺酸氨氯地平片", "25", "qd", 7, "35"),
            vec![(Refuse, DoseSingle), (Refuse, DoseDaily)],
        ),
        (
            rx("布洛芬缓释胶囊", "0.6", "tid", 1, "6"),
            vec![(Warn, DoseDaily)],
        ),
        (
            rx("布洛芬缓释胶囊", "0.6", "q4h", 1, "12"),
            vec![(Refuse, DoseDaily)],
        ),
        (
            rx("阿莫西林胶囊", "", "tid", 3, "18"),
            vec![(Refuse, DoseMissing)],
        ),
        (
            rx("阿莫西林胶囊", "0", "tid", 3, "18"),
            vec![(Refuse, DoseMissing)],
        ),
        (
            rx("阿莫西林胶囊", "-0.5", "tid", 3, "18"),
            vec![(Refuse, DoseMissing)],
        ),
        (
            rx("阿莫西林胶囊", "0.5", "tid", 0, "18"),
            vec![(Refuse, CheckCode::Days)],
        ),
        (
            rx("阿莫西林胶囊", "0.5", "tid", 3, "17"),
            vec![(Warn, TooLittle)],
        ),
        (
            rx("阿莫西林胶囊", "0.5", "tid", 3, "18.5"),
            vec![(Refuse, Quantity)],
        ),
        (
            rx("红霉素软膏", "", "bid", 7, "0"),
            vec![(Refuse, Quantity), (Warn, TooLittle)],
        ),
        (
            rx("阿莫西林胶囊", "0.5", "tid", 3, "100001"),
            vec![(Refuse, Quantity)],
        ),
        (fee("小换药", "-1"), vec![(Refuse, Quantity)]),
        (fee("小换药", "0.5"), vec![]),
    ] {
        let all = found(&adult(), std::slice::from_ref(&line));
        let short: Vec<_> = all
            .into_iter()
            .map(|(level, code, _)| (level, code))
            .collect();
        assert_eq!(short, wanted, "{line:?}");
    }
}

#[test]
fn a_finding_names_what_the_words_need() {
    let line = rx("苯磺酸氨氯地平片", "15", "qd", 7, "21");
    let found = check(&DEMO, &adult(), &[], &[line], Rules::default());
    let args: Vec<_> = found[0]
        .args
        .iter()
        .map(|(name, text)| (*name, text.as_str()))
        .collect();
    let drug = ("drug", "苯磺酸氨氯地平片");
    assert_eq!(
        args,
        [drug, ("given", "15"), ("limit", "10"), ("unit", "mg")]
    );
}

#[test]
fn children_by_weight_and_age() {
    use CheckCode::{DoseDaily, TooYoung, WeightMissing};
    let child = |age_years, weight_grams| PatientFacts {
        age_years,
        weight_grams,
        ..adult()
    };
    // 对乙酰氨基酚: 60 mg a kilogram a day, so 1.2 g for 20 kg.
    let pills = |dose| [rx("对乙酰氨基酚片", dose, "tid", 1, "9")];
    assert_eq!(found(&child(6, Some(20_000)), &pills("0.25")), []);
    let warned = found(&child(6, Some(20_000)), &pills("0.5"));
    assert_eq!(warned, [(Level::Warn, DoseDaily, vec![0])]);
    assert_eq!(
        found(&child(6, None), &pills("0.25")),
        [(Level::Warn, WeightMissing, vec![0])]
    );
    assert_eq!(found(&child(14, None), &pills("0.25")), []);
    let quinolone = [rx("左氧氟沙星片", "0.5", "qd", 3, "3")];
    assert_eq!(
        found(&child(17, None), &quinolone),
        [(Level::Warn, TooYoung, vec![0])]
    );
    assert_eq!(found(&child(18, None), &quinolone), []);
}

#[test]
fn consultation_and_injection() {
    let both = [
        fee("一般诊疗费", "1"),
        fee("肌肉注射", "1"),
        fee("静脉输液", "1"),
    ];
    for level in [None, Some(Level::Warn), Some(Level::Refuse)] {
        let rules = Rules {
            consultation_includes_injection: level,
        };
        let found = check(&DEMO, &adult(), &[], &both, rules);
        let pairs: Vec<_> = found
            .iter()
            .map(|f| (f.level, f.code, f.lines.clone()))
            .collect();
        let code = CheckCode::ConsultationInjection;
        let wanted: Vec<Short> = level
            .into_iter()
            .flat_map(|l| [(l, code, vec![0, 1]), (l, code, vec![0, 2])])
            .collect();
        assert_eq!(pairs, wanted);
    }
    let alone = [fee("普通门诊诊查费", "1"), fee("肌肉注射", "1")];
    assert_eq!(found(&adult(), &alone), []);
    let two = (Level::Refuse, CheckCode::TwoConsultations);
    let fees = [fee("一般诊疗费", "1"), fee("普通门诊诊查费", "1")];
    assert_eq!(found(&adult(), &fees), [(two.0, two.1, vec![0, 1])]);
    assert_eq!(
        found(&adult(), &[fee("一般诊疗费", "2")]),
        [(two.0, two.1, vec![0])]
    );
}

#[test]
fn diagnoses_and_unknown_codes() {
    let code = |name| {
        let diagnosis = DEMO.diagnoses().iter().find(|d| d.name == name);
        diagnosis.unwrap().code.as_str()
    };
    for (name, sex, wanted) in [
        ("痛经", Some(Sex::Male), Some(CheckCode::DiagnosisSex)),
        ("痛经", Some(Sex::Female), None),
        ("痛经", None, None),
        (
            "前列腺增生",
            Some(Sex::Female),
            Some(CheckCode::DiagnosisSex),
        ),
        ("高血压", Some(Sex::Female), None),
    ] {
        let patient = PatientFacts { sex, ..adult() };
        let found = check(&DEMO, &patient, &[code(name)], &[], Rules::default());
        assert_eq!(found.first().map(|f| f.code), wanted, "{name} {sex:?}");
    }
    let line = Line {
        code: "no-such".into(),
        order: None,
        quantity: q("1"),
    };
    let found = check(&DEMO, &adult(), &["X99"], &[line], Rules::default());
    let codes: Vec<_> = found.iter().map(|f| f.code).collect();
    assert_eq!(codes, [CheckCode::UnknownItem, CheckCode::UnknownDiagnosis]);
}

proptest! {
    #[test]
    fn any_lines_are_answered(
        picks in proptest::collection::vec((any::<prop::sample::Index>(), any::<i64>(), any::<i64>(), any::<i64>()), 0..6),
        age_years in any::<i64>(),
        weight_grams in any::<Option<i64>>(),
        label in "\\PC{0,6}",
    ) {
        let lines: Vec<Line> = picks.iter().map(|(at, dose, days, quantity)| Line {
            code: at.get(DEMO.drugs()).code.clone(),
            order: Some(Order {
                dose: Some(cunyi_domain::money::Quantity(*dose)),
                frequency: at.get(crate::frequencies()),
                days: *days,
            }),
            quantity: cunyi_domain::money::Quantity(*quantity),
        }).collect();
        let allergies = vec![Allergy { kind: AllergyKind::Text, code: String::new(), label }];
        let patient = PatientFacts { age_years, sex: None, weight_grams, allergies };
        for finding in check(&DEMO, &patient, &[], &lines, Rules::default()) {
            prop_assert!(finding.lines.iter().all(|place| *place < lines.len()));
        }
    }
}
