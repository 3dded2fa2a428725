//! What a person has used of a year's limits: what the platform said when she was identified, and
//! what this clinic has settled since.

use std::collections::BTreeMap;

use cunyi_domain::ids::ClinicId;
use cunyi_domain::ledger::{Coverage, SettlementKind};
use cunyi_domain::money::Fen;
use cunyi_domain::time::Moment;
use cunyi_policy::{Benefit, Level, Policy, Unknown, Used};
use cunyi_store::{Tx, query};

use crate::error::Result;
use crate::setup::Setup;
use crate::views::Remaining;

/// A year of one person under one scheme.
#[derive(Clone, Debug, Default)]
pub(crate) struct YearUse {
    by: BTreeMap<Benefit, BenefitUse>,
    /// What the platform says is left of the general benefit, less what was settled here since.
    left: Option<(Fen, Moment)>,
}

/// The same of one benefit.
#[derive(Clone, Copy, Debug, Default)]
struct BenefitUse {
    /// Fund that counts towards caps.
    fund: Fen,
    /// True if the platform said so, other institutions included.
    whole: bool,
    /// Deductible borne here.
    deductible: Fen,
    /// Of `fund`, what was settled here.
    own: Fen,
}

impl YearUse {
    /// Reads the year of a visit that began at `at`.
    pub fn read(tx: &mut Tx<'_>, setup: &Setup, coverage: &Coverage, at: Moment) -> Result<Self> {
        let clinic: &ClinicId = &setup.clinic.clinic;
        let first = at.date().first_of_year();
        let begin = Moment::start_of(first);
        let end = Moment::start_of(at.date().last_of_year().tomorrow().unwrap_or(first));
        let uses = query::uses(
            tx,
            clinic,
            &coverage.patient,
            &coverage.scheme,
            (begin, end),
        )?;
        let policy = setup.policy(&coverage.scheme, at);
        let free_fee = policy
            .and_then(|p| p.consultation_fee)
            .is_some_and(|fee| !fee.in_cap);
        // What was said in another year says nothing of this one.
        let said = coverage.obtained_at >= begin;
        let since = coverage.obtained_at;
        let mut year = Self::default();
        for benefit in Benefit::ALL {
            let mut sum = BenefitUse::default();
            let mut later = Fen::ZERO;
            for one in uses.iter().filter(|u| u.benefit == benefit.as_str()) {
                let paid = one.fund - if free_fee { one.fee_fund } else { Fen::ZERO };
                let back = one.kind == SettlementKind::Reversal;
                let turn = |amount: Fen| if back { Fen::ZERO - amount } else { amount };
                sum.own += turn(paid);
                sum.deductible += turn(one.deductible);
                // A visit of after the question cannot be settled before it, whatever the clocks say.
                if one.registered_at >= since || one.settled_at >= since {
                    later += turn(paid);
                }
            }
            let left = coverage
                .general_left
                .filter(|_| said && *benefit == Benefit::General);
            let told = match benefit {
                Benefit::General => coverage.general_used,
                Benefit::Chronic => coverage.chronic_used,
            };
            let cap = setup.cap(policy, *benefit);
            let by_left = left.zip(cap).map(|(left, cap)| (cap - left).max(Fen::ZERO));
            let there = told.filter(|_| said).or(by_left);
            sum.whole = there.is_some();
            sum.fund = there.map_or(sum.own, |there| (there + later).max(Fen::ZERO));
            if let Some(left) = left {
                year.left = Some(((left - later).max(Fen::ZERO), since));
            } else if let (Benefit::General, Some(_), Some(cap)) = (benefit, there, cap) {
                year.left = Some(((cap - sum.fund).max(Fen::ZERO), since));
            }
            year.by.insert(*benefit, sum);
        }
        Ok(year)
    }

    fn of(&self, benefit: Benefit) -> BenefitUse {
        self.by.get(&benefit).copied().unwrap_or_default()
    }

    /// As a claim under a benefit wants it.
    pub fn used(&self, benefit: Benefit) -> Used {
        let one = self.of(benefit);
        Used {
            fund_this_year: self.by.values().map(|one| one.fund).sum(),
            benefit_fund_this_year: one.fund,
            deductible_this_year: one.deductible,
        }
    }

    /// What of it is not known. No query of the interface tells the deductible that other
    /// institutions took.
    pub fn unknown(&self, benefit: Benefit, policy: &Policy) -> Unknown {
        let all = policy.annual_cap.is_some();
        let whole = |(b, one): (&Benefit, &BenefitUse)| {
            one.whole || (*b != benefit && !(all && policy.benefit.contains_key(b)))
        };
        Unknown {
            fund: !self.by.iter().all(whole),
            deductible: true,
        }
    }

    /// With what a batch of the same visit adds.
    pub fn add(&mut self, benefit: Benefit, fed: Used) {
        let one = self.by.entry(benefit).or_default();
        one.fund += fed.benefit_fund_this_year;
        one.deductible += fed.deductible_this_year;
    }

    /// What is left of the general benefit's year, as the platform said; else what was used here.
    pub fn remaining(&self) -> Remaining {
        match self.left {
            Some((left, at)) => Remaining::Platform { left, at },
            None => Remaining::OwnUse {
                used: self.of(Benefit::General).own.max(Fen::ZERO),
            },
        }
    }
}

impl Setup {
    /// The yearly cap of a benefit at this clinic's level.
    pub(crate) fn cap(&self, policy: Option<&Policy>, benefit: Benefit) -> Option<Fen> {
        let level = Level::from_text(self.clinic.level.as_str())?;
        policy?.benefit.get(&benefit)?.level.get(&level)?.annual_cap
    }
}
