//! The platform's amounts as ours. The gateway has checked its identities; here the parts that it
//! left out are filled so that ours balance by construction.

use cunyi_domain::amounts::Amounts;
use cunyi_domain::money::Fen;
use cunyi_gateway::message::settle::Settlement;
use cunyi_gateway::{Amount, Region};

/// How a reply names what we keep: which payers, and where mutual aid and the account stand.
struct Payers {
    /// Without the personal account.
    fund: Amount,
    /// With mutual aid, wherever the region puts it.
    account: Amount,
    /// Mutual aid stands beside `acct_pay`.
    beside: bool,
    hospital: Option<Fen>,
}

impl Payers {
    fn of(reply: &Settlement, region: &Region) -> Self {
        let info = &reply.setlinfo;
        let reading = reply.reading(region.options());
        let fund = info.fund_pay_sumamt.0.map(|fund| {
            let inside = reading.fund_includes_account;
            fund - if inside {
                info.acct_pay.or_zero()
            } else {
                Fen::ZERO
            }
        });
        let beside = !region.mulaid_inside_account && !reading.fund_includes_account;
        let account = info.acct_pay.0.map(|account| {
            account
                + if beside {
                    info.acct_mulaid_pay.or_zero()
                } else {
                    Fen::ZERO
                }
        });
        Self {
            fund: Amount(fund),
            account: Amount(account),
            beside,
            hospital: reading.hospital,
        }
    }
}

/// Amounts of a 2206 or 2207 reply; nothing if they cannot be brought to balance.
pub(crate) fn amounts_of_reply(reply: &Settlement, region: &Region) -> Option<Amounts> {
    let info = &reply.setlinfo;
    let payers = Payers::of(reply, region);
    let (fund, account) = (payers.fund.or_zero(), payers.account.or_zero());
    let hospital = payers.hospital.unwrap_or_default();
    let funds = [
        info.hifp_pay,
        info.cvlserv_pay,
        info.hifes_pay,
        info.hifmi_pay,
        info.hifob_pay,
        info.maf_pay,
    ]
    .map(Amount::or_zero);
    let total = info.medfee_sumamt.or_zero();
    let amounts = Amounts {
        total,
        own_pay: info.fulamt_ownpay_amt.or_zero(),
        over_limit: info.overlmt_selfpay.or_zero(),
        pay_first: info.preselfpay_amt.or_zero(),
        in_scope: info.inscp_scp_amt.or_zero(),
        deductible: info.act_pay_dedc.or_zero(),
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
        mutual_aid: info.acct_mulaid_pay.or_zero(),
        cash: total - fund - account - hospital,
        hospital,
        ratio: info.pool_prop_selfpay.or_zero(),
    };
    let cash_said = info.psn_cash_pay.0.is_none_or(|said| said == amounts.cash);
    (amounts.unbalanced().is_none() && cash_said).then_some(amounts)
}

/// True when a 2208 reply, whose amounts are negative, takes back the original. What it leaves out
/// is the original's.
pub(crate) fn reversal_agrees(reply: &Settlement, original: &Amounts, region: &Region) -> bool {
    let payers = Payers::of(reply, region);
    let turned = |said: Option<Fen>, ours: Fen| said.is_none_or(|said| -said == ours);
    let info = &reply.setlinfo;
    // Where mutual aid stands beside the account and is left out, the account alone is said.
    let silent = payers.beside && info.acct_mulaid_pay.is_none();
    let aid = if silent {
        original.mutual_aid
    } else {
        Fen::ZERO
    };
    turned(info.medfee_sumamt.0, original.total)
        && turned(payers.fund.0, original.fund)
        && turned(payers.account.0, original.account - aid)
        && turned(info.psn_cash_pay.0, original.cash)
        && turned(payers.hospital, original.hospital)
}

#[cfg(test)]
#[path = "tests/amounts.rs"]
mod tests;
