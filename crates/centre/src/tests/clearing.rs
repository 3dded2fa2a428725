//! A month's clearing as an institution applies for it: 3203, and 3204 to take it back.

use cunyi_domain::money::{Fen, Quantity};
use cunyi_gateway::message::clearing::{ClearingApplication, ClearingCancel};
use cunyi_gateway::message::settle::SetlInfo;
use cunyi_gateway::message::{Data, T2208, T3203, T3204};
use cunyi_gateway::region::{TRANSPORTS, demo_over};
use cunyi_gateway::{Amount, Count, HttpTransport, Outcome, Region, Why};

use super::desk::{Desk, Seen, Wrong};
use super::http::served_over;
use crate::faults::Fault;

pub(super) fn settled(desk: &Desk, scheme: &str, batch: &str, price: &str) -> (Seen, SetlInfo) {
    let seen = desk.see(&desk.villager(scheme), "11");
    let total = desk.charge(&seen, batch, &[("DRUG-A", price)]);
    let (_, settlement) = desk.settle(&seen, batch, total);
    (seen, settlement.setlinfo)
}

/// What an institution that has these replies applies for, of the first day of the tests.
pub(super) fn application(replies: &[&SetlInfo]) -> Data<ClearingApplication> {
    let sum = |of: fn(&SetlInfo) -> Amount| -> Fen {
        replies.iter().map(|info| of(info).or_zero()).sum()
    };
    let total = sum(|i| i.medfee_sumamt);
    Data::from(ClearingApplication {
        clr_type: "11".to_owned(),
        clr_way: "1".to_owned(),
        setlym: "202611".to_owned(),
        psntime: times(replies.len()),
        medfee_sumamt: total.into(),
        med_sumfee: total.into(),
        fund_appy_sum: sum(|i| i.fund_pay_sumamt).into(),
        cash_payamt: sum(|i| i.psn_cash_pay).into(),
        acct_pay: sum(|i| i.acct_pay).into(),
        begndate: "2026-11-24".to_owned(),
        enddate: "2026-11-24".to_owned(),
        clr_optins: String::new(),
    })
}

fn times(count: usize) -> Count {
    Quantity::whole(i64::try_from(count).unwrap()).into()
}

fn cancel(event: &str) -> Data<ClearingCancel> {
    Data::from(ClearingCancel {
        clr_appy_evt_id: event.to_owned(),
        clr_optins: String::new(),
    })
}

#[test]
fn a_period_is_applied_for_once_and_again_after_it_was_taken_back() {
    let desk = Desk::new();
    let (seen, first) = settled(&desk, "390", "B1", "20.00");
    let (_, other) = settled(&desk, "310", "B2", "30.00");
    let back = desk.reverse(&seen, &first.setl_id).setlinfo;
    let asked = application(&[&first, &other, &back]);
    desk.refused::<T3203>(&asked, "尚未结束");
    desk.pass(1);
    let event = desk.ok::<T3203>(&asked).result.clr_appy_evt_id;
    assert_eq!(event.len(), 30);
    desk.refused::<T3203>(&asked, "不能重复申请");
    desk.ok::<T3204>(&cancel(&event));
    desk.refused::<T3204>(&cancel(&event), "清算申请已撤销");
    let again = desk.ok::<T3203>(&asked).result.clr_appy_evt_id;
    assert_ne!(again, event);
}

#[test]
fn only_what_the_ledger_has_can_be_applied_for() {
    let desk = Desk::new();
    let (_, info) = settled(&desk, "390", "B1", "20.00");
    desk.pass(1);
    let amounts: [fn(&mut ClearingApplication) -> &mut Amount; 4] = [
        |a| &mut a.medfee_sumamt,
        |a| &mut a.fund_appy_sum,
        |a| &mut a.cash_payamt,
        |a| &mut a.acct_pay,
    ];
    for field in amounts {
        let mut asked = application(&[&info]);
        let amount = field(&mut asked.data);
        *amount = (amount.or_zero() + Fen(1)).into();
        desk.refused::<T3203>(&asked, "不一致");
        *field(&mut asked.data) = Amount(None);
        desk.refused::<T3203>(&asked, "不能为空");
    }
    let wrong: [Wrong<ClearingApplication>; 10] = [
        (|a| a.psntime = times(2), "不一致"),
        (|a| a.psntime = Count(None), "清算人次"),
        (|a| a.med_sumfee = Fen(2_001).into(), "医保认可费用总额"),
        (|a| a.med_sumfee = Amount(None), "医保认可费用总额"),
        (|a| a.clr_type = "21".to_owned(), "没有可申请清算的结算"),
        (|a| a.clr_type.clear(), "清算类别不能为空"),
        (|a| a.setlym = "202610".to_owned(), "清算年月不一致"),
        (|a| a.begndate = "2026-11-25".to_owned(), "清算年月不一致"),
        (|a| a.enddate = "11/24".to_owned(), "结束日期格式不正确"),
        (|a| a.clr_optins = "990002".to_owned(), "清算经办机构"),
    ];
    for (change, words) in wrong {
        let mut asked = application(&[&info]);
        change(&mut asked.data);
        desk.refused::<T3203>(&asked, words);
    }
    let mut named = application(&[&info]);
    named.data.clr_optins = "990001".to_owned();
    desk.ok::<T3203>(&named);
}

#[test]
fn what_was_applied_for_is_not_reversed_until_it_is_taken_back() {
    let desk = Desk::new();
    let (seen, info) = settled(&desk, "390", "B1", "20.00");
    desk.pass(1);
    let event = desk
        .ok::<T3203>(&application(&[&info]))
        .result
        .clr_appy_evt_id;
    desk.refused::<T2208>(&Desk::reversal(&seen, &info.setl_id), "已申请清算");
    // What came after the period is not held by it.
    let (later, after) = settled(&desk, "390", "B2", "8.00");
    desk.reverse(&later, &after.setl_id);
    desk.ok::<T3204>(&cancel(&event));
    desk.reverse(&seen, &info.setl_id);
}

#[test]
fn an_application_is_its_institutions() {
    let desk = Desk::new();
    let (_, info) = settled(&desk, "390", "B1", "20.00");
    desk.pass(1);
    let event = desk
        .ok::<T3203>(&application(&[&info]))
        .result
        .clr_appy_evt_id;
    let mut others = Desk::new();
    others.pass(1);
    others.centre = desk.centre.clone();
    others.gateway.institution.code = "H99000100002".to_owned();
    others.refused::<T3203>(&application(&[&info]), "没有可申请清算的结算");
    others.refused::<T3204>(&cancel(&event), "清算申请不存在");
    desk.refused::<T3204>(&cancel("990001"), "清算申请不存在");
    desk.refused::<T3204>(&cancel(""), "不能为空");
    desk.ok::<T3204>(&cancel(&event));
}

#[test]
fn what_is_paid_is_not_taken_back() {
    let desk = Desk::new();
    let (_, info) = settled(&desk, "390", "B1", "20.00");
    desk.pass(1);
    let asked = application(&[&info]);
    let first = desk.ok::<T3203>(&asked).result.clr_appy_evt_id;
    desk.ok::<T3204>(&cancel(&first));
    assert!(!desk.centre.pay(&first).unwrap(), "it does not stand");
    let event = desk.ok::<T3203>(&asked).result.clr_appy_evt_id;
    assert!(desk.centre.pay(&event).unwrap());
    desk.refused::<T3204>(&cancel(&event), "已拨付");
    assert!(!desk.centre.pay(&event).unwrap(), "once");
}

#[test]
fn a_lost_3204_has_taken_the_application_back() {
    let desk = Desk::new();
    let (_, info) = settled(&desk, "390", "B1", "20.00");
    desk.pass(1);
    let asked = application(&[&info]);
    let event = desk.ok::<T3203>(&asked).result.clr_appy_evt_id;
    desk.centre.panel.set_fault(Fault::LoseReply, "3204", 1);
    let lost = desk.call::<T3204>(&cancel(&event));
    assert!(matches!(lost, Outcome::Unknown(unknown) if unknown.why == Why::Lost));
    desk.refused::<T3204>(&cancel(&event), "清算申请已撤销");
    desk.ok::<T3203>(&asked);
}

#[test]
fn a_lost_application_stands_at_the_centre() {
    let desk = Desk::new();
    let (_, info) = settled(&desk, "390", "B1", "20.00");
    desk.pass(1);
    desk.centre.panel.set_fault(Fault::LoseReply, "3203", 1);
    let asked = application(&[&info]);
    let lost = desk.call::<T3203>(&asked);
    assert!(matches!(lost, Outcome::Unknown(unknown) if unknown.why == Why::Lost));
    desk.refused::<T3203>(&asked, "不能重复申请");
}

#[test]
fn every_family_carries_an_application_over_http() {
    for (family, _) in TRANSPORTS {
        served_over(family, |desk, _| {
            let (_, info) = settled(desk, "390", "B1", "20.00");
            desk.pass(1);
            let asked = application(&[&info]);
            let applied =
                desk.send_over::<T3203>(&HttpTransport::default(), &desk.header(), &asked);
            let Outcome::Success(applied) = applied else {
                panic!("3203 was not done")
            };
            let event = applied.output.result.clr_appy_evt_id;
            let sent =
                desk.send_over::<T3204>(&HttpTransport::default(), &desk.header(), &cancel(&event));
            assert!(matches!(sent, Outcome::Success(_)));
        });
    }
}

#[test]
fn where_each_has_a_path_and_the_file_gives_none_nothing_leaves() {
    let text = demo_over("zhejiang");
    let without = text.replace("3203 = \"/fsi/api/invented/applyClearing\"\n", "");
    assert_ne!(without, text);
    let desk = Desk::of(Region::parse(&without, "x.toml").unwrap());
    let outcome = desk.call::<T3203>(&application(&[]));
    assert!(matches!(outcome, Outcome::NotSent { .. }));
}
