//! Golden cases: a table that a clerk fills in, one row a case, held against a policy.
//!
//! CSV with a header; the columns may stand in any order, and those left out are not asked:
//! `case`, `date`, the facts by their keys (`level`, `status`, `age`, `signed`, …), `benefit`,
//! `disease`, `lines` (`甲 20.00; 乙 20.00<18.00; 费 10.00`), `earlier`
//! (`2026-03-01 general fund=395.00 deductible=10.00; …`), `balance`; and what must come out:
//! `own_pay`, `over_limit`, `pay_first`, `in_scope`, `deductible`, `fund`, each fund by its name,
//! `account`, `cash`, `result` (`exact`, `estimate unconfirmed`, `cannot not-entitled`).

use std::collections::BTreeMap;
use std::fmt;

use cunyi_domain::money::{Fen, Quantity};
use cunyi_domain::time::parse_date;

use crate::claim::{
    Claim, ClaimLine, FundName, FundUse, LineClass, Unknown, Use, Whose, read_class,
};
use crate::evaluate::evaluate;
use crate::file::read;
use crate::items::{Item, ItemKind, Kinds};
use crate::language::facet::{Aid, Facet, Facts, Remote, Status};
use crate::policy::{Benefit, Level, Policy};
use crate::settlement::{Certainty, Settlement};

/// A case of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// What it is called; its row where the table does not say.
    pub name: String,
    /// Its line in the file.
    pub line: u64,
    /// What is asked.
    pub claim: Claim,
    /// What must come out, by column.
    pub wanted: BTreeMap<String, String>,
}

/// What in a table is not as it must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseError {
    /// The line.
    pub line: u64,
    /// The column, by its name.
    pub column: String,
    /// What is wrong and what to write instead.
    pub message: String,
}

impl fmt::Display for CaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            line,
            column,
            message,
        } = self;
        write!(f, "{line}: {column}: {message}")
    }
}

impl std::error::Error for CaseError {}

/// What came out otherwise: column, wanted, got.
pub type Difference = (String, String, String);

/// More cases than a clerk writes.
const MOST_CASES: usize = 10_000;

/// The columns of what must come out that are not funds.
const OUTCOMES: [&str; 10] = [
    "own_pay",
    "over_limit",
    "pay_first",
    "in_scope",
    "deductible",
    "fund",
    "account",
    "family_account",
    "cash",
    "result",
];

/// Reads a table for a policy's scheme.
///
/// # Errors
/// The first cell or column that is not as it must be.
pub fn read_cases(text: &str, policy: &Policy) -> Result<Vec<Case>, CaseError> {
    let mut reader = csv::ReaderBuilder::new()
        .comment(Some(b'#'))
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let broken = |error: &csv::Error| CaseError {
        line: error.position().map_or(1, csv::Position::line),
        column: "-".to_owned(),
        message: error.to_string(),
    };
    let header = reader.headers().map_err(|e| broken(&e))?.clone();
    if let Some(unknown) = header.iter().find(|name| !is_column(name)) {
        return Err(CaseError {
            line: 1,
            column: unknown.to_owned(),
            message: format!("no such column: write one of {}", columns().join(", ")),
        });
    }
    let mut cases = Vec::new();
    for record in reader.records().take(MOST_CASES) {
        let record = record.map_err(|e| broken(&e))?;
        let line = record.position().map_or(0, csv::Position::line);
        let cells = header.iter().zip(record.iter());
        let cells = cells.filter(|(_, cell)| !cell.is_empty());
        cases.push(read_case(cells, line, policy)?);
    }
    Ok(cases)
}

fn columns() -> Vec<&'static str> {
    let asked = [
        "case",
        "note",
        "date",
        "benefit",
        "lines",
        "earlier",
        "balance",
        "family_balance",
    ];
    let facets = Facet::ALL.iter().map(|facet| facet.as_str());
    let funds = FundName::ALL.iter().map(|fund| fund.as_str());
    asked
        .into_iter()
        .chain(facets)
        .chain(OUTCOMES)
        .chain(funds)
        .collect()
}

fn is_column(name: &str) -> bool {
    columns().contains(&name)
}

fn read_case<'a>(
    cells: impl Iterator<Item = (&'a str, &'a str)>,
    line: u64,
    policy: &Policy,
) -> Result<Case, CaseError> {
    let mut case = Case {
        name: format!("line {line}"),
        line,
        claim: Claim {
            scheme: policy.scheme,
            facts: Facts::default(),
            benefit: Benefit::General,
            date: policy.valid.from,
            lines: Vec::new(),
            history: Vec::new(),
            unknown: Unknown::default(),
            balance: Fen::ZERO,
            family_balance: Fen::ZERO,
        },
        wanted: BTreeMap::new(),
    };
    for (column, cell) in cells {
        let read = read_cell(&mut case, column, cell);
        read.map_err(|message| CaseError {
            line,
            column: column.to_owned(),
            message: format!("`{cell}` {message}"),
        })?;
    }
    Ok(case)
}

/// Puts a cell where it belongs; or says what it must look like.
fn read_cell(case: &mut Case, column: &str, cell: &str) -> Result<(), &'static str> {
    let claim = &mut case.claim;
    match column {
        "case" => cell.clone_into(&mut case.name),
        "note" => {}
        "date" => claim.date = parse_date(cell).ok_or("is no date such as 2026-11-02")?,
        "benefit" => claim.benefit = Benefit::from_text(cell).ok_or("is no benefit")?,
        "lines" => {
            claim.lines = read_lines(cell).ok_or("is not lines such as 甲 20.00; 费 10.00")?;
        }
        "earlier" => {
            let like = "is not what was settled, such as 2026-03-01 general fund=395.00";
            claim.history = read_history(cell).ok_or(like)?;
        }
        "balance" => claim.balance = yuan(cell)?,
        "family_balance" => claim.family_balance = yuan(cell)?,
        _ => match Facet::from_text(column) {
            Some(facet) => read_fact(&mut claim.facts, facet, cell)?,
            None => {
                case.wanted.insert(column.to_owned(), cell.to_owned());
            }
        },
    }
    Ok(())
}

/// Sets a fact as a table or a condition writes it.
///
/// # Errors
/// What is wrong with the cell, in words that go after it.
pub fn read_fact(facts: &mut Facts, facet: Facet, cell: &str) -> Result<(), &'static str> {
    let flag = || match cell {
        "yes" | "true" | "是" => Ok(Some(true)),
        "no" | "false" | "否" => Ok(Some(false)),
        _ => Err("is neither yes nor no"),
    };
    let number = || cell.parse().map(Some).map_err(|_| "is no number");
    let known = "is not a value of this column";
    match facet {
        Facet::Level => facts.level = Some(Level::from_text(cell).ok_or(known)?),
        Facet::Status => facts.status = Some(Status::from_text(cell).ok_or(known)?),
        Facet::Aid => facts.aid = Some(Aid::from_text(cell).ok_or(known)?),
        Facet::Remote => facts.remote = Some(Remote::from_text(cell).ok_or(known)?),
        Facet::Tier => facts.tier = Some(cell.to_owned()),
        Facet::Disease => facts.disease = Some(cell.to_owned()),
        Facet::Age => facts.age = number()?,
        Facet::Visit => facts.visit = number()?,
        Facet::Signed => facts.signed = flag()?,
        Facet::Chosen => facts.chosen = flag()?,
        Facet::Referred => facts.referred = flag()?,
    }
    Ok(())
}

/// `甲 20.00; 乙 20.00<18.00 code=XA01; 丙 5.00; 费 10.00`: class, amount, ceiling, item.
fn read_lines(cell: &str) -> Option<Vec<ClaimLine>> {
    let line = |(place, text): (usize, &str)| {
        let mut words = text.split_whitespace();
        let (kind, amount) = (words.next()?, words.next()?);
        let (price, ceiling) = match amount.split_once('<') {
            Some((price, ceiling)) => (price, Some(ceiling.parse().ok()?)),
            None => (amount, None),
        };
        Some(ClaimLine {
            id: (place + 1).to_string(),
            class: match kind {
                "费" | "fee" => LineClass::A,
                class => read_class(class)?,
            },
            amount: price.parse().ok()?,
            is_consultation_fee: matches!(kind, "费" | "fee"),
            price: price.parse().ok()?,
            quantity: Quantity::whole(1),
            ceiling,
            item: read_item(words)?,
        })
    };
    cell.split(';').enumerate().map(line).collect()
}

/// `code=XA01 kinds=essential+western first=20%`; `kinds=none` is of no kind.
fn read_item<'a>(words: impl Iterator<Item = &'a str>) -> Option<Item> {
    let mut item = Item::default();
    for word in words {
        match word.split_once('=')? {
            ("code", code) => item.code = Some(code.to_owned()),
            ("first", rate) => item.pay_first = Some(read::percent(rate)?),
            ("kinds", "none") => item.kinds = Kinds::only(&[]),
            ("kinds", kinds) => {
                let kinds: Option<Vec<_>> = kinds.split('+').map(ItemKind::from_text).collect();
                item.kinds = Kinds::only(&kinds?);
            }
            _ => return None,
        }
    }
    Some(item)
}

/// `2026-03-01 general fund=395.00 deductible=10.00; 2026-04-01 general family fund=20.00`
fn read_history(cell: &str) -> Option<Vec<Use>> {
    cell.split(';').map(read_use).collect()
}

fn read_use(text: &str) -> Option<Use> {
    let mut words = text.split_whitespace();
    let mut one = Use {
        date: parse_date(words.next()?)?,
        benefit: Benefit::from_text(words.next()?)?,
        facts: Facts::default(),
        whose: Whose::Own,
        fees: 0,
        funds: Vec::new(),
    };
    let mut fund = FundUse {
        fund: FundName::Pool,
        deductible: Fen::ZERO,
        in_scope: Fen::ZERO,
        counted: Fen::ZERO,
    };
    for word in words {
        match word.split_once('=') {
            None if word == "family" => one.whose = Whose::Family,
            Some(("disease", code)) => one.facts.disease = Some(code.to_owned()),
            Some(("level", level)) => one.facts.level = Some(Level::from_text(level)?),
            Some(("fees", count)) => one.fees = count.parse().ok()?,
            Some(("of", name)) => fund.fund = FundName::from_text(name)?,
            Some(("fund", sum)) => fund.counted = sum.parse().ok()?,
            Some(("deductible", sum)) => fund.deductible = sum.parse().ok()?,
            Some(("in_scope", sum)) => fund.in_scope = sum.parse().ok()?,
            _ => return None,
        }
    }
    one.funds.push(fund);
    Some(one)
}

impl Case {
    /// What comes out otherwise than the table says.
    pub fn check(&self, policy: &Policy) -> Vec<Difference> {
        let settled = evaluate(policy, &self.claim);
        let got = |column: &String| match (&settled, column.as_str()) {
            (Err(why), _) => format!("cannot {}", why.code()),
            (Ok(settled), "result") => match settled.certainty {
                Certainty::Exact => "exact".to_owned(),
                Certainty::Estimate(why) => format!("estimate {why}"),
            },
            (Ok(settled), column) => amount(settled, column).to_string(),
        };
        let each = self.wanted.iter();
        let each = each.map(|(column, wanted)| (column.clone(), wanted.clone(), got(column)));
        each.filter(|(_, wanted, got)| wanted != got).collect()
    }
}

fn yuan(cell: &str) -> Result<Fen, &'static str> {
    cell.parse().map_err(|_| "is no amount such as 10.00")
}

fn amount(settled: &Settlement, column: &str) -> Fen {
    match column {
        "own_pay" => settled.own_pay,
        "over_limit" => settled.over_limit,
        "pay_first" => settled.pay_first,
        "in_scope" => settled.in_scope,
        "deductible" => settled.deductible,
        "fund" => settled.fund,
        "account" => settled.account,
        "family_account" => settled.family_account,
        "cash" => settled.personal - settled.account - settled.family_account,
        name => {
            let of = settled
                .funds
                .iter()
                .filter(|(fund, _)| fund.as_str() == name);
            of.map(|(_, sum)| *sum).sum()
        }
    }
}
