//! Preparing and handing over: trace codes are kept with their line, stock leaves when everything
//! is paid, and the visit is done.

use cunyi_domain::batch::BatchState;
use cunyi_domain::fact::{HandedOver, TraceCodesScanned, VisitMoved};
use cunyi_domain::ids::{ChargeId, MoveId, VisitId};
use cunyi_domain::ledger::{ItemKind, MoveKind, Standing, StockMove, Visit, VisitState};
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_store::{Writer, query};

use crate::App;
use crate::error::{Result, refuse, refuse_at};
use crate::payment::standing;
use crate::permission::Action;
use crate::register::forget_certificate;
use crate::skin_test;
use crate::step::alone;
use crate::traced::must_be_unsold;
use crate::upload;
use crate::views::Actor;

/// Longest trace code (`drug_trac_codg` is AN(30); newer editions allow 100).
const LONGEST_CODE: usize = 100;
/// Most codes of a line.
const MOST_CODES: usize = 100;

impl App {
    /// Keeps the trace codes of a line, one a scan, before the fund pays. A code that another line has is
    /// refused.
    pub fn scan_trace(&self, actor: &Actor, charge: &ChargeId, codes: &str) -> Result<()> {
        actor.must(Action::HandOver)?;
        let separators = |c: char| c.is_whitespace() || c == ',' || c == '，';
        let list: Vec<&str> = codes.split(separators).filter(|c| !c.is_empty()).collect();
        let good =
            |c: &&str| c.len() <= LONGEST_CODE && c.bytes().all(|b| b.is_ascii_alphanumeric());
        let twice = (1..list.len()).any(|i| list[..i].contains(&list[i]));
        if list.is_empty() || list.len() > MOST_CODES || !list.iter().all(good) || twice {
            return refuse_at(Code::BadText, "trace_codes");
        }
        let codes = list.join(",");
        let who = self.who(actor);
        self.parts.store.write(&who, self.rng(), "scan_trace", |w| {
            let row =
                query::charge(w.tx, &actor.clinic, charge)?.ok_or(Refusal::new(Code::NotFound))?;
            let batch = query::batch(w.tx, &actor.clinic, &row.batch)?;
            let visit = query::visit(w.tx, &actor.clinic, &row.visit)?;
            let (Some(batch), Some(visit)) = (batch, visit) else {
                return refuse(Code::NotFound);
            };
            let open = matches!(
                batch.state,
                BatchState::Draft
                    | BatchState::Uploaded
                    | BatchState::Presettled
                    | BatchState::Refused
            );
            if row.kind != ItemKind::Drug || !open {
                return refuse(Code::WrongState);
            }
            for code in &list {
                must_be_unsold(w.tx, self.catalogue(), &row, code)?;
            }
            let scanned = TraceCodesScanned {
                charge: charge.clone(),
                codes,
            };
            Ok(w.record(scanned, Some(&visit.patient), None)?)
        })
    }

    /// Hands the drugs over and ends the visit: every batch settled or paid back, nothing in
    /// flight.
    pub fn hand_over(&self, actor: &Actor, visit: &VisitId) -> Result<()> {
        actor.must(Action::HandOver)?;
        let who = self.who(actor);
        self.parts.store.write(&who, self.rng(), "hand_over", |w| {
            alone(w, visit)?;
            let row =
                query::visit(w.tx, &actor.clinic, visit)?.ok_or(Refusal::new(Code::NotFound))?;
            let batches = query::batches(w.tx, &actor.clinic, visit)?;
            let live = batches.iter().filter(|b| b.state.is_live());
            let settled = live.clone().all(|b| b.state == BatchState::Settled);
            if row.state != VisitState::Seeing || live.count() == 0 || !settled {
                return refuse(Code::WrongState);
            }
            if let Standing::ToCollect(amount) = standing(&row, &batches) {
                return Err(Refusal::new(Code::ToCollect).with("amount", amount).into());
            }
            forget_certificate(w, visit)?;
            give(w, self, &row)
        })
    }
}

/// What is held for a visit leaves the cupboard, and the visit is done.
pub(crate) fn give(w: &mut Writer<'_, '_>, app: &App, visit: &Visit) -> Result<()> {
    let held = query::reservations(w.tx, &visit.clinic, &visit.id)?;
    if !held.is_empty() {
        let now = w.who.now;
        let moves = held.iter().map(|r| StockMove {
            clinic: r.clinic.clone(),
            id: MoveId::new(now, w.rng),
            lot: r.lot.clone(),
            kind: MoveKind::HandedOver,
            quantity: r.quantity,
            charge: Some(r.charge.clone()),
            moved_at: now,
        });
        let moves = moves.collect();
        let gone = HandedOver {
            visit: visit.id.clone(),
            reservations: held,
            moves,
        };
        w.record(gone, Some(&visit.patient), None)?;
    }
    if app.wants_record(w.tx, visit)? {
        upload::put(w, visit)?;
    }
    // What was awaited for a drug that she did not get is not read any more.
    skin_test::abandon(w, visit)?;
    let done = VisitMoved {
        visit: visit.id.clone(),
        from: visit.state,
        to: VisitState::Done,
    };
    Ok(w.record(done, Some(&visit.patient), None)?)
}
