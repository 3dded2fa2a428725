//! Accumulators and balances: sums over the settlements in force, so that a reversal restores them
//! by being one.

use cunyi_domain::money::Fen;
use cunyi_domain::row;
use cunyi_domain::row::Value;
use cunyi_domain::time::Moment;
use cunyi_domain::time::civil::Date;
use cunyi_policy::{Benefit, Facts, Use, course_reaches};

use crate::call::{Call, Stop, text};
use crate::envelope::facts;
use crate::ledger::CoverageRow;

row! {
    /// A settlement in force, as limits count it.
    pub struct Settled {
        /// When its visit began.
        pub begun_at: Moment,
        /// Benefit.
        pub benefit: String,
        /// 病种编码
        pub disease_code: String,
        /// Who settled it.
        pub institution_name: String,
        /// What it adds to them.
        pub adds: String,
    }
}

row! {
    /// What other institutions settled of a benefit.
    pub struct Elsewhere {
        /// Benefit.
        pub benefit: String,
        /// Fund.
        pub fund: Fen,
    }
}

row! {
    /// One sum.
    pub struct Sum {
        /// It.
        pub amount: Fen,
    }
}

const SETTLED: &str = "SELECT v.begun_at, s.benefit, s.disease_code, s.institution_name, s.adds
    FROM settlement s JOIN visit v ON v.id = s.visit
    WHERE s.person = ? AND s.scheme = ? AND s.year = ? AND s.kind = 'settlement'
    AND s.state = 'valid' ORDER BY s.id";

/// What a person has used of a day's year, here and elsewhere; early in a year also the last days of
/// the year before, into which a course of treatment may reach.
pub(crate) fn history(
    call: &mut Call<'_, '_>,
    person: &str,
    scheme: &str,
    day: Date,
    who: &Facts,
) -> Result<Vec<Use>, Stop> {
    let of_year = |year: i16| vec![text(person), text(scheme), Value::Int(i64::from(year))];
    let key = of_year(day.year());
    let elsewhere = "SELECT benefit, fund FROM elsewhere
                     WHERE person = ? AND scheme = ? AND year = ? ORDER BY benefit";
    let elsewhere: Vec<Elsewhere> = call.tx.query(elsewhere, key.clone())?;
    let mut settled: Vec<Settled> = call.tx.query(SETTLED, key)?;
    let reach = course_reaches(day);
    if reach.year() < day.year() {
        let before: Vec<Settled> = call.tx.query(SETTLED, of_year(reach.year()))?;
        let reached = before.into_iter().filter(|one| one.begun_at.date() > reach);
        settled.extend(reached);
    }
    let elsewhere = elsewhere.into_iter().filter_map(|row| {
        Some(Use::year_sum(
            Benefit::from_text(&row.benefit)?,
            day,
            row.fund,
        ))
    });
    Ok(elsewhere
        .chain(settled.into_iter().filter_map(|row| one(row, who)))
        .collect())
}

fn one(row: Settled, who: &Facts) -> Option<Use> {
    let facts = Facts {
        disease: Some(row.disease_code).filter(|code| !code.is_empty()),
        status: who.status,
        age: who.age,
        aid: who.aid,
        ..facts(&row.institution_name)
    };
    let benefit = Benefit::from_text(&row.benefit)?;
    Use::of_kept(&row.adds, row.begun_at.date(), benefit, facts)
}

/// What a year's history comes to under a benefit.
pub(crate) fn used(history: &[Use], benefit: Benefit, day: Date) -> Fen {
    let of_benefit = history.iter();
    let of_benefit =
        of_benefit.filter(|one| one.benefit == benefit && one.date.year() == day.year());
    of_benefit.map(Use::counted).sum()
}

const SPENT: &str = "SELECT CAST(COALESCE(SUM(account), 0) AS BIGINT) AS amount FROM settlement \
    WHERE person = ? AND scheme = ? AND kind = 'settlement' AND state = 'valid'";

/// What is left in the personal account.
pub(crate) fn balance(call: &mut Call<'_, '_>, coverage: &CoverageRow) -> Result<Fen, Stop> {
    let values = vec![text(&coverage.person), text(&coverage.scheme)];
    let spent: Vec<Sum> = call.tx.query(SPENT, values)?;
    Ok(coverage.balance - spent.iter().map(|s| s.amount).sum())
}
