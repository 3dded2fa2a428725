//! Papers as layouts: templates that a county may change, filled with the words and figures of `model`.
//!
//! A layout repeats (`for`), chooses (`if`) and shows what it is given. Sums and words come ready with the
//! model. The engine has no loader, filters, functions, macros or blocks; values are escaped, a name that
//! does not exist is an error, and steps, depth and output are bounded. What comes out is held to `check` each time.

mod check;
pub(crate) mod model;

use std::io::{self, Write};

use cunyi_app::Layout::{
    self, Consent, DaySheet, DaySheetRoll, FeeList, FeeListRoll, InfusionCard, InfusionCardRoll,
    InfusionRegister, OutpatientLog, Prescription, Receipt, ReceiptRoll, Referral, Slip, SlipRoll,
    Statement, StatementRoll,
};

use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, ErrorKind, UndefinedBehavior, Value};
pub(crate) use model::Model;
use serde::Serialize;
use serde_json::Value as Json;

use crate::chrome::Chrome;

/// Steps of the engine for one paper: a visit's longest takes less than a twentieth, a register's less than half.
const MOST_STEPS: u64 = 500_000;
/// Depth of what stands within one another.
const DEEPEST: usize = 16;
/// Bytes of one paper.
const MOST_OUTPUT: usize = 4 * 1024 * 1024;

/// What is wrong with a layout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wrong {
    /// From 1.
    pub(crate) line: usize,
    /// The key of its words.
    pub(crate) why: &'static str,
    /// What it is about.
    pub(crate) what: String,
}

impl Wrong {
    /// About `what`, where `here`, the end of the text, begins.
    fn at(text: &str, here: &str, why: &'static str, what: &str) -> Self {
        /// Characters that are shown.
        const SHOWN: usize = 80;
        let before = text.len().saturating_sub(here.len());
        let lines = text.bytes().take(before).filter(|b| *b == b'\n').count();
        Self {
            line: 1 + lines,
            why,
            what: what.trim().chars().take(SHOWN).collect(),
        }
    }

    /// True where it is not the layout that is wrong: there is too much to print.
    pub(crate) fn too_much(&self) -> bool {
        matches!(self.why, "layout-wrong-long" | "layout-wrong-large")
    }

    /// In words.
    pub(crate) fn words(&self, c: &Chrome) -> String {
        let what = match self.why {
            "layout-wrong-obliged" => c.t(&self.what),
            _ => self.what.clone(),
        };
        c.t2(self.why, "line", self.line, "what", what)
    }
}

/// What the program comes with: the key of the paper's name, its layout, and a sample of what it is given.
const BUILT_IN: &[(Layout, &str, &str, &str)] = &[
    (
        Layout::Prescription,
        "paper-prescription",
        include_str!("../papers/prescription.html"),
        include_str!("../papers/prescription.json"),
    ),
    (
        Layout::FeeList,
        "paper-fee-list",
        include_str!("../papers/fee_list.html"),
        include_str!("../papers/fee_list.json"),
    ),
    (
        Layout::FeeListRoll,
        "paper-fee-list-roll",
        include_str!("../papers/fee_list_roll.html"),
        include_str!("../papers/fee_list.json"),
    ),
    (
        Layout::Statement,
        "paper-statement",
        include_str!("../papers/statement.html"),
        include_str!("../papers/statement.json"),
    ),
    (
        Layout::StatementRoll,
        "paper-statement-roll",
        include_str!("../papers/statement_roll.html"),
        include_str!("../papers/statement.json"),
    ),
    (
        Layout::Slip,
        "paper-slip",
        include_str!("../papers/slip.html"),
        include_str!("../papers/slip.json"),
    ),
    (
        Layout::SlipRoll,
        "paper-slip-roll",
        include_str!("../papers/slip_roll.html"),
        include_str!("../papers/slip.json"),
    ),
    (
        Layout::Receipt,
        "paper-fee-receipt",
        include_str!("../papers/receipt.html"),
        include_str!("../papers/receipt.json"),
    ),
    (
        Layout::ReceiptRoll,
        "paper-fee-receipt-roll",
        include_str!("../papers/receipt_roll.html"),
        include_str!("../papers/receipt.json"),
    ),
    (
        Layout::DaySheet,
        "paper-day-sheet",
        include_str!("../papers/day_sheet.html"),
        include_str!("../papers/day_sheet.json"),
    ),
    (
        Layout::DaySheetRoll,
        "paper-day-sheet-roll",
        include_str!("../papers/day_sheet_roll.html"),
        include_str!("../papers/day_sheet.json"),
    ),
    (
        Layout::InfusionCard,
        "paper-infusion-card",
        include_str!("../papers/infusion_card.html"),
        include_str!("../papers/infusion_card.json"),
    ),
    (
        Layout::InfusionCardRoll,
        "paper-infusion-card-roll",
        include_str!("../papers/infusion_card_roll.html"),
        include_str!("../papers/infusion_card.json"),
    ),
    (
        Layout::InfusionRegister,
        "infusions-title",
        include_str!("../papers/infusion_register.html"),
        include_str!("../papers/infusion_register.json"),
    ),
    (
        Layout::OutpatientLog,
        "log-title",
        include_str!("../papers/outpatient_log.html"),
        include_str!("../papers/outpatient_log.json"),
    ),
    (
        Layout::Referral,
        "paper-referral",
        include_str!("../papers/referral.html"),
        include_str!("../papers/referral.json"),
    ),
    (
        Layout::Consent,
        "paper-consent",
        include_str!("../papers/consent.html"),
        include_str!("../papers/consent.json"),
    ),
];

fn built(layout: Layout) -> (&'static str, &'static str, &'static str) {
    // A test holds that each layout stands there.
    let found = BUILT_IN.iter().find(|(of, ..)| *of == layout);
    found.map_or_else(Default::default, |(_, title, text, sample)| {
        (*title, *text, *sample)
    })
}

/// The key of a paper's name.
pub(crate) fn title(layout: Layout) -> &'static str {
    built(layout).0
}

/// The layout that the program comes with.
pub(crate) fn built_in(layout: Layout) -> &'static str {
    built(layout).1
}

/// What papers have to show: by its path in the model, and the key of its words.
///
/// 处方笺: 处方管理办法, for one patient, 月龄 of infants, with a diagnosis, generic names. 费用清单: one line a charge
/// with name, code, class, price, quantity, amount and how it splits. 结算单 and slips: whose, which, when, how
/// much, in capitals too. 收据: its number, what for, who pays how much. 转诊单: 原因, 机构及科别 as the follow-up
/// forms. 自费知情同意书: whose, what and how much (医疗保障基金使用监督管理条例). All: what is no
/// prescription, not settled, paid back or no voucher says so.
const OBLIGED: &[(&[Layout], &str, &str)] = &[
    (Layout::ALL, "marks", "layout-marks"),
    (OF_A_PATIENT, "patient.name", "field-name"),
    (&[Prescription], "patient.age", "age"),
    (&[Prescription], "visit.diagnoses", "field-diagnosis"),
    (&[Prescription], "sheets.lines.name", "layout-drugs"),
    (FEE_LISTS, "state", "layout-state"),
    (FEE_LISTS, "batches.lines.name", "items"),
    (FEE_LISTS, "batches.lines.code", "layout-code"),
    (FEE_LISTS, "batches.lines.class", "paper-class"),
    (FEE_LISTS, "batches.lines.price", "layout-price"),
    (FEE_LISTS, "batches.lines.quantity", "paper-quantity"),
    (FEE_LISTS, "batches.lines.amount", "amount"),
    (FEE_LISTS, "batches.lines.over_limit", "over-limit"),
    (FEE_LISTS, "batches.lines.own_pay", "own-pay"),
    (FEE_LISTS, "batches.lines.pay_first", "pay-first"),
    (FEE_LISTS, "batches.lines.in_scope", "in-scope"),
    (FEE_LISTS, "batches.lines.fund", "fund-share"),
    (FEE_LISTS, "sums.amount", "total"),
    (STATEMENTS, "clinic", "paper-institution"),
    (STATEMENTS, "settlement", "settlement-id"),
    (STATEMENTS, "settled_at", "settled-at"),
    (STATEMENTS, "reversal", "paper-reversed"),
    (STATEMENTS, "amounts.total", "paper-medical-total"),
    (STATEMENTS, "amounts.fund", "paper-fund-total"),
    (STATEMENTS, "amounts.cash", "cash"),
    (STATEMENTS, "amounts.total_in_capitals", "layout-capitals"),
    (SLIPS, "clinic", "paper-institution"),
    (SLIPS, "title", "layout-title"),
    (SLIPS, "at", "date"),
    (SLIPS, "amount", "amount"),
    (SLIPS, "capitals", "layout-capitals"),
    (RECEIPTS, "clinic", "paper-institution"),
    (RECEIPTS, "code", "field-receipt-code"),
    (RECEIPTS, "number", "receipt-number"),
    (RECEIPTS, "at", "date"),
    (RECEIPTS, "by", "receipt-by"),
    (RECEIPTS, "lines.name", "items"),
    (RECEIPTS, "lines.amount", "amount"),
    (RECEIPTS, "amounts.total", "total"),
    (RECEIPTS, "amounts.total_in_capitals", "layout-capitals"),
    (RECEIPTS, "amounts.fund", "paper-fund-total"),
    (RECEIPTS, "amounts.account", "account"),
    (RECEIPTS, "amounts.cash", "cash"),
    (DAY_SHEETS, "clinic", "paper-institution"),
    (DAY_SHEETS, "day", "date"),
    (DAY_SHEETS, "cashiers.name", "receipt-by"),
    (DAY_SHEETS, "whole.total", "total"),
    (DAY_SHEETS, "whole.fund", "paper-fund-total"),
    (DAY_SHEETS, "whole.account", "account"),
    (DAY_SHEETS, "whole.cash_in", "day-sheet-cash-in"),
    (DAY_SHEETS, "whole.cash_out", "day-sheet-cash-out"),
    (DAY_SHEETS, "whole.qr_in", "day-sheet-qr-in"),
    (DAY_SHEETS, "whole.qr_out", "day-sheet-qr-out"),
    (DAY_SHEETS, "whole.numbers", "receipt-numbers"),
    (CARDS, "patient.age", "age"),
    (CARDS, "patient.allergies", "allergies"),
    (CARDS, "groups.lines.name", "layout-drugs"),
    (CARDS, "groups.lines.dose", "field-dose"),
    (CARDS, "groups.way", "field-route"),
    (CARDS, "groups.rate", "field-drip"),
    (CARDS, "groups.turn", "infusion-course"),
    (CARDS, "tests.result", "skin-tests"),
    (&[InfusionRegister], "clinic", "paper-institution"),
    (&[InfusionRegister], "rows.when", "date"),
    (&[InfusionRegister], "rows.name", "field-name"),
    (&[InfusionRegister], "rows.drugs", "layout-drugs"),
    (&[InfusionRegister], "rows.way", "field-route"),
    (&[InfusionRegister], "rows.doctor", "report-doctor"),
    (&[InfusionRegister], "tests.drug", "skin-tests"),
    (&[InfusionRegister], "tests.result", "infusion-result"),
    (&[OutpatientLog], "clinic", "paper-institution"),
    (&[OutpatientLog], "rows.when", "date"),
    (&[OutpatientLog], "rows.name", "field-name"),
    (&[OutpatientLog], "rows.address", "log-address"),
    (&[OutpatientLog], "rows.complaint", "field-complaint"),
    (&[OutpatientLog], "rows.diagnoses", "field-diagnosis"),
    (&[OutpatientLog], "rows.treatment", "log-treatment"),
    (&[OutpatientLog], "rows.doctor", "report-doctor"),
    (&[Consent], "clinic", "paper-institution"),
    (&[Consent], "lines.name", "items"),
    (&[Consent], "lines.own_pay", "own-pay"),
    (&[Consent], "sum", "total"),
    (&[Referral], "clinic", "paper-institution"),
    (&[Referral], "destination", "field-destination"),
    (&[Referral], "reason", "field-referral-reason"),
];

const FEE_LISTS: &[Layout] = &[FeeList, FeeListRoll];
/// All but those of a day or a period.
const OF_A_PATIENT: &[Layout] = &[
    Prescription,
    FeeList,
    FeeListRoll,
    Statement,
    StatementRoll,
    Slip,
    SlipRoll,
    Receipt,
    ReceiptRoll,
    InfusionCard,
    InfusionCardRoll,
    Referral,
    Consent,
];
const SLIPS: &[Layout] = &[Slip, SlipRoll];
const CARDS: &[Layout] = &[InfusionCard, InfusionCardRoll];
const DAY_SHEETS: &[Layout] = &[DaySheet, DaySheetRoll];
const RECEIPTS: &[Layout] = &[Receipt, ReceiptRoll];
const STATEMENTS: &[Layout] = &[Statement, StatementRoll];

/// What a paper has to show: the keys of its words.
pub(crate) fn obliged(layout: Layout) -> impl Iterator<Item = &'static str> {
    rows(layout).map(|(_, key)| key)
}

fn rows(layout: Layout) -> impl Iterator<Item = (&'static str, &'static str)> {
    let of_layout = OBLIGED.iter().filter(move |(of, ..)| of.contains(&layout));
    of_layout.map(|(_, path, key)| (*path, *key))
}

/// Looks at a layout before it is put in force: its text, then prints of the sample, full and as empty as
/// can be, then whether the full one shows what it has to.
pub(crate) fn accept(layout: Layout, text: &str) -> Result<(), Wrong> {
    let html = check::source(text)?;
    let sample: Json = serde_json::from_str(built(layout).2).unwrap_or_default();
    // An element that is not closed is looked for in the layout, where its line helps; what branches leave
    // open stands in the print alone.
    let at_home = |wrong: Wrong| match wrong.why {
        "layout-wrong-close" => check::paper(&html).err().unwrap_or(Wrong {
            why: "layout-wrong-print",
            ..wrong
        }),
        _ => wrong,
    };
    let paper = render(text, &sample).map_err(at_home)?;
    render(text, &emptied(&sample)).map_err(at_home)?;
    for (path, key) in rows(layout) {
        let path: Vec<&str> = path.split('.').collect();
        if !shows(&paper, &sample, &path) {
            return Err(Wrong::at("", "", "layout-wrong-obliged", key));
        }
    }
    Ok(())
}

/// True if every text of the sample under this path stands on the paper.
fn shows(paper: &str, sample: &Json, path: &[&str]) -> bool {
    match (sample, path) {
        (Json::Array(items), _) => items.iter().all(|item| shows(paper, item, path)),
        (Json::Object(names), [name, rest @ ..]) => names
            .get(*name)
            .is_some_and(|inner| shows(paper, inner, rest)),
        (Json::String(text), []) => paper.contains(text.as_str()),
        _ => false,
    }
}

/// The same with every text empty and every choice the other way.
fn emptied(sample: &Json) -> Json {
    match sample {
        Json::String(_) => Json::String(String::new()),
        Json::Bool(said) => Json::Bool(!said),
        Json::Array(items) => items.iter().map(emptied).collect(),
        Json::Object(names) => names
            .iter()
            .map(|(name, inner)| (name.clone(), emptied(inner)))
            .collect(),
        Json::Number(_) | Json::Null => sample.clone(),
    }
}

/// A paper by the clinic's own layout; by the program's, with a mark, where that cannot be printed.
pub(crate) fn paper(
    layout: Layout,
    own: Option<&str>,
    mut model: Model,
    c: &Chrome,
) -> Result<String, Wrong> {
    if let Some(text) = own {
        match render(text, &model) {
            Ok(paper) => return Ok(paper),
            Err(Wrong { line, why, .. }) => {
                tracing::warn!(%layout, line, why, "a layout of the clinic's own cannot be printed");
                model.marks.push(c.t("paper-built-in"));
            }
        }
    }
    render(built_in(layout), &model)
}

/// A paper by the text of a layout.
fn render(text: &str, model: &impl Serialize) -> Result<String, Wrong> {
    print(text, model, MOST_STEPS)
}

fn print(text: &str, model: &impl Serialize, steps: u64) -> Result<String, Wrong> {
    let mut engine = Environment::empty();
    engine.set_undefined_behavior(UndefinedBehavior::Strict);
    engine.set_auto_escape_callback(|_| AutoEscape::Html);
    engine.set_fuel(Some(steps));
    engine.set_recursion_limit(DEEPEST);
    let mut paper = Bounded(Vec::new());
    let printed = engine.template_from_str(text).and_then(|template| {
        let values = Value::from(Serde(model));
        template.render_captured_to(values, &mut paper).map(drop)
    });
    printed.map_err(|error| wrong(text, &error))?;
    // The engine writes text; what is no text is nothing.
    let paper = String::from_utf8(paper.0).unwrap_or_default();
    check::paper(&paper)?;
    Ok(paper)
}

/// Where the engine stopped, and why; the line itself, as the engine does not name what it did not find.
fn wrong(text: &str, error: &minijinja::Error) -> Wrong {
    let line = error.line().unwrap_or(1);
    let why = match error.kind() {
        ErrorKind::UndefinedError => "layout-wrong-name",
        ErrorKind::OutOfFuel => "layout-wrong-long",
        ErrorKind::WriteFailure => "layout-wrong-large",
        _ => "layout-wrong-syntax",
    };
    let said = text.lines().nth(line.saturating_sub(1)).unwrap_or_default();
    let wrong = Wrong::at(text, text, why, said);
    Wrong { line, ..wrong }
}

/// Takes no more than a paper may have.
struct Bounded(Vec<u8>);

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > MOST_OUTPUT {
            return Err(io::Error::other("a paper is too large"));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
