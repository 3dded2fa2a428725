//! Rows as the platform's messages show them.

use cunyi_domain::money::Fen;
use cunyi_gateway::Amount;
use cunyi_gateway::message::query::{SettlementFound, SettlementInfo};
use cunyi_gateway::message::settle::{SetlDetail, SetlInfo, Settlement};
use cunyi_policy::FundName;

use crate::call::Call;
use crate::ledger::{CoverageRow, PersonRow, SettlementKind, SettlementRow, SettlementState};
use crate::person;

const NOTHING: Amount = Amount(Some(Fen::ZERO));

/// What the funds' rows of a settlement tell beside their amounts; a reversal and 5203 tell nothing.
#[derive(Default)]
pub(crate) struct Told {
    /// Room under the pool's caps before, as `crt_payb_lmt_amt`.
    pub room: Option<Fen>,
    /// How they came about, as `setl_proc_info`.
    pub working: Option<cunyi_policy::Settlement>,
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
    told: &Told,
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
        hifp_pay: amount(row.pool),
        cvlserv_pay: amount(row.civil_servant),
        hifes_pay: amount(row.enterprise),
        hifmi_pay: amount(row.serious_illness),
        hifob_pay: amount(row.large_amount),
        maf_pay: amount(row.medical_aid),
        oth_pay: amount(row.other),
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
        setldetail: details(row, told),
        exp_content: String::new(),
    }
}

/// 基金支付类型 and its name, residents' where they differ (§3; 企业补充 as its `insutype` 370).
const fn kind(fund: FundName, employee: bool) -> (&'static str, &'static str) {
    match (fund, employee) {
        (FundName::Pool, true) => ("310100", "城镇职工基本医疗保险统筹基金"),
        (FundName::Pool, false) => ("390100", "城乡居民基本医疗保险统筹基金"),
        (FundName::CivilServant, _) => ("320100", "公务员医疗补助基金"),
        (FundName::Enterprise, _) => ("370100", "企业补充医疗保险基金"),
        (FundName::SeriousIllness, _) => ("390200", "城乡居民大病医疗保险基金"),
        (FundName::LargeAmount, _) => ("330100", "职工大额医疗费用补助基金"),
        (FundName::MedicalAid, _) => ("610100", "医疗救助基金"),
        (FundName::Other, _) => ("999997", "其他基金"),
    }
}

const ACCOUNT: (&str, &str) = ("310200", "城镇职工基本医疗保险个人账户基金");

/// A row for each fund and one for the account, where they pay (§4.2, 5).
fn details(row: &SettlementRow, told: &Told) -> Vec<SetlDetail> {
    let detail = |(kind, name): (&str, &str), amount, fund: Option<FundName>| {
        let working = told.working.as_ref().zip(fund);
        SetlDetail {
            fund_pay_type: kind.to_owned(),
            inscp_scp_amt: signed(row, row.in_scope),
            crt_payb_lmt_amt: Amount(told.room.filter(|_| fund == Some(FundName::Pool))),
            fund_payamt: signed(row, amount),
            fund_pay_type_name: name.to_owned(),
            setl_proc_info: working.map_or_else(String::new, |(of, fund)| of.setl_proc_info(fund)),
        }
    };
    let employee = row.scheme == "310";
    let funds = funds(row).into_iter();
    let funds = funds.map(|(fund, amount)| (kind(fund, employee), amount, Some(fund)));
    let all = funds.chain([(ACCOUNT, row.account, None)]);
    let paid = all.filter(|(_, amount, _)| *amount > Fen::ZERO);
    paid.map(|(kind, amount, fund)| detail(kind, amount, fund))
        .collect()
}

/// What each fund pays, in the order they pay.
const fn funds(row: &SettlementRow) -> [(FundName, Fen); 7] {
    [
        (FundName::Pool, row.pool),
        (FundName::CivilServant, row.civil_servant),
        (FundName::Enterprise, row.enterprise),
        (FundName::SeriousIllness, row.serious_illness),
        (FundName::LargeAmount, row.large_amount),
        (FundName::MedicalAid, row.medical_aid),
        (FundName::Other, row.other),
    ]
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
        hifp_pay: amount(row.pool),
        cvlserv_pay: amount(row.civil_servant),
        hifes_pay: amount(row.enterprise),
        hifmi_pay: amount(row.serious_illness),
        hifob_pay: amount(row.large_amount),
        maf_pay: amount(row.medical_aid),
        oth_pay: amount(row.other),
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
        setldetail: details(row, &Told::default()),
    }
}

/// Whose it is; nobody's family pays at the sandbox.
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
        acct_mulaid_pay: NOTHING,
        insu_optins: coverage.place.clone(),
        emp_name: coverage.employer.clone(),
        ..SettlementInfo::default()
    }
}
