//! Stock: a ledger of moves from the first day. Receiving and looking.

use cunyi_domain::fact::StockReceived;
use cunyi_domain::ids::{LotId, MoveId};
use cunyi_domain::ledger::{Lot, MoveKind, StockMove};
use cunyi_domain::money::{Quantity, UnitPrice};
use cunyi_domain::refusal::Code;
use cunyi_domain::time::civil::Date;
use cunyi_store::query;

use crate::App;
use crate::error::{Result, refuse_at};
use crate::permission::Action;
use crate::views::{Actor, StockView};

/// A lot is near its expiry when fewer days are left.
const NEAR_EXPIRY_DAYS: i64 = 90;

/// Most smallest units of a delivery's line.
const MOST_UNITS: Quantity = Quantity::whole(1_000_000);
/// Longest 生产批号, in characters.
const MOST_LOT_NUMBER: usize = 30;

/// A delivery's line.
#[derive(Clone, Debug)]
pub struct NewLot {
    /// 医保目录编码
    pub code: String,
    /// 生产批号
    pub lot_number: String,
    /// 有效期止
    pub expires_on: Date,
    /// What a smallest unit cost.
    pub cost: UnitPrice,
    /// Smallest units.
    pub quantity: Quantity,
}

impl App {
    /// Takes a delivery in.
    pub fn receive_stock(&self, actor: &Actor, lots: &[NewLot]) -> Result<()> {
        actor.must(Action::HandOver)?;
        if lots.is_empty() || lots.len() > 500 {
            return refuse_at(Code::Missing, "lots");
        }
        for lot in lots {
            if self.catalogue().drug(&lot.code).is_none() {
                return refuse_at(Code::NotInCatalogue, "code");
            }
            let counted = lot.quantity > Quantity::ZERO && lot.quantity <= MOST_UNITS;
            if !counted || lot.cost < UnitPrice::ZERO {
                return refuse_at(Code::BadNumber, "quantity");
            }
            let number = &lot.lot_number;
            if number.chars().count() > MOST_LOT_NUMBER || number.chars().any(char::is_control) {
                return refuse_at(Code::BadText, "lot_number");
            }
        }
        let who = self.who(actor);
        self.parts
            .store
            .write(&who, self.rng(), "receive_stock", |w| {
                let (mut rows, mut moves) = (Vec::new(), Vec::new());
                for new in lots {
                    let id = LotId::new(w.who.now, w.rng);
                    moves.push(StockMove {
                        clinic: actor.clinic.clone(),
                        id: MoveId::new(w.who.now, w.rng),
                        lot: id.clone(),
                        kind: MoveKind::Received,
                        quantity: new.quantity,
                        charge: None,
                        moved_at: w.who.now,
                    });
                    rows.push(Lot {
                        clinic: actor.clinic.clone(),
                        id,
                        code: new.code.clone(),
                        lot_number: new.lot_number.clone(),
                        expires_on: new.expires_on,
                        cost: new.cost,
                        on_hand: new.quantity,
                        reserved: Quantity::ZERO,
                        quarantined: Quantity::ZERO,
                    });
                }
                Ok(w.record(StockReceived { lots: rows, moves }, None, None)?)
            })
    }

    /// What is in the cupboard, by drug.
    pub fn stock(&self, actor: &Actor) -> Result<Vec<StockView>> {
        actor.must(Action::ReadStock)?;
        let today = self.now().date();
        let lots = self
            .parts
            .store
            .db()
            .read("stock", |tx| query::lots(tx, &actor.clinic))?;
        let mut views: Vec<StockView> = Vec::new();
        for lot in lots {
            let near = near_expiry(lot.expires_on, today);
            let entry = (lot.lot_number, lot.expires_on, lot.on_hand, lot.reserved);
            let free = lot.on_hand - lot.reserved;
            if let Some(view) = views.last_mut().filter(|v| v.code == lot.code) {
                view.lots.push(entry);
                view.free += free;
                view.quarantined += lot.quarantined;
                view.near_expiry |= near;
                continue;
            }
            let drug = self.catalogue().drug(&lot.code);
            views.push(StockView {
                code: lot.code,
                name: drug.map(|d| d.name.clone()).unwrap_or_default(),
                spec: drug.map(|d| d.spec.clone()).unwrap_or_default(),
                unit: drug.map(|d| d.unit.clone()).unwrap_or_default(),
                lots: vec![entry],
                free,
                quarantined: lot.quarantined,
                near_expiry: near,
            });
        }
        Ok(views)
    }
}

fn near_expiry(expires_on: Date, today: Date) -> bool {
    use cunyi_domain::time::Moment;
    let left = Moment::start_of(expires_on).seconds_since(Moment::start_of(today));
    left < NEAR_EXPIRY_DAYS * 86400
}
