//! 3203 清算申请, 3204 清算申请撤销, out of the centre's own ledger (nhsa-interface §2.19).
//!
//! What a platform checks is not published. This one wants a period that is over and lies in the
//! clearing month, the sums of its own ledger as 3201 adds them, and each day of a clearing type applied
//! for once. What was applied for is not reversed any more (§5.6), unless the application is taken back.

use cunyi_db::{DbError, Tx};
use cunyi_domain::money::Quantity;
use cunyi_domain::row::{Field, Value};
use cunyi_domain::time::civil::Date;
use cunyi_domain::time::{Moment, parse_date};
use cunyi_gateway::Count;
use cunyi_gateway::message::clearing::{
    ClearingApplication, ClearingApplied, ClearingCancel, ClearingEvent,
};

use crate::call::{Call, Stop, refuse, required, text};
use crate::ledger::{ClearingRow, SettlementRow};
use crate::statement::{Scope, Sums, after, given, lines};

/// 3203
pub(crate) fn apply(
    call: &mut Call<'_, '_>,
    input: &ClearingApplication,
) -> Result<ClearingApplied, Stop> {
    required("清算类别", &input.clr_type)?;
    let (first, last) = period(call, input)?;
    let office = call.centre.region.statement.clr_optins.clone();
    if !["", office.as_str()].contains(&input.clr_optins.as_str()) {
        return refuse("清算经办机构不正确");
    }
    let values = vec![
        text(&call.envelope.institution),
        text(&input.clr_type),
        first.into_value(),
        last.into_value(),
    ];
    let rest = "WHERE institution = ? AND clearing_type = ? AND last_day >= ? AND first_day <= ?
                AND cancelled_at IS NULL";
    if call.tx.find::<ClearingRow>(rest, values)?.is_some() {
        return refuse("该期间已申请清算，不能重复申请");
    }
    let row = checked(call, input, first, last)?;
    call.tx.insert(row.clone())?;
    let result = ClearingEvent {
        clr_appy_evt_id: row.id,
    };
    Ok(ClearingApplied { result })
}

/// The days of an application: all in the clearing month, and all over.
fn period(call: &Call<'_, '_>, input: &ClearingApplication) -> Result<(Date, Date), Stop> {
    let day = |name: &str, value: &str| {
        parse_date(value).ok_or_else(|| Stop::Refused(format!("{name}格式不正确")))
    };
    let first = day("开始日期", &input.begndate)?;
    let last = day("结束日期", &input.enddate)?;
    let month = |day: Date| day.strftime("%Y%m").to_string();
    if last < first || [first, last].into_iter().any(|d| month(d) != input.setlym) {
        return refuse("清算期间与清算年月不一致");
    }
    if last >= call.now.date() {
        return refuse("清算期间尚未结束");
    }
    Ok((first, last))
}

/// The application, if it is of what the ledger has.
fn checked(
    call: &mut Call<'_, '_>,
    input: &ClearingApplication,
    first: Date,
    last: Date,
) -> Result<ClearingRow, Stop> {
    let office = call.centre.office().to_owned();
    let scope = Scope {
        office: &office,
        clearing_type: &input.clr_type,
        scheme: None,
        from: Moment::start_of(first),
        to: Moment::start_of(after(last)),
        reversals: true,
    };
    let ours = Sums::of(&lines(call, &scope)?);
    if ours.count == 0 {
        return refuse("该期间没有可申请清算的结算");
    }
    let row = ClearingRow {
        id: call.number(),
        message: call.envelope.msgid.clone(),
        institution: call.envelope.institution.clone(),
        clearing_type: input.clr_type.clone(),
        month: input.setlym.clone(),
        first_day: first,
        last_day: last,
        count: person_times(input.psntime)?,
        total: given("医疗费总额", input.medfee_sumamt)?,
        recognised: given("医保认可费用总额", input.med_sumfee)?,
        fund: given("基金申报总额", input.fund_appy_sum)?,
        account: given("个人账户支出", input.acct_pay)?,
        cash: given("现金支付金额", input.cash_payamt)?,
        applied_at: call.now,
        cancelled_at: None,
        paid_at: None,
    };
    let theirs = Sums {
        total: row.total,
        fund: row.fund,
        account: row.account,
        count: row.count,
    };
    if theirs != ours || row.fund + row.account + row.cash != row.total {
        return refuse("申报金额或人次与中心结算数据不一致，请先对账");
    }
    // Nobody has shown how much of the total an office recognises when it is asked: not less than the
    // fund pays, not more than all.
    let recognisable = row.fund.min(row.total)..=row.fund.max(row.total);
    if !recognisable.contains(&row.recognised) {
        return refuse("医保认可费用总额不正确");
    }
    Ok(row)
}

fn person_times(count: Count) -> Result<i64, Stop> {
    let one = Quantity::whole(1).0;
    match count.0 {
        Some(count) if count.0 % one == 0 => Ok(count.0 / one),
        _ => refuse("清算人次不正确"),
    }
}

/// 3204
pub(crate) fn cancel(call: &mut Call<'_, '_>, input: &ClearingCancel) -> Result<(), Stop> {
    required("机构清算申请事件ID", &input.clr_appy_evt_id)?;
    let values = vec![
        text(&input.clr_appy_evt_id),
        text(&call.envelope.institution),
    ];
    let found = call.tx.find("WHERE id = ? AND institution = ?", values)?;
    // Another institution's is as unknown as one that never was.
    let Some(row): Option<ClearingRow> = found else {
        return refuse("清算申请不存在");
    };
    if row.cancelled_at.is_some() {
        return refuse("清算申请已撤销");
    }
    if row.paid_at.is_some() {
        return refuse("清算申请已拨付，不能撤销");
    }
    let values = vec![Value::Int(call.now.0), row.id.into_value()];
    let sql = "UPDATE clearing SET cancelled_at = ? WHERE id = ?";
    call.tx.execute(sql, values)?;
    Ok(())
}

/// The office pays what stands; false where there is none such.
pub(crate) fn pay(tx: &mut Tx<'_>, event: &str, now: Moment) -> Result<bool, DbError> {
    let sql = "UPDATE clearing SET paid_at = ?
               WHERE id = ? AND cancelled_at IS NULL AND paid_at IS NULL";
    let values = vec![Value::Int(now.0), text(event)];
    Ok(tx.execute(sql, values)? == 1)
}

/// That no application holds a settlement.
pub(crate) fn not_applied_for(call: &mut Call<'_, '_>, row: &SettlementRow) -> Result<(), Stop> {
    let day = row.settled_at.date();
    let clearing_type = call.centre.clearing_type(&row.benefit).to_owned();
    let values = vec![
        text(&row.institution),
        text(&clearing_type),
        day.into_value(),
        day.into_value(),
    ];
    let rest = "WHERE institution = ? AND clearing_type = ? AND first_day <= ? AND last_day >= ?
                AND cancelled_at IS NULL";
    if call.tx.find::<ClearingRow>(rest, values)?.is_some() {
        return refuse("该结算所在期间已申请清算，不能撤销");
    }
    Ok(())
}
