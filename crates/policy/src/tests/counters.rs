//! What of a history counts towards a limit: each kind of time, of sharing and of place.

use cunyi_domain::time::parse_date;

use crate::*;

/// One cap of 100 yuan; the fund pays all of what is in scope.
fn policy(limit: &str) -> Policy {
    let text = format!(
        "region = \"演示\"\nfictional = true\nscheme = \"390\"\nsource = \"x\"\n\
         valid = {{ from = \"2020-01-01\" }}\n\
         rounding = {{ mode = \"half_up\", unit = \"fen\", stage = \"batch\" }}\n\
         class_b_pay_first = \"0%\"\n\
         [benefit.general]\nwhere = {{ level = [\"village\", \"township\"] }}\n\
         deductible = \"none\"\nratio = \"100%\"\ncap = [{{ {limit}, amount = \"100.00\" }}]\n\
         [benefit.chronic]\nwhere = {{}}\n\
         diseases = [{{ code = \"M1\", name = \"x\", kind = \"hypertension\" }}, \
         {{ code = \"M2\", name = \"y\", kind = \"diabetes\" }}]\n\
         deductible = \"none\"\nratio = \"100%\"\ncap = [{{ {limit}, amount = \"100.00\" }}]\n",
    );
    parse(&text, "counters").unwrap()
}

/// What the fund pays of 150 yuan on 15 May 2026 after one earlier use.
fn paid(limit: &str, benefit: &str, earlier: &str) -> String {
    let policy = policy(limit);
    let disease = if benefit == "chronic" { "M1" } else { "" };
    let table = format!(
        "date,level,benefit,disease,lines,earlier\n2026-05-15,village,{benefit},{disease},A 150.00,{earlier}\n"
    );
    let case = read_cases(&table, &policy).unwrap().remove(0);
    evaluate(&policy, &case.claim).unwrap().fund.to_string()
}

const DAY: &str = "per = \"day\"";
const MONTH: &str = "per = \"month\"";
const QUARTER: &str = "per = \"quarter\"";
const YEAR: &str = "per = \"year\"";
const VILLAGE: &str = "per = \"year\", where = { level = \"village\" }";
const DISEASE: &str = "per = \"year\", by = \"disease\"";
const FAMILY: &str = "per = \"year\", by = \"family\"";

/// Limit, benefit, what was settled earlier, what the fund pays.
const CASES: &[(&str, &str, &str, &str)] = &[
    (
        "per = \"visit\"",
        "general",
        "2026-05-15 general fund=30.00",
        "100.00",
    ),
    (DAY, "general", "2026-05-15 general fund=30.00", "70.00"),
    (DAY, "general", "2026-05-14 general fund=30.00", "100.00"),
    (DAY, "general", "2025-05-15 general fund=30.00", "100.00"),
    (MONTH, "general", "2026-05-01 general fund=30.00", "70.00"),
    (MONTH, "general", "2026-04-15 general fund=30.00", "100.00"),
    (MONTH, "general", "2025-05-15 general fund=30.00", "100.00"),
    (QUARTER, "general", "2026-04-01 general fund=30.00", "70.00"),
    (QUARTER, "general", "2026-06-30 general fund=30.00", "70.00"),
    (
        QUARTER,
        "general",
        "2026-03-31 general fund=30.00",
        "100.00",
    ),
    (
        QUARTER,
        "general",
        "2026-07-01 general fund=30.00",
        "100.00",
    ),
    (
        QUARTER,
        "general",
        "2025-05-15 general fund=30.00",
        "100.00",
    ),
    (YEAR, "general", "2026-01-01 general fund=30.00", "70.00"),
    (YEAR, "general", "2026-12-31 general fund=30.00", "70.00"),
    (YEAR, "general", "2025-12-31 general fund=30.00", "100.00"),
    (YEAR, "general", "2026-01-01 chronic fund=30.00", "100.00"),
    (
        YEAR,
        "general",
        "2026-01-01 general family fund=30.00",
        "100.00",
    ),
    (
        YEAR,
        "general",
        "2026-01-01 general of=medical_aid fund=30.00",
        "100.00",
    ),
    (
        YEAR,
        "general",
        "2026-01-01 general deductible=30.00 in_scope=30.00",
        "100.00",
    ),
    (
        FAMILY,
        "general",
        "2026-01-01 general family fund=30.00",
        "70.00",
    ),
    (FAMILY, "general", "2026-01-01 general fund=30.00", "70.00"),
    (
        YEAR,
        "chronic",
        "2026-01-01 chronic disease=M2 fund=30.00",
        "70.00",
    ),
    (
        DISEASE,
        "chronic",
        "2026-01-01 chronic disease=M2 fund=30.00",
        "100.00",
    ),
    (
        DISEASE,
        "chronic",
        "2026-01-01 chronic disease=M1 fund=30.00",
        "70.00",
    ),
    (
        VILLAGE,
        "chronic",
        "2026-01-01 chronic disease=M1 level=village fund=30.00",
        "70.00",
    ),
    (
        VILLAGE,
        "chronic",
        "2026-01-01 chronic disease=M1 level=township fund=30.00",
        "100.00",
    ),
    (
        VILLAGE,
        "chronic",
        "2026-01-01 chronic disease=M1 fund=30.00",
        "100.00",
    ),
    (YEAR, "general", "2026-01-01 general fund=100.00", "0.00"),
    (YEAR, "general", "2026-01-01 general fund=130.00", "0.00"),
    (
        YEAR,
        "general",
        "2026-01-01 general fund=130.00; 2026-01-02 general fund=-40.00",
        "10.00",
    ),
];

#[test]
fn a_limit_counts_what_its_time_its_sharers_and_its_place_say() {
    for (limit, benefit, earlier, wanted) in CASES {
        assert_eq!(paid(limit, benefit, earlier), *wanted, "{limit}: {earlier}");
    }
}

/// A sum of a year says nothing of a day, a month or a place.
#[test]
fn a_sum_that_somebody_told_of_the_year_counts_towards_the_year_alone() {
    for (limit, wanted) in [
        (YEAR, "70.00"),
        (QUARTER, "100.00"),
        (DAY, "100.00"),
        (VILLAGE, "100.00"),
    ] {
        let policy = policy(limit);
        let table = "date,level,lines\n2026-05-15,village,A 150.00\n";
        let mut case = read_cases(table, &policy).unwrap().remove(0);
        let mut told = Use::year_sum(Benefit::General, case.claim.date, "30.00".parse().unwrap());
        told.facts = case.claim.facts.clone();
        case.claim.history = vec![told];
        assert_eq!(
            evaluate(&policy, &case.claim).unwrap().fund.to_string(),
            wanted,
            "{limit}"
        );
    }
}

#[test]
fn a_course_reaches_31_days_back_and_over_the_new_year() {
    for (day, first) in [
        ("2026-05-15", "2026-04-14"),
        ("2026-03-01", "2026-01-29"),
        ("2026-01-02", "2025-12-02"),
    ] {
        let [day, first] = [day, first].map(|text| parse_date(text).unwrap());
        assert_eq!(course_reaches(day), first);
    }
}
