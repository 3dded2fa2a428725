//! 4301: the record of a visit; sent again, it replaces what was there (nhsa-interface §2.23, §5.8).

use cunyi_gateway::message::record::VisitRecord;

use crate::call::{Call, Stop, moment, refuse, required, text, within};
use crate::ledger::RecordRow;

/// The longest lists of a record.
const MOST: usize = 200;

/// 4301
pub(crate) fn upload(call: &mut Call<'_, '_>, input: &VisitRecord) -> Result<(), Stop> {
    let visit = &input.rgstinfo;
    within("就医流水号", &visit.mdtrt_sn, 1..=30)?;
    required("有效标志", &visit.vali_flag)?;
    if visit.mdtrt_id.is_empty() != visit.psn_no.is_empty() {
        return refuse("医保病人的就诊ID与人员编号不能为空");
    }
    if !visit.mdtrt_id.is_empty() {
        call.visit(&visit.mdtrt_id, &visit.psn_no)?;
    }
    if !visit.rgst_retnr_time.is_empty() {
        moment("挂号时间", &visit.rgst_retnr_time)?;
    }
    if input.diseinfo.is_empty() {
        return refuse("诊断信息不能为空");
    }
    let sizes = [
        input.caseinfo.len(),
        input.diseinfo.len(),
        input.rxinfo.len(),
    ];
    if sizes.into_iter().any(|size| size > MOST) {
        return refuse(format!("病历、诊断或处方信息不能超过{MOST}条"));
    }
    for case in &input.caseinfo {
        required("病历有效标志", &case.vali_flag)?;
        for (name, value) in [
            ("主诉", &case.chfcomp),
            ("病史", &case.illhis),
            ("过敏史", &case.algs),
            ("查体", &case.phex),
        ] {
            within(name, value, 0..=2000)?;
        }
        within("处置意见", &case.dspo_opnn, 0..=1000)?;
    }
    for diagnosis in &input.diseinfo {
        required("诊断有效标志", &diagnosis.vali_flag)?;
        within("诊断代码", &diagnosis.diag_code, 1..=20)?;
        within("诊断名称", &diagnosis.diag_name, 1..=100)?;
    }
    for line in &input.rxinfo {
        required("处方有效标志", &line.vali_flag)?;
        within("处方明细名称", &line.rx_detl_name, 0..=100)?;
    }
    keep(call, input)
}

fn keep(call: &mut Call<'_, '_>, input: &VisitRecord) -> Result<(), Stop> {
    let institution = call.envelope.institution.clone();
    let visit = &input.rgstinfo;
    let values = vec![text(&institution), text(&visit.mdtrt_sn)];
    call.tx.execute(
        "DELETE FROM record WHERE institution = ? AND number = ?",
        values,
    )?;
    let count = |rows: usize| i64::try_from(rows).unwrap_or(i64::MAX);
    call.tx.insert(RecordRow {
        institution,
        number: visit.mdtrt_sn.clone(),
        visit: visit.mdtrt_id.clone(),
        cases: count(input.caseinfo.len()),
        diagnoses: count(input.diseinfo.len()),
        prescriptions: count(input.rxinfo.len()),
        received_at: call.now,
    })?;
    Ok(())
}
