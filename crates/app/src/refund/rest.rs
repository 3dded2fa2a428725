//! What stays of a batch that was reversed in part: a batch of its own, with our estimate.

use cunyi_domain::batch::BatchState;
use cunyi_domain::fact::ChargesFrozen;
use cunyi_domain::ids::{BatchId, ChargeId};
use cunyi_domain::ledger::{
    Batch, Charge, Payer, RefundRest, Reservation, Settlement, SettlementKind, Visit,
};
use cunyi_domain::money::{Fen, Quantity};
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_policy::{Benefit, Certainty, ClaimLine};
use cunyi_store::query::Use;
use cunyi_store::{Tx, Writer, query};

use crate::App;
use crate::error::Result;
use crate::fee_list::{Insured, item_for_rules};
use crate::views::Working;
use crate::visit::coverage_of;
use crate::working;
use crate::year_use::YearUse;

/// What our engine expects of the rest of a batch.
pub(super) struct Expected {
    pub settled: cunyi_policy::Settlement,
    working: Working,
}

/// Makes the batch that is charged anew: lines with their price and as much as stays of each, under the
/// same benefit, disease and registration. What its lines held of stock the new ones hold (`held`).
pub(crate) fn charge_rest(
    w: &mut Writer<'_, '_>,
    app: &App,
    (visit, old): (&Visit, &Batch),
    rest: &[RefundRest],
    held: &[Reservation],
) -> Result<Batch> {
    let before = query::batches(w.tx, &visit.clinic, &visit.id)?.len();
    let was = super::lines(w.tx, old)?;
    let position = i64::try_from(before).unwrap_or(i64::MAX - 1) + 1;
    let id = BatchId::new(w.who.now, w.rng);
    let number = format!("{}{position:02}", visit.number);
    let mut charges = rest_lines(&was, rest)?;
    for (place, line) in charges.iter_mut().enumerate() {
        line.id = ChargeId(format!("{number}{:03}", place + 1));
        line.batch = id.clone();
    }
    let total: Fen = charges.iter().map(|line| line.amount).sum();
    let mut batch = Batch {
        id,
        position,
        number,
        state: BatchState::Draft,
        total,
        estimated_fund: Fen::ZERO,
        policy: String::new(),
        estimate: String::new(),
        working: String::new(),
        adds: String::new(),
        fund: Fen::ZERO,
        account: Fen::ZERO,
        cash: total,
        intent: None,
        settlement: None,
        reason: String::new(),
        rest_of: Some(old.id.clone()),
        ..old.clone()
    };
    if batch.payer == Payer::Insured
        && let Some(expected) = app.expect_rest(w.tx, visit, (old, &charges), false)?
    {
        expected.into_rows(&mut batch, &mut charges);
    }
    let reservations = still_held(&was, &charges, held);
    let frozen = ChargesFrozen {
        visit: visit.id.clone(),
        registrations: Vec::new(),
        batches: vec![batch.clone()],
        charges,
        reservations,
        overrides: Vec::new(),
        own_pay_consent: None,
    };
    w.record(frozen, Some(&visit.patient), None)?;
    Ok(batch)
}

/// What stays of lines, in their order, each the rest of the line it comes from.
pub(super) fn rest_lines(was: &[Charge], rest: &[RefundRest]) -> Result<Vec<Charge>> {
    let mut lines = Vec::new();
    for line in was {
        let Some(stays) = rest.iter().find(|one| one.charge == line.id) else {
            continue;
        };
        let amount = line.price.amount(stays.quantity);
        let amount = amount.ok_or(Refusal::at(Code::BadNumber, "back"))?;
        // Who bears what of it the engine says, and the centre after it.
        let own_pay = if line.own_pay == line.amount {
            amount
        } else {
            Fen::ZERO
        };
        lines.push(Charge {
            quantity: stays.quantity,
            amount,
            own_pay,
            over_limit: Fen::ZERO,
            pay_first: Fen::ZERO,
            in_scope: amount - own_pay,
            fund: Fen::ZERO,
            trace_codes: stays.trace_codes.clone(),
            rest_of: Some(line.id.clone()),
            ..line.clone()
        });
    }
    Ok(lines)
}

/// What the new lines hold of stock: of what the old ones held, as much as stays.
fn still_held(was: &[Charge], charges: &[Charge], held: &[Reservation]) -> Vec<Reservation> {
    let mut all = Vec::new();
    for line in charges {
        let Some(old) = was.iter().find(|c| Some(&c.id) == line.rest_of.as_ref()) else {
            continue;
        };
        let of_old = || held.iter().filter(|r| r.charge == old.id);
        let units: Quantity = of_old().map(|r| r.quantity).sum();
        let mut left = part_of(units, line.quantity, old.quantity);
        for one in of_old() {
            let quantity = one.quantity.min(left);
            if quantity > Quantity::ZERO {
                left -= quantity;
                all.push(Reservation {
                    charge: line.id.clone(),
                    quantity,
                    ..one.clone()
                });
            }
        }
    }
    all
}

/// The smallest units of so much of a whole, rounded up.
fn part_of(units: Quantity, part: Quantity, whole: Quantity) -> Quantity {
    let product = i128::from(units.0) * i128::from(part.0);
    let whole = i128::from(whole.0.max(1));
    let part = (product + whole - 1) / whole;
    Quantity(i64::try_from(part).unwrap_or(units.0))
}

impl App {
    /// What our engine expects of lines that stay of a batch. `before`: the batch is not reversed yet.
    /// Nothing where no policy says.
    pub(super) fn expect_rest(
        &self,
        tx: &mut Tx<'_>,
        visit: &Visit,
        (old, lines): (&Batch, &[Charge]),
        before: bool,
    ) -> Result<Option<Expected>> {
        let setup = self.setup_in(tx, &visit.clinic)?;
        let coverage = coverage_of(tx, visit)?;
        let patient = query::patient(tx, &visit.clinic, &visit.patient)?;
        let (Some(coverage), Some(benefit)) = (coverage, Benefit::from_text(&old.benefit)) else {
            return Ok(None);
        };
        let Some(file) = setup.installed(&coverage.scheme, visit.registered_at) else {
            return Ok(None);
        };
        let insured = Insured {
            setup: &setup,
            birth: patient.and_then(|p| p.birth_date),
            at: visit.registered_at,
            coverage: &coverage,
        };
        let year = YearUse::read(tx, &setup, &coverage, insured.birth, insured.at)?;
        let mut year = year.of_visit(visit);
        if before {
            let settled = query::settlements(tx, &visit.clinic, &visit.id)?;
            let mut settled = settled.into_iter();
            if let Some(row) = settled.find(|row| Some(&row.id) == old.settlement.as_ref()) {
                let day = visit.registered_at.date();
                let facts = setup.facts(coverage.who(), insured.birth, day);
                year.take_back(&reversed(old, visit, &row), benefit, &facts);
            }
        }
        let line = |(place, c): (usize, &Charge)| ClaimLine {
            id: place.to_string(),
            class: c.class,
            amount: c.amount,
            is_consultation_fee: c.consultation_fee,
            price: c.price,
            quantity: c.quantity,
            ceiling: None,
            item: item_for_rules(self.catalogue(), &c.code),
        };
        let claimed = lines.iter().enumerate().map(line).collect();
        let under = (benefit, old.disease_code.as_str());
        let claim = insured.claim(&file.policy, &year, under, claimed)?;
        let Ok(settled) = cunyi_policy::evaluate(&file.policy, &claim) else {
            return Ok(None);
        };
        let names: Vec<&str> = lines.iter().map(|c| c.name.as_str()).collect();
        let working = working::fresh(&settled, file, &names);
        Ok(Some(Expected { settled, working }))
    }
}

impl Expected {
    /// Into the batch and its lines, as they are frozen.
    fn into_rows(self, batch: &mut Batch, charges: &mut [Charge]) {
        batch.estimated_fund = self.settled.fund;
        batch.policy = self.working.basis.version;
        batch.working = self.working.data;
        batch.adds = self.working.adds;
        if let Certainty::Estimate(why) = self.settled.certainty {
            why.as_str().clone_into(&mut batch.estimate);
        }
        for (line, share) in charges.iter_mut().zip(&self.settled.lines) {
            line.own_pay = share.own_pay;
            line.over_limit = share.over_limit;
            line.pay_first = share.pay_first;
            line.in_scope = share.in_scope;
            line.fund = share.fund;
        }
    }
}

/// What limits get back by the reversal of a batch's settlement.
fn reversed(batch: &Batch, visit: &Visit, settled: &Settlement) -> Use {
    Use {
        benefit: batch.benefit.clone(),
        disease_code: batch.disease_code.clone(),
        kind: SettlementKind::Reversal,
        registered_at: visit.registered_at,
        settled_at: settled.settled_at,
        adds: batch.adds.clone(),
        estimated_fund: batch.estimated_fund,
        fund: settled.fund,
        deductible: settled.deductible,
        in_scope: settled.in_scope,
        pool: settled.pool,
        civil_servant: settled.civil_servant,
        enterprise: settled.enterprise,
        serious_illness: settled.serious_illness,
        large_amount: settled.large_amount,
        medical_aid: settled.medical_aid,
        other: settled.other,
    }
}
