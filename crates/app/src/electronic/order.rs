//! What passes between the clinic and the maker of its electronic receipts: an order, and what is taken for its answer.

use std::io;

use cunyi_catalogue::Catalogue;
use cunyi_domain::fact::ElectronicAnswered;
use cunyi_domain::ids::{ClinicId, EntryId, PatientId};
use cunyi_domain::ledger::{
    Batch, Charge, ElectronicReceipt, ElectronicState, Payer, Settlement, Visit,
};
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_store::{Tx, query};

use crate::App;
use crate::access::names;
use crate::error::Result;
use crate::views::{
    MakeOrder, MakerAnswer, Order, OrderAmounts, OrderInsurance, OrderLine, OrderPayer, UndoOrder,
};
use crate::visit::coverage_of;

/// Most signs of a code, a number, a check code; of an address; of what is said.
const MOST_CODE: usize = 30;
const MOST_URL: usize = 500;
const MOST_SAID: usize = 200;

impl App {
    /// What is asked of the maker for a row that awaits its answer.
    pub(super) fn order(&self, tx: &mut Tx<'_>, row: &ElectronicReceipt) -> Result<Order> {
        if row.state == ElectronicState::Undoing {
            return Ok(Order::Undo(UndoOrder {
                id: EntryId(row.undo.clone()),
                receipt: row.id.clone(),
                code: row.code.clone(),
                number: row.number.clone(),
                amount: row.amount.0,
                reason: row.reason.clone(),
            }));
        }
        let missing = Refusal::new(Code::NotFound);
        let clinic = &row.clinic;
        let setup = self.setup_in(tx, clinic)?;
        let visit = query::visit(tx, clinic, &row.visit)?.ok_or(missing.clone())?;
        let settlements = query::settlements(tx, clinic, &row.visit)?;
        let made = settlements.into_iter().find(|s| s.id == row.settlement);
        let made = made.ok_or(missing.clone())?;
        let batch = query::batch(tx, clinic, &made.batch)?.ok_or(missing.clone())?;
        let lines = query::charges(tx, clinic, &row.visit)?.into_iter();
        let cashier = names(tx, clinic)?.remove(&made.actor).unwrap_or_default();
        Ok(Order::Make(Box::new(MakeOrder {
            id: row.id.clone(),
            institution_code: setup.clinic.institution_code.clone(),
            institution_name: setup.clinic.name.clone(),
            visit_number: visit.number.clone(),
            visit_date: visit.registered_at.date().to_string(),
            batch_number: batch.number.clone(),
            settled_at: made.settled_at.date_time(),
            cashier,
            payer: payer(tx, clinic, &visit.patient)?,
            insurance: insurance(tx, &visit, (&batch, &made))?,
            amounts: amounts(&made),
            lines: lines
                .filter(|line| line.batch == batch.id)
                .map(|line| order_line(self.catalogue(), &line))
                .collect(),
        })))
    }
}

/// The order that is open of a row: its id, an order's own.
pub(super) fn order_name(row: &ElectronicReceipt) -> &str {
    match row.state {
        ElectronicState::Undoing => &row.undo,
        _ => row.id.as_str(),
    }
}

/// The answer as a fact, where it is one to what was asked.
pub(super) fn answered(
    row: &ElectronicReceipt,
    answer: MakerAnswer,
) -> io::Result<ElectronicAnswered> {
    let mut body = ElectronicAnswered {
        id: row.id.clone(),
        patient: row.patient.clone(),
        from: row.state,
        to: row.state,
        code: String::new(),
        number: String::new(),
        check_code: String::new(),
        url: String::new(),
        said: String::new(),
    };
    match (row.state, answer) {
        (
            ElectronicState::Asked,
            MakerAnswer::Issued {
                code,
                number,
                check_code,
                url,
            },
        ) => {
            body.to = ElectronicState::Issued;
            body.code = sign(code, "code")?;
            body.number = sign(number, "number")?;
            body.check_code = sign(check_code, "check_code")?;
            body.url = address(url)?;
        }
        (ElectronicState::Undoing, MakerAnswer::Undone { number }) => {
            body.to = ElectronicState::Undone;
            body.number = sign(number, "number")?;
        }
        (from, MakerAnswer::Refused { said }) => {
            body.to = if from == ElectronicState::Asked {
                ElectronicState::Refused
            } else {
                ElectronicState::Issued
            };
            body.said = words(&said);
        }
        _ => return Err(bad("state")),
    }
    Ok(body)
}

pub(super) fn bad(field: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("bad {field}"))
}

fn sign(text: String, field: &str) -> io::Result<String> {
    let fits = (1..=MOST_CODE).contains(&text.len())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    fits.then_some(text).ok_or_else(|| bad(field))
}

/// An address that a browser may open.
fn address(url: String) -> io::Result<String> {
    let web = url.starts_with("https://") || url.starts_with("http://");
    let fits = web && url.len() <= MOST_URL && url.chars().all(|c| c.is_ascii_graphic());
    (fits || url.is_empty())
        .then_some(url)
        .ok_or_else(|| bad("url"))
}

/// Never empty: that it was refused is told by it.
fn words(said: &str) -> String {
    let clear = said.chars().filter(|c| !c.is_control());
    let said: String = clear.take(MOST_SAID).collect();
    match said.trim() {
        "" => "未说明原因".to_owned(),
        said => said.to_owned(),
    }
}

fn payer(tx: &mut Tx<'_>, clinic: &ClinicId, patient: &PatientId) -> Result<OrderPayer> {
    let patient = query::patient(tx, clinic, patient)?;
    let patient = patient.ok_or(Refusal::new(Code::NotFound))?;
    Ok(OrderPayer {
        name: patient.name,
        sex: patient.sex.as_str().to_owned(),
        id_number: patient.id_number,
        phone: patient.phone,
    })
}

fn insurance(
    tx: &mut Tx<'_>,
    visit: &Visit,
    (batch, made): (&Batch, &Settlement),
) -> Result<Option<OrderInsurance>> {
    if batch.payer != Payer::Insured {
        return Ok(None);
    }
    let coverage = coverage_of(tx, visit)?;
    let registrations = query::registrations(tx, &visit.clinic, &visit.id)?;
    let under = batch.registered(&registrations);
    Ok(Some(OrderInsurance {
        scheme: made.scheme.clone().unwrap_or_default(),
        person_number: coverage.map(|c| c.person_number).unwrap_or_default(),
        platform_visit: under
            .and_then(|one| one.platform_visit.clone())
            .unwrap_or_default(),
        platform_settlement: made.platform_settlement.clone(),
    }))
}

/// The parts of a receipt sum to its total: the funds, the account and the cash; and what account and cash come to is
/// what the patient shares in and what is hers alone.
fn amounts(made: &Settlement) -> OrderAmounts {
    let personal = made.account + made.cash;
    let own = (made.own_pay + made.over_limit).min(personal);
    OrderAmounts {
        total: made.total.0,
        pool: made.pool.0,
        other: (made.fund - made.pool + made.hospital).0,
        account: made.account.0,
        cash: made.cash.0,
        shared: (personal - own).0,
        own: own.0,
    }
}

fn order_line(lists: &Catalogue, line: &Charge) -> OrderLine {
    OrderLine {
        heading: lists.heading(&line.code).to_owned(),
        code: line.code.clone(),
        name: line.name.clone(),
        spec: line.spec.clone(),
        unit: line.unit.clone(),
        quantity: line.quantity.to_string(),
        price: line.price.to_string(),
        amount: line.amount.0,
    }
}
