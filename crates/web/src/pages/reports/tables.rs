//! A report as a workbook: a sheet a question, all rows.

use cunyi_app::views::{ReportView, Took};
use cunyi_domain::ledger::ItemKind;

use super::{heading, share};
use crate::chrome::Chrome;
use crate::sheet::{Cell, Table};

/// Heads of [`money`].
const MONEY: [&str; 5] = ["total", "fund", "account", "cash", "paper-hospital"];

fn money(took: &Took) -> [Cell; 5] {
    let all = [
        took.total,
        took.fund,
        took.account,
        took.cash,
        took.hospital,
    ];
    all.map(Cell::Yuan)
}

fn text(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}

/// A sheet with a row each, its columns named by these keys.
fn sheet<T, const N: usize>(
    c: &Chrome,
    name: &str,
    heads: [&str; N],
    all: &[T],
    row: impl Fn(&T) -> [Cell; N],
) -> Table {
    Table {
        name: c.t(name),
        heads: heads.iter().map(|key| c.t(key)).collect(),
        rows: all.iter().map(|one| row(one).into()).collect(),
    }
}

/// All of them.
pub(super) fn tables(c: &Chrome, v: &ReportView) -> Vec<Table> {
    vec![
        days(c, v),
        headings(c, v),
        items(c, v),
        diagnoses(c, v),
        doctors(c, v),
        payers(c, v),
        shares(c, v),
    ]
}

fn days(c: &Chrome, v: &ReportView) -> Table {
    let [total, fund, account, cash, hospital] = MONEY;
    let heads = ["date", "visits", total, fund, account, cash, hospital];
    sheet(c, "report-by-day", heads, &v.days, |day| {
        let [total, fund, account, cash, hospital] = money(&day.took);
        let (date, visits) = (Cell::Text(day.day.to_string()), Cell::Count(day.visits));
        [date, visits, total, fund, account, cash, hospital]
    })
}

fn headings(c: &Chrome, v: &ReportView) -> Table {
    let heads = ["report-heading", "report-amount"];
    sheet(c, "report-by-heading", heads, &v.headings, |of| {
        [Cell::Text(heading(c, &of.code)), Cell::Yuan(of.amount)]
    })
}

fn items(c: &Chrome, v: &ReportView) -> Table {
    let heads = [
        "kind",
        "report-code",
        "report-name",
        "spec",
        "report-quantity",
        "report-unit",
        "report-amount",
    ];
    sheet(c, "report-by-item", heads, &v.items, |item| {
        let kind = match item.kind {
            ItemKind::Drug => "report-drug",
            ItemKind::Service => "report-service",
        };
        [
            Cell::Text(c.t(kind)),
            text(&item.code),
            text(&item.name),
            text(&item.spec),
            Cell::Amount(item.quantity),
            text(&item.unit),
            Cell::Yuan(item.amount),
        ]
    })
}

fn diagnoses(c: &Chrome, v: &ReportView) -> Table {
    let heads = ["report-code", "field-diagnosis", "visits"];
    sheet(c, "report-by-diagnosis", heads, &v.diagnoses, |of| {
        [text(&of.code), text(&of.name), Cell::Count(of.visits)]
    })
}

fn doctors(c: &Chrome, v: &ReportView) -> Table {
    let [total, fund, account, cash, hospital] = MONEY;
    let heads = [
        "report-doctor",
        "visits",
        total,
        fund,
        account,
        cash,
        hospital,
    ];
    sheet(c, "report-by-doctor", heads, &v.doctors, |of| {
        let [total, fund, account, cash, hospital] = money(&of.took);
        let (name, visits) = (text(&of.name), Cell::Count(of.visits));
        [name, visits, total, fund, account, cash, hospital]
    })
}

fn payers(c: &Chrome, v: &ReportView) -> Table {
    let [total, fund, account, cash, hospital] = MONEY;
    let heads = [
        "payer",
        "field-benefit",
        total,
        fund,
        account,
        cash,
        hospital,
    ];
    sheet(c, "report-by-payer", heads, &v.payers, |of| {
        let [total, fund, account, cash, hospital] = money(&of.took);
        let payer = Cell::Text(c.payer(&of.payer));
        let benefit = Cell::Text(c.benefit(&of.benefit));
        [payer, benefit, total, fund, account, cash, hospital]
    })
}

fn shares(c: &Chrome, v: &ReportView) -> Table {
    let all = [
        ("report-with-drugs", v.shares.drugs),
        ("report-antibiotics", v.shares.antibiotics),
        ("report-injections", v.shares.injections),
        ("report-infusions", v.shares.infusions),
    ];
    let heads = ["kind", "visits", "report-share"];
    sheet(c, "report-shares", heads, &all, |(key, visits)| {
        let of = Cell::Text(share(visits, &v.visits));
        [Cell::Text(c.t(key)), Cell::Count(*visits), of]
    })
}
