//! The auditor of the cupboard: what came, what went, and what came back.

use std::collections::BTreeMap;

use cunyi_domain::row;

use crate::audit::{Ours, must};
use crate::money;

row! {
    /// A lot with what moved.
    pub struct LotRow {
        /// Id.
        pub id: String,
        /// In the cupboard.
        pub on_hand: i64,
        /// Beside it, never to be sold.
        pub apart: i64,
        /// Promised.
        pub reserved: i64,
        /// What came less what went.
        pub moved: i64,
        /// What came back for its quality.
        pub spoilt: i64,
        /// What lines hold.
        pub held: i64,
    }
}

row! {
    /// A line of a drug, what it holds and what was handed over for it.
    pub struct LineRow {
        /// Id.
        pub id: String,
        /// Its batch.
        pub batch: String,
        /// Its batch's state.
        pub state: String,
        /// Its visit's state.
        pub visit: String,
        /// Smallest units a line sells, in the stock's unit.
        pub held: i64,
        /// How much the line sells.
        pub quantity: i64,
        /// Handed over.
        pub given: i64,
        /// When it was handed over; 0 if not.
        pub given_at: i64,
        /// Its visit's id.
        pub visit_id: String,
        /// The batch of whose reversal its batch is the rest; empty if of none.
        pub rest_of: String,
        /// The line that it is the rest of; empty if of none.
        pub rest_line: String,
        /// What came back of it, into the cupboard or beside it.
        pub back: i64,
    }
}

row! {
    /// What became of a line's goods.
    pub struct GoodsRow {
        /// The line.
        pub charge: String,
        /// `kept`, `quarantined` or `not_handed_over`.
        pub decision: String,
        /// Of so much.
        pub quantity: i64,
        /// Came back into the cupboard.
        pub back: i64,
        /// Came back beside it.
        pub apart: i64,
    }
}

/// By how much the clock by which drugs are handed over may be behind the centre's, or its own before it was
/// set.
const CLOCKS_APART: i64 = 120_000_000;

pub(crate) const LOTS: &str = "SELECT l.id AS id, l.on_hand AS on_hand, l.quarantined AS apart, \
    l.reserved AS reserved, \
    COALESCE((SELECT SUM(CASE WHEN m.kind IN ('received', 'counted_more', 'returned') THEN m.quantity \
        WHEN m.kind IN ('handed_over', 'counted_less') THEN -m.quantity ELSE 0 END) \
        FROM stock_move m WHERE m.clinic = l.clinic AND m.lot = l.id), 0) AS moved, \
    COALESCE((SELECT SUM(m.quantity) FROM stock_move m WHERE m.clinic = l.clinic AND m.lot = l.id \
        AND m.kind = 'quarantined'), 0) AS spoilt, \
    COALESCE((SELECT SUM(r.quantity) FROM reservation r WHERE r.clinic = l.clinic AND r.lot = l.id), 0) AS held \
    FROM stock_lot l ORDER BY l.id";
pub(crate) const LINES: &str = "SELECT c.id AS id, c.batch AS batch, b.state AS state, v.state AS visit, \
    c.quantity AS quantity, \
    COALESCE((SELECT SUM(r.quantity) FROM reservation r WHERE r.clinic = c.clinic AND r.charge = c.id), 0) AS held, \
    COALESCE((SELECT SUM(m.quantity) FROM stock_move m WHERE m.clinic = c.clinic AND m.charge = c.id \
        AND m.kind = 'handed_over'), 0) AS given, \
    COALESCE((SELECT MIN(m.moved_at) FROM stock_move m WHERE m.clinic = c.clinic AND m.charge = c.id \
        AND m.kind = 'handed_over'), 0) AS given_at, c.visit AS visit_id, \
    COALESCE(b.rest_of, '') AS rest_of, COALESCE(c.rest_of, '') AS rest_line, \
    COALESCE((SELECT SUM(m.quantity) FROM stock_move m WHERE m.clinic = c.clinic AND m.charge = c.id \
        AND m.kind IN ('returned', 'quarantined')), 0) AS back \
    FROM charge c JOIN batch b ON b.clinic = c.clinic AND b.id = c.batch \
    JOIN visit v ON v.clinic = c.clinic AND v.id = c.visit WHERE c.kind = 'drug' ORDER BY c.id";

pub(crate) const GOODS: &str = "SELECT g.charge AS charge, g.decision AS decision, g.quantity AS quantity, \
    COALESCE((SELECT SUM(m.quantity) FROM stock_move m WHERE m.clinic = g.clinic AND m.charge = g.charge \
        AND m.kind = 'returned'), 0) AS back, \
    COALESCE((SELECT SUM(m.quantity) FROM stock_move m WHERE m.clinic = g.clinic AND m.charge = g.charge \
        AND m.kind = 'quarantined'), 0) AS apart FROM goods_decision g ORDER BY g.clinic, g.charge";

/// What is in the cupboard came and did not go; what lies apart came back; what is promised is held by lines.
pub(crate) fn stock(lots: &[LotRow]) -> Result<(), String> {
    lots.iter().try_for_each(|lot| {
        let cupboard = lot.on_hand == lot.moved && lot.apart == lot.spoilt;
        must(cupboard && lot.reserved == lot.held, || {
            format!("lot {}: {lot:?}", lot.id)
        })
    })
}

/// What was handed over was paid before, or more was left than was owed; what nobody will be given is
/// promised to nobody.
pub(crate) fn given(lines: &[LineRow], ours: &[Ours], moves: &[money::Move]) -> Result<(), String> {
    lines.iter().try_for_each(|line| {
        let mut of_batch = ours.iter().filter(|r| r.batch == line.batch);
        let before = line.given_at + CLOCKS_APART;
        let paid = of_batch.any(|r| r.kind == "settlement" && r.settled_at <= before);
        // A clock that was set back meanwhile writes what came first behind what came then.
        let near = moves.iter().map(|m| m.at);
        let near = near.filter(|at| (line.given_at..=before).contains(at));
        let left = |at: i64| money::left_at(moves, &line.visit_id, at) > 0;
        let left = left(line.given_at) || near.into_iter().any(left);
        must(line.given == 0 || paid || left, || {
            format!("line {} was handed over unpaid", line.id)
        })?;
        must(
            line.given == 0 || !given_before(lines, &line.rest_of),
            || format!("line {} was handed over twice", line.id),
        )?;
        must(line.given == 0 || line.held == 0, || {
            format!("line {} is handed over and held", line.id)
        })?;
        let gone = matches!(line.state.as_str(), "void" | "reversed");
        must(!gone || line.held == 0, || {
            format!("line {} of a batch that is gone is held", line.id)
        })?;
        let before = given_before(lines, &line.rest_of);
        let due = line.state == "settled" && line.visit == "done" && !before;
        must(!due || line.given > 0, || {
            format!("line {} is paid and was not handed over", line.id)
        })
    })
}

/// What stays of a batch that was handed over is not handed over again.
fn given_before(lines: &[LineRow], batch: &str) -> bool {
    let mut its = lines.iter().filter(|line| line.batch == batch);
    its.any(|line| line.given > 0 || given_before(lines, &line.rest_of))
}

/// Goods are decided on once for each line of a batch that was paid back. What the decision says came back
/// did, in proportion to what went, and never more than went.
pub(crate) fn decided(decisions: &[GoodsRow], lines: &[LineRow]) -> Result<(), String> {
    decisions.iter().try_for_each(|row| {
        let line = lines.iter().find(|line| line.id == row.charge);
        let line = line.ok_or_else(|| format!("goods of no line: {row:?}"))?;
        let went = root(lines, line);
        let back = i128::from(went.given) * i128::from(row.quantity) / i128::from(went.quantity);
        let expected = match row.decision.as_str() {
            "not_handed_over" => (back, 0),
            "quarantined" => (0, back),
            _ => (0, 0),
        };
        let moved = (i128::from(row.back), i128::from(row.apart));
        must(line.state == "reversed" && moved == expected, || {
            format!("goods: {row:?}, of {back}")
        })
    })?;
    let mut rests: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
    for line in lines {
        let sums = rests.entry(&root(lines, line).id).or_default();
        sums.0 += line.given;
        sums.1 += line.back;
    }
    let too_much = rests.iter().find(|(_, (given, back))| back > given);
    must(too_much.is_none(), || {
        format!("more came back than went: {too_much:?}")
    })
}

/// The line with which a line's goods went: itself, or one that it is the rest of.
fn root<'a>(lines: &'a [LineRow], line: &'a LineRow) -> &'a LineRow {
    let whole = lines.iter().find(|other| other.id == line.rest_line);
    match whole {
        Some(whole) if line.given == 0 => root(lines, whole),
        _ => line,
    }
}
