//! Sums over a period: what came in, by what and whom. Each is one pass over the rows of the period; a
//! reversal takes off what its settlement added.

use cunyi_domain::ids::{ClinicId, UserId};
use cunyi_domain::ledger::{ItemKind, Payer};
use cunyi_domain::money::{Fen, Quantity};
use cunyi_domain::row::{Field, Value};
use cunyi_domain::time::Moment;
use cunyi_domain::time::civil::Date;

use crate::{StoreError, Tx};

/// Microseconds from midnight UTC to midnight here: +08:00 the year round.
const EAST: i64 = 8 * 3_600_000_000;
/// Microseconds of a day.
const DAY: i64 = 86_400_000_000;

/// The date of a day of these sums.
pub fn date(day: i64) -> Date {
    Moment(day.saturating_mul(DAY).saturating_sub(EAST)).date()
}

/// From a moment to before another.
#[derive(Clone, Copy, Debug)]
pub struct Span {
    /// The first.
    pub from: Moment,
    /// The first that is outside.
    pub to: Moment,
}

cunyi_domain::row! {
    /// What was settled less what was paid back, of a day, a payer, a benefit and a doctor.
    pub struct Income {
        /// Days from 1970-01-01, by the calendar here.
        pub day: i64,
        /// Who pays.
        pub payer: Payer,
        /// Benefit; empty for a self-pay batch.
        pub benefit: String,
        /// Whose visit.
        pub doctor: UserId,
        /// Sum.
        pub total: Fen,
        /// Of the funds.
        pub fund: Fen,
        /// From personal accounts.
        pub account: Fen,
        /// Of the patient.
        pub cash: Fen,
        /// Of the institution.
        pub hospital: Fen,
    }
}

cunyi_domain::row! {
    /// What a drug or service brought in.
    pub struct Sold {
        /// Drug or service.
        pub kind: ItemKind,
        /// 医保目录编码
        pub code: String,
        /// As it was charged.
        pub name: String,
        /// Specification.
        pub spec: String,
        /// Of the quantity.
        pub unit: String,
        /// How much, less what came back.
        pub quantity: Quantity,
        /// For how much.
        pub amount: Fen,
    }
}

cunyi_domain::row! {
    /// Visits that were finished, of a day and a doctor.
    pub struct Seen {
        /// Days from 1970-01-01, by the calendar here.
        pub day: i64,
        /// Hour of the day, 0 to 23, they were registered in.
        pub hour: i64,
        /// Whose.
        pub doctor: UserId,
        /// How many.
        pub visits: i64,
    }
}

cunyi_domain::row! {
    /// A main diagnosis and how often it was one.
    pub struct Diagnosed {
        /// ICD code.
        pub code: String,
        /// As it was signed.
        pub name: String,
        /// Visits.
        pub visits: i64,
    }
}

cunyi_domain::row! {
    /// A number.
    pub struct Count {
        /// It.
        pub visits: i64,
    }
}

/// What came in.
pub fn income(tx: &mut Tx<'_>, clinic: &ClinicId, span: Span) -> Result<Vec<Income>, StoreError> {
    let sum = |column: &str| {
        format!(
            "CAST(SUM(CASE WHEN s.kind = 'reversal' THEN -s.{column} ELSE s.{column} END) AS BIGINT) AS {column}"
        )
    };
    let sums = ["total", "fund", "account", "cash", "hospital"]
        .map(sum)
        .join(", ");
    let sql = format!(
        "SELECT (s.settled_at + {EAST}) / {DAY} AS day, b.payer AS payer, b.benefit AS benefit, \
                v.doctor AS doctor, {sums} \
         FROM settlement s JOIN batch b ON b.clinic = s.clinic AND b.id = s.batch \
              JOIN visit v ON v.clinic = s.clinic AND v.id = s.visit \
         WHERE s.clinic = ? AND s.settled_at >= ? AND s.settled_at < ? \
         GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4"
    );
    Ok(tx.query(&sql, of(clinic, span))?)
}

/// What it came in for.
pub fn sold(tx: &mut Tx<'_>, clinic: &ClinicId, span: Span) -> Result<Vec<Sold>, StoreError> {
    let sum = |column: &str| {
        format!(
            "CAST(SUM(CASE WHEN s.kind = 'reversal' THEN -c.{column} ELSE c.{column} END) AS BIGINT) AS {column}"
        )
    };
    let (quantity, amount) = (sum("quantity"), sum("amount"));
    let sql = format!(
        "SELECT c.kind AS kind, c.code AS code, c.name AS name, c.spec AS spec, c.unit AS unit, \
                {quantity}, {amount} \
         FROM settlement s JOIN charge c ON c.clinic = s.clinic AND c.batch = s.batch AND c.visit = s.visit \
         WHERE s.clinic = ? AND s.settled_at >= ? AND s.settled_at < ? \
         GROUP BY 1, 2, 3, 4, 5 ORDER BY 7 DESC, 2, 3, 5"
    );
    Ok(tx.query(&sql, of(clinic, span))?)
}

/// Who was seen: finished visits by when they were registered.
pub fn seen(tx: &mut Tx<'_>, clinic: &ClinicId, span: Span) -> Result<Vec<Seen>, StoreError> {
    let sql = format!(
        "SELECT (registered_at + {EAST}) / {DAY} AS day, \
                ((registered_at + {EAST}) % {DAY}) / 3600000000 AS hour, doctor, COUNT(*) AS visits \
         FROM visit WHERE clinic = ? AND registered_at >= ? AND registered_at < ? AND state = 'done' \
         GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
    );
    Ok(tx.query(&sql, of(clinic, span))?)
}

/// With what they came, most first; at most so many.
pub fn diagnosed(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    span: Span,
    most: i64,
) -> Result<Vec<Diagnosed>, StoreError> {
    let sql = "SELECT d.code AS code, d.name AS name, COUNT(*) AS visits \
               FROM visit v JOIN diagnosis d ON d.clinic = v.clinic AND d.visit = v.id AND d.position = 1 \
               WHERE v.clinic = ? AND v.registered_at >= ? AND v.registered_at < ? AND v.state = 'done' \
               GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT ?";
    let mut values = of(clinic, span);
    values.push(Value::Int(most));
    Ok(tx.query(sql, values)?)
}

/// In how many finished visits something was prescribed of which this holds: a condition on `c`, a line
/// that was neither paid back nor taken back, with its values.
fn prescribed(
    tx: &mut Tx<'_>,
    (clinic, span): (&ClinicId, Span),
    condition: &str,
    more: &[String],
) -> Result<i64, StoreError> {
    // Asked of each visit: joined, SQLite begins with the lines of all days.
    let sql = format!(
        "SELECT COUNT(*) AS visits FROM visit v \
         WHERE v.clinic = ? AND v.registered_at >= ? AND v.registered_at < ? AND v.state = 'done' AND EXISTS \
           (SELECT 1 FROM charge c JOIN batch b ON b.clinic = c.clinic AND b.id = c.batch \
            WHERE c.clinic = v.clinic AND c.visit = v.id AND b.state NOT IN ('reversed', 'void') AND {condition})"
    );
    let mut values = of(clinic, span);
    values.extend(more.iter().map(|text| text.clone().into_value()));
    let rows: Vec<Count> = tx.query(&sql, values)?;
    Ok(rows.first().map_or(0, |row| row.visits))
}

/// In how many finished visits a drug was prescribed.
pub fn with_drugs(tx: &mut Tx<'_>, clinic: &ClinicId, span: Span) -> Result<i64, StoreError> {
    prescribed(tx, (clinic, span), "c.kind = 'drug'", &[])
}

/// In how many one of these drugs was.
pub fn with_codes(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    span: Span,
    codes: &[String],
) -> Result<i64, StoreError> {
    within(tx, (clinic, span), "c.code", codes)
}

/// In how many a drug was by one of these routes, as they are printed.
pub fn by_routes(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    span: Span,
    routes: &[String],
) -> Result<i64, StoreError> {
    within(tx, (clinic, span), "c.route", routes)
}

fn within(
    tx: &mut Tx<'_>,
    whose: (&ClinicId, Span),
    column: &str,
    texts: &[String],
) -> Result<i64, StoreError> {
    if texts.is_empty() {
        return Ok(0);
    }
    let places = vec!["?"; texts.len()].join(", ");
    prescribed(
        tx,
        whose,
        &format!("c.kind = 'drug' AND {column} IN ({places})"),
        texts,
    )
}

fn of(clinic: &ClinicId, span: Span) -> Vec<Value> {
    vec![
        clinic.clone().into_value(),
        span.from.into_value(),
        span.to.into_value(),
    ]
}
