//! Refund in part: no transaction knows it (nhsa-interface §5.4). The batch is reversed whole (2208),
//! and what is to stay is charged anew as a batch of its own under a new number: 2203, 2204, 2206, 2207.
//!
//! It cannot end half-way. What is to stay is committed with the intent of the 2208; whoever learns that
//! it was done (its answer, a look, a person) makes the new batch in the same transaction; its 2203 shares
//! that transaction too where the answer came. From then on it is a batch that is not settled: the program
//! goes on with it by itself (`settle/deferred.rs`), the page shows what a person can do, and what was
//! paid too much is held until it is settled.

mod rest;

use cunyi_domain::batch::BatchState;
use cunyi_domain::ids::{BatchId, ClinicId};
use cunyi_domain::ledger::{Batch, Certificate, Charge, Payer, RefundRest, Visit, VisitState};
use cunyi_domain::money::{Fen, Quantity};
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_store::{Tx, Writer, query};

use crate::App;
use crate::error::{Result, refuse, refuse_at};
use crate::evoucher::terminal_scans;
use crate::permission::Action;
use crate::register::{certificate_number, forget_certificate, has_certificate, keep_certificate};
use crate::reverse::{Wanted, in_time, read_reason};
use crate::settle::{About, Goal, Task, read_token};
use crate::step::alone;
use crate::views::{Actor, GiveBack, RefundEstimate, RefundForm, RefundView};
use crate::visit::{batch_view, charge_view};

pub(crate) use rest::charge_rest;

impl App {
    /// A settled batch of which a part is to be given back, and, once something is chosen, what that
    /// would give the patient by our estimate.
    pub fn refund(&self, actor: &Actor, batch: &BatchId, form: &RefundForm) -> Result<RefundView> {
        actor.must(Action::Settle)?;
        let db = self.parts.store.db();
        db.read("refund", |tx| self.refund_view(tx, actor, batch, form))
    }

    /// 退一部分: reverses a batch and charges anew what is not given back. Everything given back is a
    /// reversal.
    pub fn reverse_part(&self, actor: &Actor, batch: &BatchId, form: &RefundForm) -> Result<()> {
        actor.must(Action::Settle)?;
        let db = self.parts.store.db();
        let scans = terminal_scans(&*self.setup(&actor.clinic)?);
        let (visit, shown, mut wanted) = db.read("refund", |tx| -> Result<_> {
            let (found, visit) = refundable(tx, &actor.clinic, batch)?;
            let lines = lines(tx, &found)?;
            let wanted = wanted(tx, (&found, &visit), &lines, (form, scans))?;
            let shown = !wanted.rest.is_empty() && needs_certificate(tx, &found, &visit)?;
            Ok((visit, shown, wanted))
        })?;
        if shown {
            let text = (form.certificate.as_str(), "certificate");
            wanted.certificate = self.shown_again(actor, &visit, text)?;
        }
        self.pay_back(actor, wanted)
    }

    fn refund_view(
        &self,
        tx: &mut Tx<'_>,
        actor: &Actor,
        batch: &BatchId,
        form: &RefundForm,
    ) -> Result<RefundView> {
        let (found, visit) = refundable(tx, &actor.clinic, batch)?;
        let setup = self.setup_in(tx, &actor.clinic)?;
        in_time(tx, &setup, &found, self.now())?;
        let lines = lines(tx, &found)?;
        let estimate = if *form == RefundForm::default() {
            None
        } else {
            let scans = terminal_scans(&*self.setup_in(tx, &actor.clinic)?);
            let wanted = wanted(tx, (&found, &visit), &lines, (form, scans))?;
            Some(self.refund_estimate(tx, &found, &visit, (&lines, &wanted.rest))?)
        };
        let registrations = query::registrations(tx, &actor.clinic, &visit.id)?;
        let settlements = query::settlements(tx, &actor.clinic, &visit.id)?;
        let batches = [found];
        let [found] = &batches;
        Ok(RefundView {
            certificate: needs_certificate(tx, found, &visit)?.then_some(visit.certificate),
            batch: batch_view(found, &registrations, &settlements),
            lines: lines.iter().map(|c| charge_view(c, &batches)).collect(),
            visit: visit.id,
            number: visit.number,
            estimate,
        })
    }

    fn refund_estimate(
        &self,
        tx: &mut Tx<'_>,
        batch: &Batch,
        visit: &Visit,
        (lines, rest): (&[Charge], &[RefundRest]),
    ) -> Result<RefundEstimate> {
        let left = rest::rest_lines(lines, rest)?;
        let total: Fen = left.iter().map(|c| c.amount).sum();
        let nobody = batch.payer == Payer::SelfPay || left.is_empty();
        let (fund, account) = if nobody {
            (Some(Fen::ZERO), Fen::ZERO)
        } else {
            let expected = self.expect_rest(tx, visit, (batch, &left), true)?;
            let settled = expected.map(|e| e.settled);
            (
                settled.as_ref().map(|s| s.fund),
                settled.map_or(Fen::ZERO, |s| s.account),
            )
        };
        let cash = fund.map(|fund| total - fund - account);
        Ok(RefundEstimate {
            back: batch.total - total,
            total,
            fund,
            cash,
            returned: cash.map(|cash| batch.cash - cash),
        })
    }
}

/// What a form wants, if it can be done.
fn wanted(
    tx: &mut Tx<'_>,
    (batch, visit): (&Batch, &Visit),
    lines: &[Charge],
    (form, scans): (&RefundForm, bool),
) -> Result<Wanted> {
    let rest = rest_of(lines, &form.back)?;
    let reason = read_reason(&form.reason)?;
    let shown = !rest.is_empty() && needs_certificate(tx, batch, visit)?;
    let empty = form.certificate.trim().is_empty();
    // A terminal with a scanner of its own is asked when it is done.
    let later = scans && visit.certificate == Certificate::Voucher;
    if shown && empty && !later {
        return refuse_at(Code::VoucherGone, "certificate");
    }
    let certificate = if shown && !empty {
        read_token(&form.certificate, "certificate")?
    } else {
        String::new()
    };
    Ok(Wanted {
        batch: batch.id.clone(),
        reason,
        rest,
        certificate,
    })
}

/// A settled batch, if nothing else of its visit is still to be settled: what is charged anew is then
/// settled without anybody's looking at it again.
fn refundable(tx: &mut Tx<'_>, clinic: &ClinicId, id: &BatchId) -> Result<(Batch, Visit)> {
    let batch = query::batch(tx, clinic, id)?.ok_or(Refusal::new(Code::NotFound))?;
    let visit = query::visit(tx, clinic, &batch.visit)?;
    let visit = visit.ok_or(Refusal::new(Code::NotFound))?;
    let all = query::batches(tx, clinic, &visit.id)?;
    let mut live = all.iter().filter(|b| b.state.is_live());
    let quiet = live.all(|b| b.state == BatchState::Settled);
    let may = matches!(visit.state, VisitState::Seeing | VisitState::Done);
    if batch.state != BatchState::Settled || !quiet || !may {
        return refuse(Code::WrongState);
    }
    Ok((batch, visit))
}

/// The same when the 2208 is to be sent: nobody else is at work, and the certificate is there for what
/// is charged anew, so that it does not stop half-way.
pub(crate) fn may_be_charged_anew(
    w: &mut Writer<'_, '_>,
    app: &App,
    about: &About,
    certificate: &str,
) -> Result<()> {
    let visit = &about.visit;
    alone(w, &visit.id)?;
    refundable(w.tx, &visit.clinic, &about.batch.id)?;
    if !certificate.is_empty() {
        forget_certificate(w, &visit.id)?;
        keep_certificate(w, &visit.id, &visit.patient, certificate)?;
    }
    certificate_number(w, app, visit).map(drop)
}

/// What is done with a batch that was made of the rest: the share is what the centre says.
pub(crate) fn charge_anew(rest: &Batch) -> [Task; 2] {
    let id = &rest.id;
    [
        Task::Compute(id.clone(), Goal::Upload),
        Task::Settle(id.clone(), None, None),
    ]
}

pub(crate) fn lines(tx: &mut Tx<'_>, batch: &Batch) -> Result<Vec<Charge>> {
    let mut charges = query::charges(tx, &batch.clinic, &batch.visit)?;
    charges.retain(|c| c.batch == batch.id);
    Ok(charges)
}

/// True if a voucher or card is needed and not kept any more.
fn needs_certificate(tx: &mut Tx<'_>, batch: &Batch, visit: &Visit) -> Result<bool> {
    let wanted = batch.payer == Payer::Insured && visit.certificate.is_kept();
    Ok(wanted && !has_certificate(tx, visit)?)
}

/// What stays of a batch's lines. Refused where nothing is given back, or more than there is.
fn rest_of(lines: &[Charge], back: &[GiveBack]) -> Result<Vec<RefundRest>> {
    let known = |one: &GiveBack| lines.iter().any(|line| line.id == one.charge);
    if !back.iter().all(known) {
        return refuse(Code::NotFound);
    }
    if back.iter().all(|one| one.quantity == Quantity::ZERO) {
        return refuse_at(Code::NothingGivenBack, "back");
    }
    let mut rest = Vec::new();
    for (place, line) in lines.iter().enumerate() {
        let one = back.iter().find(|one| one.charge == line.id);
        let left = one.map_or(Ok(Some(whole(line))), |one| left_of(line, one));
        rest.extend(left.map_err(|r| r.with("line", place + 1))?);
    }
    Ok(rest)
}

/// All of a line.
pub(crate) fn whole(line: &Charge) -> RefundRest {
    RefundRest {
        clinic: line.clinic.clone(),
        charge: line.id.clone(),
        batch: line.batch.clone(),
        quantity: line.quantity,
        trace_codes: line.trace_codes.clone(),
    }
}

/// What stays of a line; nothing where all of it is given back.
fn left_of(line: &Charge, back: &GiveBack) -> std::result::Result<Option<RefundRest>, Refusal> {
    let left = line.quantity - back.quantity;
    let whole_units = back.quantity.0 % Quantity::whole(1).0 == 0;
    let good = back.quantity >= Quantity::ZERO && left >= Quantity::ZERO;
    if !good || left > Quantity::ZERO && !whole_units {
        let refusal = Refusal::at(Code::TooMuchGivenBack, "back").with("item", &line.name);
        return Err(refusal.with("most", line.quantity));
    }
    let back_codes: Vec<&str> = codes(&back.trace_codes).collect();
    let known = |code: &&str| codes(&line.trace_codes).any(|one| one == *code);
    if !back_codes.iter().all(known) {
        return Err(Refusal::at(Code::TraceCodeUnknown, "codes").with("item", &line.name));
    }
    let stays: Vec<&str> = codes(&line.trace_codes)
        .filter(|code| !back_codes.contains(code) || back.quantity == Quantity::ZERO)
        .collect();
    Ok((left > Quantity::ZERO).then(|| RefundRest {
        quantity: left,
        trace_codes: stays.join(","),
        ..whole(line)
    }))
}

/// Trace codes one by one, however they were separated.
fn codes(text: &str) -> impl Iterator<Item = &str> {
    let separators = |c: char| c.is_whitespace() || c == ',' || c == '，';
    text.split(separators).filter(|code| !code.is_empty())
}
