//! The platform's amounts as ours. The gateway has checked its identities; here the parts that it
//! left out are filled so that ours balance by construction.

use cunyi_domain::amounts::Amounts;
use cunyi_domain::money::Fen;
use cunyi_gateway::Amount;
use cunyi_gateway::message::settle::SetlInfo;

/// Amounts of a 2206 or 2207 reply; nothing if they cannot be brought to balance.
pub(crate) fn amounts_of_reply(info: &SetlInfo, fund_includes_account: bool) -> Option<Amounts> {
    amounts(info, fund_includes_account, 1)
}

/// Amounts of a 2208 reply, which come negative; parts it leaves out are the original's.
pub(crate) fn reversal_agrees(info: &SetlInfo, original: &Amounts, includes_account: bool) -> bool {
    let turned = |amount: Amount, ours: Fen| amount.0.is_none_or(|a| Fen(a.0.abs()) == ours);
    let fund = if includes_account {
        original.fund + original.account
    } else {
        original.fund
    };
    turned(info.medfee_sumamt, original.total)
        && turned(info.fund_pay_sumamt, fund)
        && turned(info.acct_pay, original.account)
        && turned(info.psn_cash_pay, original.cash)
}

fn amounts(info: &SetlInfo, fund_includes_account: bool, sign: i64) -> Option<Amounts> {
    let of = |amount: Amount| Fen(amount.or_zero().0 * sign);
    let account = of(info.acct_pay);
    let platform_fund = of(info.fund_pay_sumamt);
    let fund = if fund_includes_account {
        platform_fund - account
    } else {
        platform_fund
    };
    let funds = [
        of(info.hifp_pay),
        of(info.cvlserv_pay),
        of(info.hifes_pay),
        of(info.hifmi_pay),
        of(info.hifob_pay),
        of(info.maf_pay),
    ];
    let total = of(info.medfee_sumamt);
    let hospital = if info.hosp_part_amt.is_none() {
        of(info.ownpay_hosp_part)
    } else {
        of(info.hosp_part_amt)
    };
    let amounts = Amounts {
        total,
        own_pay: of(info.fulamt_ownpay_amt),
        over_limit: of(info.overlmt_selfpay),
        pay_first: of(info.preselfpay_amt),
        in_scope: of(info.inscp_scp_amt),
        deductible: of(info.act_pay_dedc),
        pool: funds[0],
        civil_servant: funds[1],
        enterprise: funds[2],
        serious_illness: funds[3],
        large_amount: funds[4],
        medical_aid: funds[5],
        // Funds without a column of ours (hifdm and what a region adds) are other funds.
        other: fund - funds.into_iter().sum::<Fen>(),
        fund,
        account,
        mutual_aid: of(info.acct_mulaid_pay),
        cash: total - fund - account - hospital,
        hospital,
        ratio: info.pool_prop_selfpay.or_zero(),
    };
    let cash_said = info.psn_cash_pay.0.is_none_or(|said| said == amounts.cash);
    (amounts.unbalanced().is_none() && cash_said).then_some(amounts)
}
