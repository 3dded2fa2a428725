//! 个人账户: it pays her part first, unless she keeps it. What the centre computed under one choice is not confirmed
//! under another: it is asked again.

use cunyi_domain::batch::{BatchEvent, BatchState};
use cunyi_domain::fact::{AccountChosen, BatchMoved};
use cunyi_domain::ids::VisitId;
use cunyi_domain::ledger::{Batch, Coverage, Payer, Visit};
use cunyi_domain::money::Fen;
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_gateway::region::Region;
use cunyi_store::{Tx, query};

use crate::App;
use crate::error::{Result, refuse};
use crate::permission::Action;
use crate::step::alone;
use crate::views::{AccountView, Actor};
use crate::visit::coverage_of;

impl App {
    /// Whether her account pays what is not settled yet of a visit. What the centre has computed is asked anew;
    /// where it cannot be, the choice stands and the next pre-settlement follows it.
    pub fn keep_account(&self, actor: &Actor, visit: &VisitId, keeps: bool) -> Result<()> {
        actor.must(Action::Settle)?;
        let computed = self.write(actor, "keep_account", |w| {
            alone(w, visit)?;
            let row =
                query::visit(w.tx, &actor.clinic, visit)?.ok_or(Refusal::new(Code::NotFound))?;
            let batches = query::batches(w.tx, &actor.clinic, visit)?;
            let coverage = coverage_of(w.tx, &row)?;
            let choice = self.account_choice(w.tx, &row, &batches, coverage.as_ref())?;
            let Some(choice) = choice else {
                return refuse(Code::NoAccount);
            };
            if choice.keeps == keeps {
                return Ok(false);
            }
            let chosen = AccountChosen {
                visit: visit.clone(),
                keeps,
            };
            w.record(chosen, Some(&row.patient), None)?;
            let computed = |b: &&Batch| b.state == BatchState::Presettled;
            for batch in batches.iter().filter(computed) {
                let moved = BatchMoved::of(batch, BatchEvent::Reconsider);
                w.record(moved, Some(&row.patient), None)?;
            }
            Ok(batches.iter().any(|b| computed(&b)))
        })?;
        if computed {
            self.presettle(actor, visit)?;
        }
        Ok(())
    }

    /// What there is to choose: nothing where no account could pay, and nothing while something is on its way or when
    /// all is settled.
    pub(crate) fn account_choice(
        &self,
        tx: &mut Tx<'_>,
        visit: &Visit,
        batches: &[Batch],
        coverage: Option<&Coverage>,
    ) -> Result<Option<AccountView>> {
        let setup = self.setup_in(tx, &visit.clinic)?;
        let insured = |b: &Batch| b.payer == Payer::Insured && b.state.is_unsettled();
        let waits = batches.iter().any(insured);
        let flies = batches.iter().any(|b| b.state.in_flight());
        let holds = coverage.filter(|c| may_pay(&setup.gateway.region, c));
        Ok(holds
            .filter(|_| waits && !flies)
            .map(|coverage| AccountView {
                balance: coverage.account_balance,
                keeps: visit.keeps_account,
            }))
    }
}

/// True if a region lets an account pay and there is something in it.
pub(crate) fn may_pay(region: &Region, coverage: &Coverage) -> bool {
    region.account_pays && coverage.account_balance > Fen::ZERO
}
