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

#[test]
fn a_fund_of_a_benefit_that_there_is_not_and_an_account_of_nothing_are_refused() {
    let pool = small("50%", NONE, NONE, true);
    let account = |order, pays| format!("[account]\norder = \"{order}\"\npays = [{pays}]\n");
    let first = "a.toml:13:1: an account that pays first pays of what is in scope alone: write `pays = [\"in_scope\"]`";
    let elsewhere = fund("other", "", "50%").replace("[\"general\"]", "[\"general\", \"special\"]");
    for (more, wanted) in [
        (account("first", "\"in_scope\""), ""),
        (account("first", "\"in_scope\", \"own_pay\""), first),
        (account("first", "\"own_pay\""), first),
        (account("first", ""), first),
        (account("last", "\"own_pay\""), ""),
        (
            account("last", ""),
            "a.toml:13:1: `pays` names nothing: name a part, or leave `account` out",
        ),
        (
            elsewhere,
            "a.toml:13:1: `benefits` names one that this file does not have",
        ),
    ] {
        let got = check(&format!("{pool}{more}"), "a.toml");
        let said = got.map_or_else(|all| all[0].to_string(), |_| String::new());
        assert_eq!(said, wanted, "{more}");
    }
}

/// A part that the file names twice is paid once.
#[test]
fn an_account_pays_each_part_once() {
    let account = "[account]\norder = \"last\"\npays = [\"in_scope\", \"in_scope\"]\n";
    let text = small("50%", NONE, NONE, true) + account;
    let policy = parse(&text, "a.toml").unwrap();
    let cases = "date,level,lines,balance,pool,account,cash\n\
                 2026-05-05,village,甲 10.00; 丙 7.00,100.00,5.00,5.00,7.00\n";
    for case in read_cases(cases, &policy).unwrap() {
        assert_eq!(case.check(&policy), []);
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
