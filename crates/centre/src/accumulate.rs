//! Accumulators and balances: sums over the settlements in force, so that a reversal restores them
//! by being one.

use cunyi_domain::money::Fen;
use cunyi_domain::row;
use cunyi_domain::row::Value;
use cunyi_policy::{Benefit, Used};

use crate::call::{Call, Stop, text};
use crate::ledger::CoverageRow;

row! {
    /// What a year's settlements of one benefit add up to.
    pub struct Sums {
        /// Benefit.
        pub benefit: String,
        /// Fund that counts towards caps.
        pub fund: Fen,
        /// Deductible.
        pub deductible: Fen,
    }
}

row! {
    /// One sum.
    pub struct Sum {
        /// It.
        pub amount: Fen,
    }
}

const SUMS: &str = "SELECT benefit, CAST(SUM(fund) AS BIGINT) AS fund, \
    CAST(SUM(deductible) AS BIGINT) AS deductible FROM (\
    SELECT benefit, fed_fund AS fund, deductible FROM settlement \
    WHERE person = ? AND scheme = ? AND year = ? AND kind = 'settlement' AND state = 'valid' \
    UNION ALL SELECT benefit, fund, 0 FROM elsewhere \
    WHERE person = ? AND scheme = ? AND year = ?) AS uses GROUP BY benefit";

/// What a person has used of a year.
pub(crate) fn used(
    call: &mut Call<'_, '_>,
    person: &str,
    scheme: &str,
    year: i64,
    benefit: Benefit,
) -> Result<Used, Stop> {
    let key = [text(person), text(scheme), Value::Int(year)];
    let values = key.iter().chain(&key).cloned().collect();
    let sums: Vec<Sums> = call.tx.query(SUMS, values)?;
    let mine = sums.iter().find(|s| s.benefit == benefit.as_str());
    Ok(Used {
        fund_this_year: sums.iter().map(|s| s.fund).sum(),
        benefit_fund_this_year: mine.map_or(Fen::ZERO, |s| s.fund),
        deductible_this_year: mine.map_or(Fen::ZERO, |s| s.deductible),
    })
}

const SPENT: &str = "SELECT CAST(COALESCE(SUM(account), 0) AS BIGINT) AS amount FROM settlement \
    WHERE person = ? AND scheme = ? AND kind = 'settlement' AND state = 'valid'";

/// What is left in the personal account.
pub(crate) fn balance(call: &mut Call<'_, '_>, coverage: &CoverageRow) -> Result<Fen, Stop> {
    let values = vec![text(&coverage.person), text(&coverage.scheme)];
    let spent: Vec<Sum> = call.tx.query(SPENT, values)?;
    Ok(coverage.balance - spent.iter().map(|s| s.amount).sum())
}
