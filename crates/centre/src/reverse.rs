//! 2208 reversal, 2601 undoing a message (nhsa-interface §2.14, §2.15, §5.1).

use cunyi_domain::money::Fen;
use cunyi_gateway::message::settle::{Reverse, Settlement, UndoMessage};

use crate::accumulate;
use crate::call::{Call, Stop, refuse, required, text};
use crate::clearing;
use crate::fees;
use crate::ledger::{DetailRow, SettlementKind, SettlementRow, SettlementState};
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
    clearing::not_applied_for(call, &original)?;
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
    Ok(shape::settlement(
        call,
        &reversal,
        &person,
        &coverage,
        &shape::Told::default(),
    ))
}

fn set_state(call: &mut Call<'_, '_>, id: &str, state: SettlementState) -> Result<(), Stop> {
    let values = vec![text(state.as_str()), text(id)];
    call.tx
        .execute("UPDATE settlement SET state = ? WHERE id = ?", values)?;
    Ok(())
}

/// The details are to be settled again, or to be taken back; which settlement paid them is kept.
fn free_details(call: &mut Call<'_, '_>, settlement: &str) -> Result<(), Stop> {
    let sql = "UPDATE detail SET settlement = NULL, reversed = ? WHERE settlement = ?";
    let values = vec![text(settlement), text(settlement)];
    call.tx.execute(sql, values)?;
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

/// The reversed settlement is in force again, if its batch holds the very details that it paid.
fn undo_reversal(call: &mut Call<'_, '_>, reversal: &SettlementRow) -> Result<(), Stop> {
    let mut batch = fees::details(call, &reversal.visit)?;
    batch.retain(|detail| detail.batch == reversal.batch);
    let same =
        |detail: &DetailRow| detail.settlement.is_none() && detail.reversed == reversal.reverses;
    let sum: Fen = batch.iter().map(|detail| detail.amount).sum();
    let Some(original) = reversal
        .reverses
        .as_deref()
        .filter(|_| sum == reversal.total && batch.iter().all(same))
    else {
        return refuse("原结算的费用明细已变更，不能办理冲正交易");
    };
    set_state(call, &reversal.id, SettlementState::Cancelled)?;
    set_state(call, original, SettlementState::Valid)?;
    let sql =
        "UPDATE detail SET settlement = reversed, reversed = NULL WHERE visit = ? AND batch = ?";
    let values = vec![text(&reversal.visit), text(&reversal.batch)];
    call.tx.execute(sql, values)?;
    Ok(())
}
