//! The auditor of what was charged anew: what stays of a batch after a refund, and what a patient had paid
//! herself and is settled with her insurance after all.

use std::collections::BTreeMap;

use cunyi_domain::row;

use crate::audit::must;
use crate::money::Move;

row! {
    /// A batch that stands for another that was reversed.
    pub struct RestRow {
        /// Its id.
        pub id: String,
        /// `chrg_bchno`
        pub number: String,
        /// Of which visit.
        pub visit: String,
        /// Who pays.
        pub payer: String,
        /// The other's id.
        pub whole: String,
        /// Who paid the other.
        pub whole_payer: String,
        /// What the other came to.
        pub whole_total: i64,
        /// Why the other was reversed.
        pub reason: String,
        /// When.
        pub reversed_at: i64,
        /// What it comes to.
        pub total: i64,
        /// What the patient paid of it; nothing while it is not settled.
        pub cash: Option<i64>,
        /// When it was settled.
        pub settled_at: Option<i64>,
    }
}

row! {
    /// A line.
    pub struct LineSum {
        /// Id.
        pub id: String,
        /// Its batch's.
        pub batch: String,
        /// How much.
        pub quantity: i64,
        /// For how much.
        pub amount: i64,
        /// The line that it is the rest of; empty if of none.
        pub whole: String,
    }
}

pub(crate) const RESTS: &str = "SELECT b.id AS id, b.number AS number, b.visit AS visit, b.payer AS payer, \
    o.id AS whole, o.payer AS whole_payer, o.total AS whole_total, r.reason AS reason, \
    r.booked_at AS reversed_at, b.total AS total, s.cash AS cash, s.booked_at AS settled_at FROM batch b \
    JOIN batch o ON o.clinic = b.clinic AND o.id = b.rest_of \
    JOIN settlement r ON r.clinic = o.clinic AND r.batch = o.id AND r.kind = 'reversal' \
    LEFT JOIN settlement s ON s.clinic = b.clinic AND s.batch = b.id AND s.kind = 'settlement' ORDER BY b.id";
pub(crate) const LINES: &str = "SELECT id, batch, quantity, amount, COALESCE(rest_of, '') AS whole \
    FROM charge ORDER BY id";

/// As what the program does it.
const INSURED: &str = "自费转医保";

impl RestRow {
    fn insured(&self) -> bool {
        self.reason == INSURED
    }
}

/// What was settled with the insurance after all.
pub(crate) fn count(rests: &[RestRow]) -> u64 {
    let insured = |row: &&RestRow| row.insured() && row.payer == "insured" && row.cash.is_some();
    rests.iter().filter(insured).count() as u64
}

/// No line stays twice, nor more of it than there was; of what is insured after all each stays whole.
pub(crate) fn lines(lines: &[LineSum], rests: &[RestRow]) -> Result<(), String> {
    let by_id: BTreeMap<&str, &LineSum> = lines.iter().map(|l| (l.id.as_str(), l)).collect();
    let mut stays: BTreeMap<&str, &LineSum> = BTreeMap::new();
    for line in lines.iter().filter(|line| !line.whole.is_empty()) {
        let whole = by_id.get(line.whole.as_str());
        let whole = whole.ok_or_else(|| format!("line {} is the rest of none", line.id))?;
        must(
            line.quantity <= whole.quantity && line.amount <= whole.amount,
            || format!("line {}: more stays than was", line.id),
        )?;
        let rest = rests.iter().find(|rest| rest.id == line.batch);
        must(rest.is_some_and(|rest| rest.whole == whole.batch), || {
            format!("line {} is the rest of another batch's", line.id)
        })?;
        must(stays.insert(&line.whole, line).is_none(), || {
            format!("line {} stays twice", line.whole)
        })?;
    }
    for rest in rests.iter().filter(|rest| rest.insured()) {
        for whole in lines.iter().filter(|line| line.batch == rest.whole) {
            let stays = stays.get(whole.id.as_str());
            let same = |l: &&LineSum| (l.quantity, l.amount) == (whole.quantity, whole.amount);
            must(stays.is_some_and(same), || {
                format!("line {} is not charged anew as it was", whole.id)
            })?;
        }
    }
    Ok(())
}

/// What is insured after all is what she had paid herself, all of it. No money changes hands when it is taken
/// back, nor when it is settled, with the insurance or by herself again: it is held, and she never owes more.
pub(crate) fn insured(rests: &[RestRow], moved: &[Move]) -> Result<(), String> {
    let mut sums: BTreeMap<&str, (i64, i64, i64)> = BTreeMap::new();
    for rest in rests.iter().filter(|rest| rest.insured()) {
        let cash = rest.cash.unwrap_or_default();
        must(rest.whole_payer == "self", || {
            format!("{} was insured before", rest.number)
        })?;
        must(
            rest.payer == "insured" || rest.cash.is_none_or(|cash| cash == rest.total),
            || format!("{}: {cash} by herself of {}", rest.number, rest.total),
        )?;
        let then = [Some(rest.reversed_at), rest.settled_at];
        let mut hers = moved.iter().filter(|m| m.visit == rest.visit);
        must(!hers.any(|m| then.contains(&Some(m.at))), || {
            format!("{}: money changed hands", rest.number)
        })?;
        let (whole, total, owed) = sums.entry(&rest.whole).or_default();
        *whole = rest.whole_total;
        *total += rest.total;
        *owed += cash;
    }
    let wrong = sums
        .iter()
        .find(|(_, (whole, total, owed))| total != whole || owed > whole);
    must(wrong.is_none(), || {
        format!("insured after all, to what it was, is, she owes: {wrong:?}")
    })
}
