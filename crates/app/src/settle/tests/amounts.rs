use cunyi_gateway::message::settle::SetlDetail;

use super::*;

/// Ten yuan: six from the pool, `account` and `aid` from accounts, `hospital` from the hospital, the
/// rest in cash.
fn reply(account: i64, aid: i64, hospital: i64) -> Settlement {
    let mut found = Settlement::default();
    let info = &mut found.setlinfo;
    let fen = |fen: i64| Amount(Some(Fen(fen)));
    info.medfee_sumamt = fen(1000);
    info.fulamt_ownpay_amt = fen(0);
    info.overlmt_selfpay = fen(0);
    info.preselfpay_amt = fen(0);
    info.inscp_scp_amt = fen(1000);
    info.fund_pay_sumamt = fen(600);
    info.hifp_pay = fen(600);
    let silent = [
        &mut info.cvlserv_pay,
        &mut info.hifes_pay,
        &mut info.hifmi_pay,
        &mut info.hifob_pay,
        &mut info.maf_pay,
        &mut info.oth_pay,
    ];
    for amount in silent {
        *amount = fen(0);
    }
    info.acct_pay = fen(account);
    info.acct_mulaid_pay = fen(aid);
    info.psn_cash_pay = fen(400 - account - aid - hospital);
    info.psn_part_amt = fen(400 - hospital);
    info.hosp_part_amt = fen(hospital);
    found
}

/// The same taken back, with what reversals leave out.
fn turned(found: &Settlement) -> Settlement {
    let mut back = found.clone();
    let info = &mut back.setlinfo;
    let amounts = [
        &mut info.medfee_sumamt,
        &mut info.fulamt_ownpay_amt,
        &mut info.overlmt_selfpay,
        &mut info.preselfpay_amt,
        &mut info.inscp_scp_amt,
        &mut info.fund_pay_sumamt,
        &mut info.hifp_pay,
        &mut info.acct_pay,
        &mut info.psn_cash_pay,
    ];
    for amount in amounts {
        amount.0 = amount.0.map(|fen| -fen);
    }
    info.psn_part_amt = Amount(None);
    info.hosp_part_amt = Amount(None);
    info.acct_mulaid_pay = Amount(None);
    for row in &mut back.setldetail {
        row.fund_payamt.0 = row.fund_payamt.0.map(|fen| -fen);
    }
    back
}

fn settled_and_reversed(found: &Settlement, region: &Region) -> Amounts {
    let amounts = amounts_of_reply(found, region).expect("balances");
    let back = turned(found);
    assert!(reversal_agrees(&back, &amounts, region));
    for change in [1, -1] {
        let mut wrong = back.clone();
        let paid = &mut wrong.setlinfo.psn_cash_pay.0;
        *paid = paid.map(|paid| paid + Fen(change));
        assert!(!reversal_agrees(&wrong, &amounts, region));
        let mut wrong = back.clone();
        let paid = &mut wrong.setlinfo.fund_pay_sumamt.0;
        *paid = paid.map(|paid| paid + Fen(change));
        assert!(!reversal_agrees(&wrong, &amounts, region));
    }
    amounts
}

#[test]
fn the_usual_settlement() {
    let amounts = settled_and_reversed(&reply(100, 0, 0), &Region::demo());
    let shares = [
        amounts.fund,
        amounts.account,
        amounts.cash,
        amounts.hospital,
    ];
    assert_eq!(shares, [600, 100, 300, 0].map(Fen));
}

#[test]
fn mutual_aid_beside_the_account_is_a_part_of_ours() {
    let mut region = Region::demo();
    region.mulaid_inside_account = false;
    let amounts = settled_and_reversed(&reply(100, 50, 0), &region);
    let shares = [
        amounts.fund,
        amounts.account,
        amounts.mutual_aid,
        amounts.cash,
    ];
    assert_eq!(shares, [600, 150, 50, 250].map(Fen));
    // Inside, the same reply does not add up.
    region.mulaid_inside_account = true;
    assert_eq!(amounts_of_reply(&reply(100, 50, 0), &region), None);
}

#[test]
fn a_fund_total_with_the_account_is_known_by_what_adds_up() {
    let mut found = reply(100, 0, 0);
    found.setlinfo.fund_pay_sumamt = Amount(Some(Fen(700)));
    let mut region = Region::demo();
    for said in [false, true] {
        region.fund_includes_account = said;
        let amounts = settled_and_reversed(&found, &region);
        assert_eq!(
            [amounts.fund, amounts.account, amounts.cash],
            [600, 100, 300].map(Fen)
        );
        // And the usual one in a region that says otherwise.
        let amounts = settled_and_reversed(&reply(100, 0, 0), &region);
        assert_eq!(
            [amounts.fund, amounts.account, amounts.cash],
            [600, 100, 300].map(Fen)
        );
    }
}

#[test]
fn the_hospital_may_stand_in_the_details_alone() {
    let mut found = reply(0, 0, 150);
    found.setlinfo.hosp_part_amt = Amount(None);
    let row = |kind: &str, fen| SetlDetail {
        fund_pay_type: kind.to_owned(),
        fund_payamt: Amount(Some(Fen(fen))),
        ..SetlDetail::default()
    };
    found.setldetail = vec![row("390101", 600), row("999997", 150)];
    let amounts = settled_and_reversed(&found, &Region::demo());
    assert_eq!(
        [amounts.fund, amounts.cash, amounts.hospital],
        [600, 250, 150].map(Fen)
    );
}
