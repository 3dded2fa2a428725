//! The evening: nothing goes wrong any more, and everything must come to its end.

use cunyi_app::AppError;
use cunyi_app::views::{BatchView, NextLook};
use cunyi_domain::batch::BatchState;
use cunyi_domain::ids::VisitId;
use cunyi_domain::ledger::{Method, Payer, VisitState};
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_domain::time::Moment;

use crate::audit;
use crate::day::{Day, REASON};
use crate::world::told;

/// The demonstration region's bound, and more.
const BEYOND: i64 = 700;
/// A 2205 that was lost and sent again came late and cleared the details that stood by then. The
/// platform refuses the batch; the doctor drops it.
const CLEARED: &str = "没有费用明细";
/// Rounds of the evening; the longest pause between two looks is half an hour.
const ROUNDS: usize = 8;

impl Day<'_> {
    /// Time passes beyond every bound; then nothing is lost any more, and each visit can be ended.
    /// Answers how many batches a person must decide.
    pub(crate) fn evening(&self) -> Result<u64, String> {
        self.wire.pass(BEYOND);
        for _ in 0..ROUNDS {
            self.app().resolve_due().map_err(told)?;
            self.app().settle_deferred().map_err(told)?;
            self.wire.pass(BEYOND);
        }
        let mut left = 0;
        for visit in audit::visits(self.app().store(), &self.doctor().clinic)? {
            let view = self.view(&visit).map_err(told)?;
            let flying = view.batches.iter().filter(|b| b.state.in_flight());
            let decide = |b: &&BatchView| {
                let next = b.lost.as_ref().map(|lost| lost.next);
                !self.plan.queries && next == Some(NextLook::Person)
            };
            let (person, stuck): (Vec<_>, Vec<_>) = flying.partition(decide);
            if let Some(batch) = stuck.first() {
                let looks = batch.lost.as_ref().map(|l| &l.looks);
                return Err(format!("{} stays {}: {looks:?}", batch.number, batch.state));
            }
            if person.is_empty() {
                self.end(&visit)
                    .map_err(|what| format!("visit {}: {what}", view.number))?;
            }
            left += person.len() as u64;
        }
        if left == 0 {
            self.close()?;
        }
        Ok(left)
    }

    /// The money is counted, as the auditor adds it up, and the centre is asked, for each day that the clinic
    /// was open on: all three agree.
    fn close(&self) -> Result<(), String> {
        let (app, doctor) = (self.app(), self.doctor());
        let mut day = Moment(self.template.morning.0 + self.plan.begins * 1_000_000).date();
        while day <= app.now().date() {
            let (cash, qr) = audit::taken(app.store(), day)?;
            app.count_till(doctor, day, cash, qr).map_err(told)?;
            app.reconcile(doctor, day).map_err(told)?;
            let view = app.reconciliation(doctor, day).map_err(told)?;
            if !view.reconciled.green() {
                let differences = &view.reconciled.differences;
                return Err(format!("{day} is not green: {differences:?}"));
            }
            day = day.tomorrow().map_err(told)?;
        }
        Ok(())
    }

    /// What is open is paid and handed over; what has not begun is cancelled. Nothing of it may be
    /// refused.
    fn end(&self, visit: &VisitId) -> Result<(), String> {
        match self.pay(visit) {
            Err(what) if what.contains(CLEARED) => {
                let view = self.view(visit).map_err(told)?;
                for batch in view.batches {
                    let open = batch.state.is_live() && batch.state != BatchState::Settled;
                    if open && batch.payer == Payer::Insured {
                        let dropped = if view.state == VisitState::Done {
                            self.app().own_pay(self.doctor(), &batch.id)
                        } else {
                            self.app().drop_batch(self.doctor(), &batch.id, REASON)
                        };
                        dropped.map_err(|error| format!("dropping: {error}"))?;
                    }
                }
                self.pay(visit)
            }
            other => other,
        }
    }

    fn pay(&self, visit: &VisitId) -> Result<(), String> {
        let (app, doctor) = (self.app(), self.doctor());
        let even_out = |visit| {
            let evened = self.even_out(visit, Method::Cash);
            evened.map_err(|error| format!("evening out: {error}"))
        };
        even_out(visit)?;
        let view = self.view(visit).map_err(told)?;
        let done = view.state == VisitState::Done;
        if done && !view.batches.iter().any(|b| b.state.is_unsettled()) {
            return Ok(());
        }
        let live: Vec<_> = view.batches.iter().filter(|b| b.state.is_live()).collect();
        if view.state == VisitState::Cancelled || live.is_empty() {
            let cancelled = app.move_visit(doctor, visit, VisitState::Cancelled);
            return cancelled.map_err(|error| format!("cancelling: {error}"));
        }
        let told = |what: &str, error: &AppError| {
            let now = self.view(visit).map(|view| {
                let batches = view.batches.into_iter();
                batches.map(|b| (b.state, b.said)).collect::<Vec<_>>()
            });
            format!("{what}: {error:?}; {now:?}")
        };
        let unpaid = |payer: Payer| {
            let mut all = live.iter().filter(|b| b.state != BatchState::Settled);
            all.any(|b| b.payer == payer)
        };
        if unpaid(Payer::Insured) {
            app.presettle(doctor, visit)
                .map_err(|error| told("试算", &error))?;
        }
        for _ in 0..3 {
            match self.settle(self.doctor(), visit) {
                Ok(()) => break,
                // Confirmed once more, with what is shown now.
                Err(AppError::Refused(Refusal {
                    code: Code::ShareChanged,
                    ..
                })) => {}
                Err(AppError::Refused(_)) if !unpaid(Payer::Insured) && !unpaid(Payer::SelfPay) => {
                    break;
                }
                Err(error) => return Err(told("结算", &error)),
            }
        }
        even_out(visit)?;
        if done {
            return Ok(());
        }
        app.hand_over(doctor, visit)
            .map_err(|error| told("发药", &error))
    }
}
