//! A visit from the door to the door, and what it leaves in accumulators and balances.

use cunyi_domain::money::Fen;
use cunyi_gateway::message::charge::FeeCancel;
use cunyi_gateway::message::charge::FeeQuery;
use cunyi_gateway::message::entitlement::{AccumulatorQuery, ChronicQuery, EntitlementQuery};
use cunyi_gateway::message::query::{SettlementQuery, VisitQuery};
use cunyi_gateway::message::sign::{SignIn, SignInInput, SignOut, SignOutInput};
use cunyi_gateway::message::visit::RegistrationCancel;
use cunyi_gateway::message::{
    Data, T1101, T2001, T2202, T2203, T2204, T2205, T2206, T5201, T5203, T5204, T5206, T5301,
    T9001, T9002,
};

use super::desk::Desk;
use crate::population::Person;

fn used(desk: &Desk, person: &Person, kind: &str) -> Fen {
    let query = AccumulatorQuery {
        psn_no: person.number.clone(),
        cum_ym: "202611".to_owned(),
    };
    let rows = desk.ok::<T5206>(&Data::from(query)).cuminfo;
    let mine = rows
        .iter()
        .filter(|row| row.cum_type_code == format!("F0000_BIZ{kind}"));
    mine.map(|row| row.cum.or_zero()).sum()
}

fn amounts(settled: &cunyi_gateway::message::settle::Settlement) -> [String; 8] {
    let info = &settled.setlinfo;
    [
        info.medfee_sumamt,
        info.fulamt_ownpay_amt,
        info.overlmt_selfpay,
        info.preselfpay_amt,
        info.inscp_scp_amt,
        info.fund_pay_sumamt,
        info.acct_pay,
        info.psn_cash_pay,
    ]
    .map(|amount| amount.or_zero().to_string())
}

#[test]
fn a_residents_visit() {
    let mut desk = Desk::new();
    let opter_no = "001".to_owned();
    let sign_in = SignIn {
        opter_no: opter_no.clone(),
        mac: String::new(),
        ip: "127.0.0.1".to_owned(),
    };
    let signed = desk.ok::<T9001>(&SignInInput { sign_in });
    let sign_no = signed.signinoutb.sign_no;
    desk.sign_no = Some(sign_no.clone());

    let person = desk.villager("390");
    let found = desk.ok::<T1101>(&Desk::identify("02", &person.id_number, ""));
    assert_eq!(found.baseinfo.psn_name, person.name);
    assert_eq!(found.baseinfo.exp_content, "{\"opt_pool_balc\":400.00}");

    let seen = desk.see(&person, "11");
    let total = desk.charge(
        &seen,
        "B1",
        &[
            ("DRUG-A", "20.00"),
            ("DRUG-B", "20.00"),
            ("UNHEARD-OF", "5.00"),
            ("FEE", "10.00"),
        ],
    );
    // 甲 20; 乙 20 = 2 over + 1.80 first + 16.20; unknown 5 own pay; fee 10, of which 9 by the fund.
    // (20 + 16.20) × 70 % = 25.34, and 9.
    let (_, settled) = desk.settle(&seen, "B1", total);
    let wanted = [
        "55.00", "5.00", "2.00", "1.80", "46.20", "34.34", "0.00", "20.66",
    ];
    assert_eq!(amounts(&settled), wanted);
    assert_eq!(used(&desk, &person, "11"), Fen(2_534));
    assert_eq!(settled.setldetail.len(), 1);

    let reversed = desk.reverse(&seen, &settled.setlinfo.setl_id);
    let negative = [
        "-55.00", "-5.00", "-2.00", "-1.80", "-46.20", "-34.34", "0.00", "-20.66",
    ];
    assert_eq!(amounts(&reversed), negative);
    assert_ne!(reversed.setlinfo.setl_id, settled.setlinfo.setl_id);
    assert_eq!(used(&desk, &person, "11"), Fen::ZERO);

    // Settled again, under another batch number, after its details were taken back.
    let all = FeeCancel {
        mdtrt_id: seen.id.clone(),
        chrg_bchno: "0000".to_owned(),
        psn_no: seen.person.clone(),
    };
    desk.ok::<T2205>(&Data::from(all));
    let total = desk.charge(&seen, "B2", &[("DRUG-A", "20.00")]);
    assert_eq!(amounts(&desk.settle(&seen, "B2", total).1)[5], "14.00");

    signed_out(&desk, &person, sign_no, opter_no);
}

fn signed_out(desk: &Desk, person: &Person, sign_no: String, opter_no: String) {
    desk.ok::<T9002>(&SignOutInput {
        sign_out: SignOut { sign_no, opter_no },
    });
    desk.refused::<T1101>(&Desk::identify("02", &person.id_number, ""), "重新签到");
}

#[test]
fn two_batches_of_one_visit_have_caps_of_their_own() {
    let desk = Desk::new();
    let person = desk.who(|p| {
        p.fund_elsewhere == Fen::ZERO
            && p.coverages.len() == 1
            && p.coverages[0].scheme == "390"
            && p.filings
                .iter()
                .any(|f| f.code == "M03900" && f.to.is_none())
    });
    let filed = desk.ok::<T5301>(&Data::from(ChronicQuery {
        psn_no: person.number.clone(),
    }));
    assert!(filed.feedetail.iter().any(|f| f.opsp_dise_code == "M03900"));
    let seen = desk.see(&person, "11");
    let cold = desk.charge(&seen, "COLD", &[("DRUG-A", "30.00")]);
    desk.ok::<T2204>(&desk.details(&seen, "PRESSURE", "M03900", &[("DRUG-A", "50.00")]));
    let (_, settled) = desk.settle(&seen, "COLD", cold);
    assert_eq!(amounts(&settled)[5], "21.00");
    desk.ok::<T2203>(&desk.diagnosis(&seen, "9901"));
    let mut asked = Desk::presettle_input(&seen, "PRESSURE", Fen(5_000));
    asked.data.med_type = "9901".to_owned();
    let answered = desk.ok::<T2206>(&asked);
    assert_eq!(amounts(&answered)[5], "30.00");
    let input = Desk::settle_input(&asked.data, &answered);
    desk.ok::<cunyi_gateway::message::T2207>(&input);
    assert_eq!(
        (used(&desk, &person, "11"), used(&desk, &person, "9901")),
        (Fen(2_100), Fen(3_000))
    );
}

#[test]
fn a_fee_list_has_all_that_the_table_requires() {
    let desk = Desk::new();
    let seen = desk.see(&desk.villager("390"), "11");
    let total = desk.charge(&seen, "B1", &[("DRUG-B", "20.00"), ("FEE", "6.00")]);
    let (_, settled) = desk.settle(&seen, "B1", total);
    desk.ok::<T2203>(&desk.diagnosis(&seen, "9901"));
    desk.charge(&seen, "B2", &[("NOBODY-KNOWS", "1.00")]);
    let rows = desk
        .ok::<T5204>(&Data::from(FeeQuery {
            psn_no: seen.person.clone(),
            setl_id: String::new(),
            mdtrt_id: seen.id.clone(),
        }))
        .data;
    let shown: Vec<[&str; 7]> = rows
        .iter()
        .map(|row| {
            [
                row.setl_id.as_str(),
                &row.med_type,
                &row.hilist_name,
                &row.medins_list_name,
                &row.dosform_name,
                &row.list_type,
                &row.med_chrgitm_type,
            ]
        })
        .collect();
    let id = settled.setlinfo.setl_id.as_str();
    assert_eq!(
        shown,
        [
            [
                id,
                "11",
                "DRUG-B的名称",
                "DRUG-B的名称",
                "片剂",
                "101",
                "09"
            ],
            [id, "11", "FEE的名称", "FEE的名称", "", "201", "12"],
            ["", "9901", "目录外项目", "目录外项目", "", "", "14"],
        ]
    );
}

#[test]
fn an_employee_pays_from_the_account_and_a_reversal_fills_it_again() {
    let desk = Desk::new();
    let person = desk.villager("310");
    let before = desk.balance(&person);
    let seen = desk.see(&person, "11");
    // 100 deductible; (180 - 100) × 70 % = 56; 124 left, from the account as far as it goes.
    let total = desk.charge(&seen, "B1", &[("DRUG-A", "180.00")]);
    let (_, settled) = desk.settle(&seen, "B1", total);
    let account = before.min(Fen(12_400));
    assert_eq!(settled.setlinfo.fund_pay_sumamt.or_zero(), Fen(5_600));
    assert_eq!(settled.setlinfo.acct_pay.or_zero(), account);
    assert_eq!(settled.setlinfo.balc.or_zero(), before - account);
    assert_eq!(desk.balance(&person), before - account);
    // The deductible is borne once a year.
    let total = desk.charge(&seen, "B2", &[("DRUG-A", "10.00")]);
    let (_, second) = desk.settle(&seen, "B2", total);
    assert_eq!(second.setlinfo.fund_pay_sumamt.or_zero(), Fen(700));
    desk.reverse(&seen, &second.setlinfo.setl_id);
    desk.reverse(&seen, &settled.setlinfo.setl_id);
    assert_eq!(desk.balance(&person), before);
}

#[test]
fn what_was_used_elsewhere_counts() {
    let desk = Desk::new();
    let person = desk.who(|p| {
        p.fund_elsewhere > Fen(39_000) && p.coverages.len() == 1 && p.coverages[0].scheme == "390"
    });
    let seen = desk.see(&person, "11");
    let total = desk.charge(&seen, "B1", &[("DRUG-A", "200.00")]);
    let (_, settled) = desk.settle(&seen, "B1", total);
    assert_eq!(
        settled.setlinfo.fund_pay_sumamt.or_zero(),
        Fen(40_000) - person.fund_elsewhere
    );
}

#[test]
fn a_lost_settlement_is_found_by_its_details_and_undone_by_its_message() {
    let desk = Desk::new();
    let person = desk.villager("390");
    let seen = desk.see(&person, "11");
    let total = desk.charge(&seen, "B1", &[("DRUG-A", "20.00")]);
    let (_, settled) = desk.settle(&seen, "B1", total);
    let msgid = desk.last_msgid.borrow().clone();

    let fees = FeeQuery {
        psn_no: seen.person.clone(),
        setl_id: String::new(),
        mdtrt_id: seen.id.clone(),
    };
    let rows = desk.ok::<T5204>(&Data::from(fees)).data;
    assert_eq!(rows[0].setl_id, settled.setlinfo.setl_id);
    let query = SettlementQuery {
        psn_no: seen.person.clone(),
        setl_id: rows[0].setl_id.clone(),
        mdtrt_id: seen.id.clone(),
    };
    let found = desk.ok::<T5203>(&Data::from(query.clone())).setlinfo;
    assert_eq!(
        (found.medins_setl_id, found.fund_pay_sumamt.or_zero()),
        (msgid.clone(), Fen(1_400))
    );

    desk.undone(&seen, &msgid, "2207");
    desk.refused::<T5203>(&Data::from(query), "未查询到结算信息");
    assert_eq!(used(&desk, &person, "11"), Fen::ZERO);
    // The same batch can be settled again, under a new message.
    let (_, again) = desk.settle(&seen, "B1", total);
    desk.reverse(&seen, &again.setlinfo.setl_id);
    let reversal = desk.last_msgid.borrow().clone();
    // Undoing the reversal puts the settlement in force again.
    desk.undone(&seen, &reversal, "2208");
    assert_eq!(used(&desk, &person, "11"), Fen(1_400));
}

#[test]
fn an_orphaned_registration_is_found_and_taken_back() {
    let desk = Desk::new();
    let person = desk.villager("390");
    let seen = desk.register(&person);
    let query = || VisitQuery {
        psn_no: seen.person.clone(),
        begntime: "2026-11-24 00:00:00".to_owned(),
        endtime: "2026-11-24 23:59:59".to_owned(),
        med_type: "11".to_owned(),
        mdtrt_id: String::new(),
    };
    let rows = desk.ok::<T5201>(&Data::from(query())).mdtrtinfo;
    assert_eq!(rows[0].mdtrt_id, seen.id);
    let cancel = RegistrationCancel {
        psn_no: seen.person.clone(),
        mdtrt_id: seen.id.clone(),
        ipt_otp_no: rows[0].ipt_otp_no.clone(),
    };
    desk.ok::<T2202>(&Data::from(cancel.clone()));
    assert!(desk.ok::<T5201>(&Data::from(query())).mdtrtinfo.is_empty());
    desk.refused::<T2202>(&Data::from(cancel), "已撤销");
}

#[test]
fn entitlement_is_answered_with_its_reason() {
    let desk = Desk::new();
    let ask = |person: &Person, med_type: &str, dise_codg: &str| {
        let query = EntitlementQuery {
            psn_no: person.number.clone(),
            insutype: "390".to_owned(),
            fixmedins_code: "H99000100001".to_owned(),
            med_type: med_type.to_owned(),
            begntime: "2026-11-24 09:00:00".to_owned(),
            dise_codg: dise_codg.to_owned(),
            ..EntitlementQuery::default()
        };
        let row = desk.ok::<T2001>(&Data::from(query)).trtinfo.remove(0);
        (row.trt_enjymnt_flag, row.trt_chk_rslt)
    };
    let well = desk.villager("390");
    assert_eq!(ask(&well, "11", ""), ("1".to_owned(), String::new()));
    assert_eq!(ask(&well, "9901", "M03900").0, "0");
    let paused =
        desk.who(|p| p.coverages.iter().all(|c| c.status == "2") && !p.coverages.is_empty());
    assert!(ask(&paused, "11", "").1.contains("暂停参保"));
}
