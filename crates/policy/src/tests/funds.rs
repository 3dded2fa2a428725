//! Funds after the pool: each pays once for whom it pays.

use super::{NONE, small};
use crate::*;

fn fund(name: &str, within: &str, ratio: &str) -> String {
    format!(
        "[[fund]]\nname = \"{name}\"\nbenefits = [\"general\"]\nwhere = {{ {within} }}\nbase = \"in_scope\"\n\
         deductible = \"none\"\nratio = \"{ratio}\"\ncap = [{{ per = \"year\", amount = \"5.00\" }}]\n"
    )
}

#[test]
fn a_fund_that_would_pay_twice_for_somebody_is_refused() {
    let pool = small("50%", NONE, NONE, true);
    for (funds, wanted) in [
        (
            fund("medical_aid", "", "50%") + &fund("medical_aid", "", "50%"),
            "a.toml:21:1: `medical_aid` pays twice for level village: narrow the `where` of one, or \
             name another fund",
        ),
        (
            fund("pool", "", "50%"),
            "a.toml:13:1: `pool` pays twice for level village",
        ),
        (
            fund("other", "age = \"60-\"", "50%") + &fund("other", "age = \"50-\"", "50%"),
            "a.toml:21:1: `other` pays twice for level village, age 60-",
        ),
    ] {
        let error = parse(&format!("{pool}{funds}"), "a.toml").unwrap_err();
        assert!(error.to_string().starts_with(wanted), "{error}");
    }
}

/// Its year is one, whichever of its terms hold.
#[test]
fn a_fund_of_other_terms_for_others_has_one_cap() {
    let young = fund("other", "age = \"-59\"", "50%");
    let old = fund("other", "age = \"60-\"", "80%");
    let text = small("50%", NONE, NONE, true) + &young + &old;
    let policy = parse(&text, "a.toml").unwrap();
    let cases = "date,level,age,lines,pool,other\n\
                 2026-05-05,village,40,甲 10.00,5.00,2.50\n\
                 2026-05-05,village,60,甲 10.00,5.00,4.00\n";
    let cases = read_cases(cases, &policy).unwrap();
    for case in &cases {
        assert_eq!(case.check(&policy), []);
    }
    let [before, mut after] = [0, 1].map(|at| cases[at].claim.clone());
    after.history = vec![evaluate(&policy, &before).unwrap().adds];
    let funds = evaluate(&policy, &after).unwrap().funds;
    assert_eq!(funds[1], (FundName::Other, "2.50".parse().unwrap()));
}
