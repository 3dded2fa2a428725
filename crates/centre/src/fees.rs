//! 2204 details, 2205 take back, 5204 query.

use cunyi_domain::money::UnitPrice;
use cunyi_domain::time::Moment;
use cunyi_gateway::Price;
use cunyi_gateway::message::charge::{
    FeeCancel, FeeDetail, FeeList, FeeQuery, FeeResult, FeeResults, FeeRow, FeeUpload,
};
use cunyi_policy::{CannotDecide, Claim, ClaimLine, classify};

use crate::Item;
use crate::call::{Call, Stop, moment, refuse, required, text};
use crate::centre::Centre;
use crate::ledger::{DetailRow, SettlementRow, VisitRow};
use crate::settle;

/// Details of one call; 100 is what platforms commonly take (nhsa-interface §2.10).
const MOST: usize = 100;
/// What the platform shows where there is no ceiling (§2.10).
const NO_CEILING: UnitPrice = UnitPrice(999_999_000_000);

/// 2204
pub(crate) fn upload(call: &mut Call<'_, '_>, input: &FeeUpload) -> Result<FeeResults, Stop> {
    let Some(first) = input.feedetail.first() else {
        return refuse("费用明细不能为空");
    };
    if input.feedetail.len() > MOST {
        return refuse(format!("单次上传费用明细不能超过{MOST}条"));
    }
    let visit = call.visit(&first.mdtrt_id, &first.psn_no)?;
    if visit.medical_type.is_empty() {
        return refuse("未上传门诊就诊信息，不能上传费用明细");
    }
    let person = call.person(&visit.person)?;
    let benefit = call.centre.benefit(&visit.medical_type)?;
    let claim = settle::claim(call, &visit, &person, benefit, &[])?;
    let mut there = details(call, &visit.id)?;
    let mut result = Vec::new();
    for detail in &input.feedetail {
        if (&detail.mdtrt_id, &detail.psn_no) != (&first.mdtrt_id, &first.psn_no) {
            return refuse("同一次上传的费用明细必须属于同一次就诊");
        }
        let position = there.last().map_or(1, |last| last.position + 1);
        let row = detail_row(call, &visit, &claim, detail, &there, position)?;
        call.tx.insert(row.clone())?;
        result.push(fee_result(&row));
        there.push(row);
    }
    Ok(FeeResults { result })
}

/// A visit's details in order.
pub(crate) fn details(call: &mut Call<'_, '_>, visit: &str) -> Result<Vec<DetailRow>, Stop> {
    Ok(call
        .tx
        .select("WHERE visit = ? ORDER BY position", vec![text(visit)])?)
}

/// That a detail is complete and fits what is there; when it occurred.
fn check(detail: &FeeDetail, there: &[DetailRow]) -> Result<Moment, Stop> {
    required("费用明细流水号", &detail.feedetl_sn)?;
    required("收费批次号", &detail.chrg_bchno)?;
    required("医疗目录编码", &detail.med_list_codg)?;
    required("医药机构目录编码", &detail.medins_list_codg)?;
    if there.iter().any(|d| d.id == detail.feedetl_sn) {
        return refuse(format!("费用明细流水号{}重复", detail.feedetl_sn));
    }
    let mut batch = there.iter().filter(|d| d.batch == detail.chrg_bchno);
    if batch.clone().any(|d| d.settlement.is_some()) {
        return refuse("该收费批次已结算，不能再上传费用明细");
    }
    if batch.any(|d| d.disease_code != detail.dise_codg) {
        return refuse("同一收费批次号病种编码必须一致");
    }
    moment("费用发生时间", &detail.fee_ocur_time)
}

/// What rules may ask of an item.
pub(crate) fn for_rules(code: &str, item: &Item) -> cunyi_policy::Item {
    cunyi_policy::Item {
        code: Some(code.to_owned()),
        kinds: item.kinds,
        pay_first: None,
    }
}

fn detail_row(
    call: &Call<'_, '_>,
    visit: &VisitRow,
    claim: &Claim,
    detail: &FeeDetail,
    there: &[DetailRow],
    position: i64,
) -> Result<DetailRow, Stop> {
    let occurred_at = check(detail, there)?;
    let item = (call.centre.catalogue)(&detail.med_list_codg).unwrap_or_else(Item::unknown);
    let line = ClaimLine {
        id: detail.feedetl_sn.clone(),
        class: item.class,
        amount: detail.det_item_fee_sumamt.or_zero(),
        is_consultation_fee: item.is_consultation_fee,
        price: detail.pric.or_zero(),
        quantity: detail.cnt.or_zero(),
        ceiling: item.ceiling,
        item: for_rules(&detail.med_list_codg, &item),
    };
    let Some(policy) = call.centre.policy(&visit.scheme) else {
        return refuse("该险种在本统筹区没有门诊待遇政策");
    };
    let share = classify(policy, claim, &line).map_err(|why| {
        Stop::Refused(match why {
            CannotDecide::BadAmount(id) => format!("费用明细{id}的金额与单价、数量不符"),
            other => other.to_string(),
        })
    })?;
    Ok(DetailRow {
        visit: visit.id.clone(),
        id: line.id,
        batch: detail.chrg_bchno.clone(),
        position,
        disease_code: detail.dise_codg.clone(),
        prescription: detail.rxno.clone(),
        occurred_at,
        code: detail.med_list_codg.clone(),
        institution_code: detail.medins_list_codg.clone(),
        amount: line.amount,
        quantity: line.quantity,
        price: line.price,
        class: share.class,
        pay_first_rate: share.pay_first_rate,
        category: item.category,
        ceiling: line.ceiling,
        consultation_fee: line.is_consultation_fee,
        own_pay: share.own_pay,
        over_limit: share.over_limit,
        pay_first: share.pay_first,
        in_scope: share.in_scope,
        settlement: None,
        reversed: None,
    })
}

fn ceiling(row: &DetailRow) -> Price {
    row.ceiling.unwrap_or(NO_CEILING).into()
}

/// A code that the catalogue does not know is of another kind.
fn category(row: &DetailRow) -> String {
    let known = Some(&row.category).filter(|category| !category.is_empty());
    known.map_or_else(|| "14".to_owned(), Clone::clone)
}

fn fee_result(row: &DetailRow) -> FeeResult {
    let unknown = row.category.is_empty();
    FeeResult {
        feedetl_sn: row.id.clone(),
        det_item_fee_sumamt: row.amount.into(),
        cnt: row.quantity.into(),
        pric: row.price.into(),
        pric_uplmt_amt: ceiling(row),
        selfpay_prop: row.pay_first_rate.into(),
        fulamt_ownpay_amt: row.own_pay.into(),
        overlmt_amt: row.over_limit.into(),
        preselfpay_amt: row.pay_first.into(),
        inscp_scp_amt: row.in_scope.into(),
        chrgitm_lv: row.class.to_string(),
        med_chrgitm_type: category(row),
        bas_medn_flag: "0".to_owned(),
        hi_nego_drug_flag: "0".to_owned(),
        lmt_used_flag: "0".to_owned(),
        drt_reim_flag: "0".to_owned(),
        memo: if unknown {
            "未查询到医保目录，按自费处理".to_owned()
        } else {
            String::new()
        },
        ..FeeResult::default()
    }
}

/// 2205; batch `0000` is every batch that is not settled.
pub(crate) fn take_back(call: &mut Call<'_, '_>, input: &FeeCancel) -> Result<(), Stop> {
    let visit = call.visit(&input.mdtrt_id, &input.psn_no)?;
    required("收费批次号", &input.chrg_bchno)?;
    let batch = input.chrg_bchno.as_str();
    let mut sql = "DELETE FROM detail WHERE visit = ? AND settlement IS NULL".to_owned();
    let mut values = vec![text(&visit.id)];
    if batch != "0000" {
        let settled = "WHERE visit = ? AND batch = ? AND settlement IS NOT NULL";
        let found: Option<DetailRow> = call.tx.find(settled, vec![text(&visit.id), text(batch)])?;
        if found.is_some() {
            return refuse("该收费批次已结算，不能撤销费用明细");
        }
        sql.push_str(" AND batch = ?");
        values.push(text(batch));
    }
    call.tx.execute(&sql, values)?;
    Ok(())
}

/// 5204: all details of the visit, or those of one settlement; unsettled ones carry no `setl_id`.
pub(crate) fn query(call: &mut Call<'_, '_>, input: &FeeQuery) -> Result<FeeList, Stop> {
    let visit = call.visit(&input.mdtrt_id, &input.psn_no)?;
    let settled = "WHERE visit = ? AND kind = 'settlement'";
    let settlements: Vec<SettlementRow> = call.tx.select(settled, vec![text(&visit.id)])?;
    let mut rows = details(call, &visit.id)?;
    rows.retain(|row| input.setl_id.is_empty() || row.settlement.as_ref() == Some(&input.setl_id));
    let found = |row: DetailRow| {
        let paid = settlements
            .iter()
            .find(|one| row.settlement.as_ref() == Some(&one.id));
        // Of what is not settled yet, the latest 2203 says what it is to be.
        let medical_type = paid.map_or(&visit.medical_type, |one| &one.medical_type);
        fee_row(call.centre, row, medical_type)
    };
    Ok(FeeList {
        data: rows.into_iter().map(found).collect(),
    })
}

fn fee_row(centre: &Centre, row: DetailRow, medical_type: &str) -> FeeRow {
    let item = (centre.catalogue)(&row.code).unwrap_or_else(Item::unknown);
    let list_type = centre.region.list_types.get(item.list);
    FeeRow {
        pric_uplmt_amt: ceiling(&row),
        med_chrgitm_type: category(&row),
        hilist_name: item.name.clone(),
        medins_list_name: item.name,
        dosform_name: item.form,
        list_type: list_type.cloned().unwrap_or_default(),
        mdtrt_id: row.visit,
        setl_id: row.settlement.unwrap_or_default(),
        feedetl_sn: row.id,
        rx_drord_no: row.prescription,
        med_type: medical_type.to_owned(),
        fee_ocur_time: row.occurred_at.date_time(),
        cnt: row.quantity.into(),
        pric: row.price.into(),
        det_item_fee_sumamt: row.amount.into(),
        selfpay_prop: row.pay_first_rate.into(),
        fulamt_ownpay_amt: row.own_pay.into(),
        overlmt_amt: row.over_limit.into(),
        preselfpay_amt: row.pay_first.into(),
        inscp_scp_amt: row.in_scope.into(),
        chrgitm_lv: row.class.to_string(),
        hilist_code: row.code.clone(),
        med_list_codg: row.code,
        medins_list_codg: row.institution_code,
        dscg_tkdrug_flag: "0".to_owned(),
        list_sp_item_flag: "0".to_owned(),
        ..FeeRow::default()
    }
}
