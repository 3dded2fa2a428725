//! What comes into the cupboard, is promised, goes out and comes back.

use super::{About, set};
use crate::fact::{Body, GoodsDecided, Personal};
use crate::ledger::{GoodsDecision, Lot, MoveKind, Reservation, StockMove};
use crate::row::{Change, TableRow};

/// The row changes of a fact about stock.
pub(super) fn apply(about: &About, body: Body, personal: Option<Personal>) -> Vec<Change> {
    match body {
        Body::ReservationsReleased(b) => release(about, &b.reservations),
        Body::HandedOver(b) => hand_over(about, &b.reservations, b.moves),
        Body::GoodsDecided(b) => decided(about, b, personal),
        Body::StockReceived(b) => {
            let lots = b.lots.into_iter().map(Change::insert);
            lots.chain(b.moves.into_iter().map(Change::insert))
                .collect()
        }
        _ => vec![],
    }
}

pub(super) fn lot_change(
    about: &About,
    reservation: &Reservation,
    on_hand: i64,
    reserved: i64,
) -> Change {
    Change::Update {
        table: Lot::TABLE,
        set: vec![],
        add: vec![("on_hand", on_hand), ("reserved", reserved)],
        only: about.key("id", reservation.lot.clone()),
    }
}

/// The reservation goes first: if it is gone already, whoever is second is stale and moves nothing.
fn unreserve(about: &About, reservation: &Reservation) -> Change {
    let mut only = about.key("charge", reservation.charge.clone());
    only.push(set("lot", reservation.lot.clone()));
    Change::Remove {
        table: Reservation::TABLE,
        only,
    }
}

fn release(about: &About, reservations: &[Reservation]) -> Vec<Change> {
    let each = |r| [unreserve(about, r), lot_change(about, r, 0, -r.quantity.0)];
    reservations.iter().flat_map(each).collect()
}

fn hand_over(about: &About, held: &[Reservation], moves: Vec<StockMove>) -> Vec<Change> {
    let each = |r: &Reservation| {
        [
            unreserve(about, r),
            lot_change(about, r, -r.quantity.0, -r.quantity.0),
        ]
    };
    held.iter()
        .flat_map(each)
        .chain(moves.into_iter().map(Change::insert))
        .collect()
}

/// What comes back is on hand again, or lies apart.
fn decided(about: &About, body: GoodsDecided, personal: Option<Personal>) -> Vec<Change> {
    let reason = match personal {
        Some(Personal::Reason(reason)) => reason,
        _ => body.reason,
    };
    let row = Change::insert(GoodsDecision {
        clinic: about.clinic.clone(),
        charge: body.charge,
        visit: body.visit,
        decision: body.decision,
        quantity: body.quantity,
        reason,
        decided_at: about.occurred_at,
        actor: about.actor.clone(),
    });
    let each = |one: StockMove| {
        let column = match one.kind {
            MoveKind::Quarantined => "quarantined",
            _ => "on_hand",
        };
        let lot = Change::Update {
            table: Lot::TABLE,
            set: vec![],
            add: vec![(column, one.quantity.0)],
            only: about.key("id", one.lot.clone()),
        };
        [lot, Change::insert(one)]
    };
    std::iter::once(row)
        .chain(body.moves.into_iter().flat_map(each))
        .collect()
}
