//! What is to be settled again, as a table.

use cunyi_policy::{CannotDecide, Language, benefit_name};

use super::table::{Cell, Table};
use super::words::{self, Words, say};
use crate::import::{Changed, Found};

const COLUMNS: [Words; 12] = [
    ["行", "line"],
    ["结算号", "claim"],
    ["人员", "person"],
    ["日期", "date"],
    ["待遇", "benefit"],
    ["病种", "disease"],
    ["总额", "total"],
    ["基金原付", "funds paid"],
    ["基金应付", "funds are to pay"],
    ["基金多付", "funds pay more"],
    ["账户原付", "account paid"],
    ["账户应付", "account is to pay"],
];

/// The claims that come out otherwise when they are settled again.
pub fn again(found: &Found, language: Language) -> Table {
    let (asked, changed) = (found.asked, found.changed.len());
    Table {
        id: "again",
        title: say(["待重新结算", "To be settled again"], language).to_owned(),
        note: match language {
            Language::Chinese => {
                format!("{asked} 笔在新政策知道以前已结算，其中 {changed} 笔结果不同。")
            }
            Language::English => format!(
                "{asked} claims were settled before the new rules were known; {changed} of them come \
                 out otherwise."
            ),
        },
        columns: COLUMNS.map(|of| say(of, language).to_owned()).to_vec(),
        rows: found.changed.iter().map(|one| row(one, language)).collect(),
    }
}

fn row(one: &Changed, language: Language) -> Vec<Cell> {
    let text = |text: &str| Cell::text(text);
    let fund = |(fund, _, undecided): (i64, i64, u8)| match undecided.checked_sub(1) {
        None => Cell::Money(fund),
        Some(code) => {
            let code = CannotDecide::CODES.get(usize::from(code));
            let code = code.copied().unwrap_or_default();
            text(say(words::cannot(code), language))
        }
    };
    vec![
        text(&one.at.1.to_string()),
        text(&one.claim),
        text(&one.person),
        text(&one.day.to_string()),
        text(benefit_name(one.kind.benefit, language)),
        text(one.kind.facts.disease.as_deref().unwrap_or_default()),
        Cell::Money(one.total),
        fund(one.was),
        fund(one.is),
        Cell::More(one.is.0 - one.was.0),
        Cell::Money(one.was.1),
        Cell::Money(one.is.1),
    ]
}
