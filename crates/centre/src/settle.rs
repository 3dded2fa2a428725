//! 2206 pre-settle, 2207 settle, 5203 query.

use cunyi_domain::money::Fen;
use cunyi_domain::row::Value;
use cunyi_gateway::message::query::{SettlementFound, SettlementQuery};
use cunyi_gateway::message::settle::{Presettle, Settle, SettleInput, Settlement};
use cunyi_policy::{Benefit, Claim, ClaimLine, Facts, FundName, Unknown, evaluate};

use crate::Item;
use crate::accumulate;
use crate::call::{Call, Stop, refuse, required, text};
use crate::centre::Centre;
use crate::certificate;
use crate::fees;
use crate::ledger::{
    CoverageRow, DetailRow, PersonRow, SettlementKind, SettlementRow, SettlementState, VisitRow,
};
use crate::otherwise::pay_otherwise;
use crate::person;
use crate::shape::{self, Told};

/// A batch, worked out: the row 2207 stores, and whose it is.
struct Worked {
    row: SettlementRow,
    person: PersonRow,
    coverage: CoverageRow,
    /// What its funds' rows tell beside the amounts.
    told: Told,
}

/// 2206, 2206A: nothing is stored.
pub(crate) fn presettle(call: &mut Call<'_, '_>, input: &Presettle) -> Result<Settlement, Stop> {
    let visit = call.visit(&input.mdtrt_id, &input.psn_no)?;
    if visit.medical_type != input.med_type {
        return refuse("医疗类别与最近上传的就诊信息不一致");
    }
    let mut worked = work(call, input)?;
    worked.row.id = String::new();
    Ok(shape::settlement(
        call,
        &worked.row,
        &worked.person,
        &worked.coverage,
        &worked.told,
    ))
}

/// 2207, 2207A
pub(crate) fn settle(call: &mut Call<'_, '_>, input: &SettleInput) -> Result<Settlement, Stop> {
    let data = &input.data;
    let mut worked = work(call, &as_presettle(data))?;
    let row = &mut worked.row;
    let copied = [
        ("全自费金额", data.fulamt_ownpay_amt, row.own_pay),
        ("超限价金额", data.overlmt_selfpay, row.over_limit),
        ("先行自付金额", data.preselfpay_amt, row.pay_first),
        ("符合政策范围金额", data.inscp_scp_amt, row.in_scope),
    ];
    if let Some((name, ..)) = copied.iter().find(|(_, sent, ours)| sent.0 != Some(*ours)) {
        return refuse(format!("{name}与预结算结果不一致"));
    }
    row.invoice = data.invono.clone();
    call.tx.insert(row.clone())?;
    pay_details(call, row)?;
    Ok(shape::settlement(
        call,
        &worked.row,
        &worked.person,
        &worked.coverage,
        &worked.told,
    ))
}

fn pay_details(call: &mut Call<'_, '_>, row: &SettlementRow) -> Result<(), Stop> {
    let sql = "UPDATE detail SET settlement = ? WHERE visit = ? AND batch = ?";
    call.tx
        .execute(sql, vec![text(&row.id), text(&row.visit), text(&row.batch)])?;
    Ok(())
}

fn as_presettle(data: &Settle) -> Presettle {
    Presettle {
        psn_no: data.psn_no.clone(),
        mdtrt_cert_type: data.mdtrt_cert_type.clone(),
        mdtrt_cert_no: data.mdtrt_cert_no.clone(),
        med_type: data.med_type.clone(),
        medfee_sumamt: data.medfee_sumamt,
        psn_setlway: data.psn_setlway.clone(),
        mdtrt_id: data.mdtrt_id.clone(),
        chrg_bchno: data.chrg_bchno.clone(),
        acct_used_flag: data.acct_used_flag.clone(),
        insutype: data.insutype.clone(),
    }
}

fn work(call: &mut Call<'_, '_>, input: &Presettle) -> Result<Worked, Stop> {
    let visit = call.visit(&input.mdtrt_id, &input.psn_no)?;
    required("个人结算方式", &input.psn_setlway)?;
    required("收费批次号", &input.chrg_bchno)?;
    if input.insutype != visit.scheme {
        return refuse("险种类型与挂号时不一致");
    }
    let person = call.person(&input.psn_no)?;
    certificate::verify(
        call,
        &input.mdtrt_cert_type,
        &input.mdtrt_cert_no,
        &person.number,
    )?;
    let coverage = call.coverage(&person.number, &visit.scheme)?;
    let benefit = call.centre.benefit(&input.med_type)?;
    let batch = batch_details(call, &visit, input)?;
    let disease = batch[0].disease_code.clone();
    if matches!(benefit, Benefit::Chronic | Benefit::Special) {
        person::filed(call, &person.number, &disease)?;
    }
    let balance = accumulate::balance(call, &coverage)?;
    let usable = if input.acct_used_flag == "1" {
        balance
    } else {
        Fen::ZERO
    };
    let claim = Claim {
        balance: usable,
        ..claim(call, &visit, &person, benefit, &batch)?
    };
    let Some(policy) = call.centre.policy(&visit.scheme) else {
        return refuse("该险种在本统筹区没有门诊待遇政策");
    };
    let mut settled = evaluate(policy, &claim).map_err(|why| Stop::Refused(why.to_string()))?;
    let less = call.centre.panel.get().less;
    if less > 0 {
        pay_otherwise(&mut settled, 100 - i64::from(less));
    }
    let cap = policy.yearly_cap(benefit, &claim.facts, claim.date);
    let used = accumulate::used(&claim.history, benefit, claim.date);
    let room = cap.map(|cap| (cap - used).max(Fen::ZERO));
    // Where the policy does not say what the account pays, it pays all that it can.
    let account = if policy.rules_account(claim.date) {
        settled.account
    } else {
        usable
    };
    let account = account.min(settled.personal);
    let row = SettlementRow {
        disease_code: disease,
        account,
        cash: settled.personal - account,
        balance: balance - account,
        ..settlement_row(call, input, &claim, &settled)
    };
    Ok(Worked {
        row,
        person,
        coverage,
        told: Told {
            room,
            working: Some(settled),
        },
    })
}

/// The row of a settlement; who pays the patient's part is not decided yet.
fn settlement_row(
    call: &Call<'_, '_>,
    input: &Presettle,
    claim: &Claim,
    settled: &cunyi_policy::Settlement,
) -> SettlementRow {
    let of = |fund| {
        let funds = settled.funds.iter().filter(|(name, _)| *name == fund);
        funds.map(|(_, amount)| *amount).sum()
    };
    SettlementRow {
        id: call.number(),
        message: call.envelope.msgid.clone(),
        transaction_number: call.envelope.infno.clone(),
        kind: SettlementKind::Settlement,
        state: SettlementState::Valid,
        reverses: None,
        visit: input.mdtrt_id.clone(),
        institution: call.envelope.institution.clone(),
        institution_name: call.envelope.institution_name.clone(),
        person: input.psn_no.clone(),
        scheme: input.insutype.clone(),
        batch: input.chrg_bchno.clone(),
        medical_type: input.med_type.clone(),
        benefit: claim.benefit.to_string(),
        disease_code: String::new(),
        year: i64::from(claim.date.year()),
        settled_at: call.now,
        invoice: String::new(),
        total: settled.total,
        own_pay: settled.own_pay,
        over_limit: settled.over_limit,
        pay_first: settled.pay_first,
        in_scope: settled.in_scope,
        deductible: settled.deductible,
        pool: of(FundName::Pool),
        civil_servant: of(FundName::CivilServant),
        enterprise: of(FundName::Enterprise),
        serious_illness: of(FundName::SeriousIllness),
        large_amount: of(FundName::LargeAmount),
        medical_aid: of(FundName::MedicalAid),
        other: of(FundName::Other),
        fund: settled.fund,
        account: Fen::ZERO,
        cash: settled.personal,
        balance: Fen::ZERO,
        ratio: settled.ratio,
        adds: settled.adds.kept(),
    }
}

/// True when a settlement in force bears the institution's batch number, whatever visit it is of.
fn settled_before(call: &mut Call<'_, '_>, batch: &str) -> Result<bool, Stop> {
    let rest = "WHERE institution = ? AND batch = ? AND kind = 'settlement' AND state = 'valid'";
    let values = vec![text(&call.envelope.institution), text(batch)];
    Ok(call.tx.find::<SettlementRow>(rest, values)?.is_some())
}

/// The batch's details; at least one, not settled yet, and their sum is what is claimed.
fn batch_details(
    call: &mut Call<'_, '_>,
    visit: &VisitRow,
    input: &Presettle,
) -> Result<Vec<DetailRow>, Stop> {
    if settled_before(call, &input.chrg_bchno)? {
        return refuse("该收费批次已结算，不能重复结算");
    }
    let mut batch = fees::details(call, &visit.id)?;
    if !call.centre.region.batches_share_visit && batch.iter().any(|d| d.settlement.is_some()) {
        return refuse("本统筹区一次就诊登记只结算一个收费批次");
    }
    batch.retain(|d| d.batch == input.chrg_bchno);
    if batch.is_empty() {
        return refuse("该收费批次没有费用明细，不能结算");
    }
    let sum: Fen = batch.iter().map(|d| d.amount).sum();
    if input.medfee_sumamt.0 != Some(sum) {
        return refuse(format!("医疗费总额与已上传费用明细合计{sum}不一致"));
    }
    Ok(batch)
}

/// A batch as the policy wants it.
pub(crate) fn claim(
    call: &mut Call<'_, '_>,
    visit: &VisitRow,
    person: &PersonRow,
    benefit: Benefit,
    batch: &[DetailRow],
) -> Result<Claim, Stop> {
    let date = visit.begun_at.date();
    let who = person::facts(call, person, &visit.scheme, date)?;
    let history = accumulate::history(call, &person.number, &visit.scheme, date, &who)?;
    let known = |code: &str| (call.centre.catalogue)(code).unwrap_or_else(Item::unknown);
    let line = |d: &DetailRow| ClaimLine {
        id: d.id.clone(),
        class: d.class,
        amount: d.amount,
        is_consultation_fee: d.consultation_fee,
        price: d.price,
        quantity: d.quantity,
        ceiling: d.ceiling,
        item: fees::for_rules(&d.code, &known(&d.code)),
    };
    let disease = batch.first().map(|d| d.disease_code.clone());
    Ok(Claim {
        scheme: Centre::scheme(&visit.scheme)?,
        facts: Facts {
            disease: disease.filter(|code| !code.is_empty()),
            ..who
        },
        benefit,
        date,
        lines: batch.iter().map(line).collect(),
        history,
        unknown: Unknown::default(),
        balance: Fen::ZERO,
        family_balance: Fen::ZERO,
    })
}

/// 5203
pub(crate) fn query(
    call: &mut Call<'_, '_>,
    input: &SettlementQuery,
) -> Result<SettlementFound, Stop> {
    let person = call.person(&input.psn_no)?;
    required("结算ID", &input.setl_id)?;
    let rest = "WHERE id = ? AND person = ? AND institution = ?";
    let institution = text(&call.envelope.institution);
    let values = vec![text(&input.setl_id), text(&person.number), institution];
    let found: Option<SettlementRow> = call.tx.find(rest, values)?;
    let wanted = |row: &SettlementRow| {
        row.state != SettlementState::Cancelled
            && (input.mdtrt_id.is_empty() || input.mdtrt_id == row.visit)
    };
    let Some(row) = found.filter(wanted) else {
        return refuse("未查询到结算信息");
    };
    let coverages = call.coverages(&person.number)?;
    let Some(coverage) = coverages.into_iter().find(|c| c.scheme == row.scheme) else {
        return refuse("该人员无此险种的参保信息");
    };
    let visit = call
        .tx
        .find::<VisitRow>("WHERE id = ?", vec![Value::Text(row.visit.clone())])?;
    let certificate = visit.map_or(String::new(), |v| v.certificate);
    Ok(shape::settlement_found(
        call,
        &row,
        &person,
        &coverage,
        certificate,
    ))
}
