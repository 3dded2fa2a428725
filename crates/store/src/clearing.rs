//! What 清算 is made of: sums of what was settled, what was applied for, what the office said.

use cunyi_domain::clearing::{ClearingState, Period};
use cunyi_domain::ids::{ClinicId, EntryId};
use cunyi_domain::ledger::{Clearing, ClearingEntry, ClearingPart, SettlementKind};
use cunyi_domain::money::Fen;
use cunyi_domain::row::{Field, Value};
use cunyi_domain::time::Moment;

use crate::{StoreError, Tx};

cunyi_domain::row! {
    /// What was settled, or reversed, of one insurance and benefit under one clearing type and office.
    pub struct Settled {
        /// `insutype`
        pub scheme: String,
        /// Benefit.
        pub benefit: String,
        /// `clr_type`, if 2207 said it.
        pub clearing_type: String,
        /// `clr_optins`, likewise.
        pub clearing_office: String,
        /// Settlements or reversals.
        pub kind: SettlementKind,
        /// How many.
        pub count: i64,
        /// 医疗费总额
        pub total: Fen,
        /// 基金
        pub fund: Fen,
        /// 个人账户
        pub account: Fen,
        /// 个人现金
        pub cash: Fen,
    }
}

/// Sums of a clinic's insured settlements and reversals from one moment to before another.
pub fn settled(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    span: (Moment, Moment),
) -> Result<Vec<Settled>, StoreError> {
    // What was undone at the centre is cleared like what was settled and reversed here.
    let undone = |kind: &str, at: &str| {
        format!(
            "SELECT u.scheme, b.benefit, u.clearing_type, u.clearing_office, '{kind}' AS kind,
               u.total, u.fund, u.account, u.cash
             FROM undone u JOIN batch b ON b.clinic = u.clinic AND b.id = u.batch
             WHERE u.clinic = ? AND u.state = 'done' AND u.{at} >= ? AND u.{at} < ?"
        )
    };
    let sql = format!(
        "SELECT scheme, benefit, clearing_type, clearing_office, kind,
           COUNT(*) AS count, CAST(SUM(total) AS BIGINT) AS total, CAST(SUM(fund) AS BIGINT) AS fund,
           CAST(SUM(account) AS BIGINT) AS account, CAST(SUM(cash) AS BIGINT) AS cash
         FROM (SELECT scheme, benefit, clearing_type, clearing_office, kind, total, fund, account, cash
           FROM settlement
           WHERE clinic = ? AND settled_at >= ? AND settled_at < ? AND scheme IS NOT NULL
           UNION ALL {} UNION ALL {}) cleared
         GROUP BY scheme, benefit, clearing_type, clearing_office, kind
         ORDER BY scheme, benefit, clearing_type, clearing_office, kind",
        undone("settlement", "settled_at"),
        undone("reversal", "reversed_at"),
    );
    let one = [
        clinic.clone().into_value(),
        span.0.into_value(),
        span.1.into_value(),
    ];
    let values = [one.clone(), one.clone(), one].concat();
    Ok(tx.query(&sql, values)?)
}

fn span(clinic: &ClinicId, period: Period) -> Vec<Value> {
    vec![
        clinic.clone().into_value(),
        period.to.into_value(),
        period.from.into_value(),
    ]
}

/// Applications whose days and these have one in common, the first day and the first asked first.
pub fn applications(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    period: Period,
) -> Result<Vec<Clearing>, StoreError> {
    let rest =
        "WHERE clinic = ? AND from_day <= ? AND to_day >= ? ORDER BY from_day, applied_at, id";
    Ok(tx.select(rest, span(clinic, period))?)
}

/// What those applications ask for.
pub fn parts(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    period: Period,
) -> Result<Vec<ClearingPart>, StoreError> {
    let rest = "WHERE clinic = ? AND clearing IN
         (SELECT c.id FROM clearing c WHERE c.clinic = clearing_part.clinic AND c.from_day <= ? AND c.to_day >= ?)
       ORDER BY clearing, scheme, office";
    Ok(tx.select(rest, span(clinic, period))?)
}

/// What the office said of periods that have a day in common with these, in the order it was entered.
pub fn entries(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    period: Period,
) -> Result<Vec<ClearingEntry>, StoreError> {
    let rest =
        "WHERE clinic = ? AND from_day <= ? AND to_day >= ? ORDER BY from_day, entered_at, id";
    Ok(tx.select(rest, span(clinic, period))?)
}

/// One application.
pub fn application(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    id: &EntryId,
) -> Result<Option<Clearing>, StoreError> {
    let values = vec![clinic.clone().into_value(), id.clone().into_value()];
    Ok(tx.find("WHERE clinic = ? AND id = ?", values)?)
}

/// Applications whose 3203 or 3204 was on its way when the program ended.
pub fn cut_off(tx: &mut Tx<'_>, clinic: &ClinicId) -> Result<Vec<Clearing>, StoreError> {
    let values = vec![
        clinic.clone().into_value(),
        ClearingState::Requested.into_value(),
        ClearingState::Withdrawing.into_value(),
    ];
    let rest = "WHERE clinic = ? AND state IN (?, ?) ORDER BY id";
    Ok(tx.select(rest, values)?)
}

/// One entry, which nobody else corrects or answers until the transaction ends.
pub fn held_entry(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    id: &EntryId,
) -> Result<Option<ClearingEntry>, StoreError> {
    let Some(entry) = entry(tx, clinic, id)? else {
        return Ok(None);
    };
    // An appeal and its outcome are held with their deduction.
    let held = entry.about.as_ref().unwrap_or(&entry.id);
    let values = vec![clinic.clone().into_value(), held.clone().into_value()];
    tx.execute(
        "UPDATE clearing_entry SET kind = kind WHERE clinic = ? AND id = ?",
        values,
    )?;
    Ok(Some(entry))
}

/// One entry.
fn entry(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    id: &EntryId,
) -> Result<Option<ClearingEntry>, StoreError> {
    let values = vec![clinic.clone().into_value(), id.clone().into_value()];
    Ok(tx.find("WHERE clinic = ? AND id = ?", values)?)
}
