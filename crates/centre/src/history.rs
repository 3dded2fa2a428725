//! 5202 diagnoses of a visit, 5205 what was dispensed for chronic diseases, 5302 where a person is to be
//! treated (nhsa-interface §2.24).

use cunyi_domain::money::Quantity;
use cunyi_domain::row::Value;
use cunyi_gateway::message::history::{
    ChronicMedication, ChronicMedicationQuery, ChronicMedications, Designation, DesignationQuery,
    Designations, Diagnoses, DiagnosisQuery, DiagnosisRow as DiagnosisFound,
};

use crate::Item;
use crate::call::{Call, Stop, moment, refuse, text, within};
use crate::ledger::{DetailRow, DiagnosisRow, SettlementRow};

/// 5202
pub(crate) fn diagnoses(
    call: &mut Call<'_, '_>,
    input: &DiagnosisQuery,
) -> Result<Diagnoses, Stop> {
    let visit = call.visit(&input.mdtrt_id, &input.psn_no)?;
    let rest = "WHERE visit = ? ORDER BY position";
    let rows: Vec<DiagnosisRow> = call.tx.select(rest, vec![text(&visit.id)])?;
    let found = |row: DiagnosisRow| DiagnosisFound {
        diag_info_id: format!("{}-{}", row.visit, row.position),
        mdtrt_id: row.visit,
        psn_no: visit.person.clone(),
        inout_diag_type: "1".to_owned(),
        diag_type: row.kind,
        maindiag_flag: if row.position == 1 { "1" } else { "0" }.to_owned(),
        diag_srt_no: Quantity::whole(row.position).into(),
        diag_code: row.code,
        diag_name: row.name,
        diag_dept: visit.department_name.clone(),
        dise_dor_no: visit.doctor_code.clone(),
        dise_dor_name: visit.doctor_name.clone(),
        diag_time: visit.begun_at.date_time(),
        ..DiagnosisFound::default()
    };
    Ok(Diagnoses {
        diseinfo: rows.into_iter().map(found).collect(),
    })
}

/// 5205: what is settled under a disease, at whatever institution.
pub(crate) fn medication(
    call: &mut Call<'_, '_>,
    input: &ChronicMedicationQuery,
) -> Result<ChronicMedications, Stop> {
    let person = call.person(&input.psn_no)?;
    let from = moment("开始时间", &input.begntime)?;
    let to = if input.endtime.is_empty() {
        call.now
    } else {
        moment("结束时间", &input.endtime)?
    };
    if to < from {
        return refuse("结束时间早于开始时间");
    }
    let rest = "WHERE person = ? AND kind = 'settlement' AND state = 'valid' AND disease_code <> ''
                ORDER BY settled_at, id";
    let settlements: Vec<SettlementRow> = call.tx.select(rest, vec![text(&person.number)])?;
    let mut feedetail = Vec::new();
    for settlement in settlements {
        let rest =
            "WHERE settlement = ? AND occurred_at >= ? AND occurred_at <= ? ORDER BY position";
        let span = [from, to].map(|moment| Value::Int(moment.0));
        let values = [text(&settlement.id)].into_iter().chain(span).collect();
        let rows: Vec<DetailRow> = call.tx.select(rest, values)?;
        let drugs = rows.into_iter().filter(is_drug);
        feedetail.extend(drugs.map(|row| medicine(call, row, &settlement)));
    }
    Ok(ChronicMedications { feedetail })
}

/// 西药, 中药饮片, 中成药
fn is_drug(row: &DetailRow) -> bool {
    ["09", "10", "11"].contains(&row.category.as_str())
}

fn medicine(call: &Call<'_, '_>, row: DetailRow, of: &SettlementRow) -> ChronicMedication {
    let item = (call.centre.catalogue)(&row.code).unwrap_or_else(Item::unknown);
    let list_type = call.centre.region.list_types.get(item.list);
    ChronicMedication {
        feedetl_sn: row.id,
        rx_drord_no: row.prescription,
        fixmedins_code: of.institution.clone(),
        fixmedins_name: of.institution_name.clone(),
        psn_no: of.person.clone(),
        med_type: of.medical_type.clone(),
        fee_ocur_time: row.occurred_at.date_time(),
        cnt: row.quantity.into(),
        pric: row.price.into(),
        chrgitm_lv: row.class.to_string(),
        hilist_code: row.code.clone(),
        hilist_name: item.name.clone(),
        list_type: list_type.cloned().unwrap_or_default(),
        med_list_codg: row.code,
        medins_list_codg: row.institution_code,
        medins_list_name: item.name,
        med_chrgitm_type: row.category,
        dosform_name: item.form,
        list_sp_item_flag: "0".to_owned(),
        ..ChronicMedication::default()
    }
}

/// 5302: the sandbox's region binds nobody to an institution, so that whoever is insured here may be
/// treated at the one that asks; who is not may be nowhere.
pub(crate) fn designations(
    call: &mut Call<'_, '_>,
    input: &DesignationQuery,
) -> Result<Designations, Stop> {
    let person = call.person(&input.psn_no)?;
    within("业务申请类型", &input.biz_appy_type, 1..=3)?;
    let today = call.now.date();
    let mut coverages = call.coverages(&person.number)?;
    coverages.retain(|c| c.status == "1" && c.place == call.centre.region.admdvs);
    let row = |(coverage, position): (crate::ledger::CoverageRow, usize)| Designation {
        psn_no: person.number.clone(),
        insutype: coverage.scheme,
        fix_srt_no: position.to_string(),
        fixmedins_code: call.envelope.institution.clone(),
        fixmedins_name: call.envelope.institution_name.clone(),
        begndate: today.first_of_year().to_string(),
        enddate: today.last_of_year().to_string(),
        memo: "本统筹区不限定点".to_owned(),
    };
    let rows = coverages.into_iter().zip(1..).map(row).collect();
    Ok(Designations { psnfixmedin: rows })
}
