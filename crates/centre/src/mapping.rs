//! 3301, 3302: which of an institution's items is which of the national lists (nhsa-interface §2.20).

use cunyi_domain::row::Value;
use cunyi_domain::time::civil::Date;
use cunyi_domain::time::parse_date;
use cunyi_gateway::message::mapping::{Mapping, MappingCancel};

use crate::call::{Call, Stop, refuse, text, within};
use crate::ledger::MappingRow;

fn day(name: &str, value: &str) -> Result<Date, Stop> {
    parse_date(value).ok_or_else(|| Stop::Refused(format!("{name}格式不正确")))
}

fn list(call: &Call<'_, '_>, value: &str) -> Result<(), Stop> {
    let mut lists = call.centre.region.list_types.values();
    if lists.any(|list| list == value) {
        return Ok(());
    }
    refuse("目录类别不正确")
}

/// The mapping of an item that is in force.
fn mapped(call: &mut Call<'_, '_>, item: &str, list: &str) -> Result<Option<MappingRow>, Stop> {
    let rest = "WHERE institution = ? AND item = ? AND list = ? AND cancelled_at IS NULL";
    let values = vec![text(&call.envelope.institution), text(item), text(list)];
    Ok(call.tx.find(rest, values)?)
}

/// 3301
pub(crate) fn map(call: &mut Call<'_, '_>, input: &Mapping) -> Result<(), Stop> {
    within("定点医药机构目录编号", &input.fixmedins_hilist_id, 1..=30)?;
    within(
        "定点医药机构目录名称",
        &input.fixmedins_hilist_name,
        1..=200,
    )?;
    list(call, &input.list_type)?;
    let (from, to) = (
        day("开始日期", &input.begndate)?,
        day("结束日期", &input.enddate)?,
    );
    if to < from {
        return refuse("结束日期早于开始日期");
    }
    let code = &input.med_list_codg;
    within("医疗目录编码", code, 0..=30)?;
    if !code.is_empty() && (call.centre.catalogue)(code).is_none() {
        return refuse("医疗目录编码不存在");
    }
    if mapped(call, &input.fixmedins_hilist_id, &input.list_type)?.is_some() {
        return refuse("该机构目录已对照，请先撤销");
    }
    call.tx.insert(MappingRow {
        number: call.number(),
        institution: call.envelope.institution.clone(),
        item: input.fixmedins_hilist_id.clone(),
        name: input.fixmedins_hilist_name.clone(),
        list: input.list_type.clone(),
        code: code.clone(),
        from_date: from,
        to_date: to,
        cancelled_at: None,
    })?;
    Ok(())
}

/// 3302
pub(crate) fn cancel(call: &mut Call<'_, '_>, input: &MappingCancel) -> Result<(), Stop> {
    if input.fixmedins_code != call.envelope.institution {
        return refuse("定点医药机构编号与发送方不一致");
    }
    let found = mapped(call, &input.fixmedins_hilist_id, &input.list_type)?;
    let Some(row) = found.filter(|row| row.code == input.med_list_codg) else {
        return refuse("未查询到有效的目录对照信息");
    };
    let sql = "UPDATE mapping SET cancelled_at = ? WHERE number = ?";
    let values = vec![Value::Int(call.now.0), text(&row.number)];
    call.tx.execute(sql, values)?;
    Ok(())
}
