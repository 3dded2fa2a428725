//! 2201 register, 2202 take back, 2203 diagnoses, 5201 query.

use cunyi_domain::money::Quantity;
use cunyi_domain::row::Value;
use cunyi_gateway::message::query::{VisitQuery, VisitRow as VisitFound, Visits};
use cunyi_gateway::message::visit::{Registered, Registration, RegistrationCancel, VisitUpload};

use crate::call::{Call, Stop, moment, refuse, required, text};
use crate::certificate;
use crate::ledger::{DetailRow, DiagnosisRow, SettlementRow, VisitRow};
use crate::person;

/// 2201
pub(crate) fn register(call: &mut Call<'_, '_>, input: &Registration) -> Result<Registered, Stop> {
    let begun_at = moment("挂号时间", &input.begntime)?;
    for (name, value) in [
        ("门诊号", &input.ipt_otp_no),
        ("医师编码", &input.atddr_no),
        ("医师姓名", &input.dr_name),
        ("科室编码", &input.dept_code),
        ("科室名称", &input.dept_name),
        ("科别", &input.caty),
    ] {
        required(name, value)?;
    }
    let person = call.person(&input.psn_no)?;
    required("就诊凭证编号", &input.mdtrt_cert_no)?;
    certificate::verify(
        call,
        &input.mdtrt_cert_type,
        &input.mdtrt_cert_no,
        &person.number,
    )?;
    let coverage = call.coverage(&person.number, &input.insutype)?;
    let institution = call.envelope.institution.clone();
    let values = vec![text(&institution), text(&input.ipt_otp_no)];
    let same = "WHERE institution = ? AND number = ? AND cancelled = 0";
    if call.tx.find::<VisitRow>(same, values)?.is_some() {
        return refuse("门诊号已存在有效的就诊登记，不能重复挂号");
    }
    let id = call.number();
    call.tx.insert(VisitRow {
        id: id.clone(),
        institution,
        person: person.number.clone(),
        scheme: coverage.scheme,
        number: input.ipt_otp_no.clone(),
        begun_at,
        certificate: input.mdtrt_cert_type.clone(),
        doctor_code: input.atddr_no.clone(),
        doctor_name: input.dr_name.clone(),
        department_code: input.dept_code.clone(),
        department_name: input.dept_name.clone(),
        medical_type: String::new(),
        disease_code: String::new(),
        disease_name: String::new(),
        condition_text: String::new(),
        cancelled: false,
    })?;
    Ok(Registered {
        mdtrt_id: id,
        psn_no: person.number,
        ipt_otp_no: input.ipt_otp_no.clone(),
        exp_content: String::new(),
    })
}

/// 2202
pub(crate) fn cancel(call: &mut Call<'_, '_>, input: &RegistrationCancel) -> Result<(), Stop> {
    let visit = call.visit(&input.mdtrt_id, &input.psn_no)?;
    if visit.number != input.ipt_otp_no {
        return refuse("门诊号与就诊登记不一致");
    }
    let settled = "WHERE visit = ? AND kind = 'settlement' AND state = 'valid'";
    if call
        .tx
        .find::<SettlementRow>(settled, vec![text(&visit.id)])?
        .is_some()
    {
        return refuse("该就诊存在有效的结算信息，不能撤销挂号");
    }
    if call
        .tx
        .find::<DetailRow>("WHERE visit = ?", vec![text(&visit.id)])?
        .is_some()
    {
        return refuse("该就诊存在费用明细，请先撤销费用明细");
    }
    call.tx.execute(
        "UPDATE visit SET cancelled = 1 WHERE id = ?",
        vec![text(&visit.id)],
    )?;
    Ok(())
}

/// 2203, 2203A; sent again, it replaces what was there.
pub(crate) fn diagnose(call: &mut Call<'_, '_>, input: &VisitUpload) -> Result<(), Stop> {
    let info = &input.mdtrtinfo;
    let visit = call.visit(&info.mdtrt_id, &info.psn_no)?;
    call.centre.benefit(&info.med_type)?;
    moment("就诊时间", &info.begntime)?;
    if input.diseinfo.is_empty() {
        return refuse("诊断信息不能为空");
    }
    call.tx.execute(
        "DELETE FROM diagnosis WHERE visit = ?",
        vec![text(&visit.id)],
    )?;
    for diagnosis in &input.diseinfo {
        required("诊断代码", &diagnosis.diag_code)?;
        required("诊断名称", &diagnosis.diag_name)?;
        required("诊断类别", &diagnosis.diag_type)?;
        let new = call.tx.insert_if_absent(DiagnosisRow {
            visit: visit.id.clone(),
            position: diagnosis.diag_srt_no.or_zero().0 / Quantity::whole(1).0,
            kind: diagnosis.diag_type.clone(),
            code: diagnosis.diag_code.clone(),
            name: diagnosis.diag_name.clone(),
        })?;
        if !new {
            return refuse("诊断排序号重复");
        }
    }
    let sql = "UPDATE visit SET medical_type = ?, disease_code = ?, disease_name = ?, \
               condition_text = ? WHERE id = ?";
    let values = [
        &info.med_type,
        &info.dise_codg,
        &info.dise_name,
        &info.main_cond_dscr,
    ];
    let values = values
        .into_iter()
        .chain([&visit.id])
        .map(|v| text(v))
        .collect();
    call.tx.execute(sql, values)?;
    Ok(())
}

/// 5201: visits of a person at this institution; one without a diagnosis yet fits any `med_type`,
/// so that a lost 2201 can be found.
pub(crate) fn query(call: &mut Call<'_, '_>, input: &VisitQuery) -> Result<Visits, Stop> {
    let person = call.person(&input.psn_no)?;
    let (from, to) = (
        moment("开始时间", &input.begntime)?,
        moment("结束时间", &input.endtime)?,
    );
    let rest = "WHERE person = ? AND institution = ? AND begun_at >= ? AND begun_at <= ? \
                AND cancelled = 0 ORDER BY begun_at, id";
    let institution = text(&call.envelope.institution);
    let values = vec![
        text(&person.number),
        institution,
        Value::Int(from.0),
        Value::Int(to.0),
    ];
    let rows: Vec<VisitRow> = call.tx.select(rest, values)?;
    let fits = |visit: &VisitRow| {
        let kind = [&input.med_type, ""].contains(&visit.medical_type.as_str());
        (kind || input.med_type.is_empty())
            && (input.mdtrt_id.is_empty() || input.mdtrt_id == visit.id)
    };
    let age = person::age(call, &person);
    let found = |visit: VisitRow| VisitFound {
        mdtrt_id: visit.id,
        psn_no: person.number.clone(),
        psn_cert_type: "01".to_owned(),
        certno: person.id_number.clone(),
        psn_name: person.name.clone(),
        gend: person.sex.to_string(),
        naty: "01".to_owned(),
        brdy: person.birth_date.to_string(),
        age: age.into(),
        insutype: visit.scheme,
        cvlserv_flag: "0".to_owned(),
        begntime: visit.begun_at.date_time(),
        endtime: visit.begun_at.date_time(),
        mdtrt_cert_type: visit.certificate,
        med_type: visit.medical_type,
        ipt_otp_no: visit.number,
        atddr_no: visit.doctor_code,
        chfpdr_name: visit.doctor_name,
        adm_dept_codg: visit.department_code,
        adm_dept_name: visit.department_name,
        main_cond_dscr: visit.condition_text,
        dise_codg: visit.disease_code,
        dise_name: visit.disease_name,
        ..VisitFound::default()
    };
    Ok(Visits {
        mdtrtinfo: rows.into_iter().filter(fits).map(found).collect(),
    })
}
