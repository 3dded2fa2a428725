//! What is given to the 费用清单.

use cunyi_app::views::{Basis, BatchView, ChargeView, Paper};
use cunyi_domain::batch::BatchState;
use cunyi_domain::money::{Fen, apportion};
use serde::Serialize;

use super::{Model, Part};
use crate::capital::capitals;
use crate::chrome::Chrome;
use crate::labels::HEADINGS;
use crate::pages::settling::{self, Settle};

/// 费用清单
#[derive(Clone, Debug, Serialize)]
pub(crate) struct FeeList {
    /// 估算 · 未结算, 未结算; empty once all is settled.
    pub(crate) state: String,
    /// True while a figure is only our estimate.
    pub(crate) estimated: bool,
    pub(crate) batches: Vec<Batch>,
    /// Of what is not paid back.
    pub(crate) sums: Amounts,
    /// The same by 费用类别.
    pub(crate) headings: Vec<Heading>,
    /// `sums.amount` in capitals.
    pub(crate) capitals: String,
    /// Documents that the workings rest on, each once.
    pub(crate) bases: Vec<String>,
}

/// A batch of the fee list.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Batch {
    pub(crate) number: i64,
    /// 普通门诊
    pub(crate) benefit: String,
    pub(crate) disease: String,
    pub(crate) state: String,
    /// False once it is paid back: it is listed and not summed.
    pub(crate) counted: bool,
    pub(crate) lines: Vec<Line>,
    /// How its estimate came about; empty where that is not known.
    pub(crate) steps: Vec<String>,
    /// What came of the steps, and where the centre paid otherwise.
    pub(crate) outcome: String,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Line {
    pub(crate) name: String,
    pub(crate) spec: String,
    pub(crate) code: String,
    /// 甲, 乙, 丙
    pub(crate) class: String,
    pub(crate) price: String,
    /// 1盒
    pub(crate) quantity: String,
    #[serde(flatten)]
    pub(crate) amounts: Amounts,
}

/// What stands under a 费用类别.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Heading {
    pub(crate) name: String,
    #[serde(flatten)]
    pub(crate) amounts: Amounts,
}

/// Of a line, or their sums: how it splits, then 分摊 of who pays.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Amounts {
    pub(crate) amount: String,
    pub(crate) over_limit: String,
    pub(crate) own_pay: String,
    pub(crate) pay_first: String,
    pub(crate) in_scope: String,
    pub(crate) fund: String,
    pub(crate) account: String,
    pub(crate) cash: String,
}

impl Model {
    /// 费用清单 of a visit.
    pub(crate) fn fee_list(c: &Chrome, p: &Paper) -> Self {
        let open = p.visit.batches.iter().any(|b| !b.state.is_final());
        let estimated = Settle::of(&p.visit).estimated();
        let state = match (estimated, open) {
            (true, _) => c.t("paper-estimate"),
            (false, true) => c.t("paper-open"),
            (false, false) => String::new(),
        };
        let batches = p.visit.batches.iter().map(|b| (b, of_batch(p, b)));
        let batches: Vec<(&BatchView, Vec<Shared<'_>>)> = batches.collect();
        let counted = batches
            .iter()
            .filter(|(b, _)| counts(b))
            .flat_map(|(_, lines)| lines);
        let counted: Vec<&Shared<'_>> = counted.collect();
        let sums = summed(&counted);
        let own = FeeList {
            state,
            estimated,
            batches: batches
                .iter()
                .map(|(b, lines)| batch(c, b, lines))
                .collect(),
            capitals: capitals(&sums[0]),
            sums: amounts(sums),
            headings: headings(c, p, &counted),
            bases: bases(p).into_iter().map(|basis| c.basis(basis)).collect(),
        };
        Self::of(c, p, Part::FeeList(Box::new(own)))
    }
}

/// What was paid back is listed and not summed.
fn counts(batch: &BatchView) -> bool {
    batch.state != BatchState::Reversed
}

/// A line of the fee list with its 分摊 of what is paid for its batch as a whole.
pub(crate) struct Shared<'a> {
    pub(crate) line: &'a ChargeView,
    pub(crate) account: Fen,
    pub(crate) cash: Fen,
}

/// Shares a batch's account and cash out over what its lines leave to the patient, by largest
/// remainder, so that each column sums to the batch. What a hospital bears is in neither.
pub(crate) fn shared<'a>(batch: &BatchView, lines: Vec<&'a ChargeView>) -> Vec<Shared<'a>> {
    let weights = |parts: &[Fen]| parts.iter().map(|fen| fen.0).collect::<Vec<_>>();
    let personal: Vec<Fen> = lines.iter().map(|l| l.amount - l.fund).collect();
    let accounts = apportion(batch.account, &weights(&personal));
    let rest: Vec<Fen> = personal
        .iter()
        .zip(&accounts)
        .map(|(p, a)| *p - *a)
        .collect();
    let cash = apportion(settling::cash(batch), &weights(&rest));
    let parts = accounts.into_iter().zip(cash);
    let shared = |(line, (account, cash))| Shared {
        line,
        account,
        cash,
    };
    lines.into_iter().zip(parts).map(shared).collect()
}

fn of_batch<'a>(p: &'a Paper, batch: &BatchView) -> Vec<Shared<'a>> {
    let of_batch = |line: &&ChargeView| line.batch == batch.position;
    shared(batch, p.visit.charges.iter().filter(of_batch).collect())
}

/// The columns of the fee list that are summed.
const COLUMNS: [fn(&Shared<'_>) -> Fen; 8] = [
    |l| l.line.amount,
    |l| l.line.over_limit,
    |l| l.line.own_pay,
    |l| l.line.pay_first,
    |l| l.line.in_scope,
    |l| l.line.fund,
    |l| l.account,
    |l| l.cash,
];

fn summed(lines: &[&Shared<'_>]) -> [Fen; 8] {
    COLUMNS.map(|column| lines.iter().map(|line| column(line)).sum())
}

/// The sums of lines under each 费用类别 that they have, in the order of the headings.
pub(super) fn headings(c: &Chrome, p: &Paper, lines: &[&Shared<'_>]) -> Vec<Heading> {
    let under = |heading: &str| -> Vec<&Shared<'_>> {
        let of = |line: &&&Shared<'_>| {
            let of = p.headings.get(&line.line.code);
            of.is_some_and(|code| code == heading)
        };
        lines.iter().filter(of).copied().collect()
    };
    let all = HEADINGS.iter().map(|(code, name)| (*name, under(code)));
    let some = all.filter(|(_, lines)| !lines.is_empty());
    some.map(|(name, lines)| Heading {
        name: c.t(name),
        amounts: amounts(summed(&lines)),
    })
    .collect()
}

fn amounts(columns: [Fen; 8]) -> Amounts {
    let [
        amount,
        over_limit,
        own_pay,
        pay_first,
        in_scope,
        fund,
        account,
        cash,
    ] = columns.map(|fen| fen.to_string());
    Amounts {
        amount,
        over_limit,
        own_pay,
        pay_first,
        in_scope,
        fund,
        account,
        cash,
    }
}

fn batch(c: &Chrome, b: &BatchView, lines: &[Shared<'_>]) -> Batch {
    let line = |s: &Shared<'_>| Line {
        name: s.line.name.clone(),
        spec: s.line.spec.clone(),
        code: s.line.code.clone(),
        class: c.class(&s.line.class),
        price: s.line.price.to_string(),
        quantity: format!("{}{}", s.line.quantity, s.line.unit),
        amounts: amounts(COLUMNS.map(|column| column(s))),
    };
    let steps = b.working.iter().flat_map(|w| &w.steps);
    Batch {
        number: b.position,
        benefit: c.benefit(&b.benefit),
        disease: b.disease_name.clone(),
        state: c.batch_state(&b.state),
        counted: counts(b),
        lines: lines.iter().map(line).collect(),
        steps: steps.map(|step| c.step(step)).collect(),
        outcome: outcome(c, b),
    }
}

fn outcome(c: &Chrome, b: &BatchView) -> String {
    let why = b.estimate_why.map(|why| c.estimate_why(&why));
    let difference = b.difference().map(|found| c.difference(found));
    let said: Vec<String> = [c.shares(b)]
        .into_iter()
        .chain(why)
        .chain(difference)
        .collect();
    said.join(" ")
}

/// What the workings rest on, each once.
fn bases(p: &Paper) -> Vec<&Basis> {
    let workings = p.visit.batches.iter().filter_map(|b| b.working.as_ref());
    let mut bases: Vec<&Basis> = workings.map(|w| &w.basis).collect();
    bases.dedup();
    bases
}
