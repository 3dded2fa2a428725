//! Rows as the platform's messages show them.

use cunyi_domain::money::Fen;
use cunyi_gateway::Amount;
use cunyi_gateway::message::query::{SettlementFound, SettlementInfo};
use cunyi_gateway::message::settle::{SetlDetail, SetlInfo, Settlement};

use crate::call::Call;
use crate::ledger::{CoverageRow, PersonRow, SettlementKind, SettlementRow, SettlementState};
use crate::person;

const NOTHING: Amount = Amount(Some(Fen::ZERO));

/// What the pooled fund's row of a settlement tells beside its amount; a reversal and 5203 tell nothing.
#[derive(Default)]
pub(crate) struct Pool {
    /// Room under the caps before, as `crt_payb_lmt_amt`.
    pub room: Option<Fen>,
    /// How it came about, as `setl_proc_info`.
    pub working: String,
}

/// An amount of a row as it is shown: a reversal's are negative.
fn signed(row: &SettlementRow, amount: Fen) -> Amount {
    if row.kind == SettlementKind::Reversal {
        (-amount).into()
    } else {
        amount.into()
    }
}

/// The answer of 2206 (a row without id), 2207 and 2208.
pub(crate) fn settlement(
    call: &Call<'_, '_>,
    row: &SettlementRow,
    person: &PersonRow,
    coverage: &CoverageRow,
    pool: &Pool,
) -> Settlement {
    let amount = |amount| signed(row, amount);
    let only_settled = |text: &str| {
        if row.id.is_empty() {
            String::new()
        } else {
            text.to_owned()
        }
    };
    let reversal = row.kind == SettlementKind::Reversal;
    let setlinfo = SetlInfo {
        mdtrt_id: row.visit.clone(),
        setl_id: row.id.clone(),
        insutype: row.scheme.clone(),
        setl_time: only_settled(&row.settled_at.date_time()),
        med_type: row.medical_type.clone(),
        medfee_sumamt: amount(row.total),
        fulamt_ownpay_amt: amount(row.own_pay),
        overlmt_selfpay: amount(row.over_limit),
        preselfpay_amt: amount(row.pay_first),
        inscp_scp_amt: amount(row.in_scope),
        act_pay_dedc: amount(row.deductible),
        hifp_pay: amount(row.fund),
        pool_prop_selfpay: row.ratio.into(),
        fund_pay_sumamt: amount(row.fund),
        // Real reversals leave these two null (§4.2).
        psn_part_amt: if reversal {
            Amount(None)
        } else {
            amount(row.account + row.cash)
        },
        hosp_part_amt: if reversal { Amount(None) } else { NOTHING },
        acct_pay: amount(row.account),
        psn_cash_pay: amount(row.cash),
        balc: row.balance.into(),
        medins_setl_id: row.message.clone(),
        clr_optins: only_settled(&call.centre.region.statement.clr_optins),
        clr_way: only_settled("1"),
        clr_type: call.centre.clearing_type(&row.benefit).to_owned(),
        ..whose(call, person, coverage)
    };
    Settlement {
        setlinfo,
        setldetail: details(row, pool),
        exp_content: String::new(),
    }
}

/// A row for the pooled fund and one for the account, where they pay (§4.2, 5).
fn details(row: &SettlementRow, of_pool: &Pool) -> Vec<SetlDetail> {
    let employee = row.scheme == "310";
    let (pool, name) = if employee {
        ("310100", "城镇职工基本医疗保险统筹基金")
    } else {
        ("390100", "城乡居民基本医疗保险统筹基金")
    };
    let account = ("310200", "城镇职工基本医疗保险个人账户基金");
    let nothing = Pool::default();
    let funds = [
        ((pool, name), row.fund, of_pool),
        (account, row.account, &nothing),
    ];
    let paid = funds
        .into_iter()
        .filter(|(_, amount, _)| *amount > Fen::ZERO);
    paid.map(|((kind, name), amount, of)| SetlDetail {
        fund_pay_type: kind.to_owned(),
        inscp_scp_amt: signed(row, row.in_scope),
        crt_payb_lmt_amt: Amount(of.room),
        fund_payamt: signed(row, amount),
        fund_pay_type_name: name.to_owned(),
        setl_proc_info: of.working.clone(),
    })
    .collect()
}

/// The answer of 5203, which names the shares otherwise (§4.2, 7).
pub(crate) fn settlement_found(
    call: &Call<'_, '_>,
    row: &SettlementRow,
    person: &PersonRow,
    coverage: &CoverageRow,
    certificate: String,
) -> SettlementFound {
    let amount = |amount| signed(row, amount);
    let refunded = row.kind == SettlementKind::Reversal || row.state == SettlementState::Refunded;
    let day = row.settled_at.date().to_string();
    let setlinfo = SettlementInfo {
        setl_id: row.id.clone(),
        mdtrt_id: row.visit.clone(),
        insutype: row.scheme.clone(),
        pay_loc: "1".to_owned(),
        fixmedins_code: row.institution.clone(),
        fixmedins_name: row.institution_name.clone(),
        begndate: day.clone(),
        enddate: day,
        setl_time: row.settled_at.date_time(),
        mdtrt_cert_type: certificate,
        med_type: row.medical_type.clone(),
        clr_type: call.centre.clearing_type(&row.benefit).to_owned(),
        clr_way: "1".to_owned(),
        clr_optins: call.centre.region.statement.clr_optins.clone(),
        medfee_sumamt: amount(row.total),
        fulamt_ownpay_amt: amount(row.own_pay),
        overlmt_selfpay: amount(row.over_limit),
        preselfpay_amt: amount(row.pay_first),
        inscp_scp_amt: amount(row.in_scope),
        act_pay_dedc: amount(row.deductible),
        hifp_pay: amount(row.fund),
        pool_prop_selfpay: row.ratio.into(),
        fund_pay_sumamt: amount(row.fund),
        psn_pay: amount(row.account + row.cash),
        acct_pay: amount(row.account),
        cash_payamt: amount(row.cash),
        balc: row.balance.into(),
        medins_setl_id: row.message.clone(),
        refd_setl_flag: if refunded { "1" } else { "0" }.to_owned(),
        year: row.year.to_string(),
        dise_codg: row.disease_code.clone(),
        invono: row.invoice.clone(),
        ..whose_found(call, person, coverage)
    };
    SettlementFound {
        setlinfo,
        setldetail: details(row, &Pool::default()),
    }
}

/// Whose it is, and the funds that never pay at a village clinic here.
fn whose(call: &Call<'_, '_>, person: &PersonRow, coverage: &CoverageRow) -> SetlInfo {
    SetlInfo {
        psn_no: person.number.clone(),
        psn_name: person.name.clone(),
        psn_cert_type: "01".to_owned(),
        certno: person.id_number.clone(),
        gend: person.sex.to_string(),
        naty: "01".to_owned(),
        brdy: person.birth_date.to_string(),
        age: person::age(call, person).into(),
        psn_type: coverage.person_type.clone(),
        cvlserv_flag: "0".to_owned(),
        cvlserv_pay: NOTHING,
        hifes_pay: NOTHING,
        hifmi_pay: NOTHING,
        hifob_pay: NOTHING,
        maf_pay: NOTHING,
        oth_pay: NOTHING,
        acct_mulaid_pay: NOTHING,
        ..SetlInfo::default()
    }
}

/// The same for 5203.
fn whose_found(call: &Call<'_, '_>, person: &PersonRow, coverage: &CoverageRow) -> SettlementInfo {
    SettlementInfo {
        psn_no: person.number.clone(),
        psn_name: person.name.clone(),
        psn_cert_type: "01".to_owned(),
        certno: person.id_number.clone(),
        gend: person.sex.to_string(),
        naty: "01".to_owned(),
        brdy: person.birth_date.to_string(),
        age: person::age(call, person).into(),
        psn_type: coverage.person_type.clone(),
        cvlserv_flag: "0".to_owned(),
        cvlserv_pay: NOTHING,
        hifes_pay: NOTHING,
        hifmi_pay: NOTHING,
        hifob_pay: NOTHING,
        maf_pay: NOTHING,
        oth_pay: NOTHING,
        acct_mulaid_pay: NOTHING,
        insu_optins: coverage.place.clone(),
        emp_name: coverage.employer.clone(),
        ..SettlementInfo::default()
    }
}
