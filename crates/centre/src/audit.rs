//! 3101, 3102: what the centre would object to in a prescription or a fee list (nhsa-interface §2.16).
//!
//! What real platforms check is not published. Two invented rules stand here: a price above what is paid
//! for, and a drug that was settled for the same person within the week.

use cunyi_domain::money::Fen;
use cunyi_domain::row;
use cunyi_domain::row::Field;
use cunyi_domain::time::Moment;
use cunyi_gateway::message::audit::{
    Audit, AuditEncounter, AuditOrder, AuditPatient, Finding, FindingDetail, Findings,
};

use crate::call::{Call, Stop, refuse, required, text};

/// So many days after a drug was settled it may be settled again.
const DAYS: i64 = 7;
/// The longest list of lines.
const MOST: usize = 200;

row! {
    /// When a drug was dispensed and settled.
    pub struct Dispensed {
        /// `fee_ocur_time`
        pub occurred_at: Moment,
    }
}

/// A finding before it has a number.
struct Objection {
    rule: (&'static str, &'static str),
    words: String,
    amount: Fen,
}

/// 3101, 3102
pub(crate) fn audit(call: &mut Call<'_, '_>, input: &Audit) -> Result<Findings, Stop> {
    if input.trig_scen.is_empty() && input.rule_ids.is_empty() {
        return refuse("触发场景与规则标识不能同时为空");
    }
    if input.patient_dtos.is_empty() {
        return refuse("参保人信息不能为空");
    }
    let mut result = Vec::new();
    for patient in &input.patient_dtos {
        required("参保人标识", &patient.patn_id)?;
        call.person(&patient.patn_id)?;
        let lines = |visit: &AuditEncounter| visit.fsi_order_dtos.len();
        if patient.fsi_encounter_dtos.iter().map(lines).sum::<usize>() > MOST {
            return refuse(format!("单次审核的明细不能超过{MOST}条"));
        }
        for visit in &patient.fsi_encounter_dtos {
            for order in &visit.fsi_order_dtos {
                for objection in objections(call, patient, order)? {
                    result.push(finding(call, input, (patient, visit, order), objection));
                }
            }
        }
    }
    Ok(Findings { result })
}

fn objections(
    call: &mut Call<'_, '_>,
    patient: &AuditPatient,
    order: &AuditOrder,
) -> Result<Vec<Objection>, Stop> {
    required("医保目录代码", &order.hilist_code)?;
    let mut found = Vec::new();
    let item = (call.centre.catalogue)(&order.hilist_code);
    let ceiling = item.and_then(|item| item.ceiling);
    let amount = order.sumamt.or_zero();
    if let (Some(ceiling), Some(price)) = (ceiling, order.pric.0)
        && cunyi_domain::money::UnitPrice::from_fen(price.0) > ceiling
    {
        found.push(Objection {
            rule: ("R001", "超医保支付标准"),
            words: format!("{}的单价高于医保支付标准{ceiling}", order.hilist_name),
            amount,
        });
    }
    if let Some(before) = dispensed(call, &patient.patn_id, &order.hilist_code)? {
        let day = before.date();
        found.push(Objection {
            rule: ("R002", "短期重复开药"),
            words: format!("{}在{day}已开药结算，{DAYS}日内重复", order.hilist_name),
            amount,
        });
    }
    Ok(found)
}

/// When a drug was settled for a person within the days before.
fn dispensed(call: &mut Call<'_, '_>, person: &str, code: &str) -> Result<Option<Moment>, Stop> {
    let since = Moment(call.now.0 - DAYS * 86_400_000_000);
    let sql = "SELECT detail.occurred_at AS occurred_at FROM detail, settlement
               WHERE settlement.id = detail.settlement AND settlement.person = ?
                 AND detail.code = ? AND detail.category IN ('09', '10', '11')
                 AND settlement.settled_at >= ?
               ORDER BY detail.occurred_at DESC LIMIT 1";
    let values = vec![text(person), text(code), since.into_value()];
    let rows: Vec<Dispensed> = call.tx.query(sql, values)?;
    Ok(rows.first().map(|row| row.occurred_at))
}

fn finding(
    call: &Call<'_, '_>,
    asked: &Audit,
    about: (&AuditPatient, &AuditEncounter, &AuditOrder),
    objection: Objection,
) -> Finding {
    let (patient, visit, order) = about;
    let (patn_id, mdtrt_id) = (patient.patn_id.clone(), visit.mdtrt_id.clone());
    let detail = FindingDetail {
        jrd_id: call.number(),
        patn_id: patn_id.clone(),
        mdtrt_id: mdtrt_id.clone(),
        rx_id: order.rx_id.clone(),
        vola_item_type: "1".to_owned(),
        vola_amt: objection.amount.into(),
    };
    Finding {
        jr_id: call.number(),
        rule_id: objection.rule.0.to_owned(),
        rule_name: objection.rule.1.to_owned(),
        vola_cont: objection.words,
        patn_id,
        mdtrt_id,
        judge_result_detail_dtos: vec![detail],
        vola_amt: objection.amount.into(),
        vola_amt_stas: "1".to_owned(),
        sev_deg: "1".to_owned(),
        vola_evid: "仿真规则".to_owned(),
        vola_bhvr_type: String::new(),
        task_id: asked.task_id.clone(),
    }
}
