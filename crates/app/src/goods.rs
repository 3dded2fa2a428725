//! Goods after a refund: a second decision, for each line that was handed over and given back. They stay
//! with the patient unless somebody says otherwise: what was dispensed is not sold again. What came back
//! for its quality lies apart; what had in fact not left the counter is on hand again.
//!
//! What was only reserved needs no decision: it is free with the reversal.

use cunyi_domain::batch::BatchState;
use cunyi_domain::fact::GoodsDecided;
use cunyi_domain::ids::{BatchId, ChargeId, LotId, MoveId};
use cunyi_domain::ledger::{
    Batch, Charge, Goods, GoodsDecision, ItemKind, MoveKind, StockMove, Visit,
};
use cunyi_domain::money::Quantity;
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_store::{Tx, Writer, query};

use crate::App;
use crate::error::{Result, refuse};
use crate::permission::Action;
use crate::reverse::read_reason;
use crate::step::alone;
use crate::views::{Actor, DecidedView, GoodsView};

impl App {
    /// Says of lines of a reversed batch what became of their goods, each once.
    pub fn decide_goods(
        &self,
        actor: &Actor,
        batch: &BatchId,
        decisions: &[(ChargeId, Goods)],
        reason: &str,
    ) -> Result<()> {
        actor.must(Action::HandOver)?;
        let reason = read_reason(reason)?;
        self.write(actor, "decide_goods", |w| {
            let row = query::batch(w.tx, &actor.clinic, batch)?;
            let row = row.ok_or(Refusal::new(Code::NotFound))?;
            let visit = query::visit(w.tx, &actor.clinic, &row.visit)?;
            let visit = visit.ok_or(Refusal::new(Code::NotFound))?;
            alone(w, &visit.id)?;
            if decisions.is_empty() {
                return refuse(Code::WrongState);
            }
            for (line, decision) in decisions {
                let given = Given::read(w.tx, &visit)?;
                let back = given
                    .lines()
                    .find(|(c, _)| c.id == *line && c.batch == row.id);
                let (line, quantity) = back
                    .filter(|(line, _)| given.decided(line).is_none())
                    .ok_or(Refusal::new(Code::WrongState))?;
                let moves = given.moves(w, line, quantity, *decision);
                let decided = GoodsDecided {
                    visit: visit.id.clone(),
                    charge: line.id.clone(),
                    decision: *decision,
                    quantity,
                    moves,
                    reason: reason.clone(),
                };
                w.record(decided, Some(&visit.patient), None)?;
            }
            Ok(())
        })
    }
}

/// The lines of a visit whose goods were handed over and given back, and what became of them.
pub(crate) fn goods_views(
    tx: &mut Tx<'_>,
    visit: &Visit,
    batches: &[Batch],
) -> Result<Vec<GoodsView>> {
    if batches.iter().all(|b| b.state != BatchState::Reversed) {
        return Ok(Vec::new());
    }
    let given = Given::read(tx, visit)?;
    let view = |(line, quantity): (&Charge, Quantity)| GoodsView {
        charge: line.id.clone(),
        batch: line.batch.clone(),
        name: line.name.clone(),
        spec: line.spec.clone(),
        unit: line.unit.clone(),
        quantity,
        decided: given.decided(line).map(|row| DecidedView {
            decision: row.decision,
            reason: row.reason.clone(),
            at: row.decided_at,
        }),
    };
    Ok(given.lines().map(view).collect())
}

/// Of how many lines of a visit nobody has said what became of the goods.
pub(crate) fn undecided(tx: &mut Tx<'_>, visit: &Visit, batches: &[Batch]) -> Result<usize> {
    let mut goods = goods_views(tx, visit, batches)?;
    goods.retain(|g| g.decided.is_none());
    Ok(goods.len())
}

/// A visit's goods.
pub(crate) struct Given {
    pub(crate) charges: Vec<Charge>,
    reversed: Vec<BatchId>,
    moves: Vec<StockMove>,
    decisions: Vec<GoodsDecision>,
}

impl Given {
    pub(crate) fn read(tx: &mut Tx<'_>, visit: &Visit) -> Result<Self> {
        let (clinic, id) = (&visit.clinic, &visit.id);
        let batches = query::batches(tx, clinic, id)?;
        let reversed = batches
            .into_iter()
            .filter(|b| b.state == BatchState::Reversed);
        Ok(Self {
            reversed: reversed.map(|b| b.id).collect(),
            charges: query::charges(tx, clinic, id)?,
            moves: query::moves(tx, clinic, id)?,
            decisions: query::goods_decisions(tx, clinic, id)?,
        })
    }

    /// The lines whose goods are to be decided or were, with how much of each was given back.
    fn lines(&self) -> impl Iterator<Item = (&Charge, Quantity)> {
        let reversed = |c: &&Charge| c.kind == ItemKind::Drug && self.reversed.contains(&c.batch);
        let back = |c| Some((c, self.given_back(c))).filter(|(_, q)| *q > Quantity::ZERO);
        let handed = |(c, _): &(&Charge, Quantity)| self.handed(c).is_some();
        self.charges
            .iter()
            .filter(reversed)
            .filter_map(back)
            .filter(handed)
    }

    pub(crate) fn decided(&self, line: &Charge) -> Option<&GoodsDecision> {
        self.decisions.iter().find(|row| row.charge == line.id)
    }

    pub(crate) fn is_reversed(&self, line: &Charge) -> bool {
        self.reversed.contains(&line.batch)
    }

    /// What of a reversed line was not charged anew.
    fn given_back(&self, line: &Charge) -> Quantity {
        let rest = self
            .charges
            .iter()
            .filter(|c| c.rest_of.as_ref() == Some(&line.id));
        line.quantity - rest.map(|c| c.quantity).sum::<Quantity>()
    }

    /// The line with which a line's goods were handed over: itself, or the one it is the rest of.
    pub(crate) fn handed<'a>(&'a self, line: &'a Charge) -> Option<&'a Charge> {
        let left =
            |m: &StockMove| m.kind == MoveKind::HandedOver && m.charge.as_ref() == Some(&line.id);
        if self.moves.iter().any(left) {
            return Some(line);
        }
        let whole = self
            .charges
            .iter()
            .find(|c| Some(&c.id) == line.rest_of.as_ref())?;
        self.handed(whole)
    }

    /// What comes back of a line: of the lots it was handed over from, less what came back before of
    /// the same goods.
    fn moves(
        &self,
        w: &Writer<'_, '_>,
        line: &Charge,
        quantity: Quantity,
        decision: Goods,
    ) -> Vec<StockMove> {
        let (Some(kind), Some(handed)) = (decision.moves(), self.handed(line)) else {
            return Vec::new();
        };
        let of = |m: &&StockMove, whole: &Charge| {
            let mut lines = self.charges.iter();
            let own = lines.find(|c| Some(&c.id) == m.charge.as_ref());
            own.and_then(|own| self.handed(own)).map(|c| &c.id) == Some(&whole.id)
        };
        let mut lots: Vec<(LotId, Quantity)> = Vec::new();
        let mut all = Quantity::ZERO;
        for one in self.moves.iter().filter(|m| of(m, handed)) {
            let left = if one.kind == MoveKind::HandedOver {
                all += one.quantity;
                one.quantity
            } else {
                -one.quantity
            };
            match lots.iter_mut().find(|(lot, _)| *lot == one.lot) {
                Some((_, sum)) => *sum += left,
                None => lots.push((one.lot.clone(), left)),
            }
        }
        let units =
            i128::from(all.0) * i128::from(quantity.0) / i128::from(handed.quantity.0.max(1));
        let mut wanted = Quantity(i64::try_from(units).unwrap_or(0));
        let mut moves = Vec::new();
        for (lot, left) in lots {
            let part = left.min(wanted);
            if part > Quantity::ZERO {
                wanted -= part;
                moves.push(StockMove {
                    clinic: line.clinic.clone(),
                    id: MoveId::new(w.who.now, w.rng),
                    lot,
                    kind,
                    quantity: part,
                    charge: Some(line.id.clone()),
                    moved_at: w.who.now,
                });
            }
        }
        moves
    }
}
