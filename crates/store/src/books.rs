//! What a day's reconciliation is made of: settlements with where they are cleared, what is in flight,
//! and, kept beside the ledger, what the centre said and what was counted.

use cunyi_domain::batch::BatchState;
use cunyi_domain::ids::{BatchId, ClinicId, MessageId, SettlementId, UserId, VisitId};
use cunyi_domain::ledger::{
    Method, Payer, PaymentKind, Settlement, SettlementKind, Undone, WrittenOff,
};
use cunyi_domain::money::Fen;
use cunyi_domain::row::{Field, Value};
use cunyi_domain::time::Moment;
use cunyi_domain::time::civil::Date;

use crate::{StoreError, Tx};

cunyi_domain::table! {
    /// What the centre said of a day when it was last asked. Loss: it is asked again.
    pub struct Reconciliation in "reconciliation" (Local, ["clinic", "day"]) {
        /// Clinic.
        pub clinic: ClinicId,
        /// Which day.
        pub day: Date,
        /// `cunyi_domain::reconcile::Evidence` as JSON; it names no person.
        pub evidence: String,
        /// When.
        pub asked_at: Moment,
        /// By whom.
        pub asked_by: UserId,
    }
}

cunyi_domain::table! {
    /// 点钞: what was counted at the end of a day. Loss: it is counted again.
    pub struct Till in "till" (Local, ["clinic", "day"]) {
        /// Clinic.
        pub clinic: ClinicId,
        /// Which day.
        pub day: Date,
        /// Notes and coins taken that day, less what was paid back.
        pub cash: Fen,
        /// 扫码收款
        pub qr: Fen,
        /// When.
        pub counted_at: Moment,
        /// By whom.
        pub counted_by: UserId,
    }
}

cunyi_domain::row! {
    /// A settlement or reversal with what a statement tells of it.
    pub struct Booked {
        /// Id.
        pub id: SettlementId,
        /// Batch.
        pub batch: BatchId,
        /// Visit.
        pub visit: VisitId,
        /// Settlement or reversal.
        pub kind: SettlementKind,
        /// `setl_id`
        pub platform_settlement: String,
        /// msgid
        pub message: String,
        /// When.
        pub settled_at: Moment,
        /// `clr_type`, if 2207 said it.
        pub clearing_type: String,
        /// `clr_optins`, likewise.
        pub clearing_office: String,
        /// Who pays.
        pub payer: Payer,
        /// Benefit of its batch.
        pub benefit: String,
        /// 医疗费总额
        pub total: Fen,
        /// 基金
        pub fund: Fen,
        /// 个人账户
        pub account: Fen,
        /// 个人现金
        pub cash: Fen,
        /// `insutype`; none for self-pay.
        pub scheme: Option<String>,
        /// `psn_no`; empty after erasure.
        pub person_number: Option<String>,
        /// `mdtrt_id`
        pub platform_visit: Option<String>,
    }
}

cunyi_domain::row! {
    /// A batch whose 2207 or 2208 is asked for and not known.
    pub struct InFlight {
        /// Batch.
        pub batch: BatchId,
        /// Where it stands.
        pub state: BatchState,
        /// msgid
        pub message: String,
        /// When it was asked for.
        pub requested_at: Moment,
        /// Benefit.
        pub benefit: String,
        /// 医疗费总额
        pub total: Fen,
        /// 基金, as 2206 said it.
        pub fund: Fen,
        /// 个人账户
        pub account: Fen,
        /// `insutype`
        pub scheme: Option<String>,
    }
}

fn span(clinic: &ClinicId, from: Moment, to: Moment, limit: i64) -> Vec<Value> {
    vec![
        clinic.clone().into_value(),
        from.into_value(),
        to.into_value(),
        Value::Int(limit),
    ]
}

/// What is read of each, and where from.
const BOOKED: &str = "SELECT s.id, s.batch, s.visit, s.kind, s.platform_settlement, s.message, s.settled_at,
     s.clearing_type, s.clearing_office, b.payer, s.benefit, s.total, s.fund, s.account, s.cash,
     s.scheme, k.person_number, r.platform_visit
   FROM settlement s
   JOIN batch b ON b.clinic = s.clinic AND b.id = s.batch
   JOIN visit v ON v.clinic = s.clinic AND v.id = s.visit
   LEFT JOIN coverage k ON k.clinic = v.clinic AND k.id = v.coverage AND b.payer = 'insured'
   LEFT JOIN registration r ON r.clinic = b.clinic AND r.visit = b.visit AND r.position = b.registration";

/// Settlements and reversals from one moment to before another; at most `limit`.
pub fn booked(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    from: Moment,
    to: Moment,
    limit: i64,
) -> Result<Vec<Booked>, StoreError> {
    let sql = format!(
        "{BOOKED} WHERE s.clinic = ? AND s.settled_at >= ? AND s.settled_at < ?
         ORDER BY s.settled_at, s.id LIMIT ?"
    );
    Ok(tx.query(&sql, span(clinic, from, to, limit))?)
}

/// The settlements under a 就诊ID, on whatever day they were made.
pub fn booked_under(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    platform_visit: &str,
) -> Result<Vec<Booked>, StoreError> {
    let sql = format!(
        "{BOOKED} WHERE s.clinic = ? AND r.clinic = s.clinic AND r.platform_visit = ? AND s.kind = 'settlement'
         ORDER BY s.settled_at, s.id"
    );
    let values = vec![
        clinic.clone().into_value(),
        platform_visit.to_owned().into_value(),
    ];
    Ok(tx.query(&sql, values)?)
}

/// Batches in flight whose 2207 or 2208 was asked for from one moment to before another.
pub fn in_flight(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    from: Moment,
    to: Moment,
    limit: i64,
) -> Result<Vec<InFlight>, StoreError> {
    let states = BatchState::ALL.iter().filter(|state| state.in_flight());
    let states: Vec<String> = states.map(|state| format!("'{state}'")).collect();
    let sql = format!(
        "SELECT b.id AS batch, b.state, m.id AS message, m.requested_at, b.benefit,
           b.total, b.fund, b.account, k.scheme
         FROM batch b
         JOIN message m ON m.clinic = b.clinic AND m.id = b.intent
         JOIN visit v ON v.clinic = b.clinic AND v.id = b.visit
         LEFT JOIN coverage k ON k.clinic = v.clinic AND k.id = v.coverage
         WHERE b.clinic = ? AND m.requested_at >= ? AND m.requested_at < ? AND b.state IN ({})
         ORDER BY m.requested_at, b.id LIMIT ?",
        states.join(", ")
    );
    Ok(tx.query(&sql, span(clinic, from, to, limit))?)
}

fn day_key(clinic: &ClinicId, day: Date) -> Vec<Value> {
    vec![clinic.clone().into_value(), day.into_value()]
}

/// What the centre said of a day.
pub fn reconciliation(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    day: Date,
) -> Result<Option<Reconciliation>, StoreError> {
    Ok(tx.find("WHERE clinic = ? AND day = ?", day_key(clinic, day))?)
}

/// Keeps what the centre said of a day, instead of what it said before.
pub fn keep_reconciliation(tx: &mut Tx<'_>, row: Reconciliation) -> Result<(), StoreError> {
    let sql = "DELETE FROM reconciliation WHERE clinic = ? AND day = ?";
    tx.execute(sql, day_key(&row.clinic, row.day))?;
    Ok(tx.insert(row)?)
}

/// What was counted on a day.
pub fn till(tx: &mut Tx<'_>, clinic: &ClinicId, day: Date) -> Result<Option<Till>, StoreError> {
    Ok(tx.find("WHERE clinic = ? AND day = ?", day_key(clinic, day))?)
}

cunyi_domain::row! {
    /// What came in or was given back on a day, by who took or gave it, why and how.
    pub struct Moved {
        /// Who.
        pub actor: UserId,
        /// Why.
        pub kind: PaymentKind,
        /// How.
        pub method: Method,
        /// How often.
        pub count: i64,
        /// How much.
        pub amount: Fen,
    }
}

impl Moved {
    /// What it adds to the drawer.
    pub fn signed(&self) -> Fen {
        if self.kind.comes_in() {
            self.amount
        } else {
            -self.amount
        }
    }
}

fn of_day(clinic: &ClinicId, day: (Moment, Moment)) -> Vec<Value> {
    let clinic = clinic.clone().into_value();
    vec![clinic, day.0.into_value(), day.1.into_value()]
}

/// What came in and was given back on a day. What must be in a drawer is their sum by its method.
pub fn moved(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    day: (Moment, Moment),
) -> Result<Vec<Moved>, StoreError> {
    let sql = "SELECT actor, kind, method, COUNT(*) AS count, CAST(SUM(amount) AS BIGINT) AS amount
               FROM payment WHERE clinic = ? AND moved_at >= ? AND moved_at < ?
               GROUP BY actor, kind, method ORDER BY actor, kind, method";
    Ok(tx.query(sql, of_day(clinic, day))?)
}

cunyi_domain::row! {
    /// What was settled, or paid back, on a day by one user.
    pub struct Cashed {
        /// Who.
        pub actor: UserId,
        /// Settlements, or reversals.
        pub kind: SettlementKind,
        /// How many.
        pub count: i64,
        /// 医疗费总额
        pub total: Fen,
        /// Of it what was settled without an insurance.
        pub own: Fen,
        /// 基金
        pub fund: Fen,
        /// 个人账户
        pub account: Fen,
        /// Of it 家庭共济.
        pub mutual_aid: Fen,
        /// 个人现金
        pub cash: Fen,
        /// 医院负担
        pub hospital: Fen,
    }
}

/// What was settled and paid back on a day.
pub fn cashed(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    day: (Moment, Moment),
) -> Result<Vec<Cashed>, StoreError> {
    let sum = |what: &str, name: &str| format!("CAST(SUM({what}) AS BIGINT) AS {name}");
    let plain = ["total", "fund", "account", "mutual_aid", "cash", "hospital"];
    let sums: Vec<String> = plain.iter().map(|name| sum(name, name)).collect();
    let sql = format!(
        "SELECT actor, kind, COUNT(*) AS count, {}, {} FROM settlement
         WHERE clinic = ? AND settled_at >= ? AND settled_at < ? GROUP BY actor, kind ORDER BY actor, kind",
        sums.join(", "),
        sum("CASE WHEN scheme IS NULL THEN total ELSE 0 END", "own"),
    );
    Ok(tx.query(&sql, of_day(clinic, day))?)
}

/// Keeps what was counted on a day, instead of what was counted before.
pub fn keep_till(tx: &mut Tx<'_>, row: Till) -> Result<(), StoreError> {
    let sql = "DELETE FROM till WHERE clinic = ? AND day = ?";
    tx.execute(sql, day_key(&row.clinic, row.day))?;
    Ok(tx.insert(row)?)
}

/// What was undone at the centre, as the centre counts it: each a settlement and a reversal, from one
/// moment to before another.
pub fn undone(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    from: Moment,
    to: Moment,
    limit: i64,
) -> Result<Vec<Booked>, StoreError> {
    let mut all = Vec::new();
    for (kind, settlement, message, at) in [
        (
            "settlement",
            "platform_settlement",
            "settled_by",
            "settled_at",
        ),
        ("reversal", "reversal", "message", "reversed_at"),
    ] {
        let sql = format!(
            "SELECT u.id, u.batch, u.visit, '{kind}' AS kind, u.{settlement} AS platform_settlement,
               u.{message} AS message, u.{at} AS settled_at, u.clearing_type, u.clearing_office,
               'insured' AS payer, b.benefit, u.total, u.fund, u.account, u.cash, u.scheme,
               k.person_number, r.platform_visit
             FROM undone u
             JOIN batch b ON b.clinic = u.clinic AND b.id = u.batch
             JOIN visit v ON v.clinic = u.clinic AND v.id = u.visit
             LEFT JOIN coverage k ON k.clinic = v.clinic AND k.id = v.coverage
             LEFT JOIN registration r ON r.clinic = b.clinic AND r.visit = b.visit AND r.position = b.registration
             WHERE u.clinic = ? AND u.state = 'done' AND u.{at} >= ? AND u.{at} < ?
             ORDER BY u.{at}, u.id LIMIT ?"
        );
        let rows: Vec<Booked> = tx.query(&sql, span(clinic, from, to, limit))?;
        all.extend(rows);
    }
    Ok(all)
}

/// True if a visit's settlement of that number is in the ledger.
pub fn is_booked(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    visit: &VisitId,
    settlement: &str,
) -> Result<bool, StoreError> {
    let rest = "WHERE clinic = ? AND visit = ? AND platform_settlement = ?";
    let values = vec![
        clinic.clone().into_value(),
        visit.clone().into_value(),
        settlement.to_owned().into_value(),
    ];
    let found: Option<Settlement> = tx.find(rest, values)?;
    Ok(found.is_some())
}

/// How the undoing of a settlement stands, if it was asked for and not refused.
pub fn undoing(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    settlement: &str,
) -> Result<Option<Undone>, StoreError> {
    let rest = "WHERE clinic = ? AND platform_settlement = ? AND state <> 'refused'";
    let values = vec![
        clinic.clone().into_value(),
        settlement.to_owned().into_value(),
    ];
    Ok(tx.find(rest, values)?)
}

/// What was asked for from a day's page, the first asked first.
pub fn undone_from(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    day: Date,
) -> Result<Vec<Undone>, StoreError> {
    let rest = "WHERE clinic = ? AND day = ? ORDER BY asked_at, id LIMIT 500";
    Ok(tx.select(rest, day_key(clinic, day))?)
}

/// Those of which nobody knows what their 2208 did; some at a time.
pub fn lost_undoings(tx: &mut Tx<'_>, clinic: &ClinicId) -> Result<Vec<Undone>, StoreError> {
    let rest = "WHERE clinic = ? AND state = 'unknown' ORDER BY asked_at, id LIMIT 20";
    Ok(tx.select(rest, vec![clinic.clone().into_value()])?)
}

/// The one that a 2208 asked for.
pub fn undone_by(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    message: &MessageId,
) -> Result<Option<Undone>, StoreError> {
    let values = vec![clinic.clone().into_value(), message.clone().into_value()];
    Ok(tx.find("WHERE clinic = ? AND message = ?", values)?)
}

/// The differences of a day that a clinic's people settled, oldest first.
pub fn written_off(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    day: Date,
) -> Result<Vec<WrittenOff>, StoreError> {
    let rest = "WHERE clinic = ? AND day = ? ORDER BY written_at, id LIMIT 500";
    Ok(tx.select(rest, day_key(clinic, day))?)
}
