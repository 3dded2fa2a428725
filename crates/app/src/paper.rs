//! What the papers say: prescription, fee list, settlement statement.

use cunyi_domain::amounts::Amounts;
use cunyi_domain::id_number::mask;
use cunyi_domain::ids::{BatchId, ClinicId, EntryId, VisitId};
use cunyi_domain::ledger::{Charge, PaperEvent, Settlement, SettlementKind};
use cunyi_domain::money::Rate;
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_store::{Tx, query, reference};

use crate::App;
use crate::access::names;
use crate::day::settlement_view;
use crate::error::Result;
use crate::infusion;
use crate::outpatient::said;
use crate::patient::form_of;
use crate::permission::{Action, may};
use crate::views::{Actor, Control, Paper, PaymentSlip, Statement};
use crate::visit::{charge_view, coverage_of};

impl App {
    /// For the prescription and the fee list of a visit.
    pub fn paper(&self, actor: &Actor, visit: &VisitId) -> Result<Paper> {
        actor.must(Action::ReadRecord)?;
        let paper = self
            .parts
            .store
            .db()
            .read("paper", |tx| self.paper_view(tx, actor, visit))?;
        self.note_access(actor, &paper.visit.patient.patient)?;
        Ok(paper)
    }

    /// For the statement of a batch.
    pub fn statement(&self, actor: &Actor, batch: &BatchId) -> Result<Statement> {
        actor.must(Action::ReadRecord)?;
        let db = self.parts.store.db();
        let statement = db.read("statement", |tx| self.statement_view(tx, actor, batch))?;
        self.note_access(actor, &statement.paper.visit.patient.patient)?;
        Ok(statement)
    }

    pub(crate) fn statement_view(
        &self,
        tx: &mut Tx<'_>,
        actor: &Actor,
        batch: &BatchId,
    ) -> Result<Statement> {
        let row = query::batch(tx, &actor.clinic, batch)?.ok_or(Refusal::new(Code::NotFound))?;
        let paper = self.paper_view(tx, actor, &row.visit)?;
        let settlements = query::settlements(tx, &actor.clinic, &row.visit)?;
        let last = |kind: SettlementKind| {
            let of_batch = |s: &&Settlement| s.batch == *batch && s.kind == kind;
            settlements.iter().rev().find(of_batch)
        };
        let settled = last(SettlementKind::Settlement);
        let reversal = last(SettlementKind::Reversal);
        let mut view_of = |row: Option<&Settlement>| {
            let view = |row: &Settlement| settlement_view(tx, actor, row.clone());
            row.map(view).transpose()
        };
        let (made, reversal) = (view_of(settled)?, view_of(reversal)?);
        let view = paper.visit.batches.iter().find(|b| b.id == *batch).cloned();
        let view = view.ok_or(Refusal::new(Code::WrongState))?;
        let lines = paper
            .visit
            .charges
            .iter()
            .filter(|c| c.batch == view.position);
        Ok(Statement {
            lines: lines.cloned().collect(),
            amounts: settled.map(Amounts::from),
            ratio: settled.map_or(Rate::ZERO, |s| s.ratio),
            settled: made,
            reversal,
            batch: view,
            paper,
        })
    }

    /// For the slip of a payment.
    pub fn payment_slip(&self, actor: &Actor, payment: &EntryId) -> Result<PaymentSlip> {
        actor.must(Action::ReadRecord)?;
        let slip = self.parts.store.db().read("payment", |tx| -> Result<_> {
            let row = query::payment(tx, &actor.clinic, payment)?;
            let row = row.ok_or(Refusal::new(Code::NotFound))?;
            let paper = self.paper_view(tx, actor, &row.visit)?;
            let mut all = paper.visit.payments.iter();
            let payment = all.find(|p| p.id == *payment).cloned();
            let payment = payment.ok_or(Refusal::new(Code::NotFound))?;
            let user = reference::user(tx, &actor.clinic, &row.actor)?;
            Ok(PaymentSlip {
                paper,
                payment,
                by: user.map(|user| user.name).unwrap_or_default(),
            })
        })?;
        self.note_access(actor, &slip.paper.visit.patient.patient)?;
        Ok(slip)
    }

    pub(crate) fn paper_view(&self, tx: &mut Tx<'_>, actor: &Actor, id: &VisitId) -> Result<Paper> {
        let setup = self.setup_in(tx, &actor.clinic)?;
        let visit = self.visit_view(tx, actor, id)?;
        let patient = query::patient(tx, &actor.clinic, &visit.patient.patient)?;
        let patient = patient.ok_or(Refusal::new(Code::NotFound))?;
        let diagnoses = query::diagnoses(tx, &actor.clinic, id)?;
        let (given, voided) = on_paper(tx, &actor.clinic, id)?;
        let batches = query::batches(tx, &actor.clinic, id)?;
        let row = query::visit(tx, &actor.clinic, id)?;
        let row = row.ok_or(Refusal::new(Code::NotFound))?;
        let coverage = coverage_of(tx, &row)?;
        let numbers = may(actor.role, Action::ReadNumbers);
        let shown = |number: String| if numbers { number } else { mask(&number) };
        let (person_number, insured_at) = coverage
            .map(|c| (shown(c.person_number), c.place))
            .unwrap_or_default();
        let names = names(tx, &actor.clinic)?;
        let settlements = query::settlements(tx, &actor.clinic, id)?;
        let mut cashiers: Vec<String> = Vec::new();
        for row in &settlements {
            let name = names.get(&row.actor).cloned().unwrap_or_default();
            if row.kind == SettlementKind::Settlement && !cashiers.contains(&name) {
                cashiers.push(name);
            }
        }
        Ok(Paper {
            cashier: cashiers.join("、"),
            clinic: setup.clinic.name.clone(),
            fictional: setup.clinic.fictional,
            unconfirmed: setup.unconfirmed(),
            invented_prices: setup.invented_prices,
            patient: form_of(&patient, numbers),
            person_number,
            insured_at,
            day: visit.registered_at.date(),
            diagnoses: said(&diagnoses),
            supply_reason: row.supply_reason.clone(),
            headings: visit
                .charges
                .iter()
                .map(|line| {
                    (
                        line.code.clone(),
                        self.catalogue().heading(&line.code).to_owned(),
                    )
                })
                .collect(),
            controlled: given
                .iter()
                .filter_map(|line| self.controlled(line))
                .collect(),
            turns: infusion::turns(tx, &row, &given)?,
            tests: infusion::tests(
                tx,
                &actor.clinic,
                (id, row.registered_at),
                (
                    &given.iter().map(|line| &*line.code).collect::<Vec<_>>(),
                    &names,
                ),
            )?,
            given: given.iter().map(|c| charge_view(c, &batches)).collect(),
            scheme: visit.patient.scheme.clone(),
            entry: voided
                .then(|| visit.papers.entries.last().cloned())
                .flatten(),
            printed_at: self.now(),
            visit,
        })
    }
}

impl App {
    /// Its code, where a line's drug is under special control.
    fn controlled(&self, line: &Charge) -> Option<(String, Control)> {
        let drug = self.catalogue().drug(&line.code)?;
        cunyi_catalogue::control(drug).map(|control| (line.code.clone(), control))
    }
}

/// The lines of a visit's prescription. Where none holds, those of the one that was voided last, and that it was.
fn on_paper(tx: &mut Tx<'_>, clinic: &ClinicId, visit: &VisitId) -> Result<(Vec<Charge>, bool)> {
    let given = query::given(tx, clinic, visit)?;
    let last = query::paper_entries(tx, clinic, visit)?.pop();
    let voided = last.filter(|entry| given.is_empty() && entry.event == PaperEvent::Voided);
    let Some(entry) = voided else {
        return Ok((given, false));
    };
    Ok((query::lines_on(tx, clinic, &entry)?, true))
}
