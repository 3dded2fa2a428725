//! Clinics under one code stand in one file: what a doctor of another clinic tries with a visit is refused,
//! and changes nothing.

use std::sync::atomic::Ordering;

use cunyi_app::views::{BatchView, DraftBody, GiveBack, InsureForm, RefundForm, VisitView};
use cunyi_app::{Actor, AppError};
use cunyi_domain::ids::VisitId;
use cunyi_domain::ledger::{Goods, Method, VisitState};
use cunyi_domain::money::{Fen, Quantity};
use cunyi_domain::refusal::Code;

use crate::act::by_number;
use crate::audit;
use crate::day::{Day, REASON};
use crate::mutant::Mutant;
use crate::plan::{CLINICS, Op};

/// What was tried, and what came of it.
type Tried = (&'static str, cunyi_app::Result<()>);

impl Day<'_> {
    /// A doctor of the next clinic tries everything with a visit.
    pub(crate) fn trespass(&self, number: usize) -> Result<(), String> {
        let Some((visit, _)) = self.visit(number).filter(|_| self.plan.three) else {
            return Ok(());
        };
        let own = self.by(Op::Trespass(number), false);
        let next = (self.plan.clinic(number) + 1) % CLINICS;
        let mut stranger = self.staff().doctors[next][0].clone();
        if self.mutant == Some(Mutant::AnothersVisit) {
            stranger.clinic.clone_from(&own.clinic);
        }
        let view = self.view(own, &visit).map_err(|error| error.to_string())?;
        let written = || audit::written(self.app().store(), &stranger.user, &visit);
        let before = written()?;
        let mut tried = self.with_visit(&stranger, &visit, &view);
        if let Some((complaint, who)) = self.plan.patient(number) {
            let form = InsureForm {
                who: by_number(self.person(complaint, who)),
                scheme: String::new(),
            };
            tried.push(("insured", self.app().insure(&stranger, &visit, &form)));
        }
        for batch in &view.batches {
            tried.extend(self.with_batch(&stranger, batch, &view));
        }
        for (what, done) in tried {
            match done {
                Err(AppError::Refused(refusal)) if refusal.code == Code::NotFound => {}
                other => return Err(format!("{what} by a stranger: {other:?}")),
            }
            self.trespasses.fetch_add(1, Ordering::SeqCst);
        }
        let after = written()?;
        if before != after {
            return Err(format!("a stranger wrote: {before} before, {after} after"));
        }
        Ok(())
    }

    fn with_visit(&self, by: &Actor, visit: &VisitId, own: &VisitView) -> Vec<Tried> {
        let app = self.app();
        let shown: Vec<_> = own.batches.iter().map(|b| (b.id.clone(), b.cash)).collect();
        let draft = DraftBody::default();
        let cancelled = VisitState::Cancelled;
        vec![
            ("seen", app.visit(by, visit).map(drop)),
            ("registered", app.retry_registration(by, visit)),
            ("switched", app.switch_to_self_pay(by, visit)),
            ("frozen", app.freeze(by, visit, own.draft_version, &draft)),
            ("tried", app.presettle(by, visit)),
            ("settled", app.settle(by, visit, &shown, Method::Cash)),
            ("handed over", app.hand_over(by, visit)),
            (
                "handed over against a deposit",
                app.hand_over_against(by, visit, Fen(1), Method::Cash),
            ),
            ("evened out", app.even_out(by, visit, Fen(1), Method::Cash)),
            ("taken back", app.take_back(by, visit)),
            ("cancelled", app.move_visit(by, visit, cancelled)),
            ("resolved", app.resolve(by, visit)),
        ]
    }

    fn with_batch(&self, by: &Actor, batch: &BatchView, own: &VisitView) -> Vec<Tried> {
        let app = self.app();
        let lines = own.charges.iter();
        let one = Quantity::whole(1);
        let form = RefundForm {
            back: lines.map(|line| GiveBack::of(&line.id, one)).collect(),
            reason: REASON.to_owned(),
            certificate: String::new(),
        };
        let goods: Vec<_> = own
            .goods
            .iter()
            .map(|line| (line.charge.clone(), Goods::Quarantined))
            .collect();
        vec![
            ("paid back", app.reverse(by, &batch.id, REASON)),
            (
                "shown to be given back",
                app.refund(by, &batch.id, &form).map(drop),
            ),
            ("given back", app.reverse_part(by, &batch.id, &form)),
            ("dropped", app.drop_batch(by, &batch.id, REASON)),
            ("made own pay", app.own_pay(by, &batch.id)),
            ("decided", app.decide_goods(by, &batch.id, &goods, REASON)),
        ]
    }
}
