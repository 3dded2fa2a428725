//! 付费方: what institutions get of what the funds owe them, where a policy has a payer's side.

use std::fmt;

use cunyi_domain::money::Fen;
use cunyi_policy::{Language, Month, Payer};

use super::study::letter;
use super::words::{Words, say};
use super::{Cell, Table};
use crate::replay::Owed;

/// Why there is no study: a policy pays by the head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeadsMissing;

impl fmt::Display for HeadsMissing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "政策按人头付费：请用 --heads 写明签约人数 · a policy pays by the head: say with --heads how many \
             people are signed",
        )
    }
}

impl std::error::Error for HeadsMissing {}

/// What becomes of what the funds owe for a file's months, in fen. Its institutions are taken as one:
/// a file does not say whose a claim is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct ToInstitutions {
    pub owed: i64,
    pub paid: i64,
    pub withheld: i64,
    pub refused: i64,
}

impl ToInstitutions {
    pub fn add(&mut self, payer: Option<&Payer>, heads: u32, month: &Owed) {
        self.owed += month.fund;
        let Some(payer) = payer else {
            self.paid += month.fund;
            return;
        };
        let shares = payer.month(&Month {
            visits: u32::try_from(month.visits.max(0)).unwrap_or(u32::MAX),
            heads,
            fund: Fen(month.fund),
        });
        self.paid += shares.paid.0;
        self.withheld += shares.withheld.0;
        self.refused += shares.refused.0;
    }
}

/// A row: what it is called and how it is read.
type Measure = (Words, fn(&ToInstitutions) -> i64);

/// The table; none where no policy has a payer's side. A policy without one pays what it owes.
pub(super) fn table(policies: &[(ToInstitutions, bool)], language: Language) -> Option<Table> {
    if !policies.iter().any(|(_, has)| *has) {
        return None;
    }
    let mut columns = vec![say(["元", "yuan"], language).to_owned()];
    columns.extend((0..policies.len()).map(letter));
    let measures: [Measure; 4] = [
        (["基金应付", "owed by the funds"], |of| of.owed),
        (["付给机构", "paid to institutions"], |of| of.paid),
        (["质保金", "held back until the assessment"], |of| {
            of.withheld
        }),
        (
            ["超出定额、总额，不付", "above a ceiling, not paid"],
            |of| of.refused,
        ),
    ];
    let rows = measures.iter().map(|(title, value)| {
        let of = policies.iter().map(|(of, _)| Cell::Money(value(of)));
        std::iter::once(Cell::text(say(*title, language)))
            .chain(of)
            .collect()
    });
    Some(Table {
        id: "institutions",
        title: say(
            ["机构从基金得到多少", "What institutions get of the funds"],
            language,
        )
        .to_owned(),
        note: say(
            [
                "按政策的 [payer]，一个月一算；文件中的机构合为一家",
                "by the policy's [payer], month by month; the file's institutions are taken as one",
            ],
            language,
        )
        .to_owned(),
        columns,
        rows: rows.collect(),
    })
}
