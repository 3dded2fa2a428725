//! What is given to the 自费知情同意书.

use cunyi_app::views::{ChargeView, Paper, VisitView};
use cunyi_domain::ledger::Payer;
use cunyi_domain::money::Fen;
use serde::Serialize;

use super::{Model, Part};
use crate::capital::capitals;
use crate::chrome::Chrome;
use crate::pages::settling::Settle;

/// 自费知情同意书
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Consent {
    /// True while the amounts are only our estimate.
    pub(crate) estimated: bool,
    pub(crate) lines: Vec<Line>,
    /// Of `own_pay`.
    pub(crate) sum: String,
    pub(crate) capitals: String,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Line {
    pub(crate) name: String,
    pub(crate) spec: String,
    /// 甲, 乙, 丙
    pub(crate) class: String,
    pub(crate) price: String,
    pub(crate) quantity: String,
    pub(crate) amount: String,
    /// 全自费
    pub(crate) own_pay: String,
}

/// What the insurance bears nothing of in batches that are settled with it: what she has to agree to.
pub(crate) fn asked(v: &VisitView) -> impl Iterator<Item = &ChargeView> {
    let insured = |position| {
        let mut all = v.batches.iter();
        all.any(|b| b.position == position && b.payer == Payer::Insured && b.state.is_live())
    };
    v.charges
        .iter()
        .filter(move |line| line.own_pay > Fen::ZERO && insured(line.batch))
}

impl Model {
    /// 自费知情同意书 of a visit; with a mark where it asks for nothing.
    pub(crate) fn consent(c: &Chrome, p: &Paper) -> Self {
        let asked: Vec<&ChargeView> = asked(&p.visit).collect();
        let sum: Fen = asked.iter().map(|line| line.own_pay).sum();
        let own = Consent {
            estimated: Settle::of(&p.visit).estimated(),
            lines: asked.iter().map(|l| line(c, l)).collect(),
            sum: sum.to_string(),
            capitals: capitals(&sum),
        };
        let mut model = Self::of(c, p, Part::Consent(own));
        if asked.is_empty() {
            model.marks.insert(0, c.t("paper-consent-none"));
        }
        model
    }
}

fn line(c: &Chrome, l: &ChargeView) -> Line {
    Line {
        name: l.name.clone(),
        spec: l.spec.clone(),
        class: c.class(&l.class),
        price: l.price.to_string(),
        quantity: format!("{}{}", l.quantity, l.unit),
        amount: l.amount.to_string(),
        own_pay: l.own_pay.to_string(),
    }
}
