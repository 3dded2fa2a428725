//! The evening: nothing goes wrong any more, and everything must come to its end.

use std::sync::atomic::Ordering;

use cunyi_app::views::{BatchView, DifferenceView, NextLook, ReconcileView};
use cunyi_app::{Actor, AppError};
use cunyi_domain::batch::BatchState;
use cunyi_domain::ids::VisitId;
use cunyi_domain::ledger::{Method, Payer, VisitState};
use cunyi_domain::money::Fen;
use cunyi_domain::reconcile::{Action, Difference, Money, Sums};
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
/// How a difference was settled that only a person can.
const HOW: &str = "问过经办机构";
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
        if !self.plan.queries {
            // What is lost may stand in the centre's lists.
            for day in self.days()? {
                self.app()
                    .reconcile(&self.staff().answers, day)
                    .map_err(told)?;
            }
        }
        let mut left = 0;
        for [doctor, _] in &self.staff().doctors {
            for visit in audit::visits(self.app().store(), &doctor.clinic)? {
                left += self.finish(doctor, &visit)?;
            }
        }
        if left == 0 {
            self.close()?;
        } else {
            self.mend_apart()?;
        }
        Ok(left)
    }

    /// The days that the clinic was open on.
    fn days(&self) -> Result<Vec<Date>, String> {
        let mut day = Moment(self.template.morning.0 + self.plan.begins * 1_000_000).date();
        let mut days = Vec::new();
        while day <= self.app().now().date() {
            days.push(day);
            day = day.tomorrow().map_err(told)?;
        }
        Ok(days)
    }

    /// While a person has something to decide no page is green; what the office did is mended all the same.
    fn mend_apart(&self) -> Result<(), String> {
        for day in self.days()? {
            self.app()
                .reconcile(&self.staff().answers, day)
                .map_err(told)?;
            self.mend_lines(day, |action| {
                matches!(action, Action::RefundHere | Action::VoidHere)
            })?;
        }
        self.even_all_out()
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
    /// that it was open on. What differs is mended from the page; then all three agree, at each clinic and for
    /// all together.
    fn close(&self) -> Result<(), String> {
        let (app, staff) = (self.app(), self.staff());
        let mut sums = vec![Sums::default(); staff.doctors.len()];
        let mut apart = vec![Money::default(); staff.doctors.len()];
        for day in self.days()? {
            self.agree(day)?;
            for (place, [doctor, _]) in staff.doctors.iter().enumerate() {
                let green = self.green(doctor, day)?.reconciled;
                let centre = green
                    .centre
                    .ok_or_else(|| format!("{day}: nothing of the centre"))?;
                sums[place] = added(sums[place], green.clinic);
                apart[place] = more(apart[place], green.clinic.money, centre.money);
            }
            if self.plan.three {
                self.whole(day)?;
            }
        }
        for (place, [doctor, _]) in staff.doctors.iter().enumerate() {
            let own = (sums[place], apart[place]);
            let store = app.store();
            let audited = audit::insured(store, &doctor.clinic)?;
            let audited = (audited, audit::written_off(store, &doctor.clinic)?);
            if own != audited {
                return Err(format!("reconciled {own:?}, audited {audited:?}"));
            }
        }
        Ok(())
    }

    /// Counts, asks and mends until nothing differs. Nothing that the page offers may be refused.
    fn agree(&self, day: Date) -> Result<(), String> {
        let mut wrong = Fen(self.plan.miscounted);
        for _ in 0..ROUNDS {
            self.count(day, wrong)?;
            self.app()
                .reconcile(&self.staff().answers, day)
                .map_err(told)?;
            if self.mend_lines(day, |_| true)? {
                self.even_all_out()?;
                continue;
            }
            self.mend_cash(day, wrong)?;
            if wrong <= Fen::ZERO {
                return Ok(());
            }
            wrong = Fen::ZERO;
        }
        Err(format!("{day} still differs"))
    }

    fn even_all_out(&self) -> Result<(), String> {
        for [doctor, _] in &self.staff().doctors {
            for visit in audit::visits(self.app().store(), &doctor.clinic)? {
                let evened = self.even_out(doctor, &visit, Method::Cash);
                evened.map_err(|error| format!("evening out: {error}"))?;
            }
        }
        Ok(())
    }

    /// Every clinic counts what the auditor adds up; the first is wrong by so much.
    fn count(&self, day: Date, wrong: Fen) -> Result<(), String> {
        for (place, [doctor, _]) in self.staff().doctors.iter().enumerate() {
            let (cash, qr) = audit::taken(self.app().store(), &doctor.clinic, day)?;
            let cash = if place == 0 { cash + wrong } else { cash };
            self.app().count_till(doctor, day, cash, qr).map_err(told)?;
        }
        Ok(())
    }

    /// Mends what differs but for the money that was counted, and answers whether anything did.
    fn mend_lines(&self, day: Date, which: fn(Action) -> bool) -> Result<bool, String> {
        let before = self.mended.load(Ordering::SeqCst);
        for [doctor, _] in &self.staff().doctors {
            let of_line = |d: &DifferenceView| {
                let of_cash = matches!(d.difference, Difference::Cash(_));
                !of_cash && which(d.difference.action())
            };
            let open = || -> Result<Option<DifferenceView>, String> {
                let looked = self.app().reconciliation(doctor, day).map_err(told)?;
                Ok(looked.differences.into_iter().find(of_line))
            };
            while let Some(found) = open()? {
                self.mend(doctor, day, &found)?;
                if open()?.as_ref() == Some(&found) {
                    return Err(format!("{:?} is mended and stays", found.difference));
                }
            }
        }
        Ok(self.mended.load(Ordering::SeqCst) > before)
    }

    fn mend(&self, doctor: &Actor, day: Date, found: &DifferenceView) -> Result<(), String> {
        let done = self.app().mend(doctor, day, &found.key, HOW);
        self.mended.fetch_add(1, Ordering::SeqCst);
        done.map_err(|error| format!("mending {:?}: {error}", found.difference))
    }

    /// What the first clinic counted wrong is found to the fen. Too little stays so.
    fn mend_cash(&self, day: Date, wrong: Fen) -> Result<(), String> {
        for (place, [doctor, _]) in self.staff().doctors.iter().enumerate() {
            let found = self
                .app()
                .reconciliation(doctor, day)
                .map_err(told)?
                .differences;
            let by = |d: &DifferenceView| match d.difference {
                Difference::Cash(drawer) => drawer.counted.map(|there| there - drawer.expected),
                _ => None,
            };
            let wrong = (place == 0 && wrong != Fen::ZERO).then_some(wrong);
            if found.iter().map(by).ne(wrong.map(Some)) {
                return Err(format!(
                    "{day}: counted wrong by {wrong:?}, found {found:?}"
                ));
            }
            let short = wrong.is_some_and(Fen::is_negative);
            if let Some(found) = found.first().filter(|_| short) {
                self.mend(doctor, day, found)?;
            }
        }
        Ok(())
    }

    /// What a doctor can mend before the evening has come, as far as the line lets her.
    pub(crate) fn mend_today(&self) -> cunyi_app::Result<()> {
        let (app, staff) = (self.app(), self.staff());
        let day = app.now().date();
        app.reconcile(&staff.answers, day)?;
        let mut done = Ok(());
        for [doctor, _] in &staff.doctors {
            for one in app.reconciliation(doctor, day)?.differences {
                use Action::{Adopt, AskAgain, RefundHere, Resolve};
                if !matches!(
                    one.difference.action(),
                    Adopt | AskAgain | RefundHere | Resolve
                ) {
                    continue;
                }
                match app.mend(doctor, day, &one.key, "") {
                    Err(AppError::Failed(text)) => return Err(AppError::Failed(text)),
                    Err(refused) => done = Err(refused),
                    Ok(()) => {
                        self.mended.fetch_add(1, Ordering::SeqCst);
                    }
                }
            }
        }
        done
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
        let here = all(view.parts.iter().map(|part| Some(part.sums)));
        let there = all(view.parts.iter().map(|part| part.centre));
        let whole = &view.reconciled;
        let agree = here == Some(whole.clinic) && there == whole.centre && there.is_some();
        if view.parts.len() != CLINICS || !agree {
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

/// The sum of all; none where one is missing.
fn all(mut parts: impl Iterator<Item = Option<Sums>>) -> Option<Sums> {
    parts.try_fold(Sums::default(), |sum, part| Some(added(sum, part?)))
}

fn more(sum: Money, here: Money, there: Money) -> Money {
    Money {
        total: sum.total + here.total - there.total,
        fund: sum.fund + here.fund - there.fund,
        account: sum.account + here.account - there.account,
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
