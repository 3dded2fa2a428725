//! What is given to the papers that follow a settlement: 结算单 and slips of money.

use cunyi_app::views::{BatchView, ChargeView, GoodsView, PaymentSlip, Statement};
use cunyi_domain::amounts::Amounts;
use cunyi_domain::ledger::PaymentKind;
use cunyi_domain::money::{Rate, format_decimal};
use serde::Serialize;

use super::fee_list::{Heading, headings, shared};
use super::{Model, Part};
use crate::capital::capitals;
use crate::chrome::Chrome;
use crate::pages::settling;

/// 结算单 of a batch.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Bill {
    /// False where it is not settled: its amounts are 0.00 then.
    pub(crate) settled: bool,
    pub(crate) reversed: bool,
    /// When it was paid back, by whom and why.
    pub(crate) reversal: String,
    /// 结算ID
    pub(crate) settlement: String,
    pub(crate) settled_at: String,
    pub(crate) settled_by: String,
    pub(crate) batch: Batch,
    pub(crate) amounts: Paid,
    pub(crate) lines: Vec<Line>,
    /// Their sums by 费用类别.
    pub(crate) headings: Vec<Heading>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Batch {
    /// 收费批次
    pub(crate) number: String,
    pub(crate) position: i64,
    pub(crate) benefit: String,
    pub(crate) disease: String,
    /// 就诊号 and 就诊ID it is settled under; empty without an insurance.
    pub(crate) visit_number: String,
    pub(crate) platform_visit: String,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Paid {
    pub(crate) total: String,
    pub(crate) in_scope: String,
    pub(crate) pay_first: String,
    pub(crate) own_pay: String,
    pub(crate) over_limit: String,
    pub(crate) deductible: String,
    /// 70%
    pub(crate) ratio: String,
    pub(crate) pool: String,
    pub(crate) serious_illness: String,
    pub(crate) medical_aid: String,
    /// Of civil servants, enterprises, large amounts, others.
    pub(crate) other_funds: String,
    pub(crate) fund: String,
    pub(crate) account: String,
    pub(crate) mutual_aid: String,
    pub(crate) hospital: String,
    pub(crate) cash: String,
    pub(crate) total_in_capitals: String,
    pub(crate) pool_in_capitals: String,
    pub(crate) fund_in_capitals: String,
    pub(crate) account_in_capitals: String,
    pub(crate) cash_in_capitals: String,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Line {
    pub(crate) name: String,
    pub(crate) spec: String,
    pub(crate) class: String,
    pub(crate) quantity: String,
    pub(crate) amount: String,
    pub(crate) fund: String,
}

/// 押金单, 退款单, 收款单
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Slip {
    pub(crate) title: String,
    pub(crate) what_for: String,
    pub(crate) method: String,
    pub(crate) at: String,
    pub(crate) amount: String,
    pub(crate) capitals: String,
    /// Who took or gave it.
    pub(crate) by: String,
    /// True for a 押金单, which says its terms.
    pub(crate) deposit: bool,
    /// The batches that a deposit is for.
    pub(crate) unsettled: Vec<Unsettled>,
    /// Goods that came back, on a 退款单.
    pub(crate) returned: Vec<Goods>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Unsettled {
    pub(crate) number: String,
    pub(crate) benefit: String,
    pub(crate) disease: String,
    pub(crate) state: String,
    pub(crate) total: String,
    /// What the patient is expected to pay of it.
    pub(crate) cash: String,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Goods {
    pub(crate) name: String,
    pub(crate) spec: String,
    pub(crate) quantity: String,
}

impl Model {
    /// 结算单 of a batch.
    pub(crate) fn statement(c: &Chrome, s: &Statement) -> Self {
        let b = &s.batch;
        let made = s.settled.as_ref();
        let split = shared(b, s.lines.iter().collect());
        let own = Bill {
            settled: s.amounts.is_some(),
            reversed: s.reversal.is_some(),
            reversal: reversal(c, s),
            settlement: made
                .map(|m| m.platform_settlement.clone())
                .unwrap_or_default(),
            settled_at: made.map(|m| m.at.to_string()).unwrap_or_default(),
            settled_by: made.map(|m| m.actor.clone()).unwrap_or_default(),
            batch: batch(c, b),
            amounts: paid(&s.amounts.clone().unwrap_or_default(), s.ratio),
            lines: s.lines.iter().map(|l| line(c, l)).collect(),
            headings: headings(c, &s.paper, &split.iter().collect::<Vec<_>>()),
        };
        Self::of(c, &s.paper, Part::Statement(Box::new(own)))
    }

    /// The slip of a payment.
    pub(crate) fn slip(c: &Chrome, slip: &PaymentSlip) -> Self {
        let made = &slip.payment;
        let deposit = made.kind == PaymentKind::Deposit;
        let back = matches!(made.kind, PaymentKind::PaidBack | PaymentKind::Returned);
        let batches = slip.paper.visit.batches.iter();
        let goods = slip.paper.visit.goods.iter();
        let own = Slip {
            title: c.t(match made.kind {
                PaymentKind::Deposit => "paper-deposit",
                PaymentKind::PaidBack | PaymentKind::Returned => "paper-refund",
                PaymentKind::Paid | PaymentKind::Collected => "paper-receipt",
            }),
            what_for: c.payment(&made.kind),
            method: c.method(&made.method),
            at: made.at.to_string(),
            amount: made.amount.to_string(),
            capitals: capitals(&made.amount),
            by: slip.by.clone(),
            deposit,
            unsettled: batches
                .filter(|b| deposit && b.state.is_unsettled())
                .map(|b| unsettled(c, b))
                .collect(),
            returned: goods
                .filter(|g| back && g.came_back())
                .map(returned)
                .collect(),
        };
        Self::of(c, &slip.paper, Part::Slip(Box::new(own)))
    }
}

fn reversal(c: &Chrome, s: &Statement) -> String {
    let Some(r) = &s.reversal else {
        return String::new();
    };
    let said = format!("{} · {} · {}", r.at, r.actor, r.reason);
    match r.platform_settlement.as_str() {
        "" => said,
        id => format!("{said} · {} {id}", c.t("settlement-id")),
    }
}

pub(super) fn batch(c: &Chrome, b: &BatchView) -> Batch {
    Batch {
        number: b.number.clone(),
        position: b.position,
        benefit: c.benefit(&b.benefit),
        disease: b.disease_name.clone(),
        visit_number: b.visit_number.clone(),
        platform_visit: b.platform_visit.clone(),
    }
}

pub(super) fn paid(a: &Amounts, ratio: Rate) -> Paid {
    let others = a.civil_servant + a.enterprise + a.large_amount + a.other;
    Paid {
        total: a.total.to_string(),
        in_scope: a.in_scope.to_string(),
        pay_first: a.pay_first.to_string(),
        own_pay: a.own_pay.to_string(),
        over_limit: a.over_limit.to_string(),
        deductible: a.deductible.to_string(),
        ratio: format!("{}%", format_decimal(ratio.0, 4, 0)),
        pool: a.pool.to_string(),
        serious_illness: a.serious_illness.to_string(),
        medical_aid: a.medical_aid.to_string(),
        other_funds: others.to_string(),
        fund: a.fund.to_string(),
        account: a.account.to_string(),
        mutual_aid: a.mutual_aid.to_string(),
        hospital: a.hospital.to_string(),
        cash: a.cash.to_string(),
        total_in_capitals: capitals(&a.total),
        pool_in_capitals: capitals(&a.pool),
        fund_in_capitals: capitals(&a.fund),
        account_in_capitals: capitals(&a.account),
        cash_in_capitals: capitals(&a.cash),
    }
}

pub(super) fn line(c: &Chrome, l: &ChargeView) -> Line {
    Line {
        name: l.name.clone(),
        spec: l.spec.clone(),
        class: c.class(&l.class),
        quantity: format!("{}{}", l.quantity, l.unit),
        amount: l.amount.to_string(),
        fund: l.fund.to_string(),
    }
}

fn unsettled(c: &Chrome, b: &BatchView) -> Unsettled {
    Unsettled {
        number: b.number.clone(),
        benefit: c.benefit(&b.benefit),
        disease: b.disease_name.clone(),
        state: c.batch_state(&b.state),
        total: b.total.to_string(),
        cash: settling::cash(b).to_string(),
    }
}

fn returned(g: &GoodsView) -> Goods {
    Goods {
        name: g.name.clone(),
        spec: g.spec.clone(),
        quantity: format!("{}{}", g.quantity, g.unit),
    }
}
