//! What is given to the 收据.

use cunyi_app::views::ReceiptPaper;
use cunyi_domain::ledger::ReceiptState;
use serde::Serialize;

use super::settled::{Batch, Line, Paid, batch, line, paid};
use super::{Model, Part};
use crate::chrome::Chrome;

/// 医疗收费收据
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Receipt {
    /// 票据代码
    pub(crate) code: String,
    pub(crate) number: String,
    pub(crate) at: String,
    /// 收款人
    pub(crate) by: String,
    /// 结算ID
    pub(crate) settlement: String,
    pub(crate) batch: Batch,
    pub(crate) amounts: Paid,
    pub(crate) lines: Vec<Line>,
}

impl Model {
    /// 收据 of a settlement. One that does not stand, and a copy, say so first.
    pub(crate) fn receipt(c: &Chrome, p: &ReceiptPaper) -> Self {
        let (r, s) = (&p.receipt, &p.statement);
        let settled = s.settled.as_ref();
        let own = Receipt {
            code: r.code.clone(),
            number: r.number.clone(),
            at: r.at.to_string(),
            by: r.by.clone(),
            settlement: settled
                .map(|made| made.platform_settlement.clone())
                .unwrap_or_default(),
            batch: batch(c, &s.batch),
            amounts: paid(&s.amounts.clone().unwrap_or_default(), s.ratio),
            lines: s.lines.iter().map(|l| line(c, l)).collect(),
        };
        let mut model = Self::of(c, &s.paper, Part::Receipt(Box::new(own)));
        let stands = r.state == ReceiptState::Issued && !r.reversed;
        let said = (!stands).then(|| c.receipt(r));
        let copy = p.copy.then(|| c.t("receipt-copy"));
        model.marks.splice(0..0, said.into_iter().chain(copy));
        model
    }
}
