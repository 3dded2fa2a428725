//! Rules of single items, and a fee once a course, at the centre.

use cunyi_domain::time::civil::date;
use cunyi_gateway::Region;
use cunyi_gateway::message::query::SettlementQuery;
use cunyi_gateway::message::settle::{SetlInfo, Settlement};
use cunyi_gateway::message::{Data, T2204, T2206, T5203};

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

/// After the pool two more funds of 普通门诊.
const FUNDS: &str = "
[[fund]]
name = \"serious_illness\"
benefits = [\"general\"]
base = \"in_scope\"
deductible = [{ per = \"visit\", amount = \"2.00\" }]
ratio = \"50%\"
cap = \"none\"

[[fund]]
name = \"medical_aid\"
benefits = [\"general\"]
base = \"in_scope\"
deductible = \"none\"
ratio = \"100%\"
cap = [{ per = \"month\", amount = \"3.00\" }]
";

/// The funds' rows, which say what their own steps come to.
fn rows(reply: &Settlement) -> Vec<(&str, String)> {
    let rows = reply.setldetail.iter().map(|row| {
        let steps = cunyi_policy::read_working(&row.setl_proc_info).unwrap();
        let steps: Vec<_> = steps.into_iter().map(|at| at.step).collect();
        let paid = row.fund_payamt.or_zero();
        assert_eq!(cunyi_policy::paid(&steps)[0].1, paid);
        (row.fund_pay_type.as_str(), paid.to_string())
    });
    rows.collect()
}

#[test]
fn each_fund_stands_in_its_own_field_and_row() {
    let text = format!("{}{FUNDS}", cunyi_policy::DEMO_RESIDENT);
    let desk = Desk::under(Region::demo(), &[&text], TODAY);
    let settle = |batch: &str| {
        let seen = desk.see(&desk.villager("390"), "11");
        let total = desk.charge(&seen, batch, &[("DRUG-A", "20.00")]);
        let asked = desk.ok::<T2206>(&Desk::presettle_input(&seen, batch, total));
        (seen.clone(), asked, desk.settle(&seen, batch, total).1)
    };
    let funds = |info: &SetlInfo| {
        let funds = [info.hifp_pay, info.hifmi_pay, info.maf_pay, info.hifob_pay];
        let sums = [info.fund_pay_sumamt, info.psn_cash_pay];
        [funds.as_slice(), &sums]
            .concat()
            .into_iter()
            .map(|a| a.or_zero().to_string())
            .collect::<Vec<_>>()
    };
    // 20 at 70 %: 6 are left, of 4 of them half; of the 4 that are left then 3.
    let (seen, asked, first) = settle("B1");
    for reply in [&asked, &first] {
        assert_eq!(
            funds(&reply.setlinfo),
            ["14.00", "2.00", "3.00", "0.00", "19.00", "1.00"]
        );
        let all = [("390100", "14.00"), ("390200", "2.00"), ("610100", "3.00")];
        assert_eq!(
            rows(reply),
            all.map(|(kind, amount)| (kind, amount.to_owned()))
        );
    }
    // The month's aid is used up.
    let (_, _, second) = settle("B2");
    assert_eq!(
        funds(&second.setlinfo),
        ["14.00", "2.00", "0.00", "0.00", "16.00", "4.00"]
    );
    assert_eq!(rows(&second).len(), 2);
    let query = SettlementQuery {
        psn_no: seen.person.clone(),
        setl_id: first.setlinfo.setl_id.clone(),
        mdtrt_id: String::new(),
    };
    let found = desk.ok::<T5203>(&Data::from(query)).setlinfo;
    let found = [found.hifp_pay, found.hifmi_pay, found.maf_pay];
    assert_eq!(
        found.map(|a| a.or_zero().to_string()),
        ["14.00", "2.00", "3.00"]
    );
    let reversed = desk.reverse(&seen, &first.setlinfo.setl_id).setlinfo;
    assert_eq!(reversed.maf_pay.or_zero().to_string(), "-3.00");
    assert_eq!(
        settle("B3").2.setlinfo.maf_pay.or_zero().to_string(),
        "3.00"
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
