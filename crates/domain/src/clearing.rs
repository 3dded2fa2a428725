//! 清算: what the fund owes the clinic, period by period (nhsa-interface §2.19).
//!
//! Each sum of a claim is one of those beside it, or their difference, so that the parts of what is
//! owed add up to it whatever was entered.

mod appeal;
mod application;

use std::collections::BTreeMap;
use std::fmt;
use std::iter::Sum;
use std::ops::AddAssign;

use crate::ledger::{ClearingEntry, ClearingKind};
use crate::money::Fen;
use crate::reconcile::Group;
use crate::time::civil::Date;

pub use appeal::{Appeal, appeal_of, appeals, standing, taken_out};
pub use application::{ClearingEvent, ClearingState, TRANSITIONS};

text_enum! {
    /// How long a region's clearing period is.
    pub enum Every {
        /// 按日
        Day = "day",
        /// 按旬: from the 1st, the 11th and the 21st
        TenDays = "ten_days",
        /// 按月
        Month = "month",
    }
}

/// 清算期: days that are applied for together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Period {
    /// Its first day.
    pub from: Date,
    /// Its last day.
    pub to: Date,
}

impl Every {
    /// The period that a day lies in.
    pub fn around(self, day: Date) -> Period {
        let on = |number: i8| Date::new(day.year(), day.month(), number).unwrap_or(day);
        let end = day.last_of_month();
        let (from, to) = match (self, day.day()) {
            (Self::Day, _) => (day, day),
            (Self::Month, _) => (on(1), end),
            (Self::TenDays, ..=10) => (on(1), on(10)),
            (Self::TenDays, 11..=20) => (on(11), on(20)),
            (Self::TenDays, _) => (on(21), end),
        };
        Period { from, to }
    }

    /// The period before; none before the calendar begins.
    pub fn before(self, period: Period) -> Option<Period> {
        period.from.yesterday().ok().map(|day| self.around(day))
    }

    /// How many periods are looked at together: about a year, a month of single days.
    pub const fn together(self) -> usize {
        match self {
            Self::Day => 31,
            Self::TenDays => 18,
            Self::Month => 12,
        }
    }
}

impl Period {
    /// Each of its days.
    pub fn days(self) -> impl Iterator<Item = Date> {
        let next = |day: &Date| day.tomorrow().ok();
        std::iter::successors(Some(self.from), next).take_while(move |day| *day <= self.to)
    }

    /// True once its last day is over.
    pub fn over(self, today: Date) -> bool {
        self.to < today
    }
}

/// `2026-11`, `2026-11-01–10`, `2026-11-24`.
impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let month = Every::Month.around(self.from);
        if *self == month {
            write!(f, "{}", self.from.strftime("%Y-%m"))
        } else if self.from == self.to {
            write!(f, "{}", self.from)
        } else {
            write!(f, "{}–{}", self.from, self.to.strftime("%d"))
        }
    }
}

/// What is applied for: of settlements less reversals. A reversal counts as one more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// 人次
    pub count: i64,
    /// 医疗费总额
    pub total: Fen,
    /// 基金申报总额
    pub fund: Fen,
    /// 个人账户支出
    pub account: Fen,
    /// 现金支付金额
    pub cash: Fen,
}

impl Asked {
    /// What it claims of the fund: its own part, and what accounts that it keeps have paid.
    pub fn claim(&self) -> Fen {
        self.fund + self.account
    }
}

impl AddAssign for Asked {
    fn add_assign(&mut self, other: Self) {
        self.count += other.count;
        self.total += other.total;
        self.fund += other.fund;
        self.account += other.account;
        self.cash += other.cash;
    }
}

impl Sum for Asked {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |mut sum, one| {
            sum += one;
            sum
        })
    }
}

/// What became of a claim: of one group and period, or a sum of several.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Claim {
    /// 基金和个人账户应付: what our ledger has settled, less what it has reversed.
    pub settled: Fen,
    /// 已申报
    pub applied: Fen,
    /// 认可
    pub recognised: Fen,
    /// 扣款
    pub deducted: Fen,
    /// 预留: held back and not yet released.
    pub withheld: Fen,
    /// 预付: set off against what was advanced.
    pub advanced: Fen,
    /// 到账
    pub paid: Fen,
}

impl Claim {
    /// 未申报: settled here and not applied for.
    pub fn not_applied(&self) -> Fen {
        self.settled - self.applied
    }

    /// 审核中: applied for; the office has not said what it makes of it.
    pub fn in_review(&self) -> Fen {
        self.applied - self.recognised - self.deducted
    }

    /// 待拨付: recognised, and neither held back, set off nor paid.
    pub fn payable(&self) -> Fen {
        self.recognised - self.withheld - self.advanced - self.paid
    }

    /// 医保应收: what the fund owes the clinic; the four parts make it up.
    pub fn owed(&self) -> Fen {
        self.settled - self.deducted - self.advanced - self.paid
    }

    /// True if something was entered that cannot be: more decided than applied for, more paid than
    /// recognised, more released than withheld.
    pub fn odd(&self) -> bool {
        let parts = [self.in_review(), self.payable(), self.withheld];
        // What is reversed after a period may make all of it negative.
        self.applied >= Fen::ZERO && parts.iter().any(|part| part.is_negative())
    }

    /// With an entry counted once more.
    fn enter(&mut self, kind: ClearingKind, amount: Fen) {
        match kind {
            ClearingKind::Recognised => self.recognised += amount,
            ClearingKind::Deducted => self.deducted += amount,
            ClearingKind::Withheld => self.withheld += amount,
            ClearingKind::Released => self.withheld -= amount,
            ClearingKind::Advanced => self.advanced += amount,
            ClearingKind::Paid => self.paid += amount,
            ClearingKind::Restored => {
                self.deducted -= amount;
                self.recognised += amount;
            }
            ClearingKind::Appealed | ClearingKind::Confirmed => {}
        }
    }
}

impl AddAssign for Claim {
    fn add_assign(&mut self, other: Self) {
        self.settled += other.settled;
        self.applied += other.applied;
        self.recognised += other.recognised;
        self.deducted += other.deducted;
        self.withheld += other.withheld;
        self.advanced += other.advanced;
        self.paid += other.paid;
    }
}

impl Sum for Claim {
    fn sum<I: Iterator<Item = Self>>(claims: I) -> Self {
        claims.fold(Self::default(), |mut sum, claim| {
            sum += claim;
            sum
        })
    }
}

/// The claims of a period by group: what was settled, what was applied for, what the office said.
pub fn claims(
    settled: &[(Group, Fen)],
    applied: &[(Group, Fen)],
    entries: &[ClearingEntry],
) -> BTreeMap<Group, Claim> {
    let mut claims: BTreeMap<Group, Claim> = BTreeMap::new();
    for (group, amount) in settled {
        claims.entry(group.clone()).or_default().settled += *amount;
    }
    for (group, amount) in applied {
        claims.entry(group.clone()).or_default().applied += *amount;
    }
    for entry in entries {
        let claim = claims.entry(entry.group()).or_default();
        claim.enter(entry.kind, entry.signed());
    }
    claims
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::time::parse_date;

    fn day(text: &str) -> Date {
        parse_date(text).unwrap()
    }

    fn group(office: &str) -> Group {
        Group {
            scheme: "390".to_owned(),
            clearing_type: "11".to_owned(),
            office: office.to_owned(),
        }
    }

    fn entry(id: &str, kind: ClearingKind, amount: i64) -> ClearingEntry {
        ClearingEntry {
            clinic: "c1".into(),
            id: id.into(),
            from_day: day("2026-11-01"),
            to_day: day("2026-11-30"),
            scheme: "390".to_owned(),
            clearing_type: "11".to_owned(),
            office: "990001".to_owned(),
            kind,
            amount: Fen(amount),
            on_day: day("2026-12-05"),
            appeal_by: None,
            reason: String::new(),
            reverses: None,
            about: None,
            entered_at: crate::time::Moment(0),
            actor: "u1".into(),
        }
    }

    #[test]
    fn periods_end_where_months_do() {
        for (every, of, from, to) in [
            (Every::Day, "2026-02-28", "2026-02-28", "2026-02-28"),
            (Every::Month, "2028-02-11", "2028-02-01", "2028-02-29"),
            (Every::TenDays, "2026-11-01", "2026-11-01", "2026-11-10"),
            (Every::TenDays, "2026-11-10", "2026-11-01", "2026-11-10"),
            (Every::TenDays, "2026-11-11", "2026-11-11", "2026-11-20"),
            (Every::TenDays, "2026-10-31", "2026-10-21", "2026-10-31"),
        ] {
            let period = every.around(day(of));
            assert_eq!(
                (period.from, period.to),
                (day(from), day(to)),
                "{every} {of}"
            );
        }
        for (every, told) in [
            (Every::Day, "2026-11-24"),
            (Every::TenDays, "2026-11-21–30"),
            (Every::Month, "2026-11"),
        ] {
            assert_eq!(every.around(day("2026-11-24")).to_string(), told);
        }
        let march = Every::Month.around(day("2026-03-01"));
        let february = Every::Month.before(march).unwrap();
        assert_eq!(february.days().count(), 28);
        assert!(february.over(day("2026-03-01")) && !march.over(day("2026-03-31")));
        assert_eq!(Every::Month.before(Every::Month.around(Date::MIN)), None);
    }

    #[test]
    fn a_statement_of_the_office_adds_up() {
        let mut back = entry("4", ClearingKind::Paid, 10_000);
        back.reverses = Some("3".into());
        let entries = [
            entry("1", ClearingKind::Recognised, 95_000),
            entry("2", ClearingKind::Deducted, 2_000),
            entry("3", ClearingKind::Paid, 10_000),
            back,
            entry("5", ClearingKind::Paid, 60_000),
            entry("6", ClearingKind::Withheld, 5_000),
            entry("7", ClearingKind::Released, 1_000),
            entry("8", ClearingKind::Advanced, 20_000),
        ];
        let (here, elsewhere) = (group("990001"), group("990002"));
        let settled = [(here.clone(), Fen(101_000)), (elsewhere.clone(), Fen(7))];
        let claims = claims(&settled, &[(here.clone(), Fen(100_000))], &entries);
        let claim = claims[&here];
        assert_eq!(claim.not_applied(), Fen(1_000));
        assert_eq!(claim.in_review(), Fen(3_000));
        assert_eq!(claim.withheld, Fen(4_000));
        assert_eq!(claim.payable(), Fen(11_000));
        assert_eq!(claim.owed(), Fen(19_000));
        assert!(!claim.odd());
        assert_eq!(claims[&elsewhere].owed(), Fen(7));
        let all: Claim = claims.values().copied().sum();
        assert_eq!(all.owed(), Fen(19_007));
    }

    fn deduction(id: &str, by: &str) -> ClearingEntry {
        ClearingEntry {
            appeal_by: Some(day(by)),
            ..entry(id, ClearingKind::Deducted, 5)
        }
    }

    fn about(id: &str, kind: ClearingKind, deduction: &str, amount: i64) -> ClearingEntry {
        ClearingEntry {
            about: Some(deduction.into()),
            ..entry(id, kind, amount)
        }
    }

    fn out(id: &str, wrong: &ClearingEntry) -> ClearingEntry {
        ClearingEntry {
            id: id.into(),
            reverses: Some(wrong.id.clone()),
            ..wrong.clone()
        }
    }

    fn ids(entries: &[ClearingEntry]) -> Vec<&str> {
        let found = appeals(entries).into_iter();
        found.map(|appeal| appeal.deduction.id.as_str()).collect()
    }

    #[test]
    fn a_deduction_is_appealed_against_until_it_is_corrected_or_decided() {
        let mut entries = vec![
            deduction("1", "2026-12-01"),
            deduction("2", "2026-12-20"),
            deduction("3", "2026-12-10"),
            entry("4", ClearingKind::Deducted, 5),
        ];
        entries.push(out("9", &entries[0]));
        assert_eq!(ids(&entries), ["3", "2"]);
        // One without a day that is appealed against all the same stands last.
        entries.push(about("5", ClearingKind::Appealed, "4", 5));
        assert_eq!(ids(&entries), ["3", "2", "4"]);
        entries.push(about("6", ClearingKind::Appealed, "3", 5));
        let of = appeals(&entries)[0];
        assert_eq!(of.appealed.map(|entry| entry.id.as_str()), Some("6"));
        let decided = about("7", ClearingKind::Confirmed, "3", 5);
        entries.push(decided.clone());
        assert_eq!(ids(&entries), ["2", "4"]);
        // An outcome that was entered wrongly is none.
        entries.push(out("8", &decided));
        assert_eq!(ids(&entries), ["3", "2", "4"]);
    }

    #[test]
    fn an_appeal_is_in_time_until_its_day_is_over() {
        let mut entries = vec![deduction("1", "2026-12-10")];
        let at = |entries: &[ClearingEntry], today: &str| {
            let of = appeals(entries)[0];
            (of.open(day(today)), of.late(day(today)))
        };
        assert_eq!(at(&entries, "2026-12-10"), (true, false));
        assert_eq!(at(&entries, "2026-12-11"), (false, true));
        entries.push(about("2", ClearingKind::Appealed, "1", 5));
        assert_eq!(at(&entries, "2026-12-09"), (false, false));
        assert_eq!(at(&entries, "2026-12-11"), (false, false));
        let appealed = entries[1].clone();
        entries.push(out("3", &appealed));
        assert_eq!(at(&entries, "2026-12-10"), (true, false));
        assert_eq!(appeal_of(&appealed, &entries), None, "no deduction");
    }

    #[test]
    fn an_appeal_moves_no_sum_and_what_is_given_back_is_recognised() {
        let mut entries = vec![
            entry("1", ClearingKind::Recognised, 90),
            entry("2", ClearingKind::Deducted, 10),
        ];
        let settled = [(group("990001"), Fen(100))];
        let of = |entries: &[ClearingEntry]| claims(&settled, &settled, entries)[&group("990001")];
        let before = of(&entries);
        entries.push(about("3", ClearingKind::Appealed, "2", 10));
        entries.push(about("4", ClearingKind::Confirmed, "2", 10));
        assert_eq!(of(&entries), before);
        assert_eq!(before.owed(), Fen(90));
        entries.push(about("5", ClearingKind::Restored, "2", 4));
        let after = of(&entries);
        assert_eq!((after.recognised, after.deducted), (Fen(94), Fen(6)));
        assert_eq!((after.in_review(), after.owed()), (Fen::ZERO, Fen(94)));
    }

    proptest! {
        #[test]
        fn the_parts_are_what_is_owed(
            settled in -1_000_000_i64..1_000_000,
            applied in -1_000_000_i64..1_000_000,
            entered in proptest::collection::vec((0..ClearingKind::ALL.len(), 1_i64..1_000_000, any::<bool>()), 0..20),
        ) {
            let entries: Vec<ClearingEntry> = entered
                .iter()
                .map(|(kind, amount, back)| ClearingEntry {
                    reverses: back.then(|| "0".into()),
                    ..entry("1", ClearingKind::ALL[*kind], *amount)
                })
                .collect();
            let here = group("990001");
            let claims = claims(&[(here.clone(), Fen(settled))], &[(here.clone(), Fen(applied))], &entries);
            let claim = claims[&here];
            let parts = [claim.not_applied(), claim.in_review(), claim.payable(), claim.withheld];
            prop_assert_eq!(parts.into_iter().sum::<Fen>(), claim.owed());
        }
    }
}
