//! The steps: 2203, 2205, 2204, 2206, 2207.

use cunyi_catalogue::Catalogue;
use cunyi_domain::amounts::Amounts;
use cunyi_domain::batch::{BatchEvent, BatchState};
use cunyi_domain::fact::{BatchMoved, LineSplit, SettlementMade, Shares};
use cunyi_domain::ids::{BatchId, ChargeId, VisitId};
use cunyi_domain::ledger::{
    Batch, Charge, ItemKind, LineClass, Method, Prescription, SettlementKind,
};
use cunyi_domain::money::{Fen, Quantity, apportion};
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_domain::time::parse_date_time;
use cunyi_gateway::message::{Data, T2203, T2204, T2205, T2206, T2207, charge, settle, visit};
use cunyi_gateway::skew::skew;
use cunyi_gateway::{Count, Outcome, Success};
use cunyi_store::local::MessageState;
use cunyi_store::{Writer, query};

use super::about::About;
use super::{amounts_of_reply, settlement_row};
use crate::error::{Result, refuse};
use crate::own_account::may_pay;
use crate::payment::taken;
use crate::register::{DEPARTMENT, Register2201, certificate_number};
use crate::resolve::earlier_is_lost;
use crate::step::{Answer, Caller, Next, Pending, Step, alone, clock_refusal, told};
use crate::traced::is_split;

/// What the platform still has to be told before it computes a batch's shares (2206).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Goal {
    /// Diagnoses (2203) and details (2204).
    Upload,
    /// Diagnoses: details are there, but another batch of the same registration said its own.
    Describe,
    /// Nothing.
    Presettle,
}

/// What a chain still has to do, the next thing first.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Task {
    /// Make one of a visit's registrations.
    Register(VisitId, i64),
    /// Ask for a batch's shares.
    Compute(BatchId, Goal),
    /// Settle a batch whose cash the user saw, or whatever it is, and how the patient pays it.
    Settle(BatchId, Option<Fen>, Option<Method>),
}

/// The step that begins the next task: what follows shares the transaction of what was finished.
pub(crate) fn next(tasks: &[Task]) -> Next {
    let Some((task, rest)) = tasks.split_first() else {
        return Next::Done;
    };
    let rest = rest.to_vec();
    Next::Then(match task.clone() {
        Task::Register(visit, position) => Box::new(Register2201 {
            visit,
            position,
            rest,
        }),
        Task::Compute(batch, Goal::Presettle) => Box::new(Presettle2206 { batch, rest }),
        Task::Compute(batch, goal) => Box::new(UploadVisit2203 { batch, goal, rest }),
        Task::Settle(batch, seen, method) => Box::new(Settle2207 {
            batch,
            seen,
            method,
            rest,
        }),
    })
}

/// The benefit's `med_type` in this region.
fn med_type(about: &About, caller: &Caller<'_>) -> Result<String> {
    let benefit = caller
        .setup
        .gateway
        .region
        .benefits
        .get(&about.batch.benefit);
    Ok(benefit
        .ok_or(Refusal::new(Code::NoBenefit))?
        .med_type
        .clone())
}

/// `acct_used_flag`: whether the account pays. What it pays is seen before it is settled.
fn account_flag(about: &About, caller: &Caller<'_>) -> String {
    let could = may_pay(&caller.setup.gateway.region, &about.coverage);
    let pays = could && !about.visit.keeps_account;
    if pays { "1" } else { "0" }.to_owned()
}

/// 2203 就诊信息: diagnoses under this batch's `med_type` and disease.
struct UploadVisit2203 {
    batch: BatchId,
    goal: Goal,
    rest: Vec<Task>,
}

impl Step for UploadVisit2203 {
    fn begin(&self, w: &mut Writer<'_, '_>, caller: &Caller<'_>) -> Result<Pending> {
        let about = About::read(w, &caller.actor.clinic, &self.batch)?;
        alone(w, &about.visit.id)?;
        let fresh = about.batch.state == BatchState::Draft;
        if fresh != (self.goal == Goal::Upload) {
            return refuse(Code::WrongState);
        }
        let diagnoses = query::diagnoses(w.tx, &about.visit.clinic, &about.visit.id)?;
        let time = about.visit.registered_at.date_time();
        let doctor = about.doctor(w)?;
        let row = |d: cunyi_domain::ledger::Diagnosis| visit::DiseInfo {
            diag_type: d.kind.diag_type().to_owned(),
            diag_srt_no: Count::from(Quantity::whole(d.position)),
            diag_code: d.code,
            diag_name: d.name,
            diag_dept: DEPARTMENT.1.to_owned(),
            dise_dor_no: doctor.code.clone(),
            dise_dor_name: doctor.name.clone(),
            diag_time: time.clone(),
            vali_flag: "1".to_owned(),
        };
        let input = visit::VisitUpload {
            mdtrtinfo: visit::MdtrtInfo {
                mdtrt_id: about.platform_visit.clone(),
                psn_no: about.coverage.person_number.clone(),
                med_type: med_type(&about, caller)?,
                begntime: time.clone(),
                main_cond_dscr: about.visit.complaint.clone(),
                dise_codg: about.batch.disease_code.clone(),
                dise_name: about.batch.disease_name.clone(),
                ..visit::MdtrtInfo::default()
            },
            diseinfo: diagnoses.into_iter().map(row).collect(),
        };
        caller.issue::<T2203>(w, &about.subject(), input)
    }

    fn finish(
        &self,
        w: &mut Writer<'_, '_>,
        caller: &Caller<'_>,
        pending: &Pending,
        answer: &Answer,
    ) -> Result<Next> {
        match caller.judge::<T2203>(w, pending, answer)? {
            Outcome::Success(_) => {}
            other => return Ok(Next::Stop(told(&other))),
        }
        let (batch, rest) = (self.batch.clone(), self.rest.clone());
        if self.goal == Goal::Describe {
            return Ok(Next::Then(Box::new(Presettle2206 { batch, rest })));
        }
        // Details whose answer was lost may stand at the platform: clear them first.
        let about = About::read(w, &caller.actor.clinic, &batch)?;
        let messages = query::messages(w.tx, &about.visit.clinic, &about.visit.id)?;
        let lost = messages.iter().any(|m| {
            m.batch.as_ref() == Some(&batch)
                && m.infno == "2204"
                && m.state == MessageState::Unknown
        });
        Ok(Next::Then(if lost {
            let then = Some(rest);
            Box::new(CancelDetails2205 { batch, then })
        } else {
            Box::new(UploadDetails2204 { batch, rest })
        }))
    }
}

/// 2205 明细撤销: clears this batch's details, whatever of them is there.
pub(crate) struct CancelDetails2205 {
    /// The batch.
    pub batch: BatchId,
    /// What follows once they are sent again; none if they are not.
    pub then: Option<Vec<Task>>,
}

impl Step for CancelDetails2205 {
    fn begin(&self, w: &mut Writer<'_, '_>, caller: &Caller<'_>) -> Result<Pending> {
        let about = About::read(w, &caller.actor.clinic, &self.batch)?;
        let input: Data<charge::FeeCancel> = charge::FeeCancel {
            mdtrt_id: about.platform_visit.clone(),
            chrg_bchno: about.batch.number.clone(),
            psn_no: about.coverage.person_number.clone(),
        }
        .into();
        caller.issue::<T2205>(w, &about.subject(), input)
    }

    fn finish(
        &self,
        w: &mut Writer<'_, '_>,
        caller: &Caller<'_>,
        pending: &Pending,
        answer: &Answer,
    ) -> Result<Next> {
        let outcome = caller.judge::<T2205>(w, pending, answer)?;
        let Some(rest) = self.then.clone() else {
            return Ok(Next::Done);
        };
        Ok(match outcome {
            // Refused means there was nothing to clear.
            Outcome::Success(_) | Outcome::Refused(_) => {
                let batch = self.batch.clone();
                Next::Then(Box::new(UploadDetails2204 { batch, rest }))
            }
            other => Next::Stop(told(&other)),
        })
    }
}

/// 2204 费用明细.
struct UploadDetails2204 {
    batch: BatchId,
    rest: Vec<Task>,
}

impl Step for UploadDetails2204 {
    fn begin(&self, w: &mut Writer<'_, '_>, caller: &Caller<'_>) -> Result<Pending> {
        let about = About::read(w, &caller.actor.clinic, &self.batch)?;
        let now = w.who.now.date_time();
        let doctor = about.doctor(w)?;
        let charges = about.charges(w)?;
        let boiled = boiled_with(&charges);
        let detail = |c: Charge| charge::FeeDetail {
            tcmdrug_used_way: if is_boiled(&c) { boiled } else { "" }.to_owned(),
            feedetl_sn: c.id.0,
            mdtrt_id: about.platform_visit.clone(),
            psn_no: about.coverage.person_number.clone(),
            chrg_bchno: about.batch.number.clone(),
            dise_codg: about.batch.disease_code.clone(),
            rxno: if c.kind == ItemKind::Drug {
                about.visit.number.clone()
            } else {
                String::new()
            },
            rx_circ_flag: "0".to_owned(),
            fee_ocur_time: now.clone(),
            medins_list_codg: c.code.clone(),
            med_list_codg: c.code,
            det_item_fee_sumamt: c.amount.into(),
            cnt: c.quantity.into(),
            pric: c.price.into(),
            sin_dos_dscr: c.dose,
            used_frqu_dscr: c.frequency,
            // Of a course what is charged is one day.
            prd_days: if c.days > 0 {
                Quantity::whole(if c.course.is_some() { 1 } else { c.days }).into()
            } else {
                Count::default()
            },
            medc_way_dscr: c.route,
            bilg_dept_codg: DEPARTMENT.0.to_owned(),
            bilg_dept_name: DEPARTMENT.1.to_owned(),
            bilg_dr_codg: doctor.code.clone(),
            bilg_dr_name: doctor.name.clone(),
            hosp_appr_flag: "0".to_owned(),
            ..charge::FeeDetail::default()
        };
        let feedetail = charges.into_iter().map(detail).collect();
        caller.issue::<T2204>(w, &about.subject(), charge::FeeUpload { feedetail })
    }

    fn finish(
        &self,
        w: &mut Writer<'_, '_>,
        caller: &Caller<'_>,
        pending: &Pending,
        answer: &Answer,
    ) -> Result<Next> {
        let found = match caller.judge::<T2204>(w, pending, answer)? {
            Outcome::Success(found) => found,
            other => return Ok(Next::Stop(told(&other))),
        };
        let about = About::read(w, &caller.actor.clinic, &self.batch)?;
        let charges = about.charges(w)?;
        let splits = found
            .output
            .result
            .iter()
            .filter_map(|row| split(row, &charges))
            .collect();
        let moved = BatchMoved {
            splits,
            ..about.moved(BatchEvent::Upload, pending)
        };
        about.record(w, moved)?;
        Ok(Next::Then(Box::new(Presettle2206 {
            batch: self.batch.clone(),
            rest: self.rest.clone(),
        })))
    }
}

fn is_boiled(line: &Charge) -> bool {
    cunyi_catalogue::prescription(line.kind, &line.route) == Prescription::Decoction
}

/// 中药使用方式 of the pieces among lines: 1 复方, several together, 2 单方, one alone.
fn boiled_with(lines: &[Charge]) -> &'static str {
    let many = lines.iter().filter(|c| is_boiled(c)).count();
    if many > 1 { "1" } else { "2" }
}

/// The platform's split of a line, where it gives one that sums to the line.
fn split(row: &charge::FeeResult, charges: &[Charge]) -> Option<LineSplit> {
    let charge = charges.iter().find(|c| c.id.as_str() == row.feedetl_sn)?;
    let split = LineSplit {
        charge: ChargeId(row.feedetl_sn.clone()),
        class: LineClass::from_text(&row.chrgitm_lv).unwrap_or(charge.class),
        own_pay: row.fulamt_ownpay_amt.or_zero(),
        over_limit: row.overlmt_amt.or_zero(),
        pay_first: row.preselfpay_amt.or_zero(),
        in_scope: row.inscp_scp_amt.or_zero(),
    };
    let parts = [
        split.own_pay,
        split.over_limit,
        split.pay_first,
        split.in_scope,
    ];
    let good = parts.iter().all(|p| !p.is_negative())
        && parts.iter().copied().sum::<Fen>() == charge.amount;
    good.then_some(split)
}

/// 2206 预结算: what would be paid. It changes nothing at the platform.
struct Presettle2206 {
    batch: BatchId,
    rest: Vec<Task>,
}

impl Step for Presettle2206 {
    fn begin(&self, w: &mut Writer<'_, '_>, caller: &Caller<'_>) -> Result<Pending> {
        let about = About::read(w, &caller.actor.clinic, &self.batch)?;
        alone(w, &about.visit.id)?;
        if about.batch.state.after(BatchEvent::Presettle).is_none() {
            return refuse(Code::WrongState);
        }
        let input: Data<settle::Presettle> = settle::Presettle {
            psn_no: about.coverage.person_number.clone(),
            mdtrt_cert_type: about.visit.certificate.as_str().to_owned(),
            mdtrt_cert_no: certificate_number(w, caller.app, &about.visit)?,
            med_type: med_type(&about, caller)?,
            medfee_sumamt: about.batch.total.into(),
            psn_setlway: "01".to_owned(),
            mdtrt_id: about.platform_visit.clone(),
            chrg_bchno: about.batch.number.clone(),
            acct_used_flag: account_flag(&about, caller),
            insutype: about.coverage.scheme.clone(),
        }
        .into();
        caller.issue::<T2206>(w, &about.subject(), input)
    }

    fn finish(
        &self,
        w: &mut Writer<'_, '_>,
        caller: &Caller<'_>,
        pending: &Pending,
        answer: &Answer,
    ) -> Result<Next> {
        let found = match caller.judge::<T2206>(w, pending, answer)? {
            Outcome::Success(found) => found,
            other => return Ok(Next::Stop(told(&other))),
        };
        if let Some(refusal) = clock_refuses(w, caller, &found) {
            return Ok(Next::Stop(refusal));
        }
        let about = About::read(w, &caller.actor.clinic, &self.batch)?;
        let Some(amounts) = read_amounts(caller, &found.output, &about.batch) else {
            return Ok(Next::Stop(Refusal::new(Code::CentreUnknown)));
        };
        let shares = Shares {
            fund: amounts.fund,
            account: amounts.account,
            cash: amounts.cash,
        };
        let moved = BatchMoved {
            shares: Some(shares),
            ..about.moved(BatchEvent::Presettle, pending)
        };
        about.record(w, moved)?;
        Ok(next(&self.rest))
    }
}

fn clock_refuses<T>(
    w: &Writer<'_, '_>,
    caller: &Caller<'_>,
    found: &Success<T>,
) -> Option<Refusal> {
    let limit = caller.setup.gateway.region.clock_skew_limit_seconds;
    let off = skew(w.who.now, found.respond_time?, limit);
    clock_refusal(off, limit).filter(|refusal| refusal.code == Code::ClockTooFar)
}

/// Amounts that balance and are of this batch's sum.
fn read_amounts(caller: &Caller<'_>, found: &settle::Settlement, batch: &Batch) -> Option<Amounts> {
    let region = &caller.setup.gateway.region;
    amounts_of_reply(found, region).filter(|a| a.total == batch.total)
}

/// 2207 结算: money moves. The intent is committed before the bytes leave.
struct Settle2207 {
    batch: BatchId,
    seen: Option<Fen>,
    method: Option<Method>,
    rest: Vec<Task>,
}

impl Step for Settle2207 {
    fn begin(&self, w: &mut Writer<'_, '_>, caller: &Caller<'_>) -> Result<Pending> {
        let about = About::read(w, &caller.actor.clinic, &self.batch)?;
        if about.batch.state != BatchState::Presettled {
            return refuse(Code::WrongState);
        }
        if self.seen.is_some_and(|seen| seen != about.batch.cash) {
            return Err(super::share_changed(&about.batch, self.seen).into());
        }
        let charges = about.charges(w)?;
        let sum = |part: fn(&Charge) -> Fen| charges.iter().map(part).sum::<Fen>().into();
        let data = settle::Settle {
            psn_no: about.coverage.person_number.clone(),
            mdtrt_cert_type: about.visit.certificate.as_str().to_owned(),
            mdtrt_cert_no: certificate_number(w, caller.app, &about.visit)?,
            med_type: med_type(&about, caller)?,
            medfee_sumamt: about.batch.total.into(),
            psn_setlway: "01".to_owned(),
            mdtrt_id: about.platform_visit.clone(),
            chrg_bchno: about.batch.number.clone(),
            insutype: about.coverage.scheme.clone(),
            acct_used_flag: account_flag(&about, caller),
            invono: String::new(),
            fulamt_ownpay_amt: sum(|c| c.own_pay),
            overlmt_selfpay: sum(|c| c.over_limit),
            preselfpay_amt: sum(|c| c.pay_first),
            inscp_scp_amt: sum(|c| c.in_scope),
        };
        let traced = caller.setup.gateway.region.send_trace_codes;
        let drug_trac_info = if traced {
            trace_codes(caller.app.catalogue(), &charges)
        } else {
            Vec::new()
        };
        let input = settle::SettleInput {
            data,
            drug_trac_info,
        };
        let pending = caller.issue::<T2207>(w, &about.subject(), input)?;
        about.request(w, BatchEvent::Request, &pending)?;
        Ok(pending)
    }

    fn finish(
        &self,
        w: &mut Writer<'_, '_>,
        caller: &Caller<'_>,
        pending: &Pending,
        answer: &Answer,
    ) -> Result<Next> {
        let outcome = caller.judge::<T2207>(w, pending, answer)?;
        let about = About::read(w, &caller.actor.clinic, &self.batch)?;
        let amounts = match &outcome {
            Outcome::Success(found) => read_amounts(caller, &found.output, &about.batch),
            _ => None,
        };
        match (outcome, amounts) {
            (Outcome::Success(found), Some(amounts)) => {
                let by = (pending.id.as_str(), self.method);
                settled(w, &about, by, &found.output.setlinfo, &amounts)?;
                Ok(next(&self.rest))
            }
            (other, _) => {
                let event = match &other {
                    // infcode 0 whose money is not this batch's: evidence, but of what is not known.
                    Outcome::Success(_) | Outcome::Unknown(_) => BatchEvent::Lose,
                    // A lost one before it may have been done: the second of two is refused.
                    Outcome::Refused(_)
                        if earlier_is_lost(
                            w,
                            &about.batch,
                            pending.infno,
                            pending.id.as_str(),
                        )? =>
                    {
                        BatchEvent::Lose
                    }
                    Outcome::Refused(_) => BatchEvent::Refuse,
                    Outcome::NotSent { .. } => BatchEvent::NotSent,
                };
                about.record(w, about.moved(event, pending))?;
                Ok(Next::Stop(told(&other)))
            }
        }
    }
}

/// `drug_trac_info`: a row a code.
fn trace_codes(catalogue: &Catalogue, charges: &[Charge]) -> Vec<settle::DrugTrac> {
    let rows = |c: &Charge| {
        let id = c.id.0.clone();
        let unit = c.unit.clone();
        let split = is_split(catalogue, c);
        let codes = c.trace_codes.split(',').filter(|code| !code.is_empty());
        let row = |code: &str| settle::DrugTrac {
            feedetl_sn: id.clone(),
            drug_trac_codg: code.to_owned(),
            trdn_flag: if split { "1" } else { "0" }.to_owned(),
            min_prcunt_type: unit.clone(),
        };
        codes.map(row).collect::<Vec<_>>()
    };
    charges.iter().flat_map(rows).collect()
}

/// Records that a batch is settled, by the 2207 with that msgid. How the patient pays; nothing where
/// it was found out later: then it is left to be collected.
pub(crate) fn settled(
    w: &mut Writer<'_, '_>,
    about: &About,
    (message, method): (&str, Option<Method>),
    info: &settle::SetlInfo,
    amounts: &Amounts,
) -> Result<()> {
    let mut row = settlement_row(w, &about.batch, amounts, SettlementKind::Settlement);
    row.platform_settlement.clone_from(&info.setl_id);
    row.scheme = Some(about.coverage.scheme.clone());
    row.clearing_type.clone_from(&info.clr_type);
    row.clearing_office.clone_from(&info.clr_optins);
    message.clone_into(&mut row.message);
    row.settled_at = parse_date_time(&info.setl_time).unwrap_or(w.who.now);
    let charges = about.charges(w)?;
    let made = SettlementMade {
        from: about.batch.state,
        event: BatchEvent::Settle,
        settlement: Box::new(row),
        line_funds: shared_out(&charges, amounts.fund),
        payment: method.and_then(|method| taken(w, &about.visit, amounts.cash, method)),
    };
    w.record(made, Some(&about.visit.patient), None)?;
    super::forget_if_settled(w, &about.visit)
}

/// 分摊: the engine's lines where they sum to the platform's fund, else by what is in scope.
fn shared_out(charges: &[Charge], fund: Fen) -> Vec<(ChargeId, Fen)> {
    let ours: Fen = charges.iter().map(|c| c.fund).sum();
    if ours == fund {
        return Vec::new();
    }
    let weights: Vec<i64> = charges.iter().map(|c| c.in_scope.0).collect();
    let parts = apportion(fund, &weights);
    charges
        .iter()
        .zip(parts)
        .map(|(c, part)| (c.id.clone(), part))
        .collect()
}
