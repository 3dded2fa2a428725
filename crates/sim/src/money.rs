//! The auditor of the counter: what changed hands is what is owed.

use cunyi_domain::row;

row! {
    /// A visit's money.
    pub struct VisitMoney {
        /// Id.
        pub id: String,
        /// As the program keeps it.
        pub balance: i64,
        /// Came in less given back.
        pub received: i64,
        /// Cash of settlements less reversals.
        pub owed: i64,
        /// Batches of which nobody knows.
        pub unknown: i64,
        /// Batches that are neither settled nor paid back.
        pub open: i64,
    }
}

row! {
    /// What a payment, a settlement or a reversal changes of what lies here above what is owed.
    pub struct Move {
        /// Of which visit.
        pub visit: String,
        /// When.
        pub at: i64,
        /// By so much.
        pub more: i64,
    }
}

pub(crate) const MOVES: &str = "SELECT visit, moved_at AS at, \
    CASE WHEN kind IN ('paid', 'deposit', 'collected') THEN amount ELSE -amount END AS more FROM payment \
    UNION ALL SELECT visit, booked_at AS at, CASE WHEN kind = 'settlement' THEN -cash ELSE cash END AS more \
    FROM settlement";

/// What changed hands alone.
pub(crate) const MOVED: &str = "SELECT visit, moved_at AS at, \
    CASE WHEN kind IN ('paid', 'deposit', 'collected') THEN amount ELSE -amount END AS more FROM payment";

row! {
    /// What came into a drawer, or went.
    pub struct Paid {
        /// Whose drawer.
        pub clinic: String,
        /// When.
        pub at: i64,
        /// `cash` or `qr`.
        pub method: String,
        /// So much.
        pub more: i64,
    }
}

pub(crate) const PAID: &str = "SELECT clinic, moved_at AS at, method, \
    CASE WHEN kind IN ('paid', 'deposit', 'collected') THEN amount ELSE -amount END AS more FROM payment";

/// What lay here for a visit above what was owed, at a moment.
pub(crate) fn left_at(moves: &[Move], visit: &str, at: i64) -> i64 {
    let before = moves.iter().filter(|m| m.visit == visit && m.at <= at);
    before.map(|m| m.more).sum()
}

pub(crate) const VISITS: &str = "SELECT v.id AS id, v.balance AS balance, \
    COALESCE((SELECT SUM(CASE WHEN p.kind IN ('paid', 'deposit', 'collected') THEN p.amount ELSE -p.amount END) \
        FROM payment p WHERE p.clinic = v.clinic AND p.visit = v.id), 0) AS received, \
    COALESCE((SELECT SUM(CASE WHEN s.kind = 'settlement' THEN s.cash ELSE -s.cash END) \
        FROM settlement s WHERE s.clinic = v.clinic AND s.visit = v.id), 0) AS owed, \
    (SELECT COUNT(*) FROM batch b WHERE b.clinic = v.clinic AND b.visit = v.id AND b.state LIKE '%unknown') \
        AS unknown, \
    (SELECT COUNT(*) FROM batch b WHERE b.clinic = v.clinic AND b.visit = v.id \
        AND b.state NOT IN ('settled', 'reversed', 'void')) AS open \
    FROM visit v ORDER BY v.id";

/// What was paid is what is owed, to the fen; of what nobody knows a deposit may lie here.
pub(crate) fn check(visits: &[VisitMoney]) -> Result<(), String> {
    for visit in visits {
        let over = visit.received - visit.owed;
        if visit.balance != over {
            return Err(format!(
                "visit {}: balance {} is {over}",
                visit.id, visit.balance
            ));
        }
        if over != 0 && visit.unknown == 0 {
            let (id, open) = (&visit.id, visit.open);
            return Err(format!(
                "visit {id}: {over} fen are left over, {open} batches open"
            ));
        }
    }
    Ok(())
}
