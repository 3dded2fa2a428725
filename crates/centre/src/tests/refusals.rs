//! What a real centre refuses, this one refuses too, in words, and does nothing.

use std::time::Duration;

use cunyi_domain::money::Fen;
use cunyi_domain::transport::Transport;
use cunyi_gateway::message::charge::FeeCancel;
use cunyi_gateway::message::visit::RegistrationCancel;
use cunyi_gateway::message::{
    Data, T1101, T2201, T2202, T2203, T2204, T2205, T2206, T2207, T2208, T2601,
};
use cunyi_gateway::{Outcome, Region};

use super::desk::{Desk, TODAY};
use crate::pages;
use crate::population::ELSEWHERE;
use cunyi_domain::time::Moment;

#[test]
fn persons_and_certificates() {
    let desk = Desk::new();
    let refuse = |kind: &str, number: &str, code: &str, words: &str| {
        desk.refused::<T1101>(&Desk::identify(kind, number, code), words);
    };
    refuse("02", "99000119500101001X", "", "未查询到该人员信息");
    refuse("02", "", "", "就诊凭证编号不能为空");
    refuse("07", "1", "", "就诊凭证类型不正确");
    refuse("03", "no such card", "", "未查询到该人员信息");
    let person = desk.villager("390");
    let card = person.card.clone().unwrap();
    refuse("03", &card.number, "", "卡识别码不能为空");
    refuse("03", &card.number, "0", "卡识别码与社会保障卡不符");
    desk.ok::<T1101>(&Desk::identify("03", &card.number, &card.code));
    let now = Moment::start_of(TODAY);
    let token = |fits: &dyn Fn(&crate::population::Voucher) -> bool| {
        desk.who(|p| p.voucher.as_ref().is_some_and(fits))
            .voucher
            .unwrap()
            .token
    };
    refuse(
        "01",
        &token(&|v| v.known && v.expires_at < now),
        "",
        "已过期",
    );
    refuse("01", &token(&|v| !v.known), "", "令牌无效");
    let good = token(&|v| v.known && v.expires_at > now);
    desk.ok::<T1101>(&Desk::identify("01", &good, ""));
    let nobody = desk.who(|p| p.coverages.is_empty());
    refuse("02", &nobody.id_number, "", "无有效参保信息");
}

#[test]
fn registrations() {
    let desk = Desk::new();
    let refuse = |person: &crate::population::Person, words: &str| {
        desk.refused::<T2201>(&desk.registration(person), words);
    };
    refuse(&desk.who(|p| p.coverages.is_empty()), "无此险种");
    let paused =
        desk.who(|p| !p.coverages.is_empty() && p.coverages.iter().all(|c| c.status == "2"));
    refuse(&paused, "暂停参保");
    let elsewhere = desk.who(|p| p.coverages.iter().any(|c| c.place == ELSEWHERE));
    refuse(&elsewhere, "异地");
    let person = desk.villager("390");
    let mut other = desk.registration(&person);
    other.data.mdtrt_cert_no = elsewhere.id_number.clone();
    desk.refused::<T2201>(&other, "就诊凭证与人员编号不一致");
    let mut late = desk.registration(&person);
    late.data.begntime = "yesterday".to_owned();
    desk.refused::<T2201>(&late, "挂号时间格式不正确");
    let twice = desk.registration(&person);
    desk.ok::<T2201>(&twice);
    desk.refused::<T2201>(&twice, "不能重复挂号");
    let seen = desk.register(&person);
    let mut diagnosis = desk.diagnosis(&seen, "11");
    diagnosis.diseinfo.clear();
    desk.refused::<T2203>(&diagnosis, "诊断信息不能为空");
    desk.refused::<T2203>(&desk.diagnosis(&seen, "77"), "医疗类别不正确");
    desk.refused::<T2204>(
        &desk.details(&seen, "B1", "", &[("DRUG-A", "1.00")]),
        "未上传门诊就诊信息",
    );
}

#[test]
fn a_msgid_comes_once() {
    let desk = Desk::new();
    let person = desk.villager("390");
    let header = desk.header();
    let input = Desk::identify("02", &person.id_number, "");
    assert!(matches!(
        desk.send::<T1101>(&header, &input),
        Outcome::Success(_)
    ));
    match desk.send::<T1101>(&header, &input) {
        Outcome::Refused(refusal) => assert!(refusal.text.contains("报文ID重复")),
        _ => panic!("a second time"),
    }
}

#[test]
fn details() {
    let desk = Desk::new();
    let seen = desk.see(&desk.villager("390"), "11");
    let upload = |batch: &str, disease: &str, price: &str| {
        desk.details(&seen, batch, disease, &[("DRUG-A", price)])
    };
    let mut none = upload("B1", "", "1.00");
    none.feedetail.clear();
    desk.refused::<T2204>(&none, "费用明细不能为空");
    let mut wrong = upload("B1", "", "2.00");
    wrong.feedetail[0].det_item_fee_sumamt = Fen(199).into();
    desk.refused::<T2204>(&wrong, "金额与单价、数量不符");
    desk.ok::<T2204>(&upload("B1", "", "2.00"));
    desk.refused::<T2204>(&upload("B1", "", "2.00"), "流水号B1-0重复");
    let mut mixed = upload("B1", "M03900", "2.00");
    mixed.feedetail[0].feedetl_sn = "another".to_owned();
    desk.refused::<T2204>(&mixed, "病种编码必须一致");
    let many: Vec<(&str, &str)> = vec![("DRUG-A", "1.00"); 101];
    desk.refused::<T2204>(&desk.details(&seen, "B2", "", &many), "不能超过100条");
    // A call that is refused in its middle leaves nothing behind.
    let mut half = desk.details(&seen, "B3", "", &[("DRUG-A", "1.00"), ("DRUG-A", "1.00")]);
    half.feedetail[1].feedetl_sn = half.feedetail[0].feedetl_sn.clone();
    desk.refused::<T2204>(&half, "重复");
    desk.refused::<T2206>(
        &Desk::presettle_input(&seen, "B3", Fen(100)),
        "没有费用明细",
    );
}

#[test]
fn settlements() {
    let desk = Desk::new();
    let person = desk.villager("390");
    let seen = desk.see(&person, "11");
    desk.refused::<T2206>(
        &Desk::presettle_input(&seen, "B1", Fen(100)),
        "没有费用明细，不能结算",
    );
    let total = desk.charge(&seen, "B1", &[("DRUG-A", "20.00")]);
    desk.refused::<T2206>(
        &Desk::presettle_input(&seen, "B1", Fen(1_999)),
        "合计20.00不一致",
    );
    let mut asked = Desk::presettle_input(&seen, "B1", total);
    asked.data.insutype = "310".to_owned();
    desk.refused::<T2206>(&asked, "险种类型与挂号时不一致");
    let asked = Desk::presettle_input(&seen, "B1", total);
    let answered = desk.ok::<T2206>(&asked);
    let mut changed = Desk::settle_input(&asked.data, &answered);
    changed.data.inscp_scp_amt = Fen(1_000).into();
    desk.refused::<T2207>(&changed, "符合政策范围金额与预结算结果不一致");
    let input = Desk::settle_input(&asked.data, &answered);
    desk.ok::<T2207>(&input);
    desk.refused::<T2207>(&input, "已结算，不能重复结算");
    let mut more = desk.details(&seen, "B1", "", &[("DRUG-A", "1.00")]);
    more.feedetail[0].feedetl_sn = "more".to_owned();
    desk.refused::<T2204>(&more, "已结算，不能再上传费用明细");
    let cancel = FeeCancel {
        mdtrt_id: seen.id.clone(),
        chrg_bchno: "B1".to_owned(),
        psn_no: seen.person.clone(),
    };
    desk.refused::<T2205>(&Data::from(cancel), "已结算，不能撤销费用明细");
}

#[test]
fn a_batch_number_is_settled_once_whatever_visit_it_is_of() {
    let desk = Desk::new();
    let first = desk.see(&desk.villager("390"), "11");
    let total = desk.charge(&first, "B1", &[("DRUG-A", "20.00")]);
    let (_, settled) = desk.settle(&first, "B1", total);
    let second = desk.see(&desk.villager("310"), "11");
    let other = desk.charge(&second, "B1", &[("DRUG-A", "30.00")]);
    let asked = Desk::presettle_input(&second, "B1", other);
    desk.refused::<T2206>(&asked, "已结算，不能重复结算");
    // Paid back, the number is free: for the same details, and for others.
    desk.reverse(&first, &settled.setlinfo.setl_id);
    let (_, again) = desk.settle(&first, "B1", total);
    assert_ne!(again.setlinfo.setl_id, settled.setlinfo.setl_id);
    desk.refused::<T2206>(&asked, "已结算，不能重复结算");
    desk.reverse(&first, &again.setlinfo.setl_id);
    desk.settle(&second, "B1", other);
}

#[test]
fn where_batches_do_not_share_it_a_registration_settles_one() {
    let region = Region {
        batches_share_visit: false,
        ..Region::demo()
    };
    let desk = Desk::of(region);
    let seen = desk.see(&desk.villager("390"), "11");
    let first = desk.charge(&seen, "B1", &[("DRUG-A", "20.00")]);
    let mut more = desk.details(&seen, "B2", "", &[("DRUG-A", "5.00")]);
    more.feedetail[0].feedetl_sn = "more".to_owned();
    desk.ok::<T2204>(&more);
    let second = Desk::presettle_input(&seen, "B2", Fen(500));
    desk.ok::<T2206>(&second);
    let (_, settled) = desk.settle(&seen, "B1", first);
    desk.refused::<T2206>(&second, "一次就诊登记只结算一个收费批次");
    desk.reverse(&seen, &settled.setlinfo.setl_id);
    desk.settle(&seen, "B2", Fen(500));
}

#[test]
fn what_is_settled_is_of_the_kind_that_was_last_sent() {
    let desk = Desk::new();
    let seen = desk.see(&desk.villager("390"), "11");
    let total = desk.charge(&seen, "B1", &[("DRUG-A", "20.00")]);
    let mut asked = Desk::presettle_input(&seen, "B1", total);
    asked.data.med_type = "9901".to_owned();
    desk.refused::<T2206>(&asked, "医疗类别与最近上传的就诊信息不一致");
    desk.ok::<T2203>(&desk.diagnosis(&seen, "9901"));
    desk.refused::<T2206>(&asked, "病种编码不能为空");
    desk.ok::<T2203>(&desk.diagnosis(&seen, "11"));
    desk.settle(&seen, "B1", total);
}

#[test]
fn a_reversal_is_undone_only_over_the_very_details() {
    let desk = Desk::new();
    let seen = desk.see(&desk.villager("390"), "11");
    let total = desk.charge(&seen, "B1", &[("DRUG-A", "20.00")]);
    let (_, settled) = desk.settle(&seen, "B1", total);
    desk.reverse(&seen, &settled.setlinfo.setl_id);
    let reversal = desk.last_msgid.borrow().clone();
    let cancel = FeeCancel {
        mdtrt_id: seen.id.clone(),
        chrg_bchno: "0000".to_owned(),
        psn_no: seen.person.clone(),
    };
    desk.ok::<T2205>(&Data::from(cancel));
    // As many yuan, but another drug.
    assert_eq!(desk.charge(&seen, "B1", &[("DRUG-B", "20.00")]), total);
    desk.refused::<T2601>(&Desk::undo(&seen, &reversal, "2208"), "费用明细已变更");
}

#[test]
fn of_two_messages_with_one_number_at_once_one_is_done() {
    let desk = Desk::new();
    let registration = desk.registration(&desk.villager("390"));
    let header = desk.header();
    let bytes = desk.gateway.encode::<T2201>(&header, &registration);
    let request = desk.request("2201", bytes, header.now);
    let centre = std::sync::Arc::clone(&desk.centre);
    let barrier = std::sync::Barrier::new(8);
    let answers: Vec<String> = std::thread::scope(|scope| {
        let ask = || {
            barrier.wait();
            let reply = centre.send(&request, Duration::from_secs(20)).unwrap();
            String::from_utf8(reply.body).unwrap()
        };
        let asking: Vec<_> = (0..8).map(|_| scope.spawn(ask)).collect();
        asking
            .into_iter()
            .map(|asked| asked.join().unwrap())
            .collect()
    });
    let done = answers.iter().filter(|answer| answer.contains("mdtrt_id"));
    assert_eq!(done.count(), 1, "{answers:?}");
    let refused = answers
        .iter()
        .filter(|answer| answer.contains("报文ID重复"));
    assert_eq!(refused.count(), 7, "{answers:?}");
}

#[test]
fn a_message_that_reaches_no_transaction_is_told_why_and_its_number_is_not_used_up() {
    let desk = Desk::new();
    let input = Desk::identify("02", &desk.villager("390").id_number, "");
    let header = desk.header();
    let bytes = desk.gateway.encode::<T1101>(&header, &input);
    let right = String::from_utf8(bytes.clone()).unwrap();
    for (wrong, words) in [
        (
            right.replace(&header.msgid, "H99000100001"),
            "报文ID格式不正确",
        ),
        (
            right.replace(&header.msgid, &header.msgid.replace('H', "P")),
            "报文ID与定点医药机构编号不一致",
        ),
        (right.replace("\"1101\"", "\"11-01\""), "未知交易编号"),
        ("{".to_owned(), "报文不是有效的JSON"),
    ] {
        let request = desk.request("1101", wrong.into_bytes(), header.now);
        let reply = desk.centre.send(&request, Duration::from_secs(20)).unwrap();
        let body = String::from_utf8(reply.body).unwrap();
        assert!(
            body.contains("\"infcode\":-1") && body.contains(words),
            "{body}"
        );
    }
    let mut elsewhere = desk.request("1101", bytes, header.now);
    elsewhere.url.push_str("/other");
    let reply = desk
        .centre
        .send(&elsewhere, Duration::from_secs(20))
        .unwrap();
    assert!(
        String::from_utf8(reply.body)
            .unwrap()
            .contains("未知交易编号")
    );
    let log = pages::render(&desk.centre, pages::Page::Messages).unwrap();
    assert_eq!(log.matches("拒绝").count(), 5, "{log}");
    assert!(matches!(
        desk.send::<T1101>(&header, &input),
        Outcome::Success(_)
    ));
}

#[test]
fn chronic_benefits_want_a_filing() {
    let desk = Desk::new();
    let person = desk.villager("390");
    assert!(person.filings.is_empty());
    let seen = desk.see(&person, "9901");
    desk.ok::<T2204>(&desk.details(&seen, "B1", "M03900", &[("DRUG-A", "20.00")]));
    let mut asked = Desk::presettle_input(&seen, "B1", Fen(2_000));
    asked.data.med_type = "9901".to_owned();
    desk.refused::<T2206>(&asked, "未办理该病种备案");
    let expired = desk.who(|p| p.filings.iter().any(|f| f.to.is_some()));
    let disease = expired.filings[0].code;
    let seen = desk.see(&expired, "9901");
    desk.ok::<T2204>(&desk.details(&seen, "B1", disease, &[("DRUG-A", "20.00")]));
    let mut asked = Desk::presettle_input(&seen, "B1", Fen(2_000));
    asked.data.med_type = "9901".to_owned();
    desk.refused::<T2206>(&asked, "备案已到期");
}

#[test]
fn reversals() {
    let desk = Desk::new();
    let person = desk.villager("390");
    let seen = desk.see(&person, "11");
    let total = desk.charge(&seen, "B1", &[("DRUG-A", "20.00")]);
    let (_, settled) = desk.settle(&seen, "B1", total);
    let msgid = desk.last_msgid.borrow().clone();
    let setl_id = settled.setlinfo.setl_id;
    let number = RegistrationCancel {
        psn_no: seen.person.clone(),
        mdtrt_id: seen.id.clone(),
        ipt_otp_no: "another".to_owned(),
    };
    desk.refused::<T2202>(&Data::from(number), "门诊号与就诊登记不一致");
    desk.refused::<T2208>(&Desk::reversal(&seen, "no such"), "未查询到结算信息");
    desk.reverse(&seen, &setl_id);
    desk.refused::<T2208>(&Desk::reversal(&seen, &setl_id), "不能重复撤销");
    desk.refused::<T2601>(&Desk::undo(&seen, &msgid, "2207"), "退费结算标志不为未退费");
}

#[test]
fn a_message_that_is_not_known_cannot_be_undone_and_is_not_remembered() {
    let desk = Desk::new();
    let person = desk.villager("390");
    let seen = desk.see(&person, "11");
    let total = desk.charge(&seen, "B1", &[("DRUG-A", "20.00")]);
    let asked = Desk::presettle_input(&seen, "B1", total);
    let answered = desk.ok::<T2206>(&asked);
    // The 2207 is late: 2601 comes first and is refused, then the 2207 arrives and commits.
    let late = desk.header();
    desk.refused::<T2601>(
        &Desk::undo(&seen, &late.msgid, "2207"),
        "未查询到原发送方报文",
    );
    let input = Desk::settle_input(&asked.data, &answered);
    assert!(matches!(
        desk.send::<T2207>(&late, &input),
        Outcome::Success(_)
    ));
    desk.refused::<T2601>(&Desk::undo(&seen, &late.msgid, "2204"), "不支持冲正");
    desk.undone(&seen, &late.msgid, "2207");
    desk.refused::<T2601>(&Desk::undo(&seen, &late.msgid, "2207"), "原交易已冲正");
}

#[test]
fn another_institutions_visit_is_not_seen() {
    let mut desk = Desk::new();
    let seen = desk.see(&desk.villager("390"), "11");
    desk.gateway.institution.code = "H99000100002".to_owned();
    desk.refused::<T2203>(&desk.diagnosis(&seen, "11"), "未查询到就诊信息");
}
