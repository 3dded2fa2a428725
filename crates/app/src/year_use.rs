//! What a person has used of a year's limits: what the platform said when she was identified, and
//! what this clinic has settled since.

use cunyi_domain::ids::ClinicId;
use cunyi_domain::ledger::{Coverage, SettlementKind, Visit};
use cunyi_domain::money::Fen;
use cunyi_domain::time::{Moment, age_on, civil::Date};
use cunyi_policy::course_reaches;
use cunyi_policy::{Benefit, Facts, FundName, FundUse, Level, Policy, Remote, Unknown, Use, Whose};
use cunyi_store::{Tx, query};

use crate::error::Result;
use crate::setup::Setup;
use crate::views::Remaining;

/// A year of one person under one scheme.
#[derive(Clone, Debug, Default)]
pub(crate) struct YearUse {
    /// What was settled here, and for each benefit the rest of what the platform told.
    history: Vec<Use>,
    /// The benefits the platform told of, other institutions included.
    whole: Vec<Benefit>,
    /// What of the general benefit was settled here.
    own: Fen,
    /// What the platform says is left of the general benefit, less what was settled here since.
    left: Option<(Fen, Moment)>,
    /// What the personal account has, where the region lets it pay.
    balance: Fen,
}

impl YearUse {
    /// Reads the year of a visit that began at `at`.
    pub fn read(
        tx: &mut Tx<'_>,
        setup: &Setup,
        coverage: &Coverage,
        birth: Option<Date>,
        at: Moment,
    ) -> Result<Self> {
        let clinic: &ClinicId = &setup.clinic.clinic;
        let first = at.date().first_of_year();
        let begin = Moment::start_of(first);
        let end = Moment::start_of(at.date().last_of_year().tomorrow().unwrap_or(first));
        let reach = Moment::start_of(course_reaches(first));
        let (patient, scheme) = (&coverage.patient, &coverage.scheme);
        let uses = query::uses(tx, clinic, patient, scheme, (reach, end))?;
        let policy = setup.policy(&coverage.scheme, at);
        let facts = setup.facts(coverage.who(), birth, at.date());
        // What was said in another year says nothing of this one.
        let said = coverage.obtained_at >= begin;
        let since = coverage.obtained_at;
        let mut year = Self::default();
        if setup.gateway.region.account_pays {
            year.balance = coverage.account_balance;
        }
        for benefit in Benefit::ALL {
            let (mut own, mut later) = (Fen::ZERO, Fen::ZERO);
            for one in uses.iter().filter(|u| u.benefit == benefit.as_str()) {
                let here = settled_here(one, *benefit, &facts);
                // Of the year before only courses of treatment know.
                if one.registered_at < begin {
                    year.history.push(here);
                    continue;
                }
                own += here.counted();
                // A visit of after the question cannot be settled before it, whatever the clocks say.
                if one.registered_at >= since || one.settled_at >= since {
                    later += here.counted();
                }
                year.history.push(here);
            }
            let left = coverage
                .general_left
                .filter(|_| said && *benefit == Benefit::General);
            let told = match benefit {
                Benefit::General => coverage.general_used,
                Benefit::Chronic => coverage.chronic_used,
                // Nobody asks the platform for these: a village clinic settles none of them.
                Benefit::Special | Benefit::Emergency => None,
            };
            let cap = policy.and_then(|policy| policy.yearly_cap(*benefit, &facts, at.date()));
            let by_left = left.zip(cap).map(|(left, cap)| (cap - left).max(Fen::ZERO));
            let there = told.filter(|_| said).or(by_left);
            let all = there.map_or(own, |there| (there + later).max(Fen::ZERO));
            if there.is_some() {
                year.whole.push(*benefit);
                year.history.push(Use::year_sum(*benefit, first, all - own));
            }
            if let Some(left) = left {
                year.left = Some(((left - later).max(Fen::ZERO), since));
            } else if let (Benefit::General, Some(_), Some(cap)) = (benefit, there, cap) {
                year.left = Some(((cap - all).max(Fen::ZERO), since));
            }
            if *benefit == Benefit::General {
                year.own = own;
            }
        }
        Ok(year)
    }

    /// As a claim wants it.
    pub fn history(&self) -> Vec<Use> {
        self.history.clone()
    }

    /// What of it is not known. No query of the interface tells the deductible that other
    /// institutions took.
    pub fn unknown(&self, benefit: Benefit, policy: &Policy, day: Date) -> Unknown {
        let matters = |b: &&Benefit| **b == benefit || policy.shares_limit(benefit, **b, day);
        let whole = |b: &Benefit| self.whole.contains(b);
        Unknown {
            fund: !Benefit::ALL.iter().filter(matters).all(whole),
            deductible: true,
        }
    }

    /// What the account has.
    pub const fn balance(&self) -> Fen {
        self.balance
    }

    /// Of a visit whose patient may keep her account: then it pays nothing.
    pub fn of_visit(mut self, visit: &Visit) -> Self {
        if visit.keeps_account {
            self.balance = Fen::ZERO;
        }
        self
    }

    /// With what a batch of the same visit adds, and takes from the account.
    pub fn add(&mut self, used: Use, account: Fen) {
        self.balance -= account;
        self.history.push(used);
    }

    /// As if a settlement of this year had been reversed already.
    pub fn take_back(&mut self, one: &query::Use, benefit: Benefit, facts: &Facts) {
        self.history.push(settled_here(one, benefit, facts));
    }

    /// What is left of the general benefit's year, as the platform said; else what was used here.
    pub fn remaining(&self) -> Remaining {
        match self.left {
            Some((left, at)) => Remaining::Platform { left, at },
            None => Remaining::OwnUse {
                used: self.own.max(Fen::ZERO),
            },
        }
    }
}

/// A settlement or a reversal, which gives the same back, as limits count it: what was expected
/// of the batch when it was frozen, where the centre paid that.
fn settled_here(one: &query::Use, benefit: Benefit, facts: &Facts) -> Use {
    let facts = Facts {
        disease: Some(one.disease_code.clone()).filter(|code| !code.is_empty()),
        ..facts.clone()
    };
    let date = one.registered_at.date();
    let expected = Use::of_kept(&one.adds, date, benefit, facts.clone());
    let mut used = expected.unwrap_or_else(|| Use {
        facts,
        whose: Whose::Own,
        ..Use::year_sum(benefit, date, one.estimated_fund)
    });
    if one.fund != one.estimated_fund {
        as_paid(&mut used, one);
    }
    match one.kind {
        SettlementKind::Reversal => used.taken_back(),
        SettlementKind::Settlement => used,
    }
}

type Paid = (FundName, fn(&query::Use) -> Fen);

/// The funds after the pool.
const FURTHER: [Paid; 6] = [
    (FundName::CivilServant, |one| one.civil_servant),
    (FundName::Enterprise, |one| one.enterprise),
    (FundName::SeriousIllness, |one| one.serious_illness),
    (FundName::LargeAmount, |one| one.large_amount),
    (FundName::MedicalAid, |one| one.medical_aid),
    (FundName::Other, |one| one.other),
];

/// The centre paid otherwise than was expected: its deductible and funds count. What it took the ratio
/// of, it tells nobody: that stays as expected, as far as the deductible leaves it.
fn as_paid(used: &mut Use, one: &query::Use) {
    let expected_later: Fen = used.funds.iter().skip(1).map(|of| of.counted).sum();
    let more = one.pool - (one.estimated_fund - expected_later);
    if let Some(pool) = used.funds.first_mut() {
        pool.deductible = one.deductible;
        pool.in_scope = pool.in_scope.min(one.in_scope - one.deductible);
        // The fee's part, which may count towards no cap, is as expected.
        pool.counted = (pool.counted + more).max(Fen::ZERO);
    }
    for (fund, paid) in FURTHER {
        let counted = paid(one);
        match used.funds.iter_mut().find(|of| of.fund == fund) {
            Some(of) => of.counted = counted,
            None if counted == Fen::ZERO => {}
            None => used.funds.push(FundUse {
                fund,
                deductible: Fen::ZERO,
                in_scope: Fen::ZERO,
                counted,
            }),
        }
    }
}

impl Setup {
    /// What is known of a claim at this clinic.
    pub(crate) fn facts(
        &self,
        (person_type, identities): (&str, &str),
        birth: Option<Date>,
        day: Date,
    ) -> Facts {
        let region = &self.gateway.region;
        Facts {
            status: region.status_of(person_type),
            aid: region.aid_of(identities.split(';')),
            age: birth.map(|birth| age_on(birth, day)),
            level: Level::from_text(self.clinic.level.as_str()),
            remote: Some(Remote::Local),
            ..Facts::default()
        }
    }
}
