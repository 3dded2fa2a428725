//! 2208 reversal, 2601 undoing a message (nhsa-interface §2.14, §2.15, §5.1).

use cunyi_domain::money::Fen;
use cunyi_domain::row::Value;
use cunyi_gateway::message::settle::{Reverse, Settlement, UndoMessage};

use crate::accumulate;
use crate::call::{Call, Stop, refuse, required, text};
use crate::fees;
use crate::ledger::{SettlementKind, SettlementRow, SettlementState};
use crate::shape;

/// 2208: a row of its own with the original's amounts; the answer's are negative.
pub(crate) fn reverse(call: &mut Call<'_, '_>, input: &Reverse) -> Result<Settlement, Stop> {
    required("结算ID", &input.setl_id)?;
    let visit = call.visit(&input.mdtrt_id, &input.psn_no)?;
    let person = call.person(&input.psn_no)?;
    let rest = "WHERE id = ? AND visit = ? AND kind = 'settlement'";
    let values = vec![text(&input.setl_id), text(&visit.id)];
    let Some(original) = call.tx.find::<SettlementRow>(rest, values)? else {
        return refuse("未查询到结算信息，不能撤销");
    };
    if original.state != SettlementState::Valid {
        return refuse("该结算信息的退费结算标志不为未退费，不能重复撤销");
    }
    set_state(call, &original.id, SettlementState::Refunded)?;
    free_details(call, &original.id)?;
    let coverages = call.coverages(&person.number)?;
    let Some(coverage) = coverages.into_iter().find(|c| c.scheme == original.scheme) else {
        return refuse("该人员无此险种的参保信息");
    };
    let reversal = SettlementRow {
        id: call.number(),
        message: call.envelope.msgid.clone(),
        transaction_number: call.envelope.infno.clone(),
        kind: SettlementKind::Reversal,
        reverses: Some(original.id.clone()),
        settled_at: call.now,
        balance: accumulate::balance(call, &coverage)?,
        ..original
    };
    call.tx.insert(reversal.clone())?;
    Ok(shape::settlement(call, &reversal, &person, &coverage, None))
}

fn set_state(call: &mut Call<'_, '_>, id: &str, state: SettlementState) -> Result<(), Stop> {
    let values = vec![text(state.as_str()), text(id)];
    call.tx
        .execute("UPDATE settlement SET state = ? WHERE id = ?", values)?;
    Ok(())
}

fn free_details(call: &mut Call<'_, '_>, settlement: &str) -> Result<(), Stop> {
    let values = vec![Value::Null(cunyi_domain::row::Kind::Text), text(settlement)];
    call.tx.execute(
        "UPDATE detail SET settlement = ? WHERE settlement = ?",
        values,
    )?;
    Ok(())
}

/// 2601: the original is as if it had never been. A msgid that is not known is refused and not
/// remembered: the delayed original may still arrive, and is then done (§5.1).
pub(crate) fn undo(call: &mut Call<'_, '_>, input: &UndoMessage) -> Result<(), Stop> {
    required("原发送方报文ID", &input.omsgid)?;
    let kind = match input.oinfno.get(..4) {
        Some("2207") => SettlementKind::Settlement,
        Some("2208") => SettlementKind::Reversal,
        _ => return refuse("原交易编号不支持冲正"),
    };
    let rest = "WHERE message = ? AND institution = ? AND kind = ?";
    let institution = text(&call.envelope.institution);
    let values = vec![text(&input.omsgid), institution, text(kind.as_str())];
    let Some(row) = call.tx.find::<SettlementRow>(rest, values)? else {
        return refuse("FSI-调用业务基础子系统冲正失败:未查询到原发送方报文对应的交易信息");
    };
    if row.person != input.psn_no {
        return refuse("人员编号与原交易不一致，不能办理冲正交易");
    }
    match row.state {
        SettlementState::Cancelled => refuse("原交易已冲正，不能重复办理冲正交易"),
        SettlementState::Refunded => refuse(
            "FSI-调用业务基础子系统冲正失败:冲正的结算信息退费结算标志不为未退费，不能办理冲正交易",
        ),
        SettlementState::Valid if kind == SettlementKind::Settlement => {
            free_details(call, &row.id)?;
            set_state(call, &row.id, SettlementState::Cancelled)
        }
        SettlementState::Valid => undo_reversal(call, &row),
    }
}

/// The reversed settlement is in force again, if its details are still as they were.
fn undo_reversal(call: &mut Call<'_, '_>, reversal: &SettlementRow) -> Result<(), Stop> {
    let details = fees::details(call, &reversal.visit)?;
    let batch = details
        .iter()
        .filter(|d| d.batch == reversal.batch && d.settlement.is_none());
    let free: Fen = batch.map(|d| d.amount).sum();
    let Some(original) = reversal
        .reverses
        .as_deref()
        .filter(|_| free == reversal.total)
    else {
        return refuse("原结算的费用明细已变更，不能办理冲正交易");
    };
    set_state(call, &reversal.id, SettlementState::Cancelled)?;
    set_state(call, original, SettlementState::Valid)?;
    let sql = "UPDATE detail SET settlement = ? WHERE visit = ? AND batch = ?";
    let values = vec![text(original), text(&reversal.visit), text(&reversal.batch)];
    call.tx.execute(sql, values)?;
    Ok(())
}
