//! Rules of single items, and a fee once a course, at the centre.

use cunyi_domain::time::civil::date;
use cunyi_gateway::Region;
use cunyi_gateway::message::{T2204, T2206};

use super::desk::{Desk, Seen, TODAY};

/// 演示州: essential drugs at 90 %, 10 a day first, a fee once in three days.
const ITEMS: &str = include_str!("../../../policy/regions/demo_items.toml");

#[test]
fn rules_of_single_items_hold_in_2204_and_2207() {
    let listed = ITEMS.replace("\"XA01\"", "\"DRUG-B\"");
    let desk = Desk::under(Region::demo(), &[&listed], TODAY);
    let seen = desk.see(&desk.villager("390"), "11");
    let lines = [("DRUG-A", "20.00"), ("DRUG-B", "20.00")];
    let details = desk.details(&seen, "B1", "", &lines);
    let answered = desk.ok::<T2204>(&details).result;
    let of = |place: usize| {
        let line = &answered[place];
        let amounts = [line.overlmt_amt, line.preselfpay_amt, line.inscp_scp_amt];
        let rate = line.selfpay_prop.or_zero().to_string();
        (rate, amounts.map(|amount| amount.or_zero().to_string()))
    };
    assert_eq!(
        of(0),
        ("0".to_owned(), ["0.00", "0.00", "20.00"].map(str::to_owned))
    );
    assert_eq!(
        of(1),
        (
            "0.2".to_owned(),
            ["8.00", "2.40", "9.60"].map(str::to_owned)
        )
    );
    // 10 of the essential drug at 90 %, 9.60 of the other at 60 %.
    let (_, settled) = desk.settle(&seen, "B1", "40.00".parse().unwrap());
    assert_eq!(
        settled.setlinfo.fund_pay_sumamt.or_zero().to_string(),
        "14.76"
    );
}

/// What the fund pays of a fee alone.
fn fee(desk: &Desk, batch: &str) -> (Seen, String, String) {
    let seen = desk.see(&desk.villager("390"), "11");
    let total = desk.charge(&seen, batch, &[("FEE", "10.00")]);
    let (_, settled) = desk.settle(&seen, batch, total);
    let info = settled.setlinfo;
    (
        seen,
        info.setl_id,
        info.fund_pay_sumamt.or_zero().to_string(),
    )
}

#[test]
fn a_course_reaches_into_the_new_year_and_a_reversal_ends_it() {
    let desk = Desk::under(Region::demo(), &[ITEMS], date(2026, 12, 30));
    let (first, settlement, paid) = fee(&desk, "B1");
    assert_eq!(paid, "9.00");
    desk.pass(2);
    // 1 January: the third day. It is the patient's, and no course begins with it.
    assert_eq!(fee(&desk, "B2").2, "0.00");
    desk.reverse(&first, &settlement);
    assert_eq!(fee(&desk, "B3").2, "9.00");
    desk.pass(3);
    assert_eq!(fee(&desk, "B4").2, "9.00");
    let seen = desk.see(&desk.villager("390"), "11");
    let total = desk.charge(&seen, "B5", &[("FEE", "10.00")]);
    let asked = desk.ok::<T2206>(&Desk::presettle_input(&seen, "B5", total));
    assert_eq!(asked.setlinfo.fund_pay_sumamt.or_zero().to_string(), "0.00");
}
