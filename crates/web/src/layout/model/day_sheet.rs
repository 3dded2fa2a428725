//! What is given to the 日结单.

use cunyi_app::views::{CashierSheet, DaySheet as View, MovedView};
use cunyi_domain::ledger::Method;
use serde::Serialize;

use super::{Model, Part};
use crate::capital::capitals;
use crate::chrome::Chrome;

/// 日结单
#[derive(Clone, Debug, Serialize)]
pub(crate) struct DaySheet {
    pub(crate) day: String,
    pub(crate) cashiers: Vec<Cashier>,
    /// All of them.
    pub(crate) whole: Cashier,
    pub(crate) drawers: Vec<Drawer>,
    /// Who counted, and when; empty before.
    pub(crate) counted: String,
}

/// What one did; settlements less reversals.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Cashier {
    pub(crate) name: String,
    /// 结算, 退费: how many.
    pub(crate) settled: String,
    pub(crate) reversed: String,
    pub(crate) total: String,
    /// Of it without an insurance.
    pub(crate) own_pay: String,
    pub(crate) fund: String,
    pub(crate) account: String,
    pub(crate) mutual_aid: String,
    /// 个人现金, as it was settled.
    pub(crate) cash: String,
    pub(crate) hospital: String,
    /// What changed hands: 收款, 押金, 退款.
    pub(crate) moved: Vec<Moved>,
    pub(crate) cash_in: String,
    pub(crate) cash_out: String,
    pub(crate) qr_in: String,
    pub(crate) qr_out: String,
    /// What is to be handed in of it in cash.
    pub(crate) cash_net: String,
    pub(crate) cash_net_in_capitals: String,
    pub(crate) qr_net: String,
    /// 收据: first and last number; 无 where none was taken.
    pub(crate) numbers: String,
    pub(crate) taken: String,
    pub(crate) void: String,
    pub(crate) returned: String,
    /// What the receipts come to, less what was voided and taken back.
    pub(crate) receipts: String,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Moved {
    pub(crate) what_for: String,
    pub(crate) method: String,
    pub(crate) count: String,
    pub(crate) amount: String,
}

/// 钱箱, 收款码
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Drawer {
    pub(crate) method: String,
    pub(crate) expected: String,
    /// Empty before it was counted, as the next.
    pub(crate) counted: String,
    /// 长款, below zero 短款.
    pub(crate) more: String,
}

impl Model {
    /// 日结单 of a day.
    pub(crate) fn day_sheet(c: &Chrome, v: &View) -> Self {
        let drawer = |d: &cunyi_domain::reconcile::Drawer| Drawer {
            method: c.method(&d.method),
            expected: d.expected.to_string(),
            counted: d.counted.map(|fen| fen.to_string()).unwrap_or_default(),
            more: d
                .counted
                .map(|fen| (fen - d.expected).to_string())
                .unwrap_or_default(),
        };
        let counted = v.counted.as_ref();
        let own = DaySheet {
            day: v.day.to_string(),
            cashiers: v.cashiers.iter().map(|one| named(c, one)).collect(),
            whole: cashier(c, &v.whole),
            drawers: v.drawers.iter().map(drawer).collect(),
            counted: counted
                .map(|one| format!("{} {}", one.by, one.at))
                .unwrap_or_default(),
        };
        let part = Part::DaySheet(Box::new(own));
        Self::of_days(c, &v.clinic, part)
    }
}

/// What the program settled by itself, once it was known what the centre had done, has words for its name.
fn named(c: &Chrome, s: &CashierSheet) -> Cashier {
    let its = cashier(c, s);
    let nobody = its.name.is_empty();
    Cashier {
        name: if nobody {
            c.t("day-sheet-program")
        } else {
            its.name
        },
        ..its
    }
}

fn cashier(c: &Chrome, s: &CashierSheet) -> Cashier {
    let sum = |method, out| s.sum(method, out);
    let net = |method| sum(method, false) + sum(method, true);
    let moved = |m: &MovedView| Moved {
        what_for: c.payment(&m.kind),
        method: c.method(&m.method),
        count: m.count.to_string(),
        amount: m.amount.to_string(),
    };
    let r = &s.receipts;
    Cashier {
        name: s.name.clone(),
        settled: s.settled.to_string(),
        reversed: s.reversed.to_string(),
        total: s.total.to_string(),
        own_pay: s.own.to_string(),
        fund: s.fund.to_string(),
        account: s.account.to_string(),
        mutual_aid: s.mutual_aid.to_string(),
        cash: s.cash.to_string(),
        hospital: s.hospital.to_string(),
        moved: s.moved.iter().map(moved).collect(),
        cash_in: sum(Method::Cash, false).to_string(),
        cash_out: sum(Method::Cash, true).to_string(),
        qr_in: sum(Method::Qr, false).to_string(),
        qr_out: sum(Method::Qr, true).to_string(),
        cash_net: net(Method::Cash).to_string(),
        cash_net_in_capitals: capitals(&net(Method::Cash)),
        qr_net: net(Method::Qr).to_string(),
        numbers: if r.taken == 0 {
            c.t("paper-none")
        } else {
            format!("{} – {}", r.first, r.last)
        },
        taken: r.taken.to_string(),
        void: r.void.to_string(),
        returned: r.returned.to_string(),
        receipts: r.net().to_string(),
    }
}
