//! The evening: nothing goes wrong any more, and everything must come to its end.

use cunyi_app::views::{BatchView, NextLook, ReconcileView};
use cunyi_app::{Actor, AppError};
use cunyi_domain::batch::BatchState;
use cunyi_domain::ids::VisitId;
use cunyi_domain::ledger::{Method, Payer, VisitState};
use cunyi_domain::reconcile::{Money, Sums};
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_domain::time::Moment;
use cunyi_domain::time::civil::Date;

use crate::audit;
use crate::day::{Day, REASON};
use crate::plan::CLINICS;
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
        for [doctor, _] in &self.staff().doctors {
            for visit in audit::visits(self.app().store(), &doctor.clinic)? {
                left += self.finish(doctor, &visit)?;
            }
        }
        if left == 0 {
            self.close()?;
        }
        Ok(left)
    }

    /// A visit's; how many of its batches a person must decide.
    fn finish(&self, doctor: &Actor, visit: &VisitId) -> Result<u64, String> {
        let view = self.view(doctor, visit).map_err(told)?;
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
            self.end(doctor, visit)
                .map_err(|what| format!("visit {}: {what}", view.number))?;
        }
        Ok(person.len() as u64)
    }

    /// The money is counted, as the auditor adds it up, and the centre is asked, once for the code, for each day
    /// that it was open on: all three agree, at each clinic and for all together.
    fn close(&self) -> Result<(), String> {
        let (app, staff) = (self.app(), self.staff());
        let mut sums = vec![Sums::default(); staff.doctors.len()];
        let mut day = Moment(self.template.morning.0 + self.plan.begins * 1_000_000).date();
        while day <= app.now().date() {
            for [doctor, _] in &staff.doctors {
                let (cash, qr) = audit::taken(app.store(), &doctor.clinic, day)?;
                app.count_till(doctor, day, cash, qr).map_err(told)?;
            }
            app.reconcile(&staff.answers, day).map_err(told)?;
            for (place, [doctor, _]) in staff.doctors.iter().enumerate() {
                let own = self.green(doctor, day)?.reconciled.clinic;
                sums[place] = added(sums[place], own);
            }
            if self.plan.three {
                self.whole(day)?;
            }
            day = day.tomorrow().map_err(told)?;
        }
        for (own, [doctor, _]) in sums.iter().zip(&staff.doctors) {
            let audited = audit::insured(app.store(), &doctor.clinic)?;
            if *own != audited {
                return Err(format!("reconciled {own:?}, audited {audited:?}"));
            }
        }
        Ok(())
    }

    fn green(&self, by: &Actor, day: Date) -> Result<ReconcileView, String> {
        let view = self.app().reconciliation(by, day).map_err(told)?;
        if view.reconciled.green() {
            return Ok(view);
        }
        let differences = &view.reconciled.differences;
        Err(format!("{day} is not green: {differences:?}"))
    }

    /// What the township sees of a day is the sum of what its clinics see.
    fn whole(&self, day: Date) -> Result<(), String> {
        let view = self.green(&self.staff().answers, day)?;
        let parts = view.parts.iter().map(|part| part.sums);
        let sum = parts.fold(Sums::default(), added);
        let whole = view.reconciled.clinic;
        if view.parts.len() != CLINICS || sum != whole || view.reconciled.centre != Some(whole) {
            let parts = &view.parts;
            return Err(format!("{day}: {whole:?} of {parts:?}"));
        }
        Ok(())
    }

    /// What is open is paid and handed over; what has not begun is cancelled. Nothing of it may be
    /// refused.
    fn end(&self, doctor: &Actor, visit: &VisitId) -> Result<(), String> {
        match self.pay(doctor, visit) {
            Err(what) if what.contains(CLEARED) => {
                let view = self.view(doctor, visit).map_err(told)?;
                for batch in view.batches {
                    let open = batch.state.is_live() && batch.state != BatchState::Settled;
                    if open && batch.payer == Payer::Insured {
                        let dropped = if view.state == VisitState::Done {
                            self.app().own_pay(doctor, &batch.id)
                        } else {
                            self.app().drop_batch(doctor, &batch.id, REASON)
                        };
                        dropped.map_err(|error| format!("dropping: {error}"))?;
                    }
                }
                self.pay(doctor, visit)
            }
            other => other,
        }
    }

    fn pay(&self, doctor: &Actor, visit: &VisitId) -> Result<(), String> {
        let app = self.app();
        let even_out = |visit| {
            let evened = self.even_out(doctor, visit, Method::Cash);
            evened.map_err(|error| format!("evening out: {error}"))
        };
        even_out(visit)?;
        let view = self.view(doctor, visit).map_err(told)?;
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
            let now = self.view(doctor, visit).map(|view| {
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
            match self.settle(doctor, visit) {
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

fn added(a: Sums, b: Sums) -> Sums {
    Sums {
        money: Money {
            total: a.money.total + b.money.total,
            fund: a.money.fund + b.money.fund,
            account: a.money.account + b.money.account,
        },
        count: a.count + b.count,
    }
}
