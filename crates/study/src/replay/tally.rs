//! What a replay adds up: by kind of claim, by person, by household. Sums only, so that parts can be
//! added in any order.

use std::collections::{BTreeMap, HashMap};

use cunyi_domain::time::civil::Date;
use cunyi_policy::columns::{Block, Kind, Shares};
use cunyi_policy::{Benefit, CannotDecide, Level};

use crate::year::Head;

/// Members a household's numbers can name.
const MEMBERS: usize = 256;

/// 年龄段
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AgeBand {
    /// Up to 17.
    Child,
    /// 18 to 44.
    Adult,
    /// 45 to 59.
    Middle,
    /// 60 to 69.
    Sixty,
    /// 70 to 79.
    Seventy,
    /// 80 and more.
    Eighty,
    /// The file does not say.
    Unknown,
}

impl AgeBand {
    /// All of them, in order.
    pub const ALL: [Self; 7] = [
        Self::Child,
        Self::Adult,
        Self::Middle,
        Self::Sixty,
        Self::Seventy,
        Self::Eighty,
        Self::Unknown,
    ];

    fn of(age: Option<i64>) -> Self {
        match age {
            None => Self::Unknown,
            Some(..18) => Self::Child,
            Some(18..45) => Self::Adult,
            Some(45..60) => Self::Middle,
            Some(60..70) => Self::Sixty,
            Some(70..80) => Self::Seventy,
            Some(80..) => Self::Eighty,
        }
    }
}

/// What claims are grouped by in the tables.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Group {
    /// Age of the person.
    pub age: AgeBand,
    /// Level of the institution.
    pub level: Option<Level>,
    /// 待遇类别
    pub benefit: Benefit,
    /// 病种编码
    pub disease: Option<String>,
}

impl Group {
    fn of(kind: &Kind) -> Self {
        Self {
            age: AgeBand::of(kind.facts.age),
            level: kind.facts.level,
            benefit: kind.benefit,
            disease: kind.facts.disease.clone(),
        }
    }
}

/// Why a fund pays nothing of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The policy has nothing for such a claim: the patient pays all of it.
    Outside,
    /// The policy or the claim leaves something open: nobody can say who pays.
    Open,
}

impl Reason {
    /// What a code of [`CannotDecide::CODES`] means for a study.
    pub fn of(code: &str) -> Self {
        match code {
            "no-benefit" | "not-entitled" | "disease-not-covered" => Self::Outside,
            _ => Self::Open,
        }
    }

    fn numbered(undecided: u8) -> Self {
        let code = CannotDecide::CODES.get(usize::from(undecided).wrapping_sub(1));
        Self::of(code.copied().unwrap_or(""))
    }
}

/// What some claims come to under one policy, in fen; reversals are taken off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Claims that are no reversals.
    pub claims: u64,
    /// Reversals.
    pub reversals: u64,
    /// 医疗费总额: what the institutions charge.
    pub total: i64,
    /// All funds.
    pub fund: i64,
    /// 个人账户
    pub account: i64,
    /// Of the total: what is outside the policy, and the patient's.
    pub outside: i64,
    /// Of the total: what cannot be decided.
    pub open: i64,
}

impl Sums {
    /// What the patient pays of what is decided, by account and cash.
    pub fn patient(&self) -> i64 {
        self.total - self.open - self.fund
    }

    /// What the patient pays in cash.
    pub fn cash(&self) -> i64 {
        self.patient() - self.account
    }

    pub(crate) fn add(&mut self, other: &Self) {
        self.claims += other.claims;
        self.reversals += other.reversals;
        self.total += other.total;
        self.fund += other.fund;
        self.account += other.account;
        self.outside += other.outside;
        self.open += other.open;
    }
}

/// How many have each amount, in fen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spread(HashMap<i64, u64>);

impl Spread {
    fn count(&mut self, amount: i64) {
        *self.0.entry(amount).or_default() += 1;
    }

    /// Adds another's.
    pub fn merge(&mut self, other: Self) {
        for (amount, count) in other.0 {
            *self.0.entry(amount).or_default() += count;
        }
    }

    /// Amounts from the least to the greatest, with how many have each.
    pub fn sorted(&self) -> Vec<(i64, u64)> {
        let mut all: Vec<_> = self.0.iter().map(|(amount, n)| (*amount, *n)).collect();
        all.sort_unstable();
        all
    }
}

/// Claims of a kind that a policy does not decide.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Undecided {
    /// Claims that are no reversals.
    pub claims: u64,
    /// Their amounts, less reversals, in fen.
    pub total: i64,
}

/// What the funds owe the institutions for a month of service.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Owed {
    /// Claims less reversals.
    pub visits: i64,
    /// In fen.
    pub fund: i64,
}

/// One policy's part.
#[derive(Clone, Debug)]
struct OfPolicy {
    /// By month.
    owed: [Owed; 12],
    /// By kind.
    sums: Vec<Sums>,
    /// By place in [`CannotDecide::CODES`].
    undecided: Vec<Undecided>,
    /// Each household's sum of the funds.
    households: Spread,
    /// By age band: how much more each person pays than under the first policy, of the claims that
    /// both decide.
    changes: Vec<Spread>,
    /// People none of whose claims both decide.
    not_compared: u64,
}

/// What a replay of one file adds up to.
#[derive(Clone, Debug)]
pub struct Tally {
    groups: Vec<Group>,
    /// By day of the year: its month, from 0.
    months: Vec<u8>,
    policies: Vec<OfPolicy>,
    totals: Vec<i64>,
}

impl Tally {
    pub(super) fn new(head: &Head, policies: usize) -> Self {
        let of = OfPolicy {
            owed: [Owed::default(); 12],
            sums: vec![Sums::default(); head.kinds.len()],
            undecided: vec![Undecided::default(); CannotDecide::CODES.len()],
            households: Spread::default(),
            changes: vec![Spread::default(); AgeBand::ALL.len()],
            not_compared: 0,
        };
        Self {
            groups: head.kinds.iter().map(Group::of).collect(),
            months: months(head.year),
            policies: vec![of; policies],
            totals: Vec::new(),
        }
    }

    /// Adds a block and what each policy made of it.
    pub(super) fn add(&mut self, block: &Block, shares: &[Shares]) {
        let totals = (0..block.len()).map(|event| {
            let total = block.total(event);
            if block.back[event] == 0 {
                total
            } else {
                -total
            }
        });
        self.totals.clear();
        self.totals.extend(totals);
        for (of, shares) in self.policies.iter_mut().zip(shares) {
            of.by_kind(block, &self.totals, shares);
            of.by_month(block, &self.months, shares);
            of.by_household(block, shares);
        }
        if let Some((base, others)) = shares.split_first() {
            for (of, shares) in self.policies[1..].iter_mut().zip(others) {
                of.by_person(block, &self.groups, base, shares);
            }
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        for (mine, theirs) in self.policies.iter_mut().zip(other.policies) {
            for (owed, more) in mine.owed.iter_mut().zip(&theirs.owed) {
                owed.visits += more.visits;
                owed.fund += more.fund;
            }
            for (sums, more) in mine.sums.iter_mut().zip(&theirs.sums) {
                sums.add(more);
            }
            for (sums, more) in mine.undecided.iter_mut().zip(&theirs.undecided) {
                sums.claims += more.claims;
                sums.total += more.total;
            }
            mine.households.merge(theirs.households);
            for (mine, theirs) in mine.changes.iter_mut().zip(theirs.changes) {
                mine.merge(theirs);
            }
            mine.not_compared += theirs.not_compared;
        }
    }

    /// Each group's sums under a policy.
    pub fn groups(&self, policy: usize) -> BTreeMap<Group, Sums> {
        let mut all: BTreeMap<Group, Sums> = BTreeMap::new();
        for (group, sums) in self.groups.iter().zip(&self.policies[policy].sums) {
            if *sums != Sums::default() {
                all.entry(group.clone()).or_default().add(sums);
            }
        }
        all
    }

    /// What the funds owe by month, from January, under a policy.
    pub fn owed(&self, policy: usize) -> &[Owed; 12] {
        &self.policies[policy].owed
    }

    /// What a policy does not decide, by place in [`CannotDecide::CODES`].
    pub fn undecided(&self, policy: usize) -> &[Undecided] {
        &self.policies[policy].undecided
    }

    /// What the funds pay for each household under a policy.
    pub fn households(&self, policy: usize) -> &Spread {
        &self.policies[policy].households
    }

    /// How much more each person of an age pays under a policy than under the first.
    pub fn changes(&self, policy: usize, age: AgeBand) -> &Spread {
        &self.policies[policy].changes[age as usize]
    }

    /// People none of whose claims both this policy and the first decide.
    pub fn not_compared(&self, policy: usize) -> u64 {
        self.policies[policy].not_compared
    }
}

/// Day 0 is none.
fn months(year: i16) -> Vec<u8> {
    let new_year = Date::constant(year, 1, 1);
    let days =
        (1..=new_year.days_in_year()).filter_map(|n| new_year.with().day_of_year(n).build().ok());
    let months = days.map(|day| day.month().unsigned_abs() - 1);
    std::iter::once(0).chain(months).collect()
}

impl OfPolicy {
    fn by_kind(&mut self, block: &Block, totals: &[i64], shares: &Shares) {
        let events = block.kind.iter().zip(&block.back).zip(totals);
        let paid = shares.fund.iter().zip(&shares.account);
        for (((kind, back), total), (fund, account)) in events.zip(paid) {
            let sums = &mut self.sums[usize::from(*kind)];
            let reversal = u64::from(*back > 0);
            sums.claims += 1 - reversal;
            sums.reversals += reversal;
            sums.total += total;
            sums.fund += fund;
            sums.account += account;
        }
        let undecided = shares.undecided.iter().enumerate();
        for (event, code) in undecided.filter(|(_, code)| **code > 0) {
            let total = totals[event];
            let sums = &mut self.sums[usize::from(block.kind[event])];
            match Reason::numbered(*code) {
                Reason::Outside => sums.outside += total,
                Reason::Open => sums.open += total,
            }
            if let Some(of) = self.undecided.get_mut(usize::from(*code) - 1) {
                of.claims += u64::from(block.back[event] == 0);
                of.total += total;
            }
        }
    }

    fn by_month(&mut self, block: &Block, months: &[u8], shares: &Shares) {
        let events = block.day.iter().zip(&block.back).zip(&shares.fund);
        for ((day, back), fund) in events {
            let owed = &mut self.owed[usize::from(months[usize::from(*day)])];
            owed.visits += if *back == 0 { 1 } else { -1 };
            owed.fund += fund;
        }
    }

    fn by_household(&mut self, block: &Block, shares: &Shares) {
        let mut first = 0;
        for events in &block.households {
            let last = first + *events as usize;
            self.households.count(shares.fund[first..last].iter().sum());
            first = last;
        }
    }

    fn by_person(&mut self, block: &Block, groups: &[Group], base: &Shares, shares: &Shares) {
        let open = |shares: &Shares, event: usize| {
            let code = shares.undecided[event];
            code > 0 && Reason::numbered(code) == Reason::Open
        };
        let mut change = [0_i64; MEMBERS];
        let mut age: [Option<AgeBand>; MEMBERS] = [None; MEMBERS];
        let mut compared = [false; MEMBERS];
        let mut first = 0;
        for events in &block.households {
            let last = first + *events as usize;
            let mut members = 0;
            for event in first..last {
                let member = usize::from(block.member[event]);
                members = members.max(member + 1);
                // A person has the age of her first claim: a birthday moves nobody between bands.
                let band = || groups[usize::from(block.kind[event])].age;
                age[member].get_or_insert_with(band);
                if !open(base, event) && !open(shares, event) {
                    compared[member] = true;
                    change[member] += base.fund[event] - shares.fund[event];
                }
            }
            for member in 0..members {
                let band = age[member].take().unwrap_or(AgeBand::Unknown);
                let change = std::mem::take(&mut change[member]);
                if std::mem::take(&mut compared[member]) {
                    self.changes[band as usize].count(change);
                } else {
                    self.not_compared += 1;
                }
            }
            first = last;
        }
    }
}
