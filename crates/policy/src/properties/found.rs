//! What random regions found, each in a small file.

use crate::*;

/// Two funds that may pay of what was paid first.
const TWO_FUNDS: &str = r#"
region = "随机县"
fictional = true
scheme = "390"
source = "随机"
valid = { from = "2026-01-01" }
rounding = { mode = "half_up", unit = "fen", stage = "batch" }
class_b_pay_first = "50%"

[benefit.general]
where = {}
deductible = "none"
ratio = "0%"
cap = "none"

[[fund]]
name = "enterprise"
benefits = ["general"]
base = "in_scope_and_pay_first"
deductible = "none"
ratio = "80%"
cap = "none"

[[fund]]
name = "medical_aid"
benefits = ["general"]
base = "in_scope_and_pay_first"
deductible = "none"
ratio = "100%"
cap = "none"
"#;

#[test]
fn two_funds_do_not_pay_the_same_part_twice() {
    let policy = parse(TWO_FUNDS, "two").unwrap();
    let cases = "date,lines,pool,enterprise,medical_aid,fund,cash\n\
                 2026-05-05,B 20.00; C 3.00,0.00,16.00,4.00,20.00,3.00\n\
                 2026-05-05,B 20.00; B 10.01,0.00,24.01,6.00,30.01,0.00\n";
    for case in read_cases(cases, &policy).unwrap() {
        assert_eq!(case.check(&policy), []);
        let settled = evaluate(&policy, &case.claim).unwrap();
        let mut shares = settled.lines.iter();
        assert!(shares.all(|line| line.fund <= line.in_scope + line.pay_first));
    }
}
