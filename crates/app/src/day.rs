//! A day's list: visits, settlements, reversals, and their sums.

use cunyi_domain::ledger::{Settlement, SettlementKind};
use cunyi_domain::money::Fen;
use cunyi_domain::time::{Moment, civil::Date};
use cunyi_store::{Tx, query, reference};

use crate::App;
use crate::error::Result;
use crate::permission::Action;
use crate::queue::{MOST_ENTRIES, Marks};
use crate::views::{Actor, DayView, SettlementView};

impl App {
    /// A day's list; sums are settlements less reversals.
    pub fn today(&self, actor: &Actor, day: Date) -> Result<DayView> {
        actor.must(Action::SeeQueue)?;
        self.note_list(actor, "day")?;
        let (from, to) = (Moment::start_of(day), Moment::end_of(day));
        self.parts.store.db().read("today", |tx| {
            let mut view = DayView {
                uploads: self.open_uploads(tx, &actor.clinic)?,
                ..DayView::default()
            };
            let marks = Marks::read(tx, &actor.clinic, self.now())?;
            for visit in query::visits_between(tx, &actor.clinic, from, to, MOST_ENTRIES)? {
                view.visits.push(self.entry(tx, actor, visit, &marks)?);
            }
            for settlement in query::settlements_between(tx, &actor.clinic, from, to, MOST_ENTRIES)?
            {
                let sign = if settlement.kind == SettlementKind::Reversal {
                    -1
                } else {
                    1
                };
                let signed = |fen: Fen| Fen(fen.0 * sign);
                view.total += signed(settlement.total);
                view.fund += signed(settlement.fund);
                view.account += signed(settlement.account);
                view.cash += signed(settlement.cash);
                view.settlements
                    .push(settlement_view(tx, actor, settlement)?);
            }
            Ok(view)
        })
    }
}

/// A settlement or reversal with the names around it.
pub(crate) fn settlement_view(
    tx: &mut Tx<'_>,
    actor: &Actor,
    row: Settlement,
) -> Result<SettlementView> {
    let clinic = &actor.clinic;
    let batch = query::batch(tx, clinic, &row.batch)?;
    let visit = query::visit(tx, clinic, &row.visit)?;
    let patient = match &visit {
        Some(visit) => query::patient(tx, clinic, &visit.patient)?,
        None => None,
    };
    let user = reference::user(tx, clinic, &row.actor)?;
    Ok(SettlementView {
        kind: row.kind,
        visit: row.visit,
        batch: row.batch,
        number: batch.as_ref().map(|b| b.number.clone()).unwrap_or_default(),
        name: patient.map(|p| p.name).unwrap_or_default(),
        at: row.settled_at,
        actor: user.map(|u| u.name).unwrap_or_default(),
        reason: row.reason,
        benefit: batch.map(|b| b.benefit).unwrap_or_default(),
        platform_settlement: row.platform_settlement,
        total: row.total,
        fund: row.fund,
        account: row.account,
        cash: row.cash,
    })
}
