use cunyi_domain::money::{Fen, Rate};

use super::{FIELD, read_working};
use crate::*;

/// Every step of every golden case comes back as it was written, with its rule.
#[test]
fn what_is_written_is_read() {
    let mut steps = 0;
    for (name, text, table) in REGIONS {
        let policy = parse(text, name).unwrap();
        for case in read_cases(table, &policy).unwrap() {
            let Ok(settled) = evaluate(&policy, &case.claim) else {
                continue;
            };
            let read = read_working(&settled.working()).unwrap();
            assert_eq!(read.len(), settled.steps.len());
            for (place, (read, made)) in read.iter().zip(&settled.steps).enumerate() {
                let at = u16::try_from(place).unwrap();
                assert_eq!(read.step, Step { at, ..made.clone() });
                assert_eq!(read.rule, settled.rules[usize::from(made.at)]);
                steps += 1;
            }
            let of_funds = settled.funds.iter().map(|(fund, _)| *fund);
            let told = of_funds.flat_map(|fund| {
                let text = settled.setl_proc_info(fund);
                assert!(text.len() <= FIELD);
                read_working(&text).unwrap()
            });
            let told: Vec<Step> = told.map(|at| at.step).collect();
            let account = settled.steps.iter().filter(|s| s.rule == Rule::Account);
            assert_eq!(told.len() + account.count(), settled.steps.len());
            assert_eq!(paid(&told), paid(&settled.steps), "{name}");
        }
    }
    assert!(steps > 100, "{steps}");
}

#[test]
fn the_real_sample_is_read() {
    let text = r#"[{"hifpPayInscp":12028.48,"polItemCode":"C001","poolPropSelfpay":0.84,"hifpPay":10103.92}]"#;
    let [one] = &read_working(text).unwrap()[..] else {
        panic!("one step")
    };
    assert_eq!((one.rule.path.as_str(), one.rule.line), ("C001", 0));
    let Step {
        rule,
        fund,
        base,
        rate,
        result,
        ..
    } = one.step;
    assert_eq!((rule, fund), (Rule::Ratio, FundName::Pool));
    assert_eq!((base, result), (Fen(1_202_848), Fen(1_010_392)));
    assert_eq!(rate, Some(Rate(840_000)));
    assert_eq!(
        sentence(&one.step, None, Language::Chinese),
        "统筹基金付 84%：12028.48 × 84% = 10103.92 元。"
    );
    assert_eq!(read_working("[]"), Some(vec![]));
}

/// What a platform may write there instead, and what nobody should.
#[test]
fn what_is_not_understood_is_nothing() {
    let good = r#"{"polItemCode":"C001","hifpPayInscp":1.00,"poolPropSelfpay":0.5,"hifpPay":0.50}"#;
    let bad = [
        "610101".to_owned(),
        "null".to_owned(),
        String::new(),
        good.to_owned(),
        format!("[{good}"),
        format!("[{good},{{}}]"),
        format!("[{}]", good.replace("0.50", "-0.50")),
        format!("[{}]", good.replace("0.50", "1e9")),
        format!("[{}]", good.replace("0.50", "0.505")),
        format!("[{}]", good.replace("0.50", "99999999999999.00")),
        format!("[{}]", good.replace("0.50", "[[[]]]")),
        format!("[{}]", good.replace("0.5,", "1.5,")),
        format!("[{}]", good.replace("C001", "")),
        format!("[{}]", good.replace("C001", "a\\u202eb")),
        format!("[{}]", good.replace("C001", &"C".repeat(121))),
        format!("[{}]", good.replace("hifpPayInscp", "hifpPayInscq")),
        format!("[{}]", good.replace('}', ",\"feeSn\":0}")),
        format!("[{}]", good.replace('}', ",\"lmtCyc\":\"eon\"}")),
        format!("[{}]", good.replace('}', ",\"balc\":1.00}")),
        format!("[{}]", vec![good; 2_001].join(",")),
        "[".repeat(300_000),
    ];
    assert!(read_working(&format!("[{good}]")).is_some());
    for text in bad {
        assert_eq!(read_working(&text), None, "{text:.200}");
    }
}

/// Sixty lines do not fit with their fund: then the fund's own steps stand alone, whole.
#[test]
fn too_many_lines_are_left_out() {
    let policy = parse(DEMO_RESIDENT, "demo").unwrap();
    let lines = vec!["乙 20.00"; 60].join(";");
    let table = format!("level,lines\nvillage,{lines}\n");
    let claim = read_cases(&table, &policy).unwrap().remove(0).claim;
    let settled = evaluate(&policy, &claim).unwrap();
    let told = read_working(&settled.setl_proc_info(FundName::Pool)).unwrap();
    assert!(!told.is_empty() && told.iter().all(|at| at.step.line.is_none()));
    let told: Vec<Step> = told.into_iter().map(|at| at.step).collect();
    assert_eq!(paid(&told), settled.funds);
    assert_eq!(settled.setl_proc_info(FundName::MedicalAid), "[]");
}
