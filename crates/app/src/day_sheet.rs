//! 日结单: what each cashier settled, took and gave back on a day, and which receipts she used; the paper of the
//! evening's count. Its drawers are those of the reconciliation.

use std::collections::BTreeSet;

use cunyi_domain::ids::UserId;
use cunyi_domain::ledger::{PaymentKind, SettlementKind};
use cunyi_domain::money::Fen;
use cunyi_domain::time::{Moment, civil::Date};
use cunyi_store::Tx;
use cunyi_store::books::{self as rows, Cashed, Moved};

use crate::App;
use crate::access::names;
use crate::error::Result;
use crate::permission::Action;
use crate::receipt::register::{Happened, days, happened, numbers};
use crate::reconcile::{drawers_of, signed};
use crate::views::{Actor, CashierSheet, Counted, DaySheet, MovedView, ReceiptDay};

impl App {
    /// A day's sheet.
    pub fn day_sheet(&self, actor: &Actor, day: Date) -> Result<DaySheet> {
        actor.must(Action::SeeReports)?;
        let db = self.parts.store.db();
        let sheet = db.read("day_sheet", |tx| self.sheet_in(tx, actor, day))?;
        self.note_list(actor, "day-sheet")?;
        Ok(sheet)
    }

    fn sheet_in(&self, tx: &mut Tx<'_>, actor: &Actor, day: Date) -> Result<DaySheet> {
        let clinic = &actor.clinic;
        let setup = self.setup_in(tx, clinic)?;
        let names = names(tx, clinic)?;
        let name = |id: &UserId| names.get(id).cloned().unwrap_or_default();
        let span = (Moment::start_of(day), Moment::end_of(day));
        let till = rows::till(tx, clinic, day)?;
        let of = Happenings {
            day,
            cashed: rows::cashed(tx, clinic, span)?,
            moved: rows::moved(tx, clinic, span)?,
            receipts: happened(&numbers(tx, clinic, (day, day))?),
        };
        let cashiers = of.cashiers().into_iter();
        Ok(DaySheet {
            day,
            clinic: setup.clinic.name.clone(),
            cashiers: cashiers.map(|id| of.sheet(name(id), Some(id))).collect(),
            whole: of.sheet(String::new(), None),
            drawers: drawers_of(&of.moved, till.as_ref()).into(),
            counted: till.map(|till| Counted {
                cash: till.cash,
                qr: till.qr,
                at: till.counted_at,
                by: name(&till.counted_by),
            }),
        })
    }
}

/// What happened on a day.
struct Happenings {
    day: Date,
    cashed: Vec<Cashed>,
    moved: Vec<Moved>,
    receipts: Vec<Happened>,
}

impl Happenings {
    /// Who did any of it.
    fn cashiers(&self) -> BTreeSet<&UserId> {
        let cashed = self.cashed.iter().map(|row| &row.actor);
        let moved = self.moved.iter().map(|row| &row.actor);
        let span = (self.day, self.day);
        let today = |one: &&Happened| !days([*one], span).is_empty();
        let receipts = self.receipts.iter().filter(today).map(|one| &one.by);
        cashed.chain(moved).chain(receipts).collect()
    }

    /// What one did of it, or all.
    fn sheet(&self, name: String, who: Option<&UserId>) -> CashierSheet {
        let its = |by: &UserId| who.is_none_or(|who| who == by);
        let receipts = self.receipts.iter().filter(|one| its(&one.by));
        let receipts = days(receipts, (self.day, self.day)).pop();
        let mut sheet = CashierSheet {
            name,
            receipts: receipts.unwrap_or_else(|| ReceiptDay {
                day: self.day,
                ..ReceiptDay::default()
            }),
            ..CashierSheet::default()
        };
        for row in self.cashed.iter().filter(|row| its(&row.actor)) {
            settled(&mut sheet, row);
        }
        for row in self.moved.iter().filter(|row| its(&row.actor)) {
            took(&mut sheet.moved, row);
        }
        sheet.moved.sort_by_key(|one| (one.method, order(one.kind)));
        sheet
    }
}

/// As they stand on the sheet: what came in before what went out.
fn order(kind: PaymentKind) -> (bool, usize) {
    let place = PaymentKind::ALL.iter().position(|one| *one == kind);
    (!kind.comes_in(), place.unwrap_or_default())
}

fn settled(sheet: &mut CashierSheet, row: &Cashed) {
    match row.kind {
        SettlementKind::Settlement => sheet.settled += row.count,
        SettlementKind::Reversal => sheet.reversed += row.count,
    }
    let sums: [(&mut Fen, Fen); 7] = [
        (&mut sheet.total, row.total),
        (&mut sheet.own, row.own),
        (&mut sheet.fund, row.fund),
        (&mut sheet.account, row.account),
        (&mut sheet.mutual_aid, row.mutual_aid),
        (&mut sheet.cash, row.cash),
        (&mut sheet.hospital, row.hospital),
    ];
    for (sum, amount) in sums {
        *sum += signed(row.kind, amount);
    }
}

fn took(all: &mut Vec<MovedView>, row: &Moved) {
    let same = |one: &&mut MovedView| (one.kind, one.method) == (row.kind, row.method);
    if let Some(one) = all.iter_mut().find(same) {
        one.count += row.count;
        one.amount += row.signed();
    } else {
        all.push(MovedView {
            kind: row.kind,
            method: row.method,
            count: row.count,
            amount: row.signed(),
        });
    }
}
